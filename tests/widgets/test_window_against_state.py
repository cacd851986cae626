"""Window against state: NumPy by hand and against PyTorch, and its page in Chromium."""

import numpy as np
import pytest
from examples.window_against_state import an_explorer
from explorables import frames, mount, plain, state
from traitlets import TraitError

from rnn_course.cells import LSTM, Readout, SimpleRNN
from rnn_course.widgets import WindowAgainstState

# ---- The numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize(("window", "event_step", "event_size"), [(1, 1, -2.0), (4, 9, 1.5), (7, 20, 3.0)])
def test_numpy_is_the_sum_and_the_loop(nonlinearity, window, event_step, event_size):
    explorer = an_explorer(4, nonlinearity=nonlinearity, seed=window)
    explorer.window, explorer.event_step, explorer.event_size = window, event_step, event_size
    weights = {name: np.array(value) for name, value in explorer.parameters.items()}
    *a, b = explorer.rules[window - 1]

    def answers(x):
        h, states, window_answers = np.zeros(4), [], {}
        for t, x_t in enumerate(x):
            z = weights["W_x"][:, 0] * x_t + weights["W_h"] @ h + weights["b"]
            h = np.tanh(z) if nonlinearity == "tanh" else np.maximum(z, 0)
            states.append(h)
            if t + 1 >= window:
                window_answers[t] = b + sum(a[-1 - k] * x[t - k] for k in range(window))
        y = np.array(states) @ np.array(explorer.readout["W_hy"])[0] + explorer.readout["b_y"][0]
        return np.array(states), y, window_answers

    given = np.array(explorer.x)
    changed = given + event_size * (np.arange(20) == event_step - 1)
    h, y, by_window = answers(changed)
    now = explorer.compute()
    for name, wanted in {"x": changed, "h": h, "state": y, "window": list(by_window.values())}.items():
        np.testing.assert_allclose(now[name], wanted, rtol=0, atol=1e-12, err_msg=name)

    _, y, by_window = answers(given)  # errors: without the event, over the steps at which the window of 7 has an answer
    truth, steps = np.array(explorer.truth), range(6, 20)
    assert now["state_error"] == pytest.approx(np.mean([abs(y[t] - truth[t]) for t in steps]), abs=1e-12)
    assert now["window_error"] == pytest.approx(np.mean([abs(by_window[t] - truth[t]) for t in steps]), abs=1e-12)


def test_the_network_is_pytorch():
    torch = pytest.importorskip("torch")
    rnn, linear = torch.nn.RNN(1, 5, batch_first=True).double(), torch.nn.Linear(5, 1).double()
    x = np.random.default_rng(4).normal(size=(9, 1))
    explorer = WindowAgainstState(
        SimpleRNN.from_torch(rnn), Readout.from_torch(linear), x, [[1.0, 0.0]], event_size=0.0
    )
    with torch.no_grad():
        y = linear(rnn(torch.tensor(x)[None])[0])
    np.testing.assert_allclose(explorer.compute()["state"], y[0, :, 0].numpy(), rtol=0, atol=1e-12)


def test_out_of_sight_is_out_of_the_window_but_not_of_the_state():
    explorer = an_explorer(event_size=1.0)
    explorer.window, explorer.event_step = 4, 6
    now = explorer.compute()
    explorer.event_size = 0.0
    before = explorer.compute()
    window = now["window"] - before["window"]  # of steps 4 to 20
    assert (window[:2] == 0).all() and (window[2:6] != 0).all() and (window[6:] == 0).all()
    state_change = now["state"] - before["state"]
    assert (state_change[:5] == 0).all() and (state_change[5:] != 0).all()


# ---- The page --------------------------------------------------------------------------------------------------


def table(root):
    cells = root.locator("[data-value]").evaluate_all("all => all.map(cell => [cell.dataset.value, cell.textContent])")
    return {name: plain(text) for name, text in cells}


def assert_table(root, explorer):
    """Three rows of three numbers from NumPy; a window that is not full has none."""
    frames(root.page)
    now, size, at = explorer.compute(), explorer.event_size, explorer.cursor - 1
    explorer.event_size = 0.0
    before = explorer.compute()
    explorer.event_size = size
    shown = table(root)
    for name in ("x", "window", "state"):
        place = at - (explorer.window - 1 if name == "window" else 0)
        texts = [shown[f"{name} {kind}"] for kind in ("baseline", "changed", "difference")]
        if place < 0:
            assert texts == ["–", "–", "–"]
            continue
        wanted = [before[name][place], now[name][place], now[name][place] - before[name][place]]
        np.testing.assert_allclose([float(text) for text in texts], wanted, rtol=0, atol=5.1e-7, err_msg=name)


@pytest.mark.browser
def test_keyboard_alone_changes_the_numbers_and_reset_restores_them(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    assert_table(root, explorer)
    for label, keys, trait, value in [
        ("Steps in the window", ["End"], "window", 7),
        ("Time cursor", ["Home", "ArrowRight", "ArrowRight"], "cursor", 3),
        ("Time cursor", ["ArrowRight"] * 9, "cursor", 12),
        ("What is added to x", ["ArrowRight"] * 5, "event_size", -1.5),
        ("At step", ["ArrowRight"] * 2, "event_step", 7),
    ]:
        control = root.get_by_label(label, exact=label == "At step")
        control.focus()
        for key in keys:
            page.keyboard.press(key)
        assert state(page)[trait] == value
        setattr(explorer, trait, value)
        assert_table(root, explorer)
    root.get_by_role("button", name="Move to the cursor").press("Enter")
    explorer.event_step = 12
    assert_table(root, explorer)
    root.get_by_role("button", name="Reset").press("Enter")
    explorer.reset()
    assert state(page) == explorer.state
    assert_table(root, explorer)


@pytest.mark.browser
def test_the_mouse_moves_the_event_on_x_and_the_cursor_elsewhere(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    frames(page)
    for chart, trait in [("x", "event_step"), ("window", "cursor"), ("difference", "cursor")]:
        svg = root.locator(f'[data-chart="{chart}"] svg').last
        svg.scroll_into_view_if_needed()
        box = svg.bounding_box()
        for step in (2, 15):
            page.mouse.click(box["x"] + 44 + (box["width"] - 56) * (step - 0.5) / 20, box["y"] + 50)
            assert state(page)[trait] == step
            setattr(explorer, trait, step)
            assert_table(root, explorer)


@pytest.mark.browser
def test_says_who_knows_of_the_event(page):
    explorer = an_explorer(times=np.arange(1900, 1920), truth=False)  # window of 3, event at step 5, cursor at 8
    root = mount(page, explorer)

    def said():
        frames(page)
        return root.locator(".rnn-reach p").all_text_contents()

    now = explorer.compute()["state"]
    explorer.event_size = 0.0
    by = f"{abs(now[7] - explorer.compute()['state'][7]):.3g}"
    window, carried, learned = said()
    assert window.startswith("At step 8 (1907) the window holds steps 6 to 8.") and "out of sight" in window
    assert carried == f"The state has carried it for 3 steps: it moves the answer by {by}."
    assert "4 numbers by the window of 3, 19 by the network" in learned and "error" not in learned
    page.wait_for_function("() => document.querySelector('.rnn-spoken').textContent.includes('out of sight')")
    root.get_by_label("Time cursor").fill("7")
    assert "is in sight and moves the answer by" in said()[0]
    root.get_by_label("Time cursor").fill("4")
    assert "has not happened yet" in said()[0] and "holds nothing of" in said()[1]
    root.get_by_label("Time cursor").fill("2")
    assert "not full yet" in said()[0]
    labels = root.locator("svg[role=img]").evaluate_all("all => all.map(svg => svg.getAttribute('aria-label'))")
    assert len(labels) == 4 and all("20 steps" in label and "at step" in label for label in labels)
    root.get_by_label("What is added to x").fill("0")
    frames(page)
    assert "the event makes no difference" in root.locator('[data-chart="state"] svg').get_attribute("aria-label")


@pytest.mark.browser
def test_a_small_change_is_drawn_and_said_to_be_small(page):
    """The axis of |Δy| keeps the scale of the opening state, so that a smaller change is lower."""
    explorer = an_explorer(hidden=2, steps=60, event_size=2.0, seed=3)
    root = mount(page, explorer)
    chart = root.locator('[data-chart="difference"]')

    def drawn():
        frames(page)
        paths = chart.locator("svg[role=img] .rnn-line").evaluate_all("all => all.map(p => p.getAttribute('d'))")
        heights = [float(point.split(",")[1]) for path in paths for point in path[1:].split("L")]
        return chart.locator(".rnn-axes text[text-anchor=end]").all_text_contents(), max(heights) - min(heights)

    ticks, height = drawn()
    root.get_by_label("What is added to x").fill("0.2")
    small_ticks, small = drawn()
    assert small_ticks == ticks and small < 0.3 * height
    root.get_by_label("What is added to x").fill("3")
    large_ticks, large = drawn()
    assert large_ticks != ticks and large == pytest.approx(height, abs=0.2)

    def said(step):
        root.get_by_label("Time cursor").fill(str(step))
        frames(page)
        return root.locator(".rnn-reach p").all_text_contents()[1]

    explorer.event_size = 3.0
    now = explorer.compute()["state"]
    explorer.event_size = 0.0
    by = np.abs(now - explorer.compute()["state"])
    faint = int(np.flatnonzero((by > 0) & (by < 1e-6))[0])
    assert by[5] > 1e-6 and faint > 5
    assert said(6) == f"The state has carried it for 1 step: it moves the answer by {by[5]:.3g}."
    assert said(faint + 1) == f"The state has carried it for {faint - 4} steps: it no longer moves the answer."


@pytest.mark.browser
def test_dashed_means_without_in_every_chart(page):
    root = mount(page, an_explorer())
    frames(page)
    dash = "path => getComputedStyle(path).strokeDasharray"
    without = root.locator('[data-chart="window"] .rnn-baseline').first.evaluate(dash)
    window, state_line = (
        line.evaluate(dash) for line in root.locator('[data-chart="difference"] .rnn-stage path.rnn-line').all()
    )
    assert len({without, window, state_line}) == 3 and len(window.split(",")) == 4


@pytest.mark.browser
def test_each_try_shows_what_it_says(page):
    """What the window knows at the cursor, in numbers: nothing, the event, nothing again."""
    explorer = an_explorer(steps=30, windows=9, window=4, event_step=6, event_size=1.5)
    root = mount(page, explorer)

    def moved(label):
        if label:
            root.get_by_role("button", name=label, exact=True).click()
            assert root.locator(".rnn-look").text_content()
        for name, value in state(page).items():
            setattr(explorer, name, value)
        now = explorer.compute()["window"]
        explorer.event_size = 0.0
        change = np.abs(now - explorer.compute()["window"])
        return {k + explorer.window for k in np.flatnonzero(change)}, state(page)["cursor"]

    assert moved(None) == ({6, 7, 8, 9}, 10)
    assert moved("A window one step longer") == ({6, 7, 8, 9, 10}, 10)
    assert moved("And one step on") == ({6, 7, 8, 9, 10}, 11)
    assert moved("The event 7 steps later") == ({13, 14, 15, 16}, 17)
    root.get_by_role("button", name="Reset").click()
    assert moved(None) == ({6, 7, 8, 9}, 10)


# ---- The Python side -------------------------------------------------------------------------------------------


def test_reset_goes_back_to_the_first_state_and_later_training_does_not_reach_it():
    cell, readout = SimpleRNN(1, 2), Readout(2, 1)
    explorer = WindowAgainstState(cell, readout, np.ones((4, 1)), [[1.0, 0.0], [0.5, 0.5, 0.0]], window=2)
    first, before = explorer.state, explorer.compute()["state"]
    assert first == {"window": 2, "event_step": 1, "event_size": -2.0, "cursor": 3}
    cell.parameters["b"][...] += 1
    np.testing.assert_array_equal(explorer.compute()["state"], before)
    explorer.window, explorer.cursor, explorer.event_size = 1, 1, 3.0
    explorer.reset()
    assert explorer.state == first == explorer.initial
    assert repr(explorer) == "WindowAgainstState(windows of 1 to 2, 2 units, 4 steps)"


CELL, READOUT, X, RULES = SimpleRNN(1, 3), Readout(3, 1), np.ones((4, 1)), [[1.0, 0.0], [1.0, 0.0, 0.0]]
BAD = {
    "cell": ((LSTM(1, 3), READOUT, X, RULES), {}, TypeError, "cell is a LSTM, it must be a rnn_course.cells.SimpleRNN"),
    "input": ((SimpleRNN(2, 3), READOUT, X, RULES), {}, ValueError, "cell has input_size=2, the explorable wants 1"),
    "no readout": ((CELL, None, X, RULES), {}, TypeError, "readout is None, it must be a rnn_course.cells.Readout"),
    "outputs": ((CELL, Readout(3, 2), X, RULES), {}, ValueError, "readout has 2 outputs, the explorable wants 1"),
    "units": ((CELL, Readout(4, 1), X, RULES), {}, ValueError, "readout reads 4 units, its cell has hidden_size=3"),
    "rank": (
        (CELL, READOUT, np.ones(4), RULES),
        {},
        ValueError,
        "x has shape (4,), wanted one sequence (time, input=1)",
    ),
    "NaN": ((CELL, READOUT, X * np.nan, RULES), {}, ValueError, "x has nan at [0, 0]"),
    "no rules": (
        (CELL, READOUT, X, []),
        {},
        ValueError,
        "rules has 0 windows, it must have from 1 to as many as x has",
    ),
    "rules": ((CELL, READOUT, X, [[1.0, 0.0]] * 5), {}, ValueError, "rules has 5 windows"),
    "a rule": ((CELL, READOUT, X, [[1.0, 0.0]] * 2), {}, ValueError, "rules[1] has shape (2,), wanted"),
    "truth": ((CELL, READOUT, X, RULES), {"truth": [1, 2]}, ValueError, "truth has shape (2,), wanted (time=4)"),
    "times": ((CELL, READOUT, X, RULES), {"times": [1]}, ValueError, "times has shape (1,), x has 4 steps"),
    "window": ((CELL, READOUT, X, RULES), {"window": 3}, ValueError, "window is 3, it must be from 1 to 2"),
    "event": ((CELL, READOUT, X, RULES), {"event_size": np.nan}, TraitError, "must be a finite number"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_one_clear_sentence(case):
    arguments, named, error, sentence = BAD[case]
    with pytest.raises(error) as caught:
        WindowAgainstState(*arguments, **named)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("trait", ["window", "event_step", "cursor"])
def test_a_control_out_of_range_is_refused(trait):
    explorer = an_explorer()
    last = 7 if trait == "window" else 20
    setattr(explorer, trait, last)
    for value in (0, last + 1):
        with pytest.raises(ValueError, match=f"{trait} is {value}, it must be from 1 to {last}"):
            setattr(explorer, trait, value)
    assert getattr(explorer, trait) == last
