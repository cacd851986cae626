"""The gate explorer: NumPy by hand and against PyTorch, its page in Chromium, and what refuses bad input."""

import json

import numpy as np
import pytest
from examples.gate_explorer import CUT_OFF, LEAST, an_explorer
from explorables import assert_nothing_is_cut_off, example, frames, mount, number, state, traits, unfold

from rnn_course.cells import GRU, LSTM, Readout
from rnn_course.widgets import GateExplorer

# ---- The numbers -----------------------------------------------------------------------------------------------


CLAMPS = {"free": None, "open": 1.0, "shut": 0.0}


def squash(a):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def read_by(explorer):
    """The sequence that is read, with one input changed."""
    x = np.array(explorer.x if explorer.sequence is None else explorer.sequence)
    x[min(explorer.input_step, len(x) - 1)][explorer.channel] += explorer.input_shift
    return x


def clamp(explorer, now, gates, unit, t, steps):
    """Write each clamp over its gate's value, from the step on at which it holds."""
    affected = [not explorer.one_unit or k == unit for k in range(len(now[gates[0]]))]
    for gate in gates:
        value = CLAMPS[getattr(explorer, f"clamp_{gate}")]
        if value is not None and t >= min(explorer.cell_step, steps - 1):
            now[gate][affected] = value


def stacked(lists):
    return {name: np.array([now[name] for now in lists]) for name in lists[0]}


def by_hand(explorer):
    """The changed network, one unit and one step at a time, with each clamp written over its gate's value."""
    weights = {name: np.array(value) for name, value in explorer.parameters.items()}
    hidden = len(weights["b"]) // 4
    x = read_by(explorer)
    shifted = np.array([not explorer.one_unit or unit == explorer.unit for unit in range(hidden)])
    h, C, trace = np.zeros(hidden), np.zeros(hidden), []
    for t, x_t in enumerate(x):
        a = weights["W_x"] @ x_t + weights["W_h"] @ h + weights["b"]
        now = {name: a[k * hidden : (k + 1) * hidden].copy() for k, name in enumerate(("i", "f", "C_tilde", "o"))}
        if t >= min(explorer.cell_step, len(x) - 1):
            now["f"] += explorer.forget_shift * shifted
        now = {k: np.tanh(v) if k == "C_tilde" else squash(v) for k, v in now.items()}
        clamp(explorer, now, ("i", "f", "o"), explorer.unit, t, len(x))
        C = now["f"] * C + now["i"] * now["C_tilde"]
        h = now["o"] * np.tanh(C)
        trace.append({**now, "C": C, "h": h})
    trace = stacked(trace)
    y = trace["h"] @ np.array(explorer.readout["W_hy"]).T + explorer.readout["b_y"]
    return {"x": x, **trace, "y": y, **(gru_by_hand(explorer, x) if explorer.gru else {})}


def gru_by_hand(explorer, x):
    """The GRU beside it, in the dialect that its parameters tell."""
    weights = {name: np.array(value) for name, value in explorer.gru["parameters"].items()}
    (W_xr, W_xz, W_xn), (W_hr, W_hz, W_hn), (b_r, b_z, b_n) = (np.split(weights[k], 3) for k in ("W_x", "W_h", "b"))
    h, trace = np.zeros(len(b_r)), []
    for t, x_t in enumerate(x):
        now = {"r": squash(W_xr @ x_t + W_hr @ h + b_r), "z": squash(W_xz @ x_t + W_hz @ h + b_z)}
        clamp(explorer, now, ("r", "z"), explorer.gru_unit, t, len(x))
        after = "b_hn" in weights
        recurrent = now["r"] * (W_hn @ h + weights["b_hn"]) if after else W_hn @ (now["r"] * h)
        now["n"] = np.tanh(W_xn @ x_t + b_n + recurrent)
        h = (1 - now["z"]) * now["n"] + now["z"] * h
        trace.append({**now, "gru_h": h})
    trace, readout = stacked(trace), explorer.gru["readout"]
    return {**trace, "gru_y": trace["gru_h"] @ np.array(readout["W_hy"]).T + readout["b_y"]}


@pytest.mark.parametrize("case", example(GateExplorer).cases)
def test_numpy_follows_every_change(case):
    explorer = an_explorer(**case["make"])
    for trait, value in case["controls"].items():
        setattr(explorer, trait, value)
    ours, theirs = explorer.compute(), by_hand(explorer)
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        np.testing.assert_allclose(ours[name], value, rtol=0, atol=1e-9, err_msg=name)


def test_numpy_baseline_is_pytorch():
    torch = pytest.importorskip("torch")
    lstm, linear = torch.nn.LSTM(3, 5, batch_first=True).double(), torch.nn.Linear(5, 2).double()
    x = np.random.default_rng(4).normal(size=(9, 3))
    explorer = GateExplorer(LSTM.from_torch(lstm), x, readout=Readout.from_torch(linear))
    with torch.no_grad():
        h = lstm(torch.tensor(x)[None])[0]
        y = linear(h)
    np.testing.assert_allclose(explorer.compute()["h"], h[0].numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(explorer.compute()["y"], y[0].numpy(), rtol=0, atol=1e-12)


def test_shut_forget_gate_forgets_and_an_open_one_keeps():
    explorer = an_explorer(steps=30)
    explorer.clamp_f = "shut"
    now = explorer.compute()
    # To the last bit but one: which of two equal sums NumPy works out depends on the processor.
    np.testing.assert_allclose(now["C"], now["i"] * now["C_tilde"], rtol=1e-14, atol=0)
    explorer.clamp_f, explorer.clamp_i, explorer.cell_step = "open", "shut", 12
    C = explorer.compute()["C"]
    np.testing.assert_allclose(C[12:], np.tile(C[11], (18, 1)), rtol=1e-14, atol=0)


@pytest.mark.parametrize("gru", ["after", "before"])
def test_an_open_update_gate_keeps_and_a_shut_one_replaces(gru):
    explorer = an_explorer(steps=30, gru=gru)
    explorer.clamp_z = "shut"
    now = explorer.compute()
    np.testing.assert_allclose(now["gru_h"], now["n"], rtol=1e-14, atol=0)
    explorer.clamp_z, explorer.cell_step = "open", 12
    h = explorer.compute()["gru_h"]
    np.testing.assert_allclose(h[12:], np.tile(h[11], (18, 1)), rtol=1e-14, atol=0)


def test_the_gru_beside_is_pytorch():
    torch = pytest.importorskip("torch")
    gru, linear = torch.nn.GRU(3, 4, batch_first=True).double(), torch.nn.Linear(4, 2).double()
    x = np.random.default_rng(5).normal(size=(9, 3))
    beside = {"gru": GRU.from_torch(gru), "gru_readout": Readout.from_torch(linear)}
    explorer = GateExplorer(LSTM(3, 5), x, readout=Readout(5, 2), **beside)
    explorer.sequence = x[:6].tolist()
    with torch.no_grad():
        h = gru(torch.tensor(x[:6])[None])[0]
        y = linear(h)
    np.testing.assert_allclose(explorer.compute()["gru_h"], h[0].numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(explorer.compute()["gru_y"], y[0].numpy(), rtol=0, atol=1e-12)


# ---- The page --------------------------------------------------------------------------------------------------


def table(root):
    """The table of values at the cursor, as text: {"f": [baseline, changed, difference]}."""
    cells = root.locator("[data-value]").evaluate_all("all => all.map(cell => [cell.dataset.value, cell.textContent])")
    rows = {}
    for name, text in cells:
        rows.setdefault(name.split()[0], []).append(text)
    return rows


def numbers(explorer, baseline):
    """What the table should say, from NumPy."""
    now = explorer.compute()
    step = min(explorer.cursor, len(now["x"]) - 1)
    column = {"x": explorer.channel, "y": explorer.output, "gru_y": explorer.output}
    column |= dict.fromkeys(("r", "z", "n", "gru_h"), explorer.gru_unit)
    pairs = {
        name: (baseline[name][step, column.get(name, explorer.unit)], value[step, column.get(name, explorer.unit)])
        for name, value in now.items()
    }
    return {name: [before, after, after - before] for name, (before, after) in pairs.items()}


def assert_table(root, explorer, baseline):
    frames(root.page)
    wanted = numbers(explorer, baseline)
    shown = table(root)
    assert set(shown) == set(wanted)
    for name, texts in shown.items():
        values = [number(text) for text in texts]
        np.testing.assert_allclose(values, wanted[name], rtol=0, atol=5.1e-7, err_msg=name)


@pytest.mark.browser
def test_keyboard_alone_changes_the_numbers_and_reset_restores_them(page):
    explorer = an_explorer(steps=20)
    baseline = explorer.compute()
    root = unfold(mount(page, explorer))
    assert_table(root, explorer, baseline)

    root.get_by_label("Shift of the forget bias").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    explorer.forget_shift = 0.5
    assert_table(root, explorer, baseline)

    root.get_by_label("Gate o").focus()
    page.keyboard.press("s")  # a select's first option with this letter
    explorer.clamp_o = "shut"
    assert_table(root, explorer, baseline)

    root.get_by_label("Change these units only").focus()
    page.keyboard.press("Space")
    explorer.one_unit = True
    assert_table(root, explorer, baseline)

    root.get_by_label("Time cursor").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    explorer.cursor += 2
    assert_table(root, explorer, baseline)

    root.get_by_role("button", name="Move to the cursor").focus()
    page.keyboard.press("Enter")
    root.get_by_label("Amount").focus()
    page.keyboard.press("Home")
    explorer.input_step, explorer.input_shift = explorer.cursor, -4.0
    assert_table(root, explorer, baseline)
    assert state(page) == explorer.state

    root.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    explorer.reset()
    assert state(page) == explorer.state
    assert_table(root, explorer, baseline)


@pytest.mark.browser
def test_the_mouse_moves_the_cursor_and_chooses_a_unit(page):
    explorer = an_explorer(steps=20)
    root = unfold(mount(page, explorer))
    frames(page)
    first = root.locator('[data-chart="C"] svg')
    first.scroll_into_view_if_needed()
    box = first.bounding_box()
    left, share = 44, (box["width"] - 44 - 12) / 20
    page.mouse.move(box["x"] + left + 3.5 * share, box["y"] + 50)
    page.mouse.down()
    assert state(page)["cursor"] == 3
    page.mouse.move(box["x"] + left + 7.4 * share, box["y"] + 50)
    assert state(page)["cursor"] == 7
    page.mouse.up()
    page.mouse.move(box["x"] + left + 12 * share, box["y"] + 50)
    assert state(page)["cursor"] == 7

    heat_map = root.locator('[data-chart="heat_map"] svg')
    heat_map.scroll_into_view_if_needed()
    box = heat_map.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 13, box["y"] + 10 + 4.5 * 16)
    assert (state(page)["cursor"], state(page)["unit"]) == (19, 4)


@pytest.mark.browser
def test_a_change_from_the_kernel_is_drawn(page):
    explorer = an_explorer()
    baseline = explorer.compute()
    root = unfold(mount(page, explorer))
    page.evaluate("() => { const { model } = window.copies[0]; model.set('clamp_f', 'open'); model.set('unit', 4); }")
    explorer.clamp_f, explorer.unit = "open", 4
    assert_table(root, explorer, baseline)
    assert root.get_by_label("Gate f").evaluate("select => select.selectedOptions[0].text") == "open"


@pytest.mark.browser
def test_says_what_it_shows(page):
    explorer = an_explorer(steps=20, times=np.arange("1998-01", "1999-09", dtype="datetime64[M]"))
    root = unfold(mount(page, explorer))
    labels = root.locator("svg[role=img]").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert len(labels) == 10
    assert all("20 steps" in label for label in labels)
    assert labels[4].startswith("f, forget gate") and "no change" in labels[4]

    root.get_by_label("Amount").fill("2")
    frames(page)
    now = explorer.compute()
    explorer.input_shift = 2.0
    distance = np.abs(explorer.compute()["y"] - now["y"])[:, 0]
    peak = int(distance.argmax())
    sentence = root.locator(".rnn-reach").text_content()
    assert "\N{NON-BREAKING HYPHEN}" in sentence and "-" not in sentence  # no line ends within a date
    sentence = sentence.replace("\N{NON-BREAKING HYPHEN}", "-")
    most = f"differs most at step {peak} ({np.datetime64('1998-01') + peak}), by {distance.max():.3g}"
    assert "differs from step 10 (1998-11) on" in sentence and most in sentence
    assert number(sentence.rpartition("and at the end by ")[2][:-1]) == pytest.approx(distance[-1], rel=0.05)
    page.wait_for_function("() => document.querySelector('.rnn-spoken').textContent.includes('differs from step 10')")


@pytest.mark.browser
@pytest.mark.parametrize("arguments", CUT_OFF)
def test_nothing_is_cut_off_with_a_refusal_and_a_change(page, arguments):
    unfold(mount(page, an_explorer(**arguments)))
    page.get_by_label("Amount").fill("3")
    page.get_by_label("type or paste").fill("1 2 3, and a word that is much longer than twenty characters")
    page.get_by_role("button", name="Read these numbers").click()
    assert "is not a number" in page.get_by_role("alert").text_content()
    assert_nothing_is_cut_off(page, least=LEAST["labels"])


# ---- What can be tried -----------------------------------------------------------------------------------------


def try_it(page, root, label, explorer):
    """What an explorer computes once a button has set its state on the page."""
    root.get_by_role("button", name=label).click()
    assert root.locator(".rnn-look").text_content()
    for trait, value in state(page).items():
        setattr(explorer, trait, value)
    return explorer.compute()


@pytest.mark.browser
def test_each_try_shows_what_it_says(page):
    explorer = an_explorer(2, steps=41, gru="after", truth=np.ones((41, 2)), forget_shift=3.0, cell_step=20)
    opening = explorer.state
    root = unfold(mount(page, explorer))
    trained = try_it(page, root, "As trained", explorer)
    assert root.locator(".rnn-reach").text_content().startswith("No change yet")
    assert_table(root, explorer, trained)

    forgetting = try_it(page, root, "Forget at every step", explorer)
    assert_table(root, explorer, trained)
    after = slice(20, None)
    np.testing.assert_allclose(forgetting["C"][after], (forgetting["i"] * forgetting["C_tilde"])[after], rtol=1e-14)
    np.testing.assert_allclose(forgetting["gru_h"][after], forgetting["n"][after], rtol=1e-14)
    assert (forgetting["C"][19] == trained["C"][19]).all()

    kept = try_it(page, root, "Keep all", explorer)
    assert_table(root, explorer, trained)
    for name in ("C", "gru_h"):
        np.testing.assert_allclose(kept[name][after], np.tile(kept[name][19], (21, 1)), rtol=1e-14)

    moved = try_it(page, root, "Change one input", explorer)["x"] - trained["x"]
    assert np.argwhere(moved).tolist() == [[20, 0]] and moved[20, 0] == pytest.approx(2)

    pulse = try_it(page, root, "A single pulse", explorer)
    assert np.argwhere(pulse["x"]).tolist() == [[2, 0]] and pulse["x"][2, 0] == 3
    explorer.input_shift = 0
    silence = explorer.compute()
    explorer.input_shift = 3
    assert_table(root, explorer, silence)  # what is compared with is the same sequence without the pulse

    root.get_by_role("button", name="Reset").click()
    assert state(page) == opening and root.locator(".rnn-look").text_content() == ""


@pytest.mark.browser
@pytest.mark.parametrize("most", [1.0, 1.9, 3.11, 4.54, 8.2])
def test_every_axis_has_a_scale(page, most):
    """Whatever the change adds at most, the numbers at an axis are at least two, and none lies on another."""
    explorer = an_explorer(gru="after")
    baseline = explorer.compute()
    explorer.forget_shift, explorer.clamp_z = 3.0, "shut"
    now = explorer.compute()
    for name, readout in {"y": explorer.readout, "gru_y": explorer.gru["readout"]}.items():
        share = most / np.abs(now[name] - baseline[name])[:, 0].max()
        readout["W_hy"] = (share * np.array(readout["W_hy"])).tolist()
    root = mount(page, explorer)
    frames(page)
    rows = "all => all.map(f => [...f.querySelectorAll('text[text-anchor=end]')].map(t => Number(t.getAttribute('y'))))"
    axes = root.locator("figure:visible").evaluate_all(rows)
    assert len(axes) == 9
    for heights in axes:
        assert len(heights) >= 2 and (np.abs(np.diff(heights)) > 11).all(), axes


@pytest.mark.browser
def test_on_a_phone_the_outputs_are_seen_with_what_is_tried(page):
    page.set_viewport_size({"width": 390, "height": 844})
    root = mount(page, an_explorer(1, 3, 1, gru="after"))
    frames(page)
    heights = [root.locator(f'[data-chart="{name}"]').bounding_box()["y"] for name in ("x", "y", "gru_y", "y_change")]
    tries = root.locator(".rnn-trying").bounding_box()
    assert heights == sorted(heights) and heights[2] < tries["y"] < heights[3]
    assert tries["y"] + tries["height"] < 844


DRAWN = """figures => figures.map(figure => ({
  caption: figure.querySelector('figcaption').textContent,
  truth: figure.querySelector('.rnn-truth')?.getAttribute('d'),
  steps: [...figure.querySelectorAll('.rnn-axes text[text-anchor=middle]')].map(text => text.textContent),
}))"""


@pytest.mark.browser
def test_nothing_of_the_given_sequence_is_left_beside_ones_own(page):
    explorer = an_explorer(1, steps=40, gru="after", truth=np.ones((40, 2)), times=1900 + np.arange(40))
    root = unfold(mount(page, explorer))
    frames(page)
    before = root.locator("figure").evaluate_all(DRAWN)
    assert len([chart for chart in before if chart["truth"]]) == 2 and all(len(c["steps"]) > 1 for c in before)
    root.get_by_label("type or paste").fill("1.5")
    root.get_by_role("button", name="Read these numbers").click()
    frames(page)
    charts = root.locator("figure").evaluate_all(DRAWN)
    assert charts[0]["caption"] == "xt your own sequence"  # and no longer the name of the given one
    assert [chart["truth"] for chart in charts if chart["truth"]] == []
    assert [chart["steps"] for chart in charts] == [["0"]] * len(charts)


# ---- A GRU beside the LSTM -------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("gru", ["after", "before"])
def test_a_gru_reads_the_same_beside_the_lstm(page, gru):
    """Its gates have their own clamps, its unit is chosen by itself, and a sentence tells of each cell."""
    explorer = an_explorer(steps=20, gru=gru)
    baseline = explorer.compute()
    root = unfold(mount(page, explorer))
    assert_table(root, explorer, baseline)
    root.get_by_label("GRU unit").select_option("3")
    root.get_by_label("Gate z").select_option(label="open")
    root.get_by_label("From step").fill("8")
    explorer.gru_unit, explorer.clamp_z, explorer.cell_step = 3, "open", 8
    assert_table(root, explorer, baseline)
    lstm, other = root.locator(".rnn-reach p").all_text_contents()
    assert lstm == "LSTM: no difference at any step."
    assert other.startswith("GRU: differs from step 8 on; ")
    root.get_by_label("All units of").select_option(label="h, GRU")
    frames(page)
    assert "4 units over 20 steps" in root.locator("[data-chart=heat_map] svg").get_attribute("aria-label")


# ---- A sequence of the reader's own ----------------------------------------------------------------------------


@pytest.mark.browser
def test_the_mouse_draws_a_sequence_that_both_cells_read(page):
    explorer = an_explorer(1, steps=20, gru="after")
    root = unfold(mount(page, explorer))
    root.get_by_label("Draw on the input's chart").check()
    frames(page)
    chart = root.locator('[data-chart="x"] svg')
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    share = (box["width"] - 44 - 12) / 20
    page.mouse.move(box["x"] + 44 + 4.5 * share, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 44 + 12.5 * share, box["y"] + 60, steps=3)
    page.mouse.up()
    drawn, given = np.array(state(page)["sequence"])[:, 0], np.array(explorer.x)[:, 0]
    np.testing.assert_array_equal(np.delete(drawn, range(4, 13)), np.delete(given, range(4, 13)))
    assert (np.diff(drawn[4:13]) < 0).all()  # down, over every step that the pen passed, also between two events
    assert drawn[4] > given.max() * 0.7 and state(page)["cursor"] == 12

    explorer.drawing, explorer.sequence, explorer.cursor = True, state(page)["sequence"], 12
    assert_table(root, explorer, explorer.compute())
    assert "your own sequence, 20 steps" in root.text_content()
    root.get_by_role("button", name="Back to the given sequence").click()
    explorer.sequence = None
    assert_table(root, explorer, explorer.compute())


@pytest.mark.browser
def test_keys_draw_a_sequence(page):
    explorer = an_explorer(2, steps=6)
    root = unfold(mount(page, explorer))
    value = root.get_by_label("Value at the cursor")
    value.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    drawn = np.array(state(page)["sequence"])
    given = np.array(explorer.x)
    assert drawn[3, 0] > given[3, 0] and drawn[4, 0] <= given[:, 0].min()
    np.testing.assert_array_equal(np.delete(drawn[:, 0], [3, 4]), np.delete(given[:, 0], [3, 4]))
    np.testing.assert_array_equal(drawn[:, 1], given[:, 1])
    assert state(page)["cursor"] == 4
    root.get_by_role("button", name="Reset").click()
    assert state(page) == explorer.state


@pytest.mark.browser
def test_a_typed_sequence_is_read_or_refused_in_a_sentence(page):
    explorer = an_explorer(1, steps=20, truth=np.ones((20, 2)))
    root = unfold(mount(page, explorer))
    field, told = root.get_by_label("type or paste"), root.get_by_role("alert")

    def type_in(text):
        field.fill(text)
        root.get_by_role("button", name="Read these numbers").press("Enter")
        return told.text_content()

    for text, sentence in {
        "": "There is no number yet: type at least one.",
        "1 2\n3 four": "“four” at line 2, character 3 is not a number.",
        "1,,2": "A number is missing at line 1, character 3.",
        "1e7": "1e7 at line 1, character 1 is too large, at most 1000000 can be read.",
        " ".join(["1"] * 401): "There are 401 steps, at most 400 can be read.",
    }.items():
        assert type_in(text) == sentence
        assert field.get_attribute("aria-invalid") == "true" and state(page)["sequence"] is None
    assert type_in("0 0 −1.5; .5\n2e-1") == ""
    assert field.get_attribute("aria-invalid") == "false"
    assert state(page)["sequence"] == [[0], [0], [-1.5], [0.5], [0.2]]
    explorer.sequence = state(page)["sequence"]
    assert_table(root, explorer, explorer.compute())  # the cursor stood at step 10, and stands at the end
    assert root.get_by_label("Time cursor").input_value() == "4"
    assert not root.locator(".rnn-legend").get_by_text("truth").is_visible()
    type_in("oh")
    root.get_by_role("button", name="Reset").click()
    assert (field.input_value(), told.text_content(), state(page)["sequence"]) == ("", "", None)


@pytest.mark.browser
def test_two_channels_are_typed_as_two_columns(page):
    root = unfold(mount(page, an_explorer(2, steps=5, names=["height", "weight"])))
    field = root.get_by_label("a line for each step: height, weight")
    field.fill("1 2\n\n3")
    root.get_by_role("button", name="Read these numbers").click()
    assert root.get_by_role("alert").text_content() == "Line 3 has 1 number, it needs 2: height, weight."
    field.fill("1 2\n\n3\t-4")
    root.get_by_role("button", name="Read these numbers").click()
    assert state(page)["sequence"] == [[1, 2], [3, -4]]


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_carry_every_bit():
    explorer = an_explorer()
    sent = json.loads(json.dumps(traits(explorer)))
    cell = LSTM(3, 5, seed=0)
    rng = np.random.default_rng(0)
    for name, values in cell.parameters.items():
        np.testing.assert_array_equal(np.array(sent["parameters"][name]), rng.normal(size=values.shape))
    np.testing.assert_array_equal(np.array(sent["x"]), np.array(explorer.x))


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer(unit=3)
    first = explorer.state
    explorer.unit, explorer.clamp_o, explorer.cursor, explorer.input_shift = 1, "open", 2, 3.0
    assert explorer.state != first
    explorer.reset()
    assert explorer.state == first == explorer.initial
    assert explorer.unit == 3


def test_it_opens_where_it_is_told_to():
    explorer = an_explorer(unit=3, forget_shift=1.5, cell_step=7, cursor=9)
    assert {"unit": 3, "forget_shift": 1.5, "cell_step": 7, "cursor": 9}.items() <= explorer.initial.items()
    assert explorer.initial["input_step"] == 20
    with pytest.raises(TypeError, match=r"'forgot' is no argument and no control of a GateExplorer"):
        an_explorer(forgot=1.5)


def test_later_training_does_not_reach_the_widget():
    cell, x = LSTM(1, 2), np.ones((4, 1))
    explorer = GateExplorer(cell, x)
    before = explorer.compute()["h"]
    cell.parameters["b"][...] += 1
    np.testing.assert_array_equal(explorer.compute()["h"], before)
    assert "y" not in explorer.compute()


def test_times_are_written_no_finer_than_they_differ():
    explorer = an_explorer(1, 2, 1, 3, times=np.array(["1998-01-01", "1998-02-01", "1998-03-01"], "datetime64[ns]"))
    assert explorer.times == ["1998-01", "1998-02", "1998-03"]
    hours = np.array(["2013-01-01T05", "2013-01-01T06", "2013-01-01T07"], "datetime64[h]")
    assert an_explorer(1, 2, 1, 3, times=hours).times == ["2013-01-01 05:00", "2013-01-01 06:00", "2013-01-01 07:00"]
    assert an_explorer(1, 2, 1, 3, times=[1700, 1701, 1702]).times == ["1700", "1701", "1702"]


def test_the_name_shows_no_address():
    assert repr(an_explorer()) == "GateExplorer(LSTM with 5 units, 40 steps of 3 features)"


CELL, READOUT = LSTM(3, 5), Readout(5, 2)
X = np.ones((4, 3))
BAD = {
    "cell": (("lstm", X), {}, TypeError, "cell is a str, it must be a rnn_course.cells.LSTM"),
    "rank": ((CELL, np.ones((2, 4, 3))), {}, ValueError, "x has shape (2, 4, 3), wanted one sequence (time, input=3)"),
    "features": ((CELL, np.ones((4, 2))), {}, ValueError, "x has 2 features, this cell was built for input_size=3"),
    "empty": ((CELL, np.ones((0, 3))), {}, ValueError, "x has shape (0, 3), no axis of (time, input=3) may be empty"),
    "text": ((CELL, np.full((4, 3), "a")), {}, TypeError, "x has dtype <U1, it must be real numbers"),
    "NaN": ((CELL, np.where(np.eye(4, 3) > 0, np.nan, 1)), {}, ValueError, "x has nan at [0, 0]"),
    "readout": (
        (CELL, X),
        {"readout": Readout(4, 2)},
        ValueError,
        "readout reads 4 units, its cell has hidden_size=5",
    ),
    "activation": ((CELL, X), {"readout": Readout(5, 2, "softmax")}, ValueError, "activation 'softmax'"),
    "times": ((CELL, X), {"times": [1, 2, 3]}, ValueError, "times has shape (3,), x has 4 steps"),
    "no date": ((CELL, X), {"times": np.array(["NaT"] * 4, "M8[D]")}, ValueError, "times has no date at 0"),
    "truth": ((CELL, X), {"truth": np.ones(3), "readout": Readout(5, 1)}, ValueError, "truth has shape (3, 1), wanted"),
    "truth alone": ((CELL, X), {"truth": np.ones(4)}, ValueError, "truth was given without a readout"),
    "truth NaN": ((CELL, X), {"truth": np.full((4, 2), np.inf), "readout": READOUT}, ValueError, "truth has inf at"),
    "names": ((CELL, X), {"names": ["a"]}, ValueError, "names has 1 names, this cell was built for input_size=3"),
    "unit": ((CELL, X), {"unit": 5}, ValueError, "unit is 5, it must be from 0 to 4"),
    "gru": ((CELL, X), {"gru": CELL}, TypeError, "gru is a LSTM, it must be a rnn_course.cells.GRU or None"),
    "gru's input": ((CELL, X), {"gru": GRU(2, 4)}, ValueError, "gru has input_size=2, the LSTM has 3"),
    "one readout": (
        (CELL, X),
        {"gru": GRU(3, 4), "readout": READOUT},
        ValueError,
        "gru_readout is None, but readout was given: both cells have a readout, or neither",
    ),
    "outputs": (
        (CELL, X),
        {"gru": GRU(3, 4), "readout": READOUT, "gru_readout": Readout(4, 1)},
        ValueError,
        "gru_readout has 1 outputs, readout has 2",
    ),
    "no gru": ((CELL, X), {"gru_readout": Readout(4, 2)}, ValueError, "gru_readout was given without a gru"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_sentence(case):
    arguments, named, error, sentence = BAD[case]
    with pytest.raises(error) as caught:
        GateExplorer(*arguments, **named)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("trait", ["unit", "channel", "output", "cursor", "cell_step", "input_step"])
def test_a_control_out_of_range_is_refused(trait):
    explorer = an_explorer(3, 5, 2, 40)
    last = {"unit": 4, "channel": 2, "output": 1}.get(trait, 39)
    setattr(explorer, trait, last)
    with pytest.raises(ValueError, match=f"{trait} is {last + 1}, it must be from 0 to {last}"):
        setattr(explorer, trait, last + 1)
    assert getattr(explorer, trait) == last


def test_a_sequence_that_cannot_be_read_is_refused():
    explorer = an_explorer(3, 5, 2, 40)
    for sequence, sentence in {
        "features": ([[1.0, 2.0]], "sequence has 2 features, this cell was built for input_size=3"),
        "NaN": ([[1.0, 2.0, np.nan]], r"sequence has nan at \[0, 2\]"),
        "long": ([[1.0, 2.0, 3.0]] * 401, "sequence has 401 steps, at most 400 can be read"),
    }.values():
        with pytest.raises(ValueError, match=sentence):
            explorer.sequence = sequence
    assert explorer.sequence is None


@pytest.mark.parametrize(("trait", "value"), [("clamp_z", "open"), ("heat_map", "gru_h")])
def test_controls_of_a_gru_want_a_gru(trait, value):
    with pytest.raises(ValueError, match=f"{trait} is '{value}', but this explorer was made without a GRU"):
        setattr(an_explorer(), trait, value)
    setattr(an_explorer(gru="after"), trait, value)


def test_weights_that_are_not_finite_are_refused():
    cell = LSTM(3, 5)
    cell.parameters["W_h"][2, 1] = np.nan
    with pytest.raises(ValueError, match=r"W_h.* has nan at \[2, 1\]"):
        GateExplorer(cell, X)
