"""The JSON Schema of a record of the ladder, whose fields `records` describes."""

from rnn_course.data.recorded import FACTS, RECORD, TEXT
from rnn_course.speed.rungs import DEVICES, RUNGS, Shape

TIMES = ("low", "median", "high")
SIZE, ABOVE_ZERO, NULL = {"type": "integer", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0}, {"type": "null"}
FIELDS = {
    "rung": {"enum": [*RUNGS]},
    "model": {},
    "dtype": {},
    **{size: SIZE for size in Shape._fields},
    **{time: {} for time in TIMES},
    "repeats": {},
    "error": {},
    "skipped": {"type": ["string", "null"], "pattern": r"\S"},
}
RECOMPILES = {"type": "integer", "minimum": 0}
WAS_TIMED = {
    **{time: ABOVE_ZERO for time in TIMES},
    "repeats": {"type": "integer", "minimum": 1},
    "error": {"type": "number", "minimum": 0},
}
WAS_SKIPPED = {**{time: NULL for time in TIMES}, "repeats": {"const": 0}}

RESULT = {
    "type": "object",
    "required": [*FIELDS],
    "additionalProperties": False,
    "properties": FIELDS | {"recompiles": RECOMPILES, "first": ABOVE_ZERO},
    "if": {"properties": {"skipped": NULL}},
    "then": {"properties": WAS_TIMED},
    "else": {"properties": WAS_SKIPPED},
    "allOf": [
        {
            "if": {"properties": {"rung": {"const": name}}},
            "then": {"properties": {"model": {"const": rung.model}, "dtype": {"const": rung.dtype}}},
        }
        for name, rung in RUNGS.items()
    ],
}
DEVICE = {
    "type": "object",
    "required": ["kind", "name"],
    "properties": {"kind": {"enum": [*DEVICES]}, "name": TEXT},
    "if": {"properties": {"kind": {"enum": [kind for kind in DEVICES if kind != "cpu"]}}},
    "then": {"required": ["driver"], "properties": {"driver": TEXT}},
}
LIMITS = {
    "type": "object",
    "required": ["product", "copy", "call"],
    "properties": {
        "product": {"type": "object", "minProperties": 1, "additionalProperties": ABOVE_ZERO},
        "copy": ABOVE_ZERO,
        "call": ABOVE_ZERO,
        "launch": ABOVE_ZERO,
    },
}
PARTS = {
    "machine": FACTS,
    "device": DEVICE,
    "limits": LIMITS,
    "results": {"type": "array", "minItems": 1, "items": RESULT},
}
SCHEMA = {
    "type": "object",
    "required": [*RECORD["required"], *PARTS],
    "properties": RECORD["properties"] | PARTS,
}
