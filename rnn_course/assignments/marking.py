"""Marks one submission: it is read, run in its box, and what came back is judged here."""

import itertools
from typing import NamedTuple

import numpy as np

from rnn_course.assignments import notebook, rating, running, specification
from rnn_course.exercises.exercise import Returned

RIGHT, WRONG, OPEN, ABSENT, ENDED = "right", "wrong", "open", "absent", "ended"
TYPED = "student_id"  # what a notebook calls the id that a student types


class Part(NamedTuple):
    """What one task came to: points of a maximum, a state, the sentence, and the mistakes that have a name."""

    name: str
    points: float
    maximum: float
    state: str
    message: str
    mistakes: tuple = ()


class Report(NamedTuple):
    """What a submission came to: its parts, a line for each cell that failed, what else was noticed, and answers.

    An answer to a question is blank where the student has written none. A file that is no notebook is not readable.
    """

    parts: list
    errors: list
    notes: list
    answers: dict
    readable: bool = True

    @property
    def points(self):
        """The points of the tasks together; questions are marked by a person."""
        return sum(part.points for part in self.parts)


def mark(assignment, student, path, secret, engine, contents):
    """Mark a student's notebook; return a `Report`.

    Arguments
        assignment   an `Assignment`
        student      the roster's id, which draws the hidden cases
        path         the notebook
        secret       the bytes of the secret
        engine       the engine of the box
        contents     a `box.Contents`
    """
    try:
        found = notebook.read(path)
    except notebook.Unreadable as reason:
        parts = [Part(task.name, 0.0, task.points, ABSENT, "There is nothing to run.") for task in assignment.tasks]
        return Report(parts, [], [str(reason)], dict.fromkeys((q.name for q in assignment.questions), ""), False)
    exercises = [task.exercise(_generator(secret, assignment, task, student)) for task in assignment.tasks]
    every = [_calls(task, exercise) for task, exercise in zip(assignment.tasks, exercises, strict=True)]
    ran = running.run(found.cells, list(itertools.chain(*every)), engine, contents, assignment.limits, [TYPED])
    judging = zip(assignment.tasks, exercises, running.by_function(ran.answers, every), strict=True)
    parts = [_part(task, exercise, answers, found) for task, exercise, answers in judging]
    errors = [{"cell": found.numbers[k]} | error for k, error in sorted(ran.errors.items())]
    written = {
        name: notebook.added(found.answers.get(name, ""), cell) for name, cell in assignment.question_cells.items()
    }
    notes = [*_typed(ran.texts[TYPED], student), *_notes(assignment, found)]
    return Report(parts, errors, notes, written)


def _generator(secret, assignment, task, student):
    return specification.generator(secret, assignment.name, task.name, student)


def _calls(task, exercise):
    """A call for each hidden case."""
    return [running.Call(task.name, case or None, task.returns, task.keyed) for case in exercise.given]


def _part(task, exercise, answers, found):
    """What the answers of one task are worth."""
    for answer in answers:
        sentence = _not_an_answer(task, answer, found)
        if sentence:
            return Part(task.name, 0.0, task.points, _state(answer, sentence), sentence)
    written = tuple(n for n in exercise.arguments if any(n in answer["written"] for answer in answers))
    return judged(task, exercise, [answer["results"] for answer in answers], written)


def _state(answer, sentence):
    """What became of a task that has no results."""
    if answer.get("absent"):
        return ABSENT
    return ENDED if "died" in answer else OPEN if "`...`" in sentence else WRONG


def judged(task, exercise, results, written=()):
    """What results, `{name: array}` for each case, are worth: a `Part`."""
    if task.ladder:
        share, message = rating.rate(results, exercise.wanted, exercise.given, **exercise.rungs)
        return Part(task.name, share * task.points, task.points, RIGHT if share == 1 else WRONG, message)
    told = exercise.diagnose(Returned(results, written))
    if told.passed:
        return Part(task.name, task.points, task.points, RIGHT, told.message)
    share = 0.0 if _trivial(exercise, results) else task.credit(told.mistakes, told.more)
    return Part(task.name, share * task.points, task.points, WRONG, told.message, told.mistakes)


def _not_an_answer(task, answer, found):
    """Why an answer cannot be judged; None where it can."""
    if answer.get("absent"):
        in_code, in_text = found.defined(task.name)
        if in_text and not in_code:
            return f"`{task.name}` stands in a cell of text, which is not run: change its type to code."
        return f"There is no `{task.name}` in your notebook after all of its cells have run."
    return running.failure(task.name, answer)


def _trivial(exercise, results):
    """Whether all the results are the same number throughout, or arguments, each of them: that earns nothing."""
    values = [np.concatenate([part.ravel() for part in result.values()]) for result in results]
    if all(value.size == 0 or (value == value[0]).all() or np.isnan(value).all() for value in values):
        return len({value.tobytes() for value in values}) == 1 or all(value.size > 1 for value in values)
    return all(_is_given(exercise, [result[part] for result in results]) for part in results[0])


def _is_given(exercise, answers):
    """Whether one of the results, an array for each case, is one of the arguments in all of them."""
    return any(all(map(_is, answers, given)) for given in zip(*exercise.cases, strict=True))


def _is(array, value):
    return isinstance(value, np.ndarray) and array.shape == value.shape and bool(np.array_equal(array, value))


def _typed(typed, student):
    """Whose id a student has typed: it draws what the notebook shows, and no case that is marked."""
    if typed in ("", student):
        return []
    return [f"Your notebook has the id {typed!r}, the class list knows you as {student!r}. No mark hangs on that."]


def _notes(assignment, found):
    """What a reader of the report should know besides."""
    twice = [task.name for task in assignment.tasks if found.defined(task.name)[0] > 1]
    return [f"`{name}` is written in more than one cell: the last one counts." for name in twice]
