"""Boxes for tests: what runs a submission without walls everywhere, and with them where bubblewrap is at hand."""

import functools

import pytest

from rnn_course.assignments import box, isolation

QUICK = box.Limits(seconds=30, memory=400_000_000, processes=24, disk=8_000_000, answer=1_000_000)


@functools.cache
def numpy_alone():
    return box.packages(["numpy"])


@functools.cache
def why_not(engine):
    """Why an engine cannot be used on this machine; blank where it can."""
    return "; ".join(isolation.missing(engine) or isolation.broken_walls(engine, numpy_alone()))


def engine_or_skip(engine):
    if engine != "limits" and why_not(engine):
        pytest.skip(f"no {engine} on this machine: {why_not(engine)}")
    return engine


def contents(folder, data=None):
    folder.mkdir(exist_ok=True)
    return box.Contents(box.pack(folder), numpy_alone(), data or {})
