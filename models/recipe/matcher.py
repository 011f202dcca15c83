"""Trains the matcher in two steps, on what the frozen wide encoder saw.

    matcher.py pretrain BUILD       on pairs that belong together and pairs that do not: BUILD/mini-umt-pretrained.pt; goes on when called again
    matcher.py finetune BUILD       on what the teachers said of scenes that none was trained on: BUILD/mini-umt.pt; goes on when called again
    matcher.py choose BUILD         its choice among the teachers' captions of every scene: BUILD/chosen.json
"""
import functools
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import texts
from data import FRAMES, middle_interval, words_of
from nets import SEEN, Fusion, Layer, Reader, TextTower, as_stored
from settings import CHECKED, LEARNT, MATCHER, TEACHERS, WATCHED
from teachers import ACTS, FACTS, Seen, fact_heads, fields, labels_of
from tokens import corpus_pieces
from world import CATEGORIES, NEAR, draw_scene, holds, judge, read, told

PRETRAINED, FINETUNED = "mini-umt-pretrained", MATCHER["name"]
CLIPS = 16                         # in a step
OTHERS = .01                       # what captions of other videos weigh in the contrast (appendix C.2)
MADE = 4                           # captions made up for each scene beside the teachers', half of them with a fact changed
SHOWN = 6                          # of a scene's captions in a step
PLAIN = slice(1, 12, 3)           # the frames whose tokens are read as they are


class Vision(nn.Module):
    """What was seen of frames [B, 12, N, SEEN] to video_tokens [B, 12 * each + 4 * N, D] and unit video_embed [B, 12, E]: queries of
    all frames that meet in time, and four frames as they are."""

    def __init__(self):
        super().__init__()
        s = MATCHER
        self.look, self.time = Reader(s["each"]), nn.Parameter(torch.randn(1, 12, 1, SEEN) * .02)
        self.layers = nn.ModuleList(Layer(SEEN, s["heads"]) for _ in range(s["time_layers"]))
        self.project = nn.Linear(SEEN, s["embed"])

    def forward(self, tokens):
        b, f = tokens.shape[:2]
        x = (self.look(tokens.flatten(0, 1)).reshape(b, f, MATCHER["each"], SEEN) + self.time).flatten(1, 2)
        for layer in self.layers:
            x = layer(x)
        embed = F.normalize(self.project(x.reshape(b, f, MATCHER["each"], SEEN).mean(2)), dim=-1)
        return torch.cat([x, (tokens + self.time)[:, PLAIN].flatten(1, 2)], 1), embed


class Matcher(nn.Module):
    """The three towers, exported one by one."""

    def __init__(self, vocabulary):
        super().__init__()
        s = MATCHER
        self.vision = Vision()
        self.text = TextTower(vocabulary, s["width"], s["heads"], s["text_layers"], s["embed"])
        self.fusion = Fusion(s["width"], s["heads"], s["fusion_layers"])
        self.temperature = nn.Parameter(torch.tensor(.07))


def encoded(pieces, captions):
    """ids and mask [n, longest] int64."""
    rows = [pieces.encode(c, MATCHER["max_tokens"]) for c in captions]
    longest = max(sum(m) for _, m in rows)
    return (torch.tensor([r[k][:longest] for r in rows]) for k in (0, 1))


class Films:
    """Tokens of twelve frames of scenes."""

    def __init__(self, build_directory):
        self.tokens, self.frames = np.load(Path(build_directory) / f"{MATCHER['picture']}.npy", mmap_mode="r"), middle_interval(FRAMES, 12)

    def of(self, seeds):
        return Seen.cut(self.tokens[seeds][:, self.frames])


def optimiser_of(parameters, steps, rate):
    optimiser = torch.optim.AdamW(parameters, rate, betas=(.9, .999), weight_decay=.02)
    return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=.1)


def fact_loss(heads, video, seeds):
    """Facts from the mean of each query over the frames, so that the tower learns to look at the right things."""
    labels = [labels_of(truth_of(int(s))) for s in seeds]
    mean = video[:, :12 * MATCHER["each"]].reshape(len(seeds), 12, MATCHER["each"], SEEN).mean(1)
    return heads.loss(mean, {c: torch.tensor([l[c] for l in labels]) for c in heads.heads})


def begin(matcher, heads, path):
    """Starts from an earlier one, where the parts have the same shape."""
    given = torch.load(path)
    own = matcher.state_dict()
    matcher.load_state_dict({k: given["matcher"][k] if given["matcher"][k].shape == v.shape else v for k, v in own.items()})
    heads.load_state_dict(given["heads"])


# --- pre-training ------------------------------------------------------------------------------------

def written(rng, seed):
    """A caption in some style: what the web says of a video, which belongs to it but is not checked."""
    scene = draw_scene(seed)
    words = fields(words_of(seed, int(rng.integers(3))))
    text = " ".join(words.values())
    style = list(TEACHERS.values())[int(rng.integers(len(TEACHERS)))]["style"]
    return style(told(scene, text), text, scene.light)


def changed(rng, caption):
    """The caption with one of its facts replaced by another of the same category, half the time by one that is near it."""
    found = spans(caption)
    category, phrase, (start, end) = found[int(rng.integers(len(found)))]
    others = [p for p in CATEGORIES[category] if p.lower() != phrase]
    near = NEAR.get(phrase) if rng.random() < .5 else None
    return caption[:start] + str(rng.choice(near or others)) + caption[end:]


def pretrain(build_directory, epochs=3, batch=32):
    """Contrast between videos (VTC), and matching (VTM) with the likeliest wrong video's caption as the negative."""
    torch.manual_seed(4)
    torch.set_num_threads(1)
    rng, films, pieces = np.random.default_rng(4), Films(build_directory), corpus_pieces(build_directory)
    matcher, heads, seeds = Matcher(len(pieces.names)), fact_heads(MATCHER["each"] * SEEN, True), np.array(LEARNT)
    earlier = Path(build_directory) / f"{PRETRAINED}.pt"
    if earlier.exists():
        begin(matcher, heads, earlier)
    parameters = [*matcher.parameters(), *heads.parameters()]
    optimiser, schedule = optimiser_of(parameters, len(seeds) // batch * epochs, 1.5e-3)
    began = time.time()
    for epoch in range(epochs):
        order, losses = rng.permutation(seeds), []
        for at in range(0, len(seeds) - batch + 1, batch):
            part = order[at:at + batch]
            ids, mask = encoded(pieces, [written(rng, int(s)) for s in part])
            video, video_embed = matcher.vision(films.of(part))
            text, text_embed = matcher.text(ids, mask)
            likeness = video_embed.mean(1) @ text_embed.t() / matcher.temperature.clamp(.02, .5)
            vtc = (F.cross_entropy(likeness, torch.arange(batch)) + F.cross_entropy(likeness.t(), torch.arange(batch))) / 2
            with torch.no_grad():
                wrong = torch.multinomial((likeness - 1e4 * torch.eye(batch)).softmax(-1) + 1e-6 * (1 - torch.eye(batch)), 1)[:, 0]
            both = torch.cat([torch.arange(batch), wrong])
            itm = matcher.fusion(torch.cat([video, video]), text[both], mask[both])
            vtm = F.cross_entropy(itm, torch.cat([torch.ones(batch), torch.zeros(batch)]).long())
            facts = fact_loss(heads, video, part)
            optimiser.zero_grad()
            (vtm + vtc + facts).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append((vtm.item(), vtc.item(), facts.item()))
        print("pretrain epoch", epoch + 1, dict(zip(("vtm", "vtc", "facts"), np.mean(losses, 0).round(4))), f"at {time.time() - began:.0f} s", flush=True)
    torch.save({"matcher": matcher.state_dict(), "heads": heads.state_dict()}, Path(build_directory) / f"{PRETRAINED}.pt")
    calibrate(build_directory, PRETRAINED)


# --- finetuning --------------------------------------------------------------------------------------

def said_by_teachers(build_directory, seeds):
    """{seed: [captions in the order of TEACHERS]}."""
    said = [json.loads((Path(build_directory) / f"{name}.said.json").read_text()) for name in TEACHERS]
    return {s: [one[str(s)] for one in said] for s in seeds}


@functools.lru_cache(None)
def truth_of(seed):
    """A scene's facts, with the name that its words give."""
    return told(draw_scene(seed), " ".join(fields(words_of(seed)).values()))


def goodness(said):
    """Whether each caption is good: {seed: [bool]}."""
    return {s: [judge(c, truth_of(s)) for c in captions] for s, captions in said.items()}


def finetune(build_directory, epochs=3):
    """Appendix C.2. VTC: the good caption against its clip's other candidates, which weigh 1, and other clips', which weigh OTHERS.
    VTM: every candidate is a pair, the wrong ones are the hard negatives."""
    torch.manual_seed(5)
    torch.set_num_threads(1)
    rng, films, pieces = np.random.default_rng(5), Films(build_directory), corpus_pieces(build_directory)
    said = said_by_teachers(build_directory, [*LEARNT[2800:], *WATCHED])
    for s, captions in said.items():
        made = [written(rng, s) for _ in range(MADE)]
        captions += [changed(rng, c) if i % 2 else c for i, c in enumerate(made)]
    good = {s: torch.tensor(g) for s, g in goodness(said).items()}
    matcher, heads = Matcher(len(pieces.names)), fact_heads(MATCHER["each"] * SEEN, True)
    earlier = Path(build_directory) / f"{FINETUNED}.pt"
    begin(matcher, heads, earlier if earlier.exists() else Path(build_directory) / f"{PRETRAINED}.pt")
    marked = {s: [word_verdicts(pieces, c, truth_of(s)) for c in captions] for s, captions in said.items()}
    parameters, seeds = [*matcher.parameters(), *heads.parameters()], np.array(list(said))
    optimiser, schedule = optimiser_of(parameters, len(seeds) // CLIPS * epochs, 8e-4)
    began = time.time()
    own = torch.eye(CLIPS).repeat_interleave(SHOWN, 1)                # which captions are a clip's own candidates
    for epoch in range(epochs):
        order, losses = rng.permutation(seeds), []
        for at in range(0, len(seeds) - CLIPS + 1, CLIPS):
            part = [int(s) for s in order[at:at + CLIPS]]
            shown = [(s, k) for s in part for k in rng.permutation(len(said[s]))[:SHOWN]]
            ids, mask = encoded(pieces, [said[s][k] for s, k in shown])
            right = torch.stack([good[s][k] for s, k in shown]).reshape(CLIPS, SHOWN)
            video, video_embed = matcher.vision(films.of(part))
            text, text_embed = matcher.text(ids, mask)
            trust = matcher.fusion.trust(video, text, mask, SHOWN)
            itm = matcher.fusion.decide(trust, mask)
            vtm = F.cross_entropy(itm, right.flatten().long())
            known = padded([marked[s][k] for s, k in shown], ids.shape[1])
            words = F.binary_cross_entropy_with_logits(trust[known >= 0], known[known >= 0].float())
            listed = choice_loss(itm[:, 1].reshape(CLIPS, SHOWN), right)
            vtc = contrast(video_embed.mean(1) @ text_embed.t() / matcher.temperature.clamp(.02, .5), own, right)
            facts = fact_loss(heads, video, part)
            optimiser.zero_grad()
            (vtm + words + .3 * listed + .1 * vtc + .3 * facts).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append((vtm.item(), (itm.argmax(-1) == right.flatten()).float().mean().item(), words.item(), listed.item(), vtc.item(), facts.item()))
        print("finetune epoch", epoch + 1, dict(zip(("vtm", "right", "words", "listed", "vtc", "facts"), np.mean(losses, 0).round(4))), f"at {time.time() - began:.0f} s", flush=True)
    torch.save({"matcher": matcher.state_dict(), "heads": heads.state_dict()}, Path(build_directory) / f"{FINETUNED}.pt")
    calibrate(build_directory, FINETUNED)


def contrast(likeness, own, right):
    """Weighted contrast of clips [B] with captions [B * K]; right [B, K]. A clip's good captions are not held against each other."""
    mine = torch.zeros_like(own)
    mine[own > 0] = right.flatten().float()
    weight = torch.where(own > 0, torch.ones_like(own), torch.full_like(own, OTHERS))
    wrong = (likeness + weight.log()).masked_fill(mine > 0, -1e4).logsumexp(1, keepdim=True)
    each = torch.logaddexp(likeness, wrong) - likeness
    return (each * mine).sum() / mine.sum().clamp(min=1)


def choice_loss(logits, right):
    """How unlikely a good one is to be chosen among a clip's captions [B, K], where some are good and some are not."""
    mixed = right.any(1) & ~right.all(1)
    chances = logits[mixed].log_softmax(1).masked_fill(~right[mixed], -1e4).logsumexp(1)
    return -chances.sum() / mixed.sum().clamp(min=1)


def word_verdicts(pieces, caption, facts):
    """For training: 1 or 0 for every token of a fact phrase that is right or wrong for its object, -100 elsewhere. A caption is held
    against the arrangement of mentions that is right in most."""
    mentions, scene, _ = read(caption)
    wrong = [part for part in scene if not holds([part], facts)]
    for mention in mentions:
        best = max(facts["objects"], key=lambda o: (o["shape"] == dict(mention).get("shape"), sum(holds([part], o) for part in mention)))
        wrong += [part for part in mention if not holds([part], best) and part[0] != "name"]
    row, at = [-100], 0
    for category, phrase, (start, end) in spans(caption):
        row += [-100] * sum(len(pieces.word(w)) for w in pieces.words(caption[at:start]))
        verdict = -100 if category == "name" else int((category, phrase) not in wrong)
        row += [verdict] * sum(len(pieces.word(w)) for w in pieces.words(caption[start:end]))
        at = end
    return row


def spans(caption):
    """(category, phrase, (start, end)) of the fact phrases of a caption."""
    from world import _CATEGORY, _PATTERN
    return [(_CATEGORY[m.group().lower()], m.group().lower(), m.span()) for m in _PATTERN.finditer(caption)]


def padded(rows, longest):
    return torch.tensor([(r + [-100] * longest)[:longest] for r in rows])


# --- use ---------------------------------------------------------------------------------------------

def load(build_directory, name):
    """A trained matcher as it is stored, and its tokenizer."""
    pieces = corpus_pieces(build_directory)
    matcher = Matcher(len(pieces.names))
    matcher.load_state_dict(as_stored(torch.load(Path(build_directory) / f"{name}.pt")["matcher"]))
    return matcher.eval(), pieces


@torch.no_grad()
def scores(matcher, pieces, tokens, captions):
    """The chance of a match [B, K] of captions (B lists of K) with what was seen [B, 12, N, SEEN]."""
    count = len(captions[0])
    ids, mask = encoded(pieces, [c for row in captions for c in row])
    video, _ = matcher.vision(tokens)
    text, _ = matcher.text(ids, mask)
    return matcher.fusion(video.repeat_interleave(count, 0), text, mask).softmax(-1)[:, 1].reshape(-1, count)


def scored(build_directory, name, said):
    """Scores [scenes, K] of {seed: captions}."""
    (matcher, pieces), films, seeds = load(build_directory, name), Films(build_directory), sorted(said)
    return np.concatenate([scores(matcher, pieces, films.of(seeds[at:at + 40]), [said[s] for s in seeds[at:at + 40]]).numpy()
                           for at in range(0, len(seeds), 40)])


def calibrate(build_directory, name):
    """The threshold that best tells good from other captions on the scenes kept out, and how well choosing works there."""
    if not all((Path(build_directory) / f"{n}.said.json").exists() for n in TEACHERS):
        return
    said = said_by_teachers(build_directory, CHECKED)
    found, right = scored(build_directory, name, said), np.array([g for _, g in sorted(goodness(said).items())])
    steps = np.linspace(.02, .98, 97)
    balanced = [((found >= t)[right].mean() + (found < t)[~right].mean()) / 2 for t in steps]
    chosen = right[np.arange(len(right)), found.argmax(1)]
    result = {"threshold": round(float(steps[int(np.argmax(balanced))]), 2), "balanced_accuracy": float(max(balanced)),
              "teachers": dict(zip(TEACHERS, right.mean(0).round(3).tolist())), "chosen": float(chosen.mean()), "any": float(right.any(1).mean()),
              "recall_at_1": float(chosen[right.any(1)].mean()), "share": np.bincount(found.argmax(1), minlength=len(TEACHERS)).tolist()}
    print(name, result, flush=True)
    (Path(build_directory) / f"{name}.json").write_text(json.dumps(result))


def choose(build_directory):
    """{seed: [caption, score]} of every scene that is not kept out: what the student learns."""
    torch.set_num_threads(1)
    said = said_by_teachers(build_directory, [*LEARNT[2000:], *WATCHED])
    found = scored(build_directory, FINETUNED, said)
    chosen = {s: [said[s][int(row.argmax())], round(float(row.max()), 4)] for s, row in zip(sorted(said), found)}
    print("chosen good:", np.mean([judge(c, truth_of(s)) for s, (c, _) in list(chosen.items())[::10]]), flush=True)
    (Path(build_directory) / "chosen.json").write_text(json.dumps(chosen, indent=0))


if __name__ == "__main__":
    {"pretrain": pretrain, "finetune": finetune, "choose": choose,
     "calibrate": lambda build: [calibrate(build, n) for n in (PRETRAINED, FINETUNED)]}[sys.argv[1]](sys.argv[2])
