"""The picture of hidden sizes says what its table says."""

from sweeps import made_up

from rnn_course import plots


def test_the_picture_says_what_the_table_says():
    picture = plots.hidden_sizes(made_up(), ylabel="error in mm")
    assert "size 4 4.25 ± 0.25 in 0.2 s" in picture.alt and "Lowest at 16" in picture.alt
    drawn = picture.figure.axes[0].containers[0].lines[0].get_xydata()
    assert drawn.tolist() == [[2, 6.0], [4, 4.25], [16, 4.05]]
