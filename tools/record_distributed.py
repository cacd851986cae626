"""Record what the chapter on several processes cannot run: what kills cost, two processes against one, a slow link.

    python tools/record_distributed.py                 every part, about ten minutes; hosts need Linux and root
    python tools/record_distributed.py speed           this part alone; the others stay as they were

Each part is a section of the record, with its own date, processor, and how busy the machine was before it began.
"""

import argparse
import json
import os
import platform
import statistics
from datetime import date
from operator import itemgetter
from pathlib import Path

import torch

from rnn_course import devices, files
from rnn_course.distributed import launch, trials
from rnn_course.models import SequenceModel

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "rnn_course/data/recorded/distributed.json"
COMMAND = "python tools/record_distributed.py"
PROGRAM = "rnn_course.distributed.worker"
SEEDS = (0, 1, 2, 3, 4)
SIZES = (  # from a step that is shorter than a message to one that is much longer
    {"hidden-size": 16, "batch-size": 32, "examples": 640, "epochs": 10},
    {"hidden-size": 64, "batch-size": 256, "examples": 2048, "epochs": 8},
    {"hidden-size": 256, "batch-size": 256, "examples": 2048, "epochs": 3},
)
REPEATS = 5
RATES = (None, "10mbit", "1mbit")
FLOATS, EXCHANGES = (1_000, 10_000, 100_000, 300_000, 1_000_000, 3_000_000), 60
SLOW = {"rate": "100mbit", "floats": 1_000_000, "hosts": (2, 4, 8), "repeats": 5}
KILLS = {
    "a worker": {"killed": "worker"},
    "a worker of two hosts": {"killed": "worker", "several": True},
    "a host": {"killed": "host", "several": True},
    "a host, silently": {"killed": "host", "several": True, "silent": True, "absent": 8.0},
    "the host of the store": {"killed": "host", "several": True, "victim": 0, "absent": None, "timeout": 60},
    "that host, the store elsewhere": {"killed": "host", "several": True, "victim": 0, "store": "elsewhere"},
    "that host, the store a file": {"killed": "host", "several": True, "victim": 0, "store": "file"},
    "a host, the store shared": {"killed": "host", "several": True, "sharing": True},
}


def words(options):
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def gradients():
    """A batch of the adding task in parts of 24 and 8: how wrong the mean of means is, and the weighted mean."""
    rows = []
    for after in (0, 3):
        for seed in SEEDS:
            given = ("--shares", 24, 8, "--seed", seed, "--after", after)
            found = launch(PROGRAM, "gradients", *given, workers=2)[0]
            rows.append(
                {"seed": seed, "after": after, **{k: found[k] for k in ("weighted", "mean_of_means", "relative")}}
            )
    return rows


def speed():
    """The same training by one process and by two, in turn, each with one thread: seconds of a step, the median.

    The seconds of all of it are there too; half of one goes into what two processes do once, to meet and to connect.

    And with half the batch, by one process and by two that do not exchange anything: what each of two computes in a
    step, as if the other were not there and while it is; "slower" is of two steps beside each other the longer one.
    """
    rows = []
    for size in SIZES:
        half = words(size | {"batch-size": size["batch-size"] // 2})
        ways = {"1": (words(size), 1), "2": (words(size), 2), "half": (half, 1), "beside": ([*half, "--apart"], 2)}
        runs = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, (given, workers) in ways.items():
                runs[name].append(launch(PROGRAM, "train", *given, workers=workers))
        seconds = {name: [run[0]["seconds"] for run in found] for name, found in runs.items()}
        each = {name: steps_of(found, itemgetter(0)) for name, found in runs.items()}
        each["slower"] = steps_of(runs["beside"], max)
        parameters = sum(p.numel() for p in SequenceModel("gru", 2, size["hidden-size"]).parameters())
        ratio = round(each["1"] / each["2"], 3)
        rows.append(size | {"seconds": seconds, "ratio": ratio, "step": each, "parameters": parameters})
    return rows


def steps_of(runs, of_workers):
    """The median of a step's seconds, over all steps of all runs; of_workers takes one of what each worker had."""
    steps = [step for run in runs for step in zip(*(report["step_seconds"] for report in run), strict=True)]
    return statistics.median(map(of_workers, steps))


def exchange():
    """Seconds of an all-reduce: on this machine's loopback, between two hosts, and over slow links.

    The median, and the quarter that went quickest: where processes sleep and are woken, one in three waits 3 to 4 ms.
    """

    def row(place, workers, rate, found):
        return [{"place": place, "workers": workers, "rate": rate, "floats": int(floats), "times": len(seconds),
                 "mean": statistics.fmean(seconds), "median": statistics.median(seconds),
                 "quick": statistics.quantiles(seconds, n=4)[0]}
                for floats, seconds in found[0]["seconds"].items()]  # fmt: skip

    asked = ("exchange", "--floats", *FLOATS, "--repeats", EXCHANGES)
    rows = row("loopback", 2, None, launch(PROGRAM, *asked, workers=2))
    rows += row("hosts", 2, None, trials.on_hosts(asked))
    for count in SLOW["hosts"]:
        asked = ("exchange", "--floats", SLOW["floats"], "--repeats", SLOW["repeats"])
        rows += row("hosts", count, SLOW["rate"], trials.on_hosts(asked, count, SLOW["rate"]))
    return rows


def kills():
    """Each kind of kill once: seconds until all were training again, and whether the end was the same bit for bit."""
    rows = []
    for name, options in KILLS.items():
        found = trials.trial(**options)
        kept = {"recovery": found.recovery and round(found.recovery, 1), "seconds": round(found.seconds, 1)}
        rows.append({"kill": name, "same": found.same, "again": found.again, "codes": found.codes, **kept})
    return rows


def link():
    """Seconds of the small training on two hosts over links of several rates."""
    return [{"rate": rate} | trials.over_a_link(rate) for rate in RATES]


PARTS = {part.__name__: part for part in (gradients, speed, exchange, link, kills)}


def written(out, name, rows, busy):
    """Put a part's rows into the record; the other parts stay."""
    with files.locked(out):
        record = json.loads(out.read_text("utf8")) if out.exists() else {}
        section = {"command": f"{COMMAND} {name}", "date": date.today().isoformat(), "rows": rows,
                   "processor": devices.processor(), "cores": os.cpu_count(), "busy": busy}  # fmt: skip
        record = {
            "command": COMMAND,
            "date": date.today().isoformat(),
            "versions": {"python": platform.python_version(), "torch": torch.__version__},
            "settings": {
                "repeats": REPEATS,
                "training": [str(word) for word in trials.TRAINING],
                "kills": KILLS,
                "exchanges": EXCHANGES,
                "slow": SLOW,
            },
            "parts": record.get("parts", {}) | {name: section},
        }
        files.write(out, json.dumps(record, ensure_ascii=False, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    for name in given.parts or PARTS:
        busy = f"load average of the minute before: {os.getloadavg()[0]:.1f}"
        rows = PARTS[name]()
        written(given.out, name, rows, busy)
        print(f"{name}: {json.dumps(rows)}", flush=True)


if __name__ == "__main__":
    main()
