"""What a machine does at which moment: a recurrence by a loop and by a scan."""

import matplotlib as mpl
from matplotlib.patches import FancyBboxPatch

from rnn_course import validate
from rnn_course.plots.drawing import INK, canvas, label, tint
from rnn_course.plots.picture import COLOURS, RC, Picture

PLACE = 0.72  # from one moment, and from one place of the machine, to the next


def _schedule(ax, base, moments, places, busy):
    """What each place of the machine does at each moment: busy is `{(moment, place): (text, colour)}`, from 0."""
    for moment in range(moments):
        for place in range(places):
            text, colour = busy.get((moment, place), ("", None))
            x, y = PLACE * (moment + 0.5), base + PLACE * (places - place - 0.5)
            style = {"boxstyle": "round,pad=0,rounding_size=0.08", "linewidth": 1.2 if colour else 0.8, "zorder": 4}
            shade = {"facecolor": tint(colour, 0.3), "edgecolor": colour} if colour else {}
            style |= shade or {"facecolor": "white", "edgecolor": "#C4C4C4"}
            half = 0.43 * PLACE
            ax.add_patch(FancyBboxPatch((x - half, y - half), 2 * half, 2 * half, **style))
            if text:
                label(ax, x, y, text, INK, fontsize=10.5)


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
    size = validate.positive_int("size", size, least=2)
    if size > 4:
        raise ValueError(f"size is {size}, at most 4 are still legible")
    time = size * size
    height = PLACE * size
    figure, ax = canvas(-0.2, PLACE * time + 0.2, -1.9, 2 * height + 2.2)
    moments, busy = _blockwise(size)
    top = height + 1.2
    label(ax, 0, top + height + 0.5, f"A loop: {time} moments", INK, fontsize=12, ha="left")
    _schedule(ax, top, time, size, {(t, 0): (str(t + 1), COLOURS["h"]) for t in range(time)})
    label(ax, 0, height + 0.5, f"A scan in {size} blocks: {moments} moments", INK, fontsize=12, ha="left")
    _schedule(ax, 0, moments, size, busy)
    parts = (("x", "what each block does to a state"), ("y", "the states handed on"), ("h", "the steps themselves"))
    for k, (colour, text) in enumerate(parts):
        y = -0.45 - 0.52 * k
        style = {"facecolor": tint(COLOURS[colour], 0.3), "edgecolor": COLOURS[colour]}
        ax.add_patch(FancyBboxPatch((0.1, y - 0.16), 0.32, 0.32, boxstyle="round,pad=0,rounding_size=0.06", **style))
        label(ax, 0.65, y, text, INK, fontsize=11, ha="left")
    return Picture(
        figure,
        f"Two schedules of {time} steps on a machine with {size} places that could work at the same moment. By a loop "
        f"each step waits for the one before: {time} moments, at each of them one place busy and {size - 1} idle. By a "
        f"scan in {size} blocks of {size} steps: {size - 1} moments in which all places work out what their block does "
        f"to a state, {size - 1} in which one block after the other hands its state on, and {size} in which all places "
        f"walk through their own block; {moments} moments in all. A scan needs a recurrence linear in its state.",
    )
