"""What the page computes is what Python computes: every explorable, over the cases of the one table `parity.json`.

A case is {"explorable": its class, "make": arguments of its maker, "controls": {trait: value}}. Both sides read it:
Python sets the controls on the explorer, JavaScript gets them on top of the traits of an explorer that was left alone.

Numbers are compared relatively, down to a floor. Of gradients, two things bound what can be compared so. Where a tanh
network explodes it is chaotic: the last bit of tanh, which NumPy and the browser round differently, grows with the
gradient, so such cases are short. And 1 − tanh² loses digits where tanh is near one, so that a large b_f goes with a
moderate input.
"""

import json

import numpy as np
import pytest
from explorables import PARITY, cases_of, mount, traits
from test_widgets import an_explorer as a_gate_explorer
from test_widgets_gradient import an_explorer as a_gradient_through_time
from test_widgets_missing import an_explorer as a_missing_laboratory
from test_widgets_speed import an_explorer as a_speed_ladder
from test_widgets_stepper import an_explorer as a_cell_stepper
from test_widgets_tree import an_explorer as a_chain_and_tree
from test_widgets_window import an_explorer as a_window_against_state

from rnn_course import widgets

MAKERS = {
    "CellStepper": a_cell_stepper,
    "ChainAndTree": a_chain_and_tree,
    "GateExplorer": a_gate_explorer,
    "GradientThroughTime": a_gradient_through_time,
    "MissingLaboratory": a_missing_laboratory,
    "WindowAgainstState": a_window_against_state,
    "SpeedLadder": a_speed_ladder,
}
LEAST = 5  # cases for each explorable
# Below this a number has lost its digits. Gates and states are of the order of one; norms of gradients are of any size.
FLOOR, FLOORS = 1e-12, {"GradientThroughTime": 1e-290}
COMPUTE = "async ([esm, state]) => (await window.load(esm)).compute(state)"


def assert_same(theirs, ours, floor, where):
    """Dictionaries have the same keys, arrays the same shape, and numbers agree to 1e-9."""
    if isinstance(ours, dict):
        assert set(theirs) == set(ours), where
        for key, value in ours.items():
            assert_same(theirs[key], value, floor, f"{key} {where}")
    elif isinstance(ours, str | bool) or ours is None:
        assert theirs == ours, where
    else:
        assert np.shape(theirs) == np.shape(ours), where
        np.testing.assert_allclose(np.array(theirs, float), ours, rtol=1e-9, atol=floor, err_msg=where)


@pytest.mark.browser
@pytest.mark.parametrize("name", MAKERS)
def test_javascript_equals_python(page, name):
    for case in cases_of(name):
        explorer = MAKERS[name](**case["make"])
        untouched = traits(explorer)
        for trait, value in case["controls"].items():
            setattr(explorer, trait, value)
        mount(page, explorer)
        theirs = page.evaluate(COMPUTE, [explorer._esm, {**untouched, **case["controls"]}])
        assert_same(theirs, explorer.compute(), FLOORS.get(name, FLOOR), json.dumps(case))
        page.evaluate("() => window.copies.pop().close()")


def test_the_table_has_every_explorable():
    assert {case["explorable"] for case in PARITY} == set(MAKERS) == set(widgets.__all__) - {"live"}


@pytest.mark.parametrize("name", MAKERS)
def test_the_table_moves_every_control(name):
    """There are cases of different sizes, and each control stands somewhere else than at first in one of them."""
    cases = cases_of(name)
    assert len(cases) >= LEAST
    assert len({json.dumps(case["make"], sort_keys=True) for case in cases}) > 1
    moved = set()
    for case in cases:
        initial = MAKERS[name](**case["make"]).state
        moved |= {trait for trait, value in case["controls"].items() if initial[trait] != value}
    assert moved == set(MAKERS[name]().state)
