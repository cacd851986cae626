"""A character model: typing, an input method among it, the cursor, writing, loading; and what Python computes."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from examples.character_model import CHINESE, LINES, SYMBOLS, a_network, an_explorer
from explorables import frames, mount, said, state, tried
from small_pages import visit_page, write_page
from traitlets import TraitError

from rnn_course import data
from rnn_course.data import recorded
from rnn_course.widgets import CharacterModel, character_model

FILE = "state_of_the_union"


def field_of(root):
    return root.get_by_label("Type here, or choose a text")


def ready(page, explorer):
    """Mount an explorer and wait until the text is read."""
    root = mount(page, explorer)
    root.locator(".rnn-next-name").first.wait_for()
    frames(page)
    return root


def ten(page, root):
    """The probabilities that are shown, `[(what is called, percent)]`."""
    frames(page)
    rows = root.locator(".rnn-next button:visible").all_text_contents()
    return [tuple(re.fullmatch(r"(.*?)\s+([<\d. ]+) %", row, re.DOTALL).groups()) for row in rows]


# ---- What Python computes --------------------------------------------------------------------------------------------


def test_surprises_are_those_of_pytorch():
    """Each character counted once, the first one after the end of a document."""
    torch = pytest.importorskip("torch")
    explorer = an_explorer(hidden=6, seed_network=3, text="A bad time.\nHi")
    network = explorer.network()
    ids = [network.symbols.index(character) for character in "\nA bad time.\nHi"]
    weights = {name: torch.tensor(value) for name, value in network.float64.items()}
    lstm = torch.nn.LSTM(len(network.symbols), 6, batch_first=True, dtype=torch.float64)
    lstm.load_state_dict({name[4:]: value for name, value in weights.items() if name.startswith("rnn.")})
    x = torch.eye(len(network.symbols), dtype=torch.float64)[ids[:-1]]
    logits = lstm(x[None])[0][0] @ weights["head.weight"].T + weights["head.bias"]
    wanted = torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none") / np.log(2)
    found = explorer.compute()
    np.testing.assert_allclose(found["bits"], wanted.detach(), atol=1e-12)
    assert len(found["bits"]) == 14 and found["mean"] == pytest.approx(found["bits"].mean())
    assert found["perplexity"] == pytest.approx(2 ** found["bits"].mean())


@pytest.mark.parametrize(
    ("preset", "file", "text", "wanted"),
    [
        ("SPACES", FILE, data.load_state_of_the_union, "a space"),
        ("PLACE_IN_LINE", "tang_verse", data.load_tang_verse, "place in the line of verse"),
    ],
)
def test_the_units_that_tries_show_are_found_and_hold_on_another_text(preset, file, text, wanted):
    models, language = pytest.importorskip("rnn_course.models"), pytest.importorskip("rnn_course.language")
    script = Path(character_model.__file__).with_name("character_model_tries.js").read_text("utf8")
    model, corpus = models.load_trained(file).model, text()
    pair = [corpus.validation[k : k + 15_000] for k in (50_000, 0)]
    states = [model.states(corpus.encode(part)) for part in pair]
    found = language.find_unit(
        states[0], language.property_of(wanted, pair[0]), states[1], language.property_of(wanted, pair[1])
    )
    assert found.unit == int(re.search(rf"const {preset} = (\d+);", script)[1])
    assert abs(found.judged) > 0.6


def test_a_cold_network_takes_the_most_probable_and_a_hot_one_takes_any():
    cold, hot = (an_explorer(temperature=temperature, text="A b").compute() for temperature in (0.1, 2.0))
    assert cold["p"][0] > hot["p"][0] and cold["entropy"] < hot["entropy"] and cold["next"] == hot["next"]
    texts = {an_explorer(temperature=2.0, seed=seed, text="A b").compute()["written"] for seed in range(9)}
    assert len(texts) > 5


def test_draws_follow_the_probabilities():
    """Of many seeds each character is drawn as often as it is probable: χ² over the ten most probable."""
    network = a_network(hidden=4)
    explorer = CharacterModel(network, network.symbols, text="A b")
    held = explorer.network()
    states, _ = character_model._read(held, character_model._ids(held, "A b"))
    counts = dict.fromkeys(range(len(held.symbols)), 0)
    for seed in range(100):
        explorer.seed = seed
        for place in range(3, 13):  # the same state at places that differ
            counts[held.symbols.index(explorer._written(held, states[-1], place)[0])] += 1
    p = character_model._softmax(held.logits(states[-1]))
    top = np.argsort(-p)[:10]
    expected = 1000 * p[top]
    assert (((np.array([counts[k] for k in top]) - expected) ** 2 / expected)[expected > 5]).sum() < 30


def test_an_unknown_character_has_no_surprise_or_is_read_as_a_rare_one():
    found = an_explorer(text="bé b").compute()
    assert np.isnan(found["bits"]).tolist() == [False, True, False, False]
    assert found["mean"] == pytest.approx(np.nanmean(found["bits"]))
    np.testing.assert_allclose(found["bits"][2:], an_explorer(text="b b").compute()["bits"][1:])
    rare, named = (an_explorer(CHINESE, text=text).compute()["bits"] for text in ("白𠀋日", "白□日"))
    np.testing.assert_array_equal(rare, named)


def test_what_cannot_stand_is_refused():
    network = a_network()
    with pytest.raises(ValueError, match="text has 2001 characters, at most 2000"):
        CharacterModel(text="a" * 2001)
    with pytest.raises(ValueError, match="text has a carriage return"):
        CharacterModel(text="a\r\nb")
    with pytest.raises(ValueError, match=r"symbols is None, .* corpus\.symbols"):
        CharacterModel(network.tensors)
    with pytest.raises(TypeError, match="network is a dict, it must be a LanguageModel"):
        CharacterModel(network.tensors, network.symbols)
    large = a_network()
    large.tensors["head.bias"][2] = 7e4
    with pytest.raises(ValueError, match=r"network's head\.bias in float16 has inf at \[2\]"):
        CharacterModel(large, large.symbols)
    with pytest.raises(ValueError, match="language is 'own', but the explorable was made without a network"):
        CharacterModel(language="own")
    with pytest.raises(TypeError, match="has no control 'colour'"):
        CharacterModel(colour="red")
    with pytest.raises(TraitError, match="shade"):
        CharacterModel(shade="r")
    assert CharacterModel(text="𠀋" * 2000).cursor == 2000


def test_a_network_that_is_not_there_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(recorded, "TRAINED", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no trained model tang_verse\.safetensors in this installation"):
        CharacterModel(language="tang").compute()


def test_a_network_of_pytorch_is_taken_as_it_is():
    torch = pytest.importorskip("torch")
    network = a_network(hidden=3)

    class Likeness(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn, self.head = torch.nn.LSTM(len(network.symbols), 3), torch.nn.Linear(3, len(network.symbols))

    model = Likeness()
    model.load_state_dict({name: torch.tensor(value) for name, value in network.tensors.items()})
    ours, theirs = (CharacterModel(one, network.symbols).compute() for one in (network, model))
    np.testing.assert_allclose(theirs["bits"], ours["bits"], atol=1e-3)  # by way of float32


# ---- Typing ----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.browser


def test_what_is_typed_is_read_and_the_caret_is_the_cursor(page):
    explorer = an_explorer(text="A bad time", shade="h", unit=2)
    root = ready(page, explorer)
    field = field_of(root)
    field.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("\nHi")
    assert state(page)["text"] == "A bad time\nHi" and state(page)["cursor"] == 13
    for key, cursor, name in [("ArrowLeft", 12, "“i”"), ("Home", 11, "“H”"), ("ArrowLeft", 10, "a line break")]:
        page.keyboard.press(key)
        page.wait_for_function("cursor => window.copies[0].model.get('cursor') === cursor", arg=cursor)
        explorer.text, explorer.cursor = "A bad time\nHi", cursor
        found = explorer.compute()
        bits, value = (found[key][cursor] for key in ("bits", "shown"))
        sentence = said(page, root)
        assert f"At the cursor stands {name}:" in sentence and f"surprise is {bits:.2f} bits" in sentence
        assert f"{value:+.3f}".replace("-", "−") in sentence and "Unit 2 has" in sentence
        assert f"{found['mean']:.2f} bits per character over 13" in sentence
    page.keyboard.press("Control+Home")
    page.wait_for_function("() => window.copies[0].model.get('cursor') === 0")
    page.locator(".rnn-spoken", has_text="At the cursor stands “A”").wait_for(state="attached")


def test_a_key_that_comes_before_the_next_frame_is_not_lost(page):
    """Who types fast moves the caret before what was typed has been drawn."""
    root = ready(page, an_explorer(text="A bad time"))
    field_of(root).focus()
    page.evaluate(
        """() => {
          const field = document.activeElement;
          field.setSelectionRange(10, 10);
          document.execCommand("insertText", false, "s");
          field.setSelectionRange(4, 4);
          document.dispatchEvent(new Event("selectionchange"));
        }"""
    )
    frames(page)
    assert state(page)["text"] == "A bad times" and state(page)["cursor"] == 4
    assert field_of(root).evaluate("field => [field.value, field.selectionStart]") == ["A bad times", 4]


def test_a_caret_that_has_moved_and_not_said_so_stays(page):
    """The browser moves the caret first and says so in a task of its own: a frame may come between the two."""
    root = ready(page, an_explorer(text="A bad time"))
    field_of(root).focus()
    page.evaluate(
        """() => {
          const field = document.activeElement;
          window.unsaid = (event) => event.stopImmediatePropagation();
          window.addEventListener("selectionchange", window.unsaid, true);
          field.setSelectionRange(10, 10);
          document.execCommand("insertText", false, "s");
          field.setSelectionRange(4, 4);
        }"""
    )
    frames(page)
    page.evaluate(
        """() => {
          window.removeEventListener("selectionchange", window.unsaid, true);
          document.dispatchEvent(new Event("selectionchange"));
        }"""
    )
    page.wait_for_function("() => window.copies[0].model.get('cursor') === 4", timeout=20_000)
    assert field_of(root).evaluate("field => [field.value, field.selectionStart]") == ["A bad times", 4]


def compose(session, text):
    """Put a text under composition, as an input method does at each key."""
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def test_an_input_method_composes_in_peace(page):
    """Typing `bai` and choosing 白: until then nothing is read, rewritten or counted; then the character is."""
    root = ready(page, an_explorer(CHINESE, text="日入", shade="h"))
    field = field_of(root)
    field.focus()
    page.keyboard.press("Control+End")
    session = page.context.new_cdp_session(page)
    before = root.locator(".rnn-shown").evaluate("shown => shown.outerHTML.replace(/rnn-at/g, '')")
    for typed in ("b", "ba", "bai"):
        session.send(
            "Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)}
        )
        frames(page)
        assert field.input_value() == "日入" + typed and state(page)["text"] == "日入"
        root.evaluate("() => window.copies[0].model.set('unit', (window.copies[0].model.get('unit') + 1) % 4)")
        frames(page)
        assert field.input_value() == "日入" + typed  # a control that moves takes nothing away
        assert root.locator(".rnn-shown").evaluate("shown => shown.outerHTML.replace(/rnn-at/g, '')") == before
        assert field.evaluate("field => getComputedStyle(field).color !== 'rgba(0, 0, 0, 0)'")
        assert not root.locator(".rnn-shown").is_visible()
    session.send("Input.insertText", {"text": "白"})
    frames(page)
    assert field.input_value() == state(page)["text"] == "日入白" and state(page)["cursor"] == 3
    assert root.locator(".rnn-glyph").count() >= 3 and root.locator(".rnn-shown").is_visible()
    assert "over 3" in said(page, root)
    page.keyboard.type("水")
    assert state(page)["text"] == "日入白水"


def test_a_composition_that_is_given_up_leaves_the_text(page):
    root = ready(page, an_explorer(CHINESE, text="日入"))
    field_of(root).focus()
    session = page.context.new_cdp_session(page)
    compose(session, "ba")
    compose(session, "")
    frames(page)
    assert state(page)["text"] == field_of(root).input_value() == "日入"


def test_what_cannot_be_read_is_said_in_a_sentence(page):
    root = ready(page, an_explorer(text="bé b"))
    told = root.locator(".rnn-refused")
    known = len(set(SYMBOLS))
    assert told.text_content() == f"Not among the network's {known} characters, and passed over: é"
    assert root.locator(".rnn-unread").all_text_contents() == ["é"]
    field_of(root).fill("b b")
    frames(page)
    assert not told.is_visible()
    page.evaluate("() => window.copies.pop().close()")
    root = ready(page, an_explorer(CHINESE, text="白𠀋日"))
    known = len(set(CHINESE))
    assert (
        root.locator(".rnn-refused").text_content() == f"Not among the network's {known} characters, and read as □: 𠀋"
    )
    assert root.locator(".rnn-unread").count() == 0 and "over 3" in said(page, root)


def test_a_text_that_is_too_long_is_cut_and_says_so(page):
    root = ready(page, an_explorer(text="b"))
    field_of(root).fill("ab " * 670)
    page.locator(".rnn-refused", has_text="the last 10 of yours are cut off").wait_for()
    assert state(page)["text"] == ("ab " * 670)[:2000] == field_of(root).input_value()
    page.locator(".rnn-reach", has_text="over 2000").wait_for()
    root.get_by_role("button", name="Write on").click()
    page.locator(".rnn-refused", has_text="as long as it may be").wait_for()


ALIGNED = """root => {
  const [shown, field] = [root.querySelector('.rnn-shown'), root.querySelector('textarea')];
  const asShown = field.scrollHeight - shown.scrollHeight;
  field.style.height = '0';
  const byItself = field.scrollHeight;
  field.style.height = '';
  shown.style.alignSelf = 'start';
  const [height] = [shown.getBoundingClientRect().height];
  shown.style.alignSelf = '';
  return [asShown, byItself - height];
}"""


@pytest.mark.parametrize(
    ("symbols", "text"),
    [
        (SYMBOLS, LINES + "Wide words and many of them, " * 9),
        (CHINESE, "白日依山盡，黃河入海流。\n" * 4),
        (SYMBOLS, " " * 200),
    ],
)
def test_the_field_breaks_its_lines_where_the_characters_do(page, symbols, text):
    root = ready(page, an_explorer(symbols, text=text))
    for width in (1100, 700, 430, 360):
        page.set_viewport_size({"width": width, "height": 800})
        frames(page)
        off = root.evaluate(ALIGNED)
        assert max(map(abs, off)) < 2, (width, off)


def test_the_mouse_looks_and_a_click_places_the_cursor(page):
    root = ready(page, an_explorer(text="A bad time", cursor=9))
    glyph = root.locator(".rnn-glyph", has_text="b").first
    box = glyph.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    assert "At the cursor stands “b”" in said(page, root) and state(page)["cursor"] == 9
    page.mouse.move(5, 5)
    assert "At the cursor stands “e”" in said(page, root)
    page.mouse.click(box["x"] + 1, box["y"] + 8)
    page.wait_for_function("() => window.copies[0].model.get('cursor') === 2")
    page.mouse.move(5, 5)
    assert "At the cursor stands “b”" in said(page, root)
    page.mouse.move(box["x"] + 40, box["y"] + 8)
    page.evaluate("() => window.copies[0].model.set('text', 'A')")  # shorter than where the mouse is
    assert "At the end of the text" in said(page, root)


def test_space_and_line_break_are_seen(page):
    root = ready(page, an_explorer(text="a b\nc"))
    assert root.locator(".rnn-space").all_text_contents() == [" "]
    assert "radial-gradient" in root.locator(".rnn-space").evaluate("one => getComputedStyle(one).backgroundImage")
    mark = "one => getComputedStyle(one, '::before').content"
    assert root.locator(".rnn-break").evaluate(mark) == '"↵"'
    root.get_by_label("Temperature").fill("2")
    names = dict(ten(page, ready(page, an_explorer(symbols="\n b", text="b"))))
    assert {"space ␣", "line break ↵", "b"} == set(names)


# ---- What comes next -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.3, 1.0, 1.6])
def test_ten_probabilities_are_shown_at_the_temperature(page, temperature):
    explorer = an_explorer(text="A bad time", temperature=temperature, cursor=4)
    found = explorer.compute()
    rows = ten(page, ready(page, explorer))
    assert [name.removeprefix("came ▸ ")[-1].replace("␣", " ").replace("↵", "\n") for name, _ in rows] == list(
        found["next"]
    )
    for (_, percent), p in zip(rows, found["p"], strict=True):
        wanted = 0.005 if percent.startswith("<") else float(percent)
        assert abs(wanted - 100 * p) <= (0.5 if p >= 0.0995 else 0.05 if p >= 0.00995 else 0.0051)
    note = page.locator(".rnn-next .rnn-note").text_content()
    assert f"Entropy {found['entropy']:.2f} bits" in note


def test_what_came_is_marked_among_the_ten_or_below_them(page):
    explorer = an_explorer(text="A bad time")
    root = ready(page, explorer)
    seen = set()
    for cursor, character in enumerate("A bad time"):
        page.evaluate("cursor => window.copies[0].model.set('cursor', cursor)", cursor)
        frames(page)
        explorer.cursor = cursor
        shown = {" ": "space ␣"}.get(character, character)
        marked = root.locator(".rnn-came:visible .rnn-next-name").all_text_contents()
        assert marked == [f"came ▸ {shown}"]
        among = character in explorer.compute()["next"]
        assert root.locator("button.rnn-came").count() == among
        assert ("What came is number" in root.locator(".rnn-next .rnn-note").text_content()) != among
        seen.add(among)
    assert seen == {True, False}
    page.evaluate("() => window.copies[0].model.set('cursor', 10)")
    frames(page)
    assert root.locator(".rnn-came:visible").count() == 0 and "At the end of the text" in said(page, root)


def test_another_character_is_chosen_within_the_text_and_at_its_end(page):
    root = ready(page, an_explorer(text="A bad", cursor=2))
    names = [name for name, _ in ten(page, root)]
    k = next(k for k, name in enumerate(names) if len(name) == 1)
    root.locator(".rnn-next button").nth(k).press("Enter")
    frames(page)
    assert state(page)["text"] == f"A {names[k]}ad" and state(page)["cursor"] == 2
    assert root.locator("button.rnn-came .rnn-next-name").text_content() == f"came ▸ {names[k]}"
    root.get_by_role("button", name="Step back").press("Enter")
    frames(page)
    assert state(page)["text"] == f"A {names[k]}a" and state(page)["cursor"] == 4
    names = [name for name, _ in ten(page, root)]
    k = next(k for k, name in enumerate(names) if len(name) == 1)
    root.locator(".rnn-next button").nth(k).press("Enter")
    frames(page)
    assert state(page)["text"].endswith(f"a{names[k]}") and state(page)["cursor"] == 5


# ---- Writing ---------------------------------------------------------------------------------------------------------


def written(page, root, start, least):
    """Press Write on, wait for so many characters, press Stop; returns the text."""
    root.get_by_role("button", name="Write on").click()
    page.wait_for_function("least => window.copies[0].model.get('text').length >= least", arg=start + least)
    stop = root.get_by_role("button", name="Stop")
    if stop.count():
        stop.click()
    frames(page)
    return state(page)["text"]


def test_what_it_writes_is_seeded_and_the_same_after_a_stop(page):
    """And it is what Python writes: the draw for a place depends on the seed and the place alone."""
    explorer = an_explorer(symbols=" .abcdefgh", text="abba", seed=8, temperature=0.8)
    network = explorer.network()
    states, _ = character_model._read(network, character_model._ids(network, "abba"))
    wanted, place, now = "", 4, states[-1]
    while len(wanted) < 300:
        part = explorer._written(network, now, place)[0]
        wanted, place = wanted + part, place + 1
        now = network.step(now, network.symbols.index(part))
    root = ready(page, explorer)
    first = written(page, root, 4, 3)
    assert len(first) >= 7 and ("abba" + wanted).startswith(first)
    assert root.locator(".rnn-refused").text_content().endswith("Stopped.")
    second = written(page, root, len(first), 5)
    assert len(second) > len(first) and ("abba" + wanted).startswith(second) and len(set(second)) > 4
    assert state(page)["cursor"] == len(second)


def test_writing_ends_with_a_line_break_and_goes_on_after_it(page):
    root = ready(page, an_explorer(symbols="\nab", text="a", temperature=2.0))
    for breaks in (1, 2):
        root.get_by_role("button", name="Write on").click()
        page.wait_for_function("n => window.copies[0].model.get('text').split('\\n').length > n", arg=breaks)
        page.locator(".rnn-refused", has_text="with a line break").wait_for()
        assert state(page)["text"].endswith("\n") and state(page)["text"].count("\n") == breaks


def test_whatever_changes_the_text_stops_the_writing(page):
    """Typing, a Try, Reset and the kernel; a network that is not there any more leaves no error."""
    root = ready(page, an_explorer(symbols=" .abcdefgh", text="abba"))
    changes = {
        "typing": lambda: field_of(root).press("b"),
        "try": lambda: root.get_by_role("button", name="Say it three times").click(),
        "reset": lambda: root.get_by_role("button", name="Reset").click(),
        "language": lambda: root.get_by_label("Network").select_option(label="Chinese: Tang verse"),
        "kernel": lambda: page.evaluate("() => window.copies[0].model.set('text', 'bad')"),
    }
    for name, change in changes.items():
        if name == "kernel":
            root.get_by_label("Network").select_option(label="your own network")
        root.get_by_role("button", name="Write on").click()
        root.get_by_role("button", name="Stop").wait_for()
        change()
        root.get_by_role("button", name="Write on").wait_for()
        frames(page)
        assert "300 characters" not in root.locator(".rnn-refused").text_content(), name  # it did not stop by itself


def test_who_wants_less_motion_gets_several_characters_at_once(page):
    page.emulate_media(reduced_motion="reduce")
    root = ready(page, an_explorer(symbols=" .abcdefgh", text="abba"))
    page.evaluate("""() => {
      window.lengths = [];
      new MutationObserver(() => window.lengths.push(document.querySelector('textarea').value.length))
        .observe(document.querySelector('.rnn-shown'), { childList: true });
    }""")
    written(page, root, 4, 20)
    lengths = page.evaluate("() => window.lengths")
    assert len(lengths) >= 3 and all(length % 8 == 4 for length in lengths), lengths


def test_the_untrained_network_is_another_one_by_its_seed(page):
    explorer = an_explorer(text="A bad time")
    root = ready(page, explorer)
    seen = {said(page, root)}
    root.get_by_label("Untrained, of the same size").check()
    for seed in (0, 1):
        page.evaluate("seed => window.copies[0].model.set('seed', seed)", seed)
        explorer.untrained, explorer.seed = True, seed
        sentence = said(page, root)
        assert f"Untrained: {explorer.compute()['mean']:.2f} bits per character over all 10" in sentence
        seen.add(sentence)
    assert len(seen) == 3


def test_each_try_says_what_to_look_for(page):
    root = ready(page, an_explorer())
    texts = set()
    for _, look, where in tried(page, root):
        assert len(look) > 40
        texts.add(where["text"])
    assert len(texts) >= 4 and root.locator(".rnn-tries button").count() == 8


# ---- Loading ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def brought(monkeypatch, tmp_path):
    """A course that brings an English network of ours; returns the network."""
    monkeypatch.setattr(recorded, "TRAINED", tmp_path)
    network = a_network(hidden=6, seed=5)
    (tmp_path / f"{FILE}.safetensors").write_bytes(network.to_bytes())
    return network


def write_site(folder, explorer):
    """A page in a folder of a site, as Sphinx marks it, and the site's scripts of networks; returns its address."""
    (folder / "notebooks").mkdir()
    address = write_page(folder / "notebooks", explorer)
    path = folder / "notebooks" / "page.html"
    path.write_text(path.read_text("utf8").replace("<html ", '<html data-content_root="../" '), "utf8")
    return address


def test_a_page_of_files_loads_the_network_when_it_is_asked_for(page, tmp_path, brought):
    explorer = CharacterModel(text="A bad time")
    site = tmp_path / "site"
    site.mkdir()
    address, requests = write_site(site, explorer), []
    page.on("request", lambda request: requests.append(request.url))
    root = visit_page(page, address)
    load = root.get_by_role("button", name="Load the English network (0.0 MB)")
    assert "is not read" in root.locator(".rnn-loading").text_content()
    assert not root.locator(".rnn-next").is_visible() and not any("models" in url for url in requests)
    load.click()  # there is no such file yet
    told = "The model's file, models/state_of_the_union.js, could not be loaded."
    root.locator(".rnn-loading", has_text=told).wait_for()
    (site / "models").mkdir()
    data = base64.b64encode(brought.to_bytes()).decode()
    script = f'(globalThis.courseModels ??= {{}})["{FILE}"] = "{data}";'
    (site / "models" / f"{FILE}.js").write_text(script, "utf8")
    load.press("Enter")
    root.locator(".rnn-next").wait_for()
    assert f"{explorer.compute()['mean']:.2f} bits per character over 10" in said(page, root)
    assert not root.locator(".rnn-loading").is_visible()


def test_writing_loads_the_network_first(page, tmp_path, brought):
    site = tmp_path / "site"
    (site / "models").mkdir(parents=True)
    data = base64.b64encode(brought.to_bytes()).decode()
    (site / "models" / f"{FILE}.js").write_text(f'(globalThis.courseModels ??= {{}})["{FILE}"] = "{data}";', "utf8")
    root = visit_page(page, write_site(site, CharacterModel(text="A bad time")))
    root.get_by_role("button", name="Write on").click()
    page.wait_for_function("() => document.querySelector('.rnn-text textarea').value.length > 11")


ANSWERED = """answer => {
  const [{ model, listeners }] = window.copies;
  const bytes = Uint8Array.from(atob(answer ?? ''), letter => letter.charCodeAt(0));
  window.sent = [];
  model.send = content => {
    window.sent.push(content);
    const buffers = answer ? [new DataView(bytes.buffer)] : [];
    listeners['msg:custom'].forEach(callback => callback({ loaded: 'tang' }, []));
    listeners['msg:custom'].forEach(callback => callback({ loaded: content.load }, buffers));
  };
}"""


@pytest.mark.parametrize("is_there", [True, False])
def test_the_kernel_sends_the_network_as_bytes(page, brought, is_there):
    explorer = CharacterModel(text="A bad time")
    sent = []
    explorer.send = lambda content, buffers=None: sent.append((content, buffers))
    explorer._answer(None, {"load": "english"}, [])
    explorer._answer(None, {"load": "nothing"}, [])
    [(content, [data])] = sent
    assert content == {"loaded": "english"} and data == brought.to_bytes()
    root = mount(page, explorer)
    page.evaluate(ANSWERED, base64.b64encode(data).decode() if is_there else None)
    root.get_by_role("button", name=re.compile("Load the English network")).click()
    if is_there:
        root.locator(".rnn-next").wait_for()
        assert f"{explorer.compute()['mean']:.2f} bits per character" in said(page, root)
    else:
        root.locator(".rnn-loading", has_text="not in this installation").wait_for()
    assert page.evaluate("() => window.sent") == [{"load": "english"}]
    assert page.evaluate("() => window.copies[0].listeners['msg:custom'].length") == 0


def test_a_network_that_the_course_does_not_bring_cannot_be_asked_for(page, monkeypatch, tmp_path):
    monkeypatch.setattr(recorded, "TRAINED", tmp_path)
    root = mount(page, CharacterModel())
    assert "This copy of the course has no such network." in root.locator(".rnn-loading").text_content()
    assert root.get_by_role("button", name="Load the English network").count() == 0
    assert root.get_by_role("button", name="Write on").is_disabled()


def test_the_networks_are_no_weight_of_the_page(brought):
    """Neither their bytes nor their characters are in what the page is sent."""
    explorer = CharacterModel()
    assert len(json.dumps(explorer.networks)) < 400 and explorer.networks["english"]["units"] == 6
