"""Writes the zoo: ONNX graphs, tokenizer.json and card.yaml of every model, from trained weights.

    export.py BUILD MODELS

Weights that several cards use lie in MODELS/shared; MODELS/pool holds cards alone: every model that reads text with every choice of it.
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
import towers
from nets import SEEN, bias_of, is_halved
from settings import EVERY, LIMITS, LINE, MATCHER, NOTED, QUERIES, TAGGED, TEACHERS, VOCABULARY
from teachers import EACH, LABELS, WRITERS

OPSET = 16
TRAINED = "2026-11-27"
PROVENANCE = f'provenance: {{upstream: "models/recipe", licence: "as this repository", trained: "{TRAINED}"}}\n'
EYES = {"near": "mini-eye", "wide": "mini-eye-wide", "centre": "mini-eye-wide", "deep": "mini-eye-deep"}
READS = {"v": (False, False), "v-s": (True, False), "v-m": (False, True), "v-s-m": (True, True)}


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


class Call(nn.Module):
    """A module with flat inputs and outputs, as exported: `call(module, *inputs)`."""

    def __init__(self, module, call):
        super().__init__()
        self.module, self.call = module, call

    def forward(self, *inputs):
        return self.call(self.module, *inputs)


def paired(flat):
    return list(zip(flat[::2], flat[1::2]))


def flat(pairs):
    return tuple(part for pair in pairs for part in pair)


class Files:
    """Writes graphs for one card folder; those named with `shared` go to MODELS/shared."""

    def __init__(self, models, name):
        self.models, self.name, self.sessions = models, name, {}

    def write(self, key, file, module, inputs, outputs, example, id=None, free_width=False):
        """One graph and the session that runs it. inputs and outputs: {name: shape}, words in a shape are free dimensions; so is
        the width of a picture where one encoder serves several."""
        path = self.models / "shared" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not id or not path.exists() or id not in WRITTEN:
            free = {n: {i: d for i, d in enumerate(shape) if isinstance(d, str)} for n, shape in {**inputs, **outputs}.items()}
            if free_width:
                free["pixel_values"][3], free["image_embeds"][1] = "width", "tokens"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch.onnx.export(Halved(module).eval(), example, str(path), opset_version=OPSET, input_names=list(inputs), output_names=list(outputs),
                                  dynamic_axes=free, do_constant_folding=False)
            WRITTEN.add(id)
        shown = lambda tensors: {n: s for n, s in tensors.items() if not n.startswith(("past_key_values", "present"))}
        self.sessions[key] = {"id": id, "file": f"../shared/{file}", "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                              "inputs": shown(inputs), "outputs": shown(outputs)}


WRITTEN = set()


# --- graphs ------------------------------------------------------------------------------------------

def grid_of(picture):
    w, h = towers.SIZES[picture]
    return w // 16 * (h // 16)


def write_eye(files, build, picture):
    """The frozen picture encoder: a session that all cards share."""
    (w, h), tokens = towers.SIZES[picture], grid_of(picture)
    files.write("eye", f"{EYES[picture]}.onnx", towers.load(build, picture), {"pixel_values": ["batch", 3, h, w]},
                {"image_embeds": ["batch", tokens, SEEN]}, (torch.rand(2, 3, h, w),), EYES[picture], free_width=True)


def write_writer(files, build, name):
    """The sessions of a model that writes and the stages that run them."""
    s, w = WRITERS[name], teachers.load(build, name)
    d, frames, picture, folder = s["width"], s["frames"]["count"], s["picture"], f"{name}"
    stages = []

    def stage(text):
        stages.append(f"  - {{{text}}}")
    tokens = grid_of(picture)
    fold = ", fold: true" if frames > 1 else ""
    write_eye(files, build, picture)
    stage(f"run: eye, inputs: {{pixel_values: frames}}, outputs: {{image_embeds: image_embeds}}{fold}")
    if not w.slots:
        files.write("tagger", f"{folder}/tagger.onnx", teachers.load_tagger(build), {"image_embeds": ["batch", tokens, SEEN]},
                    {"scores": ["batch", len(LABELS)]}, (torch.rand(2, tokens, SEEN),))
        (files.models / name).mkdir(exist_ok=True)
        (files.models / "shared" / folder / "labels.txt").write_text("\n".join(LABELS) + "\n")
        stage(f"run: tagger, inputs: {{image_embeds: image_embeds}}, outputs: {{scores: scores}}{fold}")
        stage(f"tags: scores, labels: ../shared/{folder}/labels.txt, threshold: {TAGGED}, into: tags")
        stage(f'ask: mini-grit, each: frame, every: {EVERY}, into: dense, line: {json.dumps(LINE)}, join: "\\n"')
    elif frames == 1:
        files.write("qformer", f"{folder}/qformer.onnx", w.read, {"image_embeds": ["batch", tokens, SEEN]},
                    {"visual_tokens": ["batch", QUERIES, d]}, (torch.rand(2, tokens, SEEN),))
        stage("run: qformer, inputs: {image_embeds: image_embeds}, outputs: {visual_tokens: visual_tokens}")
    else:
        own = picture == "centre" or w.student                       # the two Video-LLaMA share theirs
        files.write("qformer", f"{folder}/qformer.onnx" if own else "mini-frame-qformer.onnx", w.look, {"image_embeds": ["batch", tokens, SEEN]},
                    {"queries": ["batch", EACH, SEEN]}, (torch.rand(2, tokens, SEEN),), None if own else "mini-frame-qformer")
        stage(f"run: qformer, inputs: {{image_embeds: image_embeds}}, outputs: {{queries: queries}}{fold}")
        given = {"queries": ["batch", frames, EACH, SEEN]}
        if w.student:
            def both(m, x):
                queries = m.queries(x)
                return queries, m.out(queries)
            files.write("video", f"{folder}/video.onnx", Call(w.meet, both), given,
                        {"video_queries": ["batch", QUERIES, SEEN], "visual_tokens": ["batch", QUERIES, d]}, (torch.rand(2, frames, EACH, SEEN),))
            stage("run: video, inputs: {queries: queries}, outputs: {video_queries: video_queries, visual_tokens: visual_tokens}")
            n, ids = s["text_tokens"], torch.ones(2, s["text_tokens"], dtype=torch.long)
            files.write("text", f"{folder}/text.onnx", w.text, {"text_ids": ["batch", n], "text_mask": ["batch", n], "video_queries": ["batch", QUERIES, SEEN]},
                        {"text_tokens": ["batch", QUERIES, d]}, (ids, ids, torch.rand(2, QUERIES, SEEN)))
            stage("run: text, inputs: {text_ids: text_ids, text_mask: text_mask, video_queries: video_queries}, outputs: {text_tokens: text_tokens}")
        else:
            files.write("video", f"{folder}/video.onnx", w.meet, given, {"visual_tokens": ["batch", QUERIES, d]}, (torch.rand(2, frames, EACH, SEEN),))
            stage("run: video, inputs: {queries: queries}, outputs: {visual_tokens: visual_tokens}")
    write_decoder(files, w, s, folder)
    return stages


def write_decoder(files, w, s, folder):
    d, heads, layers = s["width"], 4, s["layers"]
    head, ids = d // heads, torch.ones(2, 5, dtype=torch.long)
    files.write("embed", f"{folder}/embed_tokens.onnx", w.decoder.embed, {"input_ids": ["batch", "sequence"]},
                {"inputs_embeds": ["batch", "sequence", d]}, (ids,))
    part = lambda middle: [f"{i}.{middle}{p}" for i in range(layers) for p in ("key", "value")]
    cache = lambda prefix, middle, length: {f"{prefix}.{p}": ["batch", heads, length, head] for p in part(middle)}
    logits = {"logits": ["batch", "sequence", VOCABULARY]}
    past = lambda n: tuple(torch.rand(2, heads, n, head) for _ in range(2 * layers))
    if w.encoder is None:
        def step(decoder, x, mask, positions, *before):
            found, present = decoder(x, mask, positions, paired(before))
            return (found, *flat(present))
        files.write("decoder", f"{folder}/decoder.onnx", Call(w.decoder, step),
                    {"inputs_embeds": ["batch", "sequence", d], "attention_mask": ["batch", "total"], "position_ids": ["batch", "sequence"],
                     **cache("past_key_values", "", "past")}, {**logits, **cache("present", "", "total")},
                    (torch.rand(2, 3, d), torch.ones(2, 7, dtype=torch.long), torch.arange(4, 7).repeat(2, 1), *past(4)))
        return
    files.write("encoder", f"{folder}/encoder.onnx", w.encoder, {"inputs_embeds": ["batch", "source", d], "attention_mask": ["batch", "source"]},
                {"last_hidden_state": ["batch", "source", d]}, (torch.rand(2, 5, d), ids))

    def first(decoder, input_ids, mask, memory):
        cross = decoder.pairs(memory)
        found, present = decoder.written(input_ids, [(c[0][:, :, :0], c[1][:, :, :0]) for c in cross], cross, bias_of(mask))
        return (found, *flat(present), *flat(cross))

    def later(decoder, input_ids, mask, *before):
        found, present = decoder.written(input_ids, paired(before[:2 * layers]), paired(before[2 * layers:]), bias_of(mask))
        return (found, *flat(present))
    given = {"input_ids": ["batch", "sequence"], "encoder_attention_mask": ["batch", "source"]}
    files.write("decoder_first", f"{folder}/decoder_model.onnx", Call(w.decoder, first), {**given, "encoder_hidden_states": ["batch", "source", d]},
                {**logits, **cache("present", "decoder.", "sequence"), **cache("present", "encoder.", "source")},
                (ids[:, :1], ids, torch.rand(2, 5, d)))
    files.write("decoder", f"{folder}/decoder_with_past_model.onnx", Call(w.decoder, later),
                {**given, **cache("past_key_values", "decoder.", "past"), **cache("past_key_values", "encoder.", "source")},
                {**logits, **cache("present", "decoder.", "total")}, (ids[:, :1], ids, *past(4), *past(5)))


# --- cards -------------------------------------------------------------------------------------------

def flow(value):
    """YAML on one line; words stay bare."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def head_text(name, kind, settings, frames, resize, norm, layout):
    w, h = towers.SIZES[settings["picture"]]
    return [f"name: {name}", f"kind: {kind}", f"family: {settings['family']}", f"about: {settings['about']}", f"frames: {flow(frames)}",
            "picture:", f"  size: [{w}, {h}]", f"  resize: {resize}", "  filter: bicubic", f"  mean: {norm[0]}", f"  std: {norm[1]}", f"  layout: {layout}"]


def sessions_text(sessions):
    lines = ["sessions:"]
    for key, s in sessions.items():
        lines += [f"  {key}:"] + ([f"    id: {s['id']}"] if s["id"] else []) + [f"    file: {s['file']}", f"    sha256: \"{s['sha256']}\"",
                                                                                f"    inputs: {flow(s['inputs'])}", f"    outputs: {flow(s['outputs'])}"]
    return lines


def segment_text(segment):
    return "    - " + ("visual: true" if segment.get("visual") else f"slot: {segment['slot']}" if "slot" in segment else f"text: {json.dumps(segment['text'])}")


def writer_card(name, sessions, stages, reads):
    """reads: whether subtitles and metadata are told, None where nothing is read."""
    s = WRITERS[name]
    one = s["frames"]["count"] == 1
    lines = head_text(name, "teacher", s, s["frames"], "crop" if s["picture"] == "centre" else "squash", towers.CLIP, "nchw" if one else "btchw")
    lines += sessions_text(sessions) + (["stages:", *stages] if stages else [])
    if "text_tokens" in s:
        lines += [f'text: {{text: "{{instruction}}", max_tokens: {s["text_tokens"]}, cut: left}}']
    lines += ["tokenizer: {file: ../shared/tokenizer.json}", "prompt:", "  bos: true"]
    if reads is not None:
        lines += [f"  subtitles: {flow(reads[0])}", f"  metadata: {flow(reads[1])}", f"  limits: {flow({**LIMITS, **(NOTED if teachers.reads_notes(s) else {})})}"]
    lines += ["  segments:", *map(segment_text, s["prompt"])]
    encoder = "encoder" in s
    middle = "decoder." if encoder else ""
    lines += [f"generation: {{max_new: {s['max_new']}, min_new: 1, eos: [2]{', start: 0, positions: none' if encoder else ''}}}"]
    cross = [f'  cross_{p}: "{n}.{{layer}}.encoder.{{part}}"' for p, n in (("past", "past_key_values"), ("present", "present"))] if encoder else []
    lines += ["cache:", f'  past: "past_key_values.{{layer}}.{middle}{{part}}"', f'  present: "present.{{layer}}.{middle}{{part}}"', *cross,
              f"  layers: {s['layers']}", "  heads: 4", f"  head_size: {s['width'] // 4}", f"post: {flow(s['post'])}", PROVENANCE]
    return "\n".join(lines)


def export_writer(build, models, name):
    """The model's card, and those of the pool."""
    s, files = WRITERS[name], Files(models, name)
    stages = write_writer(files, build, name)
    reads = bool(s.get("reads") or "text_tokens" in s)
    (models / name).mkdir(exist_ok=True)
    (models / name / "card.yaml").write_text(writer_card(name, files.sessions, stages, READS["v-s-m"] if reads else None))
    for suffix, told in READS.items() if reads else [("v", None)]:
        if name in TEACHERS:
            folder = models / "pool" / f"{name}-{suffix}"
            folder.mkdir(parents=True)
            card = writer_card(name, files.sessions, stages, told)
            (folder / "card.yaml").write_text(card.replace(f"name: {name}\n", f"name: {name}-{suffix}\n", 1))


def export_matcher(build, models, name):
    s, (matcher, pieces), tower = MATCHER, matching.load(build, name), towers.load(build, MATCHER["picture"])
    folder = models / name
    folder.mkdir(parents=True, exist_ok=True)
    files, d, (w, h) = Files(models, name), s["width"], towers.SIZES[s["picture"]]
    tokens = 12 * s["each"] + 4 * grid_of(s["picture"])

    def see(both, pixels):
        return both[1](both[0](pixels.flatten(0, 1)).reshape(-1, 12, grid_of(s["picture"]), SEEN))
    text_in = {"input_ids": ["batch", "sequence"], "attention_mask": ["batch", "sequence"]}
    ids = torch.ones(2, 9, dtype=torch.long)
    files.write("vision", f"{name}/vision.onnx", Call(nn.ModuleList([tower, matcher.vision]), see), {"pixel_values": ["batch", 12, 3, h, w]},
                {"video_tokens": ["batch", tokens, d], "video_embed": ["batch", 12, s["embed"]]}, (torch.rand(2, 12, 3, h, w),))
    files.write("text", f"{name}/text.onnx", matcher.text, text_in, {"text_tokens": ["batch", "sequence", d], "text_embed": ["batch", s["embed"]]}, (ids, ids))
    files.write("fusion", f"{name}/fusion.onnx", matcher.fusion, {"video_tokens": ["batch", tokens, d], "text_tokens": ["batch", "sequence", d],
                "attention_mask": ["batch", "sequence"]}, {"itm": ["batch", 2]}, (torch.rand(2, tokens, d), torch.rand(2, 9, d), ids))
    threshold = json.loads((build / f"{name}.json").read_text())["threshold"]
    settings = dict(s, about=s["about"] + (" Before it was finetuned on what the teachers say." if name == matching.PRETRAINED else ""))
    lines = head_text(name, "matcher", settings, {"rule": "middle_interval", "count": 12}, "squash", towers.CLIP, "btchw") + sessions_text(files.sessions)
    lines += [f"tokenizer: {{file: ../shared/wordpiece.json, max_tokens: {s['max_tokens']}, pad: true}}",
              f"score: {{expression: itm_softmax, threshold: {threshold}}}", PROVENANCE]
    (folder / "card.yaml").write_text("\n".join(lines))


def main(build, models):
    shutil.rmtree(models / "pool", ignore_errors=True)
    shutil.rmtree(models / "shared", ignore_errors=True)
    (models / "pool").mkdir()
    (models / "shared").mkdir()
    (models / "pool" / "shared").symlink_to("../shared")             # where cards of the pool find their weights
    for name in ("layout", "mini-lpips", "mini-umt", "mini-grit"):    # what a run with the pool needs beside its teachers
        (models / "pool" / name).symlink_to(f"../{name}")
    shutil.copy(build / "teacher.json", models / "shared" / "tokenizer.json")
    shutil.copy(build / "matcher.json", models / "shared" / "wordpiece.json")
    for name in WRITERS:
        if (build / f"{name}.pt").exists():
            export_writer(build, models, name)
    for name in (matching.PRETRAINED, matching.FINETUNED):
        if (build / f"{name}.pt").exists():
            export_matcher(build, models, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
