"""The oracle of all recurrences: torch and its automatic differentiation, by a module of torch.nn or step by step."""

from typing import NamedTuple

import numpy as np
import torch

NAMES = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih"}  # ours, and theirs


class Pass(NamedTuple):
    """What comes out of a pass forward and back, all NumPy: values, and the gradients of what went in."""

    h: np.ndarray
    last: list  # every array of the last state: by layer and direction h, and in an LSTM C after it
    x: np.ndarray
    first: list  # as `last`
    parameters: dict


def leaf(array):
    return torch.tensor(array, requires_grad=True)


def through_module(module, x, first, grad_h, grad_last, lengths=None):
    """A pass through a `torch.nn.RNN`, `LSTM` or `GRU`, padded sequences packed. first, grad_last: as `Pass.last`."""
    fields = 2 if isinstance(module, torch.nn.LSTM) else 1
    x, first = leaf(x), [leaf(np.stack(first[k::fields])) for k in range(fields)]
    given = tuple(first) if fields == 2 else first[0]
    if lengths is None:
        out, last = module(x, given)
    else:
        pack = torch.nn.utils.rnn.pack_padded_sequence
        out, last = module(pack(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False), given)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    last = last if isinstance(last, tuple) else (last,)
    grads = [torch.tensor(np.stack(grad_last[k::fields])) for k in range(fields)]
    torch.autograd.backward((out, *last), (torch.tensor(grad_h), *grads))
    return Pass(
        out.detach().numpy(), _listed(last), x.grad.numpy(), _listed([f.grad for f in first]), gradients(module)
    )


def _listed(fields):
    return [f[k].detach().numpy() for k in range(len(fields[0])) for f in fields]


def gradients(module):
    """The gradients that torch left in a module, by the names of a `Stack`, such as "1.backward.W_h"; a module without
    biases has none of theirs."""
    found = {}
    both = {"forward.": "", "backward.": "_reverse"} if module.bidirectional else {"": ""}
    for layer in range(module.num_layers):
        for prefix, suffix in both.items():
            theirs = {name: getattr(module, f"{kind}_l{layer}{suffix}", None) for name, kind in NAMES.items()}
            grads = {name: value.grad.numpy() for name, value in theirs.items() if value is not None}
            if isinstance(module, torch.nn.GRU) and module.bias:
                grads["b_hn"] = getattr(module, f"bias_hh_l{layer}{suffix}").grad.numpy()[2 * module.hidden_size :]
            found |= {f"{layer}.{prefix}{name}": value for name, value in grads.items()}
    return found


def through_steps(step, parameters, x, first, grad_h, grad_last=None, lengths=None, reverse=False):
    """A pass through `h = step(x_t, h, p)`, which a test writes out in torch: for what torch.nn does not have.

    parameters: arrays, which `step` reads by name in p. first, grad_last: one array each.
    """
    p = {name: leaf(value) for name, value in parameters.items()}
    x, first = leaf(x), leaf(first)
    batch, time, _ = x.shape
    ends = torch.tensor(np.full(batch, time) if lengths is None else lengths)
    h, outputs = first, [None] * time
    for t in reversed(range(time)) if reverse else range(time):
        alive = (t < ends)[:, None]
        h = torch.where(alive, step(x[:, t], h, p), h)
        outputs[t] = torch.where(alive, h, 0)
    out = torch.stack(outputs, 1)
    grad_last = np.zeros(first.shape) if grad_last is None else grad_last
    torch.autograd.backward((out, h), (torch.tensor(grad_h), torch.tensor(grad_last, dtype=h.dtype)))
    grads = {name: value.grad.numpy() for name, value in p.items()}
    return Pass(out.detach().numpy(), [h.detach().numpy()], x.grad.numpy(), [first.grad.numpy()], grads)
