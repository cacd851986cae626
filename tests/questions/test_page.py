"""How questions look: without a script, in JupyterLab's hands and on the built site."""

import re

import pytest
from built_site import ROOT, Visit, chapter_names

from rnn_course.questions import ask, bank, page

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """within => axe.run(within, { resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
  .then(found => found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`)))"""
as_files = pytest.mark.parametrize("site", ["file"], indirect=True)
from_a_server = pytest.mark.parametrize("site", ["http"], indirect=True)
every_chapter = pytest.mark.parametrize("name", chapter_names())


def stem(name):
    """bptt of notebooks/03_bptt.html."""
    return name.removesuffix(".html").partition("_")[2]


# ---- As text and as HTML ---------------------------------------------------------------------------------------------


def test_as_text_it_asks_and_does_not_answer():
    shown = repr(ask("bptt"))
    for number, question in enumerate(bank.questions("bptt"), 1):
        assert f"{number}. {question.text}" in shown
        for letter, option in zip("abcd", question.options, strict=True):
            assert f"   {letter}. {option.text}" in shown and option.feedback not in shown


@pytest.mark.parametrize(
    "text, html",
    [
        ("h_t and C_{t−1}", "<i>h</i><sub>t</sub> and <i>C</i><sub>t−1</sub>"),
        ("∂C_t/∂C_{t−1} = f_t", "∂<i>C</i><sub>t</sub>/∂<i>C</i><sub>t−1</sub> = <i>f</i><sub>t</sub>"),
        ("10^{−8}, w^2", "10<sup>−8</sup>, w<sup>2</sup>"),
        ("`x_t @ W.T` < 1", "<code>x_t @ W.T</code> &lt; 1"),
        ("*Mar* is 3 * 4 * 5", "<em>Mar</em> is 3 * 4 * 5"),
    ],
)
def test_symbols_and_code_become_html(text, html):
    assert page.as_html(text) == html


def test_without_feedback_nothing_in_the_html_tells_which_option_is_right():
    asked = page.Asked(bank.questions("bptt"), feedback=False)._repr_html_()
    for question in bank.questions("bptt"):
        for option in question.options:
            assert page.as_html(option.text) in asked and page.as_html(option.feedback) not in asked
    body = asked.partition("</style>")[2]
    assert not re.search('class="rnn-(right|wrong)|data-of|status', body)


# ---- In a bare page: no script at all --------------------------------------------------------------------------------


@pytest.fixture
def bare(browser):
    """A page that knows nothing of Jupyter or of the site and runs no script, with two copies of some questions."""
    context = browser.new_context(java_script_enabled=False)
    visit = context.new_page()
    visit.set_content("<!doctype html><body>" + 2 * ask("bptt")._repr_html_())
    yield visit
    context.close()


def told(within):
    """The feedback that is seen there."""
    return [part.text_content() for part in within.locator("[data-of]").all() if part.is_visible()]


@pytest.mark.browser
def test_the_chosen_options_feedback_is_seen_and_no_other(bare):
    form, question = bare.locator("form").first, bank.questions("bptt")[0]
    assert told(bare) == []
    for letter, option in zip("abcd", question.options, strict=True):
        form.get_by_role("radio", name=f"{letter}. ").check()
        [said] = told(bare)
        assert said.startswith(f"{letter}. {page.RIGHT if option.right else page.WRONG} ")
        assert re.sub("<[^>]*>", "", page.as_html(option.feedback)) in said
    form.get_by_role("button", name=page.CLEAR).click()
    assert told(bare) == [] and form.locator(":checked").count() == 0


@pytest.mark.browser
def test_the_keyboard_alone_is_enough_and_enter_leaves_the_page_as_it_is(bare):
    first, address = bare.locator("form").first, bare.url
    first.locator("input").first.focus()
    for key in ("Space", "ArrowDown", "Enter"):
        bare.keyboard.press(key)
    assert first.locator("input").nth(1).is_checked() and bare.url == address
    assert [text[:2] for text in told(bare)] == ["b."]
    bare.keyboard.press("Tab")
    bare.keyboard.press("Enter")  # the button that clears
    assert told(bare) == []


@pytest.mark.browser
def test_what_is_chosen_is_sent_nowhere(browser):
    """Not even where something submits the form, which leads to another page by default."""
    visit = browser.new_page()
    visit.set_content(f"<!doctype html><body>{ask('bptt')._repr_html_()}")
    field, address = visit.locator("input").first, visit.url
    field.check()
    visit.evaluate("document.querySelector('form').requestSubmit()")
    visit.wait_for_timeout(300)
    assert visit.url == address and field.is_checked()
    visit.close()


@pytest.mark.browser
def test_each_question_is_asked_by_itself(bare):
    """Two questions, and two copies of one, know nothing of each other."""
    forms = bare.locator("form")
    for k in (0, 1, 4):
        forms.nth(k).locator("input").nth(k % 3).check()
    assert [forms.nth(k).locator(":checked").count() for k in range(8)] == [1, 1, 0, 0, 1, 0, 0, 0]


@pytest.mark.browser
def test_on_paper_everything_can_be_read(bare):
    bare.emulate_media(media="print")
    assert len(told(bare)) == 2 * 4 * 4
    assert not bare.get_by_role("button", name=page.CLEAR).first.is_visible()


# ---- On the site -----------------------------------------------------------------------------------------------------


def open_questions(visit, site, name):
    visit.page.goto(f"{site}/{name}")
    return visit.page.locator(".rnn-questions form")


@pytest.mark.browser
@as_files
@every_chapter
def test_a_chapter_asks_its_own_questions(newcomer, site, name):
    forms = open_questions(newcomer, site, name)
    asked = [question.key for question in bank.questions(stem(name))]
    assert forms.evaluate_all("all => all.map(one => one.dataset.question)") == asked
    assert told(newcomer.page) == []
    forms.nth(3).locator("input").last.check()
    assert [text[:2] for text in told(newcomer.page)] == ["d."]
    newcomer.check()


@pytest.mark.browser
def test_an_answer_is_kept_in_the_browser_and_can_be_cleared(newcomer, site):
    name = chapter_names()[2]
    form = open_questions(newcomer, site, name).first
    assert not form.get_by_role("button", name=page.CLEAR).is_visible()
    form.locator("label").nth(2).click()
    newcomer.page.reload()
    assert form.locator("input").nth(2).is_checked() and [text[:2] for text in told(form)] == ["c."]
    form.get_by_role("button", name=page.CLEAR).press("Enter")
    assert told(form) == []
    newcomer.page.reload()
    assert form.locator(":checked").count() == 0 and told(form) == []
    newcomer.check()


@pytest.mark.browser
@as_files
def test_the_site_asks_and_tells_without_javascript(browser, site):
    context = browser.new_context(java_script_enabled=False)
    forms = open_questions(Visit(context), site, chapter_names()[2])
    forms.first.locator("input").first.check()
    assert [text[:2] for text in told(forms.first)] == ["a."]
    context.close()


@pytest.mark.browser
@from_a_server
@pytest.mark.parametrize("name", [chapter_names()[1], chapter_names()[7]])  # code and symbols, and emphasis
def test_questions_are_for_every_reader(newcomer, site, name):
    """axe-core finds nothing in light and dark, with right and wrong feedback open; on a phone nothing sticks out, and
    targets are of 24 pixels at least."""
    forms, visited = open_questions(newcomer, site, name), newcomer.page
    for k, form in enumerate(forms.all()):
        form.locator("input").nth(k).check()
    visited.evaluate(AXE.read_text("utf8"))
    for theme in ("light", "dark"):
        visited.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        visited.wait_for_function("() => document.getAnimations().every(one => one.playState === 'finished')")
        assert visited.evaluate(RUN_AXE, ".rnn-questions") == []
    for width in (1280, 360):
        visited.set_viewport_size({"width": width, "height": 740})
        assert visited.evaluate("document.documentElement.scrollWidth") <= width
        for part in visited.locator(".rnn-questions :is(label, button, [data-of], legend)").all():
            box = part.bounding_box()
            if box:
                assert box["x"] >= 0 and box["x"] + box["width"] <= width
        for target in visited.locator(".rnn-questions :is(label, button)").all():
            box = target.bounding_box()
            assert box is None or min(box["width"], box["height"]) >= 24
    newcomer.check()
