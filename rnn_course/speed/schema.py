"""The JSON Schema of a record of the ladder, whose fields `records` describes."""

from rnn_course.data.recorded import FACTS, RECORD, TEXT
from rnn_course.speed.rungs import DEVICES, RUNGS, Shape

TIMES = ("low", "median", "high")
SIZE, SECONDS, NULL = {"type": "integer", "minimum": 1}, {"type": "number", "exclusiveMinimum": 0}, {"type": "null"}
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
WAS_TIMED = {
    **{time: SECONDS for time in TIMES},
    "repeats": {"type": "integer", "minimum": 1},
    "error": {"type": "number", "minimum": 0},
}
WAS_SKIPPED = {**{time: NULL for time in TIMES}, "repeats": {"const": 0}}

RESULT = {
    "type": "object",
    "required": [*FIELDS],
    "additionalProperties": False,
    "properties": FIELDS,
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
    "if": {"properties": {"kind": {"const": "cuda"}}},
    "then": {"required": ["driver"], "properties": {"driver": TEXT}},
}
PARTS = {
    "machine": FACTS,
    "device": DEVICE,
    "limits": FACTS,
    "results": {"type": "array", "minItems": 1, "items": RESULT},
}
SCHEMA = {
    "type": "object",
    "required": [*RECORD["required"], *PARTS],
    "properties": RECORD["properties"] | PARTS,
}
