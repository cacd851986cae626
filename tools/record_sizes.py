"""Record what hidden sizes are worth on the sea's temperature, for the assignment on choosing one.

    python tools/record_sizes.py --out assignments/choose_a_size/errors.csv

A GRU reads two years of the monthly temperature of the eastern Pacific and forecasts the next six months. Each size is
trained with five seeds before each of six blocks of five years, on the windows that the assignment's `block_folds`
gives, with about the same number of updates in each fold. A row is one training: its mean absolute error in °C on the
block, that of the same month of the year before, and processor seconds. A few minutes on two cores.
"""

import argparse
import io
import math
import time
from itertools import product
from pathlib import Path

import joblib
import numpy as np
import torch
from whole import whole

from rnn_course import data, files, training
from rnn_course.assignments import specification
from rnn_course.models import SequenceModel

ASSIGNMENTS = Path(__file__).resolve().parent.parent / "assignments"
LENGTH, HORIZON, BLOCK, FOLDS, EMBARGO, SEASON = 24, 6, 60, 6, 12, 12
SIZES, SEEDS = (2, 4, 8, 16, 32, 64, 128), range(5)
BATCH, UPDATES = 32, 300


def splits(steps):
    """The windows to train on and those to measure, a pair a fold."""
    folds = specification.load("choose_a_size", ASSIGNMENTS).tasks[0].reference
    rows = zip(*folds(steps, LENGTH, HORIZON, BLOCK, FOLDS, EMBARGO), strict=True)
    return [(np.arange(trained), np.arange(first, end)) for trained, first, end in rows]


def measured(values, split, size, seed):
    """(parameters, seconds, error, naive error) of one training."""
    torch.set_num_threads(1)
    begun = time.process_time()
    train, validation = split
    every = data.windows(values, LENGTH, HORIZON)
    scaler = data.Scaler().fit(values[: every.index[train[-1], -1] + 1])
    x, y = scaler.transform(every.x), scaler.transform(every.y)
    model = SequenceModel("gru", 1, size, 1, horizon=HORIZON, seed=seed)
    history = training.fit(
        model,
        data.Windows(x[train], y[train], every.index[train]),
        epochs=round(UPDATES / math.ceil(len(train) / BATCH)),
        batch_size=BATCH,
        learning_rate=0.01,
        schedule="cosine",
        seed=seed,
        device="cpu",
        progress=False,
    )
    whole(history)
    truth, forecast = every.y[validation], scaler.inverse(training.predict(model, x[validation]))
    naive = data.seasonal_naive(every.x[validation], HORIZON, SEASON)
    parameters = sum(p.numel() for p in model.parameters())
    seconds = time.process_time() - begun
    return parameters, seconds, data.scores(truth, forecast).mae, data.scores(truth, naive).mae


def main():
    """Train every size on every fold with every seed and write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    values = data.load_elnino().values
    folds = splits(len(values))
    todo = list(product(SIZES, range(FOLDS), SEEDS))
    run = joblib.Parallel(n_jobs=arguments.jobs, batch_size=1)
    found = run(joblib.delayed(measured)(values, folds[fold], size, seed) for size, fold, seed in todo)
    text = io.StringIO()
    print("size,fold,seed,parameters,seconds,error,naive", file=text)
    for (size, fold, seed), (parameters, seconds, error, naive) in zip(todo, found, strict=True):
        print(f"{size},{fold},{seed},{parameters},{seconds:.2f},{error:.4f},{naive:.4f}", file=text)
    files.write(arguments.out, text.getvalue())


if __name__ == "__main__":
    main()
