"""Explorables: widgets whose JavaScript does the computing, so that they work with a kernel and without one."""

from rnn_course.widgets.gate_explorer import GateExplorer
from rnn_course.widgets.gradient_through_time import GradientThroughTime

__all__ = ["GateExplorer", "GradientThroughTime"]
