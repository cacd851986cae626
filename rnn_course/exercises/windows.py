"""The checks of windows and of the seasonal naive forecast: which steps of a series, or of a window, are taken."""

import numpy as np

from rnn_course.exercises.exercise import Exercise
from rnn_course.exercises.verdict import check


@check
def windows(answer):
    """A Verdict on `answer(values, length, horizon)`, which cuts a series into windows and their targets.

    values is (time, feature); x (n, length, feature) and y (n, horizon, feature) are wanted, as a pair.
    """
    return WINDOWS.check(answer)


@check
def seasonal_naive(answer):
    """A Verdict on `answer(x, horizon, period)`, which forecasts (n, horizon, feature) from x (n, time, feature)."""
    return SEASONAL_NAIVE.check(answer)


def _behind(length, horizon):
    """Where the target lies, counted from the start of the window.

    Mistakes in the window name it too, so that they are not paired with those in the target: what is said of a target
    would not be true of another window.
    """
    return length + np.arange(horizon)


def _windows(
    values,
    length,
    horizon,
    first=lambda length, horizon: 0,
    left_out=lambda length, horizon: 0,
    stride=lambda length, horizon: 1,
    window=lambda length, horizon: np.arange(length),
    target=_behind,
    beyond="raise",
    finish=lambda x, y: (x, y),
):
    n = len(values) - length - horizon + 1 - left_out(length, horizon)
    k = np.arange(first(length, horizon), n, stride(length, horizon))[:, None]
    x = values.take(k + window(length, horizon), axis=0, mode=beyond)
    return finish(x, values.take(k + target(length, horizon), axis=0, mode=beyond))


def _one_too_many(values, length, horizon):
    """A window at the end whose target would go beyond the series."""
    x, y = _windows(values, length, horizon)
    return values[np.arange(len(x) + 1)[:, None] + np.arange(length)], y


def _window_cases():
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(t, d)), n, m) for t, d, n, m in ((23, 2, 5, 3), (17, 1, 4, 2), (20, 3, 6, 1))]


HOW_MANY = "A series of n steps holds n − length − horizon + 1 windows."
WINDOWS = Exercise(
    _windows,
    _window_cases,
    {
        # before those in the target: of x alone these are true
        f"One window is missing at the end. {HOW_MANY}": {"left_out": lambda n, m: 1},
        f"The first window is missing: one starts at step 0. {HOW_MANY}": {"first": lambda n, m: 1},
        f"The first and the last window are missing. {HOW_MANY}": {"first": lambda n, m: 1, "left_out": lambda n, m: 1},
        f"The first `length` windows are missing: one starts at step 0. {HOW_MANY}": {"first": lambda n, m: n},
        f"The last `horizon` windows are missing. {HOW_MANY}": {"left_out": lambda n, m: m},
        f"x has one window more than there is room for with its target. {HOW_MANY}": _one_too_many,
        "Your target begins inside the window: its first step is the last step of x. The network would be asked for a "
        "number that it has just been given.": {"target": lambda n, m: n - 1 + np.arange(m)},
        "Your target begins inside the window: its first step is the last step of x, and that makes room for one "
        "window too many. The network would be asked for a number that it has just been given.": {
            "target": lambda n, m: n - 1 + np.arange(m),
            "left_out": lambda n, m: -1,
        },
        "Your target begins one step too late: the step right behind the window is never asked for.": {
            "target": lambda n, m: n + 1 + np.arange(m),
            "left_out": lambda n, m: 1,
        },
        "Your target begins `horizon` steps too late: right behind the window there is a gap.": {
            "target": lambda n, m: n + m + np.arange(m),
            "left_out": lambda n, m: m,
        },
        "Your windows do not overlap: each starts where the one before ended. Start one at every step.": {
            "stride": lambda n, m: n
        },
        "Your windows start `horizon` steps apart, so that the targets do not overlap. Start one at every step.": {
            "stride": lambda n, m: m
        },
        "Your windows start length + horizon steps apart. Start one at every step.": {"stride": lambda n, m: n + m},
        "Your windows start two steps apart. Start one at every step.": {"stride": lambda n, m: 2},
        f"You start a window at every step, and the last ones go on at the start of the series. {HOW_MANY}": {
            "left_out": lambda n, m: 1 - n - m,
            "beyond": "wrap",
        },
        "Your target is only the last of the steps that are wanted: y needs all of them, (n, horizon, feature).": {
            "target": lambda n, m: np.array([n + m - 1])
        },
        "Your target is only the first of the steps that are wanted: y needs all of them, (n, horizon, feature).": {
            "target": lambda n, m: np.array([n])
        },
        "Your target is one step short: its last step is missing.": {"target": lambda n, m: n + np.arange(m - 1)},
        "Your target is one step short, its last, and that makes room for one window too many.": {
            "target": lambda n, m: n + np.arange(m - 1),
            "left_out": lambda n, m: -1,
        },
        "Your target is one step short: its first step, right behind the window, is missing.": {
            "target": lambda n, m: n + np.arange(1, m)
        },
        "Your target has horizon + 1 steps, and so there is one window too few.": {
            "target": lambda n, m: n + np.arange(m + 1),
            "left_out": lambda n, m: 1,
        },
        "Your target is the window moved by one step. Wanted are the `horizon` steps behind the window.": {
            "target": lambda n, m: np.arange(1, n + 1)
        },
        "Your target is the window itself. Wanted are the `horizon` steps behind it.": {
            "target": lambda n, m: np.arange(n)
        },
        "Your target is the last `horizon` steps of the window itself. It begins where the window ends.": {
            "target": lambda n, m: n - m + np.arange(m)
        },
        "Your target starts where the window starts: `length` steps further on it is right.": {
            "target": lambda n, m: np.arange(m)
        },
        "Your target starts `horizon` steps behind the start of the window: it starts `length` steps behind it.": {
            "target": lambda n, m: m + np.arange(m)
        },
        "Your target holds the window too: it begins behind the last step of x.": {
            "target": lambda n, m: np.arange(n + m)
        },
        "Your target is the change since the last step of the window. Wanted are the values as they stand.": {
            "finish": lambda x, y: (x, y - x[:, -1:])
        },
        "Your windows hold their targets too: x has `length` steps.": {
            "target": _behind,
            "window": lambda n, m: np.arange(n + m),
        },
        "Your windows are one step short: the last step before the target is missing in x.": {
            "target": _behind,
            "window": lambda n, m: np.arange(n - 1),
        },
        "Your windows are one step short: their first step is missing in x.": {
            "target": _behind,
            "window": lambda n, m: np.arange(1, n),
        },
        "Your windows are one step too long: the last step of x is the first of the target.": {
            "target": _behind,
            "window": lambda n, m: np.arange(n + 1),
        },
        "Your windows begin one step too late: the last step of x is the first of the target.": {
            "target": _behind,
            "window": lambda n, m: 1 + np.arange(n),
        },
        "length and horizon have changed places.": {
            "window": lambda n, m: np.arange(m),
            "target": lambda n, m: m + np.arange(n),
        },
        "x and y have changed places.": {"finish": lambda x, y: (y, x)},
    },
    returns=("x", "y"),
    advice={
        said: f"At the end of the series a slice has fewer than `length` or `horizon` steps. {HOW_MANY}"
        for said in ("same shape", "differ in shape", "inhomogeneous", "broadcast", "out of bounds")
    },
)


# -- the seasonal naive forecast: which steps of the window it is made of ---------------------------------------------


def _seasonal_naive(x, horizon, period, steps=lambda time, k, period: time - period + k % period):
    return x[:, steps(x.shape[1], np.arange(horizon), period)]


def _mean_season(x, horizon, period):
    """Every step of the forecast is the mean over all steps of the window that lie whole periods before it."""
    time = x.shape[1]
    return np.stack([x[:, (time + k) % period :: period].mean(axis=1) for k in range(horizon)], axis=1)


def _mean(x, horizon, steps):
    return np.repeat(x[:, -steps:].mean(axis=1, keepdims=True), horizon, axis=1)


def _then(x, horizon, period, value):
    forecast = np.full((len(x), horizon, x.shape[2]), value)
    forecast[:, :period] = x[:, -period:][:, :horizon]
    return forecast


def _season_cases():
    rng = np.random.default_rng(0)
    sizes = ((6, 13, 2, 11, 4), (3, 12, 1, 3, 5), (1, 10, 3, 6, 3))  # n, time, feature, horizon, period
    return [(rng.normal(size=(n, time, d)), horizon, period) for n, time, d, horizon, period in sizes]


SEASONAL_NAIVE = Exercise(
    _seasonal_naive,
    _season_cases,
    {
        "You repeat the last value. That is the other baseline, and forgets the season.": {
            "steps": lambda t, k, p: t - 1 + 0 * k
        },
        "You take the season from the start of the window. The latest one is at its end.": {
            "steps": lambda t, k, p: k % p
        },
        "Your season is one step too old: the first forecast is the value from `period` steps before it, "
        "which is x[:, -period].": {"steps": lambda t, k, p: t - p - 1 + k % p},
        "Your season begins one step too late: the first forecast is the value from `period` steps before it, "
        "which is x[:, -period].": {"steps": lambda t, k, p: t - p + (1 + k) % p},
        "Your season begins one step too late, and ends with x[:, 0], the first step of the window: the index that "
        "follows −1 is 0.": {"steps": lambda t, k, p: (t - p + 1 + k % p) % t},
        "Your season is one whole period too old: the latest is at the end of the window.": {
            "steps": lambda t, k, p: t - 2 * p + k % p
        },
        "You repeat one value of the season, its first. Step k of the forecast needs step k of the season.": {
            "steps": lambda t, k, p: t - p + 0 * k
        },
        "Your forecast ends after one period. A horizon that is longer starts the same season again: `k % period`.": {
            "steps": lambda t, k, p: t - p + k[:p]
        },
        "Your forecast ends with the last whole period: what remains of the horizon needs the start of the season.": {
            "steps": lambda t, k, p: t - p + k[: len(k) // p * p] % p
        },
        "Your forecast goes on to the end of a period: cut it after `horizon` steps.": {
            "steps": lambda t, k, p: t - p + np.arange(-(-len(k) // p) * p) % p
        },
        "Your forecast goes on beyond its last whole period by another: cut it after `horizon` steps.": {
            "steps": lambda t, k, p: t - p + np.arange((len(k) // p + 1) * p) % p
        },
        "Your forecast is always one period long: cut it, or go on with the same season, to `horizon` steps.": {
            "steps": lambda t, k, p: t - p + np.arange(p)
        },
        "Behind one period your index runs on from the start of the window: −period + k is 0 there, the first step. "
        "Take `k % period`.": {"steps": lambda t, k, p: (t - p + k) % t},
        "Behind one period you repeat the last value. The season starts again there: `k % period`.": {
            "steps": lambda t, k, p: t - p + np.minimum(k, p - 1)
        },
        "Behind one period your forecast is zero. The season starts again there: `k % period`.": (
            lambda x, horizon, period: _then(x, horizon, period, 0.0)
        ),
        "Behind one period your forecast is NaN. The season starts again there: `k % period`.": (
            lambda x, horizon, period: _then(x, horizon, period, np.nan)
        ),
        "Your season runs backwards: step k of the forecast needs x[:, -period + k].": {
            "steps": lambda t, k, p: t - 1 - k % p
        },
        "Your season runs backwards, and begins with x[:, 0], the first step of the window: the index −0 is 0.": {
            "steps": lambda t, k, p: -(k % p)
        },
        "You repeat the last `horizon` steps of the window. The season is its last `period` steps.": {
            "steps": lambda t, k, p: t - len(k) + k
        },
        "You repeat each step of the season before the next comes, as np.repeat does. Repeat it as a whole: np.tile.": {
            "steps": lambda t, k, p: t - p + k // -(-len(k) // p)
        },
        "You repeat each step of the season before the next comes. Step k needs `k % period`, not `k // period`.": {
            "steps": lambda t, k, p: t - p + k // p
        },
        "Your season is one step too short: after period − 1 steps it starts again.": {
            "steps": lambda t, k, p: t - p + k % (p - 1)
        },
        "You repeat the last period − 1 steps: the season is one step longer.": {
            "steps": lambda t, k, p: t - p + 1 + k % (p - 1)
        },
        "You repeat the last period + 1 steps: the season is one step shorter.": {
            "steps": lambda t, k, p: t - p - 1 + k % (p + 1)
        },
        "Your index counts on from the last period that starts at a multiple of `period` in the window. The window "
        "may end anywhere in a season: count back from its end.": {"steps": lambda t, k, p: t // p * p - p + k % p},
        "You repeat the whole window from its start. The season is its last `period` steps.": {
            "steps": lambda t, k, p: k % t
        },
        "You take the season's mean over all the periods in the window. The naive forecast takes the latest alone.": (
            _mean_season
        ),
        "You forecast the mean of the last period at every step. Step k needs step k of the season.": (
            lambda x, horizon, period: _mean(x, horizon, period)
        ),
        "You forecast the mean of the window at every step. Step k needs step k of the last season.": (
            lambda x, horizon, period: _mean(x, horizon, x.shape[1])
        ),
    },
    advice={"out of bounds": "Step k of the forecast is x[:, -period + k % period]; time is axis 1."},
)
