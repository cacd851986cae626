"""The checks of the chapter on GPU speed: right answers by another road, and what students write by its sentence."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import accepted, refused

from rnn_course.exercises import gpu_speed
from rnn_course.exercises.verdict import NOTHING_YET

# -- two steps as one


def by_two_points(a_1, b_1, a_2, b_2):
    """The combined map from what it does to 0 and to 1."""

    def both(h):
        return a_2 * (a_1 * h + b_1) + b_2

    return both(1.0) - both(0.0), both(0.0)


def in_place(a_1, b_1, a_2, b_2):
    b_1 *= a_2
    b_1 += b_2
    a_1 *= a_2
    return {"a": a_1, "b": b_1}


def in_place_too_early(a_1, b_1, a_2, b_2):
    a_2 *= a_1
    b_2 += a_2 * b_1
    return a_2, b_2


JOINS = {
    "other order": (lambda a_1, b_1, a_2, b_2: (a_1 * a_2, a_1 * b_2 + b_1), "the order of steps matters"),
    "bracket": (
        lambda a_1, b_1, a_2, b_2: (a_1 * a_2, a_2 * (b_1 + b_2)),
        "nothing scales it, and you scaled it by a_2",
    ),
    "sums": (lambda a_1, b_1, a_2, b_2: np.stack([a_1 + a_2, b_1 + b_2]), "Two things are wrong."),
    "in place": (in_place_too_early, "b_1 is scaled by a_2 alone"),
    "product": (lambda a_1, b_1, a_2, b_2: (a_1 * a_2, b_1 * b_2), "you multiplied b_1 by b_2"),
    "(b, a)": (lambda *given: by_two_points(*given)[::-1], "`a` and `b` have changed places"),
}

# -- intensity


def by_arrays(batch, hidden):
    """Operations per byte from real arrays."""
    h, W_h = np.ones((batch, hidden), np.float32), np.ones((4 * hidden, hidden), np.float32)
    out = h @ W_h.T
    return 2 * out.size * hidden / (h.nbytes + W_h.nbytes + out.nbytes)


def of_numbers(operations, numbers):
    """A student's operations and moved numbers, put together as they should be."""
    return lambda B, H: operations(B, H) / (4 * numbers(B, H))


def right_operations(B, H):
    return 2 * B * H * 4 * H


def right_numbers(B, H):
    return B * H + 4 * H * H + 4 * B * H


INTENSITIES = {
    "exact count": (of_numbers(lambda B, H: (2 * H - 1) * B * 4 * H, right_numbers), "take off none"),
    "no batch": (of_numbers(lambda B, H: 8 * H * H, lambda B, H: 5 * H + 4 * H * H), "The batch makes no difference"),
    "no gates": (of_numbers(lambda B, H: 2 * B * H * H, lambda B, H: H * H + 2 * B * H), "4·hidden columns, but h is"),
    "operations of one gate": (of_numbers(lambda B, H: 2 * B * H * H, right_numbers), "a quarter of it"),
    "half the batch": (lambda B, H: B / 2, "Two things are wrong."),
    "float64": (lambda B, H: right_operations(B, H) / (8 * right_numbers(B, H)), "You have half of it"),
    "brackets": (lambda B, H: right_operations(B, H) / 4 * right_numbers(B, H), "Put the bytes in brackets"),
    "rounded": (lambda B, H: int(by_arrays(B, H)), "`//` drops what is behind the point"),
    "turned": (lambda B, H: 1 / by_arrays(B, H), "turn it round"),
    "biases": (of_numbers(right_operations, lambda B, H: right_numbers(B, H) + 4 * H), "The biases are no part"),
    "input too": (
        of_numbers(lambda B, H: 16 * B * H * H, lambda B, H: 8 * H * H + 6 * B * H),
        "The product of x_t with W_x is another one",
    ),
    "brackets of the result": (
        of_numbers(lambda B, H: 2 * B * H / 4 * H, right_numbers),
        "Every number is 0.0625 times what is wanted.",
    ),
    "bytes of one": (lambda B, H: right_operations(B, H) / 4, "You divided by the four bytes of one number"),
    "square h": (
        of_numbers(right_operations, lambda B, H: H * H + 4 * H * H + 4 * B * H),
        "`batch` and `hidden` have changed places, all of them or those in the size of h",
    ),
    "exchanged": (lambda B, H: by_arrays(H, B), "`batch` and `hidden` have changed places"),
}

# -- padding


def by_counting(lengths, batch_size):
    """Padding counted cell by cell on a filled grid."""
    waste, rest = 0, sorted(int(length) for length in lengths)
    while rest:
        batch, rest = rest[:batch_size], rest[batch_size:]
        waste += sum(1 for length in batch for step in range(batch[-1]) if step >= length)
    return waste


def sorted_in_place(lengths, batch_size):
    lengths.sort()
    return sum((batch[-1] - batch).sum() for batch in cut(lengths, batch_size))


def cut(lengths, size):
    return [lengths[k : k + size] for k in range(0, len(lengths), size)]


def not_kept(lengths, batch_size):
    sorted(lengths)
    return sum((batch.max() - batch).sum() for batch in cut(lengths, batch_size))


def places(lengths, batch_size):
    return sum((batch.max() - batch).sum() for batch in cut(np.argsort(lengths), batch_size))


def from_long_to_short(lengths, batch_size):
    return sum((batch[0] - batch).sum() for batch in cut(np.sort(lengths)[::-1], batch_size))


def full_batches(lengths, batch_size):
    ordered = np.sort(lengths)
    last = range(batch_size - 1, len(ordered), batch_size)
    return sum((ordered[k] - ordered[k - batch_size + 1 : k + 1]).sum() for k in last)


def overwritten(lengths, batch_size):
    for batch in cut(np.sort(lengths), batch_size):
        waste = (batch.max() - batch).sum()
    return waste


PADDINGS = {
    "not kept": (not_kept, "Sort the lengths first: neighbours"),
    "not sorted": (
        lambda lengths, size: sum((batch[-1] - batch).sum() for batch in cut(lengths, size)),
        "the last length need not be the longest",
    ),
    "downwards": (from_long_to_short, "Sort from short to long"),
    "argsort": (places, "`np.argsort` gives places"),
    "full batches": (full_batches, "The last batch counts too"),
    "filled up": (
        lambda lengths, size: sum(size * b[-1] - b.sum() for b in cut(np.sort(lengths), size)),
        "nothing in the rows that would fill it up",
    ),
    "of all": (lambda lengths, size: len(lengths) * max(lengths) - sum(lengths), "not to the longest of all"),
    "share": (lambda lengths, size: by_counting(lengths, size) / sum(lengths), "over the real steps"),
    "each": (
        lambda lengths, size: [(b[-1] - b).sum() for b in cut(np.sort(lengths), size)],
        "That is the padding of each batch",
    ),
    "last": (overwritten, "you counted the last one"),
    "reshaped": (lambda lengths, size: np.sort(lengths).reshape(-1, size), "The line is"),
}

CHECKS = {
    "combined": ((by_two_points, in_place), JOINS),
    "intensity": ((by_arrays, of_numbers(right_operations, right_numbers)), INTENSITIES),
    "padded_steps": ((by_counting, sorted_in_place), PADDINGS),
}


@pytest.mark.parametrize("name", CHECKS)
def test_right_answers_of_another_making_pass(name):
    for right in CHECKS[name][0]:
        accepted(getattr(gpu_speed, name)(right))


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"), [(name, *case) for name, (_, wrong) in CHECKS.items() for case in wrong.values()]
)
def test_what_students_write_is_named(name, wrong, sentence):
    refused(getattr(gpu_speed, name)(wrong), sentence)


# -- the batch at the ridge

PEAK, BANDWIDTH = 2e12, 1e11  # a ridge at 20 operations per byte


def smallest_batch(peak, bandwidth, hidden):
    """Walked in exact numbers; None where 10,000 sequences are not enough."""
    for batch in range(1, 10_000):
        intensity = Fraction(8 * batch * hidden * hidden, 4 * (4 * hidden * hidden + 5 * batch * hidden))
        if intensity >= Fraction(peak) / Fraction(bandwidth):
            return batch
    return None


def test_the_batch_at_the_ridge_and_why_another_one_is_not():
    right = smallest_batch(PEAK, BANDWIDTH, 256)
    assert right == 50
    for form in (right, float(right), np.int64(right), np.array(right)):
        accepted(gpu_speed.batch_at_ridge(form, PEAK, BANDWIDTH))
    said = {
        49: "With a batch of 49 the intensity is 19.77, and the ridge is at 20: not yet.",
        51: "A batch of 51 is beyond the ridge, which is at 20; a smaller one reaches it too.",
        40: "That number comes out if only W_h is counted",
        42: "That number comes out if the result is not counted",
        11: "That number comes out if one byte is counted for each number",
        1: "peak / bandwidth, both without kilo or giga?",
        20: "That is the ridge, 20 operations per byte.",
        49.7: "A batch is a whole number of sequences",
        0: "A batch is a whole number of sequences and at least 1",
        -3: "A batch is a whole number of sequences and at least 1",
        math.inf: "Some batch reaches it: the intensity grows up to 102.4, and the ridge is at 20.",
        math.nan: "not a number (NaN)",
    }
    for batch, sentence in said.items():
        refused(gpu_speed.batch_at_ridge(batch, PEAK, BANDWIDTH), sentence)
    refused(gpu_speed.batch_at_ridge("never", PEAK, BANDWIDTH), "Some batch reaches it")
    refused(gpu_speed.batch_at_ridge("fifty", PEAK, BANDWIDTH), "Your answer is a str")
    refused(gpu_speed.batch_at_ridge([50, 51], PEAK, BANDWIDTH), "a single number is wanted")
    refused(gpu_speed.batch_at_ridge(..., PEAK, BANDWIDTH), NOTHING_YET)


def test_a_ridge_beyond_reach_is_never_reached():
    for never in (math.inf, "never", np.inf):
        accepted(gpu_speed.batch_at_ridge(never, 1000 * PEAK, BANDWIDTH))
    refused(gpu_speed.batch_at_ridge(500, 1000 * PEAK, BANDWIDTH), "the intensity stays below 102.4")
    refused(gpu_speed.batch_at_ridge(..., 1000 * PEAK, BANDWIDTH), NOTHING_YET)


@settings(deadline=None, max_examples=40)
@given(ridge=st.integers(1, 4000), hidden=st.integers(8, 512), off=st.integers(-3, 3).filter(bool))
def test_the_batch_at_any_ridge_is_the_smallest_that_reaches_it(ridge, hidden, off):
    peak, bandwidth = ridge * 2**33, 2**36  # an eighth of an operation per byte and more, exact in binary
    right = smallest_batch(peak, bandwidth, hidden)
    if right is not None:
        accepted(gpu_speed.batch_at_ridge(right, peak, bandwidth, hidden))
        assert not gpu_speed.batch_at_ridge(right + off, peak, bandwidth, hidden).passed
    elif 5 * ridge >= 16 * hidden:  # 2·hidden / 5 is not beyond ridge / 8
        accepted(gpu_speed.batch_at_ridge("never", peak, bandwidth, hidden))


# -- who timed fairly?


def test_timings():
    right = {"A": "no warm-up", "B": "no synchronisation", "C": "nothing", "D": "no repeats"}
    accepted(gpu_speed.timings(right))
    refused(gpu_speed.timings(dict.fromkeys("ABCD", ...)), NOTHING_YET)
    refused(gpu_speed.timings(...), NOTHING_YET)
    refused(gpu_speed.timings({"A": "nothing"}), "each of A, B, C, D")
    refused(gpu_speed.timings(right | {"B": "it is fine"}), "B: 'it is fine' is none of 'no warm-up'")
    said = set()
    for letter in right:
        for other in set(gpu_speed.ANSWERS) - {right[letter]}:
            verdict = gpu_speed.timings(right | {letter: other})
            refused(verdict, f"Look at {letter} again: ")
            said.add(verdict.message)
    assert len(said) == 12
    refused(gpu_speed.timings(right | {"B": "nothing"}), "a call to a GPU returns before the work is done")
