"""Checks of the chapter of frequent questions."""

from functools import partial

import numpy as np

from rnn_course.cells import sigmoid
from rnn_course.data import Scaler, windows
from rnn_course.exercises.exercise import Exercise
from rnn_course.exercises.verdict import check, judge_labels, judge_number

# -- exercise 1: the states of a tree


def _trees():
    """Random arguments (x, children, W_x, W, b) at sizes that all differ; in every tree some child is missing."""
    cases = []
    for seed, (children, inputs, hidden) in enumerate(
        [
            ([(-1, -1), (-1, 0), (-1, -1), (1, 2)], 3, 5),
            ([(-1, -1), (-1, -1), (0, 1), (-1, -1), (2, 3)], 2, 6),
            ([(-1, -1), (-1, 0), (1, -1), (-1, -1), (-1, -1), (3, 4), (2, 5)], 2, 5),
            ([(-1, -1), (0, -1), (1, -1), (2, -1)], 4, 3),
        ]
    ):
        rng = np.random.default_rng(seed)
        shapes = {"x": (len(children), inputs), "W_x": (hidden, inputs), "W": (2, hidden, hidden), "b": (hidden,)}
        drawn = {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}
        cases.append((drawn["x"], np.array(children), drawn["W_x"], drawn["W"], drawn["b"]))
    return cases


def _found(own, n):
    """The children that there are, (side, node)."""
    return [(side, child) for side, child in enumerate(own) if child >= 0]


def _newest_for_none(own, n):
    """`h[-1]` of a list that grows is the state of the node before."""
    return [(side, child if child >= 0 else n - 1) for side, child in enumerate(own) if n]


def _until_none(own, n):
    """The loop is left at the first child that is none."""
    return [(side, child) for side, child in enumerate(own) if min(own[: side + 1]) >= 0]


def _as_they_are(W):
    return W


def _tanh(a, leaf):
    return np.tanh(a)


def _states(
    x,
    children,
    W_x,
    W,
    b,
    found=_found,
    read="h",
    matrices=_as_they_are,
    turned=False,
    squash=_tanh,
    inner=None,
    each=None,
    outside=False,
    x_in=(1, 1),
    b_in=(1, 1),
    again=frozenset(),
    shared=None,
    carried=None,
    give="h",
):
    """The state of every node, with the mistakes that can be made.

    found: which children a node has. read: what is taken from a child. matrices: what W[0], W[1] are. x_in, b_in: how
    often x and b are in the sum of a leaf and of another node; again: what is added with each child once more. inner:
    what each child's product goes through; each: what the sum goes through after each child; outside: the products are
    added after tanh. shared: by what their sum is divided. carried: the sum goes on from the node before. give: what is
    returned.
    """
    W = np.swapaxes(matrices(W), 1, 2) if turned else matrices(W)
    h, fed = np.zeros((len(x), len(b))), x @ W_x.T
    below = {"h": h, "sum": np.zeros_like(h), "own": np.tanh(fed + b), "x": fed, "nothing": np.zeros_like(h)}
    for n in range(len(x)):
        links = found(children[n], n)
        leaf = not links
        a = b_in[not leaf] * b + x_in[not leaf] * fed[n]
        a = a + len(links) * (b * ("b" in again) + fed[n] * ("x" in again))
        if carried and n:
            a = a + below["sum"][n - 1] - (b if carried == "b once" else 0)
        added = 0
        for k, child in links:
            part = W[k] @ below[read][child] / (shared(links) if shared else 1)
            part = inner(part) if inner else part
            if outside:
                added = added + part
            else:
                a = each(a + part) if each else a + part
        below["sum"][n] = a
        h[n] = squash(a, leaf) + added
    return below[give]


TREE_STATES = Exercise(
    _states,
    _trees,
    {
        # which children
        "A child of −1 is none at all, but `h[-1]` of a list is the newest state.": {"found": _newest_for_none},
        "Node 0 can be a child as well: there is none only where the number is below 0.": {
            "found": lambda own, n: [(side, child) for side, child in enumerate(own) if child > 0]
        },
        "A node may have one child only; yours reads its children only where both are there.": {
            "found": lambda own, n: _found(own, n) if min(own) >= 0 else []
        },
        "A node may have a right child and no left one: go on after the child that is missing.": {"found": _until_none},
        "Where there are two children, you add the right one alone: the sum has to go on.": {
            "found": lambda own, n: _found(own, n)[-1:]
        },
        "Where there are two children, you add the left one alone. (`elif` does that.)": {
            "found": lambda own, n: _found(own, n)[:1]
        },
        "The nodes are numbered from 0: a child's number is the place of its state, not one more.": partial(
            _states, found=lambda own, n: [(side, child - 1) for side, child in _found(own, n)]
        ),
        "The right child is not read.": {"found": lambda own, n: _found(own[:1], n)},
        "The left child is not read.": {"found": lambda own, n: [link for link in _found(own, n) if link[0]]},
        "A right child without a left one belongs to W[1] as well: number the sides before you leave any out.": {
            "found": lambda own, n: list(enumerate(child for child in own if child >= 0))
        },
        "The states come from the two children; yours come from the node before, as in a chain.": partial(
            _states, found=lambda own, n: [(side, n - 1) for side, child in enumerate(own) if child >= 0]
        ),
        "The states come from the children; yours come from the node before, through W[0], as in a chain.": partial(
            _states, found=lambda own, n: [(0, n - 1)] if n else []
        ),
        # what is read from them
        "The states of the children are not in it: they are not added, or they were still 0 when you read them.": {
            "read": "nothing"
        },
        "A child's state is what has gone through tanh; you read its sum from before.": {"read": "sum"},
        "A child hands up its state h; you read its input, W_x x.": partial(_states, read="x"),
        "The states of the children lack those of their own children: go up node by node.": partial(
            _states, read="own"
        ),
        "Left and right have matrices of their own: W[0] and W[1].": {"matrices": lambda W: W[[0, 0]]},
        "Left and right have matrices of their own: W[0] and W[1], and you took W[1] for both.": partial(
            _states, matrices=lambda W: W[[1, 1]]
        ),
        "Left and right have matrices of their own: W[0] and W[1], and you took their sum for both.": partial(
            _states, matrices=lambda W: W.sum(axis=0) + 0 * W
        ),
        "W[0] belongs to the left child, W[1] to the right one.": {"matrices": lambda W: W[::-1]},
        "The children's states are added as they are: each is multiplied by its matrix, W[0] or W[1], first.": partial(
            _states, matrices=lambda W: np.eye(W.shape[1]) + 0 * W
        ),
        "W[k] is used transposed: each W[k] stands before its child's state.": {"turned": True},
        "The two children's products are added; you took their mean over the children that there are.": partial(
            _states, shared=len
        ),
        "The two children's products are added; you took half of their sum.": partial(_states, shared=lambda links: 2),
        "tanh goes around the whole sum once, not around each child's product as well.": {"inner": np.tanh},
        "tanh goes around the whole sum once, not after each child as well.": partial(_states, each=np.tanh),
        "tanh goes around the whole sum of every node, at the end; yours goes around it after each child only.": (
            partial(_states, each=np.tanh, squash=lambda a, leaf: a)
        ),
        "tanh goes around the whole sum; the children's products stand outside in yours.": partial(
            _states, outside=True
        ),
        "A child's product takes the place of what was summed before: `a = a + …` adds it.": partial(
            _states, found=lambda own, n: _found(own, n)[-1:], x_in=(1, 0), b_in=(1, 0)
        ),
        # what else is in the sum
        "The bias b is missing.": {"b_in": (0, 0)},
        "The bias b is added, not taken off.": partial(_states, b_in=(-1, -1)),
        "The bias b is in every sum once; yours has it with each child.": partial(
            _states, b_in=(0, 0), again=frozenset({"b"})
        ),
        "The bias b is missing in the nodes that have children.": {"b_in": (1, 0)},
        "The bias b is missing in the leaves.": {"b_in": (0, 1)},
        "The bias b is in the sum once; you add it with each child again.": {"again": frozenset({"b"})},
        "The input x is in the sum once; you add it with each child again.": partial(_states, again=frozenset({"x"})),
        "The input x is missing.": partial(_states, x_in=(0, 0)),
        "A node with children has an x of its own: W_x x_n.": {"x_in": (1, 0)},
        "A leaf has an x of its own as well: W_x x_n.": {"x_in": (0, 1)},
        "A leaf has a state as well, tanh(W_x x_n + b); yours is 0.": partial(
            _states, squash=lambda a, leaf: 0 * a if leaf else np.tanh(a)
        ),
        "The sum goes on from node to node, b and all. Begin it anew at each.": partial(_states, carried="all"),
        "The sum goes on from node to node, b in it once: begin it anew. (After `a = b`, `a += …` writes into b.)": (
            partial(_states, carried="b once")
        ),
        # what it goes through
        "The sum still has to go through tanh.": {"squash": lambda a, leaf: a},
        "You return the sums: the states are what they become through tanh.": partial(_states, give="sum"),
        "The sum of a leaf has to go through tanh as well.": {"squash": lambda a, leaf: a if leaf else np.tanh(a)},
        "The sum of a node with children has to go through tanh as well.": {
            "squash": lambda a, leaf: np.tanh(a) if leaf else a
        },
        "The sum goes through tanh, not through σ.": {"squash": lambda a, leaf: sigmoid(a)},
        "The sum goes through tanh, not through max(0, a).": partial(_states, squash=lambda a, leaf: np.maximum(0, a)),
        "The sum goes through tanh once; you took tanh twice.": partial(
            _states, squash=lambda a, leaf: np.tanh(np.tanh(a))
        ),
    },
)


@check
def tree_states(answer):
    """Check `answer(x, children, W_x, W, b)`, which returns the state of every node of a tree, (nodes, hidden).

    x: `(nodes, input)`, each child before its parent. children: `(nodes, 2)`, −1 where there is none. W_x:
    `(hidden, input)`. W: `(2, hidden, hidden)`, for the left and the right child. b: `(hidden,)`.
    """
    return TREE_STATES.check(answer)


# -- exercise 2: folds in time order


def _size(n, folds, gap):
    return n // (folds + 1)


def _begins(n, folds, size, gap):
    return n - size * np.arange(folds, 0, -1)


def _origin(
    n,
    folds,
    gap,
    size=_size,
    begins=_begins,
    left_out=1,
    late=0,
    moved=0,
    start=0,
    shorter=0,
    last=0,
    to_the_end=False,
    ends=None,
    columns=(0, 1, 2),
):
    """Where each fold's training ends and its validation begins and ends, with the mistakes that can be made.

    left_out: how many gaps come off training. late: windows by which training ends too late. moved, shorter: gaps that
    the block begins too late and ends too early. last: what is missing at the block's end. ends: changes the ends.
    """
    size = size(n, folds, gap)
    begin = begins(n, folds, size, gap)
    rows = np.stack(
        [begin - left_out * gap + late, begin + moved * gap + start, begin + size - shorter * gap - last], axis=1
    )
    if to_the_end:
        rows[-1, 2] = n
    if ends:
        rows = rows.astype(float)
        rows[:, 0] = ends(rows, n)
    return rows[:, columns]


def _cut(ends, gap):
    """Rows of blocks that end at these windows, the first of which is for training alone."""
    return np.stack([ends[:-1] - gap, ends[:-1], ends[1:]], axis=1)


FOLDS = Exercise(
    _origin,
    lambda: [(61, 4, 3), (61, 5, 0), (41, 2, 7), (33, 3, 1), (29, 2, 0)],
    {
        # where training ends
        "Training ends `gap` windows before the block: leave the gap out.": {"left_out": 0},
        "Training ends `gap` windows before the block begins, not after.": {"left_out": -1},
        "Training ends twice the gap before the block: leave it out once.": partial(_origin, left_out=2),
        "One window of the gap is still in training.": {"late": 1},
        "Training ends one window too early: each end is one past the last, as in a slice.": {"late": -1},
        "You train on the block and on what follows it.": {"ends": lambda rows, n: n},
        "You train on the block as well: training ends before it begins.": {"ends": lambda rows, n: rows[:, 2]},
        "Training ends `gap` windows before its own block; yours ends that far before the next one.": partial(
            _origin, ends=lambda rows, n: rows[:, 0] + rows[:, 2] - rows[:, 1]
        ),
        "Training grows from fold to fold; yours ends at the same window in all.": partial(
            _origin, ends=lambda rows, n: rows[0, 0]
        ),
        # where the block lies
        "The gap comes off training; you took it off the block.": {"left_out": 0, "moved": 1},
        "The gap comes off training; you took it off the block as well.": {"moved": 1},
        "The gap lies before the block; you took it off the block's end.": partial(_origin, left_out=0, shorter=1),
        "The gap lies before the block; you took it off the block's end as well.": partial(_origin, shorter=1),
        "The gap comes off training; you moved the whole block by it.": {"left_out": 0, "moved": 1, "shorter": -1},
        "The last block ends at n: count the blocks from the end.": {
            "begins": lambda n, folds, size, gap: size * np.arange(1, folds + 1)
        },
        "All blocks are of one size: the windows left over belong to the first training part.": partial(
            _origin, begins=lambda n, folds, size, gap: size * np.arange(1, folds + 1), to_the_end=True
        ),
        "The first block of all is for training alone; you measure on it, and not on the last one.": {
            "begins": lambda n, folds, size, gap: size * np.arange(folds)
        },
        "The last block ends at n: yours ends one window before.": partial(
            _origin, begins=lambda n, folds, size, gap: _begins(n - 1, folds, size, gap)
        ),
        "The last block ends at n: yours ends one window after.": partial(
            _origin, begins=lambda n, folds, size, gap: _begins(n + 1, folds, size, gap)
        ),
        "The last block ends at n; yours ends a whole gap before it.": partial(
            _origin, begins=lambda n, folds, size, gap: _begins(n - gap, folds, size, gap)
        ),
        "The blocks follow one another without a gap: the gap lies within the training part.": partial(
            _origin, begins=lambda n, folds, size, gap: _begins(n, folds, size + gap, gap) + gap
        ),
        "All blocks begin where the first one does: each begins where the one before has ended.": partial(
            _origin, begins=lambda n, folds, size, gap: np.full(folds, n - folds * size)
        ),
        "All blocks are the last one: each ends where the next one begins.": partial(
            _origin, begins=lambda n, folds, size, gap: np.full(folds, n - size)
        ),
        "Each block ends where the next one begins; yours all go on to n.": lambda n, folds, gap: np.insert(
            _origin(n, folds, gap)[:, :2], 2, n, axis=1
        ),
        "The block begins one window too late.": partial(_origin, start=1),
        "The block begins one window too early.": partial(_origin, start=-1),
        "A block ends one past its last window, as in a slice; yours ends at that window.": {"last": 1},
        "A block ends where the next one begins; yours goes one window further.": partial(_origin, last=-1),
        # how large it is
        "A block has n // (folds + 1) windows; yours has n // folds, which leaves almost nothing to train on first.": {
            "size": lambda n, folds, gap: n // folds
        },
        "A block has n // (folds + 1) windows: a whole number, and yours is n / (folds + 1).": {
            "size": lambda n, folds, gap: n / (folds + 1)
        },
        "A block has n // (folds + 1) windows, rounded down; yours is rounded up.": partial(
            _origin, size=lambda n, folds, gap: -(-n // (folds + 1))
        ),
        "A block has n // (folds + 1) windows; you took the gap off n first.": partial(
            _origin, size=lambda n, folds, gap: (n - gap) // (folds + 1)
        ),
        "A block has n // (folds + 1) windows; you took all the gaps off n first.": partial(
            _origin, size=lambda n, folds, gap: (n - folds * gap) // (folds + 1)
        ),
        "A block has n // (folds + 1) windows; you took the gap off each.": partial(
            _origin, size=lambda n, folds, gap: n // (folds + 1) - gap
        ),
        "All blocks have n // (folds + 1) windows; yours differ in size, as `np.array_split` cuts them.": (
            lambda n, folds, gap: _cut(np.cumsum([len(part) for part in np.array_split(range(n), folds + 1)]), gap)
        ),
        "All blocks have n // (folds + 1) windows; yours differ in size, as k · n / (folds + 1) is rounded down.": (
            lambda n, folds, gap: _cut(n * np.arange(1, folds + 2) // (folds + 1), gap)
        ),
        # how it is written down
        "The columns are: where training ends, where the block begins, where it ends. Yours begin with the block.": {
            "columns": (1, 2, 0)
        },
        "The first column is where training ends; yours has 0, where training begins.": partial(
            _origin, ends=lambda rows, n: 0
        ),
        "There are `folds` blocks; yours are one more, since the windows left over make one of their own.": (
            lambda n, folds, gap: np.array(
                [
                    (begin - gap, begin, begin + n // (folds + 1))
                    for begin in range(n // (folds + 1), n, n // (folds + 1))
                ]
            )
        ),
        "The second column is where the block begins; yours has its number of windows.": lambda n, folds, gap: (
            np.insert(_origin(n, folds, gap)[:, [0, 2]], 1, n // (folds + 1), axis=1)
        ),
        "The third column is where the block ends; yours has its number of windows.": lambda n, folds, gap: np.stack(
            [*_origin(n, folds, gap).T[:2], np.full(folds, n // (folds + 1))], axis=1
        ),
    },
)


@check
def folds(answer):
    """Check `answer(n, folds, gap)`, which returns an array (folds, 3): where training ends, validation begins, ends.

    Each block has ⌊n / (folds + 1)⌋ windows, the last one ends at n, and `gap` windows before a block are left out.
    """
    return FOLDS.check(answer)


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


@check
def one_standard_error(answer):
    """Check the size that the one-standard-error rule takes from `ERRORS`."""
    means = {size: float(np.mean(values)) for size, values in ERRORS.items()}
    best = min(means, key=means.get)

    def smallest(spread):
        return min(size for size, mean in means.items() if mean <= means[best] + spread)

    spread = float(np.std(ERRORS[best], ddof=1))
    bound = means[best] + spread / 2
    mistakes = {
        f"{best} has the lowest mean. The rule takes the smallest size that is nearly as good.": best,
        "That is within one standard deviation. Divide by the root of the number of folds.": smallest(spread),
        f"{smallest(spread / 4)} lies within one standard error, but a smaller size does too. (Divide the deviation by "
        "the root of the number of folds, not by the number itself.)": smallest(spread / 4),
    }
    for size, mean in means.items():
        if mean > bound:
            mistakes.setdefault(_TOO[size > best].format(size=size, mean=mean, bound=bound), size)
    sizes = ", ".join(map(str, ERRORS))
    return judge_number(
        answer, smallest(spread / 2), mistakes, otherwise=lambda value: f"{value:.6g} is none of the sizes {sizes}."
    )


_TOO = {
    False: "{size} is too small: its mean of {mean:.4g} is above {bound:.4g}, the lowest mean plus one standard error.",
    True: "{size} is too large: its mean of {mean:.4g} is above {bound:.4g}, and smaller sizes have lower ones.",
}

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
WHY_NOT = {  # why a label cannot be
    ("A", "scale"): "are there steps in the targets of both parts? That comes first, whatever else leaks.",
    ("A", "choice"): "its size was chosen on the validation part, but are there steps in the targets of both parts?",
    ("A", "nothing"): "are there steps in the targets of both parts?",
    ("B", "windows"): "no step is in the targets of both parts. Is the mean that of the steps before the test part?",
    ("B", "choice"): "its size was chosen on the validation part. Is the mean that of the steps before the test part?",
    ("B", "nothing"): "is the mean that of the steps before the test part?",
    (
        "C",
        "windows",
    ): "no step is in the targets of both parts: the training part's last target ends before the test's first.",
    ("C", "scale"): "its mean and scale are those of the steps up to the last training target.",
    ("C", "choice"): "its size was chosen by the error on the validation part, which is what that part is for.",
    ("D", "windows"): "no step is in the targets of both parts. By which part's error was the size chosen?",
    (
        "D",
        "scale",
    ): "its mean is that of the steps up to the last training target. By which part's error was the size chosen?",
    ("D", "nothing"): "by which part's error was the size chosen?",
}


@check
def leaks(answer):
    """Check a dict from letter to what leaks: "windows", "scale", "choice" or "nothing"."""
    well_done = "A shares targets, B knows the test part's mean, D chose by the test part, C is clean."
    return judge_labels(answer, LEAKS, ("windows", "scale", "choice", "nothing"), WHY_NOT, well_done)
