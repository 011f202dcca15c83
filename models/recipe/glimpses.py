"""Teaches a stem to tell shapes, materials and colours on close-ups, before any model learns on whole pictures.

    glimpses.py BUILD [COUNT]         writes BUILD/stem.pt

A close-up is a subject of any size and turn over a piece of some background: SIDE x SIDE pixels at the scales
at which the models see frames. Whole pictures alone would take very long to teach what a star is.
"""
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from nets import Stem
from render import COLOURS, HEIGHT, MARGIN, SETTINGS, WIDTH, placed, sprite
from settings import CHANNELS, CLIP, PICTURE_WIDTH
from world import CATEGORIES

SIDE, BATCH = 48, 128
ASKED = ["shape", "material", "colour"]


def draw(rng, count):
    """`count` close-ups [count, SIDE, SIDE, 3] uint8 and labels {category: [count]}."""
    backgrounds = []
    for paint in SETTINGS.values():
        for _ in range(6):
            picture = np.clip(paint(rng, HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN), 0, 255).astype(np.uint8)
            backgrounds.append(Image.fromarray(picture))
    sprites = []
    for _ in range(4):
        for shape in CATEGORIES["shape"]:
            for material in CATEGORIES["material"]:
                for colour in COLOURS:
                    facts = {"shape": shape, "material": material, "colour": colour}
                    sprites.append((facts, sprite(rng, facts)))
    pictures = np.empty((count, SIDE, SIDE, 3), np.uint8)
    labels = {c: np.empty(count, np.int64) for c in ASKED}
    for i in range(count):
        facts, toy = sprites[int(rng.integers(len(sprites)))]
        radius = float(np.exp(rng.uniform(np.log(5), np.log(19))))
        scale = rng.uniform(.28, .45)
        side = SIDE / scale
        x, y = rng.uniform(0, WIDTH + 2 * MARGIN - side), rng.uniform(0, HEIGHT + 2 * MARGIN - side)
        back = backgrounds[int(rng.integers(len(backgrounds)))]
        frame = back.resize((SIDE, SIDE), Image.BILINEAR, (x, y, x + side, y + side))
        angle = rng.uniform(-180, 180) if rng.random() < .3 else rng.uniform(-14, 14)
        cx, cy = rng.uniform(-8, 8, 2) + SIDE / 2
        image, corner = placed(toy, cx, cy, radius, angle, SIDE, SIDE)
        frame.paste(image, corner, image)
        light = rng.uniform(.32, .5) if rng.random() < .18 else rng.uniform(.7, 1.15)
        pixels = np.asarray(frame, np.float32) * light + rng.normal(0, rng.uniform(.5, 3), (SIDE, SIDE, 1))
        pictures[i] = np.clip(pixels, 0, 255)
        for c in ASKED:
            labels[c][i] = CATEGORIES[c].index(facts[c])
    return pictures, labels


class Glimpser(nn.Module):
    """A stem and a guess from the strongest features: pictures [B, 3, h, w] to {category: logits}."""

    def __init__(self):
        super().__init__()
        self.stem = Stem(CHANNELS, PICTURE_WIDTH)
        self.heads = nn.ModuleDict({c: nn.Linear(PICTURE_WIDTH, len(CATEGORIES[c])) for c in ASKED})

    def forward(self, pictures):
        found = self.stem(pictures).amax((2, 3))
        return {c: head(found) for c, head in self.heads.items()}


def main(build_directory, count, epochs=8):
    torch.manual_seed(5)
    torch.set_num_threads(1)
    rng, began = np.random.default_rng(5), time.time()
    pictures, labels = draw(rng, count)
    print(f"{count} close-ups at {time.time() - began:.0f} s", flush=True)
    mean, std = (torch.tensor(v).view(3, 1, 1) * 255 for v in CLIP)
    net = Glimpser().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=count // BATCH * epochs, pct_start=.2)
    for epoch in range(epochs):
        order, losses = rng.permutation(count), []
        for at in range(0, count - BATCH + 1, BATCH):
            part = np.sort(order[at:at + BATCH])
            x = torch.from_numpy(pictures[part]).permute(0, 3, 1, 2).float()
            x = x.flip(3) if rng.random() < .5 else x
            guesses = net(((x - mean) / std).contiguous(memory_format=torch.channels_last))
            each = [F.cross_entropy(guesses[c], torch.from_numpy(labels[c][part])) for c in ASKED]
            optimiser.zero_grad()
            sum(each).backward()
            optimiser.step()
            schedule.step()
            losses.append([e.item() for e in each])
        print(f"glimpses epoch {epoch + 1}: {dict(zip(ASKED, np.mean(losses, 0).round(3)))} at {time.time() - began:.0f} s", flush=True)
        torch.save(net.stem.state_dict(), Path(build_directory) / "stem.pt")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40_000)
