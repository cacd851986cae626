"""Layers and directions built from cells."""

from types import MappingProxyType

import numpy as np

from rnn_course import validate
from rnn_course.cells import convert
from rnn_course.cells.base import Cell, Gradients
from rnn_course.cells.gru import GRU
from rnn_course.cells.lstm import LSTM
from rnn_course.cells.simple_rnn import SimpleRNN


def _prefixed(parts):
    """One read-only mapping of all parameters: {"0": {"W_x": …}} becomes {"0.W_x": …}."""
    return MappingProxyType({f"{name}.{key}": value for name, part in parts for key, value in part.items()})


def _split_state(state, count, owner, name="state"):
    """The state as `count` parts, None where none was given; TypeError or ValueError if it is not such a sequence."""
    if state is None:
        return [None] * count
    if not isinstance(state, list | tuple) or hasattr(state, "_fields"):
        raise TypeError(f"{name} is a {type(state).__name__}, this {owner} wants {count} states in a list or tuple")
    if len(state) != count:
        raise ValueError(f"{name} has {len(state)} parts, this {owner} wants {count}")
    return list(state)


class Stack:
    """Layers on top of each other: the output of one is the input of the next.

    cells: a list of cells or `Bidirectional`s whose sizes fit. The state is a list, one state a layer. Parameters are
    keyed "0.W_x". Raises ValueError where the sizes or dtypes of two layers do not fit.
    """

    def __init__(self, cells):
        if not isinstance(cells, list | tuple) or not all(isinstance(layer, Cell | Bidirectional) for layer in cells):
            raise TypeError(f"cells is {cells!r}, a Stack wants a list of cells or Bidirectionals")
        self.layers = list(cells)
        if not self.layers:
            raise ValueError("cells is empty, a Stack wants at least one")
        used = [cell for layer in self.layers for cell in getattr(layer, "cells", [layer])]
        if len({id(cell) for cell in used}) < len(used):
            raise ValueError("cells holds the same cell twice, every layer has weights and a memory of its own")
        for k, (below, above) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=1):
            if above.input_size != below.output_size:
                raise ValueError(
                    f"layer {k} has input_size={above.input_size}, the layer below gives {below.output_size} features"
                )
            if above.dtype != below.dtype:
                raise ValueError(f"layer {k} computes in {above.dtype}, the layer below it in {below.dtype}")

    def __repr__(self):
        return f"Stack({self.layers!r})"

    @property
    def input_size(self):
        """Features of one step of x."""
        return self.layers[0].input_size

    @property
    def output_size(self):
        """Features of one step of what `forward` returns."""
        return self.layers[-1].output_size

    @property
    def dtype(self):
        """The dtype of every layer."""
        return self.layers[0].dtype

    @property
    def parameters(self):
        """The stored arrays of all layers, keyed by layer and name: "0.W_x", "1.b", …"""
        return _prefixed((str(k), layer.parameters) for k, layer in enumerate(self.layers))

    def step(self, x_t, state=None):
        """One step through all layers. x_t: `(batch, input)`. Returns the top layer's h_t and the new states."""
        states = _split_state(state, len(self.layers), "Stack")
        for k, layer in enumerate(self.layers):
            x_t, states[k] = layer.step(x_t, states[k])
        return x_t, states

    def forward(self, x, state=None, lengths=None, reverse=False):
        """As a cell's `forward`; returns the top layer's h and the list of every layer's state."""
        self._forget()  # a walk that is refused or fails half-way must not leave an older one to go back over
        states = _split_state(state, len(self.layers), "Stack")
        for k, layer in enumerate(self.layers):
            x, states[k] = layer.forward(x, states[k], lengths, reverse)
        return x, states

    def _forget(self):
        for layer in self.layers:
            layer._forget()

    def backward(self, grad_h=None, grad_state=None):
        """As a cell's `backward`, from the top layer down."""
        grads, states = [], _split_state(grad_state, len(self.layers), "Stack", "grad_state")
        for layer, grad in zip(reversed(self.layers), reversed(states), strict=True):
            grads.insert(0, layer.backward(grad_h, grad))
            grad_h = grads[0].x
        parameters = _prefixed((str(k), g.parameters) for k, g in enumerate(grads))
        return Gradients(grad_h, [g.state for g in grads], dict(parameters))

    def trace(self, x, state=None, lengths=None, reverse=False):
        """A list of every layer's trace (a `Bidirectional` layer's is a pair)."""
        states, traces = _split_state(state, len(self.layers), "Stack"), []
        for layer, first in zip(self.layers, states, strict=True):
            traces.append(layer.trace(x, first, lengths, reverse))
            cells = getattr(layer, "cells", (layer,))
            outputs = zip(cells, traces[-1] if isinstance(layer, Bidirectional) else traces[-1:], strict=True)
            x = np.concatenate([found[cell.state_fields[0]] for cell, found in outputs], axis=2)
        return traces

    @classmethod
    def from_torch(cls, module):
        """The same function as a PyTorch RNN, LSTM or GRU of any number of layers and directions, in evaluation mode
        (dropout between layers acts in training only)."""
        kinds = {cls.torch_name: cls for cls in (SimpleRNN, LSTM, GRU)}
        return convert.stack_from_torch(module, kinds, Stack, Bidirectional)

    def to_torch(self):
        """The same function as one PyTorch module; ValueError where the layers differ in kind or hidden size."""
        return convert.stack_to_torch(self)


class Bidirectional:
    """Two cells, one walking forward and one backward; the output is both, side by side, `(batch, time, 2·hidden)`.

    forward_cell, backward_cell: cells of one kind, input size, hidden size and dtype. The state is a pair. Parameters
    are keyed "forward.W_x" and "backward.W_x". Source: Schuster & Paliwal (1997).
    """

    def __init__(self, forward_cell, backward_cell):
        self.cells = (forward_cell, backward_cell)
        if not isinstance(forward_cell, Cell) or type(forward_cell) is not type(backward_cell):
            kinds = " and ".join(type(cell).__name__ for cell in self.cells)
            raise TypeError(f"forward_cell and backward_cell are {kinds}, two cells of one kind are wanted")
        if forward_cell is backward_cell:
            raise ValueError(
                "forward_cell and backward_cell are the same object, the directions have weights of their own"
            )
        for name in ("input_size", "hidden_size", "dtype"):
            a, b = (getattr(cell, name) for cell in self.cells)
            if a != b:
                raise ValueError(f"forward_cell has {name}={a}, backward_cell has {name}={b}: they must be equal")

    def __repr__(self):
        return f"Bidirectional({self.cells[0]!r}, {self.cells[1]!r})"

    @property
    def input_size(self):
        """Features of one step of x."""
        return self.cells[0].input_size

    @property
    def hidden_size(self):
        """Units of one direction."""
        return self.cells[0].hidden_size

    @property
    def output_size(self):
        """Features of one step of what `forward` returns: those of both directions."""
        return sum(cell.output_size for cell in self.cells)

    @property
    def dtype(self):
        """The dtype of both cells."""
        return self.cells[0].dtype

    @property
    def parameters(self):
        """The stored arrays of both cells: "forward.W_x", "backward.W_x", …"""
        return _prefixed(zip(("forward", "backward"), (cell.parameters for cell in self.cells), strict=True))

    def step(self, x_t, state=None):
        """Refused: half of a bidirectional net's output at t depends on steps after t."""
        raise TypeError("a bidirectional net has no step: its output at t needs the steps after t; use forward")

    def _each(self, method, x, state, lengths, reverse):
        states = _split_state(state, 2, "Bidirectional")
        reverse = validate.one_of("reverse", reverse, (False, True))
        return [
            getattr(cell, method)(x, first, lengths, turned)
            for cell, first, turned in zip(self.cells, states, (reverse, not reverse), strict=True)
        ]

    def forward(self, x, state=None, lengths=None, reverse=False):
        """As a cell's `forward`; returns both outputs side by side and the pair of last states."""
        self._forget()
        (h_forward, state_forward), (h_backward, state_backward) = self._each("forward", x, state, lengths, reverse)
        return np.concatenate([h_forward, h_backward], axis=2), (state_forward, state_backward)

    def _forget(self):
        for cell in self.cells:
            cell._forget()

    def backward(self, grad_h=None, grad_state=None):
        """As a cell's `backward`; grad_h: `(batch, time, 2·hidden)`, grad_state: a pair."""
        halves = [None, None]
        if grad_h is not None:
            grad_h = validate.numbers("grad_h", grad_h)
            if grad_h.ndim != 3 or grad_h.shape[2] != self.output_size:
                raise ValueError(f"grad_h has shape {grad_h.shape}, wanted (batch, time, {self.output_size})")
            halves = np.split(grad_h, [self.cells[0].output_size], axis=2)
        states = _split_state(grad_state, 2, "Bidirectional", "grad_state")
        grads = [cell.backward(*given) for cell, *given in zip(self.cells, halves, states, strict=True)]
        parameters = _prefixed(zip(("forward", "backward"), (g.parameters for g in grads), strict=True))
        return Gradients(grads[0].x + grads[1].x, tuple(g.state for g in grads), dict(parameters))

    def trace(self, x, state=None, lengths=None, reverse=False):
        """The pair of both directions' traces."""
        return tuple(self._each("trace", x, state, lengths, reverse))
