"""Explorables: widgets whose JavaScript does the computing, so that they work with a kernel and without one.

`EXPLORABLES` has them by name, and each is a line below: `from rnn_course.widgets.NAME import Class as Class`, with
NAME.py and NAME.js side by side. `live` is the exception: controls that the kernel answers.
"""

from rnn_course.widgets.alignment import Alignment as Alignment
from rnn_course.widgets.cell_stepper import CellStepper as CellStepper
from rnn_course.widgets.chain_and_tree import ChainAndTree as ChainAndTree
from rnn_course.widgets.character_model import CharacterModel as CharacterModel
from rnn_course.widgets.fading_memory import FadingMemory as FadingMemory
from rnn_course.widgets.gate_explorer import GateExplorer as GateExplorer
from rnn_course.widgets.gradient_through_time import GradientThroughTime as GradientThroughTime
from rnn_course.widgets.kit import Explorable
from rnn_course.widgets.live import live
from rnn_course.widgets.missing_laboratory import MissingLaboratory as MissingLaboratory
from rnn_course.widgets.speed_ladder import SpeedLadder as SpeedLadder
from rnn_course.widgets.watch_it_learn import WatchItLearn as WatchItLearn
from rnn_course.widgets.window_against_state import WindowAgainstState as WindowAgainstState

EXPLORABLES = {kind.__name__: kind for kind in Explorable.__subclasses__()}
__all__ = ["EXPLORABLES", "live", *EXPLORABLES]
