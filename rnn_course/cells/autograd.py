"""A cell's own equations on torch tensors, for automatic differentiation.

`equations` calls NumPy. NumPy asks its arguments first whether they want to do the work themselves (NEP 13 and NEP 18),
and a `Traced` tensor does: `np.tanh(a)` becomes `torch.tanh(a)`, and torch keeps the record for the way back.
"""

import copy

import numpy as np
import torch

OTHER_NAMES = {"power": "pow", "absolute": "abs"}


class Traced(torch.Tensor):
    """A tensor on which NumPy's functions are torch's of the same name."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options:
            raise TypeError(f"np.{ufunc.__name__} is used here in a way that automatic differentiation cannot follow")
        tensors = [value if isinstance(value, torch.Tensor) else self.new_tensor(value) for value in inputs]
        return _in_torch(ufunc)(*tensors)

    def __array_function__(self, function, types, arguments, options):
        return _in_torch(function)(*arguments, **options)


def _in_torch(function):
    """torch's function of the same name as NumPy's."""
    name = OTHER_NAMES.get(function.__name__, function.__name__)
    if not hasattr(torch, name):
        raise TypeError(
            f"np.{function.__name__} has no counterpart in torch: automatic differentiation cannot follow it"
        )
    return getattr(torch, name)


def traced(array):
    """A leaf that wants a gradient."""
    return torch.tensor(array).as_subclass(Traced).requires_grad_()


def walk(cell, x, state, grad_h, grad_last):
    """h for every step by `cell.equations`, and by automatic differentiation ∂L in x, the first state and the weights.

    x: `(batch, time, input)`. state, grad_last: tuples of arrays, one a field of the state; grad_h: `(batch, time,
    size)`. L is the sum of h ⊙ grad_h and of the last state ⊙ grad_last. Returns h, ∂L/∂x, a tuple and a dict.
    """
    x, first = traced(x), [traced(value) for value in state]
    seen = copy.copy(cell)
    seen._parameters = {name: traced(value) for name, value in cell.parameters.items()}
    fields, outputs = first, []
    for t in range(x.shape[1]):
        now = seen.equations(x[:, t], *fields)
        fields = [now[name] for name in cell.state_fields]
        outputs.append(fields[0])
    h = torch.stack(outputs, 1)
    torch.autograd.backward((h, *fields), [torch.from_numpy(grad) for grad in (grad_h, *grad_last)])
    leaves = {"x": x, **dict(enumerate(first)), **seen._parameters}
    found = {name: _gradient(leaf) for name, leaf in leaves.items()}
    return h.detach().numpy(), found.pop("x"), [found.pop(k) for k in range(len(first))], found


def _gradient(leaf):
    """∂L of a leaf; zero where L does not depend on it."""
    return np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)
