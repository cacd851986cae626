"""The checks of the chapter on GPU speed: right answers by another road, and each known mistake by its sentence."""

import numpy as np
import pytest
from verdicts import catalogue, refused

from rnn_course.exercises import gpu_speed
from rnn_course.exercises.verdict import NOTHING_YET


def by_two_points(a_1, b_1, a_2, b_2):
    """The combined map from what it does to 0 and to 1."""

    def both(h):
        return a_2 * (a_1 * h + b_1) + b_2

    return both(1.0) - both(0.0), both(0.0)


def by_counting(lengths, batch_size):
    """Padding counted cell by cell on a filled grid."""
    waste, rest = 0, sorted(int(length) for length in lengths)
    while rest:
        batch, rest = rest[:batch_size], rest[batch_size:]
        waste += sum(1 for length in batch for step in range(batch[-1]) if step >= length)
    return waste


def by_arrays(batch, hidden):
    """Operations per byte from real arrays."""
    h, W_h = np.ones((batch, hidden), np.float32), np.ones((4 * hidden, hidden), np.float32)
    out = h @ W_h.T
    return 2 * out.size * hidden / (h.nbytes + W_h.nbytes + out.nbytes)


RIGHT = {"combined": by_two_points, "padded_steps": by_counting, "intensity": by_arrays}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_answer_passes_and_nothing_is_nothing_yet(name):
    check = getattr(gpu_speed, name)
    assert check(RIGHT[name]).passed
    refused(check(...), NOTHING_YET)
    refused(check(lambda *arguments: ...), NOTHING_YET)


@pytest.mark.parametrize(("name", "count"), [("combined", 4), ("padded_steps", 4), ("intensity", 5)])
def test_every_catalogued_mistake_gets_its_own_sentence(monkeypatch, name, count):
    check = getattr(gpu_speed, name)
    mistakes, _ = catalogue(monkeypatch, gpu_speed, check, RIGHT[name])
    assert len({mistake.sentence for mistake in mistakes}) == count
    for mistake in mistakes:
        refused(check(mistake.answer), mistake.sentence)


def test_timings():
    right = {"A": "no warm-up", "B": "no synchronisation", "C": "nothing", "D": "no repeats"}
    assert gpu_speed.timings(right).passed
    refused(gpu_speed.timings(dict.fromkeys("ABCD", ...)), NOTHING_YET)
    refused(gpu_speed.timings(...), NOTHING_YET)
    refused(gpu_speed.timings({"A": "nothing"}), "each of A, B, C, D")
    refused(gpu_speed.timings(right | {"B": "it is fine"}), "'it is fine' is not among the answers")
    for letter in right:
        wrong = "nothing" if right[letter] != "nothing" else "no repeats"
        refused(gpu_speed.timings(right | {letter: wrong}), f"Look at {letter} again")
