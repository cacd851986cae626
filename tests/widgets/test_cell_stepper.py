"""The cell stepper: NumPy against automatic differentiation, its JavaScript against NumPy, and its page in Chromium."""

import json
import math
import re
from itertools import product

import numpy as np
import pytest
from examples.cell_stepper import KINDS, an_explorer
from explorables import frames, mount, number, plain, state, traits, unfold

from rnn_course.cells import GRU, LSTM, Stack
from rnn_course.widgets import CellStepper

# ---- The numbers -----------------------------------------------------------------------------------------------


def equations(torch, kind, W, x_t, h, C, kept):
    """One step of each cell from its equations; what goes into σ and tanh is kept. Returns the new h and C."""

    def keep(name, value):
        value.retain_grad()
        kept.setdefault(name, []).append(value)
        return value

    def into(k):
        return keep(f"a{k}", W_x[k] @ x_t + W_h[k] @ h + b[k])

    W_x, W_h, b = (W[name].split(len(h)) for name in ("W_x", "W_h", "b"))
    if kind == "LSTM":
        i, f, C_tilde, o = torch.sigmoid(into(0)), torch.sigmoid(into(1)), torch.tanh(into(2)), torch.sigmoid(into(3))
        C = keep("C", f * C + i * C_tilde)
        return keep("h", o * torch.tanh(C)), C, {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": C}
    if kind.startswith("GRU"):
        r, z = torch.sigmoid(into(0)), torch.sigmoid(into(1))
        recurrent = r * (W_h[2] @ h + W["b_hn"]) if kind.endswith("after") else W_h[2] @ (r * h)
        n = torch.tanh(keep("a2", W_x[2] @ x_t + b[2] + recurrent))
        return keep("h", (1 - z) * n + z * h), C, {"r": r, "z": z, "n": n}
    a = into(0)
    return keep("h", torch.tanh(a) if kind.endswith("tanh") else torch.relu(a)), C, {"a": a}


def by_autograd(explorer):
    """What compute() should return, from the equations and automatic differentiation: each step has its own copy of
    the weights, so that their gradients can be told apart."""
    torch = pytest.importorskip("torch")
    description = explorer.cells[explorer.cell]
    x, target = np.array(explorer.x), torch.tensor(np.array(explorer.target))
    h = C = torch.zeros_like(target)
    weights, kept, trace = [], {}, {}
    for x_t in torch.tensor(x):
        W = {name: torch.tensor(np.array(value)) for name, value in description["parameters"].items()}
        W = {name: value.requires_grad_() for name, value in W.items()}
        h, C, values = equations(torch, description["name"], W, x_t, h, C, kept)
        weights.append(W)
        for name, value in {**values, "h": h}.items():
            trace.setdefault(name, []).append(value.detach())
    loss = ((h - target) ** 2).sum() / 2
    loss.backward()
    grads = {name: torch.stack([value.grad for value in values]) for name, values in kept.items()}
    wanted = {name: torch.stack(values) for name, values in trace.items()}
    wanted |= {"loss": loss.detach(), "dh": grads["h"], **({"dC": grads["C"]} if "C" in grads else {})}
    wanted["da"] = torch.cat([grads[name] for name in sorted(grads) if name.startswith("a")], dim=1)
    for name in description["parameters"]:
        parts = torch.stack([torch.zeros_like(W[name]) if W[name].grad is None else W[name].grad for W in weights])
        wanted[f"d{name}"] = parts.flip(0).cumsum(0).flip(0)
    return {name: value.numpy() for name, value in wanted.items()}


def close(ours, theirs, tolerance, case=""):
    assert set(ours) == set(theirs), case
    for name, value in theirs.items():
        np.testing.assert_allclose(
            np.array(ours[name]), value, rtol=tolerance, atol=tolerance, err_msg=f"{name} {case}"
        )


@pytest.mark.parametrize("sizes", [(2, 3, 5), (1, 4, 8), (3, 1, 1), (3, 2, 4)])
@pytest.mark.parametrize("cell", range(len(KINDS)))
def test_numpy_is_automatic_differentiation(cell, sizes):
    explorer = an_explorer(*sizes, seed=sum(sizes), cell=cell)
    close(explorer.compute(), by_autograd(explorer), 1e-12)


@pytest.mark.parametrize("cell", range(len(KINDS)))
def test_the_first_sums_are_the_gradient_of_a_whole_walk(cell):
    explorer = an_explorer(cell=cell, seed=2)
    name = list(KINDS)[cell]
    whole = KINDS[name](2, 3, seed=0)
    for key, value in explorer.cells[cell]["parameters"].items():
        setattr(whole, key, np.array(value))
    h, _ = whole.forward(np.array([explorer.x]))
    grad_h = np.zeros_like(h)
    grad_h[:, -1] = h[:, -1] - np.array(explorer.target)
    now = explorer.compute()
    for key, value in whole.backward(grad_h).parameters.items():
        np.testing.assert_allclose(now[f"d{key}"][0], value, rtol=0, atol=1e-12, err_msg=key)


CARDS = """async ({ esm, states }) => {
  const { walk, cardsOf } = await window.load(esm);
  return states.map(state => cardsOf(walk(state), state).map(card => ({ ...card, lines: card.lines(state.unit) })));
}"""


def run(page, script, explorers):
    """Hand the states to the page's own functions."""
    mount(page, explorers[0])
    return page.evaluate(script, {"esm": explorers[0]._esm, "states": [traits(explorer) for explorer in explorers]})


def value_of(worked):
    """The number to which a line's text comes."""
    text = re.sub(r"½\s*", "0.5 * ", plain(worked)).replace("·", "*").replace("²", " ** 2")
    return eval(text, {"σ": lambda a: 1 / (1 + math.exp(-a)), "tanh": math.tanh, "relu": lambda a: max(a, 0.0)})


@pytest.mark.browser
def test_what_is_written_out_comes_to_its_value(page):
    """Every line of every equation, at the three decimals it is written with, and each result's place in compute()."""
    places = list(product(range(5), ("forward", "backward"), (1, 3, 5), (0, 2)))
    explorers = [an_explorer(cell=c, direction=d, step=t, unit=k, seed=4) for c, d, t, k in places]
    seen, results = 0, 0
    for explorer, cards in zip(explorers, run(page, CARDS, explorers), strict=True):
        now, t, k = explorer.compute(), explorer.step - 1, explorer.unit
        gates = {"LSTM": "ifco", "GRU,": "rzn", "Simp": "h"}[explorer.cells[explorer.cell]["name"][:4]]
        wanted = {f"{name.replace('C_tilde', 'C̃')}_t": now[name][t] for name in now if now[name].__class__ is not float}
        wanted |= {"∂L/∂h_t": now["dh"][t], "∂L/∂C_t": now.get("dC", now["dh"])[t], "δ_t": now["da"][t]}
        wanted |= {f"∂L/∂a_{gate}": part for gate, part in zip(gates, np.split(now["da"][t], len(gates)), strict=True)}
        for weight in ("W_x", "W_h", "b"):
            for gate, part in zip(gates, np.split(now[f"d{weight}"][t], len(gates)), strict=True):
                name = f"∂L/∂b_{gate}" if weight == "b" else f"∂L/∂{weight[0]}_{{{weight[2]}{gate}}}"
                wanted |= {f"{name}[{k},\u00a0{j}]": {k: value} for j, value in enumerate(np.atleast_1d(part[k]))}
                wanted[f"{name}[{k}]"] = {k: part[k]}
        for card in cards:
            for line in card["lines"]:
                where = f"{explorer!r} {explorer.direction} {t + 1} {k}: {card['title']}, {line}"
                if re.search(r"\d", line["worked"]):
                    assert value_of(line["worked"]) == pytest.approx(line["value"], rel=0.02, abs=0.006), where
                    seen += 1
                if line.get("result") and line["part"] in wanted:
                    assert line["value"] == pytest.approx(wanted[line["part"]][k], rel=1e-9, abs=1e-12), where
                    results += 1
            for block in card["blocks"]:
                if block["head"] in wanted and block["rowsAre"] == "unit" and block["head"].endswith("_t"):
                    np.testing.assert_allclose(np.ravel(block["rows"]), wanted[block["head"]], atol=1e-11)
    assert seen > 1000 and results > 500


def test_the_first_step_has_an_old_state_of_zero_and_the_last_one_the_loss():
    now = an_explorer(seed=6).compute()
    explorer = an_explorer(seed=6)
    error = now["h"][-1] - explorer.target
    np.testing.assert_allclose(now["dh"][-1], error, rtol=0, atol=1e-15)
    np.testing.assert_allclose(now["C"][0], now["i"][0] * now["C_tilde"][0], rtol=0, atol=1e-15)
    assert now["loss"] == pytest.approx((error**2).sum() / 2, rel=1e-15)


# ---- The page --------------------------------------------------------------------------------------------------


def where(root):
    frames(root.page)
    step, steps, equation, equations = map(int, re.findall(r"\d+", root.locator(".rnn-place").text_content()))
    return step, equation, steps, equations


def lines(root):
    """The table's rows: what it is a value of, what was put in, and the value."""
    frames(root.page)
    rows = root.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.children].map(c => c.textContent))")
    return [[text.replace("\u2060", "") for text in row] for row in rows]


@pytest.mark.browser
def test_next_goes_through_every_equation_of_every_step(page):
    explorer = an_explorer(steps=3, cells=["LSTM", "GRU, reset before"], step=1)
    root = unfold(mount(page, explorer))
    now = explorer.compute()
    root.get_by_role("button", name="Next").focus()
    places, titles = [where(root)], [root.locator(".rnn-symbols b").text_content()]
    for key in ["Enter", "ArrowRight"] * 10:
        page.keyboard.press(key)
        places.append(where(root))
        titles.append(root.locator(".rnn-symbols b").text_content())
        if places[-1][1] == 6:
            assert number(lines(root)[-1][2]) == pytest.approx(now["h"][places[-1][0] - 1, 0], rel=1e-6)
    assert [place[:2] for place in places] == [(t, e) for t in (1, 2, 3) for e in range(1, 8)]
    assert titles[6] == "Handed on" and titles[20] == "The loss"
    page.keyboard.press("ArrowRight")
    assert where(root)[:2] == (3, 7)  # the end
    page.keyboard.press("ArrowLeft")
    assert where(root)[:2] == (3, 6)

    root.get_by_label("Direction").select_option("backward")
    assert where(root) == (3, 1, 3, 10)
    for _ in range(10):
        page.get_by_role("button", name="Next").press("ArrowRight")
    assert where(root)[:2] == (2, 1)
    assert number(lines(root)[-1][2]) == pytest.approx(now["dh"][1, 0], rel=1e-6)
    page.get_by_role("button", name="Previous").click()
    assert where(root)[:2] == (3, 10)
    root.get_by_label("Cell", exact=True).select_option("GRU, reset before")
    assert where(root) == (3, 1, 3, 9)


ROOM = """root => {
  const [room, table] = ['.rnn-roomy', '.rnn-worked'].map(name => root.querySelector(name).getBoundingClientRect());
  return { height: room.height, empty: room.bottom - table.bottom };
}"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_nothing_above_moves_as_one_equation_follows_another(page, width, direction):
    """Nor does the page below where it is wide, but for an equation far taller than most; and there is no large gap."""
    page.set_viewport_size({"width": width, "height": 800})
    explorer = an_explorer(3, 4, 3, cells=["LSTM", "GRU, reset after"], direction=direction)
    assert CellStepper(LSTM(1, 2), np.ones((4, 1))).step == 1  # where it opens
    root = mount(page, explorer)
    for cell in ("LSTM", "GRU, reset after"):
        root.get_by_label("Cell", exact=True).select_option(cell)
        following, seen, places, rooms = root.get_by_role("button", name="Next"), set(), set(), []
        root.get_by_label("Time step").fill("1" if direction == "forward" else "3")
        for _ in range(18):
            seen.add(where(root)[:2])
            places.add(following.bounding_box()["y"] - root.bounding_box()["y"])
            rooms.append(root.evaluate(ROOM))
            following.press("Enter")
        assert len(seen) == 18 and len(places) == 1, places
        heights, gaps = ([room[name] for room in rooms] for name in ("height", "empty"))
        usual = min(heights)
        assert max(gaps) < (0.45 * usual if width == 1280 else 1), gaps
        if width == 1280:
            assert heights.count(usual) >= 12 and all(h > 1.05 * usual for h in heights if h != usual), heights


@pytest.mark.browser
def test_on_a_phone_next_stays_with_the_equation(page):
    page.set_viewport_size({"width": 390, "height": 800})
    root = mount(page, an_explorer())
    following = root.get_by_role("button", name="Next")
    following.click()
    root.locator(".rnn-worked").evaluate("table => table.scrollIntoView({ block: 'end', behavior: 'instant' })")
    page.wait_for_function("() => document.querySelector('.rnn-walk').classList.contains('rnn-docked')")
    box = following.bounding_box()
    assert box["y"] > 600 and box["y"] + box["height"] <= 800
    page.mouse.click(box["x"] + 10, box["y"] + 10)
    assert where(root)[:2] == (1, 3) and following.bounding_box() == box


@pytest.mark.browser
def test_each_try_shows_what_it_says(page):
    explorer = an_explorer(1, cells=["LSTM", "GRU, reset after"])
    root = mount(page, explorer)
    before = bars(root)
    root.get_by_role("button", name="Raise the first input").click()
    assert all(now != was for now, was in zip(bars(root), before, strict=True))  # to the last step
    x = f"{explorer.x[0][0]:.2f}"
    assert f"back to about {x.replace('-', '−')}, and see" in root.locator(".rnn-look").text_content()
    root.locator("fieldset", has_text="Change the input").get_by_role("slider").fill(x)
    assert state(page)["x"][0][0] == pytest.approx(explorer.x[0][0], abs=0.005) and state(page)["step"] == 1
    root.get_by_role("button", name="Unit by unit").click()
    assert where(root)[:2] == (2, 5)
    vectors = root.locator(".rnn-vector").evaluate_all("all => all.map(v => v.querySelectorAll('.rnn-taken').length)")
    assert len(vectors) > 3 and set(vectors) == {1}
    for _ in range(3):
        root.get_by_role("button", name="Previous").click()
    assert where(root)[:2] == (2, 2)
    frames(page)
    counts = "all => all.map(v => [v.querySelectorAll('.rnn-taken').length, v.querySelectorAll('.rnn-entry').length])"
    of_f = root.locator(".rnn-vector").evaluate_all(counts)
    assert [3, 9] in of_f and [3, 3] in of_f  # a row of W_hf, and all of h
    root.get_by_role("button", name="Guess first").click()
    assert lines(root)[-1][2] == "?" and root.get_by_role("button", name="Show the result").is_visible()
    root.get_by_role("button", name="Backward from the loss").click()
    assert where(root)[:2] == (5, 1)
    root.get_by_role("button", name="Reset").click()
    assert state(page) == explorer.state and bars(root) == before


def bars(root):
    frames(root.page)
    return root.locator(".rnn-bar").evaluate_all(
        "all => all.map(bar => bar.getAttribute('y') + bar.getAttribute('height'))"
    )


@pytest.mark.browser
def test_an_input_changes_what_comes_after_it_and_reset_restores_it(page):
    explorer = an_explorer(step=3)
    root = unfold(mount(page, explorer))
    before = bars(root)
    assert len(before) == 5 * 3
    slider = root.get_by_role("slider", name="feature 1")
    slider.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    after = bars(root)
    assert after[:6] == before[:6] and all(a != b for a, b in zip(after[6:9], before[6:9], strict=True))
    x = np.array(explorer.x)
    changed = np.array(state(page)["x"])
    assert changed[2, 1] == pytest.approx(x[2, 1] + 0.6, abs=0.011)
    changed[2, 1] = x[2, 1]
    np.testing.assert_array_equal(changed, x)
    explorer.x = state(page)["x"]
    for _ in range(4):
        root.get_by_role("button", name="Next").click()
    assert number(lines(root)[-1][2]) == pytest.approx(explorer.compute()["C"][2, 0], rel=1e-6)
    root.get_by_role("button", name="Reset").click()
    assert bars(root) == before and state(page) == an_explorer(step=3).state | {"step": 1}


@pytest.mark.browser
def test_a_sign_that_comes_takes_no_room(page):
    """The last vector would go to the next line with it, and the page below would move with a slider."""
    root = mount(page, an_explorer(input_size=1, cells=["LSTM"], step=3))
    slider = root.get_by_role("slider").last
    widths = []
    for x_t in (-0.5, 0.5):
        slider.fill(str(x_t))
        frames(page)
        assert f"{x_t:.3f}".replace("-", "−") in root.locator(".rnn-entry").all_text_contents()
        widths.append(root.locator(".rnn-term").evaluate_all("all => all.map(term => term.offsetWidth)"))
    assert widths[0] == widths[1]


@pytest.mark.browser
def test_a_hidden_result_is_nowhere_until_it_is_asked_for(page):
    explorer = an_explorer(step=3, equation=4, unit=1)
    root = unfold(mount(page, explorer))
    C = explorer.compute()["C"][2]
    shown = [f"{value:.3f}".replace("-", "−") for value in C]
    everything = "root => root.outerHTML"
    frames(page)
    assert all(text in root.evaluate(everything) for text in shown)
    root.get_by_label("Hide the results").check()
    frames(page)
    page.wait_for_function("() => document.querySelector('[role=status]').textContent.includes('is hidden')")
    assert not any(text in root.evaluate(everything) for text in shown)
    assert lines(root)[-1][1:] == ["?", "?"] and lines(root)[0][1] != "?"
    assert root.locator(".rnn-chain text", has_text="?").count() == 3  # this step and those after it

    root.get_by_role("button", name="Show the result").press("Enter")
    assert number(lines(root)[-1][2]) == pytest.approx(C[1], rel=1e-6)
    root.get_by_role("button", name="Next").click()
    assert lines(root)[-1][2] == "?"
    root.get_by_role("button", name="Previous").click()
    assert lines(root)[-1][2] != "?"  # asked for once is enough
    root.get_by_label("Hide the results").uncheck()
    frames(page)
    assert "?" not in root.locator("table").text_content()
    assert root.get_by_role("button", name="Show the result").count() == 0


@pytest.mark.browser
def test_exact_values_on_focus_and_under_the_mouse(page):
    explorer = an_explorer(step=2, equation=1)
    root = unfold(mount(page, explorer))
    now, W = explorer.compute(), np.array(explorer.cells[0]["parameters"]["W_x"])
    told = root.locator(".rnn-told")
    root.get_by_label("Hide the results").focus()
    page.keyboard.press("Tab")

    def told_number():
        return number(told.text_content().split(": ")[1])

    assert told.text_content().startswith("W_xf, unit 0, column 0: ")
    assert told_number() == pytest.approx(W[3, 0], rel=1e-6)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert told_number() == pytest.approx(W[4, 1], rel=1e-6)
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert told.text_content().startswith("f_2, unit 1: ") and told_number() == pytest.approx(now["f"][1, 1], rel=1e-6)
    page.keyboard.press("Tab")  # one stop for all of them
    assert not root.locator(".rnn-numbers").evaluate("box => box.contains(document.activeElement)")
    root.locator(".rnn-entry").first.hover()
    assert told_number() == pytest.approx(W[3, 0], rel=1e-6)


@pytest.mark.browser
def test_the_mouse_chooses_a_step(page):
    root = mount(page, an_explorer())
    frames(page)
    box = root.locator(".rnn-chain svg").bounding_box()
    page.mouse.click(box["x"] + 26 + (box["width"] - 52) * 0.7, box["y"] + 50)
    assert state(page)["step"] == 4


@pytest.mark.browser
def test_the_symbols_of_the_chain_are_typeset(page):
    root = mount(page, an_explorer(steps=2, step=2))
    frames(page)
    texts = root.locator(".rnn-chain text")
    assert sorted(texts.all_text_contents()) == ["C0", "L", "h0", "t = 2", "x1", "x2"]
    italic = "all => all.filter(e => getComputedStyle(e).fontStyle === 'italic').map(e => e.textContent)"
    assert sorted(texts.locator("tspan").evaluate_all(italic)) == ["C", "L", "h", "t", "x", "x"]


@pytest.mark.browser
def test_says_what_it_shows(page):
    explorer = an_explorer(step=4, equation=4, unit=2)
    root = unfold(mount(page, explorer))
    now = explorer.compute()
    label = root.locator("svg[role=img]").first.get_attribute("aria-label")
    assert "now at step 4 of 5" in label and "at step 5" in label
    said = f"Unit 2: C_4 is {now['C'][3, 2]:.3g}".replace("-", "−")
    page.wait_for_function("(text) => document.querySelector('[role=status]').textContent.includes(text)", arg=said)


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_carry_every_bit():
    explorer = an_explorer()
    sent = json.loads(json.dumps(traits(explorer)))
    assert {"cells", "target", "initial", "ranges", "whole", "choices", *explorer.state} == set(sent) - {
        "tabbable",
        "tooltip",
    }
    assert sent["cells"] == explorer.cells and sent["x"] == explorer.x


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer()
    first = explorer.state
    explorer.cell, explorer.direction, explorer.equation, explorer.step = 2, "backward", 8, 5
    explorer.unit, explorer.hide, explorer.x = 2, True, np.ones((5, 2)).tolist()
    assert all(explorer.state[name] != value for name, value in first.items())
    explorer.reset()
    assert explorer.state == first == explorer.initial


def test_one_cell_is_enough_and_later_training_does_not_reach_it():
    cell = LSTM(1, 2, dtype=np.float32)
    explorer = CellStepper(cell, np.ones((4, 1)))
    before = explorer.compute()["h"]
    cell.parameters["b"][...] += 1
    np.testing.assert_array_equal(explorer.compute()["h"], before)
    assert explorer.target == [0.0, 0.0] and before.dtype == np.float64
    assert repr(explorer) == "CellStepper(LSTM: 2 units, 4 steps)"


X = np.ones((4, 3))
BAD = {
    "kind": ((Stack([LSTM(3, 2)]), X), TypeError, "cells[0] is a Stack, it must be a SimpleRNN, an LSTM or a GRU"),
    "none": (([], X), ValueError, "cells is empty"),
    "units": ((LSTM(3, 5), X), ValueError, "cells[0] has hidden_size=5, at most 4 can be shown"),
    "inputs": ((LSTM(4, 2), X), ValueError, "cells[0] has input_size=4, at most 3 can be shown"),
    "unequal": (([LSTM(3, 2), GRU(3, 1)], X), ValueError, "cells[1] has hidden_size=1, cells[0] has 2"),
    "rank": ((LSTM(3, 2), X[None]), ValueError, "x has shape (1, 4, 3), wanted (time, input=3)"),
    "features": ((LSTM(3, 2), np.ones((4, 2))), ValueError, "x has shape (4, 2), wanted (time, input=3)"),
    "steps": ((LSTM(3, 2), np.ones((9, 3))), ValueError, "x has 9 steps, at most 8 can be shown"),
    "text": ((LSTM(3, 2), np.full((4, 3), "a")), TypeError, "x has dtype <U1, it must be real numbers"),
    "NaN": ((LSTM(3, 2), np.where(np.eye(4, 3) > 0, np.nan, 1)), ValueError, "x has nan at [0, 0]"),
    "target": ((LSTM(3, 2), X, [1.0]), ValueError, "target has shape (1,), wanted (hidden=2)"),
    "target NaN": ((LSTM(3, 2), X, [1.0, np.inf]), ValueError, "target has inf at [1]"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_sentence(case):
    arguments, error, sentence = BAD[case]
    with pytest.raises(error) as caught:
        CellStepper(*arguments)
    assert sentence in str(caught.value)


def test_weights_that_are_not_finite_are_refused():
    cell = LSTM(3, 2)
    cell.parameters["W_h"][2, 1] = np.nan
    with pytest.raises(ValueError, match=r"W_h.* has nan at \[2, 1\]"):
        CellStepper(cell, X)


OUT_OF_RANGE = {
    "cell": (5, "cell is 5, it must be from 0 to 4"),
    "unit": (3, "unit is 3, it must be from 0 to 2"),
    "step": (0, "step is 0, it must be from 1 to 5"),
    "equation": (-1, "equation"),
    "direction": ("up", "direction"),
    "x": ([[1.0, 2.0]], "x has shape (1, 2), wanted (time=5, input=2)"),
}


@pytest.mark.parametrize("name", OUT_OF_RANGE)
def test_a_control_out_of_range_is_refused(name):
    explorer = an_explorer()
    before, (value, sentence) = getattr(explorer, name), OUT_OF_RANGE[name]
    with pytest.raises(Exception, match=re.escape(sentence)):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before


def test_an_input_that_is_not_finite_is_refused():
    explorer = an_explorer()
    with pytest.raises(ValueError, match=r"x has nan at \[1, 0\]"):
        explorer.x = [[1, 2], [math.nan, 1], *np.ones((3, 2)).tolist()]
