"""Chain and tree: one expression combined from left to right or up its tree, and each digit's way to the end."""

import numpy as np
from traitlets import Dict, Int, List, Unicode, validate

from rnn_course.cells import SimpleRNN
from rnn_course.data.expressions import OPERATORS, SYMBOLS, checked, depth, parsed, tokens, value, write
from rnn_course.validate import finite
from rnn_course.widgets.kit import Explorable, script

MOST_OPERATORS, MOST_UNITS, LONGEST_TEXT = 4, 8, 60  # more than these do not fit a phone


class ChainAndTree(Explorable):
    """Combine an expression as a recurrent network does, token by token, and as a recursive one does, level by level.

    The tree has a node for each digit and operator, the chain a node for each token, brackets too; each node n computes

        h_n = tanh(W_x x_n + W_1 h_{c₁(n)} + W_2 h_{c₂(n)} + b)    c₁(n), c₂(n) its left and right child; h = 0 if none

    with the same weights. In the chain a step's one child is the step before it, so that this is the simple RNN. What
    of a digit arrives at the end is the norm of ∂h_end/∂h_digit, the product of the Jacobians on the one path there.
    Both take their steps together: the tree is done when its last level is, the chain when its last token is read.

    Arguments:
        expressions: a digit or triple (operator, left, right), as in `data.expressions`, or a list of them among which
            the reader chooses; each of 1 to 4 operators.
        network: a `RecursiveNetwork` for 15 labels with two children and at most 8 units, whose weights are copied in
            float64; None to show the shapes alone.

    Controls, all traits that can be read, set and observed:
        expression: which of the expressions, from 0.
        typed: an expression of the reader's own, of 1 to 4 operators, as `data.expressions.read` takes it: it is shown
            in the place of the chosen one. "" for none.
        step: how many steps have been taken, from 1; beyond the last it stands at the last.
        digit: whose way to the end is marked, from 0, in reading order; beyond the last it stands at the last.
        unit: the unit whose state is drawn, from 0.

    Raises TypeError or ValueError, naming the argument, for what is no expression or network, or too large to show.
    """

    _esm = script("chain_and_tree")

    expressions = List(Dict()).tag(sync=True)
    parameters = Dict(None, allow_none=True).tag(sync=True)

    expression = Int(0).tag(sync=True, control=True)
    typed = Unicode("").tag(sync=True, control=True)
    step = Int(1, min=1).tag(sync=True, control=True)
    digit = Int(0, min=0).tag(sync=True, control=True)
    unit = Int(0).tag(sync=True, control=True)

    def __init__(self, expressions, network=None):
        listed = list(expressions) if isinstance(expressions, list) else [expressions]
        if not listed:
            raise ValueError("expressions is empty, at least one expression is wanted")
        described = [_described(_checked(f"expressions[{k}]", tree)) for k, tree in enumerate(listed)]
        levels = max(described[0]["tree"]["round"])
        super().__init__(expressions=described, parameters=_parameters(network), step=levels)

    def __repr__(self):
        texts = ", ".join(expression["text"] for expression in self.expressions)
        return f"ChainAndTree({texts})"

    @validate("expression", "unit")
    def _in_range(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        units = len(self.parameters["b"]) if self.parameters else 1
        last = (len(self.expressions) if name == "expression" else units) - 1
        if not 0 <= value <= last:
            raise ValueError(f"{name} is {value}, it must be from 0 to {last}")
        return value

    @validate("typed")
    def _can_be_read(self, proposal):
        refusal = refused(proposal["value"])
        if refusal:
            raise ValueError(f"typed is {proposal['value']!r}: {refusal}")
        return proposal["value"]

    @property
    def shown(self):
        """The expression that is shown, described: the typed one where there is one."""
        return _described(parsed(self.typed)[0]) if self.typed else self.expressions[self.expression]

    def compute(self):
        """Return in NumPy, by the library's own networks, what the page computes for the expression that is shown.

        Returns `{"tree", "chain": {"round": (nodes,) the step at which each node is computed, "distance": (digits,)
        steps from each digit to the end, "h": (nodes, hidden), "arrives": (digits,) norms of ∂h_end/∂h_digit}}`;
        without a network "h" and "arrives" are None.
        """
        now, shown = {}, self.shown
        for shape in ("tree", "chain"):
            nodes = shown[shape]
            paths = [_path(nodes, digit) for digit in nodes["digits"]]
            h = self._states(nodes, shape) if self.parameters else None
            now[shape] = {
                "round": nodes["round"],
                "distance": [len(path) for path in paths],
                "h": h,
                "arrives": None if h is None else [self._arrives(h, path) for path in paths],
            }
        return now

    def _states(self, nodes, shape):
        W_x, W, b = (np.array(self.parameters[name]) for name in ("W_x", "W_children", "b"))
        if shape == "tree":
            return _tree_states(nodes, W_x, W, b)
        rnn = SimpleRNN(W_x.shape[1], len(b))
        rnn.W_xh, rnn.W_hh, rnn.b_h = W_x, W[0], b
        x = np.eye(len(SYMBOLS))[nodes["label"]]
        return rnn.forward(x[None])[0][0]

    def _arrives(self, h, path):
        """Norm of the product of the Jacobians diag(1 − h²) W_k from the end down to the path's first node."""
        W, product = np.array(self.parameters["W_children"]), np.eye(h.shape[1])
        for parent, k in reversed(path):
            product = product @ ((1 - h[parent] ** 2)[:, None] * W[k])
        return float(np.linalg.norm(product))


def _tree_states(nodes, W_x, W, b):
    """The states (nodes, hidden) by the library's recursive network."""
    import torch

    from rnn_course.models import Forest, RecursiveNetwork

    network = RecursiveNetwork(W_x.shape[1], len(b), 1).double()
    with torch.no_grad():
        for parameter, values in ((network.W_x, W_x), (network.W_children, W), (network.b, b)):
            parameter.copy_(torch.from_numpy(values))
        height = np.array(nodes["round"]) - 1
        labels = torch.tensor(nodes["label"])
        return network.states(Forest(labels, np.array(nodes["children"]), height, np.array([len(height)]))).numpy()


def _path(nodes, node):
    """The way from a node to the end: (parent, as which child the node before it comes in) of each step."""
    came = {child: (n, k) for n, pair in enumerate(nodes["children"]) for k, child in enumerate(pair) if child >= 0}
    path = []
    while node in came:
        path.append(came[node])
        node = path[-1][0]
    return path


def _checked(name, tree):
    """The expression, if it is one that can be shown."""
    refusal = _size_refused(checked(name, tree))
    if refusal:
        raise ValueError(f"{name} {refusal}")
    return tree


def _size_refused(tree):
    operators = sum(token in OPERATORS for token in tokens(tree))
    if 1 <= operators <= MOST_OPERATORS:
        return None
    return f"has {operators} operators, 1 to {MOST_OPERATORS} can be shown"


def refused(text):
    """Return why a typed text is not shown, in a sentence; None where it is, or where nothing is typed."""
    if len(text) > LONGEST_TEXT:
        return f"it has {len(text)} characters, at most {LONGEST_TEXT} can be read."
    if not text:
        return None
    tree, refusal = parsed(text)
    if refusal:
        return refusal
    size = _size_refused(tree)
    return size and f"it {size}."


def _described(tree):
    """Both shapes in values that JSON carries: children before parents, and the token at which each node stands."""
    text = tokens(tree)
    chain = {
        "label": [SYMBOLS.index(token) for token in text],
        "children": [[t - 1, -1] for t in range(len(text))],
        "round": list(range(1, len(text) + 1)),
        "place": list(range(len(text))),
        "digits": [t for t, token in enumerate(text) if token.isdigit()],
        "says": text,
    }
    return {"text": write(tree), "tokens": text, "value": value(tree), "tree": _nodes(tree), "chain": chain}


def _nodes(tree):
    """The tree's nodes in the order of a `Forest`: left side, right side, the operator itself."""
    nodes = {name: [] for name in ("label", "children", "round", "place", "digits", "says")}

    def add(part, first):
        if isinstance(part, int):
            below, place = [-1, -1], first
            nodes["digits"].append(len(nodes["label"]))
        else:
            left = add(part[1], first + 1)
            place = first + 1 + len(tokens(part[1]))
            below = [left, add(part[2], place + 1)]
        nodes["label"].append(SYMBOLS.index(str(part) if isinstance(part, int) else part[0]))
        nodes["children"].append(below)
        nodes["round"].append(1 + depth(part))
        nodes["place"].append(place)
        nodes["says"].append(
            f"{write(part)} = {value(part)}".replace("-", "−") if isinstance(part, tuple) else write(part)
        )
        return len(nodes["label"]) - 1

    add(tree, 0)
    return nodes


def _parameters(network):
    """The network's weights as nested lists; None stays."""
    if network is None:
        return None
    from rnn_course.models import RecursiveNetwork

    if not isinstance(network, RecursiveNetwork):
        raise TypeError(f"network is a {type(network).__name__}, it must be a RecursiveNetwork or None")
    settings = network.settings
    for name, wanted in (("input_size", len(SYMBOLS)), ("children", 2)):
        if settings[name] != wanted:
            raise ValueError(f"network has {name}={settings[name]}, expressions want {wanted}")
    if settings["hidden_size"] > MOST_UNITS:
        raise ValueError(f"network has hidden_size={settings['hidden_size']}, at most {MOST_UNITS} can be shown")
    return {
        name: finite(f"network.{name}", getattr(network, name).detach().cpu().double().numpy()).tolist()
        for name in ("W_x", "W_children", "b")
    }
