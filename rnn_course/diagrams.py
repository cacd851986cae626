"""Diagrams of cells, of the unrolled network and of task shapes, drawn on a grid from boxes, nodes and arrows."""

import matplotlib as mpl
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from rnn_course import validate
from rnn_course.picture import COLOURS, RC, Picture

UNIT = 0.41  # inches from one line of the grid to the next
RADIUS = 0.24  # of a node
INK = "#333333"
MOST_STEPS = 5
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


# -- the drawing kit ------------------------------------------------------------------------------------------------


def _canvas(left, right, bottom, top):
    figure = Figure(figsize=(UNIT * (right - left), UNIT * (top - bottom)))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.axis("off")
    return figure, ax


def _tint(colour, strength=0.16):
    return [1 - strength * (1 - channel) for channel in to_rgb(colour)]


def _outline(ax, left, right, bottom, top):
    """The wall of the cell: what is inside happens in one time step."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.35", "facecolor": "#F6F6F6", "edgecolor": "#9A9A9A"}
    ax.add_patch(FancyBboxPatch((left, bottom), right - left, top - bottom, linewidth=1.2, zorder=0, **style))


def _box(ax, x, y, text, colour, caption="", width=1.6, height=1.0):
    """A rounded box about (x, y) that holds a function, with its role in small letters below."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.14", "facecolor": _tint(colour), "edgecolor": colour}
    ax.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height, linewidth=1.6, zorder=4, **style))
    _label(ax, x, y + (0.2 if caption else 0), text, INK)
    if caption:
        _label(ax, x, y - 0.26, caption, INK, fontsize=10.5)


def _value(ax, x, y, text, colour):
    """A circle about (x, y) that holds an input or an output."""
    ax.add_patch(Circle((x, y), 0.42, facecolor=_tint(colour), edgecolor=colour, linewidth=1.6, zorder=4))
    _label(ax, x, y, text, INK)


def _node(ax, x, y, sign):
    """A round node: "⊙" for the elementwise product or "+" for the sum."""
    ax.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=INK, linewidth=1.5, zorder=4))
    if sign == "⊙":
        ax.add_patch(Circle((x, y), 0.06, color=INK, zorder=5))
    else:
        ax.plot([x - 0.13, x + 0.13], [y, y], color=INK, linewidth=1.5, zorder=5)
        ax.plot([x, x], [y - 0.13, y + 0.13], color=INK, linewidth=1.5, zorder=5)


def _label(ax, x, y, text, colour, **style):
    dark = [0.65 * channel for channel in to_rgb(colour)]  # letters are thin and need more contrast than lines
    ax.text(x, y, text, color=dark, zorder=6, **{"ha": "center", "va": "center", "fontsize": 13} | style)


def _arrow(ax, *points, colour, head=True, casing=False, dashed=False):
    """A line through `points` with rounded corners and, with `head`, a tip on the last of them.

    With `casing` a white edge shows that it passes over the lines it crosses and does not join them.
    """
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    path = Path([*vertices, points[-1]], [*codes, Path.LINETO])
    line = {"arrowstyle": "-|>" if head else "-", "mutation_scale": 11, "capstyle": "butt", "joinstyle": "miter"}
    if casing:
        ax.add_patch(FancyArrowPatch(path=path, color="#F6F6F6", linewidth=6, zorder=3, **line | {"arrowstyle": "-"}))
    style = {"linestyle": (0, (2, 1.2)) if dashed else "solid"}
    ax.add_patch(FancyArrowPatch(path=path, color=colour, linewidth=1.8, zorder=3, **line, **style))


def _towards(corner, other, radius=0.2):
    (x, y), (to_x, to_y) = corner, other
    length = abs(to_x - x) + abs(to_y - y)  # lines run along the grid, so one of the two is zero
    return x + radius * (to_x - x) / length, y + radius * (to_y - y) / length


def _dot(ax, x, y, colour):
    """A joint, where one line becomes two."""
    ax.add_patch(Circle((x, y), 0.085, color=colour, zorder=5))


def _key(ax, x, y):
    """What the two signs mean."""
    for sign, place, meaning in (("⊙", x, "elementwise product"), ("+", x + 5.6, "sum")):
        _node(ax, place, y, sign)
        _label(ax, place + 0.45, y, meaning, INK, fontsize=11, ha="left")


# -- the cells ------------------------------------------------------------------------------------------------------


def _simple_rnn():
    figure, ax = _canvas(-1.5, 9.7, -1.1, 4.5)
    x, h, a = COLOURS["x"], COLOURS["h"], COLOURS["a"]
    _outline(ax, 0.2, 7.9, 0.1, 4.3)
    _label(ax, -1.0, 2.6, "$h_{t\\!-\\!1}$", h)
    _arrow(ax, (-0.5, 2.6), (0.9, 2.6), colour=h)
    _box(ax, 1.7, 2.6, "$W_{hh}$", h)
    _arrow(ax, (2.5, 2.6), (4 - RADIUS, 2.6), colour=h)
    _label(ax, 4, -0.8, "$x_t$", x)
    _arrow(ax, (4, -0.5), (4, 0.5), colour=x)
    _box(ax, 4, 1.0, "$W_{xh}$", x)
    _arrow(ax, (4, 1.5), (4, 2.6 - RADIUS), colour=x)
    _label(ax, 4, 3.85, "$b_h$", INK)
    _arrow(ax, (4, 3.6), (4, 2.6 + RADIUS), colour=INK)
    _node(ax, 4, 2.6, "+")
    _arrow(ax, (4 + RADIUS, 2.6), (5.6, 2.6), colour=a)
    _label(ax, 4.85, 2.95, "$a_t$", a)
    _box(ax, 6.4, 2.6, "$\\tanh$", a)
    _arrow(ax, (7.2, 2.6), (8.8, 2.6), colour=h)
    _label(ax, 9.2, 2.6, "$h_t$", h)
    return figure


def _feed(ax, column, top, h_rail, x_rail):
    """Both inputs of a gate: h_{t−1} and x_t, each taken from its rail up to the bottom of the gate's box."""
    for offset, rail, name in ((-0.3, h_rail, "h"), (0.3, x_rail, "x")):
        _arrow(ax, (column + offset, rail), (column + offset, top), colour=COLOURS[name], casing=name == "x")
        _dot(ax, column + offset, rail, COLOURS[name])


def _lstm():
    figure, ax = _canvas(-1.1, 10.8, -2.0, 6.2)
    colour = COLOURS
    forget, enter, candidate, leave, out = 1.6, 3.35, 5.4, 7.45, 8.95  # columns
    memory, product, gate, h_rail, x_rail = 5.3, 3.75, 2.35, 1.15, 0.55  # rows
    top = gate + 0.5
    _outline(ax, 0.0, 9.8, 0.0, 6.0)

    for y, name in ((memory, "C"), (h_rail, "h")):
        _label(ax, -0.55, y + 0.38, f"${name}_{{t\\!-\\!1}}$", colour[name])
        _label(ax, 10.25, y + 0.38, f"${name}_t$", colour[name])
    _label(ax, 0.45, -0.95, "$x_t$", colour["x"])
    _arrow(ax, (-1.0, h_rail), (leave - 0.3, h_rail), colour=colour["h"], head=False)
    _arrow(ax, (0.45, -0.65), (0.45, x_rail), (leave + 0.3, x_rail), colour=colour["x"], head=False)
    for column, name, function, caption, width in (
        (forget, "f", "$\\sigma$", "forget", 1.5),
        (enter, "i", "$\\sigma$", "input", 1.5),
        (candidate, "C_tilde", "$\\tanh$", "candidate", 2.1),
        (leave, "o", "$\\sigma$", "output", 1.5),
    ):
        _feed(ax, column, gate - 0.5, h_rail, x_rail)
        _box(ax, column, gate, function, colour[name], caption, width)

    _arrow(ax, (-1.0, memory), (forget - RADIUS, memory), colour=colour["C"])
    _arrow(ax, (forget + RADIUS, memory), (candidate - RADIUS, memory), colour=colour["C"])
    _arrow(ax, (candidate + RADIUS, memory), (10.7, memory), colour=colour["C"])
    _arrow(ax, (forget, top), (forget, memory - RADIUS), colour=colour["f"])
    _arrow(ax, (enter, top), (enter, product), (candidate - RADIUS, product), colour=colour["i"])
    _arrow(ax, (candidate, top), (candidate, product - RADIUS), colour=colour["C_tilde"])
    _arrow(ax, (candidate, product + RADIUS), (candidate, memory - RADIUS), colour=INK)
    _arrow(ax, (leave, top), (leave, 3.3), (out - RADIUS, 3.3), colour=colour["o"])
    _arrow(ax, (out, memory), (out, 4.65), colour=colour["C"])
    _arrow(ax, (out, 4.05), (out, 3.3 + RADIUS), colour=colour["C"])
    _arrow(ax, (out, 3.3 - RADIUS), (out, h_rail), (10.7, h_rail), colour=colour["h"])
    _dot(ax, out, memory, colour["C"])
    _box(ax, out, 4.35, "$\\tanh$", colour["C"], width=1.1, height=0.6)
    for x, y, sign in ((forget, memory, "⊙"), (candidate, memory, "+"), (candidate, product, "⊙"), (out, 3.3, "⊙")):
        _node(ax, x, y, sign)

    _label(ax, forget + 0.15, 3.75, "$f_t$", colour["f"], ha="left")
    _label(ax, 4.2, 4.1, "$i_t$", colour["i"])
    _label(ax, candidate + 0.15, 3.2, "$\\tilde{C}_t$", colour["C_tilde"], ha="left")
    _label(ax, 8.05, 3.65, "$o_t$", colour["o"])
    _key(ax, 1.2, -1.65)
    return figure


def _gru():
    figure, ax = _canvas(-1.1, 11.1, -2.0, 6.2)
    x, h, r, z, n = (COLOURS[name] for name in "xhrzn")
    update, reset, linear, candidate, out = 1.75, 3.5, 5.7, 7.65, 9.2  # columns
    state, share, product, gate, h_rail, x_rail = 5.3, 4.45, 3.6, 2.35, 1.15, 0.55  # rows
    top = gate + 0.5
    _outline(ax, 0.0, 10.1, 0.0, 6.0)

    _label(ax, -0.55, state + 0.38, "$h_{t\\!-\\!1}$", h)
    _label(ax, 0.6, -0.95, "$x_t$", x)
    _label(ax, 10.55, state + 0.38, "$h_t$", h)
    _arrow(ax, (0.35, state), (0.35, h_rail), (linear, h_rail), (linear, gate - 0.5), colour=h)
    _arrow(ax, (0.6, -0.65), (0.6, x_rail), (candidate, x_rail), (candidate, product - 0.5), colour=x)
    for column, colour, caption in ((update, z, "update"), (reset, r, "reset")):
        _feed(ax, column, gate - 0.5, h_rail, x_rail)
        _box(ax, column, gate, "$\\sigma$", colour, caption, width=1.55)
    _box(ax, linear, gate, "$W_{hn}h_{t\\!-\\!1}\\!+\\!b_{hn}$", h, width=2.5)
    _box(ax, candidate, product, "$\\tanh$", n, "candidate", width=2.1)
    _label(ax, candidate + 0.12, 1.9, "$W_{xn}x_t + b_n$", x, ha="left")

    _arrow(ax, (-1.0, state), (update - RADIUS, state), colour=h)
    _dot(ax, 0.35, state, h)
    _arrow(ax, (update + RADIUS, state), (out - RADIUS, state), colour=h)
    _arrow(ax, (out + RADIUS, state), (11.0, state), colour=h)
    _arrow(ax, (update, top), (update, state - RADIUS), colour=z)
    _arrow(ax, (update, share), (linear - 0.4, share), colour=z)
    _dot(ax, update, share, z)
    _arrow(ax, (linear + 0.4, share), (out - RADIUS, share), colour=z)
    _arrow(ax, (reset, top), (reset, product), (linear - RADIUS, product), colour=r)
    _arrow(ax, (linear, top), (linear, product - RADIUS), colour=h)
    _arrow(ax, (linear + RADIUS, product), (candidate - 1.05, product), colour=INK)
    _arrow(ax, (candidate + 1.05, product), (out, product), (out, share - RADIUS), colour=n)
    _arrow(ax, (out, share + RADIUS), (out, state - RADIUS), colour=INK)
    _box(ax, linear, share, "$1 -$", z, width=0.8, height=0.5)
    for column, row, sign in (
        (update, state, "⊙"),
        (linear, product, "⊙"),
        (out, share, "⊙"),
        (out, state, "+"),
    ):
        _node(ax, column, row, sign)

    _label(ax, update + 0.15, 3.6, "$z_t$", z, ha="left")
    _label(ax, 4.4, 3.9, "$r_t$", r)
    _label(ax, 7.55, 4.77, "$1 - z_t$", z)
    _label(ax, out + 0.15, 3.95, "$n_t$", n, ha="left")
    _label(ax, 4.4, 5.65, "$z_t \\odot h_{t\\!-\\!1}$", h)
    _key(ax, 1.2, -1.65)
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


@mpl.rc_context(RC)
def unrolled(time=4):
    """Draw a recurrent network unrolled over `time` steps, a whole number from 1 to 8.

    The state h_t goes from each step to the next, and W_x, W_h and W_hy are the same at all of them. Returns a Picture.
    Raises TypeError or ValueError for another `time`.
    """
    validate.positive_int("time", time)
    if time > MOST_STEPS:
        raise ValueError(f"time is {time}, at most {MOST_STEPS} steps are still legible")
    step, half = 2.4, 0.6
    figure, ax = _canvas(-0.1, step * (time + 1) - 0.2, -1.7, 4.8)
    x, h, y = COLOURS["x"], COLOURS["h"], COLOURS["y"]
    _label(ax, 0.3, 2, "$h_0$", h)
    for t in range(1, time + 1):
        column = step * t
        start = 0.65 if t == 1 else column - step + half
        _arrow(ax, (start, 2), (column - half, 2), colour=h)
        _arrow(ax, (column, 0.42), (column, 1.5), colour=x)
        _arrow(ax, (column, 2.5), (column, 3.58), colour=y)
        _box(ax, column, 2, "cell", h, width=2 * half)
        _label(ax, (start + column - half) / 2, 1.65, "$W_h$", INK)
        _label(ax, column + 0.12, 0.95, "$W_x$", INK, ha="left")
        _label(ax, column + 0.12, 3.0, "$W_{hy}$", INK, ha="left")
        for row, name, colour in ((0, "x", x), (4, "y", y)):
            _value(ax, column, row, f"${name}_{t}$", colour)
        _label(ax, column + step / 2, 2.35, f"$h_{t}$", h)
    last = step * time
    _arrow(ax, (last + half, 2), (last + step - half, 2), colour=h)
    centre = step * (time + 1) / 2
    _label(ax, centre, -1.2, "same $W_x$, $W_h$, $W_{hy}$ at each step", INK, fontsize=12)
    return Picture(
        figure,
        f"Diagram of a recurrent network unrolled over {time} step{'s' * (time > 1)}. At each step t the input x_t "
        "goes up into the cell through W_x, and the output y_t leaves it upwards through W_hy. What goes from each "
        f"step to the next, from h_0 on the left to h_{time} on the right, is the state h_t, not the output; "
        "in the next step W_h multiplies it. The weights W_x, W_h and W_hy are the same at every step.",
    )


# -- task shapes ----------------------------------------------------------------------------------------------------

TASKS = {  # name: (column and row of the panel, number of steps, the steps that read, the steps that write)
    "one-to-one": ((0, 0), 1, {1}, {1}),
    "one-to-many": ((6.1, 0), 4, {1}, {1, 2, 3, 4}),
    "many-to-one": ((0, 1), 4, {1, 2, 3, 4}, {4}),
    "many-to-many, aligned": ((6.1, 1), 4, {1, 2, 3, 4}, {1, 2, 3, 4}),
    "encoder–decoder": ((0, 2), 5, {1, 2}, {3, 4, 5}),
}
PITCH = 1.4  # from one step to the next


def _task(ax, name, left, base, steps, reads, writes):
    """One panel, its bottom left corner at (left, base): a small network unrolled over `steps`."""
    x, h, y = COLOURS["x"], COLOURS["h"], COLOURS["y"]
    in_row, state_row, out_row = base + 0.65, base + 2.05, base + 3.45
    _outline(ax, left, left + PITCH * steps, base, base + 4.1)
    _label(ax, left, base + 4.5, name, INK, fontsize=12, ha="left")
    for t in range(1, steps + 1):
        column = left + PITCH * (t - 0.5)
        _box(ax, column, state_row, f"$h_{t}$", h, width=0.8, height=0.8)
        if t in reads:
            _value(ax, column, in_row, f"$x_{t}$", x)
            _arrow(ax, (column, in_row + 0.4), (column, state_row - 0.4), colour=x)
        if t in writes:
            _value(ax, column, out_row, f"$y_{t}$", y)
            _arrow(ax, (column, state_row + 0.4), (column, out_row - 0.4), colour=y)
            if t < steps and t + 1 not in reads:
                _feed_back(ax, column, out_row, column + PITCH, in_row + 0.1, state_row - 0.4)
        if t < steps:
            _arrow(ax, (column + 0.4, state_row), (column + PITCH - 0.4, state_row), colour=h, casing=True)


def _feed_back(ax, column, out_row, target, in_row, top):
    """The output of one step becomes the input of the next: under the state's arrow and in from below."""
    middle = (column + target) / 2
    path = (column + 0.4, out_row), (middle, out_row), (middle, in_row), (target, in_row), (target, top - 0.3)
    _arrow(ax, *path, colour=COLOURS["y"], head=False, dashed=True)
    _arrow(ax, path[-1], (target, top), colour=COLOURS["y"])


@mpl.rc_context(RC)
def task_shapes():
    """Draw the five shapes of tasks: at which steps something goes in, and at which something is read out.

    The last one is the encoder–decoder of Sutskever, Vinyals and Le (2014). Returns a Picture.
    """
    figure, ax = _canvas(-0.15, 11.85, -0.15, 15.2)
    for name, ((left, row), steps, reads, writes) in TASKS.items():
        _task(ax, name, left, 5.15 * (2 - row), steps, reads, writes)
    for k, (symbol, name) in enumerate((("x", "input"), ("h", "state"), ("y", "output"))):
        y = 3.3 - 0.75 * k
        _label(ax, 7.9, y, f"${symbol}_t$", COLOURS[symbol])
        _label(ax, 8.5, y, name, INK, fontsize=11, ha="left")
    _arrow(ax, (7.6, 0.9), (8.2, 0.9), colour=COLOURS["y"], head=False, dashed=True)
    _label(ax, 8.5, 0.75, "the output is\nthe next input", INK, fontsize=11, ha="left")
    return Picture(
        figure,
        "Five unrolled networks. One-to-one: one step with an input and an output. One-to-many: an input at step 1, "
        "outputs at steps 1 to 4, each output fed back as the next input. Many-to-one: inputs at steps 1 to 4, an "
        "output at step 4 only. Many-to-many, aligned: an input and an output at each step. Encoder–decoder: inputs at "
        "steps 1 and 2, outputs at steps 3 to 5, fed back. In all of them the state goes from each step to the next.",
    )


# -- time on a machine ----------------------------------------------------------------------------------------------

PLACE = 0.72  # from one moment, and from one place of the machine, to the next


def _schedule(ax, base, moments, places, busy):
    """What each place of the machine does at each moment: busy is `{(moment, place): (text, colour)}`, from 0."""
    for moment in range(moments):
        for place in range(places):
            text, colour = busy.get((moment, place), ("", None))
            x, y = PLACE * (moment + 0.5), base + PLACE * (places - place - 0.5)
            style = {"boxstyle": "round,pad=0,rounding_size=0.08", "linewidth": 1.2 if colour else 0.8, "zorder": 4}
            shade = {"facecolor": _tint(colour, 0.3), "edgecolor": colour} if colour else {}
            style |= shade or {"facecolor": "white", "edgecolor": "#C4C4C4"}
            half = 0.43 * PLACE
            ax.add_patch(FancyBboxPatch((x - half, y - half), 2 * half, 2 * half, **style))
            if text:
                _label(ax, x, y, text, INK, fontsize=10.5)


def _blockwise(size):
    """The moments of a scan over size · size steps in `size` blocks, as in `scan.scan`, and what each place does."""
    before, hand, walk = COLOURS["x"], COLOURS["y"], COLOURS["h"]
    busy = {(k, block): (str(block * size + k + 2), before) for k in range(size - 1) for block in range(size)}
    busy |= {(size - 1 + block, block): ("→", hand) for block in range(size - 1)}
    start = 2 * size - 2
    busy |= {(start + k, block): (str(block * size + k + 1), walk) for k in range(size) for block in range(size)}
    return start + size, busy


@mpl.rc_context(RC)
def dependency_chain(size=4):
    """Draw how a recurrence over size · size steps keeps a machine of `size` places busy: by a loop and by a scan.

    size: a whole number from 2 to 4. To the right run the moments, downwards the places of the machine that could
    work at the same moment. Returns a Picture. Raises TypeError or ValueError for another size.
    """
    validate.positive_int("size", size, least=2)
    if size > 4:
        raise ValueError(f"size is {size}, at most 4 are still legible")
    time = size * size
    height = PLACE * size
    figure, ax = _canvas(-0.2, PLACE * time + 0.2, -1.9, 2 * height + 2.2)
    moments, busy = _blockwise(size)
    top = height + 1.2
    _label(ax, 0, top + height + 0.5, f"A loop: {time} moments", INK, fontsize=12, ha="left")
    _schedule(ax, top, time, size, {(t, 0): (str(t + 1), COLOURS["h"]) for t in range(time)})
    _label(ax, 0, height + 0.5, f"A scan in {size} blocks: {moments} moments", INK, fontsize=12, ha="left")
    _schedule(ax, 0, moments, size, busy)
    parts = (("x", "what each block does to a state"), ("y", "the states handed on"), ("h", "the steps themselves"))
    for k, (colour, text) in enumerate(parts):
        y = -0.45 - 0.52 * k
        style = {"facecolor": _tint(COLOURS[colour], 0.3), "edgecolor": COLOURS[colour]}
        ax.add_patch(FancyBboxPatch((0.1, y - 0.16), 0.32, 0.32, boxstyle="round,pad=0,rounding_size=0.06", **style))
        _label(ax, 0.65, y, text, INK, fontsize=11, ha="left")
    return Picture(
        figure,
        f"Two schedules of {time} steps on a machine with {size} places that could work at the same moment. By a loop "
        f"each step waits for the one before: {time} moments, at each of them one place busy and {size - 1} idle. By a "
        f"scan in {size} blocks of {size} steps: {size - 1} moments in which all places work out what their block does "
        f"to a state, {size - 1} in which one block after the other hands its state on, and {size} in which all places "
        f"walk through their own block; {moments} moments in all. A scan needs a recurrence linear in its state.",
    )
