"""Record what the chapter on attention cannot run in a minute: reversing, parity and recall.

    python tools/record_attention.py                               every part, about four hours of one processor
    python tools/record_attention.py reversal --rivals dot rotary  these alone
    python tools/record_attention.py parity recall                 these parts alone; the others stay as they were

A run that is in the record already is not made again, so that the command may be stopped and given again, and that
parts may run side by side. Budgets are seconds of one processor: how many updates fit is measured on the first forty,
and the row says how many there were, since seconds do not reproduce. Rates are tried with the first seed, and the best
on strings drawn for that alone is taken for the others.
"""

import argparse
import json
import platform
import time
from datetime import date
from pathlib import Path

import numpy as np
import torch
from whole import whole

from rnn_course import attention, data, devices, files
from rnn_course.attention.recorded import best_rate
from rnn_course.attention.training import spread
from rnn_course.models import CausalModel, EncoderDecoder, Stepper

OUT = Path(__file__).resolve().parent.parent / "rnn_course/data/recorded/attention.json"
COMMAND = "python tools/record_attention.py"
SEEDS = (0, 1, 2)
CHOOSING, JUDGING = 50_000, 60_000  # seeds of the strings on which rates are chosen, and on which rows are judged

SYMBOLS = len(data.reversal_task(1, 1, 1, np.random.default_rng(0)).symbols_x)
PLACES = 128  # that random places are drawn from: more than the longest string and its answer have


def two(hidden_size, kind):
    return lambda seed: EncoderDecoder(SYMBOLS, SYMBOLS, hidden_size, 32, kind, seed=seed)


def one(positions, mixers=("attention", "attention"), longest=None):
    return lambda seed: CausalModel(2 * SYMBOLS, SYMBOLS, 64, mixers, 4, positions, longest=longest, seed=seed)


# name: how it is built, and out of how many places its columns are read, None for one after another
REVERSAL = {
    "none": (two(80, None), None),
    "additive": (two(72, "additive"), None),
    "dot": (two(72, "dot"), None),
    "rotary": (one("rotary"), None),
    "no positions": (one("none"), None),
    "alibi": (one("alibi"), None),
    "rotary, random places": (one("rotary"), PLACES),
    "gru, attention": (one("none", ("gru", "attention")), None),
}
# What may help a Transformer on longer strings is tried with one budget. The longest is for the one that has not come
# to the end with less, at the rate that was best with the one before it.
BUDGETS = {30: list(REVERSAL)[:4], 100: list(REVERSAL), 300: ["none"]}
# What is best on the lengths of the training need not be best beyond them: these have the highest rate as well.
HIGHEST = {"budget": 100, "rivals": ("additive", "dot")}
LENGTHS, RATES = (5, 10, 15, 20, 25, 30, 40), (2e-3, 5e-3, 1e-2)
TRAINED = 20  # the longest string that is trained on

MIXERS = {
    "gru": ("gru",),
    "lstm": ("lstm",),
    "diagonal": ("diagonal",),
    "positive_diagonal": ("positive_diagonal",),
    "min_gru": ("min_gru",),
    "attention": ("attention", "attention"),
}
PARITY = {"width": 32, "time": 40, "budget": 20, "times": (40, 100, 300, 1000), "chosen": 300}
PARITY_RATES = (1e-3, 3e-3, 1e-2)
# name: what mixes in the two layers, the positions, and the budget
RECALLING = {
    "gru": (("gru", "gru"), "none", 100),
    "diagonal": (("diagonal", "diagonal"), "none", 100),
    "rotary": (("attention", "attention"), "rotary", 100),
    "gru, attention": (("gru", "attention"), "none", 100),
}
RECALL = {"width": 64, "symbols": 64, "pairs": (4, 8, 16, 32, 64), "trained": 32, "gap": 63,
          "gaps": (100, 1000, 9000)}  # fmt: skip
RECALL_RATES = (3e-3, 1e-2)
STEP = {"rivals": ("gru", "rotary", "gru, attention"), "lengths": (100, 1000, 10_000), "repeats": 100}


class Record:
    """The file, read and written under a lock, so that several processes can add to it."""

    def __init__(self, path):
        self.path = path

    def read(self):
        return json.loads(self.path.read_text("utf8")) if self.path.exists() else {"parts": {}}

    def row(self, part, key):
        """The row of a part with these values, or None."""
        rows = self.read()["parts"].get(part, {}).get("rows", [])
        return next((row for row in rows if key.items() <= row.items()), None)

    def add(self, part, row):
        with files.locked(self.path):
            record = self.read()
            section = record["parts"].setdefault(part, {"rows": []})
            section["rows"] = sorted([*section["rows"], row], key=lambda row: json.dumps(row, sort_keys=True))
            section |= {"command": f"{COMMAND} {part}", "date": date.today().isoformat(),
                        "processor": devices.processor()}  # fmt: skip
            files.write(self.path, json.dumps(head() | {"parts": record["parts"]}, ensure_ascii=False, indent=1) + "\n")
        print(part, row, flush=True)


def head():
    """What the record says of all its parts."""
    versions = {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__}
    settings = {"lengths": LENGTHS, "trained": TRAINED, "places": PLACES, "parity": PARITY}
    settings |= {"recall": RECALL, "step": STEP}
    return {"command": COMMAND, "date": date.today().isoformat(), "versions": versions, "settings": settings}


def parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())


def trained(build, draw, budget, rate, seed, places=None):
    """Return a network trained for a budget of processor seconds, and what a row says of that."""
    options = {"learning_rate": rate, "random_places": places, "seed": seed, "progress": False}
    whole(attention.fit(build(seed), draw, updates=5, **options))  # what is slow at first
    before = time.process_time()
    whole(attention.fit(build(seed), draw, updates=40, **options))
    updates = max(50, int(budget / (time.process_time() - before) * 40))
    model, before = build(seed), time.process_time()
    progress = whole(attention.fit(model, draw, updates=updates, every=max(1, updates // 10), **options))
    said = {"seed": seed, "rate": rate, "updates": updates, "seconds": round(time.process_time() - before, 1),
            "parameters": parameters(model), "nats": np.round(progress.nats, 4).tolist()}  # fmt: skip
    return model, said


def best_of(rates, record, part, key, run):
    """Run every rate with the first seed and the best of them with the others; what is recorded is not run."""
    for rate in rates:
        if record.row(part, key | {"seed": SEEDS[0], "rate": rate}) is None:
            record.add(part, key | run(rate, SEEDS[0]))
    with_seeds(best(rates, record, part, key), record, part, key, run)


def with_seeds(rate, record, part, key, run):
    """Run a rate with the seeds that it has no row of."""
    for seed in SEEDS:
        if record.row(part, key | {"seed": seed, "rate": rate}) is None:
            record.add(part, key | run(rate, seed))


def best(rates, record, part, key):
    """Return the rate whose row of the first seed was chosen."""
    return best_rate([record.row(part, key | {"seed": SEEDS[0], "rate": rate}) for rate in rates])


def reversal(record, rivals):
    def draw(n, rng):
        return data.reversal_task(n, 1, TRAINED, rng)

    def whole(model, length, seed, places, n=500):
        pairs = data.reversal_task(n, length, length, np.random.default_rng(seed + length))
        at = None if places is None else spread(2 * length + 1, places)
        return round(float(attention.right(model, pairs, at).mean()), 3)

    for before, (budget, compared) in zip((None, *BUDGETS), BUDGETS.items(), strict=False):
        for rival in [name for name in compared if name in (rivals or compared)]:
            build, places = REVERSAL[rival]

            def run(rate, seed, build=build, places=places, budget=budget):
                model, said = trained(build, draw, budget, rate, seed, places)
                chosen_by = np.mean([whole(model, length, CHOOSING, places) for length in (10, 15, 20)])
                right = {str(length): whole(model, length, JUDGING, places) for length in LENGTHS}
                return said | {"chosen_by": round(float(chosen_by), 4), "right": right}

            longest = budget == max(BUDGETS)
            rates = [best(RATES, record, "reversal", {"rival": rival, "budget": before})] if longest else RATES
            key = {"rival": rival, "budget": budget}
            best_of(rates, record, "reversal", key, run)
            if budget == HIGHEST["budget"] and rival in HIGHEST["rivals"]:
                with_seeds(max(RATES), record, "reversal", key, run)


def parity(record, rivals):
    def draw(n, rng):
        return data.parity_task(n, PARITY["time"], rng)

    def last(model, time, seed, n=400):
        """Share of right answers over the last ten places of so many bits."""
        x, y = data.parity_task(n, time, np.random.default_rng(seed + time))
        return round(float(attention.correct(model, (x, y), rows=50)[0][:, -10:].mean()), 3)

    for rival in rivals or MIXERS:

        def build(seed, rival=rival):
            return CausalModel(2, None, PARITY["width"], MIXERS[rival], 4, "none" if rival != "attention" else "rotary",
                               seed=seed)  # fmt: skip

        def run(rate, seed, build=build):
            model, said = trained(build, draw, PARITY["budget"], rate, seed)
            right = {str(time): last(model, time, JUDGING) for time in PARITY["times"]}
            return said | {"chosen_by": last(model, PARITY["chosen"], CHOOSING), "right": right}

        best_of(PARITY_RATES, record, "parity", {"rival": rival}, run)


def recall(record, rivals):
    count = RECALL["symbols"]
    known = [pairs for pairs in RECALL["pairs"] if pairs <= RECALL["trained"]]

    def asked(n, pairs, rng, gap=0):
        return data.recall_task(n, pairs, rng, count, count, gap=gap)

    def draw(n, rng):
        return asked(n, int(rng.choice(known)), rng, int(rng.integers(RECALL["gap"], endpoint=True)))

    def found(model, pairs, seed, gap=0, n=200):
        x, y, where = asked(n, pairs, np.random.default_rng(seed + pairs + gap), gap)
        right = attention.correct(model, (x, y, where), rows=1 if gap > 1000 else 50)[0]
        return round(float(right[where].mean()), 3)

    for rival in rivals or RECALLING:
        mixers, positions, budget = RECALLING[rival]

        def build(seed, mixers=mixers, positions=positions):
            return CausalModel(2 * count + 1, None, RECALL["width"], mixers, 4, positions, seed=seed)

        def run(rate, seed, build=build, budget=budget):
            model, said = trained(build, draw, budget, rate, seed)
            right = {str(pairs): found(model, pairs, JUDGING) for pairs in RECALL["pairs"]}
            far = {str(gap): found(model, 4, JUDGING, gap, n=25) for gap in RECALL["gaps"]}
            return said | {"chosen_by": found(model, 16, CHOOSING), "right": right, "far": far}

        best_of(RECALL_RATES, record, "recall", {"rival": rival}, run)


def step(record, rivals):
    """Milliseconds of one step after a text of a length, the median, in NumPy and in torch, and what is kept for it.

    "whole" is one pass over the whole text, which is what a step takes where nothing is kept.
    """
    for rival in rivals or STEP["rivals"]:
        if record.row("step", {"rival": rival, "length": max(STEP["lengths"])}) is not None:
            continue
        mixers, positions, _ = RECALLING[rival]
        model = CausalModel(2 * RECALL["symbols"] + 1, None, RECALL["width"], mixers, 4, positions)
        stepper, text = Stepper(model), torch.zeros(1, max(STEP["lengths"]), dtype=torch.long)
        with torch.no_grad():
            read, state = model.start(), None
            for length in STEP["lengths"]:
                for part in text[:, read.count : length].split(500, dim=1):
                    _, read = model(part, read)
                while state is None or state.count < length:
                    _, state = stepper.step(0, state)
                kept = state.nbytes
                state, in_numpy = stepped(stepper.step, 0, state)
                read, in_torch = stepped(model, text[:, :1], read)
                whole = [timed(model, text[:, :length])[0] for _ in range(5)]
                ms = {"numpy": in_numpy, "torch": in_torch, "whole": whole}
                ms = {name: round(float(np.median(seconds)) * 1e3, 4) for name, seconds in ms.items()}
                record.add("step", {"rival": rival, "length": length, "bytes": kept} | ms)


def stepped(one, symbol, state):
    """Take some steps; return the state after them, and the seconds of each."""
    seconds = []
    for _ in range(STEP["repeats"]):
        taken, (_, state) = timed(one, symbol, state)
        seconds.append(taken)
    return state, seconds


def timed(call, *given):
    """The seconds that a call took, and what it returned."""
    before = time.perf_counter()
    found = call(*given)
    return time.perf_counter() - before, found


PARTS = {"reversal": (reversal, REVERSAL), "parity": (parity, MIXERS), "recall": (recall, RECALLING),
         "step": (step, RECALLING)}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--rivals", nargs="+", default=None, help="names of a part's rivals; all of them by default")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    torch.set_num_threads(1)
    for part in given.parts or PARTS:
        run, known = PARTS[part]
        if unknown := set(given.rivals or ()) - set(known):
            parser.error(f"{part} has no rival {min(unknown)!r}, it has {', '.join(map(repr, known))}")
        run(Record(given.out), given.rivals)


if __name__ == "__main__":
    main()
