"""The record of filling the weather is a whole grid, and the simple fills still give what it says."""

from itertools import product

import pytest

from benchmarks.missing import REMOVALS, RIVALS, measure
from rnn_course.data import load_record
from rnn_course.missing import METHODS


@pytest.fixture(scope="module")
def results():
    record = load_record("missing")
    results = {(r["method"], r["removal"], r["seed"]): r for r in record["results"]}
    assert len(results) == len(record["results"])
    return results


def test_every_recorded_method_met_every_removal_and_seed(results):
    methods, removals, seeds = (set(part) for part in zip(*results, strict=True))
    assert set(results) == set(product(methods, removals, seeds))
    assert methods <= METHODS.keys() | RIVALS.keys() and len(methods) > 1
    assert removals == REMOVALS.keys() and seeds == set(load_record("missing")["settings"]["seeds"])


def test_all_methods_were_scored_on_the_same_values(results):
    counts = {}
    for (_, removal, seed), result in results.items():
        counts.setdefault((removal, seed), set()).add(result["count"])
    assert all(len(found) == 1 for found in counts.values())


@pytest.mark.parametrize("name", ["mean", "last", "linear"])
def test_the_simple_fills_give_what_is_recorded(results, name):
    seed = max(seed for _, _, seed in results)
    found, recorded = measure(name, "station outages", seed), results[name, "station outages", seed]
    assert (found["count"], found["mae"]) == (recorded["count"], pytest.approx(recorded["mae"], abs=1e-5))
