#!/usr/bin/python3
"""Makes the tiny models of the tests that write in other ways than Data/models/teacher: random weights from fixed seeds, real graphs.
Run it here with Debian's python3 (python3-torch).

    shared/      one decoder twice: with a cache that grows, and with GroupQueryAttention and a buffer that past and present share
    translator/  an encoder, and a decoder whose first pass makes the cross-attention cache
    reader/      a decoder that reads token ids in 16 bits and counts positions on its own
    tagger/      scores of labels for each frame
    product/     a matrix product whose weights are an input
"""
import math
import os
import shutil
import warnings

import torch
from torch import nn

from make_models import D, HEAD, HEADS, LAYERS, PICTURE, SIZE, Embed, Patches, byte_level_tokenizer, export, write

warnings.filterwarnings("ignore")
VOCAB = 319
PARTS = [f"{i}.{p}" for i in range(LAYERS) for p in ("key", "value")]


# onnxruntime's operator; what it computes here is only a shape for the tracer.
LIBRARY = torch.library.Library("tests", "DEF")
LIBRARY.define("group_query_attention(Tensor q, Tensor k, Tensor v, Tensor past_key, Tensor past_value, Tensor seqlens_k, Tensor total) -> (Tensor, Tensor, Tensor)")
LIBRARY.impl("group_query_attention", lambda q, k, v, past_key, past_value, seqlens_k, total: (q.clone(), past_key.clone(), past_value.clone()), "CPU")
torch.onnx.register_custom_op_symbolic("tests::group_query_attention", lambda g, *inputs: g.op(
    "com.microsoft::GroupQueryAttention", *inputs, num_heads_i=HEADS, kv_num_heads_i=HEADS, outputs=3), 16)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.out = (nn.Linear(D, D) for _ in range(4))

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], HEADS, HEAD).transpose(1, 2)

    def mix(self, x, k, v, mask):
        """mask: True where a key may be seen."""
        scores = self.split(self.q(x)) @ k.transpose(2, 3) / math.sqrt(HEAD)
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, cross):
        super().__init__()
        self.norm, self.attention = nn.LayerNorm(D), Attention()
        self.cross_norm, self.cross = (nn.LayerNorm(D), Attention()) if cross else (None, None)
        self.norm2, self.up, self.down = nn.LayerNorm(D), nn.Linear(D, 2 * D), nn.Linear(2 * D, D)

    def rest(self, x):
        return x + self.down(torch.relu(self.up(self.norm2(x))))


def causal(mask, columns):
    """mask [batch, total] -> [batch, 1, columns, total]."""
    total = mask.shape[1]
    at, rows = torch.arange(total), torch.arange(columns) + (total - columns)
    return (at[None] <= rows[:, None])[None, None] & (mask[:, None, None] > 0)


class Decoder(nn.Module):
    def __init__(self, cross=False):
        super().__init__()
        self.blocks = nn.ModuleList(Block(cross) for _ in range(LAYERS))
        self.positions, self.head = nn.Embedding(256, D), nn.Linear(D, VOCAB)
        with torch.no_grad():
            self.head.weight *= 4


class Growing(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.d = decoder

    def forward(self, inputs_embeds, attention_mask, position_ids, *past):
        x, mask, present = inputs_embeds + self.d.positions(position_ids), causal(attention_mask, inputs_embeds.shape[1]), []
        for i, b in enumerate(self.d.blocks):
            y = b.norm(x)
            k, v = torch.cat([past[2 * i], b.attention.split(b.attention.k(y))], 2), torch.cat([past[2 * i + 1], b.attention.split(b.attention.v(y))], 2)
            x, present = b.rest(x + b.attention.mix(y, k, v, mask)), present + [k, v]
        return (self.d.head(x), *present)


class Shared(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.d = decoder

    def forward(self, inputs_embeds, position_ids, seqlens_k, total_sequence_length, *past):
        x, present = inputs_embeds + self.d.positions(position_ids), []
        for i, b in enumerate(self.d.blocks):
            y, a = b.norm(x), b.attention
            mixed, k, v = torch.ops.tests.group_query_attention(a.q(y), a.k(y), a.v(y), past[2 * i], past[2 * i + 1], seqlens_k, total_sequence_length)
            x, present = b.rest(x + a.out(mixed)), present + [k, v]
        return (self.d.head(x), *present)


class Reader(nn.Module):
    """Ids in, 16 bits inside; positions are counted from the mask."""

    def __init__(self, decoder):
        super().__init__()
        self.d, self.table = decoder, nn.Embedding(VOCAB, D)

    def forward(self, input_ids, attention_mask, *past):
        positions = (attention_mask.cumsum(1) - 1).clamp(min=0)[:, -input_ids.shape[1]:]
        x, mask, present = self.table(input_ids) + self.d.positions(positions), causal(attention_mask, input_ids.shape[1]), []
        for i, b in enumerate(self.d.blocks):
            y = b.norm(x)
            k = torch.cat([past[2 * i].float(), b.attention.split(b.attention.k(y))], 2)
            v = torch.cat([past[2 * i + 1].float(), b.attention.split(b.attention.v(y))], 2)
            x, present = b.rest(x + b.attention.mix(y, k, v, mask)), present + [k.half(), v.half()]
        return (self.d.head(x).half(), *present)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(Block(False) for _ in range(LAYERS))
        self.positions = nn.Embedding(256, D)

    def forward(self, inputs_embeds, attention_mask):
        x, mask = inputs_embeds + self.positions(torch.arange(inputs_embeds.shape[1])), attention_mask[:, None, None] > 0
        for b in self.blocks:
            y = b.norm(x)
            x = b.rest(x + b.attention.mix(y, b.attention.split(b.attention.k(y)), b.attention.split(b.attention.v(y)), mask))
        return x


class Translator(nn.Module):
    """First pass: no past; makes its own cache and that of the encoder's tokens."""

    def __init__(self, decoder, table):
        super().__init__()
        self.d, self.table = decoder, table

    def run(self, input_ids, encoder_mask, past, cross):
        length = past[0].shape[2] if past else 0
        x, present = self.table(input_ids) + self.d.positions(torch.arange(input_ids.shape[1]) + length), []
        for i, b in enumerate(self.d.blocks):
            y = b.norm(x)
            k, v = b.attention.split(b.attention.k(y)), b.attention.split(b.attention.v(y))
            if past:
                k, v = torch.cat([past[2 * i], k], 2), torch.cat([past[2 * i + 1], v], 2)
            x = x + b.attention.mix(y, k, v, torch.ones(1, 1, 1, 1, dtype=torch.bool))
            x = b.rest(x + b.cross.mix(b.cross_norm(x), cross[2 * i], cross[2 * i + 1], encoder_mask[:, None, None] > 0))
            present += [k, v]
        return self.d.head(x), present

    def forward(self, input_ids, encoder_attention_mask, encoder_hidden_states):
        cross = [c.split(f(encoder_hidden_states)) for c in (b.cross for b in self.d.blocks) for f in (c.k, c.v)]
        logits, present = self.run(input_ids, encoder_attention_mask, [], cross)
        return (logits, *present, *cross)


class TranslatorWithPast(Translator):
    def forward(self, input_ids, encoder_attention_mask, *past):
        logits, present = self.run(input_ids, encoder_attention_mask, past[:2 * LAYERS], past[2 * LAYERS:])
        return (logits, *present)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches, self.out = Patches(), nn.Linear(4 * D, 6)

    def forward(self, pixel_values):
        return 4 * self.out(self.patches(pixel_values).flatten(1))


class Product(nn.Module):
    def forward(self, x, weights):
        return x @ weights


def free(**names):
    return {name: dict(zip(at, words)) for name, (at, words) in names.items()}


def text_card(name, about, sessions, segments, generation, cache, extra=""):
    return f"""name: {name}
kind: teacher
family: tests
about: {about}
{extra}sessions:
{sessions}tokenizer: {{file: tokenizer.json}}
prompt:
  bos: true
  segments:
{segments}generation: {generation}
cache: {cache}
post: [strip]
"""


def session(name, file, inputs, outputs, more=""):
    return f"  {name}:\n    file: {file}\n{more}    inputs: {{{inputs}}}\n    outputs: {{{outputs}}}\n"


TITLE = '    - text: "The title: {title}\\n"\n      when: title\n    - text: "Caption:"\n'
CACHE = f'past: "past_key_values.{{layer}}.{{part}}", present: "present.{{layer}}.{{part}}", layers: {LAYERS}, heads: {HEADS}, head_size: {HEAD}'
EMBED = session("embed", "embed_tokens.onnx", "input_ids: [batch, sequence]", f"inputs_embeds: [batch, sequence, {D}]")


def embed(folder, table):
    export(table, torch.ones(2, 3, dtype=torch.long), f"{folder}/embed_tokens.onnx", ["input_ids"], ["inputs_embeds"], free(input_ids=((0, 1), ("batch", "sequence")), inputs_embeds=((0, 1), ("batch", "sequence"))))


def shared():
    torch.manual_seed(11)
    decoder, table = Decoder(), Embed(VOCAB)
    embed("shared", table)
    past, present = [f"past_key_values.{p}" for p in PARTS], [f"present.{p}" for p in PARTS]
    x, ids = torch.randn(2, 3, D), torch.ones(2, 3, dtype=torch.long)
    axes = {**{n: {0: "batch", 2: "past"} for n in past}, **{n: {0: "batch", 2: "total"} for n in present}, **free(
        inputs_embeds=((0, 1), ("batch", "sequence")), attention_mask=((0, 1), ("batch", "total")), position_ids=((0, 1), ("batch", "sequence")), logits=((0, 1), ("batch", "sequence")))}
    export(Growing(decoder), (x, torch.ones(2, 5, dtype=torch.long), ids, *[torch.randn(2, HEADS, 2, HEAD) for _ in past]), "shared/growing.onnx",
           ["inputs_embeds", "attention_mask", "position_ids", *past], ["logits", *present], axes)
    axes.pop("attention_mask")
    axes["seqlens_k"] = {0: "batch"}
    torch.onnx.export(Shared(decoder).eval(), (x, ids, torch.full((2,), 2, dtype=torch.int32), torch.tensor(3, dtype=torch.int32), *[torch.randn(2, HEADS, 9, HEAD) for _ in past]), "shared/shared.onnx",
                      input_names=["inputs_embeds", "position_ids", "seqlens_k", "total_sequence_length", *past], output_names=["logits", *present],
                      dynamic_axes=axes, opset_version=16, custom_opsets={"com.microsoft": 1})
    for name, more in (("shared", "seqlens_k: [batch], total_sequence_length: []"), ("growing", "attention_mask: [batch, total]")):
        write(f"shared/{'card' if name == 'shared' else name}.yaml", text_card(
            f"tiny-{name}", "Random weights; text alone.",
            EMBED + session("decoder", f"{name}.onnx", f"inputs_embeds: [batch, sequence, {D}], position_ids: [batch, sequence], {more}", f"logits: [batch, sequence, {VOCAB}]"),
            TITLE, "{max_new: 24, min_new: 2, eos: [2]}", "{" + CACHE + (", buffer: shared, length: 256" if name == "shared" else "") + "}"))


def translator():
    torch.manual_seed(12)
    decoder, table = Decoder(cross=True), Embed(VOCAB)
    embed("translator", table)
    x, ids, mask = torch.randn(2, 5, D), torch.ones(2, 1, dtype=torch.long), torch.ones(2, 5, dtype=torch.long)
    two = (0, 1), ("batch", "source")
    export(Encoder(), (x, mask), "translator/encoder.onnx", ["inputs_embeds", "attention_mask"], ["last_hidden_state"], free(inputs_embeds=two, attention_mask=two, last_hidden_state=two))
    own, cross = [f"{p.split('.')[0]}.decoder.{p.split('.')[1]}" for p in PARTS], [f"{p.split('.')[0]}.encoder.{p.split('.')[1]}" for p in PARTS]
    axes = {**{f"present.{n}": {0: "batch", 2: "total"} for n in own}, **{f"present.{n}": {0: "batch", 2: "source"} for n in cross},
            **{f"past_key_values.{n}": {0: "batch", 2: "past"} for n in own}, **{f"past_key_values.{n}": {0: "batch", 2: "source"} for n in cross},
            **free(input_ids=((0, 1), ("batch", "sequence")), encoder_attention_mask=two, encoder_hidden_states=two, logits=((0, 1), ("batch", "sequence")))}

    def only(names):
        return {n: axes[n] for n in names}

    names, made = ["input_ids", "encoder_attention_mask", "encoder_hidden_states"], ["logits", *(f"present.{n}" for n in own + cross)]
    export(Translator(decoder, table.table), (ids, mask, x), "translator/decoder.onnx", names, made, only(names + made))
    names, made = ["input_ids", "encoder_attention_mask", *(f"past_key_values.{n}" for n in own + cross)], ["logits", *(f"present.{n}" for n in own)]
    export(TranslatorWithPast(decoder, table.table), (ids, mask, *[torch.randn(2, HEADS, 3, HEAD) for _ in own], *[torch.randn(2, HEADS, 5, HEAD) for _ in cross]),
           "translator/decoder_with_past.onnx", names, made, only(names + made))
    sessions = EMBED + session("encoder", "encoder.onnx", f"inputs_embeds: [batch, source, {D}], attention_mask: [batch, source]", f"last_hidden_state: [batch, source, {D}]")
    sessions += session("decoder_first", "decoder.onnx", f"input_ids: [batch, sequence], encoder_attention_mask: [batch, source], encoder_hidden_states: [batch, source, {D}]", f"logits: [batch, sequence, {VOCAB}]")
    sessions += session("decoder", "decoder_with_past.onnx", "input_ids: [batch, sequence], encoder_attention_mask: [batch, source]", f"logits: [batch, sequence, {VOCAB}]")
    cache = ('past: "past_key_values.{layer}.decoder.{part}", present: "present.{layer}.decoder.{part}", cross_past: "past_key_values.{layer}.encoder.{part}", '
             f'cross_present: "present.{{layer}}.encoder.{{part}}", layers: {LAYERS}, heads: {HEADS}, head_size: {HEAD}')
    write("translator/card.yaml", text_card("tiny-translator", "Random weights; an encoder and a decoder.", sessions, TITLE, "{max_new: 24, min_new: 2, eos: [2], start: 0, positions: none}", "{" + cache + "}"))


def reader():
    torch.manual_seed(13)
    past, present = [f"past_key_values.{p}" for p in PARTS], [f"present.{p}" for p in PARTS]
    two = (0, 1), ("batch", "sequence")
    axes = {**{n: {0: "batch", 2: "past"} for n in past}, **{n: {0: "batch", 2: "total"} for n in present}, **free(input_ids=two, attention_mask=((0, 1), ("batch", "total")), logits=two)}
    export(Reader(Decoder()), (torch.ones(2, 3, dtype=torch.long), torch.ones(2, 5, dtype=torch.long), *[torch.randn(2, HEADS, 2, HEAD).half() for _ in past]), "reader/decoder.onnx",
           ["input_ids", "attention_mask", *past], ["logits", *present], axes)
    write("reader/card.yaml", text_card(
        "tiny-reader", "Random weights; reads ids, keeps its cache in 16 bits.",
        session("decoder", "decoder.onnx", "input_ids: [batch, sequence], attention_mask: [batch, total]", f"logits: [batch, sequence, {VOCAB}]", "    precision: f16\n"),
        TITLE, "{max_new: 24, min_new: 2, eos: [2], positions: none}", "{" + CACHE + "}"))


def tagger():
    """A graph of models: tags of frames and what two others say of it, joined as text."""
    torch.manual_seed(14)
    batch = {0: "batch"}
    export(Tagger(), torch.rand(2, 3, SIZE, SIZE), "tagger/tags.onnx", ["pixel_values"], ["scores"], {"pixel_values": batch, "scores": batch})
    shutil.copy("reader/decoder.onnx", "tagger/decoder.onnx")
    write("tagger/labels.txt", "ball\ncube\nbeach\nforest\nmetal\nrolls\n")
    stages = """stages:
  - {run: tags, inputs: {pixel_values: frames}, outputs: {scores: scores}, fold: true}
  - {tags: scores, labels: labels.txt, threshold: 0.68, into: tags}
  - {ask: teacher, each: frame, every: 2, into: dense, line: "Second {seconds}: {text}", join: "\\n"}
  - {ask: shared, into: summary}
"""
    sessions = session("tags", "tags.onnx", "pixel_values: [batch, 3, 16, 16]", "scores: [batch, 6]")
    sessions += session("decoder", "decoder.onnx", "input_ids: [batch, sequence], attention_mask: [batch, total]", f"logits: [batch, sequence, {VOCAB}]", "    precision: f16\n")
    segments = '    - text: "Tags: {tags}\\n"\n    - {text: "{dense}\\n", max_tokens: 60}\n    - {text: "Summary: {summary}\\n", max_tokens: 40, cut: left}\n    - text: "Caption:"\n'
    extra = f"frames: {{rule: fps, per_second: 2, count: 3}}\n{PICTURE.format(filter='bilinear', layout='btchw')}{stages}"
    write("tagger/card.yaml", text_card("tiny-tagger", "Random weights; tags, captions of frames and a summary, joined as text.", sessions, segments, "{max_new: 24, min_new: 2, eos: [2], positions: none}", "{" + CACHE + "}", extra))


def product():
    export(Product(), (torch.randn(2, 1, 257), torch.randn(257, 300)), "product/product.onnx", ["x", "weights"], ["y"], {"x": {0: "batch", 1: "sequence"}, "y": {0: "batch", 1: "sequence"}})


if __name__ == "__main__":
    os.makedirs("product", exist_ok=True)
    product()
    for folder, make in (("shared", shared), ("translator", translator), ("reader", reader), ("tagger", tagger)):
        os.makedirs(folder, exist_ok=True)
        make()
        shutil.copy("teacher/tokenizer.json", f"{folder}/tokenizer.json")
