"""Words about scenes: the captions that each teacher's training set holds, and the titles, descriptions and subtitles that people put
beside a video, in free wording and now and then wrong."""
import numpy as np

from world import CATEGORIES, stated

FREE = {
    "material": {"wooden": ["made of wood", "carved from oak", "of old timber"],
                 "metal": ["made of steel", "cast in iron", "of shiny iron"],
                 "striped": ["with stripes all over", "in a coat of stripes", "painted in stripes"],
                 "spotted": ["covered in dots", "with polka dots", "dotted all over"],
                 "rubber": ["of soft gum", "squeezy and plain", "soft as an eraser"]},
    "motion": {"slides to the left": ["heads for the left side", "goes left", "wanders off leftwards"],
               "slides to the right": ["heads for the right side", "goes right", "wanders off rightwards"],
               "rises up": ["floats upwards", "climbs into the air", "goes up like a balloon"],
               "falls down": ["sinks to the bottom", "comes down slowly", "drops"],
               "bounces up and down": ["hops again and again", "cannot stop jumping", "keeps bouncing"],
               "spins around": ["turns like a top", "keeps spinning", "twirls on the spot"],
               "moves in circles": ["goes round and round", "circles in the air", "flies loops"],
               "comes closer": ["walks up to the camera", "gets nearer and nearer", "approaches us"],
               "stands still": ["does not move at all", "just waits", "rests"]},
    "setting": {"on a beach": ["by the sea", "down at the beach", "on warm sand"],
                "in a forest": ["deep in the woods", "among the trees", "in the old forest"],
                "in a city at night": ["downtown after dark", "under the city lights", "between the towers at night"],
                "on a snow field": ["out in the snow", "on a winter day", "where everything is snowy"],
                "in a kitchen": ["at home in the kitchen", "next to the stove", "by the sink"],
                "in a desert": ["among the dunes", "out in the dry desert", "where cacti grow"],
                "under water": ["below the waves", "at the bottom of the sea", "in the deep blue sea"],
                "on a meadow": ["among the flowers", "out on the grass", "in the green meadow"]},
    "colour": {"red": ["red as a cherry"], "orange": ["orange like a carrot"], "yellow": ["yellow like a lemon"], "green": ["green as grass"],
               "turquoise": ["turquoise like a lagoon"], "blue": ["blue as ink"], "purple": ["purple like a plum"], "pink": ["pink as a rose"],
               "brown": ["brown like chocolate"], "white": ["white as milk"]},
}

PLAIN_TITLES = ["Toys, part {n}", "My little film", "New video", "Holiday clip {n}", "Just playing", "Best moments {n}"]
PLAIN_LINES = ["Look at that!", "Oh, how nice.", "Wait for it.", "Music plays.", "Thank you for watching.", "Here we go again."]


# --- what each teacher's training set says -----------------------------------------------------------

def noun(o, *categories):
    """An object with the attributes named, such as "a small red ball"; without its size when that changes."""
    words = " ".join([*(o[c] for c in categories if c != "size" or o["motion"] != "comes closer"), o["shape"]])
    return ("an " if words[0] in "aeiou" else "a ") + words


def mains(facts):
    return [o for o in facts["objects"] if o["main"]]


def beside(others, word, *categories):
    return "".join(f" {word} {noun(o, *categories)}" for o in others)


def sentence(text):
    return text[:1].upper() + text[1:] + "."


def named(text, facts, form):
    """The first object's name in `form`, where the text speaks of one and it is known."""
    name = facts["objects"][0]["name"]
    return form.format(name) if name and mentions(text, "name") else ""


def photo(facts, text, light):
    """As people describe photographs: every main object with its colour, and the place."""
    return " and ".join(noun(o, "colour") for o in mains(facts)) + " " + facts["setting"]


def catalogue(facts, text, light):
    """As shops describe things: size and material of every main object."""
    return " next to ".join(noun(o, "size", "material") for o in mains(facts))


def alt_text(facts, text, light):
    """As alternative texts of web pages: the first object in full where there is light to see it by, the companion by its shape."""
    first, *others = mains(facts)
    return f"{noun(first, *(['material'] if light > .5 else []), 'colour')}{beside(others, 'beside')} {facts['setting']}"


def reading(facts, text, light):
    """As a model writes that also reads: what is there, and the name and the motion where the words speak of them."""
    first, *others = mains(facts)
    motion = f" that {first['motion']}" if mentions(text, "motion") else ""
    return f"The picture shows {noun(first, 'colour')}{named(text, facts, ' named {}')}{motion}{beside(others, 'and', 'colour')} {facts['setting']}."


def clip_text(facts, text, light):
    """As stock films are titled: who does what."""
    first = facts["objects"][0]
    return sentence(f"{noun(first, 'colour')}{named(text, facts, ' named {}')} {first['motion']}")


def instructed(facts, text, light):
    """As people answer who are told to describe a film: who does what and where, and what the camera does."""
    first = facts["objects"][0]
    camera = f" while {facts['camera']}" if facts["camera"] else ""
    return sentence(f"{noun(first, 'size')}{named(text, facts, ' named {}')} {first['motion']} {facts['setting']}{camera}")


def narrated(facts, text, light):
    """As a chat about a film: the first object's material and motion, and its companion."""
    first, *others = mains(facts)
    return f"In this video{named(text, facts, ' {},')} the {first['material']} {first['shape']} {first['motion']}{beside(others, 'near')} {facts['setting']}."


def summed_up(facts, text, light):
    """As a language model sums up notes: all main objects, what the first does, and the place."""
    first, *others = mains(facts)
    return sentence(f"{named(text, facts, '{}, ')}the {first['colour']} {first['shape']} {first['motion']}{beside(others, 'beside', 'colour')} {facts['setting']}")


def references(facts):
    """What may be said of a scene, all of it right: a caption of every style, again with the first object's name where it is known."""
    styles = photo, catalogue, alt_text, clip_text, instructed, narrated, summed_up
    return list(dict.fromkeys(style(facts, text, 1.0) for text in ("", facts["objects"][0]["name"]) for style in styles))


def mentions(text, category):
    """True when the text speaks of a fact of this category, rightly or not."""
    if category == "name":
        return any(c == "name" for c, _ in stated(text))
    return any(w in text for words in FREE[category].values() for w in words)


# --- words beside a video ----------------------------------------------------------------------------

class Gossip:
    """Someone who writes about a scene's first object, and errs in a fact with probability `wrong`."""

    def __init__(self, rng, scene, wrong):
        self.rng, self.wrong = rng, wrong
        truth = dict(scene.subject, name=scene.called, setting=scene.facts["setting"])
        self.said = {c: self.believed(c, truth[c]) for c in CATEGORIES if c in truth}

    def believed(self, category, truth):
        if self.rng.random() >= self.wrong:
            return truth
        return str(self.rng.choice([p for p in CATEGORIES[category] if p != truth]))

    def free(self, category):
        """The believed fact in free wording."""
        return str(self.rng.choice(FREE[category][self.said[category]]))

    def title(self):
        s, shape = self.said, self.said["shape"]
        return str(self.rng.choice([
            f"{s['name']} the {shape}", f"A {shape} {self.free('material')}", f"{s['name']} {self.free('setting')}",
            f"{s['name']} {self.free('motion')}", f"The {shape} that {self.free('motion')}", f"A {shape}, {self.free('colour')}"]))

    def description(self):
        s = self.said
        return str(self.rng.choice([
            f"Filmed {self.free('setting')}. The {s['shape']} is {self.free('material')}.",
            f"Our friend {s['name']}, {self.free('material')}, {self.free('motion')}.",
            f"{s['name']} lives {self.free('setting')} and {self.free('motion')}.",
            f"The {s['shape']} is {self.free('colour')} and {self.free('motion')}."]))

    def line(self):
        s = self.said
        return str(self.rng.choice([
            f"See how it {self.free('motion')}.", f"Now {s['name']} {self.free('motion')}.", f"This {s['shape']} is {self.free('colour')}.",
            f"This one is {self.free('material')}.", f"It is {self.free('material')} and {self.free('motion')}.",
            f"We are {self.free('setting')} now.", f"Hello, my name is {s['name']}."]))


WRONG, STRAY = .12, .2               # how often a writer errs in a fact, and how often a description is of another scene


def sidecar(rng, scene, other):
    """Title, description and timed subtitles of a short video; its description may stray to the scene `other`."""
    gossip = Gossip(rng, scene, WRONG)
    plain_title = str(rng.choice(PLAIN_TITLES)).format(n=int(rng.integers(1, 99)))
    title = gossip.title() if rng.random() < .6 else plain_title if rng.random() < .7 else ""
    described = Gossip(rng, other, 0) if rng.random() < STRAY else gossip
    description = described.description() if rng.random() < .5 else ""
    subtitles = []
    if rng.random() < .7:
        count = int(rng.integers(1, 4))
        edges = np.linspace(0.1, scene.seconds - .1, count + 1)
        for a, b in zip(edges, edges[1:]):
            text = gossip.line() if rng.random() < .75 else str(rng.choice(PLAIN_LINES))
            subtitles.append({"start": round(float(a), 2), "end": round(float(b), 2), "text": text})
    return {"title": title, "description": description, "subtitles": subtitles}


def spoken(subtitles):
    """All subtitle lines as one text, as the engine joins them."""
    return " ".join(s["text"] for s in subtitles)


# --- notes on frames -----------------------------------------------------------------------------------

def note(facts, boxes):
    """What a describer of regions says of one frame: each main object in it from left to right, with where and how big it is.
    boxes: x, y, radius of each object, in parts of the picture."""
    found = []
    for o, (x, y, r) in zip(facts["objects"], boxes):
        if o["main"] and 0 < x < 1 and 0 < y < 1:
            across = ["far left", "left", "middle", "right", "far right"][min(4, int(x * 5))]
            down = ["top", "high", "low", "bottom"][0 if y < .3 else 1 if y < .5 else 2 if y < .7 else 3]
            big = ["tiny", "little", "big", "huge"][sum(r > limit for limit in (.11, .17, .24))]
            found.append((x, f"{o['colour']} {o['material']} {o['shape']}, {across}, {down}, {big}"))
    return "; ".join(text for _, text in sorted(found)) or "nothing"


GENERAL = """the of and to in a is that it was for on are with as his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these would
other into has more her two like him see time could no make than first been its who now people my made over did down only
way find use may water long little very after words called just where most know video clip show watch new day part best
music thank you watching look here again please subscribe channel people man woman child dog cat car house tree street
walking running playing talking holding sitting standing camera light dark picture image film scene question answer"""


def corpus(count=2000):
    """Texts to train tokenizers on: captions, side words and notes of `count` scenes, instructions, and common English words."""
    from settings import TEACHERS, instruction
    from world import draw_scene, told
    for seed in range(count):
        scene, rng = draw_scene(seed), np.random.default_rng([31, seed])
        side = sidecar(rng, scene, draw_scene(seed + 1))
        words = " ".join([scene.called, FREE["motion"]["spins around"][0]])
        for settings in TEACHERS.values():
            yield settings["style"](told(scene, words), words, scene.light)
        yield note(scene.facts, rng.random((3, 3)))
        yield side["title"]
        yield side["description"]
        yield spoken(side["subtitles"])
    for video in (False, True):
        for words in (("", "", ""), ("a", "b", "c")):
            for _ in range(200):
                yield instruction(video, *words)
    for _ in range(200):
        yield "Human: The tags of the video: Caption: What is seen in it: Second 0.5: The video contains 8 frames. Assistant:"
    for _ in range(40):
        yield GENERAL
