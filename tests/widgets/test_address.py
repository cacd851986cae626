"""The state of an explorable in the address of a page: a link opens what its sender saw, and a bad one does no harm."""

import pytest
from explorables import example, frames, operate, unfold
from small_pages import visit_page, write_page

from rnn_course.widgets import EXPLORABLES, GateExplorer, WatchItLearn

SHOWN = [example(kind) for kind in EXPLORABLES.values()]

pytestmark = pytest.mark.browser

LOOKS = """root => JSON.stringify([
  [...root.querySelectorAll('input:not([type=text]), select')].map(control => [control.checked, control.value]),
  [...root.querySelectorAll('figure svg')].filter(chart => chart.checkVisibility()).map(chart => [
    chart.getAttribute('aria-label'),
    [...chart.querySelectorAll('path, circle')].map(line => line.getAttribute('d') ?? line.getAttribute('cx')),
  ]),
])"""


def copied(page, root):
    """What "Copy link" gives where the browser refuses the clipboard."""
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    root.get_by_role("button", name="Copy link").press("Enter")
    return root.get_by_label("Address of this state").input_value()


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.stem)
def test_a_link_opens_what_its_sender_saw(page, tmp_path, shown):
    """Every slider, select and box of an explorable moved by its keys; those that hold a list say so in the link."""
    root = visit_page(page, write_page(tmp_path, shown.an_explorer()))
    unfold(root)
    moved = 0
    for control in root.locator("input[type=range], input[type=checkbox], select:has(option + option)").all():
        if control.is_visible() and control.is_enabled():
            moved += operate(page, control)
    frames(page)
    assert moved >= 1
    link = copied(page, root)
    before = root.evaluate(LOOKS)
    assert link.partition("#")[2] == shown.stem and len(link.partition("?")[2].split("&")) >= min(moved, 2)
    again = visit_page(page, link)
    top = again.evaluate("root => root.getBoundingClientRect().top")
    assert -1 < top < 200  # it was scrolled to
    unfold(again)
    frames(page)
    assert again.evaluate(LOOKS) == before


BAD = {
    "forget_shift": ["-9", "NaN", "1e999", "two", ""],
    "clamp_f": ["maybe", "1"],
    "unit": ["5", "1.5", "-1", "true"],
    "one_unit": ["yes", "1"],
    "sequence": ["[[1]]", "{}", "null,", '"x"'],
    "no_such_trait": ["1"],
    "__proto__": ["1"],
}


def test_each_bad_value_is_ignored_and_each_good_one_taken(page, tmp_path):
    said = []
    page.on("console", lambda message: said.append(message.text))
    address = write_page(tmp_path, example(GateExplorer).an_explorer())
    first = visit_page(page, address)
    opening = first.evaluate(LOOKS)
    for name, values in BAD.items():
        for value in values:
            said.clear()
            root = visit_page(page, f"{address}?gate_explorer.{name}={value}")
            assert root.evaluate(LOOKS) == opening, (name, value)
            assert len(said) == 1 and "ignored" in said[0], (name, value)
    said.clear()
    root = visit_page(
        page, f"{address}?gate_explorer.unit=99&gate_explorer.forget_shift=2.4&gate_explorer.one_unit=true"
    )
    assert root.get_by_label("forget bias").input_value() == "2.4" and len(said) == 1


def test_only_what_differs_is_written_once_it_has_rested(page, tmp_path):
    """Places of the page and what others wrote into the address stay; Reset clears it."""
    address = write_page(tmp_path, example(GateExplorer).an_explorer())
    root = visit_page(page, f"{address}?other=1#top")
    slider = root.get_by_label("forget bias")
    slider.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    page.wait_for_function("() => location.search.includes('gate_explorer')")
    assert page.url == f"{address}?other=1&gate_explorer.forget_shift=0.2#top"
    root.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => !location.search.includes('gate_explorer')")
    assert page.url == f"{address}?other=1#top"


def test_a_series_that_was_drawn_is_in_the_link(page, tmp_path):
    root = visit_page(page, write_page(tmp_path, WatchItLearn(task="own")))
    chart = root.locator("[data-chart=own] svg")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + 30)
    page.mouse.down()
    for k in range(1, 12):  # over the whole series, so that no number stays as short as it was
        page.mouse.move(box["x"] + k / 11 * box["width"], box["y"] + 30 + 37 * (k % 3 / 2))
    page.mouse.up()
    frames(page)
    drawn = root.locator("textarea").input_value()
    assert len(set(drawn.split())) > 30
    link = copied(page, root)
    assert "Too long" not in root.text_content()
    assert visit_page(page, link).locator("textarea").input_value() == drawn


def test_two_of_one_kind_have_addresses_of_their_own(page, tmp_path):
    made = example(GateExplorer).an_explorer
    address = write_page(tmp_path, made(), made())
    visit_page(page, f"{address}?gate_explorer.forget_shift=1&gate_explorer-2.forget_shift=-2#gate_explorer-2")
    sliders = page.get_by_label("forget bias")
    assert [slider.input_value() for slider in sliders.all()] == ["1", "-2"]
    tops = page.locator(".rnn-explorable").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert tops[0] < -1 < tops[1] < 200


def test_a_link_is_copied_where_the_browser_allows_it(page, tmp_path):
    root = visit_page(page, write_page(tmp_path, example(GateExplorer).an_explorer()))
    page.evaluate("() => { navigator.clipboard.writeText = async text => { window.copied = text; }; }")
    root.get_by_role("button", name="Copy link").press("Enter")
    root.get_by_text("The link is copied.").wait_for()
    assert page.evaluate("() => window.copied").endswith("#gate_explorer")
    assert root.get_by_label("Address of this state").count() == 0


def test_what_is_too_long_for_an_address_is_left_out_and_said(page, tmp_path):
    root = visit_page(page, write_page(tmp_path, example(GateExplorer).an_explorer(input_size=1, steps=5)))
    root.locator("details").evaluate_all("all => all.forEach(folded => { folded.open = true; })")
    root.locator("textarea").fill(" ".join(str(k / 7) for k in range(300)))
    root.get_by_role("button", name="Read these numbers").click()
    link = copied(page, root)
    assert "sequence" not in link and len(link) < 500
    assert "left out" in root.locator(".rnn-link").text_content()
