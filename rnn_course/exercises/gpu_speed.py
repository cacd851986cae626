"""Checks of the chapter on GPU speed."""

import math
from functools import partial

import numpy as np

from rnn_course.exercises.exercise import Exercise
from rnn_course.exercises.verdict import Verdict, check, judge_labels, judge_number

# -- exercise 1: two steps as one


def _maps():
    """Random arguments (a_1, b_1, a_2, b_2), arrays of one shape, that differ from case to case."""
    rng = np.random.default_rng(0)
    return [tuple(rng.normal(size=(4, *shape))) for shape in ((3,), (2, 5), (4,), (1, 1))]


def _joined(a_1, b_1, a_2, b_2, factor=lambda a_1, a_2: a_1 * a_2, first=lambda a_1, a_2, b_1: a_2 * b_1, second=None):
    """Two steps as one. factor: of h. first: what becomes of b_1; second: what becomes of b_2."""
    return factor(a_1, a_2), first(a_1, a_2, b_1) + (second(a_1, a_2, b_2) if second else b_2)


COMBINED = Exercise(
    _joined,
    _maps,
    {
        # what is added
        "You took the second step first: the order of steps matters.": {
            "first": lambda a_1, a_2, b_1: b_1,
            "second": lambda a_1, a_2, b_2: a_1 * b_2,
        },
        "The second step scales what the first one added: a_2 ⊙ b_1.": {"first": lambda a_1, a_2, b_1: b_1},
        "b_1 is scaled by a_2, not by a_1.": {"first": lambda a_1, a_2, b_1: a_1 * b_1},
        "b_1 is scaled by a_2 alone: it came after a_1.": {"first": lambda a_1, a_2, b_1: a_1 * a_2 * b_1},
        "b_1 is missing: the second step scales it, it does not undo it.": {"first": lambda a_1, a_2, b_1: 0 * b_1},
        "a_2 scales b_1; it is not added to it.": {"first": lambda a_1, a_2, b_1: a_2 + b_1},
        "b is a sum, a_2 ⊙ b_1 + b_2; you multiplied b_1 by b_2.": lambda a_1, b_1, a_2, b_2: (a_1 * a_2, b_1 * b_2),
        "That is the first step alone: join it with the second.": lambda a_1, b_1, a_2, b_2: (a_1, b_1),
        "That is the second step alone: join it with the first.": lambda a_1, b_1, a_2, b_2: (a_2, b_2),
        "b_2 is missing.": {"second": lambda a_1, a_2, b_2: 0 * b_2},
        "b_2 is added last: nothing scales it, and you scaled it by a_2.": {"second": lambda a_1, a_2, b_2: a_2 * b_2},
        "b_2 is added last: nothing scales it, and you scaled it by a_1.": {"second": lambda a_1, a_2, b_2: a_1 * b_2},
        "b_2 is added last: nothing scales it, and you scaled it by a_1 ⊙ a_2.": {
            "second": lambda a_1, a_2, b_2: a_1 * a_2 * b_2
        },
        "b_2 is added, not subtracted.": {"second": lambda a_1, a_2, b_2: -b_2},
        # what h is scaled by
        "a_1 and a_2 multiply; they do not add.": {"factor": lambda a_1, a_2: a_1 + a_2},
        "h is scaled by both steps: a_1 is missing in a.": {"factor": lambda a_1, a_2: a_2},
        "h is scaled by both steps: a_2 is missing in a.": {"factor": lambda a_1, a_2: a_1},
        "a_1 and a_2 multiply; you divided by a_1.": {"factor": lambda a_1, a_2: a_2 / a_1},
        "a_1 and a_2 multiply; you divided by a_2.": {"factor": lambda a_1, a_2: a_1 / a_2},
        "a is a_1 ⊙ a_2; you multiplied by a_2 twice.": {"factor": lambda a_1, a_2: a_1 * a_2 * a_2},
        "a is a_1 ⊙ a_2; you multiplied by a_1 twice.": {"factor": lambda a_1, a_2: a_1 * a_1 * a_2},
    },
    returns=("a", "b"),
)


@check
def combined(answer):
    """Check `answer(a_1, b_1, a_2, b_2)`: the two steps h ↦ a_1 ⊙ h + b_1 and then h ↦ a_2 ⊙ h + b_2 as one, (a, b)."""
    return COMBINED.check(answer)


# -- exercise 2: intensity, and the batch that reaches the ridge


def _per_number(operations, numbers, size):
    return operations / (size * numbers)


def _intensity(
    batch,
    hidden,
    operations=2,
    gates=4,
    sums=None,
    h=1,
    weights=1,
    result=1,
    once=True,
    rows=None,
    more=None,
    size=4,
    written=4,
    of_one=False,
    ratio=_per_number,
):
    """Operations per byte of h @ W_h.T with W_h (4·hidden, hidden), with the mistakes that can be made.

    operations: for each product. sums: how many operations an entry of the result takes. h, weights, result: how often
    each array moves. once: W_h is read once for the whole batch. rows: of h and of the result. more: what else moves.
    """
    rows = batch if rows is None else rows
    done = (1 if of_one else batch) * gates * hidden * (sums(hidden) if sums else operations * hidden)
    moved = weights * (1 if once else batch) * gates * hidden * hidden + h * rows * hidden
    moved += result * rows * written * hidden + (more(batch, hidden) if more else 0)
    return ratio(done, moved, size)


INTENSITY = Exercise(
    _intensity,
    lambda: [(16, 100), (1, 64), (200, 30), (7, 1)],
    {
        # operations
        "You have half of it: a multiplication and an addition are two operations, and float32 takes four bytes.": {
            "operations": 1
        },
        "You have a quarter of it: a sequence takes 2 · hidden · 4·hidden operations, and a number takes four bytes.": {
            "operations": 0.5
        },
        "An entry of the result takes as many additions as products, 2 · hidden: take off none.": {
            "sums": lambda hidden: 2 * hidden - 1
        },
        "An entry of the result is a sum of `hidden` products: it takes 2 · hidden operations, not two.": partial(
            _intensity, sums=lambda hidden: 2
        ),
        "Every sequence of the batch takes its operations; you counted those of one.": {"of_one": True},
        # bytes
        "You have four times of it: float32 takes four bytes, and the operations are 8 · batch · hidden².": {
            "size": 1,
            "operations": 2,  # named, that it is not paired with what else makes it a multiple
        },
        "You have twice of it: a number in float32 takes four bytes, a product and its addition are two operations.": {
            "size": 2,
            "operations": 2,
        },
        "float32 has 32 bits; count bytes, of which there are four.": partial(_intensity, size=32),
        "W_h has to be read as well.": {"weights": 0},
        "The batch makes no difference in yours: W_h is read once for all of it, and the rest grows with it.": {
            "once": False
        },
        "W_h has 4·hidden rows, hidden for each of four gates; you read those of one.": {"weights": 0.25},
        "W_h has 4·hidden rows and hidden columns: 4·hidden² numbers, not 16·hidden².": partial(_intensity, weights=4),
        "The state h is only read: it moves once.": partial(_intensity, h=2),
        "The cell C is no part of this product: h, W_h and the result are all that moves.": partial(
            _intensity, more=lambda batch, hidden: 2 * batch * hidden
        ),
        "W_h is only read: it moves once.": partial(_intensity, weights=2),
        "The state h has to be read as well.": {"h": 0},
        "The result has to be written as well.": {"result": 0},
        "The result is only written: it moves once.": partial(_intensity, result=2),
        "The product of x_t with W_x is another one: h, W_h and the result are all that moves here.": partial(
            _intensity, operations=4, weights=2, h=2
        ),
        "h and the result have a row for each sequence; you counted one row.": {"rows": 1},
        "The biases are no part of this product, nor are their bytes.": partial(
            _intensity, more=lambda batch, hidden: 4 * hidden
        ),
        "The biases are no part of this product, nor are their additions and bytes.": partial(
            _intensity, sums=lambda hidden: 2 * hidden + 1, more=lambda batch, hidden: 4 * hidden
        ),
        "`batch` and `hidden` have changed places, all of them or those in the size of h, (batch, hidden).": (
            lambda batch, hidden: _intensity(hidden, batch)
        ),
        # gates
        "W_h has 4·hidden rows and the result 4·hidden columns, but h is read once for all four gates.": {
            "gates": 1,
            "written": 1,
        },
        "The result has 4·hidden columns; you wrote hidden.": {"written": 1},
        # how both are put together
        "That is bytes per operation: turn it round.": {
            "ratio": lambda operations, numbers, size: size * numbers / operations
        },
        "Those are the operations: divide by the bytes.": {"ratio": lambda operations, numbers, size: operations},
        "You divided by the four bytes of one number: divide by those of all numbers that move.": {
            "ratio": lambda operations, numbers, size: operations / size
        },
        "Those are the bytes: divide the operations by them.": {
            "ratio": lambda operations, numbers, size: size * numbers
        },
        "Put the bytes in brackets: `a / b * c` divides by b and multiplies by c.": {
            "ratio": lambda operations, numbers, size: operations / size * numbers
        },
        "Divide with `/`: `//` drops what is behind the point.": partial(
            _intensity, ratio=lambda operations, numbers, size: operations // (size * numbers)
        ),
    },
)


@check
def intensity(answer):
    """Check `answer(batch, hidden)`: operations per byte of the recurrent product of an LSTM's step in float32.

    The product is h `(batch, hidden)` times W_hᵀ `(hidden, 4·hidden)`. A multiplication and an addition are two
    operations; h and W_h are read once, the result is written once.
    """
    return INTENSITY.check(answer)


def _batch_at(ridge, hidden, h=1, result=4, size=4):
    """The smallest batch that reaches the ridge: I = 8·B·H / (size·(4·H + (h + result)·B)), solved for B."""
    gained = 8 * hidden - size * ridge * (h + result)
    return max(1, math.ceil(4 * size * ridge * hidden / gained)) if gained > 0 else math.inf


def _why_not(batch, right, ridge, hidden):
    """A sentence on a batch that is not the smallest one at the ridge."""
    most, found = 2 * hidden / 5, _intensity(batch, hidden)
    if math.isinf(batch):
        return f"Some batch reaches it: the intensity grows up to {most:.4g}, and the ridge is at {ridge:.4g}."
    if math.isclose(batch, ridge, rel_tol=1e-3):
        return f"That is the ridge, {ridge:.4g} operations per byte. At which batch does the intensity reach it?"
    if batch < 1 or batch % 1:
        return f"A batch is a whole number of sequences and at least 1; {batch:.6g} is not. Round up what you compute."
    if math.isinf(right):
        return f"With hidden size {hidden} the intensity stays below {most:.4g} and the ridge is at {ridge:.4g}: never."
    if batch > right:
        return f"A batch of {batch:.0f} is beyond the ridge, which is at {ridge:.4g}; a smaller one reaches it too."
    said = f"With a batch of {batch:.0f} the intensity is {found:.4g}, and the ridge is at {ridge:.4g}: not yet."
    causes = {
        "That number comes out if only W_h is counted: h and the result move as well.": _batch_at(ridge, hidden, 0, 0),
        "That number comes out if the result is not counted: it has to be written.": _batch_at(ridge, hidden, result=0),
        "That number comes out if one byte is counted for each number: float32 takes four.": _batch_at(
            ridge, hidden, size=1
        ),
        "Is W_h in your bytes, and is your ridge peak / bandwidth, both without kilo or giga?": 1,
    }
    return " ".join([said, *(cause for cause, wrong in causes.items() if batch == wrong)][:2])


@check
def batch_at_ridge(answer, peak, bandwidth, hidden=256):
    """Check the smallest batch at which the recurrent product of an LSTM's step reaches the ridge of a roofline.

    peak: operations per second. bandwidth: bytes per second. The ridge is their ratio. The intensity grows with the
    batch, but never beyond 2·hidden / 5: where the ridge lies higher `math.inf`, or "never", is the answer.
    """
    ridge = peak / bandwidth
    right = _batch_at(ridge, hidden)
    if isinstance(answer, str) and answer == "never":
        answer = math.inf
    verdict = judge_number(answer, right, otherwise=lambda batch: _why_not(batch, right, ridge, hidden))
    if not verdict.passed:
        return verdict
    if math.isinf(right):
        return Verdict(True, f"The intensity stays below {2 * hidden / 5:.4g}, and the ridge is at {ridge:.4g}.")
    return Verdict(True, f"A batch of {right} reaches the ridge of {ridge:.4g} operations per byte.")


# -- exercise 3: what is padding?


def _lengths():
    rng = np.random.default_rng(1)
    return [(rng.integers(1, 40, n), batch) for n, batch in ((11, 4), (9, 5), (30, 7), (12, 3), (6, 6))]


def _in_turn(lengths, size):
    return [lengths[k : k + size] for k in range(0, len(lengths), size)]


def _waste(batch, longest):
    return longest * len(batch) - batch.sum()


def _padded(
    lengths,
    batch_size,
    order=np.sort,
    cut=_in_turn,
    longest=lambda batch, lengths: batch.max(),
    count=_waste,
    together=lambda counts, lengths: sum(counts),
):
    """How many steps are padding, with the mistakes that can be made in order, cuts, lengths and count."""
    lengths = order(np.asarray(lengths))
    counts = [count(batch, longest(batch, lengths)) for batch in cut(lengths, batch_size)]
    return together(counts, lengths)


PADDED_STEPS = Exercise(
    _padded,
    _lengths,
    {
        # which batches
        "Sort the lengths first: neighbours are then of about one length.": {"order": lambda lengths: lengths},
        "Sort the lengths first: in a batch that is not sorted the last length need not be the longest.": {
            "order": lambda lengths: lengths,
            "longest": lambda batch, lengths: batch[-1],
        },
        "`np.argsort` gives places, not lengths: `np.sort` sorts the lengths.": {"order": np.argsort},
        "Sort from short to long: from long to short the smaller batch at the end is another.": {
            "order": lambda lengths: np.sort(lengths)[::-1]
        },
        "The last batch counts too, even if it is smaller.": {
            "cut": lambda lengths, size: _in_turn(lengths[: len(lengths) // size * size], size)
        },
        "The last batch counts too: the range has to go up to the number of sequences.": {
            "cut": lambda lengths, size: [lengths[k : k + size] for k in range(0, len(lengths) - size, size)]
        },
        "Every batch counts; you counted the first one.": {"cut": lambda lengths, size: [lengths[:size]]},
        "Every batch counts; you left out the first one.": partial(
            _padded, cut=lambda lengths, size: _in_turn(lengths[size:], size)
        ),
        "Every batch counts; you counted the last one.": partial(
            _padded, cut=lambda lengths, size: _in_turn(lengths, size)[-1:]
        ),
        "`batch_size` is how many sequences are in a batch, not how many batches there are.": {
            "cut": lambda lengths, size: [batch for batch in np.array_split(lengths, size) if len(batch)]
        },
        "Cut at every `batch_size`: the last batch may be smaller; yours are about equal in size.": {
            "cut": lambda lengths, size: np.array_split(lengths, -(-len(lengths) // size))
        },
        "A batch has `batch_size` sequences; yours have one more.": partial(
            _padded, cut=lambda lengths, size: _in_turn(lengths, size + 1)
        ),
        "That is what sorting saves: how much padding is left then?": lambda lengths, batch_size: (
            _padded(lengths, batch_size, order=lambda lengths: lengths) - _padded(lengths, batch_size)
        ),
        "Batch k begins at k · batch_size; yours begins at k.": partial(
            _padded, cut=lambda lengths, size: [lengths[k : k + size] for k in range(len(lengths) // size)]
        ),
        "Batches do not overlap: the next one begins `batch_size` further on.": partial(
            _padded, cut=lambda lengths, size: [lengths[k : k + size] for k in range(len(lengths))]
        ),
        # how long they become
        "Pad each batch to its own longest sequence, not to the longest of all.": {
            "longest": lambda batch, lengths: lengths.max()
        },
        "Pad each batch to its longest sequence, not to the shortest.": {"longest": lambda batch, lengths: batch.min()},
        "The last batch has fewer sequences: there is nothing in the rows that would fill it up.": {
            "cut": lambda lengths, size: [np.pad(batch, (0, size - len(batch))) for batch in _in_turn(lengths, size)]
        },
        # what is counted
        "Those are all steps: take off the real ones.": {"count": lambda batch, longest: longest * len(batch)},
        "Those are the real steps: how many more are there with the padding?": {
            "count": lambda batch, longest: batch.sum()
        },
        "Those are the sequences that are padded: count the steps.": partial(
            _padded, count=lambda batch, longest: (batch < longest).sum()
        ),
        "That is the padding of the shortest sequence in each batch: add up that of all.": partial(
            _padded, count=lambda batch, longest: longest - batch.min()
        ),
        "Those are the lengths that the batches are padded to: what is padding in them?": partial(
            _padded, count=lambda batch, longest: longest
        ),
        "You have the padded minus the real steps of one sequence in each batch: multiply by their number.": partial(
            _padded, count=lambda batch, longest: longest - batch.mean()
        ),
        # how it is put together
        "That is the share of the steps that is padding: a number of steps is wanted.": partial(
            _padded, together=lambda counts, lengths: sum(counts) / (sum(counts) + lengths.sum())
        ),
        "That is the padding over the real steps: a number of steps is wanted.": partial(
            _padded, together=lambda counts, lengths: sum(counts) / lengths.sum()
        ),
        "That is the padding in per cent of the steps: a number of steps is wanted.": partial(
            _padded, together=lambda counts, lengths: 100 * sum(counts) / (sum(counts) + lengths.sum())
        ),
        "That is the padding of each batch: add them up.": partial(
            _padded, together=lambda counts, lengths: np.array(counts)
        ),
        "That is the mean over the batches: add them up.": partial(
            _padded, together=lambda counts, lengths: sum(counts) / max(1, len(counts))
        ),
    },
)


@check
def padded_steps(answer):
    """Check `answer(lengths, batch_size)`: how many steps are padding when batches are cut from the sorted lengths.

    lengths: `(n,)`, whole numbers; sort them from short to long. Each batch is padded to its own longest sequence; the
    last one may be smaller.
    """
    return PADDED_STEPS.check(answer)


# -- exercise 4: who timed fairly?

TIMINGS = {  # how four people timed one program on a GPU, and what is wrong with it
    "A": ("no warm-up: synchronise, 5 times (run, synchronise), the mean with its deviation", "no warm-up"),
    "B": ("a warm-up, 20 times (run, stop the clock at once), the median with its quartiles", "no synchronisation"),
    "C": ("a warm-up, synchronise, 20 times (run, synchronise), median and quartiles", "nothing"),
    "D": ("a warm-up, synchronise, one run, synchronise, and the number goes into the paper", "no repeats"),
}
ANSWERS = ("no warm-up", "no synchronisation", "no repeats", "nothing")
WHY_NOT = {  # why a label cannot be
    ("A", "no synchronisation"): "it synchronises after every run. What does its first run pay for?",
    ("A", "no repeats"): "it runs five times and gives a spread. What does its first run pay for?",
    ("A", "nothing"): "its first run may compile, allocate and load, and its mean counts that.",
    ("B", "no warm-up"): "it has one. What has the GPU done when the call returns and the clock is stopped?",
    ("B", "no repeats"): "it runs twenty times. What has the GPU done when the call returns and the clock is stopped?",
    ("B", "nothing"): "a call to a GPU returns before the work is done, and this clock is stopped then.",
    ("C", "no warm-up"): "it has one, before anything is timed.",
    ("C", "no synchronisation"): "it waits for the GPU before the first run and after every one.",
    ("C", "no repeats"): "it runs twenty times, and gives median and quartiles.",
    ("D", "no warm-up"): "it has one, before anything is timed. How much do you know of the spread?",
    ("D", "no synchronisation"): "it waits for the GPU before and after. How much do you know of the spread?",
    ("D", "nothing"): "one run is one draw: who can tell how far the next one lies from it?",
}


@check
def timings(answer):
    """Check a dict from letter to what is wrong with that timing, one of `ANSWERS`."""
    right = {letter: truth for letter, (_, truth) in TIMINGS.items()}
    well_done = "Warm up, synchronise around every run, repeat, and give the spread: only C does all of it."
    return judge_labels(answer, right, ANSWERS, WHY_NOT, well_done)
