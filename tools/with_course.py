"""Setuptools' step that gathers the library, made to take the course's texts along: so a wheel is the whole course.

`pyproject.toml` names it. A clone, and an editable installation of it, has the texts where they are written; a wheel
has them in rnn_course/_course, in the same places to each other, so that their links hold.
"""

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "rnn_course/_course"  # rnn_course/lab/place.py looks for it
FORMS = (
    "notebooks/[0-9][0-9]_*.ipynb",
    "book/*.md",
    "book/*.ipynb",
    "book/*.yml",
    "book/images/*",
    "book/_ext/*.py",
    "book/_extra/**/*",  # with MathJax, where tools/vendor_assets.py has put it
    "book/_static/*",
    "book/_templates/*",
    "rnn_course/data/PROVENANCE.toml",  # pages link to it
    "tools/jupyter/**/*",
)


def texts():
    """The files that are taken along, as paths in the course's folder."""
    return sorted(path.relative_to(ROOT) for form in FORMS for path in ROOT.glob(form) if path.is_file())


class WithCourse(build_py):
    """The library's files, and the course's texts in a folder of their own among them."""

    def run(self):
        """Gather them; an editable installation needs no copies."""
        super().run()
        if self.editable_mode:
            return
        folder = Path(self.build_lib, FOLDER)
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier build, when a chapter had another name
        for path in texts():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, folder / path)

    def get_source_files(self):
        """What a source distribution has to bring so that a wheel can be built from it."""
        return [*super().get_source_files(), "tools/with_course.py", *(path.as_posix() for path in texts())]
