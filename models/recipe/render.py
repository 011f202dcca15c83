"""Turns scenes into pixels and pixels into H.264 files; and back into the kept frames that the engine feeds.

Frames are H x W x 3 uint8 RGB. A background is painted once, larger than the frame, and the camera drifts
over it; each object is a sprite painted once at 160 x 160 and then turned, scaled and placed. Main objects have eyes.
"""
import subprocess

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 320, 180
MARGIN = 40                       # room around the background for the camera to drift
SPRITE = 160                      # sprite side; an object's radius in it is 64
PAN, ZOOM = 34, 1.3               # how far the camera pans from the middle, in pixels, and how near it gets
KEPT_WIDTH, KEPT_HEIGHT = 256, 144  # the engine keeps frames whose short side is the longest side of any model's picture
KEPT_PER_SECOND = 8

COLOURS = {"red": (214, 34, 38), "orange": (242, 128, 22), "yellow": (245, 214, 42), "green": (40, 160, 62),
           "turquoise": (34, 186, 186), "blue": (36, 84, 214), "purple": (126, 50, 176), "pink": (246, 130, 184),
           "brown": (122, 74, 40), "white": (240, 240, 238)}


# --- backgrounds ------------------------------------------------------------------------------------

def clouds(rng, height, width, cells, octaves=4):
    """Smooth noise in 0..1, height x width: a few octaves of enlarged random grids."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        n = cells * 2 ** octave
        grid = Image.fromarray(rng.random((n, max(2, n * width // height)), np.float32))
        total += np.asarray(grid.resize((width, height), Image.BICUBIC)) / 2 ** octave
    total -= total.min()
    return total / total.max()


def blend(a, b, amount):
    """Colours a and b mixed by amount (height x width)."""
    return np.asarray(a, np.float32) * (1 - amount[..., None]) + np.asarray(b, np.float32) * amount[..., None]


def ramp(height, width, top, bottom):
    """A vertical gradient between two colours."""
    return blend(top, bottom, np.repeat(np.linspace(0, 1, height, dtype=np.float32)[:, None], width, 1))


def paint(array, draw):
    """Lets `draw` paint with PIL on a float array."""
    image = Image.fromarray(np.clip(array, 0, 255).astype(np.uint8))
    draw(ImageDraw.Draw(image))
    return np.asarray(image, np.float32)


def beach(rng, h, w):
    sea, sand = int(h * rng.uniform(.36, .46)), int(h * rng.uniform(.54, .62))
    picture = ramp(h, w, (110, 180, 235), (200, 228, 245))
    picture[sea:sand] = ramp(sand - sea, w, (20, 110, 170), (70, 180, 195))
    picture[sea:sand] += (clouds(rng, sand - sea, w, 8)[..., None] - .5) * 60
    picture[sand:] = blend((226, 200, 148), (196, 164, 112), clouds(rng, h - sand, w, 10))
    picture[sand - 2:sand + 2] = 245

    def things(d):
        x = int(rng.uniform(.1, .9) * w)
        d.polygon([(x, sea - 24), (x, sea), (x + 16, sea)], fill=(250, 250, 245))
        d.rectangle([x - 8, sea, x + 18, sea + 4], fill=(120, 60, 40))
        x = int(rng.uniform(.1, .9) * w)
        d.ellipse([x, 50, x + 22, 72], fill=(255, 244, 190))
    return paint(picture, things)


def forest(rng, h, w):
    ground = int(h * rng.uniform(.6, .7))
    picture = blend((24, 62, 34), (88, 132, 70), clouds(rng, h, w, 7, 5))
    picture[ground:] = blend((74, 58, 36), (66, 92, 44), clouds(rng, h - ground, w, 9))

    def trunks(d):
        for x in np.sort(rng.uniform(0, w, 11)):
            thick, shade = rng.uniform(5, 15), rng.uniform(.5, 1.1)
            d.rectangle([x, -2, x + thick, ground + rng.uniform(-4, 14)],
                        fill=tuple(int(c * shade) for c in (92, 66, 44)))
            d.line([x + thick * .3, 0, x + thick * .3, ground], fill=tuple(int(c * shade * .75) for c in (92, 66, 44)))
    return paint(picture, trunks)


def city(rng, h, w):
    picture = ramp(h, w, (10, 12, 40), (52, 38, 84))
    ground = int(h * rng.uniform(.68, .76))

    def houses(d):
        for _ in range(60):
            x, y = rng.uniform(0, w), rng.uniform(0, h * .5)
            d.point([x, y], fill=(220, 220, 240))
        x = -10.0
        while x < w:
            wide, top = rng.uniform(22, 52), ground - rng.uniform(30, 112)
            d.rectangle([x, top, x + wide, ground], fill=tuple(int(v) for v in rng.uniform(14, 40, 3)))
            for wy in np.arange(top + 5, ground - 6, 9):
                for wx in np.arange(x + 4, x + wide - 5, 8):
                    if rng.random() < .45:
                        d.rectangle([wx, wy, wx + 3, wy + 4], fill=(250, int(rng.uniform(190, 235)), 120))
            x += wide + rng.uniform(0, 6)
        d.rectangle([0, ground, w, h], fill=(34, 34, 46))
        for x in np.arange(rng.uniform(0, 30), w, 44):
            d.rectangle([x, ground + 18, x + 22, ground + 21], fill=(190, 190, 170))
    return paint(picture, houses)


def snow(rng, h, w):
    ground = int(h * rng.uniform(.46, .56))
    picture = ramp(h, w, (150, 172, 204), (214, 222, 236))
    picture[ground:] = blend((236, 240, 248), (196, 208, 230), clouds(rng, h - ground, w, 5, 3))

    def firs(d):
        for x in rng.uniform(0, w, 9):
            tall, y = rng.uniform(16, 40), ground + rng.uniform(-4, 8)
            for k in range(3):
                top = y - tall + k * tall * .25
                d.polygon([(x, top), (x - tall * (.16 + .1 * k), top + tall * .42), (x + tall * (.16 + .1 * k), top + tall * .42)],
                          fill=(60 + 20 * k, 96 + 14 * k, 92 + 16 * k))
    return paint(picture, firs)


def kitchen(rng, h, w):
    counter = int(h * rng.uniform(.58, .66))
    tint = rng.uniform(.9, 1.05)
    picture = np.full((h, w, 3), (226 * tint, 214 * tint, 196 * tint), np.float32)
    picture[counter:] = blend((132, 92, 66), (108, 72, 52), clouds(rng, h - counter, w, 6))
    picture[counter:counter + 5] = (232, 232, 228)

    def things(d):
        step = int(rng.uniform(20, 28))
        for x in range(0, w, step):
            d.line([x, 0, x, counter - 1], fill=(196, 186, 170))
        for y in range(int(rng.uniform(0, step)), counter, step):
            d.line([0, y, w, y], fill=(196, 186, 170))
        for x in np.arange(rng.uniform(0, 40), w, 74):
            d.rectangle([x, counter + 16, x + 62, h], outline=(84, 54, 40))
            d.rectangle([x + 26, counter + 24, x + 36, counter + 27], fill=(206, 206, 200))
        x = rng.uniform(.05, .8) * w
        d.rectangle([x, 46, x + 62, 104], fill=(176, 214, 240), outline=(250, 250, 250), width=3)
        d.line([x + 31, 46, x + 31, 104], fill=(250, 250, 250), width=2)
        x = rng.uniform(.1, .9) * w
        d.rectangle([x, counter - 20, x + 26, counter], fill=(92, 98, 104))
        d.rectangle([x - 4, counter - 23, x + 30, counter - 19], fill=(70, 74, 80))
    return paint(picture, things)


def desert(rng, h, w):
    picture = ramp(h, w, (244, 176, 96), (252, 224, 168))
    x = np.arange(w)
    for k in range(3):
        crest = h * (.44 + .12 * k) + 11 * np.sin(x / rng.uniform(28, 70) + rng.uniform(0, 6)) + 5 * np.sin(x / 17 + k)
        inside = np.arange(h)[:, None] > crest[None]
        dune = blend((216 - 22 * k, 140 - 16 * k, 72 - 8 * k), (186 - 20 * k, 112 - 12 * k, 56 - 6 * k), clouds(rng, h, w, 12, 3))
        picture = np.where(inside[..., None], dune, picture)

    def cacti(d):
        for cx in rng.uniform(0, w, 4):
            y, tall = h * rng.uniform(.52, .66), rng.uniform(16, 34)
            green = (52, 104, 60)
            d.rounded_rectangle([cx, y - tall, cx + 6, y], 3, fill=green)
            d.rounded_rectangle([cx - 8, y - tall * .7, cx - 4, y - tall * .3], 2, fill=green)
            d.rectangle([cx - 8, y - tall * .4, cx, y - tall * .3], fill=green)
    return paint(picture, cacti)


def water(rng, h, w):
    picture = ramp(h, w, (40, 150, 190), (6, 44, 92))
    picture += (clouds(rng, h, w, 4)[..., None] - .5) * 44
    x, y = np.meshgrid(np.arange(w), np.arange(h))
    for _ in range(5):
        centre, slope = rng.uniform(0, w), rng.uniform(-.4, .4)
        beam = np.exp(-((x - centre - slope * y) / rng.uniform(8, 20)) ** 2) * np.clip(1 - y / (h * .8), 0, 1)
        picture += beam[..., None] * 40

    def plants(d):
        for px in rng.uniform(0, w, 12):
            bend, tall = rng.uniform(-14, 14), rng.uniform(20, 60)
            d.line([(px, h), (px + bend, h - tall * .5), (px, h - tall)], fill=(16, int(rng.uniform(80, 120)), 84), width=4)
        for _ in range(16):
            bx, by, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(1, 4)
            d.ellipse([bx - r, by - r, bx + r, by + r], outline=(180, 226, 240))
    return paint(picture, plants)


def meadow(rng, h, w):
    ground = int(h * rng.uniform(.42, .5))
    picture = ramp(h, w, (120, 186, 240), (222, 238, 248))
    white = np.clip((clouds(rng, h, w, 3) - .55) * 3, 0, 1)
    picture = blend((0, 0, 0), (255, 255, 255), white) + picture * (1 - white[..., None])
    picture[ground:] = blend((104, 178, 60), (64, 132, 44), clouds(rng, h - ground, w, 14, 3))

    def flowers(d):
        for _ in range(90):
            x, y = rng.uniform(0, w), rng.uniform(ground + 4, h)
            r = 1 + (y - ground) / h * 2
            d.ellipse([x - r, y - r, x + r, y + r], fill=[(250, 240, 120), (250, 250, 250), (236, 150, 190)][int(rng.integers(3))])
    return paint(picture, flowers)


SETTINGS = {"on a beach": beach, "in a forest": forest, "in a city at night": city, "on a snow field": snow,
            "in a kitchen": kitchen, "in a desert": desert, "under water": water, "on a meadow": meadow}


# --- the objects ------------------------------------------------------------------------------------

def silhouette(shape):
    """An object's outline as an L image of SPRITE x SPRITE, and where its eyes are (x, y, gap)."""
    image = Image.new("L", (SPRITE * 2, SPRITE * 2))
    d, c, r = ImageDraw.Draw(image), SPRITE, 128
    eyes = (0.0, -0.08, 0.22)
    if shape == "ball":
        d.ellipse([c - r, c - r, c + r, c + r], fill=255)
    elif shape == "cube":
        s = r * .8
        d.polygon([(c - s, c - s * .6), (c - s * .45, c - s * 1.1), (c + s * 1.1, c - s * 1.1), (c + s * 1.1, c + s * .5),
                   (c + s * .6, c + s), (c - s, c + s)], fill=255)
        eyes = (-.15, .08, .22)
    elif shape == "cone":
        d.polygon([(c, c - r), (c - r * .8, c + r * .72), (c + r * .8, c + r * .72)], fill=255)
        d.ellipse([c - r * .8, c + r * .5, c + r * .8, c + r * .96], fill=255)
        eyes = (0, .2, .17)
    elif shape == "star":
        points = [(c + r * k * np.sin(a), c - r * k * np.cos(a)) for a, k in
                  ((i * np.pi / 5, 1.06 if i % 2 == 0 else .46) for i in range(10))]
        d.polygon(points, fill=255)
        eyes = (0, -.02, .17)
    elif shape == "ring":
        d.ellipse([c - r, c - r, c + r, c + r], fill=255)
        d.ellipse([c - r * .45, c - r * .45, c + r * .45, c + r * .45], fill=0)
        eyes = (0, -.72, .16)
    elif shape == "heart":
        a = np.linspace(0, 2 * np.pi, 90)
        x, y = 16 * np.sin(a) ** 3, 13 * np.cos(a) - 5 * np.cos(2 * a) - 2 * np.cos(3 * a) - np.cos(4 * a)
        d.polygon([(c + u * r / 16, c - (v + 2) * r / 16) for u, v in zip(x, y)], fill=255)
        eyes = (0, -.2, .24)
    elif shape == "crescent":
        d.ellipse([c - r, c - r, c + r, c + r], fill=255)
        d.ellipse([c - r * .35, c - r * .85, c + r * 1.25, c + r * .75], fill=0)
        eyes = (-.6, .1, .13)
    else:                                                        # cylinder
        d.rectangle([c - r * .56, c - r * .72, c + r * .56, c + r * .72], fill=255)
        d.ellipse([c - r * .56, c - r * .96, c + r * .56, c - r * .48], fill=255)
        d.ellipse([c - r * .56, c + r * .48, c + r * .56, c + r * .96], fill=255)
        eyes = (0, .0, .2)
    return image.resize((SPRITE, SPRITE), Image.LANCZOS), eyes


def material_of(rng, material, colour):
    """The surface, SPRITE x SPRITE x 3 floats: the material seen as pattern and gloss."""
    y, x = np.mgrid[0:SPRITE, 0:SPRITE].astype(np.float32) / 64 - SPRITE / 128
    base = np.broadcast_to(np.asarray(colour, np.float32), (SPRITE, SPRITE, 3)).copy()
    contrast = np.array((50, 46, 54), np.float32) if np.mean(colour) > 150 else np.array((250, 246, 235), np.float32)
    if material == "striped":
        turn = rng.uniform(0, np.pi)
        band = np.sin((x * np.cos(turn) + y * np.sin(turn)) * rng.uniform(9, 12) + rng.uniform(0, 6)) > .25
        base[band] = contrast
    elif material == "spotted":
        step = rng.uniform(.42, .52)
        shift = (np.floor(y / step) % 2) * .5
        u, v = x / step + shift, y / step
        base[(u - np.floor(u) - .5) ** 2 + (v - np.floor(v) - .5) ** 2 < .085] = contrast
    elif material == "wooden":
        wave = x * rng.uniform(1.5, 3) + .5 * np.sin(y * 2 + rng.uniform(0, 6)) + clouds(rng, SPRITE, SPRITE, 3) * 1.4
        grain = .5 + .5 * np.sin(wave * 11)
        base = base * (.5 + .42 * grain[..., None]) + np.array((64, 38, 14), np.float32) * .34
    elif material == "metal":
        sheen = np.clip(np.sin((y + .35 * x) * 5.2 + rng.uniform(0, .8)), -1, 1)
        base = base * (.62 + .3 * sheen[..., None]) + 120 * np.clip(sheen - .55, 0, 1)[..., None] * 2
    shade = 1.12 - .5 * np.clip((x + y) * .5 + .35, 0, 1)        # light from the upper left
    if material == "metal":
        shade = shade * .98 + .55 * np.exp(-((x + .42) ** 2 + (y + .46) ** 2) / .028)
    if material == "rubber":
        shade = .96 - .42 * np.clip(np.hypot(x + .2, y + .2) - .15, 0, 1)
    return base * shade[..., None]


def sprite(rng, facts):
    """An object as an RGBA image of SPRITE x SPRITE, radius 64, with a dark rim, and two eyes when it is a main one."""
    hue = np.asarray(COLOURS[facts["colour"]], np.float32) + rng.normal(0, 12, 3)
    surface = material_of(rng, facts["material"], np.clip(hue, 0, 255))
    mask, (ex, ey, gap) = silhouette(facts["shape"])
    inner = np.asarray(mask.filter(ImageFilter.GaussianBlur(3)), np.float32)[..., None] / 255
    surface *= .45 + .55 * np.clip(inner * 2 - .9, 0, 1)         # rim
    image = Image.fromarray(np.clip(surface, 0, 255).astype(np.uint8)).convert("RGBA")
    d = ImageDraw.Draw(image)
    for side in (-1, 1) if facts["main"] else ():
        cx, cy = SPRITE / 2 + (ex + side * gap) * 64, SPRITE / 2 + ey * 64
        d.ellipse([cx - 9, cy - 11, cx + 9, cy + 11], fill=(252, 252, 252, 255))
        d.ellipse([cx - 4, cy - 4, cx + 6, cy + 7], fill=(16, 16, 22, 255))
    image.putalpha(mask)
    return image


# --- motion -----------------------------------------------------------------------------------------

def tracks(rng, scene):
    """For each object place(t) -> (x, y, radius, angle in degrees, ground y) with t in seconds, before the camera moves."""
    objects = scene.facts["objects"]
    first = track(rng, objects[0], scene.seconds, WIDTH * rng.uniform(.28, .72), rng.uniform(.76, .9))
    middle = first(scene.seconds / 2)[0]
    found = [first]
    for o in objects[1:]:
        if o["main"]:
            side = 1 if middle < WIDTH * rng.uniform(.35, .65) else -1
            x = float(np.clip(middle + side * rng.uniform(64, 128), 34, WIDTH - 34))
            found.append(track(rng, o, scene.seconds, x, rng.uniform(.68, .82)))
        else:
            found.append(track(rng, o, scene.seconds, rng.uniform(16, WIDTH - 16), rng.uniform(.66, .94)))
    return found


def track(rng, o, T, x0, depth):
    """place(t) of one object that acts around x0 on a ground at `depth` of the height."""
    motion = o["motion"]
    radius = float(rng.uniform(9, 13) if not o["main"] else rng.uniform(33, 44) if o["size"] == "large" else rng.uniform(16, 21))
    floor = HEIGHT * depth - radius * .6
    lean, phase = rng.uniform(-10, 10), rng.uniform(0, 6.28)
    ground = floor + radius

    if motion.startswith("slides"):
        sign = -1 if motion.endswith("left") else 1
        reach, centre = WIDTH * rng.uniform(.2, .34), WIDTH * rng.uniform(.44, .56)
        rolls = o["shape"] in ("ball", "ring", "star")
        def place(t):
            x = centre + sign * reach * (2 * t / T - 1)
            return x, floor, radius, (-(x - centre) / radius * 57.3 if rolls else lean), ground
    elif motion in ("rises up", "falls down"):
        sign = -1 if motion == "rises up" else 1
        reach, centre = rng.uniform(38, 55), HEIGHT * rng.uniform(.46, .54)
        sway = rng.uniform(2, 8)
        def place(t):
            return (x0 + sway * np.sin(t * 1.7 + phase), centre + sign * reach * (2 * t / T - 1), radius,
                    lean + 6 * np.sin(t * 2 + phase), HEIGHT * .93)
    elif motion == "bounces up and down":
        period, jump = rng.uniform(.8, 1.3), HEIGHT * rng.uniform(.26, .42)
        def place(t):
            return x0, floor - jump * abs(np.sin(np.pi * t / period + phase)), radius, lean, ground
    elif motion == "spins around":
        speed = rng.uniform(110, 230) * rng.choice([-1, 1])
        def place(t):
            return x0, floor, radius, lean + speed * t, ground
    elif motion == "moves in circles":
        period, wide, tall = rng.uniform(1.8, 3.0), WIDTH * rng.uniform(.13, .2), HEIGHT * rng.uniform(.14, .22)
        turn, centre = rng.choice([-1, 1]), HEIGHT * rng.uniform(.46, .56)
        def place(t):
            a = phase + turn * 6.2832 * t / period
            return x0 + wide * np.cos(a), centre + tall * np.sin(a), radius, lean, HEIGHT * .93
    elif motion == "comes closer":
        def place(t):
            k = .5 * (3.0 ** (t / T))
            return x0, floor - 14 + 22 * (k - .5), radius * k, lean, floor - 14 + 22 * (k - .5) + radius * k
    else:                                                        # stands still
        def place(t):
            return x0, floor, radius, lean, ground
    return place


# --- a scene as frames ------------------------------------------------------------------------------

def placed(image, x, y, radius, angle, width, height):
    """The sprite turned and scaled around (x, y): an RGBA crop and its upper left corner in the frame."""
    k = 64 / max(radius, 2)
    half = int(np.ceil(radius * 1.3)) + 1
    left, top = int(np.floor(x)) - half, int(np.floor(y)) - half
    a = np.deg2rad(angle)
    cos, sin = np.cos(a) * k, np.sin(a) * k
    cx, cy = x - left, y - top
    matrix = (cos, sin, SPRITE / 2 - cos * cx - sin * cy, -sin, cos, SPRITE / 2 + sin * cx - cos * cy)
    shrunk = image
    while k > 2:                                                 # halve first, so that small subjects stay smooth
        shrunk = shrunk.resize((shrunk.width // 2, shrunk.height // 2), Image.BOX)
        matrix, k = tuple(m / 2 for m in matrix), k / 2
    return shrunk.transform((2 * half, 2 * half), Image.AFFINE, matrix, Image.BILINEAR), (left, top)


def shadow(strength, radius):
    """A soft dark ellipse as an RGBA image."""
    w, h = max(4, int(radius * 2.2)), max(3, int(radius * .5))
    y, x = np.mgrid[-1:1:h * 1j, -1:1:w * 1j]
    alpha = np.clip(1 - x ** 2 - y ** 2, 0, 1) ** .7 * 255 * strength
    image = Image.new("RGBA", (w, h))
    image.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    return image


def cover(rng, setting):
    """Something that stands in front, as an RGBA image of the frame's height: a post with a few leaves."""
    wide = int(rng.uniform(9, 18))
    image = Image.new("RGBA", (wide * 3, HEIGHT))
    d = ImageDraw.Draw(image)
    tone = {"in a forest": (58, 42, 30), "on a snow field": (96, 88, 92), "under water": (10, 70, 66)}.get(setting, (74, 62, 54))
    d.rectangle([wide, 0, wide * 2, HEIGHT], fill=tone + (255,))
    d.line([wide + 2, 0, wide + 2, HEIGHT], fill=tuple(int(v * 1.4) for v in tone) + (255,), width=2)
    return image


class View:
    """Where the camera of a scene looks: what is at (x, y) before it moves is at (x - dx - w) * zoom + w afterwards, w the middle."""

    def __init__(self, rng, scene):
        self.camera, self.seconds, self.drift = scene.facts["camera"], scene.seconds, scene.drift
        self.heading = rng.uniform(0, 6.28)

    def at(self, t):
        """(dx, dy, zoom)."""
        done = float(np.clip(t / self.seconds, -.05, 1.05))
        if self.camera.endswith("zooms in"):
            return 0.0, 0.0, 1 + (ZOOM - 1) * done
        if self.camera:
            return (1 if self.camera.endswith("right") else -1) * PAN * (2 * done - 1), 0.0, 1.0
        away = float(np.clip(self.drift * t, 0, MARGIN - 2))
        return away * np.cos(self.heading), away * np.sin(self.heading) * .5, 1.0


def frames_of(scene, fps, start=0.0, count=None, boxes=None):
    """Yields the scene's frames, HEIGHT x WIDTH x 3 uint8. `boxes`, a list, gets (x, y, radius) of every object in each frame."""
    rng = np.random.default_rng([4711, scene.seed])
    facts = scene.facts
    objects, setting = facts["objects"], facts["setting"]
    h, w = HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN
    background = SETTINGS[setting](rng, h, w)
    if rng.random() < .5:
        background = background[:, ::-1]
    background = Image.fromarray(np.clip(background * rng.uniform(.88, 1.06), 0, 255).astype(np.uint8))
    sprites = [sprite(rng, o) for o in objects]
    places, view = tracks(rng, scene), View(rng, scene)
    tint = 1 + rng.normal(0, .04, 3)
    light = np.clip(scene.light * tint, 0, 1.25).astype(np.float32)
    if scene.light <= .5:
        light *= (.86, .95, 1.15)                                # dark scenes are bluish
    grain = rng.normal(0, scene.noise, (HEIGHT + 64, WIDTH + 64, 1)).astype(np.float32)
    post = cover(rng, setting) if scene.hidden else None
    post_x = int(places[0](scene.seconds * rng.uniform(.3, .7))[0] + rng.choice([-1, 1]) * rng.uniform(8, 24)) if scene.hidden else 0
    flakes = rng.uniform(0, 1, (26, 3))
    # the companion stands behind; each small thing behind or in front
    order = sorted(range(len(objects)), key=lambda i: (0, i) if i and objects[i]["main"] else (1, 0) if i == 0 else (int(rng.choice([-1, 2])), i))
    total = int(round(scene.seconds * fps)) if count is None else count
    for i in range(total):
        t = start + i / fps
        dx, dy, zoom = view.at(t)
        seen = lambda x, y: ((x - dx - WIDTH / 2) * zoom + WIDTH / 2, (y - dy - HEIGHT / 2) * zoom + HEIGHT / 2)
        k = 1 / zoom
        frame = background.transform((WIDTH, HEIGHT), Image.AFFINE, (
            k, 0, MARGIN + dx + WIDTH / 2 * (1 - k), 0, k, MARGIN + dy + HEIGHT / 2 * (1 - k)), Image.BILINEAR)
        spots = {}
        for o in order:
            x, y, radius, angle, ground = places[o](t)
            (x, y), radius, ground = seen(x, y), radius * zoom, seen(x, ground)[1]
            spots[o] = (x, y, radius)
            if setting != "under water":
                near = float(np.clip(1 - (ground - y - radius) / 120, .25, 1))
                dark = shadow(.45 * near, radius)
                frame.paste(dark, (int(x - dark.width / 2), int(ground - dark.height / 2)), dark)
            toy, corner = placed(sprites[o], x, y, radius, angle, WIDTH, HEIGHT)
            frame.paste(toy, corner, toy)
        if boxes is not None:
            boxes.append([spots[o] for o in range(len(objects))])
        if post is not None:
            frame.paste(post, (int(seen(post_x, 0)[0]) - post.width // 2, 0), post)
        if setting in ("on a snow field", "under water"):
            falling = setting == "on a snow field"
            d = ImageDraw.Draw(frame)
            for fx, fy, fs in flakes:
                px = (fx * WIDTH + 8 * np.sin(t + fx * 9)) % WIDTH
                py = ((fy + (1 if falling else -1) * t * (.1 + .12 * fs)) % 1) * HEIGHT
                r = .8 + fs
                d.ellipse([px - r, py - r, px + r, py + r], fill=(250, 250, 255) if falling else None,
                          outline=(200, 232, 244))
        gx, gy = int(rng.integers(64)), int(rng.integers(64))
        pixels = np.asarray(frame, np.float32) * light + grain[gy:gy + HEIGHT, gx:gx + WIDTH]
        yield np.clip(pixels, 0, 255).astype(np.uint8)


# --- H.264 and back ---------------------------------------------------------------------------------

def encode(path_out, frames, fps, crf=27, preset="veryfast", threads=1):
    """Writes an iterable of HEIGHT x WIDTH x 3 frames as H.264, yuv420p."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
               "-r", str(fps), "-i", "-", "-c:v", "libx264", "-preset", preset, "-crf", str(crf), "-pix_fmt", "yuv420p",
               "-threads", str(threads), "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart",
               str(path_out)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    for frame in frames:
        process.stdin.write(frame.tobytes())
    process.stdin.close()
    if process.wait() != 0:
        raise RuntimeError(f"ffmpeg could not write {path_out}")


def decode(path_in, width=KEPT_WIDTH, height=KEPT_HEIGHT):
    """All frames of a file, n x height x width x 3 uint8, scaled with swscale's area filter as the engine keeps them."""
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path_in), "-vf", f"scale={width}:{height}:flags=area",
               "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def kept_indices(n, fps):
    """Which frames of n the engine keeps: the first of each of KEPT_PER_SECOND spans a second."""
    spans = (np.arange(n) * (min(KEPT_PER_SECOND, fps) / fps)).astype(int)
    return np.flatnonzero(np.diff(spans, prepend=-1))


def nearest_kept(kept, wanted):
    """For each wanted frame index the nearest kept one."""
    kept = np.asarray(kept)
    return np.array([kept[np.argmin(np.abs(kept - k))] for k in np.atleast_1d(wanted)])
