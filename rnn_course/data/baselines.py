"""Forecasts that need no model, and scores that are measured against them."""

from dataclasses import dataclass

import numpy as np

from rnn_course.moments import mean_absolute, root_mean_square
from rnn_course.validate import finite, numbers, positive_int, shape


@dataclass(frozen=True)
class Scores:
    """How far a forecast is from the truth: `mae` and `rmse` in the units of y, `skill` without a unit.

    mae    mean absolute error
    rmse   root of the mean squared error
    skill  1 − mae / (mae of the baseline): 1 is perfect, 0 is no better than the baseline, below 0 is worse;
           None where no baseline was given
    """

    mae: float
    rmse: float
    skill: float | None = None


def last_value(x, horizon):
    """Forecast that nothing changes: `ŷ_{t+k} = x_t` for k = 1 … horizon.

    x        (n, time, feature) the windows' inputs
    horizon  steps to forecast, at least 1

    Returns (n, horizon, feature). Raises ValueError for another rank or for NaN.

    >>> last_value(np.array([[[1.0], [2.0]]]), horizon=3)[0, :, 0].tolist()
    [2.0, 2.0, 2.0]
    """
    return seasonal_naive(x, horizon, period=1)


def seasonal_naive(x, horizon, period):
    """Forecast what was there one period ago: `ŷ_{t+k} = x_{t+k−m·period}`, m the fewest periods that reach the past.

    x        (n, time, feature) the windows' inputs, time at least `period`
    horizon  steps to forecast, at least 1
    period   steps in a season, at least 1

    Returns (n, horizon, feature). Raises ValueError if the windows are shorter than a period, for another rank or NaN.

    >>> seasonal_naive(np.array([[[1.0], [2.0], [3.0]]]), horizon=3, period=2)[0, :, 0].tolist()
    [2.0, 3.0, 2.0]
    """
    horizon, period = positive_int("horizon", horizon), positive_int("period", period)
    x = numbers("x", x)
    shape("x", x, (None, None, None), ("n", "time", "feature"))
    finite("x", x)
    time = x.shape[1]
    if time < period:
        raise ValueError(f"x has {time} steps, a period of {period} needs at least {period}")
    return x[:, time - period + np.arange(horizon) % period]


def scores(y, forecast, baseline=None):
    """Measure a forecast against the truth, and against a baseline forecast of the same truth.

    y         the truth, for instance (n, horizon, feature); bring channels with different units to one scale first,
              since the errors are averaged over everything
    forecast  as y
    baseline  as y, or None

    Returns Scores. Raises ValueError where shapes differ, a value is NaN or infinite, or the baseline makes no error.

    >>> scores([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], baseline=[0.0, 1.0, 2.0]).skill
    0.75
    """
    y = numbers("y", y).astype(float)
    if not y.size:
        raise ValueError(f"y has shape {y.shape}, it must not be empty")
    given = {"y": y, "forecast": numbers("forecast", forecast).astype(float)}
    if baseline is not None:
        given["baseline"] = numbers("baseline", baseline).astype(float)
    for name, array in given.items():
        if array.shape != y.shape:
            raise ValueError(f"{name} has shape {array.shape}, y has {y.shape}: they must agree")
        finite(name, array)
    error = _error(given, "forecast")
    mae, rmse = mean_absolute(error), root_mean_square(error)
    if baseline is None:
        return Scores(mae, rmse)
    reference = mean_absolute(_error(given, "baseline"))
    if reference == 0:
        raise ValueError("baseline makes no error on y, so skill against it is not defined")
    return Scores(mae, rmse, 1 - mae / reference)


def _error(given, name):
    """How far one of the arrays is from y; ValueError where float64 cannot hold it."""
    with np.errstate(over="ignore"):
        return finite(f"{name} − y", given[name] - given["y"])
