"""The checks of the chapter "Background": what is right passes, and each known mistake gets its own sentence."""

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler
from torch import nn

from rnn_course.exercises import background
from rnn_course.exercises.verdict import NOTHING_YET


def my_windows(values, length, horizon):
    x, y = [], []
    for start in range(len(values)):
        if start + length + horizon <= len(values):
            x.append(values[start : start + length].tolist())
            y.append(values[start + length : start + length + horizon].tolist())
    return np.array(x), np.array(y)


def my_seasonal_naive(x, horizon, period):
    past = list(np.moveaxis(x, 1, 0))
    for _ in range(horizon):
        past.append(past[-period])
    return np.stack(past[-horizon:], axis=1)


def counted(*layers):
    return sum(p.numel() for layer in layers for p in layer.parameters())


def torch_mlp(length, features, hidden, outputs):
    return counted(nn.Linear(length * features, hidden), nn.Linear(hidden, outputs))


def torch_rnn(length, features, hidden, outputs):
    return counted(nn.RNN(features, hidden), nn.Linear(hidden, outputs)) - hidden  # PyTorch's second bias


def sklearn_scaling(values, cut):
    scaler = StandardScaler().fit(values[:cut])
    return scaler.transform(values[:cut]), scaler.transform(values[cut:])


CHECKS = {
    "windows": (background.windows, my_windows, background.WINDOWS),
    "seasonal naive": (background.seasonal_naive, my_seasonal_naive, background.SEASONAL_NAIVE),
    "MLP": (background.mlp_parameters, torch_mlp, background.MLP_PARAMETERS),
    "RNN": (background.rnn_parameters, torch_rnn, background.RNN_PARAMETERS),
    "scaling": (background.scaling, sklearn_scaling, background.SCALING),
}
MISTAKES = [(check, mistake) for check, _, mistakes in CHECKS.values() for mistake in mistakes]


@pytest.mark.parametrize("name", CHECKS)
def test_a_right_answer_of_another_making_passes(name):
    check, right, _ = CHECKS[name]
    verdict = check(right)
    assert verdict.passed, verdict


@pytest.mark.parametrize(("check", "mistake"), MISTAKES)
def test_each_mistake_gets_its_own_sentence(check, mistake):
    verdict = check(mistake.answer)
    assert not verdict.passed
    assert verdict.message == mistake.sentence


@pytest.mark.parametrize("name", CHECKS)
def test_a_sentence_names_one_mistake(name):
    sentences = {mistake.sentence for mistake in CHECKS[name][2]}
    shared = {"windows": 1}.get(name, 0)  # a target that overlaps its window comes in two lengths
    assert len(sentences) == len(CHECKS[name][2]) - shared


@pytest.mark.parametrize("name", CHECKS)
def test_a_stub_is_nothing_to_check(name):
    check = CHECKS[name][0]
    for stub in (..., None, lambda *arguments: ..., lambda *arguments: None):
        assert check(stub).message == NOTHING_YET


@pytest.mark.parametrize("name", CHECKS)
def test_a_function_that_raises_is_reported(name):
    def broken(*arguments):
        raise IndexError("index 9 is out of bounds")

    verdict = CHECKS[name][0](broken)
    assert not verdict.passed
    assert "IndexError: index 9 is out of bounds" in verdict.message


@pytest.mark.parametrize("name", CHECKS)
def test_an_unknown_mistake_is_wrong_too(name):
    check, right, _ = CHECKS[name]

    def spoiled(*arguments):
        answer = right(*arguments)
        return tuple(1.5 * part for part in answer) if isinstance(answer, tuple) else 1.5 * answer

    assert not check(spoiled).passed


def test_a_verdict_does_not_depend_on_what_was_checked_before():
    first = repr(background.windows(lambda values, length, horizon: (values, values)))
    background.scaling(sklearn_scaling)
    assert repr(background.windows(lambda values, length, horizon: (values, values))) == first
