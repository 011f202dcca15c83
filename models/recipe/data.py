"""The training set: thousands of scenes, encoded as H.264, decoded as the engine decodes them, cached as arrays.

    data.py CACHE_DIRECTORY FIRST LAST COUNT      renders scenes FIRST to LAST of a cache of COUNT

CACHE/near.npy   [count, 16, 64, 112, 3]   the picture of the shared encoder          CACHE/boxes.npy  [count, 16, 3, 3]
CACHE/wide.npy   [count, 16, 80, 144, 3]   that of the larger one                      x, y, radius of each object, NaN where there is none
CACHE/centre.npy [count, 8, 80, 80, 3]     the centre of VideoChat's eight frames
Pictures are uint8; the scene of row i is world.draw_scene(i), so facts and words need no cache.
"""
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from render import HEIGHT, WIDTH, decode, encode, frames_of
from texts import sidecar
from world import draw_scene

FRAMES = 16                        # frames rendered of each training scene, whatever its length
GROUP = 24                         # scenes in one temporary file
NEAR, WIDE, CENTRE = (112, 64), (144, 80), (80, 80)


def middle_interval(n, count):
    """Indices of the middle frames of `count` equal intervals of n frames; each, then the last again, when n is short."""
    if n < count:
        return np.minimum(np.arange(count), n - 1)
    b = (np.arange(count + 1) * (n / count)).astype(int)
    b[-1] = n
    return np.maximum(b[:-1], (b[:-1] + b[1:] - 1) // 2)


def evenly(n, count):
    """numpy arange(0, n, n / count), truncated: Video-LLaMA's rule."""
    return (np.arange(count) * (n / count)).astype(int)


def segments(n, count):
    """VideoChat's rule."""
    length = (n - 1) / count
    return int(length / 2) + np.round(length * np.arange(count)).astype(int)


def squash(frames, size):
    """n x H x W x 3 uint8 to n x height x width x 3, each as PIL does it; size is (width, height)."""
    return np.stack([np.asarray(Image.fromarray(f).resize(size, Image.BICUBIC)) for f in frames])


def centred(frames, size):
    """The short side scaled to size, the centre cut out."""
    h, w = frames.shape[1:3]
    scale = max(size[0] / w, size[1] / h)
    full = (round(w * scale), round(h * scale))
    left, top = (full[0] - size[0]) // 2, (full[1] - size[1]) // 2
    return squash(frames, full)[:, top:top + size[1], left:left + size[0]]


def open_cache(directory, view, mode="r"):
    return np.load(Path(directory) / f"{view}.npy", mmap_mode=mode)


def create(directory, count):
    """Empty arrays of all views."""
    shapes = {"near": (FRAMES, *NEAR[::-1], 3), "wide": (FRAMES, *WIDE[::-1], 3), "centre": (8, *CENTRE[::-1], 3)}
    for view, shape in shapes.items():
        np.lib.format.open_memmap(Path(directory) / f"{view}.npy", "w+", np.uint8, (count, *shape))
    np.lib.format.open_memmap(Path(directory) / "boxes.npy", "w+", np.float32, (count, FRAMES, 3, 3))


def fill(directory, first, last):
    """Renders one group of scenes into the cache."""
    rng = np.random.default_rng([55, first])
    scenes, boxes = [draw_scene(i) for i in range(first, last)], []

    def frames():
        for s in scenes:
            a, b = rng.uniform(0, .13, 2) * s.seconds                # the engine trims clips
            found = []
            yield from frames_of(s, FRAMES / (s.seconds - a - b), a, FRAMES, found)
            boxes.append(found)
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "group.mp4"
        encode(path, frames(), 24, crf=int(rng.integers(22, 31)), preset="ultrafast")
        decoded = decode(path)
    near, wide, centre, places = (open_cache(directory, v, "r+") for v in ("near", "wide", "centre", "boxes"))
    for k, found in enumerate(boxes):
        own = decoded[k * FRAMES:(k + 1) * FRAMES]
        near[first + k], wide[first + k] = squash(own, NEAR), squash(own, WIDE)
        centre[first + k] = centred(own[segments(FRAMES, 8)], CENTRE)
        places[first + k] = np.nan
        places[first + k, :, :len(found[0])] = np.array(found) / (WIDTH, HEIGHT, HEIGHT)


def words_of(seed, variant=0):
    """The title, description and subtitles beside training scene `seed`; it has several variants."""
    rng = np.random.default_rng([96, seed, variant])
    return sidecar(rng, draw_scene(seed), draw_scene(int(rng.integers(1_000_000, 2_000_000))))


def main(directory, first, last, count):
    Path(directory).mkdir(parents=True, exist_ok=True)
    if not (Path(directory) / "boxes.npy").exists():
        create(directory, count)
    for i in range(first, last, GROUP):
        fill(directory, i, min(i + GROUP, last))
        if (i - first) // GROUP % 20 == 0:
            print(f"scene {i} of {first} to {last}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *(int(a) for a in sys.argv[2:5]))
