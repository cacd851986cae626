"""Modules of the course that go where the course is not: into a submission's box, and into a student's folder."""

import re
from pathlib import Path

COURSE = Path(__file__).resolve().parent.parent


def standing_alone(path, package):
    """The text of a module, with its imports of the course's modules taken from beside it.

    path      within `rnn_course`
    package   whether the modules will be those of one package, or each stands by itself on the path
    """
    text = (COURSE / path).read_text("utf8")
    whole, dot = (r"from . import \1", ".") if package else (r"import \1", "")
    text = re.sub(r"^from rnn_course\.\w+ import (\w+)$", whole, text, flags=re.M)
    return re.sub(r"^from rnn_course\.\w+\.(\w+) import", rf"from {dot}\1 import", text, flags=re.M)
