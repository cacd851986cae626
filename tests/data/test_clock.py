"""Times as people write them come back as the same instants."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.data.clock import like_a_time, read_times, times_elsewhere

FORMS = {  # how a time is written, the digits of a second that it keeps, and what must be given for it
    "%Y-%m-%dT%H:%M:%S": (0, None),
    "%Y-%m-%d %H:%M:%S.%f": (6, None),
    "%Y-%m-%d %H:%M:%SZ": (0, None),
    "%Y-%m-%dT%H:%M:%S%z": (0, None),
    "%Y-%m-%d %H:%M:%S,%f": (6, None),
    "%d.%m.%Y %H:%M:%S": (0, None),
    "%Y/%m/%d %H:%M:%S": (0, None),
    "%Y.%m.%d %H:%M:%S.%f": (6, None),
    "%d/%m/%Y %H:%M:%S": (0, "day first"),
    "%m/%d/%Y %I:%M:%S %p": (0, "month first"),
    "%d-%m-%Y %H:%M:%S": (0, "day first"),
    "%d %b %Y, %H:%M:%S.%f": (6, "%d %b %Y, %H:%M:%S.%f"),
    "%Y%m%d%H%M%S": (0, "%Y%m%d%H%M%S"),
    "%Y%m%d%H": (-3600, "%Y%m%d%H"),
}
INSTANTS = st.lists(st.datetimes(datetime(1700, 1, 1), datetime(2250, 1, 1)), min_size=1, max_size=6, unique=True).map(
    sorted
)


def where(k):
    return f"t.csv, row {k + 2}"


@settings(max_examples=500, deadline=None)
@pytest.mark.parametrize("form", FORMS)
@given(instants=INSTANTS, minutes=st.integers(-14 * 60, 14 * 60))
def test_dates_come_back_as_the_same_instants(form, instants, minutes):
    digits, dates = FORMS[form]
    step = timedelta(microseconds=1) if digits == 6 else timedelta(seconds=max(1, -digits))
    kept = sorted({time - (time - datetime.min) % step for time in instants})
    clock = [time + timedelta(minutes=minutes) if "%z" in form else time for time in kept]
    written = [f"{time.strftime(form.replace('%z', ''))}" for time in clock]
    if "%z" in form:
        sign, size = "-+"[minutes >= 0], abs(minutes)
        written = [f"{cell}{sign}{size // 60:02}:{size % 60:02}" for cell in written]
    if "%f" in form:
        written = [cell.rstrip("0") if cell[-1] == "0" and cell[-6:] != "000000" else cell for cell in written]
    times, *_ = read_times(written, where, dates)
    assert times.astype("datetime64[us]").tolist() == kept


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"]),
    st.datetimes(datetime(1985, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from([10, 30, 60]),
)
def test_a_clock_that_is_set_back_tells_the_same_instants(zone, start, minutes):
    """Two days of steps around the hour that comes twice, if there is one."""
    start = start.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    instants = [start + timedelta(minutes=minutes * k) for k in range(48 * 60 // minutes)]
    local = [time.astimezone(ZoneInfo(zone)) for time in instants]
    if local[0].replace(fold=0).utcoffset() != local[0].replace(fold=1).utcoffset() or (
        local[-1].replace(fold=0).utcoffset() != local[-1].replace(fold=1).utcoffset()
    ):
        return  # the file begins or ends inside that hour, which is refused
    written = [f"{time:%d.%m.%Y %H:%M}" for time in local]
    back = [time.replace(fold=0).utcoffset() - time.replace(fold=1).utcoffset() for time in local]
    if timedelta(0) < max(back) < timedelta(minutes=minutes):  # Lord Howe's by half an hour: a time in it stands once
        with pytest.raises(ValueError, match=r"comes twice by the clock of .* and stands once in the file"):
            read_times(written, where, zone=zone)
        return
    times, _, said = read_times(written, where, zone=zone)
    assert times.tolist() == [time.replace(tzinfo=None) for time in instants]
    assert said == f"{zone}, now UTC"


def test_the_night_of_the_clock_change():
    night = ["2024-10-27 01:30", "2024-10-27 02:00", "2024-10-27 02:30", "2024-10-27 02:00", "2024-10-27 02:30"]
    times, *_ = read_times(night, where, zone="Europe/Berlin")
    assert [str(t)[-8:] for t in times] == ["23:30:00", "00:00:00", "00:30:00", "01:00:00", "01:30:00"]
    times, _, said = read_times(night[:3], where, zone="+01:00")
    assert [str(t)[-8:] for t in times] == ["00:30:00", "01:00:00", "01:30:00"] and said == "+01:00, now UTC"
    with pytest.raises(ValueError, match=r"row 5: .* out of order, .*; if the clock was set back here, give its zone"):
        read_times(night, where)
    with pytest.raises(
        ValueError, match=r"row 3: '2024-10-27 02:00' comes twice by the clock .* stands once in the file"
    ):
        read_times(night[:3], where, zone="Europe/Berlin")
    for twice in ("2024-10-27 02:00Z", "2024-10-27 12:00"):  # no clock that was set back
        with pytest.raises(ValueError, match=r"row 3: .* comes twice$"):
            read_times([twice, twice], where)
    with pytest.raises(ValueError, match=r"row 2: '2024-03-31 02:30' does not exist in Europe/Berlin"):
        read_times(["2024-03-31 02:30"], where, zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("cells", "arguments", "sentence"),
    [
        (["2024-02-30"], {}, "'2024-02-30' is not a time"),
        (["30.02.2024"], {}, "'30.02.2024' is not a time, wanted day first, as in 27.02.2024"),
        (["2024-10-10", "2024-11-1"], {}, 'row 3: .* is not a time, wanted two digits .* or dates="year first"'),
        (["13/13/2024"], {}, "is not a time"),
        (["27/02/2024", "02/27/2024"], {}, "row 3: '02/27/2024' is not a time, wanted day first"),
        (["2024-01-01", "5"], {}, "row 3: '5' is not the same kind of time"),
        (["5", "2024-01-01"], {}, "row 3: '2024-01-01' is not the same kind of time"),
        (["2024-01-01 25:00"], {}, "is not a time"),
        (["1/2/2024 13:00 PM"], {"dates": "day first"}, "is not a time"),
        (
            ["2024-01-01", "2024-01-02T00:00+01:00"],
            {},
            "row 3: .* is not a time like those before it, which have no zone",
        ),
        (["2024-01-01T00:00+01:00", "2024-01-02"], {}, "row 3: '2024-01-02' has no zone, the times before it have one"),
        (["2024-01-01T00:00+01:00"], {"zone": "UTC"}, "zone is 'UTC', but the times have a zone of their own"),
        (["5"], {"zone": "UTC"}, "zone is 'UTC', but the times are whole numbers"),
        (["3000-01-01T00:00:00.123456789"], {}, "too far from today for times of a billionth"),
        (["1600-01-01T00:00:00.123456789"], {}, "too far from today for times of a billionth"),
        (["202401", "202402"], {}, 'give dates="%Y%m" or dates="number"'),
        (["01/02/03"], {}, "the year of '01/02/03' has two digits .* give dates="),
    ],
)
def test_times_that_cannot_be_read_or_may_be_read_in_two_ways(cells, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_times(cells, where, **arguments)


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (["2024-01-01"], "s"),
        (["2024-01-01T00:00:00.5"], "ms"),
        (["2024-01-01T00:00:00,5001"], "us"),
        (["2024-01-01T00:00:00", "2024-01-01T00:00:00.123456789"], "ns"),
    ],
)
def test_times_are_as_fine_as_they_are_written(cells, unit):
    times, *_ = read_times(cells, where)
    assert (
        times.dtype == f"datetime64[{unit}]"
        and times.tolist() == np.array([cell.replace(",", ".") for cell in cells], f"datetime64[{unit}]").tolist()
    )


def test_a_file_that_runs_backwards_is_told_so():
    with pytest.raises(ValueError, match=r"row 3: .* out of order, .*; the whole file runs from the newest time"):
        read_times(["2003", "2002", "2001"], where)
    with pytest.raises(ValueError, match=r"out of order, the row before has 2003$"):
        read_times(["2003", "2002", "2004"], where)


def test_numbers_of_digits_that_are_no_dates_are_numbers():
    assert read_times(["20240131", "20240132"], where)[0].tolist() == [20240131, 20240132]
    assert read_times(["1709038800", "1709042400"], where)[0].tolist() == [1709038800, 1709042400]


def test_like_a_time():
    assert all(map(like_a_time, ["5", "2024-02-30", "1.2.2024", "2024/2/27 3:00", "2024-01-01T00:00:00.5Z"]))
    assert not any(map(like_a_time, ["", "time", "1.5", "13:00", "2024-1", "Pegel 2024", "1.2/2024"]))
    assert like_a_time("27 Feb 2024", "%d %b %Y") and not like_a_time("27.2.2024", "%d %b %Y")


def test_the_end_of_a_day_is_the_start_of_the_next():
    times, *_ = read_times(["28.02.2024 23:00", "28.02.2024 24:00", "29.02.2024 24:00:00"], where)
    assert [str(t) for t in times] == ["2024-02-28T23:00:00", "2024-02-29T00:00:00", "2024-03-01T00:00:00"]
    assert str(read_times(["2024-12-31T24:00"], where)[0][0]) == "2025-01-01T00:00:00"
    for cell in ("2024-12-31T24:01", "2024-12-31T25:00", "30.02.2024 24:00"):
        with pytest.raises(ValueError, match=r"is not a time"):
            read_times([cell], where)


def test_times_elsewhere():
    assert times_elsewhere(("id", "a", "b"), ["7", "2024-01-01", "1.5"]) == "a"
    assert times_elsewhere(("id", "a", "b"), ["7", "2024010112", "1.5"]) == "a"
    assert times_elsewhere(("a", "b", "c"), ["2024-01-01", "13:00", "1.5"]) == ("a", "b")
    assert times_elsewhere(("i", "a", "b"), ["7", "2024-01-01", "13:00"]) == ("a", "b")
    assert times_elsewhere(("a", "b"), ["2024-01-01", "1.5"]) is None
