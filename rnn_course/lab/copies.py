"""Copies of the course's files in a folder of the learner's: what was written there is never written over.

For each copy the folder remembers which version of the course it was made from. A copy that still says the same is
brought up to date; one that the learner has changed stays, and the course's new version is laid beside it.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from rnn_course import files

STATE = ".course.json"


class Copy(NamedTuple):
    """A file in the learner's folder, and the course's newer version of it where that lies beside it, or None."""

    path: Path
    beside: Path | None = None


class Copies:
    """The copies in a folder, used as `with Copies(folder) as copies`, by one process at a time."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._lock = files.locked(self.folder / STATE)

    def __enter__(self):
        self._lock.__enter__()
        self._made = _read_state(self.folder / STATE)
        self._before = dict(self._made)
        return self

    def __exit__(self, *error):
        try:
            if self._made != self._before:
                files.write(self.folder / STATE, json.dumps({"made": self._made}, indent=1, sort_keys=True) + "\n")
        finally:
            self._lock.__exit__(*error)

    def put(self, name, content):
        """Bring the learner's copy of a file, `name` within the folder, up to date if they have not changed it.

        Returns a Copy. What a learner has changed stays as it is; `content`, the course's bytes, is then laid beside
        it, once: whoever deletes it there is not given it again before the course changes.
        """
        path, wanted = self.folder / name, digest(name, content)
        own = _digest_of(path)
        if own == wanted:
            self._made[name] = wanted
            return Copy(path)
        if own is None or own == self._made.get(name):
            self._write(name, content, wanted)
            return Copy(path)
        if self._made.get(name) == wanted:
            return Copy(path)
        return Copy(path, self._lay_beside(name, content, wanted))

    def _lay_beside(self, name, content, wanted):
        """Where a new version lies: in the first `NAME.new` of which the learner has written nothing."""
        stem, dot, ending = name.rpartition(".")
        number = 1
        while True:
            beside = f"{stem}.new{number if number > 1 else ''}{dot}{ending}"
            own = _digest_of(self.folder / beside)
            if self._made.get(beside) == wanted or own == wanted:
                self._made[beside] = wanted
                return self.folder / beside if own else None
            if own is None or own == self._made.get(beside):
                self._write(beside, content, wanted)
                return self.folder / beside
            number += 1

    def _write(self, name, content, digest):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content)
        self._made[name] = digest


def digest(name, content):
    """A digest of a file's bytes; of a notebook's cells as they were typed, whatever they have put out.

    None of a notebook that cannot be read is the same as any other.
    """
    if name.endswith(".ipynb"):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            typed = [
                (cell["cell_type"], "".join(cell["source"]), cell.get("attachments") or {})
                for cell in json.loads(content)["cells"]
            ]
            content = json.dumps(typed, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def _digest_of(path):
    """The digest of a file of the learner's; None where there is none."""
    try:
        return digest(path.name, path.read_bytes())
    except FileNotFoundError:
        return None


def _read_state(path):
    """`{name: digest of what it was made from}`; nothing where that is lost: then every copy is the learner's."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        made = json.loads(path.read_text("utf8"))["made"]
        if isinstance(made, Mapping):
            return {name: made[name] for name in made if isinstance(made[name], str)}
    return {}
