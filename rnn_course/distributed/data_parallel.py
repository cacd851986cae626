"""Training one model in several processes, each with its part of every batch: data parallelism.

Every worker holds the same weights, reads its own part of the batch and takes the same step. In between they add up
their gradients (`DistributedDataParallel`, Li et al. 2020, PVLDB 13(12)). What is equal is then equal bit for bit.

A worker with n_r of a batch's N targets knows the mean of its own losses. The mean of these means is that of the batch
only where all n_r are equal. So each worker goes back from its sum, and the sum of all is divided by N:

    g = 1/N · Σ_r Σ_{k in r} ∇l_k  =  Σ_r n_r/N · g_r,      g_r the gradient of worker r's own mean
"""

import os
import time
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from rnn_course import checkpoint as checkpoints
from rnn_course import devices, validate, weights
from rnn_course.distributed.sharding import check_shares, order, shard
from rnn_course.epoch import BestWeights, Progress, run_epoch
from rnn_course.models import seeded
from rnn_course.seeds import shifted
from rnn_course.training import History, as_examples, target_losses

PATIENCE = 20  # seconds: one re-connect of gloo's that went wrong waited five minutes where nothing was said


@dataclass(frozen=True)
class Workers:
    """The processes that train together: how many there are, which this one is, and where it computes."""

    count: int = 1
    rank: int = 0
    device: str = "cpu"


@contextmanager
def joined(device="cpu", patience=PATIENCE):
    """For the time of a `with`, be one of the workers that were started together; the only one where none were.

    Gives `Workers`. That there are others is known from torchrun, from the variables `WORLD_SIZE`, `RANK`,
    `MASTER_ADDR` and `MASTER_PORT`, as Kubernetes' PyTorchJob sets them, or from a group that is there already, as in
    Ray Train; such a group is left as it is. Processors talk by gloo, NVIDIA's and AMD's GPUs by NCCL, each worker on
    its own GPU. Whatever waits for another worker, at the start and later, gives up after `patience` seconds, so that
    nothing hangs.

    device: `"cpu"` or `"cuda"`. Raises ValueError for another or where there is no such device, and torch's
    DistNetworkError or DistStoreError where the others are not met.
    """
    validate.one_of("device", device, ("cpu", "cuda"))
    patience = validate.positive("patience", patience)
    devices.check(device)
    together = dist.is_torchelastic_launched() or int(os.environ.get("WORLD_SIZE", 1)) > 1
    if not together and not dist.is_initialized():
        yield Workers(device=device)
        return
    if device == "cuda":
        device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}"
        torch.cuda.set_device(device)
    if dist.is_initialized():
        yield Workers(dist.get_world_size(), dist.get_rank(), device)
        return
    dist.init_process_group("gloo" if device == "cpu" else "nccl", timeout=timedelta(seconds=patience))
    try:
        yield Workers(dist.get_world_size(), dist.get_rank(), device)
    finally:
        dist.destroy_process_group()


def fit(
    model,
    train,
    workers=Workers(),
    *,
    epochs=10,
    batch_size=32,
    learning_rate=1e-2,
    clip=1.0,
    accumulate=1,
    shares=None,
    seed=0,
    checkpoint=None,
    every=None,
    watch=None,
):
    """Train a `SequenceModel` in place, together with the other workers, and return its `History`.

    Each step is Adam's down the gradient of the batch's mean loss, as `training.fit` takes it, however the batch is
    divided: over workers, and over the `accumulate` parts that each worker reads one after another (which need memory
    for one part alone). The order depends on the seed and the epoch, so that another number of workers takes the same
    steps but for rounding. All workers call it alike and end with the same weights bit for bit.

    Arguments
        model            a `SequenceModel`, the same in every worker
        train            the examples, as `training.fit` takes them; every worker is given all and reads its own part
        workers          what `joined` gives
        epochs           passes over the examples
        batch_size       examples in a step, of all workers together; the last batch of an epoch may be smaller
        learning_rate    Adam's
        clip             largest norm of the gradient that the optimiser sees; None for no bound
        accumulate       parts in which a worker reads its part of a batch
        shares           how large each worker's part is, see `sharding.shard`; None for equal parts
        seed             of the order, and with the rank of dropout
        checkpoint       a path ending in `.safetensors`, on a disk that all workers see, or None. If the file is there
                         the training goes on from it: with the same number of workers bit for bit as if it had never
                         been stopped. It is written once, by the first worker
        every            steps from checkpoint to checkpoint; None writes one after each epoch alone
        watch            a function of the epoch and the epoch's `Progress`, called after each step, or None

    Raises ValueError or TypeError for bad arguments and for the checkpoint of another model, data or setting, and
    FloatingPointError, naming epoch and step, where loss or gradient is no longer finite: the model is then left, in
    every worker alike, with the weights after the epoch of this call whose loss was lowest. A checkpoint stays.
    """
    validate.instance("workers", workers, Workers)
    checkpoint = None if checkpoint is None else weights.checked_path("checkpoint", checkpoint)
    if watch is not None:
        validate.function("watch", watch)
    settings = {
        "batch_size": validate.positive_int("batch_size", batch_size),
        "learning_rate": validate.learning_rate(learning_rate),
        "clip": None if clip is None else validate.positive("clip", clip),
        "accumulate": validate.positive_int("accumulate", accumulate),
        "seed": shifted(validate.torch_seed("seed", seed)),
    }
    epochs, shares = validate.positive_int("epochs", epochs), check_shares(shares, workers.count)
    every = None if every is None else validate.positive_int("every", every)
    examples = as_examples(model, "train", train, workers.device)
    optimiser = torch.optim.Adam(model.to(workers.device).parameters(), settings["learning_rate"])
    about = {f"model {name}": value for name, value in model.settings.items()}
    about |= settings | {"data": checkpoints.digest(vars(examples))}
    with seeded(_dropout_seed(seed, workers.rank), workers.device):
        network = as_network(model, workers, examples)
        place = _Place(model, optimiser, workers, checkpoint, about)

        def losses(part):
            return target_losses(model.settings["task"], network(part.x, part.lengths), part)

        def after(progress):
            if every is not None and len(progress.norms) % every == 0:
                place.keep()
            if watch is not None:
                watch(place.epoch, progress)

        with BestWeights(model) as best:
            while place.epoch <= epochs:
                batches = order(len(examples), seed, place.epoch).split(settings["batch_size"])
                batches = batches[len(place.progress.norms) :]
                parts = (divided(examples, batch, workers, shares, settings["accumulate"]) for batch in batches)
                loss, norm = run_epoch(
                    network, parts, losses, optimiser, settings["clip"], place.epoch,
                    gradient=partial(shared_gradient, network, workers), progress=place.progress, after=after
                )  # fmt: skip
                best.see(loss, f"epoch {place.epoch}")
                place.next_epoch(loss, norm)
    model.eval()
    place.history.stopped = "finished"
    return place.history


def as_network(model, workers, examples):
    """Return the model as it is called in training: among several workers wrapped, so that gradients are added up.

    `DistributedDataParallel` adds up whole buckets of gradients, and after the first backward walk it fills the buckets
    anew, in the order in which gradients came. Of three workers and more the order of the sums, and so the last bits,
    depends on a number's place in its bucket. So that a training that goes on in its middle adds up as it did, there is
    one walk to nowhere before the first step; it reads the first of the examples and leaves no gradient behind.
    """
    if workers.count == 1:
        return model
    network = DistributedDataParallel(model, device_ids=None if workers.device == "cpu" else [workers.device])
    first = examples[torch.arange(1)]
    network(first.x, first.lengths).sum().backward()
    model.zero_grad()
    return network


def divided(examples, batch, workers, shares=None, accumulate=1):
    """Return this worker's part of a batch as pairs `(examples, weight)`, `accumulate` of them or fewer.

    The weight is 1. Where there are fewer examples than workers, one with nothing to read takes the batch's first
    example with weight 0: the others wait for its gradient, and zeros are what it has.

    Arguments
        examples      what `training.as_examples` returns
        batch         (n,) tensor of the numbers of the examples in the batch
        workers       what `joined` gives
        shares        see `sharding.shard`
        accumulate    parts that are read one after another
    """
    own = shard(batch, workers.rank, workers.count, shares)
    if not len(own):
        return [(examples[batch[:1]], 0)]
    return [(examples[part], 1) for part in own.tensor_split(min(accumulate, len(own)))]


def shared_gradient(network, workers, losses, parts):
    """Leave in the parameters the gradient of the mean over all workers' targets, g = 1/N · Σ_r Σ_k ∇l_k.

    Returns the sum of all workers' losses and their number N. Parts are added up in place (gradient accumulation), and
    only the last one waits for the other workers. `DistributedDataParallel` divides by the number of workers, not of
    targets: what it leaves is 1/W · Σ_r Σ_k ∇l_k, and so is multiplied by W/N.

    Arguments
        network    what `as_network` returns, whose gradients are zero
        workers    what `joined` gives
        losses     a function of examples that returns the loss of each target
        parts      pairs `(examples, weight)`, at least one, as `divided` returns
    """
    sums = torch.zeros(2, dtype=torch.float64, device=workers.device)
    for k, (part, weight) in enumerate(parts, start=1):
        with network.no_sync() if workers.count > 1 and k < len(parts) else nullcontext():
            each = losses(part)
            (weight * each.sum()).backward()
        sums += weight * torch.stack([each.detach().double().sum(), torch.full_like(sums[0], each.numel())])
    if workers.count > 1:
        dist.all_reduce(sums)
    loss, count = sums.tolist()
    for parameter in network.parameters():
        parameter.grad *= workers.count / count
    return loss, int(count)


class _Place:
    """How far a training has come, and the file that keeps it."""

    def __init__(self, model, optimiser, workers, path, about):
        self.model, self.optimiser, self.workers, self.path, self.about = model, optimiser, workers, path, about
        self.epoch, self.progress, self.history = 1, Progress(), History(workers.device)
        if path is not None and path.is_file():
            found = checkpoints.read(path, about)
            checkpoints.restore(found, model, optimiser)
            if workers.rank < len(found.random):  # a worker that was not there then keeps the numbers that it has
                checkpoints.set_random_state(found.random[workers.rank])
            self.epoch = found.place["epoch"]
            self.progress, self.history = Progress(**found.place["progress"]), History(**found.place["history"])
        self._check_together()
        self.start = time.perf_counter() - self.history.seconds

    def keep(self):
        """Write the file: the first worker does, and all go on when it is on the disk."""
        if self.path is None:
            return
        self.history.seconds = time.perf_counter() - self.start
        random = gathered(checkpoints.random_state(self.workers.device), self.workers)
        if self.workers.rank == 0:
            place = {"epoch": self.epoch, "progress": asdict(self.progress), "history": asdict(self.history)}
            checkpoints.write(self.path, checkpoints.take(self.model, self.optimiser, random, place), self.about)
        if self.workers.count > 1:
            dist.barrier()

    def next_epoch(self, loss, norm):
        history = self.history
        history.train_loss.append(loss)
        history.gradient_norm.append(norm)
        history.learning_rate.append(self.optimiser.param_groups[0]["lr"])
        history.best_epoch, history.seconds = self.epoch, time.perf_counter() - self.start
        self.epoch, self.progress = self.epoch + 1, Progress()
        self.keep()

    def _check_together(self):
        """Whether all workers found the same place: they do not where the path is on a disk of each machine's own."""
        here = torch.tensor([self.epoch, len(self.progress.norms)])
        places = [tuple(place["place"].tolist()) for place in gathered({"place": here}, self.workers)]
        if len(set(places)) > 1:
            said = ", ".join(f"worker {rank} at epoch {e}, step {k}" for rank, (e, k) in enumerate(places))
            raise ValueError(f"checkpoint is {str(self.path)!r}, it must be on a disk that all workers see: {said}")


def gathered(tensors, workers):
    """Return the `{name: tensor}` of every worker, a list in the order of their ranks; each has the same in all."""
    if workers.count == 1:
        return [tensors]
    found = [{} for _ in range(workers.count)]
    for name, value in tensors.items():
        copies = [torch.empty_like(value, device=workers.device) for _ in found]
        dist.all_gather(copies, value.to(workers.device))
        for kept, copy in zip(found, copies, strict=True):
            kept[name] = copy.to(value.device)
    return found


def _dropout_seed(seed, rank):
    """Of each worker its own: with the same numbers two workers would drop the same units."""
    return int(np.random.SeedSequence([shifted(seed), rank]).generate_state(1, np.uint64)[0])
