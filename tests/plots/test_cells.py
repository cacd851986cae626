"""Diagrams of the cells."""

import pytest
from figures import overlaps, pixels, texts

from rnn_course import plots


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
