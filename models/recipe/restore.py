"""Reads trained weights back from the exported graphs, so that a step of the recipe can be done again without those before it.

    restore.py MODELS BUILD         writes BUILD/NAME.pt of every model of the zoo that has none there

What served in training alone (guesses of facts and places, the matcher's temperature) is not in the graphs and is missing.
"""
import sys
from pathlib import Path

import numpy as np
import torch

import teachers
import towers
from export import EYES
from nets import PictureEncoder

TYPES = {1: np.float32, 7: np.int64, 10: np.float16}          # of TensorProto
FIRST = "stem.layers.0."


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def entries(data):
    """(number, value) of a protobuf message's fields."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        else:
            length, at = varint(data, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            value, at = data[at:at + length], at + length
        yield key >> 3, value


def weights_of(path):
    """{name: array} of a graph's initializers: TensorProto fields dims, data_type, name and raw_data."""
    found = {}
    graph = next(value for number, value in entries(memoryview(path.read_bytes())) if number == 7)
    for tensor in (value for number, value in entries(graph) if number == 5):
        parts = list(entries(tensor))
        one = {number: value for number, value in parts}
        if one[2] in TYPES and 9 in one:
            found[bytes(one[8]).decode()] = np.frombuffer(one[9], TYPES[one[2]]).reshape([value for number, value in parts if number == 1])
    return found


def fill(module, path, inside=""):
    """Gives a module the weights of a graph, or of what is under `inside` in it. A first convolution too small for 16 bits was
    joined with its norm: it gets both, and a norm that does nothing."""
    weights = weights_of(path)
    state = module.state_dict()
    for name in state:
        stored = next((weights[p + inside + name + end] for p in ("inner.module.", "inner.") for end in ("", "_half") if p + inside + name + end in weights), None)
        if stored is not None:
            state[name] = torch.from_numpy(stored.astype(np.float32)).reshape(state[name].shape)
        elif not name.startswith(FIRST) and not name.endswith("num_batches_tracked"):
            raise SystemExit(f"{path}: no weights named {inside}{name}")
    joined = [w for n, w in weights.items() if n.startswith("onnx::Conv_")]
    if joined:
        norm, (kernel, bias) = module.stem.layers[0][1], (torch.from_numpy(w.copy()) for w in joined)
        state |= {FIRST + "0.weight": kernel, FIRST + "1.bias": bias, FIRST + "1.weight": torch.ones_like(bias),
                  FIRST + "1.running_mean": torch.zeros_like(bias), FIRST + "1.running_var": torch.full_like(bias, 1 - norm.eps)}
    module.load_state_dict(state)


def encoder(shared, name):
    module = PictureEncoder(towers.SIZES[name], name == "deep")
    fill(module, shared / f"{EYES[name]}.onnx")
    return module.state_dict()


def writer(shared, name):
    settings = teachers.WRITERS[name]
    w, folder = teachers.Writer(settings), shared / name
    if hasattr(w, "read"):
        fill(w.read, folder / "qformer.onnx")
    if hasattr(w, "look"):
        fill(w.look, own if (own := folder / "qformer.onnx").exists() else shared / "mini-frame-qformer.onnx")
        fill(w.meet, folder / "video.onnx")
    if w.student:
        fill(w.text, folder / "text.onnx")
    if w.encoder is not None:
        fill(w.encoder, folder / "encoder.onnx")
    fill(w.decoder, folder / ("decoder_model.onnx" if w.encoder is not None else "decoder.onnx"))
    return {"writer": w.state_dict()}


def main(models, build):
    shared = models / "shared"
    made = {name: lambda n=name: encoder(shared, n) for name in ("near", "wide", "deep") if (shared / f"{EYES[name]}.onnx").exists()}
    made |= {name: lambda n=name: writer(shared, n) for name in teachers.WRITERS if (shared / name).exists()}
    for name, weights in made.items():
        if not (build / f"{name}.pt").exists():
            torch.save(weights(), build / f"{name}.pt")
            print(name, flush=True)
    tagger = teachers.Tagger()
    fill(tagger, shared / "mini-videochat-text" / "tagger.onnx")
    torch.save(tagger.state_dict(), build / "tagger.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
