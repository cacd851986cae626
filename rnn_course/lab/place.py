"""Where the course's texts lie, and where a learner's copies of them do unless they say otherwise."""

from pathlib import Path

LIBRARY = Path(__file__).resolve().parent.parent
SHIPPED = LIBRARY / "_course"  # a wheel has the texts in it: tools/with_course.py puts them there
INSTALLED = SHIPPED.is_dir()
COURSE = SHIPPED if INSTALLED else LIBRARY.parent  # the folder that has notebooks/ and book/ in it


def default_folder():
    """A learner's folder where none is named: `mine` in a clone, `rnn-course` in the home where a wheel is installed.

    Raises RuntimeError where it is unknown which folder is the home.
    """
    return Path.home() / "rnn-course" if INSTALLED else COURSE / "mine"
