"""Missing data: taking values away, filling the gaps, and scoring what was filled.

`METHODS` maps each name to its maker; `METHODS[name]()` is a method with `fit(x)` and `fill(x)`. A network's maker
takes `seed` and one of `seconds` and `epochs`; PyTorch is imported when one is made.
"""

from functools import partial

from rnn_course.missing.base import Fill, gappy
from rnn_course.missing.fills import Constant, Drop, Iterative, Kalman, Last, Linear, Neighbours, Next, Seasonal
from rnn_course.missing.mechanisms import blocks, channel_end, mar, mcar, mnar, outages, take
from rnn_course.missing.scores import Score, coverage, distortion, gap_lengths, score, score_by_channel, score_by_gap


def _network(name, **options):
    from rnn_course.missing import networks

    return getattr(networks, name)(**options)


METHODS = {
    "drop": Drop,
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
    "gru_d": partial(_network, "gru_d"),
    "brits": partial(_network, "brits"),
    "course": partial(_network, "Course"),
}

__all__ = [
    "METHODS",
    "Fill",
    "Score",
    "blocks",
    "channel_end",
    "coverage",
    "distortion",
    "gap_lengths",
    "gappy",
    "mar",
    "mcar",
    "mnar",
    "outages",
    "score",
    "score_by_channel",
    "score_by_gap",
    "take",
]
