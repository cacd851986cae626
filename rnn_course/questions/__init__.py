"""Check yourself: four questions a chapter, each wrong option one mistake in thinking that has a name and a source.

`ask("bptt")` shows those of a chapter. `Sheet("before")` and `Sheet("after")` ask all of them without feedback and keep
the answers in a file; `learner_gain` and `class_gain` say what was gained in between.
"""

from rnn_course.questions.bank import CONCEPTS as CONCEPTS
from rnn_course.questions.bank import every_question as every_question
from rnn_course.questions.gain import class_gain as class_gain
from rnn_course.questions.gain import learner_gain as learner_gain
from rnn_course.questions.gain import normalised_gain as normalised_gain
from rnn_course.questions.page import ask as ask
from rnn_course.questions.sheet import Sheet as Sheet
