"""The missingness laboratory: its draws and numbers, its JavaScript against Python, and its page in Chromium."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from examples.missing_laboratory import an_explorer
from explorables import assert_nothing_is_cut_off, frames, mount, number, put, state, traits, tried
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
    path = Path(__file__).parents[2] / "rnn_course" / "data" / "recorded" / "fills.json"
    assert path.stat().st_size < 250_000


# ---- The page --------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_both_languages_draw_alike(page):
    explorer = an_explorer()
    mount(page, explorer)
    script = """async ([esm, seeds]) => {
      const { draws } = await window.load(esm);
      return seeds.map(seed => { const next = draws(seed); return Array.from({ length: 500 }, () => next()); });
    }"""
    seeds = [0, 1, 41, 99]
    np.testing.assert_array_equal(
        page.evaluate(script, [explorer._esm, seeds]), [Draws(seed).random(500) for seed in seeds]
    )


def table(root, caption):
    """The rows of the table whose caption begins so, `{row name: [texts]}`."""
    frames(root.page)
    rows = root.locator(f"table:has(caption:text-matches('^{caption}')) tbody tr")
    read = "rows => rows.map(row => [row.dataset.row, [...row.querySelectorAll('td')].map(cell => cell.textContent)])"
    return dict(rows.evaluate_all(read))


def opened(page, explorer):
    """Render it and unfold what is folded."""
    root = mount(page, explorer)
    root.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    return root


def bin_read(now, gap, mechanism):
    """The bin nearest to the chosen one of those in which a fill has an error; the chosen one where none has."""
    errors = [
        now["by_length"][name] if mechanism in ("blocks", "outages") else fill["by_gap"]
        for name, fill in now["fills"].items()
    ]
    filled = [k for k, at in enumerate(zip(*errors, strict=True)) if not np.isnan(at).all()]
    return min(filled or [gap], key=lambda k: abs(k - gap))


def assert_shown(root, explorer):
    """Every number in the tables is the library's."""
    now, step = explorer.compute(), explorer.cursor - 1
    truth = explorer.stretches[explorer.series]["values"]
    shown = table(root, f"Step {explorer.cursor}")
    assert list(shown) == ["truth", *now["fills"]]
    assert number(shown["truth"][0]) == pytest.approx(truth[step], rel=1e-6)
    for name, fill in now["fills"].items():
        assert number(shown[name][0]) == pytest.approx(fill["values"][step], rel=1e-6)
        if now["removed"][step]:
            assert number(shown[name][1]) == pytest.approx(fill["values"][step] - truth[step], abs=1e-6)
    whole, gap = table(root, "The whole series"), table(root, "Mean absolute error")
    at = bin_read(now, explorer.gap, explorer.mechanism)
    lag, quantile = table(root, "Autocorrelation at lag"), table(root, "Quantile")
    for name, fill in now["fills"].items():
        ratio = fill["variance"] / now["truth"]["variance"]
        wanted = [fill["mae"], fill["rmse"], ratio, fill["correlation"]]
        assert [number(text) for text in whole[name]] == pytest.approx(wanted, rel=6e-4)  # four digits
        by = now["by_length"][name] if explorer.mechanism in ("blocks", "outages") else fill["by_gap"]
        error = by[at]
        assert gap[name] == ["–"] if np.isnan(error) else number(gap[name][0]) == pytest.approx(error, rel=1e-6)
        at_lag = fill["autocorrelation"][explorer.lag - 1]
        assert number(lag[name][0]) == pytest.approx(at_lag, rel=1e-6, abs=1e-12)
        assert number(quantile[name][0]) == pytest.approx(fill["quantiles"][explorer.quantile], rel=1e-6)
    assert number(lag["truth"][0]) == pytest.approx(now["truth"]["autocorrelation"][explorer.lag - 1], rel=1e-6)


@pytest.mark.browser
def test_every_control_changes_what_is_shown_and_reset_restores_it(page):
    explorer = an_explorer()
    root = opened(page, explorer)
    assert_shown(root, explorer)
    for label, trait, key in [
        ("Share asked for", "rate", "ArrowRight"),
        ("Length of a gap", "gap_length", "ArrowLeft"),
        ("Seed of the draw", "seed", "ArrowRight"),
        ("At step", "cursor", "ArrowLeft"),
        ("Gaps of length", "gap", "ArrowLeft"),
        ("Lag", "lag", "ArrowLeft"),
        ("Quantile", "quantile", "ArrowRight"),
    ]:
        before = getattr(explorer, trait)
        root.get_by_role("slider", name=label).press(key)
        setattr(explorer, trait, state(page)[trait])
        assert getattr(explorer, trait) != before, trait
        assert_shown(root, explorer)
    for choice, trait, value in [
        ("By its own size (MNAR)", "mechanism", "mnar"),
        ("CO₂, weekly", "series", "co2"),
        ("By the neighbour (MAR)", "mechanism", "mar"),
        ("Outages, the whole station", "mechanism", "outages"),
    ]:
        root.get_by_role("combobox", name=trait.capitalize()).select_option(label=choice)
        setattr(explorer, trait, value)
        assert_shown(root, explorer)
    root.get_by_role("checkbox", name="Seasonal").press("Space")
    root.get_by_role("checkbox", name="Mean").press("Space")
    explorer.fills = ["last", "linear", "seasonal", "course"]
    assert state(page)["fills"] == explorer.fills
    assert_shown(root, explorer)
    root.get_by_role("button", name="Reset").click()
    explorer.reset()
    assert state(page) == explorer.state == an_explorer().state
    assert_shown(root, explorer)


@pytest.mark.browser
def test_no_bin_without_a_result_is_read(page):
    """Not at first, not when the mechanism changes, and the slider passes over them."""
    explorer = an_explorer(mechanism="mcar", gap=5)
    assert np.isnan(explorer.compute()["fills"]["linear"]["by_gap"][5])
    root = opened(page, explorer)
    slider = root.get_by_role("slider", name="Gaps of length")
    for mechanism in ("mcar", "mnar", "blocks", "mar", "outages"):
        page.evaluate("how => window.copies[0].model.set('mechanism', how)", mechanism)
        explorer.mechanism = mechanism
        assert_shown(root, explorer)
        errors = table(root, "Mean absolute error")
        assert {name for name, cells in errors.items() if cells != ["–"]} >= {"mean", "last", "linear"}, mechanism
        steps = 1 + int(slider.get_attribute("max"))
        now = explorer.compute()
        counts = now["counts"] if mechanism in ("mcar", "mnar", "mar") else np.ones(len(LENGTHS))
        assert steps == np.count_nonzero(counts), mechanism


@pytest.mark.browser
@pytest.mark.parametrize(("mechanism", "same"), [("mcar", True), ("mnar", True), ("blocks", False)])
def test_the_share_asked_for_and_the_share_taken_are_told_apart(page, mechanism, same):
    explorer = an_explorer(mechanism=mechanism, rate=0.35)
    root, taken = mount(page, explorer), explorer.compute()["removed"].mean()
    frames(page)
    said = root.locator(".rnn-reach").text_content()
    assert said.startswith(f"Asked for were 35\u00a0% of the values; this draw took {100 * taken:.3g}\u00a0%: ")
    assert (taken == 0.35) == same
    assert ("on average over many draws only" in root.locator(".rnn-facts").text_content()) != same


def box(series):
    """How wide the box of its distribution is, from 25 to 75 %."""
    return series["quantiles"][3] - series["quantiles"][1]


CLAIMS = {  # of the numbers in the button's state and in the opening state, with the course's network where it is
    "Single values": lambda now, first: (
        max(now["gaps"]) < 12 and now["fills"]["linear"]["mae"] < 0.7 * first["fills"]["linear"]["mae"]
    ),
    "A day at a time": lambda now, first: (
        "course" not in now["fills"] or now["fills"]["course"]["mae"] < 0.7 * now["fills"]["linear"]["mae"]
    ),
    "Fill in the mean": lambda now, first: (
        list(now["fills"]) == ["mean"]
        and len(set(now["fills"]["mean"]["values"][now["removed"]])) == 1
        and now["fills"]["mean"]["variance"] < 0.97 * now["truth"]["variance"]
        and box(now["fills"]["mean"]) < 0.95 * box(now["truth"])
    ),
    "The highest go": lambda now, first: all(
        fill["quantiles"][-1] < now["truth"]["quantiles"][-1] for fill in now["fills"].values()
    ),
    "Judge by eye": lambda now, first: len(now["fills"]) >= 3,
}


@pytest.mark.browser
def test_what_the_buttons_say_holds_for_other_draws(page):
    explorer = an_explorer()
    root, seen = mount(page, explorer), []
    for label, _, where in tried(page, root):
        assert setting(*(where[n] for n in ("series", "mechanism", "rate", "gap_length", "seed"))) in explorer.recorded
        for seed in (5, 18, 0, 3, 7, 42):  # of the first two a network's fill is recorded
            first = put(explorer, explorer.initial | {"seed": seed}).compute()
            assert CLAIMS[label](put(explorer, where | {"seed": seed}).compute(), first), (label, seed)
        if label == "A day at a time":
            assert LENGTHS[where["gap"]] == where["gap_length"] == 24
            now = put(explorer, where).compute()
            course, truth = now["fills"]["course"]["values"], np.array(explorer.stretches["temp"]["values"])
            [seen_holes] = np.nonzero(now["removed"][: where["zoom"]])
            assert course[seen_holes].min() > truth[seen_holes].min() + 3  # it does not reach the bottom
        results = root.locator(".rnn-results").first
        assert results.is_visible() == where["show_truth"]
        seen.append(label)
    assert seen == list(CLAIMS)


@pytest.mark.browser
def test_single_values_are_compared_with_the_error_that_blocks_had(page):
    explorer = an_explorer()
    error = explorer.compute()["fills"]["linear"]["mae"]
    root = mount(page, explorer)
    button, look = root.get_by_role("button", name="Single values"), root.locator(".rnn-look")
    button.click()
    assert f"mean absolute error was {error:.3g}\u00a0°F: " in look.text_content()
    root.get_by_role("combobox", name="Series").select_option(label="CO₂, weekly")
    button.click()
    assert f"{error:.3g}\u00a0°F" in look.text_content() and state(page)["series"] == "temp"


@pytest.mark.browser
def test_an_error_that_the_opening_state_has_not_is_not_told(page):
    root = mount(page, an_explorer(24, seed=1))
    page.evaluate("() => Object.assign(window.copies[0].model.get('initial'), { rate: 0.05, gap_length: 20, seed: 1 })")
    root.get_by_role("button", name="Single values").click()
    assert (
        root.locator(".rnn-look")
        .text_content()
        .endswith("how large is the mean absolute error (MAE) of the straight line?")
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [1000, 360])
@pytest.mark.parametrize(("zoom", "days"), [(48, 2), (96, 4), (0, 10)])
def test_days_are_named_where_they_begin(page, width, zoom, days):
    page.set_viewport_size({"width": width, "height": 900})
    explorer = an_explorer(zoom=zoom, cursor=10)
    root = mount(page, explorer)
    frames(page)
    axis = root.locator("[data-chart=series] .rnn-axes")
    labels = [text for text in axis.locator("text").all_text_contents() if "-" in text]
    times = explorer.stretches["temp"]["times"][: zoom or None]
    midnights = [time[5:10] for time in times if time.endswith(" 00:00")]
    ticks = axis.locator("path:not(.rnn-grid)").evaluate_all("all => all.map(path => path.getAttribute('d'))")
    across = root.locator("[data-chart=series] svg").bounding_box()["width"] - 44 - 12  # between the chart's margins
    at = [44 + across * (k + 0.5) / len(times) for k, time in enumerate(times) if time.endswith(" 00:00")]
    np.testing.assert_allclose([float(tick[1:].split(",")[0]) for tick in ticks], at, atol=0.01)
    assert len(midnights) == days
    assert labels == midnights[:: round(days / len(labels))] and len(labels) >= min(days, 4)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1062, 960, 640, 360])
def test_no_chart_of_the_results_leaves_its_row_half_empty(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    root = mount(page, an_explorer())
    frames(page)
    boxes = [part.bounding_box() for part in root.locator(".rnn-results > div").all()]
    whole = root.locator(".rnn-results").bounding_box()
    for top in {round(box["y"]) for box in boxes}:
        row = [box for box in boxes if round(box["y"]) == top]
        assert max(box["x"] + box["width"] for box in row) == pytest.approx(whole["x"] + whole["width"], abs=1)


@pytest.mark.browser
@pytest.mark.parametrize("series", ["temp", "pressure", "wind_speed", "co2"])
def test_a_distribution_has_a_scale(page, series):
    page.set_viewport_size({"width": 1062, "height": 900})  # three charts in a row: the narrowest
    root = mount(page, an_explorer(series=series))
    frames(page)
    assert root.locator("[data-chart=quantiles] .rnn-axes text").count() >= 3


@pytest.mark.browser
def test_a_change_from_the_kernel_is_drawn(page):
    explorer = an_explorer()
    root = opened(page, explorer)
    page.evaluate(
        """() => {
          const { model } = window.copies[0];
          model.set("series", "pressure");
          model.set("fills", ["median", "brits"]);
          model.set("rate", 0.5);
        }"""
    )
    explorer.series, explorer.fills, explorer.rate = "pressure", ["median", "brits"], 0.5
    assert_shown(root, explorer)
    assert (
        root.get_by_role("checkbox", name="BRITS").is_checked()
        and not root.get_by_role("checkbox", name="Linear").is_checked()
    )


@pytest.mark.browser
def test_networks_say_whether_they_are_recorded_and_the_way_to_where_they_are(page):
    root = opened(page, an_explorer())
    course, go = (
        root.get_by_role("checkbox", name="Course’s"),
        root.get_by_role("button", name="Go to a recorded setting"),
    )
    note = page.locator(f"[id='{course.get_attribute('aria-describedby')}']")

    def label():
        frames(page)
        return root.locator(f"label[for='{course.get_attribute('id')}']").text_content()

    assert label() == "Course’s (recorded)" and go.is_hidden()
    assert f"Recorded on {load_record('fills')['date']}" in note.text_content()
    root.get_by_role("slider", name="Seed of the draw").press("ArrowRight")
    root.get_by_role("slider", name="Share asked for").press("ArrowRight")
    for _ in range(3):
        root.get_by_role("slider", name="Length of a gap").press("ArrowRight")
    assert label() == "Course’s (none here)" and "course" not in table(root, "The whole series")
    assert "shares of 10, 30 and 50\u00a0%, lengths of 6, 12 and 24 and seeds 5 and 18" in note.text_content()
    go.press("Enter")
    assert label() == "Course’s (recorded)" and go.is_hidden()
    where = state(page)
    assert (where["rate"], where["gap_length"], where["seed"]) == (0.3, 12, 5)

    root.get_by_role("combobox", name="Mechanism").select_option(label="At random (MCAR)")
    length = root.get_by_role("slider", name="Length of a gap")
    assert length.is_disabled() and length.get_attribute("aria-valuetext") == "single values"
    page.evaluate("() => window.copies[0].model.set('gap_length', 15)")
    assert length.is_disabled() and label() == "Course’s (recorded)"
    root.get_by_role("slider", name="Share asked for").press("End")
    assert label() == "Course’s (none here)" and "lengths" not in note.text_content()
    go.click()
    assert label() == "Course’s (recorded)" and state(page)["gap_length"] == 15

    root.get_by_role("combobox", name="Series").select_option(label="CO₂, weekly")
    assert label() == "Course’s (none here)" and go.is_hidden()
    assert "No network’s fill is recorded for this series" in note.text_content()
    root.get_by_role("combobox", name="Mechanism").select_option(label="Blocks, this channel alone")
    assert length.is_enabled() and length.get_attribute("aria-valuetext") == "15 steps"


@pytest.mark.browser
def test_a_hidden_truth_is_nowhere(page):
    explorer = an_explorer(40, mechanism="mcar", fills=["linear"])
    step = int(np.flatnonzero(explorer.compute()["removed"])[3])
    explorer.cursor = step + 1
    root = mount(page, explorer)
    text = f"{explorer.stretches['own']['values'][step]:.7g}".replace("-", "−")
    everything = "root => root.outerHTML"
    frames(page)
    assert text in root.evaluate(everything)
    dotted = root.locator("[data-chart=series] .rnn-truth")
    assert dotted.get_attribute("d") != ""
    root.get_by_role("checkbox", name="Show the truth").press("Space")
    frames(page)
    shown = table(root, f"Step {step + 1}")
    assert shown["truth"] == ["hidden", ""] and shown["linear"][1] == "hidden"
    assert dotted.get_attribute("d") == "" and text not in root.locator("[data-chart=series]").evaluate(everything)
    for figure in ("gap", "lag", "quantiles"):
        assert root.locator(f"[data-chart={figure}]").is_hidden()
    assert not re.search("error|mean", root.locator(".rnn-facts").inner_text())
    page.wait_for_function("() => /this draw took[^M]*$/.test(document.querySelector('[role=status]').textContent)")


def corners(path):
    """The points of a path of M and L, a list of (x, y) for each part."""
    parts = [part.removesuffix("h0") for part in path.split("M")[1:]]
    return [[tuple(map(float, point.split(","))) for point in part.split("L")] for part in parts]


@pytest.mark.browser
@pytest.mark.parametrize(("mechanism", "zoom"), [("blocks", 0), ("mcar", 96), ("mar", 48)])
def test_holes_and_lines_are_drawn_where_their_numbers_are(page, mechanism, zoom):
    explorer = an_explorer(mechanism=mechanism, zoom=zoom, cursor=100, fills=["linear", "course"])
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    steps = zoom or 240
    first = (99 // steps) * steps  # from 0
    box = root.locator("[data-chart=series] svg").bounding_box()
    x = 44 + (np.arange(240) - first + 0.5) * (box["width"] - 44 - 12) / steps
    ticks = root.locator("[data-chart=series] .rnn-axes text[text-anchor=end]").evaluate_all(
        "all => all.map(text => [Number(text.textContent), Number(text.getAttribute('y')) - 4])"
    )
    slope, offset = np.polyfit(*np.transpose(ticks), 1)
    inside = np.zeros(240, bool)
    inside[first : first + steps] = True

    def assert_drawn(path, values, steps_of):
        drawn = {round(px, 1): py for part in corners(path) for px, py in part}
        assert len(drawn) == steps_of.sum()
        for t in np.flatnonzero(steps_of):
            at = min(drawn, key=lambda px: abs(px - x[t]))
            assert at == pytest.approx(x[t], abs=0.06)
            assert drawn[at] == pytest.approx(offset + slope * values[t], abs=0.1)

    removed = now["removed"]
    beside = (removed | np.append(removed[1:], False) | np.insert(removed[:-1], 0, False)) & inside
    edge = removed & inside  # a hole beyond the picture leaves its neighbour inside undrawn
    beside[first] &= edge[first] or edge[first + 1]
    beside[first + steps - 1] &= edge[first + steps - 1] or edge[first + steps - 2]
    truth = np.array(explorer.stretches["temp"]["values"])
    lines = root.locator("[data-chart=series] .rnn-line")
    paths = lines.evaluate_all("all => all.map(path => path.getAttribute('d'))")
    assert len(paths) == 4
    assert_drawn(paths[0], truth, inside & ~removed)
    for path, name in zip(paths[1:3], ("linear", "course"), strict=True):
        assert_drawn(path, now["fills"][name]["values"], beside)
    assert_drawn(paths[3], truth, beside)
    holes = root.locator("[data-chart=series] .rnn-foot").get_attribute("d")
    drawn = [tuple(map(float, re.findall(r"[\d.]+", part)[::2])) for part in holes.split("M")[1:]]
    half = (x[1] - x[0]) / 2
    covered = np.array([any(a < at < b for a, b in drawn) for at in x]) & inside
    np.testing.assert_array_equal(covered, removed & inside)
    assert min(b - a for a, b in drawn) > 2 * half - 0.2
    assert root.locator("[data-chart=given]").is_visible() == (mechanism == "mar")


@pytest.mark.browser
def test_the_mouse_chooses_steps_lags_groups_and_quantiles(page):
    explorer = an_explorer(zoom=48, cursor=100)
    root = mount(page, explorer)
    frames(page)

    def press(chart, share, left=44, right=12):
        svg = root.locator(f"[data-chart={chart}] svg")
        svg.scroll_into_view_if_needed()
        box = svg.bounding_box()
        page.mouse.click(box["x"] + left + share * (box["width"] - left - right), box["y"] + 60)
        return state(page)

    assert press("series", 0.51)["cursor"] == 96 + 25
    assert press("lag", 0.99)["lag"] == 48
    assert press("gap", 0.01)["gap"] == 0
    assert press("quantiles", 0.99, left=84)["quantile"] == 4
    assert press("quantiles", 0.01, left=84)["quantile"] == 0


@pytest.mark.browser
def test_says_what_it_shows(page):
    explorer = an_explorer(fills=["mean", "linear"])
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    labels = root.locator("svg[role=img]").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    gone, mae = now["removed"].sum(), now["fills"]["linear"]["mae"]
    assert f"{gone} of 240 values are missing; fills shown: Mean, Linear" in labels[0]
    assert f"Linear {mae:.3g}" in labels[2]
    assert f"truth {now['truth']['autocorrelation'][0]:.3g}" in labels[4]
    assert f"truth {now['truth']['quantiles'][2]:.3g}" in labels[3]
    left = np.array(explorer.stretches["temp"]["values"])[~now["removed"]]
    facts = root.locator(".rnn-facts").text_content()
    share = "Asked for were 30\u00a0% of the values; this draw took 45\u00a0%"
    assert root.locator(".rnn-reach").text_content() == f"{share}: {gone} of 240, in 9 gaps; the longest has 12 steps."
    assert f"What is left has the mean {left.mean():.3g}\u00a0°F" in facts
    assert f"Linear, {mae:.3g}\u00a0°F; largest: Mean" in facts
    said = f"Mean absolute error: Mean {now['fills']['mean']['mae']:.3g}; Linear {mae:.3g}."
    page.wait_for_function("(text) => document.querySelector('[role=status]').textContent.includes(text)", arg=said)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("controls", "sentence"),
    [
        ({"rate": 0.05, "gap_length": 20, "seed": 1}, "Nothing was taken"),
        ({"rate": 0.6, "gap_length": 48, "seed": 32}, "Nothing is left to fill from"),
        ({"fills": [], "mechanism": "mcar"}, "What is left has the mean"),
    ],
)
def test_extremes_are_said_and_drawn(page, controls, sentence):
    root = mount(page, an_explorer(24, **controls))
    frames(page)
    assert sentence in root.locator(".rnn-facts").text_content()
    assert "NaN" not in root.evaluate("root => root.outerHTML")
    assert "Infinity" not in root.evaluate("root => root.outerHTML")
    assert_nothing_is_cut_off(page, least=10)


@pytest.mark.browser
def test_every_fill_has_a_dash_of_its_own(page):
    root = mount(page, an_explorer(fills=list(FILLS)))
    frames(page)
    read = "all => all.map(path => getComputedStyle(path).strokeDasharray)"
    dashes = root.locator("[data-chart=series] g .rnn-line").evaluate_all(read)
    assert len(set(dashes)) == len(dashes) == len(FILLS)
    assert page.evaluate("() => document.getAnimations().length") == 0  # nothing moves by itself


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_are_all_that_the_page_needs():
    sent = traits(an_explorer())
    needed = {
        "tables",
        "stretches",
        "recorded",
        "recorded_on",
        "initial",
        "ranges",
        "whole",
        "choices",
        *an_explorer().state,
    }
    assert needed == set(sent) - {"tabbable", "tooltip"}
    carried = ("stretches", "recorded")
    assert json.loads(json.dumps({name: sent[name] for name in carried})) == {name: sent[name] for name in carried}


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer(30)
    first = explorer.state
    assert first["series"] == "own"
    explorer.series, explorer.rate, explorer.fills, explorer.cursor = "co2", 0.1, [], 3
    assert explorer.state != first
    explorer.reset()
    assert explorer.state == first == explorer.initial


def test_fills_stand_in_their_order():
    assert an_explorer(fills=["course", "mean"]).fills == ["mean", "course"]


def test_the_name_shows_no_address():
    assert repr(an_explorer(30)) == "MissingLaboratory(steps: temp 240, pressure 144, wind_speed 240, co2 240, own 30)"


def test_a_series_of_ones_own_brings_its_names():
    part = load_weather(("EWR", "LGA"), ("dewp",))[2300:2400]
    own = MissingLaboratory(part).stretches["own"]
    assert (own["name"], own["unit"], own["given_name"]) == ("EWR dewp", "°F", "LGA dewp")
    assert own["values"] == part.values[:, 0].tolist() and own["given"] == part.values[:, 1].tolist()
    assert own["times"][0] == "2013-04-07 02:00"
    series = Series("tide", np.arange(30.0) % 7, np.arange(1900, 1930), ("level",), ("m",))
    own = MissingLaboratory(series, period=6).stretches["own"]
    assert (own["name"], own["given_name"], own["times"][-1]) == ("level", "time of the period", "1929")
    np.testing.assert_allclose(own["given"][:7], np.cos(np.pi / 3 * np.arange(7)))


@pytest.mark.parametrize(
    ("own", "period", "error", "sentence"),
    [
        (np.arange(23.0), 24, ValueError, "own has 23 steps, it must have from 24 to 480"),
        (np.arange(481.0), 24, ValueError, "own has 481 steps, it must have from 24 to 480"),
        (np.zeros((30, 3)), 24, ValueError, "own has 3 channels, wanted one and, if there is one, its neighbour"),
        (np.r_[np.arange(29.0), np.nan], 24, ValueError, "own has nan at [29, 0]"),
        (np.full(30, 2.5), 24, ValueError, "own is 2.5 at every step"),
        (np.tile([0.3, 0.1 + 0.2], 15), 24, ValueError, "own is 0.3 at every step"),
        (np.arange(30.0), 1, ValueError, "period is 1, it must be at least 2"),
        (np.arange(30.0), 2.5, TypeError, "period is 2.5, it must be a whole number"),
        (list("words" * 6), 24, TypeError, "own has dtype"),
    ],
)
def test_bad_input_gets_one_clear_sentence(own, period, error, sentence):
    with pytest.raises(error) as caught:
        MissingLaboratory(own, period)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("series", "own", ValueError),
        ("mechanism", "drop", TraitError),
        ("rate", 0.61, TraitError),
        ("rate", 0.0, TraitError),
        ("rate", float("nan"), TraitError),
        ("gap_length", 1, TraitError),
        ("gap_length", 49, TraitError),
        ("seed", -1, TraitError),
        ("seed", 100, TraitError),
        ("fills", ["mean", "kalman"], ValueError),
        ("zoom", 95, TraitError),
        ("cursor", 0, TraitError),
        ("gap", 6, TraitError),
        ("lag", 0, TraitError),
        ("quantile", 5, TraitError),
    ],
)
def test_a_control_out_of_range_is_refused(name, value, error):
    explorer = an_explorer()
    before = getattr(explorer, name)
    with pytest.raises(error, match=name):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
