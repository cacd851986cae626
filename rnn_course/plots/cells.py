"""Diagrams of one step of each cell."""

import matplotlib as mpl

from rnn_course import validate
from rnn_course.plots.drawing import INK, RADIUS, arrow, box, canvas, dot, key, label, node, outline
from rnn_course.plots.picture import COLOURS, RC, Picture

DESCRIPTIONS = {
    "simple_rnn": (
        "Diagram of a simple recurrent cell. From the left comes the state h_{t−1}, which W_hh multiplies; "
        "from below the input x_t, which W_xh multiplies. Their sum with b_h is a_t; tanh of a_t is the new "
        "state h_t, which leaves to the right. h_t = tanh(W_xh x_t + W_hh h_{t−1} + b_h)."
    ),
    "lstm": (
        "Diagram of an LSTM cell. The memory runs along the top from C_{t−1} to C_t: it is multiplied element"
        " by element by the forget gate f_t, then the product of input gate i_t and candidate C̃_t is added. "
        "Below, x_t and h_{t−1} feed four boxes: σ for f_t, σ for i_t, tanh for C̃_t, σ for o_t. The output "
        "gate o_t multiplies tanh of C_t and gives h_t. C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t, h_t = o_t ⊙ "
        "tanh(C_t)."
    ),
    "gru": (
        "Diagram of a GRU cell as PyTorch computes it. The state runs along the top from h_{t−1} to h_t: it "
        "is multiplied element by element by the update gate z_t, then (1 − z_t) ⊙ n_t is added. Below, x_t "
        "and h_{t−1} feed two boxes with σ, the update gate z_t and the reset gate r_t. The reset gate "
        "multiplies W_hn h_{t−1} + b_hn, so after the matrix product; tanh of this and of W_xn x_t + b_n is "
        "the candidate n_t. n_t = tanh(W_xn x_t + b_n + r_t ⊙ (W_hn h_{t−1} + b_hn)), h_t = (1 − z_t) ⊙ n_t +"
        " z_t ⊙ h_{t−1}."
    ),
}


def _simple_rnn():
    figure, ax = canvas(-1.5, 9.7, -1.1, 4.5)
    x, h, a = COLOURS["x"], COLOURS["h"], COLOURS["a"]
    outline(ax, 0.2, 7.9, 0.1, 4.3)
    label(ax, -1.0, 2.6, "$h_{t\\!-\\!1}$", h)
    arrow(ax, (-0.5, 2.6), (0.9, 2.6), colour=h)
    box(ax, 1.7, 2.6, "$W_{hh}$", h)
    arrow(ax, (2.5, 2.6), (4 - RADIUS, 2.6), colour=h)
    label(ax, 4, -0.8, "$x_t$", x)
    arrow(ax, (4, -0.5), (4, 0.5), colour=x)
    box(ax, 4, 1.0, "$W_{xh}$", x)
    arrow(ax, (4, 1.5), (4, 2.6 - RADIUS), colour=x)
    label(ax, 4, 3.85, "$b_h$", INK)
    arrow(ax, (4, 3.6), (4, 2.6 + RADIUS), colour=INK)
    node(ax, 4, 2.6, "+")
    arrow(ax, (4 + RADIUS, 2.6), (5.6, 2.6), colour=a)
    label(ax, 4.85, 2.95, "$a_t$", a)
    box(ax, 6.4, 2.6, "$\\tanh$", a)
    arrow(ax, (7.2, 2.6), (8.8, 2.6), colour=h)
    label(ax, 9.2, 2.6, "$h_t$", h)
    return figure


def _feed(ax, column, top, h_rail, x_rail):
    """Both inputs of a gate: h_{t−1} and x_t, each taken from its rail up to the bottom of the gate's box."""
    for offset, rail, name in ((-0.3, h_rail, "h"), (0.3, x_rail, "x")):
        arrow(ax, (column + offset, rail), (column + offset, top), colour=COLOURS[name], casing=name == "x")
        dot(ax, column + offset, rail, COLOURS[name])


def _lstm():
    figure, ax = canvas(-1.1, 10.8, -2.0, 6.2)
    colour = COLOURS
    forget, enter, candidate, leave, out = 1.6, 3.35, 5.4, 7.45, 8.95  # columns
    memory, product, gate, h_rail, x_rail = 5.3, 3.75, 2.35, 1.15, 0.55  # rows
    top = gate + 0.5
    outline(ax, 0.0, 9.8, 0.0, 6.0)

    for y, name in ((memory, "C"), (h_rail, "h")):
        label(ax, -0.55, y + 0.38, f"${name}_{{t\\!-\\!1}}$", colour[name])
        label(ax, 10.25, y + 0.38, f"${name}_t$", colour[name])
    label(ax, 0.45, -0.95, "$x_t$", colour["x"])
    arrow(ax, (-1.0, h_rail), (leave - 0.3, h_rail), colour=colour["h"], head=False)
    arrow(ax, (0.45, -0.65), (0.45, x_rail), (leave + 0.3, x_rail), colour=colour["x"], head=False)
    for column, name, function, caption, width in (
        (forget, "f", "$\\sigma$", "forget", 1.5),
        (enter, "i", "$\\sigma$", "input", 1.5),
        (candidate, "C_tilde", "$\\tanh$", "candidate", 2.1),
        (leave, "o", "$\\sigma$", "output", 1.5),
    ):
        _feed(ax, column, gate - 0.5, h_rail, x_rail)
        box(ax, column, gate, function, colour[name], caption, width)

    arrow(ax, (-1.0, memory), (forget - RADIUS, memory), colour=colour["C"])
    arrow(ax, (forget + RADIUS, memory), (candidate - RADIUS, memory), colour=colour["C"])
    arrow(ax, (candidate + RADIUS, memory), (10.7, memory), colour=colour["C"])
    arrow(ax, (forget, top), (forget, memory - RADIUS), colour=colour["f"])
    arrow(ax, (enter, top), (enter, product), (candidate - RADIUS, product), colour=colour["i"])
    arrow(ax, (candidate, top), (candidate, product - RADIUS), colour=colour["C_tilde"])
    arrow(ax, (candidate, product + RADIUS), (candidate, memory - RADIUS), colour=INK)
    arrow(ax, (leave, top), (leave, 3.3), (out - RADIUS, 3.3), colour=colour["o"])
    arrow(ax, (out, memory), (out, 4.65), colour=colour["C"])
    arrow(ax, (out, 4.05), (out, 3.3 + RADIUS), colour=colour["C"])
    arrow(ax, (out, 3.3 - RADIUS), (out, h_rail), (10.7, h_rail), colour=colour["h"])
    dot(ax, out, memory, colour["C"])
    box(ax, out, 4.35, "$\\tanh$", colour["C"], width=1.1, height=0.6)
    for x, y, sign in ((forget, memory, "⊙"), (candidate, memory, "+"), (candidate, product, "⊙"), (out, 3.3, "⊙")):
        node(ax, x, y, sign)

    label(ax, forget + 0.15, 3.75, "$f_t$", colour["f"], ha="left")
    label(ax, 4.2, 4.1, "$i_t$", colour["i"])
    label(ax, candidate + 0.15, 3.2, "$\\tilde{C}_t$", colour["C_tilde"], ha="left")
    label(ax, 8.05, 3.65, "$o_t$", colour["o"])
    key(ax, 1.2, -1.65)
    return figure


def _gru():
    figure, ax = canvas(-1.1, 11.1, -2.0, 6.2)
    x, h, r, z, n = (COLOURS[name] for name in "xhrzn")
    update, reset, linear, candidate, out = 1.75, 3.5, 5.7, 7.65, 9.2  # columns
    state, share, product, gate, h_rail, x_rail = 5.3, 4.45, 3.6, 2.35, 1.15, 0.55  # rows
    top = gate + 0.5
    outline(ax, 0.0, 10.1, 0.0, 6.0)

    label(ax, -0.55, state + 0.38, "$h_{t\\!-\\!1}$", h)
    label(ax, 0.6, -0.95, "$x_t$", x)
    label(ax, 10.55, state + 0.38, "$h_t$", h)
    arrow(ax, (0.35, state), (0.35, h_rail), (linear, h_rail), (linear, gate - 0.5), colour=h)
    arrow(ax, (0.6, -0.65), (0.6, x_rail), (candidate, x_rail), (candidate, product - 0.5), colour=x)
    for column, colour, caption in ((update, z, "update"), (reset, r, "reset")):
        _feed(ax, column, gate - 0.5, h_rail, x_rail)
        box(ax, column, gate, "$\\sigma$", colour, caption, width=1.55)
    box(ax, linear, gate, "$W_{hn}h_{t\\!-\\!1}\\!+\\!b_{hn}$", h, width=2.5)
    box(ax, candidate, product, "$\\tanh$", n, "candidate", width=2.1)
    label(ax, candidate + 0.12, 1.9, "$W_{xn}x_t + b_n$", x, ha="left")

    arrow(ax, (-1.0, state), (update - RADIUS, state), colour=h)
    dot(ax, 0.35, state, h)
    arrow(ax, (update + RADIUS, state), (out - RADIUS, state), colour=h)
    arrow(ax, (out + RADIUS, state), (11.0, state), colour=h)
    arrow(ax, (update, top), (update, state - RADIUS), colour=z)
    arrow(ax, (update, share), (linear - 0.4, share), colour=z)
    dot(ax, update, share, z)
    arrow(ax, (linear + 0.4, share), (out - RADIUS, share), colour=z)
    arrow(ax, (reset, top), (reset, product), (linear - RADIUS, product), colour=r)
    arrow(ax, (linear, top), (linear, product - RADIUS), colour=h)
    arrow(ax, (linear + RADIUS, product), (candidate - 1.05, product), colour=INK)
    arrow(ax, (candidate + 1.05, product), (out, product), (out, share - RADIUS), colour=n)
    arrow(ax, (out, share + RADIUS), (out, state - RADIUS), colour=INK)
    box(ax, linear, share, "$1 -$", z, width=0.8, height=0.5)
    for column, row, sign in (
        (update, state, "⊙"),
        (linear, product, "⊙"),
        (out, share, "⊙"),
        (out, state, "+"),
    ):
        node(ax, column, row, sign)

    label(ax, update + 0.15, 3.6, "$z_t$", z, ha="left")
    label(ax, 4.4, 3.9, "$r_t$", r)
    label(ax, 7.55, 4.77, "$1 - z_t$", z)
    label(ax, out + 0.15, 3.95, "$n_t$", n, ha="left")
    label(ax, 4.4, 5.65, "$z_t \\odot h_{t\\!-\\!1}$", h)
    key(ax, 1.2, -1.65)
    return figure


@mpl.rc_context(RC)
def cell_diagram(cell):
    """Draw what happens in one step of a cell.

    `cell` is "simple_rnn" (Elman 1990), "lstm" (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al.
    2000) or "gru" (Cho et al. 2014, reset after the matrix product as in PyTorch). Returns a Picture.
    Raises ValueError for another name.
    """
    draw = {"simple_rnn": _simple_rnn, "lstm": _lstm, "gru": _gru}
    validate.one_of("cell", cell, tuple(draw))
    return Picture(draw[cell](), DESCRIPTIONS[cell])
