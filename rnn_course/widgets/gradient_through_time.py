"""Gradient through time: how much of a loss at the last step arrives at each step before, in three cells."""

import math

import numpy as np
from traitlets import Enum, Int, List

from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.seeds import generator
from rnn_course.validate import positive_int
from rnn_course.widgets.kit import Explorable, Finite, script
from rnn_course.widgets.steps import steps

DRAWS = 5
LONGEST = 200
BLOCKS = {"simple_rnn": 1, "lstm": 4, "gru": 3}  # recurrent matrices in a cell, one a gate or candidate


class GradientThroughTime(Explorable):
    """Show ‖∂L/∂h_t‖ over the steps t = 1 … T of a simple RNN, an LSTM and a GRU, and the LSTM's ‖∂L/∂C_t‖.

    The loss sees the last step only, L = v·h_T with ‖v‖ = 1. All derivatives are total ones, through every path:

        ∂L/∂h_t = what the state handed from t to t + 1 sends back into h_t,                ∂L/∂h_T = v
        ∂L/∂C_t = f_{t+1} ⊙ ∂L/∂C_{t+1} + o_t ⊙ (1 − tanh² C_t) ⊙ ∂L/∂h_t,   ∂L/∂C_T = o_T ⊙ (1 − tanh² C_T) ⊙ v

    So ∂L/∂h_t is what the cell's `step_back` at t + 1 hands back for h_t; what it hands back for C_t holds h_t fixed,
    and the path C_t → h_t of the same step comes on top.

    Every W_h is drawn with normal entries and scaled to the spectral radius ρ, each gate's and candidate's block by
    itself; W_x and the input x_t (one number a step) are standard normal; all biases but b_f are zero and the first
    state is zero. The GRU resets after the product, as PyTorch's does.

    Arguments:
        hidden_size: units of each cell, at least 1.
        seed: of the generator that draws the weights, the inputs and v, five times.

    Controls, all traits that can be read, set and observed:
        radius: ρ, from 0.1 to 3.
        forget_bias: b_f of the LSTM, from -3 to 6.
        length: T, from 5 to 200.
        nonlinearity: φ of the simple RNN, "tanh", "relu" or "identity".
        input_strength: what x is multiplied with, from 0 to 3; a strong input saturates tanh and the gates.
        draw: which of the five draws is shown, from 0 to 4.
        cursor: the step whose values stand in the table, from 1; beyond T it stands at T.

    Raises TypeError or ValueError for a hidden_size that is not a whole number of at least 1, and TraitError for a
    control out of its range.
    """

    _esm = script("gradient_through_time")

    draws = List().tag(sync=True)

    radius = Finite(0.9, min=0.1, max=3.0).tag(sync=True, control=True)
    forget_bias = Finite(1.0, min=-3.0, max=6.0).tag(sync=True, control=True)
    length = Int(100, min=5, max=LONGEST).tag(sync=True, control=True)
    nonlinearity = Enum(["tanh", "relu", "identity"], "tanh").tag(sync=True, control=True)
    input_strength = Finite(0.5, min=0.0, max=3.0).tag(sync=True, control=True)
    draw = Int(0, min=0, max=DRAWS - 1).tag(sync=True, control=True)
    cursor = Int(50, min=1, max=LONGEST).tag(sync=True, control=True)

    def __init__(self, hidden_size=8, seed=0):
        hidden_size = positive_int("hidden_size", hidden_size)
        super().__init__(draws=[_draw(rng, hidden_size) for rng in generator("seed", seed).spawn(DRAWS)])

    def __repr__(self):
        return f"GradientThroughTime({len(self.draws[0]['v'])} units, {self.length} steps)"

    def compute(self):
        """Return in NumPy, by the library's own cells, what the page computes.

        Returns `{"simple_rnn_h", "lstm_h", "lstm_C", "gru_h": each (T,), the norms for t = 1 … T;
        "slope", "f", "z": the means over steps and units of φ′, the forget gate and the update gate}`.
        """
        draw = self.draws[self.draw]
        x, v = self.input_strength * np.array(draw["x"])[: self.length], np.array([draw["v"]])
        lstm, gru = self._cell(LSTM, "lstm"), self._cell(GRU, "gru")
        lstm.b_f += self.forget_bias
        gates, by_state = lstm.trace(x[np.newaxis]), [step.grads for step in steps(lstm, x, (v, np.zeros_like(v)))]
        shown = gates.o[0] * (1 - np.tanh(gates.C[0]) ** 2)  # ∂h_t/∂C_t at the same step
        simple_rnn, slope = self._simple_rnn(x, v)
        return {
            "simple_rnn_h": _norms(simple_rnn),
            "lstm_h": _norms(dh for dh, _ in by_state),
            "lstm_C": _norms(dC + dh * shown_t for (dh, dC), shown_t in zip(by_state, shown, strict=True)),
            "gru_h": _norms(step.grads[0] for step in steps(gru, x, (v,))),
            "slope": slope,
            "f": float(gates.f.mean()),
            "z": float(gru.trace(x[np.newaxis]).z.mean()),
        }

    def _cell(self, kind, name, **options):
        """Return the cell of this draw, with its W_h scaled to the spectral radius and no biases."""
        weights = self.draws[self.draw][name]
        W_h = np.array(weights["W_h"])
        cell = kind(1, W_h.shape[1], **options)
        for bias in cell.parameters.keys() - {"W_x", "W_h"}:
            cell.parameters[bias][...] = 0
        cell.W_x, cell.W_h = np.array(weights["W_x"]), self.radius * W_h
        return cell

    def _simple_rnn(self, x, v):
        """Return the gradients in h_t, and the mean of φ′ over steps and units."""
        if self.nonlinearity == "identity":  # the library's cell has none: ∂L/∂h_{t−1} = W_hᵀ ∂L/∂h_t
            W_h, gradients = self._cell(SimpleRNN, "simple_rnn").W_h, [v]
            for _ in range(1, self.length):
                gradients.append(gradients[-1] @ W_h)
            return gradients[::-1], 1.0
        cell = self._cell(SimpleRNN, "simple_rnn", nonlinearity=self.nonlinearity)
        walked = steps(cell, x, (v,))
        h = np.concatenate([step.now["h"] for step in walked])
        slope = 1 - h**2 if self.nonlinearity == "tanh" else h > 0
        return [step.grads[0] for step in walked], float(slope.mean())


def _draw(rng, hidden):
    """Return the weights of all cells, an input and a unit vector v, in lists that JSON carries to the last bit."""
    draw = {}
    for name, blocks in BLOCKS.items():
        W_h = np.concatenate([_of_radius_one(rng.normal(size=(hidden, hidden))) for _ in range(blocks)])
        draw[name] = {"W_x": rng.normal(size=(blocks * hidden, 1)).tolist(), "W_h": W_h.tolist()}
    v, x = rng.normal(size=hidden), rng.normal(size=(LONGEST, 1))
    largest = float(np.linalg.norm(np.array(draw["simple_rnn"]["W_h"]), 2))
    return {**draw, "v": (v / np.linalg.norm(v)).tolist(), "x": x.tolist(), "largest_singular_value": largest}


def _of_radius_one(W):
    return W / np.abs(np.linalg.eigvals(W)).max()


def _norms(gradients):
    """Return the norm of each (1, hidden); hypot, since the square of 1e-200 is zero in float64."""
    return np.array([math.hypot(*gradient[0]) for gradient in gradients])
