"""Gradient descent, on the gradients of one batch after another (after Robbins & Monro 1951)."""

from rnn_course.cells.optimiser import Optimiser


class SGD(Optimiser):
    """Stochastic gradient descent: θ ← θ − α g, with g the gradient of one batch.

    parameters: a mapping of arrays, as `cell.parameters`; they are changed in place. learning_rate α: positive. There
    is no momentum; clip the gradients by `clip_norm` first where they may explode. Source: Robbins & Monro (1951).

    >>> import numpy as np
    >>> theta = {"w": np.array([1.0])}
    >>> sgd = SGD(theta, learning_rate=0.1)
    >>> sgd.step({"w": np.array([3.0])})
    >>> theta["w"].round(6)
    array([0.7])
    """

    def __init__(self, parameters, learning_rate=1e-2):
        super().__init__(parameters, learning_rate)

    def change(self, name, grad):
        """θ ← θ − α g for one array."""
        self.parameters[name] -= self.learning_rate * grad
