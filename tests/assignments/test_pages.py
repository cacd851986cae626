"""The reports: all of it is there, and whatever a student wrote is text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from test_predict import AXE, RUN_AXE, WCAG

from rnn_course.assignments import marking, pages, specification, standing
from rnn_course.assignments.by_hand import Given
from rnn_course.assignments.gradebooks.collecting import COLUMNS

ASSIGNMENT = specification.load("means", Path(__file__).parent / "examples")
EVIL = "<script>document.title='x'</script><img src=x onerror=alert(x)>`\"'&{{ 7 * 7 }}{% x %}"


def one(id="1", name=EVIL, text=EVIL, states=("wrong", "open"), points=1.0):
    parts = [
        marking.Part("means", points, 4, states[0], text, ("Time is the first axis.",) if points == 1 else ()),
        marking.Part("without_mean", 0.0, 6, states[1], text),
    ]
    errors = [{"cell": k, "error": f"ValueError: {text}", "line": text} for k in range(1, 25)]
    report = marking.Report(parts, errors, [text], {"why": text})
    row = dict.fromkeys(COLUMNS, "") | {"id": id, "name": name, "late_hours": "3"}
    given = {(id, "why"): Given(1.0 if points else None, text)}
    return standing.of(ASSIGNMENT, row, report, given, {(id, "total"): Given(2.0, text)} if points == 4 else {})


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.seen, self.words, self.quiet = set(), [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attributes)

    def handle_data(self, data):
        self.words.append(data)


OURS = set(
    "html head meta title style body main h1 h2 p strong span div svg circle path code ul li pre blockquote table"
    " caption thead tbody tr th td rect br".split()
)


@pytest.mark.parametrize("kind", ["report", "summary"])
def test_what_a_student_wrote_is_text(kind):
    student = one(points=0.0)
    found = Tags(pages.report(ASSIGNMENT, student) if kind == "report" else pages.summary(ASSIGNMENT, [student]))
    assert found.seen <= OURS
    assert "49" not in "".join(found.words)
    assert EVIL.split("`")[0] in "".join(found.words)


def test_a_report_has_points_verdicts_answers_comments_errors_and_lateness():
    text = " ".join(
        re.sub(
            r"<style>.*?</style>|<[^>]+>", " ", pages.report(ASSIGNMENT, one(name="Öz, A", text="said")), flags=re.S
        ).split()
    )
    for words in (
        "Öz, A (1)",
        "1.5 of 12 points",
        "Handed in 3 hours late: 2 points are multiplied by 0.75.",
        "means 1 of 4",
        "Not yet. said",
        "Not attempted. said",
        "Why over time? 1 of 2",
        "Your answer: said Comment: said",
        "Cell 20: ValueError: said at said",
        "Cells besides these: 4.",
        "Noticed besides said",
    ):
        assert words in text, (words, text)
    assert "Cell 21" not in text


def test_a_long_answer_is_cut():
    page = pages.report(ASSIGNMENT, one(text="x" * 50_000))
    assert (
        "x" * pages.ANSWER + " …" in page and "x" * (pages.ANSWER + 1) not in page.split("<pre>")[1].split("</pre>")[0]
    )


def test_the_page_on_the_class_counts_and_names_nobody():
    class_ = [
        one("1", "Anna", "3 of 13 agree, off by up to 0.5"),
        one("2", "Ben", "4 of 15 agree, off by up to 0.7", points=0.0),
    ]
    class_ += [
        one("3", "Cem", "3 of 14 agree, off by up to 0.1", points=0.0),
        one("4", "Dora", "x", ("right", "right"), 4),
    ]
    nothing = standing.of(ASSIGNMENT, dict.fromkeys(COLUMNS, "") | {"id": "5", "name": "Eva"}, None, {}, {})
    page = pages.summary(ASSIGNMENT, [*class_, nothing])
    assert not any(name in page for name in ("Anna", "Ben", "Cem", "Dora", "Eva"))
    text = " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S).split())
    assert "Notebooks: 4 of 5. Marked to the end: 2. Points" in text  # a mean of some would mislead
    assert "… agree, off by up to … 2" in text and "Time is the first axis. 1" in text
    assert "ValueError 4" in text and "1.2 to under 2.4 2" in text
    assert "Marked to the end: 2. Median: 1.75 of 12 points. Mean: 1.75." in pages.summary(
        ASSIGNMENT, [class_[0], class_[3], nothing]
    )
    assert pages.summary(ASSIGNMENT, [nothing]).count("<h2") == 0


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_every_reader_and_run_no_script(page, scheme, tmp_path):
    assert AXE.exists(), "axe-core is not installed: run `make book` with npm installed"
    class_ = [one(str(k), f"N{k}", states=("right", "open")[:: 1 - 2 * (k % 2)]) for k in range(4)]
    made = {"report": pages.report(ASSIGNMENT, class_[0]), "summary": pages.summary(ASSIGNMENT, class_)}
    page.emulate_media(color_scheme=scheme)
    for name, content in made.items():
        (tmp_path / f"{name}.html").write_text(content, "utf8")
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert page.title() != "x"
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.evaluate(AXE.read_text("utf8"))
            assert page.evaluate(RUN_AXE, WCAG) == []
