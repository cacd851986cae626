"""The kit of which every diagram is drawn: boxes, nodes, values and arrows on a grid."""

from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

UNIT = 0.41  # inches from one line of the grid to the next
RADIUS = 0.24  # of a node
INK = "#333333"


def canvas(left, right, bottom, top):
    figure = Figure(figsize=(UNIT * (right - left), UNIT * (top - bottom)))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.axis("off")
    return figure, ax


def tint(colour, strength=0.16):
    return [1 - strength * (1 - channel) for channel in to_rgb(colour)]


def outline(ax, left, right, bottom, top):
    """The wall of the cell: what is inside happens in one time step."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.35", "facecolor": "#F6F6F6", "edgecolor": "#9A9A9A"}
    ax.add_patch(FancyBboxPatch((left, bottom), right - left, top - bottom, linewidth=1.2, zorder=0, **style))


def box(ax, x, y, text, colour, caption="", width=1.6, height=1.0):
    """A rounded box about (x, y) that holds a function, with its role in small letters below."""
    style = {"boxstyle": "round,pad=0,rounding_size=0.14", "facecolor": tint(colour), "edgecolor": colour}
    ax.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height, linewidth=1.6, zorder=4, **style))
    label(ax, x, y + (0.2 if caption else 0), text, INK)
    if caption:
        label(ax, x, y - 0.26, caption, INK, fontsize=10.5)


def value(ax, x, y, text, colour):
    """A circle about (x, y) that holds an input or an output."""
    ax.add_patch(Circle((x, y), 0.42, facecolor=tint(colour), edgecolor=colour, linewidth=1.6, zorder=4))
    label(ax, x, y, text, INK)


def node(ax, x, y, sign):
    """A round node: "⊙" for the elementwise product or "+" for the sum."""
    ax.add_patch(Circle((x, y), RADIUS, facecolor="white", edgecolor=INK, linewidth=1.5, zorder=4))
    if sign == "⊙":
        ax.add_patch(Circle((x, y), 0.06, color=INK, zorder=5))
    else:
        ax.plot([x - 0.13, x + 0.13], [y, y], color=INK, linewidth=1.5, zorder=5)
        ax.plot([x, x], [y - 0.13, y + 0.13], color=INK, linewidth=1.5, zorder=5)


def label(ax, x, y, text, colour, **style):
    dark = [0.65 * channel for channel in to_rgb(colour)]  # letters are thin and need more contrast than lines
    ax.text(x, y, text, color=dark, zorder=6, **{"ha": "center", "va": "center", "fontsize": 13} | style)


def arrow(ax, *points, colour, head=True, casing=False, dashed=False):
    """A line through `points` with rounded corners and, with `head`, a tip on the last of them.

    With `casing` a white edge shows that it passes over the lines it crosses and does not join them.
    """
    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [_towards(corner, before), corner, _towards(corner, after)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    path = Path([*vertices, points[-1]], [*codes, Path.LINETO])
    line = {"arrowstyle": "-|>" if head else "-", "mutation_scale": 11, "capstyle": "butt", "joinstyle": "miter"}
    if casing:
        ax.add_patch(FancyArrowPatch(path=path, color="#F6F6F6", linewidth=6, zorder=3, **line | {"arrowstyle": "-"}))
    style = {"linestyle": (0, (2, 1.2)) if dashed else "solid"}
    ax.add_patch(FancyArrowPatch(path=path, color=colour, linewidth=1.8, zorder=3, **line, **style))


def _towards(corner, other, radius=0.2):
    (x, y), (to_x, to_y) = corner, other
    length = abs(to_x - x) + abs(to_y - y)  # lines run along the grid, so one of the two is zero
    return x + radius * (to_x - x) / length, y + radius * (to_y - y) / length


def dot(ax, x, y, colour):
    """A joint, where one line becomes two."""
    ax.add_patch(Circle((x, y), 0.085, color=colour, zorder=5))


def key(ax, x, y):
    """What the two signs mean."""
    for sign, place, meaning in (("⊙", x, "elementwise product"), ("+", x + 5.6, "sum")):
        node(ax, place, y, sign)
        label(ax, place + 0.45, y, meaning, INK, fontsize=11, ha="left")
