"""What was gained between two rounds of the same questions, concept by concept: Hake's normalised gain."""

from typing import NamedTuple

from rnn_course import validate
from rnn_course.questions import answers
from rnn_course.questions.bank import CONCEPTS
from rnn_course.tables import html_table

ALL = "all"
HEADER = ("concept", "learners", "questions", "before", "after", "gain")
CAPTION = "Share of right answers before and after, and what was gained of what could be gained"
NOTHING_YET = "No question has been answered before and after. Answer some of them both times, and run this cell again."


def normalised_gain(before, after):
    """Return (after − before) / (1 − before), the share of what was not known before that is known after.

    before, after: shares of right answers, from 0 to 1. It is negative where less is right after than before. Where all
    was right before there was nothing to gain, and it is None: undefined, and not zero. Raises ValueError for a number
    that is no share. Source: Hake (1998).
    """
    validate.weight("before", before)
    validate.weight("after", after)
    return None if before == 1 else (after - before) / (1 - before)


class Gain(NamedTuple):
    """The shares of right answers to the questions of a concept, before and after."""

    concept: str
    learners: int
    questions: int
    before: float
    after: float

    @property
    def gain(self):
        """Their normalised gain, None where all was right before."""
        return normalised_gain(self.before, self.after)


class Gains(list):
    """A Gain for each concept that was asked for both times, and one for all; shows itself as a table."""

    def __repr__(self):
        if not self:
            return NOTHING_YET
        rows = [HEADER, *self._rows()]
        widths = [max(len(row[k]) for row in rows) for k in range(len(HEADER))]
        return "\n".join("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)) for row in rows)

    def _repr_html_(self):
        return html_table(self._rows(), header=HEADER, caption=CAPTION) if self else f"<p>{NOTHING_YET}</p>"

    def _rows(self):
        for one in self:
            said = "undefined" if one.gain is None else f"{one.gain:.2f}"
            name = CONCEPTS.get(one.concept, one.concept)
            yield name, str(one.learners), str(one.questions), f"{one.before:.2f}", f"{one.after:.2f}", said


def learner_gain(path=answers.NAME):
    """The gain of one learner, whose answers lie in a file: Gains, of the questions answered both times.

    Raises ValueError where the file holds something else.
    """
    return _gains([_pairs(path)])


def class_gain(folder):
    """The gain of a class, whose files lie in a folder, one `.csv` a learner: Gains.

    A learner counts by the questions that they answered both times. The shares are means over learners, and the gain is
    that of these means, as Hake has it; the mean of the learners' gains is another number, and undefined as soon as one
    of them knew all. Raises ValueError where there is no file, or one of them holds something else.
    """
    paths = sorted(validate.path("folder", folder).glob("*.csv"))
    if not paths:
        raise ValueError(f"folder is {str(folder)!r}, and there is no file of answers (.csv) in it")
    return _gains([_pairs(path) for path in paths])


def _pairs(path):
    """`{key: (concept, right before, right after)}` of the questions that were answered both times."""
    rounds = {which: {} for which in answers.WHICH}
    for answer in answers.read(path):
        rounds[answer.which][answer.key] = answer
    before, after = rounds.values()
    return {key: (before[key].concept, before[key].right, after[key].right) for key in before if key in after}


def _gains(learners):
    asked = {concept for pairs in learners for concept, *_ in pairs.values()}
    known = [*(concept for concept in CONCEPTS if concept in asked), *sorted(asked - CONCEPTS.keys())]
    return Gains(_gain(concept, learners) for concept in [*known, *([ALL] if known else [])])


def _gain(concept, learners):
    """The Gain in a concept: each learner's share of right answers, and of these the mean."""
    shares, keys = [], set()
    for pairs in learners:
        own = {key: rights for key, (of, *rights) in pairs.items() if concept in (of, ALL)}
        if own:
            shares.append([sum(column) / len(own) for column in zip(*own.values(), strict=True)])
            keys |= own.keys()
    before, after = (sum(column) / len(shares) for column in zip(*shares, strict=True))
    return Gain(concept, len(shares), len(keys), before, after)
