"""Rubin's rules: one estimate with an interval out of the estimates from several filled copies."""

from dataclasses import dataclass

import numpy as np

from rnn_course import validate


@dataclass(frozen=True)
class Pooled:
    """What m copies say together: floats, or arrays of the shape of one estimate.

    estimate    Q̄, the mean of the copies' estimates
    within      Ū, the mean of their variances: what would be uncertain without a hole too
    between     B, the variance of the estimates over the copies: what the holes add
    variance    T = Ū + (1 + 1/m) B
    df          degrees of freedom of the interval's t distribution
    low, high   the interval Q̄ ± t √T
    """

    estimate: float
    within: float
    between: float
    variance: float
    df: float
    low: float
    high: float


def pool(estimates, variances=0.0, level=0.9, complete_df=np.inf):
    """Pool what was computed on each of m filled copies, by the rules of Rubin (1987): a `Pooled`.

    estimates    (m, …), the result on each copy, m at least 2
    variances    the squared standard error of each, a number or (m, …); 0 where the question is about these very steps,
                 so that nothing would be uncertain without holes
    level        of the interval, in [0, 1)
    complete_df  degrees of freedom that the complete data would have, n − 1 for a mean; infinity if there are many

    With λ = (1 + 1/m) B / T, the share of the variance that the holes bring, the degrees of freedom are (m − 1) / λ².
    For a finite ν = complete_df they are joined with (1 − λ) ν (ν + 1) / (ν + 3), by the sum of the reciprocals, after
    Barnard and Rubin (1999). The interval is as good as the draws: it knows of no mistake in their model.

    Raises TypeError or ValueError for what is no number or not finite, a negative variance, one copy alone, and for a
    finite complete_df where the variances are 0.
    """
    estimates = validate.finite("estimates", validate.numbers("estimates", estimates)).astype(np.float64)
    copies = len(estimates) if estimates.ndim else 1
    if copies < 2:
        raise ValueError(f"estimates has shape {estimates.shape}, wanted (number, …) of 2 copies or more")
    within = _mean_variance(variances, estimates)
    nu, level = _complete_df(complete_df, within), validate.share("level", level)
    with np.errstate(over="ignore", invalid="ignore"):
        estimate, between = estimates.mean(axis=0), estimates.var(axis=0, ddof=1)
    if not np.isfinite(between).all():
        raise ValueError(f"estimates goes from {estimates.min()} to {estimates.max()}, too far for float64 to square")
    variance = within + (1 + 1 / copies) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(variance > 0, (1 + 1 / copies) * between / variance, 0.0)
        observed = 0.0 if np.isinf(nu) else (nu + 3) / (nu * (nu + 1) * (1 - share))
        df = 1 / (share**2 / (copies - 1) + observed)
    half = _t_quantile((1 + level) / 2, df) * np.sqrt(variance)
    found = (estimate, within, between, variance, df, estimate - half, estimate + half)
    return Pooled(*(float(part) if np.ndim(part) == 0 else part for part in found))


def _mean_variance(variances, estimates):
    variances = validate.finite("variances", validate.numbers("variances", variances)).astype(np.float64)
    if variances.shape not in ((), estimates.shape):
        raise ValueError(f"variances has shape {variances.shape}, wanted a number or {estimates.shape} as estimates")
    if (variances < 0).any():
        raise ValueError(f"variances has {variances.min()} in it, a squared standard error is at least 0")
    return np.broadcast_to(variances, estimates.shape).mean(axis=0)


def _complete_df(complete_df, within):
    if isinstance(complete_df, float | np.floating) and complete_df == np.inf:
        return np.inf
    nu = float(validate.positive("complete_df", complete_df))
    if (within == 0).any():
        raise ValueError(f"complete_df is {complete_df}, it must be left out where the variances are 0")
    return nu


def _t_quantile(share, df):
    from scipy.special import ndtri, stdtrit  # slow to load

    return np.where(np.isinf(df), ndtri(share), stdtrit(np.where(np.isinf(df), 1.0, df), share))
