"""Laboratories with random walks beside the series that ship."""

import numpy as np
from explorables import put

from rnn_course.widgets import MissingLaboratory
from rnn_course.widgets.missing_laboratory import FILLS, SIMPLE


def an_explorer(steps=0, channels=2, period=5, draw=0, still=None, **controls):
    """The laboratory with a series of so many steps of its own, its neighbour at `still`; with none for 0 steps."""
    rng = np.random.default_rng(draw)
    walk = (
        rng.normal(size=(steps, channels)).cumsum(axis=0) + 3 * np.sin(np.arange(steps) * 2 * np.pi / period)[:, None]
    )
    if still is not None:
        walk[:, 1] = still
    return put(MissingLaboratory(walk, period=period) if steps else MissingLaboratory(), controls)


CUT_OFF = [
    {"fills": list(FILLS)},
    {"fills": list(FILLS), "mechanism": "mar", "series": "pressure", "rate": 0.5, "seed": 6},
    {"fills": list(SIMPLE), "series": "co2", "mechanism": "mcar", "zoom": 0},
    {"fills": list(FILLS), "series": "wind_speed", "mechanism": "outages", "gap_length": 7, "zoom": 48},
    {"show_truth": False, "mechanism": "mnar"},
]
CONTRAST = [{"fills": list(FILLS), "mechanism": "mar"}]
TAB = [({}, 32)]
LEAST = {"labels": 3, "texts": 100, "lines": 40}
