"""Arguments of explorables, checked and turned into the lists that JSON carries to the page."""

import numpy as np

from rnn_course.cells import Readout
from rnn_course.validate import array, finite, numbers, shape


def lists(arrays):
    """Return the arrays of a mapping as nested lists of Python floats, which JSON carries without losing a bit."""
    return {name: np.asarray(value, dtype=np.float64).tolist() for name, value in arrays.items()}


def weights(name, owner):
    """Return the parameters of a cell or readout, the argument `name`, as `lists` of finite numbers."""
    return lists({key: finite(f"{name}.parameters[{key!r}]", value) for key, value in owner.parameters.items()})


def one_sequence(name, x, input_size):
    """Return one sequence (time, input) of finite numbers in float64."""
    x = numbers(name, x)
    if x.ndim != 2:
        raise ValueError(f"{name} has shape {x.shape}, wanted one sequence (time, input={input_size})")
    if x.shape[1] != input_size:
        raise ValueError(f"{name} has {x.shape[1]} features, this cell was built for input_size={input_size}")
    return finite(name, shape(name, x, (None, input_size), ("time", "input")).astype(np.float64))


def linear_readout(name, readout, hidden_size):
    """Return the `weights` of a Readout with the identity as its activation that reads so many units; None stays."""
    if readout is None:
        return None
    if not isinstance(readout, Readout):
        raise TypeError(f"{name} is a {type(readout).__name__}, it must be a rnn_course.cells.Readout or None")
    if readout.activation != "identity":
        raise ValueError(f"{name} has the activation {readout.activation!r}, the explorable wants 'identity'")
    if readout.hidden_size != hidden_size:
        raise ValueError(f"{name} reads {readout.hidden_size} units, its cell has hidden_size={hidden_size}")
    return weights(name, readout)


def channel_names(names, input_size):
    """Return a name for each input channel: those given, a list of texts, or x0, x1 and so on."""
    if names is None:
        return [f"x{k}" for k in range(input_size)]
    if isinstance(names, str) or not np.iterable(names):
        raise TypeError(f"names is {names!r}, it must be a list of {input_size} names")
    names = [str(name) for name in names]
    if len(names) != input_size:
        raise ValueError(f"names has {len(names)} names, this cell was built for input_size={input_size}")
    return names


def time_labels(times, steps):
    """Return one text for each step; datetimes are written no finer than they differ, as in 1998-03."""
    if times is None:
        return None
    times = array("times", times)
    if times.shape != (steps,):
        raise ValueError(f"times has shape {times.shape}, x has {steps} steps and wants (time={steps},)")
    if times.dtype.kind != "M":
        return [str(time) for time in times.tolist()]
    if np.isnat(times).any():
        raise ValueError(f"times has no date at {int(np.isnat(times).argmax())}, each step needs one")
    unit = next(unit for unit in ("Y", "M", "D", "m", "s", "ns") if (times.astype(f"M8[{unit}]") == times).all())
    return [text.replace("T", " ") for text in np.datetime_as_string(times, unit=unit, casting="unsafe").tolist()]


def first_controls(kind, given, **usual):
    """Return where the controls of an explorable stand at first: as `given`, else as `usual`."""
    for name in given:
        if name not in kind.class_traits(control=True):
            raise TypeError(f"{name!r} is no argument and no control of a {kind.__name__}")
    return usual | given
