"""The results as they come: kept in a file, so that a comparison that was stopped goes on."""

import json
import os

from rnn_course import files, validate
from rnn_course.selection.results import FinalScore
from rnn_course.selection.task import described, made

FILE_FORMAT = "rnn_course.selection 1"


def key_of(row):
    """Which task a row is of: (size, fold, seed)."""
    return row["size"], row["fold"], row["seed"]


class ResultFile:
    """The rows by (size, fold, seed), read from a file where there is one, and added to it as they come."""

    def __init__(self, file, problem):
        self.path = None if file is None else validate.path("file", file)
        self.problem, self.rows, self.final = problem, {}, None
        if self.path is None:
            return
        for line in self._lines({"format": FILE_FORMAT, "settings": problem.fixed}):
            if "final" in line:
                self.final = FinalScore.from_fields(line["final"])
            elif "failure" not in line:  # what failed is tried again
                self.rows[key_of(line)] = line

    def _lines(self, head):
        """The lines after the head; half a line, left by a run that was killed, is cut off, if the file is ours."""
        text = self.path.read_text("utf8", errors="replace") if self.path.exists() else ""
        first = json.dumps(head) + "\n"
        if first.startswith(text):  # no file yet, an empty one, or a run was killed while it began
            files.write(self.path, first)
            return []
        whole = text[: text.rfind("\n") + 1]
        found, *lines = _parsed(whole)
        if found != head:
            raise ValueError(f"file {self.path.name!r} was made with {difference(found, head)}: name another file")
        if whole != text:
            files.write(self.path, whole)
        return lines

    def _write(self, line):
        """Add a line: what is there already is not touched, and half a line is known by its missing end."""
        if self.path is not None:
            with self.path.open("a", encoding="utf8") as file:
                file.write(json.dumps(line) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def add(self, row):
        """Keep a row."""
        self.rows[key_of(row)] = row
        self._write(row)

    def keep_final(self, score):
        """Keep a FinalScore."""
        self._write({"final": vars(score)})

    def check_models(self, keys):
        """Raise a ValueError if the results of one of these tasks are of another model than `make_model` makes now."""
        for key in keys:
            if key in self.rows:
                size, _, seed = key
                now = described(made(self.problem.make_model, size, seed))
                if now != self.rows[key]["model"]:
                    raise ValueError(
                        f"the results for size {size} and seed {seed} are of the model {self.rows[key]['model']}, "
                        f"make_model makes {now}: name another file"
                    )


def _parsed(text):
    try:
        return [json.loads(line) for line in text.splitlines()] or [None]
    except json.JSONDecodeError:
        return [None]


def difference(found, head):
    """Which settings a file has that this call does not."""
    if not isinstance(found, dict) or found.get("format") != head["format"]:
        return "something else than this function"
    pairs = [(name, found["settings"].get(name), value) for name, value in head["settings"].items()]
    return "other settings, " + ", ".join(f"{name} {was!r} and not {now!r}" for name, was, now in pairs if was != now)
