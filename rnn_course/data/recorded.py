"""Results that take longer than a chapter may: recorded beforehand, each with the command that makes them again."""

import json
import math
import reprlib
from importlib.resources import files

from rnn_course import validate

TRAINED = files("rnn_course") / "models" / "trained"
PROVENANCE = ("command", "date", "versions", "settings")
TEXT = {"type": "string", "pattern": r"\S"}
FACTS = {"type": "object", "minProperties": 1}
RECORD = {  # the JSON Schema that every record fits
    "type": "object",
    "required": [*PROVENANCE],
    "properties": {"command": TEXT, "date": TEXT, "versions": FACTS, "settings": FACTS},
}


def load_record(name):
    """Read a recorded result by name, such as "long_range".

    Returns the record as plain dicts and lists; it names its `command`, `date`, library `versions` and `settings`.
    Raises ValueError for an unknown name and for a record that does not say how it was made.
    """
    folder = files("rnn_course") / "data" / "recorded"
    known = sorted(entry.name.removesuffix(".json") for entry in folder.iterdir() if entry.name.endswith(".json"))
    validate.one_of("name", name, known)
    return checked_record(name, json.loads((folder / f"{name}.json").read_text("utf-8")))


def trained_file(name):
    """Return the path of a trained network that ships, `NAME.safetensors`, whether it is there or not.

    Whoever needs the path alone, as a page that hands the file on, need not load PyTorch for it.
    """
    return TRAINED / f"{name}.safetensors"


def checked_record(name, record, schema=RECORD):
    """The record, if it fits a JSON Schema; otherwise a ValueError with the field, what came and what was wanted."""
    from jsonschema import Draft202012Validator, exceptions, validators

    is_number = Draft202012Validator.TYPE_CHECKER.is_type
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: is_number(value, "number") and math.isfinite(value)
    )
    validator = validators.extend(Draft202012Validator, type_checker=types)(schema)
    try:
        error = exceptions.best_match(validator.iter_errors(record))
        said = None if error is None else f"{_field(error.absolute_path)} {_sentence(error)}"
    except (TypeError, ValueError, RuntimeError, RecursionError) as problem:
        said = f" holds what JSON cannot hold: {problem}"
    if said is not None:
        raise ValueError(f"the record {name!r}{said}")
    return record


TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a finite number",
    "integer": "a whole number",
    "null": "null",
}
WANTED = {
    "type": lambda types: " or ".join(TYPES[name] for name in ([types] if isinstance(types, str) else types)),
    "enum": lambda choices: f"one of {', '.join(map(repr, choices))}",
    "const": repr,
    "minimum": "at least {}".format,
    "exclusiveMinimum": "above {}".format,
    "pattern": lambda _: "text that is not blank",
    "minProperties": lambda _: "a mapping that is not empty",
    "minItems": lambda _: "a list that is not empty",
}


def _field(path):
    """Where in the record, as in `: results[3].batch`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f": {text.removeprefix('.')}" if text else ""


def _sentence(error):
    """What came and what was wanted, of one error of jsonschema."""
    keyword, wanted, came = error.validator, error.validator_value, error.instance
    if keyword == "required":
        return f"has no {', '.join(field for field in wanted if field not in came)}"
    if keyword == "additionalProperties":
        return f"has the unknown field {', '.join(field for field in came if field not in error.schema['properties'])}"
    return f"is {reprlib.repr(came)}, it must be {WANTED[keyword](wanted)}"
