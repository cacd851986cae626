"""How good a fill is, on removed values only, and what filling does to a distribution."""

from dataclasses import dataclass

import numpy as np

from rnn_course import validate
from rnn_course.missing.base import gappy
from rnn_course.missing.mechanisms import _mask


@dataclass(frozen=True)
class Score:
    """Mean absolute and root mean squared error of `count` removed values."""

    mae: float
    rmse: float
    count: int


def _score(errors):
    if not errors.size:
        raise ValueError("removed is False everywhere, there is nothing to score")
    return Score(float(np.abs(errors).mean()), float(np.sqrt((errors**2).mean())), int(errors.size))


def _errors(truth, filled, removed, scale):
    truth, filled = gappy("truth", truth), gappy("filled", filled)
    removed = _mask("removed", removed, truth)
    if filled.shape != truth.shape:
        raise ValueError(f"filled has shape {filled.shape}, truth has {truth.shape}")
    errors = (filled - truth) / np.asarray(scale)
    if np.isnan(errors[removed]).any():
        raise ValueError("truth or filled is NaN where removed is True, only values once known can be scored")
    return errors, removed


def score(truth, filled, removed, scale=1.0):
    """Score the removed values; `scale` (feature,) divides the errors, such as the training standard deviations."""
    errors, removed = _errors(truth, filled, removed, scale)
    return _score(errors[removed])


def score_by_channel(truth, filled, removed, scale=1.0):
    """Scores as `{channel: Score}`, channels in which nothing was removed left out."""
    errors, removed = _errors(truth, filled, removed, scale)
    return {k: _score(errors[..., k][removed[..., k]]) for k in range(errors.shape[-1]) if removed[..., k].any()}


def gap_lengths(missing):
    """The length of the gap each step of `missing` (..., time, feature) lies in, whole numbers; 0 outside."""
    missing = np.asarray(missing, bool)
    ahead, back = np.zeros(missing.shape, int), np.zeros(missing.shape, int)
    steps = missing.shape[-2]
    for t in range(steps):
        ahead[..., t, :] = missing[..., t, :] * (1 + (ahead[..., t - 1, :] if t else 0))
        u = steps - 1 - t
        back[..., u, :] = missing[..., u, :] * (1 + (back[..., u + 1, :] if t else 0))
    return np.where(missing, ahead + back - 1, 0)


def score_by_gap(truth, filled, removed, missing, edges=(1, 2, 4, 7, 13, 25), scale=1.0):
    """Scores as `{(shortest, longest): Score}` by the length of the gap in `missing`; the last is open, (25, None)."""
    errors, removed = _errors(truth, filled, removed, scale)
    lengths = gap_lengths(missing)
    result = {}
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        here = removed & (lengths >= low) & (lengths < (high or np.inf))
        if here.any():
            result[low, None if high is None else high - 1] = _score(errors[here])
    return result


def distortion(truth, filled, lags=(1, 24), quantiles=(0.05, 0.5, 0.95)):
    """What filling does to each channel of `(time, feature)`: `{name: (truth, filled)}`.

    Names are mean, variance, quantiles (q, feature), autocorrelation (lag, feature) and correlation (feature, feature);
    what is missing in the truth is left out there.
    """
    pair = [gappy(name, x) for name, x in (("truth", truth), ("filled", filled))]
    for x in pair:
        validate.shape("truth and filled", x, (None, pair[0].shape[-1]), ("time", "feature"))
    measures = {
        "mean": lambda x: np.nanmean(x, axis=0),
        "variance": lambda x: np.nanvar(x, axis=0),
        "quantiles": lambda x: np.nanquantile(x, quantiles, axis=0),
        "autocorrelation": lambda x: np.array([_lagged(x, lag) for lag in lags]),
        "correlation": lambda x: np.ma.corrcoef(np.ma.masked_invalid(x), rowvar=False).filled(np.nan),
    }
    return {name: tuple(measure(x) for x in pair) for name, measure in measures.items()}


def _lagged(x, lag):
    z = x - np.nanmean(x, axis=0)
    return np.nanmean(z[lag:] * z[:-lag], axis=0) / np.nanvar(x, axis=0)


def coverage(truth, draws, removed, level=0.9):
    """Share of removed values inside the central `level` interval of `draws` (number, *truth.shape): near `level`."""
    level = validate.share("level", level)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    removed = _mask("removed", removed, np.asarray(truth))
    inside = (low <= truth) & (truth <= high)
    return float(inside[removed].mean())
