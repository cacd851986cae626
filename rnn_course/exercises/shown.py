"""How a verdict looks: a sign, a word and a colour of its own for right, wrong and not attempted, drawn as HTML.

The colours stand out on white and on black alike, and the text has the colour of the page around it.
"""

import re
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from rnn_course.exercises.returned import NOTHING_YET

FRAME = (
    '<div style="display:flex;gap:.7em;align-items:flex-start;border-left:.3em {line} {colour};'
    'padding:.4em .8em;margin:.4em 0;max-width:48em">'
    '<svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke-width="2.2" stroke-linecap="round" '
    'stroke-linejoin="round" style="flex:none" aria-hidden="true">{sign}</svg>'
    "<div><strong>{word}</strong> {message}</div></div>"
)


class Look(NamedTuple):
    """The word, the colour, the line at the side and the sign of a kind of verdict."""

    word: str
    colour: str
    line: str
    sign: str


RIGHT = Look(
    "Right.",
    "#2E8B57",
    "solid",
    '<circle cx="11" cy="11" r="10" fill="#2E8B57"/><path d="M6 11.5l3.5 3.5 6.5-7.5" stroke="#fff"/>',
)
WRONG = Look(
    "Not yet.",
    "#D55E00",
    "double",
    '<path d="M11 2L20.5 19.5H1.5Z" fill="#D55E00" stroke="#D55E00"/><path d="M11 8.2v4.8M11 16.6v.1" stroke="#fff"/>',
)
OPEN = Look(
    "Not attempted.",
    "#808080",
    "dashed",
    '<circle cx="11" cy="11" r="9.5" stroke="#808080" stroke-dasharray="3.2 3.9"/>',
)


@dataclass(frozen=True, repr=False)
class Told:
    """What is told of an answer: whether it is right, and one or two sentences that say why; Jupyter shows it drawn."""

    passed: bool
    message: str

    @property
    def look(self):
        """How it is shown: as right, as wrong, or as not attempted."""
        return RIGHT if self.passed else OPEN if self.message == NOTHING_YET else WRONG

    def __repr__(self):
        return f"{self.look.word} {self.message}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self._bundle(self.message)

    def _bundle(self, message):
        return {"text/plain": f"{self.look.word} {message}", "text/html": drawn(self.look, message)}


def drawn(look, message):
    """A verdict as HTML. The message is text with code between backticks, and list items on lines that begin with -."""
    return FRAME.format(line=look.line, colour=look.colour, sign=look.sign, word=look.word, message=as_html(message))


def as_html(message):
    """Text as HTML: what an error says of `<lambda>` stays text."""
    first, *items = re.split(r"\n- ", message)
    listed = "".join(f"<li>{_line(item)}</li>" for item in items)
    return _line(first) + (f'<ul style="margin:.3em 0 0;padding-left:1.4em">{listed}</ul>' if items else "")


def _line(text):
    parts = [escape(part).replace("\n", "<br>") for part in text.split("`")]
    if len(parts) % 2 == 0:  # a backtick that nothing closes is a backtick
        parts[-2:] = ["`".join(parts[-2:])]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts)
