"""A recursive network: one cell for every node of a tree, from the leaves to the root.

    h_n = tanh(W_x x_n + W_1 h_{c₁(n)} + … + W_K h_{c_K(n)} + b)      c_k(n) the k-th child of node n; h = 0 where none
    y   = W_hy h_root + b_y

A recurrent network is the case of a chain, where each node has one child, the step before it: then this is the simple
RNN. What flows in: a `Forest`, that is, trees as arrays. What leaves: one output a tree.

Sources: Goller and Küchler (1996), Learning task-dependent distributed representations by backpropagation through
structure; Socher et al. (2011), Parsing natural scenes and natural language with recursive neural networks.
"""

import math
from dataclasses import dataclass
from reprlib import repr as shortened

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm

from rnn_course import seeds, validate
from rnn_course.epoch import BestWeights, run_epoch
from rnn_course.models.sequence import as_array, as_tensor, check_ids, check_like, seeded


def _parents_first(tree):
    """(label, number of children) of every node, parents before children and the last child first; by no recursion."""
    nodes, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        label, *below = node if isinstance(node, tuple) and node else (node,)
        nodes.append((label, len(below)))
        waiting += below
    return nodes


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees as arrays, their nodes one after the other, each child before its parent and each root last in its tree.

    x         (nodes,) integer labels, or (nodes, input) features, as a tensor
    children  (nodes, K) the numbers of each node's children, −1 where there is none
    height    (nodes,) 0 for a leaf, else one more than the highest child
    ends      (trees,) the number of the node after each tree's root
    """

    x: torch.Tensor
    children: np.ndarray
    height: np.ndarray
    ends: np.ndarray

    def __len__(self):
        return len(self.ends)

    def __repr__(self):
        return f"Forest: {len(self):,} trees of {len(self.x):,} nodes, heights up to {self.height.max()}"

    @classmethod
    def of_trees(cls, trees, alphabet):
        """The forest of trees in nested tuples; a node's x is the place of its label in `alphabet`.

        A tree is a label, or `(label, child, …)` with trees as children. Labels are compared as text, so that 7 is "7".
        Raises ValueError for no tree at all, or for a label that is not in the alphabet.
        """
        alphabet = validate.text_or_listed("alphabet", alphabet)
        numbers = {str(label): k for k, label in enumerate(alphabet)}
        labels, children, height, ends = [], [], [], []
        for k, tree in enumerate(validate.listed("trees", trees)):
            whole = []  # the numbers of subtrees that wait for their parent
            for label, count in reversed(_parents_first(tree)):
                if isinstance(label, tuple) or str(label) not in numbers:
                    given = f"trees[{k}] has the label {shortened(label)}"
                    raise ValueError(f"{given}, it must be one of the alphabet, {' '.join(numbers)}")
                below = [whole.pop() for _ in range(count)][::-1]
                whole.append(len(labels))
                labels.append(numbers[str(label)])
                children.append(below)
                height.append(1 + max((height[child] for child in below), default=-1))
            ends.append(len(labels))
        if not ends:
            raise ValueError("trees is empty, it must hold at least one tree")
        most = max(1, *map(len, children))
        children = [below + [-1] * (most - len(below)) for below in children]
        return cls(torch.tensor(labels), np.array(children), np.array(height), np.array(ends))

    @classmethod
    def of_chains(cls, x):
        """The forest of sequences x `(batch, time, input)` as chains: a step's child is the step before it."""
        x = as_tensor("x", x)
        validate.shape("x", x, (None, None, None), ("batch", "time", "input"))
        batch, time, features = x.shape
        height = np.tile(np.arange(time), batch)
        children = np.where(height > 0, np.arange(batch * time) - 1, -1)[:, None]
        return cls(x.reshape(batch * time, features), children, height, time * np.arange(1, batch + 1))

    def take(self, index):
        """The forest of the trees with these numbers, in this order; TypeError or ValueError for other numbers."""
        index = validate.whole_numbers("index", index)
        validate.within("index", validate.shape("index", index, (None,), ("trees",)), 0, len(self) - 1)
        starts = np.concatenate([[0], self.ends[:-1]])[index]
        sizes = self.ends[index] - starts
        ends = np.cumsum(sizes)
        moved = np.repeat(ends - sizes - starts, sizes)
        nodes = np.arange(ends[-1]) - moved
        children = np.where(self.children[nodes] < 0, -1, self.children[nodes] + moved[:, None])
        return Forest(self.x[torch.from_numpy(nodes)], children, self.height[nodes], ends)


class RecursiveNetwork(nn.Module):
    """One tanh cell for every node of a tree, and a linear head on the root's state (the equations of the module).

    Arguments
        input_size    different labels, or features, of a node
        hidden_size   units
        output_size   numbers read from the root
        children      K, the most children that a node may have
        seed          of the initial weights, uniform in ±1/√hidden_size; the global random generator is left as it was

    `W_x (hidden, input)`, `W_children (K, hidden, hidden)`, `b (hidden,)`, and `head`, an `nn.Linear`.

    >>> network = RecursiveNetwork(5, hidden_size=8, output_size=3)
    >>> network(Forest.of_trees([("and", "p", ("not", "q")), "p"], ["p", "q", "and", "or", "not"])).shape
    torch.Size([2, 3])
    """

    def __init__(self, input_size, hidden_size, output_size, children=2, seed=0):
        super().__init__()
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "output_size": output_size, "children": children}
        self.settings = {name: validate.positive_int(name, size) for name, size in sizes.items()}
        input_size, hidden_size, output_size, children = self.settings.values()
        bound = 1 / math.sqrt(hidden_size)
        with seeded(seeds.shifted(validate.torch_seed("seed", seed))):
            self.W_x = nn.Parameter(torch.empty(hidden_size, input_size).uniform_(-bound, bound))
            self.W_children = nn.Parameter(torch.empty(children, hidden_size, hidden_size).uniform_(-bound, bound))
            self.b = nn.Parameter(torch.empty(hidden_size).uniform_(-bound, bound))
            self.head = nn.Linear(hidden_size, output_size)

    def forward(self, forest):
        """Return the outputs `(trees, output)` of a Forest."""
        states = self.states(forest)
        return self.head(states[torch.from_numpy(forest.ends - 1)])

    def states(self, forest):
        """Return the state of every node, `(nodes, hidden)`.

        All nodes of one height are computed at once, so that the work in Python grows with the height of the trees and
        not with their number. Raises ValueError or TypeError where the labels, features or children do not fit.
        """
        a_x = self._inputs(validate.instance("forest", forest, Forest))
        order = np.argsort(forest.height, kind="stable")
        place = np.empty(len(order) + 1, dtype=int)  # of each node in `h`, whose row 0 is the state of a missing child
        place[order], place[-1] = np.arange(1, len(order) + 1), 0
        h = a_x.new_zeros(1, self.settings["hidden_size"])
        for nodes in np.split(order, np.cumsum(np.bincount(forest.height))[:-1]):
            a = a_x[torch.from_numpy(nodes)]
            for k, child in enumerate(forest.children[nodes].T):
                if (child >= 0).any():
                    a = a + h[torch.from_numpy(place[child])] @ self.W_children[k].T
            h = torch.cat([h, a.tanh()])
        return h[torch.from_numpy(place[:-1])]

    def _inputs(self, forest):
        """W_x x_n + b of every node."""
        given, size = forest.children.shape[1], self.settings["input_size"]
        if given > self.settings["children"]:
            raise ValueError(
                f"forest has nodes of {given} children, this network was built for children={self.settings['children']}"
            )
        if forest.x.ndim == 1:
            check_ids("forest.x", forest.x, "input_size", size)
            return self.W_x.T[forest.x.long()] + self.b
        check_like("forest.x", forest.x, self.W_x)
        validate.shape("forest.x", forest.x, (None, size), ("nodes", "input_size"))
        return forest.x @ self.W_x.T + self.b


def fit(network, forest, y, *, epochs=20, batch_size=32, learning_rate=1e-2, clip=1.0, seed=0, progress=True):
    """Train a `RecursiveNetwork` in place to classify trees, by Adam on the cross-entropy; return each epoch's loss.

    y: class ids `(trees,)`. clip: largest norm of the gradient. seed: of the order of the trees. Raises ValueError for
    sizes that disagree and FloatingPointError, naming epoch and step, where the loss is no longer finite: the network
    is then left with the weights after the epoch whose loss was lowest.
    """
    epochs, batch_size = validate.positive_int("epochs", epochs), validate.positive_int("batch_size", batch_size)
    validate.instance("network", network, RecursiveNetwork), validate.instance("forest", forest, Forest)
    y, progress = as_tensor("y", y), validate.flag("progress", progress)
    seed = validate.positive_int("seed", seed, least=0, most=None)
    validate.positive("clip", clip)
    validate.shape("y", y, (len(forest),), ("trees",))
    check_ids("y", y, "output_size", network.settings["output_size"])
    y = y.long()
    optimiser = torch.optim.Adam(network.parameters(), validate.learning_rate(learning_rate))
    rng, history = seeds.default_rng(seed), []

    def losses(index):
        return cross_entropy(network(forest.take(index)), y[torch.from_numpy(index)], reduction="none")

    with BestWeights(network) as best:
        for epoch in tqdm(range(1, epochs + 1), unit="epoch", disable=not progress):
            batches = np.split(rng.permutation(len(forest)), range(batch_size, len(forest), batch_size))
            history.append(run_epoch(network, batches, losses, optimiser, clip, epoch)[0])
            best.see(history[-1], f"epoch {epoch}")
    return history


def predict(network, forest):
    """Return the classes' probabilities `(trees, output)` as a NumPy array."""
    validate.instance("network", network, RecursiveNetwork)
    with torch.no_grad():
        return as_array(network(forest).softmax(dim=1))
