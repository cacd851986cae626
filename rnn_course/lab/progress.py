"""Which exercises a learner has solved: a file of their own, and nobody else's. Nothing is sent anywhere.

`rnn-course lab` names the file in the environment variable `RNN_COURSE_PROGRESS`. Where it is not set, or is `off`,
nothing is noted; nor in a notebook outside the folder of that file, so that tests and the build of the site leave no
trace.
"""

import datetime
import json
import os
from pathlib import Path

from rnn_course import files

VARIABLE = "RNN_COURSE_PROGRESS"
NAME = "progress.json"


def add(path, exercise):
    """Note in a file that the check of this name has passed; whether that is new.

    Raises OSError where the file cannot be written, ValueError if it is no record of progress.
    """
    with files.locked(path):
        passed = read(path)
        if exercise in passed:
            return False
        passed[exercise] = datetime.date.today().isoformat()
        files.write(path, json.dumps({"passed": passed}, indent=1, sort_keys=True) + "\n")
        return True


def read(path):
    """The checks that have passed, `{name: date}`; none if there is no file.

    Raises ValueError, with a sentence, if the file is none of these.
    """
    try:
        passed = json.loads(Path(path).read_text("utf8"))["passed"]
        return {str(name): str(date) for name, date in passed.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} cannot be read as a record of progress: mend it or delete it") from None


def place():
    """The file to note in, a Path, or None where nothing is to be noted."""
    value = os.environ.get(VARIABLE, "")
    if value.lower() in ("", "off"):
        return None
    path = Path(os.path.realpath(value))
    return path if Path.cwd().is_relative_to(path.parent) else None
