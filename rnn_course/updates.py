"""A fixed number of updates on batches that never end: what training on one long text and on drawn strings share."""

import math
import time
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from tqdm.auto import tqdm

from rnn_course import validate
from rnn_course.epoch import BestWeights, run_epoch
from rnn_course.models import seeded
from rnn_course.seeds import shifted
from rnn_course.tables import html_table


@dataclass(frozen=True)
class Options:
    """How updates are made, checked.

    updates          steps of the optimiser
    learning_rate    Adam's, at its highest
    warm_up          updates over which the rate rises to it; then it falls by half a cosine to zero at the last one
    clip             largest norm of the gradient that the optimiser sees; None for no bound
    every            updates from look to look; None takes a twentieth of all
    seed             of dropout
    progress         whether to show a progress bar

    Raises TypeError or ValueError for a bad value.
    """

    updates: int
    learning_rate: float = 1e-2
    warm_up: int = 100
    clip: float | None = 1.0
    every: int | None = None
    seed: int = 0
    progress: bool = True

    def __post_init__(self):
        updates = validate.positive_int("updates", self.updates)
        checked = {
            "updates": updates,
            "learning_rate": validate.learning_rate(self.learning_rate),
            "warm_up": validate.positive_int("warm_up", self.warm_up, least=0),
            "clip": None if self.clip is None else validate.positive("clip", self.clip),
            "every": max(1, updates // 20) if self.every is None else validate.positive_int("every", self.every),
            "seed": validate.torch_seed("seed", self.seed),
            "progress": validate.flag("progress", self.progress),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def rate(self, done):
        """Return the learning rate of the update after `done` of them."""
        rising = min(1.0, (done + 1) / (self.warm_up + 1))
        return self.learning_rate * rising * (0.5 + 0.5 * math.cos(math.pi * done / self.updates))


@dataclass(repr=False)
class Looks:
    """What happened in a training; the lists have one number for each look, taken every so many updates.

    updates    how many updates had been made
    seconds    wall time until then, what was measured besides left out
    stopped    `"running"`, `"finished"` or `"interrupted"` (by the user)

    A kind of training adds its own lists, and to `MEASURED` how each is called and written.
    """

    updates: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    stopped: str = "running"

    MEASURED: ClassVar[dict] = {}

    def summary(self):
        """Return what there is to say about the training, as a dictionary of short texts."""
        rows = {"updates": f"{self.updates[-1]:,}" if self.updates else "0", "stopped": self.stopped}
        for name, (words, form) in (self.MEASURED | {"seconds": ("seconds", "{:.1f}")}).items():
            values = getattr(self, name)
            rows |= {words: form.format(values[-1])} if values else {}
        return rows

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}: {text}' for name, text in self.summary().items())})"

    def _repr_html_(self):
        return html_table(self.summary().items(), caption="Training", align="left")


def make_updates(model, batch, losses, look, options):
    """Train a model in place by Adam with β₁ = .9 and β₂ = .99, and return why it stopped.

    Arguments
        model      a PyTorch module, trained where its weights are, and left in evaluation mode
        batch      a function of how many updates have been made, which returns the next batch
        losses     a function of a batch, which returns a tensor of the loss of each target
        look       a function called at each look with the updates made, the mean loss since the look before, each loss
                   measured before its update, and the seconds spent on updates; it returns a mapping of names to texts
                   for the progress bar
        options    `Options`

    Returns `"finished"`, or `"interrupted"` after a KeyboardInterrupt, which keeps what was learned. Raises
    FloatingPointError, with look and step, where the loss is no longer finite: the model is then left with the weights
    after the look whose loss was lowest. Source of the optimiser: Kingma and Ba (2015), "Adam".
    """
    place = next(model.parameters()).device
    optimiser = torch.optim.Adam(model.parameters(), options.learning_rate, betas=(0.9, 0.99))

    def batches(done, count):
        for k in range(done, done + count):
            optimiser.param_groups[0]["lr"] = options.rate(k)
            yield batch(k)

    done, spent, looks = 0, 0.0, 0
    try:
        bar = tqdm(total=options.updates, unit="update", disable=not options.progress)
        with seeded(shifted(options.seed), place), bar, BestWeights(model) as best:
            while done < options.updates:
                count, start, looks = min(options.every, options.updates - done), time.perf_counter(), looks + 1
                loss, _ = run_epoch(model, batches(done, count), losses, optimiser, options.clip, epoch=looks)
                done, spent = done + count, spent + time.perf_counter() - start
                best.see(loss, f"{done} updates")
                bar.update(count)
                bar.set_postfix(look(done, loss, spent))
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        model.eval()
    return "finished"
