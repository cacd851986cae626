"""Missing data: taking values away, filling the gaps, and scoring what was filled.

`METHODS` maps each name to its maker; `METHODS[name]()` is a method with `fit(x)` and `fill(x)`. Those in `NETWORKS`
are trained: their maker takes `seed` and one of `seconds` and `epochs`, and PyTorch is imported when one is made.
`drop` takes incomplete time steps away instead; `pool` joins what was computed on several filled copies.
"""

from functools import partial
from importlib import import_module

from rnn_course.missing.base import Fill, gappy
from rnn_course.missing.dropping import drop
from rnn_course.missing.fills import Constant, Iterative, Kalman, Last, Linear, Neighbours, Next, Seasonal
from rnn_course.missing.mechanisms import blocks, mar, mcar, mnar, outages, take
from rnn_course.missing.pooling import Pooled, pool
from rnn_course.missing.scores import Score, coverage, distortion, gap_lengths, score, score_by_gap


def _network(module, name, **options):
    return getattr(import_module(f"rnn_course.missing.{module}"), name)(**options)


NETWORKS = {
    "gru_d": partial(_network, "networks", "gru_d"),
    "brits": partial(_network, "networks", "brits"),
    "course": partial(_network, "correction", "CorrectedLine"),
}
METHODS = {
    "mean": partial(Constant, "mean"),
    "median": partial(Constant, "median"),
    "mode": partial(Constant, "mode"),
    "last": Last,
    "next": Next,
    "linear": Linear,
    "seasonal": Seasonal,
    "knn": Neighbours,
    "iterative": Iterative,
    "kalman": Kalman,
    **NETWORKS,
}

__all__ = [
    "METHODS",
    "NETWORKS",
    "Fill",
    "Pooled",
    "Score",
    "blocks",
    "coverage",
    "distortion",
    "drop",
    "gap_lengths",
    "gappy",
    "mar",
    "mcar",
    "mnar",
    "outages",
    "pool",
    "score",
    "score_by_gap",
    "take",
]
