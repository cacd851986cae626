"""The three witnesses agree on cells that are right, and catch every planted error."""

# The table of planted errors reads best with one error a line.
# ruff: noqa: E501

import inspect
import sys
import types

import numpy as np
import pytest

from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.cells import gru as gru_module
from rnn_course.cells import lstm as lstm_module
from rnn_course.cells import simple_rnn as simple_rnn_module
from rnn_course.cells.gradients import WITNESSES, check_gradients

MAKERS = {
    "tanh": lambda: SimpleRNN(3, 5, seed=1),
    "relu": lambda: SimpleRNN(3, 5, nonlinearity="relu", seed=1),
    "lstm": lambda: LSTM(3, 5, seed=1),
    "gru": lambda: GRU(3, 5, seed=1),
    "gru before": lambda: GRU(3, 5, reset_after=False, seed=1),
}
x = np.random.default_rng(2).normal(size=(2, 7, 3))


@pytest.mark.parametrize("kind", MAKERS)
def test_witnesses_agree_on_a_right_cell(kind):
    report = check_gradients(MAKERS[kind](), x)
    assert report.passed and "All witnesses agree." in repr(report) and "<table>" in report._repr_html_()
    has_framework = kind != "gru before"
    assert list(report.rows)[:3] == ["h", "x", "state.h"] and {"W_x", "W_h", "b"} <= report.rows.keys()
    for array, row in report.rows.items():
        assert (row[WITNESSES[0]] is None) == (array == "h")
        assert row[WITNESSES[1]] is not None and (row[WITNESSES[2]] is not None) == has_framework
    assert ("b_hn" in report.rows) == (kind == "gru") and ("state.C" in report.rows) == (kind == "lstm")


def planted(module, right, wrong):
    """The module's cell class, made from its text with one fragment changed."""
    text = inspect.getsource(module)
    assert text.count(right) >= 1, right
    changed = types.ModuleType("planted")
    sys.modules["planted"] = changed
    exec(compile(text.replace(right, wrong, 1), "planted", "exec"), changed.__dict__)
    return changed


# name: (module, class, what the code says, what it says with the error, witnesses that must see it)
EVERY, ORACLES = set(WITNESSES), set(WITNESSES[1:])
PLANTED = {
    "LSTM: gates i and f swapped": ("LSTM", "multiply(i_f, C_tilde_C, both)", "multiply(i_f[::-1], C_tilde_C, both)", ORACLES),
    "LSTM: state not carried": ("LSTM", "h_before.dot(W_h, product)", "product[:] = 0", ORACLES),
    "LSTM: cell not carried": ("LSTM", "add(written, kept, C_t)", "add(written, 0, C_t)", ORACLES),
    "LSTM: path through f dropped": ("LSTM", "multiply(dC, J_before, dC)", "dC[:] = 0", EVERY),
    "LSTM: path through h dropped": ("LSTM", "D_t.dot(W_h, back)", "back[:] = 0", EVERY),
    "LSTM: path through o dropped": ("LSTM", "J_o *= tanh_C", "J_o *= 0", EVERY),
    "LSTM: wrong derivative of tanh C": ("LSTM", "J_C *= o", "J_C *= i", EVERY),
    "LSTM: candidate's derivative": ("LSTM", "np.multiply(C_tilde, C_tilde, out=J_c)", "np.multiply(C_tilde, i, out=J_c)", EVERY),
    "LSTM: partners of i and f swapped": ("LSTM", "J_i_f *= G[:, 3:]", "J_i_f *= G[:, :2:-1]", EVERY),
    "LSTM: missing transpose": ("LSTM", "D_t.dot(W_h, back)", "D_t.dot(W_h.reshape(W_h.shape[::-1]).T, back)", EVERY),
    "LSTM: gradient of the last state dropped": ("LSTM", "for grad in grad_last", "for grad in np.zeros_like(grad_last)", EVERY),
    "GRU: wrong bias": ("GRU", "np.tile(self.b_hn, (walk.batch, 1))", "np.tile(self.b_n, (walk.batch, 1))", ORACLES),
    "GRU: z and 1 − z swapped": ("GRU", "multiply(h_t, z, h_t)", "multiply(h_t, 1 - z, h_t)", ORACLES),
    "GRU: path through z dropped": ("GRU", "multiply(dh, z_t, scratch)", "0", EVERY),
    "GRU: path through r dropped": ("GRU", "J_r *= q", "J_r *= 0", EVERY),
    "GRU: rows of W_h in another order": ("GRU", "W_qrz[hidden:], W_qrz[:hidden]", "W_qrz[:hidden], W_qrz[hidden:]", EVERY),
    "RNN: derivative of tanh forgotten": ("SimpleRNN", "np.subtract(1, np.multiply(h, h, out=D), out=D)", "D[:] = 1", EVERY),
    "RNN: missing transpose": ("SimpleRNN", "D_t.dot(W_h, back)", "D_t.dot(W_h.T, back)", EVERY),
    "RNN: immediate gradient of a step dropped": ("SimpleRNN", "add(dh, grad_t, dh)", "pass", EVERY),
}  # fmt: skip
MODULES = {"LSTM": lstm_module, "GRU": gru_module, "SimpleRNN": simple_rnn_module}


@pytest.mark.parametrize("error", PLANTED)
def test_every_planted_error_is_caught(error):
    name, right, wrong, witnesses = PLANTED[error]
    cell = getattr(planted(MODULES[name], right, wrong), name)(3, 5, seed=1)
    report = check_gradients(cell, x)
    assert not report.passed and "✗" in repr(report)
    assert witnesses <= {witness for _, witness in report.disagreements}


def test_a_wrong_bias_gradient_is_seen_in_that_array_alone():
    cell = LSTM(3, 5, seed=1)
    backward = cell.backward

    def wrong(*args):
        grads = backward(*args)
        grads.parameters["b"][7] += 1e-4
        return grads

    cell.backward = wrong
    report = check_gradients(cell, x, entries=100)
    assert {array for array, _ in report.disagreements} == {"b"} and len(report.disagreements) == 3


def test_bad_input_is_refused():
    with pytest.raises(TypeError, match="cell computes in float32, gradients are checked in float64"):
        check_gradients(LSTM(3, 5, dtype=np.float32), x)
    with pytest.raises(ValueError, match="x has 2 features, this LSTM was built for input_size=3"):
        check_gradients(LSTM(3, 5), x[:, :, :2])
    with pytest.raises(ValueError, match="entries is 0"):
        check_gradients(LSTM(3, 5), x, entries=0)
