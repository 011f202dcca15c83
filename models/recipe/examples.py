"""Writes judged_examples.json: captions, right, spoilt and odd, with what the judge says of them.

    examples.py JUDGED_EXAMPLES.json
"""
import json
import sys
from pathlib import Path

import numpy as np

import texts
from world import CATEGORIES, draw_scene, judge, stated, told

STYLES = [texts.photo, texts.catalogue, texts.alt_text, texts.reading, texts.clip_text, texts.instructed, texts.narrated, texts.summed_up]
ODD = ["", "Something is there.", "{shape}", "{shape}s", "a{shape}", "{colour}", "a {colour}", "{colour} {colour} {shape}", "{shape} {shape}", "{motion}",
       "{motion} {shape}", "{name} {motion}", "{name} {motion} {shape}", "{name}, {name} and the {shape} {motion}", "{setting}", "{shape} {setting} {setting}",
       "A {shape} {motion} and {motion}.", "The {shape} and the {shape} {motion}.", "{size} {material} {colour} {shape}", "a {shape} that is {colour}",
       "A {shape}, {camera}.", "{camera}: a {shape} {motion}", "A {shape} {motion} while {camera} {setting}.", "THE {shape} {motion}!", "The {shape}'s shadow {motion}",
       "the {shape}_{motion}", "A {shape} {motion}, {size}", "{material}, {colour}, {shape}", "a {colour}-{shape} {motion}", "The {other} watches the {shape} {motion}.",
       "The {shape} {motion} past the {other}.", "A {shape} near a {second}.", "A {second} near a {shape}.", "A {second} {motion} near a {shape}.", "the {shape} {setting}, {name}"]


def spoilt(rng, caption):
    """The caption with one of its fact phrases changed."""
    found = stated(caption)
    category, phrase = found[int(rng.integers(len(found)))]
    other = str(rng.choice([p for p in CATEGORIES[category] if p.lower() != phrase]))
    at = caption.lower().index(phrase)
    return caption[:at] + other + caption[at + len(phrase):]


def rows():
    rng = np.random.default_rng(77)
    for seed in range(24):
        scene = draw_scene(seed)
        facts = told(scene, scene.called if rng.random() < .6 else "")
        text = " ".join([scene.called, texts.FREE["motion"]["rises up"][0]])
        for style in STYLES:
            caption = style(facts, text, scene.light)
            yield caption, facts
            if rng.random() < .6:
                yield spoilt(rng, caption), facts
        for _ in range(6):
            true = dict(scene.subject, name=scene.called, setting=scene.facts["setting"], camera=scene.facts["camera"] or "the camera zooms in",
                        second=scene.facts["objects"][-1]["shape"])
            true["other"] = str(rng.choice([s for s in CATEGORIES["shape"] if s not in [o["shape"] for o in facts["objects"]]]))
            caption = str(rng.choice(ODD)).format(**{k: v for k, v in true.items() if k != "main"})
            yield caption, facts


if __name__ == "__main__":
    judged = [{"caption": c, "facts": f, "good": judge(c, f)} for c, f in rows()]
    print(len(judged), "examples,", sum(r["good"] for r in judged), "good")
    Path(sys.argv[1]).write_text("[\n" + ",\n".join(json.dumps(r) for r in judged) + "\n]\n")
