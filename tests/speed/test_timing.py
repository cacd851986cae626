"""The timer: repeats in turn, counted, and the device waited for."""

import numpy as np

from rnn_course import speed
from rnn_course.speed import timing


def test_repeats_are_spread_and_counted(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])
    order = []

    def call(name, seconds):
        def run():
            order.append(name)
            now[0] += seconds

        return run

    calls = {"slow": call("slow", 1.0), "quick": call("quick", 0.125), "least": call("least", 50.0)}
    times = speed.interleaved(calls, seconds=4, least=2, most=20, warmup=1)
    assert {name: list(values) for name, values in times.items()} == {
        "slow": [1.0] * 4,
        "quick": [0.125] * 20,
        "least": [50.0] * 2,
    }
    slow = [place for place, name in enumerate(order[3:]) if name == "slow"]
    assert np.diff(slow).min() >= 5 and np.diff(slow).max() <= 8


def test_as_many_repeats_of_each_are_rounds_each_in_an_order_of_its_own():
    order = []
    speed.interleaved({name: lambda name=name: order.append(name) for name in "zax"}, least=8, most=8, warmup=2)
    assert order[:6] == [*"zax"] * 2  # the warm-up
    rounds = ["".join(order[k : k + 3]) for k in range(6, 30, 3)]
    assert all(sorted(one) == [*"axz"] for one in rounds) and len(set(rounds)) > 2


def test_the_device_is_waited_for(monkeypatch):
    """What a call only begins is in its time, and what ran before it is not."""
    now, pending = [0.0], [0.0]
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def call():
        now[0] += 1
        pending[0] += 10

    def wait():
        now[0] += pending[0]
        pending[0] = 0.0

    for warmup in (0, 1, 3):
        pending[0] = 1000.0
        assert set(speed.interleaved({"it": call}, warmup=warmup, wait=wait)["it"]) == {11.0}


def test_spread():
    assert speed.spread(np.array([5.0, 1, 3, 2, 4])) == {"median": 3, "low": 2, "high": 4, "repeats": 5}
