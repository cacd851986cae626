"""Networks that read one string and write another, in NumPy, step by step: what pairs.js computes, in float64.

Both read the bytes of a file of `rnn_course.attention.save_models`, whose tensors have the names of
`models.EncoderDecoder` and `models.CausalModel`; the equations stand there.

What flows in: ids of what is read, and places that the attention must not look at. What leaves: what is written, symbol
by symbol, with the probabilities and the attention's weights α of each step.
"""

import json
import math
from typing import NamedTuple

import numpy as np

from rnn_course.cells.base import sigmoid
from rnn_course.widgets import tensor_file

END = 0  # ends every answer, and stands before its first symbol
LIMIT = 50  # symbols of an answer, the end among them
EPSILON = 1e-5  # added to the variance in a LayerNorm, as PyTorch does
BASE = 10_000.0  # of the wavelengths of rotary positions

_erf = np.vectorize(math.erf, otypes=[np.float64])


class Written(NamedTuple):
    """What a network wrote, greedily, up to the end or LIMIT symbols.

    ids      (steps,) the symbols, the end among them
    p        (steps, symbols_y) probabilities of each symbol
    alpha    (layers, heads, steps, time_x) weights on the places of x; without attention there are 0 layers
    """

    ids: list
    p: np.ndarray
    alpha: np.ndarray


class PairEncoderDecoder:
    """A GRU that reads in both directions and one that writes, as `models.EncoderDecoder`, with dot attention or none.

    tensors: arrays by the model's names. settings: the model's. Raises ValueError for another attention.
    """

    def __init__(self, tensors, settings):
        if settings["attention"] not in (None, "dot"):
            raise ValueError(f"the network has attention={settings['attention']!r}, it must be None or 'dot'")
        self.w = {name: np.asarray(value, np.float64) for name, value in tensors.items()}
        self.attends = settings["attention"] == "dot"
        self.shape = (1, 1) if self.attends else (0, 0)  # layers, heads

    def write(self, ids, hidden=()):
        """Return the `Written` answer to ids `(time_x,)`; no attention looks at the places in `hidden`.

        Where all places are hidden, α and c_t are zero.
        """
        w, states, h = self.w, *self._encoded(ids)
        keys = states @ w["key.weight"].T if self.attends else None
        symbol, written, p, alpha = END, [], [], []
        while len(written) < LIMIT:
            h = self._gru("decoder", "", w["embedding_y.weight"][symbol], h)
            read = h
            if self.attends:
                alpha.append(_softmax(h @ keys.T / math.sqrt(keys.shape[1]), hidden))
                read = np.concatenate([h, alpha[-1] @ states])
            combined = np.tanh(w["combine.weight"] @ read + w["combine.bias"])
            p.append(_softmax(w["head.weight"] @ combined + w["head.bias"]))
            symbol = int(p[-1].argmax())
            written.append(symbol)
            if symbol == END:
                break
        return Written(written, np.array(p), np.array(alpha).reshape(*self.shape, len(written), len(ids)))

    def _encoded(self, ids):
        """The states `(time_x, 2·hidden)` of both directions, and h_0 `(hidden,)`."""
        x, sides, last = self.w["embedding_x.weight"][list(ids)], [], []
        for suffix, order in (("", 1), ("_reverse", -1)):
            h, side = np.zeros(self.w["first.bias"].shape), []
            for x_t in x[::order]:
                h = self._gru("encoder", suffix, x_t, h)
                side.append(h)
            sides.append(np.array(side)[::order])
            last.append(h)
        return np.hstack(sides), np.tanh(self.w["first.weight"] @ np.concatenate(last) + self.w["first.bias"])

    def _gru(self, part, suffix, x, h):
        """h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}."""
        W_x, W_h, b_x, b_h = (
            self.w[f"{part}.{name}_l0{suffix}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        (r, z, n), (r_h, z_h, n_h) = (W_x @ x + b_x).reshape(3, -1), (W_h @ h + b_h).reshape(3, -1)
        r, z = sigmoid(r + r_h), sigmoid(z + z_h)
        return (1 - z) * np.tanh(n + r * n_h) + z * h


class PairTransformer:
    """Layers of causal self-attention over `x bar y`, as `models.CausalModel`, with rotary positions or none.

    tensors: arrays by the model's names. settings: the model's. symbols_x: how many symbols are read; the bar has that
    id, and the ids of y follow it. Raises ValueError for other mixers, other positions or a window.
    """

    def __init__(self, tensors, settings, symbols_x):
        if set(settings["mixers"]) != {"attention"} or settings["window"] is not None:
            raise ValueError("the network has other mixers than attention or a window, it must have neither")
        if settings["positions"] not in ("rotary", "none"):
            raise ValueError(f"the network has positions={settings['positions']!r}, they must be 'rotary' or 'none'")
        self.w = {name: np.asarray(value, np.float64) for name, value in tensors.items()}
        self.rotary, self.bar = settings["positions"] == "rotary", symbols_x
        self.shape = len(settings["mixers"]), settings["heads"]

    def write(self, ids, hidden=()):
        """Return the `Written` answer to ids `(time_x,)`; no place looks at one in `hidden` but that place itself."""
        text, p, alpha = [*ids, self.bar], [], []
        while len(p) < LIMIT:
            logits, weights = self._read(text, hidden)
            p.append(_softmax(logits))
            alpha.append(weights[:, :, : len(ids)])
            symbol = int(p[-1].argmax())
            text.append(self.bar + symbol)
            if symbol == END:
                break
        written = [symbol - self.bar for symbol in text[len(ids) + 1 :]]
        return Written(written, np.array(p), np.stack(alpha, axis=2))

    def _read(self, text, hidden):
        """The logits after the last symbol of a text, and α of its place, `(layers, heads, time)`."""
        w, x, found = self.w, self.w["embedding.weight"][text], []
        ahead = np.triu(np.ones((len(text), len(text)), bool), 1)
        ahead[:, list(hidden)] = True
        ahead[range(len(text)), range(len(text))] = False
        for k in range(self.shape[0]):
            mixed, alpha = self._mixed(f"layers.{k}.mixer", self._norm(f"layers.{k}.norm_1", x), ahead)
            found.append(alpha[:, -1])
            x = x + mixed
            inner = self._linear(f"layers.{k}.inner", self._norm(f"layers.{k}.norm_2", x))
            x = x + self._linear(f"layers.{k}.outer", inner * (0.5 + 0.5 * _erf(inner / math.sqrt(2))))
        return w["head.weight"] @ self._norm("norm", x)[-1] + w["head.bias"], np.array(found)

    def _mixed(self, name, x, ahead):
        """Attention of every place: what it mixes `(time, width)` and α `(heads, time, time)`, 0 where `ahead`."""
        time, width = x.shape
        q, k, v = self._linear(f"{name}.qkv", x).reshape(time, 3, self.shape[1], -1).transpose(1, 2, 0, 3)
        if self.rotary:
            q, k = _turned(q), _turned(k)
        scores = np.where(ahead, -np.inf, q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[2]))
        alpha = np.exp(scores - scores.max(axis=2, keepdims=True))
        alpha /= alpha.sum(axis=2, keepdims=True)
        return self._linear(f"{name}.out", (alpha @ v).transpose(1, 0, 2).reshape(time, width)), alpha

    def _linear(self, name, x):
        return x @ self.w[f"{name}.weight"].T + self.w[f"{name}.bias"]

    def _norm(self, name, x):
        centred = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=1, keepdims=True) + EPSILON)
        return centred / scale * self.w[f"{name}.weight"] + self.w[f"{name}.bias"]


class PairNetworks(NamedTuple):
    """The networks of a file.

    networks                `{name: PairEncoderDecoder or PairTransformer}`
    symbols_x, symbols_y    the symbols that are read and written, as texts in the order of their ids
    """

    networks: dict
    symbols_x: str
    symbols_y: str

    @classmethod
    def from_bytes(cls, data):
        """Return what a file of `attention.save_models` holds; ValueError where it is damaged or another file."""
        tensors, texts = tensor_file.read(data, "the networks'")
        if missing := {"settings", "symbols_x", "symbols_y"} - texts.keys():
            raise ValueError(f"the networks' file has no {min(missing)!r}, it must be one of attention.save_models")
        networks = {}
        for name, settings in json.loads(texts["settings"]).items():
            own = {part.partition("/")[2]: value for part, value in tensors.items() if part.startswith(f"{name}/")}
            if settings["kind"] == "EncoderDecoder":
                networks[name] = PairEncoderDecoder(own, settings)
            else:
                networks[name] = PairTransformer(own, settings, len(texts["symbols_x"]))
        return cls(networks, texts["symbols_x"], texts["symbols_y"])


def _softmax(scores, hidden=()):
    """exp(score) over its sum, zero at the places in `hidden`; all zero where every place is hidden."""
    seen = np.ones(len(scores), bool)
    seen[list(hidden)] = False
    if not seen.any():
        return np.zeros(len(scores))
    p = np.exp(scores - scores[seen].max(), where=seen, out=np.zeros(len(scores)))
    return p / p.sum()


def _turned(x):
    """Turn pairs of numbers of `(heads, time, d)` by place · BASE^(−2 i / d), for pair i."""
    d = x.shape[2]
    angle = np.arange(x.shape[1])[:, None] * BASE ** (-np.arange(0, d, 2) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    turned = [a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)]
    return np.stack(turned, axis=-1).reshape(x.shape)
