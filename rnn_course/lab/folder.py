"""A learner's folder: chapters in `notebooks/`, the pages that they link to in `book/`, the Start page, progress."""

import os
from pathlib import Path
from typing import NamedTuple

from rnn_course.lab import progress
from rnn_course.lab.chapters import read_chapters
from rnn_course.lab.copies import Copies
from rnn_course.lab.place import COURSE
from rnn_course.lab.start import start_page

START = "Start.md"
PARTS = ("notebooks", "book", "rnn_course")
PROVENANCE = "rnn_course/data/PROVENANCE.toml"  # the page of references links to it
FORMS = ("notebooks/[0-9][0-9]_*.ipynb", "book/*.md", "book/*.ipynb", "book/images/*", PROVENANCE)


class Opened(NamedTuple):
    """What a learner is shown first, the path of a page, and the chapters that have changed, `{path: new version}`."""

    start: Path
    changed: dict


class Learner:
    """The folder of a learner, which holds copies of a course.

    The copies lie in it as the originals lie in the course, so that each link in them leads to a copy.
    """

    def __init__(self, folder, course=COURSE):
        self.folder, self.course = Path(folder).absolute(), Path(course)
        self.progress = self.folder / progress.NAME

    def open(self):
        """Bring the copies up to date where the learner has not changed them, and write the Start page: an Opened.

        Raises OSError where the folder cannot be made or written, ValueError where it is a clone of the course or in a
        part of one.
        """
        self._check_place()
        self.folder.mkdir(parents=True, exist_ok=True)
        with Copies(self.folder) as copies:
            put = [copies.put(*self._original(path)) for path in self._originals()]
            page = self._put_start(copies)
        changed = {copy.path: copy.beside for copy in put if copy.beside and copy.path.suffix == ".ipynb"}
        return Opened(page.beside or page.path, changed)

    def write_start(self):
        """Write the Start page anew, with what has been done by now."""
        with Copies(self.folder) as copies:
            self._put_start(copies)

    def chapters(self):
        """The chapters of the course, in their order."""
        return read_chapters(self.course / "notebooks")

    def _check_place(self):
        folder = Path(os.path.realpath(self.folder))
        clones = [place for place in (folder, *folder.parents) if (place / "rnn_course" / "__init__.py").is_file()]
        for course in (Path(os.path.realpath(self.course)), *clones):
            if folder == course or any(folder.is_relative_to(course / part) for part in PARTS):
                raise ValueError(
                    f"{folder} belongs to the course, and your copies must not take the place of its files"
                )

    def _originals(self):
        return [path for form in FORMS for path in sorted(self.course.glob(form)) if path.is_file()]

    def _original(self, path):
        return path.relative_to(self.course).as_posix(), path.read_bytes()

    def _put_start(self, copies):
        try:
            passed = set(progress.read(self.progress))
        except ValueError:  # the page shows what is known; `rnn-course progress` says why that is nothing
            passed = set()
        newer = sorted(path.name for path in self.folder.glob("notebooks/*.new*.ipynb"))
        return copies.put(START, start_page(self.chapters(), passed, newer).encode())


def note(exercise):
    """Note that a learner's answer has passed the check of this name, where that is wanted.

    Returns a sentence if it could not be noted, else None.
    """
    path = progress.place()
    try:
        if path and progress.add(path, exercise):
            Learner(path.parent).write_start()
    except (OSError, ValueError) as problem:
        return f"This could not be noted: {problem}"
    return None
