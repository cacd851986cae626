"""Alignment: typing, an input method among it, hiding, what is drawn, loading; and what Python computes."""

import base64
import re
from datetime import date, timedelta

import numpy as np
import pytest
from examples.alignment import LONG, NAMES, a_file, an_explorer
from explorables import frames, mount, put, said, state, traits, tried
from small_pages import visit_page, write_page
from traitlets import TraitError

from rnn_course.data import recorded
from rnn_course.data.dates import FORMS, written
from rnn_course.widgets import Alignment
from rnn_course.widgets.alignment import true_answer
from rnn_course.widgets.pair_networks import PairNetworks

BAD_DATES = ["31 February 2024", "5 Smarch 2024", "5.13.2024", "0.1.2024", "3/5/2024", "", "二〇二四年十三月五日"]
BAD_DATES += ["5 March 24", "the fifty-first of May 1950", "constructor 5, 2024", "5.3.0000", "5 March 2024\n"]


def several_days():
    """Each form with every day of the month, every month and a leap day, and what is to be written."""
    days = [date(1987, 12, 1) + timedelta(days=k) for k in range(0, 420, 7)] + [date(2000, 2, 29), date(2031, 1, 31)]
    return {written(day, form): day.isoformat() for day in days for form in FORMS}


# ---- What Python computes --------------------------------------------------------------------------------------------


def test_the_true_answer_of_every_form_is_known():
    known = several_days()
    assert len(known) >= 600 and all(true_answer("dates", text) == iso for text, iso in known.items())
    assert [true_answer("dates", text) for text in BAD_DATES] == [None] * len(BAD_DATES)
    assert true_answer("reversal", "abc") == "cba"


def test_what_is_hidden_has_no_weight_and_changes_what_is_written():
    explorer = an_explorer(network="rotary", layer=1, head=2)
    before = explorer.compute()
    explorer.hidden = [12, 3, 3]
    after = explorer.compute()
    assert explorer.hidden == [3, 12] and not after["alpha"][:, [3, 12]].any() and before["alpha"][:, [3, 12]].all()
    assert after["before"] == before["written"] == before["before"] and after["written"] != after["before"]
    assert after["written"]["none"] == before["written"]["none"]
    explorer.hidden = [39]  # there is no such place in this text
    assert explorer.compute()["written"] == before["written"]


def test_layers_heads_and_steps_beyond_the_last_stand_at_the_last():
    explorer = an_explorer(layers=2, heads=3, network="no_positions", layer=1, head=2)
    last = explorer.compute()
    explorer.layer, explorer.head = 9, 9
    np.testing.assert_array_equal(explorer.compute()["alpha"], last["alpha"])
    explorer.step = 49
    steps = len(last["p"])
    found = explorer.compute()
    assert found["next_p"][0] == pytest.approx(last["p"][steps - 1]) and sum(found["next_p"]) <= 1


def test_unknown_symbols_are_passed_over():
    found, plain = (an_explorer(task="reversal", text=text).compute() for text in ("aéb Z", "ab"))
    assert found["read"] == "ab" and found["truth"] == "ba" and found["written"] == plain["written"]


def test_what_cannot_stand_is_refused(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="text has 41 symbols, at most 40"):
        Alignment(text="a" * 41)
    with pytest.raises(ValueError, match="text has a line break"):
        Alignment(text="5 March\n2024")
    with pytest.raises(TypeError, match="Alignment has no control 'colour'"):
        Alignment(colour="red")
    for name, value in [("network", "lstm"), ("hidden", [40]), ("hidden", [-1]), ("hidden", 3), ("task", "sums")]:
        with pytest.raises(TraitError, match=name):
            Alignment(**{name: value})
    assert Alignment(text="日" * 40).text == "日" * 40 and Alignment(task="reversal").text == "bottlenecked"
    monkeypatch.setattr(recorded, "TRAINED", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"no trained model reversal\.safetensors in this installation"):
        Alignment(task="reversal").compute()


# ---- Typing ----------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.browser


def ready(page, explorer):
    """Mount an explorer and wait until its answers stand there."""
    root = mount(page, explorer)
    root.locator(".rnn-answers li").first.wait_for()
    frames(page)
    return root


def answers(page, root):
    """`{name: (answer, verdict, what it wrote before)}`, by the list in the page."""
    frames(page)
    rows = root.locator(".rnn-answers li").all()
    parts = [[row.locator(f":scope > .rnn-{part}") for part in ("answer", "verdict", "before")] for row in rows]
    texts = [tuple(one.text_content() if one.is_visible() else None for one in row) for row in parts]
    return dict(zip(NAMES, texts, strict=True))


def field_of(root):
    return root.get_by_role("textbox")


def test_the_page_knows_the_true_answers_that_python_knows(page):
    explorer = an_explorer()
    mount(page, explorer)
    known = several_days()
    script = """async ([esm, state, texts]) => {
      const { trueAnswer } = await window.load(esm);
      return texts.map(text => trueAnswer({ ...state, task: 'dates' }, text));
    }"""
    shared = {name: traits(explorer)[name] for name in ("forms", "words")}
    assert page.evaluate(script, [explorer._esm, shared, [*known, *BAD_DATES]]) == [
        *known.values(),
        *[None] * len(BAD_DATES),
    ]


def test_what_is_typed_is_read_and_answered(page):
    explorer = an_explorer(network="rotary", layer=1, head=1, step=3, cursor=2, hidden=[4])
    root = ready(page, explorer)
    field = field_of(root)
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("5 March 1987")
    explorer.text, explorer.hidden = "5 March 1987", []  # another text, of which nothing is hidden yet
    assert {name: state(page)[name] for name in ("text", "hidden")} == {"text": "5 March 1987", "hidden": []}
    found, shown = explorer.compute(), answers(page, root)
    assert {name: shown[name][0].rstrip("…") or "" for name in NAMES} == {
        name: text or "nothing" for name, text in found["written"].items()
    }
    assert root.locator(".rnn-truth-told").text_content() == "The right answer: 1987-03-05"
    sentence = said(page, root)
    symbol = found["next"][0].replace("\n", "the end")
    assert f"Step 4 of {len(found['p'])}: it writes" in sentence and symbol in sentence
    assert f"From step 4 to place 3, “M”: α = {found['alpha'][3][2]:.3f}." in sentence
    rest = 1 - found["alpha"][3].sum()
    assert f"The bar and what was written have {rest:.3f}." in sentence
    page.locator(".rnn-spoken", has_text="Transformer, rotary positions reads 5 March 1987").wait_for(state="attached")


def compose(session, text):
    """Put a text under composition, as an input method does at each key."""
    session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def test_an_input_method_composes_in_peace(page):
    """Typing `yue` and choosing 月: until then nothing is read or rewritten; then the symbol is."""
    root = ready(page, an_explorer(text="三", network="rotary"))
    field = field_of(root)
    field.focus()
    page.keyboard.press("End")
    session = page.context.new_cdp_session(page)
    before = answers(page, root)
    for typed in ("y", "yu", "yue"):
        compose(session, typed)
        frames(page)
        assert field.input_value() == "三" + typed and state(page)["text"] == "三" and answers(page, root) == before
        page.evaluate("() => window.copies[0].model.set('step', 1 - window.copies[0].model.get('step'))")
        frames(page)
        assert field.input_value() == "三" + typed  # a control that moves takes nothing away
    session.send("Input.insertText", {"text": "月"})
    frames(page)
    assert field.input_value() == state(page)["text"] == "三月" and answers(page, root) != before
    compose(session, "ri")
    compose(session, "")
    frames(page)
    assert field.input_value() == state(page)["text"] == "三月"


def test_what_cannot_be_read_and_what_is_too_long_is_said(page):
    root = ready(page, an_explorer(text="5 March 2024 Ü5"))
    told = root.locator(".rnn-refused")
    assert told.text_content() == "These networks have never seen, and pass over: Ü"
    assert root.locator(".rnn-truth-told").text_content().startswith("The page knows no right answer here")
    assert answers(page, root)["none"][1] in ("not known", "it does not end")
    field_of(root).fill("5 March 1850")
    frames(page)
    assert told.text_content() == "The networks were trained on the years from 1900 to 2099."
    root.get_by_label("Task").select_option(index=1)
    frames(page)
    assert state(page)["text"] == "bottlenecked" and not told.is_visible()
    field_of(root).fill("Ada, B")
    frames(page)
    assert told.text_content() == "These networks know the letters a to z. Passed over: A ,   B"
    field_of(root).fill(LONG + "xyz")
    frames(page)
    assert told.text_content().startswith("A text has at most 40 symbols here: the last 3 of yours are cut off.")
    assert told.text_content().endswith("The networks were trained on 1 to 20 letters; these are 40.")
    assert state(page)["text"] == LONG == field_of(root).input_value()
    field_of(root).fill("É")
    frames(page)
    assert not root.locator(".rnn-answers").is_visible()
    assert root.locator("[data-chart=alignment] text").all_text_contents() == ["nothing to read yet"]
    root.locator(".rnn-refused", has_text="Passed over: É").wait_for()


# ---- What is drawn ---------------------------------------------------------------------------------------------------


def weights(root, kind):
    """What the lines of a kind stand for, in their order."""
    texts = root.locator(f".rnn-stage .rnn-weight{kind}").evaluate_all(
        "all => all.map(one => one.getAttribute('style'))"
    )
    return [float(text.removeprefix("--weight: ")) for text in texts]


@pytest.mark.parametrize("network", ["dot", "rotary", "no_positions"])
def test_the_lines_are_as_thick_as_the_weights(page, network):
    explorer = an_explorer(network=network, layer=1, head=2, step=2, text="5 March 2024")
    root = ready(page, explorer)
    alpha = explorer.compute()["alpha"]
    drawn = [weight for weight in alpha[2] if weight >= 0.02]
    np.testing.assert_allclose(weights(root, ".rnn-strong"), drawn, atol=5e-4)
    others = np.delete(alpha, 2, axis=0)
    np.testing.assert_allclose(weights(root, ":not(.rnn-strong)"), others[others >= 0.02], atol=5e-4)


PIXELS = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, [...data].filter((_, k) => k % 4 === 1)];
}"""


@pytest.mark.parametrize("network", ["dot", "rotary"])
def test_the_map_has_a_row_a_step_and_a_column_a_place(page, network):
    """The green part of its colours rises with the weight; a Transformer has a column more, for the rest."""
    explorer = an_explorer(network=network, text="5 March 2024", head=1)
    root = ready(page, explorer)
    alpha = explorer.compute()["alpha"]
    wide, high, green = root.locator("canvas").evaluate(PIXELS)
    if network == "rotary":
        alpha = np.hstack([alpha, 1 - alpha.sum(axis=1, keepdims=True)])
    assert (high, wide) == alpha.shape
    order = np.argsort(alpha, axis=None)
    assert (np.diff(np.array(green)[order]) >= 0).all() and max(green) > min(green)


def test_a_click_chooses_a_place_a_step_and_a_network(page):
    root = ready(page, an_explorer(network="rotary", text="5 March 2024"))
    texts = root.locator("[data-chart=alignment] text")
    texts.nth(4).click()
    texts.nth(12 + 3).click()
    assert {name: state(page)[name] for name in ("cursor", "step")} == {"cursor": 4, "step": 3}
    assert "From step 4 to place 5, “r”" in said(page, root)
    chart = root.locator("[data-chart=heat_map] svg")
    box, canvas = chart.bounding_box(), root.locator("canvas").bounding_box()
    at = (canvas["x"] - box["x"] + canvas["width"] * 2.5 / 13, canvas["y"] - box["y"] + 5.5 * canvas["height"] / 50)
    chart.click(position={"x": at[0], "y": at[1]})
    assert {name: state(page)[name] for name in ("cursor", "step")} == {"cursor": 2, "step": 5}
    chart.click(position={"x": canvas["x"] - box["x"] + canvas["width"] * 12.5 / 13, "y": at[1]})
    assert state(page)["cursor"] == 11  # the rest is no place
    root.locator(".rnn-answers li").nth(1).click()
    assert state(page)["network"] == "none"


def test_where_most_weight_lies_is_said(page):
    """On a place of the text, or after it where that has more than half of all."""
    explorer = an_explorer(network="rotary", layer=1, text="5 March 2024")
    root, kinds = ready(page, explorer), set()
    for head in range(3):
        for step in (0, 1, 5, 30):
            page.evaluate(
                "put => put.forEach(pair => window.copies[0].model.set(...pair))", [["head", head], ["step", step]]
            )
            explorer.head, explorer.step = head, step
            alpha = explorer.compute()["alpha"]
            alpha, sentence = alpha[min(step, len(alpha) - 1)], said(page, root)
            after = 1 - alpha.sum() > 0.5
            told = f"gives most of its weight, {1 - alpha.sum():.2f}, to what comes after the text"
            assert (told in sentence) == after
            symbol = {" ": "a space"}.get(explorer.text[alpha.argmax()], f"“{explorer.text[alpha.argmax()]}”")
            told = f"In the text most weight, {alpha.max():.2f}, lies on {symbol} at place {alpha.argmax() + 1}."
            assert (told in sentence) != after
            kinds.add(after)
    assert kinds == {True, False}


def test_without_attention_all_goes_through_one_state(page):
    root = ready(page, an_explorer(network="none", text="5 March 2024"))
    assert "has no attention" in said(page, root) and "h0" in root.locator("[data-chart=alignment]").text_content()
    assert root.locator(".rnn-stage .rnn-weight").count() == 0
    assert not root.locator("[data-chart=heat_map]").is_visible()
    assert root.get_by_label("Layer").is_disabled() and root.get_by_label("Head").is_disabled()


# ---- Hiding ----------------------------------------------------------------------------------------------------------


def test_places_are_hidden_and_shown_again_by_keys(page):
    explorer = an_explorer(network="rotary", text="5 March 2024", cursor=2)
    root = ready(page, explorer)
    before = answers(page, root)
    assert {row[2] for row in before.values()} == {None}
    root.get_by_role("button", name="Hide “M”").press("Enter")
    place = root.get_by_label("Place", exact=True)
    place.press("ArrowRight")
    root.get_by_role("button", name="Hide “a”").press("Enter")
    frames(page)
    assert state(page)["hidden"] == [2, 3] and root.locator(".rnn-struck").count() == 2
    explorer.hidden = [2, 3]
    found, now = explorer.compute(), answers(page, root)
    for name in NAMES:
        wrote, was = found["written"][name], found["before"][name]
        assert now[name][0].rstrip("…") == (wrote or "nothing")
        told = "the same as with nothing hidden" if wrote == was else f"with nothing hidden: {was or 'nothing'}"
        assert now[name][2].rstrip("…") == told
    assert now["none"][2] == "the same as with nothing hidden" and found["written"] != found["before"]
    assert "Hidden in every layer: Ma." in said(page, root)
    for network, told in [("dot", "have read these symbols too"), ("none", "no attention from which to hide")]:
        page.evaluate("network => window.copies[0].model.set('network', network)", network)
        assert told in said(page, root)
    root.get_by_role("button", name="Show “a” again").press("Enter")
    assert state(page)["hidden"] == [2]
    root.get_by_role("button", name="Hide nothing").press("Enter")
    frames(page)
    assert state(page)["hidden"] == [] and root.get_by_role("button", name="Hide nothing").is_disabled()


def test_answers_are_judged_by_words_and_wrong_symbols_are_underlined(page):
    explorer = an_explorer(task="reversal", text="abcd")
    root = ready(page, explorer)
    found, shown = explorer.compute()["written"], answers(page, root)
    for k, name in enumerate(NAMES):
        answer, verdict, _ = shown[name]
        wrong = "".join(root.locator(".rnn-answers li").nth(k).locator("u").all_text_contents())
        assert wrong == "".join(c for place, c in enumerate(found[name]) if c != "dcba"[place : place + 1])
        if answer.endswith("…"):
            assert verdict == "✗ wrong: it does not end"
        else:
            first = next((k for k in range(5) if found[name][k : k + 1] != "dcba"[k : k + 1]), None)
            assert verdict == ("✓ right" if first is None else f"✗ wrong, first at symbol {first + 1}")


def test_a_link_keeps_what_is_hidden_and_refuses_what_is_no_place(page, tmp_path):
    address = write_page(tmp_path, an_explorer(text="5 March 2024", network="rotary"))
    for told, wanted in [("[2,3]", 2), ("[]", 0), ("[40]", 0), ("[1.5]", 0), ("3", 0), ("nothing", 0)]:
        root = visit_page(page, f"{address}?alignment.hidden={told}&alignment.text=7%20May%201950")
        assert root.locator(".rnn-struck").count() == wanted, told
        assert field_of(root).input_value() == "7 May 1950"
    root = visit_page(page, f"{address}?alignment.text={'a' * 41}")
    assert field_of(root).input_value() == "5 March 2024"


# ---- What can be tried -----------------------------------------------------------------------------------------------


def test_each_try_says_what_to_look_for(page):
    root = ready(page, an_explorer())
    states = [where for _, look, where in tried(page, root) if len(look) > 40]
    assert len(states) == root.locator(".rnn-tries button").count() >= 4
    assert {where["task"] for where in states} == {"dates", "reversal"} and any(where["hidden"] for where in states)


def month_alone(found, hidden):
    """The answers with a hidden month that are another month of the same year, on the same day."""
    pairs = {name: (text, found["before"][name]) for name, text in found["written"].items()}
    changed = {name for name, (now, before) in pairs.items() if now != before}
    assert all(now[:5] + now[7:] == before[:5] + before[7:] for now, before in pairs.values())
    return changed


def looked_at(where, names):
    """The places of the greatest weight at some steps, as symbols of the text."""
    return [where["read"][k] for k in where["alpha"][names].argmax(axis=1)]


def rights(found):
    """The networks whose answers are right."""
    return {name for name, text in found["written"].items() if text == found["truth"]}


CLAIMS = {  # of each try with the networks that ship, what its sentence leads a reader to see
    "The month": lambda now, _: looked_at(now, [6])[0] in "March" and looked_at(now, [9]) == ["5"],
    "Hide the month": lambda now, where: month_alone(now, where["hidden"]) == {"dot", "rotary", "no_positions"},
    "In Chinese": lambda now, _: looked_at(now, [6]) == ["三"] and set(now["written"].values()) == {"2024-03-05"},
    "Backwards": lambda now, _: (abs(now["alpha"][:12].argmax(axis=1) - np.arange(11, -1, -1)) <= 1).all(),
    "Hide the first letter": lambda now, _: [len(now["written"][name]) for name in ("dot", "rotary")] == [50, 11],
    "Thirty letters": lambda now, _: rights(now) == {"dot", "no_positions"},
    "Without positions": lambda now, _: (
        rights(now) == {"dot", "no_positions"}
        and rights(put(Alignment(task="reversal"), {"text": "bottleneckedbottlenecked"}).compute()) == {"dot"}
    ),
    "The bottleneck": lambda now, _: (
        "none" not in rights(now)
        and "none" in rights(put(Alignment(task="reversal"), {"text": now["read"][:10]}).compute())
    ),
}


def test_what_is_to_be_seen_in_each_try_is_there(page):
    """With the networks that ship, and as far as they do."""
    explorer, seen = Alignment(), []
    for label, _, where in tried(page, mount(page, explorer)):
        if recorded.trained_file(where["task"]).exists():
            found = put(Alignment(), where).compute()
            assert CLAIMS[label](found, where), label
            seen.append(label)
    if not seen:
        pytest.skip("no networks for these tasks are among the models yet")


# ---- Loading ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def brought(monkeypatch, tmp_path):
    """A course that brings networks of ours for dates, and none for strings; returns their file."""
    monkeypatch.setattr(recorded, "TRAINED", tmp_path)
    data = a_file("dates", seed=3)
    (tmp_path / "dates.safetensors").write_bytes(data)
    return data


def test_a_page_of_files_loads_the_networks_when_it_is_asked_for(page, tmp_path, brought):
    explorer, requests = Alignment(text="5 March 2024"), []
    site = tmp_path / "site"
    (site / "models").mkdir(parents=True)
    page.on("request", lambda request: requests.append(request.url))
    root = visit_page(page, write_page(site, explorer))
    assert "nothing is written" in root.locator(".rnn-loading").text_content()
    assert not root.locator(".rnn-answers").is_visible() and not any("models" in url for url in requests)
    assert root.locator("[data-chart=alignment] text").count() == 12
    load = root.get_by_role("button", name=re.compile("Load the networks for dates \\(0.. MB\\)"))
    load.click()  # there is no such file yet
    root.locator(".rnn-loading", has_text="models/dates.js, could not be loaded").wait_for()
    text = base64.b64encode(brought).decode()
    (site / "models" / "dates.js").write_text(f'(globalThis.courseModels ??= {{}})["dates"] = "{text}";', "utf8")
    load.press("Enter")
    root.locator(".rnn-answers").wait_for()
    found = explorer.compute()["written"]
    assert {name: row[0].rstrip("…") for name, row in answers(page, root).items()} == {
        name: text or "nothing" for name, text in found.items()
    }
    root.get_by_label("Task").select_option(index=1)
    frames(page)
    assert "no such networks" in root.locator(".rnn-loading").text_content()
    assert not root.locator(".rnn-answers").is_visible()


ANSWERED = """answer => {
  const [{ model, listeners }] = window.copies;
  const bytes = Uint8Array.from(atob(answer), letter => letter.charCodeAt(0));
  model.send = content => {
    window.sent = content;
    listeners['msg:custom'].forEach(callback => callback({ loaded: content.load }, [new DataView(bytes.buffer)]));
  };
}"""


def test_the_kernel_sends_the_networks_as_bytes(page, brought):
    explorer, sent = Alignment(text="5 March 2024"), []
    explorer.send = lambda content, buffers=None: sent.append((content, buffers))
    for asked in ("dates", "reversal", "nothing"):
        explorer._handle_custom_msg({"load": asked}, [])
    assert sent == [({"loaded": "dates"}, [brought]), ({"loaded": "reversal"}, [])]
    root = mount(page, explorer)
    page.evaluate(ANSWERED, base64.b64encode(brought).decode())
    root.get_by_role("button", name="The month", exact=True).click()  # a state to try loads what it needs
    root.locator(".rnn-answers").wait_for()
    assert page.evaluate("() => window.sent") == {"load": "dates"}


def test_the_networks_are_no_weight_of_the_page(brought):
    explorer = Alignment()
    assert explorer.networks["dates"] == {
        "file": "dates",
        "bytes": len(brought),
        "shapes": {"dot": [1, 1], "none": [0, 0], "rotary": [2, 3], "no_positions": [2, 3]},
    }
    assert explorer.networks["reversal"]["bytes"] is None
    assert set(PairNetworks.from_bytes(brought).networks) == set(NAMES)
