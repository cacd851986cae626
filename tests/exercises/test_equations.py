"""The three cells as functions: right answers pass, each known mistake gets its own sentence."""

import numpy as np
import pytest
from verdicts import accepted, catalogue, refused

from rnn_course.cells import sigmoid
from rnn_course.exercises import equations
from rnn_course.exercises.verdict import NOTHING_YET


def rnn(x, h, W, tanh=np.tanh, bias=True):
    return tanh(x @ W.W_xh.T + h @ W.W_hh.T + bias * W.b_h)


def lstm(x, h, C, W):
    def a(gate):
        return x @ W["W_x" + gate].T + h @ W["W_h" + gate].T + W["b_" + gate]

    C = sigmoid(a("f")) * C + sigmoid(a("i")) * np.tanh(a("c"))
    return sigmoid(a("o")) * np.tanh(C), C


def gru(x, h, W, swap=False):
    r = sigmoid(x @ W.W_xr.T + h @ W.W_hr.T + W.b_r)
    z = sigmoid(x @ W.W_xz.T + h @ W.W_hz.T + W.b_z)
    n = np.tanh(x @ W.W_xn.T + W.b_n + r * (h @ W.W_hn.T + W.b_hn))
    return (1 - z) * h + z * n if swap else h * z + n * (1 - z)


def test_the_cells_as_functions():
    accepted(equations.simple_rnn_step(rnn))
    refused(equations.simple_rnn_step(lambda *a: rnn(*a, bias=False)), "The bias b_h is missing")
    refused(equations.simple_rnn_step(lambda *a: rnn(*a, tanh=lambda v: v)), "The tanh is missing")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, 0 * h, W)), "this net has no memory")
    refused(
        equations.simple_rnn_step(lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh + W.b_h)), "without its transpose"
    )
    refused(equations.simple_rnn_step(lambda x, h, W: x @ W.W_xh), "Your function raised ValueError")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, h, W)[0]), "returned shape (5,), (2, 5) is wanted")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, h, W) + 1e-3), "The shape is right, the numbers are not")
    accepted(equations.lstm_step(lstm))
    refused(equations.lstm_step(lambda *a: lstm(*a)[0]), "2 results are wanted")
    refused(equations.lstm_step(lambda *a: lstm(*a)[::-1]), "in the other order")
    refused(equations.lstm_step(lambda x, h, C, W: lstm(x, h, 0 * C, W)), "nothing is kept")
    accepted(equations.gru_step(gru))
    refused(equations.gru_step(lambda *a: gru(*a, swap=True)), "z_t weighs the old state here")


@pytest.mark.parametrize(
    ("check", "right"),
    [(equations.simple_rnn_step, rnn), (equations.lstm_step, lstm), (equations.gru_step, gru)],
)
def test_every_catalogued_mistake_differs_from_the_reference_and_from_the_others(check, right, monkeypatch):
    """Hand each catalogued mistake in as the answer: it must be refused with its own sentence."""
    mistakes, reference = catalogue(monkeypatch, equations, check, right)
    refused(check(...), NOTHING_YET)
    accepted(check(reference))
    assert len(mistakes) >= 3
    for mistake in mistakes:
        refused(check(mistake.answer), mistake.sentence)


@pytest.mark.parametrize("check", [equations.simple_rnn_step, equations.lstm_step, equations.gru_step])
def test_stubs_are_answered_kindly(check):
    refused(check(...), NOTHING_YET)
    refused(check(lambda *args: ...), NOTHING_YET)
