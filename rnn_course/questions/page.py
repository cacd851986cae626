"""How questions look: HTML that needs no script and no kernel, the same in JupyterLab and on the site.

Each question is a form of radio buttons. Which feedback is seen is decided by the style sheet alone, so that it works
wherever HTML is shown; without a style sheet, and on paper, all of it can be read. On the site book/_static/predict.js
finds the class `course-guess` and keeps what was chosen, as it does for a Predict.
"""

import re
from html import escape
from pathlib import Path

from rnn_course.questions import bank

# All that a page says of itself, in one place for translators.
RIGHT, WRONG, CLEAR = "That is right.", "Not so.", "Clear my answer"
BEFORE_OPENING = "Choose an option, and you are told whether it is right, and why."
AGAIN, REFERENCE = "Read “{}” again.", "See {} in the references."

STYLE = (Path(__file__).parent / "questions.css").read_text("utf8")
LETTERS = "abcd"
# JupyterLab would take arrows and letters for its own commands; it looks at the focused element alone.
OWN_KEYS = 'data-lm-suppress-shortcuts="true"'
SYMBOL = re.compile(r"([^\W\d_]+)_(?:\{([^}]*)\}|(\w+))")
EMPHASIS = re.compile(r"\*(\w+)\*")
POWER = re.compile(r"\^(?:\{([^}]*)\}|(\w+))")


class Asked:
    """Questions as Jupyter shows them; `repr` has them as text, without their answers."""

    def __init__(self, questions, feedback=True):
        self.questions, self.feedback = list(questions), feedback

    def __repr__(self):
        return "\n\n".join(_as_text(k, question) for k, question in enumerate(self.questions, 1))

    def _repr_html_(self):
        body = "".join(form(k, question, self.feedback) for k, question in enumerate(self.questions, 1))
        opening = f"<p>{BEFORE_OPENING}</p>" if self.feedback else ""
        return f'<style>{STYLE}</style><div class="rnn-questions">{opening}{body}</div>'


def ask(chapter):
    """The questions of a chapter, to be shown; chapter: its stem, such as "bptt".

    Raises ValueError where there is no such chapter.
    """
    return Asked(bank.questions(chapter))


def form(number, question, feedback=True):
    """A question as HTML: a form of its own, so that its buttons know of no others and can be cleared together.

    A form of `method="dialog"` sends nothing anywhere, whatever key is pressed.
    """
    options = "".join(_option(*pair) for pair in zip(LETTERS, question.options, strict=False))
    told = "".join(_told(*pair) for pair in zip(LETTERS, question.options, strict=False)) if feedback else ""
    told = f'<div role="status">{told}</div>' if told else ""
    clear = f'<button type="reset" {OWN_KEYS}>{CLEAR}</button>'
    return (
        f'<form method="dialog" data-question="{question.key}">'
        f'<fieldset class="course-guess" data-key="rnn-course answer {question.key}">'
        f"<legend>{number}. {as_html(question.text)}</legend>{options}{told}{clear}</fieldset></form>"
    )


def _option(letter, option):
    field = f'<input type="radio" name="answer" value="{letter}" {OWN_KEYS}>'
    return f"<label>{field}<span>{letter}. {as_html(option.text)}</span></label>"


def _told(letter, option):
    """What is said of an option once it is chosen."""
    word, kind = (RIGHT, "right") if option.right else (WRONG, "wrong")
    said = f"{as_html(option.feedback)} {escape(_stands(option.source))}"
    return f'<p data-of="{letter}" class="rnn-{kind}"><strong>{letter}. {word}</strong> {said}</p>'


def _stands(source):
    """Where it can be read again, as a sentence."""
    place, _, heading = source.partition("#")
    return (REFERENCE if place == "references" else AGAIN).format(heading.replace("$", ""))


def as_html(text):
    """A text of the bank as HTML: code between backticks, and symbols such as h_t, C_{t−1} and w^2."""
    parts = [escape(part, quote=False) for part in text.split("`")]
    parts[::2] = [_with_symbols(part) for part in parts[::2]]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return "".join(parts)


def _with_symbols(text):
    text = SYMBOL.sub(lambda found: f"<i>{found[1]}</i><sub>{found[2] or found[3]}</sub>", text)
    text = POWER.sub(lambda found: f"<sup>{found[1] or found[2]}</sup>", text)
    return EMPHASIS.sub(r"<em>\1</em>", text)


def _as_text(number, question):
    options = (f"   {letter}. {option.text}" for letter, option in zip(LETTERS, question.options, strict=False))
    return "\n".join([f"{number}. {question.text}", *options])
