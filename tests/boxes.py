"""Boxes for tests: what runs a submission without walls everywhere, and with them where bubblewrap is at hand."""

import functools
import time
from pathlib import Path

import psutil
import pytest

from rnn_course.assignments import box, isolation

QUICK = box.Limits(seconds=30, memory=400_000_000, processes=24, disk=8_000_000, answer=1_000_000)


@functools.cache
def numpy_alone():
    return box.packages(["numpy"])


@functools.cache
def why_not(engine):
    """Why an engine cannot be used on this machine; blank where it can."""
    return "; ".join(isolation.why_not(engine, numpy_alone()))


def engine_or_skip(engine):
    if engine != "limits" and why_not(engine):
        pytest.skip(f"no {engine} on this machine: {why_not(engine)}")
    return engine


def contents(folder, data=None):
    folder.mkdir(exist_ok=True)
    return box.Contents(box.pack(folder), numpy_alone(), data or {})


def left_running(code, seconds=5):
    """Processes of boxes with this folder of code that have not ended after some seconds."""
    until = time.monotonic() + seconds
    while (found := _running(code)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _running(code):
    """Outside, the folder stands in the words of a process; inside, in its mounts."""
    place, found = "/".join(code.parts[1:][-4:]), []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), Path(f"/proc/{process.pid}/mountinfo").read_text()]
        except (psutil.Error, OSError):
            continue
        if any(place in word for word in words):
            found.append(process)
    return found
