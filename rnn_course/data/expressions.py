"""Arithmetic expressions as trees, and the same expressions as the tokens that one reads from left to right."""

import numpy as np

from rnn_course.validate import one_of, positive_int

OPERATORS = {"+": lambda a, b: a + b, "−": lambda a, b: a - b, "×": lambda a, b: a * b}
SYMBOLS = (*"0123456789", *OPERATORS, "(", ")")
SIGNS = ("negative", "zero", "positive")


def draw_expression(operators, rng, shape="any"):
    """Draw an expression as a tree: a digit from 0 to 9, or a triple (operator, left, right).

    operators  how many operators, at least 0
    rng        numpy.random.Generator
    shape      `"any"`: the operators left over are shared between left and right at random, so that brackets nest;
               `"left"`: every right side is a digit, so that the tree is a chain and reads from left to right

    >>> print(write(draw_expression(3, np.random.default_rng(3))))
    (1 × (8 + (5 × 0)))
    """
    operators = positive_int("operators", operators, least=0)
    one_of("shape", shape, ("any", "left"))
    if operators == 0:
        return int(rng.integers(10))
    operator = list(OPERATORS)[rng.integers(3)]
    left = operators - 1 if shape == "left" else int(rng.integers(operators))
    return operator, draw_expression(left, rng, shape), draw_expression(operators - 1 - left, rng, shape)


def checked(name, tree):
    """Return `tree` if it is an expression; otherwise raise a ValueError that names the part that is none."""
    if isinstance(tree, tuple) and len(tree) == 3 and tree[0] in OPERATORS:
        checked(name, tree[1])
        checked(name, tree[2])
    elif not isinstance(tree, int) or isinstance(tree, bool) or not 0 <= tree <= 9:
        raise ValueError(
            f"{name} has the part {tree!r}, it must be a digit from 0 to 9 or a triple (operator, left, right) with an "
            f"operator of {' '.join(OPERATORS)}"
        )
    return tree


def all_checked(trees):
    """Return `trees` as a list if it holds at least one thing and nothing but expressions; ValueError otherwise."""
    trees = [checked(f"trees[{k}]", tree) for k, tree in enumerate(trees)]
    if not trees:
        raise ValueError("trees is empty, it must hold at least one expression")
    return trees


def value(tree):
    """The whole number that an expression stands for.

    >>> value(("×", ("−", 2, 5), 4))
    -12
    """
    if isinstance(tree, int):
        return tree
    operator, left, right = tree
    return OPERATORS[operator](value(left), value(right))


def sign(tree):
    """The class of an expression's value: 0 negative, 1 zero, 2 positive, as in `SIGNS`."""
    return int(np.sign(value(tree))) + 1


def depth(tree):
    """How many operators stand above one another: 0 for a digit."""
    return 0 if isinstance(tree, int) else 1 + max(depth(tree[1]), depth(tree[2]))


def tokens(tree, brackets=True):
    """The symbols of an expression in reading order, each operator with its brackets.

    Without brackets the tokens are those of one expression only where the tree's shape is known, as it is for `"left"`.

    >>> tokens(("×", ("−", 2, 5), 4))
    ['(', '(', '2', '−', '5', ')', '×', '4', ')']
    """
    if isinstance(tree, int):
        return [str(tree)]
    operator, left, right = tree
    inner = [*tokens(left, brackets), operator, *tokens(right, brackets)]
    return ["(", *inner, ")"] if brackets else inner


def write(tree):
    """The expression as text."""
    if isinstance(tree, int):
        return str(tree)
    operator, left, right = tree
    return f"({write(left)} {operator} {write(right)})"


def one_hot_tokens(trees, brackets=True):
    """The expressions as padded sequences of one-hot symbols: x `(n, time, 15)` and lengths `(n,)`.

    Raises ValueError for no expression at all, or for something else among them.
    """
    ids = [[SYMBOLS.index(token) for token in tokens(tree, brackets)] for tree in all_checked(trees)]
    lengths = np.array([len(row) for row in ids])
    x = np.zeros((len(ids), lengths.max(), len(SYMBOLS)))
    for k, row in enumerate(ids):
        x[k, np.arange(len(row)), row] = 1.0
    return x, lengths
