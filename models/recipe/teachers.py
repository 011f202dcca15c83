"""Trains the models that write and lets them speak. All work on what the frozen picture encoders saw (towers.py look).

    teachers.py notes CACHE BUILD           the tagger and mini-grit, and their notes on every scene: BUILD/notes.json
    teachers.py train CACHE BUILD NAME      writes BUILD/NAME.pt; goes on from there when it is called again
    teachers.py say CACHE BUILD NAME FIRST LAST     adds to BUILD/NAME.said.json: its captions of these scenes
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
from data import FRAMES, evenly, open_cache, words_of
from nets import SEEN, Decoder, FactHeads, Reader, TextEncoder, TextReader, VideoReader, as_stored, bias_of
from settings import CHECKED, EVERY, GRIT, LINE, QUERIES, STUDENT, TAGGED, TAGS, TEACHERS, VOCABULARY, cut, finish, instruction_for
from tokens import BOS, EOS, PAD, corpus_tokenizer
from world import CATEGORIES, draw_scene, judge, told

BATCH = 48
EACH = 4                           # queries of each frame of a video
WRITERS = {**TEACHERS, "mini-grit": GRIT, "mini-student": STUDENT}
FACTS = ["shape", "colour", "size", "material", "setting", "other shape", "other colour"]
ACTS = ["motion", "camera"]
LABELS = [phrase for category in TAGS for phrase in CATEGORIES[category]]


def is_video(settings):
    return settings["frames"]["count"] > 1 and "picture" in settings


def reads_notes(settings):
    return any("{tags}" in segment.get("text", "") for segment in settings["prompt"])


class Writer(nn.Module):
    """What a model adds to the frozen picture encoder: readers of pictures, an encoder of the prompt, a decoder; each where it has one."""

    def __init__(self, settings):
        super().__init__()
        width, layers = settings["width"], settings["layers"]
        self.slots, self.student = ("text_tokens", "visual_tokens") if "text_tokens" in settings else ("visual_tokens",), "text_tokens" in settings
        if reads_notes(settings):
            self.slots = ()
        elif is_video(settings):
            self.look = Reader(EACH)
            self.meet = VideoReader(settings["frames"]["count"], QUERIES, out=width)
        else:
            self.read = Reader(QUERIES, out=width)
        if self.student:
            self.text = TextReader(VOCABULARY, width, settings["text_tokens"])
        encoder = settings.get("encoder")
        self.encoder = TextEncoder(width, 4, encoder) if encoder else None
        self.decoder = Decoder(VOCABULARY, width, 4, layers, memory=width if encoder else None)

    def visual(self, tokens, text=None):
        """Tokens of pictures [B, N, SEEN] or of frames [B, F, N, SEEN] to vectors of the prompt [B, QUERIES or twice as many, D]."""
        if not self.slots:
            return torch.zeros(len(tokens), 0, self.decoder.embed.embedding_dim)
        if tokens.dim() == 3:
            return self.read(tokens)
        queries = self.meet.queries(self.looked(tokens))
        shown = self.meet.out(queries)
        # no gradient of the text branch reaches the vision branch
        return torch.cat([self.text(*text, queries.detach()), shown], 1) if self.student else shown

    def looked(self, tokens):
        """Each frame alone: [B, F, N, SEEN] to [B, F, EACH, SEEN]."""
        return self.look(tokens.flatten(0, 1)).reshape(*tokens.shape[:2], EACH, SEEN)

    def spliced(self, ids, visual, slot):
        """Embeds ids [B, S] and puts visual vectors [B, Q, D] at positions slot..slot+Q."""
        x = self.decoder.embed(ids)
        return torch.cat([x[:, :slot], visual, x[:, slot + visual.shape[1]:]], 1)


# --- prompts -----------------------------------------------------------------------------------------

def fields(words):
    """The fields that prompts can name."""
    return {"title": words["title"], "description": words["description"], "subtitles": texts.spoken(words["subtitles"])}


def prompt_ids(tokenizer, settings, words, subtitles, metadata, notes=None):
    """The prompt's ids, zeros where vectors go, and where these begin."""
    ids, slot = [BOS], 0
    for segment in settings["prompt"]:
        if "text" not in segment:
            slot = slot or len(ids)
            ids += [0] * QUERIES
        else:
            filled = {"frames": settings["frames"]["count"], **{field: cut(tokenizer, field, text) for field, text in (notes or {}).items()}}
            if "{instruction}" in segment["text"]:
                filled["instruction"] = instruction_for(tokenizer, settings, words, subtitles, metadata)
            ids += tokenizer.encode(segment["text"].format(**filled))
    return ids, slot


def branch_text(tokenizer, words, subtitles, metadata):
    """Ids and mask of what the student's text branch reads, filled up on the right."""
    longest = STUDENT["text_tokens"]
    body = tokenizer.encode(instruction_for(tokenizer, STUDENT, words, subtitles, metadata))[-longest:]
    return body + [PAD] * (longest - len(body)), [1] * len(body) + [0] * (longest - len(body))


def target_ids(tokenizer, caption):
    """The ids to learn for a caption: it follows the prompt after a space, and ends."""
    return tokenizer.encode(" " + caption) + [EOS]


def shown_text(words, subtitles, metadata):
    return " ".join([words["title"], words["description"]] * metadata + [words["subtitles"]] * subtitles)


def labels_of(facts):
    """Fact labels of a scene for FactHeads: {fact: index}, -100 where there is none."""
    first, other = facts["objects"][0], next((o for o in facts["objects"][1:] if o["main"]), None)
    found = {c: CATEGORIES[c].index(first[c]) for c in ("shape", "colour", "size", "material", "motion")}
    found["setting"] = CATEGORIES["setting"].index(facts["setting"])
    found["camera"] = 1 + CATEGORIES["camera"].index(facts["camera"]) if facts["camera"] else 0
    for c in ("shape", "colour"):
        found[f"other {c}"] = CATEGORIES[c].index(other[c]) if other else len(CATEGORIES[c])
    return found


def fact_heads(width, video):
    count = lambda c: len(CATEGORIES[c.split()[-1]]) + (c.startswith("other") or c == "camera")
    return FactHeads(width, {c: count(c) for c in FACTS + (ACTS if video else [])})


class Lessons:
    """Prompts, captions and labels of scenes, made when they are first asked for."""

    def __init__(self, build_directory, settings, captions=None):
        self.tokenizer, self.settings, self.captions, self.rows, self.labels = corpus_tokenizer(build_directory), settings, captions, {}, {}
        self.notes = json.loads((Path(build_directory) / "notes.json").read_text()) if reads_notes(settings) else None

    def row(self, seed, rng, frame):
        """(prompt, target, slot, text of the student's branch) of a scene; which words are read is drawn by lot."""
        s = self.settings
        reads = s.get("reads") or "text_tokens" in s
        variant = int(rng.integers(3)) if self.captions is None else 0
        key = (seed, variant, bool(rng.random() < .5), bool(rng.random() < .5)) if reads else (seed, variant, False, False)
        if s is GRIT:
            key = (seed, frame, False, False)
        if key not in self.rows:
            self.rows[key] = self.made(*key)
        return self.rows[key]

    def made(self, seed, variant, subtitles, metadata):
        s, scene = self.settings, draw_scene(seed)
        words = fields(words_of(seed, 0 if s is GRIT else variant))
        text = shown_text(words, subtitles, metadata)
        prompt, slot = prompt_ids(self.tokenizer, s, words, subtitles, metadata, self.notes and self.notes[str(seed)])
        if self.captions is None:
            caption = s["style"](told(scene, text), text, scene.light)
        else:
            caption = self.captions(seed, variant)
        branch = branch_text(self.tokenizer, words, subtitles, metadata) if "text_tokens" in s else None
        return prompt, target_ids(self.tokenizer, caption), slot, branch

    def label(self, seed):
        if seed not in self.labels:
            self.labels[seed] = labels_of(draw_scene(seed).facts)
        return self.labels[seed]


def batch_of(rows):
    """ids [B, S], mask [B, S] (filled up on the right), asked [B, S] (-100 where nothing is asked), slot, the student's text."""
    longest = max(len(r[0]) + len(r[1]) for r in rows)
    ids, mask, asked = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.int64), np.full((len(rows), longest), -100)
    for i, (prompt, target, _, _) in enumerate(rows):
        whole = prompt + target
        ids[i, :len(whole)], mask[i, :len(whole)] = whole, 1
        asked[i, len(prompt) - 1:len(whole) - 1] = target
    text = None if rows[0][3] is None else tuple(torch.tensor([r[3][k] for r in rows]) for k in (0, 1))
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(asked), rows[0][2], text


def words_loss(writer, rows, visual, batch):
    """Cross-entropy of the captions after their prompts."""
    ids, mask, asked, slot, _ = batch
    if writer.encoder is None:
        places = asked >= 0
        logits, _ = writer.decoder(writer.spliced(ids, visual, slot), mask, mask.cumsum(1) - 1, writer.decoder.empty_past(len(rows)), places)
        return F.cross_entropy(logits, asked[places])
    prompt = torch.tensor([r[0] for r in rows])
    shown = torch.ones_like(prompt)
    memory = writer.encoder(writer.spliced(prompt, visual, slot), shown)
    longest = max(len(r[1]) for r in rows)
    target = torch.tensor([r[1] + [-100] * (longest - len(r[1])) for r in rows])
    begun = torch.cat([torch.full_like(target[:, :1], PAD), target[:, :-1].clamp(min=0)], 1)
    logits, _ = writer.decoder.written(begun, writer.decoder.empty_past(len(rows)), writer.decoder.pairs(memory), bias_of(shown))
    return F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100)


# --- training ----------------------------------------------------------------------------------------

class Seen:
    """What the frozen encoder saw of scenes, as a model's frames rule picks it."""

    def __init__(self, build_directory, settings):
        self.tokens, self.settings = np.load(Path(build_directory) / f"{settings['picture']}.npy", mmap_mode="r"), settings

    def of(self, seeds, rng=None):
        """Tokens of a batch and the numbers of the frames; drawn by lot when there is `rng`, else the rule's own or one that the scene tells."""
        if reads_notes(self.settings):
            return torch.zeros(len(seeds), 0, SEEN), None
        if is_video(self.settings):
            if self.tokens.shape[1] == 8:
                frames = np.arange(8)
                return self.cut(self.tokens[seeds]), np.round(np.arange(8) * 15 / 8).astype(int)
            frames = evenly(FRAMES, 8) + (int(rng.integers(2)) if rng is not None else 0)
            return self.cut(self.tokens[seeds][:, frames]), frames
        frames = rng.integers(4, 12, size=len(seeds)) if rng is not None else 4 + np.array(seeds) % 8
        return self.cut(self.tokens[seeds, frames]), frames

    @staticmethod
    def cut(tokens):
        return torch.from_numpy(tokens.astype(np.float32))


def train(cache_directory, build_directory, name, captions=None, scenes=None):
    """Captions after prompts, and facts from visual vectors; a video's frames also tell where its objects are."""
    settings = WRITERS[name]
    torch.manual_seed(len(name))
    torch.set_num_threads(1)
    rng, seen = np.random.default_rng(len(name)), Seen(build_directory, settings)
    lessons, writer, video = Lessons(build_directory, settings, captions), Writer(settings), is_video(settings) and not reads_notes(settings)
    boxes = np.nan_to_num(np.array(open_cache(cache_directory, "boxes"))[..., :2, :], nan=-.5)
    guesses = fact_heads(settings["width"] * QUERIES, video) if writer.slots else None
    spots = nn.Linear(EACH * SEEN, 6)
    earlier = name if (Path(build_directory) / f"{name}.pt").exists() else settings.get("begins_as")
    if earlier:
        begin(writer, guesses, spots, build_directory, earlier)
    for part in settings.get("frozen", ()):
        getattr(writer, part).requires_grad_(False)
    parameters = [p for m in (writer, guesses, spots) if m is not None for p in m.parameters() if p.requires_grad]
    seeds = np.array(settings["scenes"] if scenes is None else scenes)
    steps = len(seeds) // BATCH * settings["epochs"]
    optimiser = torch.optim.AdamW(parameters, weight_decay=.03)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-3 if earlier else 1.5e-3, total_steps=steps, pct_start=.1)
    print(name, sum(p.numel() for p in writer.parameters()), "parameters,", steps, "steps", flush=True)
    began = time.time()
    for epoch in range(settings["epochs"]):
        order, losses = rng.permutation(seeds), []
        for at in range(0, len(seeds) - BATCH + 1, BATCH):
            part = order[at:at + BATCH]
            tokens, frames = seen.of(part, rng)
            rows = [lessons.row(int(s), rng, int(frames[i]) if settings is GRIT else 0) for i, s in enumerate(part)]
            batch = batch_of(rows)
            visual = writer.visual(tokens, batch[4])
            words = words_loss(writer, rows, visual, batch)
            loss = words
            if guesses is not None:
                labels = [lessons.label(int(s)) for s in part]
                facts = guesses.loss(visual[:, -QUERIES:], {c: torch.tensor([l[c] for l in labels]) for c in guesses.heads})
                loss = loss + .3 * facts
            if video and "look" not in settings.get("frozen", ()):
                where = spots(writer.looked(tokens).flatten(2))
                known = torch.from_numpy(boxes[part][:, frames].reshape(len(part), 8, 6))
                loss = loss + 2 * F.smooth_l1_loss(where, known, beta=.1)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append((words.item(), loss.item()))
        print(f"{name} epoch {epoch + 1}: words {np.mean(losses, 0)[0]:.4f} all {np.mean(losses, 0)[1]:.4f} at {time.time() - began:.0f} s", flush=True)
    torch.save({"writer": writer.state_dict(), "guesses": guesses and guesses.state_dict(), "spots": spots.state_dict()}, Path(build_directory) / f"{name}.pt")
    if settings is not GRIT:
        good = [judge(caption, told(draw_scene(s), " ".join(fields(words_of(s)).values())))
                for s, caption in said_of(build_directory, name, list(CHECKED)).items()]
        print(f"{name}: good on {np.mean(good):.3f} of the scenes kept out", flush=True)


def begin(writer, guesses, spots, build_directory, earlier):
    """Starts from an earlier model, where the parts have the same shape."""
    given = torch.load(Path(build_directory) / f"{earlier}.pt")
    for module, part in ((writer, "writer"), (guesses, "guesses"), (spots, "spots")):
        if module is None or part not in given:
            continue
        own = module.state_dict()
        module.load_state_dict({k: given[part][k] if k in given[part] and given[part][k].shape == v.shape else v for k, v in own.items()})


# --- speaking ----------------------------------------------------------------------------------------

def load(build_directory, name):
    """A trained model as it is stored, ready to speak."""
    writer = Writer(WRITERS[name])
    writer.load_state_dict(as_stored(torch.load(Path(build_directory) / f"{name}.pt")["writer"]))
    return writer.eval()


@torch.no_grad()
def speak(writer, tokenizer, settings, visual, prompts):
    """Greedy captions: visual vectors [B, Q, D], prompts (ids, slot), which are filled up on the left."""
    longest = max(len(p) for p, _ in prompts)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p, _ in prompts])
    x = torch.cat([F.pad(writer.spliced(torch.tensor([p]), visual[i:i + 1], slot), (0, 0, longest - len(p), 0)) for i, (p, slot) in enumerate(prompts)])
    said, done, past = [[] for _ in prompts], [False] * len(prompts), writer.decoder.empty_past(len(prompts))
    if writer.encoder is not None:
        cross, cross_bias, last = writer.decoder.pairs(writer.encoder(x, mask)), bias_of(mask), torch.full((len(prompts), 1), PAD)
    positions = mask.cumsum(1) - 1
    for _ in range(settings["max_new"]):
        if writer.encoder is not None:
            logits, past = writer.decoder.written(last, past, cross, cross_bias)
        else:
            logits, past = writer.decoder(x, mask, positions, past)
        best = logits[:, -1].argmax(-1)
        for i, token in enumerate(best.tolist()):
            done[i] |= token == EOS
            if not done[i]:
                said[i].append(token)
        if all(done):
            break
        last, x = best[:, None], writer.decoder.embed(best[:, None])
        mask = torch.cat([mask, torch.ones(len(prompts), 1, dtype=torch.long)], 1)
        positions = mask.cumsum(1)[:, -1:] - 1
    return [finish(tokenizer.decode(s), settings["post"]) for s in said]


@torch.no_grad()
def captions_of(writer, tokenizer, settings, tokens, words, subtitles=None, metadata=None, notes=None):
    """Captions of clips: tokens [B, (F,) N, SEEN], the words beside each, notes where the model reads them."""
    reads = bool(settings.get("reads") or "text_tokens" in settings)
    subtitles, metadata = (reads if v is None else v for v in (subtitles, metadata))
    prompts = [prompt_ids(tokenizer, settings, w, subtitles, metadata, notes and notes[i]) for i, w in enumerate(words)]
    text = None
    if "text_tokens" in settings:
        branch = [branch_text(tokenizer, w, subtitles, metadata) for w in words]
        text = tuple(torch.tensor([b[k] for b in branch]) for k in (0, 1))
    return speak(writer, tokenizer, settings, writer.visual(tokens, text), prompts)


def said_of(build_directory, name, seeds, **reads):
    """{seed: caption} of training scenes."""
    settings, tokenizer, writer = WRITERS[name], corpus_tokenizer(build_directory), load(build_directory, name)
    seen, said = Seen(build_directory, settings), {}
    notes = json.loads((Path(build_directory) / "notes.json").read_text()) if reads_notes(settings) else None
    for at in range(0, len(seeds), 96):
        part = seeds[at:at + 96]
        words = [fields(words_of(s)) for s in part]
        said.update(zip(part, captions_of(writer, tokenizer, settings, seen.of(np.array(part))[0], words, notes=notes and [notes[str(s)] for s in part], **reads)))
    return said


def say(build_directory, name, first, last):
    torch.set_num_threads(1)
    began, path = time.time(), Path(build_directory) / f"{name}.said.json"
    said = json.loads(path.read_text()) if path.exists() else {}
    said.update({str(s): caption for s, caption in said_of(build_directory, name, list(range(first, last))).items()})
    path.write_text(json.dumps(said, indent=0))
    print(f"{name} said {len(said)} captions, the last in {time.time() - began:.0f} s", flush=True)


# --- notes -------------------------------------------------------------------------------------------

class Tagger(nn.Module):
    """Which things are in a picture: its tokens [B, N, SEEN] to scores [B, LABELS]."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(SEEN, len(LABELS))

    def forward(self, image_embeds):
        return self.head(image_embeds).amax(1)


def tags_of(scores):
    """Labels that any frame's score [F, LABELS] tells, as the engine joins them."""
    return ", ".join(label for label, score in zip(LABELS, scores.amax(0)) if torch.sigmoid(score) > TAGGED)


def dense_of(seconds, captions):
    return "\n".join(LINE.format(seconds=f"{t:.1f}", text=c) for t, c in zip(seconds, captions))


def train_tagger(build_directory):
    torch.manual_seed(9)
    rng, tagger = np.random.default_rng(9), Tagger()
    seen, seeds = Seen(build_directory, GRIT), np.array(GRIT["scenes"])
    wanted = np.zeros((seeds[-1] + 1, len(LABELS)), np.float32)
    for s in seeds:
        facts = draw_scene(int(s)).facts
        for phrase in [facts["setting"], *(o[c] for o in facts["objects"] if o["main"] for c in TAGS if c in o)]:
            wanted[s, LABELS.index(phrase)] = 1
    optimiser = torch.optim.AdamW(tagger.parameters(), 4e-3)
    for step in range(900):
        part = rng.choice(seeds, 96)
        tokens, _ = seen.of(part, rng)
        loss = F.binary_cross_entropy_with_logits(tagger(tokens), torch.from_numpy(wanted[part]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 300 == 299:
            print(f"tagger {step + 1}: {loss.item():.4f}", flush=True)
    torch.save(tagger.state_dict(), Path(build_directory) / "tagger.pt")


def load_tagger(build_directory):
    tagger = Tagger()
    tagger.load_state_dict(as_stored(torch.load(Path(build_directory) / "tagger.pt")))
    return tagger.eval()


def notes(cache_directory, build_directory):
    """Trains the tagger and mini-grit, and lets them write their notes on every scene."""
    torch.set_num_threads(1)
    train_tagger(build_directory)
    boxes = np.array(open_cache(cache_directory, "boxes"))
    train(cache_directory, build_directory, "mini-grit", lambda seed, frame: texts.note(draw_scene(seed).facts, boxes[seed, frame]))
    write_notes(build_directory)


@torch.no_grad()
def write_notes(build_directory):
    tagger, grit, tokenizer = load_tagger(build_directory), load(build_directory, "mini-grit"), corpus_tokenizer(build_directory)
    tokens, found = np.load(Path(build_directory) / "wide.npy", mmap_mode="r"), {}
    told_frames = evenly(FRAMES, 8)[::EVERY]
    for at in range(0, len(tokens), 64):
        shown = tokens[at:at + 64][:, evenly(FRAMES, 8)]
        scores = tagger(Seen.cut(shown).flatten(0, 1)).reshape(len(shown), 8, -1)
        some = Seen.cut(shown[:, ::EVERY]).flatten(0, 1)
        said = captions_of(grit, tokenizer, GRIT, some, [{"title": "", "description": "", "subtitles": ""}] * len(some))
        for i in range(len(shown)):
            step = draw_scene(at + i).seconds * .87 / FRAMES
            each = len(told_frames)
            found[at + i] = {"tags": tags_of(scores[i]), "dense": dense_of(told_frames * step, said[i * each:(i + 1) * each])}
    (Path(build_directory) / "notes.json").write_text(json.dumps(found, indent=0))
    print("notes:", found[len(found) - 1], flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "notes":
        notes(*sys.argv[2:4])
    elif sys.argv[1] == "train":
        train(*sys.argv[2:5])
    else:
        say(sys.argv[3], sys.argv[4], *map(int, sys.argv[5:7]))
