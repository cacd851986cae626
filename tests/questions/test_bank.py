"""The questions: what their files may say, sources that are there, and nothing in their form that gives the answer."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from rnn_course.questions import CONCEPTS, bank, every_question

ROOT = Path(__file__).resolve().parent.parent.parent
STEMS = {path.stem.partition("_")[2]: path for path in (ROOT / "notebooks").glob("*.ipynb")}
QUESTIONS = every_question()

every = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


def markdown(path):
    """All Markdown of a notebook."""
    cells = json.loads(path.read_text("utf8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def headings(place):
    text = (ROOT / "book" / "references.md").read_text("utf8") if place == "references" else markdown(STEMS[place])
    return set(re.findall(r"^#{2,3} (.+)$", text, re.MULTILINE))


def shown(text):
    """A text as long as it is on the page."""
    return re.sub(r"[`{}]", "", text)


# ---- The bank --------------------------------------------------------------------------------------------------------


def test_each_chapter_has_four_questions_and_shows_them_before_its_summary():
    assert bank.chapters() == sorted(STEMS) and len(STEMS) == 9
    for stem, path in STEMS.items():
        assert len(bank.questions(stem)) == 4
        cells = ["".join(cell["source"]) for cell in json.loads(path.read_text("utf8"))["cells"]]
        [k] = [k for k, text in enumerate(cells) if text.startswith("## Check yourself")]
        assert cells[k + 1] == f'from rnn_course import questions\n\nquestions.ask("{stem}")'
        assert cells[k + 2].startswith("## Summary")


def test_each_concept_has_three_questions_or_more():
    counts = Counter(question.concept for question in QUESTIONS.values())
    assert counts.keys() == CONCEPTS.keys() and min(counts.values()) >= 3


@every
def test_a_source_is_a_heading_that_is_there(question):
    for option in question.options:
        place, _, heading = option.source.partition("#")
        assert heading in headings(place), option.source


@every
def test_each_wrong_option_is_one_mistake_of_its_own(question):
    """Three of them, told apart by name and by what is said of them."""
    wrong = [option for option in question.options if not option.right]
    assert len(wrong) == 3 and question.answer not in wrong
    for several in ([o.misconception for o in wrong], [o.feedback for o in question.options]):
        assert len(set(several)) == len(several)
    assert not any(option.misconception.endswith(".") for option in wrong)
    assert all(option.feedback.endswith(".") and len(option.feedback) > 30 for option in question.options)


@every
def test_options_are_about_equally_long(question):
    lengths = [len(shown(option.text)) for option in question.options]
    assert max(lengths) < 1.25 * min(lengths)


def test_neither_place_nor_length_gives_the_right_option_away():
    """Every place is right in some, in each chapter in two at least; who takes the longest or the shortest is right
    about as often as by chance."""
    place = {key: question.options.index(question.answer) for key, question in QUESTIONS.items()}
    counts = Counter(place.values())
    assert set(counts) == {0, 1, 2, 3} and max(counts.values()) <= 12
    for chapter in bank.chapters():
        assert len({place[question.key] for question in bank.questions(chapter)}) >= 2
    for pick in (max, min):
        right = 0
        for question in QUESTIONS.values():
            lengths = [len(shown(option.text)) for option in question.options]
            right += lengths[place[question.key]] == pick(lengths)
        assert 3 <= right <= 14, f"the {pick.__name__} is right {right} times of 36"


@every
def test_texts_are_plain_and_whole(question):
    texts = [question.text, *(part for option in question.options for part in (option.text, option.feedback))]
    assert question.text.endswith("?")
    for text in texts:
        assert "$" not in text and "<" not in text and text.count("`") % 2 == 0 and "  " not in text
        assert text == text.strip()


# ---- What a file may say ---------------------------------------------------------------------------------------------


def a_file(question="", right="", wrong="", options=2):
    """The text of a file with one question; the three arguments are lines that take the place of those they name."""

    def lines(own, new):
        own |= dict(line.split(" = ", 1) for line in new.splitlines())
        return "\n".join(f"{name} = {value}" for name, value in own.items() if value != "gone")

    head = lines({"key": '"bptt-one"', "concept": '"gradients"', "text": '"Which?"'}, question)
    common = {"feedback": '"So it is."', "source": '"bptt#Look first"'}
    parts = [lines({"text": '"this"', "right": "true"} | common, right)]
    for k in range(options):
        parts.append(lines({"text": f'"that {k}"', "misconception": f'"mistake {k}"'} | common, wrong))
    return f"[[question]]\n{head}\n" + "".join(f"[[question.option]]\n{part}\n" for part in parts)


def test_a_file_is_read():
    [question] = bank.read(a_file(), "bptt")
    assert (question.key, question.concept, question.text) == ("bptt-one", "gradients", "Which?")
    assert [option.name for option in question.options] == ["right", "mistake 0", "mistake 1"]
    assert question.answer is question.options[0] and question.named("mistake 1") is question.options[2]
    with pytest.raises(ValueError, match="bptt-one has no option 'other'"):
        question.named("other")


@pytest.mark.parametrize(
    "text, said",
    [
        ("[[question", "no TOML"),
        ("other = 1", "hold other"),
        (a_file('key = "one"'), "key 'one', it must begin with bptt-"),
        (a_file('key = "bptt-"'), "key 'bptt-'"),
        (a_file("key = 3"), "key 3"),
        (a_file('concept = "luck"'), "bptt-one: concept is 'luck', it must be one of state, memory"),
        (a_file("text = gone"), "bptt-one lacks text"),
        (a_file('text = " "'), "bptt-one: text is ' ', it must be a text"),
        (a_file('hint = "h"'), "bptt-one has hint, which has no meaning there"),
        (a_file(right="right = false"), "right is False"),
        (a_file(right="right = gone"), "bptt-one lacks misconception"),
        (a_file(right='misconception = "m"'), "bptt-one has misconception, which has no meaning"),
        (a_file(right='right = gone\nmisconception = "m"'), "bptt-one has 0 right options"),
        (a_file(wrong="misconception = gone\nright = true"), "bptt-one has 3 right options"),
        (a_file(wrong='misconception = "same"'), "misconceptions must all differ, and same"),
        (a_file(wrong='text = "same"'), "texts must all differ, and same"),
        (a_file(wrong="feedback = gone"), "bptt-one lacks feedback"),
        (a_file(wrong='source = "text#Look first"'), "source is 'text#Look first', it must be bptt#HEADING"),
        (a_file(wrong='source = "bptt"'), "source is 'bptt'"),
        (a_file(options=1), "has 2 options, it must have 3 to 4"),
        (a_file(options=4), "has 5 options"),
        (a_file() + a_file(), "keys must all differ, and bptt-one is there twice"),
    ],
)
def test_what_a_file_may_not_say(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        bank.read(text, "bptt")


def test_a_chapter_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="chapter is 'other', it must be one of attention, background"):
        bank.questions("other")
