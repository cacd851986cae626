"""Training a `SequenceModel`, using it, and keeping it in a file.

What flows in: windows, sequences or arrays. What leaves: a trained model, its `History`, forecasts as NumPy arrays.
The examples are kept as tensors and each batch is taken by a permutation of their indices. To shuffle windows is
legitimate, since each carries its own context and no state passes from one to the next.

PyTorch spreads one operation over all the cores it sees. For models as small as the course's, splitting the work can
cost more than it saves: `torch.set_num_threads(1)` at the top of a notebook often makes training faster. Nothing here
changes that setting.
"""

import json
import math
import time
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from torch.optim import lr_scheduler
from tqdm.auto import tqdm

from rnn_course import checkpoint as checkpoints
from rnn_course import devices, validate, weights
from rnn_course.data import Scaler, Series
from rnn_course.epoch import check_finite, run_epoch
from rnn_course.models import SequenceModel, as_array, as_tensor, check_ids, evaluating, seeded
from rnn_course.resuming import LastEpoch
from rnn_course.seeds import shifted
from rnn_course.tables import html_table

SCHEDULES = (None, "cosine", "plateau")
EVALUATION_BATCH = 256
FILE_FORMAT = "rnn_course.SequenceModel 1"


@dataclass(repr=False)
class History:
    """What happened in a call of `fit`; the lists have one number an epoch, and the first epoch is number 1.

    train_loss       mean loss over the epoch's targets, each batch measured before the step that it led to
    validation_loss  mean loss over the validation targets after the epoch; empty without validation data
    gradient_norm    mean over the epoch's steps of the gradient's norm before clipping
    learning_rate    the rate used in the epoch
    best_epoch       the epoch with the lowest validation loss, whose weights the model is left with; without
                     validation data the last epoch finished; 0 before the first is finished
    device           where the model was trained, and where it still is
    seconds          wall time up to the last epoch finished
    stopped          `"running"`, `"finished"` (every epoch was run), `"patience"` (no better validation loss for so
                     many epochs) or `"interrupted"` (by the user)
    """

    device: str
    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    best_epoch: int = 0
    seconds: float = 0.0
    stopped: str = "running"

    def _record(self, train_loss, validation_loss, gradient_norm, learning_rate, seconds):
        """Add one epoch; without a validation loss it is the best so far."""
        if validation_loss is None or validation_loss < min(self.validation_loss, default=math.inf):
            self.best_epoch = len(self.train_loss) + 1
        if validation_loss is not None:
            self.validation_loss.append(validation_loss)
        self.train_loss.append(train_loss)
        self.gradient_norm.append(gradient_norm)
        self.learning_rate.append(learning_rate)
        self.seconds = seconds

    def _latest(self):
        """Return the last epoch's losses, for the progress bar."""
        losses = {"loss": self.train_loss, "validation": self.validation_loss}
        return {name: f"{values[-1]:.4g}" for name, values in losses.items() if values}

    def summary(self):
        """Return what there is to say about the training, as a dictionary of short texts."""
        rows = {"epochs run": str(len(self.train_loss)), "stopped": self.stopped}
        if self.validation_loss:
            rows["best epoch"] = str(self.best_epoch)
            rows["validation loss there"] = f"{self.validation_loss[self.best_epoch - 1]:.4g}"
        elif self.train_loss:
            rows["last training loss"] = f"{self.train_loss[-1]:.4g}"
        return rows | {"device": self.device, "seconds": f"{self.seconds:.1f}"}

    def __repr__(self):
        return f"History({', '.join(f'{name}: {text}' for name, text in self.summary().items())})"

    def _repr_html_(self):
        return html_table(self.summary().items(), caption="Training history", align="left")


@dataclass(frozen=True)
class Saved:
    """What `load` finds in a file: the model, the scaler or None, and the note."""

    model: SequenceModel
    scaler: Scaler | None
    note: str


@dataclass(frozen=True)
class _Examples:
    """Tensors that a model can read: `x` and `y` on its device, `lengths` on the CPU, where PyTorch wants it."""

    x: torch.Tensor
    y: torch.Tensor | None
    lengths: torch.Tensor | None

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return _Examples(*(None if part is None else part[index.to(part.device)] for part in vars(self).values()))

    def batches(self, batch_size, order=None):
        order = torch.arange(len(self)) if order is None else order
        return (self[index] for index in order.split(batch_size))


def fit(
    model,
    train,
    validation=None,
    *,
    epochs=100,
    batch_size=32,
    learning_rate=1e-2,
    clip=1.0,
    patience=None,
    schedule=None,
    seed=0,
    device=None,
    progress=True,
    watch=None,
    checkpoint=None,
):
    """Train `model` in place by Adam and return its `History`.

    The loss is the mean squared error for `forecast` and the cross-entropy in nats for `classify` and `next_symbol`;
    where there are lengths, symbols in the padding do not count. The model always ends with the weights of the epoch
    whose validation loss was lowest, without validation data with those of the last epoch. An interruption
    (KeyboardInterrupt, the stop button) ends the training in the same way, as if the epoch under way had not begun, and
    returns the History. The model stays on the device it was trained on, in evaluation mode.

    With `checkpoint` the same call goes on with a training that was stopped, however that was: on a CPU with the same
    number of threads bit for bit as if it had never been. The model is built again as it was, or is the one that the
    stopped call left. A training that is finished returns at once. More `epochs` go on from fewer, but not under
    `"cosine"`, whose rates depend on their number; all else has to be the same: model, first weights, data, settings.
    The file is written after an epoch, after several where they are so short that writing would take more than a tenth
    of the time. On a full disk it keeps the last epoch that it has.

    Arguments
        model           a `SequenceModel`
        train           `Windows`, `Sequences`, `(x, y)` or `(x, y, lengths)`; NumPy arrays or tensors. They are
                        copied and converted: values to the dtype of the model's weights, ids to int64.
                        x as the model takes it; y `(n, horizon, output_size)` to forecast, class ids `(n,)` to
                        classify, symbols' ids `(n, time)` for the next symbol
        validation      the same, or None
        epochs          passes over the training data, at most
        batch_size      examples in a step; the last batch of an epoch may be smaller
        learning_rate   Adam's, in the first epoch
        clip            largest norm of the gradient that the optimiser sees (Pascanu et al. 2013); None for no bound
        patience        epochs without a better validation loss after which to stop; None runs all epochs
        schedule        None; `"cosine"`: epoch e = 1 … E has η_e = η/2 · (1 + cos(π (e − 1)/E)) (Loshchilov and Hutter
                        2017); `"plateau"`: half the rate after 5 epochs without a better validation loss, or training
                        loss where there is no validation
        seed            of the shuffling and of dropout: the same seed gives the same numbers bit for bit on a CPU with
                        the same number of threads. The global random generators are left as they were
        device          `"cpu"`, `"cuda"`, …; None takes the GPU if there is one, and History.device says which it was
        progress        whether to show a progress bar
        watch           a function called with the History after each epoch, or None; at its last call
                        History.stopped already says why
        checkpoint      a path that ends in `.safetensors`, or None

    Raises ValueError or TypeError for bad arguments and for data with NaN or infinity, naming the place; ValueError for
    the checkpoint of another training, saying what differs, or a damaged one; OSError where it cannot be written; and
    FloatingPointError, naming epoch and step, where loss or gradient is no longer finite: the model is then left with
    the best weights so far.
    """
    epochs, batch_size = validate.positive_int("epochs", epochs), validate.positive_int("batch_size", batch_size)
    seed, progress = validate.torch_seed("seed", seed), validate.flag("progress", progress)
    _check_options(learning_rate, clip, patience, schedule, watch, validation)
    if checkpoint is not None:
        checkpoint = weights.checked_path("checkpoint", checkpoint)
    device = _device(device)
    train = as_examples(model, "train", train, device)
    if validation is not None:
        validation = as_examples(model, "validation", validation, device)
    model.to(device)
    optimiser = torch.optim.Adam(model.parameters(), learning_rate)
    scheduler = _scheduler(optimiser, schedule, epochs)
    generator, history = torch.Generator().manual_seed(shifted(seed)), History(str(device))
    about = checkpoint and _about(
        model, train, validation, batch_size=batch_size, learning_rate=float(learning_rate), clip=clip and float(clip),
        patience=patience and int(patience), schedule=schedule, epochs=epochs if schedule == "cosine" else None,
        seed=shifted(seed)
    )  # fmt: skip
    last = LastEpoch(model, optimiser, scheduler, generator, history, checkpoint, about, epochs)
    start = time.perf_counter() - history.seconds
    try:
        with tqdm(total=epochs, initial=last.epoch, unit="epoch", disable=not progress) as bar:
            history.stopped = _stopped(history, epochs, patience)
            while history.stopped == "running":
                epoch = len(history.train_loss) + 1
                rate = optimiser.param_groups[0]["lr"]
                loss, norm = _epoch(model, train, optimiser, batch_size, clip, generator, epoch)
                validation_loss = None if validation is None else _validation_loss(model, validation, epoch)
                history._record(loss, validation_loss, norm, rate, time.perf_counter() - start)
                _adjust(scheduler, loss if validation_loss is None else validation_loss)
                history.stopped = _stopped(history, epochs, patience)
                last.keep()
                if history.stopped == "patience":
                    bar.total = epoch  # otherwise the notebook's bar turns red, as for a failure
                bar.set_postfix(history._latest(), refresh=False)
                bar.update()
                if watch is not None:
                    watch(history)
    except KeyboardInterrupt:
        history.stopped = "interrupted"
    except FloatingPointError as error:
        raise FloatingPointError(f"{error}. The model has {last.weights}") from None
    finally:
        model.eval()
        last.settle()
    return history


def predict(model, x, lengths=None):
    """Return the model's forecasts, or its probabilities, as a NumPy array.

    x is a NumPy array or a tensor as the model takes it, converted to the dtype of the model's weights, or to int64
    for ids; `lengths` is (n,) integers or None. The result is forecasts `(n, horizon, output_size)`, the classes'
    probabilities `(n, output_size)`, or those of each next symbol `(n, time, output_size)`, which mean nothing in the
    padding. The model reads in evaluation mode, without gradients, a few hundred examples at a time, on the device
    where it is, and is left in the mode it was in. Raises ValueError or TypeError for what it cannot read.
    """
    x = _examples(model, x, None, lengths, "", _place(model))
    with evaluating(model):
        y = torch.cat([model(batch.x, batch.lengths) for batch in x.batches(EVALUATION_BATCH)])
    if model.settings["task"] != "forecast":
        y = y.softmax(dim=-1)
    return as_array(y)


def forecast(model, x, steps):
    """Return the forecast of `steps` steps after `x`, `(batch, steps, feature)`, by feeding the model its own output.

    x is `(batch, time, feature)`, converted as `predict` does. The model forecasts `horizon` steps; they are put
    behind the window, which moves on by as many and so keeps the length that the model was trained on; and so forth.
    Each time the window is read again from a zero state: no state is carried from one chunk to the next.
    The last chunk is cut to the steps asked for. Raises ValueError unless the model forecasts every feature it reads.
    """
    steps = validate.positive_int("steps", steps)
    _check_model(model)
    settings = model.settings
    if settings["task"] != "forecast":
        raise ValueError(f"model has task={settings['task']!r}, only a model with task='forecast' can forecast")
    if settings["output_size"] != settings["input_size"]:
        raise ValueError(
            f"model has input_size={settings['input_size']} and output_size={settings['output_size']}: "
            "to feed its output back they must be equal"
        )
    window = _examples(model, x, None, None, "", _place(model)).x
    chunks, length = [], window.shape[1]
    with evaluating(model):
        for _ in range(math.ceil(steps / settings["horizon"])):
            chunks.append(model(window))
            window = torch.cat([window, chunks[-1]], dim=1)[:, -length:]
    return as_array(torch.cat(chunks, dim=1)[:, :steps])


def save(model, path, scaler=None, note=""):
    """Write the model, its settings, the scaler's numbers and a note to one `.safetensors` file.

    `scaler` is a fitted `rnn_course.data.Scaler` or None, `note` any text. A file of that name is replaced.
    Raises ValueError for another suffix, FileNotFoundError where the directory does not exist.
    """
    _check_model(model)
    validate.text("note", note)
    texts = {"settings": json.dumps(model.settings), "scaler": json.dumps(_numbers(scaler)), "note": note}
    weights.write(path, model.state_dict(), texts, FILE_FORMAT)


def load(path):
    """Return what `save` wrote as `Saved(model, scaler, note)`: the model on the CPU, in evaluation mode.

    The weights and the scaler's numbers are the same bit for bit. Raises FileNotFoundError where there is no such file,
    ValueError where it is not one that `save` wrote or where it has been damaged.
    """
    values, texts = weights.read(path, FILE_FORMAT, "rnn_course.training.save")
    model = SequenceModel(**json.loads(texts["settings"]))
    model.to(next(iter(values.values())).dtype).load_state_dict(values)
    numbers = json.loads(texts["scaler"])
    return Saved(model.eval(), None if numbers is None else _scaler(**numbers), texts["note"])


def _epoch(model, examples, optimiser, batch_size, clip, generator, epoch):
    """Take one pass over the examples in random order; return the mean loss and the mean norm of the gradient."""
    order = torch.randperm(len(examples), generator=generator)
    dropout_seed = int(torch.randint(2**62, (), generator=generator))
    batches = examples.batches(batch_size, order)
    with seeded(dropout_seed, examples.x.device):
        return run_epoch(model, batches, lambda batch: _losses(model, batch), optimiser, clip, epoch)


def _validation_loss(model, examples, epoch):
    with evaluating(model):
        losses = torch.cat([_losses(model, batch).flatten() for batch in examples.batches(EVALUATION_BATCH)])
    loss = losses.cpu().double().mean().item()
    check_finite("validation loss", loss, f"epoch {epoch}")
    return loss


def _losses(model, batch):
    return target_losses(model.settings["task"], model(batch.x, batch.lengths), batch)


def target_losses(task, output, batch):
    """Return the loss of every target that counts: squared errors, or cross-entropies in nats.

    task: a `SequenceModel`'s. output: what the model gives for `batch.x`. batch: what `as_examples` returns, or a part.
    """
    if task == "forecast":
        return (output - batch.y).square()
    if task == "classify":
        return cross_entropy(output, batch.y, reduction="none")
    losses = cross_entropy(output.transpose(1, 2), batch.y, reduction="none")
    if batch.lengths is None:
        return losses
    inside = torch.arange(losses.shape[1]) < batch.lengths[:, None]
    return losses[inside.to(losses.device)]


def _scheduler(optimiser, schedule, epochs):
    """Return what sets the next epoch's rate."""
    if schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    if schedule == "plateau":
        # PyTorch's patience is the number of bad epochs it puts up with, so 4 halves the rate after the fifth.
        return lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=4, threshold=0)
    return lr_scheduler.ConstantLR(optimiser, factor=1.0)


def _adjust(scheduler, loss):
    """Set the next epoch's rate, given the loss that is watched."""
    scheduler.step(*([loss] if isinstance(scheduler, lr_scheduler.ReduceLROnPlateau) else []))


def _stopped(history, epochs, patience):
    """What `History.stopped` is after the epochs that the history has."""
    epoch = len(history.train_loss)
    if epoch >= epochs:
        return "finished"
    return "patience" if patience is not None and epoch - history.best_epoch >= patience else "running"


def _about(model, train, validation, **settings):
    """Return all that has to be the same for a training to go on, by name; data as a shape and a digest."""
    found = settings | {f"model {name}": value for name, value in model.settings.items()}
    found |= {"dtype": str(model.head.weight.dtype), "device": train.x.device.type}
    for name, examples in {"train": train, "validation": validation}.items():
        for part in ("x", "y", "lengths"):
            value = None if examples is None else getattr(examples, part)
            found[f"{name} {part}"] = None if value is None else _described(value)
    return found


def _described(values):
    return f"{tuple(values.shape)} {checkpoints.digest({'': values})[:16]}"


def _place(model):
    _check_model(model)
    return model.head.weight.device


def _check_model(model):
    if not isinstance(model, SequenceModel):
        raise TypeError(f"model is a {type(model).__name__}, it must be a SequenceModel")


def _check_options(learning_rate, clip, patience, schedule, watch, validation):
    validate.learning_rate(learning_rate)
    if clip is not None:
        validate.positive("clip", clip)
    if patience is not None:
        validate.positive_int("patience", patience)
        if validation is None:
            raise ValueError(f"patience is {patience}, but it watches the validation loss: validation must be given")
    validate.one_of("schedule", schedule, SCHEDULES)
    if watch is not None:
        validate.function("watch", watch)


def _device(device):
    if device is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    wanted = devices.named(device)
    if wanted.type == "meta":
        raise ValueError("device is 'meta', which holds no numbers to train with: take 'cpu' or 'cuda'")
    devices.check(device)
    return wanted


def as_examples(model, name, data, device):
    """Return data as tensors on a device that a `SequenceModel` can be trained with: `x`, `y` and `lengths`.

    data: as `fit` takes it; `name` is what errors call it. `examples[index]` takes some of them, by a tensor of their
    numbers. Raises TypeError or ValueError for what the model cannot be trained with.
    """
    x, y, lengths = _parts(name, data)
    if y is None:
        raise TypeError(f"{name} y is None, it must be what is to be said of x")
    return _examples(model, x, y, lengths, f"{name} ", device)


def _parts(name, data):
    """Return x, y and lengths or None."""
    if hasattr(data, "x") and hasattr(data, "y"):
        return data.x, data.y, getattr(data, "lengths", None)
    if isinstance(data, tuple | list) and len(data) in (2, 3):
        return tuple(data) if len(data) == 3 else (*data, None)
    raise TypeError(f"{name} is a {type(data).__name__}, wanted Windows, Sequences, (x, y) or (x, y, lengths)")


def _examples(model, x, y, lengths, part, device):
    """Return the examples as tensors that have passed every check; `part` precedes their names in errors."""
    _check_model(model)
    settings, values = model.settings, model.head.weight.dtype
    x = _tensor(f"{part}x", x, torch.int64 if settings["task"] == "next_symbol" else values)
    lengths = None if lengths is None else _tensor(f"{part}lengths", lengths, torch.int64)
    model.check(x, lengths, part)
    if y is not None:
        y = _tensor(f"{part}y", y, values if settings["task"] == "forecast" else torch.int64)
        n, time_steps, outputs = len(x), x.shape[1], settings["output_size"]
        if settings["task"] == "forecast":
            validate.shape(f"{part}y", y, (n, settings["horizon"], outputs), ("examples", "horizon", "output"))
        else:
            wanted = (n,) if settings["task"] == "classify" else (n, time_steps)
            validate.shape(f"{part}y", y, wanted, ("examples", "time")[: len(wanted)])
            check_ids(f"{part}y", y, "output_size", outputs)
        y = y.to(device)
    return _Examples(x.to(device), y, lengths)


def _tensor(name, values, dtype):
    """Return a copy of `values` as a tensor on the CPU: integers stay integers, and what is real is finite."""
    if isinstance(values, Series):
        raise TypeError(f"{name} is a Series, it must be windows (batch, time, feature): see data.forecast_splits")
    array = as_array(as_tensor(name, values)) if isinstance(values, torch.Tensor) else validate.array(name, values)
    kinds, wanted = ("fiu", "real numbers") if dtype.is_floating_point else ("iu", "integers")
    if array.dtype.kind not in kinds:
        raise TypeError(f"{name} is {array.dtype}, wanted {wanted}")
    validate.finite(name, array)
    array = array.astype(np.float64) if array.dtype.itemsize > 8 else array  # PyTorch has no longer floats
    tensor = torch.from_numpy(np.array(array, order="C")).to(dtype)
    if not tensor.isfinite().all():
        raise ValueError(f"{name} has values too large for {dtype}")
    return tensor


def _numbers(scaler):
    """Return the fitted scaler's arrays as `{name: list}`; JSON keeps every bit of a float64."""
    if scaler is None:
        return None
    if not isinstance(scaler, Scaler):
        raise TypeError(f"scaler is a {type(scaler).__name__}, it must be a Scaler or None")
    if scaler.mean is None:
        raise ValueError("scaler has no statistics yet, call its fit(values) first")
    names = {} if scaler.channels is None else {"channels": scaler.channels}
    return {"mean": scaler.mean.tolist(), "scale": scaler.scale.tolist()} | names


def _scaler(mean, scale, channels=None):
    """The scaler that `_numbers` wrote; files of before know no channels."""
    return Scaler(np.array(mean), np.array(scale), None if channels is None else tuple(channels))
