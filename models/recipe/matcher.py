"""Trains the matcher in two steps.

    matcher.py look CACHE BUILD       the vision tower learns facts from a few of the twelve frames at a time: BUILD/look.pt
    matcher.py match CACHE BUILD      all towers learn which captions match, with hard negatives: BUILD/mini-umt.pt

The second step works on the picture tokens that the first step learnt to make, so it sees all twelve frames cheaply.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import texts
from data import open_cache
from nets import FactHeads, Fusion, MatcherVision, PictureEncoder, TextTower, VideoEncoder, as_stored, begin_picture
from settings import CHECKED, MATCHER, PICTURE_WIDTH, TEACHERS
from teachers import mirror_facts, normalised
from tokens import corpus_pieces
from world import CATEGORIES, Scene, draw_scene, judge, mirrored, stated, verdicts

BATCH, CLIPS = 48, 16               # clips in a step of the first and of the second stage
VISIBLE = ["colour", "shape", "size", "material", "motion", "setting"]
CAPTIONS = 6                       # captions of each clip in a step: one or two right, the others wrong in a fact or two
LOOKED = 3                         # frames of each clip in a step of the first stage


class Matcher(nn.Module):
    """The three towers, exported one by one."""

    def __init__(self, vocabulary):
        super().__init__()
        s = MATCHER
        picture = PictureEncoder(s["size"], s["channels"], PICTURE_WIDTH, s["heads"], s["encoder_layers"], s["each"])
        encoder = VideoEncoder(12, picture, PICTURE_WIDTH, s["width"], s["heads"], s["vision_layers"])
        self.vision = MatcherVision(encoder, s["width"], s["embed"])
        self.text = TextTower(vocabulary, s["width"], s["heads"], s["text_layers"], s["embed"], s["max_tokens"])
        self.fusion = Fusion(s["width"], s["heads"], s["fusion_layers"])
        self.temperature = nn.Parameter(torch.tensor(.07))


def fact_heads():
    """Training-time guesses from the frames' mean tokens [B, each, D]."""
    return FactHeads(MATCHER["each"] * MATCHER["width"], {c: len(CATEGORIES[c]) for c in VISIBLE})


def labels_of(seeds, mirrors):
    """Fact labels of a batch: {category: [B]}."""
    facts = [mirror_facts(FACTS[s]) if m else FACTS[s] for s, m in zip(seeds, mirrors)]
    return {c: torch.tensor([CATEGORIES[c].index(f[c]) for f in facts]) for c in VISIBLE}


class _Facts(dict):
    def __missing__(self, seed):
        self[seed] = draw_scene(seed).facts
        return self[seed]


FACTS = _Facts()


def frame_mean(tokens):
    """[B, F * each, D] to [B, each, D]: the mean over frames."""
    b, n, d = tokens.shape
    return tokens.reshape(b, -1, MATCHER["each"], d).mean(1)


def optimiser_of(parameters, steps, rate):
    optimiser = torch.optim.AdamW(parameters, rate, weight_decay=.03)
    return optimiser, torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=.15)


def frames_batch(cache, seeds, frames, mirrors, rng):
    """Normalised frames [B, F, 3, h, w] of a batch, mirrored rows as told, brightness varied."""
    rows = np.stack([cache[s][f] for s, f in zip(seeds, frames)])
    for i, m in enumerate(mirrors):
        if m:
            rows[i] = rows[i][..., ::-1, :]
    if rng is not None:
        rows = np.clip(rows * rng.uniform(.85, 1.15, (len(rows), 1, 1, 1, 1)).astype(np.float32), 0, 255)
    return normalised(rows, MATCHER["norm"])


def look(cache_directory, build_directory, epochs=None, limit=None):
    """First stage: picture encoder and time layers learn facts from LOOKED frames at their places in time."""
    torch.manual_seed(MATCHER["seed"])
    torch.set_num_threads(1)
    rng = np.random.default_rng(MATCHER["seed"])
    cache, seeds = open_cache(cache_directory, "matcher"), np.array(MATCHER["scenes"])[:limit]
    matcher, heads = Matcher(len(corpus_pieces(build_directory).names)), fact_heads()
    encoder = matcher.vision.encoder
    earlier = torch.load(Path(build_directory) / f"{MATCHER['begins_as']}.pt")
    begin_picture(encoder.picture, {k[7:]: v for k, v in earlier.items() if k.startswith("vision.")},
                  TEACHERS[MATCHER["begins_as"]]["size"], MATCHER["size"])
    encoder = encoder.to(memory_format=torch.channels_last)
    parameters = [*encoder.parameters(), *heads.parameters()]
    epochs = epochs or MATCHER["look_epochs"]
    optimiser, schedule = optimiser_of(parameters, len(seeds) // BATCH * epochs, 1.2e-3)
    began = time.time()
    for epoch in range(epochs):
        order, losses = rng.permutation(seeds), []
        for at in range(0, len(seeds) - BATCH + 1, BATCH):
            part, mirrors = order[at:at + BATCH].tolist(), rng.integers(2, size=BATCH).astype(bool)
            frames = np.sort(rng.permuted(np.tile(np.arange(12), (BATCH, 1)), axis=1)[:, :LOOKED], 1)
            tokens = encoder.look(frames_batch(cache, part, frames, mirrors, rng))
            tokens = tokens + encoder.time[0, :, 0][torch.from_numpy(frames)][:, :, None]
            loss = heads.loss(frame_mean(encoder.meet(tokens)), labels_of(part, mirrors))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"look epoch {epoch + 1}: {np.mean(losses):.4f} at {time.time() - began:.0f} s", flush=True)
    torch.save({"matcher": matcher.state_dict(), "heads": heads.state_dict()}, Path(build_directory) / "look.pt")


@torch.no_grad()
def looked(encoder, cache, seeds):
    """Picture tokens of all scenes, plain and mirrored: [2, len, 12, each, picture width] half floats."""
    encoder.eval()
    every, out = [np.arange(12)] * 40, []
    for mirror in (False, True):
        parts = [encoder.pictures(frames_batch(cache, seeds[at:at + 40], every, [mirror] * 40, None)).half()
                 for at in range(0, len(seeds), 40)]
        out.append(torch.cat(parts))
    return torch.stack(out)


# --- captions that match, and captions that do not ---------------------------------------------------

def written(rng, facts, style=None):
    """A caption in a teacher's style that states (some of) these facts."""
    light = .4 if rng.random() < .35 else 1.0
    scene = Scene(0, 4.0, facts, light=light)
    style = style or rng.choice(["image", "video", "informed"])
    if style == "image":
        return texts.image_caption(scene)
    if style == "video":
        return texts.video_caption(scene)
    said = (facts["name"] if rng.random() < .5 else "") + (" cannot stop jumping" if rng.random() < .5 else "")
    return texts.informed_caption(scene, said)


def spoilt(rng, facts, caption_style):
    """Facts with one or two that this style states changed."""
    states = {"image": ["colour", "shape", "size", "material", "setting"], "video": ["colour", "shape", "motion", "setting"],
              "informed": VISIBLE}[caption_style]
    changed = dict(facts)
    for category in rng.choice(states, size=1 if rng.random() < .75 else 2, replace=False):
        changed[category] = str(rng.choice([p for p in CATEGORIES[category] if p != facts[category]]))
    return changed


def unnamed(caption, facts):
    """Whether the judge, who here knows no names, accepts the caption."""
    names = [p for c, p in stated(caption) if c == "name"]
    return judge(caption, dict(facts, name=names[0]) if names else facts)


def captions_for(rng, seed, mirror, said):
    """CAPTIONS captions of one clip with labels: right ones, spoilt ones, and what teachers said of it."""
    facts = mirror_facts(FACTS[seed]) if mirror else FACTS[seed]
    pairs = [(written(rng, facts), 1)]
    for caption in said.get(seed, []):
        caption = mirrored(caption) if mirror else caption
        pairs.append((caption, int(unnamed(caption, facts))))
    while len(pairs) < CAPTIONS:
        style = str(rng.choice(["image", "video", "informed"]))
        if len(pairs) == 1 and rng.random() < .6:
            caption = written(rng, facts, style)
        else:
            named = dict(facts, name=str(rng.choice(CATEGORIES["name"])))
            caption = written(rng, spoilt(rng, named, style), style)
        pairs.append((caption, int(unnamed(caption, facts))))
    return pairs


def word_verdicts(pieces, rows):
    """For training: 1 or 0 for every token of a fact phrase that is right or wrong, -100 elsewhere: [n, longest].
    rows: (caption, facts); names are not asked, for no picture shows them."""
    found = []
    for caption, facts in rows:
        row = [-100]
        for text, verdict in verdicts(caption, dict(facts, name="")):
            asked = verdict is not None and text not in CATEGORIES["name"]
            row += [int(verdict) if asked else -100] * sum(len(pieces.word(w)) for w in pieces.words(text))
        found.append(row[:MATCHER["max_tokens"] - 1] + [-100])
    longest = max(map(len, found))
    return torch.tensor([r + [-100] * (longest - len(r)) for r in found])


def encoded(pieces, captions):
    """ids and mask [n, longest] int64."""
    rows = [pieces.encode(c, MATCHER["max_tokens"]) for c in captions]
    longest = max(sum(m) for _, m in rows)
    return (torch.tensor([r[k][:longest] for r in rows]) for k in (0, 1))


def said_by_teachers(build_directory, seeds):
    """{seed: [captions]} of the teachers, for scenes that none of them was trained on."""
    said = {}
    for name in TEACHERS:
        for seed, caption in json.loads((Path(build_directory) / f"{name}.said.json").read_text()).items():
            if int(seed) in seeds:
                said.setdefault(int(seed), []).append(caption)
    return said


def match(cache_directory, build_directory, epochs=None):
    """Second stage: matching (VTM) and contrast (VTC) on frame tokens, all towers; the picture encoder stays as it is."""
    torch.manual_seed(MATCHER["seed"] + 100)
    torch.set_num_threads(1)
    rng = np.random.default_rng(MATCHER["seed"] + 100)
    cache, seeds, pieces = open_cache(cache_directory, "matcher"), list(MATCHER["scenes"]), corpus_pieces(build_directory)
    said = said_by_teachers(build_directory, MATCHER["scenes"])
    matcher, heads = Matcher(len(pieces.names)), fact_heads()
    verdict_head = nn.Linear(MATCHER["width"], 2)       # which words are right: used in training only
    stage = torch.load(Path(build_directory) / "look.pt")
    matcher.vision.encoder.load_state_dict({k[15:]: v for k, v in stage["matcher"].items() if k.startswith("vision.encoder.")})
    heads.load_state_dict(stage["heads"])
    encoder = matcher.vision.encoder
    began = time.time()
    kept = Path(build_directory) / "looked.pt"
    if not kept.exists() or kept.stat().st_mtime < (Path(build_directory) / "look.pt").stat().st_mtime:
        torch.save(looked(encoder, cache, seeds), kept)
    tokens = torch.load(kept)
    encoder.eval()
    print(f"picture tokens {tuple(tokens.shape)} at {time.time() - began:.0f} s", flush=True)
    frozen = {id(p) for p in encoder.picture.parameters()}
    parameters = [p for p in [*matcher.parameters(), *heads.parameters(), *verdict_head.parameters()] if id(p) not in frozen]
    # scenes with captions from teachers come more often: they hold the mistakes that matter
    pool = np.array(seeds + sorted(said) * 2)
    epochs = epochs or MATCHER["match_epochs"]
    optimiser, schedule = optimiser_of(parameters, len(pool) // CLIPS * epochs, 1.5e-3)
    for epoch in range(epochs):
        order, losses = rng.permutation(pool), []
        for at in range(0, len(pool) - CLIPS + 1, CLIPS):
            part, mirrors = order[at:at + CLIPS].tolist(), rng.integers(2, size=CLIPS)
            pairs = [captions_for(rng, s, m, said) for s, m in zip(part, mirrors)]
            ids, mask = encoded(pieces, [c for p in pairs for c, _ in p])
            facts_of = [mirror_facts(FACTS[s]) if m else FACTS[s] for s, m in zip(part, mirrors)]
            verdict = word_verdicts(pieces, [(c, f) for p, f in zip(pairs, facts_of) for c, _ in p])
            truth = torch.tensor([y for p in pairs for _, y in p])
            video = encoder.meet(encoder.narrow(tokens[torch.from_numpy(mirrors), torch.tensor(part)].float()) + encoder.time)
            text, text_embed = matcher.text(ids, mask)
            stages = matcher.fusion.stages(video.repeat_interleave(CAPTIONS, 0), text, mask)
            itm = matcher.fusion.decide(stages[-1])
            words = F.cross_entropy(verdict_head(stages[0]).flatten(0, 1), verdict.flatten(), ignore_index=-100)
            vtm = F.cross_entropy(itm, truth)
            likeness = matcher.vision.embeds(video).mean(1) @ text_embed[::CAPTIONS].t() / matcher.temperature.clamp(.02, .5)
            vtc = F.cross_entropy(likeness, torch.arange(CLIPS)) + F.cross_entropy(likeness.t(), torch.arange(CLIPS))
            facts = heads.loss(frame_mean(video), labels_of(part, mirrors))
            optimiser.zero_grad()
            (vtm + words + .05 * vtc + .3 * facts).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            right = (itm.argmax(-1) == truth).float().mean().item()
            losses.append((vtm.item(), vtc.item(), facts.item(), right, words.item()))
        v, c, f, r, w = np.mean(losses, 0)
        print(f"match epoch {epoch + 1}: vtm {v:.4f} ({r:.3f} right) vtc {c:.3f} words {w:.4f} facts {f:.4f} at {time.time() - began:.0f} s", flush=True)
    torch.save(matcher.state_dict(), Path(build_directory) / f"{MATCHER['name']}.pt")
    calibrate(cache_directory, build_directory)


def load(build_directory):
    """The trained matcher and its tokenizer."""
    pieces = corpus_pieces(build_directory)
    matcher = Matcher(len(pieces.names))
    matcher.load_state_dict(as_stored(torch.load(Path(build_directory) / f"{MATCHER['name']}.pt")))
    return matcher.eval(), pieces


@torch.no_grad()
def scores(matcher, pieces, pictures, captions):
    """The chance of a match [B, K] of captions (B lists of K) with pictures [B, 12, 3, h, w] normalised."""
    count = len(captions[0])
    ids, mask = encoded(pieces, [c for row in captions for c in row])
    video, _ = matcher.vision(pictures)
    text, _ = matcher.text(ids, mask)
    itm = matcher.fusion(video.repeat_interleave(count, 0), text, mask)
    return itm.softmax(-1)[:, 1].reshape(-1, count)


def calibrate(cache_directory, build_directory):
    """The threshold that best tells right from wrong captions on the checked scenes, and how well choosing works."""
    torch.set_num_threads(1)
    matcher, pieces = load(build_directory)
    cache, said = open_cache(cache_directory, "matcher"), said_by_teachers(build_directory, CHECKED)
    seeds = sorted(said)
    found = []
    for at in range(0, len(seeds), 40):
        part = seeds[at:at + 40]
        pictures = frames_batch(cache, part, [np.arange(12)] * len(part), [False] * len(part), None)
        found.append(scores(matcher, pieces, pictures, [said[s] for s in part]).numpy())
    found = np.concatenate(found)
    right = np.array([[judge(c, FACTS[s]) for c in said[s]] for s in seeds])
    steps = np.linspace(.05, .95, 91)
    balanced = [((found >= t)[right].mean() + (found < t)[~right].mean()) / 2 for t in steps]
    threshold = float(steps[int(np.argmax(balanced))])
    chosen = right[np.arange(len(seeds)), found.argmax(1)]
    result = {"threshold": round(threshold, 2), "balanced_accuracy": float(max(balanced)), "teachers": right.mean(0).tolist(),
              "chosen": float(chosen.mean()), "any": float(right.any(1).mean())}
    print(result, flush=True)
    (Path(build_directory) / "calibration.json").write_text(json.dumps(result))


if __name__ == "__main__":
    {"look": look, "match": match, "calibrate": calibrate}[sys.argv[1]](*sys.argv[2:4])
