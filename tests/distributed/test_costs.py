"""Costs are counted on workers that really pass parts round, in NumPy, and on links that are known."""

import math

import numpy as np
import pytest

from rnn_course.distributed.costs import (
    Compute,
    Link,
    Traffic,
    chain,
    halving,
    passed_round,
    ring,
    scan,
    step,
    two_levels,
)


class Counted:
    """What W workers hold, and how many messages and bytes the first has sent; all send at the same time."""

    def __init__(self, arrays):
        self.arrays, self.messages, self.size = [a.copy() for a in arrays], 0, 0

    def send(self, moves):
        """Carry out `(worker, slice, array)` at once, counting what leaves the first sender."""
        self.messages += 1
        self.size += moves[0][2].nbytes
        for to, part, values, add in moves:
            self.arrays[to][part] = self.arrays[to][part] + values if add else values


def ring_by_hand(arrays):
    """The ring of Patarasuk and Yuan, part by part."""
    count, held = len(arrays), Counted(arrays)
    parts = np.array_split(np.arange(len(arrays[0])), count)
    for add, first in ((True, 0), (False, 1)):
        for turn in range(count - 1):
            moves = []
            for worker in range(count):
                part = parts[(worker + first - turn) % count]
                moves.append(((worker + 1) % count, part, held.arrays[worker][part].copy(), add))
            held.send(moves)
    return held


def halving_by_hand(arrays):
    """Recursive halving of a sum, then doubling; the number of workers is a power of two."""
    count, held = len(arrays), Counted(arrays)
    own = [np.arange(len(arrays[0])) for _ in range(count)]
    for k in range(int(math.log2(count))):
        moves, kept = [], []
        for worker in range(count):
            low, high = np.array_split(own[worker], 2)
            keep, give = (low, high) if not worker >> k & 1 else (high, low)
            moves.append((worker ^ 1 << k, give, held.arrays[worker][give].copy(), True))
            kept.append(keep)
        held.send(moves)
        own = kept
    for k in reversed(range(int(math.log2(count)))):
        moves = [(w ^ 1 << k, own[w], held.arrays[w][own[w]].copy(), False) for w in range(count)]
        held.send(moves)
        own = [np.concatenate([own[w], own[w ^ 1 << k]]) for w in range(count)]
    return held


@pytest.mark.parametrize(
    ("way", "by_hand", "workers"),
    [(ring, ring_by_hand, 2), (ring, ring_by_hand, 3), (ring, ring_by_hand, 7), (halving, halving_by_hand, 2),
     (halving, halving_by_hand, 8)],
)  # fmt: skip
def test_an_all_reduce_sends_what_is_counted(way, by_hand, workers):
    arrays = np.random.default_rng(workers).normal(size=(workers, workers * 6))
    held = by_hand(arrays)
    for array in held.arrays:
        np.testing.assert_allclose(array, arrays.sum(axis=0), rtol=1e-12)
    wanted = way(arrays[0].nbytes, workers)
    assert (held.messages, held.size) == (wanted.messages, pytest.approx(wanted.size))


@pytest.mark.parametrize("workers", [1, 2, 5, 8])
def test_a_scan_over_parts_of_a_text_is_the_recurrence(workers):
    """Each round every worker takes the pair of the one 2^k before it; afterwards each knows its first state."""
    random = np.random.default_rng(workers)
    a, b = random.uniform(-1, 1, (2, 40, 3))
    h = random.normal(size=3)
    states = []
    for t in range(40):
        h = a[t] * h + b[t] if t else b[0]
        states.append(h)
    pairs = []
    for part in np.array_split(np.arange(40), workers):
        total, end = np.ones(3), np.zeros(3)
        for t in part:
            total, end = a[t] * total, a[t] * end + b[t]
        pairs.append((total, end))
    rounds, distance = 0, 1
    while distance < workers:
        moved = [pairs[w - distance] if w >= distance else (np.ones(3), np.zeros(3)) for w in range(workers)]
        pairs = [(A * A_0, A * b_0 + c) for (A, c), (A_0, b_0) in zip(pairs, moved, strict=True)]
        rounds, distance = rounds + 1, 2 * distance
    ends = [part[-1] for part in np.array_split(np.arange(40), workers)]
    np.testing.assert_allclose([end for _, end in pairs], np.array(states)[ends], rtol=1e-12)
    assert scan(2 * 3 * 8, workers) == Traffic(rounds, rounds * 2 * 3 * 8)


def test_what_is_passed_on_goes_over_every_worker_but_the_last():
    for way in (chain, passed_round):
        assert way(100, 1) == Traffic(0, 0) and way(100, 4) == Traffic(3, 300)
    assert ring(100, 1) == halving(100, 1) == Traffic(0, 0)


def test_seconds_are_those_of_latency_and_bandwidth():
    assert Traffic(3, 4e6).seconds(Link(0.5, 1e6)) == pytest.approx(5.5)
    inside, between = Link(1e-6, 4e11), Link(1e-5, 5e10)
    assert two_levels(8e9, 8, 1, inside, between) == pytest.approx(14e-6 + 14e9 / 4e11)
    three = 14e-6 + 14e9 / 4e11 + 2 * 3e-5 + 2 * (3 / 4) * 1e9 / 5e10
    assert two_levels(8e9, 8, 4, inside, between) == pytest.approx(three)
    assert two_levels(8e9, 8, 4, inside, between, way=halving) == pytest.approx(three - 2e-5)


def test_a_link_is_found_again_from_what_it_did():
    link = Link(2e-4, 3e8)
    exchanges = [ring(size, workers) for size in (4e3, 4e5, 4e6) for workers in (2, 5)]
    found = Link.fitted(exchanges, [each.seconds(link) for each in exchanges])
    assert found.latency == pytest.approx(2e-4) and found.bandwidth == pytest.approx(3e8)


def test_a_step_waits_for_what_is_not_hidden():
    compute = Compute.through((64, 0.5), (16, 0.2))
    assert (compute.fixed, compute.each) == pytest.approx((0.1, 0.3 / 48))
    assert compute.seconds(32) == pytest.approx(0.3)
    assert step(compute, 64, 2, exchange=0.3) == pytest.approx(0.6)
    assert step(compute, 64, 2, exchange=0.3, hidden=0.5) == pytest.approx(0.45)
    assert step(compute, 64, 2, exchange=0.1, hidden=0.5) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Link(-1, 1e6), r"latency is -1, it must be at least 0 and finite"),
        (lambda: Link(0, 0), r"bandwidth is 0, it must be positive and finite"),
        (lambda: Compute(math.nan, 1), r"fixed is nan, it must be at least 0 and finite"),
        (lambda: Compute.through((8, 0.5), (8, 0.6)), r"both measurements have 8 examples, they must differ"),
        (lambda: Compute.through((8, 0.5), (16, 0.4)), r"each is -0\.01\d*, it must be at least 0"),
        (lambda: ring(-1, 2), r"size is -1, it must be at least 0 and finite"),
        (lambda: halving(1, 0), r"workers is 0, it must be at least 1"),
        (lambda: scan(1, 2.5), r"workers is 2.5, it must be a whole number"),
        (lambda: chain("1", 2), r"size is '1', it must be a number"),
        (lambda: two_levels(1, 2, 0, Link(0, 1), Link(0, 1)), r"machines is 0, it must be at least 1"),
        (lambda: step(Compute(0, 1), 0, 1, 0.0), r"batch_size is 0, it must be at least 1"),
        (lambda: step(Compute(0, 1), 1, 1, -1.0), r"exchange is -1.0, it must be at least 0 and finite"),
        (lambda: step(Compute(0, 1), 1, 1, 0.0, hidden=1), r"hidden is 1, it must be at least 0 and below 1"),
        (lambda: Link.fitted([ring(8, 2)], [1.0]), r"exchanges are 1 that do not tell latency and bandwidth apart"),
        (lambda: Link.fitted([ring(8, 2), ring(8, 2)], [1, 1]), r"exchanges are 2 that do not tell"),
        (lambda: Link.fitted([ring(8, 2), ring(9, 2)], [1]), r"seconds has shape \(1,\), wanted \(exchanges=2\)"),
        (lambda: Link.fitted([ring(8, 2), ring(800, 2)], [2.0, 1.0]), r"seconds fit no link: α = .* s, 1/β = -"),
        (lambda: Link.fitted([ring(8, 2), ring(800, 2)], [0.0, 1.0]), r"seconds goes from 0.0 to 1.0, .* above 0"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()
