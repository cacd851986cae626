"""What every rule that changes parameters refuses, in its own name."""

import numpy as np
import pytest
from cell_kinds import refused

from rnn_course.cells import SGD, Adam
from rnn_course.cells.optimiser import Optimiser


@pytest.mark.parametrize("rule", [Adam, SGD])
def test_bad_arguments_and_gradients_are_refused(rule):
    name, theta = rule.__name__, {"w": np.array([1.0, -2.0])}
    optimiser = rule(theta, 0.1)
    sentence = f"grads has keys ['v'], this {name} was given ['w']"
    refused(lambda: optimiser.step({"v": np.ones(2)}), ValueError, sentence)
    refused(lambda: optimiser.step({"w": np.array([1.0, np.nan])}), ValueError, "grads['w'] has nan at [1]")
    refused(lambda: optimiser.step({"w": np.ones(3)}), ValueError, "grads['w'] has shape (3,), wanted (2,)")
    wrong = "grads['w'] has dtype float32, wanted float64"
    refused(lambda: optimiser.step({"w": np.ones(2, np.float32)}), TypeError, wrong)
    refused(lambda: optimiser.step([np.ones(2)]), TypeError, "grads is a list, it must be a mapping of names to arrays")
    assert optimiser.t == 0 and (theta["w"] == [1, -2]).all()  # nothing was changed by what was refused
    refused(lambda: rule(theta, 0), ValueError, "learning_rate is 0, it must be positive and finite")
    refused(lambda: rule(theta, "fast"), TypeError, "learning_rate is 'fast', it must be a number")
    wrong = "parameters['w'] is [1.0], it must be an array of floats"
    refused(lambda: rule({"w": [1.0]}), TypeError, wrong)
    refused(lambda: rule([np.ones(2)]), TypeError, "parameters is a list, it must be a mapping of names to arrays")


def test_a_rule_of_ones_own_gives_change_alone():
    class Sign(Optimiser):
        def change(self, name, grad):
            self.parameters[name] -= self.learning_rate * np.sign(grad)

    theta = {"w": np.array([1.0, 1.0])}
    Sign(theta, 0.25).step({"w": [3.0, -0.1]})
    assert theta["w"].tolist() == [0.75, 1.25]
    sentence = "Optimiser has no change, which says how"
    refused(lambda: Optimiser(theta, 1.0).step({"w": np.ones(2)}), NotImplementedError, sentence)
