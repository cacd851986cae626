"""The bug hunt: the right listing passes, each mistake is exposed by its own test, and a wrong test finds nothing."""

import functools
import itertools
import random
import sys
import unittest
import warnings

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course.exercises import bug_hunt
from rnn_course.exercises.bug_hunt import MISTAKES, REFERENCE_TESTS, RIGHT, build, hunt, mended, with_mistakes
from rnn_course.exercises.verdict import NOTHING_YET


def test_the_listing_that_is_right_is_right():
    Network = build(RIGHT)
    assert bug_hunt.still_wrong(Network) == []
    accepted(mended(Network))
    accepted(hunt(*REFERENCE_TESTS))
    accepted(hunt(list(REFERENCE_TESTS)))
    accepted(mended(build(RIGHT.replace("return np.array(steps)", "return steps"))))
    accepted(
        mended(
            build(
                RIGHT.replace("return np.array(outputs)", "return outputs")
                .replace("error = y", "error = np.array(y)")
                .replace("* y * (1 - y)", "* np.array(y) * (1 - np.array(y))")
            )
        )
    )


@pytest.mark.parametrize("k", range(len(MISTAKES)))
def test_each_mistake_is_in_the_listing_and_its_test_exposes_it(k):
    mistake, test = MISTAKES[k], REFERENCE_TESTS[k]
    assert RIGHT.count(mistake.right) == 1
    Network = build(with_mistakes([mistake]))
    assert bug_hunt._failure(test, Network) is not None
    assert mistake.sentence in bug_hunt.still_wrong(Network)
    refused(mended(Network), f"Still there, or something like it: {mistake.sentence}")
    flawed = with_mistakes(MISTAKES)
    assert mistake.right not in flawed and mistake.wrong in flawed


def test_the_right_listing_is_an_lstm_and_its_training_step_is_the_gradient():
    """Against torch: the states, the outputs, and how the loss changes with the output layer."""
    net, rng = build(RIGHT)(3, 5, 2, seed=4), np.random.default_rng(0)
    x, target = rng.normal(size=(7, 3)), rng.uniform(size=(7, 2))
    lstm = torch.nn.LSTM(3, 5, dtype=torch.float64)
    for name, part in (("weight_ih_l0", "W_x"), ("weight_hh_l0", "W_h"), ("bias_ih_l0", "b_")):
        stacked = np.concatenate([getattr(net, part + gate) for gate in "ifco"])
        getattr(lstm, name).data = torch.tensor(stacked)
    lstm.bias_hh_l0.data.zero_()
    h = lstm(torch.tensor(x))[0].detach()
    W, b = torch.tensor(net.W_hy, requires_grad=True), torch.tensor(net.b_y, requires_grad=True)
    y = torch.sigmoid(h @ W.T + b)
    loss = torch.nn.functional.mse_loss(y, torch.tensor(target))
    loss.backward()
    assert np.allclose(net.states(x), h.numpy()) and np.allclose(net.forward(x), y.detach().numpy())
    assert np.isclose(net.train_step(x, target, rate=0.5), loss.item())
    assert np.allclose(net.W_hy, (W - 0.5 * W.grad).detach().numpy())
    assert np.allclose(net.b_y, (b - 0.5 * b.grad).detach().numpy())


def test_a_test_that_is_wrong_or_empty_finds_nothing():
    def too_strict(Network):
        assert Network(3, 5, 2).forward(np.ones((4, 3))).shape == (4, 3)

    refused(hunt(too_strict), "`too_strict` fails on a network that is right: the test itself is wrong.")
    refused(hunt(too_strict), "It raised AssertionError: ")
    refused(hunt(too_strict), ", in the line `assert Network(3, 5, 2)")
    refused(hunt(...), NOTHING_YET)
    refused(hunt(), NOTHING_YET)
    refused(hunt(bug_hunt.check_activation, ...), NOTHING_YET)
    refused(mended(...), NOTHING_YET)
    refused(hunt(lambda Network: None), "Your tests expose 0 of 12 mistakes, 12 are still hidden.")
    refused(hunt("forward"), "hunt wants functions that take the class Network")
    refused(hunt(bug_hunt.check_activation), "Your tests expose")


# -- what learners' tests do -----------------------------------------------------------------------------------------


def shape_is_wrong(Network):
    return Network(3, 5, 2).forward(np.ones((7, 3))).shape != (7, 2)


def by_exit(Network):
    if shape_is_wrong(Network):
        sys.exit("one output a step is wanted")


def by_pytest_fail(Network):
    if shape_is_wrong(Network):
        pytest.fail("one output a step is wanted")


def by_pytest_raises(Network):
    with pytest.raises(ValueError, match="matmul"):
        Network(3, 5, 2).forward(np.ones((7, 4)))
    assert not shape_is_wrong(Network)


def by_pytest_approx(Network):
    assert Network(3, 5, 2).forward(np.ones((7, 3))).shape == pytest.approx((7, 2))


def by_numpy(Network):
    np.testing.assert_equal(Network(3, 5, 2).forward(np.ones((7, 3))).shape, (7, 2))


def by_warning(Network):
    warnings.simplefilter("error")
    np.seterr(all="raise")
    if shape_is_wrong(Network):
        warnings.warn("one output a step is wanted", stacklevel=1)


def by_changing_the_class(Network):
    assert not hasattr(Network, "seen")
    Network.seen = True
    assert not shape_is_wrong(Network)


class Case(unittest.TestCase):
    def shape(self, Network):
        self.assertEqual(Network(3, 5, 2).forward(np.ones((7, 3))).shape, (7, 2))


class Callable:
    def __call__(self, Network):
        assert not shape_is_wrong(Network)


def with_two(Network, time):
    assert Network(3, 5, 2).forward(np.ones((time, 3))).shape == (time, 2)


FORMS = [
    by_exit,
    by_pytest_fail,
    by_pytest_raises,
    by_pytest_approx,
    by_numpy,
    by_warning,
    by_changing_the_class,
    Case().shape,
    Callable(),
    functools.partial(with_two, time=7),
]


@pytest.mark.parametrize("test", FORMS, ids=lambda test: getattr(test, "__name__", type(test).__name__))
def test_a_test_may_fail_in_any_way(test):
    message = hunt(test).message
    assert message == hunt(bug_hunt.check_one_output_a_step).message
    assert "The output is overwritten at each step" in message and message.startswith("Your tests expose")


def test_what_a_test_leaves_behind_is_undone(capsys):
    def careless(Network):
        print("I was here", file=sys.stdout)
        np.random.seed(7)  # noqa: NPY002
        random.seed(7)
        torch.manual_seed(7)
        np.seterr(all="raise")
        warnings.simplefilter("error")

    before = np.random.get_state()[1].copy(), random.getstate(), torch.get_rng_state(), np.geterr()  # noqa: NPY002
    filters = list(warnings.filters)
    refused(hunt(careless), "expose 0 of 12")
    after = np.random.get_state()[1], random.getstate(), torch.get_rng_state(), np.geterr()  # noqa: NPY002
    assert (before[0] == after[0]).all() and before[1] == after[1] and before[3] == after[3]
    assert torch.equal(before[2], after[2]) and list(warnings.filters) == filters
    assert capsys.readouterr().out == "I was here\n"  # on the right network alone


def test_unseeded_numbers_are_the_same_for_every_network():
    drawn = set()

    def draws(Network):
        drawn.add((np.random.normal(), random.random()))  # noqa: NPY002

    hunt(draws)
    assert len(drawn) == 1


def test_a_slow_test_is_run_only_against_what_quick_ones_leave():
    runs = []

    def slow(Network):
        runs.append(Network)
        sum(range(3_000_000))
        bug_hunt.check_it_learns(Network)

    quick = [test for test in REFERENCE_TESTS if test is not bug_hunt.check_training_changes_weights]
    accepted(hunt(slow, *quick))
    assert len(runs) == 2  # the right network, and the one that does not learn


def test_an_interrupt_goes_through():
    def interrupted(Network):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hunt(interrupted)


def test_what_cannot_be_a_test_is_told_why():
    def returns(Network):
        return not shape_is_wrong(Network)

    def yields(Network):
        yield Network

    async def waits(Network):
        assert Network

    def wants_nothing():
        pass

    def wants_a_network(net):
        net.forward(np.ones((7, 3)))

    refused(hunt(returns), "`returns` returns True, and nobody looks at that: write `assert` where `return` stands.")
    refused(hunt(yields), "`yields` has a yield or is async, so that calling it runs nothing")
    refused(hunt(waits), "`waits` has a yield or is async")
    refused(hunt(Case), "hunt wants functions that take the class Network, got <class")
    refused(hunt(wants_nothing), "TypeError: ")
    refused(hunt(wants_a_network), "in the line `net.forward(np.ones((7, 3)))`.")


# -- mended ----------------------------------------------------------------------------------------------------------


def test_what_is_no_class_or_lacks_a_method_is_told():
    Network = build(RIGHT)
    refused(mended(Network(3, 5, 2)), "Hand in the class itself, `mended(Network)`: you gave a network that is made")
    refused(mended(RIGHT), "Your answer is a str, the class Network is wanted.")
    refused(mended(lambda *sizes: Network(*sizes)), "Your answer is a function, the class Network is wanted.")
    refused(mended(type("Network", (), {})), "no method states and no method forward and no method train_step")
    del Network.train_step
    refused(mended(Network), "Your class Network has no method train_step.")


def test_only_mistakes_that_are_there_are_named():
    """Every two of them, and what is left when a learner mends from the top."""
    for left in [*itertools.combinations(MISTAKES, 2), *(MISTAKES[k:] for k in range(len(MISTAKES)))]:
        message = mended(build(with_mistakes(left))).message
        named = [mistake for mistake in MISTAKES if mistake.sentence in message]
        assert len(named) == 1 and named[0] in left, (message, [mistake.sentence for mistake in left])


@pytest.mark.parametrize("size", [3, 8])
def test_a_mistake_is_named_whatever_hidden_size_the_notebook_has(size):
    """The chapter itself has a `hidden_size`, which the listing with that mistake reads."""
    for left in MISTAKES:
        verdict = mended(build(with_mistakes([left]), hidden_size=size))
        refused(verdict, f"Still there, or something like it: {left.sentence}")


def test_another_error_is_shown_and_not_taken_for_one_of_the_mistakes():
    misspelt = build(RIGHT.replace("C_tilde = np.tanh", "C_tilda = np.tanh"))
    verdict = mended(misspelt)
    refused(verdict, "Your class raised NameError: name 'C_tilde' is not defined")
    assert not any(mistake.sentence in verdict.message for mistake in MISTAKES)
    for right, wrong, sentence in (
        ("np.tanh(C)", "C", "This does not hold yet: Where nothing comes from h, the states are those of the course's"),
        ("self.W_hc @ h", "self.W_hi @ h", "This does not hold yet: The states are those of the course's LSTM"),
        ("y = sigmoid(y)", "y = np.tanh(y)", "This does not hold yet: The outputs are σ(W_hy h_t + b_y)"),
        ("- rate *", "+ rate *", "This does not hold yet: Fifty calls of `train_step` on the same x and target bring"),
        ("steps = []", "steps = [h]", "This does not hold yet: "),
    ):
        refused(mended(build(RIGHT.replace(right, wrong))), sentence)
    unnamed = build(RIGHT.replace("self.W_xo", "self.W_xout"))
    refused(mended(unnamed), "no attribute 'W_xo'")
    by_global = build(with_mistakes([MISTAKES[1]]), numpy=np)
    refused(mended(by_global), MISTAKES[1].sentence)


def test_a_class_that_prints_or_exits_breaks_nothing(capsys):
    accepted(mended(build(RIGHT.replace("        outputs = []\n", "        outputs = []\n        print(states)\n"))))
    assert capsys.readouterr().out == ""
    exits = build(
        RIGHT.replace("        outputs = []\n", "        raise SystemExit('no outputs')\n        outputs = []\n")
    )
    refused(mended(exits), "Your class raised SystemExit: no outputs.")
