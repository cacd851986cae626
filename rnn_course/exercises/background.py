"""The checks of the chapter "Background": windows, the seasonal naive forecast, parameter counts, scaling."""

import numpy as np

from rnn_course import data
from rnn_course.exercises.verdict import Mistake, judge_function

__all__ = ["mlp_parameters", "rnn_parameters", "scaling", "seasonal_naive", "windows"]


def windows(answer):
    """A Verdict on `answer(values, length, horizon)`, which cuts a series into windows and their targets.

    values is (time, feature); x (n, length, feature) and y (n, horizon, feature) are wanted, as a pair.
    """
    rng = np.random.default_rng(0)
    cases = [(rng.normal(size=(23, 2)), 5, 3), (rng.normal(size=(17, 1)), 4, 2), (rng.normal(size=(9, 3)), 6, 1)]
    return judge_function(answer, _windows, cases, WINDOWS)


def seasonal_naive(answer):
    """A Verdict on `answer(x, horizon, period)`, which forecasts (n, horizon, feature) from x (n, time, feature)."""
    rng = np.random.default_rng(0)
    cases = [(rng.normal(size=(4, 9, 2)), 6, 4), (rng.normal(size=(3, 12, 1)), 13, 5)]
    return judge_function(answer, data.seasonal_naive, cases, SEASONAL_NAIVE)


def mlp_parameters(answer):
    """A Verdict on `answer(length, features, hidden, outputs)`, the numbers that a window MLP has to learn."""
    return judge_function(answer, _mlp, SIZES, MLP_PARAMETERS)


def rnn_parameters(answer):
    """A Verdict on `answer(length, features, hidden, outputs)`, the numbers that a simple RNN has to learn."""
    return judge_function(answer, _rnn, SIZES, RNN_PARAMETERS)


def scaling(answer):
    """A Verdict on `answer(values, cut)`, which scales (time, feature) values and returns both parts."""
    rng = np.random.default_rng(0)
    cases = [(rng.normal(3, 2, (20, 2)).cumsum(axis=0), 13), (rng.normal(-1, 4, (31, 3)), 24)]
    return judge_function(answer, _scaled_by_training, cases, SCALING)


SIZES = [(22, 1, 16, 1), (7, 3, 5, 2), (30, 4, 11, 6)]  # length, features, hidden, outputs


# -- what is wanted, and what those who make a known mistake write instead --------------------------------------------


def _windows(values, length, horizon):
    cut = data.windows(values, length, horizon)
    return cut.x, cut.y


def _cut(values, length, horizon, late=0, dropped=0, stride=1):
    """Windows with the target `late` steps behind where it belongs, the last `dropped` of them left out."""
    starts = range(0, len(values) - length - horizon + 1 - dropped, stride)
    x = np.stack([values[k : k + length] for k in starts])
    y = np.stack([values[k + length + late : k + length + late + horizon] for k in starts])
    return x, y


OVERLAP = (
    "Your target begins inside the window: its first step is the last step of x. The network would be asked for a "
    "number that it has just been given."
)
WINDOWS = (
    Mistake(OVERLAP, lambda v, length, horizon: _cut(v, length, horizon, late=-1)),
    Mistake(OVERLAP, lambda v, length, horizon: _cut(v, length, horizon, late=-1, dropped=-1)),
    Mistake(
        "Your target begins one step too late: the step right behind the window is never asked for.",
        lambda v, length, horizon: _cut(v, length, horizon, late=1, dropped=1),
    ),
    Mistake(
        "One window is missing at the end. A series of n steps holds n − length − horizon + 1 windows.",
        lambda v, length, horizon: _cut(v, length, horizon, dropped=1),
    ),
    Mistake(
        "Your windows do not overlap: each starts where the one before ended. Start one at every step.",
        lambda v, length, horizon: _cut(v, length, horizon, stride=length),
    ),
    Mistake(
        "Your target is only the last of the steps that are wanted: y needs all of them, (n, horizon, feature).",
        lambda v, length, horizon: (_windows(v, length, horizon)[0], _windows(v, length, horizon)[1][:, -1:]),
    ),
    Mistake("x and y have changed places.", lambda v, length, horizon: _windows(v, length, horizon)[::-1]),
)


def _take(x, steps):
    """The window's steps with these numbers, counted from its start."""
    return x[:, np.asarray(steps)]


SEASONAL_NAIVE = (
    Mistake(
        "You repeat the last value. That is the other baseline, and forgets the season.",
        lambda x, horizon, period: _take(x, [-1] * horizon),
    ),
    Mistake(
        "You take the season from the start of the window. The latest one is at its end.",
        lambda x, horizon, period: _take(x, np.arange(horizon) % period),
    ),
    Mistake(
        "Your season is one step too old: the first forecast is the value from `period` steps before it, "
        "which is x[:, -period].",
        lambda x, horizon, period: _take(x, x.shape[1] - period - 1 + np.arange(horizon) % period),
    ),
    Mistake(
        "Your season begins one step too late: the first forecast is the value from `period` steps before it, "
        "which is x[:, -period].",
        lambda x, horizon, period: _take(x, -period + (1 + np.arange(horizon)) % period),
    ),
    Mistake(
        "You repeat one value of the season. Step k of the forecast needs step k of the season.",
        lambda x, horizon, period: _take(x, [-period] * horizon),
    ),
    Mistake(
        "Your forecast ends after one period. A horizon that is longer starts the same season again: `k % period`.",
        lambda x, horizon, period: x[:, -period:][:, :horizon],
    ),
)


def _mlp(length, features, hidden, outputs):
    return (length * features + 1) * hidden + (hidden + 1) * outputs


def _rnn(length, features, hidden, outputs):
    return (features + hidden + 1) * hidden + (hidden + 1) * outputs


NO_OUTPUT = "You have left out the output layer: W_hy is (outputs, hidden) and b_y is (outputs,)."
MLP_PARAMETERS = (
    Mistake(
        "You have left out the biases: one for each hidden unit and one for each output.",
        lambda length, features, hidden, outputs: length * features * hidden + hidden * outputs,
    ),
    Mistake(NO_OUTPUT, lambda length, features, hidden, outputs: (length * features + 1) * hidden),
    Mistake(
        "You count one number a step. Every hidden unit has a weight for each feature of each step in the window.",
        lambda length, features, hidden, outputs: _mlp(length, 1, hidden, outputs),
    ),
    Mistake(
        "You count the weights of one step. A window MLP has weights of its own for every step in the window.",
        lambda length, features, hidden, outputs: _mlp(1, features, hidden, outputs),
    ),
    Mistake("That is the simple RNN's count: an MLP has no W_hh.", _rnn),
)
RNN_PARAMETERS = (
    Mistake(
        "You have left out the biases: b_h is (hidden,) and b_y is (outputs,).",
        lambda length, features, hidden, outputs: (features + hidden) * hidden + hidden * outputs,
    ),
    Mistake(
        "You have left out W_hh, (hidden, hidden), which carries the state from step to step.",
        lambda length, features, hidden, outputs: (features + 1) * hidden + (hidden + 1) * outputs,
    ),
    Mistake(NO_OUTPUT, lambda length, features, hidden, outputs: (features + hidden + 1) * hidden),
    Mistake(
        "You count the weights once for each step. They are shared: the length of the sequence does not enter.",
        lambda length, features, hidden, outputs: length * (features + hidden + 1) * hidden + (hidden + 1) * outputs,
    ),
    Mistake(
        "You count two biases for each hidden unit, as PyTorch stores them. Only their sum acts: the equation has one.",
        lambda length, features, hidden, outputs: (features + hidden + 2) * hidden + (hidden + 1) * outputs,
    ),
    Mistake("That is the window MLP's count. A simple RNN reads one step at a time and has W_hh besides.", _mlp),
)


def _scaled_by_training(values, cut):
    scaler = data.Scaler().fit(values[:cut])
    return scaler.transform(values[:cut]), scaler.transform(values[cut:])


def _scaled(train, test, mean, scale):
    return (train - mean) / scale, (test - mean) / scale


SCALING = (
    Mistake(
        "This is still the leak: mean and spread come from the whole series, so the training part knows the test part.",
        lambda v, cut: _scaled(v[:cut], v[cut:], v.mean(axis=0), v.std(axis=0)),
    ),
    Mistake(
        "You scale the test part by its own mean and spread. When you forecast, the future they are computed from is "
        "not there yet; use those of the training part.",
        lambda v, cut: tuple((p - p.mean(axis=0)) / p.std(axis=0) for p in (v[:cut], v[cut:])),
    ),
    Mistake(
        "You scale the training part and leave the test part as it was. The network would meet numbers in other units.",
        lambda v, cut: (_scaled_by_training(v, cut)[0], v[cut:]),
    ),
    Mistake(
        "You use one mean and one spread for all channels. Each channel has its own: take them along axis=0.",
        lambda v, cut: _scaled(v[:cut], v[cut:], v[:cut].mean(), v[:cut].std()),
    ),
    Mistake(
        "No leak here, but your spread divides by n − 1 (ddof=1). Either is a fair choice; the course divides by n.",
        lambda v, cut: _scaled(v[:cut], v[cut:], v[:cut].mean(axis=0), v[:cut].std(axis=0, ddof=1)),
    ),
    Mistake(
        "No leak here, but you only subtract the mean. Divide by the standard deviation of the training part as well.",
        lambda v, cut: _scaled(v[:cut], v[cut:], v[:cut].mean(axis=0), 1.0),
    ),
)
