"""The building blocks: picture encoder, query tokens that read it, decoders with a cache, the matcher's towers.

Shapes: B batch, F frames, N tokens, S new text positions, P past positions, D width, V vocabulary.
"""
import torch
from torch import nn
from torch.nn import functional as F

SEEN = 128                         # width of the picture encoders' tokens


def is_halved(tensor):
    """Whether a weight is stored in 16 bits: the large matrices are, biases and norms are not."""
    return tensor.is_floating_point() and tensor.dim() >= 2 and tensor.numel() >= 1024


def as_stored(state):
    """Weights as the exported files hold them: large ones rounded to 16 bits."""
    return {k: v.half().float() if is_halved(v) else v for k, v in state.items()}


class Stem(nn.Module):
    """Pictures [B, 3, h, w] to a grid of features [B, SEEN, h/16, w/16]; a deep one looks twice at an eighth of the size."""

    def __init__(self, deep):
        super().__init__()
        steps = [(3, 24, 2), (24, 48, 2), (48, 96, 2), *([(96, 96, 1)] if deep else []), (96, SEEN, 2), (SEEN, SEEN, 1)]
        self.layers = nn.Sequential(*(nn.Sequential(nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
                                      for i, o, s in steps))

    def forward(self, pictures):
        return self.layers(pictures)


def heads_apart(x, heads):
    """[B, N, D] to [B, heads, N, D / heads]."""
    b, n, d = x.shape
    return x.reshape(b, n, heads, d // heads).transpose(1, 2)


def heads_together(x):
    """[B, heads, N, d] to [B, N, heads * d]."""
    b, h, n, d = x.shape
    return x.transpose(1, 2).reshape(b, n, h * d)


def attend(q, k, v, bias=None):
    """Attention of q [B, h, N, d] to k, v [B, h, M, d]; bias [B or 1, 1, N or 1, M] is added to the scores."""
    scores = q @ k.transpose(-1, -2) * (q.shape[-1] ** -.5)
    return (scores if bias is None else scores + bias).softmax(-1) @ v


def bias_of(mask):
    """What to add to scores so that nothing looks where mask [B, N] is 0."""
    return (1.0 - mask[:, None, None, :].float()) * -1e4


class Attention(nn.Module):
    """Pre-norm attention of x [B, N, D] to itself, or to a memory [B, M, E] with its own norm. When `gated`, what was read is also
    multiplied with the reader, so that the two can be compared."""

    def __init__(self, width, heads, memory=None, gated=False):
        super().__init__()
        self.heads, self.norm = heads, nn.LayerNorm(width)
        self.norm_memory = nn.LayerNorm(memory) if memory else None
        self.q, self.kv, self.out = nn.Linear(width, width), nn.Linear(memory or width, 2 * width), nn.Linear(width, width)
        self.gate = nn.Linear(width, width) if gated else None

    def pair(self, source):
        """Keys and values [B, h, M, d] of a memory or of x, normed here."""
        k, v = self.kv((self.norm_memory or self.norm)(source)).chunk(2, -1)
        return heads_apart(k, self.heads), heads_apart(v, self.heads)

    def forward(self, x, pair, bias=None):
        """x with what it reads of a pair of keys and values added."""
        normed = self.norm(x)
        read = heads_together(attend(heads_apart(self.q(normed), self.heads), *pair, bias))
        return x + self.out(read if self.gate is None else read * (1 + self.gate(normed)))


class Layer(nn.Module):
    """A transformer layer: attention to itself, to `memory` where that has a width, and a small MLP."""

    def __init__(self, width, heads, memory=None, gated=False):
        super().__init__()
        self.own = Attention(width, heads)
        self.cross = Attention(width, heads, memory, gated) if memory else None
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x, memory=None, bias=None, each=1):
        """x [B, N, D], memory [B / each, M, E]: `each` rows of x one after another read the same."""
        x = self.own(x, self.own.pair(x), bias)
        if self.cross is not None:
            pair = self.cross.pair(memory)
            x = self.cross(x, pair if each == 1 else [part.repeat_interleave(each, 0) for part in pair])
        return x + self.mlp(self.norm(x))

    def step(self, x, bias, past, cross=None, cross_bias=None):
        """One pass with a cache: past (key, value) [B, h, P, d] grows by x and is returned; cross is the pair of an encoder's tokens."""
        k, v = self.own.pair(x)
        grown = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        x = self.own(x, grown, bias)
        if cross is not None:
            x = self.cross(x, cross, cross_bias)
        return x + self.mlp(self.norm(x)), grown


class PictureEncoder(nn.Module):
    """One picture [B, 3, h, w] to tokens of its grid [B, N, SEEN]; size is (width, height)."""

    def __init__(self, size, deep):
        super().__init__()
        self.stem, self.grid = Stem(deep), (size[0] // 16, size[1] // 16)
        self.position = nn.Parameter(torch.randn(1, self.grid[1], self.grid[0], SEEN) * .02)
        self.layer, self.norm = Layer(SEEN, 4), nn.LayerNorm(SEEN)

    def forward(self, pixel_values):
        grid = self.stem(pixel_values).permute(0, 2, 3, 1)
        cut = (self.grid[0] - grid.shape[2]) // 2                   # a narrower picture is the middle of a whole one
        x = grid + self.position[:, :, cut:cut + grid.shape[2]]
        return self.norm(self.layer(x.flatten(1, 2)))


class Reader(nn.Module):
    """A Q-Former: learnt queries that read the tokens of a picture, [B, N, SEEN] to [B, count, out]."""

    def __init__(self, count, out=None):
        super().__init__()
        self.queries = nn.Parameter(torch.randn(1, count, SEEN) * .1)
        self.layer, self.out = Layer(SEEN, 4, SEEN), nn.Linear(SEEN, out) if out else None

    def forward(self, tokens):
        x = self.layer(self.queries.expand(tokens.shape[0], -1, -1), tokens)
        return x if self.out is None else self.out(x)


class VideoReader(nn.Module):
    """A video Q-Former: what was read of each frame [B, F, each, SEEN] meets in time, queries read it: [B, count, out]."""

    def __init__(self, frames, count, out=None):
        super().__init__()
        self.time = nn.Parameter(torch.randn(1, frames, 1, SEEN) * .02)
        self.layer, self.read = Layer(SEEN, 4), Reader(count)
        self.out = nn.Linear(SEEN, out) if out else None

    def queries(self, tokens):
        """[B, count, SEEN], before the projection."""
        return self.read(self.layer((tokens + self.time).flatten(1, 2)))

    def forward(self, tokens):
        x = self.queries(tokens)
        return x if self.out is None else self.out(x)


class Decoder(nn.Module):
    """A causal language model with a growing cache; tied embedding. With `memory` its layers also read an encoder's tokens of that width."""

    def __init__(self, vocabulary, width, heads, layers, memory=None, longest=512):
        super().__init__()
        self.heads, self.head_size = heads, width // heads
        self.embed = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embed.weight, std=.05)
        self.position = nn.Embedding(longest, width)
        nn.init.normal_(self.position.weight, std=.02)
        self.layers = nn.ModuleList(Layer(width, heads, memory) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, inputs_embeds, attention_mask, position_ids, past, asked=None):
        """inputs_embeds [B, S, D], attention_mask [B, P + S], position_ids [B, S], past: (key, value) [B, h, P, d] a layer.
        Returns logits [B, S, V] and the caches grown to P + S; with `asked` (bool [B, S]) the logits of these places only."""
        total, new = attention_mask.shape[1], inputs_embeds.shape[1]
        where = torch.arange(total, device=inputs_embeds.device)
        causal = where[None, :] <= where[total - new:, None]
        seen = causal[None, None] & (attention_mask[:, None, None, :] > 0)
        return self.passed(inputs_embeds + self.position(position_ids.clamp(min=0)), (1.0 - seen.to(inputs_embeds.dtype)) * -1e4, past, asked=asked)

    def written(self, input_ids, past, cross, cross_bias, asked=None):
        """As part of an encoder-decoder: input_ids [B, S] after a past of P, which counts positions; cross: the layers' pairs of the
        encoder's tokens."""
        begun, new = past[0][0].shape[2], input_ids.shape[1]
        where = torch.arange(begun + new, device=input_ids.device)
        causal = where[None, :] <= where[begun:, None]
        x = self.embed(input_ids) + self.position(where[begun:])[None]
        return self.passed(x, ((1.0 - causal.to(x.dtype)) * -1e4)[None, None], past, cross, cross_bias, asked)

    def passed(self, x, bias, past, cross=None, cross_bias=None, asked=None):
        present = []
        for i, layer in enumerate(self.layers):
            x, grown = layer.step(x, bias, past[i], cross and cross[i], cross_bias)
            present.append(grown)
        if asked is not None:
            x = x[asked]
        return self.norm(x) @ self.embed.weight.t(), present

    def empty_past(self, batch):
        """Caches of past length 0."""
        return [(torch.zeros(batch, self.heads, 0, self.head_size),) * 2 for _ in self.layers]

    def pairs(self, memory):
        """Keys and values of an encoder's tokens, a pair a layer."""
        return [layer.cross.pair(memory) for layer in self.layers]


class TextEncoder(nn.Module):
    """The encoder of an encoder-decoder: vectors [B, N, D] and mask [B, N] to tokens [B, N, D]."""

    def __init__(self, width, heads, layers, longest=512):
        super().__init__()
        self.position = nn.Embedding(longest, width)
        nn.init.normal_(self.position.weight, std=.02)
        self.layers, self.norm = nn.ModuleList(Layer(width, heads) for _ in range(layers)), nn.LayerNorm(width)

    def forward(self, inputs_embeds, attention_mask):
        x = inputs_embeds + self.position((attention_mask.cumsum(1) - 1).clamp(min=0))
        for layer in self.layers:
            x = layer(x, bias=bias_of(attention_mask))
        return self.norm(x)


class TextReader(nn.Module):
    """The student's text branch: the video's queries [B, count, SEEN] read a text, ids and mask [B, N]: [B, count, out]."""

    def __init__(self, vocabulary, out, longest):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocabulary, SEEN), nn.Embedding(longest, SEEN)
        nn.init.normal_(self.embed.weight, std=.05)
        self.text = Layer(SEEN, 4)
        self.read, self.out = Layer(SEEN, 4, SEEN), nn.Linear(SEEN, out)
        self.nothing = nn.Parameter(torch.randn(1, 1, SEEN) * .05)   # what is read when there is no text

    def forward(self, text_ids, text_mask, video_queries):
        x = self.embed(text_ids) + self.position(torch.arange(text_ids.shape[1], device=text_ids.device))[None]
        x = torch.cat([self.nothing.expand(x.shape[0], -1, -1), x], 1)
        bias = bias_of(torch.cat([torch.ones_like(text_mask[:, :1]), text_mask], 1))
        x = self.text(x, bias=bias)
        q = self.read.own(video_queries, self.read.own.pair(video_queries))
        q = self.read.cross(q, self.read.cross.pair(x), bias)
        return self.out(q + self.read.mlp(self.read.norm(q)))


class FactHeads(nn.Module):
    """Guesses facts from tokens [B, N, D]; used in training only, so that readers learn to look at the right things."""

    def __init__(self, width, counts):
        super().__init__()
        self.heads = nn.ModuleDict({c: nn.Linear(width, n) for c, n in counts.items()})

    def loss(self, tokens, labels):
        """Mean cross-entropy; labels {fact: [B]}, -100 where it is not asked."""
        flat = tokens.flatten(1)
        return sum(F.cross_entropy(head(flat), labels[c], ignore_index=-100) for c, head in self.heads.items()) / len(self.heads)


class TextTower(nn.Module):
    """Text ids [B, S] and mask to text_tokens [B, S, D] and a unit text_embed [B, E]."""

    def __init__(self, vocabulary, width, heads, layers, embed, longest=48):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocabulary, width), nn.Embedding(longest, width)
        nn.init.normal_(self.embed.weight, std=.05)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.project = nn.Linear(width, embed)

    def forward(self, input_ids, attention_mask):
        where = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.embed(input_ids) + self.position(where)[None]
        for layer in self.layers:
            x = layer(x, bias=bias_of(attention_mask))
        return x, F.normalize(self.project(x[:, 0]), dim=-1)


class Fusion(nn.Module):
    """Text tokens read the video, and each tells whether it is right: a caption matches when all do. itm [B, 2] (label 1: they match)."""

    def __init__(self, width, heads, layers):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, width, gated=True) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 1)
        nn.init.constant_(self.head.bias, 3.0)

    def trust(self, video_tokens, text_tokens, attention_mask, each=1):
        """Logits [B, S] of each token's being right; `each` texts one after another are of one video."""
        x, bias = text_tokens, bias_of(attention_mask)
        for layer in self.layers:
            x = layer(x, video_tokens, bias, each)
        return self.head(self.norm(x))[..., 0]

    @staticmethod
    def decide(trust, attention_mask):
        """itm [B, 2]: the logarithms of the chances that not all and that all tokens are right."""
        right = -(F.softplus(-trust) * attention_mask).sum(1)
        return torch.stack([torch.log1p(-right.exp().clamp(max=1 - 1e-6)), right], 1)

    def forward(self, video_tokens, text_tokens, attention_mask):
        return self.decide(self.trust(video_tokens, text_tokens, attention_mask), attention_mask)
