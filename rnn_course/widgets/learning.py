"""A network that learns from one series, in NumPy: what the page of `WatchItLearn` computes, by the library.

A cell reads a window of a series, scaled by its training part; a `Readout` turns its last state into one number. The
loss is ½ (y − target)², a mean over the batch; its gradient goes back through time, is clipped, and `SGD` or `Adam`
changes the weights by it.
"""

from typing import NamedTuple

import numpy as np

from rnn_course.cells import GRU, LSTM, SGD, Adam, Readout, SimpleRNN, clip_norm
from rnn_course.widgets.sfc32 import SFC32

CELLS = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
OPTIMISERS = {"sgd": SGD, "adam": Adam}
STREAMS = {"weights": 1, "order": 2, "noise": 3}
RIDGE = 1e-6  # so that a linear fit has one answer where the windows leave it open


class Part(NamedTuple):
    """Windows x `(n, time)`, what is wanted after each `(n,)`; both in standard deviations of the training part."""

    x: np.ndarray
    target: np.ndarray


class Data(NamedTuple):
    """The windows to learn from, those that show what was learned, and the unit, in that of the series."""

    train: Part
    validation: Part
    mean: float
    scale: float


def cuts(count):
    """Return where validation begins and where it ends; before it lies the training part."""
    return [int(share * count + 0.5) for share in (0.7, 0.85)]


def longest_window(count):
    """Return the longest window that a series of so many values allows: half of its training part."""
    return max(1, cuts(count)[0] // 2)


def _scaled(values):
    values = np.asarray(values, dtype=np.float64)
    seen = values[: cuts(len(values))[0]]
    mean, scale = seen.mean(), seen.std() or 1.0
    return (values - mean) / scale, float(mean), float(scale)


def series_data(values, window, noise=0.0, seed=0):
    """Cut a series `(time,)` with noise on it, in standard deviations: a window, and the target is the next value."""
    z, mean, scale = _scaled(values)
    z = z + noise * SFC32(seed, STREAMS["noise"]).normal(len(z))
    a, b = cuts(len(z))
    window = min(window, longest_window(len(z)))
    every = np.lib.stride_tricks.sliding_window_view(z, window)[:-1]  # row k is followed by z[k + window]
    x, target = every, z[window:]
    train, validation = slice(0, a - window), slice(a - window, b - window)
    return Data(Part(x[train], target[train]), Part(x[validation], target[validation]), mean, scale)


def recall_data(values, steps, noise=0.0, seed=0):
    """From numbers `(n,)`: a window is one of them and then so many steps of noise; the target is the number."""
    z, mean, scale = _scaled(values)
    later = noise * SFC32(seed, STREAMS["noise"]).normal(len(z) * steps)
    x = np.column_stack([z, later.reshape(len(z), steps)])
    a, b = cuts(len(z))
    return Data(Part(x[:a], z[:a]), Part(x[a:b], z[a:b]), mean, scale)


def last_value(data):
    """Return the last value of each window of validation, `(n,)`."""
    return data.validation.x[:, -1]


def linear_fit(data):
    """Return for validation what a linear rule says that is fitted to the training windows by least squares, `(n,)`."""
    one = np.column_stack([data.train.x, np.ones(len(data.train.x))])
    rule = np.linalg.solve(one.T @ one + RIDGE * len(one) * np.eye(one.shape[1]), one.T @ data.train.target)
    return data.validation.x @ rule[:-1] + rule[-1]


class Learner:
    """A cell, a `Readout` and an optimiser, trained by one batch after another.

    data: as from `series_data`. cell: "rnn", "lstm" or "gru". hidden: its units. optimiser: "sgd" or "adam". rate: its
    learning rate. batch: windows in one; the last of an epoch may have fewer. clip: the largest norm that the gradients
    may have, 0 for any. clipped: whose norm: "all", "readout" or "cell". bias: what is added to the forget gate's bias,
    or to a GRU's update gate's. seed_weights, seed_order: of the first weights and of the order of windows.
    """

    def __init__(
        self,
        data,
        *,
        cell="lstm",
        hidden=8,
        optimiser="adam",
        rate=0.01,
        batch=16,
        clip=0.0,
        clipped="all",
        bias=0.0,
        seed_weights=0,
        seed_order=0,
    ):
        self.data, self.batch, self.clip, self.clipped = data, batch, clip, clipped
        self.cell, self.readout = CELLS[cell](1, hidden), Readout(hidden, 1)
        self.parts = {"readout": self.readout.parameters, "cell": self.cell.parameters}
        self.parameters = {**self.cell.parameters, **self.readout.parameters}
        rng, bound = SFC32(seed_weights, STREAMS["weights"]), 1 / np.sqrt(hidden)
        for value in self.parameters.values():
            value[...] = rng.uniform(-bound, bound, value.size).reshape(value.shape)
        if cell != "rnn":
            (self.cell.b_f if cell == "lstm" else self.cell.b_z)[...] += bias
        self.optimiser = OPTIMISERS[optimiser](self.parameters, rate)
        self.rng, self.order, self.norms = SFC32(seed_order, STREAMS["order"]), [], {"readout": [], "cell": []}

    def update(self):
        """Change the weights by the next batch's gradients, in a new order where an epoch begins; return the loss."""
        self.order = self.order or self.rng.permutation(len(self.data.train.x))
        rows, self.order = self.order[: self.batch], self.order[self.batch :]
        h, _ = self.cell.forward(self.data.train.x[rows][..., np.newaxis])
        loss, grads = self.readout.loss(h[:, -1], self.data.train.target[rows][:, np.newaxis])
        through_time = self.cell.backward(grad_state=self._state_gradients(grads.h))
        found = {**through_time.parameters, **grads.parameters}
        for part, parameters in self.parts.items():
            self.norms[part].append(float(np.sqrt(sum((found[name] ** 2).sum() for name in parameters))))
        if self.clip:
            names = found if self.clipped == "all" else self.parts[self.clipped]
            found |= clip_norm({name: found[name] for name in names}, self.clip)[0]
        self.optimiser.step(found)
        return loss

    def _state_gradients(self, dh):
        return self.cell.State(dh, np.zeros_like(dh)) if len(self.cell.state_fields) == 2 else dh

    def answers(self, x):
        """Return what the network says after each window x `(n, time)`: `(n,)`."""
        h, _ = self.cell.forward(x[..., np.newaxis])
        return self.readout.forward(h[:, -1])[:, 0]

    def error(self, part):
        """Return the root of the mean square of what it misses, in the unit of the series."""
        return rmse(self.answers(part.x), part.target) * self.data.scale


def rmse(answers, target):
    """Return the root of the mean square of what answers miss."""
    return float(np.sqrt(((answers - target) ** 2).mean()))
