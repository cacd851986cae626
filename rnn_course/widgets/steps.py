"""One sequence forward and back, a step at a time, by a cell's own `equations` and `step_back`."""

from typing import Any, NamedTuple

import numpy as np


class Step(NamedTuple):
    """What happens at one step t."""

    x: np.ndarray  # x_t, (1, input)
    before: Any  # the state it starts from, a tuple with names
    now: dict[str, np.ndarray]  # every value of the equations
    grads: tuple[np.ndarray, ...]  # ∂L in the new state as it is handed on: by later steps, and at T by the loss
    da: dict[str, np.ndarray]  # ∂L/∂a of each gate
    own: dict[str, np.ndarray]  # the gradients that `step_back` gives itself


def steps(cell, x, last):
    """Return the `Step`s of one sequence x `(time, input)`; last: ∂L in the state after it, a tuple, one a field."""
    state, forward = cell.State(*(np.zeros_like(grad) for grad in last)), []
    for x_t in x[:, np.newaxis]:
        now = cell.equations(x_t, *state)
        forward.append((x_t, state, now))
        state = cell.State(*(now[name] for name in cell.state_fields))
    found, grads = [], last
    for x_t, before, now in reversed(forward):
        da, earlier, own = cell.step_back(now, x_t, before, *grads)
        found.append(Step(x_t, before, now, grads, da, own))
        grads = earlier
    return found[::-1]
