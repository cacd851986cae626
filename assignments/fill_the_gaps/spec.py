"""Fill the gaps: the straight line, what a fill keeps, a fill that beats the line, and one that keeps the spread."""

import functools

import numpy as np

from rnn_course.assignments.specification import Assignment, Ladder, Late, Question, Task

DAY = 24


def line(
    x,
    over=lambda x: np.arange(len(x)),
    before=lambda x, seen: x[seen[0]],
    behind=lambda x, seen: x[seen[-1]],
    between=np.interp,
):
    """Every gap of (time, feature) filled by the straight line between its neighbours in time."""
    steps, filled = over(x), x.copy()
    for k, column in enumerate(x.T):
        seen = np.flatnonzero(~np.isnan(column))
        gone = np.flatnonzero(np.isnan(column))
        ends = before(column, seen), behind(column, seen)
        filled[gone, k] = between(steps[gone], steps[seen], column[seen], *ends)
    return filled


def mean(x):
    """Every gap filled by the mean of what is seen of its feature."""
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)


def _last(at, seen, values, before, behind):
    """What was seen last; it goes on to the end."""
    return np.r_[before, values][np.searchsorted(seen, at)]


def _next(at, seen, values, before, behind):
    return np.r_[values, behind][np.searchsorted(seen, at)]


def _nearest(at, seen, values, before, behind):
    return values[np.abs(at[:, None] - seen).argmin(axis=1)]


def _middle(at, seen, values, before, behind):
    """The mean of the two neighbours; at an end there is one."""
    return (_last(at, seen, values, before, behind) + _next(at, seen, values, before, behind)) / 2


def _mean(at, seen, values, before, behind):
    return np.full(len(at), values.mean())


def _zero(at, seen, values, before, behind):
    return np.zeros(len(at))


def _with_ends(at, seen, values, before, behind):
    """Lines that begin and end inside the gap, with the neighbours' own values."""
    filled = np.interp(at, seen, values, before, behind)
    for a, b, left, right in zip(seen[:-1], seen[1:], values[:-1], values[1:], strict=True):
        filled[(a < at) & (at < b)] = np.linspace(left, right, b - a - 1)
    return filled


def _as_one_series(x):
    """The features as one series, the steps one behind the other."""
    return line(x.reshape(-1, 1)).reshape(x.shape)


def _across(x):
    """The line through the features of one step, in the place of time."""
    return line(x.T).T


def _trend(x):
    """One line through everything that is seen."""
    steps = np.arange(len(x))
    filled = x.copy()
    for k, column in enumerate(x.T):
        seen = ~np.isnan(column)
        filled[~seen, k] = np.polyval(np.polyfit(steps[seen], column[seen], 1), steps[~seen])
    return filled


def _extended(column, seen, side):
    """How the line through the last two values that are seen goes on; -1 is the end of the series."""
    a, b = seen[:2] if side == 0 else seen[-2:]
    return (column[b] - column[a]) / (b - a)


def _sloped(x):
    """The ends of a series filled by going on as the line through the two values next to them."""
    filled = line(x)
    for k, column in enumerate(x.T):
        seen = np.flatnonzero(~np.isnan(column))
        steps = np.arange(len(x))
        head, tail = steps < seen[0], steps > seen[-1]
        filled[head, k] = column[seen[0]] + (steps[head] - seen[0]) * _extended(column, seen, 0)
        filled[tail, k] = column[seen[-1]] + (steps[tail] - seen[-1]) * _extended(column, seen, -1)
    return filled


def _small_gaps(rng, sizes):
    """Series with gaps at both ends, in the middle, and one value alone between two; no step is empty altogether."""
    cases = []
    for steps, features in sizes:
        x = rng.normal(5, 2, size=(steps, features))
        x[: rng.integers(1, 3), 0] = x[-rng.integers(1, 4) :, -1] = np.nan
        x[4:7, 0] = x[8 : 8 + rng.integers(2, 5), 0] = x[12:14, -1] = np.nan
        cases.append((x,))
    return cases


NOTHING = "Before the first and behind the last value that is seen there is no second neighbour"
LINE = Task(
    "line",
    3,
    line,
    lambda rng: _small_gaps(rng, [(20, 3), (18, 2)]),
    lambda rng: _small_gaps(rng, [(25, 2), (19, 4), (30, 3)]),
    {
        "You carry the last value forward: a line goes up or down to the value behind the gap.": (
            {"between": _last},
            0.4,
        ),
        "You carry the next value back: a line starts at the value before the gap.": ({"between": _next}, 0.4),
        "You take the nearer of the two neighbours: a line goes from one to the other.": ({"between": _nearest}, 0.4),
        "Your gaps hold one level, the mean of the two neighbours: a line goes from one to the other.": (
            {"between": _middle},
            0.4,
        ),
        "Your gaps hold the mean of their feature: a line goes from neighbour to neighbour.": ({"between": _mean}, 0.2),
        "Your gaps hold 0: a line goes from neighbour to neighbour.": ({"between": _zero}, 0.2),
        "Your line goes over the features of a step: time is the first axis, so go down each column.": (_across, 0.4),
        "Your line is drawn through all features as one series: each feature has its own, down its column.": (
            _as_one_series,
            0.4,
        ),
        "Your line reaches its two neighbours inside the gap: it is there one step before and one step behind.": (
            {"between": _with_ends},
            0.6,
        ),
        "You laid one line through all that is seen: each gap has a line of its own.": (_trend, 0.2),
        "At an end of the series your line goes on with its slope: hold the nearest value there.": (_sloped, 0.6),
        f"{NOTHING}: hold the nearest value; you left NaN.": (
            {"before": lambda x, seen: np.nan, "behind": lambda x, seen: np.nan},
            0.6,
        ),
        f"{NOTHING}: hold the nearest value; you put 0.": (
            {"before": lambda x, seen: 0.0, "behind": lambda x, seen: 0.0},
            0.6,
        ),
        f"{NOTHING}: hold the nearest value; you put the feature's mean.": (
            {"before": lambda x, seen: x[seen].mean(), "behind": lambda x, seen: x[seen].mean()},
            0.6,
        ),
        "The gap at the start of a feature is still open: hold the first value that is seen.": (
            {"before": lambda x, seen: np.nan},
            0.7,
        ),
        "The gap at the end of a feature is still open: hold the last value that is seen.": (
            {"behind": lambda x, seen: np.nan},
            0.7,
        ),
    },
)


def _lag_one(
    x,
    centre=lambda x: x.mean(axis=0),
    pairs=lambda x: (x[1:] * x[:-1]).sum(axis=0),
    squares=lambda x: (x**2).sum(axis=0),
):
    rest = x - centre(x)
    return pairs(rest) / squares(rest)


def kept(
    truth,
    filled,
    spread=lambda x: x.std(axis=0),
    ratio=lambda filled, truth: filled / truth,
    lag_one=_lag_one,
    change=lambda filled, truth: filled - truth,
):
    """What is left of the spread, and the change of the lag-one autocorrelation, (feature,) each."""
    return ratio(spread(filled), spread(truth)), change(lag_one(filled), lag_one(truth))


def _with_mean(x):
    """The autocorrelation of what still has its mean."""
    return _lag_one(x, centre=lambda x: 0)


def _with_mean_of_all(x):
    return _lag_one(x, centre=np.mean)


def _without_first_square(x):
    return _lag_one(x, squares=lambda x: (x[1:] ** 2).sum(axis=0))


def _by_mean_of_truth(truth, filled):
    """Both around the mean of the truth."""
    lag_one = functools.partial(_lag_one, centre=lambda x: truth.mean(axis=0))
    return kept(truth, filled, lag_one=lag_one)


def _mean_product(x):
    """The sum of the products divided by their number, and that by the variance."""
    rest = x - x.mean(axis=0)
    return (rest[1:] * rest[:-1]).mean(axis=0) / x.var(axis=0)


def _pearson(x):
    """The correlation of the two pieces, each with its own mean and spread."""
    return np.array([np.corrcoef(column[1:], column[:-1])[0, 1] for column in x.T])


def _around(x):
    return _lag_one(x, pairs=lambda x: (x * np.roll(x, 1, axis=0)).sum(axis=0))


def _lag_two(x):
    return _lag_one(x, pairs=lambda x: (x[2:] * x[:-2]).sum(axis=0))


def _covariance(x):
    rest = x - x.mean(axis=0)
    return (rest[1:] * rest[:-1]).sum(axis=0)


def _pairs(rng, sizes):
    """Walks that are filled with noise, which remember less, and by turns noise where values are carried forward."""
    cases = []
    for size in sizes:
        noise, gaps, walks = rng.normal(5, 1, size=size), rng.random(size) < 0.4, np.arange(size[1]) % 2 == 0
        truth = np.where(walks, np.cumsum(noise - 5, axis=0) + 5, noise)
        filling = np.where(walks, rng.normal(5, 2, size=size), np.roll(truth, 1, axis=0))
        cases.append((truth, np.where(gaps, filling, truth)))
    return cases


KEPT = Task(
    "kept",
    3,
    kept,
    lambda rng: _pairs(rng, [(40, 3), (30, 2)]),
    lambda rng: _pairs(rng, [(60, 1), (40, 2), (50, 4)]),
    {
        "The spread is the standard deviation: you compared the variances.": (
            {"spread": lambda x: x.var(axis=0)},
            0.6,
        ),
        "Filled over truth: you divided the truth's standard deviation by that of the filled series.": (
            {"ratio": lambda filled, truth: truth / filled},
            0.6,
        ),
        "A ratio is wanted: you gave the difference of the standard deviations.": (
            {"ratio": lambda filled, truth: filled - truth},
            0.6,
        ),
        "You gave the change of the spread as a share, the ratio less one: the ratio is wanted.": (
            {"ratio": lambda filled, truth: filled / truth - 1},
            0.7,
        ),
        "You gave what is lost of the spread, one less the ratio: the ratio is wanted.": (
            {"ratio": lambda filled, truth: 1 - filled / truth},
            0.7,
        ),
        "Each feature has a spread of its own: you took one for all, over both axes.": (
            {"spread": lambda x: np.full(x.shape[1], x.std())},
            0.5,
        ),
        "Filled less truth: you took them the other way round, so the sign is wrong.": (
            {"change": lambda filled, truth: truth - filled},
            0.6,
        ),
        "A difference of the autocorrelations is wanted: you gave their ratio.": (
            {"change": lambda filled, truth: filled / truth},
            0.6,
        ),
        "A difference with its sign is wanted: you gave its size.": (
            {"change": lambda filled, truth: np.abs(filled - truth)},
            0.7,
        ),
        "You gave the autocorrelation of the filled series: the truth's has to be taken from it.": (
            {"change": lambda filled, truth: filled},
            0.5,
        ),
        "Take the mean away before you multiply: with it every series looks like its own neighbour.": (
            {"lag_one": _with_mean},
            0.5,
        ),
        "You took one mean away from all features: each has its own, over axis 0.": (
            {"lag_one": _with_mean_of_all},
            0.6,
        ),
        "The filled series has a mean of its own: you took the truth's away from it.": (_by_mean_of_truth, 0.6),
        "The squares are summed over all the steps, the products alone begin at the second one.": (
            {"lag_one": _without_first_square},
            0.7,
        ),
        "Your products are divided by their number, one less than the steps, and the squares by all: use sums.": (
            {"lag_one": _mean_product},
            0.7,
        ),
        "You correlated the two pieces, each with a mean and spread of its own: take those of the whole series.": (
            {"lag_one": _pearson},
            0.7,
        ),
        "You multiplied the first value with the last: `np.roll` goes round, leave that product out.": (
            {"lag_one": _around},
            0.7,
        ),
        "You multiplied with the value two steps before: one step is wanted.": ({"lag_one": _lag_two}, 0.6),
        "You did not divide by the sum of the squares: that is an autocovariance.": ({"lag_one": _covariance}, 0.5),
    },
    returns=("spread", "memory"),
)


def _waves(steps):
    """A constant and the daily course, (time, 3)."""
    angle = 2 * np.pi * np.arange(steps) / DAY
    return np.column_stack([np.ones(steps), np.sin(angle), np.cos(angle)])


def fill(x, rounds=10):
    """Every feature is a regression on the others and the time of day, again and again on what was filled."""
    gaps, filled, waves = np.isnan(x), line(x), _waves(len(x))
    for _ in range(rounds):
        for k in range(x.shape[1]):
            known = np.column_stack([waves, np.delete(filled, k, axis=1)])
            seen = ~gaps[:, k]
            weights = np.linalg.lstsq(known[seen], x[seen, k], rcond=None)[0]
            filled[gaps[:, k], k] = known[gaps[:, k]] @ weights
    return filled


def fill_keeping_spread(x, seed=0):
    """The daily course and, in each gap, a walk that remembers as much as the rest of the series does."""
    rng, waves, filled = np.random.default_rng(seed), _waves(len(x)), x.copy()
    for k, column in enumerate(x.T):
        seen = ~np.isnan(column)
        course = waves @ np.linalg.lstsq(waves[seen], column[seen], rcond=None)[0]
        rest = column - course
        spread = np.nanstd(rest)
        memory = np.nanmean(rest[1:] * rest[:-1]) / spread**2
        for t in np.flatnonzero(~seen):
            before = filled[t - 1, k] - course[t - 1] if t else rng.normal() * spread
            filled[t, k] = course[t] + memory * before + rng.normal() * spread * np.sqrt(1 - memory**2)
    return filled


def _remembering(rng, memory, size):
    """A random walk that forgets, with spread 1: AR(1)."""
    walk = rng.normal(size=size)
    walk[1:] *= np.sqrt(1 - memory**2)
    for t in range(1, len(walk)):
        walk[t] += memory * walk[t - 1]
    return (walk - walk.mean(axis=0)) / walk.std(axis=0)


def _sizes(rng, features):
    """One factor for each feature, the same numbers for everybody in an order of its own."""
    return rng.permutation(np.linspace(0.8, 1.2, features)) if features > 1 else np.ones(1)


def _daily(rng, steps, features):
    """The daily course, (time, feature), which comes a little sooner or later at each place."""
    late = rng.uniform(0, DAY) + rng.permutation(np.linspace(-1.5, 1.5, features))
    return _sizes(rng, features) * np.sin(2 * np.pi * (np.arange(steps)[:, None] - late) / DAY)


def _temperatures(rng, steps, features):
    """Places that share slow and quick weather, each with a daily course and something of its own."""
    shared = 1.5 * _remembering(rng, 0.97, (steps, 1)) * _sizes(rng, features)
    shared = shared + 0.5 * _remembering(rng, 0.8, (steps, 1)) * _sizes(rng, features)
    own = 0.25 * _remembering(rng, 0.7, (steps, features))
    return rng.uniform(5, 20, features) + 3 * (shared + own + _daily(rng, steps, features))


def _winds(rng, steps, features):
    """Places that share nothing: a daily course and gusts."""
    return 12 + 3 * (_daily(rng, steps, features) + _remembering(rng, 0.7, (steps, features)))


def _gappy(rng, truth, share, longest):
    """The series with gaps of 4 to `longest` steps until this share of each feature is gone, one end of it too."""
    x, (steps, features) = truth.copy(), truth.shape
    x[:5, 0] = x[-5:, -1] = np.nan
    for k in range(features):
        while np.isnan(x[:, k]).mean() < share:
            start = rng.integers(0, steps)
            x[start : start + rng.integers(4, longest + 1), k] = np.nan
    return x


def _cases(rng, series, sizes, share, longest):
    """Pairs of what is given and the truth, rounded as an instrument shows it."""
    truths = [series(rng, days * DAY, features).round(2) for days, features in sizes]
    return [(_gappy(rng, truth, share, longest), truth) for truth in truths]


FILL = Task(
    "fill",
    8,
    fill,
    lambda rng: _cases(rng, _temperatures, [(40, 3), (40, 4), (40, 5)], 0.3, 20),
    lambda rng: _cases(rng, _temperatures, [(40, 3)] * 3 + [(40, 4)] * 4 + [(40, 5)] * 3, 0.3, 20),
    ladder=Ladder({"the straight line": line, "the mean": mean}, ((1, 0.2), (0.85, 0.6), (0.7, 1))),
)
FILL_KEEPING_SPREAD = Task(
    "fill_keeping_spread",
    3,
    fill_keeping_spread,
    lambda rng: _cases(rng, _winds, [(90, 1), (90, 2), (90, 2)], 0.4, 30),
    lambda rng: _cases(rng, _winds, [(90, 2)] * 4 + [(90, 1)] * 2, 0.4, 30),
    ladder=Ladder({"the straight line": line, "the mean": mean}, ((1, 0.2), (0.5, 1)), "distortion"),
)
WHICH = Question(
    "which",
    "Which of your two fills would you hand on?",
    3,
    {
        0: "nothing, or the same fill for every purpose without a reason",
        1: "says that the fill of the smallest error is too smooth, or that drawn noise makes the error larger",
        2: "says both, and names a use for each: single values or a forecast's input; spread, extremes or memory",
        3: "and says that one filled copy hides how unsure it is: hand on the mask, or several drawn copies",
    },
)
TASKS = [LINE, KEPT, FILL, FILL_KEEPING_SPREAD]
ASSIGNMENT = Assignment("Fill the gaps", TASKS, [WHICH], late=Late(per_day=0.1, most=0.5), data=("stations.csv",))
