"""The forget bias of an LSTM of PyTorch's, which lies in two vectors that are added.

f_t = σ(W_xf x_t + W_hf h_{t−1} + b_f)        b_f = bias_ih[H : 2H] + bias_hh[H : 2H], H = hidden_size
"""

import torch
from torch import nn

from rnn_course import validate
from rnn_course.models.sequence import SequenceModel


def set_forget_bias(model, value):
    """Give the forget gates of an LSTM this bias, b_f in f_t = σ(W_xf x_t + W_hf h_{t−1} + b_f), in place.

    PyTorch adds two biases, so that both set to 1 make 2. Here the rows H to 2H − 1 of `bias_ih` become `value`, those
    of `bias_hh` zero, H being the number of hidden units: the sum is `value`, as the weights' dtype can hold it. All
    layers and directions get it; every other weight stays as it is.

    Arguments
        model    a `SequenceModel` with cell="lstm", or a `torch.nn.LSTM` with biases
        value    b_f: one finite number for all units, or `(hidden,)` with one for each

    Raises TypeError if model is no LSTM or value not of real numbers, ValueError if the LSTM has no biases or if value
    has another shape or is not finite in the weights' dtype.

    Source: Gers, Schmidhuber & Cummins (2000) start the gate open; Tallec & Ollivier (2018) choose a value by unit.

    >>> lstm = nn.LSTM(1, 3)
    >>> set_forget_bias(lstm, 1)
    >>> (lstm.bias_ih_l0 + lstm.bias_hh_l0)[3:6].tolist()
    [1.0, 1.0, 1.0]
    """
    lstm = model.rnn if isinstance(model, SequenceModel) else model
    if not isinstance(lstm, nn.LSTM):
        kind = type(model)
        came = f"{kind.__module__}.{kind.__qualname__}" if lstm is model else f"SequenceModel of a {lstm._get_name()}"
        raise TypeError(f"model is a {came}, wanted a torch.nn.LSTM or a SequenceModel of one")
    if not lstm.bias:
        raise ValueError("model is an LSTM with bias=False, it has no forget bias to set")
    values = validate.numbers("value", value).astype(float)
    if values.ndim:
        validate.shape("value", values, (lstm.hidden_size,), ("hidden",))
    rows = slice(lstm.hidden_size, 2 * lstm.hidden_size)  # PyTorch stores i, f, C̃, o
    new = torch.as_tensor(values).to(lstm.bias_ih_l0)
    if not new.isfinite().all():
        raise ValueError(f"value is {value}, it must be finite in {new.dtype}, the dtype of the weights")
    with torch.no_grad():
        for name, bias in lstm.named_parameters():
            if name.startswith("bias_ih"):
                bias[rows] = new
            elif name.startswith("bias_hh"):
                bias[rows] = 0
