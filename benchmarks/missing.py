"""python -m benchmarks.missing: every way of filling gaps on the hourly weather, as METHODS has them, and PyPOTS.

Twelve channels, hourly, cut to whole 48-hour windows, the first 70 % to train; removal is drawn over the whole series
before anything is fitted; errors are in the training part's standard deviations, on the removed values of the rest.
Every result is saved as it comes; a run that was stopped goes on from there.
"""

import argparse
import json
import platform
import time
from datetime import date
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import torch

from benchmarks.harness import Row, machine
from rnn_course.data import load_weather
from rnn_course.missing import METHODS, mcar, outages, score, take

RECORD = Path(__file__).parent.parent / "rnn_course" / "data" / "recorded" / "missing.json"
WINDOW, SECONDS, SEEDS = 48, 60, range(5)
STATIONS = [list(range(k, k + 4)) for k in (0, 4, 8)]
REMOVALS = {
    "10 % at random": lambda x, seed: mcar(x, 0.1, seed),
    "50 % at random": lambda x, seed: mcar(x, 0.5, seed),
    "station outages": lambda x, seed: outages(x, 0.2, 12, STATIONS, seed),
}
NETWORKS = ("gru_d", "brits", "course")
GOALS = {"10 % at random": 0.92, "50 % at random": 0.94, "station outages": 0.65}


def weather():
    """The values `(time, 12)` in whole windows, and how many steps are for training."""
    values = load_weather().values
    count = len(values) // WINDOW
    return values[: count * WINDOW], int(0.7 * count) * WINDOW


class PyPOTS:
    """PyPOTS's BRITS behind the course's protocol: as many epochs as fit into the seconds, timed on the first two."""

    def __init__(self, seed, seconds):
        self.seed, self.seconds = seed, seconds

    def _model(self, epochs):
        from pypots.imputation import BRITS

        torch.manual_seed(self.seed)
        return BRITS(WINDOW, self.features, 64, batch_size=32, epochs=epochs, device="cpu", verbose=False)

    def fit(self, x):
        """Train on windows one after another."""
        self.mean, self.spread, self.features = np.nanmean(x, axis=0), np.nanstd(x, axis=0), x.shape[1]
        start = time.perf_counter()
        self._model(2).fit({"X": self._windows(x)})
        each = (time.perf_counter() - start) / 2
        self.passed = max(1, int(self.seconds / each))
        self.model = self._model(self.passed)
        self.model.fit({"X": self._windows(x)})
        return self

    def _windows(self, x):
        return ((x - self.mean) / self.spread).reshape(-1, WINDOW, self.features)

    def fill(self, x):
        """Fill window by window."""
        return self.model.impute({"X": self._windows(x)}).reshape(x.shape) * self.spread + self.mean


def candidates():
    """Every method that fills, and PyPOTS's BRITS where it is installed."""
    names = [name for name in METHODS if name != "drop"]
    return names + ["pypots_brits"] * bool(find_spec("pypots"))


def measure(name, removal, seed, seconds=SECONDS):
    """Fit one method to the gappy training part, fill the series, and score the rest."""
    x, train = weather()
    removed = REMOVALS[removal](x, seed)
    gappy, scale = take(x, removed), np.nanstd(x[:train], axis=0)
    make = PyPOTS if name == "pypots_brits" else METHODS[name]
    options = {"seed": seed, "seconds": seconds} if name in (*NETWORKS, "pypots_brits") else {}
    start = time.perf_counter()
    method = make(**options).fit(gappy[:train])
    filled = method.fill(gappy)
    spent = time.perf_counter() - start
    result = score(x[train:], filled[train:], removed[train:], scale)
    return {
        "method": name,
        "removal": removal,
        "seed": seed,
        "mae": round(result.mae, 5),
        "rmse": round(result.rmse, 5),
        "count": result.count,
        "seconds": round(spent, 2),
        "epochs": getattr(method, "passed", None),
    }


def provenance():
    """How the record is made again, and on what it was made."""
    import sklearn
    import statsmodels

    modules = (np, torch, sklearn, statsmodels)
    versions = {"python": platform.python_version()} | {module.__name__: module.__version__ for module in modules}
    if find_spec("pypots"):
        import pypots

        versions["pypots"] = pypots.__version__
    return {
        "command": "python -m benchmarks.missing",
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": versions,
        "settings": {"window": WINDOW, "train": 0.7, "seconds": SECONDS, "threads": 2, "seeds": list(SEEDS)},
    }


def summary(results):
    """Lines of a table: each method's mean error on each removal, and the course's ratio to the line's."""
    errors = {}
    for r in results:
        errors.setdefault(r["method"], {}).setdefault(r["removal"], []).append(r["mae"])
    mean = {name: [np.mean(by.get(removal, np.nan)) for removal in REMOVALS] for name, by in errors.items()}
    lines = [f"{'method':14}" + "".join(f"{removal:>20}" for removal in REMOVALS)]
    lines += [f"{name:14}" + "".join(f"{error:20.4f}" for error in row) for name, row in mean.items()]
    ratios = zip(mean["course"], mean["linear"], GOALS.values(), strict=True)
    lines.append(
        f"{'course/linear':14}" + "".join(f"{f'{c / line:.3f} (goal {goal})':>20}" for c, line, goal in ratios)
    )
    if "pypots_brits" not in mean:
        lines.append("PyPOTS was not installed: pip install -e '.[bench]' adds its BRITS to the run")
    return lines


def rows():
    """One removal with one seed: the course's own network against the straight line, as a claim of `make bench`."""
    removal = "station outages"
    line, course = (measure(name, removal, SEEDS[0]) for name in ("linear", "course"))
    detail = f"errors {line['mae']:.3f} and {course['mae']:.3f}, {course['seconds']:.0f} s of training"
    return [
        Row(f"{removal}: the line's error to the course's", line["mae"] / course["mae"], 1 / GOALS[removal], detail)
    ]


def notes():
    """What was recorded for every removal, seed and method."""
    if not RECORD.exists():
        return ["Filling gaps: nothing is recorded yet, make bench-long does it"]
    record = json.loads(RECORD.read_text("utf-8"))
    title = f"Filling gaps, mean of {len(SEEDS)} seeds, recorded on {record['date']} by {record['command']}"
    return [title, *summary(record["results"])]


def main():
    """Measure every case, saving after each beside the record, which is replaced when all are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RECORD)
    out = parser.parse_args().out
    part = out.with_suffix(".part")
    results = json.loads(part.read_text("utf-8"))["results"] if part.exists() else []
    done = {(r["method"], r["removal"], r["seed"]) for r in results}
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for seed, removal, name in product(SEEDS, REMOVALS, candidates()):
            if (name, removal, seed) not in done:
                results.append(measure(name, removal, seed))
                print(results[-1], flush=True)
                part.write_text(json.dumps(provenance() | {"results": results}, indent=1) + "\n", "utf-8")
    finally:
        torch.set_num_threads(threads)
    part.replace(out)
    print(*summary(results), sep="\n")


if __name__ == "__main__":
    main()
