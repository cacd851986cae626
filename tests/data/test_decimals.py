"""Numbers as people write them, and values that might be codes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.data.decimals import codes, like_a_number, look_at_marks, read_column


def marks(cells, delimiter=";", **arguments):
    return look_at_marks([cells], lambda k, j: f"row {k + 2}", delimiter, **arguments)


def read(cells, delimiter=";", **arguments):
    values, percent, met = read_column(cells, lambda k: f"row {k + 2}", marks(cells, delimiter, **arguments))
    return values.tolist(), percent, met


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [
        (["1", "2"], "."),
        (["1.5", "2"], "."),
        (["1,5", "2"], ","),
        (["1,5e3"], ","),
        (["0,123"], ","),
        (["0.123"], "."),
        (["1234,567"], ","),
        ([",5"], ","),
        (["1.5", "1.234"], "."),
        (["1,5", "1,234"], ","),
    ],
)
def test_a_decimal_sign_that_the_numbers_prove(cells, decimal):
    found = marks(cells)
    assert (found.decimal, found.thousands, found.remark) == (decimal, None, "")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            ["1", "1.234"],
            "row 3: the point of '1.234' may part decimals or thousands: give decimal='.', or decimal=','",
        ),
        (["1,234"], "row 2: the comma of '1,234' may part .* give decimal=',', or decimal='.' and thousands=','"),
        (["1,5", "1.234"], "the point of '1.234' is not the decimal sign of '1,5': .* decimal=',', thousands='.'"),
        (["1.5", "1,234"], "row 3: the comma of '1,234' is not the decimal sign of '1.5'"),
        (["1.234", "1,234"], "may part"),
        (["1.234,5"], "row 2: '1.234,5' has a point between thousands: give thousands='.', decimal=','"),
        (["1,234,567"], "row 2: '1,234,567' has a comma between thousands: give thousands=',', decimal='.'"),
    ],
)
def test_a_sign_that_may_be_either_is_asked_about(cells, sentence):
    with pytest.raises(ValueError, match=sentence):
        marks(cells)


def test_a_point_beside_commas_is_a_decimal_and_said():
    assert marks(["1.234", "2.345"], ",").remark.startswith("Every number with a point has three digits after it")
    with pytest.raises(ValueError, match="may part decimals or thousands"):
        marks(["1,234", "2,345"], ",")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1.5", "2,5"], "row 3: '2,5' is not a number, the decimal sign was taken to be a point; give decimal="),
        (["1,5", "2.5"], "row 3: '2.5' is not a number, the decimal sign was taken to be a comma"),
        (["1", "5%"], "row 3: '5%' is not a number"),
        (["x"], r"row 2: 'x' is not a number; give missing=\('x',\) if it stands for a missing value"),
        (["13:00"], "if it belongs to the time, give the names of both columns"),
        (["2024-05-01"], "if this column has the times"),
        (["1_000"], "is not a number$"),
        (["1.2.3"], "is not a number"),
    ],
)
def test_what_is_no_number_is_said_with_what_may_help(cells, said):
    with pytest.raises(ValueError, match=said):
        read(cells)


def test_marks_beside_a_decimal_sign_that_was_given():
    for cell in ("1.234,5", "1.234", "1.234.567"):
        with pytest.raises(ValueError, match=r"is not a number; if it has marks between .* give thousands='\.'"):
            read([cell], decimal=",")
    with pytest.raises(ValueError, match=r"the decimal sign was taken to be a comma"):
        read(["2.5"], decimal=",")


@pytest.mark.parametrize("cell", ["1.23.456", "12.34", "1234.567", ".123", "1..234", "1.234.56", "1,234.5"])
def test_thousands_stand_in_groups_of_three(cell):
    with pytest.raises(ValueError, match="is not a number"):
        read([cell], thousands=".")


NUMBERS = st.decimals(-(10**9), 10**9, allow_nan=False, places=4)


@settings(max_examples=500, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=8), st.sampled_from([".,", ",.", "'.", " ,"]))
def test_numbers_written_with_any_signs_come_back_exactly(numbers, signs):
    thousands, decimal = signs
    cells = [f"{n:,.4f}".replace(",", "T").replace(".", decimal).replace("T", thousands) for n in numbers]
    values, _, met = read(cells, thousands=thousands, decimal=decimal)
    assert values == [float(n) for n in numbers] and met == {}


def test_missing_marks_are_numbers_or_texts():
    values, _, met = read(["-999", "-999.0", "--", "N/A", "", "NaN", "7"], missing=(-999, "--", "n/a"))
    assert values[-1] == 7 and np.isnan(values[:-1]).all()
    assert met == {-999: 2, "--": 1, "n/a": 1, "": 1, "nan": 1}


def test_per_cent():
    assert read(["45%", "", "5,5 %"])[:2] == ([45.0, pytest.approx(np.nan, nan_ok=True), 5.5], True)
    assert read(["45", "5"])[1] is False


def test_like_a_number():
    assert all(map(like_a_number, ["1", "-1,5", "1.234.567", "5 %", "1e-3", "", "NA", ".5"]))
    assert not any(map(like_a_number, ["a", "13:00", "2024-01-01", ".", "1 2", "1;2"]))


TEMPERATURE = np.random.default_rng(8).normal(10, 6, 200).round(1)


@pytest.mark.parametrize("code", [-999, 9999, -9999, -99.9, 999.9, 99999])
@pytest.mark.parametrize("count", [1, 5])
def test_nines_that_stand_far_out_are_codes(code, count):
    values = np.r_[TEMPERATURE, [code] * count, np.nan]
    assert codes(values) == {f"{code:g}": count}


def test_codes_at_both_ends_and_codes_that_are_no_nines():
    assert codes(np.r_[TEMPERATURE, -9999, 9999, 9999]) == {"-9999": 1, "9999": 2}
    assert codes(np.r_[TEMPERATURE, -32768, -32768]) == {"-32768": 2}
    assert codes(np.r_[np.zeros(9), -999]) == {"-999": 1}


@pytest.mark.parametrize(
    "values",
    [
        TEMPERATURE,
        np.r_[TEMPERATURE, 80.0],  # one spike is no code
        np.arange(20, 100.0),  # 99 % of humidity
        np.r_[np.zeros(50), 0.2, 12.0],  # rain
        [0.0, 1.0, 1.0, 0.0],
        [5.0, 5.0],
        [np.nan, np.nan],
        [1.0],
        np.arange(0, 1000.0),
        np.r_[97.0, 98.0, 99.9],
    ],
)
def test_values_that_are_no_codes(values):
    assert codes(np.asarray(values)) == {}


def test_the_weather_of_the_course_has_no_codes_but_its_spike():
    from rnn_course.data import load_weather

    assert not any(codes(column) for column in load_weather().values.T)
