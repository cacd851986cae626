"""A sheet with all questions, without feedback, whose answers are kept in a file of the learner's own."""

from pathlib import Path

import anywidget
from traitlets import Dict, Unicode

from rnn_course import validate
from rnn_course.questions import answers
from rnn_course.questions.bank import CONCEPTS, every_question
from rnn_course.questions.page import LETTERS, Asked

# All that it says, in one place for translators.
KEPT = "{done} of {all} answers are in {file}."
NOT_KEPT = "This answer could not be kept: {problem}"


class Sheet(anywidget.AnyWidget):
    """The questions as a page that tells what was chosen; `chosen` is `{key: letter}`, and each change is kept.

    which: before or after the course. path: the file; what it holds already stands chosen. Raises ValueError where the
    file holds something else.
    """

    _esm = Path(__file__).with_name("sheet.js").read_text("utf8")
    html = Unicode().tag(sync=True)
    said = Unicode().tag(sync=True)
    chosen = Dict().tag(sync=True)

    def __init__(self, which, path=answers.NAME):
        self.which, self.path = validate.one_of("which", which, answers.WHICH), validate.path("path", path)
        self.questions = _by_concept(every_question())
        super().__init__(html=Asked(self.questions.values(), feedback=False)._repr_html_(), chosen=self._held())
        self.said = self._count()
        self.observe(self._keep, "chosen")

    def _held(self):
        """What the file holds of this round, `{key: letter}`; what is no question or option any more is left out."""
        held = {answer.key: answer.option for answer in answers.read(self.path) if answer.which == self.which}
        return {
            key: letter
            for key, question in self.questions.items()
            for letter, option in zip(LETTERS, question.options, strict=False)
            if held.get(key) == option.name
        }

    def _keep(self, change):
        """Keep what has changed, an answer that was taken back included."""
        try:
            for key, question in self.questions.items():
                letter = change["new"].get(key)
                if letter != change["old"].get(key):
                    option = None if letter is None else question.options[LETTERS.index(letter)]
                    answers.note(self.path, question, option, self.which)
            self.said = self._count()
        except (OSError, ValueError) as problem:
            self.said = NOT_KEPT.format(problem=problem)

    def _count(self):
        return KEPT.format(done=len(self.chosen), all=len(self.questions), file=self.path.name)


def _by_concept(questions):
    """The questions in the order of their concepts, `{key: Question}`."""
    concepts = list(CONCEPTS)
    return dict(sorted(questions.items(), key=lambda pair: concepts.index(pair[1].concept)))
