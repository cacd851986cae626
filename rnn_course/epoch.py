"""One epoch of training in PyTorch: what `training.fit` and every other network of the course repeat."""

import math

import numpy as np
from torch.nn.utils import clip_grad_norm_


def run_epoch(model, batches, losses, optimiser, clip=None, epoch=1):
    """Take one step a batch down the mean of its losses; return the epoch's mean loss and mean norm of the gradient.

    batches: whatever `losses` takes, one after another. losses(batch): a tensor of the loss of each target in the
    batch. clip: the largest norm of the gradient that the optimiser sees (Pascanu et al. 2013); None for no bound. The
    losses are those before the step that they lead to, the norms those before clipping. The model is left in training
    mode. Raises FloatingPointError, with epoch and step, where loss or gradient is not finite; that step is not taken.
    """
    total, count, norms = 0.0, 0, []
    model.train()
    for step, batch in enumerate(batches, start=1):
        each = losses(batch)
        optimiser.zero_grad()
        each.mean().backward()
        norm = clip_grad_norm_(model.parameters(), math.inf if clip is None else clip).item()
        total, count = total + each.detach().cpu().double().sum().item(), count + each.numel()
        for name, value in (("training loss", total), ("gradient's norm", norm)):
            check_finite(name, value, f"epoch {epoch}, step {step}")
        optimiser.step()
        norms.append(norm)
    return total / count, float(np.mean(norms))


def check_finite(name, value, place):
    """Raise a FloatingPointError that names the place unless the value is finite."""
    if not math.isfinite(value):
        raise FloatingPointError(
            f"the {name} is {value} at {place}: look for numbers that are not finite in the data; "
            "where the losses grew before, a smaller learning_rate or a smaller clip may help"
        )
