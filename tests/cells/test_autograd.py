"""A cell's own equations under torch's automatic differentiation are torch.nn's own cells and their gradients."""

import numpy as np
import pytest
from cell_kinds import TORCH, arrays, close, random_like, random_torch, refused
from learners_cells import UpdateGateRNN
from torch_oracle import through_module

from rnn_course.cells import Stack, autograd
from rnn_course.cells.gradients import check_gradients


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


def test_what_automatic_differentiation_cannot_follow_is_said():
    class Sorted(UpdateGateRNN):
        def equations(self, x, h):
            now = super().equations(x, h)
            return now | {"h": np.cbrt(now["h"])}

    refused(lambda: check_gradients(Sorted(3, 5), np.ones((1, 2, 3))), TypeError, "np.cbrt has no counterpart in torch")
