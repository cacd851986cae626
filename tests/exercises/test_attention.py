"""The checks of the chapter on attention: right answers of another making pass, and what students write is named."""

import numpy as np
import pytest
import torch
from verdicts import accepted, each_mistake_has_its_own_sentence, each_pair_is_told_truly, refused

from rnn_course.exercises import attention as exercises
from rnn_course.exercises.verdict import NOTHING_YET
from rnn_course.models.self_attention import Cache

EXERCISES = (exercises.SOFT_LOOKUP, exercises.CAUSAL_WEIGHTS, exercises.CACHE_BYTES)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_mistakes_are_told_apart(exercise):
    each_mistake_has_its_own_sentence(exercise)
    each_pair_is_told_truly(exercise)


# -- the soft look-up


def by_pytorch(queries, keys, values):
    return torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (queries, keys, values)))


def by_loops(queries, keys, values):
    found = []
    for q in queries:
        each = [np.exp(q @ k / len(q) ** 0.5) for k in keys]
        found.append(sum(w * v for w, v in zip(each, values, strict=True)) / sum(each))
    return found


@pytest.mark.parametrize("answer", [by_pytorch, by_loops])
def test_a_look_up_written_in_other_ways_passes(answer):
    accepted(exercises.soft_lookup(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda q, k, v: torch.softmax(torch.tensor(q @ k.T), 1).numpy() @ v, "Divide the scores by √d"),
        (lambda q, k, v: torch.softmax(torch.tensor(q @ k.T) / k.shape[1], 1).numpy() @ v, "You divided by d"),
        (lambda q, k, v: torch.softmax(torch.tensor(q @ k.T) / k.shape[1] ** 0.5, 1), "You returned the weights"),
        (lambda q, k, v: v[(q @ k.T).argmax(1)], "That is a hard look-up"),
    ],
)
def test_mistakes_in_the_look_up_are_named(answer, sentence):
    refused(exercises.soft_lookup(answer), sentence)


# -- the mask


def by_triangles(scores, window):
    seen = np.tril(np.ones_like(scores)) - np.tril(np.ones_like(scores), -window)
    return torch.tensor(scores).masked_fill(torch.tensor(seen) == 0, -torch.inf).softmax(1)


def by_rows(scores, window):
    found = np.zeros_like(scores)
    for t, row in enumerate(scores):
        first = max(0, t - window + 1)
        each = np.exp(row[first : t + 1])
        found[t, first : t + 1] = each / each.sum()
    return found


def zeroed(scores, window):
    return np.where(by_rows(scores, window) > 0, torch.tensor(scores).softmax(1), 0)


@pytest.mark.parametrize("answer", [by_triangles, by_rows])
def test_a_mask_written_in_other_ways_passes(answer):
    accepted(exercises.causal_weights(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda scores, window: by_rows(scores, len(scores)), "The window is missing"),
        (zeroed, "You set weights to 0 after the softmax"),
        (lambda scores, window: by_rows(scores, window + 1), "one too wide"),
    ],
)
def test_mistakes_in_the_mask_are_named(answer, sentence):
    refused(exercises.causal_weights(answer), sentence)


# -- the cache


def by_a_cache(layers, heads, d, time, batch, bytes_each):
    """What one layer's cache of a short text says, in float32, scaled up."""
    cache = Cache()
    cache.append(*[torch.zeros(1, heads, 10, d)] * 2)
    return cache.nbytes / 10 * time * layers * batch * bytes_each / 4


def test_the_bytes_are_those_of_the_models_own_cache():
    accepted(exercises.cache_bytes(by_a_cache))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n, heads, d, time, batch, size: n * heads * d * time * batch * size, "Keys and values are kept"),
        (lambda n, heads, d, time, batch, size: 2 * n * heads * d * time * batch, "That is how many numbers"),
        (lambda n, heads, d, time, batch, size: 2 * n * heads * d * time**2 * batch * size, "not with its square"),
    ],
)
def test_mistakes_about_the_bytes_are_named(answer, sentence):
    refused(exercises.cache_bytes(answer), sentence)


# -- which suits which


def test_what_suits_what():
    accepted(exercises.suits(dict(exercises.SUITS)))
    for letter, right in exercises.SUITS.items():
        for label in {"state", "look-up", "both"} - {right}:
            refused(exercises.suits(exercises.SUITS | {letter: label}), f"Look at {letter} again: ")
    refused(exercises.suits(exercises.SUITS | {"A": "neither"}), "A: 'neither' is none of 'state', 'look-up', 'both'")


@pytest.mark.parametrize("name", exercises.__all__)
def test_a_check_says_what_to_do_before_anything_is_written(name):
    refused(getattr(exercises, name)(...), NOTHING_YET)
