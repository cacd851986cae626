"""A model of language in NumPy, step by step, with every gate: what language.js computes, in float64.

    i, f, o = σ(…), C̃ = tanh(W_x x_t + W_h h_{t−1} + b)        C_t = f ⊙ C_{t−1} + i ⊙ C̃        h_t = o ⊙ tanh(C_t)

Both read the bytes of one `.safetensors` file, whose tensors have the names of `models.LanguageModel`.
"""

import numpy as np
from safetensors.numpy import save

from rnn_course.cells.base import sigmoid
from rnn_course.widgets import tensor_file
from rnn_course.widgets.sfc32 import SFC32

PARTS = ("i", "f", "C_tilde", "o", "C", "h")
UNTRAINED = 1_000_000  # the streams of random numbers beyond those that draw characters


class CharacterNetwork:
    """An LSTM over characters by its tensors.

    tensors: arrays by their names, those of `LanguageModel.state_dict()`. symbols: the characters by their ids.
    Raises ValueError where a tensor is missing, or has not as many symbols.

    A state is `{part: (units,)}` with the gates i, f, C̃ and o, the cell state C and h, layer after layer; None is the
    first one, all zero.
    """

    def __init__(self, tensors, symbols):
        self.tensors = _with_one_table({name: np.asarray(value) for name, value in tensors.items()})
        self.symbols = tuple(symbols)
        wanted = {"rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0", "head.bias"}
        wanted |= {"embedding.weight" if "projection.weight" in self.tensors else "head.weight"}
        if missing := wanted - self.tensors.keys():
            raise ValueError(f"the network has no tensor {min(missing)!r}, it must be a LanguageModel's")
        if len(self.symbols) != len(self.tensors["head.bias"]):
            raise ValueError(f"symbols are {len(self.symbols)}, the network has {len(self.tensors['head.bias'])}")
        self.float64 = {name: value.astype(np.float64) for name, value in self.tensors.items()}
        self.embedded = "projection.weight" in self.tensors
        self.layers = sum(name.startswith("rnn.weight_hh_l") for name in self.tensors)
        self.hidden = self.tensors["rnn.weight_hh_l0"].shape[1]
        self.units = self.layers * self.hidden

    @classmethod
    def from_bytes(cls, data):
        """Return the network that a `.safetensors` file holds, from its bytes; ValueError for what is none."""
        tensors, texts = tensor_file.read(data, "the network's")
        return cls(tensors, texts.get("symbols", ""))

    def to_bytes(self, dtype=np.float16):
        """Return the bytes of a `.safetensors` file with the weights in this precision."""
        tensors = {name: np.ascontiguousarray(value, dtype) for name, value in self.tensors.items()}
        return save(tensors, {"symbols": "".join(self.symbols)})

    @property
    def table(self):
        """The rows that are read of each symbol, `(symbols, embedding)`; None where symbols are read one-hot."""
        return self.float64["embedding.weight"] if self.embedded else None

    def step(self, state, symbol):
        """Read one symbol's id after a state; return the next state."""
        w, x, layers = self.float64, None if self.table is None else self.table[symbol], []
        for k in range(self.layers):
            here = slice(k * self.hidden, (k + 1) * self.hidden)
            a = w[f"rnn.weight_ih_l{k}"][:, symbol] if x is None else w[f"rnn.weight_ih_l{k}"] @ x
            a = a + w[f"rnn.bias_ih_l{k}"] + w[f"rnn.bias_hh_l{k}"]
            before = 0.0
            if state is not None:
                a, before = a + w[f"rnn.weight_hh_l{k}"] @ state["h"][here], state["C"][here]
            i, f, C_tilde, o = a.reshape(4, -1)
            i, f, C_tilde, o = sigmoid(i), sigmoid(f), np.tanh(C_tilde), sigmoid(o)
            C = f * before + i * C_tilde
            x = o * np.tanh(C)
            layers.append((i, f, C_tilde, o, C, x))
        return {part: np.concatenate(values) for part, values in zip(PARTS, zip(*layers, strict=True), strict=True)}

    def logits(self, state):
        """Return the logits of the next symbol after a state, `(symbols,)`."""
        w, h = self.float64, state["h"][-self.hidden :]
        if self.table is None:
            return w["head.weight"] @ h + w["head.bias"]
        return self.table @ (w["projection.weight"] @ h + w["projection.bias"]) + w["head.bias"]

    def untrained(self, seed):
        """Return a network of the same size with the weights that training starts from.

        As PyTorch draws them, uniform within ±1/√(inputs), with a forget gates' bias of 1 and rows of an embedding of
        length about 1, but by a generator that the page shares.
        """
        tensors = {name: self._first(name, SFC32(seed, UNTRAINED + k)) for k, name in enumerate(sorted(self.tensors))}
        return CharacterNetwork(tensors, self.symbols)

    def _first(self, name, rng):
        shape, H = self.tensors[name].shape, self.hidden
        count = int(np.prod(shape))
        if name == "embedding.weight":
            return (rng.normal(count) / np.sqrt(shape[1])).reshape(shape)
        wide = self.table.shape[1] if name.startswith("head.") and self.embedded else H
        values = (rng.uniform(-1, 1, count) / np.sqrt(wide)).reshape(shape)
        if name.startswith("rnn.bias"):
            values[H : 2 * H] = 1.0 if "bias_ih" in name else 0.0
        return values


def _with_one_table(tensors):
    """Name a table that serves twice, for reading and for writing, `embedding.weight`: a file has either name."""
    if "projection.weight" in tensors and "head.weight" in tensors:
        table = tensors.pop("head.weight")
        tensors.setdefault("embedding.weight", table)
    return tensors
