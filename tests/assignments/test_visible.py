"""The check that students run: the same sentences as a chapter's, from arrays alone."""

from pathlib import Path

import numpy as np
import pytest

from rnn_course.assignments import building, specification, visible

MEANS = specification.load("means", Path(__file__).parent / "examples")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checks")
    visible.write(folder / visible.ARRAYS, {task.name: building.shipped(task) for task in MEANS.tasks})
    return folder


def test_every_mistake_of_the_specification_has_its_sentence(folder):
    for task in MEANS.tasks:
        exercise = task.exercise(np.random.default_rng(5))
        assert visible.check(task.name, task.reference, folder).passed
        for sentence in task.mistakes:
            verdict = visible.check(task.name, exercise._function(task.mistakes[sentence][0]), folder)
            assert not verdict.passed and verdict.message == sentence


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (..., "Not attempted."),
        (lambda x: ..., "Not attempted."),
        (lambda x: print(x), "Not yet. Your function returned None"),
        (lambda x: x.mean(axis=7), "Not yet. Your function raised AxisError"),
        (lambda x: x.mean(axis=0) + 1, "Not yet. "),
        (3, "Not yet. A function is wanted, got 3."),
    ],
)
def test_other_answers_are_told_what_is_wrong(folder, answer, sentence):
    verdict = visible.check("means", answer, folder)
    assert repr(verdict).startswith(sentence) and not verdict.passed


def test_a_verdict_is_shown_as_those_of_the_chapters_are(folder):
    shown = visible.check("means", lambda x: x[:, 0], folder)._repr_mimebundle_()
    assert shown["text/html"].startswith("<div") and shown["text/plain"].startswith("Not yet.")


@pytest.mark.parametrize(
    ("off", "passed", "sentence"),
    [
        (0.0, True, "Right. Your error is 0; that of the line is 1;"),
        (0.8, False, "Not yet. Your error is 0.8; that of the line is 1; that of the mean is 1.5. Yours is 0.8 times"),
        (np.nan, False, "Not yet. Values that are NaN or infinite: 1"),
    ],
)
def test_an_answer_on_a_ladder_is_told_its_error_and_its_step(tmp_path, off, passed, sentence):
    truth = np.random.default_rng(0).normal(size=(9, 2))
    gappy = truth.copy()
    gappy[4, 0] = np.nan
    ladder = {"measure": "error", "plain": {"the line": [1.0], "the mean": [1.5]}, "steps": ((1, 0.2), (0.5, 1))}
    task = {"given": [{"x": gappy}], "wanted": [{"": truth}], "mistakes": {}, "returns": [""], "advice": {}}
    visible.write(tmp_path / visible.ARRAYS, {"fill": task | {"keyed": False, "tolerance": None, "ladder": ladder}})
    told = visible.check("fill", lambda x: np.where(np.isnan(x), truth + off * truth.std(axis=0), x), tmp_path)
    assert told.passed == passed and repr(told).startswith(sentence)


def test_a_name_that_the_assignment_does_not_have_is_refused(folder):
    with pytest.raises(ValueError, match="name is 'mean', it must be one of 'means', 'without_mean'"):
        visible.check("mean", abs, folder)


def test_the_arrays_are_read_without_pickle(tmp_path):
    np.savez(tmp_path / visible.ARRAYS, tree=np.array([object()]))
    with pytest.raises(ValueError, match="allow_pickle"):
        visible.check("means", abs, tmp_path)
