"""The checks of the chapter on missing data: right answers of another making pass, and what students write is named."""

import numpy as np
import pandas as pd
import pytest
import torch
from verdicts import accepted, refused

from rnn_course.exercises import missing_data
from rnn_course.exercises.verdict import NOTHING_YET
from rnn_course.missing import METHODS, score, take
from rnn_course.missing.base import since_seen
from rnn_course.missing.networks import Decay

RIGHT = {"A": "MCAR", "B": "MNAR", "C": "MAR", "D": "MNAR", "E": "MAR", "F": "MNAR"}


def test_mechanisms_are_named_and_each_wrong_one_is_told_why_it_cannot_be():
    accepted(missing_data.mechanisms(RIGHT))
    said = set()
    for letter, truth in RIGHT.items():
        for other in {"MCAR", "MAR", "MNAR"} - {truth}:
            verdict = missing_data.mechanisms(RIGHT | {letter: other})
            refused(verdict, f"Look at {letter} again: ")
            said.add(verdict.message)
    assert len(said) == 12
    refused(missing_data.mechanisms(RIGHT | {"E": "MNAR"}), "the wind decides, and it is in the file")
    refused(missing_data.mechanisms(...), NOTHING_YET)
    refused(missing_data.mechanisms(dict.fromkeys(RIGHT, ...)), NOTHING_YET)
    refused(missing_data.mechanisms(RIGHT | {"B": "mnar"}), "B: 'mnar' is none of")
    refused(missing_data.mechanisms({"A": "MCAR"}), "you wrote of A")
    refused(missing_data.mechanisms({}), "you wrote of none")


# -- time since seen


def by_the_library(mask):
    return since_seen(mask[None])[0]


def by_pandas_since(mask):
    steps = np.arange(len(mask))[:, None]
    last = pd.DataFrame(np.where(mask, steps, np.nan)).shift().ffill().fillna(0)
    return steps - last.to_numpy()


def by_the_last_time(mask, first=0):
    delta = [[0] * mask.shape[1] for _ in mask]
    for feature in range(mask.shape[1]):
        last = first
        for t in range(len(mask)):
            delta[t][feature] = t - last
            if mask[t, feature]:
                last = t
    return delta


def looped(line, start=np.zeros):
    """A student's loop with a line in it."""

    def delta_of(mask):
        delta = start(mask.shape)
        for t in range(1, len(mask)):
            line(delta, mask, t)
        return delta

    return delta_of


def step_of(delta, mask, t):
    delta[t] = np.where(mask[t - 1], 1, 1 + delta[t - 1])


def in_booleans(mask):
    delta = np.zeros_like(mask)
    for t in range(1, len(mask)):
        step_of(delta, mask, t)
    return delta


def one_array_in_a_list(mask):
    delta = np.zeros(mask.shape[1])
    rows = [delta]
    for t in range(1, len(mask)):
        delta += 1
        delta[mask[t - 1]] = 1
        rows.append(delta)
    return rows


def without_the_first(mask):
    return by_the_library(mask)[1:]


def by_if(delta, mask, t):
    delta[t] = 1 if mask[t - 1] else delta[t - 1] + 1


SINCE = {
    "reset now": (
        looped(lambda d, m, t: d.__setitem__(t, (1 + d[t - 1]) * (1 - m[t].astype(int)))),
        "it is set back one step later",
    ),
    "mask of now": (looped(lambda d, m, t: d.__setitem__(t, np.where(m[t], 1, 1 + d[t - 1]))), "you looked at m_t"),
    "back to 0": (looped(lambda d, m, t: d.__setitem__(t, (1 + d[t - 1]) * (~m[t - 1]))), "you set it back to 0"),
    "never grows": (looped(lambda d, m, t: d.__setitem__(t, np.where(m[t - 1], 1, 1 + d[t]))), "never gets beyond 1"),
    "booleans": (in_booleans, "np.zeros_like(mask)"),
    "inverted": (looped(lambda d, m, t: d.__setitem__(t, 1 + d[t - 1] * m[t - 1])), "missing for what is seen"),
    "never back": (looped(lambda d, m, t: d.__setitem__(t, d[t - 1] + ~m[t - 1])), "counted all unseen steps before"),
    "from ones": (looped(step_of, np.ones), "δ is 0 there"),
    "last is -1": (lambda mask: by_the_last_time(mask, -1), "δ is 0 there"),
    "not seen yet": (lambda mask: by_the_last_time(mask, -np.inf), "yours is infinite there"),
    "times seen": (lambda mask: np.cumsum(mask, axis=0), "how often each channel has been seen"),
    "one array": (one_array_in_a_list, "All rows are the last one"),
    "last state": (lambda mask: by_the_library(mask)[-1], "It is the last entry of the right result along axis 0"),
    "first left out": (without_the_first, "It is the right result without its first entry along axis 0"),
    "still a stub": (looped(lambda d, m, t: d.__setitem__(t, 0)), "Every number is 0: something is not filled in yet"),
    "last step": (lambda mask: by_the_library(mask) * (np.arange(len(mask)) < len(mask) - 1)[:, None], "is 0."),
    "if of a row": (looped(by_if), "The line is `delta[t] = 1 if mask[t - 1] else delta[t - 1] + 1`"),
}


# -- what GRU-D reads


def by_torch(x, mask, delta, last, mean, w, b):
    decay = Decay(len(w), len(w), diagonal=True).double()
    with torch.no_grad():
        decay.linear.weight.copy_(torch.diag(torch.tensor(w)))
        decay.linear.bias.copy_(torch.tensor(b))
        gamma = decay(torch.tensor(delta)).numpy()
    filled = mean + gamma * (last - mean)
    filled[mask] = x[mask]
    return filled


def by_clipping_gamma(x, mask, delta, last, mean, w, b):
    gamma = np.minimum(1, np.exp(-(delta @ np.diag(w) + b)))
    m = mask.astype(float)
    return m * np.nan_to_num(x) + (1 - m) * (gamma * last + (1 - gamma) * mean)


def decayed(
    gamma_of, read=lambda x, m, guess: np.where(m, x, guess), guess=lambda g, last, mean: mean + g * (last - mean)
):
    """A student's answer with another γ, another guess or another way to read."""

    def answer(x, mask, delta, last, mean, w, b):
        return read(x, mask, guess(gamma_of(w * delta + b, delta, w, b), last, mean))

    return answer


def right_gamma(a, *rest):
    return np.exp(-np.maximum(a, 0))


DECAYED = {
    "mask times x": (decayed(right_gamma, lambda x, m, guess: m * x + (1 - m) * guess), "0 · NaN is NaN"),
    "mask times x, then 0": (
        decayed(right_gamma, lambda x, m, guess: np.nan_to_num(m * x + ~m * guess)),
        "What is missing is 0 here",
    ),
    "no b": (decayed(lambda a, delta, w, b: np.exp(-np.maximum(delta * w, 0))), "The bias b is missing."),
    "max inside": (decayed(lambda a, *rest: np.exp(np.maximum(0, -a))), "The minus stands before the max"),
    "b outside": (decayed(lambda a, delta, w, b: np.exp(-np.maximum(0, w * delta) - b)), "with b in it"),
    "np.max": (decayed(lambda a, *rest: np.exp(-np.max(a))), "`np.max` is the largest of all entries"),
    "σ": (decayed(lambda a, *rest: 1 / (1 + np.exp(-a))), "you took σ(w δ + b)"),
    "linear": (decayed(lambda a, *rest: 1 - np.maximum(0, a)), "you took 1 − max(0, w δ + b)"),
    "decays to 0": (decayed(right_gamma, guess=lambda g, last, mean: g * last), "It decays to the mean."),
    "two things": (
        decayed(lambda a, *rest: np.exp(-a), guess=lambda g, last, mean: (1 - g) * last + g * mean),
        "Two things are wrong.",
    ),
    "python's max": (decayed(lambda a, *rest: np.exp(-max(0, a))), "The truth value of an array"),
}


# -- an honest score


def by_pandas(truth, filled, removed, train):
    left = pd.DataFrame(truth).mask(removed)
    error = (pd.DataFrame(filled) - truth).abs() / left.iloc[:train].std(ddof=0)
    return error.where(removed).iloc[train:].stack().mean()


def by_masked_arrays(truth, filled, removed, train):
    scale = np.ma.array(truth, mask=removed)[:train].std(axis=0)
    return float(np.ma.array(abs(filled - truth) / scale, mask=~removed)[train:].mean())


def flattering(truth, filled, removed, train):
    errors = np.abs(filled - truth) / truth.std(axis=0)
    return errors.mean()


def scaled(truth, removed, train, errors):
    return errors / np.nanstd(np.where(removed, np.nan, truth)[:train], axis=0)


def of_filled(value):
    """A student's last line on the scaled errors, their mask and the step of the cut."""

    def answer(truth, filled, removed, train):
        return value(scaled(truth, removed, train, np.abs(filled - truth)), removed, train)

    return answer


def pandas_deviation(truth, filled, removed, train):
    scale = pd.DataFrame(truth).mask(removed)[:train].std().to_numpy()
    return (np.abs(filled - truth) / scale)[train:][removed[train:]].mean()


def nan_deviation(truth, filled, removed, train):
    scale = np.where(removed, np.nan, truth)[:train].std(axis=0)
    return (np.abs(filled - truth) / scale)[train:][removed[train:]].mean()


def one_deviation(truth, filled, removed, train):
    scale = truth[:train][~removed[:train]].std()
    return np.mean((np.abs(filled - truth) / scale)[train:][removed[train:]])


quiet = np.errstate(invalid="ignore")
SCORES = {
    "as it was given": (flattering, "You scored every value"),
    "as it was given, its deviation": (flattering, "Your standard deviation is that of the whole truth"),
    "product with the mask": (
        of_filled(lambda e, r, train: (e * r)[train:].mean()),
        "never taken are in your mean too",
    ),
    "training too": (of_filled(lambda e, r, train: e[r].mean()), "You scored the training part too"),
    "divided by all removed": (
        of_filled(lambda e, r, train: (e * r)[train:].sum() / r.sum()),
        "the number of removed values in both parts",
    ),
    "by channel": (
        of_filled(lambda e, r, train: np.nanmean(np.where(r, e, np.nan)[train:], axis=0)),
        "One number is wanted, over all channels",
    ),
    "channels' mean": (
        of_filled(lambda e, r, train: np.nanmean(np.nanmean(np.where(r, e, np.nan)[train:], axis=0))),
        "not the mean of the channels' means",
    ),
    "rmse": (
        of_filled(lambda e, r, train: np.linalg.norm(e[train:][r[train:]]) / r[train:].sum() ** 0.5),
        "the root of",
    ),
    "pandas": (pandas_deviation, "ddof=0"),
    "np.std": (nan_deviation, "Your score is NaN. Either the deviation is (`np.std`"),
    "np.sqrt": (
        quiet(lambda t, f, r, train: np.sqrt(f - t)[train:][r[train:]].mean()),
        "or a root was taken of an error below 0",
    ),
    "nothing": (quiet(lambda t, f, r, train: t[t > 1e9].sum() / (t > 1e9).sum()), "or nothing was left to average."),
    "share": (lambda t, f, r, train: r[train:][r[train:]].mean(), "Every number is 1, in every case."),
    "filled twice": (
        of_filled(lambda e, r, train: 0 * e.sum()),
        "Your error is 0, as that of the values that were never taken is",
    ),
    "one for all": (one_deviation, "use axis=0"),
}

CHECKS = {
    "time_since_seen": ((by_the_library, by_pandas_since, by_the_last_time), SINCE),
    "decayed_input": ((by_torch, by_clipping_gamma), DECAYED),
    "honest_score": ((by_pandas, by_masked_arrays), SCORES),
}


@pytest.mark.parametrize("name", CHECKS)
def test_right_answers_of_another_making_pass(name):
    for right in CHECKS[name][0]:
        accepted(getattr(missing_data, name)(right))


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"), [(name, *case) for name, (_, wrong) in CHECKS.items() for case in wrong.values()]
)
def test_what_students_write_is_named(name, wrong, sentence):
    refused(getattr(missing_data, name)(wrong), sentence)


@pytest.mark.parametrize("name", CHECKS)
def test_what_is_a_little_off_is_told_by_how_much(name):
    right = CHECKS[name][0][0]
    refused(getattr(missing_data, name)(lambda *a: 1.01 * np.asarray(right(*a))), "Every number is 1.01 times")


def test_the_wanted_score_is_the_librarys():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(50, 3)).cumsum(axis=0)
    removed = rng.random(truth.shape) < 0.2
    gappy = take(truth, removed)
    filled = METHODS["linear"]().fit(gappy[:30]).fill(gappy)
    wanted = score(truth[30:], filled[30:], removed[30:], np.nanstd(gappy[:30], axis=0)).mae
    assert by_pandas(truth, filled, removed, 30) == pytest.approx(wanted, rel=1e-12)
