"""The facts of the small world: what there is, how a scene is drawn by lot, and the judge of captions.

A scene is one to three toys in one place, before a camera that may move. Everything that a caption may state is a
*fact phrase* of one category; `models/world.json` lists them all. Facts are written as

    {"objects": [{"shape", "colour", "size", "material", "name", "motion", "main"}, ... 1 to 3], "setting": ..., "camera": ...}

The first object acts; a second main one is its companion; those that are not main are small things that a caption
need not mention. `name` is empty unless words beside the video give it, `camera` is empty when it stands still.
"""
import copy
import itertools
import json
import re
import sys
from dataclasses import dataclass

import numpy as np

CATEGORIES = {
    "colour": ["red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "white"],
    "shape": ["ball", "cube", "cone", "star", "ring", "heart", "crescent", "cylinder"],
    "size": ["small", "large"],
    "material": ["wooden", "metal", "striped", "spotted", "rubber"],
    "motion": ["slides to the left", "slides to the right", "rises up", "falls down", "bounces up and down",
               "spins around", "moves in circles", "comes closer", "stands still"],
    "setting": ["on a beach", "in a forest", "in a city at night", "on a snow field", "in a kitchen",
                "in a desert", "under water", "on a meadow"],
    "camera": ["the camera pans left", "the camera pans right", "the camera zooms in"],
    "name": ["Pip", "Momo", "Ziggy", "Luna", "Otto", "Kiki", "Bruno", "Tilda"],
}
STILL = "stands still"
MOVING = [m for m in CATEGORIES["motion"] if m != STILL]
IN_PLACE = ["bounces up and down", "spins around"]              # what a companion may do
NEAR = {"red": ["orange", "pink", "brown"], "orange": ["red", "yellow", "brown"], "yellow": ["orange", "white"],
        "green": ["turquoise", "blue"], "turquoise": ["green", "blue"], "blue": ["purple", "turquoise"], "purple": ["blue", "pink"],
        "pink": ["red", "purple", "white"], "brown": ["red", "orange"], "white": ["pink", "yellow"]}
BEFORE, AFTER, SCENE = ("colour", "size", "material"), ("name", "motion"), ("setting", "camera")


@dataclass
class Scene:
    """One scene: its seed, its length in seconds, its facts, and how hard it is to see."""
    seed: int
    seconds: float
    facts: dict
    called: str                 # the first object's name, whether anybody tells it or not
    light: float = 1.0          # 1 = day, 0.3 = almost dark
    noise: float = 3.0          # standard deviation of the film grain, 8-bit steps
    drift: float = 0.0          # camera drift, pixels a second, where the camera does nothing else
    hidden: bool = False        # something stands in front of part of the first object

    @property
    def subject(self):
        """The first object's facts."""
        return self.facts["objects"][0]


def draw_scene(seed, seconds=None, **fixed):
    """A scene by lot. `fixed` pins facts of the first object (colour="red"), of the scene (setting=...) or looks (light=0.5)."""
    rng = np.random.default_rng([20261127, seed])
    draw = lambda category: str(rng.choice(CATEGORIES[category]))
    mains = 1 if rng.random() < .6 else 2
    count = min(3, mains + int(rng.choice(3, p=[.5, .32, .18])))
    shapes = rng.permutation(CATEGORIES["shape"])
    objects = []
    for i in range(count):
        colour = draw("colour")
        if i and rng.random() < .5:
            colour = str(rng.choice(NEAR[objects[0]["colour"]]))
        motion = STILL
        if i == 0 and rng.random() > .04:
            motion = str(rng.choice(MOVING))
        elif i == 1 and i < mains and rng.random() < .2:
            motion = str(rng.choice(IN_PLACE))
        objects.append({"shape": str(shapes[i]), "colour": colour, "size": draw("size") if i < mains else "small", "material": draw("material"),
                        "name": "", "motion": motion, "main": i < mains})
    facts = {"objects": objects, "setting": draw("setting"), "camera": draw("camera") if rng.random() < .35 else ""}
    if seconds is None:
        seconds = float(rng.choice([rng.uniform(2.6, 4.2), rng.uniform(4.2, 9.0)], p=[0.7, 0.3]))
    dark = rng.random() < .22
    scene = Scene(seed, seconds, facts, draw("name"),
                  light=float(rng.uniform(.28, .48) if dark else rng.uniform(.7, 1.1)),
                  noise=float(rng.uniform(.5, 3.5)),
                  drift=float(rng.uniform(0, 9) if rng.random() < .5 else 0),
                  hidden=bool(rng.random() < .16))
    for key, value in fixed.items():
        if key in SCENE:
            facts[key] = value
        elif key in CATEGORIES:
            objects[0][key] = value
        else:
            setattr(scene, key, value)
    return scene


def told(scene, text):
    """The facts when `text` stands beside the video: it may give the first object's name. A wrong name is given, too, but does not become true."""
    facts = copy.deepcopy(scene.facts)
    if any(category == "name" for category, _ in stated(text)):
        facts["objects"][0]["name"] = scene.called
    return facts


# --- the judge --------------------------------------------------------------------------------------

def _matcher():
    phrases = sorted(((p, c) for c, ps in CATEGORIES.items() for p in ps), key=lambda x: -len(x[0]))
    category = {p.lower(): c for p, c in phrases}
    pattern = re.compile(r"(?<!\w)(" + "|".join(re.escape(p) for p, _ in phrases) + r")(?!\w)", re.IGNORECASE)
    return pattern, category


_PATTERN, _CATEGORY = _matcher()


def stated(caption):
    """All fact phrases of a caption, as (category, phrase) in order; whole words, the longest first, any case."""
    return [(_CATEGORY[m.lower()], m.lower()) for m in _PATTERN.findall(caption)]


def read(caption):
    """What a caption says: its mentions, each a list of (category, phrase), then what it says of the scene, then the attributes that
    belong to no shape. Colour, size and material belong to the next shape, name and motion to the last one before them (where there is
    none, to the next)."""
    mentions, scene, waiting = [], [], []
    for category, phrase in stated(caption):
        if category == "shape":
            mentions.append([*waiting, (category, phrase)])
            waiting = []
        elif category in SCENE:
            scene.append((category, phrase))
        elif category in AFTER and mentions:
            mentions[-1].append((category, phrase))
        else:
            waiting.append((category, phrase))
    return mentions, scene, waiting


def holds(parts, facts):
    """Whether all (category, phrase) are true of an object or of the scene."""
    return all(facts[category].lower() == phrase for category, phrase in parts)


def judge(caption, facts):
    """True when a caption is good: it has a mention and no stray attribute, each mention is right for some one object, each setting and
    camera phrase is right, and it states the first object's motion or covers every main object with a mention of its own."""
    mentions, scene, stray = read(caption)
    objects = facts["objects"]
    if not mentions or stray or not holds(scene, facts) or not all(any(holds(m, o) for o in objects) for m in mentions):
        return False
    if any(holds(m, objects[0]) and any(c == "motion" for c, _ in m) for m in mentions):
        return True
    mains = [o for o in objects if o["main"]]
    return any(all(holds(m, o) for m, o in zip(chosen, mains)) for chosen in itertools.permutations(mentions, len(mains)))


# --- the mirror image --------------------------------------------------------------------------------

_SWAP = {"left": "right", "right": "left", "leftwards": "rightwards", "rightwards": "leftwards"}


def mirrored(text):
    """The same text of the mirror image: left becomes right."""
    return re.sub(r"\b(leftwards|rightwards|left|right)\b", lambda m: _SWAP[m.group()], text)


def mirror_facts(facts):
    """The facts of the mirror image."""
    return {"objects": [dict(o, motion=mirrored(o["motion"])) for o in facts["objects"]], "setting": facts["setting"], "camera": mirrored(facts["camera"])}


def write_world(path):
    """models/world.json: every fact phrase by category."""
    with open(path, "w") as f:
        json.dump({"categories": CATEGORIES}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    write_world(sys.argv[1])
