"""The program that torchrun starts: each worker trains its part of one model on the adding task, and reports.

    torchrun --nproc-per-node=2 -m rnn_course.distributed.worker train --epochs 3 --checkpoint run.safetensors
    torchrun --nproc-per-node=2 -m rnn_course.distributed.worker gradients --shares 24 8
    torchrun --nproc-per-node=2 -m rnn_course.distributed.worker exchange --floats 1000 1000000
    python -m rnn_course.distributed.worker train                                            alone, to compare with

Where the checkpoint is there, the training goes on from it: so a worker that is started again need not know that it is.
"""

import argparse
import os
import time
from itertools import pairwise

import torch
import torch.distributed as dist

from rnn_course.data import adding_task
from rnn_course.distributed.agreement import digests, gradient_errors
from rnn_course.distributed.data_parallel import Workers, fit, joined
from rnn_course.distributed.launching import end_with_agent, report
from rnn_course.models import SequenceModel
from rnn_course.seeds import default_rng


def arguments(line=None):
    """Return what a command line says, sys.argv where it is None, as argparse has it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["train", "gradients", "exchange"])
    parser.add_argument("--examples", type=int, default=480)
    parser.add_argument("--time", type=int, default=20, help="steps of a sequence")
    parser.add_argument("--hidden-size", type=int, default=16)
    parser.add_argument("--num-layers", type=int, default=1)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--after", type=int, default=0, help="epochs of training before gradients are compared")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--accumulate", type=int, default=1)
    parser.add_argument("--apart", action="store_true", help="each trains for itself, beside the others")
    parser.add_argument("--shares", type=float, nargs="+")
    parser.add_argument("--floats", type=int, nargs="+", default=[1000], help="how many are added up, each in turn")
    parser.add_argument("--repeats", type=int, default=10, help="times that they are")
    parser.add_argument("--learning-rate", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--checkpoint")
    parser.add_argument("--every", type=int)
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds after each step, which is then reported: to see it happen"
    )
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    return parser.parse_args(line)


def main():
    """Do the task of the command line, alone or as one of several workers."""
    given = arguments()
    if "TORCHELASTIC_RUN_ID" in os.environ:
        end_with_agent()
    x, y = adding_task(given.examples, given.time, default_rng(given.seed))
    sizes = {"hidden_size": given.hidden_size, "num_layers": given.num_layers, "dropout": given.dropout}
    model = SequenceModel("gru", input_size=2, output_size=1, seed=given.seed, **sizes)
    with joined(given.device) as workers:
        if given.task == "gradients":
            if given.after:
                fit(model, (x, y[:, None]), workers, epochs=given.after, batch_size=given.batch_size, seed=given.seed)
            found = gradient_errors(model, (x[: given.batch_size], y[: given.batch_size, None]), workers, given.shares)
        elif given.task == "exchange":
            found = {"seconds": {count: exchanged(count, workers, given.repeats) for count in given.floats}}
        else:
            if given.apart and workers.count > 1:
                dist.barrier()
            together = Workers(device=workers.device) if given.apart else workers
            found = trained(model, (x, y[:, None]), together, given)
        report(rank=workers.rank, workers=workers.count, **found)
        print(f"worker {workers.rank} of {workers.count}: done", flush=True)


def exchanged(floats, workers, repeats):
    """Return the seconds of each of some all-reduces of so many float32, all workers beginning together."""
    if workers.count == 1:
        raise ValueError("there is 1 worker, an exchange needs at least 2: start them by torchrun")
    found, numbers = [], torch.ones(floats, device=workers.device)
    for _ in range(repeats + 1):
        dist.barrier()
        before = time.perf_counter()
        dist.all_reduce(numbers)
        numbers[0].item()  # a GPU has then come to the end of it
        found.append(time.perf_counter() - before)
    return found[1:]  # the first one makes the connections


def trained(model, train, workers, given):
    """Train as the command line says and return what is to be reported."""
    names = ("epochs", "batch_size", "accumulate", "shares", "learning_rate", "seed", "checkpoint", "every")
    options = {name: getattr(given, name) for name in names}
    began, steps, moments = time.time(), [], []

    def watch(epoch, progress):
        steps.append((epoch, len(progress.norms)))
        moments.append(time.perf_counter())
        if given.pause:
            time.sleep(given.pause)
            report(rank=workers.rank, **seen())

    def seen():
        return {"pid": os.getpid(), "started": began} | ({"first": steps[0], "last": steps[-1]} if steps else {})

    before = time.perf_counter()
    history = fit(model, train, workers, watch=watch, **options)
    seconds = time.perf_counter() - before
    found = {"train_loss": history.train_loss, "seconds": seconds, "steps": len(steps)}
    # not of the first step, which has waited for the others, and for what is made once
    found["step_seconds"] = [after - before for before, after in pairwise(moments)]
    return seen() | found | {"digests": digests(model, workers)}


if __name__ == "__main__":
    main()
