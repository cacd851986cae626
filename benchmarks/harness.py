"""How the benchmarks time and report: candidates in turn in one process, one thread, medians, a ratio to a goal."""

import os
import platform
import statistics
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


def medians(candidates, seconds=3.0):
    """Median seconds of each candidate, `{name: callable}`, called in rounds, once a round, for `seconds` in all.

    Equally often, since what follows itself finds its numbers in the cache and is quicker.
    """
    from rnn_course.speed import interleaved

    one_round = sum(times[0] for times in interleaved(candidates, least=1, most=1).values())
    rounds = min(max(int(seconds / one_round), 5), 200)
    times = interleaved(candidates, least=rounds, most=rounds)
    return {name: statistics.median(values.tolist()) for name, values in times.items()}


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
