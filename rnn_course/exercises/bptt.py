"""Checks of the chapter on backpropagation through time."""

import numpy as np

from rnn_course.cells import LSTM, SimpleRNN, clip_norm
from rnn_course.cells.walks import LSTMWalk
from rnn_course.exercises.verdict import NOTHING_YET, Mistake, Verdict, judge_function


def _cases():
    """Random arguments (x, h, W_hh, grad_h) at sizes that all differ; h holds the first state at 0."""
    cases = []
    for seed, (batch, time, inputs, hidden) in enumerate([(2, 4, 3, 5), (1, 6, 2, 3), (3, 1, 4, 2)]):
        rng = np.random.default_rng(seed)
        cell, x = SimpleRNN(inputs, hidden, seed=seed), rng.normal(size=(batch, time, inputs))
        first = rng.normal(size=(batch, hidden))
        h = np.concatenate([first[:, None], cell.forward(x, first)[0]], axis=1)
        cases.append((x, h, cell.W_hh.copy(), rng.normal(size=(batch, time, hidden))))
    return cases


def _bptt(x, h, W_hh, grad_h, recurrent=True, slope=True, transposed=True, late=False, first_only=False):
    """∂L/∂W_xh, ∂L/∂W_hh and ∂L/∂b_h of a tanh network, with the mistakes that can be made."""
    grad_W_xh, grad_W_hh = np.zeros((W_hh.shape[0], x.shape[2])), np.zeros_like(W_hh)
    grad_b, back = np.zeros(len(W_hh)), np.zeros_like(h[:, 0])
    for t in reversed(range(x.shape[1])):
        delta = (grad_h[:, t] + recurrent * back) * (1 - slope * h[:, t + 1] ** 2)
        grad_W_xh = delta.T @ x[:, t] + (0 if first_only else grad_W_xh)
        grad_W_hh = delta.T @ h[:, t + late] + (0 if first_only else grad_W_hh)
        grad_b = delta.sum(0) + (0 if first_only else grad_b)
        back = delta @ (W_hh if transposed else W_hh.T)
    return grad_W_xh, grad_W_hh, grad_b


def simple_rnn_gradients(answer):
    """Check `answer(x, h, W_hh, grad_h)`, which returns ∂L/∂W_xh, ∂L/∂W_hh, ∂L/∂b_h of a tanh network.

    x: `(batch, time, input)`. h: `(batch, time + 1, hidden)`, the first state at 0. grad_h: `(batch, time, hidden)`,
    ∂⁺L/∂h_t.
    """
    mistakes = [
        Mistake("What comes back from the next step is missing.", lambda *a: _bptt(*a, recurrent=False)),
        Mistake("The slope 1 − h_t² of tanh is missing.", lambda *a: _bptt(*a, slope=False)),
        Mistake("On the way back it is `delta @ W_hh`: no transpose here.", lambda *a: _bptt(*a, transposed=False)),
        Mistake("W_hh met the state before: h_{t−1}, not h_t.", lambda *a: _bptt(*a, late=True)),
        Mistake("The weights are shared: add up the gradients of all steps.", lambda *a: _bptt(*a, first_only=True)),
    ]
    return judge_function(answer, _bptt, _cases(), mistakes)


def clipped(answer):
    """Check `answer(grads, max_norm)`: a dict of gradients scaled so that their common norm is at most max_norm."""

    def flat(scale):
        def run(a, b, max_norm):
            grads = scale({"a": a, "b": b}, max_norm)
            return grads if grads is None or grads is ... else (grads["a"], grads["b"])

        return run

    def one_by_one(grads, max_norm):
        return {k: clip_norm({k: g}, max_norm)[0][k] for k, g in grads.items()}

    def by_value(grads, max_norm):
        return {k: np.clip(g, -max_norm, max_norm) for k, g in grads.items()}

    def always(grads, max_norm):
        norm = clip_norm(grads, max_norm)[1]
        return {k: g * max_norm / norm for k, g in grads.items()}

    if answer is ... or answer is None:
        return Verdict(False, NOTHING_YET)
    rng = np.random.default_rng(0)
    cases = [(rng.normal(size=(3, 2)), rng.normal(size=4), m) for m in (0.5, 1.5, 100.0)]
    mistakes = [
        Mistake(
            "You clipped each array by its own norm: that turns the direction. Use one norm for all.", flat(one_by_one)
        ),
        Mistake("You clipped each number: that turns the direction. Scale all of them alike.", flat(by_value)),
        Mistake("A gradient that is short enough stays as it is; you stretched it.", flat(always)),
    ]
    return judge_function(flat(answer), flat(lambda g, m: clip_norm(g, m)[0]), cases, mistakes)


class NoForgetPath(LSTM):
    """An LSTM whose backward loses the path through f."""

    def step_back(self, now, x, before, dh, dC):
        """The mirror of the equations without ∂L/∂C_{t−1}."""
        da, (dh_before, dC_before), own = super().step_back(now, x, before, dh, dC)
        return da, (dh_before, 0 * dC_before), own


class DoubledBias(LSTM):
    """An LSTM whose bias gradient counts every step twice."""

    def step_back(self, now, x, before, dh, dC):
        """The mirror of the equations, with a gradient of b of its own."""
        da, grads, _ = super().step_back(now, x, before, dh, dC)
        return da, grads, {"b": 2 * np.concatenate([da[gate] for gate in self.gates], axis=1).sum(0)}


class SwappedWalk(LSTMWalk):
    """A fast walk that takes i for f and f for i, forward and backward alike."""

    def __init__(self, cell, *given):
        super().__init__(cell, *given)
        hidden, rows = cell.hidden_size, np.arange(4 * cell.hidden_size)
        self.swapped = np.concatenate([rows[hidden : 2 * hidden], rows[:hidden], rows[2 * hidden :]])
        for value in self.cell.parameters.values():
            value[...] = value[self.swapped]

    def forward(self):
        """The LSTM with two gates exchanged; W_x is put back, since ∂L/∂x is made from it and ∂L/∂a."""
        super().forward()
        self.cell.W_x = self.cell.W_x[self.swapped]

    def backward(self, grad_h, grads):
        """∂L/∂a with the rows of both gates put back."""
        da, grads, own = super().backward(grad_h, grads)
        return da[:, :, self.swapped], grads, own


class SwappedGates(LSTM):
    """An LSTM whose forward and backward are not what its equations say."""

    fast = SwappedWalk


SUSPECTS = {"A": NoForgetPath, "B": DoubledBias, "C": LSTM, "D": SwappedGates}


def suspect(letter):
    """One of the four LSTMs of the exercise, `(input 3, hidden 5)`: some are wrong, each in another way."""
    return SUSPECTS[letter](3, 5, seed=1)


def accused(answer):
    """Check a dict from letter to what is wrong: "forward", "backward" or "nothing"."""
    if answer is ... or not isinstance(answer, dict):
        return Verdict(False, NOTHING_YET)
    right = {"A": "backward", "B": "backward", "C": "nothing", "D": "forward"}
    if answer.keys() != right.keys():
        return Verdict(
            False, f"Say something about each of {', '.join(right)}; you wrote of {', '.join(answer) or 'none'}."
        )
    if any(value is ... for value in answer.values()):
        return Verdict(False, NOTHING_YET)
    for letter, truth in right.items():
        if answer[letter] != truth:
            return Verdict(False, f"Look at {letter} again: which witnesses disagree, and in h or only in gradients?")
    return Verdict(True, "A and B are wrong in backward alone, D computes another function, C is right.")
