"""From a series to training pairs without leaks: parts in time order, scaling by the training part, windows."""

import warnings
from dataclasses import dataclass
from numbers import Real

import numpy as np

from rnn_course.data.grid import jumps
from rnn_course.data.series import Series, table
from rnn_course.moments import mean_and_spread
from rnn_course.validate import array, numbers, positive_int


@dataclass(frozen=True, eq=False, repr=False)
class Windows:
    """Pairs of a stretch of a series and the steps that follow it.

    x      (n, length, feature) the stretch
    y      (n, horizon, feature) what follows
    index  (n, horizon) the positions of y in the series
    jumps  (n,) whether time jumps inside the window, so that its steps are not all alike; None where no times are known
    """

    x: np.ndarray
    y: np.ndarray
    index: np.ndarray
    jumps: np.ndarray | None = None

    def __len__(self):
        return len(self.x)

    def __repr__(self):
        targets = f"{self.index[0, 0]} to {self.index[-1, -1]}"
        over = f", {self.jumps.sum():,} over a jump in time" if self.jumps is not None and self.jumps.any() else ""
        return f"{len(self):,} Windows: x {self.x.shape}, y {self.y.shape}, targets at steps {targets}{over}"


@dataclass
class Scaler:
    """Bring every channel to mean 0 and standard deviation 1: `z = (v − mean) / scale`, and back again.

    mean      (feature,) set by `fit`, in the channels' units
    scale     (feature,) the standard deviation (divided by n, not n − 1), set by `fit`, in the channels' units
    channels  the names of the channels, where `fit` was given a Series: a Series with others is refused from then on

    >>> scaler = Scaler().fit([[1.0], [3.0]])
    >>> scaler.transform([[5.0]]).tolist()
    [[3.0]]
    """

    mean: np.ndarray | None = None
    scale: np.ndarray | None = None
    channels: tuple | None = None

    def fit(self, values):
        """Take mean and spread of each channel from a Series or an array `(time,)` or `(time, feature)`; return self.

        NaN is left out. Raises ValueError for a channel with no values, or whose values are all the same to rounding.
        """
        rows = table(values)
        mean, scale = mean_and_spread(rows)
        for k, column in enumerate(rows.T):
            seen = column[~np.isnan(column)]
            if not seen.size or scale[k] == 0:
                what = f"the one value {mean[k]:g}" if seen.size else "no values"
                raise ValueError(f"{_channel(values, k)} has {what}: it has no spread to scale by, leave it out")
            limits = np.finfo(np.float64)
            if scale[k] < limits.tiny or seen.max() / 2 - seen.min() / 2 > limits.max / 2:
                raise ValueError(f"{_channel(values, k)} has values too far apart or too close for float64 to scale by")
        self.mean, self.scale = mean, scale
        self.channels = _names(values) if isinstance(values, Series) else None
        return self

    def transform(self, v):
        """Return `(v − mean) / scale` for a Series or an array `(…, feature)`; NaN stays NaN."""
        return (self._checked(v) - self.mean) / self.scale

    def inverse(self, v):
        """Return `v · scale + mean`, in the channels' units, for an array `(…, feature)`; NaN stays NaN."""
        v = self._checked(v)
        with np.errstate(over="ignore"):
            back = v * self.scale + self.mean
        if np.isinf(back).any() and not np.isinf(v).any():
            raise ValueError(f"v goes from {np.nanmin(v)} to {np.nanmax(v)}, in the channels' units it is too large")
        return back

    def _checked(self, v):
        if self.mean is None:
            raise ValueError("this Scaler has no statistics yet, call fit(values) first")
        if isinstance(v, Series) and self.channels is not None and _names(v) != self.channels:
            raise ValueError(f"v has the channels {_names(v)}, this Scaler was fitted to {self.channels}")
        v = v.values if isinstance(v, Series) else numbers("v", v)
        if v.ndim == 0 or v.shape[-1] != len(self.mean):
            raise ValueError(f"v has shape {v.shape}, this Scaler was fitted to (…, feature={len(self.mean)})")
        return v


@dataclass(frozen=True, eq=False, repr=False)
class ForecastData:
    """A series made ready for forecasting: three sets of scaled windows, and what is needed to go back.

    train, validation, test  Windows, scaled; their `index` refers to the whole series
    scaler                   the Scaler fitted to the training part, for `scaler.inverse(forecast)`
    series                   the series as it was given, unscaled
    """

    train: Windows
    validation: Windows
    test: Windows
    scaler: Scaler
    series: Series | np.ndarray

    def __repr__(self):
        parts = (f"  {name}: {getattr(self, name)!r}" for name in ("train", "validation", "test"))
        return "\n".join(["ForecastData, scaled by the training part", *parts])


def windows(values, length, horizon=1, stride=1):
    """Cut a series into stretches of `length` steps, each with the `horizon` steps that follow it.

    Window k starts at step k·stride: `x[k] = values[k·stride : k·stride + length]`, and y[k] is what follows.

    values   a Series, or an array (time,) or (time, feature), with no missing value
    length   steps in x, at least 1
    horizon  steps in y, at least 1
    stride   steps from the start of one window to that of the next, at least 1

    Returns Windows, copies of the values as float64. Where time jumps inside windows of a Series, a warning says so,
    and `jumps` says which they are: `windows.x[~windows.jumps]` leaves them out.

    Raises ValueError where a value is missing, where the series is shorter than length + horizon, or for another rank.

    >>> w = windows([10, 11, 12, 13, 14], length=3)
    >>> w.x[1, :, 0].tolist(), w.y[1, :, 0].tolist(), w.index[1].tolist()
    ([11.0, 12.0, 13.0], [14.0], [4])
    """
    found = _cut("values", values, length, horizon, stride)
    _warn_of_jumps(found, values)
    return found


def _cut(name, values, length, horizon=1, stride=1):
    length, horizon, stride = (
        positive_int(size, value) for size, value in (("length", length), ("horizon", horizon), ("stride", stride))
    )
    rows = _complete(name, values)
    span = length + horizon
    if len(rows) < span:
        raise ValueError(f"{name} has {len(rows)} steps, length={length} with horizon={horizon} needs at least {span}")
    starts = np.arange(0, len(rows) - span + 1, stride)[:, None]
    index = starts + length + np.arange(horizon)
    over = None
    if isinstance(values, Series):
        before = np.r_[0, np.cumsum(jumps(values.times))]  # jumps before each step
        over = before[index[:, -1]] > before[starts[:, 0]]
    return Windows(rows[starts + np.arange(length)], rows[index], index, over)


def _warn_of_jumps(found, series):
    """Say it where time jumps inside a window: its steps are not all alike, and no number in it shows that."""
    if found.jumps is None or not found.jumps.any():
        return
    k = int(found.index[np.argmax(found.jumps), -1])
    jump = int(np.flatnonzero(jumps(series.times)[:k])[-1])
    warnings.warn(
        f"{found.jumps.sum():,} of {len(found):,} windows go over a jump in time, such as that from "
        f"{series.times[jump]} to {series.times[jump + 1]}: put the absent rows back with on_a_grid and fill them, or "
        "leave these windows out with ~windows.jumps",
        stacklevel=3,
    )


def split(series, train=0.7, validation=0.15):
    """Cut a series in time order into a training, a validation and a test part; the test part is what remains.

    series      a Series, or an array with time first
    train       fraction of the steps in the training part, above 0
    validation  fraction of the steps in the validation part, above 0; train + validation is below 1

    Returns three parts of the kind that came. Fractions are rounded to whole steps.

    Raises ValueError for fractions out of range, or a series too short to give every part a step.

    >>> [len(part) for part in split(np.arange(20))]
    [14, 3, 3]
    """
    series = series if isinstance(series, Series) else np.atleast_1d(array("series", series))
    a, b = _cuts(len(series), train, validation)
    return series[:a], series[a:b], series[b:]


def forecast_splits(series, length, horizon=1, train=0.7, validation=0.15):
    """Make a series ready for forecasting, with no way for a later part to reach an earlier one.

    The steps are cut in time order as by `split`. A window belongs to the part in which all its targets lie. Its inputs
    come before its targets and may reach back into the part before, as they would when a forecast is made. The windows
    whose targets lie on both sides of a cut, horizon − 1 at each, belong to no part. Inputs and targets are scaled by
    mean and standard deviation of the training part alone.

    series             a Series, or an array (time,) or (time, feature), with no missing value
    length, horizon    steps in x and in y, at least 1
    train, validation  fractions of the steps, as in `split`

    Returns ForecastData.

    Raises ValueError where a value is missing, where a part is too short to hold one window's targets, or for a channel
    that does not change in the training part.
    """
    every = _cut("series", series, length, horizon)
    _warn_of_jumps(every, series)
    rows = table(series)
    a, b = _cuts(len(rows), train, validation)
    scaler = Scaler().fit(series[:a] if isinstance(series, Series) else rows[:a])
    first, last = every.index[:, 0], every.index[:, -1]
    inside = {"train": last < a, "validation": (first >= a) & (last < b), "test": first >= b}
    steps = {"train": (a, length + horizon), "validation": (b - a, horizon), "test": (len(rows) - b, horizon)}
    for part, (has, needs) in steps.items():
        if has < needs:
            raise ValueError(
                f"the {part} part has {has} of {len(rows)} steps, length={length} with horizon={horizon} "
                f"needs at least {needs} there"
            )
    parts = {
        part: Windows(
            scaler.transform(every.x[k]),
            scaler.transform(every.y[k]),
            every.index[k],
            None if every.jumps is None else every.jumps[k],
        )
        for part, k in inside.items()
    }
    return ForecastData(**parts, scaler=scaler, series=series)


def _cuts(steps, train, validation):
    """Return the first step of the validation part and that of the test part."""
    for name, fraction in (("train", train), ("validation", validation)):
        if not isinstance(fraction, Real) or not 0 < fraction < 1:
            raise ValueError(f"{name} is {fraction!r}, it must be a fraction between 0 and 1")
    train, validation = float(train), float(validation)
    if train + validation >= 1:
        raise ValueError(f"train + validation is {train + validation:g}, it must leave something for the test part")
    a, b = round(train * steps), round((train + validation) * steps)
    if not 0 < a < b < steps:
        raise ValueError(
            f"series has {steps} steps, too few: train={train} and validation={validation} would cut them "
            f"into {a}, {b - a} and {steps - b}"
        )
    return a, b


def _complete(name, values):
    """Return `values` as (time, feature); raise a ValueError that says where and what to do if one is missing."""
    rows = table(values, name)
    holes = np.argwhere(np.isnan(rows))
    if len(holes):
        row, column = (int(k) for k in holes[0])
        raise ValueError(
            f"{_channel(values, column, name)} is missing (NaN) at row {row}, and {len(holes)} values are missing in "
            "all: fill them first, or choose channels and a stretch of time in which nothing is missing"
        )
    return rows


def _names(series):
    return tuple(map(str, series.channels))


def _channel(values, column, name="values"):
    return f"channel {values.channels[column]!r}" if isinstance(values, Series) else f"column {column} of {name}"
