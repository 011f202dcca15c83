"""Checks samples/: hard cuts are clear, motion and fades are not cuts, and there are enough good clips.

    check_samples.py samples
"""
import json
import sys
from pathlib import Path

import numpy as np

from render import HEIGHT, WIDTH, decode
from samples import PLANS, content_score

CUT, CALM, SHORTEST = 25.0, 18.0, 2.5


def check(directory):
    truth = json.loads((directory / "truth.json").read_text())
    good = 0
    for name, entries in truth.items():
        fps = PLANS[name[:-4]][0]
        frames = decode(directory / name, WIDTH, HEIGHT)
        scores = np.array([0.0] + [content_score(a, b) for a, b in zip(frames, frames[1:])])
        soft = {"fade"}
        cuts = [round(b["start_s"] * fps) for a, b in zip(entries, entries[1:]) if not soft & {a["kind"], b["kind"]}]
        rest = np.delete(scores, cuts)
        clips = sum(e["kind"] == "scene" and .8 * (e["end_s"] - e["start_s"]) >= SHORTEST for e in entries)
        good += clips
        print(f"{name}: {len(frames) / fps:.1f} s, cuts {min(scores[cuts]):.1f} or more, else {rest.max():.1f} at most, {clips} good clips")
        assert scores[cuts].min() >= CUT and rest.max() <= CALM, name
    print(good, "good clips")
    assert good >= 55


if __name__ == "__main__":
    check(Path(sys.argv[1]))
