"""One epoch of training in PyTorch: what `training.fit` and every other network of the course repeat."""

import math
from dataclasses import dataclass, field

import numpy as np
from torch.nn.utils import clip_grad_norm_


@dataclass
class Progress:
    """What the steps of an epoch have measured so far: enough to go on with it in another process.

    loss     sum of the losses of all targets read
    count    how many targets those were
    norms    the gradient's norm before clipping, one number a step
    """

    loss: float = 0.0
    count: int = 0
    norms: list[float] = field(default_factory=list)


def mean_gradient(losses, batch):
    """Add the gradient of the batch's mean loss to the parameters; return the sum of the losses and how many."""
    each = losses(batch)
    each.mean().backward()
    return each.detach().cpu().double().sum().item(), each.numel()


def run_epoch(
    model, batches, losses, optimiser, clip=None, epoch=1, *, gradient=mean_gradient, progress=None, after=None
):
    """Take one step a batch down the mean of its losses; return the epoch's mean loss and mean norm of the gradient.

    batches: whatever `losses` takes, one after another. losses(batch): a tensor of the loss of each target in the
    batch. clip: the largest norm of the gradient that the optimiser sees (Pascanu et al. 2013); None for no bound. The
    losses are those before the step that they lead to, the norms those before clipping. The model is left in training
    mode. Raises FloatingPointError, with epoch and step, where loss or gradient is not finite; that step is not taken.

    gradient(losses, batch): how a batch's gradient comes about, as `mean_gradient` does it. progress: the `Progress`
    of an epoch that was begun before, whose other batches these are; it is kept up to date. after(progress): called
    after each step, or None.
    """
    progress = Progress() if progress is None else progress
    model.train()
    for step, batch in enumerate(batches, start=len(progress.norms) + 1):
        optimiser.zero_grad()
        loss, count = gradient(losses, batch)
        norm = clip_grad_norm_(model.parameters(), math.inf if clip is None else clip).item()
        progress.loss, progress.count = progress.loss + loss, progress.count + count
        for name, value in (("training loss", progress.loss), ("gradient's norm", norm)):
            check_finite(name, value, f"epoch {epoch}, step {step}")
        optimiser.step()
        progress.norms.append(norm)
        if after is not None:
            after(progress)
    return progress.loss / progress.count, float(np.mean(progress.norms))


class BestWeights:
    """The weights after the epoch whose loss was lowest, to which a model falls back where a loss is not finite.

    with BestWeights(model) as best:
        … best.see(loss, "epoch 1") after each epoch

    A FloatingPointError on its way out leaves the model with them, and says in words which they are: those that it came
    with where no epoch was finished.
    """

    def __init__(self, model):
        self.model, self.loss, self.words = model, math.inf, "the weights that it came with"

    def __enter__(self):
        self._keep()
        return self

    def see(self, loss, place):
        """Keep the weights as they are now if this loss, the mean over what ended at `place`, is the lowest so far.

        Each loss was measured before its step: where the last step has spoilt the weights, they are not kept.
        """
        if loss <= self.loss and all(value.isfinite().all() for value in self.model.state_dict().values()):
            self.loss, self.words = loss, f"the weights after {place}, where the loss was lowest"
            self._keep()

    def __exit__(self, kind, error, _):
        if kind is FloatingPointError:
            self.model.load_state_dict(self.kept)
            raise FloatingPointError(f"{error}. The model has {self.words}") from None

    def _keep(self):
        self.kept = {name: value.detach().clone() for name, value in self.model.state_dict().items()}


def check_finite(name, value, place):
    """Raise a FloatingPointError that names the place unless the value is finite."""
    if not math.isfinite(value):
        raise FloatingPointError(
            f"the {name} is {value} at {place}: look for numbers that are not finite in the data; "
            "where the losses grew before, a smaller learning_rate or a smaller clip may help"
        )
