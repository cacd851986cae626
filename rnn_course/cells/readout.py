"""The output layer and its losses: what turns a state into a prediction.

    y_t = g(W_hy h_t + b_y)          g = identity, sigmoid or softmax

The losses are means over the N predictions (sequences × steps that count):

    squared error    L = 1/N Σ ½ ‖y − target‖²
    cross-entropy    L = −1/N Σ log y[target]                                   softmax
                     L = −1/N Σ Σ_k target_k log y_k + (1 − target_k) log(1 − y_k)    sigmoid

With a = W_hy h + b_y, cross-entropy and its own g give ∂L/∂a = (y − target) / N, which is why it is computed from a.
"""

from typing import NamedTuple

import numpy as np

from rnn_course import validate
from rnn_course.cells.base import sigmoid
from rnn_course.cells.layer import Layer
from rnn_course.cells.walk import padding


class ReadoutGradients(NamedTuple):
    """∂L/∂h, shaped as h, and ∂L/∂W_hy and ∂L/∂b_y by name."""

    h: np.ndarray
    parameters: dict[str, np.ndarray]


class Readout(Layer):
    """y_t = g(W_hy h_t + b_y).

    hidden_size, output_size: whole numbers of at least 1. activation: "identity", "sigmoid" or "softmax". dtype:
    float64 or float32. seed: of the initial weights, uniform in ±1/√hidden_size. Stored are
    `W_hy (output, hidden)` and `b_y (output,)`.
    """

    def __init__(self, hidden_size, output_size, activation="identity", dtype=np.float64, seed=0):
        self.hidden_size = validate.positive_int("hidden_size", hidden_size)
        self.output_size = validate.positive_int("output_size", output_size)
        self.activation = validate.one_of("activation", activation, ("identity", "sigmoid", "softmax"))
        self._last = None
        super().__init__(dtype, seed)

    def shapes(self):
        """Name and shape of both arrays."""
        return {"W_hy": (self.output_size, self.hidden_size), "b_y": (self.output_size,)}

    def __repr__(self):
        return f"Readout({self.hidden_size}, {self.output_size}, activation={self.activation!r}, dtype={self.dtype})"

    def forward(self, h):
        """y for h of shape `(batch, hidden)` or `(batch, time, hidden)`; returns the same with `output` last."""
        h = self._check(h)
        y = self._activate(h @ self.W_hy.T + self.b_y)
        self._last = (h.copy(), y.copy(), self.W_hy.copy())
        return y

    @np.errstate(over="ignore", invalid="ignore")
    def backward(self, grad_y):
        """From ∂L/∂y of the last `forward` to ∂L/∂h, ∂L/∂W_hy and ∂L/∂b_y, whatever the loss was.

        Raises RuntimeError before the first `forward`, ValueError for another shape than y's, FloatingPointError where
        a gradient is too large to go on with.
        """
        if self._last is None:
            raise RuntimeError("backward needs a forward before it: call Readout.forward(h) first")
        h, y, W_hy = self._last
        grad_y = self._numbers("grad_y", grad_y)
        if grad_y.shape != y.shape:
            raise ValueError(f"grad_y has shape {grad_y.shape}, the last forward returned {y.shape}")
        if self.activation == "sigmoid":
            grad_y = grad_y * y * (1 - y)
        elif self.activation == "softmax":
            grad_y = y * (grad_y - (grad_y * y).sum(-1, keepdims=True))
        grads = self._gradients(h, grad_y, W_hy)
        for found in (grads.h, grads.parameters["W_hy"]):
            self._check_range("grad_y", found)
        return grads

    @np.errstate(over="ignore", invalid="ignore")
    def loss(self, h, target, lengths=None):
        """The loss that belongs to g, and its gradients: squared error for the identity, cross-entropy otherwise.

        h: `(batch, hidden)` or `(batch, time, hidden)`. target: for softmax the classes, whole numbers of h's shape
        without its last axis; otherwise real numbers `(…, output)`, from 0 to 1 for sigmoid. lengths: `(batch,)`; steps
        beyond a length do not count. Returns the loss, a float, and `ReadoutGradients(h, parameters)`. Raises
        FloatingPointError where they are so large that the loss is not finite.
        """
        h = self._check(h)
        counts = self._counts(h, lengths)
        a = h @ self.W_hy.T + self.b_y
        target = self._check_target(target, a.shape)
        if self.activation == "identity":
            each, grad_a = 0.5 * (a - target) ** 2, a - target
        elif self.activation == "sigmoid":
            each, grad_a = np.maximum(a, 0) - a * target + np.log1p(np.exp(-np.abs(a))), sigmoid(a) - target
        else:
            chosen = np.arange(self.output_size) == target[..., None]
            log_y = a - a.max(-1, keepdims=True)
            log_y -= np.log(np.exp(log_y).sum(-1, keepdims=True))
            each, grad_a = np.where(chosen, -log_y, 0), np.exp(log_y) - chosen
        grad_a = (grad_a * counts[..., None] / counts.sum()).astype(self.dtype)
        loss = float((each.sum(-1) * counts).sum() / counts.sum())
        self._check_range("h or target", loss)
        return loss, self._gradients(h, grad_a, self.W_hy)

    def _check_range(self, names, values):
        """Raise a FloatingPointError where something so large came in that what came out is not finite."""
        if not np.isfinite(values).all():
            raise FloatingPointError(f"{names} is too large, what follows from it is not finite in {self.dtype}")

    def _activate(self, a):
        if self.activation == "identity":
            return a
        if self.activation == "sigmoid":
            return sigmoid(a)
        y = np.exp(a - a.max(-1, keepdims=True))
        return y / y.sum(-1, keepdims=True)

    def _gradients(self, h, grad_a, W_hy):
        rows = grad_a.reshape(-1, self.output_size)
        parameters = {"W_hy": rows.T @ h.reshape(-1, self.hidden_size), "b_y": rows.sum(0)}
        return ReadoutGradients(grad_a @ W_hy, parameters)

    def _check(self, h):
        h = self._numbers("h", h)
        if h.ndim not in (2, 3) or 0 in h.shape:
            raise ValueError(
                f"h has shape {h.shape}, wanted (batch, hidden) or (batch, time, hidden), none of them empty"
            )
        if h.shape[-1] != self.hidden_size:
            raise ValueError(f"h has {h.shape[-1]} units, this Readout was built for hidden_size={self.hidden_size}")
        return h

    def _check_target(self, target, shape):
        target = validate.numbers("target", target)
        wanted = shape[:-1] if self.activation == "softmax" else shape
        if target.shape != wanted:
            raise ValueError(f"target has shape {target.shape}, this {self.activation} Readout wants {wanted}")
        if self.activation == "softmax" and target.dtype.kind not in "iu":
            raise TypeError(f"target has dtype {target.dtype}, classes are whole numbers")
        low, high = {"identity": (-np.inf, np.inf), "sigmoid": (0, 1), "softmax": (0, self.output_size - 1)}[
            self.activation
        ]
        validate.finite("target", target)
        if (target < low).any() or (target > high).any():
            raise ValueError(f"target runs from {target.min()} to {target.max()}, it must lie from {low} to {high}")
        return target

    def _counts(self, h, lengths):
        """1 for each prediction that counts, 0 for padding."""
        if lengths is None:
            return np.ones(h.shape[:-1], self.dtype)
        if h.ndim != 3:
            raise ValueError(f"lengths goes with h of shape (batch, time, hidden), h has shape {h.shape}")
        pad = padding(lengths, *h.shape[:2])
        return np.ones(h.shape[:2], self.dtype) if pad is None else (~pad).astype(self.dtype)

    @classmethod
    def from_torch(cls, module, activation="identity"):
        """The same affine map as a `torch.nn.Linear`, in its dtype, followed by g."""
        if type(module).__name__ != "Linear":
            raise TypeError(f"module is a {type(module).__name__}, Readout.from_torch wants torch.nn.Linear")
        weight = module.weight.detach().cpu().numpy()
        readout = cls(module.in_features, module.out_features, activation, dtype=weight.dtype)
        readout.W_hy = weight
        readout.b_y = np.zeros_like(readout.b_y) if module.bias is None else module.bias.detach().cpu().numpy()
        return readout

    def to_torch(self):
        """The affine part as a `torch.nn.Linear`; g is left out, as PyTorch's losses want it."""
        import torch

        linear = torch.nn.Linear(self.hidden_size, self.output_size, dtype=getattr(torch, self.dtype.name))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(self.W_hy.copy()))
            linear.bias.copy_(torch.from_numpy(self.b_y.copy()))
        return linear
