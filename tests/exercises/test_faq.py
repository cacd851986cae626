"""The checks of the chapter of frequent questions."""

import numpy as np
import pytest
import torch
from sklearn.model_selection import TimeSeriesSplit
from verdicts import catalogue, refused

from rnn_course.exercises import faq
from rnn_course.exercises.verdict import NOTHING_YET


def by_recursion(x, children, W_x, W, b):
    """The same states in torch, from the root downwards."""
    x, W_x, W, b = (torch.tensor(array) for array in (x, W_x, W, b))

    def state(n):
        below = [W[k] @ state(child) for k, child in enumerate(children[n]) if child != -1]
        return torch.tanh(W_x @ x[n] + sum(below) + b)

    return torch.stack([state(n) for n in range(len(x))]).numpy()


def by_scikit_learn(n, folds, gap):
    pairs = TimeSeriesSplit(folds, gap=gap).split(np.zeros(n))
    return np.array([[train[-1] + 1, block[0], block[-1] + 1] for train, block in pairs])


RIGHT = {"tree_states": by_recursion, "folds": by_scikit_learn}


@pytest.mark.parametrize("check", RIGHT)
def test_another_way_to_the_same_answer_passes(check):
    judge = getattr(faq, check)
    assert judge(RIGHT[check]).passed
    refused(judge(...), NOTHING_YET)
    refused(judge(lambda *a: ...), NOTHING_YET)


@pytest.mark.parametrize(("check", "number"), [("tree_states", 5), ("folds", 5)])
def test_every_catalogued_mistake_gets_its_own_sentence(check, number, monkeypatch):
    mistakes, _ = catalogue(monkeypatch, faq, getattr(faq, check), RIGHT[check])
    assert len({mistake.sentence for mistake in mistakes}) == number
    for mistake in mistakes:
        refused(getattr(faq, check)(mistake.answer), mistake.sentence)


def test_the_rule_of_one_standard_error():
    sizes, errors = list(faq.ERRORS), np.array(list(faq.ERRORS.values()))
    means, spreads = errors.mean(axis=1), errors.std(axis=1, ddof=1)
    best = means.argmin()
    right = sizes[(means <= means[best] + spreads[best] / 2).argmax()]
    careless = sizes[(means <= means[best] + spreads[best]).argmax()]
    assert len({right, careless, sizes[best]}) == 3
    assert faq.one_standard_error(right).passed
    refused(faq.one_standard_error(sizes[best]), "has the lowest mean")
    refused(faq.one_standard_error(careless), "Divide by the root of the number of folds")
    refused(faq.one_standard_error(64), "too large")
    refused(faq.one_standard_error(...), NOTHING_YET)


def test_each_pipeline_leaks_what_the_answer_says():
    values = np.random.default_rng(0).normal(size=300).cumsum()
    truth = {}
    for letter in "ABCD":
        parts = faq.pipeline(letter, values)
        seen = np.unique(parts["train"])
        until = np.arange(seen.max() + 1)
        if np.isin(parts["test"], seen).any():
            truth[letter] = "windows"
        elif not np.isclose(parts["mean"], values[until].mean()) or not np.isclose(parts["scale"], values[until].std()):
            truth[letter] = "scale"
        else:
            truth[letter] = "choice" if parts["chosen_on"] == "test" else "nothing"
            assert seen.max() < parts["test"].min()
    assert faq.leaks(truth).passed and set(truth.values()) == {"windows", "scale", "choice", "nothing"}
    for letter in truth:
        refused(faq.leaks(truth | {letter: "something"}), f"Look at {letter} again")
    refused(faq.leaks(...), NOTHING_YET)
    refused(faq.leaks({letter: ... for letter in truth}), NOTHING_YET)
    refused(faq.leaks({"A": "windows"}), "you wrote of A")
