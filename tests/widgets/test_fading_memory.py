"""Fading memory: the share that is kept, the step at which half is left, and what is said of both."""

import numpy as np
import pytest
from explorables import frames, mount, state
from traitlets import TraitError

from rnn_course.cells import LSTM
from rnn_course.widgets import FadingMemory


def half_life(f):
    """Steps until half is left, by the logarithm."""
    return int(np.ceil(np.log(0.5) / np.log(f) - 1e-12))


@pytest.mark.parametrize("f", [0.3, 0.5, 0.9, 0.97, 0.985])
def test_the_memory_is_a_power_and_half_of_it_lasts_as_long_as_the_logarithm_says(f):
    now = FadingMemory(f=f, steps=55).compute()
    np.testing.assert_allclose(now["C"], f ** np.arange(56), rtol=1e-12)
    assert now["half"] == half_life(f)


def test_an_lstm_whose_gates_stand_still_remembers_as_long():
    """f is held by its bias; the other gates are open, and one pulse comes in."""
    cell = LSTM(1, 1)
    for values in cell.parameters.values():
        values[...] = 0
    cell.b_f[...], cell.b_i[...] = np.log(0.9 / 0.1), 50
    cell.W_xc[...] = 50
    C = cell.trace(np.eye(20)[:1, :, np.newaxis])["C"][0, :, 0]
    np.testing.assert_allclose(C, FadingMemory(f=0.9, steps=19).compute()["C"], rtol=1e-12)


@pytest.mark.parametrize("f", [0.0, 0.001])
def test_what_hardly_stays_is_half_gone_at_once(f):
    assert FadingMemory(f=f).compute()["half"] == 1


@pytest.mark.parametrize("f", [0.99, 1.0])
def test_there_is_no_such_step_where_more_is_left_to_the_end(f):
    assert FadingMemory(f=f).compute()["half"] is None
    assert FadingMemory(f=f, steps=80).compute()["half"] == (half_life(f) if f < 1 else None)


@pytest.mark.parametrize("f", [-0.01, 1.01, np.nan])
def test_a_share_beyond_nought_and_one_is_refused(f):
    with pytest.raises(TraitError):
        FadingMemory(f=f)


@pytest.mark.browser
def test_says_how_long_it_remembers_and_reset_goes_back(page):
    root = mount(page, FadingMemory())
    gate, said = root.get_by_label("Forget gate f"), root.locator(".rnn-reach")

    def at(f):
        gate.fill(str(f))
        frames(page)
        return said.text_content()

    assert said.text_content() == "With f = 0.9 half is left after 7 steps."
    assert at(0.97) == "With f = 0.97 half is left after 23 steps." and half_life(0.97) == 23
    assert root.locator("svg[role=img]").get_attribute("aria-label") == said.text_content()
    page.wait_for_function("said => document.querySelector('.rnn-spoken').textContent === said", arg=at(0.97))
    assert at(0.99) == f"With f = 0.99 more than half is still there after 60 steps: {100 * 0.99**60:.0f}\u00a0%."
    assert at(0.5) == "With f = 0.5 half or less is left after one step."
    assert at(0) == "With f = 0 nothing is left after one step."
    assert "for ever" in at(1)
    gate.press("ArrowLeft")
    assert state(page) == {"f": 0.995}
    root.get_by_role("button", name="Reset").press("Enter")
    frames(page)
    assert state(page) == {"f": 0.9} and "after 7 steps" in said.text_content()


@pytest.mark.browser
def test_bars_are_as_high_as_what_is_left_and_the_mouse_moves_where_half_is_left(page):
    root = mount(page, FadingMemory(steps=40))
    frames(page)
    chart = root.locator("[data-chart=C] svg").last

    def heights():
        frames(page)
        return np.array(chart.locator("rect").evaluate_all("all => all.map(bar => Number(bar.getAttribute('height')))"))

    np.testing.assert_allclose(heights() / heights()[0], 0.9 ** np.arange(41), atol=1e-9)
    box = chart.bounding_box()
    across = (box["width"] - 56) / 41  # between the chart's margins
    for step in (3, 30):
        page.mouse.click(box["x"] + 44 + across * (step + 0.5), box["y"] + 60)
        f = state(page)["f"]
        assert f == round(200 * 0.5 ** (1 / step)) / 200
        np.testing.assert_allclose(heights() / heights()[0], f ** np.arange(41), atol=1e-9)


@pytest.mark.browser
def test_the_dashed_line_is_the_opening_state_and_a_pinned_one_is_drawn_too(page):
    root = mount(page, FadingMemory(f=0.9, steps=40))
    gate, chart = root.get_by_label("Forget gate f"), root.locator("[data-chart=C]")
    key = chart.get_by_text("at the start, f = 0.9")

    def at(f):
        gate.fill(str(f))
        frames(page)

    def shares(line):
        """What is left at each step, read off a line of the chart between 0 and 1 on its axis."""
        one, nought = (float(path.split(",")[1].split()[0]) for path in grid[-1:] + grid[:1])
        heights = [float(point.split(",")[1]) for point in line.get_attribute("d")[1:].split("L")]
        return (nought - np.array(heights)) / (nought - one)

    frames(page)
    grid = chart.locator(".rnn-grid").evaluate_all("all => all.map(path => path.getAttribute('d'))")
    assert not key.is_visible()  # nor is there a line
    at(0.95)
    assert key.is_visible()
    root.get_by_role("button", name="Pin", exact=True).press("Enter")
    at(0.98)
    np.testing.assert_allclose(shares(chart.locator(".rnn-baseline").last), 0.9 ** np.arange(41), atol=1e-3)
    np.testing.assert_allclose(shares(chart.locator(".rnn-ghost")), 0.95 ** np.arange(41), atol=1e-3)
    assert chart.locator("rect ~ .rnn-ghost").count() == 1  # over the bars, which are higher now


@pytest.mark.browser
@pytest.mark.parametrize(
    ("f", "mark"), [(0, "nothing after 1 step"), (0.4, "½ after 1 step"), (0.9, "½ after 7 steps")]
)
def test_the_chart_and_the_sentence_say_the_same(page, f, mark):
    root = mount(page, FadingMemory(f=f))
    frames(page)
    assert root.locator("[data-chart=C] .rnn-name").text_content() == mark
    assert (
        root.locator(".rnn-reach")
        .text_content()
        .startswith(f"With f = {f} nothing" if f == 0 else f"With f = {f} half")
    )
    assert root.locator(".rnn-reach var").text_content() == "f"
