"""Check yourself: four questions a chapter, each wrong option one mistake in thinking that has a name and a source.

`ask("bptt")` shows those of a chapter.
"""

from rnn_course.questions.bank import CONCEPTS as CONCEPTS
from rnn_course.questions.bank import every_question as every_question
from rnn_course.questions.page import ask as ask
