"""Records say how they were made; that of filling the weather is a whole grid, and the simple fills still give it."""

from itertools import product

import pytest

from benchmarks.missing import REMOVALS, RIVALS, measure
from rnn_course.data import load_record
from rnn_course.data.recorded import PROVENANCE, checked_record
from rnn_course.missing import METHODS, NETWORKS


def test_records_say_how_they_were_made():
    record = load_record("long_range")
    assert record["command"].startswith("python tools/record_long_range.py")
    for task in record["tasks"].values():
        for results in task["results"].values():
            seeds = task["settings"].get("seeds", record["settings"]["seeds"])
            assert results.keys() == {str(length) for length in task["settings"]["lengths"]}
            assert all(len(values) == seeds for values in results.values())
    for field in PROVENANCE:
        with pytest.raises(ValueError, match=f"the record 'long_range' has no {field}"):
            checked_record("long_range", {k: v for k, v in record.items() if k != field})
    with pytest.raises(ValueError, match=r"name is 'short_range', it must be one of .*'long_range'"):
        load_record("short_range")


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


def test_every_network_had_the_same_time_of_a_processor(results):
    """What fitting and filling took, of which the filling is a second or two."""
    seconds = load_record("missing")["settings"]["seconds"]
    spent = [r["cpu_seconds"] for (name, _, _), r in results.items() if name in NETWORKS.keys() | RIVALS.keys()]
    assert spent and 0.9 * seconds < min(spent) and max(spent) < 1.2 * seconds


@pytest.mark.parametrize("name", ["mean", "last", "linear"])
def test_the_simple_fills_give_what_is_recorded(results, name):
    seed = max(seed for _, _, seed in results)
    found, recorded = measure(name, "station outages", seed), results[name, "station outages", seed]
    assert (found["count"], found["mae"]) == (recorded["count"], pytest.approx(recorded["mae"], abs=1e-5))
