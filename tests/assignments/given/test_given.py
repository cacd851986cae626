"""The course's own assignments: what is right gets every point, and what is wrong its sentence and its credit.

Beside this file, and in a private folder beside each assignment, `NAME/right` holds answers that are right in another
way than the solution, and `NAME/wrong` answers with mistakes that the catalogue does not have as they stand: each is a
cell of code. A wrong one says in its first comments, `# says: …`, what is true of it; another sentence of the catalogue
would be named wrongly.
"""

import functools
import itertools
import json
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import proving
import pytest
from boxes import contents as boxed

from rnn_course import data
from rnn_course.assignments import box, building, marking, notebook

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")
of_the_course = pytest.mark.skipif(bool(proving.PRIVATE), reason="the form of the course's own assignments")
ANSWERS = proving.ANSWERS
load = functools.cache(proving.load)
MISTAKES = [
    (name, task.name, sentence) for name in proving.NAMES for task in load(name).tasks for sentence in task.mistakes
]


def answers(kind):
    return [(name, path.stem) for name in proving.NAMES for path in sorted((ANSWERS / name / kind).glob("*.py"))]


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
    code = (ANSWERS / name / "right" / f"{way}.py").read_text("utf8")
    report = proving.marked(
        assignment, proving.submission(assignment, code, tmp_path / "a.ipynb"), contents(assignment)
    )
    assert [part.points for part in report.parts] == [task.points for task in assignment.tasks], report.parts


@pytest.mark.parametrize(("name", "way"), answers("wrong"))
def test_a_wrong_answer_never_passes_and_is_never_named_wrongly(name, way, contents, tmp_path):
    assignment = load(name)
    code = (ANSWERS / name / "wrong" / f"{way}.py").read_text("utf8")
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
    codes = [(ANSWERS / name / "wrong" / f"{way}.py").read_text("utf8") for n, way in answers("wrong") if n == name]
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


def constant(number):
    return lambda x: np.where(np.isnan(x), number, x)


NO_FILLS = {
    "the mean": lambda x: np.where(np.isnan(x), np.nanmean(x, axis=0), x),
    "zero": constant(0.0),
    "a huge number": constant(1e308),
    "NaN": constant(np.nan),
    "infinity": constant(np.inf),
    "numbers everywhere": np.zeros_like,
    "nothing but the gaps": lambda x: x[np.isnan(x)],
    "one number": lambda x: np.float64(1),
    "a measured value more": lambda x: constant(0.0)(np.where(np.arange(x.size).reshape(x.shape) == 40, 1.0, x)),
}


@pytest.mark.parametrize(
    ("name", "task"), [(n, task.name) for n in proving.NAMES for task in load(n).tasks if task.ladder]
)
def test_what_is_no_fill_earns_nothing_and_the_reference_everything(name, task):
    assignment = load(name)
    task = next(one for one in assignment.tasks if one.name == task)
    for student in proving.STUDENTS:
        exercise = proving.exercise(assignment, task, student)

        def points(fill, exercise=exercise):
            results = [{"": np.asarray(fill(x.copy()))} for (x,) in exercise.cases]
            return marking.judged(task, exercise, results).points

        assert points(task.reference) == task.points
        assert {way: points(fill) for way, fill in NO_FILLS.items()} == dict.fromkeys(NO_FILLS, 0)


@pytest.mark.parametrize("name", proving.NAMES)
def test_no_two_mistakes_look_alike(name):
    assignment = load(name)
    for task, student in itertools.product(assignment.tasks, proving.STUDENTS):
        exercise = proving.exercise(assignment, task, student)
        assert set(exercise.singles) == set(task.mistakes)
        for sentence, made in exercise.singles.items():
            assert marking.judged(task, exercise, made).mistakes == (sentence,)


@of_the_course
@pytest.mark.parametrize("name", proving.NAMES)
def test_the_notebook_is_stored_as_the_chapters_are(name):
    """Without outputs, with an id for each cell, and with cells that fit the page and show one idea."""
    text = (load(name).folder / f"{name}.ipynb").read_text("utf8")
    whole = json.loads(text)
    assert text == json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
    assert whole["metadata"]["kernelspec"]["name"] == "python3"
    assert len({cell["id"] for cell in whole["cells"]}) == len(whole["cells"])
    for cell in whole["cells"]:
        lines = "".join(cell["source"]).split("\n")
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            assert len([line for line in lines if line.strip()]) <= 15 and max(map(len, lines)) <= 82, lines


@of_the_course
@pytest.mark.parametrize("name", proving.NAMES)
def test_a_notebook_tells_the_steps_that_are_rated(name):
    text = (load(name).folder / f"{name}.ipynb").read_text("utf8")
    for ratio, share in [step for task in load(name).tasks if task.ladder for step in task.ladder.steps]:
        times = "" if ratio == 1 else f"{ratio:g} times "
        assert f"| at most {times}that of the line | {100 * share:g} % |" in text


@of_the_course
def test_the_measurements_are_those_that_the_course_ships():
    told = (load("fill_the_gaps").folder / "stations.csv").read_text("utf8").splitlines()
    weather = data.load_weather()
    columns = [weather.channels.index(name) for name in told[0].split(",")[1:]]
    first = int(np.flatnonzero(weather.times == np.datetime64(told[1].split(",")[0]))[0])
    hours = slice(first, first + len(told) - 1)
    rows = zip(weather.times[hours], weather.values[hours, columns], strict=True)
    assert told[1:] == [f"{time}," + ",".join(f"{value:.2f}" for value in row) for time, row in rows]


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


RUN = """
import json, pathlib
space = {"__name__": "__main__", "display": print}
for cell in json.loads(pathlib.Path("NAME.ipynb").read_text("utf8"))["cells"]:
    if cell["cell_type"] == "code":
        try:
            exec("".join(cell["source"]), space)
        except Exception:  # Jupyter goes on after a cell of this tag
            if "raises-exception" not in cell["metadata"].get("tags", ()):
                raise
"""


@pytest.mark.parametrize("name", proving.NAMES)
def test_what_a_student_gets_runs_to_its_end_before_a_word_is_written(name, tmp_path):
    """`Run All` stops at the first error: nobody should have to write everything to see the first verdict."""
    building.build(load(name), tmp_path)
    with zipfile.ZipFile(tmp_path / f"{name}-student.zip") as archive:
        archive.extractall(tmp_path)
    code, environment = RUN.replace("NAME", name), os.environ | {"MPLBACKEND": "agg"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path / name, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
