"""A `CausalModel` read one symbol at a time in NumPy: what a step costs when nothing is handed to PyTorch.

The equations are those of `causal.py` and `self_attention.py`, for one place. Attention keeps the keys and values of
what was read in a `Cache`; without it everything before would be worked out anew at each step.
"""

import numpy as np
from scipy.special import erf

from rnn_course import validate
from rnn_course.cells.base import sigmoid
from rnn_course.models.causal import CausalModel, Read
from rnn_course.models.self_attention import SelfAttention, slopes, wavelengths


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
        self.settings, self.symbols = model.settings, model.symbols
        self._start, self._mixers = model.start, [layer.mixer for layer in model.layers]
        self._weights = {name: value.detach().cpu().numpy().copy() for name, value in model.named_parameters()}
        self._layers = [
            {name.removeprefix(f"layers.{k}."): value for name, value in self._weights.items()
             if name.startswith(f"layers.{k}.")} for k in range(len(self._mixers))
        ]  # fmt: skip

    def step(self, symbol, state=None):
        """Read one symbol and return the probabilities of the next, `(outputs,)` float64, and the state.

        Arguments
            symbol    an id from 0 to symbols − 1
            state     what the call before returned, to be used once, since a cache grows in place; None at the start

        Raises TypeError or ValueError for what is no symbol, or a state that was used.
        """
        symbol = validate.positive_int("symbol", symbol, least=0, most=self.symbols - 1)
        state = self._start() if state is None else state
        x = self._weights["embedding.weight"][symbol] + self._added(state.count)
        after = []
        for mixer, w, part in zip(self._mixers, self._layers, state.parts, strict=True):
            a = _normed(x, w["norm_1.weight"], w["norm_1.bias"])
            if isinstance(mixer, SelfAttention):
                mixed = self._attended(a, mixer, w, part, state.count)
            else:
                mixed, part = _recurrent(a, type(mixer.net).__name__, mixer, w, part)
            x = x + mixed
            a = w["inner.weight"] @ _normed(x, w["norm_2.weight"], w["norm_2.bias"]) + w["inner.bias"]
            x = x + w["outer.weight"] @ _gelu(a) + w["outer.bias"]
            after.append(part)
        x = _normed(x, self._weights["norm.weight"], self._weights["norm.bias"])
        logits = (self._weights["head.weight"] @ x + self._weights["head.bias"]).astype(float)
        return _softmax(logits), Read(state.count + 1, tuple(after))

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

    def _attended(self, a, mixer, w, cache, count):
        """One query against all keys that are kept: what attention mixes into x, `(width,)`."""
        if cache.read != count:
            raise ValueError("state has been read on from already, and its cache has grown: use the state of that call")
        q, k, v = (w["mixer.qkv.weight"] @ a + w["mixer.qkv.bias"]).reshape(3, mixer.heads, -1)
        if mixer.positions == "rotary":
            q, k = _turned(q, count), _turned(k, count)
        keys, values = (block[0] for block in cache.append(k[None, :, None], v[None, :, None]))
        if mixer.window is not None:
            keys, values = keys[:, -mixer.window :], values[:, -mixer.window :]
        scores = (keys @ q[:, :, None])[:, :, 0] / np.sqrt(np.array(q.shape[1], q.dtype))
        if mixer.positions == "alibi":
            distance = np.arange(keys.shape[1] - 1, -1, -1, dtype=q.dtype)
            scores = scores - slopes(mixer.heads).numpy().astype(q.dtype)[:, None] * distance
        alpha = np.exp(scores - scores.max(axis=1, keepdims=True))
        alpha /= alpha.sum(axis=1, keepdims=True)
        return w["mixer.out.weight"] @ (alpha[:, None] @ values).ravel() + w["mixer.out.bias"]


def _recurrent(x, kind, mixer, w, state):
    """One step of a recurrent net, and what the layer mixes into x; a state is a tuple of arrays `(width,)`."""
    zero = np.zeros_like(x)
    h, *others = (zero, zero) if state is None else state
    if kind in ("GRU", "LSTM"):
        a = w["mixer.net.weight_ih_l0"] @ x + w["mixer.net.bias_ih_l0"]
        b = w["mixer.net.weight_hh_l0"] @ h + w["mixer.net.bias_hh_l0"]
    else:
        a, b = w["mixer.net.W_x"] @ x + w["mixer.net.b"], None
    if kind == "GRU":
        (a_r, a_z, a_n), (b_r, b_z, b_n) = a.reshape(3, -1), b.reshape(3, -1)
        z = sigmoid(a_z + b_z)
        state = ((1 - z) * np.tanh(a_n + sigmoid(a_r + b_r) * b_n) + z * h,)
    elif kind == "LSTM":
        i, f, C_tilde, o = (a + b).reshape(4, -1)
        C = sigmoid(f) * others[0] + sigmoid(i) * np.tanh(C_tilde)
        state = (sigmoid(o) * np.tanh(C), C)
    elif kind == "MinGRUTorch":
        z, n = a.reshape(2, -1)
        z = sigmoid(z)
        state = ((1 - z) * h + z * n,)
    else:
        a, u = a.reshape(2, -1)
        state = ((np.tanh(a) if mixer.net.signed else sigmoid(a)) * h + u,)
    return w["mixer.out.weight"] @ state[0] + w["mixer.out.bias"], state


def _normed(x, weight, bias):
    d = x - x.mean()
    return d / np.sqrt(np.mean(d * d) + np.array(1e-5, x.dtype)) * weight + bias


def _gelu(a):
    return 0.5 * a * (1 + erf(a / np.sqrt(np.array(2, a.dtype))))


def _softmax(a):
    p = np.exp(a - a.max())
    return p / p.sum()


def _turned(x, place):
    """`(heads, d)` turned by the angles of a place, as `self_attention.turned`."""
    angle = place * wavelengths(x.shape[1]).numpy().astype(x.dtype)
    cos, sin = np.cos(angle), np.sin(angle)
    a, b = x[:, 0::2], x[:, 1::2]
    return np.stack([a * cos - b * sin, a * sin + b * cos], axis=-1).reshape(x.shape)


def _sinusoid(place, width):
    angle = place * wavelengths(width).numpy()
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).ravel() / np.sqrt(width)
