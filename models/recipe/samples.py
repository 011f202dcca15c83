"""Makes samples/: long videos of several scenes with sidecars, and their truth; and models/heldout/: short ones.

    samples.py long DIRECTORY
    samples.py heldout DIRECTORY COUNT
"""
import json
import sys
from pathlib import Path

import numpy as np

import texts
from render import HEIGHT, WIDTH, encode, frames_of
from world import CATEGORIES, STILL, draw_scene, told

LONG_SEEDS, HELDOUT_SEEDS = 9_000_000, 5_000_000       # training uses 0 and up, far below

# (kind, seconds) of each scene; "fade" joins its neighbours softly, "repeat:K" shows scene K again.
PLANS = {
    "beach_day": (25, "json", ["scene 4.4", "scene 5.0", "short 1.6", "scene 9.6", "scene 4.2", "scene 4.6", "repeat:1", "scene 4.8"]),
    "harbour_lights": (24, "info", ["scene 5.2", "scene 4.6", "fade 1.4", "scene 5.0", "still 4.4", "scene 4.4", "scene 5.6", "scene 4.0"]),
    "wooden_friends": (30, "srt", ["scene 4.0", "scene 4.8", "scene 4.4", "short 1.2", "scene 8.4", "scene 4.6", "scene 4.4"]),
    "snow_parade": (25, "vtt", ["scene 4.8", "still 4.0", "scene 5.2", "scene 4.4", "fade 1.6", "scene 4.8", "scene 4.2", "repeat:0"]),
    "kitchen_table": (24, "en.vtt", ["scene 5.4", "scene 4.4", "scene 4.0", "short 1.5", "scene 4.6", "scene 11.0", "scene 4.8"]),
    "desert_train": (30, "json", ["scene 4.4", "scene 4.8", "fade 1.2", "scene 4.6", "scene 5.0", "still 3.8", "scene 4.2", "scene 4.4"]),
    "silent_film": (24, None, ["black 1.2", "scene 4.6", "scene 5.2", "scene 4.4", "short 1.4", "scene 4.8", "scene 5.0", "black 1.4"]),
    "deep_blue": (25, "info+en.vtt", ["scene 4.6", "scene 8.8", "scene 4.4", "repeat:0", "scene 5.0", "scene 4.2", "scene 4.8"]),
    "meadow_games": (30, "json", ["scene 4.2", "scene 5.0", "scene 4.4", "scene 4.6", "short 1.7", "scene 4.8", "fade 1.3", "scene 5.0"]),
    "night_walk": (24, "srt+json", ["scene 5.0", "still 4.2", "scene 4.6", "scene 5.4", "scene 10.2", "scene 4.4", "scene 4.6"]),
    "toy_circus": (25, "vtt+info", ["scene 4.0", "scene 4.4", "short 1.3", "scene 4.8", "scene 4.6", "fade 1.5", "scene 4.4", "scene 5.2"]),
    "last_round": (30, "json", ["scene 4.8", "scene 4.4", "scene 5.0", "repeat:1", "scene 4.6", "scene 4.2"]),
}


# --- the score of hard cuts --------------------------------------------------------------------------

def hsv(frame):
    """8-bit HSV as OpenCV has it (hue 0..180) of H x W x 3 uint8 RGB, as int16."""
    r, g, b = (frame[..., i].astype(np.float32) for i in range(3))
    top, low = np.maximum(np.maximum(r, g), b), np.minimum(np.minimum(r, g), b)
    d = np.maximum(top - low, 1e-6)
    hue = np.where(top == r, (g - b) / d, np.where(top == g, 2 + (b - r) / d, 4 + (r - g) / d)) * 30
    hue = np.where(top == low, 0, hue % 180)
    sat = np.where(top > 0, (top - low) * 255 / np.maximum(top, 1), 0)
    return np.stack([hue, sat, top]).round().astype(np.int16)


def content_score(a, b):
    """ContentDetector's score of two frames: mean over H, S, V of the mean absolute difference."""
    return float(np.abs(hsv(a) - hsv(b)).mean())


# --- a long video ------------------------------------------------------------------------------------

def choose_scene(seeds, kind, seconds, hero, before, seen):
    """The next scene: in a setting not yet `seen` while there are any, and clearly unlike the last frame `before`."""
    while True:
        pins = dict(called=hero, noise=.7, seconds=seconds)
        if kind == "still":
            pins.update(motion=STILL, camera="", drift=0.0, hidden=False, noise=0.3)
        scene = draw_scene(next(seeds), **pins)
        if (kind == "still") != all(o["motion"] == STILL for o in scene.facts["objects"]):
            continue
        if kind == "still" and scene.facts["setting"] in ("on a snow field", "under water"):
            continue
        if scene.facts["setting"] in seen and len(seen) < (6 if kind == "still" else 8):
            continue
        first = next(frames_of(scene, 25, count=1))
        if before is None or content_score(before, first) >= 34:
            return scene


def plan_video(number, name):
    """The scenes of one video in order: dicts of kind, scene (or None) and seconds."""
    fps, _, plan = PLANS[name]
    rng = np.random.default_rng([99, number])
    hero = str(rng.choice(CATEGORIES["name"]))
    seeds = iter(range(LONG_SEEDS + number * 10_000, LONG_SEEDS + (number + 1) * 10_000))
    parts, before, seen = [], None, set()
    for words in plan:
        kind, _, rest = words.replace(":", " ").partition(" ")
        if kind == "repeat":
            part = dict(parts[int(rest)], kind="repeat")
        elif kind in ("fade", "black"):
            part = {"kind": kind, "scene": None, "seconds": float(rest)}
        else:
            scene = choose_scene(seeds, kind, float(rest), hero, before, seen)
            seen.add(scene.facts["setting"])
            part = {"kind": kind, "scene": scene, "seconds": float(rest)}
        part["seconds"] = round(part["seconds"] * fps) / fps
        parts.append(part)
        if kind == "black":
            before = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        elif kind != "fade":
            *_, before = frames_of(part["scene"], 4)
    return fps, hero, parts


def frames_of_video(parts, fps):
    """Yields all frames. A fade mixes the scene before, which goes on, with the scene after, which has begun."""
    for i, part in enumerate(parts):
        count = round(part["seconds"] * fps)
        if part["kind"] == "black":
            yield from (np.full((HEIGHT, WIDTH, 3), 4, np.uint8) for _ in range(count))
        elif part["kind"] == "fade":
            old, new = parts[i - 1], parts[i + 1]
            leaving = frames_of(old["scene"], fps, old["seconds"], count)
            coming = frames_of(new["scene"], fps, -part["seconds"], count)
            for k, (a, b) in enumerate(zip(leaving, coming)):
                amount = (k + 1) / (count + 1)
                yield (a * (1 - amount) + b * amount).astype(np.uint8)
        else:
            yield from frames_of(part["scene"], fps, count=count)


def truth_of(parts, words):
    """The truth entries of one video, in file order; `words` stand beside it."""
    entries, at = [], 0.0
    for part in parts:
        facts = told(part["scene"], words) if part["scene"] else {}
        entries.append({"start_s": round(at, 3), "end_s": round(at + part["seconds"], 3), "kind": part["kind"], "facts": facts})
        at += part["seconds"]
    return entries


def all_words(words):
    return " ".join([words["title"], words["description"], texts.spoken(words["subtitles"])])


def words_of_video(rng, hero, parts):
    """Title, description and subtitles of a long video."""
    scenes = [p["scene"] for p in parts if p["kind"] in ("scene", "repeat")]
    opening = texts.Gossip(rng, scenes[0], texts.WRONG)
    also = texts.Gossip(rng, scenes[len(scenes) // 2], texts.WRONG)
    title = str(rng.choice([f"{hero} and friends, part {int(rng.integers(2, 30))}", f"A day with {hero}", f"The travels of {hero}"]))
    description = f"{hero} starts {opening.free('setting')}. Later a {also.said['shape']} {also.free('motion')}."
    subtitles, at = [], 0.0
    for part in parts:
        if part["scene"] and part["kind"] != "short" and rng.random() < .85:
            gossip = texts.Gossip(rng, part["scene"], texts.WRONG)
            lines = int(rng.integers(1, 3))
            edges = np.linspace(at + .3, at + part["seconds"] - .3, lines + 1)
            for a, b in zip(edges, edges[1:]):
                line = gossip.line() if rng.random() < .85 else str(rng.choice(texts.PLAIN_LINES))
                subtitles.append({"start": round(float(a), 2), "end": round(float(b) - .05, 2), "text": line})
        at += part["seconds"]
    return {"title": title, "description": description, "subtitles": subtitles}


# --- sidecars ----------------------------------------------------------------------------------------

def clock(seconds, comma):
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{',' if comma else '.'}{ms % 1000:03}"


def write_sidecars(directory, name, form, words):
    """Writes the words in the form named: json, info, srt, vtt, en.vtt, or several joined with +."""
    for kind in (form or "").split("+"):
        if kind == "json":
            own = words if form == "json" else {k: words[k] for k in ("title", "description")}
            text = json.dumps(own, indent=1) + "\n"
            (directory / f"{name}.json").write_text(text)
        elif kind == "info":
            info = {"id": name, "title": words["title"], "description": words["description"], "uploader": "Toy films",
                    "extractor": "generic", "_type": "video"}
            (directory / f"{name}.info.json").write_text(json.dumps(info) + "\n")
        elif kind == "srt":
            blocks = [f"{i}\n{clock(s['start'], True)} --> {clock(s['end'], True)}\n{s['text']}\n"
                      for i, s in enumerate(words["subtitles"], 1)]
            (directory / f"{name}.srt").write_text("\n".join(blocks))
        elif kind in ("vtt", "en.vtt"):
            blocks = [f"{clock(s['start'], False)} --> {clock(s['end'], False)}\n{s['text']}\n" for s in words["subtitles"]]
            (directory / f"{name}.{kind}").write_text("WEBVTT\n\n" + "\n".join(blocks))


def make_long(directory):
    truth = {}
    for number, (name, (fps, form, _)) in enumerate(PLANS.items()):
        fps, hero, parts = plan_video(number, name)
        encode(directory / f"{name}.mp4", frames_of_video(parts, fps), fps, crf=26, preset="slow")
        words = words_of_video(np.random.default_rng([98, number]), hero, parts)
        write_sidecars(directory, name, form, words)
        truth[f"{name}.mp4"] = truth_of(parts, all_words(words) if form else "")
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


def make_heldout(directory, count):
    truth = {}
    for i in range(count):
        rng = np.random.default_rng([97, i])
        fps = int(rng.choice([24, 25, 30]))
        seconds = round(rng.uniform(3, 4) * fps) / fps
        scene = draw_scene(HELDOUT_SEEDS + i, seconds=seconds)
        scene.noise *= .4
        name = f"clip_{i:03}"
        encode(directory / f"{name}.mp4", frames_of(scene, fps), fps, crf=28, preset="slow")
        words = texts.sidecar(rng, scene, draw_scene(HELDOUT_SEEDS + 100_000 + i))
        (directory / f"{name}.json").write_text(json.dumps(words, indent=1) + "\n")
        truth[f"{name}.mp4"] = truth_of([{"kind": "scene", "scene": scene, "seconds": seconds}], all_words(words))
        for entry in truth[f"{name}.mp4"]:
            entry["references"] = texts.references(entry["facts"])
    (directory / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    make_long(target) if sys.argv[1] == "long" else make_heldout(target, int(sys.argv[3]))
