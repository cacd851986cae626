"""The equations of recurrent networks in NumPy, forward and backward through time."""

from rnn_course.cells.adam import Adam, clip_norm
from rnn_course.cells.base import Cell, Gradients, Trace, sigmoid
from rnn_course.cells.gru import GRU
from rnn_course.cells.lstm import LSTM, LSTMState
from rnn_course.cells.min_gru import MinGRU
from rnn_course.cells.readout import Readout
from rnn_course.cells.sgd import SGD
from rnn_course.cells.simple_rnn import SimpleRNN
from rnn_course.cells.stack import Bidirectional, Stack

__all__ = [
    "GRU",
    "LSTM",
    "SGD",
    "Adam",
    "Bidirectional",
    "Cell",
    "Gradients",
    "LSTMState",
    "MinGRU",
    "Readout",
    "SimpleRNN",
    "Stack",
    "Trace",
    "clip_norm",
    "sigmoid",
]
