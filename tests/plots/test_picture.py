"""A Picture says what it shows; the style of all figures is legible and never tells by colour alone."""

from io import BytesIO
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from figures import history, images, pixels
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from rnn_course import plots
from rnn_course.cells import LSTM
from rnn_course.data import Series
from rnn_course.plots.picture import CSS_PIXELS, CYCLE, RC, WIDTH


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
    assert Image.open(BytesIO(picture.png)).info["dpi"] == pytest.approx((144, 144), abs=0.1)
    picture.save(tmp_path / "line.svg")
    assert "<svg" in (tmp_path / "line.svg").read_text()


def test_a_picture_has_few_colours_and_looks_as_it_was_drawn(tmp_path, rng):
    """It is less than half as large as what matplotlib writes, and differs from it where nobody sees it."""
    with plots.figure(height=3) as (fig, ax):
        for k in range(5):
            ax.plot(rng.normal(size=200).cumsum(), label=f"walk {k}")
    picture = plots.Picture(fig, "walks")
    picture.save(tmp_path / "full.png")
    full, few = plt.imread(tmp_path / "full.png"), pixels(picture)
    assert Image.open(BytesIO(picture.png)).mode == "P"
    assert len(picture.png) < 0.5 * (tmp_path / "full.png").stat().st_size
    difference = np.abs(full[..., :3] - few[..., :3])
    assert difference.mean() < 0.001 and (difference > 0.1).mean() < 0.001


def test_what_is_transparent_is_white_as_the_card_is():
    figure = Figure(figsize=(1, 1), facecolor="none")
    figure.text(0.5, 0.5, "a", color="#D55E00")
    colours = Image.open(BytesIO(plots.Picture(figure, "a letter").png)).convert("RGB")
    assert colours.getpixel((0, 0)) == (255, 255, 255) and (0xD5, 0x5E, 0) in {
        colour for _, colour in colours.getcolors(9999)
    }


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
        lambda: plots.backward_graph(torch.tanh(torch.ones(1, requires_grad=True))),
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
