"""The weight-free embedder: where colours lie, which way edges run, which hues there are. Means, fixed convolutions and soft bins, so
it is an ONNX graph like any other embedder.

    layout.py export MODELS                       writes MODELS/layout/{layout.onnx,card.yaml}
    layout.py measure TRUTH.json VIDEO...         its distances on videos whose true scenes are known: samples/truth.json, or
                                                  {"scenes": [[first, end], ...]} in frames
    layout.py time                                milliseconds a frame on one core
"""
import hashlib
import json
import math
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

SIZE, OPSET = 96, 16
THRESHOLDS = {"transition": 0.97, "stitch": 0.835, "still": 0.025, "repeat": 0.25}
PARTS = {"layout": 0.5, "edges": 1.0, "hues": 1.0}      # their shares of a squared distance


def unit(v):
    return v / (v.pow(2).sum(1, keepdim=True) + 1e-8).sqrt()


def cells(maps, rows, columns):
    """The mean of each map over a grid of cells."""
    return F.avg_pool2d(maps, (SIZE // rows, SIZE // columns)).flatten(1)


class Layout(nn.Module):
    """RGB in 0..1, [batch, 3, 96, 96] -> unit vectors [batch, 380]."""

    def __init__(self):
        super().__init__()
        xyz = torch.tensor([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
        self.register_buffer("xyz", (xyz / xyz.sum(1, keepdim=True))[:, :, None, None])       # white is (1, 1, 1)
        self.register_buffer("lab", torch.tensor([[0.0, 1.16, 0.0], [5.0, -5.0, 0.0], [0.0, 2.0, -2.0]])[:, :, None, None])
        self.register_buffer("luma", torch.tensor([[0.299, 0.587, 0.114]])[:, :, None, None])
        sobel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]) / 8
        self.register_buffer("sobel", torch.stack([sobel, sobel.T])[:, None])
        # Directions are compared by doubled angle: an edge and its negative are one.
        self.register_buffer("directions", self.circle(8))
        self.register_buffer("opponents", torch.tensor([[1.0, -0.5, -0.5], [0.0, math.sqrt(0.75), -math.sqrt(0.75)]])[:, :, None, None])
        self.register_buffer("hues", self.circle(12))
        self.register_buffer("saturations", ((torch.arange(4) + 0.5) / 4)[None, :, None, None])

    @staticmethod
    def circle(count):
        angles = torch.arange(count) * 2 * math.pi / count
        return torch.stack([angles.cos(), angles.sin()], 1)[:, :, None, None]

    def forward(self, pixel_values):
        parts = {"layout": self.layout(pixel_values), "edges": self.edges(pixel_values), "hues": self.hue(pixel_values)}
        return unit(torch.cat([math.sqrt(share) * unit(parts[name]) for name, share in PARTS.items()], 1))

    def layout(self, rgb):
        """Lab means on 6 x 6 cells, less their average: what is lighter, redder, bluer than the rest, and where."""
        linear = torch.where(rgb > 0.04045, ((rgb + 0.055) / 1.055).clamp(min=1e-6).pow(2.4), rgb / 12.92)
        xyz = F.conv2d(linear, self.xyz)
        root = torch.where(xyz > 0.008856, xyz.clamp(min=1e-6).pow(1 / 3), 7.787 * xyz + 16 / 116)
        means = F.avg_pool2d(F.conv2d(root, self.lab), SIZE // 6)
        return (means - means.mean((2, 3), keepdim=True)).flatten(1)

    def edges(self, rgb):
        """Gradient energy in 8 directions on 4 x 4 cells, square-rooted."""
        gradient = F.conv2d(F.pad(F.conv2d(rgb, self.luma), (1, 1, 1, 1), mode="replicate"), self.sobel)
        x, y = gradient[:, :1], gradient[:, 1:]
        energy = x * x + y * y + 1e-6
        doubled = torch.cat([x * x - y * y, 2 * x * y], 1) / energy
        share = F.relu(F.conv2d(doubled, self.directions))
        return cells(share * share * share * energy, 4, 4).clamp(min=1e-10).sqrt()

    def hue(self, rgb):
        """A histogram of 12 hues by 4 saturations in each of 3 bands from top to bottom, square-rooted. Whole bands, since cameras and
        subjects mostly move sideways."""
        opponent = F.conv2d(rgb, self.opponents)
        chroma = (opponent.pow(2).sum(1, keepdim=True) + 1e-8).sqrt()
        hue = F.relu(F.conv2d(opponent / chroma, self.hues))
        hue = hue * hue * hue       # runtimes multiply faster than they raise to a power
        hue = hue * hue
        hue = hue / (hue.sum(1, keepdim=True) + 1e-4)
        top = rgb.amax(1, keepdim=True)
        saturation = (top - rgb.amin(1, keepdim=True)) / (top + 0.02)
        inside = saturation.clamp(min=0.125, max=0.875)         # beyond the outer centres the outer bins take all
        share = F.relu(1 - 4 * (inside - self.saturations).abs())
        return cells(torch.cat([hue * share[:, i:i + 1] for i in range(4)], 1), 3, 1).clamp(min=1e-8).sqrt()


def export(models):
    folder = Path(models) / "layout"
    folder.mkdir(parents=True, exist_ok=True)
    graph = folder / "layout.onnx"
    model = Layout().eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, torch.rand(2, 3, SIZE, SIZE), str(graph), opset_version=OPSET, input_names=["pixel_values"],
                          output_names=["embedding"], dynamic_axes={"pixel_values": {0: "batch"}, "embedding": {0: "batch"}})
    width = model(torch.zeros(1, 3, SIZE, SIZE)).shape[1]
    (folder / "card.yaml").write_text(CARD.format(
        size=SIZE, width=width, sha256=hashlib.sha256(graph.read_bytes()).hexdigest(), **THRESHOLDS))
    print(f"{graph}: {graph.stat().st_size} bytes, {width} numbers a picture")


def pictures(video, width, height, flags):
    reader = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-i", video, "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", f"scale={width}:{height}:flags={flags}",
         "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE)
    while len(data := reader.stdout.read(3 * width * height)) == 3 * width * height:
        yield np.frombuffer(data, np.uint8).reshape(height, width, 3)


def hsv(rgb):
    r, g, b = np.moveaxis(rgb.astype(np.float32), 2, 0)
    value, low = np.maximum(np.maximum(r, g), b), np.minimum(np.minimum(r, g), b)
    span = np.maximum(value - low, 1e-6)
    hue = np.where(value == r, (g - b) / span, np.where(value == g, 2 + (b - r) / span, 4 + (r - g) / span)) * 30 % 180
    return np.stack([hue * (value > low), 255 * (value - low) / np.maximum(value, 1), value])


def segments(video, width, height, fps):
    """Stage 1 near enough for measuring: cuts by content score, then at most 7 s a piece."""
    factor = max(1, width // 256)
    cuts, last, before = [], 0, None
    for frame, picture in enumerate(pictures(video, round(width / factor), round(height / factor), "bilinear")):
        now = hsv(picture)
        if before is not None and frame - last >= 15 and np.abs(now - before).mean() >= 25:
            cuts.append(last := frame)
        before = now
    ends = [0]
    for end in [*cuts, frame + 1]:
        while end - ends[-1] > 7 * fps:
            ends.append(ends[-1] + int(5 * fps))
        ends.append(end)
    return list(zip(ends, ends[1:]))


def embed(model, video):
    """Segments of a video, features of their two probes each, frames a second."""
    shape = subprocess.check_output(["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
                                     "stream=width,height,avg_frame_rate", "-of", "csv=p=0", video], text=True).split("\n")[0].split(",")
    width, height, (over, under) = int(shape[0]), int(shape[1]), map(int, shape[2].split("/"))
    spans = segments(video, width, height, over / under)
    probes = [(int(0.95 * s + 0.05 * (e - 1)), int(0.05 * s + 0.95 * (e - 1))) for s, e in spans]
    wanted, kept, scale = {p for pair in probes for p in pair}, {}, SIZE / min(width, height)
    for frame, picture in enumerate(pictures(video, round(width * scale), round(height * scale), "area")):
        if frame in wanted:
            kept[frame] = np.asarray(Image.fromarray(picture).resize((SIZE, SIZE), Image.BILINEAR))
    inputs = torch.from_numpy(np.stack([kept[p] for pair in probes for p in pair])).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        return spans, model(inputs).view(len(spans), 2, -1), over / under


def measure(truth, videos):
    truth, model = json.loads(Path(truth).read_text()), Layout().eval()
    same, other = [], []
    for video in videos:
        spans, features, fps = embed(model, video)
        scenes = ([(s, e, "scene") for s, e in truth["scenes"]] if "scenes" in truth else
                  [(round(t["start_s"] * fps), round(t["end_s"] * fps), t["kind"]) for t in truth[Path(video).name]])
        means, name = features.mean(1), Path(video).name
        for i, (start, end) in enumerate(spans):
            kind = max(scenes, key=lambda scene: min(end, scene[1]) - max(start, scene[0]))[2]
            inside = (features[i, 0] - features[i, 1]).norm().item()
            nearest = min([(means[i] - means[j]).norm().item() for j in range(i)], default=math.nan)
            line = f"{name} [{start}, {end}) {kind}: inside {inside:.3f}, nearest earlier mean {nearest:.3f}"
            if i > 0:
                join = (features[i - 1, 1] - features[i, 0]).norm().item()
                new = any(abs(start - scene[0]) < 0.1 * fps for scene in scenes)
                (other if new else same).append(join)
                line += f", join {join:.3f} {'other scene' if new else 'same scene'}"
                line += "" if (join > THRESHOLDS["stitch"]) == new else " WRONG"
            print(line)
    same, other = np.array(same), np.array(other)
    right = lambda at: ((same <= at).sum() + (other > at).sum()) / (len(same) + len(other))
    best = max([*same, *other], key=right)
    print(f"borders: {len(same)} inside scenes, median {np.median(same):.2f}, at most {same.max():.3f}; {len(other)} between scenes, "
          f"median {np.median(other):.2f}, at least {other.min():.3f}; ROC area {(other[:, None] > same).mean():.4f}; "
          f"right at {THRESHOLDS['stitch']}: {right(THRESHOLDS['stitch']):.3f}, at best {right(best):.3f} ({best:.3f})")


def clock():
    torch.set_num_threads(1)
    model, frames = Layout().eval(), torch.rand(32, 3, SIZE, SIZE)
    with torch.no_grad():
        model(frames)
        start = time.process_time()
        for _ in range(5):
            model(frames)
    print(f"{(time.process_time() - start) / 5 / 32 * 1000:.2f} ms a frame")


CARD = """\
# Written by models/recipe/layout.py.
name: layout
kind: embedder
family: layout
about: Where colours lie, which way edges run, which hues there are; no weights.
picture:
  size: [{size}, {size}]
  resize: squash
  filter: bilinear
  mean: [0, 0, 0]
  std: [1, 1, 1]
  layout: nchw
sessions:
  image:
    file: layout.onnx
    sha256: "{sha256}"
    inputs: {{pixel_values: [batch, 3, {size}, {size}]}}
    outputs: {{embedding: [batch, {width}]}}
# Chosen by what recipe/layout.py measures on three sets: a film of 18 real scenes (54 borders between segments), another real one
# of 27 segments (26 borders, labelled by eye) and the rendered samples (78 borders).
thresholds:
  transition: {transition}      # within real scenes all but 2 of 55 segments are below 0.96; of 5 fades in the samples 2 lie above, no other scene does
  stitch: {stitch}        # inside scenes at most 0.828 on the real film, from 0.847 between scenes; on the others the best lies at 0.77 to 0.87
  still: {still}         # still scenes after H.264: at most 0.005; the least moving real or rendered ones: from 0.03
  repeat: {repeat}         # repeated scenes: at most 0.04; the nearest of different ones: 0.77
provenance: {{upstream: models/recipe/layout.py, licence: as this repository}}
"""

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["export", models]:
            export(models)
        case ["measure", truth, *videos]:
            measure(truth, videos)
        case ["time"]:
            clock()
        case _:
            sys.exit(__doc__)
