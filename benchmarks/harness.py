"""How the benchmarks time and report: candidates in turn in one process, one thread, medians, a ratio to a goal."""

import os
import platform
import statistics
import time
from dataclasses import dataclass

FLOOR = 0.75  # a run fails below this share of a goal: machines differ and are busy


@dataclass(frozen=True)
class Row:
    """One claim: how many times as fast as what, and what was wanted."""

    claim: str
    ratio: float
    goal: float
    detail: str = ""

    @property
    def passed(self):
        """Whether the ratio reaches the floor."""
        return self.ratio >= FLOOR * self.goal


def interleaved(candidates, seconds=3.0, least=5, most=200):
    """Median seconds of each candidate, `{name: callable}`, called in turn for `seconds`; two rounds warm up.

    Taking turns makes a machine that is busy for a while slow for all of them.
    """
    for call in list(candidates.values()) * 2:
        call()
    times = {name: [] for name in candidates}
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < least or (time.perf_counter() < end and rounds < most):
        for name, call in candidates.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
        rounds += 1
    return {name: statistics.median(values) for name, values in times.items()}


def machine():
    """The facts a ratio depends on, a line each."""
    import numpy as np
    import torch

    from rnn_course.speed.records import processor

    return [
        f"processor {processor()}, {os.cpu_count()} cores, one thread used; {platform.system()}",
        f"Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {torch.__version__} "
        f"({torch.backends.cpu.get_cpu_capability()})",
        f"OPENBLAS_CORETYPE was {os.environ.get('BENCH_CORETYPE') or 'not set'} and is not set here",
    ]


def table(rows):
    """The rows as text."""
    width = max(len(row.claim) for row in rows)
    lines = [f"{'claim':<{width}}  ratio  floor   goal"]
    for row in rows:
        mark = "" if row.ratio >= row.goal else "  below the goal" if row.passed else "  BELOW THE FLOOR"
        numbers = f"{row.ratio:5.2f}  {FLOOR * row.goal:5.2f}  {row.goal:5.2f}"
        lines.append(f"{row.claim:<{width}}  {numbers}  {row.detail}{mark}".rstrip())
    return "\n".join(lines)
