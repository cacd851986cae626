"""Forecasting straight from gappy input: the network is told what is seen and how long ago the rest was."""

import numpy as np

from rnn_course import validate
from rnn_course.missing.base import gappy, since_seen
from rnn_course.missing.fills import Last


def gappy_inputs(x):
    """What a forecaster reads in place of a filled window: `[last value seen, mask, log(1 + steps since)]`.

    x   (batch, time, feature), scaled to mean 0, NaN where missing; before the first value the mean, 0, stands

    Returns (batch, time, 3 · feature) float64 without NaN, for any model of 3 · feature inputs; with a GRU it is the
    GRU-simple of Che et al. (2018).
    """
    x = gappy("x", x)
    validate.shape("x", x, (None,) * 3, ("batch", "time", "feature"))
    seen = ~np.isnan(x)
    return np.concatenate([np.nan_to_num(Last().estimate(x)), seen, np.log1p(since_seen(seen))], axis=-1)
