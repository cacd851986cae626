"""Checks of the chapter on GPU speed."""

import numpy as np

from rnn_course.exercises.verdict import NOTHING_YET, Mistake, Verdict, judge_function


def _maps():
    """Random arguments (a_1, b_1, a_2, b_2), arrays of one shape, that differ from case to case."""
    rng = np.random.default_rng(0)
    return [tuple(rng.normal(size=(4, *shape))) for shape in ((3,), (2, 5), (4,))]


def combined(answer):
    """Check `answer(a_1, b_1, a_2, b_2)`: the two steps h ↦ a_1 ⊙ h + b_1 and then h ↦ a_2 ⊙ h + b_2 as one, (a, b)."""
    mistakes = [
        Mistake("You took the second step first: the order of steps matters.", lambda a, b, c, d: (a * c, a * d + b)),
        Mistake("The second step scales what the first one added: a_2 ⊙ b_1.", lambda a, b, c, d: (a * c, b + d)),
        Mistake("a_1 and a_2 multiply; they do not add.", lambda a, b, c, d: (a + c, c * b + d)),
        Mistake("b_1 is scaled by a_2, not by a_1.", lambda a, b, c, d: (a * c, a * b + d)),
    ]
    return judge_function(answer, lambda a, b, c, d: (a * c, c * b + d), _maps(), mistakes)


def _intensity(batch, hidden, operations=2, size=4, weights=True, result=True, batches=1):
    """Operations per byte of h @ W_h.T with W_h (4·hidden, hidden), with the mistakes that can be made."""
    moved = weights * batches * 4 * hidden * hidden + batch * hidden + result * batch * 4 * hidden
    return operations * batch * hidden * 4 * hidden / (size * moved)


def intensity(answer):
    """Check `answer(batch, hidden)`: operations per byte of the recurrent product of an LSTM's step in float32.

    The product is h `(batch, hidden)` times W_hᵀ `(hidden, 4·hidden)`. A multiplication and an addition are two
    operations; h and W_h are read once, the result is written once.
    """
    mistakes = [
        Mistake(
            "You have half of it: a multiplication and an addition are two operations, and float32 takes four bytes.",
            lambda b, h: _intensity(b, h, operations=1),
        ),
        Mistake("A number in float32 takes four bytes.", lambda b, h: _intensity(b, h, size=1)),
        Mistake("W_h has to be read as well.", lambda b, h: _intensity(b, h, weights=False)),
        Mistake("The result has to be written as well.", lambda b, h: _intensity(b, h, result=False)),
        Mistake(
            "W_h is read once for the whole batch: that is what a batch is good for.",
            lambda b, h: _intensity(b, h, batches=b),
        ),
    ]
    return judge_function(answer, _intensity, [(1, 64), (16, 100), (200, 30)], mistakes)


def _padded(lengths, batch_size, ordered=True, whole=False, every=False):
    """Steps that are padding, or all steps, when batches are padded to their own longest sequence."""
    lengths = np.sort(lengths) if ordered else np.asarray(lengths)
    batches = [lengths[k : k + batch_size] for k in range(0, len(lengths), batch_size)]
    longest = [lengths.max() if whole else batch.max() for batch in batches]
    steps = sum(int(most) * len(batch) for most, batch in zip(longest, batches, strict=True))
    return steps if every else steps - int(lengths.sum())


def padded_steps(answer):
    """Check `answer(lengths, batch_size)`: how many steps are padding when batches are cut from the sorted lengths.

    lengths: `(n,)`, whole numbers. Each batch is padded to its own longest sequence; the last one may be smaller.
    """
    rng = np.random.default_rng(1)
    cases = [(rng.integers(1, 40, n), batch) for n, batch in ((23, 4), (9, 5), (30, 7))]
    mistakes = [
        Mistake(
            "Sort the lengths first: neighbours are then of about one length.",
            lambda lengths, size: _padded(lengths, size, ordered=False),
        ),
        Mistake(
            "Pad each batch to its own longest sequence, not to the longest of all.",
            lambda lengths, size: _padded(lengths, size, whole=True),
        ),
        Mistake(
            "Those are all steps: take off the real ones.", lambda lengths, size: _padded(lengths, size, every=True)
        ),
        Mistake(
            "The last batch counts too, even if it is smaller.",
            lambda lengths, size: _padded(np.sort(lengths)[: len(lengths) // size * size], size),
        ),
    ]
    return judge_function(answer, _padded, cases, mistakes)


TIMINGS = {  # how four people timed one program on a GPU, and what is wrong with it
    "A": ("no warm-up: synchronise, 5 times (run, synchronise), the mean with its deviation", "no warm-up"),
    "B": ("a warm-up, 20 times (run, stop the clock at once), the median with its quartiles", "no synchronisation"),
    "C": ("a warm-up, synchronise, 20 times (run, synchronise), median and quartiles", "nothing"),
    "D": ("a warm-up, synchronise, one run, synchronise, and the number goes into the paper", "no repeats"),
}
ANSWERS = ("no warm-up", "no synchronisation", "no repeats", "nothing")


def timings(answer):
    """Check a dict from letter to what is wrong with that timing, one of `ANSWERS`."""
    if answer is ... or not isinstance(answer, dict):
        return Verdict(False, NOTHING_YET)
    if answer.keys() != TIMINGS.keys():
        return Verdict(False, f"Say something about each of {', '.join(TIMINGS)}.")
    if any(value is ... for value in answer.values()):
        return Verdict(False, NOTHING_YET)
    for letter, said in answer.items():
        if said not in ANSWERS:
            return Verdict(False, f"{said!r} is not among the answers: {', '.join(ANSWERS)}.")
        if said != TIMINGS[letter][1]:
            return Verdict(False, f"Look at {letter} again: {TIMINGS[letter][0]}.")
    return Verdict(True, "Warm up, synchronise around every run, repeat, and give the spread: only C does all of it.")
