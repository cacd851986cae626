"""The bug hunt: a right LSTM listing, and the mistakes that tutorials make, each a small change of its text.

Everything follows from `RIGHT` and `MISTAKES`: the flawed listing has all the changes, and for each mistake there is a
network that has that one alone. A learner's tests are run against the right network and against each of those.
"""

import warnings
from typing import NamedTuple

import numpy as np

from rnn_course.exercises.verdict import NOTHING_YET, Verdict

RIGHT = '''
import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class Network:
    """An LSTM and the output layer y_t = sigmoid(W_hy h_t + b_y), for one
    sequence."""

    def __init__(self, input_size, hidden_size, output_size, seed=0):
        rng = np.random.default_rng(seed)
        self.hidden_size = hidden_size
        bound = 1 / np.sqrt(hidden_size)

        def draw(*shape):
            return rng.uniform(-bound, bound, shape)

        self.W_xi = draw(hidden_size, input_size)
        self.W_xf = draw(hidden_size, input_size)
        self.W_xc = draw(hidden_size, input_size)
        self.W_xo = draw(hidden_size, input_size)
        self.W_hi = draw(hidden_size, hidden_size)
        self.W_hf = draw(hidden_size, hidden_size)
        self.W_hc = draw(hidden_size, hidden_size)
        self.W_ho = draw(hidden_size, hidden_size)
        self.b_i, self.b_f = draw(hidden_size), draw(hidden_size)
        self.b_c, self.b_o = draw(hidden_size), draw(hidden_size)
        self.W_hy = draw(output_size, hidden_size)
        self.b_y = draw(output_size)

    def states(self, x):
        """x (time, input) -> h (time, hidden)"""
        h = np.zeros(self.hidden_size)
        C = np.zeros(self.hidden_size)
        steps = []
        for t, x_t in enumerate(x):
            i = sigmoid(self.W_xi @ x_t + self.W_hi @ h + self.b_i)
            f = sigmoid(self.W_xf @ x_t + self.W_hf @ h + self.b_f)
            C_tilde = np.tanh(self.W_xc @ x_t + self.W_hc @ h + self.b_c)
            o = sigmoid(self.W_xo @ x_t + self.W_ho @ h + self.b_o)
            C = f * C + i * C_tilde
            h = o * np.tanh(C)
            steps.append(h)
        return np.array(steps)

    def forward(self, x):
        """x (time, input) -> y (time, output)"""
        outputs = []
        for h in self.states(x):
            y = self.W_hy @ h + self.b_y
            y = sigmoid(y)
            outputs.append(y)
        return np.array(outputs)

    def train_step(self, x, target, rate=1.0):
        """One step of gradient descent on the output layer alone.

        target (time, output). Returns the loss.
        """
        h, y = self.states(x), self.forward(x)
        error = y - target
        grad_a = 2 * error * y * (1 - y) / error.size
        self.W_hy = self.W_hy - rate * grad_a.T @ h
        self.b_y = self.b_y - rate * grad_a.sum(0)
        return (error**2).mean()
'''.lstrip()


class Change(NamedTuple):
    """One mistake: what the right listing says, what the flawed one says instead, and what is wrong with that."""

    right: str
    wrong: str
    sentence: str


MISTAKES = (
    Change(
        "self.W_xi = draw(hidden_size, input_size)\n        self.W_xf = draw(hidden_size, input_size)\n",
        "self.W_xi = draw(input_size, hidden_size)\n        self.W_xf = draw(input_size, hidden_size)\n",
        "`W_xi` and `W_xf` are drawn as (input, hidden) and multiplied as if they were (hidden, input).",
    ),
    Change(
        "        h = np.zeros(self.hidden_size)\n",
        "        h = np.zeros(hidden_size)\n",
        "The size of `h` is read from outside the class, from a global `hidden_size`.",
    ),
    Change(
        "for t, x_t in enumerate(x):",
        "for t, x_t in enumerate(x.T):",
        "The loop walks over the features, not over time: it mistakes the one axis for the other.",
    ),
    Change(
        "o = sigmoid(self.W_xo",
        "o = np.sigmoid(self.W_xo",
        "`np.sigmoid` does not exist.",
    ),
    Change(
        "C = f * C + i * C_tilde",
        "C = f * C[t - 1] + i * C_tilde",
        "`C[t - 1]` picks a unit of the state, not the state of the step before.",
    ),
    Change(
        "np.tanh(self.W_xc @ x_t + self.W_hc @ h + self.b_c)",
        "np.tanh(self.W_xi @ x_t + self.W_hi @ h + self.b_i)",
        "The candidate reuses the weights of the input gate.",
    ),
    Change(
        "        self.W_hy = draw(output_size, hidden_size)\n",
        "",
        "The output weights `W_hy` are never defined.",
    ),
    Change(
        "            h = o * np.tanh(C)\n            steps.append(h)\n",
        "            h_t = o * np.tanh(C)\n            steps.append(h_t)\n",
        "The new state is computed and never carried to the next step.",
    ),
    Change(
        "            outputs.append(y)\n",
        "            outputs = y\n",
        "The output is overwritten at each step, so that only the last one survives.",
    ),
    Change(
        "            y = sigmoid(y)\n",
        "",
        "The activation of the output, written in the equation, is never applied.",
    ),
    Change(
        "        self.W_hy = self.W_hy - rate * grad_a.T @ h\n        self.b_y = self.b_y - rate * grad_a.sum(0)\n",
        "",
        "The target goes into the loss and into nothing else: no weight changes, so nothing is learned.",
    ),
    Change(
        "return rng.uniform(-bound, bound, shape)",
        "return rng.normal(0, 1, shape)",
        "The weights are drawn with unit variance, so that tanh saturates as the hidden size grows.",
    ),
)


def with_mistakes(mistakes):
    """The listing's text with these mistakes in it."""
    text = RIGHT
    for mistake in mistakes:
        text = text.replace(mistake.right, mistake.wrong)
    return text


def build(text):
    """The class `Network` that a listing defines. A global `hidden_size` stands beside it, as in tutorials."""
    space = {"hidden_size": 4}
    exec(compile(text, "<listing>", "exec"), space)
    return space["Network"]


def flawed_listing():
    """The listing with all the mistakes in it, shown as code."""
    from IPython.display import Code

    return Code(with_mistakes(MISTAKES), language="python")


def _fails(test, network):
    """Whether a learner's test raises when it is given this network."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            test(network)
    except Exception:
        return True
    return False


def hunt(*tests):
    """Run a learner's tests against the right network and against each mistake alone.

    tests: functions that take the class `Network` and raise (for example by `assert`) if something is wrong with it.
    Returns a Verdict that lists the mistakes found; a test that fails the right network is named and does not count.
    """
    if not tests or any(test is ... for test in tests):
        return Verdict(False, NOTHING_YET)
    for test in tests:
        if not callable(test):
            return Verdict(False, f"hunt wants functions that take the class Network, got {test!r}.")
        if _fails(test, build(RIGHT)):
            return Verdict(False, f"`{test.__name__}` fails on a network that is right: the test itself is wrong.")
    found = [m for m in MISTAKES if any(_fails(test, build(with_mistakes([m]))) for test in tests)]
    lines = "".join(f"\n- {mistake.sentence}" for mistake in found)
    left = len(MISTAKES) - len(found)
    still = f", {left} are still hidden." if left else "."
    message = f"Your tests expose {len(found)} of {len(MISTAKES)} mistakes{still}"
    return Verdict(not left, message + lines)


def still_wrong(network):
    """The mistakes, as sentences, that a learner's mended class still has."""
    return [mistake.sentence for mistake, test in zip(MISTAKES, REFERENCE_TESTS, strict=True) if _fails(test, network)]


def mended(network):
    """A Verdict on a learner's mended class: every test of the reference is run."""
    if network is ... or network is None:
        return Verdict(False, NOTHING_YET)
    wrong = still_wrong(network)
    if not wrong:
        return Verdict(True, f"None of the {len(MISTAKES)} mistakes is left.")
    return Verdict(False, "Still there, or something like it: " + wrong[0])


# -- one test a mistake, in the order of MISTAKES ------------------------------------------------------------------

SIZES = {"input_size": 3, "hidden_size": 5, "output_size": 2}  # all differ, and none is the global's 4


def _library_states(net, x):
    """What the course's own LSTM makes of the same weights."""
    from rnn_course.cells import LSTM

    cell = LSTM(x.shape[1], net.hidden_size)
    for name in ("W_x", "W_h", "b_"):
        for gate in "ifco":
            setattr(cell, name + gate, getattr(net, name + gate))
    return cell.forward(x[None])[0][0]


def _series(time, seed=0):
    return np.random.default_rng(seed).normal(size=(time, SIZES["input_size"]))


def check_weight_shapes(Network):
    net = Network(**SIZES)
    assert net.W_xi.shape == net.W_xf.shape == (5, 3)


def check_sizes_are_its_own(Network):
    assert Network(3, 4, 2).states(_series(1)).shape == (1, 4)
    assert Network(**SIZES).states(_series(1)).shape == (1, 5)


def check_one_state_a_step(Network):
    assert len(Network(**SIZES).states(_series(7))) == 7


def check_it_runs(Network):
    Network(3, 3, 2).states(_series(3))


def check_cell_state(Network):
    net, x = Network(**SIZES), _series(9)
    assert np.allclose(net.states(x), _library_states(net, x))


def check_candidate_uses_its_own_weights(Network):
    net, x = Network(**SIZES), _series(1)
    before = net.states(x)
    net.W_xc = net.W_xc + 1.0
    assert not np.allclose(before, net.states(x))


def check_output_weights(Network):
    assert Network(**SIZES).W_hy.shape == (2, 5)


def check_state_is_carried(Network):
    net, x = Network(**SIZES), _series(2)
    net.W_hi = net.W_hi + 1.0
    assert np.allclose(net.states(x), _library_states(net, x))


def check_one_output_a_step(Network):
    assert Network(**SIZES).forward(_series(7)).shape == (7, 2)


def check_activation(Network):
    net = Network(**SIZES)
    net.b_y = np.full(2, 50.0)
    y = net.forward(_series(2))
    assert y.max() <= 1


def check_it_learns(Network):
    net, x = Network(**SIZES), _series(20)
    target = np.tile([0.9, 0.1], (20, 1))
    losses = [net.train_step(x, target) for _ in range(50)]
    assert losses[-1] < 0.5 * losses[0]


def check_initial_spread(Network):
    assert np.abs(Network(3, 100, 2).W_hc).max() < 0.5


REFERENCE_TESTS = (
    check_weight_shapes,
    check_sizes_are_its_own,
    check_one_state_a_step,
    check_it_runs,
    check_cell_state,
    check_candidate_uses_its_own_weights,
    check_output_weights,
    check_state_is_carried,
    check_one_output_a_step,
    check_activation,
    check_it_learns,
    check_initial_spread,
)
