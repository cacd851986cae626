"""What holds of every exercise on a function: each mistake is named, right answers pass in any form."""

import dataclasses
import importlib
import pkgutil

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
from rnn_course.exercises.calling import _same
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


def test_the_reference_and_its_mistakes_write_into_nothing(exercise):
    assert exercise.wanted and exercise.singles and exercise.pairs is not None
    for kept, case in zip(exercise._kept, exercise.cases, strict=True):
        assert all(map(_same, kept, case))


def test_a_mistake_that_raises_in_a_later_case_is_not_named_for_what_it_gave_before():
    def reference(x, *, times=1, only_one=False):
        if only_one and len(x) > 1:
            raise ValueError
        return times * x

    toy = Exercise(
        reference,
        lambda: [(np.array([2.0]),), (np.array([3.0, 5.0]),)],
        {"Twice.": {"times": 2}, "Of one alone.": {"only_one": True}, "Thrice of one.": {"times": 3, "only_one": True}},
    )
    refused(toy.check(lambda x: 2 * x), "Twice.")
    verdict = toy.check(lambda x: x * (2 if len(x) == 1 else 7))
    assert not any(sentence in verdict.message for sentence in toy.mistakes), verdict
    verdict = toy.check(lambda x: x * (3 if len(x) == 1 else 7))
    assert not any(sentence in verdict.message for sentence in toy.mistakes), verdict


TWICE = Exercise(
    lambda x, *, times=2: times * x,
    lambda: [(np.arange(3.0),), (np.arange(5.0),)],
    {"Thrice.": {"times": 3}, "Four times.": {"times": 4}},
)


def test_an_index_that_is_no_integer_is_not_taken_for_a_stub():
    """NumPy's error names the ellipsis as one of the indices that it takes."""

    def answer(x):
        return 2 * x[0.5]

    verdict = TWICE.check(answer)
    refused(verdict, "Your function raised IndexError: only integers")
    refused(verdict, "The line is `return 2 * x[0.5]`.")


@pytest.mark.parametrize("use", [lambda a: a + 1, lambda a: a[0], lambda a: np.exp(a)])
def test_a_stub_that_is_used_is_a_stub(use):
    def answer(x):
        a = ...
        return use(a)

    refused(TWICE.check(answer), "There is still a `...` in your function.")


def test_an_ellipsis_that_is_an_index_is_no_stub():
    def without_return(x):
        n = len(x) - 1
        x[..., n] = 0
        x[...] = 2 * x

    refused(TWICE.check(without_return), "Your function returned None")


def test_a_stub_without_a_return_is_one_whatever_its_dots_are_given_to():
    def named(x):
        doubled = ...  # noqa: F841, a learner's

    def named_twice(x):
        doubled = answer = ...  # noqa: F841

    def two_names(x):
        one, two = ..., ...  # noqa: F841

    def filled_in(x):
        parts = {}
        parts["z"] = ...

    for stub in (named, named_twice, two_names, filled_in):
        assert TWICE.check(stub).message == NOTHING_YET


def test_a_result_in_the_place_of_another_is_told_so():
    """Two of the results are one and the same: they have not changed places."""
    both = Exercise(
        lambda x, *, turned=False: (-x, x) if turned else (x, -x),
        lambda: [(np.arange(1.0, 4),), (np.arange(2.0, 7),)],
        {"a and b have changed places.": {"turned": True}},
        returns=("a", "b"),
    )
    refused(both.check(lambda x: (x, x)), "In the place of `b` you returned what belongs to `a`.")
    refused(both.check(lambda x: (-x, -x)), "In the place of `a` you returned what belongs to `b`.")
    both = dataclasses.replace(both, mistakes={})
    refused(both.check(lambda x: (-x, x)), "`a` and `b` have changed places.")
