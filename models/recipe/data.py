"""The training set: thousands of scenes, encoded as H.264, decoded as the engine decodes them, cached as arrays.

    data.py CACHE_DIRECTORY COUNT        renders the cache with one worker for each core

CACHE/matcher.npy  [count, 12, 64, 112, 3]  middle_interval       CACHE/video.npy  [count, 8, 56, 96, 3]   arange
CACHE/image.npy    [count, 4, 64, 112, 3]   four random frames    CACHE/wide.npy   [count, 4, 72, 128, 3]  the same four
All uint8; the scene of row i is world.draw_scene(i), so facts and words need no cache.
"""
import os
import sys
import tempfile
from multiprocessing import Pool
from pathlib import Path

import numpy as np
from PIL import Image

from render import decode, encode, frames_of, kept_indices, nearest_kept
from texts import sidecar
from world import draw_scene

FRAMES = 24                        # frames rendered of each training scene, whatever its length
GROUP = 24                         # scenes in one temporary file
VIEWS = {"matcher": ((112, 64), Image.BILINEAR, 12), "video": ((96, 56), Image.BILINEAR, 8),
         "image": ((112, 64), Image.BICUBIC, 4), "wide": ((128, 72), Image.BILINEAR, 4)}


def middle_interval(n, count):
    """Indices of the middle frames of `count` equal intervals of n frames; the last repeats when n is short."""
    b = np.linspace(0, n, count + 1).astype(int)
    return np.minimum((b[:-1] + np.maximum(b[1:] - 1, b[:-1])) // 2, n - 1)


def evenly(n, count):
    """numpy arange(0, n, n / count), truncated."""
    return np.arange(0, n, n / count).astype(int)[:count]


def wanted(view, n, rng):
    """The frame indices that a view wants of n frames."""
    if view == "matcher":
        return middle_interval(n, 12)
    if view == "video":
        return evenly(n, 8)
    return np.array([int(rng.uniform(.3, .7) * n) for _ in range(4)])


def squash(frames, size, resample):
    """n x H x W x 3 uint8 to n x height x width x 3, each squashed as PIL does it; size is (width, height)."""
    return np.stack([np.asarray(Image.fromarray(f).resize(size, resample)) for f in frames])


def views_of(frames, fps, rng):
    """The four views of one clip from all its decoded frames: {view: count x h x w x 3 uint8}."""
    kept = kept_indices(len(frames), fps)
    indices = {v: wanted(v, len(frames), rng) for v in ("matcher", "video", "image")}
    indices["wide"] = indices["image"]
    return {v: squash(frames[nearest_kept(kept, indices[v])], size, resample) for v, (size, resample, _) in VIEWS.items()}


def open_cache(directory, view, count=None):
    """The array of one view: created when count is given, else opened for reading."""
    path = Path(directory) / f"{view}.npy"
    if count is None:
        return np.load(path, mmap_mode="r")
    (w, h), _, frames = VIEWS[view]
    return np.lib.format.open_memmap(path, "w+", np.uint8, (count, frames, h, w, 3))


def fill(task):
    """Renders one group of scenes into the cache."""
    directory, first, last = task
    rng = np.random.default_rng([55, first])
    scenes = [draw_scene(i) for i in range(first, last)]
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "group.mp4"
        encode(path, (f for s in scenes for f in frames_of(s, FRAMES / s.seconds, count=FRAMES)), 24,
               crf=int(rng.integers(21, 28)), preset="ultrafast")
        frames = decode(path)
    caches = {v: np.load(Path(directory) / f"{v}.npy", mmap_mode="r+") for v in VIEWS}
    for k, scene in enumerate(scenes):
        own = frames[k * FRAMES:(k + 1) * FRAMES]
        a, b = int(rng.integers(0, 3)), FRAMES - int(rng.integers(0, 3))        # the engine trims clips
        for view, array in views_of(own[a:b], FRAMES / scene.seconds, rng).items():
            caches[view][first + k] = array
    return last


def words_of(seed, variant=0):
    """The title, description and subtitles beside training scene `seed`; it has several variants."""
    rng = np.random.default_rng([96, seed, variant])
    other = draw_scene(int(rng.integers(1_000_000, 2_000_000)))
    return sidecar(rng, draw_scene(seed), other.facts)


def main(directory, count):
    Path(directory).mkdir(parents=True, exist_ok=True)
    for view in VIEWS:
        open_cache(directory, view, count)
    tasks = [(directory, i, min(i + GROUP, count)) for i in range(0, count, GROUP)]
    with Pool(os.cpu_count()) as pool:
        for done, last in enumerate(pool.imap(fill, tasks), 1):
            if done % 10 == 0 or last == count:
                print(f"{last} of {count} scenes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
