"""Explorables: widgets whose JavaScript does the computing, so that they work with a kernel and without one.

`live` is the exception: controls that the kernel answers.
"""

from rnn_course.widgets.cell_stepper import CellStepper
from rnn_course.widgets.chain_and_tree import ChainAndTree
from rnn_course.widgets.gate_explorer import GateExplorer
from rnn_course.widgets.gradient_through_time import GradientThroughTime
from rnn_course.widgets.live import live
from rnn_course.widgets.missing_laboratory import MissingLaboratory
from rnn_course.widgets.speed_ladder import SpeedLadder
from rnn_course.widgets.window_against_state import WindowAgainstState

__all__ = [
    "CellStepper",
    "ChainAndTree",
    "GateExplorer",
    "GradientThroughTime",
    "MissingLaboratory",
    "SpeedLadder",
    "WindowAgainstState",
    "live",
]
