"""Window against state: what a rule with a window and a network with a state know of one event, step by step."""

import numpy as np
from traitlets import Dict, Int, List, Unicode, validate

from rnn_course.cells import SimpleRNN
from rnn_course.validate import finite, listed, numbers, positive_int, shape
from rnn_course.widgets.arguments import linear_readout, one_sequence, time_labels, weights
from rnn_course.widgets.kit import Explorable, Finite, script


class WindowAgainstState(Explorable):
    """Show the answers of a linear rule on a window and of a recurrent network, with and without one event.

    Both read the same sequence x_1 … x_T of one number a step, and answer at each step t:

        window   y_t = b + Σ_k a_k x_{t−k},   k = 0 … w − 1, from step w on
        state    h_t = φ(W_xh x_t + W_hh h_{t−1} + b_h),   y_t = W_hy h_t + b_y

    The event is a number s that is added to x at step e.

    Arguments:
        cell: a `rnn_course.cells.SimpleRNN` with input_size=1; its weights are copied, in float64.
        readout: a `rnn_course.cells.Readout` of one output with the identity as its activation.
        x: one sequence (time, 1).
        rules: for each window w = 1, 2, … W, W at most the steps of x, the w weights of the last w values, the oldest
            first, and the constant b: rules[w − 1] is (w + 1,), as least squares give it.
        times: what to write on the time axis, (time,): whole numbers, datetime64 or text; None writes the step.
        truth: what y_t should have been without the event, (time,); None shows none.
        name: what x is.
        window, event_step, event_size: where those controls stand at first.

    Controls, all traits that can be read, set and observed:
        window: w, from 1 to W.
        event_step: e, from 1.
        event_size: s, from -4 to 4.
        cursor: the step whose values stand in the table, from 1.

    Raises TypeError or ValueError, naming the argument, for a wrong cell, rank, size or length, or a value that is not
    finite.
    """

    _esm = script("window_against_state")

    parameters = Dict().tag(sync=True)
    nonlinearity = Unicode().tag(sync=True)
    readout = Dict().tag(sync=True)
    x = List().tag(sync=True)
    rules = List().tag(sync=True)
    times = List(Unicode(), allow_none=True).tag(sync=True)
    truth = List(allow_none=True).tag(sync=True)
    name = Unicode().tag(sync=True)

    window = Int(1).tag(sync=True, control=True)
    event_step = Int(1).tag(sync=True, control=True)
    event_size = Finite(0.0, min=-4.0, max=4.0).tag(sync=True, control=True)
    cursor = Int(1).tag(sync=True, control=True)

    def __init__(
        self, cell, readout, x, rules, times=None, truth=None, name="x", *, window=1, event_step=1, event_size=-2.0
    ):
        if type(cell) is not SimpleRNN:
            raise TypeError(f"cell is a {type(cell).__name__}, it must be a rnn_course.cells.SimpleRNN")
        if cell.input_size != 1:
            raise ValueError(f"cell has input_size={cell.input_size}, the explorable wants 1")
        x = one_sequence("x", x, 1)
        steps = len(x)
        window, event_step = positive_int("window", window), positive_int("event_step", event_step)
        super().__init__(
            parameters=weights("cell", cell),
            nonlinearity=cell.nonlinearity,
            readout=_one_output(readout, cell.hidden_size),
            x=x[:, 0].tolist(),
            rules=_rules(rules, steps),
            times=time_labels(times, steps),
            truth=None if truth is None else _of_each_step("truth", truth, steps),
            name=str(name),
            window=window,
            event_step=event_step,
            event_size=event_size,
            cursor=min(event_step + window, steps),  # the first step at which the event is out of the window's sight
        )

    def __repr__(self):
        units = len(self.parameters["W_h"])
        return f"WindowAgainstState(windows of 1 to {len(self.rules)}, {units} units, {len(self.x)} steps)"

    @validate("window", "event_step", "cursor")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        last = len(self.rules if name == "window" else self.x)
        if not 1 <= value <= last:
            raise ValueError(f"{name} is {value}, it must be from 1 to {last}")
        return value

    def compute(self):
        """Return in NumPy what the page draws, with the event.

        Returns `{"x": (time,), "h": (time, hidden), "state": (time,), "window": (time − w + 1,), its answers from step
        w on}`, and if there is a truth `"state_error"` and `"window_error"`: the mean absolute errors without the
        event, over the steps at which the longest window has an answer.
        """
        x = np.array(self.x)
        changed = x.copy()
        changed[self.event_step - 1] += self.event_size
        h, state = self._state(changed)
        now = {"x": changed, "h": h, "state": state, "window": self._window(changed)}
        if self.truth is not None:
            answers = len(x) - len(self.rules) + 1  # the last so many steps
            for name, y in {"state": self._state(x)[1], "window": self._window(x)}.items():
                now[f"{name}_error"] = float(np.abs(y[-answers:] - self.truth[-answers:]).mean())
        return now

    def _state(self, x):
        """Return h (time, hidden) and y (time,) of the network."""
        parameters = {name: np.array(value) for name, value in self.parameters.items()}
        cell = SimpleRNN(1, len(parameters["W_h"]), nonlinearity=self.nonlinearity)
        for name, value in parameters.items():
            setattr(cell, name, value)
        h = cell.forward(x[np.newaxis, :, np.newaxis])[0][0]
        return h, h @ np.array(self.readout["W_hy"])[0] + self.readout["b_y"][0]

    def _window(self, x):
        """Return y (time − w + 1,) of the rule."""
        *a, b = self.rules[self.window - 1]
        return np.lib.stride_tricks.sliding_window_view(x, self.window) @ a + b


def _one_output(readout, hidden_size):
    described = linear_readout("readout", readout, hidden_size)
    if described is None:
        raise TypeError("readout is None, it must be a rnn_course.cells.Readout")
    if readout.output_size != 1:
        raise ValueError(f"readout has {readout.output_size} outputs, the explorable wants 1")
    return described


def _rules(rules, steps):
    """Return the rules as lists of floats, once each has as many numbers as its window needs."""
    rules = listed("rules", rules)
    if not 1 <= len(rules) <= steps:
        raise ValueError(f"rules has {len(rules)} windows, it must have from 1 to as many as x has steps, {steps}")
    return [_of_each_step(f"rules[{k}]", rule, k + 2, "weights and constant") for k, rule in enumerate(rules)]


def _of_each_step(name, values, count, axis="time"):
    return finite(name, shape(name, numbers(name, values).astype(np.float64), (count,), (axis,))).tolist()
