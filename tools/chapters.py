"""Write the table of chapters, book/chapters.toml, into the pages that show it: python tools/chapters.py

In a page, what lies between the comments `chapters: NAME` and `chapters: end` is made from the table.
"""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / name for name in ("README.md", "book/_toc.yml", "book/index.md", "book/instructor.md")]
REGION = re.compile(
    r"^(?P<start>.*chapters: (?P<name>(?!end)\w+).*\n)(?P<text>(?:.*\n)*?)(?P<end>.*chapters: end)", re.M
)


def read_table():
    """The chapters that are written and those that are to come, as dictionaries, in the table's order."""
    chapters = tomllib.loads((ROOT / "book" / "chapters.toml").read_text("utf8"))["chapter"]
    return [c for c in chapters if "after" in c], [c for c in chapters if "after" not in c]


def notebook(chapter):
    """Where a chapter's notebook is, from the root, without its ending."""
    return f"notebooks/{chapter['number']:02d}_{chapter['stem']}"


def within(title):
    """A title inside a sentence: `LSTM gates`, but `background`."""
    return title if title[1].isupper() else title[0].lower() + title[1:]


def contents(written, to_come, up):
    return [f"      - file: {notebook(chapter)}" for chapter in written]


def goals(written, to_come, up):
    rows = [f"| {link(chapter, up)} | {chapter['after']} |" for chapter in written]
    coming = ", ".join(within(chapter["title"]) for chapter in to_come)
    return ["| chapter | after it you can |", "|---|---|", *rows, *(["", f"To come: {coming}."] if coming else [])]


def needs(written, to_come, up):
    titles = {chapter["stem"]: within(chapter["title"]) for chapter in written}
    rows = [
        f"| {link(chapter, up)} | {', '.join(titles[stem] for stem in chapter['builds_on']) or '–'} "
        f"| {chapter['minutes']} min | {chapter['data']} |"
        for chapter in written
    ]
    return ["| chapter | builds on | student's time | data |", "|---|---|---|---|", *rows]


def questions(written, to_come, up):
    return [f"- *{chapter['title']}:* {chapter['discuss']}" for chapter in written]


def kept(written, to_come, up):
    numbers = [f"{within(chapter['title'])} ({chapter['number']:02d})" for chapter in to_come]
    return [f"Chapters to come, whose numbers are kept: {', '.join(numbers)}."] if numbers else []


def link(chapter, up):
    return f"[{chapter['title']}]({up}{notebook(chapter)}.ipynb)"


MAKERS = {make.__name__: make for make in (contents, goals, needs, questions, kept)}


def filled(page, text, written, to_come):
    """The page's text with what lies between the marks made anew from the table."""
    up = "../" * (len(page.relative_to(ROOT).parts) - 1)
    # A table needs an empty line on either side of it, and a list in YAML none.
    around = "\n" if page.suffix == ".md" else ""

    def region(match):
        lines = MAKERS[match["name"]](written, to_come, up)
        return match["start"] + around + "".join(f"{line}\n" for line in lines) + around + match["end"]

    return REGION.sub(region, text)


def main():
    written, to_come = read_table()
    for page in PAGES:
        page.write_text(filled(page, page.read_text("utf8"), written, to_come), "utf8")


if __name__ == "__main__":
    main()
