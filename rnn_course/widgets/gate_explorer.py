"""The gate explorer: a trained LSTM, and a GRU beside it, on one sequence, and what follows from each change."""

import numpy as np
from traitlets import Bool, Dict, Enum, Int, List, Unicode, validate

from rnn_course.cells import GRU, LSTM
from rnn_course.validate import finite, numbers, shape
from rnn_course.widgets.arguments import (
    channel_names,
    first_controls,
    linear_readout,
    one_sequence,
    time_labels,
    weights,
)
from rnn_course.widgets.kit import Explorable, Finite, script

LONGEST = 400  # steps of a sequence of the reader's own, or as many as x has if it is longer

# σ(±1000) is exactly 1 and 0 in float64: a clamped gate is a gate that has no inputs and this bias.
SATURATING_BIAS = 1000.0
LSTM_FIELDS = ("i", "f", "C_tilde", "o", "C", "h")


class GateExplorer(Explorable):
    """Show every gate of an LSTM over one sequence and let the reader change the gates and the sequence.

    The page computes the cell from its equations, for each step t:

        i, f, o = σ(W_x· x_t + W_h· h_{t-1} + b_·),   C̃ = tanh(W_xc x_t + W_hc h_{t-1} + b_c)
        C_t = f ⊙ C_{t-1} + i ⊙ C̃,   h_t = o ⊙ tanh(C_t),   y_t = W_hy h_t + b_y

    once with the weights as they were given (baseline) and once with the reader's changes (changed). A GRU, if there is
    one, reads the same sequence beside it, with its own r, z, n and h and its own output.

    Arguments:
        cell: a `rnn_course.cells.LSTM`; its weights are copied, in float64.
        x: one sequence (time, input), scaled, so that its unit is a standard deviation of the training part.
        readout: a `rnn_course.cells.Readout` with the identity as its activation, for y_t; None shows no output.
        times: what to write on the time axis, (time,): whole numbers, datetime64 or text; None writes the step.
        truth: what y_t should have been, (time,) or (time, output), in the readout's scale.
        names: the names of the input channels, (input,).
        gru: a `rnn_course.cells.GRU` of the same input_size, of either dialect, to be shown beside the LSTM.
        gru_readout: its Readout; it has one exactly if the LSTM has one, and as many outputs.
        **start: where controls stand at first, by their names; the others stand where nothing is changed.

    Controls, all traits that can be read, set and observed:
        sequence: what is read instead of x, (time, input) as nested lists, at most 400 steps or as many as x has;
            None reads x. A step below that lies beyond its end stands at its end.
        drawing: True lets the mouse draw on the input's chart.
        unit, gru_unit, channel, output: which hidden unit of each cell, input channel and output are shown.
        heat_map: what the map of all units shows: "i", "f", "C_tilde", "o", "C", "h"; the GRU's "r", "z", "n", "gru_h".
        cursor: the step whose values stand in the table.
        forget_shift: what is added to the forget bias b_f, from -5 to 5.
        clamp_i, clamp_f, clamp_o, clamp_r, clamp_z: "free", "open" (the gate is 1) or "shut" (the gate is 0).
        cell_step: the step from which the shift and the clamps hold; before it the cells are as they were given.
        one_unit: True shifts and clamps the chosen unit of each cell only, False all units.
        input_step, input_shift: at which step the shown channel is changed, and by how many standard deviations.

    Raises TypeError or ValueError, naming the argument, for a wrong cell, rank, size or length, or a value that is not
    finite.
    """

    _esm = script("gate_explorer")

    parameters = Dict().tag(sync=True)
    readout = Dict(allow_none=True).tag(sync=True)
    gru = Dict(allow_none=True).tag(sync=True)
    x = List().tag(sync=True)
    times = List(Unicode(), allow_none=True).tag(sync=True)
    truth = List(allow_none=True).tag(sync=True)
    names = List(Unicode()).tag(sync=True)
    longest = Int().tag(sync=True)

    sequence = List(default_value=None, allow_none=True).tag(sync=True, control=True)
    drawing = Bool(False).tag(sync=True, control=True)
    unit = Int(0).tag(sync=True, control=True)
    gru_unit = Int(0).tag(sync=True, control=True)
    channel = Int(0).tag(sync=True, control=True)
    output = Int(0).tag(sync=True, control=True)
    heat_map = Enum(["i", "f", "C_tilde", "o", "C", "h", "r", "z", "n", "gru_h"], "f").tag(sync=True, control=True)
    cursor = Int(0).tag(sync=True, control=True)
    forget_shift = Finite(0.0, min=-5.0, max=5.0).tag(sync=True, control=True)
    clamp_i = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_f = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_o = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_r = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    clamp_z = Enum(["free", "open", "shut"], "free").tag(sync=True, control=True)
    cell_step = Int(0).tag(sync=True, control=True)
    one_unit = Bool(False).tag(sync=True, control=True)
    input_step = Int(0).tag(sync=True, control=True)
    input_shift = Finite(0.0, min=-4.0, max=4.0).tag(sync=True, control=True)

    def __init__(self, cell, x, readout=None, times=None, truth=None, names=None, gru=None, gru_readout=None, **start):
        if not isinstance(cell, LSTM):
            raise TypeError(f"cell is a {type(cell).__name__}, it must be a rnn_course.cells.LSTM")
        x = one_sequence("x", x, cell.input_size)
        steps = len(x)
        super().__init__(
            parameters=weights("cell", cell),
            readout=linear_readout("readout", readout, cell.hidden_size),
            gru=_beside(gru, gru_readout, cell, readout),
            x=x.tolist(),
            times=time_labels(times, steps),
            truth=_truth(truth, readout, steps),
            names=channel_names(names, cell.input_size),
            longest=max(LONGEST, steps),
            **first_controls(type(self), start, cursor=steps // 2, input_step=steps // 2),
        )

    def __repr__(self):
        beside = f" beside a GRU with {_units(self.gru['parameters'])}" if self.gru else ""
        network = f"LSTM with {_units(self.parameters)} units{beside}"
        return f"GateExplorer({network}, {len(self.x)} steps of {len(self.names)} features)"

    @validate("unit", "gru_unit", "channel", "output", "cursor", "cell_step", "input_step")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        sizes = {
            "unit": _units(self.parameters),
            "gru_unit": _units(self.gru["parameters"]) if self.gru else 1,
            "channel": len(self.names),
            "output": len(self.readout["b_y"]) if self.readout else 1,
        }
        size = sizes.get(name, max(len(self.x), len(self.sequence or [])))
        if not 0 <= value < size:
            raise ValueError(f"{name} is {value}, it must be from 0 to {size - 1}")
        return value

    @validate("heat_map", "clamp_r", "clamp_z")
    def _has_a_gru(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if self.gru is None and value not in ("free", *LSTM_FIELDS):
            raise ValueError(f"{name} is {value!r}, but this explorer was made without a GRU")
        return value

    @validate("sequence")
    def _can_be_read(self, proposal):
        if proposal["value"] is None:
            return None
        x = one_sequence("sequence", proposal["value"], len(self.names))
        if len(x) > self.longest:
            raise ValueError(f"sequence has {len(x)} steps, at most {self.longest} can be read")
        return x.tolist()

    def compute(self):
        """Return in NumPy the arrays that the page draws as "changed".

        Returns `{"x": (time, input), "i", "f", "C_tilde", "o", "C", "h": each (time, hidden), "y": (time, output)}`,
        and with a GRU its `{"r", "z", "n", "gru_h": each (time, hidden of the GRU), "gru_y": (time, output)}`, in
        float64; `"y"` and `"gru_y"` only with readouts. With every control as it was at first this is the baseline.
        """
        x = np.array(self.x if self.sequence is None else self.sequence)
        x[min(self.input_step, len(x) - 1), self.channel] += self.input_shift
        arrays = {"x": x, **self._trace_of(LSTM, self.parameters, self.unit, x)}
        if self.readout:
            arrays["y"] = _output(self.readout, arrays["h"])
        if self.gru:
            trace = self._trace_of(GRU, self.gru["parameters"], self.gru_unit, x)
            arrays |= {"gru_h" if name == "h" else name: value for name, value in trace.items()}
            if self.gru["readout"]:
                arrays["gru_y"] = _output(self.gru["readout"], trace["h"])
        return arrays

    def _trace_of(self, kind, parameters, unit, x):
        """Return every gate and state (time, hidden), with the changed cell taking over at `cell_step`."""
        given, changed = _cell(kind, parameters), _cell(kind, parameters)
        self._change(changed, unit)
        x, start = x[np.newaxis], min(self.cell_step, len(x) - 1)
        if start == 0:
            return {name: value[0] for name, value in changed.trace(x).items()}
        before, (_, state) = given.trace(x[:, :start]), given.forward(x[:, :start])
        after = changed.trace(x[:, start:], state)
        return {name: np.concatenate([before[name][0], value[0]]) for name, value in after.items()}

    def _change(self, cell, unit):
        """Shift and clamp the cell's gates, each of which is a change of its weights."""
        units = unit if self.one_unit else slice(None)
        if isinstance(cell, LSTM):
            cell.b_f[units] += self.forget_shift
        for gate in set(cell.gates) & {"i", "f", "o", "r", "z"}:
            clamp = getattr(self, f"clamp_{gate}")
            if clamp != "free":
                getattr(cell, f"W_x{gate}")[units] = 0.0
                getattr(cell, f"W_h{gate}")[units] = 0.0
                getattr(cell, f"b_{gate}")[units] = SATURATING_BIAS if clamp == "open" else -SATURATING_BIAS


def _units(parameters):
    return len(parameters["W_h"][0])


def _cell(kind, parameters):
    """Return a cell with these parameters."""
    options = {"reset_after": "b_hn" in parameters} if kind is GRU else {}
    cell = kind(len(parameters["W_x"][0]), _units(parameters), **options)
    for name, value in parameters.items():
        setattr(cell, name, np.array(value))
    return cell


def _output(readout, h):
    return h @ np.array(readout["W_hy"]).T + np.array(readout["b_y"])


def _beside(gru, gru_readout, cell, readout):
    """Return the GRU's parameters and readout as the page gets them, once they have been held against the LSTM's."""
    if gru is None:
        if gru_readout is not None:
            raise ValueError("gru_readout was given without a gru, there is no state for it to read")
        return None
    if not isinstance(gru, GRU):
        raise TypeError(f"gru is a {type(gru).__name__}, it must be a rnn_course.cells.GRU or None")
    if gru.input_size != cell.input_size:
        raise ValueError(f"gru has input_size={gru.input_size}, the LSTM has {cell.input_size}: they must be the same")
    if (readout is None) != (gru_readout is None):
        missing, given = ("readout", "gru_readout") if readout is None else ("gru_readout", "readout")
        raise ValueError(f"{missing} is None, but {given} was given: both cells have a readout, or neither")
    beside = {"parameters": weights("gru", gru), "readout": linear_readout("gru_readout", gru_readout, gru.hidden_size)}
    if readout is not None and gru_readout.output_size != readout.output_size:
        raise ValueError(f"gru_readout has {gru_readout.output_size} outputs, readout has {readout.output_size}")
    return beside


def _truth(truth, readout, steps):
    if truth is None:
        return None
    if readout is None:
        raise ValueError("truth was given without a readout, there is no output to compare it with")
    truth = numbers("truth", truth).astype(np.float64)
    truth = truth[:, np.newaxis] if truth.ndim == 1 else truth
    return finite("truth", shape("truth", truth, (steps, readout.output_size), ("time", "output"))).tolist()
