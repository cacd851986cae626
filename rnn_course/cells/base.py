"""What every cell shares: parameters with named views, the walk over a sequence, and the checks at the door.

A cell computes h_t from x_t and the state before. `step` writes that as the equations are; `forward` and `backward` are
the same function arranged for speed. They differ from `step` in three ways, all of them here or in a cell's `_walk`:

* time comes first inside, then the gate, so that what one call works on lies together in memory;
* everything that does not wait for the step before is done for all steps at once: the input's product before the loop,
  the local derivatives a chunk at a time, the weights' gradients after the loop;
* σ(a) = ½ + ½ tanh(a/2), so that one tanh in place serves all gates.

In those loops the last argument of a call is where its result goes: naming it `out=` would cost a third of a small sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from rnn_course import validate

# What is computed for a chunk of steps at once stays in a core's own cache, and so do the views of its steps.
CHUNK_BYTES, CHUNK_STEPS = 2**20, 64


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


class Parameter:
    """One array of a cell, or one gate's rows of it, as a view: writing to it changes the cell.

    `Parameter("W_x")` is the whole array; `Parameter("W_x", 2)` is the third gate's block of `hidden` rows.
    """

    def __init__(self, storage, block=None):
        self.storage, self.block = storage, block

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, cell, owner=None):
        if cell is None:
            return self
        if self.storage not in cell.parameters:
            raise AttributeError(f"this {type(cell).__name__} has no {self.name}, it has {', '.join(cell.parameters)}")
        whole, hidden = cell.parameters[self.storage], cell.hidden_size
        return whole if self.block is None else whole[self.block * hidden : (self.block + 1) * hidden]

    def __set__(self, cell, value):
        view, value = self.__get__(cell), validate.numbers(self.name, value)
        if value.shape != view.shape:
            raise ValueError(f"{self.name} has shape {value.shape}, this {type(cell).__name__} wants {view.shape}")
        if not np.can_cast(value.dtype, view.dtype, "safe"):
            raise TypeError(f"{self.name} has dtype {value.dtype}, this {type(cell).__name__} holds {view.dtype}")
        view[...] = validate.finite(self.name, value)


class Walk:
    """One walk over a sequence: its working arrays, time first, in the order walked; reused while the shape stays.

    `x (time, batch, input + 1)`, whose last feature is always one and has b for its weight; `h (time + 1, batch,
    hidden)` with the first state at 0; `P (time, batch, gates · hidden)`, the input's products. `pad (time, batch)` is
    True where a sequence has ended (None without lengths). A cell adds arrays of its own with `array`. `steps` keeps
    the views of single steps, since making one costs as much as a small sum.
    """

    def __init__(self, batch, time):
        self.batch, self.time = batch, time
        self.arrays = {}
        self.views = {}
        self.pad = None
        self.reverse = False
        self.weights = {}

    def array(self, name, *shape, dtype):
        """The working array of this name, made at the first call."""
        if name not in self.arrays:
            self.arrays[name] = np.empty(shape, dtype)
        return self.arrays[name]

    def rows(self, name):
        """The working array of this name with a row for each step of each sequence, `(time · batch, …)`."""
        return self.arrays[name].reshape(self.time * self.batch, -1)

    def steps(self, name, *arrays):
        """The arrays split along time: a list of (t, one view of each array), kept under `name`; t counts from 0."""
        if name not in self.views:
            self.views[name] = list(zip(range(self.time), *arrays, strict=False))
        return self.views[name]

    def turned(self, array):
        """The array with its time axis (the first) in the order walked, or back again."""
        return array[::-1] if self.reverse else array

    def inward(self, array, out):
        """Copy `(batch, time, …)` into `out (time, batch, …)`, in the order walked."""
        np.copyto(out, self.turned(array.swapaxes(0, 1)))
        return out

    def outward(self, array):
        """A fresh `(batch, time, …)` from `(time, batch, …)`, zero beyond each sequence's length."""
        out = np.array(self.turned(array).swapaxes(0, 1), order="C")
        if self.pad is not None:
            out[self.turned(self.pad).T] = 0
        return out

    def chunks(self, step_bytes):
        """Slices over time, last first, short enough that `step_bytes` a step stay in cache."""
        size = max(1, min(self.time, CHUNK_STEPS, CHUNK_BYTES // step_bytes))
        return [slice(max(0, stop - size), stop) for stop in range(self.time, 0, -size)]


class Cell:
    """A recurrent cell. Subclasses give `gates`, `step`, `_walk`, `_walk_back` and `_fields`; the rest is here."""

    gates: tuple[str, ...] = ()
    torch_name = ""

    W_x = Parameter("W_x")
    W_h = Parameter("W_h")
    b = Parameter("b")

    def __init__(self, input_size, hidden_size, dtype=np.float64, seed=0):
        self.input_size = validate.positive_int("input_size", input_size)
        self.hidden_size = validate.positive_int("hidden_size", hidden_size)
        self.dtype = float_dtype(dtype, type(self).__name__)
        self._parameters = self._draw(validate.generator("seed", seed))
        self._last = None  # the walk that `backward` goes back over
        self._spare = None  # working arrays of the last shape

    def _shapes(self):
        """Name and shape of each stored array."""
        rows = len(self.gates) * self.hidden_size
        return {"W_x": (rows, self.input_size), "W_h": (rows, self.hidden_size), "b": (rows,)}

    def _draw(self, rng):
        bound = 1 / np.sqrt(self.hidden_size)
        return {k: rng.uniform(-bound, bound, s).astype(self.dtype) for k, s in self._shapes().items()}

    def __repr__(self):
        return (
            f"{type(self).__name__}(input_size={self.input_size}, hidden_size={self.hidden_size}, dtype={self.dtype})"
        )

    def __setattr__(self, name, value):
        """Refuse a weight that the cell does not have: a slip of the pen would train another cell than was meant."""
        if name.startswith(("W_", "b_")) and not hasattr(type(self), name):
            raise AttributeError(
                f"this {type(self).__name__} has no {name}; it has {', '.join(self.parameters)} and their gates"
            )
        super().__setattr__(name, value)

    def __getstate__(self):
        """A copy or a pickle takes no walk along: the views in one would not be views of its copied arrays."""
        return self.__dict__ | {"_last": None, "_spare": None}

    @property
    def parameters(self):
        """The stored arrays by name; the mapping is read-only, the arrays are the cell's own and may be written to."""
        return MappingProxyType(self._parameters)

    @property
    def output_size(self):
        """Features of one step of what `forward` returns."""
        return self.hidden_size

    # -- the protocol ---------------------------------------------------------------------------------------------

    def forward(self, x, state=None, lengths=None, reverse=False):
        """Walk over a whole sequence: h_t for every t.

        x: `(batch, time, input)`, of the cell's dtype. state: the first state, zeros if None. lengths: `(batch,)` whole
        numbers from 1 to time; beyond its length a sequence's output is zero and its state stays. reverse: walk from
        the last step to the first; `h[:, t]` still belongs to `x[:, t]`.
        Returns `h (batch, time, hidden)` and the state after the last step walked. Both are the caller's.
        Raises ValueError or TypeError for a wrong shape, dtype, length or a value that is not finite.
        """
        walk = self._start(x, state, lengths, reverse, reuse=True)
        self._walk(walk)
        self._last = walk
        return walk.outward(walk.arrays["h"][1:]), self._state_at(walk, -1)

    def backward(self, grad_h=None, grad_state=None):
        """Backpropagation through time over the last `forward`.

        grad_h: ∂L/∂h_t, `(batch, time, hidden)`, None for zeros. grad_state: ∂L in the state that `forward` returned,
        shaped as it is, None for zeros. Returns `Gradients(x, state, parameters)`, all fresh arrays.
        Raises RuntimeError before the first `forward`; ValueError or TypeError for a wrong shape or dtype.
        """
        if self._last is None:
            raise RuntimeError(f"backward needs a forward before it: call {type(self).__name__}.forward(x) first")
        walk = self._last
        grad = walk.array("grad_h", walk.time, walk.batch, self.hidden_size, dtype=self.dtype)
        if grad_h is None:
            grad[:] = 0
        else:
            walk.inward(self._checked("grad_h", grad_h, (walk.batch, walk.time, self.hidden_size)), grad)
        if walk.pad is not None:
            grad[walk.pad] = 0  # the output there is a constant zero
        grad_last = self._check_state(grad_state, walk.batch, "grad_state")
        grad_x, grad_first, parameters = self._walk_back(walk, grad, grad_last)
        return Gradients(walk.outward(grad_x), grad_first, parameters)

    def _forget(self):
        """Leave nothing to go back over."""
        self._last = None

    def trace(self, x, state=None, lengths=None, reverse=False):
        """Every gate and state at every step; arguments as for `forward`, whose memory for `backward` is left alone.

        Returns a `Trace` whose fields are `(batch, time, hidden)`, zero beyond a sequence's length.
        """
        walk = self._start(x, state, lengths, reverse, reuse=False)
        self._walk(walk)
        return Trace({name: walk.outward(array) for name, array in self._fields(walk).items()})

    # -- checks ---------------------------------------------------------------------------------------------------

    def _checked(self, name, array, wanted, axes=("batch", "time", "hidden")):
        """The argument as an array of the cell's dtype and the wanted shape, or one clear sentence."""
        array = validate.numbers(name, array)
        if array.dtype != self.dtype:
            raise TypeError(
                f"{name} has dtype {array.dtype}, this {type(self).__name__} computes in {self.dtype}: "
                f"convert it with .astype(np.{self.dtype})"
            )
        validate.shape(name, array, wanted, axes)
        return validate.finite(name, array)

    def _check_x(self, x, axes):
        x = validate.numbers("x", x)
        if x.ndim == len(axes) and x.shape[-1] != self.input_size:
            raise ValueError(
                f"x has {x.shape[-1]} features, this {type(self).__name__} was built for input_size={self.input_size}"
            )
        return self._checked("x", x, (None,) * (len(axes) - 1) + (self.input_size,), axes)

    def _check_state(self, state, batch, name="state"):
        """The state's arrays as a tuple, one a field, fresh zeros where None was given."""
        if state is None:
            return tuple(np.zeros((batch, self.hidden_size), self.dtype) for _ in self._state_fields)
        return tuple(
            self._checked(label, value, (batch, self.hidden_size), ("batch", "hidden"))
            for label, value in self._named_fields(state, name)
        )

    _state_fields = ("h",)

    def _named_fields(self, state, name):
        return [(name, state)]

    def _pack_state(self, fields):
        """The state as the caller sees it, from its arrays."""
        return fields[0]

    def _state_at(self, walk, t):
        return self._pack_state(tuple(walk.arrays[name][t].copy() for name in self._state_fields))

    # -- the walk -------------------------------------------------------------------------------------------------

    def _start(self, x, state, lengths, reverse, reuse):
        """A walk with x, the first state, the padding and the input's products P = x W_xᵀ + b in place."""
        x = self._check_x(x, ("batch", "time", "input"))
        batch, time, _ = x.shape
        first = self._check_state(state, batch)
        pad = padding(lengths, batch, time)
        walk = self._spare if reuse and self._spare and (self._spare.batch, self._spare.time) == (batch, time) else None
        walk = walk or Walk(batch, time)
        if reuse:
            self._spare, self._last = walk, None
        walk.reverse = validate.one_of("reverse", reverse, (False, True))
        walk.pad = None if pad is None else np.ascontiguousarray(walk.turned(pad.T))
        for name, value in zip(self._state_fields, first, strict=True):
            self._states(walk, name)[0] = value
        walk.inward(x, walk.array("x", time, batch, self.input_size + 1, dtype=self.dtype)[:, :, :-1])
        walk.arrays["x"][:, :, -1] = 1
        self._project(walk)
        return walk

    def _states(self, walk, name):
        """The states of all steps, the first one at 0: `(time + 1, batch, hidden)`."""
        return walk.array(name, walk.time + 1, walk.batch, self.hidden_size, dtype=self.dtype)

    def _project(self, walk):
        """P = x W_xᵀ + b for all steps in one product; the weights are kept, so that `backward` sees the same ones."""
        for name, value in self.parameters.items():
            validate.finite(name, value)
        half = np.repeat(np.array(self._half, self.dtype), self.hidden_size)[:, None]
        W_x, W_h = self._walked(self.W_x), self._walked(self.W_h)
        W_x1 = np.concatenate([self.W_x, self.b[:, None]], axis=1)
        walk.weights = {"W_x": W_x, "W_h": W_h, "W_h_walk": np.ascontiguousarray((W_h * self._walked(half)).T)}
        np.matmul(walk.rows("x"), self._walked(W_x1 * half).T, out=self._products(walk))

    _half = (1.0,)  # ½ for a sigmoid gate, 1 for another: σ(a) = ½ + ½ tanh(a/2)

    def _walked(self, stacked):
        """A copy of stacked rows with the gates in the order in which the walk holds them; here that of storage."""
        return stacked.copy()

    def _stored(self, rows):
        """The rows back in the order of storage."""
        return rows

    def _products(self, walk):
        """Where the input's products P go, a row for each step of each sequence: `(time · batch, gates · hidden)`."""
        walk.array("P", walk.time, walk.batch, len(self.b), dtype=self.dtype)
        return walk.rows("P")

    def _by_gate(self, rows):
        """`(…, batch, gates·hidden)` seen as `(…, gates, batch, hidden)`."""
        return rows.reshape(*rows.shape[:-1], -1, self.hidden_size).swapaxes(-3, -2)

    def _gradients(self, walk, D):
        """∂L/∂x, and ∂L/∂W_x and ∂L/∂b by name, from D = ∂L/∂a for all steps: one product each."""
        rows = D.reshape(walk.time * walk.batch, -1)
        W_x1 = self._stored(rows.T @ walk.rows("x"))
        grad_x = (rows @ walk.weights["W_x"]).reshape(walk.time, walk.batch, -1)
        return grad_x, {"W_x": W_x1[:, :-1].copy(), "b": W_x1[:, -1].copy()} | self._recurrent_gradients(walk, D)

    def _recurrent_gradients(self, walk, D):
        """∂L/∂W_h by name, from D for all steps: one product."""
        rows = D.reshape(walk.time * walk.batch, -1)
        return {"W_h": self._stored(rows.T @ walk.arrays["h"][:-1].reshape(len(rows), -1))}

    # -- PyTorch --------------------------------------------------------------------------------------------------

    @classmethod
    def from_torch(cls, module):
        """The same function as a one-layer, one-directional PyTorch module, in its dtype; its two biases are added.

        Raises TypeError for another kind of module, ValueError for several layers or directions (see
        `Stack.from_torch`) or a projection.
        """
        from rnn_course.cells import convert

        return convert.cell_from_torch(cls, module)

    def to_torch(self):
        """The same function as a PyTorch module (batch first); `b` is its first bias, the second is zero."""
        from rnn_course.cells import convert

        return convert.cell_to_torch(self)


def float_dtype(dtype, owner):
    """The dtype, if it is one that cells compute in; TypeError otherwise."""
    try:
        dtype = np.dtype(dtype)
    except TypeError:
        pass  # the sentence below says what came
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"dtype is {dtype}, {owner} computes in float32 or float64")
    return dtype


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
