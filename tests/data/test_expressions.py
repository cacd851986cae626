"""Arithmetic expressions: values are Python's, depth is that of its syntax tree, tokens are one-hot."""

import ast

import numpy as np
import pytest

from rnn_course.data import expressions
from rnn_course.data.expressions import draw_expression, one_hot_tokens, read, sign, tokens, value, write


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


def drawn_by_recursion(operators, rng, shape):
    if operators == 0:
        return int(rng.integers(10))
    operator = list(expressions.OPERATORS)[rng.integers(3)]
    left = operators - 1 if shape == "left" else int(rng.integers(operators))
    return operator, drawn_by_recursion(left, rng, shape), drawn_by_recursion(operators - 1 - left, rng, shape)


@pytest.mark.parametrize("shape", ["any", "left"])
def test_a_seed_draws_what_the_definition_by_recursion_draws(shape):
    ours, theirs = np.random.default_rng(4), np.random.default_rng(4)
    for operators in range(12):
        assert draw_expression(operators, ours, shape) == drawn_by_recursion(operators, theirs, shape)


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_expression_may_be_3000_deep(rng, side):
    tree, number, text, deep = 7, 7, "7", 3000
    for k in range(deep):
        operator, digit = "+−×"[k % 3] if k % 500 == 2 else "+−"[k % 2], int(rng.integers(2, 10))
        a, b = (number, digit) if side == "left" else (digit, number)
        number = {"+": a + b, "−": a - b, "×": a * b}[operator]
        tree = (operator, tree, digit) if side == "left" else (operator, digit, tree)
        text = f"({text} {operator} {digit})" if side == "left" else f"({digit} {operator} {text})"
    assert value(tree) == number and sign(tree) == 1 + (number > 0) - (number < 0)
    assert expressions.depth(tree) == deep and write(tree) == text
    assert "".join(tokens(tree)) == text.replace(" ", "")
    x, lengths = one_hot_tokens([tree, 3])
    assert x.shape == (2, 4 * deep + 1, 15) and lengths.tolist() == [4 * deep + 1, 1]
    assert expressions.depth(draw_expression(deep, rng, "left")) == deep
    with pytest.raises(ValueError, match=r"trees\[0\] has the part \('÷', .{1,60}\), it must be a digit"):
        one_hot_tokens([("÷", tree, 1)])


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


OF_PYTHON = {ast.Add: "+", ast.Sub: "−", ast.Mult: "×"}


def by_python(text):
    """The tree that Python's own parser makes of a text."""

    def tree_of(node):
        if isinstance(node, ast.Constant):
            return node.value
        return OF_PYTHON[type(node.op)], tree_of(node.left), tree_of(node.right)

    return tree_of(ast.parse(text.strip().replace("−", "-").replace("×", "*").replace("·", "*"), mode="eval").body)


def test_what_is_read_is_what_python_parses(rng):
    """With all brackets, with none, and with some too many or too few."""
    for tree in draw(rng, 200):
        assert read(write(tree)) == tree == by_python(write(tree))
        bare = " ".join(tokens(tree, brackets=False))
        assert read(bare) == by_python(bare)
        loose = "".join(f"(({token}))" if token.isdigit() and rng.random() < 0.3 else token for token in tokens(tree))
        assert read(loose.replace("−", "-")) == tree
    assert read(" 8 - 3*2·1 − 4 ") == by_python(" 8 - 3*2·1 − 4 ") == ("−", ("−", 8, ("×", ("×", 3, 2), 1)), 4)
    assert value(read("(" * 3000 + "7" + ")" * 3000 + "-" + "1+" * 3000 + "1")) == 7 - 1 + 3000  # nothing calls itself


@pytest.mark.parametrize(
    "text", ["", " ", "1 +", "+ 1", "12", "1 2", "(1", "1)", ")1(", "()", "1 (2)", "1 / 2", "x", "1 + ²", "−1"]
)
def test_what_is_no_expression_is_refused_by_a_sentence(text):
    with pytest.raises(ValueError, match=r"text is .*: .*\.$"):
        read(text)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="text is a tuple, it must be a string"):
        read(("+", 1, 2))
