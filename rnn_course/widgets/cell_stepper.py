"""The cell stepper: one unrolled cell, forward and back, one equation at a time, with the numbers put in."""

import numpy as np
from traitlets import Bool, Dict, Enum, Float, Int, List, validate

from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.validate import finite, numbers, shape
from rnn_course.widgets.kit import Explorable, script
from rnn_course.widgets.steps import steps

KINDS = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
MOST = {"hidden_size": 4, "input_size": 3, "steps": 8}  # more numbers than these do not fit a phone


class CellStepper(Explorable):
    """Go through a cell equation by equation, over the steps t = 1 … T and back, with the numbers beside the symbols.

    Forward, each equation of the cell as its module states it, from the first state, which is zero. The loss sees the
    last step only, L = ½‖h_T − target‖², so that ∂⁺L/∂h_T = h_T − target and ∂⁺L/∂h_t = 0 before. Backward, the
    equations of the cell's module again: ∂L/∂h_t, the LSTM's ∂L/∂C_t, ∂L/∂a of each gate, and the sums over the steps
    T … t that become ∂L/∂W_x, ∂L/∂W_h and ∂L/∂b.

    Arguments:
        cells: a SimpleRNN, an LSTM or a GRU, or a list of them among which the reader chooses, all with the same
            input_size, at most 3, and hidden_size, at most 4; the weights are copied, in float64.
        x: one sequence (time, input) of at most 8 steps.
        target: what h_T should be, (hidden,); None is zero for each unit.

    Controls, all traits that can be read, set and observed:
        cell: which of the cells, from 0.
        direction: "forward" or "backward".
        step: the time step t, from 1 to T.
        equation: which equation of the step, from 0; beyond the last it stands at the last.
        unit: the unit whose sums are written out, from 0.
        x: the input; the page changes that of the current step.
        hide: True hides each result until the reader asks for it.

    Raises TypeError or ValueError, naming the argument, for a wrong cell, rank, size or length, or a value that is not
    finite.
    """

    _esm = script("cell_stepper")

    cells = List(Dict()).tag(sync=True)
    target = List(Float()).tag(sync=True)

    cell = Int(0).tag(sync=True, control=True)
    direction = Enum(["forward", "backward"], "forward").tag(sync=True, control=True)
    step = Int(1).tag(sync=True, control=True)
    equation = Int(0, min=0).tag(sync=True, control=True)
    unit = Int(0).tag(sync=True, control=True)
    x = List().tag(sync=True, control=True)
    hide = Bool(False).tag(sync=True, control=True)

    def __init__(self, cells, x, target=None):
        cells = cells if isinstance(cells, list | tuple) else [cells]
        inputs, hidden = _sizes(cells)
        x = finite("x", _at_most("steps", shape("x", numbers("x", x), (None, inputs), ("time", "input"))))
        target = numbers("target", np.zeros(hidden) if target is None else target)
        finite("target", shape("target", target, (hidden,), ("hidden",)))
        super().__init__(
            cells=[_described(cell) for cell in cells],
            target=target.astype(np.float64).tolist(),
            x=x.astype(np.float64).tolist(),
        )

    def __repr__(self):
        names = "; ".join(cell["name"] for cell in self.cells)
        return f"CellStepper({names}: {len(self.target)} units, {len(self.x)} steps)"

    @validate("cell", "unit", "step")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        first, last = {
            "cell": (0, len(self.cells) - 1),
            "unit": (0, len(self.target) - 1),
            "step": (1, len(self.x)),
        }[name]
        if not first <= value <= last:
            raise ValueError(f"{name} is {value}, it must be from {first} to {last}")
        return value

    @validate("x")
    def _same_size(self, proposal):
        x = numbers("x", proposal["value"])
        steps = len(self.initial["x"]) if self.initial else None
        inputs = len(self.cells[0]["parameters"]["W_x"][0])
        return finite("x", shape("x", x, (steps, inputs), ("time", "input"))).astype(np.float64).tolist()

    def compute(self):
        """Return in NumPy, by the library's own cells, what the page computes.

        Returns `{"h" and the gates and states of the cell's trace: (time, hidden); "loss": a number; "dh", for an LSTM
        "dC": ∂L/∂h_t and ∂L/∂C_t, (time, hidden); "da": ∂L/∂a of all gates in the order of storage,
        (time, gates · hidden); "dW_x", "dW_h", "db", with reset_after "db_hn": (time, …), the sums over the steps
        T … t, so that the first of them is the loss's gradient}`.
        """
        cell, x = _made(self.cells[self.cell]), np.array(self.x)
        trace = {name: values[0] for name, values in cell.trace(x[np.newaxis]).items()}
        error = trace["h"][-1:] - np.array(self.target)
        walked = steps(cell, x, (error, np.zeros_like(error))[: len(cell.state_fields)])
        da = np.concatenate([np.concatenate([step.da[gate] for gate in cell.gates], axis=1) for step in walked])
        arrays = {"loss": float((error**2).sum() / 2), "da": da}
        arrays["dh"] = np.concatenate([step.grads[0] for step in walked])
        if isinstance(cell, LSTM):
            shown = trace["o"] * (1 - np.tanh(trace["C"]) ** 2)  # ∂h_t/∂C_t at the same step
            arrays["dC"] = np.concatenate([step.grads[1] for step in walked]) + shown * arrays["dh"]
        parts = [_parts(step, da_t) for step, da_t in zip(walked, da, strict=True)]
        for name in cell.parameters:
            arrays[f"d{name}"] = np.cumsum([part[name] for part in reversed(parts)], axis=0)[::-1]
        return trace | arrays


def _parts(step, da):
    """Return what one step adds to the gradient of each parameter; `da` is ∂L/∂a of all gates, (gates · hidden,)."""
    return {"W_x": np.outer(da, step.x), "W_h": np.outer(da, step.before.h), "b": da} | step.own


def _sizes(cells):
    """Return the input_size and the hidden_size that all the cells share."""
    if not cells:
        raise ValueError("cells is empty, at least one cell is wanted")
    for k, cell in enumerate(cells):
        if type(cell) not in KINDS.values():
            raise TypeError(f"cells[{k}] is a {type(cell).__name__}, it must be a SimpleRNN, an LSTM or a GRU")
        for name in ("input_size", "hidden_size"):
            ours, first = getattr(cell, name), getattr(cells[0], name)
            if ours != first:
                raise ValueError(f"cells[{k}] has {name}={ours}, cells[0] has {first}: they must be the same")
            if ours > MOST[name]:
                raise ValueError(f"cells[{k}] has {name}={ours}, at most {MOST[name]} can be shown")
    return cells[0].input_size, cells[0].hidden_size


def _at_most(name, x):
    if len(x) > MOST[name]:
        raise ValueError(f"x has {len(x)} {name}, at most {MOST[name]} can be shown")
    return x


def _described(cell):
    """Return the cell in values that JSON carries to the last bit."""
    kind = next(name for name, made in KINDS.items() if type(cell) is made)
    if kind == "lstm":
        name, options = "LSTM", {}
    elif kind == "gru":
        name, options = f"GRU, reset {'after' if cell.reset_after else 'before'}", {"reset_after": cell.reset_after}
    else:
        name, options = f"Simple RNN, {cell.nonlinearity}", {"nonlinearity": cell.nonlinearity}
    parameters = {
        name: finite(f"cell.parameters[{name!r}]", value).astype(np.float64).tolist()
        for name, value in cell.parameters.items()
    }
    return {"kind": kind, "name": name, "options": options, "parameters": parameters}


def _made(description):
    """Return the cell that was described."""
    parameters = {name: np.array(value) for name, value in description["parameters"].items()}
    hidden, inputs = parameters["W_h"].shape[1], parameters["W_x"].shape[1]
    cell = KINDS[description["kind"]](inputs, hidden, **description["options"])
    for name, value in parameters.items():
        setattr(cell, name, value)
    return cell
