"""Bars of several runs of several methods."""

import numpy as np
import pytest
from figures import overlaps, pixels

from rnn_course import plots
from rnn_course.plots.picture import RC, WIDTH


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
