"""A setting that is pinned, and the one that is set now: flipped, listed and drawn together."""

import pytest
from explorables import example, frames, mount, operate, state

from rnn_course.widgets import EXPLORABLES, GateExplorer, WatchItLearn, WindowAgainstState

SHOWN = [example(kind) for kind in EXPLORABLES.values() if kind is not WatchItLearn]  # there B is compared with A

pytestmark = pytest.mark.browser

LINES = (
    """root => [...root.querySelectorAll('[data-chart] .rnn-line.rnn-changed')].map(path => path.getAttribute('d'))"""
)
GHOSTS = "root => [...root.querySelectorAll('[data-chart] .rnn-ghost')].map(path => path.getAttribute('d'))"


def pinned(page, explorer):
    """The explorable with its opening setting pinned by the keyboard."""
    root = mount(page, explorer)
    frames(page)
    pin = root.get_by_role("button", name="Pin", exact=True)
    assert pin.get_attribute("aria-pressed") == "false"
    pin.press("Enter")
    assert pin.get_attribute("aria-pressed") == "true"
    return root


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.stem)
def test_one_key_flips_between_the_two_settings(page, shown):
    """Of every explorable: its first slider or select moved, and the key of one button goes back and forth."""
    root = pinned(page, shown.an_explorer())
    control = root.locator("input[type=range]:enabled, select:has(option + option)").first
    control.focus()
    opening = state(page)
    for key in ("ArrowDown", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        if state(page) != opening:
            break
    frames(page)
    moved = state(page)
    assert moved != opening
    root.get_by_role("button", name="Show A").focus()
    for wanted in (opening, moved, opening):
        page.keyboard.press("Space")
        frames(page)
        assert state(page) == wanted


def test_what_differs_is_named_as_its_controls_are(page):
    root = pinned(page, example(GateExplorer).an_explorer())
    flip = root.locator(".rnn-flip button")
    assert flip.is_disabled() and root.locator(".rnn-differences li").count() == 0
    root.get_by_label("Gate f").select_option("open")
    root.get_by_label("forget bias").press("ArrowLeft")
    frames(page)
    label = root.locator("label", has_text="forget bias").text_content()
    assert sorted(root.locator(".rnn-differences li").all_text_contents()) == sorted(
        ["Gate ft: free in A, open now", f"{label}: 0.0 in A, −0.1 now"]
    )
    said = root.locator(".rnn-pins > p")
    assert "now" in said.text_content()
    flip.press("Enter")
    frames(page)
    assert "You see A" in said.text_content()
    assert "Gate ft: free in A, open now" in root.locator(".rnn-differences").text_content()


def test_the_pinned_lines_stay_and_the_new_ones_move(page):
    root = pinned(page, example(GateExplorer).an_explorer())
    before = root.evaluate(LINES)
    assert root.evaluate(GHOSTS) == before and len(before) >= 8
    root.get_by_label("Gate f").select_option("shut")
    frames(page)
    after = root.evaluate(LINES)
    assert sum(a != b for a, b in zip(before, after, strict=True)) >= 3
    root.get_by_role("button", name="Show A").press("Enter")
    frames(page)
    assert root.evaluate(LINES) == root.evaluate(GHOSTS)


def test_reset_leaves_the_pin_and_the_button_takes_it_away(page):
    root = pinned(page, example(GateExplorer).an_explorer())
    root.get_by_label("Gate f").select_option("shut")
    root.get_by_role("button", name="Reset").press("Enter")
    frames(page)
    assert len(root.evaluate(GHOSTS)) >= 8 and root.locator(".rnn-flip button").is_disabled()
    root.get_by_role("button", name="Pin", exact=True).press("Enter")
    assert root.evaluate(GHOSTS) == [] and not root.locator(".rnn-pinned").is_visible()


def test_to_change_a_while_it_is_shown_makes_a_new_setting(page):
    """A stays what was pinned; what was set before is gone."""
    root = pinned(page, example(GateExplorer).an_explorer())
    root.get_by_label("Gate f").select_option("shut")
    frames(page)
    root.get_by_role("button", name="Show A").press("Enter")
    frames(page)
    root.get_by_label("Gate o").select_option("open")
    frames(page)
    assert root.locator(".rnn-differences li").all_text_contents() == ["Gate ot: free in A, open now"]
    root.get_by_role("button", name="Show A").press("Enter")
    frames(page)
    assert state(page)["clamp_o"] == state(page)["clamp_f"] == "free"


def test_a_setting_is_pinned_where_there_is_no_truth(page):
    """Its charts then keep the lines that they draw, and none for the truth."""
    explorer = example(WindowAgainstState).an_explorer(truth=None)
    root = pinned(page, explorer)
    assert root.locator("[data-chart=window] .rnn-ghost").count() == 2


DRAWN = {
    "FadingMemory": 1,
    "GateExplorer": 1,
    "GradientThroughTime": 4,
    "MissingLaboratory": 1,
    "WindowAgainstState": 1,
    "ChainAndTree": 0,
}


@pytest.mark.parametrize("kind", DRAWN)
def test_what_is_said_of_a_pinned_setting_is_what_is_drawn(page, kind):
    """Charts over time draw it pale, with an entry of the legend; where there is none, nothing says it is drawn."""
    root = pinned(page, example(EXPLORABLES[kind]).an_explorer())
    assert operate(page, root.locator("input[type=range]:enabled").first)
    frames(page)
    frames(page)
    assert root.locator(".rnn-stage .rnn-ghost").count() >= DRAWN[kind]
    drawn = root.locator(".rnn-stage .rnn-ghost").count() > 0
    assert drawn == (DRAWN[kind] > 0) == root.get_by_text("A, as pinned").is_visible()
    assert drawn == ("drawn pale" in root.locator(".rnn-pins").text_content())
