"""The networks in PyTorch: sequence models, and a recursive one that reads trees."""

from rnn_course.models.recursive import Forest, RecursiveNetwork
from rnn_course.models.sequence import SequenceModel, check_ids, seeded

__all__ = ["Forest", "RecursiveNetwork", "SequenceModel", "check_ids", "seeded"]
