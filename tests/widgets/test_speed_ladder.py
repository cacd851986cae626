"""The speed ladder: its numbers by another road, its page in Chromium, and the files and arguments that it refuses."""

import copy
import json
import math
import re
from pathlib import Path

import pytest
import torch
from examples.speed_ladder import RUNGS, a_record, an_explorer
from explorables import (
    frames,
    mount,
    put,
    state,
    traits,
    tried,
)
from gpu_stand_ins import OnTheCPU, play_cuda, play_mps, play_xpu
from traitlets import TraitError

from rnn_course import devices, speed
from rnn_course.widgets import SpeedLadder
from rnn_course.widgets.speed_ladder import read

# ---- The numbers -----------------------------------------------------------------------------------------------

WANTED = {  # controls: the size that is shown, by hand from SHAPES
    (64, 512, 16): (16, 900, 64),
    (1, 1, 1): (1, 100, 32),
    (40, 1, 1000): (1, 100, 32),  # 40 is nearer to 32 than to 64, and with 32 nothing else was measured
    (50, 300, 30): (16, 100, 64),  # 300 is as near to 100 as to 900: the smaller
    (64, 90, 300): (64, 100, 64),
}


@pytest.mark.parametrize(("hidden", "time", "batch"), WANTED)
def test_the_nearest_size_that_was_measured(hidden, time, batch):
    now = an_explorer(hidden=hidden, time=time, batch=batch).compute()
    batch, time, hidden = WANTED[hidden, time, batch]
    assert now["size"] == {"batch": batch, "time": time, "input": hidden, "hidden": hidden}
    assert len(now["rows"]) == len(RUNGS)


def test_rows_are_the_records_times_and_the_ratio_is_to_the_marked_one():
    explorer = an_explorer(seed=3, marked=1, batch=64, time=100)
    results = [r for r in a_record(3)["results"] if (r["batch"], r["time"]) == (64, 100)]
    now = explorer.compute()
    mark = results[1]["median"]
    assert now["marked"] == "numpy_cell"
    assert list(now["rows"]) == [r["rung"] for r in results]
    for row, result in zip(now["rows"].values(), results, strict=True):
        if result["skipped"]:
            assert row["skipped"] == result["skipped"] and row["median"] is row["ratio"] is row["step"] is None
            continue
        assert (row["median"], row["low"], row["high"]) == (result["median"], result["low"], result["high"])
        assert row["ratio"] * row["median"] == pytest.approx(mark, rel=1e-12)
        assert row["step"] * 1e-6 * 100 == pytest.approx(row["median"], rel=1e-12)
    plain = [r for r in results if r["model"] == "LSTM" and r["dtype"] == "float32" and not r["skipped"]]
    fastest = sorted(plain, key=lambda r: r["median"])[0]
    assert now["fastest"] == fastest["rung"]
    shown = [r[name] for r in results if not r["skipped"] for name in ("low", "high")]
    assert now["axis"] == {"log": False, "low": 0, "high": max(shown)}


ON_A_GPU = ("tutorial", "numpy_cell", "cuda_graph")  # NumPy's rungs come first and run on a CPU alone


@pytest.mark.parametrize(("marked", "wanted"), [(0, 2), (1, 2), (2, 2), (4, 5), (8, 8), (99, 8)])
def test_a_row_without_a_time_cannot_be_marked_the_next_with_one_is(marked, wanted):
    record = a_record(kind="cuda", skip=ON_A_GPU)
    now = put(SpeedLadder({"mine": record}), {"marked": marked}).compute()
    assert now["marked"] == RUNGS[wanted][0]
    base = now["rows"][now["marked"]]["median"]
    for row in now["rows"].values():
        assert row["ratio"] == (None if row["skipped"] else pytest.approx(base / row["median"], rel=1e-12))


def test_after_the_last_timed_row_the_mark_goes_on_at_the_first():
    record = a_record(kind="cuda", skip=("tutorial", "mingru_scan"))
    assert put(SpeedLadder({"mine": record}), {"marked": 8}).compute()["marked"] == "numpy_cell"


def test_the_limit_is_the_libraries_count_of_sums_at_the_recorded_rate():
    now = an_explorer(batch=64, time=100, hidden=64).compute()
    shape = speed.Shape(64, 100, 64, 64)
    assert now["rows"]["nn_lstm"]["limit"] == pytest.approx(speed.work(shape) / 7e10, rel=1e-12)
    assert now["rows"]["nn_lstm_f64"]["limit"] == pytest.approx(speed.work(shape) / 3e10, rel=1e-12)
    assert now["rows"]["a rung of the reader's own"]["limit"] is None  # the record has no rate for it
    assert now["rows"]["mingru_scan"]["limit"] == pytest.approx(
        now["rows"]["nn_lstm"]["limit"] / 4, rel=1e-12
    )  # half the gates, and none of them reads h
    assert all(row["limit"] is None for row in an_explorer(limit=False).compute()["rows"].values())


def test_a_size_at_which_nothing_was_timed_still_stands():
    everything = [rung for rung, _, _ in RUNGS]
    now = SpeedLadder({"none": a_record(limit=False, skip=everything)}).compute()
    assert now["fastest"] is None and now["axis"] == {"log": False, "low": 0, "high": 1}


# ---- Records, refused by both sides in the same words ----------------------------------------------------------


def changed(**fields):
    """A record with other fields; `results__k__field` goes into a result."""
    record = copy.deepcopy(a_record())
    for place, value in fields.items():
        *path, last = [int(part) if part.isdigit() else part for part in place.split("__")]
        target = record
        for part in path:
            target = target[part]
        target[last] = value
    return record


REFUSED = {
    "not JSON": ("{", "it is not JSON."),
    "a list": ([1], "it is not an object with named fields."),
    "no provenance": (changed(command="", versions={}), "it does not say its command, versions."),
    "no results": (changed(results=[]), "it does not say its results."),
    "results": (changed(results={"a": 1}), "its results are not a list."),
    "device": (changed(device__kind=3), "its device has no kind and name."),
    "device text": (changed(device="cpu"), "its device has no kind and name."),
    "a result": (changed(results__2=4), "result 3 is not an object with named fields."),
    "rung": (changed(results__0__rung=" "), "result 1 has no rung."),
    "dtype": (changed(results__7__dtype=None), "result 8 has no dtype."),
    "size": (changed(results__1__batch=2.5), "result 2 has no whole number as its batch."),
    "size 0": (changed(results__1__hidden=0), "result 2 has no whole number as its hidden."),
    "size text": (changed(results__1__time="9"), "result 2 has no whole number as its time."),
    "no time": (changed(results__1__median=None), "result 2 has neither times nor a reason why it was skipped."),
    "negative": (changed(results__1__low=-1.0), "result 2 has neither times nor a reason why it was skipped."),
    "order": (changed(results__1__low=1e6), "result 2 has a median that is not between its quartiles."),
    "twice": (changed(results__1=a_record()["results"][0]), "result 2 repeats an earlier one."),
    "too many": (changed(results=[{}] * 5001), "it has 5001 results, at most 5000 can be shown."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_record_is_refused_in_one_sentence(case):
    record, sentence = REFUSED[case]
    assert read(record if isinstance(record, str) else json.dumps(record)) == (None, sentence)
    if not isinstance(record, str):
        with pytest.raises((ValueError, TypeError), match=re.escape(f"mine is not a speed record: {sentence}")):
            SpeedLadder({"mine": record})


@pytest.mark.browser
def test_the_page_reads_records_as_python_does(page):
    explorer = an_explorer()
    mount(page, explorer)
    texts = [record if isinstance(record, str) else json.dumps(record) for record, _ in REFUSED.values()]
    texts += [json.dumps(a_record(seed, limit=bool(seed % 2))) for seed in range(3)]
    script = "async ([esm, texts]) => texts.map((await window.load(esm)).readRecord)"
    for text, theirs in zip(texts, page.evaluate(script, [explorer._esm, texts]), strict=True):
        record, refusal = read(text)
        assert theirs == ({"refusal": refusal} if refusal else {"record": record})


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (({},), ValueError, "records is empty"),
        (([a_record()],), TypeError, "records is a list, it must be a dictionary from names to records"),
    ],
)
def test_bad_arguments_get_one_clear_sentence(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        SpeedLadder(*arguments)


@pytest.mark.parametrize(
    ("name", "value"), [("device", 1), ("device", -1), ("batch", 0), ("time", 0), ("hidden", -3), ("marked", -1)]
)
def test_a_control_out_of_range_is_refused(name, value):
    explorer = an_explorer()
    before = explorer.state
    with pytest.raises((TraitError, ValueError), match=name):
        setattr(explorer, name, value)
    assert explorer.state == before


# ---- The page --------------------------------------------------------------------------------------------------

SECONDS = {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


def seconds(text):
    value, unit = text.split("\u00a0")  # no line ends between them
    return float(value.replace("−", "-")) * SECONDS[unit]


def label_of(rung):
    return {name: known.label for name, known in speed.RUNGS.items()}.get(rung, rung)


def assert_shown(root, explorer):
    """Rows, bars, limits and table say what Python computes."""
    frames(root.page)
    now = explorer.compute()
    rows = root.locator(".rnn-rung").all()
    assert [row.get_attribute("data-rung") for row in rows] == list(now["rows"])
    log, low, high = (now["axis"][name] for name in ("log", "low", "high"))
    on_axis = math.log10 if log else float
    for row, (name, wanted) in zip(rows, now["rows"].items(), strict=True):
        label, figures = (row.locator(f".rnn-rung-{part}").text_content() for part in ("name", "time"))
        assert label.removeprefix("▸ ").removesuffix(" (another model)") == label_of(name)
        assert label.startswith("▸") == (name == now["marked"])
        if wanted["skipped"]:
            assert figures == "not measured" and row.locator(".rnn-reason").text_content() == wanted["skipped"]
            continue
        time, ratio = figures.split(", ")
        assert seconds(time) == pytest.approx(wanted["median"], rel=6e-3)
        if wanted["ratio"] is not None:
            assert float(ratio.split("\u00a0")[0].replace("−", "-")) == pytest.approx(wanted["ratio"], rel=6e-2)
        for mark, key in ((".rnn-took", "median"), (".rnn-limit", "limit")):
            if wanted[key] is None:
                assert row.locator(mark).count() == 0
                continue
            where = "x1" if key == "limit" else "cx" if log else "width"
            place = float(row.locator(mark).get_attribute(where).rstrip("%"))
            share = (on_axis(wanted[key]) - on_axis(low)) / (on_axis(high) - on_axis(low))
            assert place == pytest.approx(100 * share, abs=1e-3)
            assert log or row.locator(".rnn-took").get_attribute("x") == "0" == str(low)  # a bar begins at zero
    cells = {name: root.locator(f'[data-value="{name}"]').text_content() for name in ("median", "low", "high")}
    marked = now["rows"][now["marked"]]
    for name, text in cells.items():
        assert text == "–" if marked[name] is None else seconds(text) == pytest.approx(marked[name], rel=1e-6)


@pytest.mark.browser
def test_keyboard_alone_changes_what_is_shown_and_reset_restores_it(page):
    explorer = an_explorer(devices=2)
    root = mount(page, explorer)
    assert_shown(root, explorer)
    assert explorer.compute()["size"]["time"] == 100  # the nearest to 256

    def press(label, *keys):
        root.get_by_label(label, exact=label == "Batch").focus()
        for key in keys:
            page.keyboard.press(key)

    press("Steps of time", "End")
    explorer.time = 900
    assert_shown(root, explorer)
    press("Steps of time", "Home")
    explorer.time = 100
    assert_shown(root, explorer)
    press("Batch", "End")
    explorer.batch = 64
    assert_shown(root, explorer)
    press("Marked row", "ArrowRight", "ArrowRight")
    explorer.marked = 2
    assert_shown(root, explorer)
    assert root.get_by_label("Marked row").get_attribute("aria-valuetext") == "a loop over nn.LSTMCell"
    press("Hidden size", "ArrowLeft")
    explorer.hidden = 32
    assert_shown(root, explorer)
    press("Measured on", "ArrowDown")
    explorer.device = 1
    assert_shown(root, explorer)
    press("Axis", "ArrowDown")
    explorer.scale = "log"
    assert_shown(root, explorer)
    assert state(page) == explorer.state

    root.get_by_role("button", name="Reset").focus()
    page.keyboard.press("Enter")
    explorer.reset()
    assert state(page) == explorer.state
    assert_shown(root, explorer)


@pytest.mark.browser
def test_a_log_axis_has_lines_at_round_ratios_to_the_marked_row(page):
    explorer = an_explorer(scale="log", marked=3, batch=64, time=100)
    root = mount(page, explorer)
    assert_shown(root, explorer)
    axis, mark = explorer.compute()["axis"], explorer.compute()["rows"]["fused_loop"]["median"]
    labels = root.locator(".rnn-rung-axis text").evaluate_all(
        "all => all.map(t => [t.textContent, t.getAttribute('x')])"
    )
    assert len(labels) > 2
    for text, x in labels:
        way, _, factor = text.rpartition(" ")
        ratio = float(factor) if way != "÷" else 1 / float(factor)
        share = math.log(mark * ratio / axis["low"]) / math.log(axis["high"] / axis["low"])
        assert float(x.rstrip("%")) == pytest.approx(100 * share, abs=1e-3), text
    assert root.locator(".rnn-rungs rect").count() == 0 and "no zero" in root.locator(".rnn-scale").text_content()


@pytest.mark.browser
def test_a_size_says_why_it_cannot_be_chosen_or_is_another(page):
    root = mount(page, an_explorer())
    for label, reason in [
        ("Hidden size", "128 was not measured with what is chosen above: the nearest is shown."),
        ("Steps of time", "256 was not measured with what is chosen above: the nearest is shown."),
        ("Batch", ""),
    ]:
        control = root.get_by_label(label, exact=label == "Batch")
        told = root.locator(f"[id='{control.get_attribute('aria-describedby')}']")
        assert told.text_content() == reason and control.is_enabled()
    root.get_by_label("Hidden size").press("Home")
    frames(page)
    for label, value in (("Steps of time", 100), ("Batch", 1)):
        control = root.get_by_label(label, exact=label == "Batch")
        told = root.locator(f"[id='{control.get_attribute('aria-describedby')}']")
        assert control.is_disabled()
        assert told.text_content() == f"Nothing but {value} was measured with what is chosen above."


@pytest.mark.browser
def test_what_the_buttons_say_holds_for_the_record_that_ships(page):
    ladder = SpeedLadder()
    root, seen, looks = mount(page, ladder), {}, {}
    for label, looks[label], where in tried(page, root):
        now = put(ladder, where).compute()
        assert {name: now["size"][name] for name in ("hidden", "time", "batch")} == {
            name: where[name] for name in ("hidden", "time", "batch")
        }  # measured at this very size
        seen[label] = now, where
    first = put(ladder, ladder.initial).compute()

    def work(label, of=first):
        """By how much the products of nn.LSTM grow."""
        return seen[label][0]["rows"]["nn_lstm"]["limit"] / of["rows"]["nn_lstm"]["limit"]

    assert work("64 at once", seen["One sequence"][0]) == pytest.approx(64)
    assert work("Long") == work("Wide") == pytest.approx(4)
    assert first["size"] | {"time": 1024} == seen["Long"][0]["size"]
    assert first["size"]["hidden"] == 128 and first["size"]["time"] == 256
    times = [
        row["median"] / first["rows"][name]["median"] for name, row in seen["Long"][0]["rows"].items() if row["ratio"]
    ]
    assert min(times) > 3.5  # none much below four
    wide = {
        name: row["median"] / first["rows"][name]["median"]
        for name, row in seen["Wide"][0]["rows"].items()
        if row["ratio"]
    }
    assert wide["cell_loop"] < 3 < 4 < wide["nn_lstm"]
    assert sum(1 for times in wide.values() if times < 4) >= 2
    one, now = seen["One sequence"][0]["rows"], seen["64 at once"][0]["rows"]
    grown = {name: row["median"] / one[name]["median"] for name, row in now.items() if row["ratio"]}
    assert sorted(grown.values())[0] < 4 < 32 < sorted(grown.values())[-1]  # the question has an answer
    for label, times in (("64 at once", grown), ("Wide", wide)):
        (least, most) = (choose(times, key=times.get) for choose in (min, max))
        assert f"The least: {label_of(least)}, {times[least]:.3g} times as long" in looks[label]
        assert f"the most: {label_of(most)}, {times[most]:.3g} times." in looks[label]
    ratio, where = seen["By ratio"]
    assert where["scale"] == "log" and ratio["marked"] == ratio["fastest"] == first["fastest"]
    one = [row for row in seen["One sequence"][0]["rows"].values() if row["limit"] and row["median"]]
    assert all(row["median"] > row["limit"] for row in one)  # something does lie between


@pytest.mark.browser
def test_a_record_without_a_size_is_not_compared_at_it(page):
    root = mount(page, an_explorer())  # measured at 100 and 900 steps, not at 256 and 1024
    root.get_by_role("button", name="Long").click()
    assert root.locator(".rnn-look").text_content().endswith("no times at both sizes: the nearest size is shown.")


@pytest.mark.browser
def test_on_a_phone_the_controls_come_before_the_rows_and_a_command_keeps_its_words(page):
    page.set_viewport_size({"width": 358, "height": 844})
    root = mount(page, SpeedLadder())
    frames(page)
    top = root.bounding_box()["y"]
    assert root.locator(".rnn-controls").bounding_box()["y"] - top < 400
    command = root.locator(".rnn-main code")
    assert command.text_content() == SpeedLadder().records[0]["command"]
    lines = command.locator("span").evaluate_all("all => all.map(word => word.getClientRects().length)")
    assert set(lines) == {1}
    heights = command.locator("span").evaluate_all("all => all.map(word => word.getBoundingClientRect().height)")
    assert max(heights) < 1.5 * min(heights)  # nor does one break within its box


@pytest.mark.browser
def test_a_click_marks_a_row(page):
    explorer = an_explorer()
    root = mount(page, explorer)
    root.locator(".rnn-rung").nth(5).click()
    explorer.marked = 5
    assert state(page)["marked"] == 5
    assert_shown(root, explorer)
    page.wait_for_function("() => document.querySelector('[role=status]').textContent.startsWith('Marked: nn.LSTM, ')")


@pytest.mark.browser
def test_the_marks_slider_passes_over_rows_without_a_time(page):
    explorer = SpeedLadder({"mine": a_record(kind="cuda", skip=ON_A_GPU)})
    root = mount(page, explorer)
    assert_shown(root, explorer)  # every ratio stands there, though the first rows have none
    mark = root.get_by_label("Marked row")
    for key, wanted in ((None, 2), ("ArrowRight", 3), ("ArrowRight", 5), ("ArrowLeft", 3), ("ArrowLeft", 2)):
        if key:
            mark.focus()
            page.keyboard.press(key)
            explorer.marked = wanted
        assert mark.get_attribute("aria-valuetext") == label_of(RUNGS[wanted][0])
        assert_shown(root, explorer)
    root.locator(".rnn-rung").first.click()
    assert state(page)["marked"] == 2
    assert "No GPU was at hand" not in root.text_content()


@pytest.mark.browser
def test_a_gpu_of_apples_is_a_gpu(page):
    root = mount(page, SpeedLadder({"mine": a_record(kind="mps")}))
    text = root.text_content()
    assert "mine (GPU)" in text and "GPU: device 0" in text and "No GPU was at hand" not in text


@pytest.mark.browser
def test_a_file_of_ones_own_is_read_in_the_page_and_refused_with_a_sentence(page, tmp_path):
    requests = []
    explorer = an_explorer()
    root = mount(page, explorer)
    page.on("request", lambda request: requests.append(request.url))
    good, bad = tmp_path / "mine.json", tmp_path / "other.json"
    good.write_text(json.dumps(a_record(7, "cuda")), "utf-8")
    bad.write_text('{"command": "x"}', "utf-8")
    root.get_by_text("More", exact=True).click()
    field = root.get_by_label("Load its file")

    field.set_input_files(bad)
    alert = root.get_by_role("alert")
    sentence = "other.json is not a speed record: it does not say its date, versions, settings, device, results."
    page.wait_for_function("() => document.querySelector('.rnn-refused').textContent !== ''")
    assert alert.text_content() == sentence
    assert state(page)["own"] is None

    field.set_input_files(good)
    page.wait_for_function("() => window.copies[0].model.get('own') !== null")
    explorer.own, explorer.device = json.loads(good.read_text("utf-8")), 1
    assert state(page) == explorer.state
    assert_shown(root, explorer)
    assert alert.text_content() == ""
    assert root.get_by_label("Measured on").locator("option").all_text_contents() == [
        "Machine 0 (CPU)",
        "Your record (GPU)",
    ]
    assert "GPU: device 7, driver 1.2" in root.locator("[data-chart=ladder]").text_content()
    assert "No GPU was at hand" not in root.text_content()

    root.get_by_role("button", name="Reset").click()
    explorer.reset()
    assert state(page) == explorer.state
    assert_shown(root, explorer)
    assert field.evaluate("field => field.files.length") == 0
    assert requests == []


@pytest.mark.browser
def test_says_whose_times_these_are_and_that_no_gpu_is_among_them(page):
    explorer = an_explorer(marked=2)
    root, now = mount(page, explorer), explorer.compute()
    frames(page)
    text = " ".join(" ".join(root.locator(".rnn-main").all_text_contents()).split())
    assert "CPU: device 0. Measured 2001-02-03." in text and "These times were made by made up for a test" in text
    assert "no GPU's times are shown" in text
    assert f"the fastest LSTM in float32 is {label_of(now['fastest'])} with" in text
    label = root.locator('[data-chart="ladder"]').get_attribute("aria-label")
    assert all(label_of(name) in label for name in now["rows"]) and "CUDA graph not measured" in label


# ---- The Python side -------------------------------------------------------------------------------------------


def test_traits_are_all_that_the_page_needs():
    explorer = an_explorer(devices=2)
    sent = traits(explorer)
    assert {"records", "labels", "initial", "ranges", "whole", "choices", *explorer.state} == set(sent) - {
        "tabbable",
        "tooltip",
    }
    assert json.loads(json.dumps(sent["records"])) == sent["records"]


def test_reset_goes_back_to_the_first_state():
    explorer = an_explorer(devices=2)
    first = explorer.state
    explorer.own, explorer.device, explorer.batch, explorer.marked = a_record(9), 2, 50, 3
    explorer.time = 100
    assert explorer.compute()["size"]["batch"] == 64
    explorer.reset()
    assert explorer.state == first == explorer.initial


def test_a_record_that_the_page_has_read_arrives_in_the_kernel_in_one_message():
    explorer = an_explorer()
    record, _ = read(json.dumps(a_record(9, "cuda")))
    explorer.set_state({"device": 1, "own": record})
    assert explorer.device == 1 and explorer.own == record
    assert explorer.compute()["rows"]["nn_lstm"]["median"] > 0
    explorer.set_state(explorer.initial)
    assert explorer.state == explorer.initial


def the_chapters_cell_for_a_gpu(**names):
    """Carry out the cell as it stands, but for small shapes; returns what it displayed."""
    [path] = (Path(__file__).parents[2] / "notebooks").glob("*_gpu_speed.ipynb")
    notebook = json.loads(path.read_text("utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    [source] = [source for source in sources if source.startswith("measured = ")]
    shown = []
    names |= {"devices": devices, "speed": speed, "SpeedLadder": SpeedLadder, "display": shown.append}
    names |= {"record": a_record(), "rungs": ["numpy_cell", "nn_lstm", "cuda_graph", "mingru_scan"]}
    exec(re.sub(r"shapes = .*", "shapes = [(2, 5, 3, 4), (1, 7, 3, 4)]", source), names)
    return shown


@pytest.mark.parametrize(("kind", "play"), [("cuda", play_cuda), ("mps", play_mps)])
def test_the_chapters_cell_for_a_gpu_saves_a_record_that_the_ladder_reads(tmp_path, monkeypatch, kind, play):
    play(monkeypatch)
    limits = a_record()["limits"] | {"launch": 1e-7}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(speed, "limits", lambda device: limits)
    with OnTheCPU(kind):
        [ladder] = the_chapters_cell_for_a_gpu()
    saved = speed.read_record(tmp_path / "my_gpu.json")
    assert len(saved["results"]) == 8 and saved["limits"] == limits and saved["device"]["kind"] == kind
    record, refusal = read((tmp_path / "my_gpu.json").read_text("utf-8"))
    assert refusal is None and ladder.device == 1
    assert ladder.records[1]["results"] == record["results"]
    assert ladder.compute()["marked"] == "nn_lstm"  # NumPy's rung, the first, has no time there


def test_the_chapters_cell_says_which_gpu_it_does_not_measure(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for module in (torch.cuda, torch.backends.mps, torch.xpu):
        monkeypatch.setattr(module, "is_available", lambda: False)
    assert the_chapters_cell_for_a_gpu() == [] and "GPUs here: none." in capsys.readouterr().out
    play_xpu(monkeypatch)
    assert the_chapters_cell_for_a_gpu() == [] and "GPUs here: Intel Arc (xpu)." in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_the_name_shows_no_address():
    assert repr(an_explorer(devices=2)) == "SpeedLadder(Machine 0, Machine 1)"
