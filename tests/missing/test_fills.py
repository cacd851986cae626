"""The simple fills against pandas, scikit-learn and statsmodels."""

import numpy as np
import pandas as pd
import pytest
from gappy_series import holes, walk
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer
from statsmodels.tsa.statespace.structural import UnobservedComponents

from rnn_course import missing
from rnn_course.missing import METHODS


@pytest.mark.parametrize(
    ("name", "oracle"),
    [
        ("last", lambda f: f.ffill().fillna(f.mean())),
        ("next", lambda f: f.bfill().fillna(f.mean())),
        ("linear", lambda f: f.interpolate(limit_direction="both")),
        ("mean", lambda f: f.fillna(f.mean())),
        ("median", lambda f: f.fillna(f.median())),
        ("mode", lambda f: f.fillna(f.mode().iloc[0])),
    ],
)
def test_simple_fills_agree_with_pandas(name, oracle):
    x = np.round(holes(walk(), 0.5), 1)
    np.testing.assert_allclose(METHODS[name]().fit(x).fill(x), oracle(pd.DataFrame(x)), rtol=1e-12)


def test_seasonal_mends_a_pure_season_that_a_line_cannot():
    truth = 3 + np.sin(2 * np.pi * np.arange(240) / 24)[:, None]
    removed = missing.blocks(truth, 0.2, 10, seed=0)
    x = missing.take(truth, removed)
    seasonal, linear = (missing.score(truth, METHODS[n]().fit(x).fill(x), removed).mae for n in ("seasonal", "linear"))
    assert seasonal < 0.4 * linear


def test_knn_is_scikit_learns_on_scaled_values():
    x = holes(walk())
    z = (x - np.nanmean(x, 0)) / np.nanstd(x, 0)
    wanted = KNNImputer(n_neighbors=5).fit_transform(z) * np.nanstd(x, 0) + np.nanmean(x, 0)
    np.testing.assert_allclose(METHODS["knn"]().fit(x).fill(x), wanted, rtol=1e-10)


def test_iterative_is_scikit_learns_on_scaled_values():
    x = holes(walk())
    mean, spread = np.nanmean(x, 0), np.nanstd(x, 0)
    oracle = IterativeImputer(max_iter=10, random_state=0).fit_transform((x - mean) / spread)
    np.testing.assert_allclose(METHODS["iterative"]().fit(x).fill(x), oracle * spread + mean, rtol=1e-10)


def test_kalman_is_the_line_where_changes_go_on_in_the_same_direction():
    """A smooth channel, in which the likelihood finds no noise, and a noisy one, where the estimate leaves the line."""
    rng = np.random.default_rng(3)
    change = rng.normal(size=(301, 2))
    truth = (change[1:] + 0.8 * change[:-1]).cumsum(0)
    truth[:, 1] += rng.normal(0, 3, 300)
    x = missing.take(truth, missing.blocks(truth, 0.3, 6, seed=1))
    kalman, line = METHODS["kalman"]().fit(x), METHODS["linear"]().fit(x).fill(x)
    smooth, noisy = (params[0] / params[1] for params in kalman.params)
    assert smooth < 1e-6 and noisy > 0.3
    apart = np.abs(kalman.fill(x) - line).max(axis=0)
    assert apart[0] < 1e-5 and apart[1] > 0.5
    kalman.params = [(0.0, variance) for variance in (0.01, 100.0)]
    np.testing.assert_allclose(kalman.fill(x), line, atol=1e-5)


def test_kalman_is_statsmodels_smoother_and_its_draws_cover():
    rng = np.random.default_rng(0)
    truth = rng.normal(0, 1, (400, 1)).cumsum(0) + rng.normal(0, 0.7, (400, 1))
    removed = missing.mcar(truth, 0.3, 1)
    x = missing.take(truth, removed)
    method = METHODS["kalman"]().fit(x)
    z = (x[:, 0] - np.nanmean(x)) / np.nanstd(x)
    level = UnobservedComponents(z, "llevel").fit(disp=0).smoothed_state[0] * np.nanstd(x) + np.nanmean(x)
    np.testing.assert_allclose(method.fill(x)[removed], level[removed[:, 0]], rtol=1e-8)
    draws = method.draws(x, 200, seed=0)
    assert abs(missing.coverage(truth, draws, removed, 0.9) - 0.9) < 0.06
