"""What a task draws, as tensors that a model reads, with the places that count."""

from typing import NamedTuple

import numpy as np
import torch

from rnn_course import validate
from rnn_course.data import Pairs
from rnn_course.models import CausalModel, EncoderDecoder, as_tensor, check_ids
from rnn_course.models.sequence import check_batch


class Batch(NamedTuple):
    """What is read, what is to be said, and where that counts.

    x          (n, time_x) ids
    lengths    (n,) how many of x count; None for a `CausalModel`, which says y_t at the place of x_t
    y          (n, time_y) ids
    counted    (n, time_y) bool
    """

    x: torch.Tensor
    lengths: torch.Tensor | None
    y: torch.Tensor
    counted: torch.Tensor

    def __len__(self):
        return len(self.x)

    def split(self, rows):
        """Yield the batch in parts of at most `rows` rows."""
        for k in range(0, len(self), rows):
            yield Batch(*(None if part is None else part[k : k + rows] for part in self))


def one_text(pairs):
    """Return pairs as texts for a model that reads from left to right: what is read, a bar, what is written.

        x:  x_1 … x_T   bar   y_1 … y_{n−1}          y, where it counts:  y_1 … y_n = end, from the bar on

    Ids of y are moved behind those of x, by V_x = the number of symbols of x; the bar is y's end, V_x. So the model has
    V_x + V_y symbols and V_y outputs.

    pairs: `Pairs`. Returns `x (n, time)`, `y (n, time)`, int64, and `counted (n, time)`, bool. Raises TypeError for
    what are no Pairs.

    >>> x, y, counted = one_text(Pairs.of(["ab"], ["ba"], "\\nab", "\\nab"))
    >>> x.tolist(), y[counted].tolist()
    ([[1, 2, 3, 5, 4]], [2, 1, 0])
    """
    if not isinstance(pairs, Pairs):
        raise TypeError(f"pairs is a {type(pairs).__name__}, it must be Pairs")
    symbols, rows = len(pairs.symbols_x), np.arange(len(pairs))
    time = int((pairs.lengths + pairs.y_lengths).max())
    x, y = np.zeros((len(pairs), time), np.int64), np.zeros((len(pairs), time), np.int64)
    x[:, : pairs.x.shape[1]] = pairs.x
    x[rows, pairs.lengths] = symbols
    inside = np.arange(pairs.y.shape[1]) < pairs.y_lengths[:, None]
    row, k = np.nonzero(inside)
    y[row, pairs.lengths[row] + k] = pairs.y[inside]
    counted = np.zeros(y.shape, bool)
    counted[row, pairs.lengths[row] + k] = True
    goes_on = inside & (np.arange(pairs.y.shape[1]) < pairs.y_lengths[:, None] - 1)
    row, k = np.nonzero(goes_on)
    x[row, pairs.lengths[row] + k + 1] = symbols + pairs.y[goes_on]
    return x, y, counted


def as_batch(model, examples):
    """Return examples as the `Batch` that a model reads, on the device of its weights.

    Arguments
        model       an `EncoderDecoder`, which takes `Pairs`, or a `CausalModel`, which takes Pairs as `one_text` has
                    them, `(x, y)` or `(x, y, counted)`: whole numbers (n, time), and bool
        examples    these

    Raises TypeError or ValueError for another model or other examples.
    """
    if isinstance(model, EncoderDecoder):
        if not isinstance(examples, Pairs):
            raise TypeError(f"examples is a {type(examples).__name__}, an EncoderDecoder takes Pairs")
        counted = np.arange(examples.y.shape[1]) < examples.y_lengths[:, None]
        parts = examples.x, examples.lengths, examples.y, counted
    elif isinstance(model, CausalModel):
        examples = one_text(examples) if isinstance(examples, Pairs) else examples
        if not isinstance(examples, tuple | list) or len(examples) not in (2, 3):
            raise TypeError("examples must be Pairs, (x, y) or (x, y, counted)")
        x, y = (as_tensor(name, values) for name, values in zip("xy", examples[:2], strict=True))
        check_batch("x", x, "symbols", model.symbols)
        counted = np.ones(tuple(y.shape), bool) if len(examples) == 2 else validate.array("counted", examples[2])
        for name, part in (("y", y), ("counted", counted)):
            validate.shape(name, part, tuple(x.shape), ("n", "time"))
        if counted.dtype != bool or not counted.any():
            raise ValueError("counted must be bool, and True somewhere")
        check_ids("y, where it counts,", y[torch.from_numpy(np.array(counted))], "outputs", model.head.out_features)
        parts = x.long(), None, y.long(), np.array(counted)
    else:
        raise TypeError(f"model is a {type(model).__name__}, it must be an EncoderDecoder or a CausalModel")
    place = model.head.weight.device
    return Batch(*(None if part is None else torch.as_tensor(part).to(place) for part in parts))


def logits_of(model, batch, places=None):
    """Return the logits `(n, time_y, outputs)` of a batch, each answer given the true symbols before it."""
    if isinstance(model, EncoderDecoder):
        return model(batch.x, batch.y, batch.lengths)[0]
    return model(batch.x, places=places)[0]
