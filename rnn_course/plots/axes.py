"""What several figures draw alike: steps on an axis, gaps, markers, dates, and the labels at the end."""

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import MaxNLocator

from rnn_course.plots.picture import COLOURS, RC, WIDTH, legend_below, shown

PIXELS = WIDTH * RC["savefig.dpi"]


def place_times(ax, times):
    """Where dates or numbers lie on the axis, as float64 (time,); dates get so few marks that they do not touch.

    Everything is drawn at these places, so that no date reaches matplotlib, which converts those of some calls only.
    Raises ValueError for dates outside the years that matplotlib knows, and where two times fall on one place.
    """
    if times.dtype.kind != "M":
        places = times.astype(float)
    else:
        places = date2num(times)
        low, high = (date2num(np.datetime64(year)) for year in ("0001-01-01", "9999-12-31"))
        margin = (places[-1] - places[0]) / 10
        if places[0] - margin < low or places[-1] + margin > high:
            raise ValueError(
                f"times go from {times[0]} to {times[-1]}, dates can be drawn from year 1 to 9999 with a margin of a "
                "tenth: give years as numbers"
            )
        locator = AutoDateLocator(minticks=3, maxticks=6)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    same = np.flatnonzero(np.diff(places) <= 0)
    if same.size:
        pair = f"{times[same[0]]} and {times[same[0] + 1]}"
        raise ValueError(f"times has {pair}, which fall on one place of the axis: give the time since the start")
    return places


def step_edges(places):
    """Where each step begins and ends on the axis: halfway to its neighbours, as far outside at both ends."""
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
    ax.set(**settings | {name: shown(settings[name]) for name in ("xlabel", "ylabel")})
    if str(settings["xlabel"]) in ("step", "epoch"):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    legend_below(ax.figure)


def stretches(missing):
    """The stretches of True as pairs (start, stop)."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], missing, [0]])))
    return change.reshape(-1, 2).tolist()


def bars_of_stretches(edges, gaps):
    """Where the stretches (start, stop) lie on the axis, as pairs (left, width).

    Those less than a pixel apart are one bar: nobody could tell them apart, and thousands take many seconds to draw.
    """
    left, right = edges[np.array(gaps, dtype=int).reshape(-1, 2).T]
    apart = np.flatnonzero(left[1:] - right[:-1] >= (edges[-1] - edges[0]) / PIXELS)
    left, right = left[np.append(0, apart + 1)[: len(left)]], right[np.append(apart, -1)[: len(right)]]
    return list(zip(left, right - left, strict=True))


def shade_stretches(ax, edges, gaps):
    """Shade the stretches (start, stop), however short, with an edge that stays visible."""
    ax.broken_barh(
        bars_of_stretches(edges, gaps),
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
