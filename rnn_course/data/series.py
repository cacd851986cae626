"""Real series in time order, as `(time, feature)`, with what is missing said and not hidden."""

from dataclasses import dataclass, replace

import numpy as np

from rnn_course.data.provenance import provenance, read_columns
from rnn_course.tables import html_table
from rnn_course.validate import array, label, numbers, one_of, shape, text

WEATHER_STATIONS = ("EWR", "JFK", "LGA")
WEATHER_UNITS = {
    "temp": "°F",
    "dewp": "°F",
    "humid": "%",
    "wind_dir": "°",
    "wind_speed": "mph",
    "wind_gust": "mph",
    "precip": "in",
    "pressure": "mb",
    "visib": "miles",
}
# The source's, kept unless `keep_doubtful` is False: the learner meets them, and is told. The rule that finds them:
# more than 30 °F or 30 mph above, or below, the hour before, the hour after and both other stations. Nothing else in
# these channels comes to 17, and no gust outside a tornado was measured above 253 mph (WMO, Barrow Island 1996).
WEATHER_DOUBTS = {
    "EWR wind_speed": ("2013-02-12T08", "1,048 mph on 2013-02-12 at 08 UTC cannot be true"),
    "JFK temp": ("2013-05-09T02", "the fall of 44 °F for one hour, 2013-05-09 at 02 UTC, cannot be true"),
    "JFK dewp": ("2013-05-09T02", "the fall of 37 °F for one hour, 2013-05-09 at 02 UTC, cannot be true"),
}


def table(values, name="values"):
    """Return the numbers of a Series, or of an array `(time,)` or `(time, feature)`, as float64 `(time, feature)`.

    NaN stands for a missing value and passes. The result may share memory with `values`.

    Raises TypeError if the values are not real numbers; ValueError for another rank, an empty axis or an infinity.
    """
    if isinstance(values, Series):
        return values.values
    array = numbers(name, values)
    if array.ndim == 1:
        array = array[:, None]
    shape(name, array, (None, None), ("time", "feature"))
    if np.isinf(array).any():
        row, column = (int(k) for k in np.argwhere(np.isinf(array))[0])
        raise ValueError(f"{name} is infinite at row {row}, column {column}, it must be finite or NaN where missing")
    return array.astype(np.float64, copy=False)


@dataclass(frozen=True, eq=False, repr=False)
class Series:
    """A series in time order: one row of values per step, one column per channel, NaN where a value is missing.

    name      what it is, as text
    values    (time, feature) or (time,) real numbers; kept as a float64 copy (time, feature)
    times     (time,) numpy datetime64, or whole numbers such as years; strictly increasing
    channels  a name for each feature
    units     a unit for each feature, `""` where there is none
    source    where the values come from
    notes     what a reader must know, in plain text: what was absent, what was filled
    reading   what `read_series` took the file for, None where the values come from elsewhere

    `series[a:b]` is the part from step a up to b, a Series again; the notes still speak of the whole series.

    Raises ValueError where sizes disagree, times do not increase or a channel's name comes twice; TypeError where
    values are not numbers.

    >>> Series("tide", [1.2, float("nan"), 0.9], times=[0, 1, 2], channels=("level",), units=("m",))
    Series 'tide': 3 steps of 1 channel, 0 to 2
      level (m): 1 missing, 0.9 to 1.2
    """

    name: str
    values: np.ndarray
    times: np.ndarray
    channels: tuple
    units: tuple
    source: str = ""
    notes: str = ""
    reading: object = None

    def __post_init__(self):
        for name in ("name", "source", "notes"):
            text(name, getattr(self, name))
        values, times = table(self.values).copy(), array("times", self.times).copy()
        steps, features = values.shape
        shape("times", times, (steps,), ("time",))
        if times.dtype.kind not in "iuM":
            raise TypeError(f"times has dtype {times.dtype}, it must be datetime64 or whole numbers")
        stalled = np.flatnonzero(~(times[1:] > times[:-1]))
        if stalled.size:
            k = int(stalled[0])
            raise ValueError(f"times must increase, but {times[k]} at row {k} is followed by {times[k + 1]}")
        for name in ("channels", "units"):
            given = getattr(self, name)
            if not isinstance(given, list | tuple):
                raise TypeError(f"{name} is {given!r}, it must be a tuple of {features} names")
            if len(given) != features:
                raise ValueError(f"{name} has {len(given)} entries, values has {features} features")
            object.__setattr__(self, name, tuple(label(f"{name}[{k}]", entry) for k, entry in enumerate(given)))
        for k, channel in enumerate(self.channels):
            if channel in self.channels[:k]:
                raise ValueError(f"channels has {channel!r} twice, each channel must have a name of its own")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "times", times)

    def __len__(self):
        return len(self.values)

    def __getitem__(self, part):
        if not isinstance(part, slice):
            raise TypeError(
                f"a Series is cut by a slice such as series[0:100], not by {part!r}; numbers are in .values"
            )
        if not len(range(len(self))[part]):
            raise ValueError(f"the slice {part.start}:{part.stop} of a Series of {len(self)} steps is empty")
        return replace(self, values=self.values[part], times=self.times[part])

    @property
    def missing(self):
        """How many values are missing, as `{channel: count}`."""
        counts = np.isnan(self.values).sum(axis=0)
        return {channel: int(count) for channel, count in zip(self.channels, counts, strict=True)}

    def _rows(self):
        """Yield channel, unit, missing, smallest and largest value as text, for the two representations."""
        for k, (channel, missing) in enumerate(self.missing.items()):
            seen = self.values[~np.isnan(self.values[:, k]), k]
            extent = (f"{seen.min():g}", f"{seen.max():g}") if seen.size else ("–", "–")
            yield channel, self.units[k], f"{missing:,}", *extent

    def _title(self):
        channels = f"{len(self.channels)} channel{'s' * (len(self.channels) > 1)}"
        return f"Series {self.name!r}: {len(self):,} steps of {channels}, {self.times[0]} to {self.times[-1]}"

    def __repr__(self):
        rows = [
            f"  {channel}{f' ({unit})' if unit else ''}: {missing} missing, {low} to {high}"
            for channel, unit, missing, low, high in self._rows()
        ]
        return "\n".join([self._title(), *rows, *(f"  {remark}" for remark in self._remarks())])

    def _repr_html_(self):
        header = ("channel", "unit", "missing", "smallest", "largest")
        return html_table(self._rows(), header, self._title(), self._remarks())

    def _remarks(self):
        """What stands below the numbers: the notes, and what the file was taken for."""
        return [*([self.notes] if self.notes else []), *(str(self.reading).split("\n") if self.reading else [])]


def load_sunspots():
    """Load the yearly sunspot numbers, 1700 to 2008: 309 steps, one channel, nothing missing.

    Returns a Series; `times` are years as whole numbers.
    """
    columns = read_columns("sunspots.csv")
    return Series(
        name="sunspots",
        values=columns["sunspots"].astype(float),
        times=columns["year"].astype(int),
        channels=("sunspot number",),
        units=("",),
        source=provenance()["sunspots.csv"].source,
    )


def load_co2(fill=None):
    """Load the weekly CO2 concentration at Mauna Loa, March 1958 to December 2001: 2,284 steps, one channel, in ppm.

    fill   None leaves NaN in the 59 weeks that are missing; "linear" draws a straight line in time over each gap, which
           looks ahead to the gap's end, and the Series's notes say how many weeks were filled

    Returns a Series; `times` are the Saturdays, datetime64[D]. Raises ValueError for another `fill`.
    """
    one_of("fill", fill, (None, "linear"))
    columns = read_columns("co2.csv")
    values, times = columns["co2"].astype(float), columns["week"].astype("datetime64[D]")
    holes = np.isnan(values)
    notes = f"{holes.sum()} of {len(values):,} weeks are missing in the source"
    if fill is None:
        notes += ' and are NaN here; load_co2(fill="linear") fills them.'
    else:
        days = times.astype(int)
        values[holes] = np.interp(days[holes], days[~holes], values[~holes])
        notes += f"; all {holes.sum()} were filled by linear interpolation in time."
    return Series(
        name="CO2",
        values=values,
        times=times,
        channels=("CO2",),
        units=("ppm",),
        source=provenance()["co2.csv"].source,
        notes=notes,
    )


def load_elnino():
    """Load the monthly sea surface temperature of the El Niño region, 1950 to 2010: 732 steps, one channel, in °C.

    Returns a Series; `times` are months, datetime64[M]. Nothing is missing.
    """
    columns = read_columns("elnino.csv")
    return Series(
        name="El Niño",
        values=columns["temperature"].astype(float),
        times=columns["month"].astype("datetime64[M]"),
        channels=("sea temperature",),
        units=("°C",),
        source=provenance()["elnino.csv"].source,
    )


def load_weather(stations=WEATHER_STATIONS, channels=("temp", "dewp", "pressure", "wind_speed"), keep_doubtful=True):
    """Load the hourly weather of 2013 at three airports of New York, on a full hourly grid: 8,730 steps.

    stations       names out of EWR, JFK, LGA
    channels       names out of temp and dewp (°F), humid (%), wind_dir (° from north), wind_speed and wind_gust (mph),
                   precip (in), pressure (mb), visib (miles)
    keep_doubtful  False makes the three values NaN that cannot be true

    Returns a Series with a feature per station and channel, station by station, named as in "JFK temp"; `times` are
    hours in UTC, datetime64[h]. Hours that the source does not have are rows of NaN for that station, and the notes
    count them. UTC has no summer time: no hour is absent or comes twice because clocks were changed. Values are the
    source's own; the notes name three of them that cannot be true, and say so where they were taken out.

    Raises ValueError for an unknown or repeated name or another `keep_doubtful`, TypeError for text where a tuple is
    wanted.
    """
    _names("stations", stations, WEATHER_STATIONS)
    _names("channels", channels, tuple(WEATHER_UNITS))
    one_of("keep_doubtful", keep_doubtful, (True, False))
    columns = read_columns("weather.csv.gz")
    hours = columns["hour_utc"].astype("datetime64[h]")
    times = np.arange(hours.min(), hours.max() + 1)
    values = np.full((len(times), len(stations), len(channels)), np.nan)
    absent = []
    for k, station in enumerate(stations):
        here = columns["station"] == station
        rows = (hours[here] - times[0]).astype(int)
        values[rows, k] = np.stack([columns[channel][here].astype(float) for channel in channels], axis=1)
        absent.append(f"{len(times) - len(rows)} at {station}")
    names = tuple(f"{station} {channel}" for station in stations for channel in channels)
    gaps = f"Of {len(times):,} hours the source has no row for {', '.join(absent)}: these are NaN in all channels."
    values = values.reshape(len(times), -1)
    doubts = {name: doubt for name, doubt in WEATHER_DOUBTS.items() if name in names}
    notes = [gaps, *(f"{name}: {why}." for name, (_, why) in doubts.items())]
    if doubts and not keep_doubtful:
        for name, (hour, _) in doubts.items():
            values[times == np.datetime64(hour), names.index(name)] = np.nan
        notes.append("What cannot be true was taken out and is NaN.")
    return Series(
        name="weather",
        values=values,
        times=times,
        channels=names,
        units=tuple(WEATHER_UNITS[channel] for channel in channels) * len(stations),
        source=provenance()["weather.csv.gz"].source,
        notes=" ".join(notes),
    )


def _names(name, given, known):
    if not isinstance(given, list | tuple):
        raise TypeError(f"{name} is {given!r}, it must be a tuple of names such as {known[:1]}")
    for entry in given:
        one_of(f"an entry of {name}", entry, known)
    if not given or len(set(given)) != len(given):
        raise ValueError(f"{name} is {given!r}, it must be one or more different names out of {', '.join(known)}")
