"""What holds of every exercise on a function: each mistake is named, right answers pass in any form, nothing slips by."""

import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from verdicts import (
    accepted,
    each_mistake_has_its_own_sentence,
    each_pair_is_told_truly,
    no_numbers,
    other_forms,
    refused,
)

from rnn_course import exercises
from rnn_course.exercises.exercise import Exercise
from rnn_course.exercises.verdict import NOTHING_YET

MODULES = [importlib.import_module(f"{exercises.__name__}.{m.name}") for m in pkgutil.iter_modules(exercises.__path__)]
ALL = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Exercise)
}


@pytest.fixture(params=ALL)
def exercise(request):
    return ALL[request.param]


def test_each_mistake_gets_its_own_sentence(exercise):
    assert len(exercise.mistakes) >= 4
    each_mistake_has_its_own_sentence(exercise)


def test_two_mistakes_at_once_are_told_truly(exercise):
    each_pair_is_told_truly(exercise)


def test_a_right_answer_passes_in_every_form(exercise):
    accepted(exercise.check(exercise.reference))
    for answer in other_forms(exercise):
        accepted(exercise.check(answer))


def test_what_hides_or_bends_numbers_is_refused(exercise):
    for answer, sentence in no_numbers(exercise):
        refused(exercise.check(answer), sentence)


def test_stubs_are_nothing_yet(exercise):
    for stub in (..., None, lambda *a: ..., lambda *a: None, lambda *a: (...,) * len(exercise.returns)):
        verdict = exercise.check(stub)
        assert not verdict.passed and verdict.message == NOTHING_YET


def test_an_answer_that_spoils_its_arguments_spoils_no_comparison(exercise):
    def spoiled(*arguments):
        for argument in arguments:
            for array in argument.values() if isinstance(argument, dict) else [argument]:
                if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                    array *= 0.5
        return exercise.reference(*arguments)

    def spoils(*arguments):
        value = exercise.reference(*arguments)
        spoiled(*arguments)
        return value

    if any(isinstance(a, dict | np.ndarray) for a in exercise.cases[0]):
        before = exercise.check(exercise.reference)
        accepted(exercise.check(spoils))
        exercise.check(spoiled)
        assert exercise.check(exercise.reference) == before


def test_a_marker_can_judge_what_was_run_elsewhere(exercise):
    returned = exercise.run(exercise.reference)
    assert [set(parts) for parts in returned.results] == [set(exercise.returns)] * len(exercise.cases)
    accepted(exercise.judge(returned))
    off = returned._replace(results=[{n: a + 1 for n, a in parts.items()} for parts in returned.results])
    assert not exercise.judge(off).passed
