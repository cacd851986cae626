"""What a check answers, and how it finds out: the answer is run beside the reference and beside known mistakes."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

NOTHING_YET = "Nothing to check yet: replace the `...` by your answer and run the cell again."


@dataclass(frozen=True)
class Verdict:
    """The answer of a check: whether it is right, and one or two sentences that say why."""

    passed: bool
    message: str

    def __repr__(self):
        return ("Right. " if self.passed else "Not yet. ") + self.message

    def _repr_markdown_(self):
        return ("✅ **Right.** " if self.passed else "✏️ **Not yet.** ") + self.message


class Mistake(NamedTuple):
    """A mistake that learners make: the sentence that names it, and the answer that somebody who makes it gives."""

    sentence: str
    answer: object


def judge_number(answer, right, mistakes=(), tolerance=1e-6):
    """A Verdict on one number. right: the number wanted. mistakes: `Mistake`s whose answers are numbers."""
    if answer is ... or answer is None:
        return Verdict(False, NOTHING_YET)
    try:
        value = float(answer)
    except (TypeError, ValueError):
        return Verdict(False, f"Your answer is a {type(answer).__name__}, a single number is wanted.")

    def near(wanted):
        return abs(value - wanted) <= tolerance * max(1.0, abs(wanted))

    if near(right):
        return Verdict(True, f"{value:.6g} is the answer.")
    for mistake in mistakes:
        if near(mistake.answer):
            return Verdict(False, mistake.sentence)
    return Verdict(False, f"{value:.6g} is {'too large' if value > right else 'too small'}.")


def judge_function(answer, reference, cases, mistakes=(), tolerance=1e-9):
    """A Verdict on a function. reference: one that is right. cases: tuples of arguments, in the order given to it.

    The function may return an array or a tuple of arrays. mistakes: `Mistake`s whose answers are functions; the first
    one that gives what the learner's function gives, on every case, is named.
    """
    if not callable(answer):
        return Verdict(False, NOTHING_YET if answer in (..., None) else f"A function is wanted, got {answer!r}.")
    results = []
    for case in cases:
        try:
            results.append(answer(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in case)))
        except Exception as error:
            return Verdict(False, f"Your function raised {type(error).__name__}: {error}")
        if results[-1] is None or results[-1] is ...:
            return Verdict(False, NOTHING_YET)
    wanted = [reference(*case) for case in cases]
    differences = [_difference(got, want, tolerance) for got, want in zip(results, wanted, strict=True)]
    if not any(differences):
        return Verdict(True, f"Equal to the reference in {len(cases)} random cases.")
    for mistake in mistakes:
        if not any(_difference(r, mistake.answer(*c), tolerance) for r, c in zip(results, cases, strict=True)):
            return Verdict(False, mistake.sentence)
    return Verdict(False, next(filter(None, differences)))


def _difference(got, want, tolerance):
    """A sentence on how two results differ; None if they do not."""
    if isinstance(want, tuple):
        if not isinstance(got, tuple) or len(got) != len(want):
            return f"Your function returned a {type(got).__name__}, {len(want)} results are wanted."
        return next(filter(None, (_difference(g, w, tolerance) for g, w in zip(got, want, strict=True))), None)
    try:
        got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    except (TypeError, ValueError):
        return f"Your function returned a {type(got).__name__}, an array of numbers is wanted."
    if got.shape != want.shape:
        return f"Your function returned shape {got.shape}, {want.shape} is wanted."
    if not np.isfinite(got).all():
        return "Your function returned values that are not finite."
    gap = np.abs(got - want)
    if (gap <= tolerance * np.maximum(1, np.abs(want))).all():
        return None
    return f"The shape is right, the numbers are not: they differ by up to {gap.max():.3g}."
