"""Dates as people write them, each to be written in the form of ISO 8601, `2024-03-05`."""

from datetime import date
from functools import cache

import numpy as np

from rnn_course.data.pairs import END, Pairs
from rnn_course.data.tasks import checked_generator
from rnn_course.validate import one_of, positive_int

FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
            "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
            "twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth",
            "twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth",
            "thirty-first")  # fmt: skip
FIGURES = "〇一二三四五六七八九"
HELD = 10  # one day in so many is kept for the test part


def _ending(day):
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _chinese(number):
    """A number from 1 to 31 in Chinese, 二十一 for 21."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else FIGURES[tens] + "十") + (FIGURES[ones] if ones else "")


FORMS = {
    "5 March 2024": lambda d, month: f"{d.day} {month} {d.year}",
    "March 5, 2024": lambda d, month: f"{month} {d.day}, {d.year}",
    "5 Mar 2024": lambda d, month: f"{d.day} {month[:3]} {d.year}",
    "Mar 5, 2024": lambda d, month: f"{month[:3]} {d.day}, {d.year}",
    "March 5th, 2024": lambda d, month: f"{month} {d.day}{_ending(d.day)}, {d.year}",
    "the fifth of March 2024": lambda d, month: f"the {ORDINALS[d.day - 1]} of {month} {d.year}",
    "Tuesday, 5 March 2024": lambda d, month: f"{WEEKDAYS[d.weekday()]}, {d.day} {month} {d.year}",
    "5.3.2024": lambda d, month: f"{d.day}.{d.month}.{d.year}",
    "2024年3月5日": lambda d, month: f"{d.year}年{d.month}月{d.day}日",
    "二〇二四年三月五日": lambda d, month: (
        "".join(FIGURES[int(figure)] for figure in str(d.year)) + f"年{_chinese(d.month)}月{_chinese(d.day)}日"
    ),
}


def written(day, form):
    """Return a date in one of the ten forms of `FORMS`, each named by how it writes the 5th of March 2024.

    day: a `datetime.date`. form: a key of `FORMS`. Raises ValueError for another form.

    >>> written(date(1987, 10, 21), "the fifth of March 2024")
    'the twenty-first of October 1987'
    """
    return FORMS[one_of("form", form, tuple(FORMS))](day, MONTHS[day.month - 1])


@cache
def symbols():
    """Return the symbols of the dates as they are read and as they are written, each the end first, the rest sorted."""
    read = {symbol for form in FORMS for month in range(1, 13) for day in range(1, 29)
            for symbol in written(date(2000 + day, month, day), form)}  # fmt: skip
    read |= set("".join(ORDINALS)) | set("0123456789")
    return END + "".join(sorted(read)), END + "-0123456789"


@cache
def days(part):
    """Return a part's days as ordinals, `(days,)`: a tenth of those from 1900 to 2099 is "test", the rest "train"."""
    every = np.random.default_rng(0).permutation(np.arange(FIRST.toordinal(), LAST.toordinal() + 1))
    return np.sort(np.split(every, [len(every) // HELD])[part == "train"])


def date_task(n, part, rng):
    """Draw dates from 1900 to 2099, each in one of ten forms, to be written as ISO 8601 has it.

    The forms are in English and in Chinese, with figures and in words. The form 3/5/2024 is none of them, since it
    names two days. No day is in both parts, in whatever form.

    n       dates, at least 1
    part    `"train"` or `"test"`: a tenth of all days, chosen once at random, is for the test alone
    rng     numpy.random.Generator

    Returns `Pairs`. Raises TypeError or ValueError for bad arguments.

    >>> date_task(2, "train", np.random.default_rng(1)).texts()
    [('7.9.1994', '1994-09-07'), ('二〇〇二年五月四日', '2002-05-04')]
    """
    n, part = positive_int("n", n), one_of("part", part, ("train", "test"))
    checked_generator(rng)
    chosen = [date.fromordinal(int(day)) for day in rng.choice(days(part), n)]
    forms = rng.choice(list(FORMS), n)
    read = [written(day, str(form)) for day, form in zip(chosen, forms, strict=True)]
    return Pairs.of(read, [day.isoformat() for day in chosen], *symbols())
