"""Records of the ladder: a JSON file that says what was timed, on what, how, and how exact it was.

    {
      "command":  how the record is made again,
      "date":     "2026-11-24",
      "machine":  {"system", "processor", "cores", "load": [load average before, after]},
      "device":   {"kind": "cpu" | "cuda" | "mps", "name": processor or GPU, "driver": text, null on a CPU},
      "versions": {"python", "numpy", "torch", and on a GPU "cuda", "cudnn"},
      "settings": {"threads", "seconds", "least", "most", "warmup", "tf32", "seed", "chunk", "tolerance", "smoke"},
      "limits":   {"product": {dtype: FLOP/s of a large square product}, "copy": bytes/s read and written,
                   "call": seconds of a sum of one number, begun and waited for,
                   "launch": seconds of one of many such sums in a row, waited for once; of a CPU it may be left out},
      "results":  a list with an entry for every rung at every shape, in the order of RUNGS and of the shapes:
        {
          "rung":    a name of RUNGS, "model": "LSTM" | "minGRU",
          "dtype":   "float32" | "float64" | "bfloat16" | "float16",
          "batch", "time", "input", "hidden": whole numbers,
          "median":  seconds of forward and backward together, "low", "high": their quartiles, "repeats": how many,
          "error":   greatest |found − wanted| / max |wanted| over h and every gradient, against float64,
          "skipped": null, or why there is no time; then median, low and high are null and repeats is 0. It begins with
                     "failed: " where the rung went wrong and with "out of memory: " where it found too little,
          "recompiles": of a compiled rung, how often torch compiled again after its first run: 0, or the times hold
                     compiling too; "first": the seconds of that first run, in which it compiled what had not been
                     compiled before. Records made before these were kept do not have them
        }
    }

`settings.tf32` holds for cuDNN and for matrix products alike. `seconds` is the time given to each rung at each shape,
which decides its repeats between `least` and `most`; the repeats of all rungs at a shape are interleaved.
The products of one pass are 6 · time · batch · 4 · hidden · (input + hidden) operations for the LSTM and
6 · time · batch · 2 · hidden · input for minGRU (`work`), so that `work / limits.product[dtype]` is one floor of a
time. It leaves out the calls, the chain (the steps times the latency of one) and the bytes.
"""

import json
import os
import platform
from collections.abc import Mapping
from datetime import date

import numpy as np
import torch

from rnn_course import devices, files, validate
from rnn_course.data.recorded import checked_record
from rnn_course.devices import processor
from rnn_course.speed.rungs import RUNGS, Shape, check_device
from rnn_course.speed.schema import SCHEMA, TIMES


def machine():
    """Where a record is made: system, processor, cores and the load average of the last minute."""
    return {
        "system": platform.system(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": [round(os.getloadavg()[0], 2)] if hasattr(os, "getloadavg") else [],
    }


def device_facts(device):
    """The device of a record: `{"kind", "name", "driver"}`."""
    if device == "cpu":
        return {"kind": "cpu", "name": processor(), "driver": None}
    return {"kind": device, "name": devices.gpus()[device], "driver": devices.driver(device)}


def versions(device):
    """Versions of what was timed."""
    found = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
    if device == "cuda":
        found |= {
            "cuda": torch.version.cuda or f"ROCm {torch.version.hip}",
            "cudnn": str(torch.backends.cudnn.version()),
        }
    return found


def make_record(results, limits, *, command, device, settings, place=None):
    """A record of results, with what it needs to be believed.

    results, limits: from `measure` and `limits`. command: how it is made again. device: "cpu", "cuda" or "mps".
    settings: how it was timed. place: what `machine()` said before the run, to which the load after it is added.
    """
    check_device(device)
    place = machine() if place is None else validate.instance("place", place, Mapping, "what machine() returns")
    if not isinstance(place.get("load"), list):
        raise ValueError("place has no list of loads, it must be what machine() returns")
    record = {
        "command": command,
        "date": date.today().isoformat(),
        "machine": {**place, "load": place["load"] + machine()["load"]},
        "device": device_facts(device),
        "versions": versions(device),
        "settings": settings,
        "limits": limits,
        "results": results,
    }
    return check_record("new", record)


def check_record(name, record):
    """The record, if it has the form that this module describes; otherwise a ValueError that says what is wrong."""
    checked_record(name, record, SCHEMA)
    try:
        json.dumps(record, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the record {name!r} holds what JSON cannot hold: {error}") from None
    if record["device"]["kind"] != "cpu" and "launch" not in record["limits"]:
        raise ValueError(f"the record {name!r}: limits has no launch, which a record of a GPU has to have")
    for k, result in enumerate(record["results"]):
        times = [result[field] for field in TIMES]
        if result["skipped"] is None and sorted(times) != times:
            raise ValueError(f"the record {name!r}: results[{k}] has {_listed(times)}, wanted low <= median <= high")
    return record


def _listed(times):
    return ", ".join(f"{field} {value:g}" for field, value in zip(TIMES, times, strict=True))


def save_record(path, record):
    """Write a checked record, a line a result; OSError where the folder is not there."""
    path = validate.path("path", path)
    record = check_record(path.name, record)
    head = {k: v for k, v in record.items() if k != "results"}
    lines = ",\n  ".join(json.dumps(result, ensure_ascii=False, allow_nan=False) for result in record["results"])
    text = json.dumps(head, indent=1, ensure_ascii=False, allow_nan=False)
    files.write(path, f'{text[:-2]},\n "results": [\n  {lines}\n ]\n}}\n')


def read_record(path):
    """Read a record from a file; ValueError where it is not JSON, lacks its provenance or has another form."""
    path = validate.path("path", path)
    try:
        record = json.loads(path.read_text("utf8"))
    except ValueError as problem:
        raise ValueError(f"the record {path.name!r} is not JSON: {problem}") from None
    return check_record(path.name, record)


def table(record):
    """A record as text: a block a shape, a line a rung."""
    device = check_record("shown", record)["device"]
    lines = [f"{device['name']} ({device['kind']}), {record['date']}, PyTorch {record['versions']['torch']}"]
    shape = None
    for result in record["results"]:
        sizes = [f"{name} {result[name]}" for name in Shape._fields]
        if sizes != shape:
            shape = sizes
            lines += ["", ", ".join(sizes)]
        lines.append(f"  {RUNGS[result['rung']].label:62}{_times(result)}")
    return "\n".join(lines)


def _times(result):
    if result["skipped"]:
        return f"skipped: {result['skipped']}"
    low, median, high = (1e3 * result[key] for key in ("low", "median", "high"))
    times = f"{median:9.2f} ms ({low:.2f} to {high:.2f}), {result['repeats']} repeats, error {result['error']:.1g}"
    return f"{times}, recompiled {result['recompiles']} times" if result.get("recompiles") else times
