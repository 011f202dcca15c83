"""The building blocks: convolution stems, transformer layers, query tokens, the cached decoder, the matcher's towers.

Shapes: B batch, F frames, N tokens, S new text positions, P past positions, D width, V vocabulary.
"""
import torch
from torch import nn
from torch.nn import functional as F


def is_halved(tensor):
    """Whether a weight is stored in 16 bits: the large matrices are, biases and norms are not."""
    return tensor.is_floating_point() and tensor.dim() >= 2 and tensor.numel() >= 1024


def as_stored(state):
    """Weights as the exported files hold them: large ones rounded to 16 bits."""
    return {k: v.half().float() if is_halved(v) else v for k, v in state.items()}


class Stem(nn.Module):
    """Pictures [B, 3, h, w] to a grid of features [B, D, h/16, w/16] (sizes rounded up)."""

    def __init__(self, channels, width):
        super().__init__()
        a, b, c = channels
        steps = [(3, a, 2), (a, b, 2), (b, c, 2), (c, width, 2), (width, width, 1)]
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


class Layer(nn.Module):
    """A pre-norm transformer layer: attention to itself, or to `memory` with norm, then a small MLP. When `gated`, what was
    read is also multiplied with the reader, so that the two can be compared."""

    def __init__(self, width, heads, cross=False, gated=False):
        super().__init__()
        self.heads = heads
        self.norm, self.norm_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.norm_memory = nn.LayerNorm(width) if cross else None
        self.q, self.kv, self.out = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)
        self.gate = nn.Linear(width, width) if gated else None
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x, memory=None, bias=None, past=None):
        """x [B, N, D]. With `past` (key, value) [B, h, P, d], new keys and values are appended and returned too."""
        normed = self.norm(x)
        source = normed if memory is None else self.norm_memory(memory)
        k, v = self.kv(source).chunk(2, -1)
        k, v = heads_apart(k, self.heads), heads_apart(v, self.heads)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        read = heads_together(attend(heads_apart(self.q(normed), self.heads), k, v, bias))
        x = x + self.out(read if self.gate is None else read * (1 + self.gate(normed)))
        x = x + self.mlp(self.norm_mlp(x))
        return x if past is None else (x, (k, v))


class Queries(nn.Module):
    """Learnt query tokens that read a longer sequence: [B, N, D] to [B, count, D]."""

    def __init__(self, count, width, heads):
        super().__init__()
        self.tokens = nn.Parameter(torch.randn(1, count, width) * .1)
        self.read = Layer(width, heads, cross=True)

    def forward(self, memory):
        return self.read(self.tokens.expand(memory.shape[0], -1, -1), memory)


class PictureEncoder(nn.Module):
    """One picture [B, 3, h, w] to visual tokens [B, queries, D]."""

    def __init__(self, size, channels, width, heads, layers, queries):
        super().__init__()
        self.stem = Stem(channels, width)
        self.position = nn.Parameter(torch.randn(1, -(-size[0] // 16) * -(-size[1] // 16), width) * .02)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.queries = Queries(queries, width, heads)

    def forward(self, pixel_values):
        x = self.stem(pixel_values).flatten(2).transpose(1, 2) + self.position
        for layer in self.layers:
            x = layer(x)
        return self.queries(x)


def regridded(position, old, new):
    """Learnt positions [1, w * h, D] of a grid, stretched from size `old` to size `new`, (width, height) of pictures."""
    (w, h), (a, b) = ((-(-s[0] // 16), -(-s[1] // 16)) for s in (old, new))
    grid = position.reshape(1, h, w, -1).permute(0, 3, 1, 2)
    return F.interpolate(grid, size=(b, a), mode="bilinear", align_corners=False).permute(0, 2, 3, 1).reshape(1, a * b, -1)


def begin_picture(encoder, given, old, new):
    """Starts a PictureEncoder from the weights `given` of another that saw pictures of another size; fewer queries are the first."""
    given = dict(given, position=regridded(given["position"], old, new))
    given["queries.tokens"] = given["queries.tokens"][:, :encoder.queries.tokens.shape[1]]
    encoder.load_state_dict(given)


class VideoEncoder(nn.Module):
    """Frames [B, F, 3, h, w] to video tokens [B, F * each, D]: each frame alone as a picture, then frames meet in time.
    With `out` the tokens are read once more by that many queries: [B, out, D]."""

    def __init__(self, frames, picture, picture_width, width, heads, layers, out=None):
        super().__init__()
        self.frames, self.picture, self.each = frames, picture, picture.queries.tokens.shape[1]
        self.narrow = nn.Linear(picture_width, width)
        self.time = nn.Parameter(torch.randn(1, frames, 1, width) * .02)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.out = Queries(out, width, heads) if out else None

    def pictures(self, pixel_values):
        """Each frame alone, before it is narrowed: [B, F, 3, h, w] to [B, F, each, picture width]; any F."""
        tokens = self.picture(pixel_values.flatten(0, 1))
        return tokens.reshape(-1, pixel_values.shape[1], self.each, tokens.shape[-1])

    def look(self, pixel_values):
        """Each frame alone: [B, F, 3, h, w] to [B, F, each, D]; any F."""
        return self.narrow(self.pictures(pixel_values))

    def forward(self, pixel_values):
        return self.meet(self.look(pixel_values) + self.time)

    def meet(self, tokens):
        """Frames together, after their place in time was added: [B, F, each, D] to [B, F * each, D] or [B, out, D]."""
        x = tokens.flatten(1, 2)
        for layer in self.layers:
            x = layer(x)
        return self.out(x) if self.out is not None else x


class Decoder(nn.Module):
    """A causal language model with a growing cache; tied embedding."""

    def __init__(self, vocabulary, width, heads, layers, longest=256):
        super().__init__()
        self.heads, self.head_size = heads, width // heads
        self.embed = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embed.weight, std=.05)
        self.position = nn.Embedding(longest, width)
        nn.init.normal_(self.position.weight, std=.02)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, inputs_embeds, attention_mask, position_ids, past, asked=None):
        """inputs_embeds [B, S, D], attention_mask [B, P + S], position_ids [B, S], past: (key, value) [B, h, P, d] a layer.
        Returns logits [B, S, V] and the caches grown to P + S; with `asked` (bool [B, S]) the logits of these places only."""
        total, new = attention_mask.shape[1], inputs_embeds.shape[1]
        where = torch.arange(total, device=inputs_embeds.device)
        causal = where[None, :] <= where[total - new:, None]
        seen = causal[None, None] & (attention_mask[:, None, None, :] > 0)
        bias = (1.0 - seen.to(inputs_embeds.dtype)) * -1e4
        x = inputs_embeds + self.position(position_ids.clamp(min=0))
        present = []
        for layer, one in zip(self.layers, past):
            x, grown = layer(x, bias=bias, past=one)
            present.append(grown)
        if asked is not None:
            x = x[asked]
        return self.norm(x) @ self.embed.weight.t(), present

    def empty_past(self, batch):
        """Caches of past length 0."""
        return [(torch.zeros(batch, self.heads, 0, self.head_size),) * 2 for _ in self.layers]


class FactHeads(nn.Module):
    """Guesses facts from tokens [B, N, D]; used in training only, so that encoders learn to look at the right things."""

    def __init__(self, width, counts):
        super().__init__()
        self.heads = nn.ModuleDict({c: nn.Linear(width, n) for c, n in counts.items()})

    def forward(self, tokens):
        return {c: head(tokens) for c, head in self.heads.items()}

    def loss(self, tokens, labels):
        """Mean cross-entropy; tokens [B, N, D] (flattened over N), labels {category: [B]}."""
        flat = tokens.flatten(1)
        return sum(F.cross_entropy(head(flat), labels[c]) for c, head in self.heads.items()) / len(self.heads)


class Teacher(nn.Module):
    """A vision encoder and a decoder."""

    def __init__(self, vision, decoder):
        super().__init__()
        self.vision, self.decoder = vision, decoder

    def spliced(self, ids, visual, slot):
        """Embeds ids [B, S] and puts visual tokens [B, Q, D] at positions slot..slot+Q."""
        x = self.decoder.embed(ids)
        return torch.cat([x[:, :slot], visual, x[:, slot + visual.shape[1]:]], 1)


class TextTower(nn.Module):
    """Text ids [B, S] and mask to text_tokens [B, S, D] and a unit text_embed [B, E]."""

    def __init__(self, vocabulary, width, heads, layers, embed, longest=32):
        super().__init__()
        self.embed, self.position = nn.Embedding(vocabulary, width), nn.Embedding(longest, width)
        nn.init.normal_(self.embed.weight, std=.05)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.project = nn.Linear(width, embed)

    def forward(self, input_ids, attention_mask):
        where = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.embed(input_ids) + self.position(where)[None]
        bias = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * -1e4
        for layer in self.layers:
            x = layer(x, bias=bias)
        return x, F.normalize(self.project(x[:, 0]), dim=-1)


class MatcherVision(nn.Module):
    """Frames [B, 12, 3, h, w] to video_tokens [B, 12 * each, D] and unit video_embed [B, 12, E]."""

    def __init__(self, encoder, width, embed):
        super().__init__()
        self.encoder, self.project = encoder, nn.Linear(width, embed)

    def forward(self, pixel_values):
        tokens = self.encoder(pixel_values)
        return tokens, self.embeds(tokens)

    def embeds(self, tokens):
        """Per-frame unit embeddings from video tokens."""
        framed = tokens.reshape(tokens.shape[0], self.encoder.frames, self.encoder.each, tokens.shape[-1]).mean(2)
        return F.normalize(self.project(framed), dim=-1)


class Fusion(nn.Module):
    """Text tokens read the video; the first decides: itm [B, 2] (label 1: they match)."""

    def __init__(self, width, heads, layers):
        super().__init__()
        self.own = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.cross = nn.ModuleList(Layer(width, heads, cross=True, gated=True) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 2)

    def stages(self, video_tokens, text_tokens, attention_mask):
        """Text tokens [B, S, D] after every layer."""
        bias = (1.0 - attention_mask[:, None, None, :].to(text_tokens.dtype)) * -1e4
        x, found = text_tokens, []
        for own, cross in zip(self.own, self.cross):
            x = cross(own(x, bias=bias), video_tokens)
            found.append(x)
        return found

    def decide(self, tokens):
        """itm [B, 2] from the last stage."""
        return self.head(self.norm(tokens[:, 0]))

    def forward(self, video_tokens, text_tokens, attention_mask):
        return self.decide(self.stages(video_tokens, text_tokens, attention_mask)[-1])
