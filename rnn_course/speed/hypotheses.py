"""What is expected of a GPU, written down before any was measured, and whether a record bears it out.

HYPOTHESES          each a claim: one rung is at least so many times as fast as another, at one shape
judge(record)       each with the ratio that was measured and whether it held
verdicts(record)    the same as text, a line each
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rnn_course import validate
from rnn_course.speed.rungs import RUNGS, Shape


@dataclass(frozen=True)
class Hypothesis:
    """`quicker` takes at most 1/factor of the time of `slower`, both names of RUNGS, forward and backward at shape."""

    quicker: str
    slower: str
    factor: float
    shape: Shape

    def __str__(self):
        quicker, slower = RUNGS[self.quicker].label, RUNGS[self.slower].label
        batch, time, _, hidden = self.shape
        return f"{quicker} ≥ {self.factor:g} × {slower}, batch {batch}, {time} steps, {hidden} units"


@dataclass(frozen=True)
class Verdict:
    """ratio: time of the slower by that of the quicker, None where one has no time, and then why says it."""

    hypothesis: Hypothesis
    ratio: float | None
    why: str = ""

    @property
    def held(self):
        """True or False; None where nothing was measured."""
        return None if self.ratio is None else self.ratio >= self.hypothesis.factor

    def __str__(self):
        if self.ratio is None:
            return f"not measured: {self.hypothesis}: {self.why}"
        if self.held:
            return f"held: {self.hypothesis}: measured {self.ratio:.3g} ×"
        return f"did not hold: {self.hypothesis}: measured {self.ratio:.3g} ×"


HYPOTHESES = (  # at shapes of GRIDS["cuda"]: where the calls decide, and for half precision where the arithmetic does
    Hypothesis("nn_lstm", "cell_loop", 10, Shape(16, 512, 256, 256)),
    Hypothesis("cuda_graph", "cell_loop", 3, Shape(16, 512, 256, 256)),
    Hypothesis("nn_lstm_bf16", "nn_lstm", 1.3, Shape(64, 512, 512, 512)),
    Hypothesis("associative_scan", "mingru_loop", 20, Shape(16, 4096, 64, 64)),
)


def judge(record):
    """A Verdict on each of HYPOTHESES from a record of the ladder, at the shape that the hypothesis names."""
    validate.instance("record", record, Mapping, "a record of the ladder, a mapping")
    if missing := {"results", "device"} - record.keys():
        raise ValueError(f"record has no {min(missing)}, it is no record of the ladder")
    found = {(r["rung"], *(r[size] for size in Shape._fields)): r for r in record["results"]}

    def verdict(hypothesis):
        quicker, slower = (found.get((rung, *hypothesis.shape)) for rung in (hypothesis.quicker, hypothesis.slower))
        if not quicker or not slower:
            return Verdict(hypothesis, None, "the record does not have this shape")
        if reason := quicker["skipped"] or slower["skipped"]:
            return Verdict(hypothesis, None, reason)
        return Verdict(hypothesis, slower["median"] / quicker["median"])

    return [verdict(hypothesis) for hypothesis in HYPOTHESES]


def verdicts(record):
    """The verdicts on a record of a CUDA GPU as text; of another device the hypotheses say nothing."""
    found = judge(record)
    return "\n".join(map(str, found)) if record["device"]["kind"] == "cuda" else ""
