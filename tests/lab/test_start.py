"""The Start page says what there is and what has been done."""

from rnn_course.lab.chapters import Chapter
from rnn_course.lab.start import done, start_page

CHAPTERS = [Chapter("01_a.ipynb", "First", {1: {"x"}, 2: {"y", "z"}}), Chapter("02_b.ipynb", "Second", {1: {"u"}})]


def test_what_is_done_in_a_chapter():
    assert done(CHAPTERS[0], set()) == ("0 of 2", "1, 2")
    assert done(CHAPTERS[0], {"x", "y"}) == ("1 of 2", "2")
    assert done(CHAPTERS[0], {"x", "y", "z", "u"}) == ("2 of 2", "–")


def test_the_page_begins_with_the_first_chapter_and_counts_all():
    page = start_page(CHAPTERS, {"x"}, [])
    assert "Open the first chapter: [First](notebooks/01_a.ipynb)." in page and "Shift + Enter" in page
    assert "\n| [First](notebooks/01_a.ipynb) | 1 of 2 | 2 |\n| [Second](notebooks/02_b.ipynb) | 0 of 1 | 1 |\n" in page
    assert "Newer versions" not in page and "{" not in page


def test_newer_versions_are_offered():
    page = start_page(CHAPTERS, set(), ["02_b.new.ipynb"])
    assert "## Newer versions" in page and "\n- [02_b.new.ipynb](notebooks/02_b.new.ipynb)\n" in page
