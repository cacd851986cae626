"""What an assignment says of itself is checked when it is read, and a secret draws cases that nobody else can."""

from pathlib import Path

import numpy as np
import pytest

from rnn_course.assignments import specification
from rnn_course.assignments.specification import Assignment, Ladder, Late, Question, Task

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture(scope="module")
def means():
    return specification.load("means", EXAMPLES)


def task(**changed):
    usual = {"name": "f", "points": 1, "reference": abs, "visible": list, "hidden": list}
    return Task(**usual | changed)


def mean(x):
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)


def ladder(**changed):
    return Ladder(**{"plain": {"the mean": mean}, "steps": ((1, 0.5), (0.5, 1))} | changed)


def test_a_ladder_s_cases_are_pairs_of_what_is_given_and_the_truth():
    def draw(rng):
        truth = rng.normal(size=(6, 2))
        gappy = truth.copy()
        gappy[2, 1] = np.nan
        return [(gappy, truth)] * 2

    exercise = task(reference=mean, hidden=draw, ladder=ladder()).exercise(np.random.default_rng(0))
    assert [list(case) for case in exercise.given] == [["x"], ["x"]] and len(exercise.cases) == 2
    for case, wanted in zip(exercise.given, exercise.wanted, strict=True):
        assert np.isnan(case["x"][2, 1]) and np.isfinite(wanted[""]).all()
    truth = exercise.truths[0]
    off = abs(mean(exercise.given[0]["x"]) - truth)[2, 1] / truth[:, 1].std()
    assert exercise.rungs == {
        "measure": "error",
        "plain": {"the mean": [pytest.approx(off)] * 2},
        "steps": ((1, 0.5), (0.5, 1)),
    }


def test_an_assignment_is_read_with_its_name_and_folder(means):
    assert (means.name, means.folder, means.maximum) == ("means", EXAMPLES / "means", 12)


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (None, "has no spec.py in"),
        ("ASSIGNMENT = 3", "defines ASSIGNMENT as 3, an Assignment is wanted"),
        ("", "defines ASSIGNMENT as None"),
        (
            "from rnn_course.assignments.specification import *\n"
            "ASSIGNMENT = Assignment('t', [Task('f', 1, abs, list, list)], data=('no.csv',))",
            "names the data file 'no.csv', which is not in",
        ),
    ],
)
def test_an_assignment_that_is_not_whole_is_refused(tmp_path, spec, sentence):
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "x.ipynb").write_text("{}")
    if spec is not None:
        (folder / "spec.py").write_text(spec)
    with pytest.raises(ValueError) as told:
        specification.load("x", tmp_path)
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: task(name="no name"), "name is 'no name'"),
        (lambda: task(points=0), "points of f is 0, it must be positive"),
        (lambda: task(mistakes={"Wrong.": ({}, 1.5)}), "credit of 'Wrong.' is 1.5, it must be from 0 to 1"),
        (lambda: task(ladder=ladder(), returns=("a", "b")), "f has a ladder, so it can have one result without a name"),
        (lambda: task(ladder=ladder(), mistakes={"Wrong.": ({}, 1)}), "f has a ladder, so it can have one result"),
        (lambda: ladder(measure="luck"), "measure is 'luck', it must be one of"),
        (lambda: ladder(plain={}), "plain is empty"),
        (lambda: ladder(steps=()), "steps are (), the ratios must fall and the shares rise to 1"),
        (lambda: ladder(steps=((0.5, 0.5), (1, 1))), "the ratios must fall and the shares rise to 1"),
        (lambda: ladder(steps=((1, 1), (0.5, 0.5))), "the ratios must fall and the shares rise to 1"),
        (lambda: ladder(steps=((1, 0.5),)), "the ratios must fall and the shares rise to 1"),
        (lambda: ladder(steps=((1, -0.5), (0.5, 1))), "the ratios must fall and the shares rise to 1"),
        (lambda: Question("q", "Q", 2, {0: "no"}), "rubric of q goes up to 0, points are 2"),
        (lambda: Question("q", "Q", 2, {}), "rubric of q goes up to 0, points are 2"),
        (lambda: Late(per_day=2), "per_day is 2, it must be from 0 to 1"),
        (lambda: Late(grace_hours=-1), "grace_hours is -1, it must be at least 0"),
        (lambda: Assignment("t", [task(), task()]), "each must be there once"),
        (lambda: Assignment("t", []), "one at least"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, sentence):
    with pytest.raises(ValueError) as told:
        make()
    assert sentence in str(told.value)


def test_lateness_counts_days_that_have_begun_after_the_grace():
    late = Late(grace_hours=2, per_day=0.2, most=0.5)
    hours = [0, 2, 2.01, 24, 24.5, 48, 49, 1000]
    assert [late.factor(h) for h in hours] == pytest.approx([1, 1, 0.8, 0.8, 0.6, 0.6, 0.5, 0.5])


def test_a_secret_that_is_short_is_refused(tmp_path):
    path = tmp_path / "secret"
    path.write_text("0123456789abcde\n")
    with pytest.raises(ValueError, match="secret-file holds 15 bytes, at least 16 are wanted"):
        specification.secret(path)
    path.write_text("0123456789abcdef\n")
    assert specification.secret(path) == b"0123456789abcdef"


def test_every_secret_assignment_task_and_student_draws_its_own_cases():
    wanted = [b"k" * 16, "a", "t", "007"]
    first = specification.generator(*wanted).random(4)
    np.testing.assert_array_equal(specification.generator(*wanted).random(4), first)
    for k, other in enumerate([b"l" * 16, "b", "u", "7"]):
        changed = [*wanted[:k], other, *wanted[k + 1 :]]
        assert not np.array_equal(specification.generator(*changed).random(4), first)


def test_the_credit_of_two_mistakes_is_the_product_and_of_an_unknown_one_nothing(means):
    over, squares = means.tasks[0].mistakes
    credit = means.tasks[0].credit
    assert credit([over]) == 0.5 and credit([over, squares]) == 0.125 and credit([]) == 0
    assert credit([over], more=True) == 0.125


def test_an_exercise_has_the_cases_that_were_asked_for(means):
    of = means.tasks[0]
    shapes = [case[0].shape for case in of.exercise(np.random.default_rng(1), of.visible).cases]
    assert shapes == [(5, 3), (2, 4)]
    assert of.exercise(np.random.default_rng(1)).cases[0][0].shape == (1, 3)
