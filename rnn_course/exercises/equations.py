"""Checks of the chapter on equations: the three cells as functions of plain arrays, and the bug hunt."""

import numpy as np

from rnn_course.cells import GRU, LSTM, SimpleRNN, sigmoid
from rnn_course.exercises.bug_hunt import flawed_listing, hunt, mended
from rnn_course.exercises.verdict import Mistake, judge_function

__all__ = ["flawed_listing", "gru_step", "hunt", "lstm_step", "mended", "simple_rnn_step"]


class Weights(dict):
    """The arrays of a cell by name, read as `W.W_xi` or `W["W_xi"]`."""

    __getattr__ = dict.__getitem__


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
            (x_t, *(rng.normal(size=(batch, hidden)) for _ in range(states)), weights(make(inputs, hidden, seed)))
        )
    return cases


def simple_rnn_step(answer):
    """Check `answer(x_t, h, W)`, which returns h_t of a simple RNN."""

    def right(x_t, h, W):
        return np.tanh(x_t @ W.W_xh.T + h @ W.W_hh.T + W.b_h)

    mistakes = [
        Mistake("The bias b_h is missing.", lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh.T)),
        Mistake("The tanh is missing.", lambda x, h, W: x @ W.W_xh.T + h @ W.W_hh.T + W.b_h),
        Mistake("W_hh is used without its transpose.", lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh + W.b_h)),
        Mistake("The state h is not used: this net has no memory.", lambda x, h, W: np.tanh(x @ W.W_xh.T + W.b_h)),
    ]
    return judge_function(answer, right, _cases(lambda i, h, s: SimpleRNN(i, h, seed=s), 1), mistakes)


def _lstm(x_t, h, C, W, candidate=np.tanh, show=np.tanh, keep=lambda i, f: f, gate_of=sigmoid):
    i = gate_of(x_t @ W.W_xi.T + h @ W.W_hi.T + W.b_i)
    f = gate_of(x_t @ W.W_xf.T + h @ W.W_hf.T + W.b_f)
    C_tilde = candidate(x_t @ W.W_xc.T + h @ W.W_hc.T + W.b_c)
    o = gate_of(x_t @ W.W_xo.T + h @ W.W_ho.T + W.b_o)
    C = keep(i, f) * C + i * C_tilde
    return o * show(C), C


def _lstm_added(x_t, h, C, W):
    """The new cell without what was kept."""
    return _lstm(x_t, h, np.zeros_like(C), W)


def lstm_step(answer):
    """Check `answer(x_t, h, C, W)`, which returns (h_t, C_t) of an LSTM."""
    mistakes = [
        Mistake("The candidate C̃ is squashed by tanh, not by σ.", lambda *a: _lstm(*a, candidate=sigmoid)),
        Mistake("h_t shows tanh(C_t), not C_t itself.", lambda *a: _lstm(*a, show=lambda C: C)),
        Mistake("f_t scales the old cell; you used 1 − i_t.", lambda *a: _lstm(*a, keep=lambda i, f: 1 - i)),
        Mistake("The old cell C is not used: nothing is kept from step to step.", _lstm_added),
        Mistake("The gates are squashed by σ, not by tanh.", lambda *a: _lstm(*a, gate_of=np.tanh)),
        Mistake("The results are in the other order: return h_t, then C_t.", lambda *a: _lstm(*a)[::-1]),
    ]
    return judge_function(answer, _lstm, _cases(lambda i, h, s: LSTM(i, h, seed=s), 2), mistakes)


def _gru(x_t, h, W, swap=False, before=False, inner_bias=True):
    r = sigmoid(x_t @ W.W_xr.T + h @ W.W_hr.T + W.b_r)
    z = sigmoid(x_t @ W.W_xz.T + h @ W.W_hz.T + W.b_z)
    if before:
        n = np.tanh(x_t @ W.W_xn.T + W.b_n + (r * h) @ W.W_hn.T + W.b_hn)
    else:
        n = np.tanh(x_t @ W.W_xn.T + W.b_n + r * (h @ W.W_hn.T + inner_bias * W.b_hn) + (1 - inner_bias) * W.b_hn)
    return z * n + (1 - z) * h if swap else (1 - z) * n + z * h


def gru_step(answer):
    """Check `answer(x_t, h, W)`, which returns h_t of a GRU that resets after the matrix product."""
    mistakes = [
        Mistake(
            "z_t weighs the old state here, not the new value: swap z_t and 1 − z_t.", lambda *a: _gru(*a, swap=True)
        ),
        Mistake(
            "You reset before the matrix product (r ⊙ h); this dialect resets after it.",
            lambda *a: _gru(*a, before=True),
        ),
        Mistake("b_hn stands inside the bracket that r_t multiplies.", lambda *a: _gru(*a, inner_bias=False)),
    ]
    return judge_function(answer, _gru, _cases(lambda i, h, s: GRU(i, h, seed=s), 1), mistakes)
