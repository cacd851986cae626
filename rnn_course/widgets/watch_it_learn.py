"""Watch it learn: a network that is trained in the page, one update after another, beside what it has to beat."""

import numpy as np
from traitlets import Bool, Dict, Enum, HasTraits, Int, List, validate

from rnn_course import data
from rnn_course.validate import finite, numbers
from rnn_course.widgets.kit import Explorable, Finite, script
from rnn_course.widgets.learning import (
    CELLS,
    OPTIMISERS,
    Learner,
    last_value,
    linear_fit,
    recall_data,
    rmse,
    series_data,
)
from rnn_course.widgets.sfc32 import SFC32

TASKS = ("sunspots", "co2", "sine", "recall", "own")
SHORTEST, LONGEST, LARGEST = 20, 400, 1e6  # a series of the reader's own: its values, and how large one may be
LARGEST_SEED = 99


def _settings():
    """The traits of one network by name."""
    return {
        "cell": Enum([*CELLS], "lstm"),
        "hidden": Int(16, min=1, max=32),
        "window": Int(9, min=1, max=50),
        "optimiser": Enum([*OPTIMISERS], "adam"),
        "rate": Finite(0.03, min=1e-4, max=2.0),
        "batch": Int(16, min=1, max=64),
        "clip": Finite(0.0, min=0.0, max=10.0),
        "clipped": Enum(["all", "readout", "cell"], "all"),
        "bias": Finite(0.0, min=-3.0, max=6.0),
    }


SETTINGS = tuple(_settings())
# Two networks have the same traits, those of B with _b behind their names.
_traits = {name + suffix: trait for suffix in ("", "_b") for name, trait in _settings().items()}
TwoNetworks = type(HasTraits)(
    "TwoNetworks", (HasTraits,), {name: trait.tag(sync=True, control=True) for name, trait in _traits.items()}
)


class WatchItLearn(Explorable, TwoNetworks):
    """Show a network learn in the page: its forecast, its losses, its gradients, and all that one update computes.

    A cell reads a window of a series, x_1 … x_T, from h_0 = 0, and a readout turns its last state into a forecast of
    the next value, y = W_hy h_T + b_y. The loss is ½ (y − target)², a mean over a batch of windows; its gradient goes
    back through time and is clipped, and SGD or Adam changes the weights by it. Errors are root mean squares, in the
    unit of the series. Validation is of the series' steps from 70 % to 85 %; the rest is left alone.

    Arguments: any control by its name, where it stands at first.

    Controls, all traits that can be read, set and observed:
        task: what is learned. "sunspots": next year's number. "co2": by how much CO2 grows next month. "sine": a sine
            with noise on it. "recall": a number that was read before `window` steps of noise. "own": the next value of
            `own`, a list of 20 to 400 numbers.
        noise: its standard deviation, in that of the series, from 0 to 1.
        cell: "rnn" (a simple RNN with tanh), "lstm" or "gru". hidden: its units, from 1 to 32.
        window: T, from 1 to 50, and half of the training part at the most.
        optimiser: "sgd" or "adam". rate: its learning rate, from 0.0001 to 2. batch: windows in one update, to 64.
        clip: the largest norm that the gradients may have, 0 for any. clipped: whose: "all", "readout" or "cell".
        bias: what is added to the forget gate's bias of an LSTM or the update gate's of a GRU, from -3 to 6.
        compare: whether a network B learns beside A, with settings of its own: `cell_b`, `hidden_b` and so on.
        editing: the network whose settings the page's controls show, "A" or "B".
        pace: updates a second, "5" or "60", or "fast".
        seed_weights, seed_order, seed_noise: of the first weights, the order of windows, the noise; from 0 to 99.

    Raises TypeError or ValueError, naming it, for a series that is too short or not finite, and a TraitError for
    another control that is out of its range.
    """

    _esm = script("watch_it_learn")

    tasks = Dict().tag(sync=True)
    limits = Dict({"shortest": SHORTEST, "longest": LONGEST, "largest": LARGEST}).tag(sync=True)

    task = Enum(TASKS, "sunspots").tag(sync=True, control=True)
    own = List().tag(sync=True, control=True)
    noise = Finite(0.0, min=0.0, max=1.0).tag(sync=True, control=True)
    compare = Bool(False).tag(sync=True, control=True)
    editing = Enum(["A", "B"], "A").tag(sync=True, control=True)
    pace = Enum(["5", "60", "fast"], "60").tag(sync=True, control=True)
    seed_weights = Int(0, min=0, max=LARGEST_SEED).tag(sync=True, control=True)
    seed_order = Int(0, min=0, max=LARGEST_SEED).tag(sync=True, control=True)
    seed_noise = Int(0, min=0, max=LARGEST_SEED).tag(sync=True, control=True)

    def __init__(self, **controls):
        if unknown := controls.keys() - self.traits(control=True).keys():
            raise TypeError(f"WatchItLearn has no control {min(unknown)!r}")
        controls["own"] = _series_of_ones_own(controls.get("own", _zigzag()))
        super().__init__(tasks=_tasks(), **controls)

    def __repr__(self):
        network = f"{self.hidden} units, {self.optimiser} at {self.rate}"
        return f"WatchItLearn({self.task}, {self.cell}, {network})"

    @validate("own")
    def _numbers_to_learn(self, proposal):
        return _series_of_ones_own(proposal["value"])

    def settings(self, of="A"):
        """Return the settings of network A or B by their names without _b."""
        return {name: getattr(self, name if of == "A" else f"{name}_b") for name in SETTINGS}

    def data(self, of="A"):
        """Return the windows that network A or B reads, as `learning.Data`."""
        cut = recall_data if self.task == "recall" else series_data
        values = self.own if self.task == "own" else self.tasks[self.task]["values"]
        return cut(values, self.settings(of)["window"], self.noise, self.seed_noise)

    def compute(self, updates=20):
        """Return in NumPy what the page has after so many updates, `{"A": …}`, and "B" if there is one.

        Of each: "parameters", by name; "norms", of the gradients of "readout" and "cell" at every update, before
        clipping, (updates,); "forecast" of validation, (n,), in standard deviations of the training part; and the
        errors "train", "validation", and on validation those of the baselines "last_value" and "linear_fit".
        """
        return {of: self._learned(of, updates) for of in (["A", "B"] if self.compare else ["A"])}

    def _learned(self, of, updates):
        found, settings = self.data(of), self.settings(of)
        del settings["window"]
        learner = Learner(found, **settings, seed_weights=self.seed_weights, seed_order=self.seed_order)
        for _ in range(updates):
            learner.update()
        target = found.validation.target
        return {
            "parameters": learner.parameters,
            "norms": learner.norms,
            "forecast": learner.answers(found.validation.x),
            "train": learner.error(found.train),
            "validation": learner.error(found.validation),
            "last_value": rmse(last_value(found), target) * found.scale,
            "linear_fit": rmse(linear_fit(found), target) * found.scale,
        }


def _series_of_ones_own(values):
    """Return the values as a list of floats, once there are neither too few nor too many and none is too large."""
    values = finite("own", numbers("own", values)).astype(np.float64)
    if values.ndim != 1 or not SHORTEST <= len(values) <= LONGEST:
        raise ValueError(f"own has shape {values.shape}, wanted (time,) of {SHORTEST} to {LONGEST} values")
    if np.abs(values).max() > LARGEST:
        raise ValueError(f"own runs from {values.min()} to {values.max()}, it must lie within ±{LARGEST:g}")
    return values.tolist()


def _tasks():
    """What there is to learn: values, and for a series their times, what they are and their unit."""
    sunspots, co2 = data.load_sunspots(), data.load_co2(fill="linear")
    months, first = np.unique(co2.times.astype("datetime64[M]"), return_index=True)
    monthly = np.add.reduceat(co2.values[:, 0], first) / np.diff([*first, len(co2)])
    sine = np.sin(2 * np.pi * np.arange(300) / 25)
    numbers_to_recall = SFC32(0).uniform(-1, 1, 400)
    return {
        "sunspots": _series(sunspots.values[:, 0], sunspots.times, "sunspots"),
        "co2": _series(np.diff(monthly).round(3), months[1:], "ppm"),
        "sine": _series(sine.round(6), range(len(sine)), ""),
        "recall": _series(numbers_to_recall.round(4), range(len(numbers_to_recall)), ""),
    }


def _series(values, times, unit):
    return {"values": np.asarray(values, float).tolist(), "times": [str(time) for time in times], "unit": unit}


def _zigzag():
    """The series of the reader's own before there is one: up and down, steeper down."""
    return [float(k % 12 if k % 12 < 9 else 3 * (12 - k % 12)) for k in range(96)]
