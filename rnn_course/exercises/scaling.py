"""The check of scaling without a leak: a mean and a spread, each of the training part, the test part or both."""

import functools

import numpy as np

from rnn_course.exercises.exercise import Exercise
from rnn_course.exercises.verdict import check


@check
def scaling(answer):
    """A Verdict on `answer(values, cut)`, which scales (time, feature) values and returns both parts."""
    return SCALING.check(answer)


def _scaling(
    values,
    cut,
    mean=lambda train, test, whole: train.mean(axis=0),
    spread=lambda train, test, whole, std: std(train),
    test_mean=None,
    test_spread=None,
    late=0,
    ddof=0,
    finish=lambda train, test: (train, test),
):
    parts = train, test, _ = values[: cut + late], values[cut + late :], values
    std = functools.partial(np.std, axis=0, ddof=ddof)
    m, s = mean(*parts), spread(*parts, std)
    test_m, test_s = test_mean(*parts) if test_mean else m, test_spread(*parts, std) if test_spread else s
    with np.errstate(invalid="ignore"):  # a single channel has no spread over the channels
        return finish((train - m) / s, (test - test_m) / test_s)


def _as_it_is(values):
    return {f"{values}mean": lambda a, b, v: 0.0, f"{values}spread": lambda a, b, v, std: 1.0}


def _scaling_cases():
    """Channels of other means and large spreads, so that the usual 1e-8 in a denominator does no harm."""
    rng = np.random.default_rng(0)
    rising = rng.normal(30, 200, (20, 2)).cumsum(axis=0)
    return [(rising, 13), (rng.normal((-100, 40, 7), (400, 90, 150), (31, 3)), 24), (rng.normal(5, 70, (11, 1)), 7)]


SCALING = Exercise(
    _scaling,
    _scaling_cases,
    {
        "This is still the leak: mean and spread come from the whole series, so the training part knows the test "
        "part.": {"mean": lambda a, b, v: v.mean(axis=0), "spread": lambda a, b, v, std: std(v)},
        "Half of the leak is still there: the mean comes from the whole series.": {
            "mean": lambda a, b, v: v.mean(axis=0)
        },
        "Half of the leak is still there: the spread comes from the whole series.": {
            "spread": lambda a, b, v, std: std(v)
        },
        "This is still the leak: mean and spread come from the whole series, one for all channels. Take those of the "
        "training part, along axis=0.": {"mean": lambda a, b, v: v.mean(), "spread": lambda a, b, v, std: v.std()},
        "You scale by mean and spread of the test part. Those of the training part are all that you have then.": {
            "mean": lambda a, b, v: b.mean(axis=0),
            "spread": lambda a, b, v, std: std(b),
        },
        "You scale the test part by its own mean and spread. When you forecast, the future they are computed from is "
        "not there yet; use those of the training part.": {
            "test_mean": lambda a, b, v: b.mean(axis=0),
            "test_spread": lambda a, b, v, std: std(b),
        },
        "You subtract the test part's own mean from it. Take that of the training part.": {
            "test_mean": lambda a, b, v: b.mean(axis=0)
        },
        "You divide the test part by its own spread. Take that of the training part.": {
            "test_spread": lambda a, b, v, std: std(b)
        },
        "You scale the test part by mean and spread of the whole series. Take those of the training part.": {
            "test_mean": lambda a, b, v: v.mean(axis=0),
            "test_spread": lambda a, b, v, std: std(v),
        },
        "You scale the training part and leave the test part as it was, or scale it by a mean and a spread of the "
        "scaled training part, which are 0 and 1. The network would meet numbers in other units.": _as_it_is("test_"),
        "You scale the test part and leave the training part as it was. The network would meet numbers in other "
        "units.": {
            **_as_it_is(""),
            "test_mean": lambda a, b, v: a.mean(axis=0),
            "test_spread": lambda a, b, v, std: std(a),
        },
        "Nothing is scaled: both parts are as they were.": {**_as_it_is(""), **_as_it_is("test_")},
        "You use one mean and one spread for all channels. Each channel has its own: take them along axis=0.": {
            "mean": lambda a, b, v: a.mean(),
            "spread": lambda a, b, v, std: a.std(),
        },
        "You use one mean for all channels. Each has its own: take it along axis=0, as the spread.": {
            "mean": lambda a, b, v: a.mean()
        },
        "You use one spread for all channels. Each has its own: take it along axis=0, as the mean.": {
            "spread": lambda a, b, v, std: a.std()
        },
        "You take mean and spread over the channels, at each step (axis=1). Each channel has its own over time: "
        "axis=0.": {
            "mean": lambda a, b, v: a.mean(axis=1, keepdims=True),
            "spread": lambda a, b, v, std: a.std(axis=1, keepdims=True),
            "test_mean": lambda a, b, v: b.mean(axis=1, keepdims=True),
            "test_spread": lambda a, b, v, std: b.std(axis=1, keepdims=True),
        },
        "Your spread divides by n − 1 (ddof=1). That is no leak and a fair choice; the course divides by n.": {
            "ddof": 1
        },
        "You divide by the variance. Divide by its root, the standard deviation.": {
            "spread": lambda a, b, v, std: a.var(axis=0)
        },
        "You only subtract the mean. Divide by the training part's standard deviation too.": {
            "test_spread": lambda a, b, v, std: 1.0,
            "spread": lambda a, b, v, std: 1.0,
        },
        "You only divide by the standard deviation. Subtract the mean of the training part first.": {
            "test_mean": lambda a, b, v: 0.0,
            "mean": lambda a, b, v: 0.0,
        },
        "You divide first and subtract the mean afterwards: it is in the units of the values, subtract it first.": {
            "mean": lambda a, b, v: a.mean(axis=0) * a.std(axis=0)
        },
        "Only the mean is divided: a division comes before a subtraction, put v − mean into brackets.": {
            "test_spread": lambda a, b, v, std: 1.0,
            "test_mean": lambda a, b, v: a.mean(axis=0) / a.std(axis=0),
            "mean": lambda a, b, v: a.mean(axis=0) / a.std(axis=0),
            "spread": lambda a, b, v, std: 1.0,
        },
        "You subtract the mean from the test part, but do not divide it by the spread.": {
            "test_spread": lambda a, b, v, std: 1.0
        },
        "You divide the test part by the spread, but do not subtract the mean.": {"test_mean": lambda a, b, v: 0.0},
        "You scale every channel by mean and spread of the first. Each has its own: take them along axis=0.": {
            "mean": lambda a, b, v: a[:, 0].mean(),
            "spread": lambda a, b, v, std: std(a[:, 0]),
        },
        "You divide by the root of the sum of squares. Divide by that of their mean.": {
            "spread": lambda a, b, v, std: std(a) * np.sqrt(len(a))
        },
        "You divide by the mean absolute deviation. Divide by the standard deviation.": {
            "spread": lambda a, b, v, std: np.abs(a - a.mean(axis=0)).mean(axis=0)
        },
        "You multiply by the standard deviation. Divide by it.": {
            "test_spread": lambda a, b, v, std: 1 / std(a),
            "spread": lambda a, b, v, std: 1 / std(a),
        },
        "You add the mean. Subtract it.": {
            "test_mean": lambda a, b, v: -a.mean(axis=0),
            "mean": lambda a, b, v: -a.mean(axis=0),
        },
        "You scale to the range from 0 to 1 (min–max). Wanted are mean 0 and standard deviation 1.": {
            "mean": lambda a, b, v: a.min(axis=0),
            "spread": lambda a, b, v, std: np.ptp(a, axis=0),
        },
        "You scale to the range from 0 to 1 (min–max), by that of the whole series, a leak too. Wanted are "
        "mean and standard deviation of the training part.": {
            "mean": lambda a, b, v: v.min(axis=0),
            "spread": lambda a, b, v, std: np.ptp(v, axis=0),
        },
        "You scale to the range from 0 to 1 (min–max), with one range for all channels. Wanted are mean and standard "
        "deviation of each channel of the training part.": {
            "mean": lambda a, b, v: a.min(),
            "spread": lambda a, b, v, std: np.ptp(a),
        },
        "You divide by the range. Divide by the standard deviation of the training part.": {
            "spread": lambda a, b, v, std: np.ptp(a, axis=0)
        },
        "You divide by the largest value. Divide by the standard deviation of the training part.": {
            "spread": lambda a, b, v, std: a.max(axis=0)
        },
        "You subtract the median. Subtract the mean of the training part.": {
            "mean": lambda a, b, v: np.median(a, axis=0)
        },
        "You subtract the first value of the series. Subtract the mean of the training part.": {
            "mean": lambda a, b, v: a[0]
        },
        "Your training part is one step too long: step `cut` is the first of the test part.": {"late": 1},
        "Your training part is one step too short: step cut − 1 is its last.": {"late": -1},
    },
    returns=("train", "test"),
    advice={"broadcast": "Mean and spread have a number for each channel: take them along axis=0."},
)
