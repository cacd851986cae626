"""The built site in Chromium: accessible, offline, light, readable on a phone and on paper."""

import gzip
import json
import re
from urllib.parse import urlsplit

import pytest
from built_site import ROOT, SITE, Visit, chapter_names, page_names, require_site
from explorables import ESCAPES, assert_keys_operate_every_control, assert_nothing_is_cut_off, example, frames, mount
from screens import ROOM, SIZES, apart

from rnn_course.widgets import EXPLORABLES

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
BY_COLOUR = ["color-contrast", "link-in-text-block"]  # what can differ between the light theme and the dark one
MB = 1_000_000
SCREENSHOTS = ROOT / "tests" / "_screenshots"

pytestmark = pytest.mark.browser

as_files = pytest.mark.parametrize("site", ["file"], indirect=True)
from_a_server = pytest.mark.parametrize("site", ["http"], indirect=True)


def open_page(visit, site, name):
    visit.page.goto(f"{site}/{name}")  # and its scripts have run; on a busy machine the network is idle before that
    visit.page.wait_for_load_state("networkidle")
    return visit.page


def assert_widgets_are_alive(page):
    """Each widget of a page is an explorable, or a picture that the kernel draws, with a sentence that says so; returns
    the explorables' names."""
    places = page.locator(".course-widget")
    assert places.count() == page.locator("script[type$='widget-view+json']").count()
    for place in places.all():
        place.locator(".rnn-explorable, .course-note").first.wait_for()
        if place.locator(".rnn-explorable").count() == 0:
            assert place.locator("img[alt]").count() == 1
            assert "kernel" in place.locator(".course-note").text_content()
            assert place.locator("input, button, [tabindex]").count() == 0
    return set(page.locator(".rnn-explorable").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))"))


@as_files
def test_the_site_works_from_files(visit, site, page):
    """No page asks another host or fails, widgets are alive, and each explorable of the course is in a chapter."""
    made = [example(kind).an_explorer() for kind in EXPLORABLES.values()]
    titles = {mount(page, explorer).get_attribute("aria-label") for explorer in made}
    assert len(page_names()) > 8
    seen = set().union(*(assert_widgets_are_alive(open_page(visit, site, name)) for name in page_names()))
    assert seen >= titles
    visit.check()


# ---- Every page: what it is for every reader -------------------------------------------------------------------------

RUN_AXE = """only => axe.run({ runOnly: only, resultTypes: ['violations'] })
  .then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)))"""
# What sticks out of the page, unless it lies in a box of its own that can be scrolled.
STICKS_OUT = """() => [...document.querySelectorAll('main *')]
  .filter(element => !element.closest('.bd-sidebar-secondary') && element.checkVisibility())
  .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5)
  .filter(element => {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(box).overflowX)) return box === document.documentElement;
    }
    return true;
  })
  .map(element => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`)"""


# Lines of code wider than their frame.
SCROLLED_CODE = """() => [...document.querySelectorAll('.cell_input pre')]
  .filter(code => code.scrollWidth > code.clientWidth + 1).map(code => code.textContent.slice(0, 60))"""


def settle(page, theme):
    """Put the page into a theme and wait until its colours stand still."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.wait_for_function("() => document.getAnimations().every(animation => animation.playState === 'finished')")


def take_pictures(page, name, look):
    """A picture of each explorable of a page, to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    for k, explorable in enumerate(page.locator(".rnn-explorable").all()):
        title = explorable.get_attribute("aria-label").lower().replace(" ", "-")
        stem = name.split("/")[-1].removesuffix(".html")
        over_it = ".pst-skip-link, .skip-link, .bd-header-article { visibility: hidden !important }"
        explorable.screenshot(path=SCREENSHOTS / f"{stem}-{k}-{title}-{look}.png", style=over_it)


def violations_of(page):
    """What axe-core finds against WCAG 2.2 A and AA."""
    page.evaluate(AXE.read_text("utf8"))
    return page.evaluate(RUN_AXE, {"type": "tag", "values": WCAG})


@from_a_server
@pytest.mark.parametrize("name", page_names())
def test_a_page_is_for_every_reader(visit, site, name):
    """axe-core finds no violation of WCAG 2.2 A and AA in light and in dark; at 1280 pixels no code has to be scrolled,
    on a phone 360 pixels wide nothing is cut off; no other host is asked."""
    assert AXE.exists(), "axe-core is not installed: run `make book` with npm installed"
    page = open_page(visit, site, name)
    assert_widgets_are_alive(page)
    settle(page, "light")
    assert page.viewport_size["width"] == 1280 and page.evaluate(SCROLLED_CODE) == []
    violations = violations_of(page)
    take_pictures(page, name, "light")
    settle(page, "dark")
    violations += page.evaluate(RUN_AXE, {"type": "rule", "values": BY_COLOUR})
    take_pictures(page, name, "dark")
    assert not violations

    if page.locator(".rnn-explorable").count():
        assert_nothing_is_cut_off(page, least=1 if page.locator(".rnn-stage").count() else -1)  # a text has no charts
    page.set_viewport_size({"width": 360, "height": 740})
    settle(page, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(ESCAPES) == []
    take_pictures(page, name, "phone")
    visit.check()


@from_a_server
def test_results_of_a_search_are_for_every_reader(visit, site):
    page = open_page(visit, site, "search.html?q=forget+gate")
    page.locator("#search-results li .context").nth(5).wait_for()
    settle(page, "light")
    violations = violations_of(page)
    settle(page, "dark")
    violations += page.evaluate(RUN_AXE, {"type": "rule", "values": BY_COLOUR})
    assert not violations
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


# What can be scrolled sideways: how it says so, whether the keyboard comes to it, and what it is called.
SCROLLED = "article :is(.pst-scrollable-table-container, pre, mjx-container[display])"
WIDE = """selector => [...document.querySelectorAll(selector)]
  .filter(box => box.checkVisibility() && !box.closest('.rnn-explorable'))
  .map(box => ({
    kind: box.localName, wide: box.scrollWidth > box.clientWidth + 1, more: box.dataset.more ?? '', tab: box.tabIndex,
    name: box.getAttribute('aria-label'), fades: getComputedStyle(box).maskImage !== 'none',
  }))"""


@as_files
def test_what_can_be_scrolled_says_so_until_its_end(visit, site):
    """On a phone a wide table, code and equation fade at the right, and at the left once they stand at their end."""
    page = open_page(visit, site, "book/notation.html")
    page.set_viewport_size({"width": 360, "height": 740})
    told = "() => document.querySelectorAll('article mjx-container[data-more]').length > 2"
    page.wait_for_function(told)
    boxes = page.evaluate(WIDE, SCROLLED)
    wide = [box for box in boxes if box["wide"]]
    assert {box["kind"] for box in wide} == {"div", "pre", "mjx-container"}
    assert all(box["more"] == "right" and box["fades"] and box["tab"] == 0 for box in wide)
    assert {box["name"] for box in wide if box["kind"] == "div"} == {"Wide table"}
    assert {box["name"] for box in wide if box["kind"] == "pre"} == {"Wide code"}
    assert not [box for box in boxes if not box["wide"] and (box["more"] or box["fades"])]
    table = page.locator(".pst-scrollable-table-container").last  # the widest
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.dataset.more === 'left right'")
    table.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
    page.wait_for_function("() => document.activeElement.dataset.more === 'left'")
    page.set_viewport_size({"width": 1800, "height": 740})
    page.wait_for_function("() => !document.querySelector('article :is(pre, mjx-container)[data-more]')")
    assert page.locator(".pst-scrollable-table-container").first.get_attribute("aria-label") is None


# ---- Explorables: the room they have ---------------------------------------------------------------------------------


@as_files
@pytest.mark.parametrize("size", SIZES)
def test_on_the_site_a_control_and_the_chart_that_it_changes_are_seen_together(visit, site, size):
    page, (width, height) = visit.page, SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    open_page(visit, site, "notebooks/03_bptt.html")
    root = page.locator(".rnn-explorable").first
    root.scroll_into_view_if_needed()
    frames(page)
    assert abs(root.bounding_box()["width"] - ROOM[size]) < 2
    changing, complaints = apart(page, root)
    assert complaints == [] and changing >= 4
    visit.check()


@as_files
@pytest.mark.parametrize("width", [360, 768, 992, 1000, 1100, 1199, 1200, 1280])
def test_an_explorable_is_as_wide_as_there_is_room(visit, site, width):
    """From 1200 pixels on beside the text too, where the contents stand; below that as wide as the text."""
    page = open_page(visit, site, "notebooks/03_bptt.html")
    page.set_viewport_size({"width": width, "height": 800})
    frames(page)
    box = page.locator(".rnn-explorable").first.bounding_box()
    text = page.locator(".bd-article p").first.bounding_box()
    more = box["x"] + box["width"] - text["x"] - text["width"]
    assert more > 200 if width >= 1200 else abs(more) < 1
    assert box["x"] + box["width"] <= width and page.evaluate("document.documentElement.scrollWidth") <= width
    columns = page.locator(".rnn-body").first.evaluate("body => getComputedStyle(body).gridTemplateColumns.split(' ')")
    assert len(columns) == (1 if width < 700 else 2)


@as_files
def test_the_contents_folded_by_an_explorable_open_for_the_keyboard(visit, site):
    page = open_page(visit, site, "notebooks/03_bptt.html")
    page.locator(".rnn-explorable figure").first.scroll_into_view_if_needed()
    page.locator(".bd-sidebar-secondary.hide").wait_for()
    link = page.locator(".bd-sidebar-secondary a:visible").first
    link.focus()
    page.wait_for_function("link => getComputedStyle(link.closest('nav')).opacity === '1'", arg=link.element_handle())
    box = link.bounding_box()
    assert link.evaluate(
        "(link, [x, y]) => link.contains(document.elementFromPoint(x, y))", [box["x"] + 5, box["y"] + 5]
    )


# ---- The keyboard ----------------------------------------------------------------------------------------------------

OPERATED = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])"
# Everything that can be operated, numbered; the contents beside the text open and close their inner lists as one reads,
# and Tab stops once at a group of radio buttons.
FOCUSABLE = """selector => {
  const all = [...document.querySelectorAll(selector)].filter(element =>
    element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0 && !element.disabled
    && !element.matches('.bd-toc ul ul a, label ~ label > [type=radio]'));
  all.forEach((element, k) => { element.dataset.place = k; });
  return all.map(element => `${element.tagName} ${element.className} ${element.textContent.trim().slice(0, 40)}`);
}"""
# The number of what has the focus, null for the page itself, -1 for another element; and whether the focus shows.
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return [null, true];
  const style = getComputedStyle(element);
  const shows = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none';
  return [Number(element.dataset.place ?? -1), shows];
}"""


@as_files
@pytest.mark.parametrize("name", page_names())
def test_tab_reaches_whatever_can_be_operated_and_shows_where_it_is(visit, site, name):
    page = open_page(visit, site, name)
    wanted = page.evaluate(FOCUSABLE, OPERATED)
    reached, hidden = set(), []
    for _ in range(2 * len(wanted) + 20):
        page.keyboard.press("Tab")
        place, shows = page.evaluate(FOCUSED)
        if place is None and reached:
            break
        reached.add(place)
        hidden += [] if shows else [page.evaluate("document.activeElement.outerHTML")[:200]]
    assert [wanted[k] for k in range(len(wanted)) if k not in reached] == []
    assert hidden == []


@as_files
@pytest.mark.parametrize("name", ["book/index.html", *chapter_names()])
def test_keys_operate_every_control_of_every_explorable_and_reset_puts_it_back(visit, site, name):
    page = open_page(visit, site, name)
    for explorable in page.locator(".rnn-explorable").all():
        assert_keys_operate_every_control(page, explorable, least=1)
    visit.check()


# ---- Motion ----------------------------------------------------------------------------------------------------------

MOVES = """() => [...document.querySelectorAll('*')].filter(element => {
  const style = getComputedStyle(element);
  const long = text => text.split(',').some(part => parseFloat(part) > 0.001);
  return style.scrollBehavior === 'smooth' || long(style.transitionDuration) && style.transitionProperty !== 'none'
    || style.animationName !== 'none' && long(style.animationDuration);
}).map(element => `${element.tagName} ${element.className}`).slice(0, 9)"""


@as_files
def test_nothing_moves_for_a_reader_who_asked_for_that(browser, site):
    context = browser.new_context(reduced_motion="reduce")
    for name in ["book/index.html", "search.html", *chapter_names()[:2]]:
        visit = Visit(context)
        assert open_page(visit, site, name).evaluate(MOVES) == [], name
        visit.page.close()
    context.close()


# ---- Every page, from a server: weight -------------------------------------------------------------------------------


def weights_of(visit, site, name):
    """The bytes of every file that a page asks for, gzipped, by file."""
    open_page(visit, site, name)
    files = {urlsplit(address).path.lstrip("/") for address in visit.answers if address.startswith(site)}
    return {file: len(gzip.compress((SITE / file).read_bytes())) for file in files}


@from_a_server
@pytest.mark.parametrize("name", page_names())
def test_a_page_is_light_and_loads_only_what_it_uses(visit, site, name):
    weights = weights_of(visit, site, name)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    most = 1.2 * MB if name in chapter_names() else 1 * MB
    assert 0 < sum(weights.values()) <= most, f"{sum(weights.values())} bytes gzipped, the heaviest {heaviest}"

    asked, page = "\n".join(weights), visit.page
    assert ("mathjax" in asked) == (page.locator("mjx-container").count() > 0)
    assert ("mount.js" in asked) == (page.locator(".course-widget").count() > 0)
    assert ("searchindex.js" in asked) == ("search_prose.js" in asked) == (name == "search.html")
    assert "fontawesome.js" not in asked
    visit.check()


def test_the_whole_site_is_small():
    require_site()
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    assert size < 40 * MB, f"{size} bytes"


@from_a_server
def test_a_page_gives_its_notebook(visit, site):
    page = open_page(visit, site, chapter_names()[0])
    with page.expect_download() as download:
        page.locator(".course-notebook a[download]").click()
    cells = json.loads(download.value.path().read_text("utf8"))["cells"]
    assert len(cells) > 20 and download.value.suggested_filename.endswith(".ipynb")


def test_the_scripts_of_explorables_are_written_once():
    """Each in a file of its own, and one style; no page holds them."""
    require_site()
    names = [path.name.split(".")[0] for path in (SITE / "_static" / "explorables").iterdir()]
    assert sorted(names) == sorted([*(name.lower() for name in EXPLORABLES), "style"])
    for name in page_names():
        assert "export default { render }" not in (SITE / name).read_text("utf8")


# ---- Widgets without a kernel ----------------------------------------------------------------------------------------


def test_a_widget_that_nothing_can_show_says_so(page):
    """A control on its own, and an explorable whose script fails, leave a sentence and no dead control."""
    states = {
        "a": {"model_name": "IntSliderModel", "state": {"description": "width", "value": 3}},
        "b": {"model_name": "AnyModel", "state": {"_esm": "throw new Error('no such luck')", "_css": ""}},
    }
    views = "".join(
        f'<script type="application/vnd.jupyter.widget-view+json">{json.dumps({"model_id": name})}</script>'
        for name in states
    )
    state = json.dumps({"state": states})  # the page of another book, whose scripts lie in the state
    page.set_content(f'<body><script type="application/vnd.jupyter.widget-state+json">{state}</script>{views}')
    page.add_script_tag(path=ROOT / "book" / "_extra" / "mount.js")
    slider, broken = page.locator(".course-widget").all()
    assert "width = 3" in slider.text_content() and "JupyterLab" in slider.text_content()
    broken.get_by_text("no such luck").wait_for()


# ---- Reading ---------------------------------------------------------------------------------------------------------


def assert_equations_are_set(visit, shown="mjx-container"):
    """All equations of the page are set, and the first of them shows `shown`; no other host was asked."""
    visit.page.locator(shown).first.wait_for()
    assert visit.page.locator("div.math mjx-container").count() == visit.page.locator("div.math").count() > 3
    assert visit.page.locator("mjx-merror").count() == 0
    visit.check()


def test_equations_are_set(visit, site):
    open_page(visit, site, "book/notation.html")
    assert_equations_are_set(visit)


# What MathJax keeps, for every page, of a choice in the menu of a formula; and what a formula then has.
CHOICES = {
    "vector graphics": ({"renderer": "SVG"}, "mjx-container svg"),
    "explorer": ({"explorer": True}, "mjx-container[role='application'][aria-label*=' Subscript ']"),
    "German": ({"explorer": True, "locale": "de"}, "mjx-container[role='application'][aria-label*=' Index ']"),
    "collapsible": ({"collapsible": True}, "mjx-container [data-semantic-complexity]"),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_equations_are_set_as_a_reader_chose_in_their_menu(visit, site, choice):
    settings, shown = CHOICES[choice]
    # Before the page's own scripts: what is stored while a page loads may be gone when the next one asks for it.
    kept = f"localStorage.setItem('MathJax-Menu-Settings', JSON.stringify({json.dumps(settings)}))"
    visit.page.add_init_script(kept)
    open_page(visit, site, "book/notation.html")
    assert_equations_are_set(visit, shown)


def test_a_reader_can_explore_an_equation_by_ear_and_by_braille(visit, site):
    """Chosen in the menu: at once, and on the next page too, arrow keys walk through a formula, which is spoken."""
    page = open_page(visit, site, "book/notation.html")
    page.locator("mjx-container").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("menuitem", name="Accessibility").hover()
    page.get_by_role("menuitemcheckbox", name="Activate").click()
    walk_into_the_first_equation(page)
    page.evaluate("MathJax.startup.document.menu.menu.pool.lookup('braille').setValue(true)")
    open_page(visit, site, "book/notation.html")
    walk_into_the_first_equation(page)
    page.locator(".MJX_LiveRegion", has_text="\u282d").wait_for()  # x in Nemeth's code
    assert_equations_are_set(visit)


def walk_into_the_first_equation(page):
    """The first equation, x_t, says what it is; a step down is its base, x."""
    equation = page.locator("mjx-container[role='application'][aria-label='x Subscript t']").first
    equation.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.locator(".MJX_LiveRegion_Show", has_text="Base x").wait_for()


def results_of(visit, site, query):
    """What is shown for a search: the address of each result, and what stands below it."""
    visit.page.goto(f"{site}/search.html?q={query}")
    visit.page.locator(".search-summary", has_text="Search finished").wait_for()
    shown = """all => all.map(item => [
      item.querySelector('a').getAttribute('href'), item.querySelector('.context').textContent,
      [...item.querySelectorAll('strong')].map(word => word.textContent)])"""
    return visit.page.locator("#search-results li").evaluate_all(shown)


def test_the_search_finds_a_term_and_shows_where_it_stands(visit, site):
    """A paragraph of the page with the words in bold, cut between words, without code and TeX; from files too."""
    results = results_of(visit, site, "forget+gate")
    for place in ["glossary", "lstm_gates"]:
        assert any(place in address for address, _, _ in results)
    assert len(results) > 8
    for address, text, bold in results:
        assert 10 < len(text) < 270 and not re.search(r"\\|\$|This page is a notebook|import |\n\n", text), address
        assert {word.lower()[:4] for word in bold} & {"forg", "gate"}, address
    [section] = [text for address, text, _ in results if address == "book/glossary.html#forget-gate"]
    assert section.startswith("f_t: how much of the old cell state is kept.")
    visit.check()


def test_a_word_that_stands_in_code_alone_is_found_with_the_pages_first_words(visit, site):
    results = results_of(visit, site, "column_stack")
    assert results and all(text and "import" not in text for _, text, _ in results)
    assert any(text.startswith("The number of sunspots rises and falls") for _, text, _ in results)
    visit.check()


def test_the_search_button_leads_to_results(visit, site):
    page = open_page(visit, site, "book/using.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("forget gate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=forget+gate*")
    page.locator("#search-results li a").first.wait_for()


@as_files
def test_plumbing_is_folded_until_it_is_opened(visit, site):
    page = open_page(visit, site, chapter_names()[0])
    fold = page.locator("details.hide").first
    code = fold.locator("pre").first
    assert not code.is_visible()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert code.is_visible()


# ---- Paper -----------------------------------------------------------------------------------------------------------

NOT_FOR_PAPER = (
    ".rnn-explorable :is(button, input, select, textarea), .bd-sidebar, .bd-header-article, .prev-next-footer, "
    ".bd-footer-content, .copybtn, .headerlink, .course-guess button, .course-answer > summary, dialog"
)
CUT_OFF = """() => {
  const page = document.querySelector('article.bd-article').getBoundingClientRect();
  return [...document.querySelectorAll('article.bd-article :is(img, pre, table, mjx-container, .rnn-explorable)')]
    .filter(element => element.checkVisibility() && !element.closest('.rnn-spoken, mjx-assistive-mml'))
    .filter(element => element.getBoundingClientRect().right > page.right + 1
                       || element.matches('pre') && element.scrollWidth > element.clientWidth + 1)
    .map(element => `${element.tagName} ${element.className} ${element.textContent.slice(0, 60)}`);
}"""


@as_files
@pytest.mark.parametrize("name", chapter_names())
def test_a_chapter_prints_cleanly(browser, site, name):
    """On an A4 sheet, from the dark theme: white, nothing to click, nothing cut off, explorables as they stand, folds
    folded, but for what happens after a Predict."""
    context = browser.new_context(viewport={"width": 688, "height": 1000}, color_scheme="dark")  # an A4 sheet
    page = open_page(Visit(context), site, name)
    answers = page.locator("details.course-answer")
    assert answers.count() > 4
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    explorables = page.locator("script[type$='widget-view+json']").count()
    page.wait_for_function(
        "count => document.querySelectorAll('.rnn-explorable, .course-note').length >= count", arg=explorables
    )
    charts = page.locator(".rnn-explorable figure")  # one that a setting has no use for is hidden on both
    answers.evaluate_all("all => all.forEach(answer => { answer.open = true; })")
    on_screen = [chart.is_visible() for chart in charts.all()]
    answers.evaluate_all("all => all.forEach(answer => { answer.open = false; })")
    page.emulate_media(media="print")
    page.wait_for_timeout(500)
    assert [element.text_content() for element in page.locator(NOT_FOR_PAPER).all() if element.is_visible()] == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)" != dark
    assert page.locator("details[open]:not(.course-answer), .course-answer:not([open])").count() == 0
    assert [chart.is_visible() for chart in charts.all()] == on_screen
    assert page.evaluate(CUT_OFF) == []
    height = page.evaluate("document.documentElement.scrollHeight")
    page.emulate_media(media="screen")
    page.wait_for_function("dark => getComputedStyle(document.body).backgroundColor === dark", arg=dark)
    assert page.locator("details.course-answer[open]").count() == 0

    page.emulate_media(media="null")  # what is asked for to be on the screen would be printed as on the screen
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 < sheets / (height / 1000) < 1.3  # a sheet holds some 1000 pixels: little is left empty at its foot
    context.close()
