"""What PyTorch did in one pass, call by call, as torch.profiler saw it."""

import contextlib
import os
import sys
from typing import NamedTuple

from torch.profiler import ProfilerActivity, profile

from rnn_course import validate
from rnn_course.speed.rungs import RUNGS, obstacle, prepare

PRODUCTS = ("aten::addmm", "aten::mm", "aten::bmm")
ROUTINES = ("aten::mkldnn_rnn_layer", "aten::mkldnn_rnn_layer_backward")
PASSES = 7  # of which the shortest is kept: other programs disturb the others


class Call(NamedTuple):
    """One call. name: PyTorch's; start, end: seconds since the first call; kind: "call", "product" or "routine".

    A "call" is one that Python or autograd asked for, with all that it calls in turn; a "product" multiplies matrices
    and a "routine" is an LSTM's whole walk over time: both lie inside a call, or are one.
    """

    name: str
    start: float
    end: float
    kind: str


def trace(rung, shape):
    """The calls of one pass of a rung of PyTorch's on the CPU, forward and backward, in the order they began.

    rung: a name of `RUNGS`; shape: (batch, time, input, hidden). Of a few passes the shortest is kept. Watching takes
    time too: every call seems longer than it is. Returns a list of `Call`. Raises ValueError for an unknown rung or
    shape, and for a rung that cannot run here or makes no call.
    """
    if reason := obstacle(validate.one_of("rung", rung, tuple(RUNGS))):
        raise ValueError(f"rung {rung!r} cannot run here: {reason}")
    one = prepare(rung, shape)
    one.run()  # what is set up at the first run is not drawn
    events = min((_watched(one) for _ in range(PASSES)), key=_length)
    if not events:
        raise ValueError(f"rung {rung!r} makes no call of PyTorch's")
    first = events[0].time_range.start
    return [
        Call(event.name, 1e-6 * (event.time_range.start - first), 1e-6 * (event.time_range.end - first), kind)
        for event in events
        for kind in _kinds(event)
    ]


def _watched(one):
    """What torch.profiler saw of a pass, in the order it began."""
    with _no_messages(), profile(activities=[ProfilerActivity.CPU]) as profiled:
        one.run()
    return sorted(profiled.events(), key=lambda event: event.time_range.start)


def _length(events):
    """From the first beginning to the last end, in microseconds."""
    return max((event.time_range.end for event in events), default=0) - (events[0].time_range.start if events else 0)


def _kinds(event):
    """What a call is; one that nothing encloses may be a product at the same time."""
    is_a = {"call": event.cpu_parent is None, "product": event.name in PRODUCTS, "routine": event.name in ROUTINES}
    return [kind for kind, holds in is_a.items() if holds]


@contextlib.contextmanager
def _no_messages():
    """Drop what the profiler's library writes past Python, two lines each time, on when it began and ended."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
