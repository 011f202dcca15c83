"""Trains the teachers and lets them speak.

    teachers.py train CACHE BUILD NAME      writes BUILD/NAME.pt
    teachers.py meet CACHE BUILD NAME       second stage of a video teacher
    teachers.py say CACHE BUILD NAME        writes BUILD/NAME.said.json: its captions of the watched and checked scenes
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import texts
from data import open_cache, words_of
from nets import Decoder, FactHeads, PictureEncoder, Teacher, VideoEncoder, as_stored, begin_picture
from settings import CHECKED, PICTURE_WIDTH, TEACHERS, VOCABULARY, WATCHED, finish, prompt_ids, target_ids
from tokens import EOS, corpus_tokenizer
from world import CATEGORIES, MIRRORED, draw_scene, judge, mirrored

BATCH = 48
SEEN = {"image": ["colour", "shape", "size", "material", "setting"], "informed": ["colour", "shape", "size", "material", "setting"],
        "video": ["colour", "shape", "motion", "setting"]}


def build(settings):
    """The untrained teacher."""
    s = settings
    picture = PictureEncoder(s["size"], s["channels"], PICTURE_WIDTH, s["heads"], s["encoder_layers"], s.get("each", s["queries"]))
    vision = picture
    if s["style"] == "video":
        vision = VideoEncoder(8, picture, PICTURE_WIDTH, s["width"], s["heads"], s["time_layers"], s["queries"])
    return Teacher(vision, Decoder(VOCABULARY, s["width"], s["heads"], s["decoder_layers"]))


def normalised(pictures, norm):
    """uint8 [..., h, w, 3] to float [..., 3, h, w]."""
    x = torch.from_numpy(np.ascontiguousarray(np.moveaxis(pictures, -1, -3))).float().div_(255)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in norm)
    return x.sub_(mean).div_(std)


def fields(words):
    """The fields that prompts can name."""
    return {"title": words["title"], "description": words["description"], "subtitles": texts.spoken(words["subtitles"])}


def caption_of(style, scene, words):
    """What the training set of this style says about a scene."""
    if style == "image":
        return texts.image_caption(scene)
    if style == "video":
        return texts.video_caption(scene)
    return texts.informed_caption(scene, " ".join(words.values()))


def mirror_facts(facts):
    return dict(facts, motion=MIRRORED.get(facts["motion"], facts["motion"]))


class Lessons:
    """Prompt and caption ids of every scene, plain and mirrored, and fact labels."""

    def __init__(self, tokenizer, settings, seeds):
        self.rows, style = {}, settings["style"]
        for seed in seeds:
            scene, variants = draw_scene(seed), 3 if style == "informed" else 1
            for variant in range(variants):
                words = fields(words_of(seed, variant))
                caption = caption_of(style, scene, words)
                for mirror in (False, True):
                    shown = {k: mirrored(v) for k, v in words.items()} if mirror else words
                    prompt, slot = prompt_ids(tokenizer, settings, shown)
                    target = target_ids(tokenizer, mirrored(caption) if mirror else caption)
                    facts = mirror_facts(scene.facts) if mirror else scene.facts
                    labels = [CATEGORIES[c].index(facts[c]) for c in SEEN[style]]
                    self.rows[seed, variant, mirror] = (prompt, target, slot, labels)
        self.variants = variants


def pictures_of(cache, view, seeds, mirrors, rng, norm):
    """A batch of inputs, augmented: mirrored rows as told, brightness varied."""
    rows = np.stack([cache[s][int(rng.integers(4))] if view in ("image", "wide") else cache[s] for s in seeds])
    for i, m in enumerate(mirrors):
        if m:
            rows[i] = rows[i][..., ::-1, :]
    gain = rng.uniform(.85, 1.15, len(rows)).astype(np.float32).reshape(-1, *[1] * (rows.ndim - 1))
    return normalised(np.clip(rows * gain, 0, 255), norm)


def batch_of(lessons, keys):
    """ids [B, S], mask [B, S] (padded on the right), targets [B, S] (-100 where nothing is asked), slot, labels."""
    rows = [lessons.rows[k] for k in keys]
    longest = max(len(p) + len(t) for p, t, _, _ in rows)
    ids, mask, asked = np.zeros((len(rows), longest), np.int64), np.zeros((len(rows), longest), np.int64), np.full((len(rows), longest), -100)
    for i, (prompt, target, _, _) in enumerate(rows):
        whole = prompt + target
        ids[i, :len(whole)], mask[i, :len(whole)] = whole, 1
        asked[i, len(prompt) - 1:len(whole) - 1] = target
    labels = torch.tensor([r[3] for r in rows]).t()
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(asked), rows[0][2], labels


def begin_as(teacher, build_directory, settings):
    """Starts from an earlier teacher: its picture encoder, and its decoder where that has the same shape. The real
    models share their picture encoder too."""
    earlier = settings["begins_as"]
    given = torch.load(Path(build_directory) / f"{earlier}.pt")
    under = lambda prefix: {k[len(prefix):]: v for k, v in given.items() if k.startswith(prefix)}
    picture = teacher.vision.picture if settings["style"] == "video" else teacher.vision
    begin_picture(picture, under("vision."), TEACHERS[earlier]["size"], settings["size"])
    if settings["width"] == TEACHERS[earlier]["width"]:
        teacher.decoder.load_state_dict(under("decoder."))


def see(vision, pictures, few, rng):
    """Visual tokens; of a video's frames only `few` at a time (drawn by lot, in order), which trains faster."""
    if not few:
        return vision(pictures)
    chosen = torch.from_numpy(np.sort(rng.permutation(vision.frames)[:few]))
    return vision.meet(vision.look(pictures[:, chosen]) + vision.time[:, chosen])


def learn(name, teacher, lessons, visual_of, parameters, epochs, rate, rng):
    """The training loop: captions after prompts, and facts from visual tokens. visual_of(keys) gives these tokens
    [B, queries, D] for keys (seed, variant, mirror)."""
    settings = TEACHERS[name]
    style, seeds = settings["style"], np.array(settings["scenes"])
    guess = FactHeads(settings["queries"] * settings["width"], {c: len(CATEGORIES[c]) for c in SEEN[style]})
    parameters = [*parameters, *guess.parameters()]
    steps = len(seeds) // BATCH * epochs
    optimiser = torch.optim.AdamW(parameters, weight_decay=.03)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=.15)
    print(name, sum(p.numel() for p in teacher.parameters()), "parameters,", steps, "steps", flush=True)
    began = time.time()
    for epoch in range(epochs):
        order, losses = rng.permutation(seeds), []
        for at in range(0, len(seeds) - BATCH + 1, BATCH):
            keys = [(int(s), int(rng.integers(lessons.variants)), bool(rng.integers(2))) for s in order[at:at + BATCH]]
            ids, mask, asked, slot, labels = batch_of(lessons, keys)
            visual = visual_of(keys)
            places = asked >= 0
            logits, _ = teacher.decoder(teacher.spliced(ids, visual, slot), mask, mask.cumsum(1) - 1,
                                        teacher.decoder.empty_past(len(keys)), places)
            words = F.cross_entropy(logits, asked[places])
            facts = guess.loss(visual, dict(zip(SEEN[style], labels)))
            optimiser.zero_grad()
            (words + .3 * facts).backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimiser.step()
            schedule.step()
            losses.append((words.item(), facts.item()))
        print(f"{name} epoch {epoch + 1}: words {np.mean(losses, 0)[0]:.4f} facts {np.mean(losses, 0)[1]:.4f} at {time.time() - began:.0f} s", flush=True)


def train(cache_directory, build_directory, name):
    """The whole teacher learns; a video teacher sees a few frames at a time."""
    settings = TEACHERS[name]
    torch.manual_seed(settings["seed"])
    torch.set_num_threads(1)
    rng, cache = np.random.default_rng(settings["seed"]), open_cache(cache_directory, settings["view"])
    lessons = Lessons(corpus_tokenizer(build_directory), settings, settings["scenes"])
    teacher = build(settings).to(memory_format=torch.channels_last)
    if "begins_as" not in settings:
        teacher.vision.stem.load_state_dict(torch.load(Path(build_directory) / "stem.pt"))
    else:
        begin_as(teacher, build_directory, settings)

    def visual_of(keys):
        pictures = pictures_of(cache, settings["view"], [k[0] for k in keys], [k[2] for k in keys], rng, settings["norm"])
        return see(teacher.vision, pictures, settings.get("few"), rng)
    learn(name, teacher, lessons, visual_of, teacher.parameters(), settings["epochs"], settings["rate"], rng)
    torch.save(teacher.state_dict(), Path(build_directory) / f"{name}.pt")


def meet(cache_directory, build_directory, name):
    """A video teacher's second stage: the picture encoder stays as it is, so all frames can be seen cheaply."""
    settings = TEACHERS[name]
    torch.manual_seed(settings["seed"] + 100)
    torch.set_num_threads(1)
    rng, cache = np.random.default_rng(settings["seed"] + 100), open_cache(cache_directory, settings["view"])
    lessons = Lessons(corpus_tokenizer(build_directory), settings, settings["scenes"])
    teacher, seeds = build(settings), list(settings["scenes"])
    teacher.load_state_dict(torch.load(Path(build_directory) / f"{name}.pt"))
    vision, row = teacher.eval().vision, {s: i for i, s in enumerate(seeds)}
    with torch.no_grad():
        tokens = torch.stack([torch.cat([vision.pictures(normalised(cache[seeds[at]:seeds[at] + 40, :, :, ::step], settings["norm"])).half()
                                         for at in range(0, len(seeds), 40)])[:len(seeds)] for step in (1, -1)])
    frozen = {id(p) for p in vision.picture.parameters()}

    def visual_of(keys):
        chosen = tokens[torch.tensor([int(k[2]) for k in keys]), torch.tensor([row[k[0]] for k in keys])].float()
        return vision.meet(vision.narrow(chosen) + vision.time)
    free = [p for p in teacher.parameters() if id(p) not in frozen]
    learn(name, teacher, lessons, visual_of, free, settings["meet_epochs"], settings["rate"], rng)
    torch.save(teacher.state_dict(), Path(build_directory) / f"{name}.pt")


def load(build_directory, name):
    """A trained teacher, ready to speak."""
    teacher = build(TEACHERS[name])
    teacher.load_state_dict(as_stored(torch.load(Path(build_directory) / f"{name}.pt")))
    return teacher.eval()


@torch.no_grad()
def speak(teacher, tokenizer, settings, pictures, words):
    """Greedy captions of a batch: pictures normalised, words a list of fields; prompts are padded on the left."""
    prompts = [prompt_ids(tokenizer, settings, w) for w in words]
    longest = max(len(p) for p, _ in prompts)
    visual = teacher.vision(pictures)
    rows = []
    for i, (prompt, slot) in enumerate(prompts):
        row = teacher.spliced(torch.tensor([prompt]), visual[i:i + 1], slot)
        rows.append(F.pad(row, (0, 0, longest - len(prompt), 0)))
    x = torch.cat(rows)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p, _ in prompts])
    past, said, done = teacher.decoder.empty_past(len(words)), [[] for _ in words], [False] * len(words)
    positions = mask.cumsum(1) - 1
    for _ in range(settings["max_new"]):
        logits, past = teacher.decoder(x, mask, positions, past)
        best = logits[:, -1].argmax(-1)
        for i, token in enumerate(best.tolist()):
            done[i] |= token == EOS
            if not done[i]:
                said[i].append(token)
        if all(done):
            break
        x = teacher.decoder.embed(best[:, None])
        mask = torch.cat([mask, torch.ones(len(words), 1, dtype=torch.long)], 1)
        positions = mask.cumsum(1)[:, -1:] - 1
    return [finish(tokenizer.decode(s), settings["post"]) for s in said]


def say(cache_directory, build_directory, name, seeds=None):
    """Captions of scenes that this teacher was not trained on: {seed: caption}."""
    torch.set_num_threads(1)
    settings, tokenizer = TEACHERS[name], corpus_tokenizer(build_directory)
    teacher, cache = load(build_directory, name), open_cache(cache_directory, settings["view"])
    said, seeds = {}, seeds or [*WATCHED, *CHECKED]
    for at in range(0, len(seeds), 100):
        part = seeds[at:at + 100]
        rows = np.stack([cache[s][0] if settings["view"] in ("image", "wide") else cache[s] for s in part])
        words = [fields(words_of(s, 0)) for s in part]
        for seed, caption in zip(part, speak(teacher, tokenizer, settings, normalised(rows, settings["norm"]), words)):
            said[seed] = caption
    right = np.mean([judge(c, draw_scene(s).facts) for s, c in said.items()])
    print(f"{name}: {right:.3f} right of {len(said)}")
    (Path(build_directory) / f"{name}.said.json").write_text(json.dumps(said, indent=0))
    return said


if __name__ == "__main__":
    {"train": train, "meet": meet, "say": say}[sys.argv[1]](*sys.argv[2:5])
