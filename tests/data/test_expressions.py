"""Arithmetic expressions: values are Python's, depth is that of its syntax tree, tokens are one-hot."""

import ast

import numpy as np
import pytest

from rnn_course.data import expressions
from rnn_course.data.expressions import draw_expression, one_hot_tokens, sign, tokens, value, write


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def draw(rng, n=30, most=7, shape="any"):
    return [draw_expression(int(rng.integers(most + 1)), rng, shape) for _ in range(n)]


@pytest.mark.parametrize("shape", ["any", "left"])
def test_an_expression_is_worth_what_python_makes_of_its_text(rng, shape):
    trees = draw(rng, 200, shape=shape)
    for tree in trees:
        python = write(tree).replace("−", "-").replace("×", "*")
        assert value(tree) == eval(compile(ast.parse(python, mode="eval"), "expression", "eval"))
        assert "".join(tokens(tree)) == write(tree).replace(" ", "")
        assert tokens(tree, brackets=False) == [token for token in tokens(tree) if token not in "()"]
        assert sign(tree) == [-1, 0, 1].index(np.sign(value(tree)))
        assert isinstance(tree, int) or shape == "any" or isinstance(tree[2], int)
    assert {sign(tree) for tree in trees} == {0, 1, 2}
    assert {c for tree in trees for c in tokens(tree)} == set(expressions.SYMBOLS)


def test_depth_is_that_of_pythons_syntax_tree(rng):
    def levels(node):
        return 1 + max(levels(node.left), levels(node.right)) if isinstance(node, ast.BinOp) else 0

    for tree in draw(rng, 60):
        python = write(tree).replace("−", "-").replace("×", "*")
        assert expressions.depth(tree) == levels(ast.parse(python, mode="eval").body)


def test_tokens_are_one_hot_and_padded_with_zeros(rng):
    trees = draw(rng)
    x, lengths = one_hot_tokens(trees)
    for row, length, tree in zip(x, lengths, trees, strict=True):
        assert [expressions.SYMBOLS[k] for k in row[:length].argmax(1)] == tokens(tree)
        assert (row[:length].sum(1) == 1).all() and not row[length:].any()


@pytest.mark.parametrize(
    ("arguments", "sentence"), [((-1,), "operators is -1"), ((2, "right"), "shape is 'right', it must be one of")]
)
def test_expressions_refuse(rng, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw_expression(arguments[0], rng, *arguments[1:])


@pytest.mark.parametrize(
    ("trees", "sentence"), [([("+", 1, 2.5)], r"trees\[0\] has the part 2.5"), ([], "trees is empty")]
)
def test_tokens_refuse(trees, sentence):
    with pytest.raises(ValueError, match=sentence):
        one_hot_tokens(trees)
