"""What the author of a cell has to give, and the sentence for each way in which it may be something else."""

import numpy as np


def check_class(cls, walk):
    """Refuse a class of cells whose author means something that the protocol does otherwise."""
    if "step" in vars(cls):
        raise TypeError(f"{cls.__name__} defines step, which follows from `equations`: write its equations there")
    if cls.fast is not None and not (isinstance(cls.fast, type) and issubclass(cls.fast, walk)):
        raise TypeError(f"{cls.__name__}.fast is {cls.fast!r}, it must be a Walk or None: call yours by another name")
    for name in ("gates", "state_fields"):
        value = getattr(cls, name)
        if not isinstance(value, tuple | list) or len(set(value)) < len(value):
            raise TypeError(f"{cls.__name__}.{name} is {value!r}, it must be a tuple of names that differ")
        if isinstance(value, list):
            setattr(cls, name, tuple(value))


def frozen(array):
    """The same array, not to be written to: `h *= z` would change a state that the way back needs."""
    view = array.view()
    view.flags.writeable = False
    return view


def now(cell, x_t, before):
    """What `cell.equations` gives for one step: a dict with the new state in it, all of the cell's dtype."""
    name = f"{type(cell).__name__}.equations"
    values = _called(name, cell.equations, frozen(x_t), *map(frozen, before))
    if not isinstance(values, dict) or not values.keys() >= set(cell.state_fields):
        got = f"a dict of {', '.join(map(str, values))}" if isinstance(values, dict) else f"a {type(values).__name__}"
        raise TypeError(f"{name} returned {got}, wanted a dict that has the new state: {', '.join(cell.state_fields)}")
    sizes = cell.state_sizes()
    for key, value in values.items():
        size = sizes[key] if key in sizes else np.shape(value)[1] if np.ndim(value) == 2 else "size"
        _check(cell, f"{name} gave {key}, which", value, (len(x_t), size))
    return {key: frozen(value) for key, value in values.items()}


def back(cell, values, x_t, before, grads):
    """What `cell.step_back` gives for one step: ∂L/∂a stacked as the rows of W_x are, ∂L/∂ the state before, and the
    gradients that it gives itself."""
    name = f"{type(cell).__name__}.step_back"
    result = _called(name, cell.step_back, values, frozen(x_t), type(before)(*map(frozen, before)), *grads)
    if not isinstance(result, tuple) or len(result) != 3 or not all(map(isinstance, result, (dict, tuple, dict))):
        raise TypeError(
            f"{name} returned {_kinds(result)}, wanted three things: a dict of ∂L/∂a by gate, a tuple of ∂L/∂ the "
            "state before, and a dict of the other gradients"
        )
    da, grads, own = result
    if da.keys() != set(cell.gates):
        raise TypeError(f"{name} gave ∂L/∂a of {_list(da)}, the gates are {_list(cell.gates)}")
    if len(grads) != len(before):
        raise TypeError(f"{name} gave {len(grads)} gradients for the state before, it has {_list(cell.state_fields)}")
    for gate, value in da.items():
        _check(cell, f"{name} gave ∂L/∂a of {gate}, which", value, (len(x_t), cell.hidden_size))
    for key, value, like in zip(cell.state_fields, grads, before, strict=True):
        _check(cell, f"{name} gave ∂L/∂{key}, which", value, like.shape)
    if "x" in own:
        _check(cell, f"{name} gave ∂L/∂x, which", own["x"], x_t.shape)
    stacked = [np.empty((len(x_t), 0), cell.dtype), *(da[gate] for gate in cell.gates)]
    return np.concatenate(stacked, axis=1), grads, {key: np.asarray(value) for key, value in own.items()}


def gradients(cell, found):
    """The gradients of all parameters, in their order."""
    name, parameters = f"{type(cell).__name__}.step_back", cell.parameters
    if unknown := found.keys() - parameters.keys():
        raise TypeError(f"{name} gave a gradient of {min(unknown)}, the parameters are {_list(parameters)}")
    if missing := [key for key in parameters if key not in found]:
        raise TypeError(f"{name} gave no gradient of {missing[0]}, which does not follow from ∂L/∂a")
    for key, value in parameters.items():
        _check(cell, f"{name} gave ∂L/∂{key}, which", found[key], value.shape)
    return {key: found[key] for key in parameters}


def _called(name, function, *arguments):
    """What a function of the author's returns; NumPy's word on what is frozen, in a sentence."""
    try:
        return function(*arguments)
    except ValueError as error:
        if "read-only" in str(error):
            raise ValueError(f"{name} writes into what it was given: write h = z * h in place of h *= z") from error
        raise


def _check(cell, name, value, shape):
    """Raise a TypeError or ValueError unless `value` is an array of this shape and the cell's dtype."""
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is a {type(value).__name__}, wanted an array of {cell.dtype}")
    if value.dtype != cell.dtype:
        raise TypeError(f"{name} is {value.dtype}, this cell computes in {cell.dtype}")
    if value.shape != shape:
        wanted = ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "")
        raise ValueError(f"{name} has shape {value.shape}, wanted ({wanted})")


def _list(names):
    return ", ".join(names) or "none"


def _kinds(result):
    return f"({', '.join(type(r).__name__ for r in result)})" if isinstance(result, tuple) else type(result).__name__
