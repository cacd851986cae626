"""Results that take longer than a chapter may: recorded beforehand, each with the command that makes them again."""

import json
from importlib.resources import files

from rnn_course import validate

PROVENANCE = ("command", "date", "versions", "settings")


def load_record(name):
    """Read a recorded result by name, such as "long_range".

    Returns the record as plain dicts and lists; it names its `command`, `date`, library `versions` and `settings`.
    Raises ValueError for an unknown name and for a record that does not say how it was made.
    """
    folder = files("rnn_course") / "data" / "recorded"
    known = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    validate.one_of("name", name, known)
    return with_provenance(name, json.loads((folder / f"{name}.json").read_text("utf-8")))


def with_provenance(name, record):
    """The record, if it says how it was made; otherwise a ValueError that names what is missing."""
    missing = [field for field in PROVENANCE if not record.get(field)]
    if missing:
        raise ValueError(
            f"the record {name!r} does not say its {', '.join(missing)}: a result without that does not count"
        )
    return record
