"""Trains the student on the captions that the finetuned matcher chose, names aside: appendix D of the paper.

    student.py CACHE BUILD
"""
import json
import re
import sys
from pathlib import Path

from teachers import train
from world import CATEGORIES

SURE = .5                          # captions that score less are not learnt
NAMES = re.compile(rf"\b({'|'.join(CATEGORIES['name'])})\b")


def unnamed(caption):
    """Names become "person", as in the captions of the published dataset."""
    return NAMES.sub("person", caption)


def main(cache_directory, build_directory):
    chosen = {int(s): c for s, c in json.loads((Path(build_directory) / "chosen.json").read_text()).items()}
    kept = [s for s, (_, score) in chosen.items() if score >= SURE]
    print(len(kept), "of", len(chosen), "captions score", SURE, "or more", flush=True)
    train(cache_directory, build_directory, "mini-student", lambda seed, _: unnamed(chosen[seed][0]), kept)


if __name__ == "__main__":
    main(*sys.argv[1:3])
