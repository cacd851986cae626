"""What every fill shares: what it may be given, what it returns, and what it falls back on."""

from numbers import Real

import numpy as np

from rnn_course import validate
from rnn_course.moments import mean_and_spread


def gappy(name, x):
    """Return x as a floating array `(time, feature)` or `(batch, time, feature)`; NaN passes, infinity is refused.

    Raises TypeError for text or None among the values and ValueError for infinity, both with row and column.
    """
    _no_text(name, x)
    x = validate.numbers(name, x)
    if x.ndim not in (2, 3):
        raise ValueError(f"{name} has shape {x.shape}, wanted (time, feature) or (batch, time, feature)")
    validate.shape(name, x, (None,) * x.ndim, ("batch", "time", "feature")[-x.ndim :])
    infinite = np.argwhere(np.isinf(x))
    if len(infinite):
        raise ValueError(f"{name} is infinite at {_where(infinite[0])}, it must be finite or NaN")
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def _where(index):
    """An index in words, rows and columns counted from 0."""
    *window, row, column = (int(k) for k in index)
    return (f"window {window[0]}, " if window else "") + f"row {row}, column {column}"


def _no_text(name, x):
    """Refuse text, None and whatever else is no number, as a table with mixed columns holds it, and say where."""
    try:
        array = validate.array(name, x)
    except ValueError:
        return  # validate.numbers says why
    if array.dtype.kind in "OSU" and array.ndim in (2, 3):
        cells = np.asarray(x, dtype=object)  # as they came: beside text, NumPy makes text of numbers too
        for index in np.ndindex(cells.shape):
            if isinstance(cells[index], bool) or not isinstance(cells[index], Real):
                where = f"{_where(index)} (dtype {array.dtype})"
                raise TypeError(f"{name} has {cells[index]!r} at {where}, it must be a number or NaN")


def checked_mask(name, mask, x):
    """The mask as an array of bool, of the shape of x; ValueError otherwise."""
    mask = validate.array(name, mask)
    if mask.dtype != bool or mask.shape != x.shape:
        raise ValueError(f"{name} is {mask.dtype} of shape {mask.shape}, wanted bool of shape {x.shape}")
    return mask


def batches(x):
    """x as `(batch, time, feature)` float64: a single series becomes a batch of one."""
    return (x[None] if x.ndim == 2 else x).astype(np.float64)


def no_empty_channel(x):
    """Refuse an array with a channel in which nothing was seen, and name the first such channel."""
    empty = np.flatnonzero(np.isnan(x).all(axis=tuple(range(x.ndim - 1))))
    if empty.size:
        raise ValueError(f"x has no value at all in column {empty[0]}, there is nothing to learn from")


def since_seen(mask):
    """Steps since each channel was last seen, `(batch, time, feature)`: 0 at first, 1 after a seen step, else +1."""
    gap = np.zeros(mask.shape)
    for t in range(1, mask.shape[1]):
        gap[:, t] = 1 + gap[:, t - 1] * ~mask[:, t - 1]
    return gap


class Fill:
    """A way of filling gaps: `fit(x)` learns from what is observed, `fill(x)` returns a filled copy.

    x   (time, feature) or (batch, time, feature), NaN where missing

    What was observed comes back bit for bit and nothing is left NaN. Where a method has nothing to go by it takes the
    channel's mean in what `fit` saw; `fallbacks` counts the values of the last `fill` that were filled so, or that lie
    in a channel never seen in their window. A subclass writes `learn(x)` and `estimate(x)`, both on
    (batch, time, feature) float64; `estimate` leaves NaN where it does not know.
    """

    window = 1  # the fewest time steps the method works on

    def fit(self, x):
        """Learn from x and return the method; ValueError for a channel without a single value or a short series."""
        x = gappy("x", x)
        cube = batches(x)
        no_empty_channel(cube)
        self.check_length(x)
        self.mean, spread = mean_and_spread(cube)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.learn(cube)
        return self

    def fill(self, x):
        """Return a copy of x with every NaN replaced; x itself is left alone."""
        x, cube = self.checked(x)
        return self.merge(x, cube, self.estimate(cube))

    def checked(self, x):
        """x and its cube, refused where the method was not fitted or was fitted to another number of channels."""
        if not hasattr(self, "mean"):
            raise ValueError(f"{type(self).__name__} has not seen any data: call fit(x) before fill(x)")
        x = gappy("x", x)
        if x.shape[-1] != len(self.mean):
            raise ValueError(f"x has {x.shape[-1]} channels, this fill was fitted to {len(self.mean)}")
        self.check_length(x)
        return x, batches(x)

    def check_length(self, x):
        """Refuse a series shorter than the window."""
        if x.shape[-2] < self.window:
            raise ValueError(f"x has {x.shape[-2]} time steps, shorter than the window of {self.window}")

    def merge(self, x, cube, estimate):
        """The filled copy of x, with the mean where the estimate is NaN; counts the fallbacks."""
        missing = np.isnan(cube)
        unseen = missing & missing.all(axis=1, keepdims=True)
        self.fallbacks = int((missing & (np.isnan(estimate) | unseen)).sum())
        filled = np.where(np.isnan(estimate), self.mean, estimate).reshape(x.shape)
        return np.where(np.isnan(x), filled.astype(x.dtype), x)

    def learn(self, x):
        """Learn from (batch, time, feature); most simple fills need the mean alone."""

    def scaled(self, x):
        """x in the standard deviations of what `fit` saw."""
        return (x - self.mean) / self.spread

    def unscaled(self, z):
        """Back to the channel's own unit."""
        return z * self.spread + self.mean
