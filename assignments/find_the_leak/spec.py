"""Find the leak: a forecaster that has seen its future, and the same pipeline when it has not."""

from functools import partial

import numpy as np

from rnn_course.assignments.specification import Assignment, Late, Question, Task

LENGTH, HORIZON, WIDTH, SHARE, PENALTY = 12, 3, 7, 0.7, 1e-5


def _trailing(k, width):
    return k - width + 1, k + 1


def _centred(k, width):
    return k - width // 2, k + width // 2 + 1


def _present(x, start, stop):
    """The values of a window that are there."""
    return x[max(start, 0) : stop].mean()


def _zeros_outside(x, start, stop):
    """As `np.convolve` counts: what lies outside is 0."""
    return x[max(start, 0) : stop].sum() / (stop - start)


def _first_outside(x, start, stop):
    """As if the series had held its first value before it began."""
    return x[np.clip(np.arange(start, stop), 0, len(x) - 1)].mean()


def _none_outside(x, start, stop):
    return x[start:stop].mean() if start >= 0 and stop <= len(x) else np.nan


def _nothing_outside(x, start, stop):
    return x[start:stop].mean() if start >= 0 and stop <= len(x) else 0.0


def _itself_outside(x, start, stop):
    return x[start:stop].mean() if start >= 0 else x[stop - 1]


def smoothed(x, width, window=_trailing, outside=_present):
    """The mean of the last `width` values, of fewer at the start, (time,)."""
    return np.array([outside(x, *window(k, width)) for k in range(len(x))])


def _median(x, width):
    return np.array([np.median(x[max(k - width + 1, 0) : k + 1]) for k in range(len(x))])


def _before_alone(x, width):
    """The window that ends before the value, which at the first step is the value itself."""
    return np.array([x[max(k - width, 0) : k].mean() if k else x[0] for k in range(len(x))])


def _in_place(x, width):
    """Written into the series that is still read."""
    x = x.copy()
    for k in range(len(x)):
        x[k] = _present(x, *_trailing(k, width))
    return x


AHEAD = "Your window is centred: half of it lies behind the step that it belongs to, and is future."
SMOOTHED = Task(
    "smoothed",
    3,
    smoothed,
    lambda rng: [(rng.normal(5, 2, size=steps), width) for steps, width in ((12, 3), (15, 5))],
    lambda rng: [(rng.normal(5, 2, size=steps), width) for steps, width in ((9, 7), (20, 3), (14, 5), (11, 9))],
    {
        AHEAD: ({"window": _centred}, 0.2),
        f"{AHEAD} And what lies outside the series you count as 0.": (
            {"window": _centred, "outside": _zeros_outside},
            0.1,
        ),
        "Your window begins at its step and goes on: all of it but one value is future.": (
            {"window": lambda k, width: (k, k + width), "outside": lambda x, a, b: x[a:b].mean()},
            0.1,
        ),
        "Before the start there is nothing: take the mean of the values that are there; you divide by `width`.": (
            {"outside": _zeros_outside},
            0.6,
        ),
        "Before the start there is nothing: take the mean of the values that are there; you repeat the first.": (
            {"outside": _first_outside},
            0.7,
        ),
        "The first steps are NaN: take the mean of the values that are there.": ({"outside": _none_outside}, 0.6),
        "The first steps are 0: take the mean of the values that are there.": ({"outside": _nothing_outside}, 0.6),
        "The first steps are missing: take the mean of the values that are there, so that the length stays.": (
            lambda x, width: smoothed(x, width)[width - 1 :],
            0.5,
        ),
        "The first steps are the values themselves: take the mean of those that are there.": (
            {"outside": _itself_outside},
            0.6,
        ),
        "Your window is one value too long: with its own step it has `width`.": (
            {"window": lambda k, width: (k - width, k + 1)},
            0.6,
        ),
        "Your window is one value too short: with its own step it has `width`.": (
            {"window": lambda k, width: (k - width + 2, k + 1)},
            0.6,
        ),
        "Your window ends before its own step, which is known by then: it belongs in.": (_before_alone, 0.6),
        "Your window begins at the start of the series: forget what is older than `width` steps.": (
            {"window": lambda k, width: (0, k + 1)},
            0.4,
        ),
        "You took the median: the mean is wanted.": (_median, 0.5),
        "You write into the series that you still read: later means are those of smoothed values.": (_in_place, 0.6),
    },
)


def scaled(
    values,
    cut,
    known=lambda values, cut: values[:cut],
    mean=lambda known: known.mean(axis=0),
    spread=lambda known: known.std(axis=0),
):
    """(time, feature), less the mean and divided by the standard deviation of the steps before `cut`."""
    seen = known(values, cut)
    return (values - mean(seen)) / spread(seen)


def _each_by_its_own(values, cut):
    """Both parts by their own statistics, the test part too."""
    return np.concatenate([scaled(values[:cut], cut), scaled(values[cut:], len(values))])


def _spread_of_all(values, cut):
    return (values - values[:cut].mean(axis=0)) / values.std(axis=0)


def _mean_of_all(values, cut):
    return (values - values.mean(axis=0)) / values[:cut].std(axis=0)


def _test_left(values, cut):
    """The training part scaled, the test part as it was."""
    return np.concatenate([scaled(values[:cut], cut), values[cut:]])


SCALED = Task(
    "scaled",
    3,
    scaled,
    lambda rng: [(_drifting(rng, size), cut) for size, cut in (((20, 2), 14), ((15, 3), 9))],
    lambda rng: [(_drifting(rng, size), cut) for size, cut in (((30, 2), 21), ((12, 1), 5), ((18, 4), 16))],
    {
        "Mean and standard deviation are those of the whole series: the scaler has seen the test part.": (
            {"known": lambda values, cut: values},
            0.2,
        ),
        "The mean is right, the standard deviation is that of the whole series: it has seen the test part.": (
            _spread_of_all,
            0.4,
        ),
        "The standard deviation is right, the mean is that of the whole series: it has seen the test part.": (
            _mean_of_all,
            0.4,
        ),
        "Mean and standard deviation are those of the test part: the training part is what is known.": (
            {"known": lambda values, cut: values[cut:]},
            0.2,
        ),
        "You scale the test part by its own mean and spread, which are known only when it is over.": (
            _each_by_its_own,
            0.3,
        ),
        "The test part is not scaled: it needs the same mean and spread as the training part.": (_test_left, 0.4),
        "The test part is missing: all steps come back, scaled by the same numbers.": (
            lambda values, cut: scaled(values, cut)[:cut],
            0.4,
        ),
        "You used one step too many: the step `cut` is the first of the test part.": (
            {"known": lambda values, cut: values[: cut + 1]},
            0.6,
        ),
        "You used one step too few: the step before `cut` still belongs to the training part.": (
            {"known": lambda values, cut: values[: cut - 1]},
            0.6,
        ),
        "You took one mean and one standard deviation for all features: each has its own, over axis 0.": (
            {"mean": np.mean, "spread": np.std},
            0.5,
        ),
        "You divide by n − 1 in the standard deviation (`ddof=1`): NumPy's own is wanted, with n.": (
            {"spread": lambda known: known.std(axis=0, ddof=1)},
            0.8,
        ),
        "You divide by the variance: the standard deviation is wanted.": (
            {"spread": lambda known: known.var(axis=0)},
            0.6,
        ),
        "You did not divide by the standard deviation.": ({"spread": lambda known: 1}, 0.5),
        "You did not take away the mean.": ({"mean": lambda known: 0}, 0.5),
        "You took away the smallest value and divided by the range: mean and standard deviation are wanted.": (
            {"mean": lambda known: known.min(axis=0), "spread": lambda known: np.ptp(known, axis=0)},
            0.5,
        ),
    },
)


def windows(values, length, horizon, ahead=0):
    """Windows (n, length, feature), and the first feature `horizon` steps behind each, (n,)."""
    n = len(values) - length - horizon + 1 - max(ahead, 0)
    starts = np.arange(n)
    return values[starts[:, None] + np.arange(length)], values[starts + length + horizon - 1 + ahead, 0]


def _by_target(values, length, horizon, cut):
    """Windows of the whole series; those belong to the test part whose target does."""
    x, y = windows(values, length, horizon)
    first = cut - length - horizon + 1
    return x[:first], y[:first], x[first:], y[first:]


def _by_start(values, length, horizon, cut):
    """Windows of the whole series; those belong to the training part that start in it."""
    x, y = windows(values, length, horizon)
    return x[:cut], y[:cut], x[cut:], y[cut:]


def _by_end(values, length, horizon, cut):
    """Windows of the whole series; those belong to the training part that end in it, wherever their target is."""
    x, y = windows(values, length, horizon)
    first = cut - length + 1
    return x[:first], y[:first], x[first:], y[first:]


def _test_reaches_back(values, length, horizon, cut):
    return *windows(values[:cut], length, horizon), *windows(values[cut - length :], length, horizon)


def _by_share(values, length, horizon, cut):
    """As large a share of the windows as `cut` is of the steps."""
    x, y = windows(values, length, horizon)
    first = int(cut / len(values) * len(x))
    return x[:first], y[:first], x[first:], y[first:]


def _cut_first(values, length, horizon, cut, ahead=0):
    return *windows(values[:cut], length, horizon, ahead), *windows(values[cut:], length, horizon, ahead)


def _earlier(values, length, horizon, cut):
    """The target one step too early; in as many windows as there are."""
    parts = [windows(part, length, horizon) for part in (values[:cut], values[cut:])]
    early = [
        part[np.arange(len(x)) + length + horizon - 2, 0]
        for part, (x, _) in zip((values[:cut], values[cut:]), parts, strict=True)
    ]
    return parts[0][0], early[0], parts[1][0], early[1]


def _of_last(values, length, horizon, cut):
    """The target in the last feature."""
    x_train, _, x_test, _ = _cut_first(values, length, horizon, cut)
    _, y_train, _, y_test = _cut_first(values[:, ::-1], length, horizon, cut)
    return x_train, y_train, x_test, y_test


def _apart(values, length, horizon, cut):
    """A window at every `length` steps."""
    return tuple(part[::length] for part in _cut_first(values, length, horizon, cut))


def split(
    values,
    length,
    horizon,
    cut,
    by=_cut_first,
    targets=lambda x, y: y,
    kept=slice(None),
    order=(0, 1, 2, 3),
):
    """Windows and targets of the steps before `cut`, and those of the steps from `cut` on."""
    parts = by(values, length, horizon, cut)
    x_train, y_train, x_test, y_test = (parts[k] for k in order)
    return x_train[kept], targets(x_train, y_train)[kept], x_test[kept], targets(x_test, y_test)[kept]


def _split_cases(rng, sizes):
    return [(rng.normal(size=(steps, features)), n, h, cut) for steps, features, n, h, cut in sizes]


OVERLAP = "Cut the series first, then cut windows out of each part"
SPLIT = Task(
    "split",
    4,
    split,
    lambda rng: _split_cases(rng, [(40, 2, 5, 3, 26), (34, 1, 4, 2, 20)]),
    lambda rng: _split_cases(rng, [(50, 2, 6, 4, 35), (44, 3, 5, 1, 22), (45, 1, 7, 3, 25)]),
    {
        f"Windows that start before `cut` reach behind it: train has seen the test part. {OVERLAP}.": (
            {"by": _by_start},
            0.3,
        ),
        f"Windows end before `cut`, their targets do not: train has seen values of the test part. {OVERLAP}.": (
            {"by": _by_end},
            0.4,
        ),
        f"You cut the list of windows: the last ones of train share steps with the test part. {OVERLAP}.": (
            {"by": _by_share},
            0.3,
        ),
        "Your first test windows begin before `cut`. Their targets are the test part's own, so nothing leaks, but "
        f"here no step may be in both parts. {OVERLAP}.": ({"by": _by_target}, 0.7),
        f"Your test part begins `length` steps before `cut`, so these steps are in both parts. {OVERLAP}.": (
            _test_reaches_back,
            0.6,
        ),
        "Your target is one step too late: with horizon 1 it is the step right behind the window.": (
            {"by": lambda *given: _cut_first(*given, ahead=1)},
            0.6,
        ),
        "Your target is one step too early: with horizon 1 it is the step right behind the window.": (
            {"by": _earlier},
            0.5,
        ),
        "The horizon is forgotten: your target is the step right behind the window, whatever the horizon is.": (
            lambda values, length, horizon, cut: _cut_first(values, length, 1, cut),
            0.4,
        ),
        "Your target is the last value of the window: it is `horizon` steps behind that.": (
            {"targets": lambda x, y: x[:, -1, 0]},
            0.3,
        ),
        "Your target is the last feature: the first one, the value itself, is wanted.": (
            {"by": _of_last},
            0.6,
        ),
        "The last window of a part is missing: n steps hold n − length − horizon + 1 windows.": (
            {"kept": slice(None, -1)},
            0.7,
        ),
        "The first window of a part is missing: one starts at its first step.": ({"kept": slice(1, None)}, 0.7),
        "Train and test have changed places: the past is for training.": ({"order": (2, 3, 0, 1)}, 0.4),
        "Your windows do not overlap: one starts at every step of its part.": (
            {"by": _apart},
            0.5,
        ),
    },
    returns=("x_train", "y_train", "x_test", "y_test"),
)


def chosen(
    validation,
    test,
    place=lambda validation, test: np.argmin(validation),
    error=lambda validation, test, k: test[k],
):
    """The candidate that is best in validation, and its error in the test part."""
    k = place(validation, test)
    return k, error(validation, test, k)


def _errors(rng, sizes):
    """Errors of candidates: one is best in validation, another in the test part, a third in the sum of both."""
    cases = []
    for size in sizes:
        validation = np.r_[1, 2, 1.2, 2.2, rng.uniform(1.4, 1.9, size - 4)]
        test = np.r_[3.5, 1, 1.5, 2.5, rng.uniform(2, 4, size - 4)]
        order = rng.permutation(size)
        cases.append((validation[order] + rng.uniform(0, 0.5), test[order] + rng.uniform(0, 0.5)))
    return cases


CHOSEN = Task(
    "chosen",
    2,
    chosen,
    lambda rng: _errors(rng, (5, 7)),
    lambda rng: _errors(rng, (5, 6, 9)),
    {
        "You chose by the test error: the best of several looks better than it is. Choose by the validation error.": (
            {"place": lambda validation, test: np.argmin(test)},
            0.2,
        ),
        "You chose by both errors together: the test part has no vote.": (
            {"place": lambda validation, test: np.argmin(validation + test)},
            0.3,
        ),
        "You report the validation error of the chosen one: it was chosen for being small. Report its test error.": (
            {"error": lambda validation, test, k: validation[k]},
            0.5,
        ),
        "The place is right, the error is the smallest of the test part, which is another candidate's.": (
            {"error": lambda validation, test, k: test.min()},
            0.4,
        ),
        "You chose the largest error: a small one is good.": (
            {"place": lambda validation, test: np.argmax(validation)},
            0.3,
        ),
        "Candidates are counted from 0: your place is one too large.": (
            lambda validation, test: (np.argmin(validation) + 1, test[np.argmin(validation)]),
            0.7,
        ),
    },
    returns=("place", "error"),
)


def states(x, W_x, W_h):
    """The last state of an untrained recurrent network in each window, (n, hidden)."""
    h = np.zeros((len(x), len(W_h)))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_x.T + h @ W_h.T)
    return h


def readout(h, y):
    """The weights, and last the bias, of a ridge regression from states to targets."""
    known = np.column_stack([h, np.ones(len(h))])
    return np.linalg.solve(known.T @ known + PENALTY * len(h) * np.eye(known.shape[1]), known.T @ y)


def forecast(h, weights):
    return h @ weights[:-1] + weights[-1]


def _shuffled(values, length, horizon, cut):
    """Windows of the whole series, shuffled before they are split."""
    x, y = windows(values, length, horizon)
    order = np.random.default_rng(0).permutation(len(x))
    train, test = np.split(order, [int(SHARE * len(x))])
    return x[train], y[train], x[test], y[test]


def _rms(error):
    return np.sqrt(np.mean(error**2))


def honest_error(
    x,
    W_x,
    W_h,
    smooth=smoothed,
    scale=scaled,
    by=_cut_first,
    fitted=lambda train, test: train,
    judged=lambda train, test: test,
    measure=_rms,
    unit=lambda x, cut: x[:cut].std(),
    last=lambda windows, target: windows[:, -1, 0],
    features=lambda x, smooth: (x, smooth),
):
    """The root mean square error of the forecast and of the last value, in units of x, in the test part."""
    cut = int(SHARE * len(x))
    values = scale(np.column_stack(features(x, smooth(x, WIDTH))), cut)
    parts = by(values, LENGTH, HORIZON, cut)
    train, test = parts[:2], parts[2:]
    x_fit, y_fit = fitted(train, test)
    weights = readout(states(x_fit, W_x, W_h), y_fit)
    x_test, y_test = judged(train, test)
    errors = forecast(states(x_test, W_x, W_h), weights) - y_test, last(x_test, y_test) - y_test
    return tuple(measure(error * unit(x, cut)) for error in errors)


def _convolved(x, width):
    """The notebook's first smoothing."""
    return np.convolve(x, np.ones(width) / width, mode="same")


def _both(train, test):
    return tuple(np.concatenate(pair) for pair in zip(train, test, strict=True))


def _whole(values, cut):
    return scaled(values, len(values))


def level(rng, steps):
    """A river's level: a slow walk, a daily course, and what rain does for a few hours."""
    rain = rng.normal(0, 0.6, steps)
    for t in range(1, steps):
        rain[t] += 0.6 * rain[t - 1]
    walk = np.cumsum(rng.normal(0, 0.15, steps))
    return 20 + walk + np.sin(2 * np.pi * np.arange(steps) / 24) + rain


def _drifting(rng, size):
    """A series whose level and spread are others behind the cut."""
    return 5 + np.cumsum(rng.normal(0.3, 1, size=size), axis=0) * np.linspace(1, 3, size[1])


def _networks(rng, sizes):
    cases = []
    for steps, hidden in sizes:
        W_x = rng.normal(0, 0.3, (hidden, 2))
        W_h = rng.normal(0, 0.9 / np.sqrt(hidden), (hidden, hidden))
        cases.append((level(rng, steps), W_x, W_h))
    return cases


def _naive_of_everything(x, W_x, W_h):
    """The naive error as the notebook computes it first."""
    return honest_error(x, W_x, W_h)[0], _rms(x[HORIZON:] - x[:-HORIZON])


def _naive_of_test_steps(x, W_x, W_h):
    """The naive error over the steps of the test part, those that stand in no window's end too."""
    test = x[int(SHARE * len(x)) :]
    return honest_error(x, W_x, W_h)[0], _rms(test[HORIZON:] - test[:-HORIZON])


def _as_a_level(x, W_x, W_h):
    """Errors scaled back as a level is, with the mean added."""
    mean = x[: int(SHARE * len(x))].mean()
    return tuple(error + mean for error in honest_error(x, W_x, W_h))


def _one_less(values, length, horizon, cut):
    """The last window of each part is missing."""
    return tuple(part[:-1] for part in _cut_first(values, length, horizon, cut))


def _sample(values, cut):
    """Scaled with n − 1 in the standard deviation."""
    return scaled(values, cut, spread=lambda known: known.std(axis=0, ddof=1))


# A slip that `smoothed`, `scaled` or `split` has paid for already: this function only calls them.
FROM_YOUR_OWN = {
    "All is right here. What differs comes from your `smoothed`, which divides by `width` at the start.": (
        {"smooth": partial(smoothed, outside=_zeros_outside)},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, whose first steps are 0.": (
        {"smooth": partial(smoothed, outside=_nothing_outside)},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, whose first steps are the values themselves.": (
        {"smooth": partial(smoothed, outside=_itself_outside)},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, which repeats the first value.": (
        {"smooth": partial(smoothed, outside=_first_outside)},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, whose window is one value too long.": (
        {"smooth": partial(smoothed, window=lambda k, width: (k - width, k + 1))},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, whose window is one value too short.": (
        {"smooth": partial(smoothed, window=lambda k, width: (k - width + 2, k + 1))},
        0.95,
    ),
    "All is right here. What differs comes from your `smoothed`, whose window ends before its own step.": (
        {"smooth": _before_alone},
        0.95,
    ),
    "All is right here. What differs comes from your `scaled`, which divides by n − 1.": (
        {"scale": _sample, "unit": lambda x, cut: x[:cut].std(ddof=1)},
        0.95,
    ),
    "What differs comes from your `scaled`, which divides by n − 1, and you scaled back with n.": (
        {"scale": _sample},
        0.9,
    ),
    "All is right here. What differs comes from your `split`, in which the last window of each part is missing.": (
        {"by": _one_less},
        0.95,
    ),
    "All is right here. What differs comes from your `split`, whose target is one step too late.": (
        {"by": partial(_cut_first, ahead=1)},
        0.9,
    ),
    "All is right here. What differs comes from your `split`, whose target is one step too early.": (
        {"by": _earlier},
        0.9,
    ),
}
HONEST_ERROR = Task(
    "honest_error",
    5,
    honest_error,
    lambda rng: _networks(rng, [(400, 20), (300, 12)]),
    lambda rng: _networks(rng, [(500, 24), (370, 16), (423, 10)]),
    {
        "This is the notebook's first pipeline as it was, with all of its leaks.": (
            {"smooth": _convolved, "scale": _whole, "unit": lambda x, cut: x.std(), "by": _shuffled},
            0.0,
        ),
        "The smoothed feature is centred and holds the values that are to be forecast: this leak is still there.": (
            {"smooth": lambda x, width: smoothed(x, width, window=_centred)},
            0.3,
        ),
        "The notebook's first smoothing is still there: `np.convolve` with `same` is centred and looks ahead.": (
            {"smooth": _convolved},
            0.3,
        ),
        "The smoothed feature is missing: you put the series in twice.": ({"smooth": lambda x, width: x}, 0.5),
        "The scaler has seen the whole series: this leak is still there.": (
            {"scale": _whole, "unit": lambda x, cut: x.std()},
            0.4,
        ),
        "The scaler has seen the whole series, and you scaled back by the training part's standard deviation.": (
            {"scale": _whole},
            0.3,
        ),
        "The windows are shuffled before they are split: neighbours of each test window are in train.": (
            {"by": _shuffled},
            0.3,
        ),
        "You cut the list of windows: the last ones of train share steps with the test part.": ({"by": _by_share}, 0.4),
        "The windows of train that start before the cut reach behind it.": ({"by": _by_start}, 0.4),
        "The windows of train end before the cut, their targets do not.": ({"by": _by_end}, 0.5),
        "Your first test windows begin before the cut: nothing leaks, but no step may be in both parts.": (
            {"by": _by_target},
            0.8,
        ),
        "The readout was fitted on the test windows too.": ({"fitted": _both}, 0.3),
        "The readout was fitted on the test windows: fit it on those of train.": (
            {"fitted": lambda train, test: test},
            0.3,
        ),
        "The level comes first and is the target: your first feature is the smoothed one.": (
            {"features": lambda x, smooth: (smooth, x)},
            0.5,
        ),
        "An error is a difference, in which the mean falls out: scale it back without adding the mean.": (
            _as_a_level,
            0.6,
        ),
        "You report the error in the training part.": ({"judged": lambda train, test: train}, 0.3),
        "The errors are in standard deviations: multiply by the training part's, to have the unit of x again.": (
            {"unit": lambda x, cut: 1},
            0.6,
        ),
        "You scaled back by the standard deviation of the whole series: values were scaled by the training part's.": (
            {"unit": lambda x, cut: x.std()},
            0.6,
        ),
        "You scaled back by the standard deviation of the test part: values were scaled by the training part's.": (
            {"unit": lambda x, cut: x[cut:].std()},
            0.6,
        ),
        "The naive error is that of the whole series: take the windows of the test part, as for the forecast.": (
            _naive_of_everything,
            0.7,
        ),
        "The naive error is over every step of the test part: take the last value of each test window.": (
            _naive_of_test_steps,
            0.7,
        ),
        "The naive forecast is the last value of the window; you took its first one.": (
            {"last": lambda windows, target: windows[:, 0, 0]},
            0.7,
        ),
        "The root is missing: these are mean squares.": ({"measure": lambda error: np.mean(error**2)}, 0.6),
        "These are mean absolute errors: root mean squares are wanted.": (
            {"measure": lambda error: np.mean(np.abs(error))},
            0.6,
        ),
        "The naive forecast is the last value of the window; you took the last smoothed one.": (
            {"last": lambda windows, target: windows[:, -1, 1]},
            0.7,
        ),
        "The naive forecast is the last value of the window; you took its mean.": (
            {"last": lambda windows, target: windows[:, :, 0].mean(axis=1)},
            0.7,
        ),
        "The naive forecast is the last value of the window; you took the mean of the training part.": (
            {"last": lambda windows, target: np.zeros(len(windows))},
            0.6,
        ),
        "The naive forecast is the last value of the window; you took the value one step before the target.": (
            {"last": lambda windows, target: np.r_[windows[0, -1, 0], target[:-1]]},
            0.5,
        ),
    }
    | FROM_YOUR_OWN,
    returns=("error", "naive"),
    tolerance=1e-6,
)
NOTICED = Question(
    "noticed",
    "How would you have noticed?",
    3,
    {
        0: "nothing, or: by reading the code",
        1: "says that the error is too good, without saying beside what",
        2: "names something to compare with: the last value, the noise that nobody can forecast, a longer horizon",
        3: "and a trial that settles it: values measured later, a changed future that must not move the past, or noise",
    },
)
TASKS = [SMOOTHED, SCALED, SPLIT, CHOSEN, HONEST_ERROR]
ASSIGNMENT = Assignment("Find the leak", TASKS, [NOTICED], late=Late(per_day=0.1, most=0.5))
