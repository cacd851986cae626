"""The course's figures: each is a Picture, which carries alternative text made from the numbers that it shows.

The diagrams of cells, networks and tasks are drawn in `diagrams`, colours and style stand in `picture`.
"""

import textwrap
import time
from itertools import cycle

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator

from rnn_course import validate
from rnn_course.diagrams import cell_diagram, dependency_chain, task_shapes, unrolled
from rnn_course.picture import COLOURS, CYCLE, HATCHES, RC, STYLES, Picture, figure, legend_below, new_figure

__all__ = [
    "COLOURS",
    "CYCLE",
    "STYLES",
    "LiveLoss",
    "Picture",
    "bars",
    "cell_diagram",
    "dependency_chain",
    "figure",
    "fills",
    "forecast",
    "gates",
    "gradient_norms",
    "hidden_sizes",
    "holes",
    "ladder",
    "lines",
    "loss_curves",
    "roofline",
    "scaling",
    "series",
    "task_shapes",
    "unrolled",
]

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
LABEL = 18  # characters in a line of a bar's name


# -- what several figures need --------------------------------------------------------------------------------------


def _named(name, table):
    """The argument's pairs of name and value, at least one."""
    if not isinstance(table, dict):
        raise TypeError(f"{name} is a {type(table).__name__}, it must be a dictionary from names to values")
    if not table:
        raise ValueError(f"{name} is empty, it must hold at least one entry")
    return table.items()


def _curves(name, table):
    """Name, value and style of each curve; ValueError for more than can be told apart."""
    pairs = _named(name, table)
    if len(pairs) > len(CYCLE):
        raise ValueError(f"{name} has {len(pairs)} entries, at most {len(CYCLE)} can be told apart in one figure")
    return [(key, value, style) for (key, value), style in zip(pairs, CYCLE, strict=False)]


def _numbers(name, values, axis, length=None):
    """The argument as finite floats along one axis."""
    values = np.asarray(values, dtype=float)
    validate.shape(name, values, (length,), (axis,))
    return validate.finite(name, values)


def _instants(times, length=None):
    """The argument as datetime64 or numbers that increase."""
    times = np.asarray(times)
    validate.shape("times", times, (length,), ("time",))
    if times.dtype.kind not in "iufM":
        raise TypeError(f"times has dtype {times.dtype}, it must be datetime64 or numbers")
    if not (times[1:] > times[:-1]).all():
        raise ValueError("times must increase from each step to the next")
    return times


def _edges(ax, times):
    """Where each step begins and ends on the axis: halfway to its neighbours, as far outside at both ends."""
    ax.xaxis.update_units(times)
    places = np.asarray(ax.convert_xunits(times), dtype=float)
    if len(places) == 1:
        return places[0] + np.array([-0.5, 0.5])
    middle = (places[1:] + places[:-1]) / 2
    return np.concatenate([[2 * places[0] - middle[0]], middle, [2 * places[-1] - middle[-1]]])


def _alone(values):
    """Where a value has NaN on both sides, so that a line through it would show nothing."""
    seen = np.concatenate([[False], ~np.isnan(values), [False]])
    return np.flatnonzero(seen[1:-1] & ~seen[:-2] & ~seen[2:]).tolist()


def _marks(values, number=12):
    """Where to put markers: about `number` of them along the line, and on each value that stands alone."""
    return sorted({*range(0, len(values), max(1, len(values) // number)), *_alone(values)})


def _count(number, noun, plural="s"):
    return f"{number} {noun}{'' if number == 1 else plural}"


def _finish(ax, **settings):
    """Label the axes and put the legend below them; an axis of steps or epochs counts in whole numbers."""
    ax.set(**settings)
    if settings["xlabel"] in ("step", "epoch"):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    legend_below(ax.figure)


def _dates(ax, times):
    """Where times are dates, mark so few that their labels do not touch; done before anything is drawn."""
    if times.dtype.kind == "M":
        ax.xaxis.update_units(times)
        locator = AutoDateLocator(minticks=3, maxticks=6)
        ax.xaxis.set_major_locator(locator)
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


# -- series and forecasts -------------------------------------------------------------------------------------------


@mpl.rc_context(RC)
def series(series):
    """Draw a series, one panel a channel, with the stretches where values are missing shaded.

    `series` is a `data.Series`: values `(time, feature)` in their units, NaN where missing. Returns a Picture.
    Raises ValueError for an infinite value or a channel with no value at all.
    """
    values = np.asarray(series.values)
    times = _instants(series.times, len(values))
    features = values.shape[1]
    figure, axes = new_figure(1.4 + 1.5 * features, rows=features, sharex=True)
    _dates(axes[0], times)
    said = []
    for ax, column, channel, unit in zip(axes, values.T, series.channels, series.units, strict=True):
        title = f"{channel} ({unit})" if unit else channel
        column = _measured(f"channel {channel!r}", column, len(times))
        gaps = _gaps(np.isnan(column))
        line = {"color": COLOURS["truth"], "linewidth": 1.2, "marker": ".", "markersize": 3}
        ax.plot(times, column, markevery=_alone(column), **line)
        if gaps:
            _shade(ax, _edges(ax, times), gaps)
        ax.set_title(title)
        said.append(f"{title} {_summary(column, gaps)}")
    axes[-1].set_xlabel("time")
    legend_below(figure)
    alt = f"Series {series.name}: {_count(len(times), 'step')} from {times[0]} to {times[-1]}. {'; '.join(said)}."
    return Picture(figure, alt)


def _measured(name, values, length):
    """The argument as floats (time,), NaN where there is no value, with at least one."""
    values = np.asarray(values, dtype=float)
    validate.shape(name, values, (length,), ("time",))
    missing = np.isnan(values)
    validate.finite(name, np.where(missing, 0, values))
    if missing.all():
        raise ValueError(f"{name} has no value at all, there is nothing to draw")
    return values


def _gaps(missing):
    """The stretches of True as pairs (start, stop)."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], missing, [0]])))
    return change.reshape(-1, 2).tolist()


def _shade(ax, edges, gaps):
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


def _summary(column, gaps):
    low, high, mean = np.nanmin(column), np.nanmax(column), np.nanmean(column)
    text = f"ranges from {low:.4g} to {high:.4g} with mean {mean:.4g}"
    if not gaps:
        return f"{text}, nothing missing"
    lengths = [stop - start for start, stop in gaps]
    stretches = _count(len(gaps), "shaded stretch", "es")
    missing = _count(sum(lengths), "value")
    return f"{text}, {missing} missing in {stretches}, the longest of {_count(max(lengths), 'step')}"


@mpl.rc_context(RC)
def forecast(times, truth, forecasts, split=None, ylabel="value"):
    """Draw forecasts over what was measured.

    times (time,): datetime64 or numbers, increasing. truth (time,) and each value of `forecasts`, `{name: (time,)}`, in
    one unit, NaN where there is no value. split: the time from which the forecasts count as a test, marked by a line.
    ylabel: what is measured, and its unit. Returns a Picture; its text gives each mean absolute error where both are
    known, from `split` on if it is given.
    Raises ValueError for lengths that differ, infinities, no value at all, times that do not increase, a split outside
    the times, more than six forecasts; TypeError for other kinds of times and for forecasts without names.
    """
    times = _instants(times)
    truth = _measured("truth", truth, len(times))
    if split is not None:
        split = np.asarray(split, dtype=times.dtype) if times.dtype.kind == "M" else np.asarray(split)
        if not times[0] <= split <= times[-1]:
            raise ValueError(f"split is {split}, it must lie between {times[0]} and {times[-1]}")

    figure, (ax,) = new_figure(4)
    _dates(ax, times)
    line = {"color": COLOURS["truth"], "linestyle": STYLES["truth"], "marker": ".", "markevery": _alone(truth)}
    ax.plot(times, truth, label="truth", **line)
    counted = times >= (times[0] if split is None else split)
    said = []
    for name, given, style in _curves("forecasts", forecasts):
        values = _measured(f"forecasts[{name!r}]", given, len(times))
        ax.plot(times, values, label=name, markevery=_marks(values), **style)
        error = np.abs(values - truth)[counted]
        error = error[~np.isnan(error)]
        known = (
            f"{error.mean():.3g} over {_count(error.size, 'step')}" if error.size else "unknown, no truth to compare"
        )
        said.append(f"{name} {known}")
    if split is not None:
        ax.axvline(split, color=COLOURS["missing"], linestyle=STYLES["missing"])
        ax.annotate(f"split {split}", (split, 1), (4, 2), xycoords=ax.get_xaxis_transform(), textcoords="offset points")
    _finish(ax, xlabel="time", ylabel=ylabel)
    since = "" if split is None else f" from the split at {split} on"
    return Picture(
        figure,
        f"Truth from {times[0]} to {times[-1]}, between {np.nanmin(truth):.4g} and {np.nanmax(truth):.4g}, and "
        f"{_count(len(said), 'forecast')}. Mean absolute error{since}: {'; '.join(said)}.",
    )


@mpl.rc_context(RC)
def lines(x, curves, xlabel="time", ylabel="value"):
    """Draw curves over one axis.

    x (n,): datetime64 or numbers, increasing. curves: `{name: (n,)}`, in one unit, NaN where there is no value. xlabel,
    ylabel: what the axes measure, and their units. Returns a Picture whose text gives each curve's first and last value
    and its range. Raises ValueError for lengths that differ, infinities, no value at all, x that does not increase and
    more than six curves; TypeError for other kinds of x and for curves without names.
    """
    x = _instants(x)
    figure, (ax,) = new_figure(4)
    _dates(ax, x)
    said = []
    for name, given, style in _curves("curves", curves):
        values = _measured(f"curves[{name!r}]", given, len(x))
        ax.plot(x, values, label=name, markevery=_marks(values), **style)
        seen = values[~np.isnan(values)]
        said.append(f"{name} from {seen[0]:.3g} to {seen[-1]:.3g}, between {seen.min():.3g} and {seen.max():.3g}")
    _finish(ax, xlabel=xlabel, ylabel=ylabel)
    return Picture(figure, f"{ylabel} over {xlabel}, {x[0]} to {x[-1]}. {'; '.join(said)}.".replace("\n", " "))


# -- missing values -------------------------------------------------------------------------------------------------


@mpl.rc_context(RC)
def holes(series):
    """Draw where the values of a series are missing: a row for each channel, a bar for each gap.

    `series` is a `data.Series`. Returns a Picture; its text counts values, gaps and the longest gap of each channel.
    """
    missing = np.isnan(series.values)
    times = _instants(series.times, len(missing))
    features = missing.shape[1]
    figure, (ax,) = new_figure(1 + 0.32 * features)
    _dates(ax, times)
    edges = _edges(ax, times)
    said = []
    for k, (column, channel) in enumerate(zip(missing.T, series.channels, strict=True)):
        gaps = _gaps(column)
        places = [(edges[start], edges[stop] - edges[start]) for start, stop in gaps]
        ax.broken_barh(places, (k - 0.35, 0.7), facecolor=COLOURS["f"], edgecolor=COLOURS["f"], linewidth=0.6)
        lengths = [stop - start for start, stop in gaps]
        longest = f" in {_count(len(gaps), 'gap')}, the longest of {_count(max(lengths), 'step')}" if gaps else ""
        said.append(f"{channel} {sum(lengths)}{longest}")
    ax.set_yticks(range(features), series.channels)
    ax.grid(axis="y", visible=False)
    ax.set(xlabel="time", ylim=(features - 0.5, -0.5), xlim=(edges[0], edges[-1]))
    span = f"{_count(len(times), 'step')} from {times[0]} to {times[-1]}"
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
    times = _instants(times)
    truth = _measured("truth", truth, len(times))
    missing = np.asarray(missing)
    validate.shape("missing", missing, (len(times),), ("time",))
    if missing.dtype != bool or not missing.any():
        raise ValueError("missing must be True where a value was missing, at least once")
    near = missing.copy()
    near[1:] |= missing[:-1]
    near[:-1] |= missing[1:]
    figure, (ax,) = new_figure(4)
    _dates(ax, times)
    ax.plot(times, truth, color=COLOURS["truth"], linewidth=1.2, label="truth")
    _shade(ax, _edges(ax, times), _gaps(missing))
    known, said = missing & ~np.isnan(truth), []
    for name, given, style in _curves("filled", filled):
        values = np.asarray(given, dtype=float)
        validate.shape(f"filled[{name!r}]", values, (len(times),), ("time",))
        validate.finite(f"filled[{name!r}] in the gaps", np.where(missing, values, 0))
        shown = np.where(near, values, np.nan)
        ax.plot(times, shown, label=name, markevery=_marks(shown), **style)
        said.append(f"{name} {np.abs(values - truth)[known].mean():.3g}" if known.any() else f"{name} unknown")
    _finish(ax, xlabel="time", ylabel=ylabel)
    lengths = [stop - start for start, stop in _gaps(missing)]
    gaps = f"{_count(len(lengths), 'shaded gap')} of {min(lengths)} to {_count(max(lengths), 'step')}"
    return Picture(
        figure,
        f"{ylabel} from {times[0]} to {times[-1]} with {gaps}. Mean absolute error in the gaps: {'; '.join(said)}.",
    )


# -- training -------------------------------------------------------------------------------------------------------


@mpl.rc_context(RC)
def loss_curves(histories):
    """Draw training and validation loss over the epochs, the lowest validation loss marked.

    `histories` is a History of `training.fit` or `{name: History}`. The axis is logarithmic if all losses are positive.
    Returns a Picture. Raises ValueError for no history or more than six, for one without epochs, for a loss that is not
    finite.
    """
    figure, (ax,) = new_figure(4)
    return Picture(figure, _draw_losses(ax, histories))


def _draw_losses(ax, histories):
    """Draw on `ax` what `loss_curves` shows and return the words for it."""
    curves = _curves("histories", histories if isinstance(histories, dict) else {"": histories})
    said, lowest = [], np.inf
    for name, history, style in curves:
        train = _numbers("train_loss", history.train_loss, "epoch")
        colours = COLOURS if len(curves) == 1 else dict.fromkeys(("train", "validation"), style["color"])
        epochs = np.arange(1, len(train) + 1)
        mark = {"marker": style["marker"], "markevery": _marks(train)}
        line = {"color": colours["train"], "linestyle": STYLES["train"]}
        ax.plot(epochs, train, label=f"{name} training".strip(), **line, **mark)
        text = f"training loss goes from {train[0]:.3g} to {train[-1]:.3g} over {_count(len(train), 'epoch')}"
        lowest = min(lowest, train.min())
        if len(history.validation_loss):
            validation = _numbers("validation_loss", history.validation_loss, "epoch", len(train))
            best = int(validation.argmin())
            line = {"color": colours["validation"], "linestyle": STYLES["validation"]}
            ax.plot(epochs, validation, label=f"{name} validation (best: {best + 1})".strip(), **line, **mark)
            ring = {"marker": "o", "markersize": 10, "markerfacecolor": "none", "markeredgewidth": 2}
            ax.plot(best + 1, validation[best], linestyle="none", color=colours["validation"], **ring)
            text += f", lowest validation loss {validation[best]:.3g} at epoch {best + 1} (marked)"
            lowest = min(lowest, validation.min())
        said.append(f"{name} {text}".strip())
    ax.margins(y=0.15)
    scale = "log" if lowest > 0 else "linear"
    _finish(ax, xlabel="epoch", ylabel="loss", yscale=scale)
    return f"Loss curves on a {'logarithmic' if scale == 'log' else 'linear'} axis: {'; '.join(said)}."


class LiveLoss:
    """The loss curves of a training that is under way, in one place of the notebook: `fit(…, watch=LiveLoss())`.

    Called with a History after each epoch it draws at most four times a second, always into the same figure, and a last
    time when `history.stopped` says that training has ended. On a slow machine it draws more seldom, so that training
    keeps four fifths of the time. `clock` gives the time in seconds.
    """

    @mpl.rc_context(RC)
    def __init__(self, clock=time.monotonic):
        self.clock = clock
        self.figure, _ = new_figure(4)
        self.handle = None
        self.next_draw = -np.inf

    def __call__(self, history):
        ended, start = history.stopped != "running", self.clock()
        if not ended and start < self.next_draw:
            return
        self._show(self._draw(history))
        end = self.clock()
        self.next_draw = end + max(0.25, 4 * (end - start))
        if ended:  # another training gets another place in the notebook
            self.handle, self.next_draw = None, -np.inf

    @mpl.rc_context(RC)
    def _draw(self, history):
        self.figure.clear()
        return Picture(self.figure, _draw_losses(self.figure.subplots(), history))

    def _show(self, picture):
        from IPython.display import display

        if self.handle is None:
            self.handle = display(picture, display_id=True)
        else:
            self.handle.update(picture)


@mpl.rc_context(RC)
def gradient_norms(norms):
    """Draw norms of gradients over steps on a logarithmic axis.

    norms: `{name: (step,)}`, not negative. A norm of zero has no place on such an axis: it leaves a gap, and the legend
    and the text say how many there are. Returns a Picture. Raises ValueError for an empty, negative or non-finite norm
    and for more than six curves.
    """
    figure, (ax,) = new_figure(4)
    said = []
    for name, given, style in _curves("norms", norms):
        values = _numbers(f"norms[{name!r}]", given, "step")
        if values.min() < 0:
            raise ValueError(f"norms[{name!r}] has {values.min():g} at {values.argmin()}, a norm cannot be negative")
        zeros = int((values == 0).sum())
        gaps = f" ({_count(zeros, 'zero')} not shown)" if zeros else ""
        shown = np.where(values > 0, values, np.nan)
        ax.plot(shown, label=name + gaps, markevery=_marks(shown), **style)
        said.append(f"{name} goes from {values[0]:.3g} to {values[-1]:.3g} over {_count(len(values), 'step')}{gaps}")
    _finish(ax, xlabel="step", ylabel="norm of the gradient", yscale="log")
    return Picture(figure, f"Norms of gradients on a logarithmic axis: {'; '.join(said)}.")


@mpl.rc_context(RC)
def hidden_sizes(selection, ylabel="mean absolute error"):
    """Draw a `selection.Selection`: above error against hidden size, below against a run's processor time.

    Bars are one standard error to each side; the dashed line is one above the lowest error, and the ring marks the
    smallest size below it; below only the smallest, the chosen and the largest size have their name. ylabel: the
    error and its unit. Returns a Picture.
    """
    sizes = list(selection.errors)
    means = np.array([selection.mean(size) for size in sizes])
    spread = [selection.standard_error(size) for size in sizes]
    bound = selection.mean(selection.best) + selection.standard_error(selection.best)
    chosen = sizes.index(selection.chosen)
    figure, axes = new_figure(6.5, rows=2)
    panels = {"hidden size": sizes, "processor seconds for one run": [selection.seconds[size] for size in sizes]}
    for ax, (xlabel, x) in zip(axes, panels.items(), strict=True):
        ax.errorbar(x, means, yerr=spread, color=COLOURS["validation"], fmt="o", capsize=4)
        ax.axhline(bound, color=COLOURS["missing"], linestyle="--", label="lowest + one standard error")
        ring = {"markersize": 13, "markerfacecolor": "none", "markeredgewidth": 2, "color": COLOURS["h"]}
        ax.plot(x[chosen], means[chosen], "o", linestyle="none", label=f"chosen: {selection.chosen}", **ring)
        ax.set(xlabel=xlabel, ylabel=ylabel)
    axes[1].set_xlim(left=0)
    axes[0].set_xscale("log")
    axes[0].set_xticks(sizes, [str(size) for size in sizes])
    axes[0].minorticks_off()
    for k in {0, chosen, len(sizes) - 1}:  # small sizes cost so much the same that more names would touch
        axes[1].annotate(str(sizes[k]), (selection.seconds[sizes[k]], means[k]), (8, 5), textcoords="offset points")
    legend_below(figure)
    said = [
        f"size {size} {mean:.3g} ± {error:.2g} in {selection.seconds[size]:.2g} s"
        for size, mean, error in zip(sizes, means, spread, strict=True)
    ]
    return Picture(
        figure,
        f"{ylabel} ± standard error against hidden size and seconds: {'; '.join(said)}. Lowest at {selection.best}; "
        f"the smallest within one standard error of it is {selection.chosen}.",
    )


# -- gates and comparisons ------------------------------------------------------------------------------------------


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
    fields = {name: np.asarray(getattr(trace, name)) for name in QUANTITIES if hasattr(trace, name)}
    if not fields:
        raise TypeError(f"trace is a {type(trace).__name__} with none of the fields {', '.join(QUANTITIES)}")
    wanted = (None, None, None)
    for name, values in fields.items():
        validate.shape(f"trace.{name}", values, wanted, ("batch", "time", "hidden"))
        validate.finite(f"trace.{name}", values)
        batch, steps, hidden = wanted = values.shape
    if validate.positive_int("sequence", sequence, least=0) >= batch:
        raise ValueError(f"sequence is {sequence}, this trace has sequences 0 to {batch - 1}")
    times = _instants(np.arange(steps) if times is None else times, steps)

    figure, axes = new_figure(0.7 + 1.25 * len(fields), rows=len(fields), sharex=True)
    _dates(axes[0], times)
    said = []
    for ax, (name, values) in zip(axes, fields.items(), strict=True):
        values = values[sequence]
        _heat_map(ax, times, name, values.T)
        word = QUANTITIES[name][1]
        said.append(f"{word} {name} from {values.min():.2g} to {values.max():.2g}, mean {values.mean():.2g}")
    axes[-1].set_xlabel("time" if times.dtype.kind == "M" else "step")
    size = f"{_count(hidden, 'unit')} over {_count(steps, 'step')}, {times[0]} to {times[-1]}"
    return Picture(figure, f"Heat maps of {size}. {'; '.join(said)}.")


def _heat_map(ax, times, name, values):
    """Draw `values (unit, time)` on the scale that belongs to the quantity."""
    largest = np.abs(values).max() or 1.0
    colours, low, high = ("cividis", 0, 1) if name in GATES else ("PuOr", -largest, largest)
    units = np.arange(len(values) + 1) - 0.5
    mesh = ax.pcolormesh(_edges(ax, times), units, values, cmap=colours, vmin=low, vmax=high)
    ax.figure.colorbar(mesh, ax=ax, aspect=8, pad=0.02)
    ax.grid(False)
    ax.set_title(" ".join(QUANTITIES[name]))
    ax.set_ylabel("unit")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))


@mpl.rc_context(RC)
def bars(table, ylabel):
    """Draw what several runs of each method gave: bars to the right for their mean, its spread, each run as a point.

    table: `{name: values over seeds}`. ylabel: what is measured, and its unit. The spread is the standard deviation
    (with n − 1), drawn where there are at least two runs. Returns a Picture.
    Raises ValueError for an empty table or method and for a value that is not finite.
    """
    names = [textwrap.fill(name, LABEL) for name, _ in _named("table", table)]
    row = 0.2 + 0.2 * max(1 + name.count("\n") for name in names)  # inches
    figure, (ax,) = new_figure(0.7 + row * len(names))
    said = []
    for k, ((name, given), style, hatch) in enumerate(zip(table.items(), cycle(CYCLE), cycle(HATCHES))):
        values = _numbers(f"table[{name!r}]", given, "seed")
        mean, spread = values.mean(), values.std(ddof=1) if len(values) > 1 else None
        edge = style["color"]
        ax.barh(k, mean, height=0.6, facecolor=(*to_rgb(edge), 0.25), edgecolor=edge, hatch=hatch)
        ax.errorbar(mean, k, xerr=spread, color="black", capsize=6)
        places = k - 0.2 + 0.4 * (np.arange(len(values)) + 0.5) / len(values)
        ax.plot(values, places, "o", color="black", markerfacecolor="white")
        deviation = "" if spread is None else f" ± {spread:.2g}"
        said.append(f"{name} {mean:.3g}{deviation} over {_count(len(values), 'seed')}")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel=ylabel, ylim=(len(names) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    ax.axvline(0, color="black", linewidth=0.8)
    return Picture(figure, f"Bars of {ylabel}, mean ± standard deviation: {'; '.join(said)}.")


# -- speed ----------------------------------------------------------------------------------------------------------

SECONDS = ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def _duration(seconds):
    """Seconds in the unit that fits, with three digits."""
    unit, name = next((pair for pair in SECONDS if seconds >= pair[0] * 0.9995), SECONDS[-1])
    return f"{seconds / unit:.3g} {name}"


def _timed(results):
    """The results as a list, at least one; TypeError or ValueError for what no ladder has measured."""
    results = list(results)
    if not results:
        raise ValueError("results is empty, at least one result is wanted")
    for k, result in enumerate(results):
        if not isinstance(result, dict) or not {"rung", "median", "low", "high", "skipped"} <= set(result):
            raise TypeError(f"results[{k}] is no result of speed.measure, which has rung, median, low, high, skipped")
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
        low, median, high = (result[key] for key in ("low", "median", "high"))
        style, hatch = (CYCLE[0], "") if result["model"] == "LSTM" else (CYCLE[1], "///")
        edge = style["color"]
        ax.barh(
            k, median - lowest, left=lowest, height=0.6, facecolor=(*to_rgb(edge), 0.25), edgecolor=edge, hatch=hatch
        )
        ax.errorbar(median, k, xerr=[[median - low], [high - median]], color="black", capsize=4)
        said.append(f"{name} {_duration(median)} ({_duration(low)} to {_duration(high)})")
    names = [textwrap.fill(labels.get(result["rung"], result["rung"]), 24) for result in results]
    ax.set_yticks(range(len(names)), names, fontsize=10.5)
    highest = 10 ** np.ceil(np.log10(max(result["high"] for result in timed)))
    ax.set(xscale="log", xlim=(lowest, highest), xlabel="seconds, forward and backward", ylim=(len(names) - 0.5, -0.5))
    ax.minorticks_off()
    ax.grid(axis="y", visible=False)
    batch, time, inputs, hidden = shapes.pop()
    return Picture(
        figure,
        f"Bars of the median time forward and backward, quartiles in brackets, log scale, at batch {batch}, "
        f"{_count(time, 'step')}, input {inputs}, hidden {hidden}: {'; '.join(said)}.",
    )


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
    for name, rows, style in _curves("results", table):
        rows = sorted(rows, key=lambda result: result[against])
        x, low, median, high = (np.array([row[key] for row in rows]) for key in (against, "low", "median", "high"))
        ax.errorbar(x, median, yerr=[median - low, high - median], label=textwrap.fill(name, 30), capsize=3, **style)
        said.append(f"{name} from {_duration(median[0])} at {x[0]} to {_duration(median[-1])} at {x[-1]}")
    sizes = sorted({result[against] for result in results})
    ax.set(xscale="log", yscale="log")
    _finish(ax, xlabel=against, ylabel="seconds, forward and backward")
    ax.set_xticks(sizes, [str(size) for size in sizes])
    ax.minorticks_off()
    return Picture(figure, f"Time forward and backward against {against}, log scales: {'; '.join(said)}.")


def _labels(labels):
    if labels is None:
        from rnn_course.speed import RUNGS  # brings torch

        return {name: rung.label for name, rung in RUNGS.items()}
    return labels


@mpl.rc_context(RC)
def roofline(peak, bandwidths, points):
    """Draw a machine's roofs over arithmetic intensity, and programs below them.

    peak: operations per second at most. bandwidths: `{name: bytes per second}` to and from each kind of memory, at most
    three. points: `{name: (intensity in operations per byte, operations per second)}`, at most six. A roof is
    min(peak, bandwidth · intensity), from Williams, Waterman and Patterson (2009). Returns a Picture. Raises ValueError
    for numbers that are not above zero and TypeError where names are missing.
    """
    validate.positive("peak", peak)
    for name, bandwidth in _named("bandwidths", bandwidths):
        validate.positive(f"bandwidths[{name!r}]", bandwidth)
    if len(bandwidths) > 3:
        raise ValueError(f"bandwidths has {len(bandwidths)} entries, at most 3 can be told apart in one figure")
    for name, point in _named("points", points):
        if not (_numbers(f"points[{name!r}]", point, "intensity and rate", 2) > 0).all():
            raise ValueError(f"points[{name!r}] is {point}, both numbers must be above zero")
    ridges = {name: peak / bandwidth for name, bandwidth in bandwidths.items()}
    ends = [point[0] for point in points.values()] + list(ridges.values())
    x = np.geomspace(min(ends) / 4, max(ends) * 4, 200)
    figure, (ax,) = new_figure(4.4)
    said = []
    for (name, bandwidth), style in zip(bandwidths.items(), ("solid", (0, (5, 1.5)), (0, (1, 1))), strict=False):
        ax.plot(x, np.minimum(peak, bandwidth * x), color="black", linestyle=style, label=f"roof: {name}")
        said.append(f"{name} rises with {bandwidth:.3g} bytes per second up to {ridges[name]:.3g} operations per byte")
    for name, (intensity, rate), style in _curves("points", points):
        ax.plot(
            intensity, rate, marker=style["marker"], color=style["color"], linestyle="none", markersize=9, label=name
        )
        said.append(f"{name} at {intensity:.3g} operations per byte {rate:.3g} per second")
    ax.set(xscale="log", yscale="log", ylim=(min(rate for _, rate in points.values()) / 3, 2 * peak))
    ax.minorticks_off()
    _finish(ax, xlabel="operations per byte", ylabel="operations per second")
    return Picture(figure, f"Roofline, flat at {peak:.3g} operations per second: {'; '.join(said)}.")
