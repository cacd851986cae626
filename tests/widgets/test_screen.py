"""Cause and effect share a screen: each control and a chart that it changes, on a laptop, a desktop and a phone."""

import pytest
from explorables import example, frames, mount
from screens import ROOM, SIZES, SURROUND, apart

from rnn_course.widgets import EXPLORABLES

SHOWN = [example(kind) for kind in EXPLORABLES.values()]
PLACES = [(shown, k) for shown in SHOWN for k, _ in enumerate(shown.CONTRAST)]
of_each_example = pytest.mark.parametrize(("shown", "k"), PLACES, ids=[f"{shown.stem}-{k}" for shown, k in PLACES])

WRITE = "(element, text) => { element.textContent = text; }"


def set_out(page, explorer, size):
    """The explorable between two texts and below a bar, in the room that the site gives it on such a screen."""
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    root = mount(page, explorer)
    page.evaluate(SURROUND, ROOM[size])
    frames(page)
    return root


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
@of_each_example
def test_a_control_and_the_chart_that_it_changes_are_on_the_screen_together(page, shown, k, size):
    root = set_out(page, shown.an_explorer(**shown.CONTRAST[k]), size)
    changing, complaints = apart(page, root, typed=size != "phone")
    assert complaints == []
    assert changing >= 1


@pytest.mark.browser
@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.stem)
def test_on_a_phone_a_chart_is_seen_before_anything_is_turned(page, shown):
    """The first chart begins in the upper half of the window, with the explorable's name at the top of it; of the speed
    ladder, whose rows are taller than a window, the sentence that sums them up."""
    root = set_out(page, shown.an_explorer(), "phone")
    first = root.locator(".rnn-reach" if shown.stem == "speed_ladder" else "figure:visible").first
    assert first.bounding_box()["y"] - root.bounding_box()["y"] < SIZES["phone"][1] / 2


@pytest.mark.browser
def test_a_text_keeps_its_height_while_a_slider_moves(page):
    """So that the charts below it stay where they are, until the page gets another width."""
    root = set_out(page, example(EXPLORABLES["GradientThroughTime"]).an_explorer(), "phone")
    text = root.locator(".rnn-exits")
    heights = []
    for words in ("One line.", "Some lines. " * 20, "One line.", "", "More lines. " * 40, "One line."):
        text.evaluate(WRITE, words)
        frames(page)
        heights.append(text.bounding_box()["height"])
    assert 2 * heights[0] < heights[1] == heights[2] == heights[3] < heights[4] == heights[5]
    text.evaluate(WRITE, "One line.")
    root.evaluate("root => { root.style.width = '700px'; }")
    frames(page)
    frames(page)
    assert text.bounding_box()["height"] < heights[1]
    shows = "(root, display) => { root.style.display = display; }"
    root.evaluate(shows, "none")  # as in a fold that opens on a long text
    frames(page)
    text.evaluate(WRITE, "Some lines. " * 60)
    root.evaluate(shows, "")
    frames(page)
    frames(page)
    height = text.bounding_box()["height"]
    text.evaluate(WRITE, "One line.")
    frames(page)
    assert text.bounding_box()["height"] == height > heights[0]


@pytest.mark.browser
def test_what_a_shorter_sentence_leaves_free_is_below_the_last_one(page):
    root = set_out(page, example(EXPLORABLES["GateExplorer"]).an_explorer(gru="after", forget_shift=2.0), "phone")
    group = root.locator(".rnn-reach")
    first, second = group.locator("p").all()
    heights = []
    for words in ("Some words. " * 40, "One line."):
        first.evaluate(WRITE, words)
        frames(page)
        frames(page)
        heights.append(group.bounding_box()["height"])
        above, below = first.bounding_box(), second.bounding_box()
        assert below["y"] - above["y"] - above["height"] < 8
    assert heights[0] == heights[1] > 4 * above["height"]
    root.get_by_label("forget bias").fill("1")  # both networks say something still: the room is kept
    frames(page)
    assert group.bounding_box()["height"] == heights[0]
    root.get_by_role("button", name="As trained").click()  # one sentence alone
    frames(page)
    frames(page)
    assert group.bounding_box()["height"] < heights[0]


@pytest.mark.browser
def test_the_column_of_controls_stays_below_the_bar_and_is_never_taller_than_the_window(page):
    explorer = example(EXPLORABLES["GateExplorer"]).an_explorer(gru="after")
    root = set_out(page, explorer, "laptop")
    page.set_viewport_size({"width": 1280, "height": 500})
    root.locator("[data-chart=y]").evaluate("figure => figure.scrollIntoView({ block: 'start' })")
    frames(page)
    column = root.locator(".rnn-controls")
    box = column.bounding_box()
    assert abs(box["y"] - 48) < 1 and box["y"] + box["height"] <= 500
    assert column.evaluate("column => column.scrollHeight > column.clientHeight")
    last = column.locator(":is(input, select, button):visible").last
    last.focus()
    box = last.bounding_box()
    assert 48 <= box["y"] and box["y"] + box["height"] <= 500 and root.locator(".rnn-docked").count() == 0


SWEEP = """async slider => {
  const root = slider.closest('.rnn-explorable');
  const [low, high] = [Number(slider.min), Number(slider.max)];
  const heights = new Set();
  for (let k = 0; k <= 8; k++) {
    slider.value = low + ((high - low) * k) / 8;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    heights.add(root.getBoundingClientRect().height);
  }
  return [...heights];
}"""


@pytest.mark.browser
@of_each_example
def test_the_page_rests_while_a_slider_moves(page, shown, k):
    """Once its texts have had their greatest heights, nothing below an explorable moves, at any step of a walk."""
    root = set_out(page, shown.an_explorer(**shown.CONTRAST[k]), "laptop")
    sliders = [slider for slider in root.locator("input[type=range]").all() if slider.is_enabled()]
    for slider in sliders:
        slider.evaluate(SWEEP)
    for slider in sliders:
        assert len(slider.evaluate(SWEEP)) == 1, slider.evaluate("slider => slider.labels[0].textContent")
