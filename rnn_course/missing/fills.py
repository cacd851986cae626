"""Fills without a network: from one number a channel to Kalman smoothing."""

import numpy as np

from rnn_course import seeds, validate
from rnn_course.missing.base import Fill


class Constant(Fill):
    """One number per channel, out of what `fit` saw: mean, median or mode (the most frequent, the least if tied)."""

    def __init__(self, statistic="mean"):
        self.statistic = validate.one_of("statistic", statistic, ("mean", "median", "mode"))

    def learn(self, x):
        """Take the statistic of each channel."""
        columns = [x[..., k][~np.isnan(x[..., k])] for k in range(x.shape[-1])]
        take = {"mean": np.mean, "median": np.median, "mode": _mode}[self.statistic]
        self.value = np.array([take(column) for column in columns])

    def estimate(self, x):
        """The same number at every step."""
        return np.broadcast_to(self.value, x.shape)


def _mode(values):
    found, counts = np.unique(values, return_counts=True)
    return found[counts.argmax()]


class Last(Fill):
    """The last value seen, carried forward; before the first one it falls back on the mean."""

    def estimate(self, x):
        """x_t = x at the latest step up to t that was seen."""
        steps = np.arange(x.shape[1])[None, :, None]
        latest = np.maximum.accumulate(np.where(np.isnan(x), 0, steps), axis=1)
        return np.take_along_axis(x, latest, axis=1)


class Next(Last):
    """The next value to be seen, carried back; after the last one it falls back on the mean."""

    def estimate(self, x):
        """The last value, in reversed time."""
        return super().estimate(x[:, ::-1])[:, ::-1]


def interpolate(x):
    """Straight lines over the gaps of `(batch, time, feature)`, the nearest value beyond the ends, NaN if none."""
    out, steps = x.copy(), np.arange(x.shape[1])
    for window in out:
        for column in window.T:
            hole = np.isnan(column)
            if hole.any() and not hole.all():
                column[hole] = np.interp(steps[hole], steps[~hole], column[~hole])
    return out


class Linear(Fill):
    """Straight lines between neighbours in time; the nearest value before the first and after the last."""

    def estimate(self, x):
        """Interpolate every window by itself."""
        return interpolate(x)


class Seasonal(Fill):
    """A mean profile over the period, and straight lines through what remains; every window starts in phase 0.

    period   steps of one season, 24 for hourly values
    """

    def __init__(self, period=24):
        self.period = validate.positive_int("period", period, least=2)

    def learn(self, x):
        """The mean departure, by phase, from a moving mean over the period; 0 in a phase never seen."""
        departure = x - _level(x, self.period)
        phases = np.arange(x.shape[1]) % self.period
        self.profile = np.zeros((self.period, x.shape[2]))
        for phase in np.unique(phases):
            values = departure[:, phases == phase].reshape(-1, x.shape[2])
            counts = (~np.isnan(values)).sum(axis=0)
            self.profile[phase] = np.nansum(values, axis=0) / np.maximum(counts, 1)
        self.profile -= self.profile.mean(axis=0)

    def estimate(self, x):
        """Profile plus interpolated remainder."""
        season = self.profile[np.arange(x.shape[1]) % self.period]
        return season + interpolate(x - season)


def _level(x, period):
    line = interpolate(x)
    half = period // 2
    padded = np.pad(line, ((0, 0), (half, period - 1 - half), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, period, axis=1).mean(axis=-1)


class StepsAsRows(Fill):
    """One of scikit-learn's imputers, on scaled values: each time step is a row by itself, whatever the order of time.

    A subclass writes `make_imputer()`.
    """

    def learn(self, x):
        """Fit the imputer to the time steps."""
        self.imputer = self.make_imputer().fit(_rows(self.scaled(x)))

    def estimate(self, x):
        """What the imputer puts into each time step."""
        return self.unscaled(self.imputer.transform(_rows(self.scaled(x))).reshape(x.shape))


def _rows(x):
    return x.reshape(-1, x.shape[-1])


class Neighbours(StepsAsRows):
    """The mean of the k time steps most alike in the channels both have (scikit-learn's KNNImputer)."""

    def __init__(self, neighbours=5):
        self.neighbours = validate.positive_int("neighbours", neighbours)

    def make_imputer(self):
        """A KNNImputer."""
        from sklearn.impute import KNNImputer

        return KNNImputer(n_neighbors=self.neighbours)


class Iterative(StepsAsRows):
    """Each channel by Bayesian ridge regression on the others, in turn (scikit-learn's IterativeImputer)."""

    def __init__(self, rounds=10, seed=0):
        self.rounds = validate.positive_int("rounds", rounds)
        self.seed = validate.positive_int("seed", seed, least=0, most=2**32 - 1)  # as scikit-learn takes it

    def make_imputer(self):
        """An IterativeImputer."""
        from sklearn.experimental import enable_iterative_imputer  # noqa: F401
        from sklearn.impute import IterativeImputer

        return IterativeImputer(max_iter=self.rounds, random_state=self.seed, tol=1e-3)


class Kalman(Fill):
    """Kalman smoothing, channel by channel: y_t = level_t + noise, level_t = level_{t−1} + noise (statsmodels).

    The level is a random walk; the two variances are found by maximum likelihood on what `fit` saw. With several
    windows, the one with the most values of the channel decides. Noise makes neighbouring changes of y alternate. Where
    they go on in the same direction, as in a smooth channel, none is found: the level passes through what was seen, and
    its mean between is the straight line, as `Linear` has it (a Brownian bridge), whatever the other variance is. That
    one decides how wide the draws are.
    """

    def learn(self, x):
        """Find the variances by maximum likelihood, in the window with the most values of the channel."""
        z, self.params = self.scaled(x), []
        for k in range(x.shape[2]):
            column = z[(~np.isnan(z[:, :, k])).sum(axis=1).argmax(), :, k]
            enough = np.isfinite(column).sum() >= 3  # fewer tell nothing of two variances: the level then stands still
            self.params.append(_level_model(column).fit(disp=0, maxiter=200).params if enough else np.array([1.0, 0.0]))

    def _results(self, x):
        z = self.scaled(x)
        for b in range(x.shape[0]):
            for k in range(x.shape[2]):
                if np.isnan(z[b, :, k]).any() and not np.isnan(z[b, :, k]).all():
                    yield b, k, _level_model(z[b, :, k]), self.params[k]

    def estimate(self, x):
        """The smoothed level."""
        z = np.full(x.shape, np.nan)
        for b, k, model, params in self._results(x):
            z[b, :, k] = model.smooth(params).smoothed_state[0]
        return self.unscaled(z)

    def draws(self, x, number, seed=0):
        """Return `number` filled copies of x, (number, *x.shape), drawn from the smoothing distribution."""
        x, cube = self.checked(x)
        number = validate.positive_int("number", number)
        rng, z = seeds.generator("seed", seed), np.full((number, *cube.shape), np.nan)
        for b, k, model, params in self._results(cube):
            model.update(np.asarray(params))
            simulate = model.simulation_smoother()
            noise = np.sqrt(params[0])
            for j in range(number):
                simulate.simulate(rng=rng)
                z[j, b, :, k] = simulate.simulated_state[0] + rng.normal(0, noise, cube.shape[1])
        return np.stack([self.merge(x, cube, self.unscaled(one)) for one in z])


def _level_model(column):
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    return UnobservedComponents(column, "llevel")
