"""Checks of the chapter on LSTM gates; those of whole cells are modules of their own."""

import functools

import numpy as np

from rnn_course.cells import sigmoid
from rnn_course.exercises.exercise import Exercise, as_it_is
from rnn_course.exercises.latch import latch
from rnn_course.exercises.own_cell import own_cell
from rnn_course.exercises.turned_gru import turned_update_gate
from rnn_course.exercises.verdict import check, judge_number

__all__ = ["clamped_cell", "forget_bias_for", "half_life", "latch", "own_cell", "turned_update_gate"]


@check
def half_life(answer):
    """Check `answer(f)`, the number of steps after which a cell with a constant forget gate f has kept one half."""
    return HALF_LIFE.check(answer)


@check
def forget_bias_for(answer, steps=100):
    """Check a number: the b_f that gives, with nothing else going into the gate, a half-life of `steps` steps."""
    f = 0.5 ** (1 / steps)
    mistakes = {
        "That is the forget gate f itself. The bias goes through σ: find b with σ(b) = f.": f,
        "The sign is turned: a gate near one needs a positive bias.": np.log((1 - f) / f),
        "That is log(steps): close, but it is the time to 1/e, not to one half.": np.log(steps),
        f"That gives f = 1 − 1/{steps}: close, but a half-life is not 1/(1 − f).": np.log(steps - 1),
        "That gives f = 1 − 0.5/n for n steps, as if the cell lost the same amount at each. It keeps fⁿ.": np.log(
            2 * steps - 1
        ),
        "That is f / (1 − f): its logarithm is wanted.": f / (1 - f),
        "That is (1 − f) / f: the logarithm of f / (1 − f) is wanted.": (1 - f) / f,
        "That is 1 / (1 − f): the b with σ(b) = f is the logarithm of f / (1 − f).": 1 / (1 - f),
        "That is the logarithm of f. Turn σ round: the logarithm of f / (1 − f) is wanted.": np.log(f),
        "That is the logarithm of 1 − f. Turn σ round: the logarithm of f / (1 − f) is wanted.": np.log(1 - f),
        "That is the logarithm of 1 / (1 − f): close, but the b with σ(b) = f is that of f / (1 − f).": -np.log(1 - f),
        "That is the logarithm to base 2 of f / (1 − f). σ has e in it: take the natural one.": np.log2(f / (1 - f)),
        "That is the logarithm to base 10 of f / (1 − f). σ has e in it: take the natural one.": np.log10(f / (1 - f)),
        "That is σ(f). Turn σ round: find b with σ(b) = f.": sigmoid(f),
        "That turns tanh round. A gate is squashed by σ: find b with σ(b) = f.": np.arctanh(f),
        "That is the number of steps. It gives f first, then b with σ(b) = f.": steps,
        "That is 1 − f, what is lost at each step. Find b with σ(b) = f.": 1 - f,
        f"Your f is 0.5 to the power of {steps}. It is the root: f to the power of {steps} is 0.5.": -steps * np.log(2),
    }
    return judge_number(answer, np.log(f / (1 - f)), mistakes, tolerance=1e-3)


@check
def clamped_cell(answer):
    """Check `answer(i, C_tilde)`: C for every step, `(time, hidden)`, of an LSTM whose forget gate is held at one."""
    return CLAMPED_CELL.check(answer)


def _half_life(f, left=0.5, log=np.log, log_f=np.log, gate=as_it_is, finish=as_it_is):
    return finish(log(left) / log_f(gate(f)))


SAME_BASE = "The two logarithms have different bases. Any base will do, but it has to be the same in both."
HALF_LIFE = Exercise(
    _half_life,
    lambda: [(f,) for f in (0.9, 0.5, 0.99, 0.2)],
    {
        "That is the time to 1/e, not to one half.": {"left": 1 / np.e},
        "That is the time to one quarter, not to one half.": {"left": 0.25},
        "That is the time to one tenth, not to one half.": {"left": 0.1},
        "That is the time to one hundredth, not to one half.": {"left": 0.01},
        "The cell keeps fⁿ after n steps, not 1 − n(1 − f): the loss compounds.": lambda f: 0.5 / (1 - f),
        "That is 1 / (1 − f), how long a piece stays on average: it is about the time to 1/e where f is near one.": (
            lambda f: 1 / (1 - f)
        ),
        "The sign is wrong: log f is negative for f below 1.": {"left": 2},
        "You do not divide by log f: that is log 0.5 alone.": functools.partial(_half_life, log_f=lambda f: 1.0),
        "That is 1 / log f: what is above the line is log 0.5.": functools.partial(_half_life, left=np.e),
        "You put f − 1 in the place of log f: that is close where f is near one, and only there.": {
            "log_f": lambda f: f - 1
        },
        "That divides by log(1 + f). Wanted is log f itself.": {"log_f": np.log1p},
        "You solved for n with the two logarithms turned over.": lambda f: np.log(f) / np.log(0.5),
        "You solved for n with the two logarithms turned over, and the sign is wrong too.": (
            lambda f: np.log(f) / np.log(2)
        ),
        "That is the logarithm of a quotient, log(0.5 / f). Wanted is the quotient of two logarithms.": (
            lambda f: np.log(0.5 / f)
        ),
        "The two logarithms are multiplied. From n log f = log 0.5 follows a quotient.": (
            lambda f: np.log(0.5) * np.log(f)
        ),
        "You divide by f itself: from n log f = log 0.5 follows a division by log f.": {"log_f": as_it_is},
        "You divide 0.5 by log f: from n log f = log 0.5 follows log 0.5 / log f.": {"log": as_it_is},
        "That divides by log(1 − f). The cell keeps the share f at each step, and loses 1 − f.": {
            "gate": lambda f: 1 - f
        },
        "You put f through σ. It is the gate, so it has been through σ already.": {"gate": sigmoid},
        "That is the way back: f ↦ 0.5^(1/f) makes a gate of a half-life. Wanted is a half-life for a gate.": (
            lambda f: 0.5 ** (1 / f)
        ),
        "That is 0.5ᶠ. Solve fⁿ = 0.5 for n.": lambda f: 0.5**f,
        "That is the root of f, the gate that keeps f in two steps. Solve fⁿ = 0.5 for n.": np.sqrt,
        "That is the bias b with σ(b) = f. Wanted is the number of steps n with fⁿ = 0.5.": (
            lambda f: np.log(f / (1 - f))
        ),
        f"{SAME_BASE} (log to base 10 over the natural one.)": {"log": np.log10},
        f"{SAME_BASE} (The natural log over that to base 10.)": {"log_f": np.log10},
        f"{SAME_BASE} (The natural log over that to base 2.)": {"log_f": np.log2},
        f"{SAME_BASE} (log to base 10 over that to base 2.)": {"log": np.log10, "log_f": np.log2},
        "The number is rounded up. Give it as it comes, a half-life need not be a whole number of steps.": {
            "finish": np.ceil
        },
        "The number is rounded down. Give it as it comes, a half-life need not be a whole number of steps.": {
            "finish": np.floor
        },
        "The number is rounded. Give it as it comes, a half-life need not be a whole number of steps.": {
            "finish": np.rint
        },
        "That is the first whole number of steps with less than one half. Give n with fⁿ = 0.5 as it comes.": {
            "finish": lambda n: np.floor(n) + 1
        },
        "That is one step too many: n = log 0.5 / log f has it all.": {"finish": lambda n: n + 1},
        "That is one step too few: n = log 0.5 / log f has it all.": {"finish": lambda n: n - 1},
    },
)


def _clamped_cell(i, C_tilde, write=lambda i, C_tilde: i * C_tilde, keep=lambda i: 1.0, first=0.0, show=as_it_is):
    """The LSTM's line at the top, C_t = f C_{t−1} + i_t ⊙ C̃_t, step by step."""
    C, steps = np.full(i.shape[1], first), []
    for t, now in enumerate(write(i, C_tilde)):
        C = keep(i[t]) * C + now
        steps.append(C)
    return show(np.array(steps))


def _later(values):
    """The values one step later, zero at first."""
    return np.concatenate([np.zeros_like(values[:1]), values[:-1]])


CLAMPED_CELL = Exercise(
    _clamped_cell,
    lambda: [
        (rng.uniform(size=size), rng.uniform(-1, 1, size))
        for rng in [np.random.default_rng(0)]
        for size in ((5, 3), (9, 2), (1, 4), (6, 1))
    ],
    {
        "That is what each step adds. With f = 1 nothing is lost: add the steps up.": {"keep": lambda i: 0.0},
        "You added up over the units. Time is the first axis here.": lambda i, c: np.cumsum(i * c, axis=1),
        "You added up over all, units and steps: np.cumsum runs over the flattened array where no axis is given.": (
            lambda i, c: np.cumsum(i * c)
        ),
        "You added up over all, units and steps, and gave it the shape of i: time is the first axis here, axis=0.": (
            lambda i, c: np.cumsum(i * c).reshape(i.shape)
        ),
        "That is C after the last step alone. C for every step is wanted: a running sum.": (
            lambda i, c: (i * c).sum(axis=0)
        ),
        "That is C after the last step, at every step. C for every step is wanted: a running sum.": (
            lambda i, c: 0 * c + (i * c).sum(axis=0)
        ),
        "The input gate i scales what is written: it is missing.": {"write": lambda i, c: c},
        "The candidate is missing: i alone is added up.": {"write": lambda i, c: i},
        "i_t and C̃_t are added. The gate scales the candidate: i ⊙ C̃.": {"write": lambda i, c: i + c},
        "You write with 1 − i. The input gate scales what is written by i.": {"write": lambda i, c: (1 - i) * c},
        "You put i through σ. It is the gate, so it has been through σ already.": {
            "write": lambda i, c: sigmoid(i) * c
        },
        "You put C̃ through tanh. It is the candidate, so it has been through tanh already.": {
            "write": lambda i, c: i * np.tanh(c)
        },
        "You put i ⊙ C̃ through tanh. It is written as it is: C̃ has been through tanh already.": {
            "write": lambda i, c: np.tanh(i * c)
        },
        "The first step writes twice.": {"write": lambda i, c: np.concatenate([2 * i[:1] * c[:1], i[1:] * c[1:]])},
        "You add only the step before. With f = 1 nothing is lost: add all the steps up.": {
            "write": lambda i, c: i * c + _later(i * c),
            "keep": lambda i: 0.0,
        },
        "i is used one step late: what is written at step t is i_t ⊙ C̃_t.": {"write": lambda i, c: _later(i) * c},
        "C̃ is used one step late: what is written at step t is i_t ⊙ C̃_t.": {"write": lambda i, c: i * _later(c)},
        "The first step is not scaled: i_1 ⊙ C̃_1 is written there too.": {
            "write": lambda i, c: np.concatenate([c[:1], i[1:] * c[1:]])
        },
        "The first step writes too: it is left out.": {
            "write": lambda i, c: np.concatenate([0 * c[:1], i[1:] * c[1:]])
        },
        "That is C_{t−1}, one step late: what step t writes is in C_t.": {"show": _later},
        "A mean is not a sum: nothing divides by the number of steps.": {"show": lambda C: C / len(C)},
        "That is the running mean: nothing divides by the number of steps so far.": {
            "show": lambda C: C / np.arange(1, len(C) + 1)[:, None]
        },
        "That is tanh(C), which an open output gate shows. Wanted is C itself.": {"show": np.tanh},
        "Your C begins at one. C_0 is zero here.": {"first": 1.0},
        "You forget: the old cell is multiplied by 1 − i. The forget gate is held at one, whatever i is.": {
            "keep": lambda i: 1 - i
        },
        "You forget: the old cell is multiplied by i. The forget gate is held at one, whatever i is.": {
            "keep": lambda i: i
        },
        "You forget: the old cell is multiplied by i, and C̃ written whole. The forget gate is held at one, and i "
        "scales what is written.": {"keep": lambda i: i, "write": lambda i, c: c},
        "You halve the old cell at each step. The forget gate is held at one.": {"keep": lambda i: 0.5},
        "The sum runs from the last step to the first. C_t holds what was written up to t.": (
            lambda i, c: np.cumsum((i * c)[::-1], axis=0)[::-1]
        ),
        "The sum runs from the last step to the first, and is in that order. C_t holds what was written up to t.": (
            lambda i, c: np.cumsum((i * c)[::-1], axis=0)
        ),
        "The steps are multiplied: a cumulated product. With f = 1 they are added.": (
            lambda i, c: np.cumprod(i * c, axis=0)
        ),
        "The sum of a product is not the product of the sums: add up i ⊙ C̃.": (
            lambda i, c: np.cumsum(i, axis=0) * np.cumsum(c, axis=0)
        ),
        "i is added up before it meets C̃. Multiply first, then add up.": lambda i, c: np.cumsum(i, axis=0) * c,
        "i_t scales what is written at step t, not the whole sum: multiply first, then add up.": (
            lambda i, c: i * np.cumsum(c, axis=0)
        ),
        "The steps are added up twice.": {"show": lambda C: np.cumsum(C, axis=0)},
    },
)
