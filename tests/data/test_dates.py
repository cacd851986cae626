"""Dates: each form read by another reader than the one that wrote it, and no day in both parts."""

import re
from datetime import date, datetime

import numpy as np
import pytest

from rnn_course.data import date_task
from rnn_course.data.dates import FORMS, days, symbols, written

STRPTIME = {
    "5 March 2024": "%d %B %Y",
    "March 5, 2024": "%B %d, %Y",
    "5 Mar 2024": "%d %b %Y",
    "Mar 5, 2024": "%b %d, %Y",
    "Tuesday, 5 March 2024": "%A, %d %B %Y",
    "5.3.2024": "%d.%m.%Y",
    "2024年3月5日": "%Y年%m月%d日",
}
WORDS = {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "twentieth": 20,
         "thirtieth": 30}  # fmt: skip
TENS = {"twenty": 20, "thirty": 30}
STEMS = {"four": 4, "six": 6, "seven": 7, "ten": 10, "eleven": 11, "thirteen": 13, "fourteen": 14, "fifteen": 15,
         "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}  # fmt: skip


def ordinal(word):
    tens, _, ones = word.rpartition("-")
    return TENS.get(tens, 0) + (WORDS[ones] if ones in WORDS else STEMS[ones.removesuffix("th")])


def chinese(text):
    """二十一 is 21."""
    if "十" not in text:
        return "〇一二三四五六七八九".index(text)
    tens, ones = text.split("十")
    return 10 * ("一二三四五六七八九".index(tens) + 1 if tens else 1) + (chinese(ones) if ones else 0)


def read_again(text, form):
    if form in STRPTIME:
        return datetime.strptime(text, STRPTIME[form]).date()
    if form == "March 5th, 2024":
        return datetime.strptime(re.sub(r"(\d)(st|nd|rd|th),", r"\1,", text), "%B %d, %Y").date()
    if form == "the fifth of March 2024":
        _, day, _, month, year = text.split()
        return datetime.strptime(f"{ordinal(day)} {month} {year}", "%d %B %Y").date()
    year, month, day = re.fullmatch("(.{4})年(.*)月(.*)日", text).groups()
    return date(int("".join(str("〇一二三四五六七八九".index(k)) for k in year)), chinese(month), chinese(day))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_its_day(form):
    assert written(date(2024, 3, 5), form) == form
    for ordinal_day in range(date(2023, 1, 1).toordinal(), date(2025, 1, 1).toordinal()):
        day = date.fromordinal(ordinal_day)
        assert read_again(written(day, form), form) == day


def test_ordinals_end_as_people_write_them():
    ends = {day: written(date(2024, 1, day), "March 5th, 2024").split()[1] for day in (1, 2, 3, 4, 11, 12, 13, 21, 22)}
    assert list(ends.values()) == ["1st,", "2nd,", "3rd,", "4th,", "11th,", "12th,", "13th,", "21st,", "22nd,"]


def test_chinese_numbers_are_written_as_people_write_them():
    form = "二〇二四年三月五日"
    assert written(date(1910, 10, 11), form) == "一九一〇年十月十一日"
    assert written(date(2007, 12, 20), form) == "二〇〇七年十二月二十日"
    assert written(date(1986, 1, 31), form) == "一九八六年一月三十一日"


def test_the_answer_is_the_day_and_every_form_is_drawn():
    pairs = date_task(600, "train", np.random.default_rng(1))
    seen = set()
    for read, answer in pairs.texts():
        form = next(form for form in FORMS if written(date.fromisoformat(answer), form) == read)
        seen.add(form)
    assert seen == set(FORMS)
    assert (pairs.symbols_x, pairs.symbols_y) == symbols()


def test_no_day_is_in_both_parts():
    train, test = days("train"), days("test")
    assert not set(train) & set(test)
    assert len(train) + len(test) == 73049
    assert len(test) == 7304
    for part, known in (("train", train), ("test", test)):
        drawn = [answer for _, answer in date_task(200, part, np.random.default_rng(2)).texts()]
        assert {date.fromisoformat(answer).toordinal() for answer in drawn} <= set(known)


def test_every_symbol_of_every_day_is_known():
    read, answered = symbols()
    for part in ("train", "test"):
        for day in map(int, days(part)[::37]):
            for form in FORMS:
                assert set(written(date.fromordinal(day), form)) <= set(read)
    assert answered == "\n-0123456789"


def test_bad_arguments_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="part is 'validation', it must be one of 'train', 'test'"):
        date_task(3, "validation", rng)
    with pytest.raises(ValueError, match="n is 0"):
        date_task(0, "train", rng)
    with pytest.raises(TypeError, match="rng is int"):
        date_task(3, "train", 0)
    with pytest.raises(ValueError, match="form is '3/5/2024', it must be one of"):
        written(date(2024, 3, 5), "3/5/2024")
