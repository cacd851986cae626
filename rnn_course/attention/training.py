"""Training on strings that a task draws, new ones for every update."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from rnn_course import seeds, validate
from rnn_course.attention.batches import as_batch, logits_of
from rnn_course.attention.scores import right
from rnn_course.models import CausalModel, EncoderDecoder
from rnn_course.updates import Looks, Options, make_updates


@dataclass(repr=False)
class Progress(Looks):
    """What happened in a call of `fit`; the lists have one number for each look, taken every so many updates.

    updates    how many updates had been made
    nats       mean loss since the look before, −ln p of the right symbol, each measured before its update
    right      share of the test's answers that were right from first to last symbol then; empty without a test
    seconds    wall time until then, the looks at the test left out
    stopped    `"running"`, `"finished"` or `"interrupted"` (by the user)
    """

    nats: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)

    MEASURED: ClassVar[dict] = {
        "nats": ("loss, nats a symbol", "{:.3f}"),
        "right": ("whole answers right", "{:.3f}"),
    }


def fit(
    model,
    draw,
    test=None,
    *,
    updates,
    batch_size=64,
    learning_rate=3e-3,
    warm_up=50,
    clip=1.0,
    every=None,
    random_places=None,
    seed=0,
    progress=True,
    watch=None,
):
    """Train a model in place on what a task draws, new examples for each update, and return its `Progress`.

    The loss is the mean of −ln p(right symbol) over the places that count, each given the true symbols before it. The
    optimiser is that of `rnn_course.updates`. An interruption (KeyboardInterrupt, the stop button) keeps what was
    learned.

    Arguments
        model            an `EncoderDecoder` or a `CausalModel`
        draw             a function of a number and a `numpy.random.Generator` that returns so many examples as
                         `as_batch` takes them, such as `lambda n, rng: reversal_task(n, 1, 20, rng)`
        test             examples measured at each look, or None
        updates          steps of the optimiser
        batch_size       examples drawn for each
        learning_rate    Adam's, at its highest
        warm_up          updates over which the rate rises to it; then it falls by half a cosine to zero
        clip             largest norm of the gradient that the optimiser sees; None for no bound
        every            updates from look to look; None takes a twentieth of all
        random_places    None, or a number of places: each update then reads its columns at places drawn out of these,
                         in rising order, so that longer texts bring no place that was never seen (Ruoss et al. 2023,
                         "Randomized positional encodings"); a test is measured at `spread` places
        seed             of the examples and the places
        progress         whether to show a progress bar
        watch            a function called with the Progress at each look, or None

    Raises TypeError or ValueError for bad arguments, FloatingPointError, with look and step, where the loss is no
    longer finite: the model is then left with the weights after the look whose loss was lowest.
    """
    validate.instance("model", model, EncoderDecoder | CausalModel, "an EncoderDecoder or a CausalModel")
    validate.function("draw", draw)
    if watch is not None:
        validate.function("watch", watch)
    if test is not None:
        as_batch(model, test)  # refused at the door, not at the first look
    options = Options(updates, learning_rate, warm_up, clip, every, seed, progress)
    batch_size = validate.positive_int("batch_size", batch_size)
    rng, happened = seeds.generator("seed", options.seed), Progress()
    if random_places is not None:
        random_places = validate.positive_int("random_places", random_places)

    def batch(done):
        return as_batch(model, draw(batch_size, rng))

    def losses(batch):
        places = None if random_places is None else _drawn(batch.x.shape[1], random_places, rng)
        logits = logits_of(model, batch, places)
        return cross_entropy(logits[batch.counted], batch.y[batch.counted], reduction="none")

    def look(done, nats, seconds):
        happened.updates.append(done)
        happened.nats.append(nats)
        happened.seconds.append(seconds)
        if test is not None:
            places = None if random_places is None else spread(as_batch(model, test).x.shape[1], random_places)
            happened.right.append(float(right(model, test, places).mean()))
        if done == options.updates:
            happened.stopped = "finished"
        if watch is not None:
            watch(happened)
        return {"loss": f"{nats:.3f}"} | ({"right": f"{happened.right[-1]:.3f}"} if test is not None else {})

    happened.stopped = make_updates(model, batch, losses, look, options)
    return happened


def spread(time, out_of):
    """Return `time` places out of so many, evenly, in rising order, `(time,)` int64; ValueError where there are fewer.

    >>> spread(3, 9).tolist()
    [1, 4, 7]
    """
    if time > out_of:
        raise ValueError(f"a text has {time} places, random_places={out_of} has fewer")
    return torch.from_numpy(((np.arange(time) + 0.5) * out_of / time).astype(np.int64))


def _drawn(time, out_of, rng):
    spread(time, out_of)  # refuses what does not fit
    return torch.from_numpy(np.sort(rng.choice(out_of, time, replace=False)))
