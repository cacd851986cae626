"""The three witnesses agree on cells that are right, and catch every planted error."""

# The table of planted errors reads best with one error a line.
# ruff: noqa: E501

import inspect
import sys
import types

import numpy as np
import pytest
from cell_kinds import every_kind, make

from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.cells import gru as gru_module
from rnn_course.cells import lstm as lstm_module
from rnn_course.cells import simple_rnn as simple_rnn_module
from rnn_course.cells import walks as walks_module
from rnn_course.cells.gradients import WITNESSES, check_gradients

x = np.random.default_rng(2).normal(size=(2, 7, 3))


@every_kind
def test_witnesses_agree_on_a_right_cell(kind):
    report = check_gradients(make(kind), x)
    assert report.passed and "All witnesses agree." in repr(report) and "<table>" in report._repr_html_()
    has_framework = kind != "gru before"
    assert list(report.rows)[:3] == ["h", "x", "state.h"] and {"W_x", "W_h", "b"} <= report.rows.keys()
    for array, row in report.rows.items():
        assert (row[WITNESSES[0]] is None) == (array == "h")
        assert row[WITNESSES[1]] is not None and (row[WITNESSES[2]] is not None) == has_framework
    assert ("b_hn" in report.rows) == (kind == "gru") and ("state.C" in report.rows) == (kind == "lstm")


def planted(module, right, wrong):
    """The module made again, from its text with one fragment changed."""
    text = inspect.getsource(module)
    assert text.count(right) >= 1, right
    changed = types.ModuleType("planted")
    sys.modules["planted"] = changed
    exec(compile(text.replace(right, wrong, 1), "planted", "exec"), changed.__dict__)
    return changed


EVERY, ORACLES, FRAMEWORK = set(WITNESSES), set(WITNESSES[1:]), set(WITNESSES[2:])
CELLS = {"LSTM": LSTM, "GRU": GRU, "SimpleRNN": SimpleRNN}
MODULES = {"LSTM": lstm_module, "GRU": gru_module, "SimpleRNN": simple_rnn_module}

# name: (class, what walks.py says, what it says with the error, witnesses that must see it)
IN_FAST_WALKS = {
    "LSTM: gates i and f swapped": ("LSTM", "P_t, G_t, i, f,", "P_t, G_t, f, i,", ORACLES),
    "LSTM: state not carried": ("LSTM", "h_before.dot(W, product)\n            tanh", "product[:] = 0\n            tanh", ORACLES),
    "LSTM: cell not carried": ("LSTM", "add(C_t, multiply(i, C_tilde, written), C_t)", "multiply(i, C_tilde, C_t)", ORACLES),
    "LSTM: path through f dropped": ("LSTM", "multiply(dC, f, C_back)", "C_back[:] = 0", EVERY),
    "LSTM: path through h dropped": ("LSTM", "D_t.dot(W, h_back)", "h_back[:] = 0", EVERY),
    "LSTM: path through o dropped": ("LSTM", "J_o *= self.tanh_C", "J_o *= 0", EVERY),
    "LSTM: wrong derivative of tanh C": ("LSTM", "J_C *= o", "J_C *= i", EVERY),
    "LSTM: candidate's derivative": ("LSTM", "multiply(slope_of_tanh(C_tilde, J_c), i, J_c)", "multiply(slope_of_tanh(i, J_c), i, J_c)", EVERY),
    "LSTM: partner of i wrong": ("LSTM", "J_i *= C_tilde", 'J_i *= self.states["C"][:-1]', EVERY),
    "LSTM: missing transpose": ("LSTM", "D_t.dot(W, h_back)", "D_t.dot(W.reshape(W.shape[::-1]).T, h_back)", EVERY),
    "LSTM: gradient of the last state dropped": ("LSTM", "(grad.copy() for grad in grads)", "(0 * grad for grad in grads)", EVERY),
    "GRU: wrong bias": ("GRU", "np.tile(self.cell.b_hn, (self.batch, 1))", "np.tile(self.cell.b_n, (self.batch, 1))", ORACLES),
    "GRU: z and 1 − z swapped": ("GRU", "multiply(subtract(h_before, n, h_t), z, h_t)", "multiply(subtract(h_before, n, h_t), 1 - z, h_t)", ORACLES),
    "GRU: path through z dropped": ("GRU", "multiply(dh, z, scratch)", "0", EVERY),
    "GRU: path through r dropped": ("GRU", "J_r *= self.q", "J_r *= 0", EVERY),
    "GRU: rows of W_h in another order": ("GRU", '"W_h": D.T @ h_before', '"W_h": np.roll(D.T @ h_before, hidden, axis=0)', EVERY),
    "RNN: derivative of tanh forgotten": ("SimpleRNN", "slope_of_tanh(h, D)", "np.copyto(D, 1)", EVERY),
    "RNN: missing transpose": ("SimpleRNN", "multiply(D_t, dh, D_t).dot(W, back)", "multiply(D_t, dh, D_t).dot(W.T, back)", EVERY),
    "RNN: immediate gradient of a step dropped": ("SimpleRNN", "add(dh, grad_t, dh)", "pass", EVERY),
}  # fmt: skip
# The same for what a cell's own file says, walked step by step: what is wrong in the equations is repeated by those
# witnesses that start from them.
IN_EQUATIONS = {
    "LSTM: gates i and f swapped": ("LSTM", "C = f * C + i * C_tilde", "C = i * C + f * C_tilde"),
    "LSTM: bias of another gate": ("LSTM", "self.W_ho.T + self.b_o", "self.W_ho.T + self.b_i"),
    "LSTM: state not used": ("LSTM", " + h @ self.W_hi.T", ""),
    "GRU: z and 1 − z swapped": ("GRU", "h = (1 - z) * n + z * h", "h = z * n + (1 - z) * h"),
    "GRU: bias outside the bracket": ("GRU", "r * (h @ self.W_hn.T + self.b_hn)", "r * (h @ self.W_hn.T) + self.b_hn"),
    "RNN: bias forgotten": ("SimpleRNN", " + self.b_h", ""),
}  # fmt: skip
IN_STEP_BACK = {
    "LSTM: path through f dropped": ("LSTM", "(dh_before, dC * f)", "(dh_before, 0 * dC)"),
    "LSTM: path through C to o dropped": ("LSTM", "dC = dC + dh * o * (1 - tanh_C**2)", "dC = dC + 0"),
    "LSTM: partner of f wrong": ("LSTM", "da_f = dC * before.C", 'da_f = dC * now["C"]'),
    "LSTM: slope of the candidate": ("LSTM", "(1 - C_tilde**2)", "(1 - C_tilde)"),
    "LSTM: missing transpose": ("LSTM", "da_o @ self.W_ho", "da_o @ self.W_ho.T"),
    "GRU: path through z dropped": ("GRU", "dh_before = dh * z + dq @ self.W_hn", "dh_before = dq @ self.W_hn"),
    "GRU: ∂L/∂a_n where ∂L/∂q belongs": ("GRU", "[da_r, da_z, dq]", "[da_r, da_z, da_n]"),
    "GRU: gradient of b_hn": ("GRU", "dq.sum(0)", "da_n.sum(0)"),
    "RNN: slope taken at a": ("SimpleRNN", '1 - now["h"] ** 2', '1 - now["a"] ** 2'),
}  # fmt: skip


def seen_by(cell):
    report = check_gradients(cell, x, entries=25)
    assert not report.passed and "✗" in repr(report)
    return {witness for _, witness in report.disagreements}, ("h", WITNESSES[1]) in report.disagreements


@pytest.mark.parametrize("error", IN_FAST_WALKS)
def test_every_error_planted_in_a_fast_walk_is_caught(error):
    name, right, wrong, witnesses = IN_FAST_WALKS[error]
    fast = getattr(planted(walks_module, right, wrong), f"{name}Walk")
    assert witnesses <= seen_by(type(name, (CELLS[name],), {"fast": fast})(3, 5, seed=1))[0]


def stepwise(name, right, wrong):
    """A cell with an error in its file, walked step by step."""
    cell = getattr(planted(MODULES[name], right, wrong), name)(3, 5, seed=1)
    cell.fast = None
    return cell


@pytest.mark.parametrize("error", IN_EQUATIONS)
def test_an_error_in_the_equations_is_seen_by_the_framework_alone(error):
    """And by the others where step_back, which does not know of the error, no longer belongs to the equations."""
    witnesses, values_differ = seen_by(stepwise(*IN_EQUATIONS[error]))
    assert FRAMEWORK <= witnesses and not values_differ


@pytest.mark.parametrize("error", IN_STEP_BACK)
def test_every_error_planted_in_a_step_back_is_caught(error):
    assert seen_by(stepwise(*IN_STEP_BACK[error]))[0] == EVERY


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
