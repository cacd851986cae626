"""Record which hidden size is chosen as the training part grows, as the task gets harder, and by a shuffled split.

    python tools/record_hidden_size.py --out rnn_course/data/recorded/hidden_size.json --rows ROWS

Sunspots (yearly), the temperature at Newark (hourly, gaps filled by straight lines) and sums of sine waves. Every run
takes the same number of updates, whatever its training part, so that more data does not mean longer training. ROWS is a
folder that gets every result as it comes: a run that was stopped goes on from there. About ten minutes on two cores.
"""

import argparse
import json
import math
import os
import platform
from datetime import date
from pathlib import Path

import joblib
import numpy as np
import torch

from rnn_course import data, files
from rnn_course.models import SequenceModel
from rnn_course.selection import choose_hidden_size

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BATCH = 32


def maker(horizon):
    """What makes a GRU of a size that forecasts so many steps at once."""
    return lambda size, seed: SequenceModel("gru", 1, size, 1, horizon=horizon, seed=seed)


def newark():
    """The hourly temperature in °F, each missing hour on the straight line between its neighbours."""
    values = data.load_weather(("EWR",), ("temp",)).values[:, 0]
    hours, missing = np.arange(len(values)), np.isnan(values)
    return np.interp(hours, hours[~missing], values[~missing])


def waves(number, steps=1000):
    """A sum of sine waves with random periods from 5 to 40 steps and phases, and a little noise."""
    rng = np.random.default_rng(number)
    periods, phases = 5 * 8 ** rng.random(number), rng.uniform(0, 2 * np.pi, number)
    clean = np.sin(2 * np.pi * np.arange(steps)[:, None] / periods + phases).sum(axis=1) / math.sqrt(number)
    return clean + rng.normal(0, 0.02, steps)


SIZES = [1, 2, 4, 8, 16, 32, 64]
COMMON = {
    "sunspots": {"length": 22, "folds": 4, "seeds": 2, "validation": 24, "updates": 200},
    "waves": {"length": 40, "folds": 3, "seeds": 2, "validation": 60, "updates": 300},
    "newark": {"length": 24, "folds": 3, "seeds": 2, "validation": 500, "updates": 300},
}
SWEEPS = [
    *({"series": "sunspots", "horizon": 1, "max_train": n} for n in (30, 60, 120)),
    *({"series": "sunspots", "horizon": h, "max_train": 120} for h in (5, 11)),
    *({"series": "sunspots", "horizon": h, "max_train": 120, "shuffled": True} for h in (1, 11)),
    *({"series": "waves", "waves": m, "horizon": 1, "max_train": 500} for m in (1, 3, 9)),
    *({"series": "newark", "horizon": 6, "max_train": n} for n in (100, 700, 4900)),
    {"series": "newark", "horizon": 24, "max_train": 4900},
    {"series": "newark", "horizon": 6, "max_train": 4900, "shuffled": True},
]


def sweep(settings, rows, n_jobs):
    """Run one sweep, with its final score, and return what the record keeps of it."""
    name, horizon, max_train = (settings[key] for key in ("series", "horizon", "max_train"))
    shuffled, common = settings.get("shuffled", False), COMMON[name]
    series = {"sunspots": data.load_sunspots, "newark": newark, "waves": lambda: waves(settings["waves"])}[name]()
    epochs = round(common["updates"] / math.ceil(max_train / BATCH))
    found = choose_hidden_size(
        maker(horizon),
        series,
        SIZES,
        length=common["length"],
        horizon=horizon,
        folds=common["folds"],
        seeds=common["seeds"],
        validation=None if shuffled else common["validation"],
        max_train=max_train,
        shuffled=shuffled,
        options={"epochs": epochs, "batch_size": BATCH, "learning_rate": 0.01, "schedule": "cosine"},
        n_jobs=n_jobs,
        file=rows / ("-".join(f"{key}-{value}" for key, value in settings.items()) + ".jsonl"),
        progress=False,
    )
    final = found.final or found.final_score()
    return settings | {
        "errors": {size: np.round(errors, 5).tolist() for size, errors in found.errors.items()},
        "parameters": found.parameters,
        "seconds": {size: round(seconds, 3) for size, seconds in found.seconds.items()},
        "best": found.best,
        "chosen": found.chosen,
        "final": vars(final),
    }


def main():
    """Run every sweep and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--rows", required=True, type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    arguments.rows.mkdir(parents=True, exist_ok=True)
    sweeps = []
    for settings in SWEEPS:
        sweeps.append(sweep(settings, arguments.rows, arguments.jobs))
        shown = {key: sweeps[-1][key] for key in ("best", "chosen")} | {"final": sweeps[-1]["final"]["error"]}
        print(settings, shown, flush=True)
    record = {
        "command": f"python tools/record_hidden_size.py --out {os.path.relpath(arguments.out, ROOT)} --rows ROWS",
        "date": date.today().isoformat(),
        "versions": {
            "python": platform.python_version(),
            **{module.__name__: module.__version__ for module in (joblib, np, torch)},
        },
        "settings": {
            "cell": "gru",
            "sizes": SIZES,
            "batch_size": BATCH,
            "learning_rate": 0.01,
            "schedule": "cosine",
            **COMMON,
        },
        "sweeps": sweeps,
    }
    files.write(arguments.out, json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
