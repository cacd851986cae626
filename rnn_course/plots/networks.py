"""Diagrams of a network unrolled over time, and of the shapes of tasks."""

import matplotlib as mpl

from rnn_course import validate
from rnn_course.plots.drawing import INK, arrow, box, canvas, label, outline, value
from rnn_course.plots.picture import COLOURS, RC, Picture

MOST_STEPS = 5


@mpl.rc_context(RC)
def unrolled(time=4):
    """Draw a recurrent network unrolled over `time` steps, a whole number from 1 to 5.

    The state h_t goes from each step to the next, and W_xh, W_hh and W_hy are the same at all of them. Returns a
    Picture. Raises TypeError or ValueError for another `time`.
    """
    time = validate.positive_int("time", time)
    if time > MOST_STEPS:
        raise ValueError(f"time is {time}, at most {MOST_STEPS} steps are still legible")
    step, half = 2.4, 0.6
    figure, ax = canvas(-0.1, step * (time + 1) - 0.2, -1.7, 4.8)
    x, h, y = COLOURS["x"], COLOURS["h"], COLOURS["y"]
    label(ax, 0.3, 2, "$h_0$", h)
    for t in range(1, time + 1):
        column = step * t
        start = 0.65 if t == 1 else column - step + half
        arrow(ax, (start, 2), (column - half, 2), colour=h)
        arrow(ax, (column, 0.42), (column, 1.5), colour=x)
        arrow(ax, (column, 2.5), (column, 3.58), colour=y)
        box(ax, column, 2, "cell", h, width=2 * half)
        label(ax, (start + column - half) / 2, 1.65, "$W_{hh}$", INK)
        label(ax, column + 0.12, 0.95, "$W_{xh}$", INK, ha="left")
        label(ax, column + 0.12, 3.0, "$W_{hy}$", INK, ha="left")
        for row, name, colour in ((0, "x", x), (4, "y", y)):
            value(ax, column, row, f"${name}_{t}$", colour)
        label(ax, column + step / 2, 2.35, f"$h_{t}$", h)
    last = step * time
    arrow(ax, (last + half, 2), (last + step - half, 2), colour=h)
    centre = step * (time + 1) / 2
    label(ax, centre, -1.2, "same $W_{xh}$, $W_{hh}$, $W_{hy}$ at each step", INK, fontsize=12)
    return Picture(
        figure,
        f"Diagram of a recurrent network unrolled over {time} step{'s' * (time > 1)}. At each step t the input x_t "
        "goes up into the cell through W_xh, and the output y_t leaves it upwards through W_hy. What goes from each "
        f"step to the next, from h_0 on the left to h_{time} on the right, is the state h_t, not the output; "
        "in the next step W_hh multiplies it. The weights W_xh, W_hh and W_hy are the same at every step.",
    )


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
    outline(ax, left, left + PITCH * steps, base, base + 4.1)
    label(ax, left, base + 4.5, name, INK, fontsize=12, ha="left")
    for t in range(1, steps + 1):
        column = left + PITCH * (t - 0.5)
        box(ax, column, state_row, f"$h_{t}$", h, width=0.8, height=0.8)
        if t in reads:
            value(ax, column, in_row, f"$x_{t}$", x)
            arrow(ax, (column, in_row + 0.4), (column, state_row - 0.4), colour=x)
        if t in writes:
            value(ax, column, out_row, f"$y_{t}$", y)
            arrow(ax, (column, state_row + 0.4), (column, out_row - 0.4), colour=y)
            if t < steps and t + 1 not in reads:
                _feed_back(ax, column, out_row, column + PITCH, in_row + 0.1, state_row - 0.4)
        if t < steps:
            arrow(ax, (column + 0.4, state_row), (column + PITCH - 0.4, state_row), colour=h, casing=True)


def _feed_back(ax, column, out_row, target, in_row, top):
    """The output of one step becomes the input of the next: under the state's arrow and in from below."""
    middle = (column + target) / 2
    path = (column + 0.4, out_row), (middle, out_row), (middle, in_row), (target, in_row), (target, top - 0.3)
    arrow(ax, *path, colour=COLOURS["y"], head=False, dashed=True)
    arrow(ax, path[-1], (target, top), colour=COLOURS["y"])


@mpl.rc_context(RC)
def task_shapes():
    """Draw the five shapes of tasks: at which steps something goes in, and at which something is read out.

    The last one is the encoder–decoder of Sutskever, Vinyals and Le (2014). Returns a Picture.
    """
    figure, ax = canvas(-0.15, 11.85, -0.15, 15.2)
    for name, ((left, row), steps, reads, writes) in TASKS.items():
        _task(ax, name, left, 5.15 * (2 - row), steps, reads, writes)
    for k, (symbol, name) in enumerate((("x", "input"), ("h", "state"), ("y", "output"))):
        y = 3.3 - 0.75 * k
        label(ax, 7.9, y, f"${symbol}_t$", COLOURS[symbol])
        label(ax, 8.5, y, name, INK, fontsize=11, ha="left")
    arrow(ax, (7.6, 0.9), (8.2, 0.9), colour=COLOURS["y"], head=False, dashed=True)
    label(ax, 8.5, 0.75, "the output is\nthe next input", INK, fontsize=11, ha="left")
    return Picture(
        figure,
        "Five unrolled networks. One-to-one: one step with an input and an output. One-to-many: an input at step 1, "
        "outputs at steps 1 to 4, each output fed back as the next input. Many-to-one: inputs at steps 1 to 4, an "
        "output at step 4 only. Many-to-many, aligned: an input and an output at each step. Encoder–decoder: inputs at "
        "steps 1 and 2, outputs at steps 3 to 5, fed back. In all of them the state goes from each step to the next.",
    )
