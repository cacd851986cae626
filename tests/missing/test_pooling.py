"""Rubin's rules against statsmodels' multiple imputation, other people's formulas, and by how often they are right."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.imputation.mice import MICE, MICEData
from statsmodels.regression.linear_model import OLS

from rnn_course import missing
from rnn_course.missing import pool


def test_pooling_is_that_of_statsmodels():
    rng = np.random.default_rng(0)
    z = rng.normal(size=(90, 3)) @ np.array([[1.0, 0.6, 0.3], [0, 0.8, 0.4], [0, 0, 0.9]])
    table = pd.DataFrame(np.where(rng.random(z.shape) < 0.25, np.nan, z), columns=["a", "b", "c"])
    np.random.seed(0)  # noqa: NPY002 - statsmodels draws from the global generator
    mice = MICE("a ~ b + c", OLS, MICEData(table))
    found = mice.fit(n_burnin=3, n_imputations=7)
    each = [result._results for result in mice.results_list]
    pooled = pool([result.params for result in each], [np.diag(result.cov_params()) for result in each])
    np.testing.assert_allclose(pooled.estimate, found.params)
    np.testing.assert_allclose(pooled.variance, found.bse**2)
    np.testing.assert_allclose(np.sqrt(6 / pooled.df), found.frac_miss_info)  # λ, in Rubin's (m − 1) / λ²
    half = stats.t.ppf(0.95, pooled.df) * found.bse
    np.testing.assert_allclose([pooled.low, pooled.high], [found.params - half, found.params + half])


@pytest.mark.parametrize("complete_df", [4, 22.5, 1e9])
def test_degrees_of_freedom_as_others_write_them(complete_df):
    """R's package rbmi: (m − 1) c / ((ν + 3)(m − 1) + λ² c) with c = (1 − λ)(ν + 1) ν."""
    estimates, variances = np.array([3.1, 2.7, 3.8, 2.2]), np.array([0.4, 0.5, 0.3, 0.7])
    pooled = pool(estimates, variances, complete_df=complete_df)
    share = 1.25 * np.var(estimates, ddof=1) / pooled.variance
    c = (1 - share) * (complete_df + 1) * complete_df
    assert pooled.df == pytest.approx(3 * c / ((complete_df + 3) * 3 + share**2 * c))
    assert pooled.df < min(complete_df, 3 / share**2)


def test_by_hand():
    pooled = pool([1.0, 2.0, 3.0], [0.5, 1.0, 1.5], level=0.5)
    assert (pooled.estimate, pooled.within, pooled.between) == (2, 1, 1)
    assert pooled.variance == pytest.approx(7 / 3)
    assert pooled.df == pytest.approx(2 * (7 / 4) ** 2)
    assert pooled.high - 2 == pytest.approx(2 - pooled.low) == pytest.approx(stats.t.ppf(0.75, 6.125) * (7 / 3) ** 0.5)


def test_where_nothing_else_is_uncertain_and_where_there_are_no_holes():
    alone = pool([1.0, 2.0, 4.0])
    assert alone.within == 0 and alone.df == pytest.approx(2) and alone.variance == pytest.approx(4 / 3 * 7 / 3)
    whole = pool([5.0, 5.0], 4.0, level=0.9)
    assert (whole.between, whole.df) == (0, np.inf) and whole.high == pytest.approx(5 + 2 * stats.norm.ppf(0.95))
    assert pool([5.0, 5.0], 4.0, complete_df=9).df == pytest.approx(9 * 10 / 12)
    certain = pool([5.0, 5.0])
    assert (certain.low, certain.high, certain.variance) == (5, 5, 0)


@pytest.mark.parametrize("level", [0.6, 0.9])
def test_the_interval_of_a_right_model_covers_its_level(level):
    """Means of 60 normal values, 30 of them missing, drawn 4 times with the parameters drawn too, as Rubin asks."""
    rng, times, seen, gone, copies = np.random.default_rng(1), 10_000, 30, 30, 3
    x = rng.normal(3, 2, (times, seen))
    variance = x.var(axis=1, ddof=1) * (seen - 1) / rng.chisquare(seen - 1, (copies, times))
    middle = rng.normal(x.mean(axis=1), np.sqrt(variance / seen))
    drawn = rng.normal(middle[..., None], np.sqrt(variance)[..., None], (copies, times, gone))
    whole = np.concatenate([np.broadcast_to(x, (copies, *x.shape)), drawn], axis=-1)
    pooled = pool(whole.mean(axis=-1), whole.var(axis=-1, ddof=1) / (seen + gone), level, complete_df=seen + gone - 1)
    assert ((pooled.low <= 3) & (pooled.high >= 3)).mean() == pytest.approx(level, abs=0.02)
    only_one = np.sqrt(pooled.within) * stats.norm.ppf((1 + level) / 2)  # a single copy, taken for measured
    assert (np.abs(whole[0].mean(axis=-1) - 3) < only_one).mean() < level - 0.1


def test_what_cannot_be_pooled_is_refused():
    for estimates in ([1.0], 3.0, np.ones((1, 4))):
        with pytest.raises(ValueError, match=r"wanted .* of 2 copies or more"):
            pool(estimates)
    with pytest.raises(ValueError, match=r"variances has shape \(3,\), wanted a number or \(2,\)"):
        pool([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="variances has -1"):
        pool([1.0, 2.0], [1.0, -1.0])
    with pytest.raises(ValueError, match="estimates"):
        pool([1.0, np.nan])
    with pytest.raises(ValueError, match="complete_df is 9, it must be left out"):
        pool([1.0, 2.0], complete_df=9)
    for wrong in (0, -1.0, np.nan):
        with pytest.raises(ValueError, match="complete_df"):
            pool([1.0, 2.0], 1.0, complete_df=wrong)
    with pytest.raises(ValueError, match="level"):
        pool([1.0, 2.0], level=1.0)
    assert missing.pool is pool
