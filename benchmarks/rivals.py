"""What the cells are compared with, besides the tutorial's LSTM of the speed ladder: a loop over PyTorch's LSTMCell."""

import torch


def torch_pass(module, x, grad_h):
    """A call that runs a PyTorch sequence module forward and backward."""
    x = torch.from_numpy(x).requires_grad_()
    grad_h = torch.from_numpy(grad_h)

    def run():
        module.zero_grad(set_to_none=True)
        x.grad = None
        module(x)[0].backward(grad_h)

    return run


class CellLoop(torch.nn.Module):
    """A Python loop over torch.nn.LSTMCell."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = torch.nn.LSTMCell(input_size, hidden_size)

    def forward(self, x):
        """x (batch, time, input) -> h (batch, time, hidden), and the last state"""
        h = C = x.new_zeros(x.shape[0], self.cell.hidden_size)
        outputs = []
        for x_t in x.unbind(1):
            h, C = self.cell(x_t, (h, C))
            outputs.append(h)
        return torch.stack(outputs, 1), (h, C)
