"""The course's figures: each is a Picture, which carries alternative text made from the numbers that it shows.

`picture` holds colours, style and the Picture itself, `arguments` and `axes` what several figures need, `drawing` the
kit of the diagrams. Every other module holds the figures of one subject.
"""

from rnn_course.plots.attention import alignment
from rnn_course.plots.cells import cell_diagram
from rnn_course.plots.comparison import bars
from rnn_course.plots.gaps import fills, holes
from rnn_course.plots.graphs import backward_graph
from rnn_course.plots.networks import task_shapes, unrolled
from rnn_course.plots.picture import COLOURS, CYCLE, STYLES, Picture, figure
from rnn_course.plots.schedule import dependency_chain
from rnn_course.plots.selection import hidden_sizes
from rnn_course.plots.speed import ladder, roofline, scaling, trace
from rnn_course.plots.time_series import forecast, lines, series
from rnn_course.plots.traces import gates
from rnn_course.plots.training import LiveLoss, gradient_norms, loss_curves

__all__ = [
    "COLOURS",
    "CYCLE",
    "STYLES",
    "LiveLoss",
    "Picture",
    "alignment",
    "backward_graph",
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
    "trace",
    "unrolled",
]
