"""The missingness laboratory: its draws and numbers, its JavaScript against Python, and its page in Chromium."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from explorables import (
    assert_contrast,
    assert_nothing_is_cut_off,
    assert_tab_reaches_every_control,
    frames,
    mount,
    state,
    traits,
)
from traitlets import TraitError

from rnn_course.data import Series, load_record, load_weather
from rnn_course.missing import METHODS, mcar, take
from rnn_course.widgets import MissingLaboratory
from rnn_course.widgets.missing_laboratory import (
    FILLS,
    LENGTHS,
    MECHANISMS,
    NETWORKS,
    QUANTILES,
    SIMPLE,
    STATION,
    WEATHER,
    Draws,
    removal,
    setting,
)


def an_explorer(steps=0, channels=2, period=5, draw=0, **controls):
    """The laboratory with a series of so many steps of its own; with none for 0 steps."""
    rng = np.random.default_rng(draw)
    walk = (
        rng.normal(size=(steps, channels)).cumsum(axis=0) + 3 * np.sin(np.arange(steps) * 2 * np.pi / period)[:, None]
    )
    explorer = MissingLaboratory(walk, period=period) if steps else MissingLaboratory()
    for name, value in controls.items():
        setattr(explorer, name, value)
    return explorer


# ---- The draws -------------------------------------------------------------------------------------------------


def xorshift(x):
    """Marsaglia's three shifts, on a list of 32 bits, the lowest first."""
    bits = [x >> k & 1 for k in range(32)]
    for shift in (13, -17, 5):
        bits = [bits[k] ^ (bits[k - shift] if 0 <= k - shift < 32 else 0) for k in range(32)]
    return sum(bit << k for k, bit in enumerate(bits))


def test_draws_are_marsaglias_xorshift():
    for seed in (0, 7, 99):
        x = (seed + 1) * 2654435761 % 2**32
        for _ in range(16):
            x = xorshift(x)
        wanted = []
        for _ in range(6):
            x = xorshift(x)
            wanted.append((x - 0.5) / 2**32)
        np.testing.assert_array_equal(Draws(seed).random((2, 3)), np.reshape(wanted, (2, 3)))


def test_draws_are_uniform_and_do_not_follow_each_other():
    stats = pytest.importorskip("scipy.stats")
    drawn = np.stack([Draws(seed).random(2000) for seed in range(100)])
    assert stats.kstest(drawn.ravel(), "uniform").pvalue > 0.01
    assert stats.kstest(drawn[:, 0], "uniform").pvalue > 0.01  # the first of each seed
    z = drawn - 0.5
    assert abs((z[:, 1:] * z[:, :-1]).mean() * 12) < 0.01
    assert np.abs(np.corrcoef(drawn[:, :500]) - np.eye(100)).max() < 0.25
    assert stats.kstest(Draws(3).gumbel(5000), "gumbel_r").pvalue > 0.01


# ---- The numbers -----------------------------------------------------------------------------------------------


def test_the_removal_is_the_librarys_own():
    explorer = an_explorer(mechanism="mcar", rate=0.35, seed=3)
    truth = np.array(explorer.stretches["temp"]["values"])[:, None]
    np.testing.assert_array_equal(explorer.compute()["removed"], mcar(truth, 0.35, Draws(3))[:, 0])
    assert explorer.compute()["removed"].sum() == 84


def test_every_mechanism_does_what_its_name_says():
    explorer = an_explorer()
    truth, given = (np.array(explorer.stretches["temp"][name])[:, None] for name in ("values", "given"))
    removed = {how: removal(truth, given, how, 0.3, 12, 5) for how in MECHANISMS}
    level = {how: truth[gone].mean() - truth[~gone].mean() for how, gone in removed.items()}
    assert level["mnar"] > level["mcar"] + 5 and level["mar"] > level["mcar"] + 5
    assert given[removed["mar"]].mean() > given[~removed["mar"]].mean() + 5
    np.testing.assert_array_equal(removed["blocks"], removed["outages"])
    edges = np.flatnonzero(np.diff(removed["blocks"][:, 0].astype(int)))
    assert (np.diff(edges)[::2] % 12 == 0).all()


def test_fills_are_those_of_the_library_and_networks_are_recorded():
    explorer = an_explorer(fills=list(FILLS))
    now, stretch = explorer.compute(), explorer.stretches["temp"]
    assert list(now["fills"]) == list(FILLS)
    truth, removed = np.array(stretch["values"]), now["removed"]
    holes = take(truth[:, None], removed[:, None])
    for name in SIMPLE:
        np.testing.assert_array_equal(now["fills"][name]["values"], METHODS[name]().fit(holes).fill(holes)[:, 0])
    for name in NETWORKS:
        values = now["fills"][name]["values"]
        np.testing.assert_array_equal(values[removed], load_record("fills")["fills"]["temp blocks 0.3 12 5"][name])
        np.testing.assert_array_equal(values[~removed], truth[~removed])
    linear = now["fills"]["linear"]
    assert linear["mae"] == pytest.approx(np.abs(linear["values"] - truth)[removed].mean())
    z = linear["values"] - linear["values"].mean()
    assert linear["autocorrelation"][23] == pytest.approx((z[24:] * z[:-24]).mean() / z.var())
    np.testing.assert_allclose(linear["quantiles"], np.quantile(linear["values"], QUANTILES))
    assert now["by_length"]["linear"][LENGTHS.index(12)] == pytest.approx(linear["mae"])


def test_a_network_is_left_out_where_none_is_recorded():
    explorer = an_explorer(fills=["linear", "course"], seed=6)
    assert list(explorer.compute()["fills"]) == ["linear"]
    assert np.isnan(explorer.compute()["by_length"]["course"]).all()
    explorer.seed, explorer.series = 5, "co2"
    assert list(explorer.compute()["fills"]) == ["linear"]


def test_nothing_taken_and_nothing_left():
    nothing = an_explorer(24, mechanism="blocks", rate=0.05, gap_length=20, seed=1, fills=["mean"])
    assert not nothing.compute()["removed"].any()
    assert nothing.compute()["fills"]["mean"]["mae"] is None
    everything = an_explorer(24, mechanism="blocks", rate=0.6, gap_length=48, seed=32)
    assert everything.compute()["fills"] == {}
    assert everything.compute()["removed"].all()


# ---- The record ------------------------------------------------------------------------------------------------


def test_every_recorded_fill_fits_its_holes():
    record, explorer = load_record("fills"), an_explorer()
    assert len(record["fills"]) == 3 * 3 * 2 * (3 + 2 * 3)
    for series, mechanism, rate, length, seed in explorer.recorded_settings():
        stretch = explorer.stretches[series]
        truth, given = (np.array(stretch[name])[:, None] for name in ("values", "given"))
        removed = removal(truth, given, mechanism, rate, length, seed)
        found = record["fills"][setting(series, mechanism, rate, length, seed)]
        assert set(found) == set(NETWORKS)
        for values in found.values():
            assert len(values) == removed.sum() > 0
            assert truth.min() - 20 < min(values) and max(values) < truth.max() + 20


def test_networks_had_not_seen_the_stretches():
    data, train = load_weather(), load_record("fills")["settings"]["train"]
    for channel, (first, steps) in WEATHER.items():
        assert first >= train * len(data)
        assert not np.isnan(data.values[first : first + steps, data.channels.index(f"{STATION} {channel}")]).any()


def test_the_record_is_small():
    path = Path(__file__).parent.parent / "rnn_course" / "data" / "recorded" / "fills.json"
    assert path.stat().st_size < 250_000
