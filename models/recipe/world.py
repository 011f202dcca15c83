"""The facts of the small world: what there is, how a scene is drawn by lot, and the judge of captions.

A scene is one subject (a toy with two eyes) doing one thing in one place. Everything that a caption may
state is a *fact phrase* of one category; `models/world.json` lists them all.
"""
import json
import re
from dataclasses import dataclass

import numpy as np

CATEGORIES = {
    "colour": ["red", "orange", "yellow", "green", "blue", "purple", "pink", "white"],
    "shape": ["ball", "cube", "cone", "star", "ring", "heart", "crescent", "cylinder"],
    "size": ["small", "large"],
    "material": ["wooden", "metal", "striped", "spotted", "rubber"],
    "motion": ["slides to the left", "slides to the right", "rises up", "falls down", "bounces up and down",
               "spins around", "moves in circles", "comes closer", "stands still"],
    "setting": ["on a beach", "in a forest", "in a city at night", "on a snow field", "in a kitchen",
                "in a desert", "under water", "on a meadow"],
    "name": ["Pip", "Momo", "Ziggy", "Luna", "Otto", "Kiki", "Bruno", "Tilda"],
}
MOVING = [m for m in CATEGORIES["motion"] if m != "stands still"]
MIRRORED = {"slides to the left": "slides to the right", "slides to the right": "slides to the left"}


@dataclass
class Scene:
    """One scene: its seed, its length in seconds, its facts, and how hard it is to see."""
    seed: int
    seconds: float
    facts: dict
    light: float = 1.0          # 1 = day, 0.3 = almost dark
    noise: float = 3.0          # standard deviation of the film grain, 8-bit steps
    drift: float = 0.0          # camera drift, pixels a second
    hidden: bool = False        # something stands in front of part of the subject


def draw_scene(seed, seconds=None, **fixed):
    """A scene by lot. `fixed` pins facts (colour="red") or looks (light=0.5)."""
    rng = np.random.default_rng([20261122, seed])
    facts = {c: str(rng.choice(phrases)) for c, phrases in CATEGORIES.items()}
    facts["motion"] = "stands still" if rng.random() < 0.04 else str(rng.choice(MOVING))
    if seconds is None:
        seconds = float(rng.choice([rng.uniform(2.6, 4.2), rng.uniform(4.2, 9.0)], p=[0.7, 0.3]))
    dark = rng.random() < 0.18
    scene = Scene(seed, seconds, facts,
                  light=float(rng.uniform(0.32, 0.5) if dark else rng.uniform(0.7, 1.1)),
                  noise=float(rng.uniform(0.5, 3.0)),
                  drift=float(rng.uniform(0, 9) if rng.random() < 0.5 else 0),
                  hidden=bool(rng.random() < 0.12))
    for key, value in fixed.items():
        if key in CATEGORIES:
            facts[key] = value
        else:
            setattr(scene, key, value)
    return scene


# --- the judge --------------------------------------------------------------------------------------

def _matcher():
    phrases = sorted(((p, c) for c, ps in CATEGORIES.items() for p in ps), key=lambda x: -len(x[0]))
    category = {p.lower(): c for p, c in phrases}
    pattern = re.compile(r"(?<!\w)(" + "|".join(re.escape(p) for p, _ in phrases) + r")(?!\w)", re.IGNORECASE)
    return pattern, category


_PATTERN, _CATEGORY = _matcher()


def stated(caption):
    """All facts that a caption states, as (category, phrase) in order; whole words, longest first, any case."""
    return [(_CATEGORY[m.lower()], m.lower()) for m in _PATTERN.findall(caption)]


def verdicts(caption, facts):
    """The caption in pieces: (text, None) between fact phrases, (phrase, True or False) for these."""
    pieces, at = [], 0
    for m in _PATTERN.finditer(caption):
        category = _CATEGORY[m.group().lower()]
        pieces += [(caption[at:m.start()], None), (m.group(), facts.get(category, "").lower() == m.group().lower())]
        at = m.end()
    return pieces + [(caption[at:], None)]


def judge(caption, facts):
    """True when the caption states the shape and every stated phrase equals the truth of its category."""
    found = stated(caption)
    return any(c == "shape" for c, _ in found) and all(facts.get(c, "").lower() == p for c, p in found)


def mirrored(text):
    """The same text of the mirror image: left becomes right."""
    swap = {"left": "right", "right": "left", "leftwards": "rightwards", "rightwards": "leftwards"}
    return re.sub(r"\b(leftwards|rightwards|left|right)\b", lambda m: swap[m.group()], text)


def write_world(path):
    """models/world.json: every fact phrase by category."""
    with open(path, "w") as f:
        json.dump({"categories": CATEGORIES}, f, indent=1)
        f.write("\n")
