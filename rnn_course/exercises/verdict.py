"""What a check answers, and the checks of a single number and of a table of labels."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rnn_course import lab
from rnn_course.exercises.returned import NOTHING_YET as NOTHING_YET
from rnn_course.exercises.returned import Unusable, numbers_of, unwritten
from rnn_course.exercises.shown import Told


@dataclass(frozen=True, repr=False)
class Verdict(Told):
    """The answer of a check: whether it is right, and one or two sentences that say why.

    check   the name of the check that a learner called, if it was one
    """

    check: str = field(default="", compare=False)

    def _repr_mimebundle_(self, include=None, exclude=None):
        """What Jupyter shows. A right answer counts once a learner has been shown that it is right."""
        problem = lab.note(self.check) if self.passed and self.check else None
        return self._bundle(f"{self.message} {problem}" if problem else self.message)


def check(function):
    """Make a function the check of an exercise: its Verdict says by its name what has passed."""

    @functools.wraps(function)
    def checked(*arguments, **named):
        return replace(function(*arguments, **named), check=function.__name__)

    return checked


def judge_number(answer, right, mistakes=None, tolerance=1e-6, otherwise=None):
    """A Verdict on one number. right: the number wanted. mistakes: `{sentence: what somebody who errs so answers}`.

    otherwise: a function from any other number to a sentence; without it, whether the number is too large or too small.
    """
    if unwritten(answer):
        return Verdict(False, NOTHING_YET)
    if isinstance(answer, str) or callable(answer):
        return Verdict(False, f"Your answer is a {type(answer).__name__}, a single number is wanted.")
    try:
        value = numbers_of(answer)
    except Unusable as reason:
        return Verdict(False, str(reason))
    if value.size != 1:
        return Verdict(False, f"Your answer has shape {value.shape}, a single number is wanted.")
    value = value.item()

    def near(wanted):
        return math.isclose(value, wanted, rel_tol=tolerance, abs_tol=tolerance)

    if near(right):
        return Verdict(True, f"{value:.6g} is the answer.")
    known = {sentence: abs(value - wrong) for sentence, wrong in (mistakes or {}).items() if near(wrong)}
    if known:
        return Verdict(False, min(known, key=known.get))
    if value != value:
        return Verdict(False, "Your answer is not a number (NaN): something was divided by zero, or its log was taken.")
    if otherwise:
        return Verdict(False, otherwise(value))
    return Verdict(False, f"{value:.6g} is {'too large' if value > right else 'too small'}.")


def judge_labels(answer, right, choices, hints, well_done):
    """A Verdict on a dict from letters to labels.

    right: `{letter: label}`. choices: the labels there are. hints: a sentence for a letter, or for a letter and the
    label that was wrongly given to it, `{("B", "nothing"): …, "B": …}`. well_done: the sentence for a right answer.
    """
    if unwritten(answer):
        return Verdict(False, NOTHING_YET)
    letters = ", ".join(right)
    if not isinstance(answer, Mapping):
        return Verdict(False, f"Your answer is a {type(answer).__name__}, a dict with the keys {letters} is wanted.")
    if answer.keys() != right.keys():
        named = ", ".join(map(str, answer)) or "none"
        return Verdict(False, f"Say something about each of {letters}; you wrote of {named}.")
    for letter, said in answer.items():
        if said not in choices:
            return Verdict(False, f"{letter}: {said!r} is none of {', '.join(map(repr, choices))}.")
    for letter, truth in right.items():
        if answer[letter] != truth:
            hint = hints.get((letter, answer[letter])) or hints[letter]
            return Verdict(False, f"Look at {letter} again: {hint}")
    return Verdict(True, well_done)
