"""A filled series is rated by its distance from the truth beside plain ways', and only where the rules are kept."""

import numpy as np
import pytest

from rnn_course.assignments import rating

GAPS = (slice(3, 6), 0)
STEPS = ((1, 0.25), (0.5, 1))
TRUTH = np.random.default_rng(0).normal(5, 2, size=(12, 2)).round(1)


def gappy():
    x = TRUTH.copy()
    x[GAPS] = np.nan
    return x


def filled(off):
    x = TRUTH.copy()
    x[GAPS] += off * TRUTH[:, 0].std()
    return x


def rate(*results, measure="error", plain=None):
    cases = [{"": result} for result in results]
    plain = plain or {"the line": [1.0] * len(cases), "the mean": [2.0] * len(cases)}
    return rating.rate(cases, [{"": TRUTH}] * len(cases), [{"x": gappy()}] * len(cases), measure, plain, STEPS)


@pytest.mark.parametrize(
    ("off", "share"), [(0, 1), (0.5, 1), (0.51, 0.25), (1, 0.25), (1.01, 0), (-1, 0.25), (1e300, 0)]
)
def test_the_share_is_that_of_the_step_reached(off, share):
    assert rate(filled(off)).share == share


def test_what_is_told_are_the_errors_the_step_and_where_the_next_begins():
    assert rate(filled(0.75)).message == (
        "Your error is 0.75; that of the line is 1; that of the mean is 2. Yours is 0.75 times that of the line: "
        "step 1 of 2, 25% of the points. Step 2 begins at 0.50 times."
    )
    assert rate(filled(3)).message.endswith("3 times that of the line: no points. Step 1 begins at 1.00 times.")
    assert rate(filled(0)).message.endswith("step 2 of 2, 100% of the points.")


def test_the_mean_over_the_cases_counts():
    assert rate(filled(0.3), filled(0.7)).share == 1
    assert rate(filled(0.3), filled(0.72)).share == 0.25


def changed(place, value):
    x = filled(0)
    x[place] = value
    return x


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (gappy(), "Values that are NaN or infinite: 3, the first at step 3 of feature 0. Give numbers alone."),
        (changed((4, 0), np.inf), "Values that are NaN or infinite: 1, the first at step 4 of feature 0."),
        (changed((8, 1), np.nan), "Values that are NaN or infinite: 1, the first at step 8 of feature 1."),
        (filled(0)[1:], "Your function returned shape (11, 2), the shape of what it was given is wanted: (12, 2)."),
        (filled(0).T, "Your function returned shape (2, 12)"),
        (np.array(1.0), "Your function returned shape ()"),
        (changed((0, 1), 0), "Measured values that you changed: 1 of 21. "),
    ],
)
def test_who_breaks_a_rule_in_one_case_gets_nothing(answer, sentence):
    rated = rate(filled(0), answer)
    assert rated.share == 0 and sentence in rated.message


def test_the_rounding_of_float32_is_no_change():
    assert rate(filled(0).astype(np.float32)).share == 1
    one = filled(0.5).astype(np.float32)
    plain = {"the line": [rating.error(filled(0.5), TRUTH, gappy()) * 2]}
    assert rate(one + np.float32(1e-6) * np.isnan(gappy()), plain=plain).share == 1


def test_the_distortion_is_of_spread_and_of_memory():
    x = np.random.default_rng(1).normal(size=(400, 1))
    assert rating.distortion(x, x, x) == 0
    assert rating.distortion(2 * x + 3, x, x) == pytest.approx(np.log(2))
    walk = np.sqrt(0.5) * (x[1:] + x[:-1])
    walk *= x[1:].std() / walk.std()
    assert rating.distortion(walk, x[1:], x[1:]) == pytest.approx(0.5, abs=0.1)
    assert rating.distortion(0 * x, x, x) > 100


@pytest.mark.parametrize("measure", rating.MEASURES)
@pytest.mark.parametrize("value", [0.0, 5.0, 1e308, -1e200])
def test_one_number_in_every_gap_earns_nothing_where_it_is_no_better_than_the_plain_way(measure, value):
    plain = {"the mean": [rating.MEASURES[measure](np.where(np.isnan(gappy()), 5.05, TRUTH), TRUTH, gappy()) * 0.5]}
    assert rate(np.where(np.isnan(gappy()), value, TRUTH), measure=measure, plain=plain).share == 0
