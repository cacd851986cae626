"""What every figure of the course shares: its colours, its style, and a picture that can say what it shows."""

import struct
from base64 import b64encode
from contextlib import contextmanager
from functools import cached_property
from html import escape
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from rnn_course import validate

# Okabe and Ito's colours, which people with colour blindness can tell apart. Their orange and sky blue are darkened
# here, and their yellow is left out, so that every line has a contrast of at least 3:1 on white.
BLACK, BLUE, VERMILLION, GREEN, PURPLE = "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7"
DARK_ORANGE, DARK_SKY, GREY = "#7A5200", "#3A97CC", "#767676"

COLOURS = {
    "x": DARK_ORANGE,
    "h": BLUE,
    "C": BLACK,
    "i": DARK_SKY,
    "f": VERMILLION,
    "C_tilde": PURPLE,
    "o": GREEN,
    "r": VERMILLION,
    "z": DARK_SKY,
    "n": PURPLE,
    "a": PURPLE,
    "y": GREEN,
    "train": BLUE,
    "validation": VERMILLION,
    "truth": BLACK,
    "missing": GREY,
}
STYLES = {
    "x": (0, (1, 1)),
    "h": "solid",
    "C": (0, (6, 1)),
    "i": (0, (4, 2)),
    "f": (0, (6, 2, 1, 2)),
    "C_tilde": (0, (2, 1)),
    "o": (0, (6, 2, 1, 2, 1, 2)),
    "r": (0, (3, 1)),
    "z": (0, (4, 2, 2, 2)),
    "n": (0, (5, 1, 1, 1)),
    "a": (0, (3, 1, 1, 1)),
    "y": (0, (1, 2)),
    "train": "solid",
    "validation": (0, (4, 1.5)),
    "truth": "solid",
    "missing": (0, (1, 1)),
}
# For things that the caller names: the k-th of them takes the k-th of each, and so differs in more than colour.
CYCLE = [
    {"color": colour, "linestyle": style, "marker": marker}
    for colour, style, marker in zip(
        [BLUE, VERMILLION, GREEN, PURPLE, DARK_ORANGE, DARK_SKY],
        [(0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), "solid", (0, (3, 1, 1, 1, 1, 1)), (0, (9, 2))],
        "os^Dv*",
        strict=True,
    )
]
HATCHES = ("///", "...", "\\\\\\", "xx", "---", "++")

RC = {
    # all colours stand here, so that a style the reader has chosen for other figures cannot hide ours
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), BLACK),
    **dict.fromkeys(("figure.facecolor", "axes.facecolor"), "white"),
    "savefig.facecolor": "auto",
    "font.size": 12,
    "font.family": "DejaVu Sans",
    "mathtext.fontset": "stix",
    "axes.prop_cycle": mpl.cycler(color=[style["color"] for style in CYCLE]),
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "axes.axisbelow": True,
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "date.converter": "concise",
    "savefig.dpi": 144,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.08,
}
WIDTH = 5.2  # inches: on a phone 360 pixels wide a text of 11 points is 9 pixels high
CSS_PIXELS = 96  # per inch


class Picture:
    """A matplotlib figure together with the words that say what it shows.

    In a notebook it appears once, as an image with alternative text on a white card, as wide as the page at most; where
    there are only characters it appears as that text. `figure` is a matplotlib Figure, `alt` a non-empty string,
    `width` the width on the page in CSS pixels (by default the figure's own). pyplot lets go of the figure.
    Raises TypeError for another kind of figure or text and ValueError for an empty text.
    """

    def __init__(self, figure, alt, width=None):
        if not isinstance(figure, Figure):
            raise TypeError(f"figure is a {type(figure).__name__}, it must be a matplotlib Figure")
        if not isinstance(alt, str):
            raise TypeError(f"alt is a {type(alt).__name__}, it must be a text that says what the picture shows")
        if not alt.strip():
            raise ValueError("alt is empty, it must say what the picture shows")
        self.figure = figure
        self.alt = alt
        self.width = None if width is None else validate.positive_int("width", width)
        plt.close(figure)

    @cached_property
    def png(self):
        """The picture as PNG bytes, 144 dots an inch, in 256 colours, drawn when it is first asked for."""
        drawn = BytesIO()
        with mpl.rc_context(RC):
            self.figure.savefig(drawn, format="png")
        return in_few_colours(Image.open(drawn))

    def save(self, path):
        """Write the picture to `path`; the ending of its name chooses the format (.png, .svg, .pdf).

        Raises TypeError for what is no path, ValueError for another ending.
        """
        path = validate.path("path", path)
        validate.one_of(
            "the ending of path", path.suffix.lower()[1:], tuple(self.figure.canvas.get_supported_filetypes())
        )
        with mpl.rc_context(RC):
            self.figure.savefig(path)

    def __repr__(self):
        return self.alt

    def _repr_html_(self):
        pixels = struct.unpack(">I", self.png[16:20])[0]  # the width in the header of a PNG
        width = self.width or round(pixels * CSS_PIXELS / RC["savefig.dpi"])
        return (
            f'<img alt="{escape(self.alt)}" width="{width}" src="data:image/png;base64,{b64encode(self.png).decode()}" '
            'style="max-width:100%;height:auto;box-sizing:border-box;background:#fff;padding:4px;border-radius:8px">'
        )


def in_few_colours(image):
    """Return a Pillow image on white as PNG bytes with a palette of 256 colours, which is a third as large.

    A chart has few colours, and between them the shades of its soft edges; a page holds ten charts.
    """
    card = Image.new("RGBA", image.size, "white")
    card.alpha_composite(image.convert("RGBA"))
    small = BytesIO()
    palette = card.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    palette.save(small, "PNG", optimize=True, dpi=image.info["dpi"])
    return small.getvalue()


def new_figure(height, rows=1, **kwargs):
    """Return a figure of WIDTH by `height` inches that pyplot does not know, and its axes, one above the other."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, 1, squeeze=False, **kwargs)[:, 0]


def legend_below(figure):
    """Put one legend for all axes below them, in as few rows as the figure's width allows."""
    entries = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    for rows in range(1, len(entries) + 1):
        columns = -(-len(entries) // rows)
        legend = figure.legend(entries.values(), entries.keys(), loc="outside lower center", ncols=columns)
        if columns == 1 or legend.get_window_extent().width <= figure.bbox.width:
            return
        legend.remove()


def shown(name):
    """A name that the caller gave, whatever it is, as matplotlib shows it letter by letter.

    A dollar would begin a formula, and matplotlib leaves out of a legend what begins with an underscore.
    """
    text = str(name).replace("$", r"\$")
    return f"\N{ZERO WIDTH SPACE}{text}" if text.startswith("_") else text


def count(number, noun, plural="s"):
    """The number and its noun, for the words of a picture: "1 step", "2 steps"."""
    return f"{number} {noun}{'' if number == 1 else plural}"


@contextmanager
def figure(height=4, rows=1, **kwargs):
    """Draw a figure of your own in the course's style: `with plots.figure() as (fig, ax): ax.plot(…)`.

    height: in inches; the width is that of all figures. rows: how many axes stand one above the other; with more than
    one, the second of the pair is an array of axes `(rows,)`. Further arguments, such as `sharex=True`, go to
    matplotlib's `subplots`. At the end everything drawn with a `label` gets one legend below the axes. Show the figure
    with `plots.Picture(fig, alt=…)`. Raises TypeError or ValueError where rows is not a whole number of at least 1.
    """
    rows, height = validate.positive_int("rows", rows), validate.positive("height", height)
    if not 0.01 <= height <= 100:
        raise ValueError(f"height is {height}, it must be from 0.01 to 100 inches")
    with mpl.rc_context(RC):
        figure, axes = new_figure(height, rows, **kwargs)
        yield figure, axes if rows > 1 else axes[0]
        legend_below(figure)
