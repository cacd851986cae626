"""The networks in PyTorch: sequence models, a recursive one that reads trees, minGRU, and an LSTM's forget bias."""

from rnn_course.models.forget_bias import set_forget_bias
from rnn_course.models.min_gru import MinGRUTorch
from rnn_course.models.recursive import Forest, RecursiveNetwork
from rnn_course.models.sequence import SequenceModel, as_array, as_tensor, check_ids, seeded

__all__ = [
    "Forest",
    "MinGRUTorch",
    "RecursiveNetwork",
    "SequenceModel",
    "as_array",
    "as_tensor",
    "check_ids",
    "seeded",
    "set_forget_bias",
]
