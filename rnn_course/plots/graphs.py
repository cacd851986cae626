"""The graph that PyTorch keeps for the way back."""

import re

import matplotlib as mpl

from rnn_course import validate
from rnn_course.plots.drawing import INK, arrow, box, canvas, label, value
from rnn_course.plots.picture import COLOURS, RC, Picture, count, shown

MOST_OPERATIONS = 12
ROW, HALF_WIDTH, HALF_HEIGHT = 1.3, 1.95, 0.42
LEAVES = 4.6  # the column of the first leaf, the operations' being 0
COLUMN = 1.6  # from one leaf to the next


@mpl.rc_context(RC)
def backward_graph(tensor, names=None):
    """Draw what PyTorch walks through on the way back from a tensor: each `grad_fn`, and its `next_functions`.

    tensor: a torch.Tensor of any shape that operations have led to, at most 12 of them, in one chain; constants leave
    no trace in the graph. names: `{name: tensor}`, shown at the leaves and beside the operations that made the tensors;
    at most four leaves. Arrows show the way back. Returns a Picture.
    Raises TypeError for what is no tensor, or has no `grad_fn`; ValueError for too many operations or leaves and for
    operations side by side.
    """
    root = getattr(tensor, "grad_fn", None)
    if root is None:
        raise TypeError(f"tensor is a {type(tensor).__name__} without a grad_fn: nothing leads back from it")
    names = {} if names is None else validate.mapping("names", names)
    levels = _levels(root)
    operations = sorted((node for node in levels if not _is_leaf(node)), key=levels.get)
    leaves = [node for node in levels if _is_leaf(node)]
    if len({levels[node] for node in operations}) < len(operations):
        raise ValueError("tensor has operations side by side, backward_graph draws those that form one chain")
    if len(leaves) > 4:
        raise ValueError(f"tensor comes from {len(leaves)} leaves, at most 4 are still legible")
    rows = {node: -ROW * row for row, node in enumerate(operations)}
    figure, ax = canvas(-3.3, LEAVES + COLUMN * len(leaves) - 0.3, -ROW * (len(rows) - 1) - 0.8, 0.8)
    said = [_operation(ax, node, rows, _name(node, names)) for node in operations]
    reached = [_leaf(ax, k, node, rows, _name(node, names)) for k, node in enumerate(leaves)]
    return Picture(
        figure,
        f"Graph of {count(len(rows), 'operation')}, from the result at the top down, as PyTorch walks back: "
        f"{', '.join(said)}. {' '.join(reached)}".strip(),
    )


def _is_leaf(node):
    return hasattr(node, "variable")


def _next(node):
    return [other for other, _ in node.next_functions if other is not None]


def _levels(root):
    """For every node of the graph the length of the longest way to it from the root, `{node: steps}`."""
    found = [root]  # in a fixed order, which that of a set would not be
    for node in found:
        found += [other for other in dict.fromkeys(_next(node)) if other not in found]
        if sum(not _is_leaf(node) for node in found) > MOST_OPERATIONS:
            raise ValueError(f"tensor has more than {MOST_OPERATIONS} operations behind it, no more are still legible")
    levels = dict.fromkeys(found, 0)
    for _ in found:  # the longest way has fewer steps than there are nodes
        for node in found:
            for other in _next(node):
                levels[other] = max(levels[other], levels[node] + 1)
    return levels


def _name(node, names):
    """The name of the tensor that the node belongs to, or "" where it has none."""
    for name, other in names.items():
        if other is getattr(node, "variable", names) or getattr(other, "grad_fn", None) is node:
            return str(name)
    return ""


def _symbol(name):
    """A name such as W_hh as a formula; any other letter by letter."""
    symbol = re.fullmatch(r"([A-Za-z])(?:_([A-Za-z0-9]+))?", name)
    if not symbol:
        return shown(name)
    return f"${symbol[1]}_{{{symbol[2]}}}$" if symbol[2] else f"${name}$"


def _operation(ax, node, rows, name):
    """One operation, the arrows to the next ones, and the words for it."""
    y, colour = rows[node], COLOURS["h" if name else "missing"]
    box(ax, 0, y, "", colour, width=2 * HALF_WIDTH, height=2 * HALF_HEIGHT)
    label(ax, 0, y, node.name(), INK, fontsize=11.5)
    if name:
        label(ax, -HALF_WIDTH - 0.2, y - 0.15, _symbol(name), COLOURS["h"], ha="right")
    for other in _next(node):
        if other in rows and y - rows[other] < 1.5 * ROW:
            arrow(ax, (0, y - HALF_HEIGHT), (0, rows[other] + HALF_HEIGHT), colour=INK)
        elif other in rows:  # past those between
            beside, start, end = -HALF_WIDTH - 1.1, y - 0.3, rows[other] + 0.3
            path = (-HALF_WIDTH, start), (beside, start), (beside, end), (-HALF_WIDTH, end)
            arrow(ax, *path, colour=INK, casing=True)
    return f"{node.name()} of {name}" if name else node.name()


def _leaf(ax, k, node, rows, name):
    """One leaf, the arrows that reach it, and a sentence about it."""
    users = [user for user in rows for other in _next(user) if other is node]
    x, middle = LEAVES + COLUMN * k, (rows[users[0]] + rows[users[-1]]) / 2
    for user in users:
        y, start = rows[user], (HALF_WIDTH, rows[user])
        if abs(y - middle) < 0.5:
            arrow(ax, start, (x - 0.42, y), colour=COLOURS["x"])
        else:
            arrow(ax, start, (x, y), (x, middle + (0.42 if y > middle else -0.42)), colour=COLOURS["x"])
    value(ax, x, middle, _symbol(name), COLOURS["x"])
    return f"{count(len(users), 'arrow')} reach{'es' * (len(users) == 1)} the leaf {name}".rstrip() + "."
