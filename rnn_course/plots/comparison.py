"""What several runs of several methods gave."""

import textwrap
from itertools import cycle

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb

from rnn_course.moments import mean_and_spread
from rnn_course.plots.arguments import finite_numbers, named_pairs
from rnn_course.plots.picture import CYCLE, HATCHES, RC, Picture, count, new_figure, shown

LABEL = 18  # characters in a line of a bar's name


@mpl.rc_context(RC)
def bars(table, ylabel):
    """Draw what several runs of each method gave: bars to the right for their mean, its spread, each run as a point.

    table: `{name: values over seeds}`. ylabel: what is measured, and its unit. The spread is the standard deviation
    (with n − 1), drawn where there are at least two runs. Returns a Picture.
    Raises ValueError for an empty table or method and for a value that is not finite.
    """
    names = [shown(textwrap.fill(str(name), LABEL)) for name, _ in named_pairs("table", table)]
    row = 0.2 + 0.2 * max(1 + name.count("\n") for name in names)  # inches
    figure, (ax,) = new_figure(0.7 + row * len(names))
    said = []
    for k, ((name, given), style, hatch) in enumerate(zip(table.items(), cycle(CYCLE), cycle(HATCHES))):
        values = finite_numbers(f"table[{name!r}]", given, "seed")
        mean, spread = (float(part[0]) for part in mean_and_spread(values[:, None], ddof=1))
        spread = spread if len(values) > 1 else None
        edge = style["color"]
        ax.barh(k, mean, height=0.6, facecolor=(*to_rgb(edge), 0.25), edgecolor=edge, hatch=hatch)
        ax.errorbar(mean, k, xerr=spread, color="black", capsize=6)
        places = k - 0.2 + 0.4 * (np.arange(len(values)) + 0.5) / len(values)
        ax.plot(values, places, "o", color="black", markerfacecolor="white")
        deviation = "" if spread is None else f" ± {spread:.2g}"
        said.append(f"{name} {mean:.3g}{deviation} over {count(len(values), 'seed')}")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel=shown(ylabel), ylim=(len(names) - 0.5, -0.5))
    ax.grid(axis="y", visible=False)
    ax.axvline(0, color="black", linewidth=0.8)
    return Picture(figure, f"Bars of {ylabel}, mean ± standard deviation: {'; '.join(said)}.")
