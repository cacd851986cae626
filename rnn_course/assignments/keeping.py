"""Reports on disk, each with the key of all that it hangs on: what has not changed is not marked again."""

import hashlib
import hmac
import json
from pathlib import Path

from rnn_course import files
from rnn_course.assignments import box
from rnn_course.assignments.marking import Part, Report

COURSE = Path(__file__).resolve().parent.parent
JUDGES = ("assignments", "exercises")  # the folders of the course that decide what a submission is worth


def setting(assignment, engine):
    """What all reports of a class hang on: the assignment's files, its packages, the engine, and the course's code."""
    judges = [path for folder in JUDGES for path in (COURSE / folder).rglob("*.py")]
    return {
        "assignment": _digest([path for path in assignment.folder.rglob("*") if _belongs(path)]),
        "packages": box.versions(assignment.packages),
        "engine": engine,
        "course": _digest(judges),
    }


def _belongs(path):
    return path.is_file() and "__pycache__" not in path.parts and ".ipynb_checkpoints" not in path.parts


def _digest(paths):
    """A digest of files, by their names and what is in them."""
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(hashlib.sha256(path.read_bytes()).digest() + path.name.encode())
    return found.hexdigest()


def key(secret, setting, student, path):
    """The key of a report, HMAC-SHA256 of the `setting`, the roster's id and the notebook: it tells nothing of them."""
    said = json.dumps([setting, student, hashlib.sha256(Path(path).read_bytes()).hexdigest()], sort_keys=True)
    return hmac.digest(secret, said.encode("utf8"), hashlib.sha256).hex()


def write(path, key, report):
    """Keep a `Report` with its key, as JSON."""
    plain = report._asdict() | {"parts": [part._asdict() for part in report.parts]}
    files.write(path, json.dumps({"key": key} | plain, indent=1, ensure_ascii=False) + "\n")


def read(path, key):
    """The `Report` that is kept with this key; None where there is none, or where it hangs on something else."""
    try:
        kept = json.loads(Path(path).read_bytes())
        if kept.pop("key") != key:
            return None
        parts = [Part(**part | {"mistakes": tuple(part["mistakes"])}) for part in kept["parts"]]
        return Report(**kept | {"parts": parts})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):  # not ours, or spoilt: it is made again
        return None
