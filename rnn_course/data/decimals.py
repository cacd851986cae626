"""Numbers as people write them: the decimal sign, marks between thousands, per cent, missing values and codes."""

import math
import re
from dataclasses import dataclass
from numbers import Real

import numpy as np

from rnn_course.validate import one_of

MISSING = ("", "na", "nan", "null")
SIGNS = {".": "point", ",": "comma"}
THOUSANDS = (".", ",", "'", "’", " ")
BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " "})  # what typesetting puts between thousands
WRITTEN = re.compile(r"[+-]?(?P<digits>[0-9.,]*[0-9][0-9.,]*)(?P<power>[eE][+-]?[0-9]+)?\s*%?")
NINES = re.compile(r"-?9(9+(\.9+)?|\.9+)")


@dataclass(frozen=True)
class Marks:
    """How the numbers of a file are written: `decimal` sign, mark between `thousands` or None, codes that are missing.

    remark is a sentence where a reading was possible but not proved, "" otherwise.
    """

    decimal: str = "."
    thousands: str | None = None
    missing: tuple = ()
    remark: str = ""


def like_a_number(cell):
    """Return whether a cell is empty, a mark of a missing value, or written as some number is."""
    return cell.lower() in MISSING or WRITTEN.fullmatch(cell) is not None


def look_at_marks(columns, where, delimiter, decimal=None, thousands=None, missing=()):
    """Return the Marks of a file's numbers; ValueError where a sign may part decimals or thousands.

    columns   the texts of each column of values; `where(k, j)` says where the k-th of the j-th stands
    """
    one_of("decimal", decimal, (None, *SIGNS))
    one_of("thousands", thousands, (None, *THOUSANDS))
    if decimal and decimal == thousands:
        raise ValueError(f"thousands is {thousands!r}, which is the decimal sign too")
    if not isinstance(missing, list | tuple) or not all(isinstance(mark, str | Real) for mark in missing):
        raise TypeError(f"missing is {missing!r}, it must be a tuple of numbers and texts such as (-999,)")
    missing = tuple(missing)
    if decimal is None and thousands in SIGNS:
        decimal = "," if thousands == "." else "."
    if decimal is not None:
        return Marks(decimal, thousands, missing)
    decides, parts, may = _evidence(columns, thousands)
    for mark, (cell, *place) in parts.items():
        other = "," if mark == "." else "."
        raise ValueError(
            f"{where(*place)}: {cell!r} has a {SIGNS[mark]} between thousands: "
            f"give thousands={mark!r}, decimal={other!r}"
        )
    decimal = next(iter(decides), ".")
    for mark, (cell, *place) in may.items():
        if mark in decides or (not decides and mark == "." and delimiter != ";" and len(may) == 1):
            continue
        other = "," if mark == "." else "."
        if other in decides:
            raise ValueError(
                f"{where(*place)}: the {SIGNS[mark]} of {cell!r} is not the decimal sign of {decides[other][0]!r}: "
                f"if it parts thousands, give decimal={other!r}, thousands={mark!r}"
            )
        raise ValueError(
            f"{where(*place)}: the {SIGNS[mark]} of {cell!r} may part decimals or thousands: "
            f"give decimal={mark!r}, or decimal={other!r} and thousands={mark!r}"
        )
    remark = ""
    if may and not decides:
        remark = (
            f"Every number with a point has three digits after it, as {may['.'][0]!r}: it was taken for the decimal "
            'sign; if it parts thousands, give thousands=".".'
        )
    return Marks(decimal, thousands, missing, remark)


def _evidence(columns, thousands):
    """The first place where each sign must part decimals, must part thousands, and may do either: three dicts."""
    decides, parts, may = {}, {}, {}
    marked = (
        (cell, k, j) for j, cells in enumerate(columns) for k, cell in enumerate(cells) if "." in cell or "," in cell
    )
    for cell, *place in marked:
        if not (match := WRITTEN.fullmatch(cell)):
            continue
        digits = match["digits"]
        last = max(digits.rfind("."), digits.rfind(","))
        mark, whole, fraction = digits[last], digits[:last], digits[last + 1 :]
        other = "," if mark == "." else "."
        if mark in whole or other in whole:  # in groups of three, or it is no number and is said to be none
            between = mark if mark in whole else other
            if re.fullmatch(rf"[0-9]{{1,3}}(\{between}[0-9]{{3}})+", whole + digits[last:] * (mark in whole)):
                parts.setdefault(between, (cell, *place))
        elif len(fraction) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole) and not match["power"] and not thousands:
            may.setdefault(mark, (cell, *place))
        else:
            decides.setdefault(mark, (cell, *place))
    return decides, parts, may


def read_column(cells, where, marks):
    """Return one column's numbers `(time,)` as float64, whether all are per cent, and how often each mark was met.

    cells   the texts; `where(k)` says where the k-th stands

    Raises ValueError, with `where`, for text and for an infinite value.
    """
    full = [cell for cell in cells if cell.lower() not in MISSING]
    percent = bool(full) and all(cell.endswith("%") for cell in full)
    values, met = np.empty(len(cells)), {}
    for k, cell in enumerate(cells):
        number = _number(cell.removesuffix("%").rstrip() if percent else cell, marks)
        mark = _missing_mark(cell, number, marks.missing)
        if mark is not None:
            met[mark] = met.get(mark, 0) + 1
        elif number is None:
            raise ValueError(f"{where(k)}: {cell!r} is not a number{_advice(cell, marks)}")
        elif not math.isfinite(number):
            raise ValueError(f"{where(k)}: {cell!r} is infinite, it must be finite or empty")
        values[k] = math.nan if mark is not None else number
    return values, percent, met


def _missing_mark(cell, number, missing):
    """The mark of a missing value that a cell holds, None if it holds a number."""
    if cell.lower() in MISSING:
        return cell.lower()
    for mark in missing:
        if cell.lower() == mark.strip().lower() if isinstance(mark, str) else number == mark:
            return mark
    return None


def _number(cell, marks):
    """The number that a cell holds, None for anything else."""
    if marks.thousands:
        cell = cell.translate(BLANKS)
        sign, mark = re.escape(marks.decimal), re.escape(marks.thousands)
        if marks.thousands in cell:
            if not re.fullmatch(rf"[+-]?[0-9]{{1,3}}({mark}[0-9]{{3}})+({sign}[0-9]*)?([eE][+-]?[0-9]+)?", cell):
                return None
            cell = cell.replace(marks.thousands, "")
    if marks.decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    try:
        number = float(cell)
    except ValueError:
        return None
    return None if "_" in cell or math.isnan(number) else number


def _advice(cell, marks):
    """What to do about a cell that is not a number, as far as it shows it."""
    if not re.search("[0-9]", cell):
        return f"; give missing=({cell!r},) if it stands for a missing value, or columns= with the columns of numbers"
    if re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?.*", cell):
        return '; if it belongs to the time, give the names of both columns, as in times=("date", "time")'
    if re.fullmatch(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}\b.*", cell):
        return "; if this column has the times, give its name as times="
    other = "," if marks.decimal == "." else "."
    groups = re.fullmatch(
        rf"[+-]?[0-9]{{1,3}}([ '’{other}])[0-9]{{3}}(\1[0-9]{{3}})*([.,][0-9]*)?", cell.translate(BLANKS)
    )
    if groups and groups[1] != marks.thousands:
        return f"; if it has marks between thousands, give thousands={groups[1]!r}"
    if re.fullmatch(rf"[+-]?[0-9]*{re.escape(other)}[0-9]+", cell):
        return f", the decimal sign was taken to be a {SIGNS[marks.decimal]}; give decimal= or thousands="
    return ""


def codes(values):
    """Return the values of one channel `(time,)` that stand far out and might be codes for missing, as {value: count}.

    A value counts as one if it is the largest or the smallest, and either its digits are nines and the next value is
    further away than a quarter of the others' spread and than half of itself, or it comes more than once and the next
    is further away than three spreads of at least three others.
    """
    seen, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    found = {}
    while len(seen) > 1:
        for end, rest in ((0, seen[1:]), (-1, seen[:-1])):
            code, gap, spread = f"{seen[end]:.15g}", abs(seen[end] - rest[end]), rest[-1] - rest[0]
            nines = NINES.fullmatch(code) and gap > max(spread / 4, abs(seen[end]) / 2)
            if nines or (counts[end] > 1 and len(rest) > 2 and gap > 3 * spread):
                found[code] = int(counts[end])
                seen, counts = rest, np.delete(counts, end)
                break
        else:
            break
    return found
