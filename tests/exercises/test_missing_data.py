"""The checks of the chapter on missing data: right answers of another making pass, each mistake has its sentence."""

import numpy as np
import pandas as pd
import pytest
import torch
from verdicts import catalogue, refused

from rnn_course.exercises import missing_data
from rnn_course.exercises.verdict import NOTHING_YET
from rnn_course.missing import METHODS, score, take
from rnn_course.missing.base import since_seen
from rnn_course.missing.networks import Decay

RIGHT = {"A": "MCAR", "B": "MNAR", "C": "MAR", "D": "MNAR", "E": "MAR", "F": "MNAR"}


def test_mechanisms_are_named():
    assert missing_data.mechanisms(RIGHT).passed
    for letter, truth in RIGHT.items():
        for other in {"MCAR", "MAR", "MNAR"} - {truth}:
            refused(missing_data.mechanisms(RIGHT | {letter: other}), f"Look at {letter} again")
    refused(missing_data.mechanisms(...), NOTHING_YET)
    refused(missing_data.mechanisms(dict.fromkeys(RIGHT, ...)), NOTHING_YET)
    refused(missing_data.mechanisms(RIGHT | {"B": "mnar"}), "B: 'mnar' is none of")
    refused(missing_data.mechanisms({"A": "MCAR"}), "you wrote of A")
    refused(missing_data.mechanisms({}), "you wrote of none")


def by_the_library(mask):
    return since_seen(mask[None])[0]


def by_torch(x, mask, delta, last, mean, w, b):
    decay = Decay(len(w), len(w), diagonal=True).double()
    with torch.no_grad():
        decay.linear.weight.copy_(torch.diag(torch.tensor(w)))
        decay.linear.bias.copy_(torch.tensor(b))
        gamma = decay(torch.tensor(delta)).numpy()
    filled = mean + gamma * (last - mean)
    filled[mask] = x[mask]
    return filled


def by_pandas(truth, filled, removed, train):
    left = pd.DataFrame(truth).mask(removed)
    error = (pd.DataFrame(filled) - truth).abs() / left.iloc[:train].std(ddof=0)
    return error.where(removed).iloc[train:].stack().mean()


CHECKS = {
    "time since seen": (missing_data.time_since_seen, by_the_library, 6),
    "GRU-D's input": (missing_data.decayed_input, by_torch, 5),
    "score": (missing_data.honest_score, by_pandas, 7),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_right_answer_of_another_making_passes_and_a_stub_is_nothing_yet(name):
    check, right, _ = CHECKS[name]
    assert check(right).passed, check(right)
    for stub in (..., None, lambda *arguments: ..., lambda *arguments: None):
        refused(check(stub), NOTHING_YET)
    refused(check(lambda *arguments: 1.01 * np.asarray(right(*arguments))), "they differ by up to")


@pytest.mark.parametrize("name", CHECKS)
def test_every_catalogued_mistake_gets_its_own_sentence(name, monkeypatch):
    check, right, number = CHECKS[name]
    mistakes, _ = catalogue(monkeypatch, missing_data, check, right)
    assert len({mistake.sentence for mistake in mistakes}) == len(mistakes) == number
    for mistake in mistakes:
        refused(check(mistake.answer), mistake.sentence)


def test_the_wanted_score_is_the_librarys_and_nan_times_zero_is_seen():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(50, 3)).cumsum(axis=0)
    removed = rng.random(truth.shape) < 0.2
    gappy = take(truth, removed)
    filled = METHODS["linear"]().fit(gappy[:30]).fill(gappy)
    wanted = score(truth[30:], filled[30:], removed[30:], np.nanstd(gappy[:30], axis=0)).mae
    assert by_pandas(truth, filled, removed, 30) == pytest.approx(wanted, rel=1e-12)
    refused(
        missing_data.decayed_input(lambda x, mask, *rest: mask * x + ~mask * by_torch(x, mask, *rest)), "not finite"
    )
