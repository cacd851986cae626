"""A Predict on the built site: it takes a guess and keeps it, and what happens is folded until the reader asks."""

import json
import re

import pytest
from built_site import ROOT, Visit, chapter_names

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """tags => axe.run({ runOnly: tags, resultTypes: ['violations'] })
  .then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)))"""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = pytest.mark.browser

as_files = pytest.mark.parametrize("site", ["file"], indirect=True)
from_a_server = pytest.mark.parametrize("site", ["http"], indirect=True)
every_chapter = pytest.mark.parametrize("name", chapter_names())
FIRST = chapter_names()[0]  # it has boxes of both kinds, and explorables in folds


def cells_of(name):
    """The cells of a chapter's notebook."""
    return json.loads((ROOT / name.replace(".html", ".ipynb")).read_text("utf8"))["cells"]


def open_page(visit, site, name=FIRST):
    """The page, whose scripts have run."""
    visit.page.goto(f"{site}/{name}")
    return visit.page


def seen(parts):
    """How many of these can be seen."""
    return parts.evaluate_all("all => all.filter(one => one.checkVisibility({ visibilityProperty: true })).length")


def first(page, control):
    """The place for a guess of the first box that has such a control, and the answer of that box."""
    box = page.locator(f".predict.admonition:has({control})").first
    return box.locator(".course-guess"), box.locator("xpath=following-sibling::*[1]")


# ---- What is folded --------------------------------------------------------------------------------------------------


@as_files
@every_chapter
def test_a_fold_holds_the_cells_between_a_box_and_what_happened_and_nothing_else(newcomer, site, name):
    """As the notebook has it: how many code cells each fold holds, in order; what is not in a fold is in sight."""
    wanted, count = [], None
    for cell in cells_of(name):
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            count = None if count is None else count + 1
        else:
            if text.startswith(":::{dropdown} What happened"):
                wanted.append(count)
                count = None
            if ":class: predict" in text:
                count = 0
    page = open_page(newcomer, site, name)
    answers = page.locator("details.course-answer")
    assert answers.evaluate_all("all => all.map(one => one.querySelectorAll('.cell').length)") == wanted
    assert page.locator(".predict.admonition + details.course-answer").count() == len(wanted)
    assert page.locator(".predict.admonition").count() == len(wanted)
    assert page.locator("details.course-answer :is(h1, h2, h3, h4, .predict)").count() == 0
    in_sight = page.locator(".cell:not(.course-answer .cell)")
    assert in_sight.count() == sum(cell["cell_type"] == "code" for cell in cells_of(name)) - sum(wanted)
    assert seen(in_sight) == in_sight.count()
    assert seen(page.locator(".course-answer > :not(summary)")) == 0
    newcomer.check()


def test_without_javascript_everything_is_open(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = open_page(Visit(context), site)
    parts = page.locator(".course-answer > :not(summary, .course-guessed)")
    assert parts.count() > 20
    for part in parts.all()[::10]:
        assert part.is_visible()
    for control in (".course-every-answer", ".course-guess button", ".course-guessed"):
        assert not page.locator(control).first.is_visible()
    context.close()


def test_the_keyboard_shows_what_happens_and_says_whether_it_is_shown(newcomer, site):
    page = open_page(newcomer, site)
    guess, answer = first(page, "input")
    guess.locator("input").first.focus()
    button = page.locator(":focus")
    while button.evaluate("element => element.closest('.course-guess') !== null"):  # a formula can have the focus too
        page.keyboard.press("Tab")
    assert button.evaluate("element => element.tagName") == "SUMMARY" and button.text_content() == "Show what happens"
    output = answer.locator(".cell_output").first
    for shown in (True, False):
        page.keyboard.press("Enter")
        assert output.is_visible() == shown
        spoken = newcomer.page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        [node] = [n for n in spoken if n.get("name", {}).get("value") == "Show what happens" and has_focus(n)]
        assert {p["name"]: p["value"].get("value") for p in node["properties"]}["expanded"] == shown
    newcomer.check()


def has_focus(node):
    """Whether a node of the tree for screen readers has the focus."""
    return any(p["name"] == "focused" and p["value"].get("value") for p in node.get("properties", []))


# Whether the drawing of each chart that is shown in a fold fills its figure.
FILLED = """() => {
  const figures = [...document.querySelectorAll('.course-answer .rnn-explorable figure')]
    .filter(figure => figure.checkVisibility());
  const width = element => element.getBoundingClientRect().width;
  const left = figures.map(figure => width(figure) - Math.max(...[...figure.querySelectorAll('svg')].map(width)));
  return figures.length > 4 && width(figures[0]) > 600 && left.every(gap => gap >= 0 && gap < 20);
}"""


@as_files
def test_an_explorable_in_a_fold_fills_its_place_when_it_opens(newcomer, site):
    page = open_page(newcomer, site)
    page.locator(".course-answer .rnn-explorable").first.wait_for(state="attached")
    assert not page.evaluate(FILLED)
    page.locator(".course-answer > summary").evaluate_all("all => all.forEach(one => one.click())")
    page.wait_for_function(FILLED)
    newcomer.check()


@as_files
def test_a_link_into_a_fold_opens_it(newcomer, site):
    """From another page, and on the page itself; the folds before and after stay shut."""
    page = open_page(newcomer, site)
    inside = "#predict-4"  # where the guess will stand
    for _ in range(2):
        page.goto(f"{site}/book/using.html")
        page.goto(f"{site}/{FIRST}{inside}")
        assert page.locator("details.course-answer[open]").count() == 1
        assert page.locator(f"details.course-answer[open] {inside}").count() == 1
    open_page(newcomer, site)
    page.evaluate(f"location.hash = '{inside}'")
    page.locator(f"details.course-answer[open] {inside}").wait_for(state="attached")
    newcomer.check()


# ---- Guesses ---------------------------------------------------------------------------------------------------------


def test_a_choice_is_kept_stands_beside_what_happened_and_can_be_cleared(newcomer, site):
    page = open_page(newcomer, site)
    guess, answer = first(page, "input")
    clear = guess.get_by_role("button", name="Clear my guess")
    assert guess.get_by_role("radio").count() == guess.locator("label").count() > 2
    assert not clear.is_visible() and guess.locator("input:checked").count() == 0
    guess.locator("label").nth(2).locator("mjx-container").first.click()  # a formula belongs to its label
    assert guess.get_by_role("radio").nth(2).is_checked()
    page.keyboard.press("ArrowUp")  # to the second
    words = guess.locator("label").nth(1).text_content()
    page.reload()
    assert guess.get_by_role("radio").nth(1).is_checked()
    answer.locator("summary").first.click()
    beside = answer.locator(".course-guessed")
    assert "Your guess" in beside.text_content() and beside.is_visible()
    page.wait_for_load_state("networkidle")
    assert (
        beside.locator("mjx-container").count() == guess.locator("label").nth(1).locator("mjx-container").count() == 2
    )
    assert words.split()[1] in beside.text_content()
    clear.click()
    assert not beside.is_visible() and not clear.is_visible()
    assert guess.evaluate("place => place.contains(document.activeElement)")
    page.reload()
    assert guess.locator("input:checked").count() == 0
    assert newcomer.page.evaluate("Object.keys(localStorage).filter(key => key.includes('guess'))") == []
    newcomer.check()


def test_words_are_kept_and_stand_beside_what_happened(newcomer, site):
    page = open_page(newcomer, site)
    guess, answer = first(page, "textarea")
    words = "First <b>nothing</b>,\nthen everything."
    guess.get_by_label("Your guess:").fill(words)
    answers = newcomer.answers.copy()
    page.reload()
    assert guess.get_by_label("Your guess:").input_value() == words
    answer.locator("summary").first.click()
    assert answer.locator(".course-guessed p").last.text_content() == words
    assert {*newcomer.answers} == {*answers}  # nothing was sent that a visit without a guess does not ask for
    guess.get_by_role("button", name="Clear my guess").press("Enter")
    page.reload()
    assert guess.get_by_label("Your guess:").input_value() == ""
    newcomer.check()


@as_files
def test_a_browser_that_keeps_nothing_shows_the_guess_all_the_same(newcomer, site):
    refuse = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    newcomer.page.add_init_script(refuse)
    page = open_page(newcomer, site)
    guess, answer = first(page, "input")
    assert not answer.locator(".cell").first.is_visible()
    guess.get_by_role("radio").nth(2).check()
    answer.locator("summary").first.click()
    assert answer.locator(".course-guessed").is_visible()
    page.locator(".course-every-answer input").check()
    assert page.locator("details.course-answer:not([open])").count() == 0
    own = [error for error in newcomer.errors if "predict.js" in error]
    assert not own


@as_files
def test_every_answer_is_opened_once_for_all_pages(newcomer, site):
    """Chosen on the page that says how to use the course; taken back on a chapter's."""
    name = re.compile("Show what happens after every Predict")
    page = open_page(newcomer, site, "book/using.html")
    page.get_by_role("checkbox", name=name).press("Space")
    for chapter in chapter_names()[1:3]:
        page = open_page(newcomer, site, chapter)
        assert page.get_by_role("checkbox", name=name).is_checked()
        assert page.locator("details.course-answer:not([open])").count() == 0
    page.get_by_role("checkbox", name=name).press("Space")
    assert page.locator("details.course-answer[open]").count() == 0
    page = open_page(newcomer, site, "book/using.html")
    assert not page.get_by_role("checkbox", name=name).is_checked()
    newcomer.check()


# ---- For every reader ------------------------------------------------------------------------------------------------

TARGETS = ".course-guess label:has(input), .course-guess button, .course-answer > summary, .course-every-answer"
SMALL = """selector => [...document.querySelectorAll(selector)].filter(one => one.checkVisibility())
  .filter(one => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height) < 24)
  .map(one => one.textContent)"""


@from_a_server  # axe-core reads the style sheets, which it may not from files
@pytest.mark.parametrize("name", ["notebooks/02_equations.html", "notebooks/09_faq.html"])  # choices and words
def test_a_folded_page_is_for_every_reader(newcomer, site, name):
    """axe-core finds no violation of WCAG 2.2 A and AA while answers are folded, in light and dark; targets are of at
    least 24 pixels, also on a phone, and nothing sticks out there."""
    page = open_page(newcomer, site, name)
    for place in page.locator(".course-guess").all():
        field = place.locator("input, textarea").first
        field.check() if field.get_attribute("type") == "radio" else field.fill("Up.")
    page.evaluate(AXE.read_text("utf8"))
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        page.wait_for_function("() => document.getAnimations().every(one => one.playState === 'finished')")
        assert page.evaluate(RUN_AXE, WCAG) == []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(SMALL, TARGETS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    newcomer.check()
