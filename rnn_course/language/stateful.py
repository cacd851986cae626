"""Training a model of language on one long text, with the state carried from piece to piece.

The text is cut into `batch_size` stretches, one a row of the batch. Each update reads the next `length` symbols of
every row and starts from the state in which the row was left, cut off from its past (`detach`): the state carries what
was read, gradients end with the piece (truncated backpropagation through time, Williams & Peng 1990).
"""

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from rnn_course import validate
from rnn_course.models import LanguageModel, TransformerLanguageModel, as_ids, as_tensor
from rnn_course.models.sequence import is_whole
from rnn_course.seeds import shifted
from rnn_course.updates import Looks, Options, make_updates


@dataclass(repr=False)
class Learning(Looks):
    """What happened in a call of `fit`; the lists have one number for each look, taken every so many updates.

    updates       how many updates had been made
    bits          bits per character of the pieces since the look before, each measured before its update
    validation    bits per character of the validation text then; empty without one
    seconds       wall time until then, the looks at the validation text left out
    stopped       `"running"`, `"finished"` or `"interrupted"` (by the user)
    """

    bits: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)

    MEASURED: ClassVar[dict] = {
        "bits": ("bits per character, training", "{:.3f}"),
        "validation": ("bits per character, validation", "{:.3f}"),
    }


def rows(ids, batch_size):
    """Return a text as `batch_size` stretches that follow each other, `(batch_size, symbols // batch_size)`.

    The few symbols that do not fill a row at the end are left out. Raises ValueError where there are fewer than
    `batch_size`.

    >>> rows(np.arange(11), batch_size=2).tolist()
    [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    """
    ids = as_tensor("ids", ids)
    if not is_whole(ids):
        raise TypeError(f"ids is {ids.dtype}, it must be whole numbers")
    validate.shape("ids", ids, (None,), ("symbols",))
    size = len(ids) // validate.positive_int("batch_size", batch_size)
    if not size:
        raise ValueError(f"ids has {len(ids)} symbols, fewer than batch_size={batch_size}")
    return ids[: size * batch_size].view(batch_size, size)


def set_frequencies(model, ids):
    """Start a model's output from how often each symbol occurs: b_y = ln((n_k + ½) / (N + ½ V)), in place.

    A new net's logits are near zero, so that it begins by saying that all symbols are equally likely. The first updates
    then go into saying what a count says: with this, every update goes into what depends on the text before.

    Arguments
        model    a `LanguageModel`
        ids      (symbols,) whole numbers, the text to count

    Raises TypeError or ValueError for ids that are no symbols.
    """
    counts = torch.bincount(text_of(model, "ids", ids), minlength=model.symbols) + 0.5
    with torch.no_grad():
        model.head.bias.copy_((counts / counts.sum()).log())


def fit(
    model,
    ids,
    validation=None,
    *,
    updates,
    batch_size=32,
    length=32,
    learning_rate=1e-2,
    warm_up=100,
    clip=1.0,
    carry=True,
    every=None,
    latest=None,
    seed=0,
    progress=True,
    watch=None,
):
    """Train a `LanguageModel` in place to say each next symbol of a text, and return what happened, a `Learning`.

    The loss is the mean of −ln p(next symbol). The optimiser is Adam (Kingma & Ba 2015) with β₁ = .9 and β₂ = .99; its
    rate rises over `warm_up` updates and falls by half a cosine to zero at the last one. When the rows are read to
    their end they are cut anew, at another place, and the states start at zero. The model is left as it is used: in
    evaluation mode. An interruption (KeyboardInterrupt, the stop button) keeps what was learned.

    Arguments
        model            a `LanguageModel`, or a `TransformerLanguageModel`, which has no state to carry
        ids              (symbols,) whole numbers, the text to learn
        validation       another text, measured at each look (in 32 rows, see `LanguageModel.surprises`), or None
        updates          steps of the optimiser
        batch_size       rows read at once, each its own stretch of the text
        length           symbols of a row read for each update, through which the gradient goes back
        learning_rate    Adam's, at its highest
        warm_up          updates over which the rate rises to it
        clip             largest norm of the gradient that the optimiser sees (Pascanu et al. 2013); None for no bound
        carry            whether each piece starts from the state after the one before; False starts it from zeros
        latest           None, or a number of symbols at the text's end: the second half of the updates reads these
                         alone. Where a text changes with the years, they are most like what comes
        every            updates from look to look; None takes a twentieth of all
        seed             of dropout and of the places of the cuts
        progress         whether to show a progress bar
        watch            a function called with the Learning at each look, or None

    Raises TypeError or ValueError for bad arguments and FloatingPointError, with look and step, where the loss is no
    longer finite: the model is then left with the weights after the look whose loss was lowest.
    """
    options = Options(updates, learning_rate, warm_up, clip, every, seed, progress)
    batch_size, length = validate.positive_int("batch_size", batch_size), validate.positive_int("length", length)
    carry = validate.flag("carry", carry)
    if watch is not None:
        validate.function("watch", watch)
    ids = text_of(model, "ids", ids)
    validation = None if validation is None else text_of(model, "validation", validation)
    place, generator = model.head.weight.device, np.random.default_rng(shifted(options.seed))
    streams = [_pieces(ids, batch_size, length, generator)] * 2
    if latest is not None:
        end = ids[-validate.positive_int("latest", latest, most=len(ids)) :]
        streams[1] = _pieces(end, batch_size, length, generator)
    state, learning = None, Learning()

    def losses(batch):
        nonlocal state
        x, y, fresh = batch
        logits, after = model(x.to(place), None if fresh or not carry else state)
        state = after and tuple(part.detach() for part in after)  # the past is kept as numbers, not as a way back
        return cross_entropy(logits.transpose(1, 2), y.to(place), reduction="none")

    def look(done, nats, seconds):
        learning.updates.append(done)
        learning.bits.append(nats / math.log(2))
        learning.seconds.append(seconds)
        if validation is not None:
            learning.validation.append(float(model.surprises(validation, rows=32).mean()))
        if done == options.updates:
            learning.stopped = "finished"
        if watch is not None:
            watch(learning)
        return {"bits": f"{learning.bits[-1]:.3f}"}

    learning.stopped = make_updates(
        model, lambda done: next(streams[2 * done >= options.updates]), losses, look, options
    )
    return learning


def _pieces(ids, batch_size, length, generator):
    """Yield x and y `(batch, length)`, y one symbol ahead, and whether the rows were just cut; without end."""
    if len(ids) < batch_size * length + 1:
        raise ValueError(
            f"ids has {len(ids)} symbols, one piece of length={length} in batch_size={batch_size} rows needs "
            f"{batch_size * length + 1}"
        )
    while True:
        first = int(generator.integers(min(len(ids) - batch_size * length, len(ids) // batch_size)))
        table = rows(ids[first:-1], batch_size), rows(ids[first + 1 :], batch_size)
        for k in range(0, table[0].shape[1] - length + 1, length):
            yield *(part[:, k : k + length] for part in table), k == 0


def text_of(model, name, ids):
    """Return a text's ids as a tensor `(symbols,)` int64; TypeError or ValueError where the model cannot read them."""
    if not isinstance(model, LanguageModel | TransformerLanguageModel):
        raise TypeError(f"model is a {type(model).__name__}, it must be a LanguageModel")
    return as_ids(name, ids, model.symbols)
