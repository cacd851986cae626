"""The checks of the chapter "Background": windows, the seasonal naive forecast, parameter counts, scaling."""

from rnn_course.exercises.counts import mlp_parameters, rnn_parameters
from rnn_course.exercises.scaling import scaling
from rnn_course.exercises.windows import seasonal_naive, windows

__all__ = ["mlp_parameters", "rnn_parameters", "scaling", "seasonal_naive", "windows"]
