"""The bug hunt: a right LSTM listing, and the mistakes that tutorials make, each a small change of its text.

Everything follows from `RIGHT` and `MISTAKES`: the flawed listing has all the changes, and for each mistake there is a
network that has that one alone. A learner's tests are run against the right network and against each of those.
"""

import contextlib
import functools
import inspect
import io
import random
import sys
import time
import warnings
from typing import NamedTuple

import numpy as np

from rnn_course.exercises.calling import line_of, said
from rnn_course.exercises.returned import unwritten
from rnn_course.exercises.verdict import NOTHING_YET, Verdict, check

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

    def outputs(self, states):
        """h (time, hidden) -> y (time, output)"""
        outputs = []
        for h in states:
            y = self.W_hy @ h + self.b_y
            y = sigmoid(y)
            outputs.append(y)
        return np.array(outputs)

    def forward(self, x):
        """x (time, input) -> y (time, output)"""
        return self.outputs(self.states(x))

    def train_step(self, x, target, rate=1.0):
        """One step of gradient descent on the output layer alone.

        target (time, output). Returns the loss.
        """
        h = self.states(x)
        y = self.outputs(h)
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


@functools.cache
def _compiled(text):
    return compile(text, "<listing>", "exec")


def build(text, **names):
    """The class `Network` that a listing defines, a new one at every call.

    names: what stands beside it in its module; a global `hidden_size` if nothing is given, as in tutorials.
    """
    space = names or {"hidden_size": 4}
    exec(_compiled(text), space)
    return space["Network"]


def flawed_listing():
    """The listing with all the mistakes in it, shown as code."""
    from IPython.display import Code

    return Code(with_mistakes(MISTAKES), language="python")


# -- running tests that others wrote -------------------------------------------------------------------------------


@contextlib.contextmanager
def _undone():
    """Afterwards the random generators, NumPy's errors and the warnings are as they were."""
    ours, numpys = random.getstate(), np.random.get_state()  # noqa: NPY002, learners may use it
    torch = sys.modules.get("torch")
    torchs = torch and torch.get_rng_state()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        random.setstate(ours)
        np.random.set_state(numpys)  # noqa: NPY002
        if torch:
            torch.set_rng_state(torchs)


def _failure(test, network, shown=False):
    """What a test raises when it is given this network; None if nothing.

    Every run starts from the same random numbers. What is printed is lost unless shown. SystemExit and pytest's own,
    which are no Exceptions, count; only the learner's interrupt goes through.
    """
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    with contextlib.nullcontext() if shown else contextlib.redirect_stdout(io.StringIO()):
        try:
            test(network)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return error
    return None


def _name(test):
    return getattr(test, "__name__", None) or repr(test)


def _no_test(test):
    """Why this cannot be run as a test; None if it can."""
    if not callable(test) or isinstance(test, type):
        return f"hunt wants functions that take the class Network, got {test!r}."
    if inspect.isgeneratorfunction(test) or inspect.iscoroutinefunction(test):
        return f"`{_name(test)}` has a yield or is async, so that calling it runs nothing: write a plain function."
    return None


def _wrong_by_itself(test):
    """Why this test is no good: it fails on the right network, or returns what it should assert. None if it is fine."""
    returned = []
    error = _failure(lambda network: returned.append(test(network)), build(RIGHT), shown=True)
    if error is not None:
        line = line_of(test, error)
        return (
            f"`{_name(test)}` fails on a network that is right: the test itself is wrong. It raised "
            f"{said(error)}" + (f", in the line `{line}`." if line else ".")
        )
    if isinstance(returned[0], bool | np.bool_):
        return f"`{_name(test)}` returns {returned[0]}, and nobody looks at that: write `assert` where `return` stands."
    return None


@check
def hunt(*tests):
    """Run a learner's tests against the right network and against each mistake alone.

    tests: functions that take the class `Network` and raise (for example by `assert`) if something is wrong with it.
    What they print is shown for the right network alone. Returns a Verdict that lists the mistakes found, or names the
    test that fails the right network.
    """
    tests = tests[0] if len(tests) == 1 and isinstance(tests[0], list | tuple) else tests
    if not tests or any(map(unwritten, tests)):
        return Verdict(False, NOTHING_YET)
    seconds = []
    with _undone():
        for test in tests:
            start = time.perf_counter()
            reason = _no_test(test) or _wrong_by_itself(test)
            if reason:
                return Verdict(False, reason)
            seconds.append(time.perf_counter() - start)
        # The quick ones first: a slow one runs only against what they do not find.
        tests = [tests[k] for k in np.argsort(seconds, kind="stable")]
        found = [m for m in MISTAKES if any(_failure(test, build(with_mistakes([m]))) for test in tests)]
    lines = "".join(f"\n- {mistake.sentence}" for mistake in found)
    left = len(MISTAKES) - len(found)
    still = f", {left} are still hidden." if left else "."
    message = f"Your tests expose {len(found)} of {len(MISTAKES)} mistakes{still}"
    return Verdict(not left, message + lines)


# -- judging a mended class ----------------------------------------------------------------------------------------

METHODS = ("states", "forward", "train_step")


def still_wrong(network):
    """The mistakes, as sentences, that a learner's mended class still has; a test that it cannot run counts."""
    with _undone():
        return [m.sentence for m, test in zip(MISTAKES, REFERENCE_TESTS, strict=True) if _failure(test, network)]


@check
def mended(network):
    """A Verdict on a learner's mended class: every test of the reference is run."""
    if unwritten(network):
        return Verdict(False, NOTHING_YET)
    if not isinstance(network, type):
        return Verdict(False, _no_class(network))
    lacking = [name for name in METHODS if not callable(getattr(network, name, None))]
    if lacking:
        return Verdict(False, f"Your class {network.__name__} has no method {' and no method '.join(lacking)}.")
    with _undone():
        for test in REFERENCE_TESTS + OF_THE_WHOLE:
            error = _failure(test, network)
            if error is not None:
                return Verdict(False, _what_is_left(network, test, error))
    return Verdict(True, f"None of the {len(MISTAKES)} mistakes is left.")


def _no_class(answer):
    kind = type(answer).__name__
    if all(hasattr(answer, name) for name in METHODS):
        return f"Hand in the class itself, `mended({kind})`: you gave a network that is made already."
    return f"Your answer is a {kind}, the class Network is wanted."


def _what_is_left(network, test, error):
    """A sentence on a test that failed: the one mistake that fails it in the same way, or what the test wants.

    The mistakes whose own tests the class has passed are not left in it.
    """
    possible = MISTAKES[REFERENCE_TESTS.index(test) :] if test in REFERENCE_TESTS else MISTAKES
    beside = getattr(network.states, "__globals__", {})  # of the learner's notebook, whose hidden_size may be any
    spaces = [{"hidden_size": 4}, {"no": "global"}]
    spaces += [{"hidden_size": beside["hidden_size"]}] if "hidden_size" in beside else []
    same = [mistake.sentence for mistake in possible if said(error) in _raised_by(mistake, test, spaces)]
    if len(same) == 1:
        return f"Still there, or something like it: {same[0]}"
    if isinstance(error, AssertionError):
        return f"This does not hold yet: {inspect.getdoc(test)}"
    line = next(filter(None, (line_of(getattr(network, name), error) for name in ("__init__", *METHODS))), "")
    return f"Your class raised {said(error)}" + (f", in the line `{line}`." if line else ".")


def _raised_by(mistake, test, spaces):
    """What a mistake alone raises in a test, with each of these names beside it in its module."""
    text = with_mistakes([mistake])
    errors = [_failure(test, build(text, **names)) for names in spaces]
    return [said(error) for error in errors if error is not None]


# -- one test a mistake, in the order of MISTAKES, and some of the whole -------------------------------------------
# An assertion says what came, so that a class can be told from one with the mistake that fails the same test.

SIZES = {"input_size": 3, "hidden_size": 5, "output_size": 2}  # all differ, and none is the global's 4


def _filled(Network):
    """A network with the same random weights whatever the class drew."""
    net, rng = Network(**SIZES), np.random.default_rng(1)
    shapes = {"W_x": (5, 3), "W_h": (5, 5), "b_": (5,)}
    shapes = {part + gate: shape for part, shape in shapes.items() for gate in "ifco"} | {"W_hy": (2, 5), "b_y": (2,)}
    for name, shape in shapes.items():
        getattr(net, name)  # a class that has other names says so here
        setattr(net, name, rng.normal(size=shape))
    return net


def _with_one_sum(Network):
    """One whose candidate has the weights of i, so that nothing hangs on which of the two are used."""
    net = _filled(Network)
    net.W_xc, net.W_hc, net.b_c = net.W_xi, net.W_hi, net.b_i
    return net


def _assert_library_states(net, x):
    """The states are what the course's own LSTM makes of the same weights."""
    from rnn_course.cells import LSTM

    cell = LSTM(x.shape[1], net.hidden_size)
    for name in ("W_x", "W_h", "b_"):
        for gate in "ifco":
            setattr(cell, name + gate, getattr(net, name + gate))
    states = net.states(x)
    assert np.allclose(states, cell.forward(x[None])[0][0]), np.round(states, 6)


def _series(time, seed=0):
    return np.random.default_rng(seed).normal(size=(time, SIZES["input_size"]))


def check_weight_shapes(Network):
    """W_xi and W_xf have the shape (hidden, input)."""
    net = Network(**SIZES)
    shapes = np.shape(net.W_xi), np.shape(net.W_xf)
    assert shapes == ((5, 3), (5, 3)), shapes


def check_sizes_are_its_own(Network):
    """A network of hidden size 4 has states of 4 numbers, one of hidden size 5 has states of 5."""
    for hidden in (4, 5):
        shape = np.shape(Network(3, hidden, 2).states(_series(1)))
        assert shape == (1, hidden), shape


def check_one_state_a_step(Network):
    """`states` has a row for each step of x."""
    steps = len(Network(**SIZES).states(_series(7)))
    assert steps == 7, steps


def check_it_runs(Network):
    """`states` runs on three steps of three features."""
    Network(3, 3, 2).states(_series(3))


def check_cell_state(Network):
    """Where nothing comes from h, the states are those of the course's LSTM with the same weights."""
    net = _with_one_sum(Network)
    for gate in "ifco":
        setattr(net, "W_h" + gate, np.zeros((5, 5)))
    _assert_library_states(net, _series(4))


def check_candidate_uses_its_own_weights(Network):
    """Another W_xc gives other states, and so does another b_c."""
    for name in ("W_xc", "b_c"):
        net, x = _filled(Network), _series(1)
        before = net.states(x)
        setattr(net, name, getattr(net, name) + 1.0)
        assert not np.allclose(before, net.states(x)), np.round(before, 6)


def check_output_weights(Network):
    """The network has output weights, W_hy."""
    assert Network(**SIZES).W_hy is not None


def check_state_is_carried(Network):
    """Where nothing is kept in C, the states are those of the course's LSTM with the same weights."""
    net = _with_one_sum(Network)
    net.b_f = net.b_f - 50.0
    _assert_library_states(net, _series(3))


def check_one_output_a_step(Network):
    """`forward` has a row for each step of x, with a number for each output."""
    shape = np.shape(Network(**SIZES).forward(_series(7)))
    assert shape == (7, 2), shape


def check_activation(Network):
    """However large b_y is, no output is larger than 1."""
    net = Network(**SIZES)
    net.W_hy, net.b_y = np.zeros((2, 5)), np.array([50.0, -50.0])
    y = net.forward(_series(2))
    assert np.max(y) <= 1, np.asarray(y)


def check_training_changes_weights(Network):
    """After `train_step`, W_hy or b_y is another one than before."""
    net = Network(**SIZES)
    before = np.copy(net.W_hy), np.copy(net.b_y)
    net.train_step(_series(4), np.tile([0.9, 0.1], (4, 1)))
    assert not (np.array_equal(net.W_hy, before[0]) and np.array_equal(net.b_y, before[1]))


def check_initial_spread(Network):
    """The first weights of a network with a hundred units are smaller than one half."""
    W_hc = Network(3, 100, 2).W_hc
    assert np.abs(W_hc).max() < 0.5, f"spread {np.std(W_hc):.1f}"


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
    check_training_changes_weights,
    check_initial_spread,
)


def check_states(Network):
    """The states are those of the course's LSTM with the same weights."""
    _assert_library_states(_filled(Network), _series(9))


def check_outputs(Network):
    """The outputs are σ(W_hy h_t + b_y), with the states h_t that `states` gives."""
    net, x = _filled(Network), _series(6)
    y = net.forward(x)
    assert np.allclose(y, 1 / (1 + np.exp(-(np.asarray(net.states(x)) @ net.W_hy.T + net.b_y)))), np.round(y, 6)


def check_it_learns(Network):
    """Fifty calls of `train_step` on the same x and target bring the loss below half of what it was."""
    net, x = Network(**SIZES), _series(4)
    target = np.tile([0.9, 0.1], (4, 1))
    losses = [net.train_step(x, target) for _ in range(50)]
    assert losses[-1] < 0.5 * losses[0], losses[-1]


OF_THE_WHOLE = (check_states, check_outputs, check_it_learns)
