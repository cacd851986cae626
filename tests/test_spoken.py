"""What a screen reader says of each explorable: its controls, where they stand, and what a change of them did.

The reader is a simulated one (npm, virtual-screen-reader), which walks a page by the specifications of names and roles.
"""

import os

import pytest
from built_site import ROOT
from explorables import example, frames, mount, operate

from rnn_course.widgets import EXPLORABLES

READER = ROOT / "node_modules" / "@guidepup" / "virtual-screen-reader" / "lib" / "esm" / "index.browser.js"
ROLES = {"range": "slider", "checkbox": "checkbox", "select-one": "combobox", "textarea": "textbox", "file": ""}
START = """async text => {
  window.reader ??= (await window.load(text)).virtual;
  await window.reader.start({ container: document.querySelector('.rnn-explorable') });
}"""
WALK = """async () => {
  for (let k = 0; k < 3000; k += 1) {
    await window.reader.next();
    if ((await window.reader.lastSpokenPhrase()).startsWith('end of region')) break;
  }
  return window.reader.spokenPhraseLog();
}"""
ANNOUNCED = """async from => {
  for (let k = 0; k < 100; k += 1) {
    const said = (await window.reader.spokenPhraseLog()).slice(from).find(phrase => phrase.startsWith('polite: '));
    if (said) return said.slice(8);
    await new Promise(done => setTimeout(done, 100));
  }
  return null;
}"""
NAME = """control => {
  const label = control.labels?.[0] ?? control;
  const read = node => node.ariaLabel ?? (node.nodeType === 3 ? node.data : [...node.childNodes].map(read).join(''));
  return read(label).replace(/[\\s\\u00a0]+/g, ' ').trim();
}"""

pytestmark = pytest.mark.browser
every = pytest.mark.parametrize("kind", EXPLORABLES.values(), ids=lambda kind: kind.__name__)


def listen(page, kind):
    """Mount an explorable with all its parts open and start the reader on it; returns the explorable's root."""
    if not READER.exists():
        reason = "the simulated screen reader is not installed: run `make book` with npm installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    root = mount(page, example(kind).an_explorer())
    page.evaluate("() => document.querySelectorAll('details').forEach(part => { part.open = true; })")
    frames(page)
    page.evaluate(START, READER.read_text("utf8"))
    return root


def operable(root):
    """The controls that can be used, each with what kind it is and its name."""
    controls = [one for one in root.locator("input, select, textarea, button").all() if one.is_visible()]
    controls = [one for one in controls if one.is_enabled()]
    return [(one, one.evaluate("control => control.type"), one.evaluate(NAME)) for one in controls]


@every
def test_every_control_is_said_with_its_name_and_where_it_stands(page, kind):
    root = listen(page, kind)
    said = page.evaluate(WALK)
    assert said[0].startswith("region, ") and said[-1].startswith("end of region")
    found = operable(root)
    assert len(found) >= 3
    for control, kind_of, name in found:
        role = ROLES.get(kind_of, "button")
        phrases = [phrase for phrase in said if phrase.startswith(f"{role}, {name}" if role else name)]
        assert name and phrases, (kind_of, name)
        if kind_of == "range":
            stands = control.get_attribute("aria-valuetext")
            assert any(f"current value {stands}" in phrase for phrase in phrases), (name, stands)
        if kind_of == "select-one":
            chosen = control.evaluate("control => control.selectedOptions[0].textContent")
            assert any(phrase.startswith(f"option, {chosen}") for phrase in said), (name, chosen)


@every
def test_what_a_change_did_is_said(page, kind):
    """Every slider, choice and check announces, once it rests, what is seen now, in the explorable's own words."""
    root, said = listen(page, kind), {}
    for control, kind_of, name in operable(root):
        if kind_of in ("range", "select-one", "checkbox") and control.is_enabled():
            before = page.evaluate("async () => (await window.reader.spokenPhraseLog()).length")
            if operate(page, control):
                said[name] = page.evaluate(ANNOUNCED, before)
    assert [name for name, phrase in said.items() if not phrase] == []
    assert len(set(said.values())) >= 2, said
