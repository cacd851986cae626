"""The step of a time axis: which one the data show, where the axis jumps, and rows of NaN where rows are absent."""

from dataclasses import replace

import numpy as np

from rnn_course.data.series import Series
from rnn_course.validate import positive_int

MOST = 10  # rows of a grid for one row of the data; more is nearly always a step that is too fine
NAMES = {"Y": "year", "M": "month", "D": "day", "h": "hour", "m": "minute", "s": "second"}


def on_a_grid(series, step=None):
    """Return the Series with a row at every step from its first time to its last, NaN where there was none.

    step   a numpy.timedelta64, or a whole number where the times are; None takes the longest step that meets every row

    No row is moved or lost. Months and years are calendar steps: they meet first days of months and of years.

    Raises ValueError where a row lies between two steps, and where there would be more than ten rows for each one that
    the data have: the sentence names the step that the data show. Raises TypeError for what is no Series, or no step.

    >>> series = Series("tide", [1.0, 2.0, 3.0], times=[0, 2, 6], channels=("level",), units=("m",))
    >>> on_a_grid(series).times.tolist()
    [0, 2, 4, 6]
    """
    if not isinstance(series, Series):
        raise TypeError(f"series is a {type(series).__name__}, it must be a Series")
    if len(series) == 1:
        return series
    axis, step = _axis(series.times, step)
    places, rest = np.divmod(axis - axis[0], step)
    if rest.any():
        k = int(np.flatnonzero(rest)[0])
        raise ValueError(
            f"series has a row at {series.times[k]}, which no step of {_text(step)} from {series.times[0]} meets"
        )
    rows = int(places[-1]) + 1
    if rows > MOST * len(series):
        raise ValueError(_too_many(series, step, rows))
    values = np.full((rows, len(series.channels)), np.nan)
    values[places.astype(int)] = series.values
    times = axis[0] + step * np.arange(rows)
    return replace(series, values=values, times=times.astype(np.promote_types(times.dtype, series.times.dtype)))


def _too_many(series, step, rows):
    usual = usual_step(series.times)
    if usual > step:
        return (
            f"a grid with a step of {_text(step)} would have {rows:,} rows, the series has {len(series):,}; "
            f"most of its rows are {_text(usual)} apart: give step={_coarse(usual)!r}"
        )
    k = int(np.argmax(np.diff(series.times)))
    return (
        f"a grid with a step of {_text(step)} would have {rows:,} rows, the series has {len(series):,}; "
        f"the longest jump is from {series.times[k]} to {series.times[k + 1]}: cut the series there"
    )


def usual_step(times):
    """Return the step that most rows of increasing times `(time,)` have, in years or months where they are such."""
    steps, counts = np.unique(np.diff(_calendar(times)), return_counts=True)
    return steps[np.argmax(counts)]


def jumps(times):
    """Return for each two neighbours in increasing times `(time,)` whether they are further apart than the usual step.

    Returns `(time − 1,)` of True where the step is more than 1.5 times the median step, so that the months of a
    calendar, of 28 to 31 days, are no jumps.
    """
    steps = np.diff(_calendar(times)).astype(np.int64)
    return 2 * steps > 3 * np.median(steps) if steps.size else np.zeros(0, bool)


def _calendar(times):
    """The times in years or in months where all are the first moments of such, else as they are."""
    if times.dtype.kind == "M":
        for unit in ("Y", "M"):
            coarse = times.astype(f"datetime64[{unit}]")
            if (coarse == times).all():
                return coarse
    return times


def _axis(times, step):
    """The times in the unit of the step, and the step; None is the greatest that meets every row."""
    if times.dtype.kind != "M":
        if isinstance(step, np.timedelta64):  # NumPy counts it among its whole numbers
            raise TypeError(f"step is {step!r}, it must be a whole number as the times are")
        return times, np.gcd.reduce(np.diff(times)) if step is None else positive_int("step", step)
    if step is None:
        axis = _calendar(times)
        steps = np.diff(axis)
        return axis, np.gcd.reduce(steps.astype(np.int64)).astype(steps.dtype)
    if not isinstance(step, np.timedelta64) or not step.astype(np.int64) > 0:
        raise TypeError(f'step is {step!r}, it must be a positive numpy.timedelta64 such as np.timedelta64(1, "h")')
    unit = np.datetime_data(step.dtype)[0]
    if unit not in ("Y", "M"):
        return times, step
    axis = times.astype(f"datetime64[{unit}]")
    between = np.flatnonzero(axis != times)
    if between.size:
        raise ValueError(f"series has a row at {times[between[0]]}, which is not the first of a {NAMES[unit]}")
    return axis, step


def _coarse(step):
    """The same step in days, hours or minutes where it is a whole number of them."""
    if not isinstance(step, np.timedelta64) or np.datetime_data(step.dtype)[0] in ("Y", "M"):
        return step
    longer = (np.timedelta64(1, unit) for unit in ("D", "h", "m", "s"))
    return next((step.astype(unit.dtype) for unit in longer if not step % unit), step)


def _text(step):
    """A step in words: "1 hour", "7 days", "3"."""
    if not isinstance(step, np.timedelta64):
        return str(step)
    step = _coarse(step)
    unit, count = np.datetime_data(step.dtype)[0], int(step.astype(np.int64))
    name = NAMES.get(unit, unit)
    return f"{count:,} {name}{'s' * (count > 1 and unit in NAMES)}"
