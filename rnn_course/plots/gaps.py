"""Where values are missing, and what was put there."""

import matplotlib as mpl
import numpy as np

from rnn_course import validate
from rnn_course.data import Series
from rnn_course.moments import mean_absolute
from rnn_course.plots.arguments import floats, increasing_times, measured_values, styled_curves
from rnn_course.plots.axes import (
    bars_of_stretches,
    finish_axes,
    marker_places,
    place_times,
    shade_stretches,
    step_edges,
    stretches,
)
from rnn_course.plots.picture import COLOURS, RC, Picture, count, new_figure, shown


@mpl.rc_context(RC)
def holes(series):
    """Draw where the values of a series are missing: a row for each channel, a bar for each gap.

    `series` is a `data.Series`. Returns a Picture; its text counts values, gaps and the longest gap of each channel.
    """
    missing = np.isnan(validate.instance("series", series, Series).values)
    times = increasing_times(series.times, len(missing))
    features = missing.shape[1]
    figure, (ax,) = new_figure(1 + 0.32 * features)
    edges = step_edges(place_times(ax, times))
    said = []
    for k, (column, channel) in enumerate(zip(missing.T, series.channels, strict=True)):
        gaps = stretches(column)
        ax.broken_barh(
            bars_of_stretches(edges, gaps),
            (k - 0.35, 0.7),
            facecolor=COLOURS["f"],
            edgecolor=COLOURS["f"],
            linewidth=0.6,
        )
        lengths = [stop - start for start, stop in gaps]
        longest = f" in {count(len(gaps), 'gap')}, the longest of {count(max(lengths), 'step')}" if gaps else ""
        said.append(f"{channel} {sum(lengths)}{longest}")
    ax.set_yticks(range(features), [shown(channel) for channel in series.channels])
    ax.grid(axis="y", visible=False)
    ax.set(xlabel="time", ylim=(features - 0.5, -0.5), xlim=(edges[0], edges[-1]))
    span = f"{count(len(times), 'step')} from {times[0]} to {times[-1]}"
    alt = f"Where {series.name} is missing, {span}, a bar for each gap. Values missing: {'; '.join(said)}."
    return Picture(figure, alt)


@mpl.rc_context(RC)
def fills(times, truth, missing, filled, ylabel="value"):
    """Draw what was put into the gaps of one channel, over the truth.

    times (time,): datetime64 or numbers, increasing. truth (time,): NaN where it is not known. missing (time,): True
    where a value was missing; these stretches are shaded. filled: `{name: (time,)}`, drawn in the gaps and one step to
    each side. Returns a Picture; its text gives each mean absolute error in the gaps where the truth is known.
    Raises ValueError for lengths that differ, nothing missing, a fill that is not finite in a gap, more than six fills.
    """
    times = increasing_times(times)
    truth = measured_values("truth", truth, len(times))
    missing = validate.array("missing", missing)
    validate.shape("missing", missing, (len(times),), ("time",))
    if missing.dtype != bool or not missing.any():
        raise ValueError("missing must be True where a value was missing, at least once")
    near = missing.copy()
    near[1:] |= missing[:-1]
    near[:-1] |= missing[1:]
    figure, (ax,) = new_figure(4)
    places = place_times(ax, times)
    ax.plot(places, truth, color=COLOURS["truth"], linewidth=1.2, label="truth")
    shade_stretches(ax, step_edges(places), stretches(missing))
    known, said = missing & ~np.isnan(truth), []
    for name, given, style in styled_curves("filled", filled):
        values = floats(f"filled[{name!r}]", given)
        validate.shape(f"filled[{name!r}]", values, (len(times),), ("time",))
        validate.finite(f"filled[{name!r}] in the gaps", np.where(missing, values, 0))
        drawn = np.where(near, values, np.nan)
        ax.plot(places, drawn, label=shown(name), markevery=marker_places(drawn), **style)
        said.append(f"{name} {mean_absolute((values - truth)[known]):.3g}" if known.any() else f"{name} unknown")
    finish_axes(ax, xlabel="time", ylabel=ylabel)
    lengths = [stop - start for start, stop in stretches(missing)]
    gaps = f"{count(len(lengths), 'shaded gap')} of {min(lengths)} to {count(max(lengths), 'step')}"
    return Picture(
        figure,
        f"{ylabel} from {times[0]} to {times[-1]} with {gaps}. Mean absolute error in the gaps: {'; '.join(said)}.",
    )
