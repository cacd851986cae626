"""The course's own assignments: what is right gets every point, and what is wrong its sentence and its credit.

Beside this file, `NAME/right` holds answers that are right in another way than the solution, and `NAME/wrong` answers
with mistakes that the catalogue does not have as they stand: each is a cell of code. A wrong one says in its first
comments, `# says: …`, what is true of it; another sentence of the catalogue would be named wrongly.
"""

import functools
import itertools
import json
import os
import re
from pathlib import Path

import proving
import pytest
from boxes import contents as boxed

from rnn_course.assignments import box, marking, notebook

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
HERE = Path(__file__).parent
load = functools.cache(proving.load)
MISTAKES = [
    (name, task.name, sentence) for name in proving.NAMES for task in load(name).tasks for sentence in task.mistakes
]


def answers(kind):
    return [(name, path.stem) for name in proving.NAMES for path in sorted((HERE / name / kind).glob("*.py"))]


@pytest.fixture
def contents(tmp_path):
    def of(assignment):
        data = {name: assignment.folder / name for name in assignment.data}
        made = boxed(tmp_path / "code", data)
        return made._replace(packages=made.packages | box.packages(assignment.packages))

    return of


@pytest.mark.parametrize("name", proving.NAMES)
def test_the_solution_gets_every_point_for_everybody(name, contents):
    assignment = load(name)
    for student in proving.STUDENTS:
        path = assignment.folder / f"{name}.ipynb"
        report = proving.marked(assignment, path, contents(assignment), student=student)
        assert [part.points for part in report.parts] == [task.points for task in assignment.tasks], report.parts
        assert not report.errors


@pytest.mark.parametrize("name", proving.NAMES)
def test_an_untouched_notebook_gets_nothing_and_runs_to_its_end(name, contents, tmp_path):
    assignment = load(name)
    path = proving.submission(assignment, "", tmp_path / "a.ipynb")
    report = proving.marked(assignment, path, contents(assignment))
    assert report.points == 0 and not report.errors, report.errors
    assert {part.state for part in report.parts} <= {marking.OPEN}
    assert report.answers == {question.name: "" for question in assignment.questions}
    assert all(notebook.read(path).answers[question.name].strip() for question in assignment.questions)


@pytest.mark.parametrize("name", proving.NAMES)
def test_there_are_three_other_right_answers(name):
    assert len([way for folder, way in answers("right") if folder == name]) >= 3


@pytest.mark.parametrize(("name", "way"), answers("right"))
def test_another_right_answer_gets_every_point(name, way, contents, tmp_path):
    assignment = load(name)
    code = (HERE / name / "right" / f"{way}.py").read_text("utf8")
    report = proving.marked(
        assignment, proving.submission(assignment, code, tmp_path / "a.ipynb"), contents(assignment)
    )
    assert [part.points for part in report.parts] == [task.points for task in assignment.tasks], report.parts


@pytest.mark.parametrize(("name", "way"), answers("wrong"))
def test_a_wrong_answer_never_passes_and_is_never_named_wrongly(name, way, contents, tmp_path):
    assignment = load(name)
    code = (HERE / name / "wrong" / f"{way}.py").read_text("utf8")
    true = re.findall(r"^# says: (.+)$", code, re.M)
    report = proving.marked(
        assignment, proving.submission(assignment, code, tmp_path / "a.ipynb"), contents(assignment)
    )
    tried = [part for part in report.parts if part.state not in (marking.OPEN, marking.ABSENT)]
    assert tried and all(part.points < part.maximum for part in tried), report.parts
    for part in tried:
        assert all(any(said in sentence for said in true) for sentence in part.mistakes), part
    assert not true or any(said in part.message for part in tried for said in true), [part.message for part in tried]


@pytest.mark.parametrize("name", proving.NAMES)
def test_most_answers_that_were_not_foreseen_are_named(name):
    codes = [(HERE / name / "wrong" / f"{way}.py").read_text("utf8") for n, way in answers("wrong") if n == name]
    named = sum(code.startswith("# says: ") for code in codes)
    assert len(codes) >= 4 and named >= 0.7 * len(codes)


@pytest.mark.parametrize(("name", "task", "sentence"), MISTAKES)
def test_every_mistake_gets_its_sentence_and_its_credit(name, task, sentence):
    assignment = load(name)
    task = next(one for one in assignment.tasks if one.name == task)
    _, credit = task.mistakes[sentence]
    for student in proving.STUDENTS:
        exercise = proving.exercise(assignment, task, student)
        made = exercise.singles[sentence]  # a KeyError: it cannot be told from what is right
        part = marking.judged(task, exercise, made)
        assert part.mistakes == (sentence,) and part.message == sentence
        assert part.points == pytest.approx(credit * task.points)


@pytest.mark.parametrize("name", proving.NAMES)
def test_no_two_mistakes_look_alike(name):
    assignment = load(name)
    for task, student in itertools.product(assignment.tasks, proving.STUDENTS):
        exercise = proving.exercise(assignment, task, student)
        assert set(exercise.singles) == set(task.mistakes)
        for sentence, made in exercise.singles.items():
            assert marking.judged(task, exercise, made).mistakes == (sentence,)


@pytest.mark.parametrize("name", proving.NAMES)
def test_what_is_handed_out_holds_no_code_of_the_solution(name):
    assignment = load(name)
    whole = json.loads((assignment.folder / f"{name}.ipynb").read_text("utf8"))
    solved = [cell for cell in whole["cells"] if "solution" in cell["metadata"].get("tags", ())]
    lines = {line.strip() for cell in solved for line in "".join(cell["source"]).splitlines()}
    kept = {line for line in lines if line and not re.match(r"(def|import|from) |\"\"\"|#", line)}
    left = "\n".join(
        "".join(cell["source"]) for cell in proving.untouched(assignment)["cells"] if cell["cell_type"] == "code"
    )
    assert kept and not {line for line in kept if len(line) > 12 and line in left}
