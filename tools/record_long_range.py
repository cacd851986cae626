"""Record how long a memory each cell learns in a fixed budget: the adding task, also with chrono biases that are told
another length, the copy task, digits pixel by pixel, and El Niño six months ahead.

    python tools/record_long_range.py --out rnn_course/data/recorded/long_range.json

Every network is a NumPy cell with a Readout, 32 hidden units, float32, trained with Adam on batches of 32 (El Niño: on
all windows at once) and clipped at a norm of one. Takes about half an hour on one core.
"""

import argparse
import json
import os
import platform
from datetime import date

import numpy as np

from rnn_course import data, files
from rnn_course.cells import GRU, LSTM, Adam, Readout, SimpleRNN, clip_norm

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HIDDEN, BATCH, SEEDS = 32, 32, 5
ADDING = {"lengths": [10, 20, 50, 100, 200, 400], "updates": 1500, "learning_rate": 0.003}
COPY = {"lengths": [1, 5, 10, 20, 40], "updates": 3000, "learning_rate": 0.005, "symbols": 4, "length": 3}
ELNINO = {"lengths": [6, 12, 24, 48], "updates": 120, "learning_rate": 0.01, "horizon": 6}
DIGITS = {"lengths": [64], "epochs": 20, "learning_rate": 0.003, "train": 1200}
TOLD = ADDING | {"lengths": [10, 400], "sequence": 100, "kinds": ["chrono LSTM"], "seeds": 10}


def chrono(cell, longest, rng):
    """Biases for memories of 1 to `longest` steps, drawn uniformly (Tallec & Ollivier 2018, equation 16)."""
    cell.b_f = np.log(rng.uniform(1, max(2, longest - 1), cell.hidden_size)).astype(cell.dtype)
    cell.b_i = -cell.b_f
    return cell


MAKERS = {
    "simple RNN": lambda inputs, length, seed: SimpleRNN(inputs, HIDDEN, dtype=np.float32, seed=seed),
    "LSTM": lambda inputs, length, seed: LSTM(inputs, HIDDEN, dtype=np.float32, seed=seed),
    "GRU": lambda inputs, length, seed: GRU(inputs, HIDDEN, dtype=np.float32, seed=seed),
    "chrono LSTM": lambda inputs, length, seed: chrono(
        LSTM(inputs, HIDDEN, dtype=np.float32, seed=seed), length, np.random.default_rng(seed)
    ),
}


class Network:
    """A cell and a readout that are trained together."""

    def __init__(self, cell, readout, learning_rate):
        self.cell, self.readout = cell, readout
        self.adam = Adam({**cell.parameters, **readout.parameters}, learning_rate)

    def update(self, x, target, every_step):
        """One update; the loss counts at every step or at the last one. Returns the loss before it."""
        h, _ = self.cell.forward(x)
        loss, grads = self.readout.loss(h if every_step else h[:, -1], target)
        grad_h = np.zeros_like(h)
        grad_h[:, slice(None) if every_step else -1] = grads.h
        through_time = self.cell.backward(grad_h)
        self.adam.step(clip_norm({**through_time.parameters, **grads.parameters}, 1.0)[0])
        return loss

    def predict(self, x):
        """The readout's output at every step."""
        return self.readout.forward(self.cell.forward(x)[0])


def adding(kind, length, seed, told=None):
    """Mean squared error over the last 100 updates; every batch is fresh. 1/6 is what a constant reaches.

    told: the length that the chrono biases are drawn for; by default the task's own.
    """
    rng = np.random.default_rng(seed)
    readout = Readout(HIDDEN, 1, dtype=np.float32, seed=seed)
    net = Network(MAKERS[kind](2, told or length, seed), readout, ADDING["learning_rate"])
    losses = []
    for _ in range(ADDING["updates"]):
        x, y = data.adding_task(BATCH, length, rng)
        losses.append(2 * net.update(x.astype(np.float32), y.astype(np.float32), every_step=False))
    return float(np.mean(losses[-100:]))


def copying(kind, delay, seed):
    """Share of the symbols recalled, on ten fresh batches after training. One in `symbols` is what guessing reaches."""
    rng, symbols, length = np.random.default_rng(seed), COPY["symbols"], COPY["length"]
    one_hot = np.eye(symbols + 2, dtype=np.float32)
    readout = Readout(HIDDEN, symbols + 2, "softmax", dtype=np.float32, seed=seed)
    net = Network(MAKERS[kind](symbols + 2, delay + 2 * length, seed), readout, COPY["learning_rate"])
    for _ in range(COPY["updates"]):
        x, y = data.copy_task(BATCH, delay, rng, symbols, length)
        net.update(one_hot[x], y, every_step=True)
    x, y = data.copy_task(10 * BATCH, delay, rng, symbols, length)
    recalled = net.predict(one_hot[x])[:, -length:].argmax(2)
    return float((recalled == y[:, -length:]).mean())


def digits(kind, length, seed):
    """Accuracy on the images that were not trained on, each read as 64 pixels, one a step."""
    rng, images = np.random.default_rng(seed), data.load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    train, test = images[order[: DIGITS["train"]]], images[order[DIGITS["train"] :]]
    scale = train.x.max()
    readout = Readout(HIDDEN, 10, "softmax", dtype=np.float32, seed=seed)
    net = Network(MAKERS[kind](1, length, seed), readout, DIGITS["learning_rate"])
    for _ in range(DIGITS["epochs"]):
        for batch in np.array_split(rng.permutation(len(train)), len(train) // BATCH):
            net.update((train.x[batch] / scale).astype(np.float32), train.y[batch], every_step=False)
    guess = net.predict((test.x / scale).astype(np.float32))[:, -1].argmax(1)
    return float((guess == test.y).mean())


def elnino(kind, length, seed):
    """Mean absolute error in °C of the sea temperature six months after windows of `length` months, test part."""
    parts = data.forecast_splits(data.load_elnino(), length=length, horizon=ELNINO["horizon"])
    readout = Readout(HIDDEN, 1, dtype=np.float32, seed=seed)
    net = Network(MAKERS[kind](1, length, seed), readout, ELNINO["learning_rate"])
    x, y = (array.astype(np.float32) for array in (parts.train.x, parts.train.y[:, -1]))
    for _ in range(ELNINO["updates"]):
        net.update(x, y, every_step=False)
    error = net.predict(parts.test.x.astype(np.float32))[:, -1] - parts.test.y[:, -1]
    return float(np.abs(error).mean() * parts.scaler.scale[0])


def told_another(kind, told, seed):
    """As `adding`, the sequences as long as TOLD says, the chrono biases drawn for another length."""
    return adding(kind, TOLD["sequence"], seed, told)


TASKS = {
    "adding": (adding, ADDING),
    "adding, told another length": (told_another, TOLD),
    "copy": (copying, COPY),
    "digits": (digits, DIGITS),
    "elnino": (elnino, ELNINO),
}


def measured(task):
    """Every cell, length and seed of one task."""
    (run, settings), results = TASKS[task], {}
    seeds = range(settings.get("seeds", SEEDS))
    for kind in settings.get("kinds", MAKERS):
        results[kind] = {str(n): [run(kind, n, seed) for seed in seeds] for n in settings["lengths"]}
        print(task, kind, {n: np.round(values, 4).tolist() for n, values in results[kind].items()}, flush=True)
    return {"date": date.today().isoformat(), "settings": settings, "results": results}


def main():
    """Run the tasks and write the record; with --task, one of them anew and the others as they are recorded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--task", choices=TASKS)
    options = parser.parse_args()
    record = {
        "command": f"python tools/record_long_range.py --out {os.path.relpath(options.out, ROOT)}",
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version(), "numpy": np.__version__},
        "settings": {"hidden": HIDDEN, "batch": BATCH, "seeds": SEEDS, "dtype": "float32"},
    }
    if options.task:
        with open(options.out, encoding="utf-8") as file:
            kept = json.load(file)
        if any(kept[field] != record[field] for field in ("versions", "settings")):
            raise SystemExit("the record was made with other versions or settings: record every task again")
        record["tasks"] = kept["tasks"] | {options.task: measured(options.task)}
    else:
        record["tasks"] = {task: measured(task) for task in TASKS}
    files.write(options.out, json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
