"""Gradient through time: NumPy against three oracles, and its page in Chromium."""

import json
import math
import re
from functools import partial
from itertools import combinations

import numpy as np
import pytest
from examples.gradient_through_time import CUT_OFF
from explorables import frames, made, mount, number, plain, put, state, traits, tried
from traitlets import TraitError

from rnn_course.cells import GRU, LSTM, LSTMState, SimpleRNN
from rnn_course.widgets import GradientThroughTime

NORMS = ("simple_rnn_h", "lstm_h", "lstm_C", "gru_h")
MEANS = ("slope", "f", "z")

an_explorer = partial(made, GradientThroughTime)


# ---- The numbers -----------------------------------------------------------------------------------------------

CASES = [
    {"length": 23, "draw": 1},
    {"length": 17, "draw": 2, "nonlinearity": "relu", "forget_bias": -2.5, "input_strength": 1.7},
    {"length": 31, "draw": 3, "radius": 1.6, "forget_bias": 4.3, "input_strength": 0.2},
    {"length": 12, "draw": 4, "radius": 0.4, "input_strength": 3.0},
]


def cells(explorer):
    """The three cells and the input (1, T, 1) of an explorer, from its traits alone."""
    draw = explorer.draws[explorer.draw]
    made = {
        "simple_rnn": SimpleRNN(1, len(draw["v"]), nonlinearity=explorer.nonlinearity),
        "lstm": LSTM(1, len(draw["v"])),
        "gru": GRU(1, len(draw["v"])),
    }
    for name, cell in made.items():
        for bias in cell.parameters.keys() - {"W_x", "W_h"}:
            cell.parameters[bias][...] = 0
        cell.W_x = np.array(draw[name]["W_x"])
        cell.W_h = explorer.radius * np.array(draw[name]["W_h"])
    made["lstm"].b_f[...] = explorer.forget_bias
    return made, explorer.input_strength * np.array(draw["x"])[None, : explorer.length], np.array([draw["v"]])


def close(ours, theirs, rtol=1e-9, case=""):
    """Relative, for norms of any size; what has sunk to 1e-290 has lost its digits to underflow."""
    ours, theirs = np.array(ours, float), np.array(theirs, float)
    np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=1e-290, err_msg=str(case))


@pytest.mark.parametrize("case", CASES)
def test_numpy_is_the_state_gradient_of_the_walk_from_the_next_step(case):
    explorer = an_explorer(hidden_size=5, seed=3, **case)
    made, x, v = cells(explorer)
    now = explorer.compute()
    for name, cell in made.items():
        last = LSTMState(v, 0 * v) if name == "lstm" else v
        for t in range(1, explorer.length):
            _, handed_on = cell.forward(x[:, :t])
            cell.forward(x[:, t:], handed_on)
            grad = cell.backward(grad_state=last).state
            h = grad.h if name == "lstm" else grad
            close(now[f"{name}_h"][t - 1], np.linalg.norm(h), 1e-11, (name, t))
            if name == "lstm":
                trace = cell.trace(x[:, :t])
                total = grad.C + grad.h * trace.o[:, -1] * (1 - np.tanh(trace.C[:, -1]) ** 2)
                close(now["lstm_C"][t - 1], np.linalg.norm(total), 1e-11, t)


@pytest.mark.parametrize("case", CASES)
def test_numpy_is_the_total_derivative_of_automatic_differentiation(case):
    torch = pytest.importorskip("torch")
    explorer = an_explorer(hidden_size=5, seed=4, **case)
    made, x, v = cells(explorer)
    x, v = torch.tensor(x[0]), torch.tensor(v[0])
    now, kept, means = explorer.compute(), {name: [] for name in NORMS}, {name: [] for name in MEANS}
    weights = {name: (torch.tensor(cell.W_x), torch.tensor(cell.W_h)) for name, cell in made.items()}
    phi = getattr(torch, explorer.nonlinearity)
    h, h_lstm, C, h_gru = (torch.zeros(5, dtype=torch.float64, requires_grad=True) for _ in range(4))
    for x_t in x:
        W_x, W_h = weights["simple_rnn"]
        a = W_x @ x_t + W_h @ h
        h = phi(a)
        means["slope"].append(torch.autograd.grad(h.sum(), a, retain_graph=True)[0])
        W_x, W_h = weights["lstm"]
        i, f, C_tilde, o = (W_x @ x_t + W_h @ h_lstm).split(5)
        f = torch.sigmoid(f + explorer.forget_bias)
        means["f"].append(f)
        C = f * C + torch.sigmoid(i) * torch.tanh(C_tilde)
        h_lstm = torch.sigmoid(o) * torch.tanh(C)
        W_x, W_h = weights["gru"]
        (r, z, n), (h_r, h_z, h_n) = (W_x @ x_t).split(5), (W_h @ h_gru).split(5)
        r, z = torch.sigmoid(r + h_r), torch.sigmoid(z + h_z)
        means["z"].append(z)
        h_gru = (1 - z) * torch.tanh(n + r * h_n) + z * h_gru
        for name, value in zip(NORMS, (h, h_lstm, C, h_gru), strict=True):
            value.retain_grad()
            kept[name].append(value)
    (v @ h + v @ h_lstm + v @ h_gru).backward()
    for name, values in kept.items():
        close(now[name], [value.grad.norm() for value in values], 1e-11, name)
    for name, values in means.items():
        close(now[name], torch.stack(values).mean().item(), 1e-12, name)


@pytest.mark.parametrize("radius", [0.3, 1.0, 2.7])
def test_identity_is_the_power_of_the_matrix(radius):
    explorer = an_explorer(nonlinearity="identity", radius=radius, length=200, draw=2)
    draw = explorer.draws[2]
    W, v, steps = radius * np.array(draw["simple_rnn"]["W_h"]), np.array(draw["v"]), range(199, -1, -1)
    wanted = [math.hypot(*(v @ np.linalg.matrix_power(W, k))) for k in steps]
    close(explorer.compute()["simple_rnn_h"], wanted, 1e-11)
    assert wanted[0] ** (1 / 199) == pytest.approx(radius, rel=0.03)  # the radius decides in the long run


def test_the_last_step_is_the_loss_itself():
    explorer = an_explorer(input_strength=0.0, length=40)
    now = explorer.compute()
    close([now["simple_rnn_h"][-1], now["lstm_h"][-1], now["gru_h"][-1]], [1, 1, 1], 1e-14)
    # without input h and C stay at zero: every gate is ½, f is σ(b_f), and all of φ′ is 1
    close([now["lstm_C"][-1], now["slope"], now["f"], now["z"]], [0.5, 1, 1 / (1 + np.exp(-1)), 0.5], 1e-14)


def test_draws_are_what_they_are_said_to_be():
    explorer = an_explorer(hidden_size=6, seed=5)
    assert len(explorer.draws) == 5
    for draw in json.loads(json.dumps(explorer.draws)):
        assert np.linalg.norm(draw["v"]) == pytest.approx(1, abs=1e-15)
        assert np.shape(draw["x"]) == (200, 1)
        for name, blocks in (("simple_rnn", 1), ("lstm", 4), ("gru", 3)):
            assert np.shape(draw[name]["W_x"]) == (6 * blocks, 1)
            for W in np.split(np.array(draw[name]["W_h"]), blocks):
                assert W.shape == (6, 6)
                assert np.abs(np.linalg.eigvals(W)).max() == pytest.approx(1, abs=1e-12)
        largest = np.linalg.svd(np.array(draw["simple_rnn"]["W_h"]))[1][0]
        assert draw["largest_singular_value"] == pytest.approx(largest, rel=1e-12)
    firsts = [draw["v"][0] for seed in (5, 6) for draw in an_explorer(6, seed).draws]
    assert len(set(firsts)) == 10
    assert an_explorer(6, 5).draws == explorer.draws


def growth(norms):
    return (norms[0] / norms[-1]) ** (1 / (len(norms) - 1))


def test_what_the_hint_promises_holds_from_the_opening():
    explorer = an_explorer()
    opening = explorer.compute()
    assert opening["simple_rnn_h"][0] < 1e-10 < 1e-8 < opening["lstm_C"][0]
    assert opening["z"] == pytest.approx(0.5, abs=0.02)
    explorer.radius, explorer.nonlinearity = 1.2, "identity"
    assert explorer.compute()["simple_rnn_h"][0] > 1e6
    explorer.nonlinearity = "tanh"
    assert explorer.compute()["simple_rnn_h"][0] < 1e-2
    explorer.reset()
    explorer.forget_bias = 5.0
    assert 0.98 < growth(explorer.compute()["lstm_C"]) < 1.02


# ---- The page --------------------------------------------------------------------------------------------------


def assert_table(root, explorer):
    """The table, the sentences and the chart say what NumPy computes."""
    frames(root.page)
    now, steps = explorer.compute(), explorer.length
    step = min(explorer.cursor, steps)
    heads = root.locator("thead th").all_text_contents()
    assert heads == [f"at step {step}", f"step 1 ÷ step {steps}", "growth per step"]
    for name in NORMS:
        norm, ratio, rate = (
            number(root.locator(f'[data-value="{name} {kind}"]').text_content()) for kind in ("norm", "ratio", "growth")
        )
        close(norm, now[name][step - 1], 1e-6, name)
        close(ratio, now[name][0] / now[name][-1], 0.06, name)
        assert rate == pytest.approx(growth(now[name]), abs=5.1e-4)


@pytest.mark.browser
def test_keyboard_alone_changes_the_numbers_and_reset_restores_them(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    assert_table(root, explorer)

    def press(label, *keys):
        root.get_by_label(label).focus()
        for key in keys:
            page.keyboard.press(key)

    press("Spectral radius ρ", *["ArrowRight"] * 6)
    explorer.radius = 1.2
    assert_table(root, explorer)
    press("φ of the simple RNN", "i")
    explorer.nonlinearity = "identity"
    assert_table(root, explorer)
    press("Forget bias bf", "Home", "ArrowRight")
    explorer.forget_bias = -2.9
    assert_table(root, explorer)
    press("Strength of the input", "ArrowRight", "ArrowRight")
    explorer.input_strength = 0.7
    assert_table(root, explorer)
    root.get_by_text("More", exact=True).press("Enter")
    press("Random draw", "3")
    explorer.draw = 3
    assert_table(root, explorer)
    press("Step cursor", "ArrowLeft", "ArrowLeft")
    explorer.cursor = 48
    assert_table(root, explorer)
    press("Length T", "Home", "ArrowRight", "ArrowRight")
    explorer.length = 7
    assert_table(root, explorer)  # the cursor stands at the last step
    assert root.get_by_label("Step cursor").evaluate("cursor => [cursor.max, cursor.value]") == ["7", "7"]
    for name, value in explorer.state.items():
        assert state(page)[name] == pytest.approx(value), name

    root.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    explorer.reset()
    assert state(page) == explorer.state
    assert_table(root, explorer)


@pytest.mark.browser
def test_the_mouse_moves_the_cursor(page):
    root = mount(page, an_explorer(length=20))
    frames(page)
    box = root.locator('[data-chart="gradient"] svg').bounding_box()
    left, share = 44, (box["width"] - 44 - 12) / 20
    for place, step in ((0.5, 1), (3.5, 4), (19.5, 20), (40, 20)):
        page.mouse.move(box["x"] + left + place * share, box["y"] + 50)
        page.mouse.down()
        assert state(page)["cursor"] == step
        page.mouse.up()


@pytest.mark.browser
def test_a_change_from_the_kernel_is_drawn(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    page.evaluate("() => { const { model } = window.copies[0]; model.set('radius', 1.13); model.set('draw', 4); }")
    explorer.radius, explorer.draw = 1.13, 4
    assert_table(root, explorer)
    slider = root.get_by_label("Spectral radius ρ")
    assert slider.get_attribute("aria-valuetext") == "1.13"  # what is computed, between two steps of the slider


@pytest.mark.browser
def test_says_what_it_shows(page):
    explorer = an_explorer()
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    label = root.locator("svg[role=img]").get_attribute("aria-label")
    assert "over 100 steps" in label
    assert f"Simple RNN: {now['simple_rnn_h'][0]:.1e} at step 1, 1 at step 100" in plain(label)
    facts = root.locator(".rnn-facts p").all_text_contents()
    largest = 0.9 * explorer.draws[0]["largest_singular_value"]
    assert f"growth {growth(now['simple_rnn_h']):.3f} per step back" in facts[0]
    assert f"spectral radius 0.9 and largest singular value {largest:.3g}" in facts[0]
    assert f"φ′ is {now['slope']:.3g} on average" in facts[0]
    assert f"growth {growth(now['lstm_C']):.3f}" in facts[1] and f"f is {now['f']:.3g} on average" in facts[1]
    assert (
        f"growth {growth(now['gru_h']):.3f}" in facts[2] and f"no bias here, is {now['z']:.3g} on average" in facts[2]
    )
    page.wait_for_function("() => document.querySelector('[role=status]').textContent.includes('Step 50 of 100')")


@pytest.mark.browser
def test_facts_of_a_gradient_that_is_zero(page):
    explorer = an_explorer(1, nonlinearity="relu", length=60)  # one unit: where it is shut, nothing passes
    root = mount(page, explorer)
    frames(page)
    assert explorer.compute()["simple_rnn_h"][0] == 0
    assert root.locator('[data-value="simple_rnn_h ratio"]').text_content() == "0"
    assert root.locator('[data-value="simple_rnn_h growth"]').text_content() == "–"


def last_to_first(norms):
    """By how many powers of ten a gradient grows from the last step to the first."""
    return math.log10(norms[0] / norms[-1])


# What each button says is to be seen, of the numbers in its state and in the opening state.
CLAIMS = {
    "Explode": lambda now, first: last_to_first(now["simple_rnn_h"]) > 3,
    "Tame it with tanh": lambda now, first: last_to_first(now["simple_rnn_h"]) < -1,
    "Strong input": lambda now, first: (
        last_to_first(now["simple_rnn_h"]) < last_to_first(first["simple_rnn_h"]) - 1
        and now["slope"] < first["slope"] - 0.2
    ),
    "Forget gate open": lambda now, first: (
        last_to_first(now["lstm_C"]) > max(last_to_first(now["simple_rnn_h"]), last_to_first(now["gru_h"])) + 3
        and last_to_first(now["lstm_C"]) > last_to_first(first["lstm_C"]) / 2
    ),
    "Forget gate closed": lambda now, first: (
        last_to_first(now["lstm_C"]) < last_to_first(now["simple_rnn_h"]) - 10 and now["f"] < 0.2
    ),
}


@pytest.mark.browser
def test_what_the_buttons_say_holds_in_every_draw(page):
    explorer, others = an_explorer(), [GradientThroughTime(seed=seed) for seed in (1, 2)]
    root, seen = mount(page, explorer), []
    for label, look, where in tried(page, root):
        assert len(look) > 40 and "$" not in look
        for one in (explorer, *others):
            for draw in range(5):
                first = put(one, one.initial | {"draw": draw}).compute()
                assert CLAIMS[label](put(one, where | {"draw": draw}).compute(), first), (label, draw)
        seen.append(label)
    assert seen == list(CLAIMS)


@pytest.mark.browser
def test_symbols_are_typeset(page):
    root = mount(page, an_explorer())
    frames(page)
    assert not re.search(r"[$_^\\]", root.inner_text())
    title, hint = root.locator("figcaption"), root.locator(".rnn-hint")
    assert title.locator("sub").all_text_contents() == ["t", "t"] and hint.locator("var").count() == 0
    assert re.fullmatch(r"[\w ,:?.]+", hint.text_content())  # words alone
    look = "all => all.map(e => [e.textContent, getComputedStyle(e).fontStyle, getComputedStyle(e).fontFamily])"
    (_, _, serif), *_ = root.locator("figcaption .rnn-math").evaluate_all(look)
    assert root.locator(".rnn-name tspan").evaluate_all(look) == [["C", "italic", serif], ["h", "italic", serif]]


def in_place(root):
    """The axis' powers of ten, by their height in the chart."""
    ticks = root.locator(".rnn-axes text[text-anchor=end]").evaluate_all(
        "all => all.map(text => [text.textContent, Number(text.getAttribute('y')) - 4])"
    )
    digits = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return [(0 if text == "1" else int(text[2:].translate(digits)), y) for text, y in ticks]


@pytest.mark.browser
def test_curves_are_drawn_where_their_numbers_are(page):
    explorer = an_explorer()
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    (low, bottom), *_, (high, top) = in_place(root)
    assert (low, high) == (-16, 0)
    paths = root.locator(".rnn-stage .rnn-line").evaluate_all("all => all.map(path => path.getAttribute('d'))")
    assert len(paths) == 4
    for path, name in zip(paths, ("lstm_C", "lstm_h", "simple_rnn_h", "gru_h"), strict=True):
        drawn = np.array([float(point.split(",")[1]) for point in path[1:].split("L")])
        wanted = bottom + (np.log10(now[name]) - low) / (high - low) * (top - bottom)
        np.testing.assert_allclose(drawn, wanted, rtol=0, atol=0.06, err_msg=name)
    unity = root.locator(".rnn-unity").get_attribute("d")
    assert float(unity.split(",")[1].split(" ")[0]) == pytest.approx(top)


@pytest.mark.browser
def test_a_curve_that_leaves_the_axis_is_marked_and_said(page):
    explorer = an_explorer(radius=3.0, nonlinearity="identity", length=200, forget_bias=-3.0, input_strength=3.0)
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    assert in_place(root)[0][0] == -16 and in_place(root)[-1][0] == 16
    sentence = root.locator(".rnn-exits").text_content()
    marks = root.locator(".rnn-exit").evaluate_all("all => all.map(mark => mark.getAttribute('visibility'))")
    for name, label, mark in zip(
        ("lstm_C", "lstm_h", "simple_rnn_h", "gru_h"),
        ("LSTM, C", "LSTM, h", "Simple RNN", "GRU"),
        marks,
        strict=True,
    ):
        outside = np.flatnonzero(np.abs(np.log10(now[name])) > 16)
        side = "above 10¹⁶" if name == "simple_rnn_h" else "below 10⁻¹⁶"
        said = f"{label} {side} at step {outside.max() + 1}" if outside.size else label
        assert (said in sentence) == bool(outside.size) == (mark == "visible"), name
    assert "Simple RNN above" in sentence and "LSTM, C below" in sentence

    page.get_by_role("button", name="Reset").click()
    page.evaluate("() => window.copies[0].model.set('length', 30)")
    page.evaluate("() => ['radius', 'input_strength'].forEach(name => window.copies[0].model.set(name, 0.9))")
    page.evaluate("() => window.copies[0].model.set('forget_bias', 1)")
    page.evaluate("() => window.copies[0].model.set('nonlinearity', 'tanh')")
    frames(page)
    assert root.locator(".rnn-exits").text_content() == ""
    assert root.locator(".rnn-exit[visibility=visible]").count() == 0


NAMES = """() => [...document.querySelectorAll('.rnn-name')].map(text => {
  const [box, chart] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
  return { text: text.textContent, left: box.left - chart.left, right: box.right - chart.left,
           top: box.top - chart.top, bottom: box.bottom - chart.top, width: chart.width, height: chart.height };
})"""


@pytest.mark.browser
@pytest.mark.parametrize("controls", CUT_OFF)
def test_the_curves_names_do_not_overlap(page, controls):
    mount(page, an_explorer(**controls))
    for width in (1400, 740, 360):
        page.set_viewport_size({"width": width, "height": 800})
        frames(page)
        names = page.evaluate(NAMES)
        assert [name["text"] for name in names] == ["LSTM, C", "LSTM, h", "RNN", "GRU"]
        for name in names:
            assert 44 <= name["left"] and name["right"] <= name["width"] and name["bottom"] <= name["height"] - 14, name
        for a, b in combinations(names, 2):
            apart = a["right"] <= b["left"] or b["right"] <= a["left"]
            assert apart or abs(a["top"] - b["top"]) >= 13, (a, b)


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_are_all_that_the_page_needs():
    sent = traits(an_explorer())
    assert {"draws", "initial", "ranges", "whole", "choices", *an_explorer().state} == set(sent) - {
        "tabbable",
        "tooltip",
    }
    assert json.loads(json.dumps(sent["draws"])) == sent["draws"]


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer()
    first = explorer.state
    explorer.length, explorer.cursor, explorer.nonlinearity, explorer.draw = 20, 3, "relu", 2
    assert explorer.state != first
    explorer.reset()
    assert explorer.state == first == explorer.initial


def test_the_name_shows_no_address():
    assert repr(an_explorer(3, length=12)) == "GradientThroughTime(3 units, 12 steps)"


@pytest.mark.parametrize(
    ("hidden_size", "error", "sentence"),
    [
        (0, ValueError, "hidden_size is 0, it must be at least 1"),
        (2.5, TypeError, "hidden_size is 2.5, it must be a whole number"),
        ("8", TypeError, "hidden_size is '8', it must be a whole number"),
    ],
)
def test_bad_input_gets_one_clear_sentence(hidden_size, error, sentence):
    with pytest.raises(error) as caught:
        GradientThroughTime(hidden_size)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("radius", 3.1),
        ("radius", 0.0),
        ("forget_bias", 6.1),
        ("length", 4),
        ("length", 201),
        ("nonlinearity", "sigmoid"),
        ("input_strength", -0.1),
        ("draw", 5),
        ("cursor", 0),
        ("cursor", 201),
    ],
)
def test_a_control_out_of_range_is_refused(name, value):
    explorer = an_explorer()
    before = getattr(explorer, name)
    with pytest.raises(TraitError, match=name):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
