"""The ladder: one LSTM by every road, forward and backward, checked, timed and recorded.

    RUNGS                      the implementations by name, from tutorial NumPy to a parallel scan
    Shape(batch, time, input, hidden)
    prepare(name, shape)       one rung at one shape, ready to be called: `one.run()`, then `one.arrays()`
    error_of(name, shape)      its greatest relative error against the float64 reference
    GRIDS, SMOKE               the shapes of a record on each device, and the one that only checks
    measure(shapes)            every rung at every shape: checked, then timed in turn -> a list of results
    interleaved(calls)         the timer: seconds of every repeat of each call, in turn
    limits()                   what the machine can do at most: products, copies, calls waited for and in a row
    work(shape)                the sums a pass cannot do without
    launches(name, time)       how many operations a loop is on a CUDA GPU, counted without one
    kept_bytes(run, *inputs)   what autograd keeps for the way back
    trace(name, shape)         the calls of one pass as torch.profiler sees them
    HYPOTHESES, judge(record)  what is expected of a GPU, and whether a record bears it out
    make_record, save_record, read_record, check_record, table

`records` says what a record holds. torch is imported; a GPU is used only where device="cuda" or "mps" asks for it.
"""

from rnn_course.speed.grids import GRIDS, SMOKE
from rnn_course.speed.hypotheses import HYPOTHESES, Hypothesis, Verdict, judge, verdicts
from rnn_course.speed.launches import launches
from rnn_course.speed.measuring import FAILED, OUT_OF_MEMORY, limits, measure, work
from rnn_course.speed.memory import kept_bytes
from rnn_course.speed.records import check_record, machine, make_record, read_record, save_record, table
from rnn_course.speed.rungs import CHUNK, RUNGS, TOLERANCE, Rung, Shape, check_device, error_of, obstacle, prepare
from rnn_course.speed.timing import interleaved, spread
from rnn_course.speed.tracing import Call, trace

__all__ = [
    "CHUNK",
    "FAILED",
    "GRIDS",
    "HYPOTHESES",
    "OUT_OF_MEMORY",
    "RUNGS",
    "SMOKE",
    "TOLERANCE",
    "Call",
    "Hypothesis",
    "Rung",
    "Shape",
    "Verdict",
    "check_device",
    "check_record",
    "error_of",
    "interleaved",
    "judge",
    "kept_bytes",
    "launches",
    "limits",
    "machine",
    "make_record",
    "measure",
    "obstacle",
    "prepare",
    "read_record",
    "save_record",
    "spread",
    "table",
    "trace",
    "verdicts",
    "work",
]
