"""How good a fill is, on removed values only, and what filling does to a distribution."""

from dataclasses import dataclass

import numpy as np

from rnn_course import validate
from rnn_course.missing.base import checked_mask, gappy
from rnn_course.moments import mean_absolute, mean_and_spread, root_mean_square, standardised


@dataclass(frozen=True)
class Score:
    """Mean absolute and root mean squared error of `count` removed values."""

    mae: float
    rmse: float
    count: int


def _score(errors):
    if not errors.size:
        raise ValueError("removed is False everywhere, there is nothing to score")
    return Score(mean_absolute(errors), root_mean_square(errors), int(errors.size))


def _errors(truth, filled, removed, scale):
    truth, filled = (gappy(name, x).astype(np.float64) for name, x in (("truth", truth), ("filled", filled)))
    removed = checked_mask("removed", removed, truth)
    if filled.shape != truth.shape:
        raise ValueError(f"filled has shape {filled.shape}, truth has {truth.shape}")
    scale = validate.finite("scale", validate.numbers("scale", scale)).astype(np.float64)
    if scale.shape not in ((), truth.shape[-1:]) or (scale <= 0).any():
        raise ValueError(f"scale is {scale}, wanted a positive number or one for each of {truth.shape[-1]} channels")
    with np.errstate(over="ignore"):
        errors = (filled - truth) / scale
    if np.isinf(errors[removed]).any():
        raise ValueError(f"filled − truth is too large for float64 in units of scale={scale}")
    if np.isnan(errors[removed]).any():
        raise ValueError("truth or filled is NaN where removed is True, only values once known can be scored")
    return errors, removed


def score(truth, filled, removed, scale=1.0):
    """Score the removed values; `scale` (feature,) divides the errors, such as the training standard deviations."""
    errors, removed = _errors(truth, filled, removed, scale)
    return _score(errors[removed])


def gap_lengths(missing):
    """The length of the gap each step of `missing` (..., time, feature) lies in, whole numbers; 0 outside."""
    missing = validate.array("missing", missing)
    if missing.dtype != bool or missing.ndim < 2:
        raise ValueError(f"missing is {missing.dtype} of shape {missing.shape}, wanted bool of (…, time, feature)")
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
    lengths = gap_lengths(checked_mask("missing", missing, errors))
    edges = [validate.positive_int("an entry of edges", edge) for edge in validate.listed("edges", edges)]
    if not edges or sorted(set(edges)) != edges:
        raise ValueError(f"edges is {edges}, it must be lengths that rise, at least one")
    result = {}
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        here = removed & (lengths >= low) & (lengths < (high or np.inf))
        if here.any():
            result[low, None if high is None else high - 1] = _score(errors[here])
    return result


def distortion(truth, filled, lags=(1, 24), quantiles=(0.05, 0.5, 0.95)):
    """What filling does to each channel of `(time, feature)`: `{name: (truth, filled)}`.

    Names are mean, variance, quantiles (q, feature), autocorrelation (lag, feature), correlation (feature, feature) and
    cross_correlation (lag, feature, feature), of the row's channel with the column's `lag` steps later. What is missing
    in the truth is left out there; the correlations of a channel that never changes are NaN.
    """
    pair = [gappy(name, x).astype(np.float64) for name, x in (("truth", truth), ("filled", filled))]
    for x in pair:
        validate.shape("truth and filled", x, (None, pair[0].shape[-1]), ("time", "feature"))
    lags = [validate.positive_int("an entry of lags", lag, least=0) for lag in validate.listed("lags", lags)]
    for lag in lags:
        if lag >= min(len(x) for x in pair):
            steps = f"truth has {len(pair[0])} steps, filled {len(pair[1])}"
            raise ValueError(f"an entry of lags is {lag}, it must be below the number of steps: {steps}")
    quantiles = [validate.weight("an entry of quantiles", q) for q in validate.listed("quantiles", quantiles)]
    measures = {
        "mean": lambda x: mean_and_spread(x)[0],
        "variance": lambda x: mean_and_spread(x)[1] ** 2,
        "quantiles": lambda x: np.nanquantile(x, quantiles, axis=0),
        "autocorrelation": lambda x: np.array([np.diag(_lagged(x, lag)) for lag in lags]),
        "correlation": lambda x: np.ma.filled(
            np.ma.corrcoef(np.ma.masked_invalid(standardised(x)), rowvar=False), np.nan
        ),
        "cross_correlation": lambda x: np.array([_lagged(x, lag) for lag in lags]),
    }
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return {name: tuple(measure(x) for x in pair) for name, measure in measures.items()}


def _lagged(x, lag):
    """Correlation (feature, feature) of each channel with each `lag` steps later, by the whole series' spread."""
    z = standardised(x)
    before, after = z[: len(z) - lag], z[lag:]
    constant = np.isnan(z).all(axis=0)
    pairs = (~np.isnan(before)).astype(float).T @ (~np.isnan(after)).astype(float)
    told = np.nan_to_num(before).T @ np.nan_to_num(after) / pairs
    return np.where(constant | constant[:, None], np.nan, told)


def coverage(truth, draws, removed, level=0.9):
    """Share of removed values inside the central `level` interval of `draws` (number, *truth.shape): near `level`.

    Quantiles as order statistics out of number + 1 (Weibull): a fair method with few draws scores `level`, not less.
    Raises ValueError where truth or draws is NaN at a removed value, as `score` does.
    """
    level, truth = validate.share("level", level), gappy("truth", truth).astype(np.float64)
    draws = validate.numbers("draws", draws).astype(np.float64)
    if draws.shape[1:] != truth.shape or not len(draws):
        raise ValueError(f"draws has shape {draws.shape}, wanted (number, {', '.join(map(str, truth.shape))})")
    removed = checked_mask("removed", removed, truth)
    if not removed.any():
        raise ValueError("removed is False everywhere, there is nothing to score")
    if np.isnan(truth[removed]).any() or np.isnan(draws[:, removed]).any():
        raise ValueError("truth or draws is NaN where removed is True, only values once known can be scored")
    low, high = np.quantile(draws[:, removed], [(1 - level) / 2, (1 + level) / 2], axis=0, method="weibull")
    return float(((low <= truth[removed]) & (truth[removed] <= high)).mean())
