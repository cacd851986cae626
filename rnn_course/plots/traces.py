"""The gates and states of a cell, step by step."""

import matplotlib as mpl
import numpy as np
from matplotlib.ticker import MaxNLocator

from rnn_course import validate
from rnn_course.plots.arguments import increasing_times
from rnn_course.plots.axes import PIXELS, place_times, step_edges
from rnn_course.plots.picture import RC, Picture, count, new_figure

QUANTITIES = {  # what a trace may hold, in the order of the panels: the symbol as it is printed, and what it is
    "i": ("$i_t$", "input gate"),
    "f": ("$f_t$", "forget gate"),
    "o": ("$o_t$", "output gate"),
    "r": ("$r_t$", "reset gate"),
    "z": ("$z_t$", "update gate"),
    "C_tilde": ("$\\tilde{C}_t$", "candidate"),
    "n": ("$n_t$", "candidate"),
    "a": ("$a_t$", "pre-activation"),
    "C": ("$C_t$", "cell state"),
    "h": ("$h_t$", "hidden state"),
}
GATES = ("i", "f", "o", "r", "z")  # between 0 and 1; everything else has a sign


@mpl.rc_context(RC)
def gates(trace, times=None, sequence=0):
    """Draw every gate and state of one sequence as a heat map: time to the right, units upwards.

    trace: what `cell.trace(x)` returns, fields `(batch, time, hidden)`; LSTM i, f, o, C_tilde, C, h; GRU r, z, n, h;
    simple RNN a, h. Gates are on a scale from 0 to 1, the others on one symmetric about 0. times (time,): where the
    steps lie, datetime64 or numbers, increasing; by default 0, 1, 2 …. sequence: which one of the batch. Returns a
    Picture.
    Raises ValueError for shapes that differ, values that are not finite, times that do not increase, a sequence that is
    not there; TypeError where the trace has none of these fields.
    """
    fields = {name: getattr(trace, name) for name in QUANTITIES if hasattr(trace, name)}
    if not fields:
        raise TypeError(f"trace is a {type(trace).__name__} with none of the fields {', '.join(QUANTITIES)}")
    wanted = (None, None, None)
    for name, values in fields.items():
        fields[name] = values = validate.numbers(f"trace.{name}", values).astype(float)
        validate.shape(f"trace.{name}", values, wanted, ("batch", "time", "hidden"))
        validate.finite(f"trace.{name}", values)
        batch, steps, hidden = wanted = values.shape
    sequence = validate.positive_int("sequence", sequence, least=0)
    if sequence >= batch:
        raise ValueError(f"sequence is {sequence}, this trace has sequences 0 to {batch - 1}")
    times = increasing_times(np.arange(steps) if times is None else times, steps)

    figure, axes = new_figure(0.7 + 1.25 * len(fields), rows=len(fields), sharex=True)
    edges = step_edges(place_times(axes[0], times))
    said = []
    for ax, (name, values) in zip(axes, fields.items(), strict=True):
        values = values[sequence]
        _heat_map(ax, edges, name, values.T)
        word = QUANTITIES[name][1]
        said.append(f"{word} {name} from {values.min():.2g} to {values.max():.2g}, mean {values.mean():.2g}")
    axes[-1].set_xlabel("time" if times.dtype.kind == "M" else "step")
    size = f"{count(hidden, 'unit')} over {count(steps, 'step')}, {times[0]} to {times[-1]}"
    return Picture(figure, f"Heat maps of {size}. {'; '.join(said)}.")


def _heat_map(ax, edges, name, values):
    """Draw `values (unit, time)` on the scale that belongs to the quantity, as means where steps are below a pixel."""
    largest = np.abs(values).max() or 1.0
    starts = np.arange(0, values.shape[1], 1 + values.shape[1] // round(2 * PIXELS))
    edges, ends = edges[np.append(starts, values.shape[1])], np.append(starts[1:], values.shape[1])
    values = np.add.reduceat(values, starts, axis=1) / (ends - starts)
    colours, low, high = ("cividis", 0, 1) if name in GATES else ("PuOr", -largest, largest)
    units = np.arange(len(values) + 1) - 0.5
    mesh = ax.pcolormesh(edges, units, values, cmap=colours, vmin=low, vmax=high)
    ax.figure.colorbar(mesh, ax=ax, aspect=8, pad=0.02)
    ax.grid(False)
    ax.set_title(" ".join(QUANTITIES[name]))
    ax.set_ylabel("unit")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
