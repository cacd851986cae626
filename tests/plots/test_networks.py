"""Diagrams of unrolled networks and of the shapes of tasks."""

import re

import pytest
from figures import overlaps, pixels, texts

from rnn_course import plots


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
    assert labels.count("$W_{hh}$") == labels.count("$W_{xh}$") == 4  # at each step and in the line below
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
