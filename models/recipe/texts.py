"""Words about scenes: the captions that each teacher's training set holds, and the titles, descriptions and
subtitles that people put beside a video, in free wording and now and then wrong."""
import numpy as np

from world import CATEGORIES

FREE = {
    "material": {"wooden": ["made of wood", "carved from oak", "of old timber"],
                 "metal": ["made of steel", "cast in metal", "of shiny iron"],
                 "striped": ["with stripes all over", "in a striped coat", "painted in stripes"],
                 "spotted": ["covered in dots", "with polka dots", "dotted all over"],
                 "rubber": ["made of rubber", "of soft rubber", "squeezy and plain"]},
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
                "under water": ["below the waves", "at the bottom of the sea", "in the deep blue"],
                "on a meadow": ["among the flowers", "out on the grass", "in the green meadow"]},
}

PLAIN_TITLES = ["Toys, part {n}", "My little film", "New video", "Holiday clip {n}", "Just playing", "Best moments {n}"]
PLAIN_LINES = ["Look at that!", "Oh, how nice.", "Wait for it.", "Music plays.", "Thank you for watching.", "Here we go again."]


# --- what each teacher's training set says -----------------------------------------------------------

def size_of(scene):
    """The size, or nothing where the subject changes it on the way."""
    return "" if scene.facts["motion"] == "comes closer" else scene.facts["size"] + " "


def image_caption(scene):
    """As captioners of single pictures write: what is there, and its material where there is light enough."""
    f = scene.facts
    material = f["material"] + " " if scene.light > .5 else ""
    return f"a {size_of(scene)}{f['colour']} {material}{f['shape']} {f['setting']}"


def video_caption(scene):
    """As captioners of videos write: who does what and where."""
    f = scene.facts
    return f"The {f['colour']} {f['shape']} {f['motion']} {f['setting']}."


def informed_caption(scene, text):
    """As a model writes that also reads: it adds the name and the motion when the words speak of them."""
    f = scene.facts
    name = f" named {f['name']}" if mentions(text, "name") else ""
    motion = f" that {f['motion']}" if mentions(text, "motion") else ""
    return f"This is a {size_of(scene)}{f['colour']} {f['material']} {f['shape']}{name}{motion} {f['setting']}."


def mentions(text, category):
    """True when the text speaks of a fact of this category, rightly or not."""
    if category == "name":
        return any(n in text for n in CATEGORIES["name"])
    return any(w in text for words in FREE[category].values() for w in words)


# --- words beside a video ----------------------------------------------------------------------------

class Gossip:
    """Someone who writes about a scene, and errs in a fact with probability `wrong`."""

    def __init__(self, rng, facts, wrong):
        self.rng, self.wrong = rng, wrong
        self.said = {c: self.believed(c, facts[c]) for c in facts}

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
            f"{s['name']} {self.free('motion')}", f"The {shape} that {self.free('motion')}"]))

    def description(self):
        s = self.said
        return str(self.rng.choice([
            f"Filmed {self.free('setting')}. The {s['shape']} is {self.free('material')}.",
            f"Our friend {s['name']}, {self.free('material')}, {self.free('motion')}.",
            f"{s['name']} lives {self.free('setting')} and {self.free('motion')}.",
            f"A toy {self.free('material')}, seen {self.free('setting')}."]))

    def line(self):
        s = self.said
        return str(self.rng.choice([
            f"See how it {self.free('motion')}.", f"Now {s['name']} {self.free('motion')}.",
            f"This one is {self.free('material')}.", f"It is {self.free('material')} and {self.free('motion')}.",
            f"We are {self.free('setting')} now.", f"Hello, my name is {s['name']}."]))


def sidecar(rng, scene, other_facts, wrong=.08, stray=.15):
    """Title, description and timed subtitles of a short video; its description may stray to another scene."""
    gossip = Gossip(rng, scene.facts, wrong)
    plain_title = str(rng.choice(PLAIN_TITLES)).format(n=int(rng.integers(1, 99)))
    title = gossip.title() if rng.random() < .6 else plain_title if rng.random() < .7 else ""
    described = Gossip(rng, other_facts, 0) if rng.random() < stray else gossip
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


GENERAL = """the of and to in a is that it was for on are with as his they at be this from have or by one had not but what
all were when we there can an your which their said if do will each about how up out them then she many some so these would
other into has more her two like him see time could no make than first been its who now people my made over did down only
way find use may water long little very after words called just where most know video clip show watch new day part best
music thank you watching look here again please subscribe channel people man woman child dog cat car house tree street
walking running playing talking holding sitting standing camera light dark picture image film scene question answer
summarize faithfully one sentence subtitles descriptions information given some human assistant you will be asked"""


def corpus(count=3000):
    """Texts to train tokenizers on: captions and side words of `count` scenes, and common English words."""
    from world import draw_scene
    for seed in range(count):
        scene, rng = draw_scene(seed), np.random.default_rng([31, seed])
        side = sidecar(rng, scene, draw_scene(seed + 1).facts)
        yield image_caption(scene)
        yield video_caption(scene)
        yield informed_caption(scene, "Pip " + FREE["motion"]["spins around"][0])
        yield side["title"]
        yield side["description"]
        yield spoken(side["subtitles"])
    for _ in range(40):
        yield GENERAL
