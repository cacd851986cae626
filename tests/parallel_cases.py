"""Trainings that several workers do together, and the program in which they do: `tests/distributed` starts it."""

import sys
from pathlib import Path

import numpy as np
import torch

from rnn_course.distributed import digests, fit, gradient_errors, joined, report
from rnn_course.distributed.launching import end_with_agent
from rnn_course.models import SequenceModel

N, TIME, INPUT, HIDDEN, HORIZON, OUTPUT, CLASSES, SYMBOLS = 11, 7, 3, 5, 4, 2, 6, 8
# the last batch of 11 examples has 2: of three workers one has none
OPTIONS = {"epochs": 2, "batch_size": 9, "learning_rate": 0.03, "clip": 0.3, "seed": 4}


def model_of(task, **settings):
    sizes = {
        "forecast": {"input_size": INPUT, "output_size": OUTPUT, "horizon": HORIZON},
        "classify": {"input_size": INPUT, "output_size": CLASSES},
        "next_symbol": {"input_size": SYMBOLS, "output_size": SYMBOLS},
    }
    return SequenceModel("gru", hidden_size=HIDDEN, task=task, seed=2, **sizes[task] | settings).double()


def data_of(task, n=N):
    rng = np.random.default_rng(23)
    x, lengths = rng.normal(size=(n, TIME, INPUT)), rng.integers(1, TIME + 1, n)
    if task == "forecast":
        return x, rng.normal(size=(n, HORIZON, OUTPUT))
    if task == "classify":
        return x, rng.integers(CLASSES, size=n), lengths
    return *rng.integers(SYMBOLS, size=(2, n, TIME)), lengths


CASES = {
    "forecast": ("forecast", {}),
    "classify, in parts": ("classify", {"accumulate": 3}),
    "symbols, unequal lengths": ("next_symbol", {"accumulate": 2}),
    "unequal shares": ("next_symbol", {"shares": (5, 1, 2)}),
}


def weights(model):
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).tolist()


def trained(task, workers, **options):
    model = model_of(task)
    if "shares" in options:
        options["shares"] = options["shares"][: workers.count]
    history = fit(model, data_of(task), workers, **OPTIONS | options)
    return {
        "weights": weights(model),
        "losses": history.train_loss,
        "norms": history.gradient_norm,
        "digests": digests(model, workers),
    }


def refused(workers):
    """What a worker says where the losses are not finite."""
    model = model_of("forecast")
    x, y = data_of("forecast")
    y[:] = 1e200  # its square is no float64
    try:
        fit(model, (x, y), workers, **OPTIONS)
    except FloatingPointError as error:
        return str(error)


def apart(workers, folder):
    """What a worker says where each has a path of its own: the first one alone writes, so that one alone finds it."""
    path, data = Path(folder) / f"{workers.rank}.safetensors", data_of("forecast")
    fit(model_of("forecast"), data, workers, checkpoint=path, **OPTIONS)
    try:
        fit(model_of("forecast"), data, workers, checkpoint=path, **OPTIONS)
    except ValueError as error:
        return str(error)


def main():
    end_with_agent()
    torch.set_num_threads(1)
    with joined() as workers:
        if sys.argv[1] == "errors":
            found = {"errors": gradient_errors(model_of("next_symbol"), data_of("next_symbol", 32), workers, (24, 8))}
        else:
            found = {"cases": {name: trained(task, workers, **options) for name, (task, options) in CASES.items()}}
            found |= {"refused": refused(workers), "apart": apart(workers, sys.argv[2])}
        report(rank=workers.rank, **found)


if __name__ == "__main__":
    main()
