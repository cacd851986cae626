"""The gate explorer: a trained LSTM on one real sequence, and what follows when a gate or an input is changed."""

import numpy as np
from traitlets import Bool, Dict, Enum, Float, Int, List, Unicode, validate

from rnn_course.cells import LSTM, LSTMState
from rnn_course.validate import finite, shape
from rnn_course.widgets.kit import Explorable, script

# σ(±1000) is exactly 1 and 0 in float64: a clamped gate is a gate that has no inputs and this bias.
SATURATING_BIAS = 1000.0


class GateExplorer(Explorable):
    """Show every gate of an LSTM over one sequence and let the learner change what the gates do.

    The page computes the cell from its equations, for each step t:

        i, f, o = σ(W_x· x_t + W_h· h_{t-1} + b_·),   C̃ = tanh(W_xc x_t + W_hc h_{t-1} + b_c)
        C_t = f ⊙ C_{t-1} + i ⊙ C̃,   h_t = o ⊙ tanh(C_t),   y_t = W_hy h_t + b_y

    once with the weights as they were given (baseline) and once with the learner's changes (changed).

    Arguments:
        cell: a `rnn_course.cells.LSTM`; its weights are copied, in float64.
        x: one sequence (time, input), scaled, so that its unit is a standard deviation of the training part.
        readout: a `rnn_course.cells.Readout` with the identity as its activation, for y_t; None shows no output.
        times: what to write on the time axis, (time,): whole numbers, datetime64 or text; None writes the step.
        truth: what y_t should have been, (time,) or (time, output), in the readout's scale.
        names: the names of the input channels, (input,).
        unit: the hidden unit shown first, from 0.

    Controls, all traits that can be read, set and observed:
        unit, channel, output: which hidden unit, input channel and output are shown.
        heat_map: what the map of all units shows: "i", "f", "C_tilde", "o", "C" or "h".
        cursor: the step whose values stand in the table.
        forget_shift: what is added to the forget bias b_f, from -5 to 5.
        clamp_i, clamp_f, clamp_o: "free", "open" (the gate is 1) or "shut" (the gate is 0).
        cell_step: the step from which the shift and the clamps hold; before it the cell is as it was given.
        one_unit: True shifts and clamps the chosen unit only, False all units.
        input_step, input_shift: at which step the shown channel is changed, and by how many standard deviations.

    Raises TypeError or ValueError, naming the argument, for a wrong cell, rank, size or length, or a value that is not
    finite.
    """

    _esm = script("gate_explorer")

    parameters = Dict().tag(sync=True)
    readout = Dict(allow_none=True).tag(sync=True)
    x = List().tag(sync=True)
    times = List(Unicode(), allow_none=True).tag(sync=True)
    truth = List(allow_none=True).tag(sync=True)
    names = List(Unicode()).tag(sync=True)

    unit = Int(0).tag(sync=True, control=True)
    channel = Int(0).tag(sync=True, control=True)
    output = Int(0).tag(sync=True, control=True)
    heat_map = Enum(["i", "f", "C_tilde", "o", "C", "h"], "f").tag(sync=True, control=True)
    cursor = Int(0).tag(sync=True, control=True)
    forget_shift = Float(0.0, min=-5.0, max=5.0).tag(sync=True, control=True)
    clamp_i = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_f = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_o = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    cell_step = Int(0).tag(sync=True, control=True)
    one_unit = Bool(False).tag(sync=True, control=True)
    input_step = Int(0).tag(sync=True, control=True)
    input_shift = Float(0.0, min=-4.0, max=4.0).tag(sync=True, control=True)

    def __init__(self, cell, x, readout=None, times=None, truth=None, names=None, unit=0):
        if not isinstance(cell, LSTM):
            raise TypeError(f"cell is a {type(cell).__name__}, it must be a rnn_course.cells.LSTM")
        parameters = {name: finite(f"cell.parameters[{name!r}]", value) for name, value in cell.parameters.items()}
        x = _sequence(x, cell.input_size)
        steps = len(x)
        super().__init__(
            parameters=_lists(parameters),
            readout=_readout(readout, cell.hidden_size),
            x=x.tolist(),
            times=_labels(times, steps),
            truth=_truth(truth, readout, steps),
            names=_names(names, cell.input_size),
            unit=unit,
            cursor=steps // 2,
            input_step=steps // 2,
        )

    def __repr__(self):
        hidden, features = len(self.parameters["b"]) // 4, len(self.names)
        return f"GateExplorer(LSTM with {hidden} units, {len(self.x)} steps of {features} features)"

    @validate("unit", "channel", "output", "cursor", "cell_step", "input_step")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        sizes = {
            "unit": len(self.parameters["b"]) // 4,
            "channel": len(self.names),
            "output": len(self.readout["b_y"]) if self.readout else 1,
        }
        size = sizes.get(name, len(self.x))
        if not 0 <= value < size:
            raise ValueError(f"{name} is {value}, it must be from 0 to {size - 1}")
        return value

    def compute(self):
        """Return in NumPy the arrays that the page draws as "changed".

        Returns `{"x": (time, input), "i", "f", "C_tilde", "o", "C", "h": each (time, hidden), "y": (time, output)}`,
        in float64; `"y"` only with a readout. With every control as it was at first this is the baseline.
        """
        x = np.array(self.x)
        x[self.input_step, self.channel] += self.input_shift
        arrays = {"x": x, **self._switched_trace(x)}
        if self.readout:
            arrays["y"] = arrays["h"] @ np.array(self.readout["W_hy"]).T + np.array(self.readout["b_y"])
        return arrays

    def _switched_trace(self, x):
        """Return every gate and state (time, hidden), with the changed cell taking over at `cell_step`."""
        names, start = ("i", "f", "C_tilde", "o", "C", "h"), self.cell_step
        if start == 0:
            trace = self._changed_cell().trace(x[np.newaxis])
            return {name: trace[name][0] for name in names}
        before = self._cell().trace(x[np.newaxis, :start])
        state = LSTMState(before.h[:, -1], before.C[:, -1])
        after = self._changed_cell().trace(x[np.newaxis, start:], state)
        return {name: np.concatenate([before[name][0], after[name][0]]) for name in names}

    def _cell(self):
        cell = LSTM(len(self.names), len(self.parameters["b"]) // 4)
        for name, value in self.parameters.items():
            setattr(cell, name, np.array(value))
        return cell

    def _changed_cell(self):
        """Return the cell with the shift and the clamps, each of which is a change of its weights."""
        cell = self._cell()
        units = self.unit if self.one_unit else slice(None)
        cell.b_f[units] += self.forget_shift
        for gate in ("i", "f", "o"):
            clamp = getattr(self, f"clamp_{gate}")
            if clamp != "free":
                getattr(cell, f"W_x{gate}")[units] = 0.0
                getattr(cell, f"W_h{gate}")[units] = 0.0
                getattr(cell, f"b_{gate}")[units] = SATURATING_BIAS if clamp == "open" else -SATURATING_BIAS
        return cell


def _lists(arrays):
    """Return the arrays as nested lists of Python floats, which JSON carries without losing a bit."""
    return {name: np.asarray(value, dtype=np.float64).tolist() for name, value in arrays.items()}


def _numbers(name, values):
    """Return `values` as a finite float64 array."""
    array = np.asarray(values)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} holds {array.dtype} values, they must be numbers")
    return finite(name, array.astype(np.float64))


def _sequence(x, input_size):
    x = np.asarray(x)
    if x.ndim != 2:
        raise ValueError(f"x has shape {x.shape}, wanted one sequence (time, input={input_size})")
    if x.shape[1] != input_size:
        raise ValueError(f"x has {x.shape[1]} features, this LSTM was built for input_size={input_size}")
    shape("x", x, (None, input_size), ("time", "input"))
    return _numbers("x", x)


def _readout(readout, hidden_size):
    if readout is None:
        return None
    if readout.activation != "identity":
        raise ValueError(f"readout has the activation {readout.activation!r}, the gate explorer wants 'identity'")
    W_hy = readout.parameters["W_hy"]
    if W_hy.shape[1] != hidden_size:
        raise ValueError(f"readout reads {W_hy.shape[1]} units, this LSTM has hidden_size={hidden_size}")
    return _lists({name: finite(f"readout.parameters[{name!r}]", value) for name, value in readout.parameters.items()})


def _truth(truth, readout, steps):
    if truth is None:
        return None
    if readout is None:
        raise ValueError("truth was given without a readout, there is no output to compare it with")
    truth = _numbers("truth", truth)
    truth = truth[:, np.newaxis] if truth.ndim == 1 else truth
    shape("truth", truth, (steps, len(readout.parameters["b_y"])), ("time", "output"))
    return truth.tolist()


def _names(names, input_size):
    names = [f"x{k}" for k in range(input_size)] if names is None else [str(name) for name in names]
    if len(names) != input_size:
        raise ValueError(f"names has {len(names)} names, this LSTM was built for input_size={input_size}")
    return names


def _labels(times, steps):
    """Return one text for each step; datetimes are written no finer than they differ, as in 1998-03."""
    if times is None:
        return None
    times = np.asarray(times)
    if times.shape != (steps,):
        raise ValueError(f"times has shape {times.shape}, x has {steps} steps and wants (time={steps},)")
    if times.dtype.kind != "M":
        return [str(time) for time in times.tolist()]
    if np.isnat(times).any():
        raise ValueError(f"times has no date at {int(np.isnat(times).argmax())}, each step needs one")
    unit = next(unit for unit in ("Y", "M", "D", "m", "s", "ns") if (times.astype(f"M8[{unit}]") == times).all())
    return [text.replace("T", " ") for text in np.datetime_as_string(times, unit=unit, casting="unsafe").tolist()]
