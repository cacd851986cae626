"""How often a pass of a loop asks a CUDA GPU to carry something out: counted, on no GPU.

Tensors on PyTorch's device "meta" have sizes and no numbers, so that every operation of a pass can be watched where
none is carried out; each that is no view is a launch, of one kernel or a few. `nn.LSTMCell` is written as PyTorch
computes it on CUDA: a product of the input, one of the state, and `_thnn_fused_lstm_cell`, one kernel for everything
else (aten/src/ATen/native/RNN.cpp, `LSTMCell`).
"""

import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from rnn_course import validate
from rnn_course.speed.rungs import steps


class Operations(TorchDispatchMode):
    """Counts, inside a `with` block, the operations that are no views of what is there."""

    count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += not operation.is_view
        return operation(*args, **(kwargs or {}))


def launches(rung, time):
    """How many operations a pass of "cell_loop" or "fused_loop" over `time` steps is on CUDA, forward and backward."""
    loop = {"cell_loop": _cell_loop, "fused_loop": _fused_loop}[
        validate.one_of("rung", rung, ("cell_loop", "fused_loop"))
    ]
    batch, inputs, hidden = 2, 3, 4  # any: the count does not depend on them
    sizes = (batch, validate.positive_int("time", time), inputs), (4 * hidden, inputs), (4 * hidden, hidden)
    x, W_x, W_h, b, second = (
        torch.empty(*size, device="meta", requires_grad=True) for size in (*sizes, (4 * hidden,), (4 * hidden,))
    )
    zeros = torch.zeros(batch, hidden, device="meta")
    with Operations() as counted:
        outputs, biases = loop(x, W_x, W_h, b, second, zeros)
        h = torch.stack(outputs, 1)
        torch.autograd.grad(h, [x, W_x, W_h, *biases], torch.ones_like(h))
    return counted.count


def _cell_loop(x, W_x, W_h, b, second, zeros):
    h, C, outputs = zeros, zeros, []
    for x_t in x.unbind(1):
        h, C, _ = torch.ops.aten._thnn_fused_lstm_cell(x_t @ W_x.T, h @ W_h.T, C, b, second)
        outputs.append(h)
    return outputs, [b, second]


def _fused_loop(x, W_x, W_h, b, second, zeros):
    P = F.linear(x.transpose(0, 1), W_x, b).unbind(0)
    return steps(P, zeros, zeros, W_h)[0], [b]
