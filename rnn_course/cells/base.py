"""What every cell shares. A cell gives its equations and their mirror; all the rest follows from the two.

    gates = ("i", "f", "c", "o")            row blocks of W_x, W_h and b: W_xi, W_hi, b_i and so on are views of them
    state_fields = ("h", "C")               h first: it is the output

    equations(x, h, C) -> {"i": …, "C": …, "h": …}
    step_back(now, x, before, dh, dC) -> {"i": ∂L/∂a_i, …}, (∂L/∂h_{t−1}, ∂L/∂C_{t−1}), {}

From these follow `step`, `forward`, `backward` and `trace`, with lengths, both directions and first states; `Stack`,
`Bidirectional`, `check_gradients`, and training with `Readout` and `Adam`.
"""

import copy
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rnn_course import validate
from rnn_course.cells import contract, convert
from rnn_course.cells.layer import Layer
from rnn_course.cells.walk import Walk, padding


def sigmoid(a):
    """σ(a) = 1 / (1 + e⁻ᵃ), written with tanh so that it overflows nowhere. Any shape; returns the same shape."""
    return 0.5 + 0.5 * np.tanh(0.5 * a)


class Gradients(NamedTuple):
    """What `backward` returns: the loss's gradient in everything that went into `forward`."""

    x: np.ndarray  # (batch, time, input)
    state: Any  # shaped as the state is
    parameters: dict[str, np.ndarray]  # keys and shapes of cell.parameters


@dataclass(frozen=True)
class Trace(Mapping):
    """Every gate and state at every step, each `(batch, time, hidden)`; read as `trace.i` or `trace["i"]`."""

    values: dict[str, np.ndarray] = field(repr=False)

    def __getattr__(self, name):
        if name != "values" and name in self.values:
            return self.values[name]
        raise AttributeError(f"this trace has no {name!r}, it has {', '.join(self.values)}")

    def __getitem__(self, name):
        if name not in self.values:
            raise KeyError(f"this trace has no {name!r}, it has {', '.join(self.values)}")
        return self.values[name]

    def __iter__(self):
        return iter(self.values)

    def __len__(self):
        return len(self.values)


class Cell(Layer):
    """A recurrent cell. A subclass gives `gates`, `equations` and `step_back`, and, where they are not those of a
    simple RNN, `state_fields`, `shapes` and `state_sizes`.

    input_size, hidden_size: whole numbers of at least 1. dtype: float64 or float32. seed: of the initial weights,
    uniform in ±1/√hidden_size. One state is an array `(batch, hidden)`; several are a named tuple of arrays.
    """

    gates: tuple[str, ...] = ()
    state_fields: tuple[str, ...] = ("h",)
    State = namedtuple("State", "h")
    fast = None  # a Walk that is arranged for the speed of this class's own equations
    torch_name = ""  # what torch.nn calls the cell with these equations

    def __init_subclass__(cls, **options):
        """Give the state's fields their names, and refuse what would be misunderstood."""
        super().__init_subclass__(**options)
        contract.check_class(cls, Walk)
        if cls.State._fields != cls.state_fields:
            cls.State = namedtuple(f"{cls.__name__}State", cls.state_fields, module=cls.__module__)
            cls.State.__qualname__ = f"{cls.__qualname__}.State"  # where a pickle finds it

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0):
        self.input_size = validate.positive_int("input_size", input_size)
        self.hidden_size = validate.positive_int("hidden_size", hidden_size)
        self._last = None  # the walk that `backward` goes back over
        self._rooms = {}  # its working arrays, for the next walk
        if set(self.state_sizes()) != set(self.state_fields):
            sizes, fields = ", ".join(self.state_sizes()), ", ".join(self.state_fields)
            raise TypeError(f"{type(self).__name__}.state_sizes gives {sizes}, its state_fields are {fields}")
        super().__init__(dtype, seed)
        if taken := {"x", *self.state_fields} & self._parameters.keys():
            raise TypeError(
                f"{type(self).__name__} has a parameter {min(taken)!r}: that is the input's or a state's name"
            )

    def __repr__(self):
        return (
            f"{type(self).__name__}(input_size={self.input_size}, hidden_size={self.hidden_size}, dtype={self.dtype})"
        )

    def __getstate__(self):
        """A copy or a pickle takes no walk along."""
        return self.__dict__ | {"_last": None, "_rooms": {}}

    def with_arrays(self, parameters):
        """A copy of the cell that computes with other arrays, by name, in the place of its own."""
        other = copy.copy(self)
        other._parameters = parameters
        return other

    @property
    def output_size(self):
        """Features of one step of what `forward` returns: the size of the first state field."""
        return self.state_sizes()[self.state_fields[0]]

    # -- what a cell gives ----------------------------------------------------------------------------------------

    def shapes(self):
        """Name and shape of each stored array, in the order in which they are drawn."""
        rows = len(self.gates) * self.hidden_size
        return {"W_x": (rows, self.input_size), "W_h": (rows, self.hidden_size), "b": (rows,)}

    def windows(self):
        """The gates' rows: W_xi, W_hi, b_i and so on."""
        prefixes, size = {"W_x": "W_x", "W_h": "W_h", "b": "b_"}, self.hidden_size
        gates = [(gate, slice(k * size, (k + 1) * size)) for k, gate in enumerate(self.gates)]
        return {prefix + gate: (name, rows) for gate, rows in gates for name, prefix in prefixes.items()}

    def state_sizes(self):
        """Units of each field of the state."""
        return dict.fromkeys(self.state_fields, self.hidden_size)

    def equations(self, x, *state):
        """The equations of one step, unchecked.

        x: x_t, `(batch, input)`. state: h_{t−1} and the other fields, each `(batch, size)`. They are not to be written
        to. Returns a dict of every gate and value by name, and the new state, all `(batch, size)`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no equations: a cell says in them what one step computes")

    def step_back(self, now, x, before, *grads):
        """The mirror of `equations`: from the gradients in the state of step t to those in what it was made from.

        now: what `equations` returned. x: x_t. before: the state it started from, a tuple with names. grads: ∂L/∂ each
        field of the new state, all paths from later steps included.
        Returns three things: ∂L/∂a for each gate by name, a being what goes into its σ or tanh; ∂L/∂ each field of the
        state before, a tuple; and a dict of the gradients that do not follow from these. Those of W_x, b and x_t
        follow from ∂L/∂a, that of W_h from ∂L/∂a and h_{t−1}; another in the dict replaces it, and "x" is added to what
        follows, for a cell that reads x_t outside its gates.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step_back, which backward needs")

    # -- the protocol ---------------------------------------------------------------------------------------------

    def step(self, x_t, state=None):
        """One step. x_t: `(batch, input)`; state: as `forward` returns it. Returns h_t and the new state."""
        x_t = self._check_x("x_t", x_t, ("batch", "input"))
        now = contract.now(self, x_t, self._check_state(state, len(x_t)))
        return now[self.state_fields[0]].copy(), self._shown(now[name] for name in self.state_fields)

    def forward(self, x, state=None, lengths=None, reverse=False):
        """Walk over a whole sequence: h_t for every t.

        x: `(batch, time, input)`, of the cell's dtype. state: the first state, zeros if None. lengths: `(batch,)` whole
        numbers from 1 to time; beyond its length a sequence's output is zero and its state stays. reverse: walk from
        the last step to the first; `h[:, t]` still belongs to `x[:, t]`.
        Returns `h (batch, time, hidden)` and the state after the last step walked. Both are the caller's.
        Raises ValueError or TypeError for a wrong shape, dtype, length or a value that is not finite.
        """
        self._last = None
        self._last = walk = self._walk(x, state, lengths, reverse, self._rooms)
        return walk.outward(walk.states[self.state_fields[0]][1:]), self._shown(walk.state_at(-1))

    def backward(self, grad_h=None, grad_state=None):
        """Backpropagation through time over the last `forward`.

        grad_h: ∂L/∂h_t, `(batch, time, hidden)`, None for zeros. grad_state: ∂L in the state that `forward` returned,
        shaped as it is, None for zeros. Returns `Gradients(x, state, parameters)`, all fresh arrays.
        Raises RuntimeError before the first `forward`; ValueError or TypeError for a wrong shape or dtype.
        """
        if self._last is None:
            raise RuntimeError(f"backward needs a forward before it: call {type(self).__name__}.forward(x) first")
        walk = self._last
        shape = (walk.batch, walk.time, self.output_size)
        grad_h = np.zeros(shape, self.dtype) if grad_h is None else self._checked("grad_h", grad_h, shape)
        grad_h = walk.inward("grad_h", grad_h)
        if walk.pad is not None:
            grad_h[walk.pad] = 0  # the output there is a constant zero
        da, grad_first, own = walk.backward(grad_h, self._check_state(grad_state, walk.batch, "grad_state"))
        grad_x = da.reshape(walk.time * walk.batch, da.shape[2]) @ walk.cell.W_x
        grad_x = grad_x.reshape(walk.x.shape) + own.pop("x", 0)
        return Gradients(walk.outward(grad_x), self._shown(grad_first), self._gradients(walk, da, own))

    def trace(self, x, state=None, lengths=None, reverse=False):
        """Every gate and state at every step; arguments as for `forward`, whose memory for `backward` is left alone.

        Returns a `Trace` of what `equations` names, each `(batch, time, hidden)`, zero beyond a sequence's length.
        """
        walk = self._walk(x, state, lengths, reverse, rooms={})
        return Trace({name: walk.outward(values) for name, values in walk.trace().items()})

    # -- the walk --------------------------------------------------------------------------------------------------

    def _walk(self, x, state, lengths, reverse, rooms):
        """A walk over x that has gone forward."""
        x = self._check_x("x", x, ("batch", "time", "input"))
        first = self._check_state(state, len(x))
        pad = padding(lengths, *x.shape[:2])
        reverse = validate.one_of("reverse", reverse, (False, True))
        for name, value in self._parameters.items():
            validate.finite(name, value)
        fast = self.fast if self.computes_as("fast", "equations", "step_back") else None
        walk = (fast or Walk)(self, x, first, pad, reverse, rooms)
        walk.forward()
        for name, values in walk.states.items():  # the fast walks cannot come back from what is not finite
            if not np.isfinite(values[-1] if fast else values).all():
                step = int(np.argmin(np.isfinite(values).all((1, 2)))) - 1
                raise FloatingPointError(
                    f"{name} is not finite from step {step} of the walk on: this {type(self).__name__} explodes"
                )
        return walk

    def computes_as(self, mark, *methods):
        """Whether these methods, and what they stand on, are still those of the class that says `mark` ("fast",
        "torch_name"): a cell with equations of its own is neither its parent's fast walk nor its PyTorch module."""
        owner = next(cls for cls in type(self).__mro__ if mark in vars(cls))
        names = (*methods, "gates", "state_fields", "shapes", "windows", "state_sizes")
        return all(name not in vars(self) and getattr(type(self), name) is getattr(owner, name) for name in names)

    def _gradients(self, walk, da, own):
        """∂L in every parameter: those that follow from ∂L/∂a, one product each, and the cell's own."""
        rows, parameters = da.reshape(walk.time * walk.batch, da.shape[2]), walk.cell.parameters
        W_x1 = rows.T @ walk.x1.reshape(len(rows), -1)
        found, h = {"W_x": W_x1[:, :-1].copy(), "b": W_x1[:, -1].copy()}, walk.states[self.state_fields[0]][:-1]
        if "W_h" not in own and "W_h" in parameters and parameters["W_h"].shape == (rows.shape[1], h.shape[2]):
            found["W_h"] = rows.T @ h.reshape(len(rows), -1)
        return contract.gradients(self, {name: found[name] for name in found if name in parameters} | own)

    # -- checks ---------------------------------------------------------------------------------------------------

    def _checked(self, name, array, wanted, axes=("batch", "time", "hidden")):
        """The argument as finite numbers of the cell's dtype and the wanted shape, or one clear sentence."""
        return validate.shape(name, self._numbers(name, array), wanted, axes)

    def _check_x(self, name, x, axes):
        x = validate.numbers(name, x)
        if x.ndim == len(axes) and x.shape[-1] != self.input_size:
            its = f"this {type(self).__name__} was built for input_size={self.input_size}"
            raise ValueError(f"{name} has {x.shape[-1]} features, {its}")
        return self._checked(name, x, (None,) * (len(axes) - 1) + (self.input_size,), axes)

    def _check_state(self, state, batch, name="state"):
        """The state as a tuple with names, zeros where None was given."""
        sizes = [self.state_sizes()[key] for key in self.state_fields]
        if state is None:
            return self.State(*(np.zeros((batch, size), self.dtype) for size in sizes))
        if len(sizes) == 1:
            labels, values = (name,), (state,)
        elif isinstance(state, tuple) and len(state) == len(sizes):
            labels, values = (f"{name}.{key}" for key in self.state_fields), state
        else:
            wanted = f"{self.State.__name__}({', '.join(self.state_fields)})"
            raise TypeError(f"{name} is a {type(state).__name__}, this {type(self).__name__} wants {wanted}")
        triples = zip(labels, values, sizes, strict=True)
        return self.State(*(self._checked(label, v, (batch, size), ("batch", "hidden")) for label, v, size in triples))

    def _shown(self, fields):
        """The state as the caller sees it, of fresh arrays: one field alone, several in a tuple with names."""
        fields = [value.copy() for value in fields]
        return fields[0] if len(fields) == 1 else self.State(*fields)

    def _forget(self):
        """Leave nothing to go back over."""
        self._last = None

    # -- PyTorch --------------------------------------------------------------------------------------------------

    @classmethod
    def from_torch(cls, module):
        """The same function as a one-layer, one-directional PyTorch module, in its dtype; its two biases are added.

        Raises TypeError for another kind of module, ValueError for several layers or directions (see
        `Stack.from_torch`) or a projection.
        """
        return convert.cell_from_torch(cls, module)

    def to_torch(self):
        """The same function as a PyTorch module (batch first); `b` is its first bias, the second is zero.

        Raises ValueError for a cell with equations of its own, since no module computes them.
        """
        return convert.cell_to_torch(self)
