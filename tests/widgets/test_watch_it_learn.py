"""Watch it learn: its page in Chromium, and what Python refuses."""

import json
import re

import numpy as np
import pytest
from explorables import frames, mount, number, put, state, tried
from traitlets import TraitError

from rnn_course.widgets import WatchItLearn
from rnn_course.widgets.kit import HERE
from rnn_course.widgets.learning import Learner
from rnn_course.widgets.modules import joined

SMALL = {"hidden": 3, "window": 4, "seed_weights": 2, "seed_order": 1}


def small(**controls):
    return WatchItLearn(**{**SMALL, **controls})


def press(root, name):
    root.get_by_role("button", name=name, exact=True).click()


def updates(root):
    return int(root.locator(".rnn-count").text_content().split()[0])


def reach(page, count):
    """Wait until so many updates have been drawn."""
    page.wait_for_function("count => parseInt(document.querySelector('.rnn-count').textContent) >= count", arg=count)


def ready(page, explorer):
    """Mount an explorer and wait until the untrained network has been drawn."""
    root = mount(page, explorer)
    page.wait_for_function("() => document.querySelector('[data-chart=norm] .rnn-stage svg').ariaLabel")
    return root


def paths(root, chart):
    lines = root.locator(f"[data-chart={chart}] .rnn-stage .rnn-line")
    return lines.evaluate_all("all => all.map(line => line.getAttribute('d'))")


def said(root):
    return root.locator(".rnn-progress").text_content()


# ---- Running ---------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_it_starts_when_it_is_asked_to_and_says_where_it_paused(page):
    root = ready(page, small())
    for _ in range(5):
        frames(page)
    assert updates(root) == 0 and "epoch 0:" in said(root)
    press(root, "Run")
    reach(page, 3)
    press(root, "Pause")
    count = updates(root)
    assert root.get_by_role("button", name="Run", exact=True).is_visible()
    page.wait_for_function("() => document.querySelector('.rnn-spoken').textContent.startsWith('Paused after')")
    for _ in range(5):
        frames(page)
    assert updates(root) == count


@pytest.mark.browser
def test_one_update_and_one_epoch(page):
    explorer = small(batch=64)
    epoch = -(-len(explorer.data().train.x) // 64)
    root = ready(page, explorer)
    press(root, "One update")
    reach(page, 1)
    assert updates(root) == 1
    press(root, "One epoch")  # to the end of the one that has begun
    reach(page, epoch)
    assert updates(root) == epoch and "epoch 1:" in said(root)
    press(root, "One epoch")
    reach(page, 2 * epoch)
    assert updates(root) == 2 * epoch and "epoch 2:" in said(root)


@pytest.mark.browser
@pytest.mark.parametrize("way", ["From the start", "Reset"])
def test_it_repeats_bit_for_bit(page, way):
    root = ready(page, small(batch=64, noise=0.3))
    seen = []
    for _ in range(2):
        press(root, "One epoch")
        reach(page, 4)
        seen.append([paths(root, "forecast"), paths(root, "error"), paths(root, "norm"), said(root)])
        press(root, way)
        page.wait_for_function("() => document.querySelector('.rnn-progress').textContent.includes('epoch 0:')")
        assert updates(root) == 0
    assert seen[0] == seen[1]


@pytest.mark.browser
def test_a_change_goes_back_to_the_first_weights(page):
    root = ready(page, small())
    for name, value in {"hidden": 4, "rate": 0.1, "noise": 0.5, "seed_order": 3, "task": "sine"}.items():
        press(root, "One update")
        reach(page, 1)
        before = said(root), paths(root, "forecast")
        page.evaluate("([name, value]) => window.copies[0].model.set(name, value)", [name, value])
        frames(page)
        assert updates(root) == 0
        page.wait_for_function("() => document.querySelector('.rnn-progress').textContent.includes('epoch 0:')")
        assert name == "seed_order" or (said(root), paths(root, "forecast")) != before
    press(root, "One update")
    reach(page, 1)
    page.evaluate("() => window.copies[0].model.set('pace', '5')")  # which changes nothing of what is learned
    frames(page)
    assert updates(root) == 1


@pytest.mark.browser
def test_it_stops_where_it_is_hidden_and_goes_on_with_no_debt(page):
    root = ready(page, small())
    press(root, "Run")
    reach(page, 2)
    root.evaluate("root => { root.style.display = 'none'; }")
    page.wait_for_function("() => document.querySelector('.rnn-run').textContent === 'Run'")
    root.evaluate("root => { root.style.display = ''; }")
    press(root, "Run")
    reach(page, updates(root) + 1)
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }""")
    assert root.get_by_role("button", name="Run", exact=True).is_visible()


@pytest.mark.browser
def test_who_wants_less_motion_sees_a_picture_an_epoch(page):
    page.emulate_media(reduced_motion="reduce")
    root = ready(page, small(pace="fast", batch=64))
    page.evaluate("""() => {
      window.seen = [];
      const progress = document.querySelector('.rnn-count');
      new MutationObserver(() => window.seen.push(parseInt(progress.textContent)))
        .observe(progress, { childList: true, characterData: true, subtree: true });
    }""")
    press(root, "Run")
    reach(page, 12)
    press(root, "Pause")
    seen = page.evaluate("() => window.seen")
    assert [count for count in seen[:-1] if count % 4] == []  # 212 windows are 4 batches; the last is where it paused


@pytest.mark.browser
def test_what_is_no_longer_finite_stops_it_in_a_sentence(page):
    explorer = put(WatchItLearn(), {"cell": "rnn", "optimiser": "sgd", "rate": 2.0, "pace": "fast"})
    root = ready(page, explorer)
    press(root, "Run")
    page.wait_for_function(
        "() => document.querySelector('.rnn-progress').textContent.startsWith('Stopped: of network A')"
    )
    assert root.locator("[data-chart=norm] .rnn-cross").count() == 1
    count = updates(root)
    press(root, "One update")
    frames(page)
    assert updates(root) == count
    press(root, "From the start")
    page.wait_for_function("() => document.querySelector('.rnn-progress').textContent.includes('epoch 0:')")
    assert root.locator("[data-chart=norm] .rnn-cross").count() == 0


# ---- One update, opened ----------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_one_update_opened_has_the_numbers_of_numpy(page, cell):
    explorer = small(cell=cell, clip=0.1, batch=10)
    settings = explorer.settings()
    data, window = explorer.data(), settings.pop("window")
    learner = Learner(data, **settings, seed_weights=2, seed_order=1)
    rows = type(learner.rng)(1, 2).permutation(len(data.train.x))[:10]
    h, _ = learner.cell.forward(data.train.x[rows][..., None])
    y = learner.readout.forward(h[:, -1])[0, 0]
    before, loss = learner.cell.W_h[0, 0], learner.update()
    root = ready(page, explorer)
    root.locator(".rnn-opened summary").click()
    press(root, "One update")
    reach(page, 1)
    forward, lost, back, update = root.locator(".rnn-pane").all()
    assert f"At step {window}" in forward.text_content()
    shown = [number(text) for text in lost.locator("td").all_text_contents()]
    target = data.train.target[rows[0]]
    np.testing.assert_allclose(shown[:2], [y, target], rtol=6e-3)
    assert number(lost.locator("p").text_content().split("L = ")[1].rstrip(".")) == pytest.approx(loss, rel=6e-3)
    shown = [number(text) for text in update.locator("td").all_text_contents()]
    norms = [learner.norms["readout"][0], learner.norms["cell"][0]]
    np.testing.assert_allclose(shown[:3], [*norms, np.hypot(*norms)], rtol=6e-3)
    assert shown[3] == pytest.approx(before, rel=1e-4) and shown[5] == pytest.approx(learner.cell.W_h[0, 0], rel=1e-4)
    assert "scaled by" in update.text_content() and f"at step {window}" in back.text_content()


# ---- A and B ---------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_b_begins_as_a_copy_and_has_settings_of_its_own(page):
    root = ready(page, small())
    alone = len(paths(root, "forecast"))
    press(root, "Compare with B")
    frames(page)
    now = state(page)
    assert now["compare"] and now["editing"] == "B"
    assert all(now[f"{name}_b"] == now[name] for name in ("cell", "hidden", "window", "rate", "bias"))
    page.wait_for_function("() => document.querySelector('.rnn-progress').textContent.includes('B, epoch 0:')")
    both = paths(root, "forecast")
    assert len(both) == alone + 1 and both[-1] == both[-2]
    units = root.get_by_label("Units")
    units.fill("7")
    frames(page)
    assert (state(page)["hidden"], state(page)["hidden_b"]) == (3, 7)
    press(root, "Set A")
    assert units.input_value() == "3"
    press(root, "One update")
    reach(page, 1)
    a, b = paths(root, "forecast")[-2:]
    assert a != b
    press(root, "Without B")
    page.wait_for_function("() => !document.querySelector('.rnn-progress').textContent.includes('B, epoch')")
    assert len(paths(root, "forecast")) == alone and state(page)["editing"] == "A"


@pytest.mark.browser
def test_each_try_sets_a_state_and_says_what_to_look_for(page):
    explorer = WatchItLearn()
    root = ready(page, explorer)
    states = []
    for label, look, now in tried(page, root):
        assert len(look) > 40, label
        put(WatchItLearn(), now)  # Python takes it
        states.append(json.dumps(now, sort_keys=True))
        page.wait_for_function("() => document.querySelector('.rnn-progress').textContent.includes('epoch 0:')")
    assert len(states) == len(set(states)) == 7


@pytest.mark.browser
def test_a_try_goes_back_to_the_first_weights_even_where_it_changes_no_setting(page):
    root = ready(page, WatchItLearn())
    press(root, "One epoch")
    reach(page, 2)
    press(root, "Beat last year")
    frames(page)
    assert updates(root) == 0


@pytest.mark.browser
def test_it_says_what_is_beaten_and_which_epoch_was_the_best(page):
    root = ready(page, WatchItLearn(pace="fast"))
    assert "epoch 0:" in said(root) and "It beats neither the last value nor the linear fit." in said(root)
    assert "Its best" not in said(root)
    press(root, "Run")
    # What is said while it runs, all at once: a moment later there may be a new best.
    found = page.wait_for_function("""() => {
      const text = document.querySelector('.rnn-progress p').textContent;
      return text.includes('Its best') && text.includes('It beats the last value') && text;
    }""")
    text = found.json_value()
    press(root, "Pause")
    misses, best = (
        float(re.search(pattern, text)[1]) for pattern in (r"misses by ([\d.]+)", r"validation was ([\d.]+)")
    )
    assert best <= misses


@pytest.mark.browser
def test_run_comes_before_all_settings_and_nothing_is_pinned_where_b_compares(page):
    root = ready(page, WatchItLearn())
    names = root.locator("button, input, select").evaluate_all("all => all.map(one => one.textContent)")
    assert names.index("Run") == names.index("Reset") + 1
    assert "Pin" not in names


@pytest.mark.browser
def test_what_has_exploded_is_said_in_words_and_short_numbers(page):
    root = ready(page, WatchItLearn(cell="rnn", optimiser="sgd", rate=2.0, clip=0.0, pace="fast"))
    root.locator("summary", has_text="One update, opened").click()
    press(root, "Run")
    page.wait_for_function("() => document.querySelector('.rnn-progress p').textContent.includes('finite')")
    panes = root.locator(".rnn-panes")
    assert not re.search(r"Infinity|NaN|e\+", panes.text_content())
    assert panes.evaluate("panes => [...panes.children].every(pane => pane.scrollWidth <= pane.clientWidth)")


# ---- The reader's own series -----------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_series_is_drawn_and_typed(page):
    root = ready(page, small(task="own"))
    given = state(page)["own"]
    box = root.locator("[data-chart=own] svg").bounding_box()
    y = box["y"] + 30
    page.mouse.move(box["x"] + 0.3 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], y, steps=4)
    page.mouse.up()
    frames(page)
    drawn = state(page)["own"]
    changed = [k for k, (a, b) in enumerate(zip(given, drawn, strict=True)) if a != b]
    assert 0.1 < changed[0] / len(given) < 0.4 and len({drawn[k] for k in changed}) == 1
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 93)  # at one go: the steps between lie on a line
    page.mouse.up()
    frames(page)
    drawn = state(page)["own"]
    assert len({drawn[k] for k in changed}) > 10
    assert max(len(str(value)) for value in drawn) <= 6  # so that all of it goes into an address
    root.get_by_text("Type or paste the numbers").click()
    field = root.locator("textarea")
    field.fill("1 2 x")
    press(root, "Use these numbers")
    assert root.get_by_role("alert").text_content() == "“x” at line 1, character 5 is not a number."
    field.fill("1 2 3")
    press(root, "Use these numbers")
    assert root.get_by_role("alert").text_content() == "There are 3, at least 20 are needed."
    assert state(page)["own"] == drawn
    field.fill(" ".join(str(k % 4) for k in range(30)))
    press(root, "Use these numbers")
    assert state(page)["own"] == [k % 4 for k in range(30)] and not root.get_by_role("alert").text_content()


# ---- The engine ------------------------------------------------------------------------------------------------

SLICED = """async ([text, state]) => {
  const { learnerOf } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const { learner } = learnerOf(state, "A");
  return [...learner.update()].length;
}"""
PRODUCT = """async ([text, cases]) => {
  const { addProduct } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  return cases.map(({ A, B, C, m, n, k, turned }) => {
    const result = Float64Array.from([...C, 7]);
    const [row, column] = turned ? [1, m] : [k, 1];
    const [a, b] = [Float64Array.from([9, ...A]), Float64Array.from([9, 9, ...B])];
    addProduct(result, 0, n, a, 1, row, column, b, 2, n, m, n, k);
    return [...result];
  });
}"""


@pytest.mark.browser
def test_an_update_can_be_cut_into_slices(page):
    explorer = small(window=20)
    given = {**explorer.state, "tasks": explorer.tasks}
    page.goto("about:blank")
    assert page.evaluate(SLICED, [joined(HERE / "watch_it_learn_compute.js"), given]) >= 40  # forward and back


@pytest.mark.browser
def test_the_kernel_is_numpys_product(page):
    rng, cases, wanted = np.random.default_rng(2), [], []
    for m, n, k in [(1, 1, 1), (4, 4, 4), (5, 3, 2), (8, 12, 5), (3, 9, 7), (6, 4, 1), (13, 11, 10)]:
        for turned in (False, True):
            A, B, C = rng.normal(size=(m, k)), rng.normal(size=(k, n)), rng.normal(size=(m, n))
            flat = {"A": (A.T if turned else A).ravel().tolist(), "B": B.ravel().tolist(), "C": C.ravel().tolist()}
            cases.append({**flat, "m": m, "n": n, "k": k, "turned": turned})
            wanted.append([*(C + A @ B).ravel(), 7])
    found = page.evaluate(PRODUCT, [(HERE / "products.js").read_text("utf8"), cases])
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)


# ---- The Python side -------------------------------------------------------------------------------------------


def test_what_python_refuses():
    explorer = WatchItLearn()
    with pytest.raises(ValueError, match=r"own has shape \(3,\), wanted \(time,\) of 20 to 400 values"):
        explorer.own = [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=r"own has nan at \[4\]"):
        explorer.own = [1.0] * 4 + [float("nan")] * 20
    with pytest.raises(ValueError, match="it must lie within"):
        explorer.own = [1e7] * 30
    with pytest.raises(TraitError):
        explorer.cell = "transformer"
    with pytest.raises(TypeError, match="WatchItLearn has no control 'units'"):
        WatchItLearn(units=3)


def test_arguments_are_where_the_controls_stand_at_first():
    explorer = WatchItLearn(task="recall", hidden=5, own=np.arange(25))
    explorer.hidden = 9
    explorer.reset()
    assert (explorer.task, explorer.hidden, explorer.own[:3]) == ("recall", 5, [0.0, 1.0, 2.0])


def test_seeds_are_apart():
    """One changes the first weights alone, one the order of the windows, one the data."""

    def first(**seeds):
        explorer = small(noise=0.2, **seeds)
        data, settings = explorer.data(), explorer.settings()
        del settings["window"]
        learner = Learner(data, **settings, seed_weights=explorer.seed_weights, seed_order=explorer.seed_order)
        return learner.cell.W_h.copy(), learner.rng.permutation(9), data.train.x

    given = first()
    for k, name in enumerate(("seed_weights", "seed_order", "seed_noise")):
        same = [np.array_equal(a, b) for a, b in zip(given, first(**{name: 50}), strict=True)]
        assert same == [place != k for place in range(3)]
