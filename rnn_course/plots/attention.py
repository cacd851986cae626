"""Where attention looks."""

import matplotlib as mpl
from matplotlib.font_manager import FontProperties, findfont, get_font

from rnn_course import validate
from rnn_course.plots.picture import RC, Picture, count, new_figure, shown

OPEN_BOX, UNKNOWN = "␣", "□"  # for a space, and for a symbol that the figure's font does not have


@mpl.rc_context(RC)
def alignment(alpha, read, written, cause="read", effect="written"):
    """Draw attention's weights as a heat map: what is looked at to the right, each step that looks downwards.

    Arguments
        alpha             (written, read) weights from 0 to 1, of which each row sums to one
        read, written     the symbols, texts or lists of texts, as many as alpha has columns and rows
        cause, effect     what the axes are called

    A space is drawn as ␣, and a symbol that the font lacks as □; the description has every symbol. Returns a Picture.
    Raises ValueError for another shape, or weights that are not finite, below zero or do not sum to one, TypeError for
    what are no numbers.
    """
    read, written = validate.text_or_listed("read", read), validate.text_or_listed("written", written)
    alpha = validate.numbers("alpha", alpha).astype(float)
    validate.shape("alpha", alpha, (len(written), len(read)), ("written", "read"))
    validate.finite("alpha", alpha)
    if (alpha < 0).any() or (abs(alpha.sum(axis=1) - 1) > 1e-3).any():
        raise ValueError("alpha must be at least 0 everywhere, and each row must sum to one")
    figure, (ax,) = new_figure(min(7.0, 1.2 + 0.24 * len(written)))
    mesh = ax.pcolormesh(alpha, cmap="cividis", vmin=0, vmax=1, edgecolors="white", linewidth=0.3)
    figure.colorbar(mesh, ax=ax, pad=0.02, label="weight")
    for axis, symbols in ((ax.xaxis, read), (ax.yaxis, written)):
        axis.set_ticks([k + 0.5 for k in range(len(symbols))], [_label(symbol) for symbol in symbols])
        axis.set_tick_params(length=0, labelsize=9 if max(alpha.shape) <= 24 else 7)
    ax.set(xlabel=shown(cause), ylabel=shown(effect), ylim=(len(written), 0))
    ax.grid(False)
    said = [f"{symbol!r} looks at {read[k]!r}, place {k + 1}, {row[k]:.2f}"
            for symbol, row, k in zip(written, alpha, alpha.argmax(axis=1), strict=True)]  # fmt: skip
    size = f"{count(len(written), 'step')} over {count(len(read), 'place')}"
    return Picture(
        figure, f"Heat map of attention's weights, {effect} over {cause}, {size}. Most of each: {'; '.join(said)}."
    )


def _label(symbol):
    """A symbol as the figure's font can draw it."""
    symbol = str(symbol).replace(" ", OPEN_BOX)
    font = get_font(findfont(FontProperties()))
    return shown("".join(part if font.get_char_index(ord(part)) else UNKNOWN for part in symbol))
