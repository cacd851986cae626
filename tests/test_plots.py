"""The pictures say what they show: their text, their data and their colours are held to numbers from elsewhere."""

import io
import re
from html.parser import HTMLParser
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from rnn_course import plots
from rnn_course.cells import GRU, LSTM, SimpleRNN
from rnn_course.data import Series
from rnn_course.picture import CSS_PIXELS, CYCLE, RC, WIDTH
from rnn_course.scan import scan
from rnn_course.training import History


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def history(train, validation=(), stopped="finished"):
    return History(device="cpu", train_loss=list(train), validation_loss=list(validation), stopped=stopped)


def pixels(picture):
    return plt.imread(io.BytesIO(picture.png))


def images(html):
    """The attributes of each <img>, as a browser's parser reads them."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


# -- Picture --------------------------------------------------------------------------------------------------------


def test_picture_is_one_image_with_its_text_and_closes_the_figure():
    figure = plt.figure()
    text = 'loss < 0.1 & "best" <script>'
    picture = plots.Picture(figure, text, width=321)
    assert not plt.fignum_exists(figure.number)
    [(tag, attributes)] = images(picture._repr_html_())
    assert (tag, attributes["alt"], attributes["width"]) == ("img", text, "321")
    assert "max-width:100%;height:auto" in attributes["style"]
    assert repr(picture) == picture.alt == text and picture.figure is figure


def test_picture_is_a_png_of_144_dots_an_inch_at_its_own_width(tmp_path):
    figure = Figure(figsize=(4, 3))
    figure.add_axes((0, 0, 1, 1)).axis("off")
    picture = plots.Picture(figure, "a line")
    height, width, _ = pixels(picture).shape
    assert (width, height) == pytest.approx((4.16 * 144, 3.16 * 144), abs=1)  # with 0.08 inches on each side
    [(_, attributes)] = images(picture._repr_html_())
    assert int(attributes["width"]) == round(width / 1.5)
    picture.save(tmp_path / "line.png")
    assert (plt.imread(tmp_path / "line.png") == pixels(picture)).all()
    picture.save(tmp_path / "line.svg")
    assert "<svg" in (tmp_path / "line.svg").read_text()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((Figure(), ""), ValueError, "alt is empty"),
        ((Figure(), " \n"), ValueError, "alt is empty"),
        ((Figure(), None), TypeError, "alt is a NoneType"),
        (("figure", "text"), TypeError, "figure is a str"),
        ((Figure(), "text", 0), ValueError, "width is 0, it must be at least 1"),
    ],
)
def test_picture_refuses(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        plots.Picture(*arguments)


def test_no_figure_changes_the_readers_settings(rng):
    before = dict(mpl.rcParams)
    plots.bars({"LSTM": rng.random(3)}, "error").png  # noqa: B018  (drawing is what is tested)
    plots.cell_diagram("gru").png  # noqa: B018
    assert dict(mpl.rcParams) == before and not plt.get_fignums()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.bars({"LSTM": [1.0, 2.0]}, "error"),
        lambda: plots.series(Series("s", [1.0, np.nan, 2, 4], np.arange(4), ("a",), ("",))),
        lambda: plots.loss_curves(history([3.0, 1], [2, 2])),
        lambda: plots.unrolled(1),
    ],
)
def test_the_readers_style_does_not_change_a_figure(draw):
    usual = draw().png
    with plt.style.context("dark_background"):
        assert draw().png == usual


# -- figures of a notebook's own ------------------------------------------------------------------------------------


def test_a_figure_of_ones_own_looks_like_the_courses_whatever_the_readers_style(rng):
    values = rng.normal(size=9)

    def draw():
        with plots.figure(height=3) as (fig, ax):
            ax.plot(values, label="a")
            ax.hist(values, label="b")
            ax.set(xlabel="step", title="own")
        return plots.Picture(fig, "own").png

    usual, before = draw(), dict(mpl.rcParams)
    assert not plt.get_fignums()
    with plt.style.context("dark_background"):
        assert draw() == usual
    with pytest.raises(RuntimeError), plots.figure():
        raise RuntimeError("in the reader's own lines")
    assert dict(mpl.rcParams) == before


def test_a_figure_has_one_legend_below_all_its_axes():
    with plots.figure(height=4, rows=2, sharex=True) as (fig, axes):
        for k, ax in enumerate(axes):
            ax.plot([0, 1], [k, 2], label="both")
        axes[1].plot([0, 1], [3, 4], label="below only")
        axes[1].plot([0, 1], [5, 5])
    [legend] = fig.legends
    assert [text.get_text() for text in legend.get_texts()] == ["both", "below only"]
    plots.Picture(fig, "two panels").png  # noqa: B018  (the places are known after drawing)
    fig.draw_without_rendering()
    assert legend.get_window_extent().y1 <= axes[1].get_window_extent().y0
    with plots.figure() as (fig, ax):
        ax.plot([0, 1])
    assert not fig.legends


@pytest.mark.parametrize("number", [1, 2, 4, 6])
def test_a_legend_takes_the_rows_it_needs_and_no_more_width(number):
    picture = plots.lines([0, 1], {f"the {k}th of several methods": [k, 2] for k in range(number)})
    [legend] = picture.figure.legends
    assert len(legend.get_texts()) == number
    assert pixels(picture).shape[1] <= (WIDTH + 0.16) * RC["savefig.dpi"] + 1


def test_figure_refuses_rows_that_are_no_number():
    with pytest.raises(ValueError, match="rows is 0, it must be at least 1"), plots.figure(rows=0):
        pass


PHONE = 360 - 2 * 16 - 2 * 4  # pixels for a picture: a page 360 wide less its margins and the picture's padding


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plots.task_shapes(),
        lambda: plots.unrolled(4),
        lambda: plots.cell_diagram("simple_rnn"),
        lambda: plots.cell_diagram("lstm"),
        lambda: plots.cell_diagram("gru"),
        lambda: plots.bars({"the long name of a method": [1.0, 2.0], "b": [1.0]}, "error"),
        lambda: plots.series(Series("s", [1.0, np.nan, 2, 4], np.arange(4), ("a",), ("",))),
        lambda: plots.loss_curves({"LSTM": history([3.0, 1], [2, 2]), "GRU": history([3.0, 1], [2, 2])}),
        lambda: plots.gates(LSTM(2, 3).trace(np.ones((1, 4, 2)))),
    ],
)
def test_no_text_is_below_nine_pixels_on_a_phone(draw):
    picture = draw()
    inches = pixels(picture).shape[1] / RC["savefig.dpi"]
    scale = min(1, PHONE / (inches * CSS_PIXELS))
    sizes = {text.get_fontsize() for text in picture.figure.findobj(Text) if text.get_text()}
    assert min(sizes) * CSS_PIXELS / 72 * scale >= 9


# -- colours --------------------------------------------------------------------------------------------------------

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
# Machado, Oliveira and Fernandes 2009, deuteranopia at full severity, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
)


def linear(colour):
    value = np.array(mpl.colors.to_rgb(colour))
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    x, y, z = np.cbrt(TO_XYZ @ np.clip(rgb, 1e-4, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", sorted({*plots.COLOURS.values(), *(style["color"] for style in CYCLE)}))
def test_lines_have_contrast_on_white(colour):
    assert 1.05 / (TO_XYZ[1] @ linear(colour) + 0.05) >= 3


@pytest.mark.parametrize(
    "symbols", [("i", "f", "C_tilde", "o", "C", "h", "x"), ("r", "z", "n", "h", "x"), ("x", "a", "h")]
)
@pytest.mark.parametrize("eye", [np.eye(3), DEUTERANOPIA], ids=["full colour", "deuteranopia"])
def test_symbols_of_one_cell_can_be_told_apart(symbols, eye):
    for a, b in combinations(symbols, 2):
        assert np.linalg.norm(lab(eye @ linear(plots.COLOURS[a])) - lab(eye @ linear(plots.COLOURS[b]))) > 12, (a, b)


def test_colour_is_never_the_only_sign():
    assert plots.STYLES.keys() == plots.COLOURS.keys()
    for symbols in (("i", "f", "C_tilde", "o", "C", "h", "x"), ("r", "z", "n", "h", "x"), ("train", "validation")):
        assert len({str(plots.STYLES[s]) for s in symbols}) == len(symbols)
    for key in ("color", "linestyle", "marker"):
        assert len({str(style[key]) for style in CYCLE}) == len(CYCLE)


# -- series and forecasts -------------------------------------------------------------------------------------------


def test_series_shades_what_is_missing_and_says_so():
    values = np.array([[3.0, 1], [np.nan, 1], [np.nan, 2], [5, 2], [4, 2], [np.nan, 7], [8, 0]])
    years = 1900 + np.arange(7)
    picture = plots.series(Series("tide", values, years, ("level", "wind"), ("m", "")))
    top, bottom = picture.figure.axes
    [bars] = [c for c in top.collections if c.get_hatch()]
    assert [path.get_extents().intervalx.tolist() for path in bars.get_paths()] == [[1900.5, 1902.5], [1904.5, 1905.5]]
    assert not bottom.collections
    np.testing.assert_array_equal(top.lines[0].get_ydata(), values[:, 0])
    assert picture.alt == (
        "Series tide: 7 steps from 1900 to 1906. level (m) ranges from 3 to 8 with mean 5, 3 values missing in 2 "
        "shaded stretches, the longest of 2 steps; wind ranges from 0 to 7 with mean 2.143, nothing missing."
    )


def test_a_value_between_two_gaps_is_drawn_as_a_point():
    picture = plots.series(Series("s", [1.0, np.nan, 2, np.nan, 3, 4], np.arange(6), ("a",), ("",)))
    assert picture.figure.axes[0].lines[0].get_markevery() == [0, 2]


def test_series_with_dates_shades_half_a_step_to_either_side():
    days = np.datetime64("2013-01-01") + np.arange(4)
    picture = plots.series(Series("s", [1.0, np.nan, 2, 4], days, ("a",), ("",)))
    [bars] = picture.figure.axes[0].collections
    first = mpl.dates.date2num(days[0])
    np.testing.assert_allclose(bars.get_paths()[0].get_extents().intervalx, [first + 0.5, first + 1.5])
    assert pixels(picture).shape[2] == 4


def test_series_without_a_value_is_refused():
    with pytest.raises(ValueError, match="channel 'b' has no value at all"):
        plots.series(Series("s", [[1.0, np.nan], [2, np.nan]], [0, 1], ("a", "b"), ("", "")))


def test_forecast_counts_errors_from_the_split_on(rng):
    times = np.arange(1990, 2002)
    truth, lstm = rng.normal(size=(2, 12))
    late = lstm.copy()
    late[:9] = np.nan
    picture = plots.forecast(times, truth, {"LSTM": lstm, "late": late}, split=1996)
    assert f"from the split at 1996 on: LSTM {np.abs(lstm - truth)[6:].mean():.3g} over 6 steps" in picture.alt
    assert f"late {np.abs(lstm - truth)[9:].mean():.3g} over 3 steps" in picture.alt
    [ax] = picture.figure.axes
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), lstm)
    assert ax.lines[3].get_xdata()[0] == 1996 and ax.texts[0].get_text() == "split 1996"


def test_forecast_that_meets_no_truth_says_so():
    picture = plots.forecast([0, 1, 2], [1, 2, np.nan], {"a": [np.nan, np.nan, 3]}, split=1)
    assert "a unknown, no truth to compare" in picture.alt
    assert picture.figure.axes[0].lines[1].get_markevery() == [0, 1, 2]


def test_forecast_takes_dates_and_holes_in_the_truth(rng):
    times = np.datetime64("2000-01-01") + 7 * np.arange(9)
    truth = rng.normal(size=9)
    truth[[2, 7]] = np.nan
    picture = plots.forecast(times, truth, {"zero": np.zeros(9)}, split="2000-01-29")
    assert f"zero {np.nanmean(np.abs(truth[4:])):.3g} over 4 steps" in picture.alt
    assert "from 2000-01-01 to 2000-02-26" in picture.alt
    assert pixels(picture).shape[2] == 4


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"truth": [1.0, 2]}, r"truth has shape \(2,\), wanted \(time=3\)"),
        ({"forecasts": {"a": [1.0, 2]}}, r"forecasts\['a'\] has shape \(2,\)"),
        ({"forecasts": {}}, "forecasts is empty"),
        ({"truth": [1, np.inf, 2]}, r"truth has inf at \[1\]"),
        ({"forecasts": {"a": [np.nan] * 3}}, "has no value at all"),
        ({"times": [], "truth": []}, "no axis of"),
        ({"times": [0, 2, 1]}, "times must increase"),
        ({"forecasts": {k: [1.0, 2, 2] for k in "abcdefg"}}, "forecasts has 7 entries, at most 6"),
        ({"split": 9}, "split is 9, it must lie between 0 and 2"),
    ],
)
def test_forecast_refuses(change, sentence):
    arguments = {"times": [0, 1, 2], "truth": [1.0, 2, 3], "forecasts": {"a": [1.0, 2, 2]}} | change
    with pytest.raises(ValueError, match=sentence):
        plots.forecast(**arguments)


# -- training -------------------------------------------------------------------------------------------------------


def test_loss_curves_say_where_the_best_epoch_is():
    picture = plots.loss_curves(history([0.9, 0.4, 0.1, 0.05], [1.0, 0.5, 0.07, 0.2]))
    assert picture.alt == (
        "Loss curves on a logarithmic axis: training loss goes from 0.9 to 0.05 over 4 epochs, "
        "lowest validation loss 0.07 at epoch 3 (marked)."
    )
    [ax] = picture.figure.axes
    train, validation, best = ax.lines
    assert ax.get_yscale() == "log" and train.get_xydata().tolist() == [[1, 0.9], [2, 0.4], [3, 0.1], [4, 0.05]]
    assert validation.get_ydata().tolist() == [1.0, 0.5, 0.07, 0.2]
    assert best.get_xydata().tolist() == [[3, 0.07]]


def test_loss_curves_of_several_trainings_differ_in_more_than_colour():
    picture = plots.loss_curves({"LSTM": history([0.9, 0.5]), "GRU": history([0.8, -0.25], [0.7, 0.6])})
    assert picture.alt == (
        "Loss curves on a linear axis: LSTM training loss goes from 0.9 to 0.5 over 2 epochs; GRU training loss goes "
        "from 0.8 to -0.25 over 2 epochs, lowest validation loss 0.6 at epoch 2 (marked)."
    )
    lstm, gru, validation, _ = picture.figure.axes[0].lines
    assert lstm.get_color() != gru.get_color() and lstm.get_marker() != gru.get_marker()
    assert gru.get_color() == validation.get_color() and gru.get_linestyle() != validation.get_linestyle()


@pytest.mark.parametrize(
    ("histories", "sentence"),
    [
        ({}, "histories is empty"),
        (history([]), "no axis of"),
        (history([0.5, np.nan]), r"train_loss has nan at \[1\]"),
        (history([0.5, 0.4], [0.3]), r"validation_loss has shape \(1,\), wanted \(epoch=2\)"),
    ],
)
def test_loss_curves_refuse(histories, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.loss_curves(histories)


@pytest.fixture
def shown(monkeypatch):
    """What a notebook would have received: ("display" or "update", picture)."""
    log = []

    class Handle:
        def update(self, picture):
            log.append(("update", picture))

    def display(picture, display_id):
        assert display_id is True
        log.append(("display", picture))
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    return log


def test_live_loss_redraws_one_figure_four_times_a_second(shown):
    now = [100.0]
    live = plots.LiveLoss(clock=lambda: now[0])
    running = history([], stopped="running")
    for epoch in range(100):  # ten seconds of epochs that take a tenth of a second
        running.train_loss.append(1 / (epoch + 1))
        live(running)
        now[0] += 0.1
    kinds = [kind for kind, _ in shown]
    assert kinds[0] == "display" and set(kinds[1:]) == {"update"}
    assert len(kinds) == 34  # every third epoch: 0, 0.3, 0.6 … seconds
    assert len({id(picture.figure) for _, picture in shown}) == 1
    assert "over 100 epochs" in shown[-1][1].alt and len(shown[-1][1].figure.axes[0].lines) == 1
    assert not plt.get_fignums()


def test_live_loss_draws_the_end_at_once_and_then_starts_anew(shown):
    live = plots.LiveLoss(clock=lambda: 5.0)
    live(history([0.5], stopped="running"))
    live(history([0.5, 0.4], stopped="running"))
    live(history([0.5, 0.4, 0.3], stopped="patience"))
    live(history([0.9], stopped="running"))
    assert [kind for kind, _ in shown] == ["display", "update", "display"]
    assert "over 3 epochs" in shown[1][1].alt


def test_live_loss_leaves_four_fifths_of_the_time_to_training(shown, monkeypatch):
    now = [0.0]
    live = plots.LiveLoss(clock=lambda: now[0])
    draw = live._show

    def slow(picture):
        now[0] += 0.5
        draw(picture)

    monkeypatch.setattr(live, "_show", slow)
    running = history([0.5], stopped="running")
    live(running)
    now[0] = 2.4
    live(running)
    assert len(shown) == 1
    now[0] = 2.5
    live(running)
    assert len(shown) == 2


def test_gradient_norms_leave_gaps_for_zeros_and_say_so():
    picture = plots.gradient_norms({"LSTM": [1.0, 0.5, 0.25], "simple RNN": [2.0, 0, 0.125]})
    [ax] = picture.figure.axes
    assert ax.get_yscale() == "log"
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [2, np.nan, 0.125])
    assert "simple RNN (1 zero not shown)" in [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert picture.alt == (
        "Norms of gradients on a logarithmic axis: LSTM goes from 1 to 0.25 over 3 steps; "
        "simple RNN goes from 2 to 0.125 over 3 steps (1 zero not shown)."
    )


def test_norms_between_zeros_are_drawn_as_points():
    norms = np.ones(40)
    norms[[30, 32]] = 0
    [line] = plots.gradient_norms({"a": norms}).figure.axes[0].lines
    assert 31 in line.get_markevery()


def test_what_needs_names_refuses_a_bare_list():
    for draw in (plots.gradient_norms, lambda values: plots.bars(values, "error")):
        with pytest.raises(TypeError, match="is a list, it must be a dictionary"):
            draw([1.0, 2.0])


@pytest.mark.parametrize(
    ("norms", "sentence"),
    [
        ({}, "norms is empty"),
        ({"a": []}, "no axis of"),
        ({"a": [1, np.nan]}, r"norms\['a'\] has nan at \[1\]"),
        ({"a": [1.0, 2, -3]}, r"norms\['a'\] has -3 at 2, a norm cannot be negative"),
    ],
)
def test_gradient_norms_refuse(norms, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.gradient_norms(norms)


# -- gates and comparisons ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (LSTM, ["i", "f", "o", "C_tilde", "C", "h"]),
        (GRU, ["r", "z", "n", "h"]),
        (SimpleRNN, ["a", "h"]),
    ],
)
def test_gates_draw_the_trace_of_one_sequence(cell, names, rng):
    trace = cell(3, 5, seed=2).trace(2 * rng.normal(size=(4, 11, 3)))
    picture = plots.gates(trace, sequence=2)
    meshes = [ax.collections[0] for ax in picture.figure.axes if ax.get_ylabel() == "unit"]
    assert len(meshes) == len(names)
    for mesh, name in zip(meshes, names, strict=True):
        values = trace[name][2]
        np.testing.assert_array_equal(mesh.get_array(), values.T)
        low, high = mesh.get_clim()
        assert (low, high) == ((0, 1) if name in "ifrzo" else (-np.abs(values).max(), np.abs(values).max()))
        assert f" {name} from {values.min():.2g} to {values.max():.2g}, mean {values.mean():.2g}" in picture.alt
    assert picture.alt.startswith("Heat maps of 5 units over 11 steps, 0 to 10.")


@pytest.mark.parametrize("steps", [1, 6])
def test_gates_lie_at_their_times(steps, rng):
    days = np.datetime64("1958-03-29") + 7 * np.arange(steps)
    picture = plots.gates(GRU(2, 1, seed=2).trace(rng.normal(size=(1, steps, 2))), times=days)
    edges = picture.figure.axes[0].collections[0].get_coordinates()[0, :, 0]
    np.testing.assert_allclose((edges[1:] + edges[:-1]) / 2, mpl.dates.date2num(days))
    assert pixels(picture).shape[2] == 4


def trace(**fields):
    return type("Trace", (), fields)()


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ((trace(),), TypeError, "trace is a Trace with none of the fields i, f"),
        ((trace(i=np.ones((2, 3, 4)), h=np.ones((2, 3, 5))),), ValueError, r"trace.h has shape \(2, 3, 5\)"),
        ((trace(h=np.ones((2, 3))),), ValueError, r"trace.h has shape \(2, 3\), wanted \(batch, time, hidden\)"),
        ((trace(h=np.full((1, 2, 3), np.nan)),), ValueError, r"trace.h has nan at \[0, 0, 0\]"),
        ((trace(h=np.ones((2, 3, 4))), None, 2), ValueError, "sequence is 2, this trace has sequences 0 to 1"),
        ((trace(h=np.ones((2, 3, 4))), ["a", "b", "c"]), TypeError, "times has dtype <U1"),
        ((trace(h=np.ones((2, 3, 4))), [0, 1]), ValueError, r"times has shape \(2,\), wanted \(time=3\)"),
    ],
)
def test_gates_refuse(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        plots.gates(*arguments)


def overlaps(picture, labels):
    """The pairs of texts that lie on each other where the picture is drawn."""
    with mpl.rc_context(RC):
        picture.figure.draw_without_rendering()
        places = [(label.get_text(), label.get_window_extent()) for label in labels]
    return [(a, b) for (a, here), (b, there) in combinations(places, 2) if here.overlaps(there)]


@pytest.mark.parametrize("years", [1, 9, 44])
def test_dates_on_an_axis_do_not_touch(years):
    times = np.datetime64("1958-03-29") + np.arange(0, 365 * years, 7)
    picture = plots.lines(times, {"x": np.arange(len(times))})
    picture.figure.draw_without_rendering()
    shown = [label for label in picture.figure.axes[0].get_xticklabels() if label.get_text()]
    assert len(shown) >= 3 and not overlaps(picture, shown)


@pytest.mark.parametrize("number", [2, 10])
@pytest.mark.parametrize("name", ["LSTM", "a bidirectional LSTM with dropout, trained twice"])
def test_names_of_bars_do_not_overlap(number, name):
    table = {f"{name} {k}": [k + 1.0, k + 2.0] for k in range(number)}
    picture = plots.bars(table, "error")
    [ax] = picture.figure.axes
    assert pixels(picture).shape[1] <= (WIDTH + 0.16) * RC["savefig.dpi"] + 1
    names = ax.get_yticklabels()
    assert [label.get_text().replace("\n", " ") for label in names] == list(table)
    assert not overlaps(picture, [*names, ax.xaxis.label])
    assert names[0].get_window_extent().y0 > names[-1].get_window_extent().y1  # the first stands on top


def test_bars_show_the_mean_its_spread_and_each_seed():
    picture = plots.bars({"LSTM": [0.5, 0.7, 0.3], "naive": [0.8]}, "mean absolute error")
    assert picture.alt == (
        "Bars of mean absolute error, mean ± standard deviation: LSTM 0.5 ± 0.2 over 3 seeds; naive 0.8 over 1 seed."
    )
    [ax] = picture.figure.axes
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.5, 0.8])
    assert len({bar.get_hatch() for bar in ax.patches}) == 2
    points = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "o"]
    assert points == [[0.5, 0.7, 0.3], [0.8]]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [({}, "table is empty"), ({"a": []}, "no axis of"), ({"a": [1.0, np.nan]}, r"table\['a'\] has nan at \[1\]")],
)
def test_bars_refuse(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        plots.bars(table, "error")


# -- diagrams -------------------------------------------------------------------------------------------------------


def texts(picture):
    return [text for text in picture.figure.axes[0].texts if text.get_text()]


@pytest.mark.parametrize(
    ("cell", "equation"),
    [
        ("simple_rnn", "h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h)"),
        ("lstm", "C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t, h_t = o_t ⊙ tanh(C_t)"),
        ("gru", "n_t = tanh(W_xn x_t + b_n + r_t ⊙ (W_hn h_{t−1} + b_hn)), h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}"),
    ],
)
def test_a_cell_diagram_says_its_equations_and_its_labels_do_not_overlap(cell, equation):
    picture = plots.cell_diagram(cell)
    assert equation in picture.alt and pixels(picture).shape[2] == 4
    assert len(texts(picture)) >= 6 and not overlaps(picture, texts(picture))


def test_task_shapes_have_their_inputs_and_outputs_where_the_text_says():
    picture = plots.task_shapes()
    labels = [text.get_text() for text in texts(picture)]
    assert not overlaps(picture, texts(picture)) and pixels(picture).shape[2] == 4
    names = ["one-to-one", "one-to-many", "many-to-one", "many-to-many, aligned", "encoder–decoder"]
    panels = [labels.index(name) for name in names] + [labels.index("input") - 1]
    wanted = [("1", "1"), ("1", "1234"), ("1234", "4"), ("1234", "1234"), ("12", "345")]
    for start, stop, (reads, writes) in zip(panels, panels[1:], wanted, strict=False):
        inside = " ".join(labels[start:stop])
        assert "".join(re.findall(r"\$x_(\d)\$", inside)) == reads
        assert "".join(re.findall(r"\$y_(\d)\$", inside)) == writes
    assert "outputs at steps 3 to 5, fed back" in picture.alt


def test_the_unrolled_network_passes_on_its_state():
    picture = plots.unrolled(3)
    labels = " ".join(text.get_text() for text in texts(picture))
    assert re.findall(r"\$(h_\d)\$", labels) == ["h_0", "h_1", "h_2", "h_3"]
    assert re.findall(r"\$(x_\d)\$", labels) == ["x_1", "x_2", "x_3"]
    assert labels.count("$W_h$") == 4  # once at each step and once in the line that says that they are the same
    assert "over 3 steps" in picture.alt and "from h_0 on the left to h_3 on the right" in picture.alt


@pytest.mark.parametrize(
    ("draw", "argument", "error", "sentence"),
    [
        (plots.cell_diagram, "rnn", ValueError, "cell is 'rnn', it must be one of 'simple_rnn', 'lstm', 'gru'"),
        (plots.unrolled, 0, ValueError, "time is 0, it must be at least 1"),
        (plots.unrolled, 99, ValueError, "time is 99, at most 5 steps"),
        (plots.unrolled, 2.5, TypeError, "time is 2.5, it must be a whole number"),
    ],
)
def test_diagrams_refuse(draw, argument, error, sentence):
    with pytest.raises(error, match=sentence):
        draw(argument)


def test_lines_says_first_last_and_range_of_each_curve():
    picture = plots.lines([0.0, 0.5, 2.0], {"up": [1, 2, 4], "holed": [np.nan, 3, -1]}, xlabel="shift", ylabel="error")
    assert (
        picture.alt
        == "error over shift, 0.0 to 2.0. up from 1 to 4, between 1 and 4; holed from 3 to -1, between -1 and 3."
    )
    drawn = {line.get_label(): line.get_ydata() for line in picture.figure.axes[0].lines}
    assert list(drawn["up"]) == [1, 2, 4] and picture.figure.axes[0].get_xlabel() == "shift"
    with pytest.raises(ValueError, match="curves"):
        plots.lines([0, 1], {"up": [1, 2, 4]})
    with pytest.raises(TypeError, match="curves is a list"):
        plots.lines([0, 1], [[1, 2]])


# -- missing values -------------------------------------------------------------------------------------------------


def test_holes_are_where_the_values_are_missing_and_are_counted():
    values = np.arange(21.0).reshape(7, 3)
    values[[1, 2, 5], 0] = values[6, 2] = np.nan
    times = np.datetime64("2013-01-01T00") + np.arange(7)
    picture = plots.holes(Series("s", values, times, ("a", "b", "c"), ("", "", "")))
    assert picture.alt == (
        "Where s is missing, 7 steps from 2013-01-01T00 to 2013-01-01T06, a bar for each gap. Values missing: "
        "a 3 in 2 gaps, the longest of 2 steps; b 0; c 1 in 1 gap, the longest of 1 step."
    )
    [ax] = picture.figure.axes
    bars = [[path.get_extents() for path in collection.get_paths()] for collection in ax.collections]
    hours = [[((bar.x0 - mpl.dates.date2num(times[0])) * 24, bar.width * 24, bar.y0) for bar in row] for row in bars]
    np.testing.assert_allclose(hours[0], [(0.5, 2, -0.35), (4.5, 1, -0.35)])
    np.testing.assert_allclose(hours[2], [(5.5, 1, 1.65)])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"] and not hours[1]


def test_fills_are_drawn_in_the_gaps_and_scored_where_the_truth_is_known():
    truth = np.array([1.0, 2, 4, np.nan, 5, 5, 7, 8])
    missing = np.array([False, False, True, True, False, False, True, False])
    line = np.array([1.0, 2, 3, 4, 5, 5, 9, 8])
    picture = plots.fills(np.arange(8), truth, missing, {"line": line, "zero": np.zeros(8)}, ylabel="level (m)")
    assert picture.alt == (
        "level (m) from 0 to 7 with 2 shaded gaps of 1 to 2 steps. Mean absolute error in the gaps: line 1.5; zero 5.5."
    )
    drawn = {curve.get_label(): curve.get_ydata() for curve in picture.figure.axes[0].lines}
    np.testing.assert_array_equal(drawn["line"], [np.nan, 2, 3, 4, 5, 5, 9, 8])
    unknown = plots.fills(np.arange(3), [1, np.nan, 3], [False, True, False], {"line": [1.0, 2, 3]})
    assert "line unknown" in unknown.alt


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"missing": [False] * 3}, "missing must be True where"),
        ({"missing": [0, 1, 0]}, "missing must be True where"),
        ({"missing": [True]}, r"missing has shape \(1,\), wanted \(time=3\)"),
        ({"filled": {"a": [1.0, np.nan, 2]}}, r"filled\['a'\] in the gaps has nan at \[1\]"),
        ({"filled": {}}, "filled is empty"),
    ],
)
def test_fills_refuse(change, sentence):
    arguments = {
        "times": [0, 1, 2],
        "truth": [1.0, 2, 3],
        "missing": [False, True, False],
        "filled": {"a": [1.0, 2, 2]},
    }
    with pytest.raises(ValueError, match=sentence):
        plots.fills(**(arguments | change))


# -- speed ----------------------------------------------------------------------------------------------------------


def a_result(rung, median, model="LSTM", **more):
    spread = {"median": median, "low": median and 0.8 * median, "high": median and 1.3 * median}
    return (
        {"rung": rung, "model": model, "batch": 3, "time": 7, "input": 2, "hidden": 5, "skipped": None} | spread | more
    )


RESULTS = [
    a_result("cell_loop", 0.25),
    a_result("cuda_graph", None, skipped="a CUDA graph needs a GPU"),
    a_result("nn_lstm", 0.00125),
    a_result("mingru_scan", 0.0008, model="minGRU"),
]


@pytest.mark.parametrize(("size", "moments"), [(2, 4), (3, 7), (4, 10)])
def test_the_dependency_chain_shows_every_step_once_as_the_scan_walks(size, moments):
    picture = plots.dependency_chain(size)
    assert f"By a loop each step waits for the one before: {size * size} moments" in picture.alt
    counted, time = [], size * size
    a, b = np.ones((time, 1)), np.ones((time, 1))
    scan(a, b, np.zeros(1), np.empty_like(b), multiply_add=lambda *arrays: counted.append(1))
    assert len(counted) == moments  # what scan.scan does one after another
    assert f"{moments} moments in all" in picture.alt and not overlaps(picture, texts(picture))
    places = {}
    for text in texts(picture):
        if re.fullmatch(r"\d+", text.get_text()):
            x, y = text.get_position()
            places.setdefault(int(text.get_text()), []).append((round(x, 3), round(y, 3)))
    assert sorted(places) == list(range(1, time + 1))
    starts = {block * size + 1 for block in range(size)}
    assert all(len(found) == (2 if step in starts else 3) for step, found in places.items())
    loop = [max(found, key=lambda place: place[1]) for _, found in sorted(places.items())]
    assert len({y for _, y in loop}) == 1 and [x for x, _ in loop] == sorted(x for x, _ in loop)


def test_the_ladder_draws_medians_and_quartiles_and_says_what_was_not_measured():
    picture = plots.ladder(RESULTS)
    (ax,) = picture.figure.axes
    ends = [bar.get_x() + bar.get_width() for bar in ax.patches]
    assert ends == pytest.approx([0.25, 0.00125, 0.0008]) and ax.get_xscale() == "log"
    assert "at batch 3, 7 steps, input 2, hidden 5" in picture.alt
    assert "a loop over nn.LSTMCell 250 ms (200 ms to 325 ms)" in picture.alt
    assert "that loop as a CUDA graph not measured: a CUDA graph needs a GPU" in picture.alt
    assert "nn.LSTM 1.25 ms" in picture.alt and "minGRU by a scan 800 µs" in picture.alt
    rows = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert rows[0] == "a loop over nn.LSTMCell" and len(rows) == 4
    assert [text.get_text() for text in ax.texts] == ["not measured"]
    assert plots.ladder(RESULTS, {"nn_lstm": "mine"}).alt.count("mine") == 1


def test_scaling_draws_a_curve_a_rung_over_one_size():
    results = [a_result("nn_lstm", 0.002 * batch, batch=batch) for batch in (16, 1, 64)]
    results += [a_result("cell_loop", 0.4, batch=16), a_result("cuda_graph", None, batch=1)]
    picture = plots.scaling(results, "batch")
    assert "nn.LSTM from 2 ms at 1 to 128 ms at 64" in picture.alt
    (ax,) = picture.figure.axes
    curve = ax.lines[0]
    assert list(curve.get_xdata()) == [1, 16, 64] and list(curve.get_ydata()) == [0.002, 0.032, 0.128]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_each_roof_has_its_ridge_where_slope_and_peak_meet():
    points = {"low": (0.5, 5e9), "high": (30.0, 3e10)}
    picture = plots.roofline(6e10, {"cache": 4e10, "memory": 2e10}, points)
    (ax,) = picture.figure.axes
    for line, bandwidth in zip(ax.lines, (4e10, 2e10), strict=False):
        x, y = line.get_data()
        np.testing.assert_allclose(y, np.minimum(6e10, bandwidth * x), rtol=1e-12)
    assert [tuple(line.get_xydata()[0]) for line in ax.lines[2:]] == list(points.values())
    assert len({line.get_marker() for line in ax.lines[2:]}) == 2
    assert "flat at 6e+10 operations per second" in picture.alt
    assert "memory rises with 2e+10 bytes per second up to 3 operations per byte" in picture.alt
    assert "low at 0.5 operations per byte 5e+09 per second" in picture.alt


@pytest.mark.parametrize(
    ("draw", "error", "sentence"),
    [
        (lambda: plots.dependency_chain(5), ValueError, "size is 5, at most 4"),
        (lambda: plots.dependency_chain(1), ValueError, "size is 1, it must be at least 2"),
        (lambda: plots.ladder([]), ValueError, "results is empty"),
        (lambda: plots.ladder([3]), TypeError, r"results\[0\] is no result of speed.measure"),
        (lambda: plots.ladder(RESULTS[1:2]), ValueError, "results has no time"),
        (lambda: plots.ladder([*RESULTS, a_result("nn_lstm", 1.0, batch=4)]), ValueError, "results has 2 shapes"),
        (lambda: plots.scaling(RESULTS, "size"), ValueError, "against is 'size', it must be one of"),
        (
            lambda: plots.scaling([*RESULTS, a_result("nn_lstm", 1.0, batch=4)], "time"),
            ValueError,
            "results has more than one batch, against='time' wants one",
        ),
        (lambda: plots.roofline(0, {"memory": 1e9}, {"a": (1, 1)}), ValueError, "peak is 0, it must be positive"),
        (lambda: plots.roofline(1e9, 1e9, {"a": (1, 1)}), TypeError, "bandwidths is a float"),
        (
            lambda: plots.roofline(1e9, {"memory": 1e9}, {"a": (1, 0)}),
            ValueError,
            r"points\['a'\] is \(1, 0\), both numbers",
        ),
        (lambda: plots.roofline(1e9, {"memory": 1e9}, {}), ValueError, "points is empty"),
    ],
)
def test_speed_figures_refuse(draw, error, sentence):
    with pytest.raises(error, match=sentence):
        draw()
