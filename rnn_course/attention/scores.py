"""How many answers are right."""

import torch

from rnn_course import validate
from rnn_course.attention.batches import as_batch, logits_of
from rnn_course.models import as_array, as_tensor, evaluating


def correct(model, examples, places=None, rows=256):
    """Return where the most probable symbol, given the true ones before it, is the right one.

    Arguments
        model, examples    as `as_batch` takes them
        places             for a `CausalModel` (time,) whole numbers, the place of each column; None counts from 0
        rows               examples read at once; changes no answer

    Returns `right (n, time)` bool, True where nothing counts, and `counted (n, time)` bool. Raises TypeError or
    ValueError for a bad argument.
    """
    batch, found = as_batch(model, examples), []
    places = None if places is None else as_tensor("places", places).to(batch.x.device)
    with evaluating(model):
        for part in batch.split(validate.positive_int("rows", rows)):
            said = logits_of(model, part, places).argmax(2)
            found.append((said == part.y) | ~part.counted)
    return as_array(torch.cat(found)), as_array(batch.counted)


def right(model, examples, places=None, rows=256):
    """Return which answers are right from their first symbol to their last, `(n,)` bool.

    It is what writing would give, in one pass: whoever writes the most probable symbol at each step stays on the true
    answer as long as it is right, so that the symbols before are the true ones until the first mistake.

    Arguments and errors as in `correct`.
    """
    return correct(model, examples, places, rows)[0].all(axis=1)
