"""Expressions and recursive networks with random weights."""

import numpy as np
import pytest
from explorables import put

from rnn_course.data.expressions import SYMBOLS, draw_expression
from rnn_course.widgets import ChainAndTree

EXPRESSIONS = [
    ("+", ("×", 2, 3), ("−", 4, ("+", 1, 5))),
    ("−", ("×", ("+", ("−", 7, 2), 4), 3), 8),
    ("×", 6, 9),
]


def a_network(hidden, seed):
    """A network whose weights are all of them random and none zero."""
    torch = pytest.importorskip("torch")
    from rnn_course.models import RecursiveNetwork

    network, rng = RecursiveNetwork(len(SYMBOLS), hidden, 3, seed=seed), np.random.default_rng(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.tensor(0.7 * rng.normal(size=parameter.shape)))
    return network


def an_explorer(hidden=3, seed=0, drawn=0, **controls):
    """hidden: units, 0 for none at all. drawn: so many expressions of random shape instead of those above."""
    rng = np.random.default_rng(seed)
    listed = [draw_expression(1 + k % 4, rng) for k in range(drawn)] or EXPRESSIONS
    return put(ChainAndTree(listed, a_network(hidden, seed) if hidden else None), controls)


CUT_OFF = [
    *({"hidden": 8, "expression": expression, "step": 9, "unit": 7} for expression in (0, 1)),
    {"hidden": 8, "typed": "1 + (2 − (3 × (4 + 5)))", "step": 17, "digit": 4},
]
CONTRAST = [{}, {"step": 1, "digit": 3}]
TAB = [({}, 13)]
LEAST = {"labels": 16, "texts": 30, "lines": 7}
