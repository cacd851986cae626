"""The speed ladder: how long one training step took, rung by rung, as a record of a device has it."""

import json
import math
import re

from traitlets import Dict, Enum, Int, List, validate

from rnn_course.data.recorded import PROVENANCE, load_record
from rnn_course.widgets.kit import Explorable, script

SIZES = ("batch", "time", "input", "hidden")
TIMES = ("low", "median", "high")
MOST_RESULTS = 5000
LONGEST_TEXT = 300
AIR = 1.1  # what a log axis leaves free at its ends, as a factor


class SpeedLadder(Explorable):
    """Show the rungs of a speed record at one size: median and quartiles as bars from zero or as ratios, and the limit.

    A record is what `rnn-course bench speed` writes: its device, when and how it was made, and for each rung, dtype and
    size the median, the lower and the upper quartile of the seconds, or why it was not measured. The limit of a row is
    the time that its sums of products alone would take at the rate of one large product in its dtype, where the record
    has that rate: 6 · time · batch · gates · hidden · (input + hidden) operations for an LSTM, which has four gates;
    for a minGRU, which has two, without the hidden term. Only sizes that were measured can be chosen.

    Arguments:
        records: `{name: record}`; None is the record that ships with the course, made on a CPU.

    Controls, all traits that can be read, set and observed:
        device: which record, from 0; the number after the last one is the reader's own.
        own: the reader's own record, or None. In the page it is read from a file, which is sent nowhere.
        hidden, time, batch: the size. Where it was not measured, the nearest one is shown: first the hidden size, then
            of those measured with it the number of steps, then the batch.
        marked: the row that all others are compared with, from 0; beyond the last it stands at the last. In the place
            of a row without a time the next that has one is marked, after the last the first.
        scale: "linear", bars that begin at zero, or "log", dots whose distances are ratios: a log axis has no zero.

    Raises TypeError or ValueError, naming the record and what is wrong with it.
    """

    _esm = script("speed_ladder")

    records = List(Dict()).tag(sync=True)
    labels = Dict().tag(sync=True)

    device = Int(0, min=0).tag(sync=True, control=True)
    own = Dict(default_value=None, allow_none=True).tag(sync=True, control=True)
    hidden = Int(128, min=1).tag(sync=True, control=True)
    time = Int(256, min=1).tag(sync=True, control=True)
    batch = Int(16, min=1).tag(sync=True, control=True)
    marked = Int(0, min=0).tag(sync=True, control=True)
    scale = Enum(["linear", "log"], "linear").tag(sync=True, control=True)

    def __init__(self, records=None, **controls):
        from rnn_course.speed import RUNGS  # brings torch, which the other explorables do without

        if records is None:
            records = {"The course's machine": load_record("speed_cpu")}
        if not isinstance(records, dict):
            raise TypeError(f"records is a {type(records).__name__}, it must be a dictionary from names to records")
        if not records:
            raise ValueError("records is empty, it must hold at least one record")
        super().__init__(
            records=[checked(str(name), record) for name, record in records.items()],
            labels={name: rung.label for name, rung in RUNGS.items()},
            **controls,
        )

    def __repr__(self):
        return f"SpeedLadder({', '.join(record['name'] for record in self.records)})"

    @validate("device")
    def _known_device(self, proposal):
        value, last = proposal["value"], len(self.records) - (self.own is None)
        if value > last:
            raise ValueError(f"device is {value}, it must be from 0 to {last}")
        return value

    @validate("own")
    def _own_record(self, proposal):
        return None if proposal["value"] is None else checked(OWN, proposal["value"])

    def compute(self):
        """Return what the page computes from the record.

        Returns `{"size": {"batch", "time", "input", "hidden"}; "rows": {rung: {"median", "low", "high" in
        seconds, None where not measured, "step": microseconds for one time step, "ratio": how many times as fast as the
        marked row, "limit": seconds or None, "error", "skipped": None or why}}; "marked": the marked rung;
        "fastest": the fastest LSTM in float32, or None; "axis": {"log": whether it is, "low", "high": in seconds}}`.
        """
        record = [*self.records, self.own][self.device]
        size, rungs = self._chosen(record["results"])
        limits = [_limit(result, record["limits"]["product"]) for result in rungs]
        marked = _marked(rungs, self.marked)
        timed = [result for result in rungs if result["median"] is not None]
        plain = [result for result in timed if result["model"] == "LSTM" and result["dtype"] == "float32"]
        fastest = min(plain, key=lambda result: result["median"], default=None)
        known = [limit for limit in limits if limit is not None]
        return {
            "size": size,
            "rows": {r["rung"]: _row(r, limit, marked) for r, limit in zip(rungs, limits, strict=True)},
            "marked": marked["rung"],
            "fastest": fastest and fastest["rung"],
            "axis": _axis([result[name] for result in timed for name in TIMES] + known, self.scale == "log"),
        }

    def _chosen(self, results):
        """Return the measured size nearest to the controls, and its results."""
        for name in ("hidden", "time", "batch", "input"):
            wanted = results[0]["hidden"] if name == "input" else getattr(self, name)
            near = _nearest({result[name] for result in results}, wanted)
            results = [result for result in results if result[name] == near]
        return {name: results[0][name] for name in SIZES}, results


OWN = "Your record"
WORK = {  # operations of a pass forward and backward, by model
    "LSTM": lambda batch, time, input, hidden: 24 * time * batch * hidden * (input + hidden),
    "minGRU": lambda batch, time, input, hidden: 12 * time * batch * hidden * input,
}


def _nearest(sizes, wanted):
    return min(sorted(sizes), key=lambda size: round(abs(math.log(size / wanted)), 9))


def _marked(rungs, marked):
    """Return the marked row, or the next with a time; after the last the first, and the row itself where none has."""
    at = min(marked, len(rungs) - 1)
    return next((result for result in rungs[at:] + rungs[:at] if result["median"] is not None), rungs[at])


def _limit(result, rates):
    """Return the seconds that the products of a rung would take at the recorded rate, or None where none is known."""
    if result["model"] not in WORK or result["dtype"] not in rates:
        return None
    return WORK[result["model"]](*(result[name] for name in SIZES)) / rates[result["dtype"]]


def _row(result, limit, marked):
    both = result["median"] is not None and marked["median"] is not None
    return {
        **{name: result[name] for name in (*TIMES, "error", "skipped")},
        "step": None if result["median"] is None else 1e6 * result["median"] / result["time"],
        "ratio": marked["median"] / result["median"] if both else None,
        "limit": limit,
    }


def _axis(seconds, log):
    """Return from where to where the axis goes: from zero or, on a log axis, from a little before the shortest time."""
    least, most = (min(seconds), max(seconds)) if seconds else (1e-3, 1)
    return {"log": log, "low": least / AIR if log else 0, "high": most * AIR if log else most}


# ---- Records: the same rules in the same order as in speed_ladder.js ------------------------------------------------


def checked(name, record):
    """Return the parts of a record that the page needs; ValueError, in one sentence, for what is no speed record."""
    refusal = refused(record)
    if refusal:
        raise ValueError(f"{name} is not a speed record: {refusal}")
    device = record["device"]
    return {
        "name": name,
        **{field: record[field] for field in PROVENANCE},
        "device": {field: _text(device.get(field)) for field in ("kind", "name", "driver")},
        "limits": {"product": _rates(record.get("limits"))},
        "results": [_compact(result) for result in record["results"]],
    }


def refused(record):
    """Return why this is no speed record, in a sentence; None if it is one."""
    if not isinstance(record, dict):
        return "it is not an object with named fields."
    missing = [field for field in (*PROVENANCE, "device", "results") if not record.get(field)]
    if missing:
        return f"it does not say its {', '.join(missing)}."
    device, results = record["device"], record["results"]
    if not isinstance(device, dict) or not _is_text(device.get("kind")) or not _is_text(device.get("name")):
        return "its device has no kind and name."
    if not isinstance(results, list):
        return "its results are not a list."
    if len(results) > MOST_RESULTS:
        return f"it has {len(results)} results, at most {MOST_RESULTS} can be shown."
    for k, result in enumerate(results):
        wrong = _wrong(result)
        if wrong:
            return f"result {k + 1} {wrong}."
    repeated = _repeated(results)
    return repeated and f"result {repeated} repeats an earlier one."


def _wrong(result):
    if not isinstance(result, dict):
        return "is not an object with named fields"
    for field in ("rung", "model", "dtype"):
        if not _is_text(result.get(field)):
            return f"has no {field}"
    for field in SIZES:
        size = result.get(field)
        if not _is_number(size) or size < 1 or size % 1:
            return f"has no whole number as its {field}"
    if _is_text(result.get("skipped")):
        return None
    times = [result.get(field) for field in TIMES]
    if not all(_is_number(value) and 0 < value < 1e9 for value in times):
        return "has neither times nor a reason why it was skipped"
    return None if sorted(times) == times else "has a median that is not between its quartiles"


def _repeated(results):
    """Return the number of the first result that has the rung and size of an earlier one, or None."""
    seen = set()
    for k, result in enumerate(results):
        key = tuple(result[field] for field in ("rung", *SIZES))
        if key in seen:
            return k + 1
        seen.add(key)
    return None


def _is_text(value):
    return isinstance(value, str) and re.search(r"\S", value) is not None and len(value) <= LONGEST_TEXT


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _rates(limits):
    """Return the rates of large products that a record has, by dtype, in operations per second."""
    product = limits.get("product") if isinstance(limits, dict) else None
    if not isinstance(product, dict):
        return {}
    return {dtype: float(rate) for dtype, rate in product.items() if _is_number(rate) and rate > 0}


def _text(value):
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


def _compact(result):
    skipped = result.get("skipped") if _is_text(result.get("skipped")) else None
    error = result.get("error")
    return {
        **{field: result[field] for field in ("rung", "model", "dtype")},
        **{field: int(result[field]) for field in SIZES},
        **{field: None if skipped else float(result[field]) for field in TIMES},
        "repeats": int(result["repeats"]) if _is_number(result.get("repeats")) else None,
        "error": float(error) if _is_number(error) else None,
        "skipped": skipped,
    }


def read(text):
    """Return `(record, refusal)` of a file's text, one of them None, as the page reads it."""
    try:
        record = json.loads(text)
    except ValueError:
        return None, "it is not JSON."
    refusal = refused(record)
    return (None, refusal) if refusal else (checked(OWN, record), None)
