"""The missingness laboratory: values taken from a series whose truth is known, and what each fill makes of it."""

from functools import cache

import numpy as np
from traitlets import Bool, Dict, Enum, Int, List, Unicode, validate

from rnn_course.data import Series, load_co2, load_record, load_weather
from rnn_course.data.series import table
from rnn_course.missing import METHODS, blocks, distortion, gap_lengths, mar, mcar, mnar, outages, score, score_by_gap
from rnn_course.missing import take as taken
from rnn_course.moments import mean_and_spread
from rnn_course.validate import finite, positive_int
from rnn_course.widgets.arguments import time_labels
from rnn_course.widgets.kit import Explorable, Finite, script

MECHANISMS = ("mcar", "mar", "mnar", "blocks", "outages")
SIMPLE = ("mean", "median", "last", "next", "linear", "seasonal")  # computed in the page
NETWORKS = ("gru_d", "brits", "course")  # recorded
FILLS = (*SIMPLE, *NETWORKS)
EDGES = (1, 2, 4, 7, 13, 25)  # the shortest gap of each group of lengths; the last group is open
LENGTHS = (2, 4, 6, 12, 24, 48)  # of blocks and outages, at each of which they are drawn once more
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
STRENGTH = 2.0  # of mar and mnar
TABLES = {  # what the page needs of these
    "edges": list(EDGES),
    "lengths": list(LENGTHS),
    "quantiles": list(QUANTILES),
    "strength": STRENGTH,
    "simple": list(SIMPLE),
    "networks": list(NETWORKS),
}
STEPS = (24, 480)  # the fewest and the most of a series of one's own
# Stretches of the weather in which the channel and its neighbour are whole; all lie in the last 30 % of the year.
STATION, NEIGHBOUR = "JFK", "LGA"
WEATHER = {"temp": (6144, 240), "pressure": (6144, 144), "wind_speed": (7848, 240)}  # first step, steps
NAMES = {"temp": "Temperature", "pressure": "Pressure", "wind_speed": "Wind speed"}
CO2 = (2044, 240)


class Draws(np.random.Generator):
    """Uniform numbers that Python and the page draw alike: Marsaglia's xorshift of 32 bits.

    x ^= x << 13, x ^= x >> 17, x ^= x << 5, all modulo 2³²; u = (x − ½) / 2³². It begins at (seed + 1) · 2654435761
    modulo 2³², which scatters small seeds, and its first 16 numbers are left out. Source: Marsaglia (2003), Xorshift
    RNGs, section 3.
    """

    def __init__(self, seed):
        super().__init__(np.random.PCG64(0))  # never drawn from
        self.x = (positive_int("seed", seed, least=0, most=None) + 1) * 2654435761 % 2**32
        self.random(16)

    def random(self, size):
        """Uniform numbers above 0 and below 1, of shape `size`, row by row."""
        drawn = np.empty(int(np.prod(size)))
        for k in range(len(drawn)):
            self.x ^= self.x << 13 & 0xFFFFFFFF
            self.x ^= self.x >> 17
            self.x ^= self.x << 5 & 0xFFFFFFFF
            drawn[k] = (self.x - 0.5) / 2**32
        return drawn.reshape(size)

    def gumbel(self, size):
        """Standard Gumbel numbers, −log(−log u)."""
        return -np.log(-np.log(self.random(size)))


class MissingLaboratory(Explorable):
    """Take values away from a complete series by a mechanism, fill them, and compare with the truth.

    Shown are the truth, the holes and the fills; the mean absolute error by the length of the gap, for which blocks and
    outages are drawn once more at each length; the quantiles and the autocorrelation of the filled series against those
    of the true one. The simple fills of `rnn_course.missing` are
    fitted to what is left of the stretch itself and computed in the page. The networks' fills are recorded
    (`load_record("fills")`) for some settings of the weather: see `recorded_settings()`.

    Arguments:
        own: a series of one's own to choose besides the four that ship and to open on: a Series, or numbers (time,) or
            (time, 2), complete, of 24 to 480 steps. A second channel is the neighbour given which values go under MAR;
            without one that is the time of the period, cos(2π t / period).
        period: steps in one season of `own`.

    Controls, all traits that can be read, set and observed:
        series: "temp", "pressure", "wind_speed", "co2" or, where there is one, "own".
        mechanism: "mcar", "mar" (the larger the neighbour's value), "mnar" (the larger its own value), "blocks" of this
            channel or "outages" of its whole station, which differ to a network alone.
        rate: the share asked for, from .05 to .6; a draw of blocks or outages takes it on average only.
        gap_length: steps of a block or outage, from 2 to 48; the others take single values.
        seed: of the removal, from 0 to 99.
        fills: a list of "mean", "median", "last", "next", "linear", "seasonal", "gru_d", "brits" and "course".
        zoom: how many steps the picture shows: 0 for all, 96 or 48.
        show_truth: False hides the truth in the holes, and with it every error.
        cursor, gap, lag, quantile: where the exact values are read: the step from 1, the group of gap lengths from 0,
            the lag from 1 and the quantile from 0; what is beyond the last stands at the last, and a group without a
            gap at the nearest that has one.

    Raises TypeError or ValueError, naming the argument, for a series that is not complete, too short or too long.
    """

    _esm = script("missing_laboratory")

    tables = Dict().tag(sync=True)
    stretches = Dict().tag(sync=True)
    recorded = Dict().tag(sync=True)
    recorded_on = Unicode().tag(sync=True)

    series = Unicode("temp").tag(sync=True, control=True)
    mechanism = Enum(MECHANISMS, "blocks").tag(sync=True, control=True)
    rate = Finite(0.3, min=0.05, max=0.6).tag(sync=True, control=True)
    gap_length = Int(12, min=2, max=48).tag(sync=True, control=True)
    seed = Int(5, min=0, max=99).tag(sync=True, control=True)
    fills = List(["mean", "last", "linear", "course"]).tag(sync=True, control=True)
    zoom = Enum([0, 96, 48], 96).tag(sync=True, control=True)
    show_truth = Bool(True).tag(sync=True, control=True)
    cursor = Int(70, min=1).tag(sync=True, control=True)
    gap = Int(3, min=0, max=len(EDGES) - 1).tag(sync=True, control=True)
    lag = Int(24, min=1).tag(sync=True, control=True)
    quantile = Int(2, min=0, max=len(QUANTILES) - 1).tag(sync=True, control=True)

    def __init__(self, own=None, period=24):
        record = load_record("fills")
        stretches = _weather() | {"co2": _co2()}
        if own is not None:
            stretches["own"] = _own(own, positive_int("period", period, least=2))
        super().__init__(
            tables=TABLES,
            stretches=stretches,
            recorded=record["fills"],
            recorded_on=f"{record['date']}, after {record['settings']['epochs']} epochs of training each",
            series="temp" if own is None else "own",
        )

    def __repr__(self):
        steps = ", ".join(f"{name} {len(stretch['values'])}" for name, stretch in self.stretches.items())
        return f"MissingLaboratory(steps: {steps})"

    @validate("series")
    def _known(self, proposal):
        if proposal["value"] not in self.stretches:
            raise ValueError(f"series is {proposal['value']!r}, it must be one of {', '.join(self.stretches)}")
        return proposal["value"]

    @validate("fills")
    def _known_fills(self, proposal):
        unknown = [name for name in proposal["value"] if name not in FILLS]
        if unknown:
            raise ValueError(f"fills has {unknown[0]!r}, they must be among {', '.join(FILLS)}")
        return [name for name in FILLS if name in proposal["value"]]

    def recorded_settings(self):
        """The settings at which there are networks' fills: a list of (series, mechanism, rate, gap_length, seed).

        `gap_length` is None where the mechanism takes single values.
        """
        places = [key.split() for key in self.recorded]
        return [
            (name, how, float(rate), None if n == "-" else int(n), int(seed)) for name, how, rate, n, seed in places
        ]

    def compute(self):
        """Return by `rnn_course.missing` itself what the page computes.

        Returns `{"removed": (time,) whether a value was taken; "gaps": (time,) the length of the gap each step lies in;
        "counts": how many of the values taken lie in gaps of each group of lengths; "truth": the measures of the whole
        series; "fills": {name: {"values": (time,), "mae", "rmse", "by_gap": the MAE of each group, NaN where there is
        none, and the measures}}, the networks only where a fill is recorded; "by_length": {name: the MAE of blocks or
        outages drawn with each of `LENGTHS`, NaN where there is none}}`. The measures are "mean", "variance",
        "quantiles", "autocorrelation" at the lags from 1, and "correlation" with the neighbour.
        """
        stretch = self.stretches[self.series]
        truth, given = self._channels()
        lags = range(1, stretch["lags"] + 1)
        removed = self._removal(self.gap_length)

        def measures(values):
            both = np.hstack([values, given])
            found = {name: pair[1] for name, pair in distortion(both, both, lags, QUANTILES).items()}
            return {name: found[name][..., 0] for name in ("mean", "variance", "quantiles", "autocorrelation")} | {
                "correlation": found["correlation"][0, 1]
            }

        lengths = gap_lengths(removed)
        return {
            "removed": removed[:, 0],
            "gaps": lengths[:, 0],
            "counts": [int(((lengths >= low) & (lengths < high)).sum()) for low, high in GROUPS],
            "truth": measures(truth),
            "fills": {
                name: {"values": filled[:, 0]} | _errors(truth, filled, removed) | measures(filled)
                for name, filled in self._fills(self.gap_length).items()
            },
            "by_length": self._by_length(),
        }

    def _channels(self):
        """The channel and its neighbour, each (time, 1)."""
        stretch = self.stretches[self.series]
        return np.array([stretch["values"], stretch["given"]])[..., None]

    def _removal(self, gap_length):
        return removal(*self._channels(), self.mechanism, self.rate, gap_length, self.seed)

    def _fills(self, gap_length):
        """The filled series (time, 1) by name; a network's only where one is recorded."""
        truth, removed = self._channels()[0], self._removal(gap_length)
        found = self.recorded.get(setting(self.series, self.mechanism, self.rate, gap_length, self.seed), {})
        fills, holes = {}, taken(truth, removed)
        for name in () if removed.all() else self.fills:
            if name in SIMPLE:
                options = {"period": self.stretches[self.series]["period"]} if name == "seasonal" else {}
                fills[name] = METHODS[name](**options).fit(holes).fill(holes)
            elif name in found:
                fills[name] = truth.copy()
                fills[name][removed] = found[name]
        return fills

    def _by_length(self):
        """The mean absolute error of each fill at each of `LENGTHS`, NaN where there is none."""
        errors = {name: [np.nan] * len(LENGTHS) for name in self.fills}
        for k, length in enumerate(LENGTHS if self.mechanism in ("blocks", "outages") else ()):
            removed = self._removal(length)
            for name, filled in self._fills(length).items() if removed.any() else ():
                errors[name][k] = score(self._channels()[0], filled, removed).mae
        return errors


GROUPS = list(zip(EDGES, [*EDGES[1:], np.inf], strict=True))


def removal(truth, given, mechanism, rate, gap_length, seed):
    """What is taken of a channel (time, 1), True where; `given` (time, 1) is the neighbour, itself kept whole."""
    rng = Draws(seed)
    if mechanism == "mcar":
        return mcar(truth, rate, rng)
    if mechanism == "mar":
        return mar(np.hstack([truth, given]), rate, given=1, strength=STRENGTH, seed=rng)[:, :1]
    if mechanism == "mnar":
        return mnar(truth, rate, STRENGTH, seed=rng)
    if mechanism == "blocks":
        return blocks(truth, rate, gap_length, rng)
    return outages(truth, rate, gap_length, [[0]], rng)


def setting(series, mechanism, rate, gap_length, seed):
    """The key of a setting in the record, such as "temp blocks 0.3 12 0", "-" where there is no length to set."""
    length = gap_length if mechanism in ("blocks", "outages") else "-"
    return f"{series} {mechanism} {rate} {length} {seed}"


def _errors(truth, filled, removed):
    if not removed.any():
        return {"mae": None, "rmse": None, "by_gap": [np.nan] * len(EDGES)}
    whole, groups = score(truth, filled, removed), score_by_gap(truth, filled, removed, removed, EDGES)
    by_gap = {low: found.mae for (low, _), found in groups.items()}
    return {"mae": whole.mae, "rmse": whole.rmse, "by_gap": [by_gap.get(low, np.nan) for low in EDGES]}


def _stretch(name, unit, values, given, given_name, period, times=None):
    """A series as the page needs it, in values that JSON carries to the last bit."""
    return {
        "name": name,
        "unit": unit,
        "values": values.tolist(),
        "given": given.tolist(),
        "given_name": given_name,
        "period": period,
        "lags": min(2 * period, len(values) // 2),
        "times": time_labels(times, len(values)),
    }


@cache
def _weather():
    series = load_weather((STATION, NEIGHBOUR), tuple(WEATHER))
    stretches = {}
    for k, (channel, (first, steps)) in enumerate(WEATHER.items()):
        part = series[first : first + steps]
        given = f"{NAMES[channel].lower()} at {NEIGHBOUR}"
        values, neighbour = part.values[:, k], part.values[:, len(WEATHER) + k]
        name = f"{NAMES[channel]}, {STATION}"
        stretches[channel] = _stretch(name, part.units[k], values, neighbour, given, 24, part.times)
    return stretches


def _co2():
    part = load_co2()[CO2[0] : sum(CO2)]
    return _stretch("CO₂, weekly", "ppm", part.values[:, 0], _clock(len(part), 52), "time of the year", 52, part.times)


def _clock(steps, period):
    return np.cos(2 * np.pi * np.arange(steps) / period)


def _own(own, period):
    values = finite("own", table(own, "own"))
    steps, channels = values.shape
    if channels > 2:
        raise ValueError(f"own has {channels} channels, wanted one and, if there is one, its neighbour")
    if not STEPS[0] <= steps <= STEPS[1]:
        raise ValueError(f"own has {steps} steps, it must have from {STEPS[0]} to {STEPS[1]}")
    if mean_and_spread(values)[1][0] == 0:
        raise ValueError(f"own is {values[0, 0]:g} at every step, a constant has no holes to speak of")
    named = isinstance(own, Series)
    names = own.channels if named else ("Your own series", "second channel")
    given, given_name = (values[:, 1], names[1]) if channels == 2 else (_clock(steps, period), "time of the period")
    times, unit = (own.times, own.units[0]) if named else (None, "")
    return _stretch(names[0], unit, values[:, 0], given, given_name, period, times)
