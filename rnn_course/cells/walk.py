"""One walk over a sequence, forward and back, through a cell's own `equations` and `step_back`."""

import numpy as np

from rnn_course import validate
from rnn_course.cells import contract


class Walk:
    """A cell's walk over x, and what it keeps for the way back.

    Inside, time comes first and steps follow in the order walked. `x (time, batch, input)`; `x1` has one more feature,
    always one, whose weight is b. `states[name] (time + 1, batch, size)` has the first state at 0. `pad (time, batch)`
    is True where a sequence has ended, and None without lengths. `cell` is a copy with the weights as they are now, so
    that the way back sees the same ones.

    This walk calls the two functions step by step, whatever cell it is; those of `walks.py` are arranged for speed.
    rooms: working arrays by name, and views of their steps; what the walk before has left is used again while batch and
    time stay, since fresh memory costs more than a small sum, and a view as much.
    """

    def __init__(self, cell, x, first, pad, reverse, rooms):
        self.cell = cell.with_arrays({name: value.copy() for name, value in cell.parameters.items()})
        self.reverse, self.rooms = reverse, rooms
        self.batch, self.time = x.shape[:2]
        if rooms.get("size") != x.shape[:2]:
            rooms.clear()
            rooms["size"] = x.shape[:2]
        self.x1 = self.room("x1", self.time, self.batch, x.shape[2] + 1)
        self.x = self.x1[:, :, :-1]
        np.copyto(self.x, self.turned(x).swapaxes(0, 1))
        self.x1[:, :, -1] = 1
        self.pad = None if pad is None else self.turned(pad).swapaxes(0, 1)
        self.states = {}
        for name, value in first._asdict().items():
            self.states[name] = self.room(f"state {name}", self.time + 1, *value.shape)
            self.states[name][0] = value

    def room(self, name, *shape):
        """A working array of this name and shape, of the cell's dtype, with anything in it."""
        return self.kept(name, lambda: np.empty(shape, self.cell.dtype))

    def steps(self, name, *arrays):
        """A list with a tuple of views for each step, one of each working array, whose first axis is time."""
        return self.kept(name, lambda: list(zip(*arrays, strict=True)))

    def kept(self, name, make):
        """What depends on sizes alone, made once for all walks of one size."""
        if name not in self.rooms:
            self.rooms[name] = make()
        return self.rooms[name]

    def turned(self, array):
        """`(batch, time, …)` in the order walked, or back again."""
        return array[:, ::-1] if self.reverse else array

    def inward(self, name, array):
        """A copy of `(batch, time, …)` as `(time, batch, …)`, in the order walked, in the room of this name."""
        room = self.room(name, self.time, self.batch, *array.shape[2:])
        np.copyto(room, self.turned(array).swapaxes(0, 1))
        return room

    def outward(self, array):
        """A fresh copy of `(time, batch, …)` as `(batch, time, …)`, zero beyond each sequence's length."""
        out = np.array(self.turned(array.swapaxes(0, 1)), order="C")
        if self.pad is not None:
            out[self.turned(self.pad.swapaxes(0, 1))] = 0
        return out

    def state_at(self, t, rows=slice(None)):
        """The state before the t-th step walked, t from 0, of these sequences; at -1 the last one."""
        return self.cell.State(*(values[t][rows] for values in self.states.values()))

    def alive(self, t):
        """Which sequences have not ended before the t-th step walked: an index of the batch."""
        return slice(None) if self.pad is None else np.flatnonzero(~self.pad[t])

    def forward(self):
        """Fill `states`; a sequence that has ended keeps its state, and the equations never see its padding."""
        self.values = []
        for t in range(self.time):
            rows = self.alive(t)
            now = contract.now(self.cell, self.x[t][rows], self.state_at(t, rows))
            self.values.append(now)
            for name, values in self.states.items():
                values[t + 1] = values[t]
                values[t + 1][rows] = now[name]

    def backward(self, grad_h, grads):
        """Backpropagation through time, from ∂⁺L/∂h_t `(time, batch, size)` and ∂L in the last state, a tuple.

        Returns ∂L/∂a of all gates `(time, batch, gates · hidden)`, ∂L in the first state, and the gradients that
        `step_back` gives itself: of parameters added up over the steps, of x `(time, batch, input)`.
        """
        all_da, own = np.zeros((self.time, self.batch, len(self.cell.W_x)), self.cell.dtype), {}
        for t in reversed(range(self.time)):
            rows, grads = self.alive(t), [grads[0] + grad_h[t], *(grad.copy() for grad in grads[1:])]
            given = self.values[t], self.x[t][rows], self.state_at(t, rows), [grad[rows].copy() for grad in grads]
            all_da[t][rows], before, own_t = contract.back(self.cell, *given)
            for grad, value in zip(grads, before, strict=True):
                grad[rows] = value
            if "x" in own_t:
                own.setdefault("x", np.zeros_like(self.x))[t][rows] = own_t.pop("x")
            for name, value in own_t.items():
                own[name] = np.asarray(own.get(name, 0) + value)
        return all_da, grads, own

    def trace(self):
        """Every value of the equations at every step by name, `(time, batch, size)`."""
        found = {}
        for t, now in enumerate(self.values):
            for name, value in now.items():
                shape = (self.time, self.batch, *value.shape[1:])
                found.setdefault(name, np.zeros(shape, value.dtype))[t][self.alive(t)] = value
        return found


def padding(lengths, batch, time):
    """True beyond each sequence's length, `(batch, time)`; None where no sequence is shorter than time."""
    if lengths is None:
        return None
    lengths = validate.numbers("lengths", lengths)
    if lengths.dtype.kind not in "iu":
        raise TypeError(f"lengths has dtype {lengths.dtype}, it must hold whole numbers")
    if lengths.shape != (batch,):
        raise ValueError(f"lengths has shape {lengths.shape}, wanted (batch={batch},)")
    for k, length in enumerate(lengths):
        if not 1 <= length <= time:
            raise ValueError(f"lengths[{k}] is {length}, x has {time} steps: it must be from 1 to {time}")
    return None if (lengths == time).all() else np.arange(time) >= lengths[:, None]
