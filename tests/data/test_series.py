"""The shipped series, held against the packages they came from and against published numbers, and what a Series is."""

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.datasets

import rnn_course.data as data
from rnn_course.data.provenance import read_columns
from rnn_course.data.series import WEATHER_STATIONS, WEATHER_UNITS


def gaps(missing):
    """The lengths of the runs of True."""
    edges = np.diff(np.concatenate([[0], missing.astype(int), [0]]))
    return np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)


def test_sunspots_are_those_of_statsmodels():
    series = data.load_sunspots()
    oracle = statsmodels.datasets.sunspots.load_pandas().data
    np.testing.assert_array_equal(series.values[:, 0], oracle["SUNACTIVITY"])
    np.testing.assert_array_equal(series.times, oracle["YEAR"])
    assert len(series) == 309 and series.times[[0, -1]].tolist() == [1700, 2008]
    assert series.missing == {"sunspot number": 0}


def test_co2_is_that_of_statsmodels_with_its_holes():
    series = data.load_co2()
    oracle = statsmodels.datasets.co2.load_pandas().data
    np.testing.assert_array_equal(series.values[:, 0], oracle["co2"])
    np.testing.assert_array_equal(series.times, oracle.index.values.astype("datetime64[D]"))
    lengths = gaps(np.isnan(series.values[:, 0]))
    assert (len(series), series.missing, lengths.max()) == (2284, {"CO2": 59}, 18)
    assert "59 of 2,284 weeks are missing" in series.notes and "59 missing" in repr(series)


def test_co2_filled_says_so_and_is_the_straight_line_of_pandas():
    holes, filled = data.load_co2(), data.load_co2(fill="linear")
    oracle = statsmodels.datasets.co2.load_pandas().data["co2"].interpolate(method="time")
    np.testing.assert_allclose(filled.values[:, 0], oracle, rtol=1e-14)
    seen = ~np.isnan(holes.values)
    np.testing.assert_array_equal(filled.values[seen], holes.values[seen])
    assert filled.missing == {"CO2": 0}
    assert "59 were filled by linear interpolation" in filled.notes and filled.notes in repr(filled)


def test_co2_refuses_another_fill():
    with pytest.raises(ValueError, match=r"fill is 'mean', it must be one of None, 'linear'"):
        data.load_co2(fill="mean")


def test_elnino_is_the_table_of_statsmodels_read_row_by_row():
    series = data.load_elnino()
    oracle = statsmodels.datasets.elnino.load_pandas().data
    assert oracle.shape == (61, 13)
    np.testing.assert_array_equal(series.values.reshape(61, 12), oracle.iloc[:, 1:])
    assert [str(t) for t in series.times[[0, 1, -1]]] == ["1950-01", "1950-02", "2010-12"]
    assert series.missing == {"sea temperature": 0}


def test_weather_stands_on_a_full_hourly_grid():
    series = data.load_weather(channels=tuple(WEATHER_UNITS))
    assert series.values.shape == (8730, 27)
    assert [str(t) for t in series.times[[0, -1]]] == ["2013-01-01T06", "2013-12-30T23"]
    assert (np.diff(series.times) == np.timedelta64(1, "h")).all()
    absent = {s: series.missing[f"{s} visib"] for s in WEATHER_STATIONS}
    assert absent == {"EWR": 27, "JFK": 24, "LGA": 24}
    assert "27 at EWR, 24 at JFK, 24 at LGA" in series.notes


def test_weather_is_missing_where_the_source_says():
    series = data.load_weather(channels=tuple(WEATHER_UNITS))
    absent = {"EWR": 27, "JFK": 24, "LGA": 24}
    missing = {c: series.missing[c] - absent[c[:3]] for c in series.channels}
    pressure = {s: missing[f"{s} pressure"] for s in WEATHER_STATIONS}
    assert pressure == {"EWR": 935, "JFK": 831, "LGA": 963}
    totals = {c: sum(missing[f"{s} {c}"] for s in WEATHER_STATIONS) for c in WEATHER_UNITS}
    assert (totals["wind_dir"], totals["wind_gust"], totals["visib"]) == (460, 20778, 0)
    holes = np.isnan(data.load_weather(channels=("visib",)).values)
    assert [len(gaps(column)) for column in holes.T] == [17, 14, 14]
    pressure = np.isnan(data.load_weather(channels=("pressure",)).values)
    assert [(len(gaps(column)), gaps(column).max()) for column in pressure.T] == [(494, 11), (463, 9), (493, 9)]


def test_weather_keeps_every_row_of_the_source_in_its_place():
    columns = read_columns("weather.csv.gz")
    series = data.load_weather(channels=tuple(WEATHER_UNITS))
    assert len(columns["station"]) == 26115
    keys = set(zip(columns["station"], columns["hour_utc"], strict=True))
    assert len(keys) == 26115, "no hour comes twice in UTC"
    rng = np.random.default_rng(4)
    for row in rng.integers(0, 26115, 300):
        step = np.flatnonzero(series.times == np.datetime64(columns["hour_utc"][row], "h"))[0]
        for channel in WEATHER_UNITS:
            got = series.values[step, series.channels.index(f"{columns['station'][row]} {channel}")]
            np.testing.assert_equal(got, float(columns[channel][row]))


def test_weather_has_every_hour_of_the_two_clock_changes():
    # 2013-03-10 and 2013-11-03 in New York: by the local clock one hour is absent, and one comes twice.
    series = data.load_weather(channels=("temp",))
    for change in ("2013-03-10T07", "2013-11-03T06"):
        step = np.flatnonzero(series.times == np.datetime64(change, "h"))[0]
        assert not np.isnan(series.values[step - 1 : step + 3]).any()
    np.testing.assert_array_equal(
        series.values[np.isin(series.times, np.array(["2013-11-03T05", "2013-11-03T06"], "datetime64[h]")), 0],
        [51.98, 50.00],
    )


def test_weather_takes_stations_and_channels_in_the_order_asked():
    series = data.load_weather(stations=("LGA", "EWR"), channels=("visib", "temp"))
    assert series.channels == ("LGA visib", "LGA temp", "EWR visib", "EWR temp")
    assert series.units == ("miles", "°F", "miles", "°F")
    whole = data.load_weather(channels=("temp", "visib"))
    for k, channel in enumerate(series.channels):
        np.testing.assert_array_equal(series.values[:, k], whole.values[:, whole.channels.index(channel)])


def test_weather_names_what_cannot_be_true():
    series = data.load_weather()
    speed, temp = series.channels.index("EWR wind_speed"), series.channels.index("JFK temp")
    worst = np.nanargmax(series.values[:, speed])
    assert str(series.times[worst]) == "2013-02-12T08" and series.values[worst, speed] > 1000
    fall = np.nanargmin(np.diff(series.values[:, temp])) + 1
    assert str(series.times[fall]) == "2013-05-09T02"
    assert "2013-02-12 at 08 UTC" in series.notes and "2013-05-09 at 02 UTC" in series.notes
    assert "cannot be true" not in data.load_weather(stations=("LGA",)).notes


def spikes(values):
    """How far each value of `(time, station)` lies beyond the hours beside it and the other stations, all at once."""
    before, after = np.roll(values, 1, axis=0), np.roll(values, -1, axis=0)
    others = [before, after, *(np.roll(values, shift, axis=1) for shift in (1, 2))]
    above = np.min([values - other for other in others], axis=0)
    below = np.min([other - values for other in others], axis=0)
    return np.nan_to_num(np.maximum(above, below))


def test_weather_takes_out_what_cannot_be_true_and_nothing_else():
    raw, clean = data.load_weather(), data.load_weather(keep_doubtful=False)
    height = np.empty((8730, 3, 4))
    for k in range(4):
        height[:, :, k] = spikes(raw.values.reshape(8730, 3, 4)[:, :, k])
    found = height.reshape(8730, 12) > 30
    gone = np.isnan(clean.values) & ~np.isnan(raw.values)
    np.testing.assert_array_equal(gone, found)
    assert gone.sum() == 3 and height.reshape(8730, 12)[~found].max() < 17
    np.testing.assert_array_equal(clean.values[~gone], raw.values[~gone])
    assert np.nanmax(clean.values[:, clean.channels.index("EWR wind_speed")]) < 50
    assert clean.notes == raw.notes + " What cannot be true was taken out and is NaN."
    lga = [data.load_weather(("LGA",), keep_doubtful=keep) for keep in (True, False)]
    assert lga[0].notes == lga[1].notes and np.array_equal(lga[0].values, lga[1].values, equal_nan=True)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            {"stations": ("EWR", "BOS")},
            ValueError,
            "an entry of stations is 'BOS', it must be one of 'EWR', 'JFK', 'LGA'",
        ),
        ({"channels": ("temperature",)}, ValueError, "an entry of channels is 'temperature', it must be one of 'temp'"),
        ({"stations": 5}, TypeError, "stations is 5, it must be a tuple of names"),
        ({"stations": "JFK"}, TypeError, "stations is 'JFK', it must be a tuple of names"),
        ({"stations": ("JFK", "JFK")}, ValueError, "must be one or more different names"),
        ({"channels": ()}, ValueError, "must be one or more different names"),
        ({"keep_doubtful": "no"}, ValueError, "keep_doubtful is 'no', it must be one of True, False"),
    ],
)
def test_weather_refuses(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        data.load_weather(**arguments)


# --- a Series


@pytest.fixture
def series():
    values = np.array([[1.5, np.nan], [2.5, 7.0], [np.nan, 8.0], [4.5, np.nan], [5.5, np.nan]])
    times = np.arange("2020-01", "2020-06", dtype="datetime64[M]")
    return data.Series("a <b>", values, times, ("p & q", "r"), ("m", ""), notes="two <gaps>")


def test_a_series_counts_what_is_missing(series):
    assert series.missing == {"p & q": 1, "r": 3}
    assert len(series) == 5


def test_a_slice_of_a_series_is_a_series_of_its_own(series):
    part = series[1:3]
    np.testing.assert_array_equal(part.values, series.values[1:3])
    np.testing.assert_array_equal(part.times, series.times[1:3])
    assert (part.name, part.channels, part.units, part.notes) == ("a <b>", series.channels, ("m", ""), "two <gaps>")
    part.values[0, 0] = -9.0
    assert series.values[1, 0] == 2.5
    assert series[3:].missing == {"p & q": 0, "r": 2}


def test_a_series_keeps_its_own_copy():
    values, times = np.array([3.0, 4.0]), np.array([1, 2])
    series = data.Series("mine", values, times, ("a",), ("",))
    values[0] = times[0] = 99
    assert series.values.tolist() == [[3.0], [4.0]] and series.times.tolist() == [1, 2]


def test_representations_say_what_it_is_and_what_is_missing(series):
    text, html = repr(series), series._repr_html_()
    assert "5 steps of 2 channels, 2020-01 to 2020-05" in text
    assert "p & q (m): 1 missing, 1.5 to 5.5" in text and "r: 3 missing, 7 to 8" in text
    assert '<th scope="row">p &amp; q</th><td>m</td><td>1</td><td>1.5</td><td>5.5</td>' in html
    assert "a &lt;b&gt;" in html and "two &lt;gaps&gt;" in html and "<b>" not in html
    assert "style" not in html and "color" not in html, "the theme's own colours hold in light and dark"
    assert "r: 2 missing, – to –" in repr(series[3:])


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"values": np.zeros((5, 2, 1))}, ValueError, r"values has shape \(5, 2, 1\), wanted \(time, feature\)"),
        ({"values": np.zeros((0, 2))}, ValueError, "no axis of .* may be empty"),
        ({"values": np.array([["a", "b"]] * 5)}, TypeError, "values has dtype <U1, it must be real numbers"),
        ({"values": np.full((5, 2), np.inf)}, ValueError, "values is infinite at row 0, column 0"),
        ({"values": np.zeros((4, 2))}, ValueError, r"times has shape \(5,\), wanted \(time=4\)"),
        ({"channels": ("p",)}, ValueError, "channels has 1 entries, values has 2 features"),
        ({"channels": ("p", "p")}, ValueError, "channels has 'p' twice, each channel must have a name of its own"),
        ({"channels": "pq"}, TypeError, "channels is 'pq', it must be a tuple of 2 names"),
        ({"units": ("m", "m", "m")}, ValueError, "units has 3 entries, values has 2 features"),
        ({"times": [1, 2, 2, 3, 4]}, ValueError, "times must increase, but 2 at row 1 is followed by 2"),
        ({"times": np.array(["2020", "NaT", "2022", "2023", "2024"], "M8[Y]")}, ValueError, "times must increase"),
        ({"times": list("abcde")}, TypeError, "times has dtype <U1, it must be datetime64 or whole numbers"),
    ],
)
def test_a_series_refuses(series, change, error, sentence):
    with pytest.raises(error, match=sentence):
        replace(series, **change)


def test_a_series_is_cut_by_slices_only(series):
    with pytest.raises(TypeError, match=r"cut by a slice such as series\[0:100\], not by 3"):
        series[3]
    with pytest.raises(ValueError, match="the slice 4:2 of a Series of 5 steps is empty"):
        series[4:2]
