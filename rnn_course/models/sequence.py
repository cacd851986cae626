"""Sequence models in PyTorch: a recurrent net with a linear head that forecasts, classifies or names the next symbol.

What flows in: tensors `(batch, time, input)`, or symbols' ids `(batch, time)`. What leaves: forecasts or logits.
The recurrent net is PyTorch's own, so that its weights convert to and from the NumPy cells.
"""

from contextlib import contextmanager

import numpy as np
import torch
from torch import nn
from torch.nn.functional import one_hot
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_course import devices, validate
from rnn_course.seeds import shifted

CELLS = {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
TASKS = ("forecast", "classify", "next_symbol")


@contextmanager
def seeded(seed, device="cpu"):
    """Draw torch's random numbers on the CPU and on `device` from `seed`, 0 to 2⁶⁴ − 1, inside the block.

    Afterwards the global generators are as they were before.
    """
    seed, device = validate.torch_seed("seed", seed), devices.named(device)
    gpus = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):
        torch.default_generator.manual_seed(seed)
        for gpu in gpus:
            with torch.cuda.device(gpu):
                torch.cuda.manual_seed(seed)
        yield


@contextmanager
def evaluating(model):
    """Read without gradients and without dropout, and leave the model in the mode it was in."""
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(was_training)


class SequenceModel(nn.Module):
    """A recurrent net over a sequence, and a linear head on its states: `y = W_hy h + b_y`.

    | task | x | what the head reads | model(x) |
    |---|---|---|---|
    | `"forecast"` | `(batch, time, input_size)` | the last state | `(batch, horizon, output_size)` |
    | `"classify"` | `(batch, time, input_size)` | the last state | logits `(batch, output_size)` |
    | `"next_symbol"` | ids `(batch, time)`, read one-hot | every state | logits `(batch, time, output_size)` |

    With `bidirectional=True` the last state is two, side by side: that of the forward direction after its last step,
    and that of the backward direction after it has come to the first. With `lengths` each sequence has its own last
    step, and its padding is never read. `next_symbol` has no backward direction, since that reads the answer.

    Arguments
        cell            `"lstm"`, `"gru"` or `"simple_rnn"` (tanh)
        input_size      features in a time step; for `next_symbol` the number of different symbols
        hidden_size     units in each layer and direction
        output_size     features forecast, classes, or symbols
        task            one of the three above
        horizon         steps forecast at once (`forecast` only)
        num_layers      layers, each reading the states of the one below
        dropout         share of the states dropped between layers while training, 0 ≤ dropout < 1
        bidirectional   whether a second net reads each sequence from its end
        seed            of the initial weights, uniform in ±1/√hidden_size as PyTorch draws them; the global random
                        generator is left as it was

    `model.rnn` is the `nn.RNN`, `nn.LSTM` or `nn.GRU` (batch first), `model.head` the `nn.Linear`, and `model.settings`
    the keyword arguments that build the same model again. Raises ValueError or TypeError for a bad argument.

    >>> model = SequenceModel("gru", input_size=3, hidden_size=8, output_size=2, horizon=5)
    >>> model(torch.zeros(4, 10, 3)).shape
    torch.Size([4, 5, 2])
    """

    def __init__(
        self,
        cell="lstm",
        input_size=1,
        hidden_size=32,
        output_size=1,
        task="forecast",
        horizon=1,
        num_layers=1,
        dropout=0.0,
        bidirectional=False,
        seed=0,
    ):
        super().__init__()
        self.settings = {
            "cell": validate.one_of("cell", cell, CELLS),
            "input_size": validate.positive_int("input_size", input_size),
            "hidden_size": validate.positive_int("hidden_size", hidden_size),
            "output_size": validate.positive_int("output_size", output_size),
            "task": validate.one_of("task", task, TASKS),
            "horizon": validate.positive_int("horizon", horizon),
            "num_layers": validate.positive_int("num_layers", num_layers),
            "dropout": float(validate.share("dropout", dropout)),
            "bidirectional": bool(validate.one_of("bidirectional", bidirectional, (False, True))),
            "seed": validate.torch_seed("seed", seed),
        }
        if dropout and num_layers == 1:
            raise ValueError(
                f"dropout is {dropout} with num_layers=1, but it acts between layers: use two layers or dropout=0"
            )
        if task != "forecast" and horizon != 1:
            raise ValueError(f"horizon is {horizon}, it must be 1 for task={task!r}: only a forecast has a horizon")
        if task == "next_symbol" and bidirectional:
            raise ValueError("bidirectional is True, but task='next_symbol' must not read the symbols to come")
        sizes = {name: self.settings[name] for name in ("input_size", "hidden_size", "num_layers")}
        options = {name: self.settings[name] for name in ("dropout", "bidirectional")}
        with seeded(shifted(seed)):
            self.rnn = CELLS[cell](**sizes, **options, batch_first=True)
            states = self.settings["hidden_size"] * (1 + self.settings["bidirectional"])
            self.head = nn.Linear(states, self.settings["output_size"] * self.settings["horizon"])

    def forward(self, x, lengths=None, state=None):
        """Return forecasts or logits, as the table of the class says.

        Arguments
            x           tensor of the weights' dtype, or of integer ids for `next_symbol`, on the weights' device
            lengths     (batch,) integers from 1 to time: the steps that count; the rest is padding
            state       first state as PyTorch takes it, of the weights' dtype: `h` (num_layers · directions, batch,
                        hidden), for an LSTM the pair `(h, C)`; zeros if None

        Beyond a sequence's length the logits of `next_symbol` are the head's bias and mean nothing.
        Raises ValueError or TypeError for a wrong shape, dtype or length, or for an id that is no symbol.
        """
        self.check(x, lengths)
        self._check_state(state, batch=len(x))
        time = x.shape[1]
        if self.settings["task"] == "next_symbol":
            x = one_hot(x.long(), self.settings["input_size"]).to(self.head.weight.dtype)
        if lengths is not None:
            lengths = as_tensor("lengths", lengths).to("cpu", torch.int64)
            if (lengths == time).all():
                lengths = None  # nothing to mask, and packed GRUs take twice as long on a CPU
        if lengths is not None:
            x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, last = self.rnn(x, state)
        if self.settings["task"] == "next_symbol":
            if lengths is not None:
                states, _ = pad_packed_sequence(states, batch_first=True, total_length=time)
            return self.head(states)
        h = last[0] if self.settings["cell"] == "lstm" else last
        directions = h[-2:] if self.settings["bidirectional"] else h[-1:]
        y = self.head(torch.cat(tuple(directions), dim=1))
        if self.settings["task"] == "classify":
            return y
        return y.view(-1, self.settings["horizon"], self.settings["output_size"])

    def check(self, x, lengths=None, part=""):
        """Raise a ValueError or TypeError unless this model can read `x` and `lengths`; `part` precedes their names."""
        if not isinstance(x, torch.Tensor):
            raise TypeError(f"{part}x is a {type(x).__name__}, wanted a tensor (training.predict takes NumPy arrays)")
        input_size = self.settings["input_size"]
        if self.settings["task"] == "next_symbol":
            validate.shape(f"{part}x", x, (None, None), ("batch", "time"))
            check_ids(f"{part}x", x, "input_size", input_size)
        else:
            validate.shape(f"{part}x", x, (None, None, None), ("batch", "time", "input"))
            if x.shape[2] != input_size:
                raise ValueError(f"{part}x has {x.shape[2]} features, this model was built for input_size={input_size}")
            check_like(f"{part}x", x, self.head.weight)
        if lengths is not None:
            check_lengths(f"{part}lengths", as_tensor(f"{part}lengths", lengths), *x.shape[:2])

    def _check_state(self, state, batch):
        if state is None:
            return
        is_pair = isinstance(state, tuple) and len(state) == 2
        if is_pair != (self.settings["cell"] == "lstm"):
            wanted = "the pair (h, C)" if self.settings["cell"] == "lstm" else "the tensor h"
            raise TypeError(f"state is a {type(state).__name__}, a {self.settings['cell']} wants {wanted}")
        layers = self.settings["num_layers"] * (1 + self.settings["bidirectional"])
        size = (layers, batch, self.settings["hidden_size"])
        for name, value in zip(("h", "C"), state if is_pair else (state,), strict=False):
            check_like(f"state {name}", value, self.head.weight)
            validate.shape(f"state {name}", value, size, ("layers · directions", "batch", "hidden"))


def as_tensor(name, values):
    """Return `values` as a tensor: a tensor as it is, an array or list in this machine's byte order.

    Raises TypeError or ValueError for what is no array of real numbers, and for a sparse tensor or one without numbers.
    """
    if isinstance(values, torch.Tensor):
        if values.is_meta or values.layout != torch.strided:
            raise TypeError(f"{name} is a tensor on {values.device} in the layout {values.layout}, it must be dense")
        return values
    array = validate.numbers(name, values)
    array = array.astype(np.float64) if array.dtype == np.longdouble else array  # PyTorch has no longer floats
    return torch.from_numpy(np.array(array, array.dtype.newbyteorder("="), order="C"))


def as_array(values):
    """Return a tensor as a NumPy array; NumPy has no bfloat16, which becomes float32 with the same values."""
    values = values.detach().cpu()
    return (values.float() if values.dtype == torch.bfloat16 else values).numpy()


def check_like(name, value, weight):
    """Raise a TypeError unless `value` is a tensor of the dtype of a network's weights."""
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} is a {type(value).__name__}, wanted a tensor of {weight.dtype}")
    if value.dtype != weight.dtype:
        raise TypeError(f"{name} is {value.dtype}, this model's weights are {weight.dtype}")


def is_whole(tensor):
    """Whether a tensor is of a dtype of whole numbers."""
    return not (tensor.dtype.is_floating_point or tensor.dtype.is_complex or tensor.dtype == torch.bool)


def check_ids(name, ids, size_name, size):
    """Raise a TypeError unless the tensor `ids` is of integers, a ValueError unless they run from 0 to `size` − 1."""
    if not is_whole(ids):
        raise TypeError(f"{name} is {ids.dtype}, wanted integer ids from 0 to {size - 1}")
    ids = ids.long()  # a uint8 is never 256, and unsigned integers of more bits cannot be compared
    bad = (ids < 0) | (ids >= size)
    if bad.any():
        where = bad.nonzero()[0].tolist()
        raise ValueError(
            f"{name} has the id {ids[tuple(where)]} at {where}, with {size_name}={size} ids run from 0 to {size - 1}"
        )


def check_batch(name, ids, size_name, size):
    """Raise a TypeError or ValueError unless `ids` is a tensor (batch, time) of integers from 0 to `size` − 1."""
    if not isinstance(ids, torch.Tensor):
        raise TypeError(f"{name} is a {type(ids).__name__}, wanted a tensor")
    validate.shape(name, ids, (None, None), ("batch", "time"))
    check_ids(name, ids, size_name, size)


def as_ids(name, ids, symbols):
    """Return a text's ids as a tensor `(symbols,)` int64 on its device; `symbols` is how many there are.

    Raises TypeError or ValueError unless they are whole numbers from 0 to symbols − 1, in one row and at least one.
    """
    ids, symbols = as_tensor(name, ids), validate.positive_int("symbols", symbols)
    validate.shape(name, ids, (None,), ("symbols",))
    check_ids(name, ids, "symbols", symbols)
    return ids.long()


def check_lengths(name, lengths, batch, time):
    """Raise a TypeError or ValueError unless `lengths` is (batch,) integers from 1 to `time`."""
    if not is_whole(lengths):
        raise TypeError(f"{name} is {lengths.dtype}, wanted integers")
    validate.shape(name, lengths, (batch,), ("batch",))
    lengths = lengths.long()
    bad = (lengths < 1) | (lengths > time)
    if bad.any():
        where = int(bad.nonzero()[0])
        raise ValueError(f"{name}[{where}] is {lengths[where]}, it must be from 1 to time={time}")
