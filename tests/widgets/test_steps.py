"""One sequence walked a step at a time gives the gradients of `backward` for the whole of it."""

import numpy as np
import pytest
from cell_kinds import arrays, every_kind, make, random_like

from rnn_course.widgets.steps import steps


@every_kind
def test_the_parts_of_all_steps_add_up_to_what_backward_gives(kind):
    rng = np.random.default_rng(3)
    cell, x = make(kind), rng.normal(size=(6, 3))
    last = random_like(cell.forward(x[np.newaxis])[1], rng)
    grads = cell.backward(grad_state=last)
    walked = steps(cell, x, tuple(arrays(last)))
    da = np.concatenate([np.concatenate([step.da[gate] for gate in cell.gates], axis=1) for step in walked])
    np.testing.assert_allclose(da.sum(0), grads.parameters["b"], atol=1e-12)
    np.testing.assert_allclose(da.T @ x, grads.parameters["W_x"], atol=1e-12)
    for name in walked[0].own:
        np.testing.assert_allclose(sum(step.own[name] for step in walked), grads.parameters[name], atol=1e-12)
    assert walked[-1].grads == tuple(arrays(last)) and len(walked) == 6


@pytest.mark.parametrize("t", [1, 4])
def test_what_is_handed_on_is_the_gradient_in_the_state(t):
    """Against central differences of the steps that follow."""
    rng = np.random.default_rng(4)
    cell, x = make("lstm"), rng.normal(size=(6, 3))
    last = tuple(rng.normal(size=(1, 5)) for _ in range(2))
    state = cell.forward(x[np.newaxis, :t])[1]
    for field, found in enumerate(steps(cell, x, last)[t - 1].grads):
        way, slopes = rng.normal(size=(1, 5)), []
        for width in (1e-6, -1e-6):
            moved = state._replace(**{state._fields[field]: state[field] + width * way})
            end = cell.forward(x[np.newaxis, t:], moved)[1]
            slopes.append(sum((a * b).sum() for a, b in zip(end, last, strict=True)))
        assert abs((slopes[0] - slopes[1]) / 2e-6 - (found * way).sum()) < 1e-8
