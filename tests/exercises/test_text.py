"""The checks of the chapter on text: right answers of another making pass, and what students write is named."""

import math

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course import language
from rnn_course.exercises import text as exercises
from rnn_course.exercises.verdict import NOTHING_YET

# -- perplexity


def by_cross_entropy(probabilities, ids):
    logits = torch.tensor(probabilities).log()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(ids)).exp().item()


def by_the_product(probabilities, ids):
    product = math.prod(float(row[k]) for row, k in zip(probabilities, ids, strict=True))
    return product ** (-1 / len(ids))


def by_the_library(probabilities, ids):
    return language.perplexity(-np.log2(np.take_along_axis(probabilities, ids[:, None], axis=1)[:, 0]))


@pytest.mark.parametrize("answer", [by_cross_entropy, by_the_product, by_the_library])
def test_perplexity_written_in_other_ways_passes(answer):
    accepted(exercises.perplexity_of(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda p, ids: -np.log2(p[np.arange(len(ids)), ids]).mean(), "That is the mean surprise, in bits"),
        (lambda p, ids: -np.log(p[np.arange(len(ids)), ids]).mean(), "That is the mean surprise, in nats"),
        (lambda p, ids: 2 ** -np.log(p[np.arange(len(ids)), ids]).mean(), "do not fit"),
        (lambda p, ids: 1 / p[np.arange(len(ids)), ids].mean(), "You averaged the probabilities"),
        (lambda p, ids: 2 ** -np.log2(p.max(axis=1)).mean(), "You took the largest probability"),
    ],
)
def test_mistakes_in_perplexity_are_named(answer, sentence):
    refused(exercises.perplexity_of(answer), sentence)


# -- the nucleus


def by_the_sampler(logits, T, top_p):
    p = np.exp(logits) / np.exp(logits).sum()
    return language.reshaped(p, T, top_p=top_p)


def by_a_loop(logits, T, top_p):
    p = torch.softmax(torch.tensor(logits) / T, 0).tolist()
    kept, together = [0.0] * len(p), 0.0
    for k in sorted(range(len(p)), key=lambda k: -p[k]):
        kept[k], together = p[k], together + p[k]
        if together >= top_p:
            break
    return [value / together for value in kept]


@pytest.mark.parametrize("answer", [by_the_sampler, by_a_loop])
def test_a_nucleus_written_in_other_ways_passes(answer):
    accepted(exercises.nucleus(answer))


def cut_short(logits, T, top_p):
    p = np.exp(logits / T) / np.exp(logits / T).sum()
    order = np.argsort(-p)
    gone = order[np.cumsum(p[order]) > top_p]
    p[gone[gone != order[0]]] = 0
    return p / p.sum()


def not_renewed(logits, T, top_p):
    p = np.exp(logits / T) / np.exp(logits / T).sum()
    return np.where(np.asarray(by_a_loop(logits, T, top_p)) > 0, p, 0)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (cut_short, "The symbol that crosses the line stays"),
        (not_renewed, "What is left must sum to one again"),
        (lambda logits, T, top_p: by_a_loop(logits, 1, top_p), "The temperature is missing"),
        (lambda logits, T, top_p: by_a_loop(logits * T, 1, top_p), "you multiplied by it"),
        (lambda logits, T, top_p: by_a_loop(logits, T, 1.1), "Nothing was cut"),
    ],
)
def test_mistakes_in_the_nucleus_are_named(answer, sentence):
    refused(exercises.nucleus(answer), sentence)


# -- the mask


def by_rows(surprises, lengths):
    return np.concatenate([row[:n] for row, n in zip(surprises, lengths, strict=True)]).mean()


def by_weights(surprises, lengths):
    mask = torch.arange(surprises.shape[1])[None] < torch.as_tensor(lengths)[:, None]
    return ((torch.as_tensor(surprises) * mask).sum() / mask.sum()).item()


@pytest.mark.parametrize("answer", [by_rows, by_weights])
def test_masked_bits_written_in_other_ways_pass(answer):
    accepted(exercises.masked_bits(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda s, n: s.mean(), "The padding is in your mean"),
        (lambda s, n: np.mean([row[:k].mean() for row, k in zip(s, n, strict=True)]), "the mean of the rows' means"),
        (lambda s, n: sum(row[:k].sum() for row, k in zip(s, n, strict=True)) / s.size, "You divided by all steps"),
        (lambda s, n: s[np.arange(s.shape[1]) <= n[:, None]].mean(), "you counted step n as well"),
    ],
)
def test_mistakes_in_the_mask_are_named(answer, sentence):
    refused(exercises.masked_bits(answer), sentence)


# -- the leak


def by_a_walk(years, test):
    first = min(year for year, tested in zip(years, test, strict=True) if tested)
    return np.array([not tested and year >= first for year, tested in zip(years, test, strict=True)])


def by_sorting(years, test):
    order = np.lexsort((~test, years))  # of one year the test documents first
    leaking = np.zeros(len(years), bool)
    at = np.flatnonzero(test[order])[0]
    leaking[order[at:]] = True
    return leaking & ~test


@pytest.mark.parametrize("answer", [by_a_walk, by_sorting])
def test_late_documents_found_in_other_ways_pass(answer):
    accepted(exercises.late_documents(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda years, test: years >= years[test].min(), "A test document is no leak"),
        (lambda years, test: ~test & (years > years[test].min()), "≥, not >"),
        (lambda years, test: ~test & (years >= years[test].max()), "you took the latest"),
        (lambda years, test: ~test & np.isin(years, years[test]), "every later year leaks"),
    ],
)
def test_mistakes_about_the_leak_are_named(answer, sentence):
    refused(exercises.late_documents(answer), sentence)


@pytest.mark.parametrize("name", exercises.__all__)
def test_a_check_says_what_to_do_before_anything_is_written(name):
    refused(getattr(exercises, name)(...), NOTHING_YET)
