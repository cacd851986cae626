"""Times as people write them, brought to instants: whole numbers, ISO dates, other dates, their zone."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

WHOLE = re.compile(r"[+-]?[0-9]+")
CLOCK = r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
HALF = r"(?: ?(?P<half>[AaPp])[Mm])?"
ZONE = r" ?(?P<zone>[Zz]|UTC|[+-]\d{2}(?::?\d{2})?)?"
ISO = re.compile(rf"(?P<a>\d{{4}})-(?P<b>\d{{2}})(?:-(?P<c>\d{{2}})(?:[T ]{CLOCK}{ZONE})?)?Z?", re.ASCII)
OTHER = re.compile(
    rf"(?P<a>\d{{1,4}})(?P<mark>[./-])(?P<b>\d{{1,2}})(?P=mark)(?P<c>\d{{1,4}})(?:(?:,? |T){CLOCK}{HALF}{ZONE})?",
    re.ASCII,
)
ORDERS = {"day first": "cba", "month first": "cab", "year first": "abc"}  # where year, month and day stand
EXAMPLES = {"day first": "27.02.2024", "month first": "02/27/2024", "year first": "2024/02/27"}
DIGITS = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
UNITS = {0: "s", 3: "ms", 6: "us", 9: "ns"}  # by the digits of the fraction
WANTED = "wanted a whole number or an ISO date such as 2024-02-27T13:00; give dates= for a form of your own"


def like_a_time(cell, dates=None):
    """Return whether a cell is written as a time is, be it right or not."""
    if dates is not None and "%" in dates:
        return _by_format(cell, dates) is not None
    return any(form.fullmatch(cell) for form in (WHOLE, ISO, OTHER))


def read_times(cells, where, dates=None, zone=None, advice=""):
    """Return the times of a column `(time,)`, int64 or datetime64, strictly increasing, with what they were taken for.

    cells   the column's texts; `where(k)` says where the k-th stands
    dates   "day first", "month first", "year first", "number", or a format of datetime.strptime; None looks
    zone    the name of the zone whose clock wrote them, or an offset such as "+01:00"; None keeps times without a zone
    advice  what the caller has to say where they are no times or not in order

    Times with an offset, or with `zone`, come back in UTC. They are as fine as a second, or as their fractions are.

    Returns the times, the form and the zone as texts. Raises ValueError, with `where`, for a time that cannot be read,
    may be read in two ways, comes twice or is out of order.
    """
    form = checked_form(dates) if dates is not None else _form(cells, where, advice)
    if form == "number":
        if zone is not None:
            raise ValueError(f"{where(0)}: zone is {zone!r}, but the times are whole numbers, which have none")
        times = [_whole(where, k, cell) for k, cell in enumerate(cells)]
        _check_order(where, cells, times, times, advice)
        return np.array(times), "whole numbers", ""
    read = [_instant(where, k, cell, form) for k, cell in enumerate(cells)]
    unit = UNITS[max(digits for _, _, digits in read)]
    written = np.array([time for time, _, _ in read]).astype(f"datetime64[{unit}]")
    _check_range(where, cells, written, unit)
    offsets = [offset for _, offset, _ in read]
    shifts, said = _shifts(where, cells, written, offsets, zone)
    times = written - shifts
    _check_order(where, cells, times, written, advice, clock=not said)
    return times, form, said


def checked_form(dates):
    """Return `dates` if it is a form in which times can be written; ValueError otherwise."""
    if not isinstance(dates, str) or not (dates in (*ORDERS, "number") or "%" in dates):
        raise ValueError(
            f'dates is {dates!r}, it must be "day first", "month first", "year first", "number" or a format such as '
            '"%d.%m.%Y %H:%M"'
        )
    if "%" in dates and not re.search("%[YyGcx]", dates):
        raise ValueError(f"dates is {dates!r}, which has no year: %Y must be in it")
    try:
        "%" in dates and datetime.strptime(datetime(2024, 2, 27).strftime(dates), dates)
    except (ValueError, re.error) as error:
        raise ValueError(f"dates is {dates!r}, by which no time can be read: {error}") from None
    return dates


def _form(cells, where, advice):
    """The form in which a column's times are written, by its first; ValueError if there are two that all would fit."""
    first = cells[0]
    if WHOLE.fullmatch(first):
        digits = DIGITS.get(len(first))
        if digits and all(_by_format(cell, digits) for cell in cells):
            raise ValueError(
                f"{where(0)}: {first!r} may be a date or a whole number, and so may all times below it: "
                f'give dates="{digits}" or dates="number"'
            )
        return "number"
    if ISO.fullmatch(first):
        return "ISO"
    match = OTHER.fullmatch(first)
    if not match:
        raise ValueError(f"{where(0)}: {first!r} is not a time, {WANTED}{advice}")
    if len(match["a"]) == 4:
        return "year first"
    if len(match["c"]) < 4:
        raise ValueError(
            f"{where(0)}: the year of {first!r} has two digits or stands where it is not known: "
            'give dates= with a format such as "%d.%m.%y"'
        )
    if match["mark"] == ".":
        return "day first"
    fits = [order for order in ("day first", "month first") if _fits(cells, order)]
    if len(fits) == 2:
        raise ValueError(
            f"{where(0)}: {first!r} may have the day first or the month first, and so may all times below it: "
            'give dates="day first" or dates="month first"'
        )
    return fits[0] if fits else "day first"


def _fits(cells, order):
    """Whether no cell speaks against an order of day and month; a cell that is no date at all does not."""
    matches = (OTHER.fullmatch(cell) for cell in cells)
    return not any(match and int(match[ORDERS[order][1]]) > 12 for match in matches)


def _is_clock(cell):
    return ":" in cell and re.fullmatch(CLOCK + HALF, cell) is not None


def _by_format(cell, form):
    try:
        return datetime.strptime(cell, form)
    except ValueError:
        return None


def _whole(where, k, cell):
    try:
        if not WHOLE.fullmatch(cell):
            raise ValueError
        return int(np.int64(int(cell)))
    except (ValueError, OverflowError):
        kind = (
            "the same kind of time as in the rows before"
            if k and not WHOLE.fullmatch(cell) and like_a_time(cell)
            else "a time"
        )
        wanted = "wanted a whole number" if k else WANTED
        raise ValueError(f"{where(k)}: {cell!r} is not {kind}, {wanted}") from None


def _instant(where, k, cell, form):
    """Return what the clock shows as datetime64, its offset from UTC in seconds or None, and its fraction's digits."""
    try:
        if "%" in form:
            time = datetime.strptime(cell, form)
            offset = None if time.tzinfo is None else int(time.utcoffset().total_seconds())
            return np.datetime64(time.replace(tzinfo=None)), offset, 6 * bool(time.microsecond)
        match = (ISO if form == "ISO" else OTHER).fullmatch(cell)
        if not match:
            raise ValueError
        digits = -(-len(match["fraction"] or "") // 3) * 3
        return np.datetime64(_iso(match, form), UNITS[digits]), _offset(match, cell), digits
    except ValueError:
        other = OTHER.fullmatch(cell)
        if form == "ISO":
            wanted = (
                'wanted two digits for month and day, or dates="year first"'
                if other and len(other["a"]) == 4
                else WANTED
            )
        else:
            wanted = f"wanted {form}, as in {EXAMPLES[form]}" if form in EXAMPLES else f"wanted the form {form}"
        if k and WHOLE.fullmatch(cell):
            raise ValueError(f"{where(k)}: {cell!r} is not the same kind of time as in the rows before") from None
        raise ValueError(f"{where(k)}: {cell!r} is not a time, {wanted}") from None


def _iso(match, form):
    """A matched date as the ISO text that NumPy reads; ValueError if it cannot be a date."""
    year, month, day = (match[group] for group in ORDERS.get(form, "abc"))
    if len(year) != 4:
        raise ValueError("a year has four digits")
    date = "-".join([year, *(part.zfill(2) for part in (month, day) if part)])
    if not match["hour"]:
        return date
    hour = int(match["hour"])
    if form != "ISO" and match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("a clock of twelve hours shows 1 to 12")
        hour = hour % 12 + 12 * (match["half"] in "pP")
    if (hour, match["minute"], match["second"] or "00", match["fraction"]) == (24, "00", "00", None):
        return f"{np.datetime64(date) + 1}T00:00:00"  # the end of a day is the start of the next
    fraction = f".{match['fraction']}" if match["fraction"] else ""
    return f"{date}T{hour:02}:{match['minute'] or '00'}:{match['second'] or '00'}{fraction}"


def _offset(match, cell):
    """Seconds east of UTC, None where the cell has no zone."""
    zone = match["zone"]
    if not zone:
        return 0 if cell.endswith("Z") else None
    if zone in ("Z", "z", "UTC"):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].removeprefix(":") or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("an offset is shorter than a day")
    return (-1 if zone[0] == "-" else 1) * 60 * (60 * hours + minutes)


def _check_range(where, cells, written, unit):
    """NumPy wraps silently what nanoseconds cannot hold: they reach from 1678 to 2261."""
    if unit == "ns":
        for k, cell in enumerate(cells):
            if not 1678 <= int(re.search(r"\d{4}", cell)[0]) <= 2261:
                raise ValueError(f"{where(k)}: {cell!r} is too far from today for times of a billionth of a second")


def _shifts(where, cells, written, offsets, zone):
    """How far the clock is ahead of UTC at each time `(time,)`, and what the zone is, as text."""
    seen = set(offsets) - {None}
    if zone is not None and seen:
        raise ValueError(f"{where(0)}: zone is {zone!r}, but the times have a zone of their own: leave it out")
    if zone is not None:
        return _of_zone(where, cells, written, zone), f"{zone}, now UTC"
    if None in offsets and seen - {0}:
        k = next(k for k, offset in enumerate(offsets) if (offset is None) != (offsets[0] is None))
        if offsets[k] is None:
            raise ValueError(f"{where(k)}: {cells[k]!r} has no zone, the times before it have one")
        raise ValueError(f"{where(k)}: {cells[k]!r} is not a time like those before it, which have no zone")
    shifts = np.array([offset or 0 for offset in offsets], "timedelta64[s]")
    if not seen:
        return shifts, ""
    names = [f"{'-' if s < 0 else '+'}{abs(s) // 3600:02}:{abs(s) % 3600 // 60:02}" for s in sorted(seen)]
    text = "UTC" if seen == {0} else f"{' and '.join(names)}, now UTC"
    without = offsets.count(None)
    return shifts, text + (f" ({without} times without a zone taken so)" if without else "")


def _of_zone(where, cells, written, zone):
    """The shifts of a clock that follows a zone; an hour that comes twice is told by the order of its rows."""
    if isinstance(zone, str) and (match := re.fullmatch(r"(UTC)?(?P<zone>Z|[+-]\d{2}:?\d{2})?", zone)) and zone:
        return np.full(len(cells), _offset(match, zone) or 0, "timedelta64[s]")
    try:
        rules = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        raise ValueError(
            f'zone is {zone!r}, it must be a name such as "Europe/Berlin" or an offset such as "+01:00"'
        ) from None
    both = np.array(
        [
            [rules.utcoffset(time.replace(fold=fold)) // timedelta(seconds=1) for fold in (0, 1)]
            for time in written.astype("datetime64[s]").tolist()
        ]
    )
    for k in np.flatnonzero(both[:, 0] < both[:, 1]):
        raise ValueError(f"{where(k)}: {cells[k]!r} does not exist in {zone}, the clock was set forward over it")
    shifts, twice = both[:, 0].copy(), both[:, 0] > both[:, 1]
    starts = np.flatnonzero(twice & ~np.r_[False, twice[:-1]])
    for start in starts:
        end = start + int(np.argmin(np.r_[twice[start:], False]))
        back = np.flatnonzero(written[start + 1 : end] <= written[start : end - 1])
        if not back.size:
            raise ValueError(
                f"{where(start)}: {cells[start]!r} comes twice by the clock of {zone} and stands once in the file: "
                'write it with its offset, or give one for all, zone="+01:00", if the clock was never set back'
            )
        shifts[start + 1 + back[0] : end] = both[start + 1 + back[0] : end, 1]
    return shifts.astype("timedelta64[s]")


def _check_order(where, cells, times, written, advice, clock=False):
    """Refuse a time that comes twice or too early; `clock` says that a clock without a zone wrote them."""
    array = np.asarray(times)
    if len(array) > 2 and (array[1:] < array[:-1]).all():
        advice = "; the whole file runs from the newest time to the oldest: sort its rows the other way"
    for k in np.flatnonzero(~(array[1:] > array[:-1]))[:1] + 1:
        night = clock and ":" in cells[k] and array[k] - array[k].astype("datetime64[D]") < np.timedelta64(4, "h")
        if night and array[k - 1] - array[k] <= np.timedelta64(1, "h"):
            advice = '; if the clock was set back here, give its zone, as in zone="Europe/Berlin"'
        if array[k] == array[k - 1]:
            raise ValueError(f"{where(k)}: the time {cells[k]!r} comes twice{advice}")
        raise ValueError(
            f"{where(k)}: the time {cells[k]!r} is out of order, the row before has {written[k - 1]}{advice}"
        )


def times_elsewhere(names, cells):
    """Return the argument `times` for a row whose times seem to stand outside the first column, else None.

    A column of dates is named alone, one of times of day with the column before it.
    """
    for k, cell in enumerate(cells):
        if k and _is_clock(cell):
            return names[k - 1], names[k]
        digits = DIGITS.get(len(cell)) if len(cell) > 6 and WHOLE.fullmatch(cell) else None
        dated = ISO.fullmatch(cell) or OTHER.fullmatch(cell) or (digits and _by_format(cell, digits))
        if k and dated and not any(map(_is_clock, cells[k + 1 : k + 2])):
            return names[k]
    return None
