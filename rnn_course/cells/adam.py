"""What trains a NumPy network: clipping by the norm, and Adam (Kingma & Ba 2015, Algorithm 1)."""

import math

import numpy as np

from rnn_course import validate
from rnn_course.cells.optimiser import Optimiser


def clip_norm(grads, max_norm):
    """Scale all gradients by min(1, max_norm / ‖g‖), with ‖g‖ over all of them together (Pascanu et al. 2013).

    grads: a dict of arrays. max_norm: positive. Returns the scaled dict, of fresh arrays, and ‖g‖ before scaling.
    Raises ValueError where a gradient is not finite.
    """
    validate.positive("max_norm", max_norm)
    pairs = validate.mapping("grads", grads).items()
    grads = {name: validate.numbers(f"grads[{name!r}]", grad) for name, grad in pairs}
    for name, grad in grads.items():
        if grad.dtype.kind != "f":
            raise TypeError(f"grads[{name!r}] has dtype {grad.dtype}, it must be float32 or float64")
        validate.finite(f"grads[{name!r}]", grad)
    # in float64, and relative to the largest entry: the square of a float32 gradient that explodes is infinite
    largest = max((float(np.abs(grad).max(initial=0)) for grad in grads.values()), default=0.0)
    squares = sum(((grad.astype(np.float64) / (largest or 1.0)) ** 2).sum() for grad in grads.values())
    root = float(np.sqrt(squares))
    norm = largest * root  # may be infinite where the share of it is not
    scale = min(1.0, max_norm / largest / root) if norm else 1.0
    return {name: grad * grad.dtype.type(scale) for name, grad in grads.items()}, norm


class Adam(Optimiser):
    """Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − α m̂ / (√v̂ + ε), with m̂ and v̂ freed of their bias.

    parameters: a mapping of arrays, as `cell.parameters`; they are changed in place. learning_rate α: positive.
    The square of a float32 gradient is infinite from 1.8e19 on: (1 − β₂)g is taken times g, and √v̂ is √v / √(1 − β₂ᵗ),
    so that gradients up to 5.8e20 are followed, as PyTorch does. Source: Kingma & Ba (2015), Algorithm 1.

    >>> theta = {"w": np.array([1.0])}
    >>> adam = Adam(theta, learning_rate=0.1)
    >>> adam.step({"w": np.array([3.0])})
    >>> theta["w"].round(6)
    array([0.9])
    """

    def __init__(self, parameters, learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        super().__init__(parameters, learning_rate)
        self.beta_1, self.beta_2 = validate.share("beta_1", beta_1), validate.share("beta_2", beta_2)
        self.epsilon = validate.positive("epsilon", epsilon)
        self.m = {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self.v = {name: np.zeros_like(value) for name, value in self.parameters.items()}

    def change(self, name, grad):
        """The rule for one array; its m and v are changed in place."""
        m, v = self.m[name], self.v[name]
        m[...] = self.beta_1 * m + (1 - self.beta_1) * grad
        v[...] = self.beta_2 * v + (1 - self.beta_2) * grad * grad
        m_hat = m / (1 - self.beta_1**self.t)
        root_v_hat = np.sqrt(v) / math.sqrt(1 - self.beta_2**self.t)
        self.parameters[name] -= self.learning_rate * m_hat / (root_v_hat + self.epsilon)
