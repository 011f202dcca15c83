"""Writes the zoo: ONNX graphs, tokenizer.json and card.yaml of every model, from trained weights.

    export.py BUILD MODELS
"""
import copy
import hashlib
import json
import shutil
import sys
import warnings
from pathlib import Path

import torch
from torch import nn

import matcher as matching
import teachers
from nets import is_halved
from settings import MATCHER, TEACHERS, VOCABULARY

OPSET = 16
LICENCE = "as this repository"
TRAINED = "2026-11-22"


class CachedDecoder(nn.Module):
    """The decoder with flat inputs and outputs, as exported."""

    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):
        logits, present = self.decoder(inputs_embeds, attention_mask, position_ids, list(zip(past[::2], past[1::2])))
        return (logits, *(part for pair in present for part in pair))


class Halved(nn.Module):
    """A module whose large weights are kept in 16 bits and widened on the way in, which halves its file.
    Runtimes widen them once, when they load the graph; all arithmetic stays in 32 bits."""

    def __init__(self, module):
        super().__init__()
        self.inner, self.halved = copy.deepcopy(module).eval(), []
        for owner in self.inner.modules():
            for name, value in list(owner._parameters.items()):
                if value is not None and is_halved(value):
                    del owner._parameters[name]
                    owner.register_buffer(name + "_half", value.detach().half())
                    self.halved.append((owner, name))

    def forward(self, *inputs):
        for owner, name in self.halved:
            owner.__dict__[name] = getattr(owner, name + "_half").float()
        return self.inner(*inputs)


def write_graph(path, module, inputs, outputs, example):
    """Exports one graph. inputs and outputs: {name: shape}, words in a shape are free dimensions."""
    free = {n: {i: d for i, d in enumerate(shape) if isinstance(d, str)} for n, shape in {**inputs, **outputs}.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(Halved(module).eval(), example, str(path), opset_version=OPSET, input_names=list(inputs), output_names=list(outputs),
                          dynamic_axes=free, do_constant_folding=False)
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "inputs": inputs, "outputs": outputs}


def picture_shape(settings, frames):
    """Shape of pixel_values."""
    w, h = settings["size"]
    return ["batch", 3, h, w] if frames is None else ["batch", frames, 3, h, w]


def example_pictures(settings, frames):
    return torch.rand(2, *picture_shape(settings, frames)[1:])


# --- cards -------------------------------------------------------------------------------------------

def scalar(value):
    """A YAML flow scalar or collection; JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def flow(mapping):
    """{a: 1, b: [2, 3]} in one line; the shapes' words stay bare."""
    return "{" + ", ".join(f"{k}: {shape(v) if isinstance(v, list) else scalar(v)}" for k, v in mapping.items()) + "}"


def shape(values):
    return "[" + ", ".join(str(v) for v in values) + "]"


def sessions_text(sessions):
    lines = ["sessions:                       # inputs and outputs: name -> shape, words are free dimensions"]
    for key, s in sessions.items():
        lines += [f"  {key}:", f"    file: {s['file']}", f"    sha256: \"{s['sha256']}\""]
        for side in ("inputs", "outputs"):
            lines.append(f"    {side}:")
            lines += [f"      {name}: {shape(dims)}" for name, dims in s[side].items()]
    return lines


def head_text(name, kind, settings, frames):
    mean, std = settings["norm"]
    return [f"name: {name}", f"kind: {kind}", f"family: {settings['family']}                # whose shape it has",
            f"about: {settings['about']}", "frames:", *(f"  {k}: {v}" for k, v in frames.items()),
            "picture:", f"  size: {shape(settings['size'])}                # width, height", "  resize: squash",
            f"  filter: {settings['filter']}              # as PIL does it, anti-aliased",
            f"  mean: {shape(mean)}     # of RGB in 0..1", f"  std: {shape(std)}",
            f"  layout: {settings.get('layout', 'btchw')}"]


def tail_text():
    return [f"provenance: {{upstream: \"models/recipe\", licence: \"{LICENCE}\", trained: \"{TRAINED}\"}}", ""]


def segment_text(segment):
    if segment.get("visual"):
        return ["    - visual: true              # the visual tokens go here"]
    lines = [f"    - text: {scalar(segment['text'])}"]
    return lines + [f"      {k}: {segment[k]}" for k in ("when", "max_tokens") if k in segment]


def teacher_card(name, settings, sessions):
    s = settings
    lines = head_text(name, "teacher", s, s["rule"]) + sessions_text(sessions)
    lines += ["tokenizer: {file: tokenizer.json}", "prompt:                         # every text segment is tokenised on its own",
              "  bos: true", "  segments:"]
    for segment in s["prompt"]:
        lines += segment_text(segment)
    lines += [f"generation: {{max_new: {s['max_new']}, min_new: 1, eos: [2]}}        # greedy",
              "cache: {past: \"past_key_values.{layer}.{part}\", present: \"present.{layer}.{part}\", "
              f"layers: {s['decoder_layers']}, heads: {s['heads']}, head_size: {s['width'] // s['heads']}}}   # part = key | value",
              f"post: {shape(s['post'])}"]
    return "\n".join(lines + tail_text())


def matcher_card(sessions, calibration):
    lines = head_text(MATCHER["name"], "matcher", MATCHER, {"rule": "middle_interval", "count": 12}) + sessions_text(sessions)
    lines += [f"tokenizer: {{file: tokenizer.json, max_tokens: {MATCHER['max_tokens']}, pad: true}}",
              f"score: {{expression: itm_softmax, threshold: {calibration['threshold']}}}    "
              "# label 1; the threshold tells right from wrong best on scenes kept out of training"]
    return "\n".join(lines + tail_text())


# --- models ------------------------------------------------------------------------------------------

def export_teacher(name, build, models):
    s, folder = TEACHERS[name], models / name
    folder.mkdir(parents=True, exist_ok=True)
    teacher, d, head = teachers.load(build, name), s["width"], s["width"] // s["heads"]
    frames = 8 if s["style"] == "video" else None
    vision = write_graph(folder / "vision.onnx", teacher.vision, {"pixel_values": picture_shape(s, frames)},
                         {"visual_tokens": ["batch", s["queries"], d]}, (example_pictures(s, frames),))
    embed = write_graph(folder / "embed_tokens.onnx", teacher.decoder.embed, {"input_ids": ["batch", "sequence"]},
                        {"inputs_embeds": ["batch", "sequence", d]}, (torch.ones(2, 5, dtype=torch.long),))
    parts = [f"{i}.{part}" for i in range(s["decoder_layers"]) for part in ("key", "value")]
    inputs = {"inputs_embeds": ["batch", "sequence", d], "attention_mask": ["batch", "total"], "position_ids": ["batch", "sequence"],
              **{f"past_key_values.{p}": ["batch", s["heads"], "past", head] for p in parts}}
    outputs = {"logits": ["batch", "sequence", VOCABULARY], **{f"present.{p}": ["batch", s["heads"], "total", head] for p in parts}}
    example = (torch.rand(2, 3, d), torch.ones(2, 7, dtype=torch.long), torch.arange(4, 7).repeat(2, 1),
               *(torch.rand(2, s["heads"], 4, head) for _ in parts))
    decoder = write_graph(folder / "decoder.onnx", CachedDecoder(teacher.decoder), inputs, outputs, example)
    shutil.copy(build / "teacher.json", folder / "tokenizer.json")
    (folder / "card.yaml").write_text(teacher_card(name, s, {"vision": vision, "embed": embed, "decoder": decoder}))


def export_matcher(build, models):
    s, folder = MATCHER, models / MATCHER["name"]
    folder.mkdir(parents=True, exist_ok=True)
    matcher, pieces = matching.load(build)
    d, tokens = s["width"], 12 * s["each"]
    text_in = {"input_ids": ["batch", "sequence"], "attention_mask": ["batch", "sequence"]}
    text_out = {"text_tokens": ["batch", "sequence", d], "text_embed": ["batch", s["embed"]]}
    ids = torch.ones(2, 9, dtype=torch.long)
    vision = write_graph(folder / "vision.onnx", matcher.vision, {"pixel_values": picture_shape(s, 12)},
                         {"video_tokens": ["batch", tokens, d], "video_embed": ["batch", 12, s["embed"]]}, (example_pictures(s, 12),))
    text = write_graph(folder / "text.onnx", matcher.text, text_in, text_out, (ids, ids))
    fusion = write_graph(folder / "fusion.onnx", matcher.fusion,
                         {"video_tokens": ["batch", tokens, d], "text_tokens": ["batch", "sequence", d],
                          "attention_mask": ["batch", "sequence"]},
                         {"itm": ["batch", 2]}, (torch.rand(2, tokens, d), torch.rand(2, 9, d), ids))
    shutil.copy(build / "matcher.json", folder / "tokenizer.json")
    calibration = json.loads((build / "calibration.json").read_text())
    (folder / "card.yaml").write_text(matcher_card({"vision": vision, "text": text, "fusion": fusion}, calibration))


def main(build, models):
    for name in TEACHERS:
        if (build / f"{name}.pt").exists():
            export_teacher(name, build, models)
    if (build / f"{MATCHER['name']}.pt").exists():
        export_matcher(build, models)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
