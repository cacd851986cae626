"""Where attention looks: the symbols at the axes, the weights as colours, what is refused."""

import numpy as np
import pytest
from figures import overlaps

from rnn_course import plots

ALPHA = np.array([[0.125, 0.75, 0.125, 0.0], [0.5, 0.25, 0.25, 0.0]])


def test_symbols_stand_at_their_places_and_the_description_says_the_most():
    picture = plots.alignment(ALPHA, "a 月b", ["x", "end"])
    ax = picture.figure.axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "␣", "□", "b"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["x", "end"]
    np.testing.assert_allclose(ax.collections[0].get_array().ravel(), ALPHA.ravel())
    assert picture.alt == (
        "Heat map of attention's weights, written over read, 2 steps over 4 places. Most of each: "
        "'x' looks at ' ', place 2, 0.75; "
        "'end' looks at 'a', place 1, 0.50."
    )
    top, bottom = ax.get_yticklabels()
    assert top.get_window_extent().y0 > bottom.get_window_extent().y0


def test_labels_of_a_long_text_do_not_overlap():
    read, written = "the twenty-first of September 1987", "1987-09-21$"
    alpha = np.full((len(written), len(read)), 1 / len(read))
    picture = plots.alignment(alpha, read, written)
    ax = picture.figure.axes[0]
    assert not overlaps(picture, [*ax.get_xticklabels(), ax.xaxis.label])
    assert not overlaps(picture, [*ax.get_yticklabels(), ax.yaxis.label])


@pytest.mark.parametrize(
    "alpha, error, sentence",
    [
        (ALPHA[:, :3], ValueError, r"alpha has shape \(2, 3\), wanted \(written=2, read=4\)"),
        (ALPHA * 2, ValueError, "each row must sum to one"),
        (ALPHA - 0.5, ValueError, "alpha must be at least 0 everywhere"),
        (ALPHA * np.nan, ValueError, "alpha has nan"),
        (ALPHA.astype(str), TypeError, "alpha has dtype"),
    ],
)
def test_what_are_no_weights_is_refused(alpha, error, sentence):
    with pytest.raises(error, match=sentence):
        plots.alignment(alpha, "abcd", "xy")
