"""What every figure of the course shares: its colours, its style, and a picture that can say what it shows."""

import struct
from base64 import b64encode
from functools import cached_property
from html import escape
from io import BytesIO

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

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
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "axes.axisbelow": True,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "date.converter": "concise",
    "savefig.dpi": 144,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.08,
}
WIDTH = 6.0  # inches: text of 12 points is still read on a phone 360 pixels wide
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
        """The picture as PNG bytes, 144 dots an inch, drawn when it is first asked for."""
        buffer = BytesIO()
        with mpl.rc_context(RC):
            self.figure.savefig(buffer, format="png")
        return buffer.getvalue()

    def save(self, path):
        """Write the picture to `path`; the ending of its name chooses the format (.png, .svg, .pdf)."""
        with mpl.rc_context(RC):
            self.figure.savefig(path)

    def __repr__(self):
        return self.alt

    def _repr_html_(self):
        pixels = struct.unpack(">I", self.png[16:20])[0]  # the width in the header of a PNG
        width = self.width or round(pixels * CSS_PIXELS / RC["savefig.dpi"])
        return (
            f'<img alt="{escape(self.alt)}" width="{width}" src="data:image/png;base64,{b64encode(self.png).decode()}" '
            'style="max-width:100%;height:auto;box-sizing:border-box;background:#fff;padding:8px;border-radius:8px">'
        )


def new_figure(height, rows=1, width=WIDTH, **kwargs):
    """Return a figure of `width` by `height` inches that pyplot does not know, and its axes, one above the other."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, 1, squeeze=False, **kwargs)[:, 0]
