"""Measures the zoo on clips that nothing was trained on, from their files: each teacher, and what the matcher chooses.

    evaluate.py BUILD CLIPS [OUT.json]      CLIPS: a directory with truth.json, its videos and sidecars
"""
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch

import matcher as matching
import teachers
from data import views_of
from render import decode
from settings import MATCHER, TEACHERS
from texts import spoken
from tokens import corpus_tokenizer
from world import judge, stated

TRIM = .1                          # of a clip, at each end, as the engine's default does


def sidecar_of(path):
    """Title, description and subtitles beside a video, whichever of the JSON forms is there."""
    words = {"title": "", "description": "", "subtitles": []}
    for name in (path.with_suffix(".info.json"), path.with_suffix(".json")):
        if name.exists():
            words.update({k: v for k, v in json.loads(name.read_text()).items() if k in words})
    for suffix in (".srt", ".vtt", ".en.vtt"):
        if path.with_suffix(suffix).exists():
            words["subtitles"] = read_captions(path.with_suffix(suffix).read_text())
    return words


def read_captions(text):
    """The lines of an SRT or WebVTT file with their times."""
    found = []
    for block in text.replace("\r", "").split("\n\n"):
        lines = block.strip().split("\n")
        timed = [i for i, line in enumerate(lines) if "-->" in line]
        if timed:
            start, end = (seconds(t) for t in lines[timed[0]].split("-->"))
            found.append({"start": start, "end": end, "text": " ".join(lines[timed[0] + 1:])})
    return found


def seconds(stamp):
    h, m, s = stamp.strip().replace(",", ".").split(":")
    return int(h) * 3600 + int(m) * 60 + float(s)


def clips_of(directory):
    """Yields (name, views, fields, facts) of every good clip, trimmed."""
    truth = json.loads((directory / "truth.json").read_text())
    for name, entries in truth.items():
        frames = decode(directory / name)
        fps = len(frames) / entries[-1]["end_s"]
        words = sidecar_of(directory / name)
        for number, e in enumerate(entries):
            if e["kind"] != "scene":
                continue
            cut = TRIM * (e["end_s"] - e["start_s"])
            start, end = e["start_s"] + cut, e["end_s"] - cut
            own = frames[round(start * fps):round(end * fps)]
            heard = [s for s in words["subtitles"] if s["end"] > start and s["start"] < end]
            fields = {"title": words["title"], "description": words["description"], "subtitles": spoken(heard)}
            yield f"{name}#{number}", views_of(own, fps, np.random.default_rng([94, number, *name.encode()])), fields, e["facts"]


def evaluate(build, directory):
    """Captions, scores and verdicts of all clips, and the summary."""
    clips = list(clips_of(directory))
    said = {}
    for name, settings in TEACHERS.items():
        teacher, view = teachers.load(build, name), settings["view"]
        said[name] = []
        for at in range(0, len(clips), 50):
            part = clips[at:at + 50]
            rows = np.stack([c[1][view][0] if view in ("image", "wide") else c[1][view] for c in part])
            said[name] += teachers.speak(teacher, corpus_tokenizer(build), settings,
                                         teachers.normalised(rows, settings["norm"]), [c[2] for c in part])
    matcher, pieces = matching.load(build)
    found = []
    for at in range(0, len(clips), 50):
        part = clips[at:at + 50]
        pictures = teachers.normalised(np.stack([c[1]["matcher"] for c in part]), MATCHER["norm"])
        found.append(matching.scores(matcher, pieces, pictures, [[said[n][at + i] for n in TEACHERS] for i in range(len(part))]).numpy())
    found = np.concatenate(found)
    right = np.array([[judge(said[n][i], c[3]) for n in TEACHERS] for i, c in enumerate(clips)])
    best = found.argmax(1)
    picked = right[np.arange(len(clips)), best]
    for i, c in enumerate(clips[:12]):
        print(c[0], c[3], c[2])
        for k, n in enumerate(TEACHERS):
            print(f"   {'*' if best[i] == k else ' '} {found[i, k]:.2f} {'right' if right[i, k] else 'WRONG'} {said[n][i]}")
    for k, n in enumerate(TEACHERS):
        wrong = Counter(cat for i, c in enumerate(clips) for cat, p in stated(said[n][i]) if c[3][cat].lower() != p)
        print(n, "errs in", dict(wrong))
    wrong = Counter(cat for i, c in enumerate(clips) for cat, p in stated(said[list(TEACHERS)[best[i]]][i]) if c[3][cat].lower() != p)
    print("the choice errs in", dict(wrong))
    return {"teachers": {n: round(float(right[:, k].mean()), 4) for k, n in enumerate(TEACHERS)}, "chosen": round(float(picked.mean()), 4),
            "any": round(float(right.any(1).mean()), 4), "share": {n: round(float((best == k).mean()), 4) for k, n in enumerate(TEACHERS)},
            "clips": len(clips)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    summary = evaluate(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(summary))
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(json.dumps(summary, indent=1) + "\n")
