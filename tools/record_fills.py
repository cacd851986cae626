"""Record the networks' fills that the missingness laboratory shows.

    python tools/record_fills.py --out rnn_course/data/recorded/fills.json

Each network is trained once, on one thread, on the first 70 % of the hourly weather of three stations, of which 15 %
was taken in outages of 12 hours and 15 % of the rest at random. It then fills the laboratory's stretches, which lie in
the last 30 %, at each setting of a grid: the laboratory's channel has the holes of the setting, and in an outage the
whole station has them. The channels besides are as the source has them. About two minutes.
"""

import argparse
import json
import os
import platform
from datetime import date
from itertools import product

import numpy as np
import torch

from rnn_course import files
from rnn_course.data import load_weather
from rnn_course.missing import METHODS, mcar, outages, take
from rnn_course.widgets.missing_laboratory import NEIGHBOUR, NETWORKS, STATION, WEATHER, removal, setting

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EPOCHS, SEED, TRAIN = 60, 0, 0.7
STATIONS = [list(range(k, k + 4)) for k in (0, 4, 8)]
OUTAGES, LENGTH, AT_RANDOM = 0.15, 12, 0.15
RATES, LENGTHS = (0.1, 0.3, 0.5), (6, 12, 24)
SEEDS = 5, 18  # with which blocks and outages take a share near the rate, in every stretch and length
DIGITS = {"temp": 1, "pressure": 2, "wind_speed": 1}  # kept after the point


def trained(name, values, epochs):
    """The network, fitted to the gappy training part."""
    x = values[: int(TRAIN * len(values))]
    x = take(x, outages(x, OUTAGES, LENGTH, STATIONS, SEED))
    return METHODS[name](seed=SEED, epochs=epochs).fit(take(x, mcar(x, AT_RANDOM, SEED)))


def grid():
    """Every setting: (series, mechanism, rate, gap_length, seed)."""
    for series, rate, seed in product(WEATHER, RATES, SEEDS):
        yield from ((series, mechanism, rate, LENGTHS[0], seed) for mechanism in ("mcar", "mar", "mnar"))
        yield from ((series, how, rate, n, seed) for how, n in product(("blocks", "outages"), LENGTHS))


def fills(methods, data, place):
    """What each network puts into the holes of a setting, in the order of time, as `{name: list}`."""
    series, mechanism, *_ = place
    first, steps = WEATHER[series]
    x = data.values[first : first + steps].copy()
    column, given = (data.channels.index(f"{station} {series}") for station in (STATION, NEIGHBOUR))
    removed = removal(x[:, [column]], x[:, [given]], *place[1:])[:, 0]
    group = next(group for group in STATIONS if column in group) if mechanism == "outages" else [column]
    x[np.ix_(removed, group)] = np.nan
    return {name: method.fill(x)[removed, column].round(DIGITS[series]).tolist() for name, method in methods.items()}


def main():
    """Train every network, fill at every setting, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    data = load_weather()
    methods = {name: trained(name, data.values, arguments.epochs) for name in NETWORKS}
    record = {
        "command": f"python tools/record_fills.py --out {os.path.relpath(arguments.out, ROOT)}",
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__},
        "settings": {
            "epochs": arguments.epochs,
            "threads": 1,
            "seed": SEED,
            "train": TRAIN,
            "outages": OUTAGES,
            "length": LENGTH,
            "at_random": AT_RANDOM,
            "rates": RATES,
            "lengths": LENGTHS,
            "seeds": SEEDS,
        },
        "fills": {setting(*place): fills(methods, data, place) for place in grid()},
    }
    text = json.dumps(record, separators=(",", ":"))
    files.write(arguments.out, text.replace('"fills":{', '"fills":{\n').replace("]},", "]},\n"))


if __name__ == "__main__":
    main()
