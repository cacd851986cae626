"""Series, forecasts and other curves over time."""

import matplotlib as mpl
import numpy as np

from rnn_course import validate
from rnn_course.data import Series
from rnn_course.moments import mean_absolute, mean_and_spread
from rnn_course.plots.arguments import increasing_times, measured_values, styled_curves
from rnn_course.plots.axes import (
    finish_axes,
    lonely_values,
    marker_places,
    place_times,
    shade_stretches,
    step_edges,
    stretches,
)
from rnn_course.plots.picture import COLOURS, RC, STYLES, Picture, count, legend_below, new_figure, shown


@mpl.rc_context(RC)
def series(series):
    """Draw a series, one panel a channel, with the stretches where values are missing shaded.

    `series` is a `data.Series`: values `(time, feature)` in their units, NaN where missing. Returns a Picture.
    Raises ValueError for an infinite value or a channel with no value at all.
    """
    values = validate.instance("series", series, Series).values
    times = increasing_times(series.times, len(values))
    features = values.shape[1]
    figure, axes = new_figure(1.4 + 1.5 * features, rows=features, sharex=True)
    places = place_times(axes[0], times)
    said = []
    for ax, column, channel, unit in zip(axes, values.T, series.channels, series.units, strict=True):
        title = f"{channel} ({unit})" if unit else channel
        column = measured_values(f"channel {channel!r}", column, len(times))
        gaps = stretches(np.isnan(column))
        line = {"color": COLOURS["truth"], "linewidth": 1.2, "marker": ".", "markersize": 3}
        ax.plot(places, column, markevery=lonely_values(column), **line)
        if gaps:
            shade_stretches(ax, step_edges(places), gaps)
        ax.set_title(shown(title))
        said.append(f"{title} {_summary(column, gaps)}")
    axes[-1].set_xlabel("time")
    legend_below(figure)
    alt = f"Series {series.name}: {count(len(times), 'step')} from {times[0]} to {times[-1]}. {'; '.join(said)}."
    return Picture(figure, alt)


def _summary(column, gaps):
    low, high, mean = np.nanmin(column), np.nanmax(column), mean_and_spread(column[:, None])[0][0]
    text = f"ranges from {low:.4g} to {high:.4g} with mean {mean:.4g}"
    if not gaps:
        return f"{text}, nothing missing"
    lengths = [stop - start for start, stop in gaps]
    stretches = count(len(gaps), "shaded stretch", "es")
    missing = count(sum(lengths), "value")
    return f"{text}, {missing} missing in {stretches}, the longest of {count(max(lengths), 'step')}"


@mpl.rc_context(RC)
def forecast(times, truth, forecasts, split=None, ylabel="value"):
    """Draw forecasts over what was measured.

    times (time,): datetime64 or numbers, increasing. truth (time,) and each value of `forecasts`, `{name: (time,)}`, in
    one unit, NaN where there is no value. split: the time from which the forecasts count as a test, marked by a line; a
    date, as text too, where times are dates.
    ylabel: what is measured, and its unit. Returns a Picture; its text gives each mean absolute error where both are
    known, from `split` on if it is given.
    Raises ValueError for lengths that differ, infinities, no value at all, times that do not increase, a split outside
    the times, more than six forecasts; TypeError for other kinds of times and for forecasts without names.
    """
    times = increasing_times(times)
    truth = measured_values("truth", truth, len(times))
    split = None if split is None else _split(split, times)

    figure, (ax,) = new_figure(4)
    places = place_times(ax, times)
    line = {"color": COLOURS["truth"], "linestyle": STYLES["truth"], "marker": ".", "markevery": lonely_values(truth)}
    ax.plot(places, truth, label="truth", **line)
    counted = times >= (times[0] if split is None else split)
    said = []
    for name, given, style in styled_curves("forecasts", forecasts):
        values = measured_values(f"forecasts[{name!r}]", given, len(times))
        ax.plot(places, values, label=shown(name), markevery=marker_places(values), **style)
        error = (values - truth)[counted]
        error = error[~np.isnan(error)]
        steps = count(error.size, "step")
        known = f"{mean_absolute(error):.3g} over {steps}" if error.size else "unknown, no truth to compare"
        said.append(f"{name} {known}")
    if split is not None:
        _mark_split(ax, places, place_times(ax, split[None])[0], f"split {split}")
    finish_axes(ax, xlabel="time", ylabel=ylabel)
    since = "" if split is None else f" from the split at {split} on"
    return Picture(
        figure,
        f"Truth from {times[0]} to {times[-1]}, between {np.nanmin(truth):.4g} and {np.nanmax(truth):.4g}, and "
        f"{count(len(said), 'forecast')}. Mean absolute error{since}: {'; '.join(said)}.",
    )


def _split(split, times):
    """The split as a time of the kind of `times`, between the first and the last of them."""
    given = validate.array("split", split)
    if times.dtype.kind == "M" and given.dtype.kind != "M":
        try:
            given = np.asarray(np.datetime64(split))
        except (TypeError, ValueError):
            raise TypeError(f"split is {split!r}, it must be a date, as the times are") from None
    elif (given.dtype.kind == "M") != (times.dtype.kind == "M") or given.dtype.kind not in "iufM":
        raise TypeError(f"split is {split!r}, it must be a number, as the times are")
    if given.ndim or not times[0] <= given <= times[-1]:
        raise ValueError(f"split is {split}, it must lie between {times[0]} and {times[-1]}")
    as_times = given.astype(times.dtype)  # written no finer than the times where that is the same moment
    return as_times if as_times == given else given


def _mark_split(ax, places, place, text):
    """A line at the split, and its name on the side where there is room."""
    ax.axvline(place, color=COLOURS["missing"], linestyle=STYLES["missing"])
    side, alignment = (4, "left") if place < (places[0] + places[-1]) / 2 else (-4, "right")
    where = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points"}
    ax.annotate(text, (place, 1), (side, 2), horizontalalignment=alignment, **where)


@mpl.rc_context(RC)
def lines(x, curves, xlabel="time", ylabel="value"):
    """Draw curves over one axis.

    x (n,): datetime64 or numbers, increasing. curves: `{name: (n,)}`, in one unit, NaN where there is no value. xlabel,
    ylabel: what the axes measure, and their units. Returns a Picture whose text gives each curve's first and last value
    and its range. Raises ValueError for lengths that differ, infinities, no value at all, x that does not increase and
    more than six curves; TypeError for other kinds of x and for curves without names.
    """
    x = increasing_times(x, name="x")
    figure, (ax,) = new_figure(4)
    places = place_times(ax, x)
    said = []
    for name, given, style in styled_curves("curves", curves):
        values = measured_values(f"curves[{name!r}]", given, len(x))
        ax.plot(places, values, label=shown(name), markevery=marker_places(values), **style)
        seen = values[~np.isnan(values)]
        said.append(f"{name} from {seen[0]:.3g} to {seen[-1]:.3g}, between {seen.min():.3g} and {seen.max():.3g}")
    finish_axes(ax, xlabel=xlabel, ylabel=ylabel)
    return Picture(figure, f"{ylabel} over {xlabel}, {x[0]} to {x[-1]}. {'; '.join(said)}.".replace("\n", " "))
