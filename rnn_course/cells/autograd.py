"""A cell's own equations on torch tensors, for automatic differentiation.

`equations` calls NumPy. NumPy asks its arguments first whether they want to do the work themselves (NEP 13 and NEP 18),
and a `Traced` tensor does: `np.tanh(a)` becomes `torch.tanh(a)`, and torch keeps the record for the way back. Where the
two libraries call different things by one name, `MEANINGS` has what NumPy means.
"""

import numpy as np
import torch

MEANINGS = {
    "absolute": torch.abs,
    "amax": lambda a, axis=None, keepdims=False: torch.amax(a, () if axis is None else axis, keepdims),
    "amin": lambda a, axis=None, keepdims=False: torch.amin(a, () if axis is None else axis, keepdims),
    "copy": torch.clone,
    "dot": torch.matmul,
    "maximum": lambda a, b: torch.where(a > b, a, b),  # torch's halves the slope where both are equal
    "minimum": lambda a, b: torch.where(a < b, a, b),
    "power": torch.pow,
    "split": lambda a, parts, axis=0: torch.tensor_split(a, parts, dim=axis),
    "std": lambda a, axis=None, ddof=0, keepdims=False: torch.std(a, axis, correction=ddof, keepdim=keepdims),
    "transpose": lambda a, *axes: torch.permute(a, _flat(axes) or tuple(range(a.ndim))[::-1]),
    "var": lambda a, axis=None, ddof=0, keepdims=False: torch.var(a, axis, correction=ddof, keepdim=keepdims),
}
MEANINGS |= {"max": MEANINGS["amax"], "min": MEANINGS["amin"]}


class Traced(torch.Tensor):
    """A tensor on which NumPy's functions and methods are torch's of the same meaning."""

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        if method != "__call__" or options:
            raise TypeError(f"np.{ufunc.__name__} with options, or in place, cannot be followed")
        return _in_torch(ufunc)(*(_tensor(value) for value in inputs))

    def __array_function__(self, function, types, arguments, options):
        return _in_torch(function)(*(_tensors(value) for value in arguments), **options)


def _as_method(name):
    """NumPy's method of this name, by its function."""
    return lambda self, *arguments, **options: getattr(np, name)(self, *arguments, **options)


for _name in ("copy", "dot", "max", "min", "std", "var"):
    setattr(Traced, _name, _as_method(_name))
Traced.transpose = MEANINGS["transpose"]  # whose axes may come one by one


def _tensor(value):
    """An operand as a tensor."""
    return value if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value, dtype=np.float64))


def _tensors(value):
    """Arrays, also those in a list, as tensors; what is no array as it is."""
    if isinstance(value, list | tuple):
        return type(value)(_tensors(part) for part in value)
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def _flat(axes):
    """The axes, given one by one or together."""
    return axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes


def _in_torch(function):
    """torch's function for one of NumPy's."""
    name = function.__name__
    if name not in MEANINGS and not hasattr(torch, name):
        raise TypeError(f"np.{name} has no counterpart in torch")
    return MEANINGS.get(name) or getattr(torch, name)


def traced(array):
    """A leaf that wants a gradient."""
    return torch.tensor(array).as_subclass(Traced).requires_grad_()


def walk(cell, x, state, grad_h, grad_last):
    """h for every step by `cell.equations`, and by automatic differentiation ∂L in x, the first state and the weights.

    x: `(batch, time, input)`. state, grad_last: sequences of arrays, one a field of the state; grad_h: `(batch, time,
    size)`. L is the sum of h ⊙ grad_h and of the last state ⊙ grad_last. Returns h, ∂L/∂x, a list and a dict.
    Raises whatever torch raises where the equations do what it cannot follow.
    """
    x, first = traced(x), [traced(value) for value in state]
    weights = {name: traced(value) for name, value in cell.parameters.items()}
    seen = cell.with_arrays(weights)
    fields, outputs = first, []
    for t in range(x.shape[1]):
        now = seen.equations(x[:, t], *fields)
        fields = [now[name] for name in cell.state_fields]
        outputs.append(fields[0])
    h = torch.stack(outputs, 1)
    torch.autograd.backward((h, *fields), [torch.from_numpy(grad) for grad in (grad_h, *grad_last)])
    parameters = {name: _gradient(leaf) for name, leaf in weights.items()}
    return h.detach().numpy(), _gradient(x), [_gradient(leaf) for leaf in first], parameters


def _gradient(leaf):
    """∂L of a leaf; zero where L does not depend on it."""
    return np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)
