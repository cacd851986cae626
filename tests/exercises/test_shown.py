"""How a verdict is drawn: text stays text, and its colours can be seen on light and on dark."""

import html
import re
from html.parser import HTMLParser

import pytest

from rnn_course.exercises.shown import OPEN, RIGHT, WRONG, as_html, drawn


def luminance(colour):
    """Of #RRGGBB, by WCAG 2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", [RIGHT, WRONG, OPEN])
@pytest.mark.parametrize("page", ["#FFFFFF", "#111111", "#1A1A1A"])  # JupyterLab light and dark, the site dark
def test_a_colour_stands_out_on_every_page(look, page):
    dark, light = sorted((luminance(look.colour), luminance(page)))
    assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize("look", [RIGHT, WRONG, OPEN])
def test_the_text_has_the_colour_of_the_page(look):
    shown = drawn(look, "So.")
    assert "background" not in shown and not re.search(r"[;\"]color:", shown)
    assert f"<strong>{look.word}</strong> So." in shown and "<svg" in shown and 'aria-hidden="true"' in shown


class Tags(HTMLParser):
    """The tags that are opened, the text, and whether all that opens is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.open += [tag] if tag != "br" else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_message_is_shown_as_it_was_written():
    """Nothing of an error's text turns into markup, code stays code, and lines that begin with - are a list."""
    raised = 'Your function raised TypeError: <lambda>() or __init__() got *args, [1](2) & "x". The line is `a * <b>`.'
    read = Tags(as_html(raised + "\n- b_f is missing in f_t.\n- `W_xi` too."))
    assert read.tags == ["code", "ul", "li", "li", "code"] and not read.open
    assert read.text == raised.replace("`", "") + "b_f is missing in f_t.W_xi too."


@pytest.mark.parametrize("odd", ["one ` alone", "`a` and one ` more", "```", "", "two\nlines <i>"])
def test_odd_messages_lose_nothing(odd):
    read = Tags(as_html(odd))
    assert not read.open and set(read.tags) <= {"code", "br"}
    assert html.unescape(read.text).replace("`", "") == odd.replace("`", "").replace("\n", "")
