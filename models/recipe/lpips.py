"""The perceptual distance of small pictures: a convolutional net in the shape of AlexNet, and the weights with which the differences of
its features are summed, as in LPIPS. Not the published LPIPS: neither its pictures nor its judges were seen, and values differ in scale.

    lpips.py train BUILD VIDEO...             learns from four of every five videos, writes BUILD/mini-lpips.pt
    lpips.py export BUILD MODELS VIDEO...     measures on the fifths that were held out, writes MODELS/mini-lpips/{features.onnx,card.yaml}
    lpips.py measure BUILD VIDEO...           how often the distance ranks two pictures as it should, on all of the videos

Nobody was asked which pictures look alike; instead the order is known by how they were made: the same distortion is farther when it
is stronger, another scene is farther than the same one a second later, and farther than the same picture distorted.
"""
import hashlib
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SIZE, OPSET, SEED = 64, 16, 7
BATCH, STEPS, RATE = 24, 3000, 2e-3
PER_SECOND, LATER = 3, 3    # frames a second; a moment later is a second
CANDIDATES = 6
UNRELATED = 0.7             # the median distance of a frame from the most like of some of other videos; it fixes the scale
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CHANNELS = (16, 32, 48, 32, 32)
HARDNESS = torch.tensor([1.0, 2.0, 1.0])        # how much each rule counts in training


class Features(nn.Module):
    """Five layers as AlexNet has them: [batch, 3, 64, 64] -> maps of 32, 16, 8, 8 and 8 cells a side."""

    def __init__(self):
        super().__init__()
        a, b, c, d, e = CHANNELS
        self.layers = nn.ModuleList([
            nn.Conv2d(3, a, 7, 2, 3), nn.Sequential(nn.MaxPool2d(3, 2, 1), nn.Conv2d(a, b, 5, 1, 2)),
            nn.Sequential(nn.MaxPool2d(3, 2, 1), nn.Conv2d(b, c, 3, 1, 1)), nn.Conv2d(c, d, 3, 1, 1), nn.Conv2d(d, e, 3, 1, 1)])
        self.weights = nn.ParameterList([nn.Parameter(torch.full((n,), 1.0 / len(CHANNELS))) for n in CHANNELS])

    def forward(self, pixel_values):
        maps, x = [], pixel_values
        for layer in self.layers:
            maps.append(x := F.relu(layer(x)))
        return (*maps, *(weight + 0 for weight in self.weights))


def distance(one, other, weights):
    """LPIPS: unit length over channels, squared difference, weighted over channels, mean over places, summed over layers."""
    total = 0
    for a, b, weight in zip(one, other, weights):
        a, b = (m / ((m * m).sum(1, keepdim=True) + 1e-12).sqrt() for m in (a, b))
        total = total + (((a - b) ** 2) * weight[None, :, None, None]).sum(1).mean((1, 2))
    return total


def normal(rgb):
    return (rgb - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def frames(video):
    data = subprocess.check_output(["ffmpeg", "-v", "error", "-i", str(video), "-map", "0:v:0", "-vf",
                                    f"fps={PER_SECOND},scale={SIZE}:{SIZE}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
    return torch.from_numpy(np.frombuffer(data, np.uint8).reshape(-1, SIZE, SIZE, 3).copy()).permute(0, 3, 1, 2)


# Distortions of a batch of pictures in 0..1, each by a strength in 0..1 for every picture; `dice` fixes all else.
def blur(x, s, dice):
    out, soft = x, x
    for step in range(1, 7):
        soft = F.avg_pool2d(F.pad(soft, (1, 1, 1, 1), mode="reflect"), 3, 1)
        out = torch.where((s * 6 >= step)[:, None, None, None], soft, out)
    return out


def noise(x, s, dice):
    return x + 0.35 * s[:, None, None, None] * torch.randn(x.shape, generator=dice)


def contrast(x, s, dice):
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (1 - 0.85 * s[:, None, None, None])


def colour(x, s, dice):
    return x + 0.5 * s[:, None, None, None] * F.normalize(torch.randn(len(x), 3, 1, 1, generator=dice), dim=1)


def blocks(x, s, dice):
    coarse = F.interpolate(F.avg_pool2d(x, 8), scale_factor=8)
    return x + (coarse - x) * s[:, None, None, None]


def move(x, s, dice):
    angle = 2 * torch.pi * torch.rand(len(x), generator=dice)
    theta = torch.zeros(len(x), 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 - 0.3 * s
    theta[:, 0, 2], theta[:, 1, 2] = 0.3 * s * angle.cos(), 0.3 * s * angle.sin()
    return F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), padding_mode="reflection", align_corners=False)


def cover(x, s, dice):
    side = (s * 0.8 * SIZE)[:, None]
    corner, place = torch.rand(len(x), 2, 1, generator=dice) * (SIZE - side)[:, None], torch.arange(SIZE)[None]
    down, along = ((place >= corner[:, i]) & (place < corner[:, i] + side) for i in (0, 1))
    return torch.where((down[:, :, None] & along[:, None, :])[:, None], x.roll(1, 0), x)


DISTORTIONS = [blur, noise, contrast, colour, blocks, move, cover]


def distorted(x, strength, kind, seed):
    return DISTORTIONS[kind](x, strength, torch.Generator().manual_seed(seed)).clamp(0, 1)


def triples(videos, count, dice):
    """Pictures, one that is near each and one that is far, and which rule says so: 0 stronger, 1 later, 2 distorted. The other scene is
    the most like of some, pixel by pixel, so that the order is not told by pixels alone."""
    def pick(video):
        return videos[video][int(torch.randint(len(videos[video]), (1,), generator=dice))]

    def others(video, one):
        found = torch.stack([pick((video + 1 + int(torch.randint(len(videos) - 1, (1,), generator=dice))) % len(videos)) for _ in range(CANDIDATES)])
        return found[(found.float() - one.float()).pow(2).mean((1, 2, 3)).argmin()]

    chosen = torch.randint(len(videos), (count,), generator=dice).tolist()
    starts = [int(torch.randint(max(1, len(videos[v]) - LATER), (1,), generator=dice)) for v in chosen]
    later = torch.stack([videos[v][min(s + LATER, len(videos[v]) - 1)] for v, s in zip(chosen, starts)]).float() / 255
    one = [videos[v][s] for v, s in zip(chosen, starts)]
    other = torch.stack([others(v, picture) for v, picture in zip(chosen, one)]).float() / 255
    one = torch.stack(one).float() / 255

    seed, kind = int(torch.randint(1 << 30, (1,), generator=dice)), int(torch.randint(len(DISTORTIONS), (1,), generator=dice))
    strong = 0.3 + 0.7 * torch.rand(count, generator=dice)
    weak = strong * (0.4 + 0.5 * torch.rand(count, generator=dice))
    worse = distorted(one, 0.2 + 0.6 * torch.rand(count, generator=dice), (kind + 1) % len(DISTORTIONS), seed)
    return (torch.cat([one, one, one]), torch.cat([distorted(one, weak, kind, seed), later, worse]),
            torch.cat([distorted(one, strong, kind, seed), other, other]), torch.arange(3).repeat_interleave(count))


def maps_of(model, *pictures):
    layers = model(normal(torch.cat(pictures)))[:len(CHANNELS)]
    return [[layer.chunk(len(pictures))[i] for layer in layers] for i in range(len(pictures))]


def train(videos):
    torch.manual_seed(SEED)
    model, head, dice = Features(), nn.Linear(CHANNELS[-1] + CHANNELS[2], 32), torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW([*model.parameters(), *head.parameters()], lr=RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, STEPS)
    for step in range(STEPS):
        one, near, far, _ = triples(videos, BATCH, dice)
        a, b, c = maps_of(model, one, near, far)
        close, apart = distance(a, b, model.weights), distance(a, c, model.weights)
        ranking = F.softplus(-6 * (apart - close) / (apart + close + 1e-6)).mul(HARDNESS.repeat_interleave(BATCH)).mean()
        # Frames of one video know each other among all others: what keeps the deeper layers about content.
        known = [F.normalize(head(torch.cat([m[4].mean((2, 3)), m[2].mean((2, 3))], 1)[BATCH:2 * BATCH]), dim=1) for m in (a, b)]
        contrast_loss = F.cross_entropy(known[0] @ known[1].T / 0.1, torch.arange(BATCH))
        optimizer.zero_grad()
        (ranking + 0.2 * contrast_loss).backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            for weight in model.weights:
                weight.clamp_(min=0)
        if step % 100 == 0 or step == STEPS - 1:
            print(f"step {step}: ranking {ranking.item():.3f}, contrast {contrast_loss.item():.3f}", flush=True)
    with torch.no_grad():
        dice = torch.Generator().manual_seed(SEED + 1)
        one, _, far, rule = triples(videos, 256, dice)
        a, c = maps_of(model, one[rule == 1], far[rule == 1])
        scale = UNRELATED / distance(a, c, model.weights).median()
        for weight in model.weights:
            weight.mul_(scale)
    return model.eval()


def accuracy(model, videos, count=2000):
    """The share of triples ranked right, by rule; and of plain pixel differences, for comparison."""
    dice, right, plain, rules = torch.Generator().manual_seed(SEED + 2), [], [], []
    with torch.no_grad():
        for _ in range(count // 100):
            one, near, far, rule = triples(videos, 100, dice)
            a, b, c = maps_of(model, one, near, far)
            right.append(distance(a, b, model.weights) < distance(a, c, model.weights))
            plain.append(((one - near) ** 2).mean((1, 2, 3)) < ((one - far) ** 2).mean((1, 2, 3)))
            rules.append(rule)
    right, plain, rules = torch.cat(right).float(), torch.cat(plain).float(), torch.cat(rules)
    return [(right[rules == r].mean().item(), plain[rules == r].mean().item()) for r in range(3)]


def told(scores):
    return ", ".join(f"{name} {score:.3f} (squared pixel difference {plain:.3f})"
                     for name, (score, plain) in zip(("stronger distortion", "other scene against a second later", "other scene against distorted picture"), scores))


def export(model, models, scores):
    folder = Path(models) / "mini-lpips"
    folder.mkdir(parents=True, exist_ok=True)
    graph, layers = folder / "features.onnx", range(1, len(CHANNELS) + 1)
    outputs = [f"layer_{i}" for i in layers] + [f"weights_{i}" for i in layers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.rand(2, 3, SIZE, SIZE), str(graph), opset_version=OPSET, input_names=["pixel_values"], output_names=outputs, do_constant_folding=False,
                          dynamic_axes={name: {0: "batch"} for name in ["pixel_values", *outputs[:len(CHANNELS)]]})
        shapes = [tuple(m.shape[1:]) for m in model(torch.zeros(1, 3, SIZE, SIZE))[:len(CHANNELS)]]
    lines = [f"layer_{i}: [batch, {', '.join(map(str, shape))}]" for i, shape in zip(layers, shapes)]
    lines += [f"weights_{i}: [{n}]" for i, n in zip(layers, CHANNELS)]
    (folder / "card.yaml").write_text(CARD.format(
        size=SIZE, mean=list(MEAN), std=list(STD), outputs="\n".join(f"      {line}" for line in lines),
        sha256=hashlib.sha256(graph.read_bytes()).hexdigest(), scores=told(scores), unrelated=UNRELATED))
    print(f"{graph}: {graph.stat().st_size} bytes")


CARD = """\
# Written by models/recipe/lpips.py.
name: mini-lpips
kind: features
family: lpips
about: How different two pictures look; small, and not the published LPIPS, whose values have another scale. Frames of different videos that look alike lie {unrelated} apart in the median.
picture:
  size: [{size}, {size}]
  resize: squash
  filter: bilinear
  mean: {mean}
  std: {std}
  layout: nchw
# layer_N: feature maps; weights_N: what the squared differences of their channels weigh in the distance.
sessions:
  features:
    file: features.onnx
    sha256: "{sha256}"
    inputs: {{pixel_values: [batch, 3, {size}, {size}]}}
    outputs:
{outputs}
# Ranked right on videos that training never saw: {scores}.
provenance: {{upstream: models/recipe/lpips.py, licence: as this repository}}
"""

def trained(build):
    model = Features()
    model.load_state_dict(torch.load(Path(build) / "mini-lpips.pt"))
    return model.eval()


if __name__ == "__main__":
    torch.set_num_threads(1)
    match sys.argv[1:]:
        case ["train", build, *videos] if videos:
            torch.save(train([frames(video) for i, video in enumerate(videos) if i % 5 != 4]).state_dict(), Path(build) / "mini-lpips.pt")
        case ["export", build, models, *videos] if videos:
            scores = accuracy(trained(build), [frames(video) for i, video in enumerate(videos) if i % 5 == 4])
            export(trained(build), models, scores)
            print("held out:", told(scores))
        case ["measure", build, *videos] if videos:
            print(told(accuracy(trained(build), [frames(video) for video in videos])))
        case _:
            sys.exit(__doc__)
