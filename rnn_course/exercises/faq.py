"""Checks of the chapter of frequent questions."""

import numpy as np

from rnn_course.data import Scaler, windows
from rnn_course.exercises.verdict import NOTHING_YET, Mistake, Verdict, judge_function, judge_number
from rnn_course.selection import rolling_origin as _rolling_origin

# -- exercise 1: the states of a tree


def _trees():
    """Random arguments (x, children, W_x, W, b) at sizes that all differ; in every tree some child is missing."""
    cases = []
    for seed, (children, inputs, hidden) in enumerate(
        [
            ([(-1, -1), (-1, -1), (0, 1), (-1, -1), (2, 3)], 3, 4),
            ([(-1, -1), (-1, 0), (1, -1), (-1, -1), (-1, -1), (3, 4), (2, 5)], 2, 5),
            ([(-1, -1), (0, -1), (1, -1), (2, -1)], 4, 3),
        ]
    ):
        rng = np.random.default_rng(seed)
        shapes = {"x": (len(children), inputs), "W_x": (hidden, inputs), "W": (2, hidden, hidden), "b": (hidden,)}
        drawn = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
        cases.append((drawn["x"], np.array(children), drawn["W_x"], drawn["W"], drawn["b"]))
    return cases


def _states(x, children, W_x, W, b, sides=(0, 1), squashed=True, own=True):
    """The state of every node, with the mistakes that can be made."""
    h = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        a = (x[n] @ W_x.T if own or children[n].max() < 0 else 0) + b
        for k, child in enumerate(children[n]):
            if child >= 0:
                a = a + h[child] @ W[sides[k]].T
        h[n] = np.tanh(a) if squashed else a
    return h


def tree_states(answer):
    """Check `answer(x, children, W_x, W, b)`, which returns the state of every node of a tree, (nodes, hidden).

    x: `(nodes, input)`, each child before its parent. children: `(nodes, 2)`, −1 where there is none. W_x:
    `(hidden, input)`. W: `(2, hidden, hidden)`, for the left and the right child. b: `(hidden,)`.
    """
    mistakes = [
        Mistake("A child of −1 is none at all, but `h[-1]` of a list is the newest state.", _newest_for_none),
        Mistake("Left and right have matrices of their own: W[0] and W[1].", lambda *a: _states(*a, sides=(0, 0))),
        Mistake("W[0] belongs to the left child, W[1] to the right one.", lambda *a: _states(*a, sides=(1, 0))),
        Mistake("The sum still has to go through tanh.", lambda *a: _states(*a, squashed=False)),
        Mistake("A node with children has an x of its own: W_x x_n.", lambda *a: _states(*a, own=False)),
    ]
    return judge_function(answer, _states, _trees(), mistakes)


def _newest_for_none(x, children, W_x, W, b):
    """The states where −1 was taken for a place in a list that grows."""
    h = []
    for n in range(len(x)):
        a = x[n] @ W_x.T + b
        for k, child in enumerate(children[n]):
            a = a + (h[child] if h else np.zeros(len(b))) @ W[k].T
        h.append(np.tanh(a))
    return np.array(h)


# -- exercise 2: folds in time order


def _origin(n, folds, gap, late=0, everything=False, inside=False):
    """Where each fold's training ends and its validation begins and ends, with the mistakes that can be made."""
    size = n // (folds + 1)
    rows = []
    for begin in range(n - folds * size, n, size):
        end = begin if inside else begin - gap + late
        rows.append((n if everything else end, begin + gap if inside else begin, begin + size))
    return np.array(rows)


def folds(answer):
    """Check `answer(n, folds, gap)`, which returns an array (folds, 3): where training ends, validation begins, ends.

    Each block has ⌊n / (folds + 1)⌋ windows, the last one ends at n, and `gap` windows before a block are left out.
    """
    mistakes = [
        Mistake("Training ends `gap` windows before the block: leave the gap out.", lambda n, k, g: _origin(n, k, 0)),
        Mistake("One window of the gap is still in training.", lambda *a: _origin(*a, late=1)),
        Mistake("You train on the block and on what follows it.", lambda *a: _origin(*a, everything=True)),
        Mistake("The gap comes off training; you took it off the block.", lambda *a: _origin(*a, inside=True)),
        Mistake("The last block ends at n: count the blocks from the end.", _from_the_front),
    ]
    return judge_function(answer, _reference_folds, [(61, 5, 0), (61, 4, 3), (40, 2, 7), (33, 3, 1)], mistakes)


def _reference_folds(n, folds, gap):
    pairs = _rolling_origin(n, folds, gap)
    return np.array([(train[-1] + 1, block[0], block[-1] + 1) for train, block in pairs])


def _from_the_front(n, folds, gap):
    size = n // (folds + 1)
    return np.array([(k * size - gap, k * size, (k + 1) * size) for k in range(1, folds + 1)])


# -- exercise 3: one standard error

ERRORS = {  # (folds,) of each size, such that every way of getting it wrong chooses another size
    1: [19.0, 20.2, 21.4, 19.4],
    2: [14.7, 15.9, 13.5, 16.5],
    4: [12.9, 16.1, 14.0, 14.6],
    8: [12.5, 15.0, 14.0, 13.5],
    16: [12.4, 14.9, 13.6, 13.1],
    32: [12.2, 15.2, 13.0, 13.2],
    64: [13.2, 15.2, 14.1, 13.9],
}


def one_standard_error(answer):
    """Check the size that the one-standard-error rule takes from `ERRORS`."""
    means = {size: np.mean(values) for size, values in ERRORS.items()}
    best = min(means, key=means.get)

    def smallest(spread):
        return min(size for size, mean in means.items() if mean <= means[best] + spread)

    spread = np.std(ERRORS[best], ddof=1)
    mistakes = [
        Mistake(f"{best} has the lowest mean. The rule takes the smallest size that is nearly as good.", best),
        Mistake("That is within one standard deviation. Divide by the root of the number of folds.", smallest(spread)),
    ]
    return judge_number(answer, smallest(spread / 2), mistakes)


# -- exercise 4: find the leak


def pipeline(letter, values):
    """One of four ways to make training and test windows of a series (time,), each a dictionary.

    `train` and `test`: the steps that each part's targets lie in, (windows, horizon 6); `mean` and `scale`: by which
    both parts are scaled; `chosen_on`: the part by whose error the hidden size was chosen.
    """
    index = windows(values, 24, 6).index
    cut = int(0.8 * len(index))
    order = np.random.default_rng(0).permutation(len(index)) if letter == "A" else np.arange(len(index))
    train, test = index[order[:cut]], index[order[cut + 5 :]]
    scaler = Scaler().fit(values if letter == "B" else values[: cut + 29])
    chosen_on = "test" if letter == "D" else "validation"
    return {"train": train, "test": test, "mean": scaler.mean[0], "scale": scaler.scale[0], "chosen_on": chosen_on}


LEAKS = {"A": "windows", "B": "scale", "C": "nothing", "D": "choice"}


def leaks(answer):
    """Check a dict from letter to what leaks: "windows", "scale", "choice" or "nothing"."""
    if not isinstance(answer, dict):
        return Verdict(False, NOTHING_YET)
    if answer.keys() != LEAKS.keys():
        named = ", ".join(map(str, answer)) or "none"
        return Verdict(False, f"Say something about each of {', '.join(LEAKS)}; you wrote of {named}.")
    if any(value is ... for value in answer.values()):
        return Verdict(False, NOTHING_YET)
    where = {
        "A": "are there steps in the targets of both parts?",
        "B": "is the mean that of the steps before the test part?",
        "C": "which steps, which mean, which part chose?",
        "D": "by which part's error was the size chosen?",
    }
    for letter, truth in LEAKS.items():
        if answer[letter] != truth:
            return Verdict(False, f"Look at {letter} again: {where[letter]}")
    return Verdict(True, "A shares targets, B knows the test part's mean, D chose by the test part, C is clean.")
