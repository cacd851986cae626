"""The checks of the chapter on gates that are functions and numbers: answers as learners write them."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import brentq
from scipy.signal import lfilter
from scipy.special import expit, logit
from verdicts import accepted, refused

from rnn_course.cells import LSTM
from rnn_course.exercises import latch, lstm_gates, own_cell, turned_gru
from rnn_course.exercises.verdict import NOTHING_YET


def test_the_chapter_finds_all_its_checks_in_one_place():
    assert lstm_gates.latch is latch.latch
    assert lstm_gates.own_cell is own_cell.own_cell
    assert lstm_gates.turned_update_gate is turned_gru.turned_update_gate
    assert all(callable(getattr(lstm_gates, name)) for name in lstm_gates.__all__)


def test_stubs_are_answered_kindly():
    for check in (lstm_gates.half_life, lstm_gates.clamped_cell, lstm_gates.turned_update_gate):
        refused(check(...), NOTHING_YET)
        refused(check(lambda *args: ...), NOTHING_YET)
    refused(lstm_gates.latch(...), NOTHING_YET)
    refused(lstm_gates.forget_bias_for(...), NOTHING_YET)


@pytest.mark.parametrize(
    "answer",
    [
        lambda f: math.log(2) / -math.log(f),
        lambda f: math.log(0.5, f),
        lambda f: -1 / np.log2(f),
        lambda f: np.log10(0.5) / np.log10(f),
        lambda f: brentq(lambda n: f**n - 0.5, 0, 1000, xtol=1e-13),
        lambda f: torch.log(torch.tensor(0.5)) / torch.log(torch.tensor(f)),
    ],
)
def test_half_lives_of_another_making_pass(answer):
    accepted(lstm_gates.half_life(answer))


def counted(f):
    n, left = 0, 1.0
    while left > 0.5:
        left *= f
        n += 1
    return n


def counted_too_far(f):
    return next(n for n in range(1000) if f**n < 0.5)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda f: -1 / np.log(f), "1/e"),
        (lambda f: np.log(2) / np.log(f), "The sign is wrong"),
        (lambda f: 0.5 / (1 - f), "the loss compounds"),
        (lambda f: 1 / (1 - f), "how long a piece stays on average"),
        (lambda f: -np.log2(f), "the two logarithms turned over."),
        (lambda f: np.log2(f), "turned over, and the sign is wrong too"),
        (lambda f: math.log2(0.5) / math.log(f), "That is the time to 1/e"),
        (lambda f: math.log10(0.5) / math.log(f), "The two logarithms have different bases."),
        (lambda f: math.log(0.5) - math.log(f), "That is the logarithm of a quotient"),
        (lambda f: math.log(0.5) / math.log(1 - f), "The cell keeps the share f at each step, and loses 1 − f"),
        (counted, "The number is rounded up."),
        (counted_too_far, "the first whole number of steps with less than one half"),
        (lambda f: int(math.log(0.5) / math.log(f)), "The number is rounded down."),
        (lambda f: math.log(0.5) / math.log(f) + 1, "That is one step too many"),
        (lambda f: 0.5 ** (1 / f), "That is the way back"),
        (lambda f: math.sqrt(f), "That is the root of f"),
        (lambda f: logit(f), "That is the bias b with σ(b) = f."),
        (lambda f: math.log(0.3) / math.log(f), "Every number is 1.73697 times what is wanted."),
    ],
)
def test_half_lives_that_are_wrong_are_told_why(answer, sentence):
    refused(lstm_gates.half_life(answer), sentence)


f = 0.5 ** (1 / 100)


@pytest.mark.parametrize("answer", [logit(f), 4.97, np.array([logit(f)]), torch.tensor(logit(f), requires_grad=True)])
def test_forget_biases_pass_in_every_form(answer):
    accepted(lstm_gates.forget_bias_for(answer))
    assert expit(logit(f)) ** 100 == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (f, "That is the forget gate f itself"),
        (-logit(f), "The sign is turned"),
        (np.log(100), "the time to 1/e"),
        (logit(0.99), "That gives f = 1 − 1/100"),
        (logit(0.995), "as if the cell lost the same amount at each"),
        (f / (1 - f), "its logarithm is wanted"),
        (np.log(f), "That is the logarithm of f."),
        (np.arctanh(f), "That turns tanh round."),
        (np.log10(f / (1 - f)), "to base 10"),
        (expit(f), "That is σ(f)."),
        (100, "That is the number of steps."),
        (0, "0 is too small"),
        (1 + 2j, "Your answer is complex, real numbers are wanted."),
        (np.nan, "NaN"),
        ([1, 2], "a single number is wanted"),
    ],
)
def test_forget_biases_that_are_wrong_are_told_why(answer, sentence):
    refused(lstm_gates.forget_bias_for(answer), sentence)


def test_the_sentences_on_a_forget_bias_differ_for_other_half_lives_too():
    for steps in (10, 30, 1000):
        right = logit(0.5 ** (1 / steps))
        accepted(lstm_gates.forget_bias_for(right, steps))
        refused(lstm_gates.forget_bias_for(-right, steps), "The sign is turned")
        refused(lstm_gates.forget_bias_for(np.log(steps - 1), steps), f"That gives f = 1 − 1/{steps}")


def by_the_library(i, C_tilde):
    """An LSTM whose forget gate is held open, step by step."""
    cell = LSTM(2 * i.shape[1], i.shape[1])
    for value in cell.parameters.values():
        value[...] = 0
    cell.b_f[...] = 1000.0
    cell.W_xi[...], cell.W_xc[...] = np.eye(i.shape[1], 2 * i.shape[1]), np.eye(i.shape[1], 2 * i.shape[1], i.shape[1])
    x = np.concatenate([logit(i), np.arctanh(C_tilde)], axis=1)
    return cell.trace(x[None]).C[0]


def loop(i, C_tilde):
    C = [i[0] * C_tilde[0]]
    for t in range(1, len(i)):
        C.append(C[-1] + i[t] * C_tilde[t])
    return C


@pytest.mark.parametrize(
    "answer",
    [
        by_the_library,
        loop,
        lambda i, c: np.add.accumulate(i * c),
        lambda i, c: np.tri(len(i)) @ (i * c),
        lambda i, c: np.einsum("st,th,th->sh", np.tri(len(i)), i, c),
        lambda i, c: torch.cumsum(torch.tensor(i) * torch.tensor(c), 0),
        lambda i, c: lfilter([1], [1, -1], i * c, axis=0),
    ],
)
def test_clamped_cells_of_another_making_pass(answer):
    accepted(lstm_gates.clamped_cell(answer))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda i, c: i * c, "add the steps up"),
        (lambda i, c: np.cumsum(c, 0), "The input gate i scales"),
        (lambda i, c: np.cumsum(i * c), "where no axis is given"),
        (lambda i, c: np.cumsum(i * c, 1), "You added up over the units."),
        (lambda i, c: np.sum(i * c, 0), "That is C after the last step alone."),
        (lambda i, c: np.cumsum(i, 0) * np.cumsum(c, 0), "is not the product of the sums"),
        (lambda i, c: np.cumsum(c, 0) * i, "i_t scales what is written at step t, not the whole sum"),
        (lambda i, c: np.tri(len(i), k=-1) @ (i * c), "That is C_{t−1}, one step late"),
        (lambda i, c: np.tri(len(i)).T @ (i * c), "The sum runs from the last step to the first. C_t"),
        (lambda i, c: np.tanh(np.cumsum(i * c, 0)), "That is tanh(C)"),
        (lambda i, c: 1 + np.cumsum(i * c, 0), "Your C begins at one."),
        (lambda i, c: np.cumsum(i + c, 0), "i_t and C̃_t are added."),
        (lambda i, c: np.cumsum(expit(i) * c, 0), "You put i through σ."),
        (lambda i, c: np.cumsum(i * c, 0).T, "The numbers are right: it is the transpose."),
    ],
)
def test_clamped_cells_that_are_wrong_are_told_why(answer, sentence):
    refused(lstm_gates.clamped_cell(answer), sentence)
