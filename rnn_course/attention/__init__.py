"""Attention and recurrence on the same strings: training on what a task draws, and how many answers are right.

Data flow: tasks (`rnn_course.data`) → batches as a model reads them → training and scores.
"""

from rnn_course.attention.batches import Batch, as_batch, one_text
from rnn_course.attention.recorded import recorded
from rnn_course.attention.scores import correct, right
from rnn_course.attention.trained import TrainedPairs, load_models, load_trained, save_models
from rnn_course.attention.training import Progress, fit

__all__ = [
    "Batch",
    "Progress",
    "TrainedPairs",
    "as_batch",
    "correct",
    "fit",
    "load_models",
    "load_trained",
    "one_text",
    "recorded",
    "right",
    "save_models",
]
