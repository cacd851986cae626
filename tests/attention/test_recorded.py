"""The record of attention: every rival has its seeds and its rates, and rows are those of the best rate."""

import sys
from itertools import count
from pathlib import Path

import pytest

from rnn_course import attention, data
from rnn_course.attention.recorded import best_rate
from rnn_course.data import load_record

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import record_attention as tool  # noqa: E402

PARTS = load_record("attention")["parts"]


def row(seed, rate, chosen_by):
    return {"seed": seed, "rate": rate, "chosen_by": chosen_by}


def test_the_rate_is_chosen_by_the_first_seed():
    rows = [row(0, 1e-2, 0.5), row(0, 1e-3, 0.7), row(1, 1e-2, 0.9), row(2, 1e-3, 0.1)]
    assert best_rate(rows) == 1e-3
    assert best_rate([row(0, 1e-2, 0.7), row(0, 1e-3, 0.7)]) == 1e-3
    assert best_rate([{"length": 5}]) is None


def test_rows_come_one_a_seed_at_one_rate():
    rows = attention.recorded("reversal", rival="dot", budget=30)
    assert [found["seed"] for found in rows] == list(tool.SEEDS)
    tried = [found for found in PARTS["reversal"]["rows"] if (found["rival"], found["budget"]) == ("dot", 30)]
    assert {found["rate"] for found in rows} == {best_rate(tried)} and len(tried) == len(tool.RATES) + 2
    for rival in tool.HIGHEST["rivals"]:
        rows = attention.recorded("reversal", rival=rival, budget=tool.HIGHEST["budget"], rate=max(tool.RATES))
        assert [found["seed"] for found in rows] == list(tool.SEEDS)
    with pytest.raises(ValueError, match=r"no row of reversal has {'rival': 'nobody'}"):
        attention.recorded("reversal", rival="nobody")
    with pytest.raises(ValueError, match="nothing"):
        attention.recorded("nothing")


def expected():
    """(part, values of the key, rates that were tried) of everything that is to be in the record."""
    for budget, rivals in tool.BUDGETS.items():
        rates = tool.RATES[:1] if budget == max(tool.BUDGETS) else tool.RATES
        yield from (("reversal", {"rival": rival, "budget": budget}, rates) for rival in rivals)
    yield from (("parity", {"rival": rival}, tool.PARITY_RATES) for rival in tool.MIXERS)
    yield from (("recall", {"rival": rival}, tool.RECALL_RATES) for rival in tool.RECALLING)


def test_the_record_is_whole():
    counts = dict.fromkeys(("reversal", "parity", "recall"), 0)
    for part, key, rates in expected():
        rows = [found for found in PARTS[part]["rows"] if key.items() <= found.items()]
        assert len({found["rate"] for found in rows}) == len(rates), (part, key)
        assert [found["seed"] for found in attention.recorded(part, **key)] == list(tool.SEEDS)
        counts[part] += len(rows)
    assert {part: len(PARTS[part]["rows"]) for part in counts} == counts
    lengths = {(found["rival"], found["length"]) for found in PARTS["step"]["rows"]}
    assert lengths == {(rival, length) for rival in tool.STEP["rivals"] for length in tool.STEP["lengths"]}


@pytest.mark.parametrize("drawn", [3, 20, 60])
def test_an_interrupted_training_is_not_recorded(drawn):
    """In the first few updates, in those that are timed, and in the training itself; `fit` ends quietly in each."""
    calls = count(1)

    def draw(n, rng):
        if next(calls) == drawn:
            raise KeyboardInterrupt
        return data.reversal_task(n, 1, 3, rng)

    with pytest.raises(KeyboardInterrupt):
        tool.trained(tool.REVERSAL["dot"][0], draw, budget=0.01, rate=1e-3, seed=0)


def test_a_budget_was_kept():
    """How many updates fit is measured on the first forty, on a machine that does other things too."""
    budgets = [(found["budget"], found) for found in PARTS["reversal"]["rows"]]
    budgets += [(tool.PARITY["budget"], found) for found in PARTS["parity"]["rows"]]
    budgets += [(tool.RECALLING[found["rival"]][2], found) for found in PARTS["recall"]["rows"]]
    assert all(0.6 * budget < found["seconds"] < 1.5 * budget for budget, found in budgets)


def test_those_that_are_compared_are_about_as_large():
    sizes = {name: tool.parameters(build(0)) for name, (build, _) in tool.REVERSAL.items()}
    assert all(100_000 < size < 120_000 for size in sizes.values())
    assert sizes == {name: found["parameters"] for found in PARTS["reversal"]["rows"] for name in [found["rival"]]}


def test_what_was_set_is_what_is_recorded():
    settings = load_record("attention")["settings"]
    assert settings["trained"] == tool.TRAINED and settings["lengths"] == list(tool.LENGTHS)
    for part in ("parity", "recall", "step"):
        wanted = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in getattr(tool, part.upper()).items()
        }
        assert settings[part] == wanted
