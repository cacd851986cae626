"""Checks of the chapter on missing data: mechanisms, time since seen, GRU-D's input, and an honest score."""

from functools import partial

import numpy as np

from rnn_course.cells import sigmoid
from rnn_course.exercises.exercise import Exercise, as_it_is
from rnn_course.exercises.verdict import check, judge_labels

__all__ = ["decayed_input", "honest_score", "mechanisms", "time_since_seen"]

# -- exercise 1: name the mechanism

MECHANISMS = {
    "A": ("MCAR", "the torn page knows nothing of the river"),
    "B": ("MNAR", "the gust itself decides whether it is written down"),
    "C": ("MAR", "the odds hang on the first test, which is in the file"),
    "D": ("MNAR", "the income itself decides whether it is told"),
    "E": ("MAR", "the wind decides, and the wind is in the file"),
    "F": ("MNAR", "the wind decides, it is not in the file, and low pressure comes with it"),
}
WHY_NOT = {  # why a label cannot be
    ("A", "MAR"): "which column of the file would tell the mice where to bite?",
    ("A", "MNAR"): "mice do not read. Is a page more likely to be torn because of the level on it?",
    ("B", "MCAR"): "weak gusts are missing and strong ones are not, so that the odds hang on the gust.",
    ("B", "MAR"): "what decides would have to be in the file, and it is the very gust that was not written down.",
    ("C", "MCAR"): "whoever had a low first test has no second one, so that the odds hang on something.",
    ("C", "MNAR"): "the second test does not decide on itself: the first one does, and you can read it.",
    ("D", "MCAR"): "the high incomes are missing more often than the low ones, so that the odds hang on the income.",
    ("D", "MAR"): "what decides would have to be in the file, and it is the very income that was not told.",
    ("E", "MCAR"): "in strong wind the sensor fails more often, so that the odds hang on the wind.",
    ("E", "MNAR"): "the wind decides, and it is in the file for every hour: given the wind, pressure decides nothing.",
    ("F", "MCAR"): "in strong wind the sensor fails more often, and the pressures of those hours are low ones.",
    (
        "F",
        "MAR",
    ): "the wind that decides is not in the file, and low pressure, which comes with it, is what is missing.",
}


@check
def mechanisms(answer):
    """Check a dict from the letters A to F of the chapter's stories to "MCAR", "MAR" or "MNAR"."""
    right = {letter: truth for letter, (truth, _) in MECHANISMS.items()}
    well_done = "; ".join(f"{letter} is {truth}: {why}" for letter, (truth, why) in MECHANISMS.items()) + "."
    return judge_labels(answer, right, ("MCAR", "MAR", "MNAR"), WHY_NOT, well_done)


# -- exercise 2: time since last seen


def _masks():
    rng = np.random.default_rng(0)
    masks = [
        rng.random(shape) < share for shape, share in (((8, 3), 0.5), ((14, 2), 0.3), ((6, 5), 0.7), ((9, 1), 0.4))
    ]
    masks[0][:, 2] = False  # a channel that is never seen
    return [(mask,) for mask in [*masks, np.ones((4, 2), bool)]]


def _since(mask, first=0, look=1, back_to=1, on=1, begin=1, otherwise=None, seen=as_it_is, view=as_it_is, after=None):
    """The steps since each channel was seen before, with the mistakes that can be made.

    look: how many steps before is the mask that decides. seen: what is taken for the mask. view: what is done to the
    mask before and to the result after. otherwise: "start" where an unseen step counts from the start of the series,
    "0" where it counts nothing. after: what is done to the finished count.
    """
    m = view(seen(mask))
    delta = np.zeros(m.shape)
    delta[0] = ~m[0] if first == "missing" else first
    for t in range(begin, len(m)):
        back = delta[t - 1] if back_to == "kept" else back_to
        delta[t] = np.where(m[t - look], back, {"start": t, "0": 0}.get(otherwise, delta[t - 1] + on))
    delta = view(delta)
    return after(delta, mask) if after else delta


def _until_seen(value):
    """Another value in place of the count for as long as a channel has not been seen."""

    def changed(delta, mask):
        before = np.vstack([np.zeros_like(mask[:1]), np.logical_or.accumulate(mask)[:-1]])
        return np.where(before, delta, value)

    return changed


def _for_all(decides):
    """A mask that decides for every channel."""
    return lambda mask: np.broadcast_to(decides(mask), mask.shape)


TIME_SINCE_SEEN = Exercise(
    _since,
    _masks,
    {
        "You set the count back at the step that is seen; it is set back one step later.": {"look": 0, "back_to": 0},
        "The mask of the step before, m_{t−1}, sets δ_t back; you looked at m_t.": {"look": 0},
        "The mask of the step before, m_{t−1}, sets δ_t back; you looked at m_{t−2}.": {"look": 2},
        "Right after a seen step δ is 1, since one step has passed; you set it back to 0.": {"back_to": 0},
        "You counted the unseen steps only: right after a seen step δ is 1, not 0.": {
            "after": lambda delta, mask: np.maximum(delta - 1, 0)
        },
        "You counted all unseen steps before this one: a seen step has to set the count back to 1.": {
            "back_to": "kept"
        },
        "You counted all unseen steps, this one too: a seen step before it has to set the count back to 1.": {
            "back_to": "kept",
            "look": 0,
        },
        "You counted every step from the start: a step that was seen sets the count back to 1.": {
            "seen": np.zeros_like
        },
        "While a channel is not seen δ grows by one with every step; yours stays as it was.": partial(_since, on=0),
        "While a channel is not seen δ grows by one with every step; yours grows by two.": partial(_since, on=2),
        "While a channel is not seen δ grows by one with every step; yours falls.": partial(_since, on=-1),
        "While a channel is not seen δ grows by one with every step; yours is 0 then.": partial(_since, otherwise="0"),
        "Your δ never gets beyond 1, and it has to count. (`np.zeros_like(mask)` makes an array of True and False.)": {
            "after": lambda delta, mask: np.minimum(delta, 1)
        },
        "After an unseen step δ is one more than it was; yours is the number of steps since the start.": {
            "otherwise": "start"
        },
        "You took what is missing for what is seen.": {"seen": np.logical_not},
        "You counted along the features. Time is the first axis here.": {"view": np.transpose},
        "You counted from the end: δ looks back to what was seen before, not ahead.": {"view": np.flipud},
        "Every channel has a count of its own; you set back all of them when any was seen.": {
            "seen": _for_all(lambda mask: mask.any(axis=1, keepdims=True))
        },
        "Every channel has a count of its own; you set them back only when all were seen at once.": {
            "seen": _for_all(lambda mask: mask.all(axis=1, keepdims=True))
        },
        "Every channel has a count of its own; the mask of the first one decides for all of yours.": {
            "seen": _for_all(lambda mask: mask[:, :1])
        },
        "At the first step nothing has passed yet: δ is 0 there.": {"first": 1},
        "At the first step nothing has passed yet: δ is 0 there, also for a channel that is missing.": {
            "first": "missing"
        },
        "The second step is left out: begin the loop at index 1.": {"begin": 2},
        "Until a channel is first seen δ counts from the start of the series; yours is 0 there.": {
            "after": _until_seen(0)
        },
        "Until a channel is first seen δ counts from the start of the series; yours is NaN there.": {
            "after": _until_seen(np.nan)
        },
        "Until a channel is first seen δ counts from the start of the series; yours is infinite there.": partial(
            _since, after=_until_seen(np.inf)
        ),
        "You counted how often each channel has been seen; δ counts the steps since the last time.": partial(
            _since, after=lambda delta, mask: mask.cumsum(axis=0)
        ),
        "Only the first channel is counted, the others stay at 0: `np.where` does all channels at once.": partial(
            _since, after=lambda delta, mask: delta * (np.arange(delta.shape[1]) == 0)
        ),
        "The loop ends after as many steps as there are channels: it has to run over `len(mask)` steps.": partial(
            _since, after=lambda delta, mask: delta * (np.arange(len(delta)) < delta.shape[1])[:, None]
        ),
        "Only the first two steps are filled in, the others are 0. (A `return` inside the loop does that.)": partial(
            _since, after=lambda delta, mask: delta * (np.arange(len(delta)) < 2)[:, None]
        ),
        "All rows are the last one. (A list that gets one array again and again has no copies of it.)": partial(
            _since, after=lambda delta, mask: np.broadcast_to(delta[-1], delta.shape)
        ),
        "That is log(1 + δ), which the forecasting network reads; δ itself is wanted.": partial(
            _since, after=lambda delta, mask: np.log1p(delta)
        ),
    },
)


@check
def time_since_seen(answer):
    """Check `answer(mask)`: steps since each channel was last seen before this step, (time, feature); 0 at the first.

    mask: (time, feature) of True and False.
    """
    return TIME_SINCE_SEEN.check(answer)


# -- exercise 3: what GRU-D reads


def _decays():
    cases = []
    for seed, (batch, features) in enumerate([(4, 3), (7, 2), (5, 6), (1, 4), (8, 1)]):
        rng = np.random.default_rng(seed)
        mask = rng.random((batch, features)) < 0.5
        x = np.where(mask, rng.normal(size=mask.shape), np.nan)
        delta = rng.integers(1, 9, mask.shape).astype(float)
        parameters = (rng.normal(2, 1, features), rng.uniform(-0.2, 0.5, features), rng.normal(0, 0.3, features))
        cases.append((x, mask, delta, rng.normal(size=mask.shape), *parameters))
    return cases


def _rate(w, delta, b):
    return w * delta + b


def _above(a):
    return np.maximum(0, a)


def _towards(gamma, last, mean):
    return gamma * last + (1 - gamma) * mean


def _given(x, mask, mean):
    return mean


def _seen_mean(x, mask, mean):
    total, number = np.where(mask, x, 0).sum(axis=0), mask.sum(axis=0)
    return np.divide(total, number, out=np.full(mean.shape, np.nan), where=number > 0)


def _chosen(x, mask, guess, gamma, last, mean):
    return np.where(mask, x, guess)


def _decayed(
    x,
    mask,
    delta,
    last,
    mean,
    w,
    b,
    rate=_rate,
    clip=_above,
    sign=-1,
    squash=np.exp,
    middle=_given,
    guess=_towards,
    read=_chosen,
):
    """What GRU-D reads in place of x; every step of the formula is a switch."""
    gamma = squash(sign * clip(rate(w, delta, b)))
    mean = middle(x, mask, mean)
    return read(x, mask, guess(gamma, last, mean), gamma, last, mean)


DECAYED_INPUT = Exercise(
    _decayed,
    _decays,
    {
        # how fast
        "The bias b is missing.": {"rate": lambda w, delta, b: w * delta},
        "The rate w is missing.": {"rate": lambda w, delta, b: delta + b},
        "The time δ is missing: γ has to fall with it.": {"rate": lambda w, delta, b: w + b},
        "The bias b has the wrong sign.": {"rate": lambda w, delta, b: w * delta - b},
        "w multiplies δ alone, not δ + b.": {"rate": lambda w, delta, b: w * (delta + b)},
        "b is added once: w δ + b, not (w + b) δ.": partial(_decayed, rate=lambda w, delta, b: (w + b) * delta),
        "w multiplies δ: w δ + b, not w / δ + b.": partial(_decayed, rate=lambda w, delta, b: w / delta + b),
        "You took δ − 1 for δ.": partial(_decayed, rate=lambda w, delta, b: w * (delta - 1) + b),
        "You took δ + 1 for δ.": partial(_decayed, rate=lambda w, delta, b: w * (delta + 1) + b),
        "w stands for a diagonal matrix, each feature has a γ of its own; you summed over the features.": {
            "rate": lambda w, delta, b: (w * delta).sum(axis=1, keepdims=True) + b
        },
        "The max with 0 is missing around w δ + b: without it γ can grow above one.": {"clip": as_it_is},
        "The max with 0 has to stand around the whole of w δ + b, with b in it.": partial(
            _decayed, rate=lambda w, delta, b: _above(w * delta) + b, clip=as_it_is
        ),
        "What is below 0 becomes 0 by the max; you took the absolute value.": {"clip": np.abs},
        "`np.max` is the largest of all entries, one number; `np.maximum(0, …)` compares each with 0.": partial(
            _decayed, clip=np.max
        ),
        "The minus stands before the max: γ = exp(−max(0, w δ + b)) is never above one.": {
            "clip": lambda a: np.minimum(0, a)
        },
        "The minus stands before the max alone: γ = exp(−max(0, w δ + b)), not exp(−max(0, −(w δ + b))).": partial(
            _decayed, clip=lambda a: np.maximum(0, -a)
        ),
        "The bias b belongs into the exponent; you added it to γ.": lambda x, mask, delta, last, mean, w, b: _decayed(
            x, mask, delta, last, mean, w, 0, squash=lambda a: np.exp(a) + b
        ),
        "The rate w belongs into the exponent; you multiplied γ by it.": lambda x, mask, delta, last, mean, w, b: (
            _decayed(x, mask, delta, last, mean, 1, b, squash=lambda a: np.exp(a) * w)
        ),
        "The minus sign is missing: γ has to fall with δ.": {"sign": 1},
        "The exponential is missing: γ is not max(0, w δ + b) itself.": {"squash": as_it_is, "sign": 1},
        "The exponential is missing: γ is not −max(0, w δ + b) itself.": {"squash": as_it_is},
        "γ is exp(−max(0, w δ + b)); you took 1 − max(0, w δ + b).": partial(_decayed, squash=lambda a: 1 + a),
        "γ is exp(−max(0, w δ + b)); you took σ(−max(0, w δ + b)).": partial(_decayed, squash=sigmoid),
        "γ is exp(−max(0, w δ + b)); you took σ(w δ + b).": partial(_decayed, squash=sigmoid, clip=as_it_is, sign=1),
        # towards what
        "Your input decays to zero. It decays to the mean.": {"guess": lambda gamma, last, mean: gamma * last},
        "γ and 1 − γ have changed places: a fresh value counts most.": {
            "guess": lambda gamma, last, mean: (1 - gamma) * last + gamma * mean
        },
        "The mean has to be weighed by 1 − γ; you added the whole of it.": {
            "guess": lambda gamma, last, mean: gamma * last + mean
        },
        "The last value has to be weighed by γ; you added the whole of it.": {
            "guess": lambda gamma, last, mean: last + (1 - gamma) * mean
        },
        "The mean is weighed by 1 − γ, not by γ.": {"guess": lambda gamma, last, mean: gamma * (last + mean)},
        "The mean is weighed by 1 − γ, not by γ − 1.": partial(
            _decayed, guess=lambda gamma, last, mean: gamma * last + (gamma - 1) * mean
        ),
        "The last value is not used where x is missing.": {"guess": lambda gamma, last, mean: (1 - gamma) * mean},
        "The decay starts at last − mean and has to end at the mean: it is to be added again.": partial(
            _decayed, guess=lambda gamma, last, mean: gamma * (last - mean)
        ),
        "What is missing stays at its last value here: nothing decays.": {"guess": lambda gamma, last, mean: last},
        "What is missing is the mean at once here: it should start at the last value and decay.": {
            "guess": lambda gamma, last, mean: mean + 0 * last
        },
        "Every feature has a mean of its own; you took one for all.": partial(
            _decayed, middle=lambda x, mask, mean: mean.mean()
        ),
        "The mean is an argument; you took the mean of what is seen in x.": partial(_decayed, middle=_seen_mean),
        # for which
        "What is seen is read as it is; only what is missing decays.": {
            "read": lambda x, mask, guess, gamma, last, mean: np.where(mask, gamma * x + (1 - gamma) * mean, guess)
        },
        "What is seen is read as it is; your result does not use x at all.": {
            "read": lambda x, mask, guess, gamma, last, mean: guess
        },
        "The NaN of x is still there. 0 · NaN is NaN: a product with the mask does not remove it, `np.where` does.": {
            "read": lambda x, mask, guess, gamma, last, mean: np.where(mask, x, np.nan)
        },
        "What is seen is read as it is; you weighed it by γ.": partial(
            _decayed, read=lambda x, mask, guess, gamma, last, mean: np.where(mask, gamma * x, guess)
        ),
        "What is seen is read as it is; you took the last value before it.": partial(
            _decayed, read=lambda x, mask, guess, gamma, last, mean: np.where(mask, last, guess)
        ),
        "That is γ itself: it has to weigh the last value and the mean.": partial(
            _decayed, read=lambda x, mask, guess, gamma, last, mean: gamma + 0 * guess
        ),
        "What is missing is 0 here: it should be the last value on its way to the mean.": {
            "read": lambda x, mask, guess, gamma, last, mean: np.where(mask, x, 0)
        },
        "You took what is missing for what is seen.": {
            "read": lambda x, mask, guess, gamma, last, mean: np.where(mask, guess, x)
        },
        "The guess is for what is missing; you added it to what is seen too: 1 − m is missing.": {
            "read": lambda x, mask, guess, gamma, last, mean: np.where(mask, x, 0) + guess
        },
    },
)


@check
def decayed_input(answer):
    """Check `answer(x, mask, delta, last, mean, w, b)`: what GRU-D reads in place of x, (batch, feature), no NaN.

    x: (batch, feature), NaN where mask is False. delta, last: (batch, feature). mean, w, b: (feature,).
    """
    return DECAYED_INPUT.check(answer)


# -- exercise 4: an honest score


def _fills():
    cases = []
    for seed, (time, features, train) in enumerate([(40, 3, 25), (60, 2, 42), (30, 4, 18), (50, 1, 33)]):
        rng = np.random.default_rng(seed)
        truth = rng.normal(1, [1.0, 3, 0.5, 8][:features], (time, features)) + np.linspace(0, 2, time)[:, None]
        removed = rng.random(truth.shape) < 0.3
        cases.append((truth, truth + removed * rng.normal(0, 1, truth.shape), removed, train))
    return cases


def _left(truth, filled, removed, train):
    return np.where(removed, np.nan, truth)[:train]


def _deviation(values):
    return np.std(values, axis=0, where=~np.isnan(values))  # as np.nanstd, in a third of its time


def _error(filled, truth):
    return np.abs(filled - truth)


def _in_test(removed, train):
    return removed & (np.arange(len(removed)) >= train)[:, None]


def _average(errors, counted, removed):
    return errors[counted].mean()


def _scored(
    truth, filled, removed, train, spread=_left, scale=_deviation, error=_error, counted=_in_test, average=_average
):
    """A score of a fill. spread: whose deviation is taken; counted: which errors; every step is a switch."""
    errors = error(filled, truth) / scale(spread(truth, filled, removed, train))
    return average(errors, counted(removed, train), removed)


def _by_channel(errors, counted, removed):
    return np.where(counted, errors, 0).sum(axis=0) / counted.sum(axis=0)


def _mean_of_steps(errors, counted, removed):
    some = counted.any(axis=1)
    return _by_channel(errors[some].T, counted[some].T, removed).mean()


HONEST_SCORE = Exercise(
    _scored,
    _fills,
    {
        # which errors
        "The values that were never taken are in your mean too, with an error of zero: they flatter every fill.": {
            "counted": lambda removed, train: _in_test(np.ones_like(removed), train)
        },
        "You scored the training part too: the fill was fitted to it.": {"counted": lambda removed, train: removed},
        "You scored every value: only the removed ones of the test part say something about the fill.": {
            "counted": lambda removed, train: np.ones_like(removed)
        },
        "You scored the training part in place of the test part, which begins at `train`.": {
            "counted": lambda removed, train: removed & ~_in_test(np.ones_like(removed), train)
        },
        "Your error is 0, as that of the values that were never taken is: score the removed ones, filled − truth.": {
            "counted": lambda removed, train: _in_test(~removed, train)
        },
        "The step `train` is the first of the test part; your score leaves it out.": {
            "counted": lambda removed, train: _in_test(removed, train + 1)
        },
        "The step before `train` is the last of the training part; your score counts it.": partial(
            _scored, counted=lambda removed, train: _in_test(removed, train - 1)
        ),
        # whose deviation
        "Your standard deviation comes from the whole series. The test part is not there yet when you fit.": {
            "spread": lambda truth, filled, removed, train: np.where(removed, np.nan, truth)
        },
        "Your standard deviation is that of the full truth: use what was left after the removal.": {
            "spread": lambda truth, filled, removed, train: truth[:train]
        },
        "Your standard deviation is that of the whole truth: use what was left of the training part.": {
            "spread": lambda truth, filled, removed, train: truth
        },
        "Your standard deviation comes from the test part, which is not there yet when you fit.": {
            "spread": lambda truth, filled, removed, train: np.where(removed, np.nan, truth)[train:]
        },
        "Your standard deviation is that of the truth of the test part: use what was left of the training part.": {
            "spread": lambda truth, filled, removed, train: truth[train:]
        },
        "Your standard deviation is that of the removed values: use those that were left.": partial(
            _scored, spread=lambda truth, filled, removed, train: np.where(removed, truth, np.nan)[:train]
        ),
        "The removed values are in your standard deviation as zeros: leave them out, by NaN and `np.nanstd`.": {
            "spread": lambda truth, filled, removed, train: np.where(removed, 0, truth)[:train]
        },
        "The removed values are in your standard deviation as zeros, and the test part is in it too: leave them out.": (
            partial(_scored, spread=lambda truth, filled, removed, train: np.where(removed, 0, truth))
        ),
        "You divided by the standard deviation of the errors: that of the channel is wanted.": partial(
            _scored, spread=lambda truth, filled, removed, train: filled - truth
        ),
        "Your standard deviation is that of the filled training part, made-up values included: use what was left.": {
            "spread": lambda truth, filled, removed, train: filled[:train]
        },
        "Your standard deviation is that of the filled series: use what was left of the training part.": partial(
            _scored, spread=lambda truth, filled, removed, train: filled
        ),
        "The training part ends before the step `train`; your standard deviation counts that step.": partial(
            _scored, spread=lambda truth, filled, removed, train: _left(truth, filled, removed, train + 1)
        ),
        "The training part goes up to the step before `train`; your standard deviation leaves that out.": partial(
            _scored, spread=lambda truth, filled, removed, train: _left(truth, filled, removed, train - 1)
        ),
        # what is done with it
        "The errors are in the channels' own units: divide by the deviation.": {"scale": lambda values: 1.0},
        "You took one deviation for all channels: use axis=0.": {"scale": np.nanstd},
        "Divide by the standard deviation of NumPy, ddof=0; yours divides the squares by one less than their number.": {
            "scale": lambda values: np.nanstd(values, axis=0, ddof=1)
        },
        "You divided by the variance: its root is the standard deviation.": {
            "scale": lambda values: np.nanvar(values, axis=0)
        },
        "You multiplied by the deviation: divide by it.": {"scale": lambda values: 1 / _deviation(values)},
        "You divided by the range, from the lowest to the highest: the standard deviation is wanted.": partial(
            _scored, scale=lambda values: np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
        ),
        "You divided by the mean of each channel: its standard deviation is wanted.": partial(
            _scored, scale=lambda values: np.nanmean(values, axis=0)
        ),
        "You divided by the mean of the channels' deviations: each channel's errors are divided by its own.": {
            "scale": lambda values: _deviation(values).mean()
        },
        "Your score is NaN. Either the deviation is (`np.std` of values with NaN; `np.nanstd` leaves them out), or "
        "`truth` itself lost what was removed: mark it in a copy, or a root was taken of an error below 0, or nothing "
        "was left to average.": {"scale": lambda values: np.std(values, axis=0)},
        # which average
        "That is the root of the mean square; the mean absolute error is wanted.": {
            "average": lambda errors, counted, removed: np.sqrt((errors[counted] ** 2).mean())
        },
        "That is the mean square; the mean absolute error is wanted.": {
            "average": lambda errors, counted, removed: (errors[counted] ** 2).mean()
        },
        "That is the sum of the errors: their mean is wanted.": {
            "average": lambda errors, counted, removed: errors[counted].sum()
        },
        "That is the largest error: the mean is wanted.": partial(
            _scored, average=lambda errors, counted, removed: errors[counted].max()
        ),
        "Each removed value counts alike: one mean over all of them, not the mean of the steps' means.": partial(
            _scored, average=_mean_of_steps
        ),
        "That is the median of the errors: their mean is wanted.": partial(
            _scored, average=lambda errors, counted, removed: np.median(errors[counted])
        ),
        "Those are errors relative to the truth: divide by each channel's standard deviation.": partial(
            _scored, error=lambda filled, truth: np.abs(filled - truth) / np.abs(truth), scale=lambda values: 1.0
        ),
        "The absolute value is missing: filled − truth of both signs cancel.": {"error": np.subtract},
        "The absolute value is missing: truth − filled of both signs cancel.": {
            "error": lambda filled, truth: truth - filled
        },
        "The absolute value has to be taken of each error, before the mean; you took that of the mean.": {
            "error": np.subtract,
            "average": lambda errors, counted, removed: np.abs(errors[counted].mean()),
        },
        "You divided by the number of removed values in both parts: count those of the test part.": partial(
            _scored, average=lambda errors, counted, removed: errors[counted].sum() / removed.sum()
        ),
        "You divided by the number of all values in both parts: count the removed ones of the test part.": partial(
            _scored, average=lambda errors, counted, removed: errors[counted].sum() / removed.size
        ),
        "You divided by the number of steps: count the removed values of the test part.": (
            lambda truth, filled, removed, train: (
                _scored(truth, filled, removed, train, average=lambda e, c, r: e[c].sum()) / (len(truth) - train)
            )
        ),
        "Each removed value counts alike: one mean over all of them, not the mean of the channels' means.": {
            "average": lambda errors, counted, removed: _by_channel(errors, counted, removed).mean()
        },
        "One number is wanted, over all channels; you have one for each.": {"average": _by_channel},
        "Those are the single errors: their mean is wanted.": {
            "average": lambda errors, counted, removed: errors[counted]
        },
    },
)


@check
def honest_score(answer):
    """Check `answer(truth, filled, removed, train)`: one number, the error on the removed values of the test part.

    Mean absolute error over the steps from `train` on, where `removed` is True, each channel's errors divided by the
    standard deviation of what was left of it in the training part. Arrays are (time, feature).
    """
    return HONEST_SCORE.check(answer)
