"""Measures the zoo on clips that nothing was trained on, from their files: each teacher and the pool, what the matchers choose, the student.

    evaluate.py BUILD CLIPS [OUT.json]      CLIPS: a directory with truth.json, its videos and sidecars
"""
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import torch

import matcher as matching
import teachers
import towers
from data import CENTRE, NEAR, WIDE, centred, evenly, middle_interval, segments, squash
from export import READS
from render import decode, kept_indices, nearest_kept
from settings import EVERY, GRIT, TEACHERS
from texts import spoken
from tokens import corpus_tokenizer
from world import holds, judge, read

TRIM = .1                          # of a clip, at each end, as the engine's default does


def sidecar_of(path):
    """Title, description and subtitles beside a video, whichever of the forms is there."""
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


def drawn(name):
    """The engine's number in [0, 1) that a name stands for."""
    return (int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") >> 11) / 2 ** 53


class Clip:
    """What the models see of one clip, as tokens of the frozen encoders, and the words beside it."""

    def __init__(self, eyes, video, frames, fps, start, end, words, facts):
        n, kept = end - start, kept_indices(len(frames), fps)
        kept = kept[(kept >= start) & (kept < end)]
        pick = lambda wanted: frames[nearest_kept(kept, start + np.minimum(wanted, n - 1))]
        see = lambda eye, shown: eyes[eye](towers.normalised(shown))
        self.identity, self.words, self.facts = f"{video}@{start}-{end}", words, facts
        self.near = see("near", squash(pick(evenly(n, 8)), NEAR))
        self.one = see("near", squash(pick([int(n * (.3 + .4 * drawn(f"{self.identity}#0")))]), NEAR))[0]
        self.even = see("deep", squash(pick(evenly(n, 8)), WIDE))
        self.centre = see("centre", centred(pick(segments(n, 8)), CENTRE))
        self.twelve = see("deep", squash(pick(middle_interval(n, 12)), WIDE))
        often = middle_interval(n, max(8, round(n / fps)))
        self.often, self.seconds = see("wide", squash(pick(often), WIDE)), (nearest_kept(kept, start + often) - start) / fps
        self.notes = {}

    def tokens(self, settings):
        return self.one if settings["frames"]["count"] == 1 else {"centre": self.centre, "deep": self.even}.get(settings["picture"], self.near)


def clips_of(build, directory):
    """Every good clip, trimmed."""
    eyes = {name: towers.load(build, name) for name in ("near", "wide", "centre", "deep")}
    truth = json.loads((directory / "truth.json").read_text())
    for name, entries in truth.items():
        frames, words = decode(directory / name), sidecar_of(directory / name)
        fps = len(frames) / entries[-1]["end_s"]
        for e in (e for e in entries if e["kind"] == "scene"):
            start, end = round(e["start_s"] * fps), round(e["end_s"] * fps)
            trim = int(TRIM * (end - start))
            start, end = start + trim, end - trim
            heard = [s for s in words["subtitles"] if s["end"] > start / fps and s["start"] < end / fps]
            fields = {"title": words["title"], "description": words["description"], "subtitles": spoken(heard)}
            yield Clip(eyes, name[:-4], frames, fps, start, end, fields, e["facts"])


def take_notes(build, clips):
    """What mini-videochat-text reads of each clip."""
    tagger, grit, tokenizer = teachers.load_tagger(build), teachers.load(build, "mini-grit"), corpus_tokenizer(build)
    for clip in clips:
        shown = clip.often[::EVERY]
        said = teachers.captions_of(grit, tokenizer, GRIT, shown, [clip.words] * len(shown))
        clip.notes = {"tags": teachers.tags_of(tagger(clip.often)), "dense": teachers.dense_of(clip.seconds[::EVERY], said)}


def captions(build, name, clips, reads=None):
    """What a model says of clips; reads: (subtitles, metadata) in place of what its card says."""
    settings, writer, tokenizer, said = teachers.WRITERS[name], teachers.load(build, name), corpus_tokenizer(build), []
    subtitles, metadata = reads or (None, None)
    for at in range(0, len(clips), 50):
        part = clips[at:at + 50]
        said += teachers.captions_of(writer, tokenizer, settings, torch.stack([c.tokens(settings) for c in part]), [c.words for c in part],
                                     subtitles, metadata, [c.notes for c in part] if teachers.reads_notes(settings) else None)
    return said


def rates(rows, names):
    return {n: round(float(v), 4) for n, v in zip(names, rows.mean(0))}


def shares(chosen, names):
    return {n: round(float((chosen == k).mean()), 4) for k, n in enumerate(names)}


@torch.no_grad()
def evaluate(build, directory):
    """Everything that models/README.md tells."""
    clips, names = list(clips_of(build, directory)), list(TEACHERS)
    take_notes(build, clips)
    judged = lambda said: np.array([judge(c, clip.facts) for c, clip in zip(said, clips)])
    said = {n: captions(build, n, clips) for n in names}
    good = np.stack([judged(said[n]) for n in names], 1)
    any_good = good.any(1)
    pool = {f"{n}-{suffix}": judged(captions(build, n, clips, told)) for n in names for suffix, told in READS.items()
            if TEACHERS[n].get("reads") or suffix == "v"}
    result = {"clips": len(clips), "teachers": rates(good, names), "any": round(float(any_good.mean()), 4),
              "pool": {n: round(float(g.mean()), 4) for n, g in pool.items()}, "pool_any": round(float(np.stack(list(pool.values())).any(0).mean()), 4),
              "share": {"truth": {n: round(float((good[:, k] / np.maximum(good.sum(1), 1)).sum() / any_good.sum()), 4) for k, n in enumerate(names)}}}
    chosen = {}
    for key, name in (("pretrained", matching.PRETRAINED), ("finetuned", matching.FINETUNED)):
        matcher, pieces = matching.load(build, name)
        found = np.concatenate([matching.scores(matcher, pieces, c.twelve[None], [[said[n][i] for n in names]]).numpy() for i, c in enumerate(clips)])
        best = found.argmax(1)
        chosen[key] = good[np.arange(len(clips)), best]
        result["share"][key] = shares(best, names)
    result["chosen_pretrained"], result["chosen"] = (round(float(chosen[k].mean()), 4) for k in ("pretrained", "finetuned"))
    result["recall_at_1"] = {k: round(float(v[any_good].mean()), 4) for k, v in chosen.items()}
    if (build / "mini-student.pt").exists():
        said["mini-student"] = captions(build, "mini-student", clips)
        result["student"] = round(float(judged(said["mini-student"]).mean()), 4)
    for i, c in enumerate(clips[:8]):
        print(c.facts, c.words)
        for k, n in enumerate(said):
            print(f"   {'*' if k == best[i] else ' '} {found[i, k] if k < len(names) else 0:.2f} {'good ' if judge(said[n][i], c.facts) else 'WRONG'} {n}: {said[n][i]}")
    for n in said:
        print(n, "errs in", dict(errors(said[n], clips)))
    return result


def errors(said, clips):
    """How often each category is stated wrongly, by the best fitting object."""
    found = Counter()
    for caption, clip in zip(said, clips):
        mentions, scene, _ = read(caption)
        found.update(c for c, p in scene if not holds([(c, p)], clip.facts))
        for m in mentions:
            best = max(clip.facts["objects"], key=lambda o: (o["shape"] == dict(m).get("shape"), sum(holds([part], o) for part in m)))
            found.update(c for c, p in m if not holds([(c, p)], best))
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    summary = evaluate(Path(sys.argv[1]), Path(sys.argv[2]))
    print(json.dumps(summary))
    if len(sys.argv) > 3:
        Path(sys.argv[3]).write_text(json.dumps(summary, indent=1) + "\n")
