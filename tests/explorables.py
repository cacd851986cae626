"""What the tests of every explorable need: how one is made, a bare page to render it in, what must hold of any of them.

The explorables are those of `rnn_course.widgets.EXPLORABLES`. Of one whose files are NAME.py and NAME.js there may be,
beside this file, `examples/NAME.py` with any of
    an_explorer(**arguments)    how one is made; without it by its class, and controls that are named are set after that
    CUT_OFF, CONTRAST           arguments with which its layout and its colours are looked at
    TAB                         [(arguments, how many controls Tab reaches)]
    LEAST                       how many labels in charts, texts and lines are seen then, at the least
    FLOOR                       below this a number that it computes has lost its digits
and `examples/NAME.json`, the cases of test_parity.py. An explorable that needs none of these has none.
"""

import json
import re
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

from traitlets import Bool, Enum

EXAMPLES = Path(__file__).parent / "examples"


def put(explorer, controls):
    """Set controls, `{trait name: value}`, one after the other, and return the explorer."""
    for name, value in controls.items():
        setattr(explorer, name, value)
    return explorer


def made(kind, *arguments, **named):
    """An explorable of this class; what is named as a control of it is set when it is made."""
    controls = {name: named.pop(name) for name in [*named] if name in kind.class_traits(control=True)}
    return put(kind(*arguments, **named), controls)


def stem_of(kind):
    """NAME of NAME.py and NAME.js."""
    return kind.__module__.rpartition(".")[2]


def example(kind):
    """How one explorable is made, its examples and its parity cases; see above."""
    stem = stem_of(kind)
    module = import_module(f"examples.{stem}") if (EXAMPLES / f"{stem}.py").exists() else None
    without = {"an_explorer": partial(made, kind), **WITHOUT}
    own = {name: getattr(module, name, value) for name, value in without.items()}
    found = SimpleNamespace(kind=kind, stem=stem, **own)
    path = EXAMPLES / f"{stem}.json"
    found.cases = json.loads(path.read_text(encoding="utf-8")) if path.exists() else ends(found.an_explorer())
    return found


WITHOUT = {"CUT_OFF": [{}], "CONTRAST": [{}], "TAB": [({}, None)], "LEAST": {}, "FLOOR": 1e-12}


def ends(explorer):
    """Parity cases for an explorable that brings none: as it is, and each control at each of its ends or choices."""
    places = []
    for name, trait in explorer.traits(control=True).items():
        if isinstance(trait, Enum):
            places += [(name, value) for value in trait.values]
        elif isinstance(trait, Bool):
            places += [(name, True), (name, False)]
        else:
            places += [(name, end) for end in explorer.ranges.get(name, []) if end is not None]
    return [{"make": {}, "controls": {}}, *({"make": {}, "controls": {name: value}} for name, value in places)]


# A page that knows nothing of Jupyter: a model with only what controls.js asks of its host.
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>test</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>body { margin: 0 }</style></head>
<body></body></html>"""
MOUNT = """async ({ esm, css, state }) => {
  window.load = (text) => import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const listeners = {};
  const model = {
    get: (name) => state[name],
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      (listeners[`change:${name}`] ?? []).forEach((callback) => callback());
    },
    on: (event, callback) => (listeners[event] ??= []).push(callback),
    off: (event, callback) => { listeners[event] = listeners[event].filter((other) => other !== callback); },
    save_changes() {},
  };
  const el = document.body.appendChild(document.createElement("div"));
  const module = await window.load(esm);
  const close = module.default.render({ model, el });
  (window.copies ??= []).push({ model, el, close, listeners });
}"""


def traits(explorer):
    return {name: getattr(explorer, name) for name in explorer.keys if not name.startswith("_") and name != "layout"}


DRAWN = """() => {
  const root = [...document.querySelectorAll('.rnn-explorable')].at(-1);
  return root.querySelector('.rnn-stage text') || !root.querySelector('.rnn-stage');
}"""


def mount(page, explorer):
    """Render the explorer in a bare page, on its own, wait until its charts are drawn, and return its root element.

    Some work for more than a frame before they draw, longer on a machine that does other things beside.
    """
    if page.url == "about:blank" and not page.query_selector("style"):
        page.set_content(PAGE)
    page.evaluate(MOUNT, {"esm": explorer._esm, "css": explorer._css, "state": traits(explorer)})
    page.wait_for_function(DRAWN)
    return page.locator(".rnn-explorable").last


def unfold(root):
    """Open all that is folded in a part of the page, and return it."""
    root.locator("details").evaluate_all("all => all.forEach(details => (details.open = true))")
    return root


def frames(page):
    """Wait until the next frame has been drawn."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def said(page, root):
    """What an explorable says of what is looked at."""
    frames(page)
    return root.locator(".rnn-reach").text_content()


def state(page, copy=0):
    """Where the controls of one rendered copy stand, `{trait name: value}`."""
    return page.evaluate(
        """(copy) => {
          const { model } = window.copies[copy];
          return Object.fromEntries(Object.keys(model.get("initial")).map(name => [name, model.get(name)]));
        }""",
        copy,
    )


ESCAPES = """() => [...document.querySelectorAll('.rnn-explorable, .rnn-explorable *')]
  .filter(element => !element.closest('.rnn-spoken, option'))
  .filter(element => {
    const box = element.getBoundingClientRect();
    const clips = element.matches('label, td, th, output, p, figcaption, button, fieldset, legend')
      && getComputedStyle(element).display !== 'inline';
    return box.right > innerWidth + 0.5 || box.left < -0.5 || clips && element.scrollWidth > element.clientWidth + 1;
  })
  .map(element => `${element.tagName} ${element.getAttribute('class')} ${element.textContent.slice(0, 30)}`)"""
TEXT_IN_CHARTS = """() => [...document.querySelectorAll('.rnn-stage text')].map(text => {
  const [box, chart] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
  return {
    text: text.textContent,
    size: parseFloat(getComputedStyle(text).fontSize) * chart.width / text.ownerSVGElement.viewBox.baseVal.width,
    inside: box.left >= chart.left - 0.5 && box.right <= chart.right + 0.5 && box.bottom <= chart.bottom + 0.5,
    left: box.left, right: box.right, row: `${chart.left} ${chart.top} ${Math.round(box.top)}`,
  };
})"""


SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def plain(text):
    """A text of the page with its numbers as Python writes them: 8.4e-13 for 8.4·10⁻¹³."""
    powers = re.sub("·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", lambda found: "e" + found[1].translate(SUPERSCRIPTS), text)
    return powers.replace("−", "-")


def number(text):
    """The value of a number on the page."""
    return float(plain(text))


def assert_nothing_is_cut_off(page, least):
    """At four widths: no element leaves the page, no text is cut off, and of the charts' texts, of which there are at
    least so many, none is smaller than 11 px, leaves its chart or overlaps its neighbour."""
    unfold(page)
    for width in (1400, 1000, 740, 360):
        page.set_viewport_size({"width": width, "height": 800})
        frames(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        assert page.evaluate(ESCAPES) == []
        texts = page.evaluate(TEXT_IN_CHARTS)
        assert len(texts) > least
        assert [text for text in texts if not text["inside"] or text["size"] < 11] == []
        rows = {}
        for text in texts:
            rows.setdefault(text["row"], []).append((text["left"], text["right"], text["text"]))
        for row in rows.values():
            assert all(before[1] <= after[0] for before, after in pairwise(sorted(row))), row


CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = rgba(colour).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return rgba(colour)[3] === 255 ? colour : paper(element.parentElement);
  };
  const against = (element, colour) => {
    const [a, b] = [luminance(colour), luminance(paper(element))].sort((a, b) => b - a);
    return (a + 0.05) / (b + 0.05);
  };
  const all = [...document.querySelectorAll('.rnn-explorable *')];
  const hasText = e => [...e.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const owners = all.filter(e => hasText(e) && e.tagName !== 'OPTION');
  const lines = all.filter(e => e.matches('.rnn-line'));
  return {
    text: owners.map(e => [e.textContent, against(e, getComputedStyle(e)[e.ownerSVGElement ? 'fill' : 'color'])]),
    lines: lines.map(e => [e.closest('figure')?.dataset.chart, against(e, getComputedStyle(e).stroke)]),
    paper: luminance(paper(document.querySelector('.rnn-title'))),
  };
}"""


THEMES = [  # the reader's preference, an attribute of the page that overrules it, and whether the paper is dark
    ("light", None, None, False),
    ("dark", None, None, True),
    ("light", "data-theme", "dark", True),
    ("dark", "data-theme", "light", False),
    ("light", "data-jp-theme-light", "false", True),
    ("dark", "data-jp-theme-light", "true", False),
]


def assert_contrast(page, texts, lines):
    """In every theme: text has a contrast of at least 4.5 and a chart's line of at least 3; there are more than so
    many of them."""
    for reader, attribute, value, dark in THEMES:
        page.emulate_media(color_scheme=reader)
        if attribute:
            page.evaluate("([name, value]) => document.body.setAttribute(name, value)", [attribute, value])
        measured = page.evaluate(CONTRASTS)
        assert (measured["paper"] < 0.1) == dark, (reader, attribute, value)
        assert len(measured["text"]) > texts and len(measured["lines"]) > lines
        assert [text for text in measured["text"] if text[1] < 4.5] == []
        assert [line for line in measured["lines"] if line[1] < 3] == []
        if attribute:
            page.evaluate("(name) => document.body.removeAttribute(name)", attribute)


FOCUSED = "button, input, select, textarea, summary"


def assert_tab_reaches_every_control(page, root, count=None):
    """Tab goes through all controls in their order, shows where it is, and JupyterLab leaves them their keys; there are
    `count` beside the button that pins a setting."""
    controls = [control for control in unfold(root).locator(FOCUSED).all() if control.is_visible()]
    own = [control for control in controls if not control.evaluate("c => c.matches('.rnn-head > [aria-pressed]')")]
    assert len(own) == count or (count is None and own)
    for control in controls:
        page.keyboard.press("Tab")
        assert control.get_attribute("data-lm-suppress-shortcuts") == "true"  # or JupyterLab takes the key
        assert control.evaluate("control => control === document.activeElement && control.matches(':focus-visible')")


# What is folded opens by a key where the focus is, and JupyterLab leaves it that key.
CONTROLS = "input, select:has(option + option), textarea, button"
STANDS = """control => control.matches('select, input, textarea')
  ? [control.checked, control.value].join() : control.closest('.rnn-explorable').textContent"""


def operate(page, control):
    """Use a control by its keys; returns whether it stands somewhere else for a moment."""
    before = control.evaluate(STANDS)
    kind = control.evaluate("control => control.type")
    control.focus()
    keys = {"checkbox": ["Space"], "textarea": ["1"], "text": ["1"], "select-one": ["ArrowDown", "ArrowUp", "ArrowUp"]}
    for key in keys.get(kind, ["ArrowRight", "ArrowLeft", "ArrowUp"] if kind == "range" else ["Enter"]):
        page.keyboard.press(key)
        if kind != "submit" and control.evaluate(STANDS) != before:
            return True
    return kind in ("button", "submit", "file")  # what these do is a matter of the explorable's own tests


def assert_keys_operate_every_control(page, root, least=3):
    """Keys move each control, and "Reset" puts all back, the selects, sliders and fields as they stood."""
    controls = unfold(root).locator(CONTROLS)

    def standing():
        return [control.evaluate(STANDS) for control in controls.all() if control.evaluate("c => c.type !== 'button'")]

    first, dead = standing(), []
    assert len(first) >= least
    for k, control in enumerate(controls.all()):
        if control.is_visible() and control.is_enabled() and not operate(page, control):
            dead.append(k)
    assert [controls.nth(k).evaluate("control => control.outerHTML") for k in dead] == []
    root.get_by_role("button", name="Reset").press("Enter")
    assert standing() == first


def tried(page, root):
    """Press each "Try" button in turn; yields its label, what it says to look for, and where the controls stand."""
    buttons = root.locator(".rnn-tries button")
    for label in buttons.all_text_contents():
        buttons.get_by_text(label, exact=True).click()
        frames(page)
        yield label, root.locator(".rnn-look").text_content(), state(page)
