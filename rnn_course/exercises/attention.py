"""Checks of the chapter on attention: a soft look-up, the causal mask, a cache's bytes, which task suits which."""

import numpy as np

from rnn_course.exercises.exercise import Exercise, as_it_is
from rnn_course.exercises.verdict import check, judge_labels

__all__ = ["cache_bytes", "causal_weights", "soft_lookup", "suits"]

# -- exercise 1: attention as a soft look-up


def _lookups():
    cases = []
    for seed, (steps, time, d, width) in enumerate([(2, 5, 3, 4), (4, 7, 5, 2), (1, 3, 2, 5), (5, 4, 6, 3)]):
        rng = np.random.default_rng(seed)
        size = {"queries": (steps, d), "keys": (time, d), "values": (time, width)}
        cases.append(tuple(rng.normal(0, 1.3, shape) for shape in size.values()))
    return cases


def _softmax(a, axis=-1):
    p = np.exp(a - a.max(axis=axis, keepdims=True))
    return p / p.sum(axis=axis, keepdims=True)


def _root(d):
    return np.sqrt(d)


def _lookup(queries, keys, values, scores=np.matmul, scale=_root, weights=_softmax, mixed=np.matmul):
    """Attention; scale: of d, by which the scores are divided. The other switches are the steps in their order."""
    return mixed(weights(scores(queries, keys.T) / scale(keys.shape[1])), values)


SOFT_LOOKUP = Exercise(
    _lookup,
    _lookups,
    {
        "Divide the scores by √d, where d is the length of a key.": {"scale": lambda d: 1.0},
        "You divided by d: it is √d, so that the scores keep a spread of about one.": {"scale": as_it_is},
        "You multiplied by √d: divide by it.": {"scale": lambda d: 1 / np.sqrt(d)},
        "The softmax is over the keys, axis 1 of the scores, so that the weights of each query sum to one.": {
            "weights": lambda a: _softmax(a, axis=0)
        },
        "The softmax is over the keys of each query; yours is over all queries at once.": {
            "weights": lambda a: _softmax(a.ravel()).reshape(a.shape)
        },
        "The softmax is missing: the scores themselves are no weights.": {"weights": as_it_is},
        "You took exp and did not divide by its sum: the weights of each query sum to one.": {"weights": np.exp},
        "You divided the scores by their sum: take the softmax, whose weights are never below zero.": {
            "weights": lambda a: a / a.sum(axis=1, keepdims=True)
        },
        "That is a hard look-up, the value of the best key alone: mix all values by their weights.": {
            "weights": lambda a: (a == a.max(axis=1, keepdims=True)).astype(float)
        },
        "You returned the weights: with them, mix the values.": {"mixed": lambda alpha, values: alpha},
        "Every query got the plain mean of the values: the weights are not used.": {
            "mixed": lambda alpha, values: np.tile(values.mean(axis=0), (len(alpha), 1))
        },
        "You took the largest of the weighted values: add them up.": {
            "mixed": lambda alpha, values: (alpha[:, :, None] * values).max(axis=1)
        },
        "You took the mean of the weighted values: add them up, the weights sum to one already.": {
            "mixed": lambda alpha, values: alpha @ values / len(values)
        },
    },
)


@check
def soft_lookup(answer):
    """Check `answer(queries, keys, values)`: softmax(queries keysᵀ / √d) values, (steps, width).

    queries: (steps, d). keys: (time, d). values: (time, width).
    """
    return SOFT_LOOKUP.check(answer)


# -- exercise 2: the causal mask


def _scored():
    cases = []
    for seed, (time, window) in enumerate([(5, 2), (7, 3), (4, 4), (9, 1)]):
        cases.append((np.random.default_rng(seed).normal(0, 1.5, (time, time)), window))
    return cases


def _past(t, s, window):
    return (s <= t) & (t - s < window)


def _hidden_first(scores, seen):
    return _softmax(np.where(seen, scores, -np.inf))


def _causal(scores, window, sees=_past, weights=_hidden_first):
    """The weights of causal attention in a window; sees: which place sees which, weights: how they are masked."""
    t, s = np.indices(scores.shape)
    return weights(scores, sees(t, s, window))


CAUSAL_WEIGHTS = Exercise(
    _causal,
    _scored,
    {
        "The window is missing: place t sees no more than `window` places, its own among them.": {
            "sees": lambda t, s, window: s <= t
        },
        "The future is not hidden: place t must not see what comes after it.": {
            "sees": lambda t, s, window: np.abs(t - s) < window
        },
        "Nothing is hidden: mask the scores before the softmax.": {"sees": lambda t, s, window: np.ones_like(t, bool)},
        "The mask is turned round: rows are the places that look, and they look back, to the left.": {
            "sees": lambda t, s, window: (s >= t) & (s - t < window)
        },
        "A place may see itself: with a window of 1 it sees itself alone.": {
            "sees": lambda t, s, window: (s < t) & (t - s <= window) | ((t == 0) & (s == 0))
        },
        "Your window is one too wide: its own place is one of the `window` that a place sees.": {
            "sees": lambda t, s, window: (s <= t) & (t - s <= window)
        },
        "Your window is one too narrow: its own place is one of the `window` that a place sees.": {
            "sees": lambda t, s, window: (s == t) | (s < t) & (t - s < window - 1)
        },
        "A score of 0 is not hidden, since exp(0) is 1: set what is hidden to −∞ before the softmax.": {
            "weights": lambda scores, seen: _softmax(np.where(seen, scores, 0))
        },
        "You set weights to 0 after the softmax: each row must still sum to one. Mask before it.": {
            "weights": lambda scores, seen: np.where(seen, _softmax(scores), 0)
        },
        "Your softmax goes down the columns: the weights of each row sum to one.": {
            "weights": lambda scores, seen: _softmax(np.where(seen, scores, -1e9), axis=0)
        },
        "Those are the masked scores: the softmax is missing.": {
            "weights": lambda scores, seen: np.where(seen, scores, 0)
        },
    },
    advice={"not a number": "A row in which all is hidden has no softmax: each place sees itself at least."},
)


@check
def causal_weights(answer):
    """Check `answer(scores, window)`: the weights, (time, time), of a place that sees the last `window` up to itself.

    scores: (time, time), row t what place t thinks of each place. window: how many places it sees, at least 1.
    """
    return CAUSAL_WEIGHTS.check(answer)


# -- exercise 3: the bytes of a cache


def _caches():
    rng = np.random.default_rng(0)
    return [(int(layers), int(heads), int(d), int(time), int(batch), int(size))
            for layers, heads, d, time, batch, size in zip(
                rng.integers(2, 40, 5), rng.integers(2, 17, 5), rng.integers(3, 10, 5) * 16,
                rng.integers(100, 20_000, 5), rng.integers(2, 30, 5), [4, 2, 2, 1, 4], strict=True)]  # fmt: skip


def _bytes(layers, heads, d, time, batch, bytes_each, kinds=2, without=frozenset(), squared=False):
    """Bytes of keys and values; kinds: keys and values are two. The other switches leave out or add a factor."""
    factors = {"layers": layers, "heads": heads, "d": d, "time": time, "batch": batch, "bytes_each": bytes_each}
    total = kinds
    for name, factor in factors.items():
        total *= 1 if name in without else factor
    return total * (time if squared else 1)


CACHE_BYTES = Exercise(
    _bytes,
    _caches,
    {
        "Keys and values are kept, two of everything.": {"kinds": 1},
        "Queries are not kept: a query is used once. Two of everything, not three.": {"kinds": 3},
        "Every layer keeps its own keys and values.": {"without": {"layers"}},
        "Every head keeps its own keys and values.": {"without": {"heads"}},
        "A key has d numbers, not one.": {"without": {"d"}},
        "Every text of the batch has a cache of its own.": {"without": {"batch"}},
        "That is how many numbers there are: each has `bytes_each` bytes.": {"without": {"bytes_each"}},
        "The cache grows with every symbol: `time` is missing.": {"without": {"time"}},
        "The weights of attention, time × time, are not kept: the cache grows with time, not with its square.": {
            "squared": True
        },
    },
)


@check
def cache_bytes(answer):
    """Check `answer(layers, heads, d, time, batch, bytes_each)`: bytes of all keys and values that are kept."""
    return CACHE_BYTES.check(answer)


# -- exercise 4: which task suits which

SUITS = {"A": "state", "B": "look-up", "C": "both", "D": "state", "E": "look-up"}
WHY = {
    ("A", "look-up"): "how many places would a look-up have to count, and what did parity at 1,000 show of attention?",
    "A": "one bit that each symbol turns over is all there is to know: is there anything to look up?",
    ("B", "state"): "how many numbers must a state hold for 64 pairs, and which of the nets recalled them?",
    "B": "a key is shown once and asked for once: what would a state add to looking it up?",
    ("C", "look-up"): "which of the nets was right at 30, trained up to 20: the one with attention alone?",
    ("C", "state"): "what became of the net without attention as the strings grew?",
    ("D", "look-up"): "what does a cache weigh after a day, at a thousand steps a second?",
    ("D", "both"): "what does a cache weigh after a day, at a thousand steps a second? The look-up cannot come along.",
    ("E", "state"): "nobody knows while reading what will be asked: can a state of fixed size keep all of it?",
    "E": "nobody knows while reading what will be asked, and there is time to look: what would a state add?",
}


@check
def suits(answer):
    """Check a dict from letter to what a task suits: "state", "look-up" or "both"."""
    well_done = (
        "A and D are a state's, B and E a look-up's, and C needs a state to know the places and a look-up to copy."
    )
    return judge_labels(answer, SUITS, ("state", "look-up", "both"), WHY, well_done)
