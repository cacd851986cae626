"""The sheet: all questions without feedback, whose answers are kept."""

import pytest
from explorables import PAGE

from rnn_course.questions import Sheet, answers, every_question

QUESTIONS = every_question()
FIRST, SECOND = [question for question in QUESTIONS.values() if question.concept == "state"][:2]


def letter_of(question, option):
    return "abcd"[question.options.index(option)]


def test_it_asks_every_question_once_and_tells_no_answer(tmp_path):
    sheet = Sheet("before", tmp_path / "mine.csv")
    assert sorted(sheet.questions) == sorted(QUESTIONS) and sheet.html.count("<form") == len(QUESTIONS) == 36
    body = sheet.html.partition("</style>")[2]
    assert "data-of" not in body and not any(q.answer.feedback in body for q in QUESTIONS.values())
    assert sheet.said == "0 of 36 answers are in mine.csv." and not any(tmp_path.iterdir())


def test_what_is_chosen_changed_and_taken_back_is_kept(tmp_path):
    path = tmp_path / "mine.csv"
    sheet = Sheet("before", path)
    for option in (FIRST.options[0], FIRST.answer):
        sheet.chosen = {FIRST.key: letter_of(FIRST, option)}
    sheet.chosen = {**sheet.chosen, SECOND.key: "a"}
    assert [(a.key, a.option, a.which) for a in answers.read(path)] == [
        (FIRST.key, "right", "before"),
        (SECOND.key, SECOND.options[0].name, "before"),
    ]
    assert sheet.said == "2 of 36 answers are in mine.csv."
    sheet.chosen = {FIRST.key: sheet.chosen[FIRST.key]}
    assert [a.key for a in answers.read(path)] == [FIRST.key]


def test_a_sheet_begins_where_the_last_one_of_its_round_was_left(tmp_path):
    path = tmp_path / "mine.csv"
    Sheet("before", path).chosen = {FIRST.key: "b"}
    assert Sheet("before", path).chosen == {FIRST.key: "b"} and Sheet("after", path).chosen == {}
    text = path.read_text().replace(FIRST.options[1].name, "of an older version")
    path.write_text(text)
    assert Sheet("before", path).chosen == {}


def test_what_cannot_be_kept_is_said(tmp_path):
    sheet = Sheet("after", tmp_path / "none" / "mine.csv")
    sheet.chosen = {FIRST.key: "a"}
    assert sheet.said.startswith("This answer could not be kept: ")
    with pytest.raises(ValueError, match="which is 'then', it must be one of 'before', 'after'"):
        Sheet("then", tmp_path / "mine.csv")
    (tmp_path / "mine.csv").write_text("other\n")
    with pytest.raises(ValueError, match="must begin with the row"):
        Sheet("before", tmp_path / "mine.csv")


# What anywidget promises of its host; what the page sends is noted.
MOUNT = """async ({ esm, state }) => {
  const heard = {};
  window.sent = [];
  window.model = {
    get: (name) => state[name],
    set(name, value) { state[name] = value; },
    save_changes() { window.sent.push(structuredClone(state.chosen)); },
    on: (event, callback) => { heard[event] = callback; },
    off: (event) => { delete heard[event]; },
    say(text) { state.said = text; heard["change:said"]?.(); },
  };
  const module = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  window.close_sheet = module.default.render({ model: window.model, el: document.body });
}"""


@pytest.mark.browser
def test_the_page_sends_what_is_chosen_and_says_what_the_kernel_says(page, tmp_path):
    path = tmp_path / "mine.csv"
    answers.note(path, SECOND, SECOND.options[2], "before")
    sheet = Sheet("before", path)
    page.set_content(PAGE)
    state = {"html": sheet.html, "chosen": sheet.chosen, "said": sheet.said}
    page.evaluate(MOUNT, {"esm": sheet._esm, "state": state})
    form = page.locator(f'form[data-question="{FIRST.key}"]')
    other = page.locator(f'form[data-question="{SECOND.key}"]')
    assert other.locator("input").nth(2).is_checked() and page.locator(":checked").count() == 1
    assert page.get_by_role("status").text_content() == "1 of 36 answers are in mine.csv."
    form.locator("label").nth(1).click()
    page.keyboard.press("ArrowDown")
    other.get_by_role("button").click()
    both = {SECOND.key: "c"}
    assert page.evaluate("window.sent") == [both | {FIRST.key: "b"}, both | {FIRST.key: "c"}, {FIRST.key: "c"}]
    page.evaluate("window.model.say('All kept.')")
    assert page.get_by_role("status").text_content() == "All kept."
    assert page.locator(":checked").count() == 1 and form.locator("input").nth(2).is_checked()
    page.evaluate("window.close_sheet()")
