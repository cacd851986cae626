"""What holds of every explorable, in a bare page: keys, Reset, layout, contrast, paper, axe; and on the Python side.

`explorables.py` says how they are found and made.
"""

import json
import os
import re
from pathlib import Path

import pytest
from explorables import (
    assert_contrast,
    assert_keys_operate_every_control,
    assert_nothing_is_cut_off,
    assert_tab_reaches_every_control,
    example,
    frames,
    mount,
    operate,
    stem_of,
    traits,
)
from traitlets import TraitError

from rnn_course.plots import COLOURS
from rnn_course.widgets import EXPLORABLES, GateExplorer

SHOWN = [example(kind) for kind in EXPLORABLES.values()]
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS = ROOT / "tests" / "_screenshots"


def of_each(name, *more):
    """A parameter for each explorable and each of its examples `name`."""
    places = [(shown, given) for shown in SHOWN for given in getattr(shown, name)]
    ids = [f"{shown.stem}-{k}" for shown in SHOWN for k, _ in enumerate(getattr(shown, name))]
    return pytest.mark.parametrize(("shown", "given"), places, ids=ids)


every = pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.stem)


def test_the_table_has_every_explorable():
    """Each NAME.py that has a NAME.js beside it."""
    folder = ROOT / "rnn_course" / "widgets"
    pairs = {path.stem for path in folder.glob("*.py") if path.with_suffix(".js").exists()}
    assert pairs == {stem_of(kind) for kind in EXPLORABLES.values()}


# ---- Keys ------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@of_each("TAB")
def test_every_control_is_reached_by_tab(page, shown, given):
    arguments, count = given
    root = mount(page, shown.an_explorer(**arguments))
    frames(page)
    assert_tab_reaches_every_control(page, root, count)


@pytest.mark.browser
@every
def test_keys_operate_every_control_and_reset_puts_it_back(page, shown):
    explorer = shown.an_explorer()
    root = mount(page, explorer)
    frames(page)
    assert_keys_operate_every_control(page, root, least=1)
    assert page.evaluate("() => window.copies[0].model.get('initial')") == json.loads(json.dumps(explorer.initial))


# ---- Two copies ------------------------------------------------------------------------------------------------

# All but what is spoken, which comes when the controls have rested.
LOOKS = """root => [
  ...[...root.querySelectorAll(':scope > :not(.rnn-spoken)')].map(part => part.outerHTML),
  ...[...root.querySelectorAll('input, select')].map(control => control.value),
]"""
# What a label, a description, a clip or a pattern names, and whether it is in the same copy.
NAMED = """root => [...root.querySelectorAll('*')].flatMap(element => [
  element.getAttribute('for'), element.getAttribute('aria-describedby'),
  ...['clip-path', 'fill'].map(name => /url[(]#(.*)[)]/.exec(element.getAttribute(name))?.[1]),
]).filter(Boolean).map(id => [id, root.querySelector(`#${CSS.escape(id)}`) !== null])"""
LISTENERS = "() => Object.values(window.copies[0].listeners).flat().length"


@pytest.mark.browser
@every
def test_two_copies_do_not_touch_each_other(page, shown):
    mount(page, shown.an_explorer())
    mount(page, shown.an_explorer())
    first, second = page.locator(".rnn-explorable").all()
    frames(page)
    ids = page.locator("[id]").evaluate_all("all => all.map(element => element.id)")
    assert len(ids) == len(set(ids)) >= 2
    for root in (first, second):
        named = root.evaluate(NAMED)
        assert len(named) >= root.locator("label").count() > 0
        assert [name for name, found in named if not found] == []

    before, other = first.evaluate(LOOKS), second.evaluate(LOOKS)
    assert operate(page, first.locator("input[type=range]:enabled, select:has(option + option)").first)
    frames(page)
    assert first.evaluate(LOOKS) != before and second.evaluate(LOOKS) == other

    assert page.evaluate(LISTENERS) > 0
    page.evaluate("() => window.copies[0].close()")
    assert page.locator(".rnn-explorable").count() == 1
    assert page.evaluate(LISTENERS) == 0


# ---- What is seen ----------------------------------------------------------------------------------------------


@pytest.mark.browser
@of_each("CUT_OFF")
def test_nothing_is_cut_off_or_overlaps(page, shown, given):
    mount(page, shown.an_explorer(**given))
    assert_nothing_is_cut_off(page, least=shown.LEAST.get("labels", 1))


@pytest.mark.browser
@of_each("CONTRAST")
def test_contrast_in_every_theme(page, shown, given):
    mount(page, shown.an_explorer(**given))
    frames(page)
    assert_contrast(page, texts=shown.LEAST.get("texts", 5), lines=shown.LEAST.get("lines", 0))


@pytest.mark.browser
@of_each("CONTRAST")
def test_axe_finds_nothing(page, shown, given):
    if not AXE.exists():
        reason = "axe-core is not installed: run `make book` with npm installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    mount(page, shown.an_explorer(**given))
    frames(page)
    page.evaluate(AXE.read_text("utf8"))
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    for look in ("light", "dark"):
        page.emulate_media(color_scheme=look)
        found = page.evaluate("rules => axe.run('.rnn-explorable', rules)", rules)
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
        assert len(found["passes"]) > 5


@pytest.mark.browser
@every
def test_on_paper_there_is_nothing_to_operate(page, shown):
    root = mount(page, shown.an_explorer())
    page.add_style_tag(path=ROOT / "book" / "_static" / "course.css")
    frames(page)
    controls, figures = root.locator("button, input, select, textarea"), root.locator("figure")
    on_screen = [figure.is_visible() for figure in figures.all()]
    assert any(control.is_visible() for control in controls.all())
    page.emulate_media(media="print", color_scheme="dark")
    frames(page)
    assert [control.evaluate("c => c.outerHTML") for control in controls.all() if control.is_visible()] == []
    assert [figure.is_visible() for figure in figures.all()] == on_screen


@pytest.mark.browser
@pytest.mark.parametrize(("look", "width"), [("light", 1000), ("dark", 1000), ("light", 360)])
@of_each("CONTRAST")
def test_pictures_to_look_at(page, request, shown, given, look, width):
    page.emulate_media(color_scheme=look)
    page.set_viewport_size({"width": width, "height": 900})
    root = mount(page, shown.an_explorer(**given))
    frames(page)
    SCREENSHOTS.mkdir(exist_ok=True)
    picture = root.screenshot(path=SCREENSHOTS / f"{request.node.callspec.id}.png")
    assert len(picture) > 10_000  # bytes; an empty sheet has fewer


PALETTE = """names => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const mark = document.querySelector('.rnn-explorable').appendChild(document.createElement('i'));
  return Object.fromEntries(names.map(name => {
    mark.style.color = `var(--rnn-${name})`;
    canvas.fillStyle = getComputedStyle(mark).color;
    canvas.fillRect(0, 0, 1, 1);
    return [name, [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)];
  }));
}"""


@pytest.mark.browser
def test_colours_are_those_of_the_plots(page):
    """The palette reaches the page from Python: as it is on light paper, lighter on dark paper; black is the ink."""
    mount(page, example(GateExplorer).an_explorer())
    names = ["ink", *(f"colour-{name}" for name in COLOURS)]
    page.emulate_media(color_scheme="light")
    light = page.evaluate(PALETTE, names)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(PALETTE, names)
    for name, colour in COLOURS.items():
        now, rgb = f"colour-{name}", [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
        if colour == "#000000":
            assert (light[now], dark[now]) == (light["ink"], dark["ink"]), name
        else:
            assert light[now] == rgb and all(a > b for a, b in zip(dark[now], rgb, strict=True)), name


@pytest.mark.browser
@of_each("CONTRAST")
def test_colours_are_known_by_their_names(page, shown, given):
    root = mount(page, shown.an_explorer(**given))
    frames(page)
    assert set(re.findall(r"--rnn-colour-(\w+)", root.evaluate("root => root.outerHTML"))) <= set(COLOURS)


# ---- The Python side -------------------------------------------------------------------------------------------


@every
def test_json_carries_every_bit(shown):
    sent = traits(shown.an_explorer())
    assert json.loads(json.dumps(sent)) == sent


@every
def test_the_name_shows_no_address(shown):
    said = repr(shown.an_explorer())
    assert said.startswith(f"{shown.kind.__name__}(") and "0x" not in said and "traitlets" not in said


@every
def test_a_number_beyond_its_range_is_refused(shown):
    explorer = shown.an_explorer()
    for name, ends in explorer.ranges.items():
        for end, beyond in zip(ends, (-1, 1), strict=True):
            if end is not None:
                with pytest.raises((TraitError, ValueError), match=name):
                    setattr(explorer, name, end + beyond)
