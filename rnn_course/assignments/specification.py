"""What an assignment is: the functions that a student writes, how each is judged, and what it is worth."""

import functools
import hashlib
import hmac
import importlib.util
import math
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnn_course import validate
from rnn_course.assignments import notebook, rating
from rnn_course.assignments.box import Limits
from rnn_course.exercises.exercise import Exercise

SECRET = 16  # bytes that a secret has at least


@dataclass(frozen=True, eq=False)
class Ladder:
    """How filled series are rated, in the place of equality: by their error beside that of plain ways of filling.

    plain     `{name: function}`, as in {"the straight line": line}; the steps are beside the first
    steps     ((ratio, share), …): who has at most `ratio` times the first one's error gets this share of the points
    measure   a name in `rating.MEASURES`
    """

    plain: Mapping
    steps: tuple
    measure: str = "error"

    def __post_init__(self):
        validate.one_of("measure", self.measure, tuple(rating.MEASURES))
        if not self.plain:
            raise ValueError("plain is empty, it must name one plain way of filling at least")
        ratios, shares = [ratio for ratio, _ in self.steps], [share for _, share in self.steps]
        falling, rising = sorted(set(ratios), reverse=True), sorted(set(shares))
        if not shares or ratios != falling or shares != rising or shares[0] <= 0 or shares[-1] != 1:
            raise ValueError(f"steps are {self.steps}, the ratios must fall and the shares rise to 1")


@dataclass(frozen=True, eq=False)
class Filling(Exercise):
    """An exercise whose right answer does not follow from what is given: the values that were taken away.

    truths   the whole series, one for each case; `draw` draws the same with gaps
    ladder   a `Ladder`
    """

    truths: tuple = ()
    ladder: Ladder | None = None

    @functools.cached_property
    def wanted(self):
        """The truth of each case, by the name of the only result."""
        return [{"": truth} for truth in self.truths]

    @functools.cached_property
    def rungs(self):
        """The ladder as `rating.rate` takes it, numbers and names alone: it can be handed out."""
        rate = rating.MEASURES[self.ladder.measure]
        errors = {
            name: [rate(fill(*case), truth, case[0]) for case, truth in zip(self.cases, self.truths, strict=True)]
            for name, fill in self.ladder.plain.items()
        }
        return {"measure": self.ladder.measure, "plain": errors, "steps": self.ladder.steps}


@dataclass(frozen=True, eq=False)
class Task:
    """A function that a student writes, or a value that they find.

    name        of the function or the value in the notebook
    points      for a right answer
    reference   right as it stands; every further keyword, a switch, makes a mistake
    visible     a function of a generator that draws the cases which the student can try, tuples of arguments
    hidden      the same for the cases that are marked; other sizes, other values, the edges
    mistakes    `{sentence: (how, credit)}`: how is `{switch: value}` or a function, credit a share of the points
    returns, advice, keyed, tolerance   as an `Exercise` has them
    ladder      a `Ladder`, in the place of equality: the only argument is a series (time, feature) with NaN in its
                gaps, and the cases are pairs of it and the whole series, which no answer can compute
    """

    name: str
    points: float
    reference: Callable
    visible: Callable
    hidden: Callable
    mistakes: Mapping = field(default_factory=dict)
    returns: tuple = ("",)
    advice: Mapping = field(default_factory=dict)
    keyed: bool = False
    tolerance: float | None = None
    ladder: Ladder | None = None

    def __post_init__(self):
        if not self.name.isidentifier():
            raise ValueError(f"name is {self.name!r}, it must be the name of a function or a value")
        validate.positive(f"points of {self.name}", self.points)
        for sentence, (_, credit) in self.mistakes.items():
            validate.weight(f"credit of {sentence!r}", credit)
        if self.ladder and (self.mistakes or self.returns != ("",)):
            raise ValueError(f"{self.name} has a ladder, so it can have one result without a name and no mistakes")

    def exercise(self, rng, cases=None):
        """The `Exercise` on the cases that a generator draws, the hidden ones unless others are named."""
        drawn = list((cases or self.hidden)(rng))
        if self.ladder:
            gappy, truths = zip(*drawn, strict=True)
            return Filling(self.reference, lambda: [(x,) for x in gappy], truths=truths, ladder=self.ladder)
        mistakes = {sentence: how for sentence, (how, _) in self.mistakes.items()}
        return Exercise(
            self.reference, lambda: drawn, mistakes, self.returns, self.advice, self.keyed, tolerance=self.tolerance
        )

    def credit(self, sentences, more=False):
        """The share of the points for an answer that makes these mistakes, and maybe one more that has no name."""
        credits = [credit for _, credit in self.mistakes.values()]
        share = math.prod(self.mistakes[sentence][1] for sentence in sentences) if sentences else 0.0
        return share * min(credits) if more else share


@dataclass(frozen=True)
class Question:
    """A question that a person marks.

    name     of the cell: its tag is `manual` and its metadata's `question` is this name
    title    as the class reads it
    points   for a full answer
    rubric   `{points: sentence}`, what an answer shows that gets so many
    """

    name: str
    title: str
    points: float
    rubric: Mapping

    def __post_init__(self):
        validate.positive(f"points of {self.name}", self.points)
        if not self.rubric or max(self.rubric) != self.points or min(self.rubric) < 0:
            raise ValueError(
                f"rubric of {self.name} goes up to {max(self.rubric, default=0)}, points are {self.points}"
            )


@dataclass(frozen=True)
class Late:
    """What a late submission loses: nothing in the hours of grace, then a share for each day begun, at most so much."""

    grace_hours: float = 0.0
    per_day: float = 0.1
    most: float = 0.5

    def __post_init__(self):
        validate.nonnegative("grace_hours", self.grace_hours)
        validate.weight("per_day", self.per_day)
        validate.weight("most", self.most)

    @property
    def rule(self):
        """The rule in a sentence, for those who hand in.

        >>> Late(grace_hours=1, per_day=0.25).rule
        'After the deadline and 1 h of grace, each day begun costs 25 % of the points, 50 % at most.'
        """
        if not self.per_day or not self.most:
            return "Handing in late costs nothing."
        grace = f" and {self.grace_hours:g} h of grace" if self.grace_hours else ""
        day, most = 100 * self.per_day, 100 * self.most
        return f"After the deadline{grace}, each day begun costs {day:g} % of the points, {most:g} % at most."

    def factor(self, hours):
        """What the points are multiplied by after so many hours beyond the date that held for this student.

        >>> Late(grace_hours=1, per_day=0.25).factor(26)
        0.5
        """
        beyond = validate.nonnegative("hours", hours)
        days = math.ceil(beyond / 24) if beyond > self.grace_hours else 0
        return 1 - min(self.most, days * self.per_day)


@dataclass(frozen=True, eq=False)
class Assignment:
    """An assignment.

    title       as the class reads it
    tasks       a list of `Task`
    questions   a list of `Question`
    packages    the distributions that a submission may import, NumPy at least
    limits      a `Limits`
    late        a `Late`
    data        names of files beside the notebook that a submission may read
    name, folder   those of its folder, set when it is read
    """

    title: str
    tasks: list
    questions: list = field(default_factory=list)
    packages: tuple = ("numpy",)
    limits: Limits = field(default_factory=Limits)
    late: Late = field(default_factory=Late)
    data: tuple = ()
    name: str = ""
    folder: Path | None = None

    def __post_init__(self):
        names = [part.name for part in [*self.tasks, *self.questions]]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled or not names:
            raise ValueError(f"tasks and questions have the names {names}, each must be there once, and one at least")

    @functools.cached_property
    def question_cells(self):
        """`{question: the text of its cell}` as it is handed out."""
        answers = notebook.read(self.folder / f"{self.name}.ipynb").answers
        return {question.name: answers.get(question.name, "") for question in self.questions}

    @property
    def maximum(self):
        """The points for everything."""
        return sum(part.points for part in [*self.tasks, *self.questions])


def load(name, source):
    """Read the assignment that `source/name/spec.py` defines as ASSIGNMENT.

    Raises ValueError, with a sentence, where the folder, the notebook, the definition or a data file is missing.
    """
    folder = Path(source) / name
    spec = folder / "spec.py"
    for path in (spec, folder / f"{name}.ipynb"):
        if not path.is_file():
            raise ValueError(f"the assignment {name!r} has no {path.name} in {str(folder)!r}")
    loader = importlib.util.spec_from_file_location(f"assignment_{name}", spec)
    module = importlib.util.module_from_spec(loader)
    try:
        loader.loader.exec_module(module)
    except Exception as problem:
        raise ValueError(f"{str(spec)!r} cannot be read: {_where(problem, spec)}") from problem
    found = getattr(module, "ASSIGNMENT", None)
    if not isinstance(found, Assignment):
        raise ValueError(f"{str(spec)!r} defines ASSIGNMENT as {found!r}, an Assignment is wanted")
    for file in found.data:
        if not (folder / file).is_file():
            raise ValueError(f"the assignment {name!r} names the data file {file!r}, which is not in {str(folder)!r}")
    fields = {key: getattr(found, key) for key in found.__dataclass_fields__}
    return Assignment(**fields | {"name": name, "folder": folder})


def _where(problem, spec):
    """The error, and the last line of the specification that it came through."""
    frames = traceback.extract_tb(problem.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == spec.resolve()]
    place = f" in line {lines[-1]}" if lines else ""
    return f"{type(problem).__name__}{place}: {problem}"


def secret(path):
    """Read a secret from a file; ValueError where it is too short to be one.

    Make one with `python -c "import secrets; print(secrets.token_hex())"`, and keep it where no student reads.
    """
    content = Path(path).read_bytes().strip()
    if len(content) < SECRET:
        raise ValueError(f"secret-file holds {len(content)} bytes, at least {SECRET} are wanted")
    return content


def generator(secret, assignment, task, student):
    """Return the random generator of one student's hidden cases: HMAC-SHA256 of assignment, task and roster id.

    Without the secret nobody can draw them, and with it anybody can draw them again (RFC 2104).
    """
    said = "\0".join((assignment, task, student)).encode("utf8")
    return np.random.default_rng(int.from_bytes(hmac.digest(secret, said, hashlib.sha256), "big"))
