"""The standard error, paired differences, the rule and what is shown: scipy's numbers, and cases by hand."""

import numpy as np
import pytest
from scipy.stats import sem, ttest_rel
from sweeps import made_up

from rnn_course.data import load_record
from rnn_course.selection import Selection, one_standard_error, paired_differences, standard_error


def test_the_standard_error_is_scipys_over_the_folds_means():
    errors = np.random.default_rng(1).gamma(2, size=(5, 3))
    assert standard_error(errors) == pytest.approx(sem(errors.mean(axis=1)), rel=1e-12)


def test_the_standard_error_holds_at_every_size_and_dtype():
    errors = np.random.default_rng(1).gamma(2, size=(5, 3))
    assert standard_error(1e200 * errors) == pytest.approx(1e200 * standard_error(errors), rel=1e-14)
    half = (30_000 * errors / errors.max()).astype(np.float16)
    selection = Selection({4: half}, {4: 10}, {4: 1.0})
    assert selection.mean(4) == pytest.approx(half.astype(float).mean(), rel=1e-14)
    assert one_standard_error({4: half, 8: half}) == (4, 4)


def test_the_rule_by_hand():
    # Means 10, 6, 5, 4.5, 4.6; the standard error of the lowest is 1/√2 · spread of (4, 5) = 0.5, so the bound is 5.0.
    errors = {2: [[10.0], [10.0]], 4: [[5.0], [7.0]], 8: [[4.0], [6.0]], 16: [[4.0], [5.0]], 32: [[4.6], [4.6]]}
    assert one_standard_error(errors) == (16, 8)
    errors[8] = [[4.1], [6.1]]
    assert one_standard_error(errors) == (16, 16)


def test_the_paired_differences_are_those_of_scipys_paired_test():
    rng = np.random.default_rng(2)
    hard = rng.gamma(2, size=(5, 1))
    errors = {size: hard + rng.gamma(2, 0.1, size=(5, 3)) for size in (2, 8, 16)}
    found, best = paired_differences(errors), min(errors, key=lambda size: errors[size].mean())
    assert found.pop(best) == (0.0, 0.0)
    for size, (mean, error) in found.items():
        oracle = ttest_rel(errors[size].mean(axis=1), errors[best].mean(axis=1))
        assert mean / error == pytest.approx(oracle.statistic, rel=1e-9)
        assert mean == pytest.approx((errors[size] - errors[best]).mean(), rel=1e-12)


def test_pairs_tell_sizes_apart_that_the_spread_of_hard_folds_hides():
    # On every fold 4 is worse than 8 by 0.5 ± 0.1; the folds themselves lie 10 apart, so that one error is near 6.
    errors = {4: [[10.4], [20.6], [30.5]], 8: [[10.0], [20.0], [30.0]]}
    assert one_standard_error(errors) == (8, 4)
    assert one_standard_error(errors, paired=True) == (8, 8)
    mean, error = paired_differences(errors)[4]
    assert (mean, error) == (pytest.approx(0.5), pytest.approx(0.1 / 3**0.5))
    found = Selection(errors, dict.fromkeys(errors, 1), dict.fromkeys(errors, 1.0))
    assert (found.chosen, found.paired) == (4, 8) and found.paired_differences()[4] == (mean, error)


def test_pairs_take_the_smaller_of_two_that_folds_do_not_agree_on():
    errors = {4: [[10.5], [19.7], [30.1]], 8: [[10.0], [20.0], [30.0]]}  # +0.5, −0.3, +0.1: 0.1 ± 0.23
    assert one_standard_error(errors, paired=True) == (8, 4)


def test_pairs_want_the_same_folds():
    with pytest.raises(ValueError, match="every size must have the same folds"):
        paired_differences({2: [[1.0], [2.0]], 4: [[3.0], [4.0], [5.0]]})
    with pytest.raises(ValueError, match="paired"):
        one_standard_error({2: [[1.0], [2.0]]}, paired="yes")


def test_the_table_says_what_was_chosen_and_why():
    found = made_up()
    assert (found.best, found.chosen) == (16, 16)
    with pytest.raises(RuntimeError, match="made from numbers alone"):
        found.final_score()
    text = repr(found).splitlines()
    assert text[3].split() == ["4", "4.25", "±", "0.25", "+0.2", "±", "0.2", "30", "0.20", "by", "pairs"]
    assert text[4].split() == ["16", "4.05", "±", "0.05", "4,000", "1.50", "lowest,", "chosen"]
    assert "<td>4.05 ± 0.05</td><td></td><td>4,000</td><td>1.50</td><td>lowest, chosen</td>" in found._repr_html_()


def test_the_record_chooses_what_its_errors_say():
    sweeps = load_record("hidden_size")["sweeps"]
    assert {sweep["series"] for sweep in sweeps} == {"sunspots", "waves", "newark"}
    for sweep in sweeps:
        found = Selection.from_record(sweep)
        assert (found.best, found.chosen) == (sweep["best"], sweep["chosen"])
        # Kept errors are rounded to five places, the final score's estimate is not.
        assert found.final.size == found.chosen and found.final.estimate == pytest.approx(
            found.mean(found.chosen), abs=1e-5
        )
