"""Arithmetic expressions as trees, and the same expressions as the tokens that one reads from left to right.

Nothing here calls itself, so that an expression may be as deep as it likes: Python stops at a thousand calls.
"""

from reprlib import repr as shortened

import numpy as np

from rnn_course.data.tasks import checked_generator
from rnn_course.validate import flag, listed, one_of, positive_int

OPERATORS = {"+": lambda a, b: a + b, "−": lambda a, b: a - b, "×": lambda a, b: a * b}
SYMBOLS = (*"0123456789", *OPERATORS, "(", ")")
AS_TYPED = {"-": "−", "*": "×", "·": "×"}  # what keyboards have instead
RANK = {"+": 1, "−": 1, "×": 2}  # what binds more tightly
BLANKS = " \t\n\u00a0"
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
    checked_generator(rng)
    parts, waiting = [], [operators]
    while waiting:
        operators = waiting.pop()
        if operators == 0:
            parts.append(int(rng.integers(10)))
        else:
            parts.append(list(OPERATORS)[rng.integers(3)])
            left = operators - 1 if shape == "left" else int(rng.integers(operators))
            waiting += operators - 1 - left, left
    return _combined(parts, lambda digit: digit, lambda *triple: triple)


def _parts(tree):
    """Operators and digits of a tree, each operator before its left side and that before its right side."""
    parts, waiting = [], [tree]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, int):
            part, left, right = part
            waiting += right, left
        parts.append(part)
    return parts


def _combined(parts, of_digit, of_triple):
    """What of_triple(operator, left, right) makes of the parts, from the last digit to the first operator."""
    made = []
    for part in reversed(parts):
        made.append(of_triple(part, made.pop(), made.pop()) if part in OPERATORS else of_digit(part))
    return made.pop()


def checked(name, tree):
    """Return `tree` if it is an expression; otherwise raise a ValueError that names the part that is none."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple) and len(part) == 3 and isinstance(part[0], str) and part[0] in OPERATORS:
            waiting += part[2], part[1]
        elif not isinstance(part, int) or isinstance(part, bool) or not 0 <= part <= 9:
            raise ValueError(
                f"{name} has the part {shortened(part)}, it must be a digit from 0 to 9 or a triple (operator, left, "
                f"right) with an operator of {' '.join(OPERATORS)}"
            )
    return tree


def all_checked(trees):
    """Return `trees` as a list if it holds at least one thing and nothing but expressions; ValueError otherwise.

    TypeError for what is no list.
    """
    trees = [checked(f"trees[{k}]", tree) for k, tree in enumerate(listed("trees", trees))]
    if not trees:
        raise ValueError("trees is empty, it must hold at least one expression")
    return trees


def value(tree):
    """The whole number that an expression stands for.

    >>> value(("×", ("−", 2, 5), 4))
    -12
    """
    parts = _parts(checked("tree", tree))
    return _combined(parts, lambda digit: digit, lambda operator, *sides: OPERATORS[operator](*sides))


def sign(tree):
    """The class of an expression's value: 0 negative, 1 zero, 2 positive, as in `SIGNS`."""
    number = value(tree)
    return 1 + (number > 0) - (number < 0)


def depth(tree):
    """How many operators stand above one another: 0 for a digit."""
    return _combined(_parts(checked("tree", tree)), lambda digit: 0, lambda operator, *sides: 1 + max(sides))


def tokens(tree, brackets=True):
    """The symbols of an expression in reading order, each operator with its brackets.

    Without brackets the tokens are those of one expression only where the tree's shape is known, as it is for `"left"`.

    >>> tokens(("×", ("−", 2, 5), 4))
    ['(', '(', '2', '−', '5', ')', '×', '4', ')']
    """
    found, waiting = [], [checked("tree", tree)]
    brackets = flag("brackets", brackets)
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            operator, left, right = part
            waiting += [")", right, operator, left, "("] if brackets else [right, operator, left]
        else:
            found.append(str(part))
    return found


def write(tree):
    """The expression as text."""
    return "".join(f" {token} " if token in OPERATORS else token for token in tokens(tree))


def read(text):
    """Return the tree of an expression as one writes it: × binds before + and −, equals from left to right.

    `-` is read as −, `*` and `·` as ×. Raises TypeError for what is no text, ValueError, saying why, for what is no
    expression.

    >>> read("2 × (3 + 4) − 1")
    ('−', ('×', 2, ('+', 3, 4)), 1)
    """
    if not isinstance(text, str):
        raise TypeError(f"text is a {type(text).__name__}, it must be a string such as '2 × (3 + 4)'")
    tree, refusal = parsed(text)
    if refusal:
        raise ValueError(f"text is {shortened(text)}: {refusal}")
    return tree


def parsed(text):
    """Return `(tree, None)` or `(None, why it is no expression)`, by two stacks: Dijkstra's shunting yard.

    The same rules in the same order are in widgets/chain_and_tree_compute.js.
    """
    made, waiting, before = [], [], None  # before: the symbol before, None where a digit or a bracket has to follow

    def combine():
        right, left = made.pop(), made.pop()
        made.append((waiting.pop(), left, right))

    for typed in text:
        symbol = AS_TYPED.get(typed, typed)
        if symbol in BLANKS:
            continue
        if symbol not in SYMBOLS:
            return None, f"“{typed}” is none of the digits 0 to 9, + − × and brackets."
        if before is None:
            if symbol == "(":
                waiting.append(symbol)
            elif symbol.isdigit():
                made.append(int(symbol))
                before = symbol
            else:
                return None, f"where “{symbol}” stands, a digit or an opening bracket is wanted."
        elif symbol.isdigit() or symbol == "(":
            return None, f"between “{before}” and “{symbol}” an operator is wanted; a number has one digit."
        elif symbol == ")":
            while waiting and waiting[-1] != "(":
                combine()
            if not waiting:
                return None, "a bracket is closed that was not opened."
            waiting.pop()
            before = symbol
        else:
            while waiting and RANK.get(waiting[-1], 0) >= RANK[symbol]:
                combine()
            waiting.append(symbol)
            before = None
    if before is None:
        return None, "it ends where a digit or an opening bracket is wanted."
    if "(" in waiting:
        return None, "a bracket is opened and not closed."
    while waiting:
        combine()
    return made.pop(), None


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
