"""Mechanisms that take values away, by counts."""

import numpy as np
import pytest
from gappy_series import holes, walk

from rnn_course import missing


def test_random_mechanisms_take_exactly_their_rate_and_depend_on_what_they_say():
    x = np.random.default_rng(0).normal(size=(4000, 3))
    x[:500, 0] = np.nan
    taken = {
        "mcar": missing.mcar(x, 0.3, 1),
        "mnar": missing.mnar(x, 0.3, seed=1),
        "mar": missing.mar(x, 0.3, 2, seed=1),
    }
    assert taken["mcar"].sum() == taken["mnar"].sum() == round(0.3 * 11500)
    assert taken["mar"].sum() == round(0.3 * 7500) and not taken["mar"][:, 2].any()
    assert not any(t[:500, 0].any() for t in taken.values())
    y, high = x[:, 1], x[:, 2] > 0
    assert abs(y[taken["mcar"][:, 1]].mean()) < 0.1 < 0.8 < y[taken["mnar"][:, 1]].mean()
    assert taken["mar"][high, 1].mean() > 5 * taken["mar"][~high, 1].mean()
    assert abs(y[taken["mar"][:, 1]].mean()) < 0.1


def test_outages_take_whole_stations_for_their_length():
    x = np.zeros((20000, 4))
    taken = missing.outages(x, 0.2, 12, [[0, 1], [2, 3]], seed=0)
    assert abs(taken.mean() - 0.2) < 0.02
    assert (taken[:, 0] == taken[:, 1]).all() and (taken[:, 2] == taken[:, 3]).all()
    lengths = missing.gap_lengths(taken[:-12])
    assert lengths[lengths > 0].min() == 12 and (lengths % 12 == 0)[200:-200].all()


MECHANISMS = {
    "mcar": missing.mcar,
    "mnar": missing.mnar,
    "mar": lambda x, rate, **seed: missing.mar(x, rate, 0, **seed),
    "blocks": lambda x, rate, **seed: missing.blocks(x, rate, 3, **seed),
    "outages": lambda x, rate, **seed: missing.outages(x, rate, 5, [[0, 2]], **seed),
}


@pytest.mark.parametrize("name", MECHANISMS)
def test_mechanisms_share_their_promises(name):
    x = np.stack([holes(walk(300, seed=k), seed=k) for k in range(2)])
    before = x.tobytes()
    taken, same, other = (MECHANISMS[name](x, 0.3, seed=s) for s in (1, 1, 2))
    assert taken.shape == x.shape and taken.dtype == bool and x.tobytes() == before
    assert np.array_equal(taken, same) and not np.array_equal(taken, other)
    assert taken.any() and not (taken & np.isnan(x)).any() and not MECHANISMS[name](x, 0.0, seed=1).any()
    with pytest.raises(ValueError, match="infinite at window 0, row 0, column 0"):
        MECHANISMS[name](np.full_like(x, np.inf), 0.3)
    for rate in (-0.1, 1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"rate is {rate}, it must be at least 0 and below 1"):
            MECHANISMS[name](x, rate)
    with pytest.raises(TypeError, match=r"rate is '0.3', it must be a number"):
        MECHANISMS[name](x, "0.3")


def test_mechanisms_refuse_what_they_cannot_do():
    with pytest.raises(ValueError, match=r"failures of 3 steps can take at most 0.75"):
        missing.blocks(walk(), 0.8, 3)
    assert missing.blocks(np.zeros((40000, 1)), 0.75, 3).mean() == pytest.approx(0.75, abs=0.001)
    with pytest.raises(ValueError, match="given is 3, x has 3 channels"):
        missing.mar(walk(), 0.3, 3)
    with pytest.raises(ValueError, match=r"x has one channel, mar needs another"):
        missing.mar(walk()[:, :1], 0.3, 0)
    with pytest.raises(TypeError, match=r"groups is .0, 1., it must be lists of channels"):
        missing.outages(walk(), 0.3, 3, [0, 1])
    with pytest.raises(ValueError, match="removed is float64 of shape"):
        missing.take(walk(), np.zeros((96, 3)))


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_mechanisms_weigh_in_float64(dtype):
    x = np.random.default_rng(0).normal(1013, 8, (200_000, 2)).astype(dtype)
    np.testing.assert_array_equal(missing.mnar(x, 0.2), missing.mnar(x.astype(np.float64), 0.2))
    np.testing.assert_array_equal(missing.mar(x, 0.2, 0), missing.mar(x.astype(np.float64), 0.2, 0))


def test_a_constant_weighs_nothing_whatever_its_value():
    still, zero = np.full((500, 2), 14.62), np.zeros((500, 2))
    np.testing.assert_array_equal(missing.mnar(still, 0.3), missing.mnar(zero, 0.3))


def test_a_spread_of_rounding_decides_nothing():
    """At 1e20 the last digit is worth 16,384: taken for a spread it would choose what goes."""
    x = np.random.default_rng(6).normal(size=(60, 2))
    x[:, 0] = 1e20
    rounded = x.copy()
    rounded[::2, 0] = np.nextafter(1e20, np.inf)
    assert (missing.mnar(rounded, 0.3) == missing.mnar(x, 0.3)).all()
    assert (missing.mar(rounded, 0.3, given=0) == missing.mar(x, 0.3, given=0)).all()
