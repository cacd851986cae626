"""Jobs that are stopped at any moment and started again, and the nursery that starts each in a process of its own.

The nursery has loaded PyTorch and forks: a start takes milliseconds, so that a test can afford many. For each line that
it reads, `["JOB", "FOLDER", …]`, it starts the job, prints the process's number, and at its end the exit status:
0 finished, 3 stopped by the user, −9 killed.
"""

import json
import math
import os
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch
from boxes import numpy_alone
from sweeps import choose
from tqdm.auto import tqdm

from rnn_course import files, resuming, training
from rnn_course.assignments import box, specification, whole_class
from rnn_course.models import SequenceModel

INTERRUPTED = 3
EPOCHS, SIZES = 30, (2, 3)


def data(seed, n=40):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 12, 2)), rng.normal(size=(n, 1, 1))


def train(folder, seed):
    """A training with dropout, a schedule and validation data; seeds that are odd write each epoch."""
    if seed % 2:
        resuming.WRITING = math.inf
    model = SequenceModel("gru" if seed % 3 else "lstm", 2, 16, 1, num_layers=2, dropout=0.3)
    options = {"epochs": EPOCHS, "batch_size": 8, "seed": seed, "schedule": ("cosine", "plateau")[seed // 2 % 2]}
    path, validation = folder / "run.safetensors", data(seed + 1)
    history = training.fit(model, data(seed), validation, **options, checkpoint=path, device="cpu", progress=False)
    return history.stopped == "finished"


def save(folder):
    """Save one model, then the other, again and again."""
    while True:
        for seed in range(2):
            training.save(SequenceModel("gru", 2, 64, 1, seed=seed), folder / "model.safetensors", note=str(seed))


def sweep(folder):
    """Compare two sizes; what a killed sweep has measured is not measured again."""
    return not choose(sizes=SIZES, options={"epochs": 6}, file=folder / "sweep.jsonl").failures


def mark(folder):
    """Mark a small class, as `marked_class` makes it."""
    tempfile.tempdir = folder / "temporary"
    tempfile.tempdir.mkdir(exist_ok=True)
    with files.scratch() as scratch:
        contents = box.filled(scratch, numpy_alone(), folder, {})
        assignment = specification.load("means", folder)
        done = whole_class.mark(assignment, folder / "S", b"sixteen or more bytes", "limits", contents, folder / "M", 2)
    return not done.failed


def run(job, arguments):
    """Run a job and end this process, in which nothing of the nursery may go on."""
    try:
        with suppress(KeyboardInterrupt):
            status = INTERRUPTED
            signal.alarm(300)  # a job that hangs is ended, and the test says so
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            status = 0 if job(*arguments) else INTERRUPTED
    except Exception:
        status = 1
        traceback.print_exc()
    finally:
        os._exit(status)


def nursery(jobs):
    torch.set_num_threads(1)
    tqdm.set_lock(threading.RLock())  # its own is one for all processes, and who is killed would never give it back
    training.fit(SequenceModel("gru", 2, 3, 1), data(0), epochs=1, device="cpu", progress=False)  # loads what it needs
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until a job is ready for it
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs have it ignored
    for line in sys.stdin:
        name, folder, *rest = json.loads(line)
        pid = os.fork()
        if not pid:
            with suppress(KeyboardInterrupt):
                run(jobs[name], (Path(folder), *rest))
            os._exit(INTERRUPTED)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    nursery({"train": train, "save": save, "sweep": sweep, "mark": mark})
