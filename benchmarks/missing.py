"""python -m benchmarks.missing: every way of filling gaps on the hourly weather, as METHODS has them, and PyPOTS.

Twelve channels, hourly, without the three values that cannot be true, cut to whole 48-hour windows, the first 70 % to
train; removal is drawn over the whole series before anything is fitted; errors are on the removed values of the rest,
in standard deviations of what was left of the training part. Every network trains for the same seconds of one
processor. `brits_as_ours` is our BRITS with what else the course's own network has: its width, batch size, learning
rate and schedule, and windows that overlap. At the end our GRU-D and BRITS are set beside PyPOTS's after equally many
epochs. Every result is saved as it comes; a run that was stopped goes on from there.
"""

import argparse
import json
import platform
import time
from datetime import date
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import torch

from benchmarks.harness import Row, machine
from rnn_course import files
from rnn_course.data import load_weather
from rnn_course.missing import METHODS, NETWORKS, mcar, outages, score, take

RECORD = Path(__file__).parent.parent / "rnn_course" / "data" / "recorded" / "missing.json"
WINDOW, SECONDS, SEEDS = 48, 60, 5
STATIONS = [list(range(k, k + 4)) for k in (0, 4, 8)]
REMOVALS = {
    "10 % at random": lambda x, seed: mcar(x, 0.1, seed),
    "50 % at random": lambda x, seed: mcar(x, 0.5, seed),
    "station outages": lambda x, seed: outages(x, 0.2, 12, STATIONS, seed),
}
GOALS = {"10 % at random": 0.92, "50 % at random": 0.94, "station outages": 0.65}


def weather():
    """The values `(time, 12)` in whole windows, and how many steps are for training."""
    values = load_weather(keep_doubtful=False).values
    count = len(values) // WINDOW
    return values[: count * WINDOW], int(0.7 * count) * WINDOW


class PyPOTS:
    """A network of PyPOTS behind the course's protocol: the same window, states, batch and rate as ours, and budget."""

    def __init__(self, name, *, seed=0, seconds=None, epochs=None):
        from pypots import imputation

        class Timed(getattr(imputation, name)):
            """PyPOTS counts epochs alone: out of time, it is interrupted as by Ctrl-C, and keeps its best epoch."""

            end, batches = np.inf, 0

            def _assemble_input_for_training(self, data):
                if time.thread_time() > self.end:
                    raise KeyboardInterrupt
                self.batches += 1
                return super()._assemble_input_for_training(data)

        self.network, self.seed, self.seconds, self.epochs = Timed, seed, seconds or np.inf, epochs or 10**6

    def fit(self, x):
        """Train on windows one after another."""
        self.mean, self.spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
        windows = self._windows(x)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            options = {"rnn_hidden_size": 64, "batch_size": 32, "epochs": self.epochs}
            self.model = self.network(WINDOW, x.shape[1], **options, device="cpu", verbose=False)
            self.model.end = time.thread_time() + self.seconds
            self.model.fit({"X": windows})
        self.model.end = np.inf  # the same method assembles what is to be filled
        self.passed = self.model.batches // -(-len(windows) // 32)
        return self

    def _windows(self, x):
        return ((x - self.mean) / self.spread).reshape(-1, WINDOW, x.shape[1])

    def fill(self, x):
        """Fill window by window."""
        return self.model.impute({"X": self._windows(x)}).reshape(x.shape) * self.spread + self.mean


AS_OURS = {"hidden": 96, "batch_size": 16, "learning_rate": 4e-3, "schedule": "cosine", "overlap": True}
RIVALS = {
    "brits_as_ours": partial(METHODS["brits"], **AS_OURS),
    "pypots_brits": partial(PyPOTS, "BRITS"),
    "pypots_gru_d": partial(PyPOTS, "GRUD"),
}


def candidates():
    """Every method that fills, BRITS trained as the course's own network is, and PyPOTS's where it is installed."""
    return [*METHODS, "brits_as_ours", *["pypots_brits"] * bool(find_spec("pypots"))]


def measure(name, removal, seed, **budget):
    """Fit one method to the gappy training part, fill the series, and score the rest."""
    x, train = weather()
    removed = REMOVALS[removal](x, seed)
    gappy = take(x, removed)
    scale = np.nanstd(gappy[:train], axis=0)  # the truth's would be known to nobody who fits a method
    options = {"seed": seed} | (budget or {"seconds": SECONDS}) if name in (*NETWORKS, *RIVALS) else {}
    method = (METHODS | RIVALS)[name](**options)
    start, cpu = time.perf_counter(), time.process_time()
    filled = method.fit(gappy[:train]).fill(gappy)
    spent, cpu = time.perf_counter() - start, time.process_time() - cpu
    result = score(x[train:], filled[train:], removed[train:], scale)
    return {
        "method": name,
        "removal": removal,
        "seed": seed,
        "mae": round(result.mae, 5),
        "rmse": round(result.rmse, 5),
        "count": result.count,
        "seconds": round(spent, 2),
        "cpu_seconds": round(cpu, 2),
        "epochs": getattr(method, "passed", None),
    }


EQUAL = {"epochs": 15, "removal": "10 % at random", "seeds": [0, 1, 2]}


def equal_epochs():
    """Our GRU-D and BRITS and PyPOTS's after equally many epochs: results, and ratios of mean errors, ours first."""
    pairs = {name: f"pypots_{name}" for name in ("gru_d", "brits")}
    results = [
        measure(name, EQUAL["removal"], seed, epochs=EQUAL["epochs"])
        for seed, pair in product(EQUAL["seeds"], pairs.items())
        for name in pair
    ]
    names = [*pairs.keys(), *pairs.values()]
    mean = {name: np.mean([r["mae"] for r in results if r["method"] == name]) for name in names}
    return EQUAL | {"ratios": {o: round(mean[o] / mean[p], 4) for o, p in pairs.items()}, "results": results}


def provenance(seeds=SEEDS, note=""):
    """How the record is made again, and on what it was made."""
    import scipy
    import sklearn
    import statsmodels

    modules = (np, scipy, torch, sklearn, statsmodels)
    versions = {"python": platform.python_version()} | {module.__name__: module.__version__ for module in modules}
    if find_spec("pypots"):
        versions["pypots"] = version("pypots")
    settings = {"window": WINDOW, "train": 0.7, "seconds": SECONDS, "threads": 1, "seeds": list(range(seeds))}
    settings["brits_as_ours"] = AS_OURS
    return {
        "command": "python -m benchmarks.missing" + f" --seeds {seeds}" * (seeds != SEEDS),
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": versions,
        "settings": settings | ({"note": note} if note else {}),
    }


def summary(record):
    """Lines of a table: each method's mean error on each removal, the course's to the line's, and what beats it."""
    errors = {}
    for r in record["results"]:
        errors.setdefault(r["method"], {}).setdefault(r["removal"], []).append(r["mae"])
    mean = {name: {removal: np.mean(by.get(removal, np.nan)) for removal in REMOVALS} for name, by in errors.items()}
    lines = [f"{'method':14}" + "".join(f"{removal:>20}" for removal in REMOVALS)]
    lines += [f"{name:14}" + "".join(f"{error:20.4f}" for error in row.values()) for name, row in mean.items()]
    ratios = {removal: mean["course"][removal] / mean["linear"][removal] for removal in REMOVALS}
    cells = [f"{f'{ratio:.3f} (goal {GOALS[removal]})':>20}" for removal, ratio in ratios.items()]
    lines.append(f"{'course/linear':14}" + "".join(cells))
    for removal in REMOVALS:
        first = min(mean, key=lambda name: mean[name][removal])
        if first != "course":
            lines.append(f"{removal}: {first} is better than the course's own network")
    if "pypots_brits" not in mean:
        lines.append("PyPOTS was not installed: pip install -e '.[bench]' adds its BRITS to the run")
    if equal := record.get("equal_epochs"):
        ratios = ", ".join(f"{name} {ratio:.3f}" for name, ratio in equal["ratios"].items())
        lines.append(f"our error to PyPOTS's after {equal['epochs']} epochs, {equal['removal']}: {ratios}")
    return lines


def rows():
    """One removal with one seed: the course's own network against the straight line, as a claim of `make bench`."""
    removal = "station outages"
    line, course = (measure(name, removal, 0) for name in ("linear", "course"))
    detail = f"errors {line['mae']:.3f} and {course['mae']:.3f}, {course['seconds']:.0f} s of training"
    return [
        Row(f"{removal}: the line's error to the course's", line["mae"] / course["mae"], 1 / GOALS[removal], detail)
    ]


def notes():
    """What was recorded for every removal, seed and method."""
    if not RECORD.exists():
        return ["Filling gaps: nothing is recorded yet, make bench-long does it"]
    record = json.loads(RECORD.read_text("utf-8"))
    seeds = len(record["settings"]["seeds"])
    title = f"Filling gaps, mean of {seeds} seeds, recorded on {record['date']} by {record['command']}"
    return [title, *summary(record)]


def main():
    """Measure every case, saving after each beside the record, which is replaced when all are there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=RECORD, help="the record to write")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many removals of each kind, each with a seed")
    parser.add_argument("--note", default="", help="what else the settings shall say, such as what ran beside it")
    parser.add_argument("--equal-epochs", action="store_true", help="print that comparison alone; nothing is recorded")
    arguments = parser.parse_args()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        if arguments.equal_epochs:
            print(json.dumps(equal_epochs(), indent=1))
        else:
            run(arguments.out, arguments.seeds, arguments.note)
    finally:
        torch.set_num_threads(threads)


def run(out, seeds, note):
    """Measure what the unfinished record beside `out` lacks, and put it in the record's place."""
    part, where = out.with_suffix(".part"), provenance(seeds, note)
    made = json.loads(part.read_text("utf-8")) if part.exists() else {"results": []}
    made = {"results": [r for r in made["results"] if r["seed"] < seeds]}
    done = {(r["method"], r["removal"], r["seed"]) for r in made["results"]}
    cases = [c for c in product(range(seeds), REMOVALS, candidates()) if (c[2], c[1], c[0]) not in done]
    for seed, removal, name in cases:
        made["results"].append(measure(name, removal, seed))
        print(made["results"][-1], flush=True)
        files.write(part, json.dumps(where | made, indent=1) + "\n")
    if find_spec("pypots"):
        made["equal_epochs"] = equal_epochs()
    files.write(part, json.dumps(where | made, indent=1) + "\n")
    part.replace(out)
    print(*summary(made), sep="\n")


if __name__ == "__main__":
    main()
