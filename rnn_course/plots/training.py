"""How a training went, or goes: losses and norms of gradients."""

import time

import matplotlib as mpl
import numpy as np

from rnn_course import validate
from rnn_course.plots.arguments import finite_numbers, styled_curves
from rnn_course.plots.axes import finish_axes, marker_places
from rnn_course.plots.picture import COLOURS, RC, STYLES, Picture, count, new_figure, shown


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
    curves = styled_curves("histories", histories if isinstance(histories, dict) else {"": histories})
    said, lowest = [], np.inf
    for name, history, style in curves:
        if not hasattr(history, "train_loss") or not hasattr(history, "validation_loss"):
            given = "histories" if not name else f"histories[{name!r}]"
            raise TypeError(f"{given} is a {type(history).__name__}, it must be a History")
        train = finite_numbers("train_loss", history.train_loss, "epoch")
        colours = COLOURS if len(curves) == 1 else dict.fromkeys(("train", "validation"), style["color"])
        epochs = np.arange(1, len(train) + 1)
        mark = {"marker": style["marker"], "markevery": marker_places(train)}
        line = {"color": colours["train"], "linestyle": STYLES["train"]}
        ax.plot(epochs, train, label=shown(f"{name} training".strip()), **line, **mark)
        text = f"training loss goes from {train[0]:.3g} to {train[-1]:.3g} over {count(len(train), 'epoch')}"
        lowest = min(lowest, train.min())
        if len(history.validation_loss):
            validation = finite_numbers("validation_loss", history.validation_loss, "epoch", len(train))
            best = int(validation.argmin())
            line = {"color": colours["validation"], "linestyle": STYLES["validation"]}
            ax.plot(epochs, validation, label=shown(f"{name} validation (best: {best + 1})".strip()), **line, **mark)
            ring = {"marker": "o", "markersize": 10, "markerfacecolor": "none", "markeredgewidth": 2}
            ax.plot(best + 1, validation[best], linestyle="none", color=colours["validation"], **ring)
            text += f", lowest validation loss {validation[best]:.3g} at epoch {best + 1} (marked)"
            lowest = min(lowest, validation.min())
        said.append(f"{name} {text}".strip())
    ax.margins(y=0.15)
    scale = "log" if lowest > 0 else "linear"
    finish_axes(ax, xlabel="epoch", ylabel="loss", yscale=scale)
    return f"Loss curves on a {'logarithmic' if scale == 'log' else 'linear'} axis: {'; '.join(said)}."


class LiveLoss:
    """The loss curves of a training that is under way, in one place of the notebook: `fit(…, watch=LiveLoss())`.

    Called with a History after each epoch it draws at most four times a second, always into the same figure, and a last
    time when `history.stopped` says that training has ended. On a slow machine it draws more seldom, so that training
    keeps four fifths of the time. `clock` gives the time in seconds.
    """

    @mpl.rc_context(RC)
    def __init__(self, clock=time.monotonic):
        self.clock = validate.function("clock", clock)
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
    for name, given, style in styled_curves("norms", norms):
        values = finite_numbers(f"norms[{name!r}]", given, "step")
        if values.max() > 1e300:
            raise ValueError(f"norms[{name!r}] has {values.max():g} at {values.argmax()}, too large to be drawn")
        if values.min() < 0:
            raise ValueError(f"norms[{name!r}] has {values.min():g} at {values.argmin()}, a norm cannot be negative")
        zeros = int((values == 0).sum())
        gaps = f" ({count(zeros, 'zero')} not shown)" if zeros else ""
        drawn = np.where(values > 0, values, np.nan)
        ax.plot(drawn, label=shown(f"{name}{gaps}"), markevery=marker_places(drawn), **style)
        said.append(f"{name} goes from {values[0]:.3g} to {values[-1]:.3g} over {count(len(values), 'step')}{gaps}")
    finish_axes(ax, xlabel="step", ylabel="norm of the gradient", yscale="log")
    return Picture(figure, f"Norms of gradients on a logarithmic axis: {'; '.join(said)}.")
