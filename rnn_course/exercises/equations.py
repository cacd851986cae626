"""Checks of the chapter on equations: the three cells as functions of plain arrays, and the bug hunt."""

import numpy as np

from rnn_course.cells import SimpleRNN, sigmoid
from rnn_course.exercises.bug_hunt import flawed_listing, hunt, mended
from rnn_course.exercises.exercise import Exercise

__all__ = ["flawed_listing", "hunt", "mended", "simple_rnn_step"]


class Weights(dict):
    """The arrays of a cell by name, read as `W.W_xi` or `W["W_xi"]`."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f"there is no {name} in W, only {', '.join(self)}")


def weights(cell):
    """The named arrays of a cell, copies: {"W_xi": (hidden, input), "W_hi": (hidden, hidden), "b_i": (hidden,), …}."""
    names = [part + gate for gate in cell.gates for part in ("W_x", "W_h", "b_")]
    if "b_hn" in cell.parameters:
        names.append("b_hn")
    return Weights({name: getattr(cell, name).copy() for name in names})


def _cases(make, states):
    """Random arguments (x_t, …states, W) at sizes that all differ."""
    cases = []
    for seed, (batch, inputs, hidden) in enumerate([(2, 3, 5), (4, 1, 3), (1, 6, 2)]):
        rng = np.random.default_rng(seed)
        x_t = rng.normal(size=(batch, inputs))
        cases.append(
            (x_t, *(rng.normal(size=(batch, hidden)) for _ in range(states)), weights(make(inputs, hidden, seed=seed)))
        )
    return cases


def _plain(a):
    """A gate whose squashing function was forgotten."""
    return a


def _gate(x_t, h, W, gate, squash=sigmoid, terms="xhb", of=None, turned=False):
    """One gate, `squash(x_t W_xᵀ + h W_hᵀ + b)`, with the mistakes that can be made in it.

    terms: which of the three terms are there. of: the gate whose weights are taken. turned: W_h without its transpose.
    """
    of = of or gate
    W_h = W["W_h" + of]
    a = np.zeros_like(h)
    a = a + (x_t @ W["W_x" + of].T if "x" in terms else 0)
    a = a + (h @ (W_h if turned else W_h.T) if "h" in terms else 0)
    return squash(a + (W["b_" + of] if "b" in terms else 0))


def _simple_rnn(x_t, h, W, h_gate=None):
    return _gate(x_t, h, W, "h", **{"squash": np.tanh, **(h_gate or {})})


SIMPLE_RNN_STEP = Exercise(
    _simple_rnn,
    lambda: _cases(SimpleRNN, 1),
    {
        "The bias b_h is missing.": {"h_gate": {"terms": "xh"}},
        "The tanh is missing.": {"h_gate": {"squash": _plain}},
        "W_hh is used without its transpose.": {"h_gate": {"turned": True}},
        "The state h is not used: this net has no memory.": {"h_gate": {"terms": "xb"}},
        "The input x_t is not used.": {"h_gate": {"terms": "hb"}},
        "The new value is squashed by tanh, not by σ.": {"h_gate": {"squash": sigmoid}},
    },
)


def simple_rnn_step(answer):
    """Check `answer(x_t, h, W)`, which returns h_t of a simple RNN."""
    return SIMPLE_RNN_STEP.check(answer)
