"""What the page computes is what Python computes: every explorable, over its cases.

A case in `examples/NAME.json` is {"make": arguments of its maker, "controls": {trait: value}}. Both sides read it:
Python sets the controls on the explorer, JavaScript gets them on top of the traits of an explorer that was left alone.
Of an explorable without that file each control goes to each of its ends.

Numbers are compared relatively, down to a floor. Of gradients, two things bound what can be compared so. Where a tanh
network explodes it is chaotic: the last bit of tanh, which NumPy and the browser round differently, grows with the
gradient, so such cases are short. And 1 − tanh² loses digits where tanh is near one, so that a large b_f goes with a
moderate input.
"""

import json

import numpy as np
import pytest
from explorables import EXAMPLES, example, mount, put, stem_of, traits

from rnn_course.widgets import EXPLORABLES

LEAST = 5  # cases for each explorable that brings its own
OWN = [kind for kind in EXPLORABLES.values() if (EXAMPLES / f"{stem_of(kind)}.json").exists()]
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
@pytest.mark.parametrize("kind", EXPLORABLES.values())
def test_javascript_equals_python(page, kind):
    shown = example(kind)
    for case in shown.cases:
        explorer = shown.an_explorer(**case["make"])
        untouched = traits(explorer)
        put(explorer, case["controls"])
        mount(page, explorer)
        theirs = page.evaluate(COMPUTE, [explorer._esm, {**untouched, **case["controls"]}])
        assert_same(theirs, explorer.compute(), shown.FLOOR, json.dumps(case))
        page.evaluate("() => window.copies.pop().close()")


def test_examples_are_of_explorables():
    stems = {stem_of(kind) for kind in EXPLORABLES.values()}
    assert {path.stem for path in EXAMPLES.iterdir() if path.is_file()} - {"__init__"} <= stems
    assert len(OWN) >= 7  # so many brought cases when this was written


@pytest.mark.parametrize("kind", OWN)
def test_the_cases_move_every_control(kind):
    """They are of different sizes, and each control stands somewhere else than at first in one of them."""
    shown = example(kind)
    assert len(shown.cases) >= LEAST
    assert len({json.dumps(case["make"], sort_keys=True) for case in shown.cases}) > 1
    moved = set()
    for case in shown.cases:
        initial = shown.an_explorer(**case["make"]).state
        moved |= {trait for trait, value in case["controls"].items() if initial[trait] != value}
    assert moved == set(shown.an_explorer().state)
