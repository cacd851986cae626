"""Times of the speed ladder, a program's calls over time, and the roofs of a machine."""

import textwrap

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb

from rnn_course import validate
from rnn_course.plots.arguments import finite_numbers, named_pairs, styled_curves
from rnn_course.plots.axes import finish_axes
from rnn_course.plots.picture import CYCLE, RC, Picture, count, new_figure, shown

SIZES = ("batch", "time", "input", "hidden")
SECONDS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def _duration(seconds):
    """Seconds in the unit that fits, with three digits."""
    unit, name = next((pair for pair in SECONDS if seconds >= pair[0] * 0.9995), SECONDS[-1])
    return f"{seconds / unit:.3g} {name}"


def _timed(results):
    """The results as a list, at least one; TypeError or ValueError for what no ladder has measured."""
    results = validate.listed("results", results)
    if not results:
        raise ValueError("results is empty, at least one result is wanted")
    for k, result in enumerate(results):
        if not isinstance(result, dict) or not {"rung", "median", "low", "high", "skipped"} <= set(result):
            raise TypeError(f"results[{k}] is no result of speed.measure, which has rung, median, low, high, skipped")
        validate.text(f"results[{k}]['rung']", result["rung"])
        for name in ("median", "low", "high"):
            if result[name] is not None:
                validate.positive(f"results[{k}][{name!r}]", result[name])
        for name in SIZES:
            validate.positive_int(f"results[{k}][{name!r}]", result.get(name))
    return results


@mpl.rc_context(RC)
def ladder(results, labels=None):
    """Draw the rungs of the speed ladder at one shape: bars to their median, brackets over the quartiles, log scale.

    results: of `speed.measure` or of a record, at one shape. labels: `{rung: text}`, by default those of `speed.RUNGS`.
    A rung without a time keeps its row, with the words "not measured". Returns a Picture. Raises ValueError where
    there is no result, no time or more than one shape, TypeError for other things than results.
    """
    labels = _labels(labels)
    results = _timed(results)
    shapes = {tuple(result[size] for size in ("batch", "time", "input", "hidden")) for result in results}
    if len(shapes) > 1:
        raise ValueError(f"results has {len(shapes)} shapes, a ladder is drawn at one")
    timed = [result for result in results if result["median"] is not None]
    if not timed:
        raise ValueError("results has no time, every rung was skipped")
    figure, (ax,) = new_figure(0.9 + 0.5 * len(results))
    lowest = 10 ** np.floor(np.log10(min(result["low"] for result in timed)))
    said = []
    for k, result in enumerate(results):
        name = labels.get(result["rung"], result["rung"])
        if result["median"] is None:
            ax.annotate("not measured", (lowest, k), (4, 0), textcoords="offset points", va="center", fontsize=10.5)
            said.append(f"{name} not measured: {result['skipped']}")
            continue
        _draw_time(ax, k, result, lowest)
        low, median, high = (_duration(result[key]) for key in ("low", "median", "high"))
        said.append(f"{name} {median} ({low} to {high})")
    names = [shown(textwrap.fill(str(labels.get(result["rung"], result["rung"])), 24)) for result in results]
    ax.set_yticks(range(len(names)), names, fontsize=10.5)
    highest = 10 ** np.ceil(np.log10(max(result["high"] for result in timed)))
    ax.set(xscale="log", xlim=(lowest, highest), xlabel="seconds, forward and backward", ylim=(len(names) - 0.5, -0.5))
    ax.minorticks_off()
    ax.grid(axis="y", visible=False)
    batch, time, inputs, hidden = shapes.pop()
    return Picture(
        figure,
        f"Bars of the median time forward and backward, quartiles in brackets, log scale, at batch {batch}, "
        f"{count(time, 'step')}, input {inputs}, hidden {hidden}: {'; '.join(said)}.",
    )


def _draw_time(ax, row, result, left):
    """A bar from the left edge to the median, and the quartiles; the other model has another colour and hatch."""
    low, median, high = (result[key] for key in ("low", "median", "high"))
    colour, hatch = (CYCLE[0]["color"], "") if result["model"] == "LSTM" else (CYCLE[1]["color"], "///")
    style = {"facecolor": (*to_rgb(colour), 0.25), "edgecolor": colour, "hatch": hatch}
    ax.barh(row, median - left, left=left, height=0.6, **style)
    ax.errorbar(median, row, xerr=[[median - low], [high - median]], color="black", capsize=4)


@mpl.rc_context(RC)
def scaling(results, against, labels=None):
    """Draw how the time of rungs grows with a size: log-log curves through medians, with brackets over the quartiles.

    results: of `speed.measure` or of a record. against: "batch", "time", "input" or "hidden"; the other sizes must be
    one for all, input apart when it goes with hidden. labels: as for `ladder`. At most six rungs. Returns a Picture.
    """
    labels = _labels(labels)
    results = [result for result in _timed(results) if result["median"] is not None]
    if not results:
        raise ValueError("results has no time, every rung was skipped")
    validate.one_of("against", against, ("batch", "time", "input", "hidden"))
    fixed = {"batch", "time", "hidden"} - {against}
    for size in sorted(fixed):
        if len({result[size] for result in results}) > 1:
            raise ValueError(f"results has more than one {size}, against={against!r} wants one")
    table = {}
    for result in results:
        table.setdefault(labels.get(result["rung"], result["rung"]), []).append(result)
    figure, (ax,) = new_figure(4)
    said = []
    for name, rows, style in styled_curves("results", table):
        rows = sorted(rows, key=lambda result: result[against])
        x, low, median, high = (np.array([row[key] for row in rows]) for key in (against, "low", "median", "high"))
        ax.errorbar(
            x, median, yerr=[median - low, high - median], label=shown(textwrap.fill(str(name), 30)), capsize=3, **style
        )
        said.append(f"{name} from {_duration(median[0])} at {x[0]} to {_duration(median[-1])} at {x[-1]}")
    sizes = sorted({result[against] for result in results})
    ax.set(xscale="log", yscale="log")
    finish_axes(ax, xlabel=against, ylabel="seconds, forward and backward")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    return Picture(figure, f"Time forward and backward against {against}, log scales: {'; '.join(said)}.")


def _labels(labels):
    if labels is None:
        from rnn_course.speed import RUNGS  # brings torch

        return {name: rung.label for name, rung in RUNGS.items()}
    return validate.mapping("labels", labels)


def _drawable(name, value):
    """The number as a float, if it has a place on a logarithmic axis beside others."""
    value = float(validate.positive(name, value))
    if not 1e-99 < value < 1e99:
        raise ValueError(f"{name} is {value}, it must be from 1e-99 to 1e99 to be drawn")
    return value


@mpl.rc_context(RC)
def roofline(peak, bandwidths, points):
    """Draw a machine's roofs over arithmetic intensity, and programs below them.

    peak: operations per second at most. bandwidths: `{name: bytes per second}` to and from each kind of memory, at most
    three. points: `{name: (intensity in operations per byte, operations per second)}`, at most six. A roof is
    min(peak, bandwidth · intensity), from Williams, Waterman and Patterson (2009). Returns a Picture. Raises ValueError
    for numbers that are not above zero and TypeError where names are missing.
    """
    peak = _drawable("peak", peak)
    pairs = named_pairs("bandwidths", bandwidths)
    bandwidths = {name: _drawable(f"bandwidths[{name!r}]", bandwidth) for name, bandwidth in pairs}
    if len(bandwidths) > 3:
        raise ValueError(f"bandwidths has {len(bandwidths)} entries, at most 3 can be told apart in one figure")
    pairs = named_pairs("points", points)
    points = {name: finite_numbers(f"points[{name!r}]", point, "intensity and rate", 2) for name, point in pairs}
    for name, point in points.items():
        if not (point > 0).all():
            raise ValueError(f"points[{name!r}] is {tuple(point.tolist())}, both numbers must be above zero")
    points = {name: [_drawable(f"points[{name!r}]", part) for part in point.tolist()] for name, point in points.items()}
    ridges = {name: peak / bandwidth for name, bandwidth in bandwidths.items()}
    ends = [point[0] for point in points.values()] + list(ridges.values())
    x = np.geomspace(min(ends) / 4, max(ends) * 4, 200)
    figure, (ax,) = new_figure(4.4)
    said = []
    for (name, bandwidth), style in zip(bandwidths.items(), ("solid", (0, (5, 1.5)), (0, (1, 1))), strict=False):
        ax.plot(x, np.minimum(peak, bandwidth * x), color="black", linestyle=style, label=shown(f"roof: {name}"))
        said.append(f"{name} rises with {bandwidth:.3g} bytes per second up to {ridges[name]:.3g} operations per byte")
    for name, (intensity, rate), style in styled_curves("points", points):
        mark = {"marker": style["marker"], "color": style["color"], "linestyle": "none", "markersize": 9}
        ax.plot(intensity, rate, label=shown(name), **mark)
        said.append(f"{name} at {intensity:.3g} operations per byte {rate:.3g} per second")
    ax.set(xscale="log", yscale="log", ylim=(min(rate for _, rate in points.values()) / 3, 2 * peak))
    ax.minorticks_off()
    finish_axes(ax, xlabel="operations per byte", ylabel="operations per second")
    return Picture(figure, f"Roofline, flat at {peak:.3g} operations per second: {'; '.join(said)}.")


@mpl.rc_context(RC)
def trace(traces):
    """Draw the calls of programs over one axis of time: calls above, and below them what multiplies inside.

    traces: `{name: calls}`, at most three, the calls as `speed.trace` gives them. White between the calls is the time
    of Python and of autograd. Returns a Picture. Raises ValueError for more, or for no calls, and TypeError for other
    things than calls.
    """
    pairs = [(name, validate.listed(f"traces[{name!r}]", calls)) for name, calls in named_pairs("traces", traces)]
    if len(pairs) > 3:
        raise ValueError(f"traces has {len(pairs)} entries, at most 3 fit in one figure")
    for name, calls in pairs:
        if not calls:
            raise ValueError(f"traces[{name!r}] is empty, at least one call is wanted")
        if not all(hasattr(call, "kind") for call in calls):
            raise TypeError(f"traces[{name!r}] is no list of calls as speed.trace gives them")
    figure, (ax,) = new_figure(1.1 + 1.1 * len(pairs))
    rows, said = [], []
    for name, calls in pairs:
        calls_of = {kind: [call for call in calls if call.kind == kind] for kind in ("call", "product", "routine")}
        inside = calls_of["product"] + calls_of["routine"]
        for row, part, style in ((0, calls_of["call"], CYCLE[0]), (1, inside, CYCLE[1])):
            bars = [(1e3 * call.start, 1e3 * (call.end - call.start)) for call in part]
            ax.broken_barh(bars, (len(rows) + row - 0.36, 0.72), color=style["color"], linewidth=0)
        rows += [textwrap.fill(str(name), 22), "products inside" if calls_of["product"] else "its routine"]
        took = max(call.end for call in calls)
        spent = sum(call.end - call.start for call in inside)
        what = "one routine" if calls_of["routine"] else "products"
        said.append(
            f"{name} {_duration(took)} with {count(len(calls_of['call']), 'call')}, {spent / took:.0%} of it in {what}"
        )
    ax.set_yticks(range(len(rows)), [shown(row) for row in rows], fontsize=10.5)
    ax.set(ylim=(len(rows) - 0.5, -0.5), xlim=(0, None), xlabel="milliseconds, forward and backward, watched")
    ax.grid(axis="y", visible=False)
    return Picture(figure, f"The calls of one pass over time: {'; '.join(said)}.")
