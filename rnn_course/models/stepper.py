"""A `CausalModel` read one symbol at a time in NumPy: what a step costs when nothing is handed to PyTorch.

The equations are those of `causal.py` and `self_attention.py`, for one place. Attention keeps the keys and values of
what was read in a `Cache`; without it everything before would be worked out anew at each step.
"""

import numpy as np
from scipy.special import erf

from rnn_course import validate
from rnn_course.cells import GRU, LSTM, MinGRU
from rnn_course.cells.base import sigmoid
from rnn_course.models.causal import CausalModel, Read
from rnn_course.models.language import softmax
from rnn_course.models.self_attention import SelfAttention, slopes, wavelengths

CELLS = {"GRU": GRU.from_torch, "LSTM": LSTM.from_torch}  # those of PyTorch's modules; the others are the course's own


class Stepper:
    """The same function as a `CausalModel`, symbol by symbol, in NumPy and in the model's own precision.

    Arguments
        model    a `CausalModel`, whose weights are copied

    Like `LanguageModel` it has `symbols` and `step`, so that `rnn_course.language.sample` writes with it. Raises
    TypeError for another model.

    >>> stepper = Stepper(CausalModel(symbols=7, width=8, mixers=("gru", "attention"), heads=2))
    >>> p, state = stepper.step(3)
    >>> p, state = stepper.step(4, state)
    >>> p.shape, state.count
    ((7,), 2)
    """

    def __init__(self, model):
        if not isinstance(model, CausalModel):
            raise TypeError(f"model is a {type(model).__name__}, it must be a CausalModel")
        self.settings, self.symbols, self._start = model.settings, model.symbols, model.start
        self._weights = _arrays(model)
        self._layers = [_Layer(layer) for layer in model.layers]

    def step(self, symbol, state=None):
        """Read one symbol and return the probabilities of the next, `(outputs,)` float64, and the state.

        Arguments
            symbol    an id from 0 to symbols − 1
            state     what the call before returned, to be used once, since a cache grows in place; None at the start

        Raises TypeError or ValueError for what is no symbol, or a state that was used.
        """
        symbol = validate.positive_int("symbol", symbol, least=0, most=self.symbols - 1)
        state = self._start() if state is None else validate.instance("state", state, Read, "what step returned")
        x = self._weights["embedding.weight"][symbol] + self._added(state.count)
        after = []
        for layer, part in zip(self._layers, state.parts, strict=True):
            x, part = layer.step(x, part, state.count)
            after.append(part)
        x = _normed(x, self._weights, "norm")
        logits = (self._weights["head.weight"] @ x + self._weights["head.bias"]).astype(float)
        return softmax(logits), Read(state.count + 1, tuple(after))

    def _added(self, count):
        """What the positions add to the symbol at this place, `(width,)` or 0."""
        if self.settings["positions"] == "learned":
            if count >= self.settings["longest"]:
                raise ValueError(
                    f"state is at place {count}, the table of positions ends at {self.settings['longest']}"
                )
            return self._weights["places.weight"][count]
        if self.settings["positions"] == "sinusoidal":
            return _sinusoid(count, self.settings["width"]).astype(self._weights["embedding.weight"].dtype)
        return 0


class _Layer:
    """x ← x + mixer(norm x), then x ← x + W_2 gelu(W_1 norm x + b_1) + b_2, for one place."""

    def __init__(self, layer):
        self.w = _arrays(layer)
        self.mixer = (_Attention if isinstance(layer.mixer, SelfAttention) else _Recurrence)(layer.mixer)

    def step(self, x, part, count):
        w = self.w
        mixed, part = self.mixer.step(_normed(x, w, "norm_1"), part, count)
        x = x + w["mixer.out.weight"] @ mixed + w["mixer.out.bias"]
        a = w["inner.weight"] @ _normed(x, w, "norm_2") + w["inner.bias"]
        return x + w["outer.weight"] @ _gelu(a) + w["outer.bias"], part


class _Attention:
    """One query against all keys that are kept: what each head has looked up, side by side `(width,)`."""

    def __init__(self, mixer):
        self.mixer, self.w = mixer, _arrays(mixer)
        dtype = self.w["qkv.bias"].dtype
        self.angle = wavelengths(mixer.width // mixer.heads).numpy().astype(dtype) if self._is("rotary") else None
        self.slopes = slopes(mixer.heads).numpy().astype(dtype)[:, None] if self._is("alibi") else None

    def _is(self, positions):
        return self.mixer.positions == positions

    def step(self, a, cache, count):
        if cache.read != count:
            raise ValueError("state has been read on from already, and its cache has grown: use the state of that call")
        q, k, v = (self.w["qkv.weight"] @ a + self.w["qkv.bias"]).reshape(3, self.mixer.heads, -1)
        if self._is("rotary"):
            q, k = _turned(q, count * self.angle), _turned(k, count * self.angle)
        keys, values = (block[0] for block in cache.append(k[None, :, None], v[None, :, None]))
        if self.mixer.window is not None:
            keys, values = keys[:, -self.mixer.window :], values[:, -self.mixer.window :]
        scores = (keys @ q[:, :, None])[:, :, 0] / np.sqrt(np.array(q.shape[1], q.dtype))
        if self._is("alibi"):
            scores = scores - self.slopes * np.arange(keys.shape[1] - 1, -1, -1, dtype=q.dtype)
        return (softmax(scores)[:, None] @ values).ravel(), cache


class _Recurrence:
    """One step of a recurrent net, by the equations of the course's cells; a state is a tuple of `(1, width)`."""

    def __init__(self, mixer):
        net, self.w = mixer.net, _arrays(mixer.net)
        kind = type(net).__name__
        self.signed = getattr(net, "signed", None)  # a diagonal recurrence has one, and no cell
        self.cell = CELLS[kind](net) if kind in CELLS else None
        if kind == "MinGRUTorch":
            self.cell = MinGRU(net.input_size, net.hidden_size, dtype=self.w["b"].dtype)
            self.cell.W_x, self.cell.b = self.w["W_x"], self.w["b"]

    def step(self, x, state, count):
        x = x[None]
        if self.cell is None:
            a, u = np.split(x @ self.w["W_x"].T + self.w["b"], 2, axis=1)
            h = 0 if state is None else state[0]
            state = ((np.tanh(a) if self.signed else sigmoid(a)) * h + u,)
        else:
            names = ("h", "C") if isinstance(self.cell, LSTM) else ("h",)
            now = self.cell.equations(x, *(state or [np.zeros_like(x)] * len(names)))
            state = tuple(now[name] for name in names)
        return state[0][0], state


def _arrays(module):
    """A copy of a module's parameters, `{name: array}`."""
    return {name: value.detach().cpu().numpy().copy() for name, value in module.named_parameters()}


def _normed(x, w, name):
    d = x - x.mean()
    return d / np.sqrt(np.mean(d * d) + np.array(1e-5, x.dtype)) * w[f"{name}.weight"] + w[f"{name}.bias"]


def _gelu(a):
    return 0.5 * a * (1 + erf(a / np.sqrt(np.array(2, a.dtype))))


def _turned(x, angle):
    """Turn the pairs of `(heads, d)` by angles `(d / 2,)`, as `self_attention.turned` does."""
    cos, sin = np.cos(angle), np.sin(angle)
    a, b = x[:, 0::2], x[:, 1::2]
    return np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1).reshape(x.shape)


def _sinusoid(place, width):
    angle = place * wavelengths(width).numpy()
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).ravel() / np.sqrt(width)
