"""What the tests of cells share: the library's cells by kind, random ones and their states, and two comparisons."""

import numpy as np
import pytest
import torch

from rnn_course.cells import GRU, LSTM, SimpleRNN

TORCH = {
    "tanh": (torch.nn.RNN, {"nonlinearity": "tanh"}),
    "relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, {}),
    "gru": (torch.nn.GRU, {}),
}
OURS = {
    "tanh": (SimpleRNN, {}),
    "relu": (SimpleRNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM, {}),
    "gru": (GRU, {}),
    "gru before": (GRU, {"reset_after": False}),
}
every_kind = pytest.mark.parametrize("kind", OURS)


def make(kind, input_size=3, hidden_size=5, seed=1, **options):
    """A cell of this kind with random non-zero weights and biases."""
    cls, fixed = OURS[kind]
    return cls(input_size, hidden_size, seed=seed, **fixed, **options)


def random_torch(kind, rng, inputs, hidden, **layers):
    """A torch module of this kind in float64, all its weights and biases random."""
    cls, options = TORCH[kind]
    module = cls(inputs, hidden, batch_first=True, dtype=torch.float64, **options, **layers)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, 0.6, p.shape)))
    return module


def arrays(state):
    """All arrays of a state, in order."""
    return [state] if isinstance(state, np.ndarray) else [a for part in state for a in arrays(part)]


def random_like(state, rng):
    """A state of the same structure with random non-zero values."""
    if isinstance(state, np.ndarray):
        return rng.normal(size=state.shape).astype(state.dtype)
    filled = [random_like(part, rng) for part in state]
    return type(state)(*filled) if hasattr(state, "_fields") else type(state)(filled)


def close(got, want, what=""):
    want = want.detach().numpy() if isinstance(want, torch.Tensor) else want
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * max(1.0, float(np.abs(want).max())), err_msg=what)


def refused(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value), caught.value
