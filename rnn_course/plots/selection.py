"""Hidden sizes compared."""

import matplotlib as mpl
import numpy as np

from rnn_course.plots.picture import COLOURS, RC, Picture, legend_below, new_figure, shown


@mpl.rc_context(RC)
def hidden_sizes(selection, ylabel="mean absolute error"):
    """Draw a `selection.Selection`: above error against hidden size, below against a run's processor time.

    Bars are one standard error to each side; the dashed line is one above the lowest error, and the ring marks the
    smallest size below it; below only the smallest, the chosen and the largest size have their name. ylabel: the
    error and its unit. Returns a Picture.
    """
    if not hasattr(selection, "standard_error"):
        raise TypeError(f"selection is a {type(selection).__name__}, it must be a selection.Selection")
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
        ax.set(xlabel=xlabel, ylabel=shown(ylabel))
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
