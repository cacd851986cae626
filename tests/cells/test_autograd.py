"""A cell's own equations under torch's automatic differentiation are torch.nn's own cells and their gradients."""

import numpy as np
import pytest
from cell_kinds import TORCH, arrays, close, random_like, random_torch
from learners_cells import UpdateGateRNN
from torch_oracle import through_module

from rnn_course.cells import SimpleRNN, Stack, autograd
from rnn_course.cells.gradients import WITNESSES, check_gradients


@pytest.mark.parametrize("kind", TORCH)
def test_the_walk_equals_torchs_own_cell(kind):
    rng = np.random.default_rng(6)
    module = random_torch(kind, rng, 3, 5)
    cell, x = Stack.from_torch(module).layers[0], rng.normal(size=(2, 7, 3))
    state, grad_h = random_like(cell.forward(x)[1], rng), rng.normal(size=(2, 7, 5))
    grad_last = random_like(state, rng)
    wanted = through_module(module, x, arrays(state), grad_h, arrays(grad_last))
    h, grad_x, grad_first, parameters = autograd.walk(cell, x, arrays(state), grad_h, arrays(grad_last))
    close(h, wanted.h, "h")
    close(grad_x, wanted.x, "x")
    for got, want in zip(grad_first, wanted.first, strict=True):
        close(got, want, "first state")
    assert wanted.parameters.keys() == {f"0.{name}" for name in parameters}
    for name, got in parameters.items():
        close(got, wanted.parameters[f"0.{name}"], name)


def test_the_loss_has_no_slope_in_what_it_does_not_depend_on():
    class Idle(UpdateGateRNN):
        def shapes(self):
            return super().shapes() | {"u": (2, 4)}

    cell, x, state = Idle(3, 5), np.ones((1, 2, 3)), [np.ones((1, 5))]
    parameters = autograd.walk(cell, x, state, np.ones((1, 2, 5)), state)[3]
    assert parameters["u"].shape == (2, 4) and not parameters["u"].any() and parameters["W_h"].any()


def with_candidate(candidate):
    """An update-gate RNN whose h goes through a function of NumPy's, and the numbers of that function."""

    class Changed(UpdateGateRNN):
        def equations(self, x, h):
            now = super().equations(x, h)
            return now | {"h": candidate(now["h"])}

    return Changed(3, 5, seed=2)


STYLES = {
    "dot": lambda a: np.dot(a, np.eye(5)),
    "method dot": lambda a: a.dot(np.eye(5)),
    "copy": lambda a: a.copy(),
    "split": lambda a: np.concatenate(np.split(a, [2], axis=1), axis=1),
    "transpose": lambda a: np.transpose(a.transpose()),
    "transpose by axes": lambda a: a.transpose(1, 0).transpose((1, 0)),
    "max": lambda a: a - a.max(axis=1, keepdims=True) + np.max(a),
    "min": lambda a: a - np.min(a, axis=1, keepdims=True),
    "std": lambda a: (a - a.mean(axis=1, keepdims=True)) / np.std(a, axis=1, keepdims=True),
    "var": lambda a: a / (1 + a.var(axis=1, keepdims=True)),
    "absolute": lambda a: np.abs(a) ** 1.5,
    "minimum": lambda a: np.minimum(a, 0.1),
}


@pytest.mark.parametrize("style", STYLES)
def test_numpys_meaning_is_kept(style):
    """The values are NumPy's, and their slopes those of finite differences: step_back does not know of the change."""
    cell, x = with_candidate(STYLES[style]), np.random.default_rng(3).normal(size=(2, 4, 3))
    first, grad_h = np.random.default_rng(4).normal(size=(2, 5)), np.random.default_rng(5).normal(size=(2, 4, 5))
    h, grad_x, _, _ = autograd.walk(cell, x, [first], grad_h, [np.zeros((2, 5))])
    close(h, cell.forward(x, first)[0], "h")
    way = np.random.default_rng(6).normal(size=x.shape)
    ends = [(cell.forward(x + width * way, first)[0] * grad_h).sum() for width in (1e-6, -1e-6)]
    assert abs((ends[0] - ends[1]) / 2e-6 - (grad_x * way).sum()) < 1e-7


def test_the_slope_of_relu_where_it_begins_is_the_librarys():
    cell, x = SimpleRNN(3, 5, nonlinearity="relu"), np.zeros((1, 2, 3))
    cell.b_h = np.zeros(5)
    cell.forward(x)
    grads = cell.backward(np.ones((1, 2, 5)))
    _, grad_x, _, parameters = autograd.walk(cell, x, [np.zeros((1, 5))], np.ones((1, 2, 5)), [np.zeros((1, 5))])
    assert not grad_x.any() and not grads.x.any() and not parameters["b"].any()


def test_what_automatic_differentiation_cannot_follow_is_said_and_the_others_still_judge():
    report = check_gradients(with_candidate(lambda a: np.cbrt(a + 0)), np.ones((1, 2, 3)))
    assert report.silent == "TypeError: np.cbrt has no counterpart in torch" and report.silent in repr(report)
    assert not report.passed and {witness for _, witness in report.disagreements} == {WITNESSES[0]}
    assert all(row[WITNESSES[1]] is None for row in report.rows.values())
    report = check_gradients(with_candidate(lambda a: np.asarray(a.tolist())), np.ones((1, 2, 3)))
    assert report.silent
