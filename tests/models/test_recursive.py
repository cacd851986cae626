"""The recursive network: a chain is PyTorch's recurrent one, a tree is its equation written node by node."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rnn_course.cells import SimpleRNN
from rnn_course.data import expressions, load_record
from rnn_course.data.expressions import draw_expression, sign
from rnn_course.models import Forest, RecursiveNetwork
from rnn_course.models.recursive import fit, predict

BATCH, TIME, INPUT, HIDDEN, OUTPUT = 4, 9, 3, 5, 2


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def of_expressions(trees):
    return Forest.of_trees(trees, expressions.SYMBOLS)


def draw(rng, n=30, most=7, shape="any"):
    return [draw_expression(int(rng.integers(most + 1)), rng, shape) for _ in range(n)]


def chain_and_rnn(x):
    """A network on chains and PyTorch's nn.RNN with the same weights, all of them random and no bias zero."""
    network = RecursiveNetwork(INPUT, HIDDEN, OUTPUT, children=1, seed=3).double()
    rnn = torch.nn.RNN(INPUT, HIDDEN, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        network.W_x.copy_(rnn.weight_ih_l0)
        network.W_children[0].copy_(rnn.weight_hh_l0)
        network.b.copy_(rnn.bias_ih_l0 + rnn.bias_hh_l0)
    return network, rnn


def test_on_a_chain_it_is_the_recurrent_network_and_so_are_its_gradients(rng):
    x = torch.tensor(rng.normal(size=(BATCH, TIME, INPUT)), requires_grad=True)
    network, rnn = chain_and_rnn(x)
    states = network.states(Forest.of_chains(x)).view(BATCH, TIME, HIDDEN)
    wanted, _ = rnn(x)
    torch.testing.assert_close(states, wanted, rtol=0, atol=1e-12)

    upstream = torch.tensor(rng.normal(size=states.shape))
    ours = torch.autograd.grad(states, [network.W_x, network.W_children, network.b, x], upstream)
    theirs = torch.autograd.grad(wanted, [rnn.weight_ih_l0, rnn.weight_hh_l0, rnn.bias_ih_l0, x], upstream)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.squeeze(0) if a.ndim == 3 and b.ndim == 2 else a, b, rtol=0, atol=1e-12)


def test_on_a_chain_it_is_the_courses_own_simple_rnn(rng):
    x = rng.normal(size=(BATCH, TIME, INPUT))
    network, rnn = chain_and_rnn(x)
    h, _ = SimpleRNN.from_torch(rnn).forward(x)
    last = network(Forest.of_chains(torch.tensor(x)))
    wanted = h[:, -1] @ network.head.weight.detach().numpy().T + network.head.bias.detach().numpy()
    np.testing.assert_allclose(last.detach().numpy(), wanted, rtol=0, atol=1e-12)


def test_a_chain_of_expressions_is_the_recurrence_over_operators(rng):
    """On a left chain the tree's states at the operators are those of a recurrence that reads operator and digit."""
    network = RecursiveNetwork(15, HIDDEN, OUTPUT, seed=5).double()
    tree = draw_expression(6, rng, "left")
    W_x, W, b = (p.detach().numpy() for p in (network.W_x, network.W_children, network.b))
    steps, rest = [], tree
    while not isinstance(rest, int):
        steps, rest = [(rest[0], rest[2]), *steps], rest[1]
    h = np.tanh(W_x[:, rest] + b)
    for operator, digit in steps:
        h = np.tanh(W_x[:, expressions.SYMBOLS.index(operator)] + W[0] @ h + W[1] @ np.tanh(W_x[:, digit] + b) + b)
    states = network.states(of_expressions([tree])).detach().numpy()
    np.testing.assert_allclose(states[-1], h, rtol=0, atol=1e-12)


def test_a_tree_may_be_3000_deep(rng):
    """Its state is that of the recurrence over its operators, and its gradient is found."""
    network, deep = RecursiveNetwork(15, HIDDEN, OUTPUT, seed=5).double(), 3000
    tree = draw_expression(deep, rng, "left")
    forest = of_expressions([tree, 3])
    W_x, W, b = (p.detach().numpy() for p in (network.W_x, network.W_children, network.b))
    steps, rest = [], tree
    while not isinstance(rest, int):
        steps, rest = [*steps, (rest[0], rest[2])], rest[1]
    h = np.tanh(W_x[:, rest] + b)
    for operator, digit in reversed(steps):
        h = np.tanh(W_x[:, expressions.SYMBOLS.index(operator)] + W[0] @ h + W[1] @ np.tanh(W_x[:, digit] + b) + b)
    assert forest.height.max() == deep
    np.testing.assert_allclose(network.states(forest).detach().numpy()[-2], h, rtol=0, atol=1e-12)
    network(forest).sum().backward()
    assert network.W_children.grad.isfinite().all() and network.W_children.grad.abs().max() > 0
    with pytest.raises(ValueError, match=r"trees\[0\] has the label '÷', it must be one of"):
        of_expressions([("÷", tree, 1)])


def test_the_forest_by_levels_is_the_equation_node_by_node(rng):
    network = RecursiveNetwork(15, HIDDEN, OUTPUT, seed=5).double()
    trees = draw(rng)

    def state(tree):
        if isinstance(tree, int):
            return torch.tanh(network.W_x[:, tree] + network.b)
        label = expressions.SYMBOLS.index(tree[0])
        below = network.W_children[0] @ state(tree[1]) + network.W_children[1] @ state(tree[2])
        return torch.tanh(network.W_x[:, label] + below + network.b)

    wanted = network.head(torch.stack([state(tree) for tree in trees]))
    found = network(of_expressions(trees))
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-12)
    upstream = torch.tensor(rng.normal(size=found.shape))
    parameters = list(network.parameters())
    for a, b in zip(
        torch.autograd.grad(found, parameters, upstream),
        torch.autograd.grad(wanted, parameters, upstream),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_trees_in_nested_tuples_by_hand():
    forest = Forest.of_trees([("or", "p", ("not", "q"), 7), "q"], ["7", "p", "q", "not", "or"])
    assert forest.x.tolist() == [1, 2, 3, 0, 4, 2]
    assert forest.children.tolist() == [[-1] * 3, [-1] * 3, [1, -1, -1], [-1] * 3, [0, 2, 3], [-1] * 3]
    assert forest.height.tolist() == [0, 0, 1, 0, 2, 0] and forest.ends.tolist() == [5, 6]


def test_trees_are_taken_by_number_in_any_order(rng):
    trees = draw(rng)
    forest, network = of_expressions(trees), RecursiveNetwork(15, HIDDEN, OUTPUT).double()
    index = rng.permutation(len(trees))[:11]
    part = forest.take(index)
    wanted = of_expressions([trees[k] for k in index])
    for a, b in zip((part.x, part.children, part.height, part.ends), vars(wanted).values(), strict=True):
        assert np.array_equal(a, b)
    torch.testing.assert_close(network(part), network(forest)[torch.from_numpy(index)], rtol=0, atol=1e-12)
    assert [int(h) for h in part.height[part.ends - 1]] == [expressions.depth(trees[k]) for k in index]


def test_training_is_adam_on_the_cross_entropy(rng):
    trees = draw(rng, 12)
    forest, y = of_expressions(trees), [sign(tree) for tree in trees]
    ours, twin = (RecursiveNetwork(15, HIDDEN, 3, seed=7).double() for _ in range(2))
    losses = fit(ours, forest, y, epochs=4, batch_size=12, learning_rate=0.03, clip=0.2, progress=False)
    optimiser = torch.optim.Adam(twin.parameters(), 0.03)
    for loss in losses:
        optimiser.zero_grad()
        wanted = torch.nn.functional.cross_entropy(twin(forest), torch.tensor(y))
        wanted.backward()
        torch.nn.utils.clip_grad_norm_(twin.parameters(), 0.2)
        optimiser.step()
        assert loss == pytest.approx(wanted.item(), rel=1e-6)
    np.testing.assert_allclose(predict(ours, forest), predict(twin, forest), atol=1e-8)
    np.testing.assert_allclose(predict(ours, forest).sum(axis=1), 1)


def test_the_seeds_decide(rng):
    trees = draw(rng, 20)
    forest, y = of_expressions(trees), [sign(tree) for tree in trees]

    def train(seed, order):
        network = RecursiveNetwork(15, HIDDEN, 3, seed=seed)
        return fit(network, forest, y, epochs=2, batch_size=6, seed=order, progress=False)

    before = torch.random.get_rng_state()
    assert train(1, 2) == train(1, 2) != train(2, 2) and train(1, 2) != train(1, 3)
    assert torch.equal(before, torch.random.get_rng_state())


def test_it_learns_the_sign_of_short_expressions(rng):
    trees = draw(rng, 1200, most=2)
    train, test = trees[:900], trees[900:]
    network = RecursiveNetwork(15, 16, 3)
    fit(network, of_expressions(train), [sign(tree) for tree in train], epochs=8, progress=False)
    y = np.array([sign(tree) for tree in test])
    right = (predict(network, of_expressions(test)).argmax(axis=1) == y).mean()
    assert right > np.bincount(y).max() / len(y) + 0.08


@pytest.mark.parametrize(
    ("run", "error", "sentence"),
    [
        (lambda: RecursiveNetwork(15, 0, 3), ValueError, "hidden_size is 0"),
        (lambda: RecursiveNetwork(15, 4, 3, children=2.5), TypeError, "children is 2.5"),
        (lambda: RecursiveNetwork(10, 4, 3)(of_expressions([("+", 1, 2)])), ValueError, "input_size=10"),
        (
            lambda: RecursiveNetwork(15, 4, 3, children=1)(of_expressions([("+", 1, 2)])),
            ValueError,
            "forest has nodes of 2 children, this network was built for children=1",
        ),
        (
            lambda: RecursiveNetwork(3, 4, 3)(Forest.of_chains(torch.zeros(2, 5, 4))),
            ValueError,
            r"forest.x has shape \(10, 4\), wanted \(nodes, input_size=3\)",
        ),
        (lambda: Forest.of_chains(torch.zeros(2, 5)), ValueError, r"x has shape \(2, 5\)"),
        (lambda: of_expressions([]), ValueError, "trees is empty"),
        (
            lambda: of_expressions([1, ("/", 1, 2)]),
            ValueError,
            r"trees\[1\] has the label '/', it must be one of the alphabet, 0",
        ),
        (
            lambda: fit(RecursiveNetwork(15, 4, 3), of_expressions([1]), [0], clip=-1.0),
            ValueError,
            "clip is -1.0, it must be positive",
        ),
        (lambda: fit(RecursiveNetwork(15, 4, 3), of_expressions([1]), [0], seed=-1), ValueError, "seed is -1"),
        (
            lambda: fit(RecursiveNetwork(15, 4, 3), of_expressions([1, 2]), [0]),
            ValueError,
            r"y has shape \(1,\), wanted \(trees=2\)",
        ),
        (
            lambda: fit(RecursiveNetwork(15, 4, 3), of_expressions([1, 2]), [0, 3]),
            ValueError,
            "y has the id 3",
        ),
        (
            lambda: fit(RecursiveNetwork(15, 4, 3), of_expressions([1, 2]), [0, 1], learning_rate=0),
            ValueError,
            "learning_rate is 0",
        ),
    ],
)
def test_what_is_refused(run, error, sentence):
    with pytest.raises(error, match=sentence):
        run()


def test_a_loss_that_is_not_finite_names_the_epoch():
    network = RecursiveNetwork(15, 4, 3)
    with torch.no_grad():
        network.head.bias[0] = np.nan
    with pytest.raises(FloatingPointError, match="training loss is nan at epoch 1, step 1"):
        fit(network, of_expressions([1, 2]), [0, 1], progress=False)


def test_the_record_has_networks_of_like_size_that_beat_the_most_frequent_sign():
    record = load_record("expressions")
    runs = record["runs"]
    assert len(runs) == 2 * 3 * record["settings"]["seeds"]
    sizes = {run["parameters"] for run in runs}
    assert max(sizes) < 1.1 * min(sizes)
    for run in runs:
        assert run["accuracy_by_operators"]["1"] > record["most_frequent"][run["shape"]]["1"] + 0.1


@pytest.mark.parametrize("dtype", ["uint8", "int16", ">i8", "uint16"])
def test_labels_and_classes_of_every_integer_type_are_read(rng, dtype):
    trees, y = draw(rng), np.arange(30) % OUTPUT
    forest = of_expressions(trees)
    histories = [
        fit(RecursiveNetwork(15, HIDDEN, OUTPUT, seed=5), forest, classes, epochs=2, seed=np.int64(1), progress=False)
        for classes in (y, y.astype(dtype))
    ]
    assert histories[0] == histories[1]
    network = RecursiveNetwork(np.int64(15), np.int64(HIDDEN), np.int64(OUTPUT), children=np.int64(2), seed=np.int64(5))
    if dtype != ">i8":
        small = replace(forest, x=forest.x.to(getattr(torch, dtype)))
        assert torch.equal(network(small), network(forest))


def test_features_are_of_the_weights_dtype_and_probabilities_of_bfloat16_are_floats(rng):
    network = RecursiveNetwork(INPUT, HIDDEN, OUTPUT, children=1)
    x = rng.normal(size=(BATCH, TIME, INPUT))
    with pytest.raises(TypeError, match=r"forest.x is torch.float64, this model's weights are torch.float32"):
        network(Forest.of_chains(x))
    chains = Forest.of_chains(x.astype(np.float32))
    wanted = predict(network, chains)
    np.testing.assert_allclose(predict(network, Forest.of_chains(x.astype(">f4"))), wanted)
    half = predict(network.bfloat16(), replace(chains, x=chains.x.bfloat16()))
    assert half.dtype == np.float32
    np.testing.assert_allclose(half, wanted, atol=0.03)
    with pytest.raises(ValueError, match="x cannot be made an array of numbers: Can't call numpy"):
        Forest.of_chains([[torch.ones(2, requires_grad=True)]])
    with pytest.raises(ValueError, match="seed is 18446744073709551616, it must be below"):
        RecursiveNetwork(INPUT, HIDDEN, OUTPUT, seed=2**64)
