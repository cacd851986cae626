"""Means, spreads and sizes of errors: one source for what the Scaler, the fills, the scores and the figures compute.

All in float64, whatever came: a sum of float32 loses the seventh digit, one of float16 ends at 65504. What is squared
is first brought near one by a power of two, which changes no digit: float64 has no square of 1e200, nor one of 1e-200.
"""

import numpy as np

# Relative to the largest value: values that differ by no more were equal before somebody's arithmetic rounded them.
ROUNDING = 8 * np.finfo(np.float64).eps


def mean_and_spread(x, ddof=0):
    """Return mean and standard deviation (divided by n − ddof) of each channel of x (…, feature), NaN left out.

    A channel whose values differ by no more than rounding has the spread 0, and no other has. Both are (feature,)
    float64, and NaN for a channel in which nothing is seen.
    """
    rows = np.asarray(x, dtype=np.float64).reshape(-1, np.shape(x)[-1])
    low, high = np.fmin.reduce(rows, axis=0), np.fmax.reduce(rows, axis=0)
    middle = low / 2 + high / 2
    power = _power(high - middle)
    departures = np.ldexp(rows - middle, -power)
    count = (~np.isnan(rows)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = np.nansum(departures, axis=0) / count
        spread = np.sqrt(np.nansum((departures - mean) ** 2, axis=0) / (count - ddof))
        same = high - low <= ROUNDING * np.maximum(np.abs(low), np.abs(high))
    spread = np.maximum(np.ldexp(spread, power), np.finfo(np.float64).smallest_subnormal)
    return np.where(same, low, middle + np.ldexp(mean, power)), np.where(same, 0.0, spread)


def standardised(x):
    """Return x (…, feature) less the mean of its channel, by its spread; NaN in a channel without a spread."""
    mean, spread = mean_and_spread(x)
    return (x - mean) / np.where(spread > 0, spread, np.nan)


def mean_absolute(errors):
    """Return the mean of |e| over all of `errors`, a float."""
    errors, power = _near_one(errors)
    return float(np.ldexp(np.abs(errors).mean(), power))


def root_mean_square(errors):
    """Return √(mean of e²) over all of `errors`, a float."""
    errors, power = _near_one(errors)
    return float(np.ldexp(np.sqrt((errors**2).mean()), power))


def _near_one(values):
    values = np.asarray(values, dtype=np.float64)
    power = _power(np.abs(values).max(initial=0))
    return np.ldexp(values, -power), power


def _power(size):
    """The power of two at or just above `size`; 0 where there is none."""
    return np.frexp(np.where(np.isfinite(size), size, 0))[1]
