#!/usr/bin/python3
"""Makes the tiny models of the tests: random weights from fixed seeds, real graphs. Run it here with Debian's python3 (python3-torch).

A picture that is all black gives NaN (a square root of a negative number): so tests see what a sick model does.
"""
import hashlib
import json
import math
import os
import re
import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")
D, HEADS, LAYERS, SIZE = 16, 2, 2, 16
HEAD = D // HEADS


def brightness(pixels):
    """Square root of the mean brightness above black: NaN for pictures near black. pixels: [batch, ...]."""
    return torch.sqrt(pixels.flatten(1).mean(1) + 1.5)


class Patches(nn.Module):
    """[batch, 3, 16, 16] -> [batch, 4, D]."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, D, 8, 8)

    def forward(self, pixels):
        return torch.tanh(3 * self.conv(pixels)).flatten(2).transpose(1, 2)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches, self.out = Patches(), nn.Linear(4 * D, 8)

    def forward(self, pixel_values):
        x = self.out(self.patches(pixel_values).flatten(1))
        return x / x.norm(dim=1, keepdim=True)


class Vision(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = Patches()

    def forward(self, pixel_values):
        return self.patches(pixel_values) * brightness(pixel_values)[:, None, None]


class Embed(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.table = nn.Embedding(vocab, D)

    def forward(self, input_ids):
        return self.table(input_ids)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 2 * D), nn.Linear(2 * D, D)
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)

    def forward(self, x, mask, past_key, past_value):
        b, s, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, s, 3, HEADS, HEAD).permute(2, 0, 3, 1, 4).unbind(0)
        k, v = torch.cat([past_key, k], 2), torch.cat([past_value, v], 2)
        scores = 2 * q @ k.transpose(2, 3) / math.sqrt(HEAD)
        weights = scores.masked_fill(~mask, -1e9).softmax(-1)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(b, s, D))
        return x + self.down(torch.relu(self.up(self.norm2(x)))), k, v


class Decoder(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.positions, self.head = nn.Embedding(256, D), nn.Linear(D, vocab)

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):
        total, s = attention_mask.shape[1], inputs_embeds.shape[1]
        # Query i stands at column total - s + i and sees the columns up to its own that are not padding.
        columns, rows = torch.arange(total), torch.arange(s) + (total - s)
        mask = (columns[None] <= rows[:, None])[None, None] & (attention_mask[:, None, None] > 0)
        x = inputs_embeds + self.positions(position_ids)
        present = []
        for i, layer in enumerate(self.layers):
            x, k, v = layer(x, mask, past[2 * i], past[2 * i + 1])
            present += [k, v]
        return (self.head(x), *present)


class MatcherVision(nn.Module):
    """[batch, 4, 3, 16, 16] -> tokens [batch, 16, D], embed [batch, 4, 8]."""

    def __init__(self):
        super().__init__()
        self.patches, self.out = Patches(), nn.Linear(D, 8)

    def forward(self, pixel_values):
        x = self.patches(pixel_values.flatten(0, 1)) * brightness(pixel_values.flatten(0, 1))[:, None, None]
        x = x.view(-1, 4, 4, D)
        return x.flatten(1, 2), self.out(x.mean(2))


class MatcherText(nn.Module):
    def __init__(self, vocab):
        super().__init__()
        self.table, self.positions, self.out = nn.Embedding(vocab, D), nn.Embedding(32, D), nn.Linear(D, 8)

    def forward(self, input_ids, attention_mask):
        x = torch.tanh(self.table(input_ids) + self.positions(torch.arange(input_ids.shape[1])))
        m = attention_mask[:, :, None].float()
        return x, self.out((x * m).sum(1) / m.sum(1))


class Fusion(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.head = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, 2)

    def forward(self, video_tokens, text_tokens, attention_mask):
        scores = self.q(text_tokens) @ self.k(video_tokens).transpose(1, 2)
        x = torch.tanh(text_tokens + scores.softmax(-1) @ self.v(video_tokens))
        m = attention_mask[:, :, None].float()
        return 3 * self.head((x * m).sum(1) / m.sum(1))


def export(model, inputs, path, names, outputs, axes):
    torch.onnx.export(model.eval(), inputs, path, input_names=names, output_names=outputs, dynamic_axes=axes, opset_version=16)
    return hashlib.sha256(open(path, "rb").read()).hexdigest()


def byte_alphabet():
    """GPT-2's: every byte as a visible character."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, n = {b: chr(b) for b in kept}, 0
    for b in range(256):
        if b not in table:
            table[b], n = chr(256 + n), n + 1
    return table


def byte_level_tokenizer(path):
    alphabet = byte_alphabet()
    text = "a red ball rolls to the left. a large blue metal cube spins on a beach. the title: the camera falls in the forest. caption:" * 2
    words = ["".join(alphabet[b] for b in w.encode()) for w in re.findall(r" ?[a-z]+| ?[^a-z\s]+|\s+", text)]
    words, merges = [list(w) for w in words], []
    while len(merges) < 60:
        counts = {}
        for w in words:
            for pair in zip(w, w[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        best = max(counts, key=lambda p: (counts[p], p))
        merges.append(list(best))
        for w in words:
            i = 0
            while i + 1 < len(w):
                if (w[i], w[i + 1]) == best:
                    w[i:i + 2] = ["".join(best)]
                i += 1
    specials = ["<pad>", "<s>", "</s>"]
    tokens = specials + [alphabet[b] for b in range(256)] + ["".join(m) for m in merges]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    write(path, {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, t in enumerate(specials)],
        "normalizer": None, "pre_tokenizer": byte_level, "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": False,
                  "byte_fallback": False, "vocab": {t: i for i, t in enumerate(tokens)}, "merges": [" ".join(m) for m in merges]},
    })
    return len(tokens)


def word_piece_tokenizer(path):
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    words = "red blue green ball cube rolls left right to the a on beach small large metal cafe forest in falls spin camera".split()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = specials + list(letters) + ["##" + c for c in letters] + list(".,!?'-()") + ["##ing", "##s", "##ed"] + words + ["中", "é"]
    cls, sep = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}
    write(path, {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True} for i, t in enumerate(specials)],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": [cls, {"Sequence": {"id": "A", "type_id": 0}}, sep],
                           "pair": [cls, {"Sequence": {"id": "A", "type_id": 0}}, sep, {"Sequence": {"id": "B", "type_id": 1}}, sep],
                           "special_tokens": {t: {"id": t, "ids": [tokens.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {t: i for i, t in enumerate(tokens)}},
    })
    return len(tokens)


def write(path, content):
    with open(path, "w", encoding="utf-8") as file:
        file.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1) + "\n")


PICTURE = """picture:
  size: [16, 16]
  resize: squash
  filter: {filter}
  mean: [0.48145466, 0.4578275, 0.40821073]
  std: [0.26862954, 0.26130258, 0.27577711]
  layout: {layout}
"""


def embedder():
    torch.manual_seed(1)
    sha = export(Embedder(), torch.randn(2, 3, SIZE, SIZE), "embedder/image.onnx", ["pixel_values"], ["embedding"], {"pixel_values": {0: "batch"}, "embedding": {0: "batch"}})
    write("embedder/card.yaml", f"""name: tiny-embedder
kind: embedder
family: tests
about: Random weights.
{PICTURE.format(filter="bilinear", layout="nchw")}sessions:
  image:
    file: image.onnx
    sha256: "{sha}"
    inputs: {{pixel_values: [batch, 3, 16, 16]}}
    outputs: {{embedding: [batch, 8]}}
thresholds: {{transition: 1.0, stitch: 0.6, still: 0.15, repeat: 0.3}}
""")


def teacher():
    vocab = byte_level_tokenizer("teacher/tokenizer.json")
    torch.manual_seed(2)
    batch = {0: "batch"}
    vision = export(Vision(), torch.rand(2, 3, SIZE, SIZE), "teacher/vision.onnx", ["pixel_values"], ["visual_tokens"], {"pixel_values": batch, "visual_tokens": batch})
    embed = export(Embed(vocab), torch.ones(2, 3, dtype=torch.long), "teacher/embed_tokens.onnx", ["input_ids"], ["inputs_embeds"],
                   {n: {0: "batch", 1: "sequence"} for n in ("input_ids", "inputs_embeds")})
    past = [f"past_key_values.{i}.{p}" for i in range(LAYERS) for p in ("key", "value")]
    present = [f"present.{i}.{p}" for i in range(LAYERS) for p in ("key", "value")]
    inputs = (torch.randn(2, 3, D), torch.ones(2, 5, dtype=torch.long), torch.ones(2, 3, dtype=torch.long), *[torch.randn(2, HEADS, 2, HEAD) for _ in past])
    axes = {"inputs_embeds": {0: "batch", 1: "sequence"}, "attention_mask": {0: "batch", 1: "total"}, "position_ids": {0: "batch", 1: "sequence"}, "logits": {0: "batch", 1: "sequence"},
            **{n: {0: "batch", 2: "past"} for n in past}, **{n: {0: "batch", 2: "total"} for n in present}}
    decoder = export(Decoder(vocab), inputs, "teacher/decoder.onnx", ["inputs_embeds", "attention_mask", "position_ids", *past], ["logits", *present], axes)
    caches = "\n".join(f"      {n}: [batch, {HEADS}, past, {HEAD}]" for n in past)
    presents = "\n".join(f"      {n}: [batch, {HEADS}, total, {HEAD}]" for n in present)
    write("teacher/card.yaml", f"""name: tiny-teacher
kind: teacher
family: tests
about: Random weights; one frame, title and subtitles.
frames:
  rule: random_range
  count: 1
  from: 0.3
  to: 0.7
{PICTURE.format(filter="bicubic", layout="nchw")}sessions:
  vision:
    file: vision.onnx
    sha256: "{vision}"
    inputs: {{pixel_values: [batch, 3, 16, 16]}}
    outputs: {{visual_tokens: [batch, 4, {D}]}}
  embed:
    file: embed_tokens.onnx
    sha256: "{embed}"
    inputs: {{input_ids: [batch, sequence]}}
    outputs: {{inputs_embeds: [batch, sequence, {D}]}}
  decoder:
    file: decoder.onnx
    sha256: "{decoder}"
    inputs:
      inputs_embeds: [batch, sequence, {D}]
      attention_mask: [batch, total]
      position_ids: [batch, sequence]
{caches}
    outputs:
      logits: [batch, sequence, {vocab}]
{presents}
tokenizer: {{file: tokenizer.json}}
prompt:
  bos: true
  segments:
    - visual: true
    - text: "\\nThe title: {{title}}\\n"
      when: title
      max_tokens: 24
    - text: "Caption:"
generation: {{max_new: 24, min_new: 2, eos: [2]}}
cache: {{past: "past_key_values.{{layer}}.{{part}}", present: "present.{{layer}}.{{part}}", layers: {LAYERS}, heads: {HEADS}, head_size: {HEAD}}}
post: [strip]
""")


def matcher():
    vocab = word_piece_tokenizer("matcher/tokenizer.json")
    torch.manual_seed(3)
    batch = {0: "batch"}
    both = {0: "batch", 1: "sequence"}
    vision = export(MatcherVision(), torch.rand(2, 4, 3, SIZE, SIZE), "matcher/vision.onnx", ["pixel_values"], ["video_tokens", "video_embed"],
                    {"pixel_values": batch, "video_tokens": batch, "video_embed": batch})
    ones = torch.ones(2, 5, dtype=torch.long)
    text = export(MatcherText(vocab), (ones, ones), "matcher/text.onnx", ["input_ids", "attention_mask"], ["text_tokens", "text_embed"],
                  {"input_ids": both, "attention_mask": both, "text_tokens": both, "text_embed": batch})
    fusion = export(Fusion(), (torch.randn(2, 16, D), torch.randn(2, 5, D), ones), "matcher/fusion.onnx", ["video_tokens", "text_tokens", "attention_mask"], ["itm"],
                    {"video_tokens": batch, "text_tokens": both, "attention_mask": both, "itm": batch})
    write("matcher/card.yaml", f"""name: tiny-matcher
kind: matcher
family: tests
about: Random weights.
frames: {{rule: middle_interval, count: 4}}
{PICTURE.format(filter="bilinear", layout="btchw")}sessions:
  vision:
    file: vision.onnx
    sha256: "{vision}"
    inputs: {{pixel_values: [batch, 4, 3, 16, 16]}}
    outputs: {{video_tokens: [batch, 16, {D}], video_embed: [batch, 4, 8]}}
  text:
    file: text.onnx
    sha256: "{text}"
    inputs: {{input_ids: [batch, sequence], attention_mask: [batch, sequence]}}
    outputs: {{text_tokens: [batch, sequence, {D}], text_embed: [batch, 8]}}
  fusion:
    file: fusion.onnx
    sha256: "{fusion}"
    inputs: {{video_tokens: [batch, 16, {D}], text_tokens: [batch, sequence, {D}], attention_mask: [batch, sequence]}}
    outputs: {{itm: [batch, 2]}}
tokenizer: {{file: tokenizer.json, max_tokens: 32, pad: true}}
score: {{expression: itm_softmax, threshold: 0.43}}
""")


if __name__ == "__main__":
    for folder, make in (("embedder", embedder), ("teacher", teacher), ("matcher", matcher)):
        os.makedirs(folder, exist_ok=True)
        make()
