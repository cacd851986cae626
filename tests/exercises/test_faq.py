"""The checks of the chapter of frequent questions: other roads pass, and what students write is named."""

import numpy as np
import pytest
import torch
from sklearn.model_selection import TimeSeriesSplit
from verdicts import accepted, refused

from rnn_course.exercises import faq
from rnn_course.exercises.verdict import NOTHING_YET
from rnn_course.selection import rolling_origin

# -- the states of a tree


def by_recursion(x, children, W_x, W, b):
    """The same states in torch, from the root downwards."""
    x, W_x, W, b = (torch.tensor(array) for array in (x, W_x, W, b))

    def state(n):
        below = [W[k] @ state(child) for k, child in enumerate(children[n]) if child != -1]
        return torch.tanh(W_x @ x[n] + sum(below) + b)

    return torch.stack([state(n) for n in range(len(x))])


def each_node(line):
    """A student's walk over the nodes; the line gives the state of one."""

    def states(x, children, W_x, W, b):
        h = np.zeros((len(x), len(b)))
        for n in range(len(x)):
            h[n] = line(n, x, children[n], W_x, W, b, h)
        return h

    return states


@each_node
def with_a_zero_for_none(n, x, own, W_x, W, b, h):
    """Right: h[-1] of an array made beforehand is still 0 for every node but the last, which reads its own."""
    return np.tanh(W_x @ x[n] + b + W[0] @ h[own[0]] + W[1] @ h[own[1]])


@each_node
def added_up_in_place(n, x, own, W_x, W, b, h):
    a = b
    a += W_x @ x[n]
    for k, child in enumerate(own):
        if child >= 0:
            a += W[k] @ h[child]
    return np.tanh(a)


def summed(
    there=lambda child: child >= 0, term=lambda W, k, h, child: W[k] @ h[child], add=lambda a, part, base: a + part
):
    """A student's sum over the children, with a condition, a term or a way to add of its own."""

    @each_node
    def states(n, x, own, W_x, W, b, h):
        a = base = W_x @ x[n] + b
        for k, child in enumerate(own):
            if there(child):
                a = add(a, term(W, k, h, child), base)
        return np.tanh(a)

    return states


@each_node
def with_elif(n, x, own, W_x, W, b, h):
    a = W_x @ x[n] + b
    if own[0] >= 0:
        a = a + W[0] @ h[own[0]]
    elif own[1] >= 0:
        a = a + W[1] @ h[own[1]]
    return np.tanh(a)


@each_node
def numbered_late(n, x, own, W_x, W, b, h):
    below = [child for child in own if child >= 0]
    return np.tanh(W_x @ x[n] + b + sum(W[k] @ h[child] for k, child in enumerate(below)))


@each_node
def leaf_or_sum(n, x, own, W_x, W, b, h):
    if max(own) < 0:
        return np.tanh(W_x @ x[n] + b)
    return np.tanh(sum(W[k] @ h[child] for k, child in enumerate(own) if child >= 0) + b)


def from_the_root(x, children, W_x, W, b):
    h = np.zeros((len(x), len(b)))
    for n in reversed(range(len(x))):
        h[n] = np.tanh(W_x @ x[n] + b + sum(W[k] @ h[child] for k, child in enumerate(children[n]) if child >= 0))
    return h


def returned_in_the_loop(x, children, W_x, W, b):
    h = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        h[n] = np.tanh(W_x @ x[n] + b + sum(W[k] @ h[child] for k, child in enumerate(children[n]) if child >= 0))
        return h


def in_a_growing_list(x, children, W_x, W, b):
    h = []
    for n in range(len(x)):
        h.append(np.tanh(W_x @ x[n] + b + sum(W[k] @ h[child] for k, child in enumerate(children[n]) if h)))
    return h


TREES = {
    "in place": (added_up_in_place, "`a += …` writes into b"),
    "child 0": (summed(there=lambda child: child > 0), "Node 0 can be a child as well"),
    "transposed": (summed(term=lambda W, k, h, child: h[child] @ W[k]), "W[k] is used transposed"),
    "overwritten": (summed(add=lambda a, part, base: part), "takes the place of what was summed before"),
    "from the base": (summed(add=lambda a, part, base: base + part), "you add the right one alone"),
    "tanh in the loop": (summed(add=lambda a, part, base: np.tanh(a + part)), "not after each child as well"),
    "one matrix": (summed(term=lambda W, k, h, child: W.sum(axis=0) @ h[child]), "you took their sum for both"),
    "exchanged": (summed(term=lambda W, k, h, child: W[1 - k] @ h[child]), "W[0] belongs to the left child"),
    "elif": (with_elif, "you add the left one alone"),
    "numbered late": (numbered_late, "A right child without a left one belongs to W[1]"),
    "leaf or sum": (leaf_or_sum, "A node with children has an x of its own"),
    "downwards": (from_the_root, "or they were still 0 when you read them"),
    "list": (in_a_growing_list, "`h[-1]` of a list is the newest state"),
    "early return": (
        returned_in_the_loop,
        "the first entry is right, all that come after it are not. What is not right is 0.",
    ),
    "root alone": (lambda *a: by_recursion(*a)[-1], "It is the last entry of the right result along axis 0"),
}

# -- folds in time order


def by_scikit_learn(n, folds, gap):
    pairs = TimeSeriesSplit(folds, gap=gap).split(np.zeros(n))
    return np.array([[train[-1] + 1, block[0], block[-1] + 1] for train, block in pairs])


def by_the_library(n, folds, gap):
    pairs = rolling_origin(n, folds, gap)
    return [(train[-1] + 1, block[0], block[-1] + 1) for train, block in pairs]


def in_a_list(n, folds, gap, ends=0, order=1):
    size = n // (folds + 1)
    rows = [(n - k * size - gap - ends, n - k * size, n - (k - 1) * size - ends) for k in range(folds, 0, -1)]
    return rows[::order]


def from_the_front(n, folds, gap):
    size = n // (folds + 1)
    return [[k * size - gap, k * size, (k + 1) * size] for k in range(1, folds + 1)]


def by_range(n, folds, gap):
    size = n // (folds + 1)
    return [(begin - gap, begin, begin + size) for begin in range(size, n, size)]


def in_columns(*columns):
    """The right rows with other columns, functions of where training ends and the block begins and ends."""
    return lambda n, folds, gap: [[column(*row, gap) for column in columns] for row in in_a_list(n, folds, gap)]


FOLDS = {
    "no gap": (lambda n, folds, gap: in_a_list(n, folds, 0), "leave the gap out"),
    "front": (from_the_front, "count the blocks from the end"),
    "range": (by_range, "yours are one more"),
    "inclusive": (lambda *a: in_a_list(*a, ends=1), "A block ends one past its last window"),
    "inclusive, training": (lambda *a: in_a_list(*a, ends=1), "Training ends one window too early"),
    "reversed": (lambda *a: in_a_list(*a, order=-1), "in the reverse order along axis 0"),
    "off the block": (
        in_columns(lambda a, b, c, g: b, lambda a, b, c, g: b + g, lambda a, b, c, g: c),
        "off the block.",
    ),
    "sizes": (
        in_columns(lambda a, b, c, g: a, lambda a, b, c, g: b, lambda a, b, c, g: c - b),
        "its number of windows",
    ),
    "block first": (
        in_columns(lambda a, b, c, g: b, lambda a, b, c, g: c, lambda a, b, c, g: a),
        "begin with the block",
    ),
    "one block fewer": (lambda n, folds, gap: in_a_list(n, folds - 1, gap), "(4, 3) is wanted"),
    "transposed": (lambda *a: by_scikit_learn(*a).T, "it is the transpose"),
}

CHECKS = {
    "tree_states": ((by_recursion, with_a_zero_for_none), TREES),
    "folds": ((by_scikit_learn, by_the_library, in_a_list), FOLDS),
}


@pytest.mark.parametrize("name", CHECKS)
def test_right_answers_of_another_making_pass(name):
    for right in CHECKS[name][0]:
        accepted(getattr(faq, name)(right))


@pytest.mark.parametrize(
    ("name", "wrong", "sentence"), [(name, *case) for name, (_, wrong) in CHECKS.items() for case in wrong.values()]
)
def test_what_students_write_is_named(name, wrong, sentence):
    refused(getattr(faq, name)(wrong), sentence)


# -- one standard error


def test_the_rule_of_one_standard_error():
    sizes, errors = list(faq.ERRORS), np.array(list(faq.ERRORS.values()))
    means, spreads = errors.mean(axis=1), errors.std(axis=1, ddof=1)
    best = means.argmin()
    bounds = {1: means[best] + spreads[best], 2: means[best] + spreads[best] / 2, 4: means[best] + spreads[best] / 4}
    careless, right, strict = (sizes[(means <= bound).argmax()] for bound in bounds.values())
    assert len({right, careless, strict, sizes[best]}) == 4
    accepted(faq.one_standard_error(right))
    refused(faq.one_standard_error(sizes[best]), "has the lowest mean")
    refused(faq.one_standard_error(careless), "Divide by the root of the number of folds")
    refused(faq.one_standard_error(strict), "16 lies within one standard error, but a smaller size does too")
    refused(faq.one_standard_error(64), f"too large: its mean of 14.1 is above {bounds[2]:.2f}")
    refused(faq.one_standard_error(2), f"too small: its mean of 15.15 is above {bounds[2]:.2f}")
    refused(faq.one_standard_error(bounds[2]), "14.0377 is none of the sizes 1, 2, 4, 8, 16, 32, 64.")
    refused(faq.one_standard_error(...), NOTHING_YET)


# -- find the leak


def leaking(letter, values):
    parts = faq.pipeline(letter, values)
    seen = np.unique(parts["train"])
    until = np.arange(seen.max() + 1)
    if np.isin(parts["test"], seen).any():
        return "windows"
    if not np.isclose(parts["mean"], values[until].mean()) or not np.isclose(parts["scale"], values[until].std()):
        return "scale"
    assert seen.max() < parts["test"].min()
    return "choice" if parts["chosen_on"] == "test" else "nothing"


def test_each_pipeline_leaks_what_the_answer_says_and_each_other_answer_is_told_why_it_cannot_be():
    values = np.random.default_rng(0).normal(size=300).cumsum()
    truth = {letter: leaking(letter, values) for letter in "ABCD"}
    choices = {"windows", "scale", "choice", "nothing"}
    accepted(faq.leaks(truth))
    assert set(truth.values()) == choices
    said = set()
    for letter in truth:
        for other in choices - {truth[letter]}:
            verdict = faq.leaks(truth | {letter: other})
            refused(verdict, f"Look at {letter} again: ")
            said.add(verdict.message)
    assert len(said) == 12
    refused(faq.leaks(truth | {"A": "something"}), "A: 'something' is none of")
    refused(faq.leaks(...), NOTHING_YET)
    refused(faq.leaks({letter: ... for letter in truth}), NOTHING_YET)
    refused(faq.leaks({"A": "windows"}), "you wrote of A")


def test_what_the_hints_say_of_the_pipelines_is_so():
    values = np.random.default_rng(1).normal(size=300).cumsum()
    parts = {letter: faq.pipeline(letter, values) for letter in "ABCD"}
    shared = {letter: np.intersect1d(p["train"], p["test"]).size for letter, p in parts.items()}
    assert shared["A"] and not any(shared[letter] for letter in "BCD")
    assert {letter: p["chosen_on"] for letter, p in parts.items()} == dict.fromkeys("ABC", "validation") | {"D": "test"}
    for letter in "CD":
        assert parts[letter]["mean"] == pytest.approx(values[: parts[letter]["train"].max() + 1].mean())
    assert parts["A"]["mean"] != pytest.approx(values.mean()) and parts["B"]["mean"] == pytest.approx(values.mean())
    assert parts["C"]["train"].max() < parts["C"]["test"].min()
