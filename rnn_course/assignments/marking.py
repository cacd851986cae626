"""Marks one submission: it is read, run in its box, and what came back is judged here."""

from typing import NamedTuple

import numpy as np

from rnn_course.assignments import notebook, running, specification
from rnn_course.exercises.exercise import Returned

RIGHT, WRONG, OPEN, ABSENT = "right", "wrong", "open", "absent"


class Part(NamedTuple):
    """What one task came to: points of a maximum, a state, the sentence, the mistakes that have a name, and notes."""

    name: str
    points: float
    maximum: float
    state: str
    message: str
    mistakes: tuple = ()
    notes: tuple = ()


class Report(NamedTuple):
    """What a submission came to: its parts, a line for each cell that failed, and what else was noticed."""

    parts: list
    errors: list
    notes: list
    answers: dict

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
        return Report(parts, [], [str(reason)], {})
    exercises = [task.exercise(_generator(secret, assignment, task, student)) for task in assignment.tasks]
    every = [_calls(task, exercise) for task, exercise in zip(assignment.tasks, exercises, strict=True)]
    ran = running.run(found.cells, [call for calls in every for call in calls], engine, contents, assignment.limits)
    answers, parts = iter(ran.answers), []
    for task, exercise, calls in zip(assignment.tasks, exercises, every, strict=True):
        parts.append(_part(task, exercise, [next(answers) for _ in calls], found))
    errors = [{"cell": found.numbers[k]} | error for k, error in sorted(ran.errors.items())]
    return Report(parts, errors, _notes(assignment, found), found.answers)


def _generator(secret, assignment, task, student):
    return specification.generator(secret, assignment.name, task.name, student)


def _calls(task, exercise):
    """A call for each hidden case."""
    names = exercise.arguments
    given = [dict(zip(names, case, strict=True)) for case in exercise.cases]
    return [running.Call(task.name, case or None, task.returns, task.keyed) for case in given]


def _part(task, exercise, answers, found):
    """What the answers of one task are worth."""
    for answer in answers:
        sentence = _not_an_answer(task, answer, found)
        if sentence:
            state = ABSENT if answer.get("absent") else OPEN if "`...`" in sentence else WRONG
            return Part(task.name, 0.0, task.points, state, sentence)
    results = [_arrays(answer["results"], task.returns) for answer in answers]
    if None in results:
        return Part(task.name, 0.0, task.points, WRONG, "What came back is not what a call of your function gives.")
    written = tuple(n for n in exercise.arguments if any(n in answer["written"] for answer in answers))
    return judged(task, exercise, results, written)


def judged(task, exercise, results, written=()):
    """What results, `{name: array}` for each case, are worth: a `Part`."""
    if task.score:
        share, message = _scored(task, exercise, results)
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
    if "died" in answer:
        return f"While `{task.name}` ran: {answer['died']}"
    if "unusable" in answer:
        return answer["unusable"]
    return None


def _arrays(results, names):
    """`{name: array}` as a call gives it, checked, since the submission's process may have said anything; or None."""
    if set(results) != set(names):
        return None
    if not all(isinstance(value, np.ndarray) and value.dtype.str in ("<f8", "<f4") for value in results.values()):
        return None
    return {name: results[name] for name in names}


def _scored(task, exercise, results):
    """The mean share over the cases, and the sentence of the worst of them."""
    given = [dict(zip(exercise.arguments, case, strict=True)) for case in exercise.cases]
    told = [task.score(case, result) for case, result in zip(given, results, strict=True)]
    return float(np.mean([share for share, _ in told])), min(told)[1]


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


def _notes(assignment, found):
    """What a reader of the report should know besides."""
    twice = [task.name for task in assignment.tasks if found.defined(task.name)[0] > 1]
    notes = [f"`{name}` is written in more than one cell: the last one counts." for name in twice]
    return notes + [
        f"The question {question.title!r} has no answer in your notebook."
        for question in assignment.questions
        if not found.answers.get(question.name, "").strip()
    ]
