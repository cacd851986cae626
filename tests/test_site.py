"""The built site in Chromium: accessible, offline, light, readable on a phone and on paper."""

import gzip
import json
import re
from urllib.parse import urlsplit

import pytest
from built_site import ROOT, SITE, Visit, chapter_names, page_names, require_site

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
MB = 1_000_000

pytestmark = pytest.mark.browser

as_files = pytest.mark.parametrize("site", ["file"], indirect=True)
from_a_server = pytest.mark.parametrize("site", ["http"], indirect=True)


def open_page(visit, site, name):
    visit.page.goto(f"{site}/{name}", wait_until="networkidle")
    return visit.page


# ---- Every page ------------------------------------------------------------------------------------------------------


def test_no_page_asks_another_host(visit, site):
    assert len(page_names()) > 8
    for name in page_names():
        open_page(visit, site, name)
    visit.check()


@as_files
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_violates_wcag(browser, site, theme):
    """axe-core finds no violation of WCAG 2.1 at levels A and AA."""
    assert AXE.exists(), "axe-core is not installed: run `make book` with npm installed"
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=theme)
    violations = []
    for name in page_names():
        visit = Visit(context)
        page = open_page(visit, site, name)
        page.evaluate(AXE.read_text("utf8"))
        found = page.evaluate(
            "tags => axe.run({ runOnly: tags, resultTypes: ['violations'] }).then(found => found.violations)", WCAG
        )
        violations += [f"{name}: {rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
        page.close()
    context.close()
    assert not violations


@as_files
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_a_phone(browser, site, theme):
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=theme)
    visit = Visit(context)
    for name in page_names():
        page = open_page(visit, site, name)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{name} is {sideways} pixels too wide"
    context.close()


# ---- Weight ----------------------------------------------------------------------------------------------------------


def weight(visit, site, name):
    """The bytes of every file that a page asks for, gzipped, by file."""
    open_page(visit, site, name)
    files = {urlsplit(address).path.lstrip("/") for address in visit.answers if address.startswith(site)}
    return {file: len(gzip.compress((SITE / file).read_bytes())) for file in files}


@from_a_server
@pytest.mark.parametrize("name", page_names())
def test_a_page_is_light_and_loads_only_what_it_uses(visit, site, name):
    weights = weight(visit, site, name)
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    most = 2 * MB if name in chapter_names() else 1 * MB
    assert 0 < sum(weights.values()) <= most, f"{sum(weights.values())} bytes gzipped, the heaviest {heaviest}"

    asked, page = "\n".join(weights), visit.page
    assert ("mathjax" in asked) == (page.locator("mjx-container").count() > 0)
    assert ("mount.js" in asked) == (page.locator(".course-widget").count() > 0)
    assert ("searchindex.js" in asked) == (name == "search.html")
    assert "fontawesome.js" not in asked


def test_the_whole_site_is_small():
    require_site()
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    assert size < 40 * MB, f"{size} bytes"


# ---- Widgets without a kernel ----------------------------------------------------------------------------------------


def test_every_widget_is_alive_or_says_what_it_needs(visit, site):
    shown = 0
    for name in chapter_names():
        page = open_page(visit, site, name)
        places = page.locator(".course-widget")
        assert places.count() == page.locator("script[type$='widget-view+json']").count()
        for place in places.all():
            place.locator(".rnn-explorable, .course-note").first.wait_for(timeout=30_000)
            if place.locator(".rnn-explorable").count() == 0:  # a picture that the kernel draws
                assert place.locator("img[alt]").count() == 1
                assert "kernel" in place.locator(".course-note").text_content()
                assert place.locator("input, button, [tabindex]").count() == 0
        shown += places.count()
    assert shown > 2
    visit.check()


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
    state = json.dumps({"state": states})
    page.set_content(f'<body><script type="application/vnd.jupyter.widget-state+json">{state}</script>{views}')
    page.add_script_tag(path=ROOT / "book" / "_extra" / "mount.js")
    slider, broken = page.locator(".course-widget").all()
    assert "width = 3" in slider.text_content() and "JupyterLab" in slider.text_content()
    broken.get_by_text("no such luck").wait_for()


# ---- Reading ---------------------------------------------------------------------------------------------------------


def test_equations_are_set(visit, site):
    page = open_page(visit, site, "book/notation.html")
    page.locator("mjx-container").first.wait_for(timeout=30_000)
    assert page.locator("div.math mjx-container").count() == page.locator("div.math").count() > 3
    assert page.locator("mjx-merror").count() == 0
    visit.check()


def test_the_search_finds_a_term(visit, site):
    visit.page.goto(f"{site}/search.html?q=forget+gate")
    visit.page.locator("#search-results li a").first.wait_for(timeout=30_000)
    for place in ["glossary", "lstm_gates"]:
        visit.page.locator(f"#search-results li a[href*='{place}']").first.wait_for(timeout=30_000)
    # From files a page may not fetch the others, so that the results come without their first lines.
    visit.check(*(["blocked by CORS policy", "net::ERR_FAILED file:", "Failed to fetch"] if "file:" in site else []))


def test_the_search_button_leads_to_results(visit, site):
    page = open_page(visit, site, "book/using.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("forget gate")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=forget+gate*")
    page.locator("#search-results li a").first.wait_for(timeout=30_000)


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

NOT_FOR_PAPER = ".bd-sidebar, .bd-header-article, .prev-next-footer, .bd-footer-content, .copybtn, .headerlink, dialog"
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
    """On an A4 sheet, from the dark theme: white, nothing to click, nothing cut off, folds stay folded."""
    context = browser.new_context(viewport={"width": 718, "height": 1000}, color_scheme="dark")
    page = open_page(Visit(context), site, name)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(media="print")
    page.wait_for_timeout(500)
    assert [element.text_content() for element in page.locator(NOT_FOR_PAPER).all() if element.is_visible()] == []
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)" != dark
    assert page.locator("details[open]").count() == 0
    assert page.evaluate(CUT_OFF) == []
    page.emulate_media(media="screen")
    page.wait_for_function("dark => getComputedStyle(document.body).backgroundColor === dark", arg=dark)

    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 5 < sheets < 60
    context.close()
