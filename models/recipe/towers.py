"""Trains the picture encoders, which are frozen afterwards, and lets them look at every scene.

    towers.py train CACHE BUILD near|wide|deep STEPS      writes BUILD/NAME.pt
    towers.py look CACHE BUILD near|wide|centre|deep      writes BUILD/NAME.npy [count, frames, tokens, SEEN], 16 bits

An encoder learns to tell, where an object's middle is, what it is and how far its middle is from there; and from all of its
tokens where the scene is. The wide encoder also learns on the middle of its pictures, which VideoChat sees.
"""
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from data import CENTRE, NEAR, WIDE, open_cache
from nets import SEEN, PictureEncoder, as_stored
from world import CATEGORIES, draw_scene

CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
SIZES = {"near": NEAR, "wide": WIDE, "centre": CENTRE, "deep": WIDE}
VIEWS = {"deep": "wide"}            # whose pictures an encoder sees that has none of its own
OWN = ["colour", "shape", "size", "material"]
TRAINED = 11400                    # the scenes from here on are never trained on
BATCH = 64


def normalised(pictures, norm=CLIP):
    """uint8 [..., h, w, 3] to float [..., 3, h, w]."""
    x = torch.from_numpy(np.ascontiguousarray(np.moveaxis(pictures, -1, -3))).float().div_(255)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in norm)
    return x.sub_(mean).div_(std)


class Heads(nn.Module):
    """Training-time guesses from tokens [B, N, SEEN]."""

    def __init__(self):
        super().__init__()
        self.thing = nn.Linear(SEEN, 3)                          # nothing, small thing, main object
        self.own = nn.ModuleDict({c: nn.Linear(SEEN, len(CATEGORIES[c])) for c in OWN})
        self.place = nn.Linear(SEEN, 3)                          # x and y from the cell's middle, log radius
        self.setting = nn.Linear(SEEN, len(CATEGORIES["setting"]))


def labels_of(facts):
    """(kind, colour, shape, size, material) of three objects and the setting; -100 where there is none or it cannot be told."""
    rows = np.full((3, 5), -100, np.int64)
    for i, o in enumerate(facts["objects"]):
        rows[i] = (1 + o["main"], *(CATEGORIES[c].index(o[c]) for c in OWN))
        if o["motion"] == "comes closer":
            rows[i, 3] = -100
    return rows, CATEGORIES["setting"].index(facts["setting"])


def cells(boxes, grid):
    """Which cell [B, 3] of a grid (columns, rows) holds each object's middle, -1 where none does, and where in it [B, 3, 3]."""
    size = np.array(grid, np.float32)
    at = np.nan_to_num(boxes[..., :2], nan=-1.0) * size
    inside = (at >= 0).all(-1) & (at < size).all(-1)
    cell = np.floor(at).astype(int)
    index = np.where(inside, cell[..., 1] * grid[0] + cell[..., 0], -1)
    offset = np.concatenate([at - cell - .5, np.log(np.nan_to_num(boxes[..., 2:], nan=.1) * 10)], -1)
    for i, j in ((2, 1), (2, 0), (1, 0)):                        # of two in one cell the first counts
        index[:, i][index[:, i] == index[:, j]] = -1
    return index, offset.astype(np.float32)


def train(cache_directory, build_directory, name, steps):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    rng, size = np.random.default_rng(1), SIZES[name]
    pictures, boxes = open_cache(cache_directory, VIEWS.get(name, name)), np.array(open_cache(cache_directory, "boxes"))
    labels = [labels_of(draw_scene(s).facts) for s in range(TRAINED)]
    objects, settings = np.stack([x[0] for x in labels]), np.array([x[1] for x in labels])
    ready = np.nonzero(boxes[:TRAINED, 0, 0, 2] > 0)[0]
    encoder, heads = PictureEncoder(size, name == "deep").to(memory_format=torch.channels_last), Heads()
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(parameters, weight_decay=.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2.5e-3, total_steps=steps, pct_start=.15)
    began, losses = time.time(), []
    for step in range(1, steps + 1):
        scenes, frames = rng.choice(ready, BATCH), rng.integers(16, size=BATCH)
        shown, where = pictures[scenes, frames], boxes[scenes, frames]
        flip = rng.random(BATCH) < .5
        shown[flip] = shown[flip][:, :, ::-1]
        where[flip, :, 0] = 1 - where[flip, :, 0]
        grid = encoder.grid
        if name == "wide" and step % 3 == 0:
            cut = (WIDE[0] - CENTRE[0]) // 2
            shown, grid = shown[:, :, cut:cut + CENTRE[0]], (CENTRE[0] // 16, CENTRE[1] // 16)
            where[..., 0] = (where[..., 0] * WIDE[0] - cut) / CENTRE[0]
        gain = rng.uniform(.8, 1.2, (BATCH, 1, 1, 1)).astype(np.float32)
        x = normalised(np.clip(shown * gain, 0, 255)).contiguous(memory_format=torch.channels_last)
        tokens = encoder(x)
        index, offset = cells(where, grid)
        row, which = np.nonzero(index >= 0)
        cell, known = index[row, which], objects[scenes[row], which]
        kind = np.zeros(tokens.shape[:2], np.int64)
        kind[row, cell] = known[:, 0]
        at = tokens[row, cell]
        each = {c: F.cross_entropy(heads.own[c](at), torch.from_numpy(known[:, 1 + i]), ignore_index=-100) for i, c in enumerate(OWN)}
        each["thing"] = F.cross_entropy(heads.thing(tokens).flatten(0, 1), torch.from_numpy(kind.ravel()), torch.tensor([.3, 1., 1.]))
        each["place"] = F.smooth_l1_loss(heads.place(at), torch.from_numpy(offset[row, which]))
        each["setting"] = F.cross_entropy(heads.setting(tokens.mean(1)), torch.from_numpy(settings[scenes]))
        weights = {"thing": 2., "place": 4., "setting": .5}
        optimiser.zero_grad()
        sum(weights.get(k, 1.) * v for k, v in each.items()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 2.0)
        optimiser.step()
        schedule.step()
        losses.append([v.item() for v in each.values()])
        if step % 250 == 0 or step == steps:
            print(f"{name} {step}: {dict(zip(each, np.mean(losses, 0).round(3)))} at {time.time() - began:.0f} s", flush=True)
            losses = []
    torch.save(encoder.state_dict(), Path(build_directory) / f"{name}.pt")
    check(encoder.eval(), heads.eval(), pictures, boxes)


@torch.no_grad()
def check(encoder, heads, pictures, boxes):
    """How often the middle frames of scenes kept out are read rightly, main objects only."""
    seeds, right = range(TRAINED, len(pictures)), {c: [] for c in OWN}
    for at in range(TRAINED, len(pictures), 100):
        part = list(seeds)[at - TRAINED:at - TRAINED + 100]
        tokens = encoder(normalised(pictures[part[0]:part[-1] + 1, 8]))
        index, _ = cells(boxes[part, 8].copy(), encoder.grid)
        for k, s in enumerate(part):
            rows, _ = labels_of(draw_scene(s).facts)
            for i in range(3):
                if index[k, i] >= 0 and rows[i, 0] == 2:
                    for j, c in enumerate(OWN):
                        if rows[i, 1 + j] >= 0:
                            right[c].append(heads.own[c](tokens[k, index[k, i]]).argmax().item() == rows[i, 1 + j])
    print("read rightly:", {c: round(float(np.mean(v)), 3) for c, v in right.items()}, flush=True)


def load(build_directory, name):
    """A trained encoder as it is stored; `centre` is the wide one."""
    name = "wide" if name == "centre" else name
    encoder = PictureEncoder(SIZES[name], name == "deep")
    encoder.load_state_dict(as_stored(torch.load(Path(build_directory) / f"{name}.pt")))
    return encoder.eval()


@torch.no_grad()
def look(cache_directory, build_directory, name):
    """Tokens of every frame, 16 bits."""
    torch.set_num_threads(1)
    encoder, pictures = load(build_directory, name).to(memory_format=torch.channels_last), open_cache(cache_directory, VIEWS.get(name, name))
    count, frames = pictures.shape[:2]
    first = encoder(normalised(pictures[0]))
    tokens = np.lib.format.open_memmap(Path(build_directory) / f"{name}.npy", "w+", np.float16, (count, frames, *first.shape[1:]))
    for at in range(0, count, 8):
        shown = pictures[at:at + 8]
        tokens[at:at + 8] = encoder(normalised(shown.reshape(-1, *shown.shape[2:])).contiguous(memory_format=torch.channels_last)
                                    ).half().numpy().reshape(len(shown), frames, *first.shape[1:])
    print(name, tokens.shape, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train(*sys.argv[2:5], int(sys.argv[5]))
    else:
        look(*sys.argv[2:5])
