"""What several figures draw alike: steps on an axis, gaps, markers, dates, and the labels at the end."""

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from rnn_course.plots.picture import COLOURS, legend_below


def step_edges(ax, times):
    """Where each step begins and ends on the axis: halfway to its neighbours, as far outside at both ends."""
    ax.xaxis.update_units(times)
    places = np.asarray(ax.convert_xunits(times), dtype=float)
    if len(places) == 1:
        return places[0] + np.array([-0.5, 0.5])
    middle = (places[1:] + places[:-1]) / 2
    return np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]])


def lonely_values(values):
    """Where a value has NaN on both sides, so that a line through it would show nothing."""
    seen = np.concatenate([[False], ~np.isnan(values), [False]])
    return np.flatnonzero(seen[1:-1] & ~seen[:-2] & ~seen[2:]).tolist()


def marker_places(values, number=12):
    """Where to put markers: about `number` of them along the line, and on each value that stands alone."""
    return sorted({*range(0, len(values), max(1, len(values) // number)), *lonely_values(values)})


def finish_axes(ax, **settings):
    """Label the axes and put the legend below them; an axis of steps or epochs counts in whole numbers."""
    ax.set(**settings)
    if settings["xlabel"] in ("step", "epoch"):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    legend_below(ax.figure)


def mark_dates(ax, times):
    """Where times are dates, mark so few that their labels do not touch; done before anything is drawn."""
    if times.dtype.kind == "M":
        ax.xaxis.update_units(times)
        locator = AutoDateLocator(minticks=3, maxticks=6)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def stretches(missing):
    """The stretches of True as pairs (start, stop)."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], missing, [0]])))
    return change.reshape(-1, 2).tolist()


def shade_stretches(ax, edges, gaps):
    """Shade the stretches (start, stop), however short, with an edge that stays visible."""
    ax.broken_barh(
        [(edges[start], edges[stop] - edges[start]) for start, stop in gaps],
        (0, 1),
        transform=ax.get_xaxis_transform(),
        facecolor="#E4E4E4",
        edgecolor=COLOURS["missing"],
        hatch="////",
        linewidth=0.5,
        alpha=0.6,
        zorder=0.5,
        label="missing",
    )
