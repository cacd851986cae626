"""The networks in PyTorch: sequence models, a model of language, a recursive net that reads trees, minGRU."""

from rnn_course.models.forget_bias import set_forget_bias
from rnn_course.models.language import LanguageModel
from rnn_course.models.min_gru import MinGRUTorch
from rnn_course.models.recursive import Forest, RecursiveNetwork
from rnn_course.models.sequence import SequenceModel, as_array, as_ids, as_tensor, check_ids, evaluating, seeded
from rnn_course.models.trained import Trained, load_language_model, load_trained, save_language_model
from rnn_course.models.transformer import TransformerLanguageModel

__all__ = [
    "Forest",
    "LanguageModel",
    "MinGRUTorch",
    "RecursiveNetwork",
    "SequenceModel",
    "Trained",
    "TransformerLanguageModel",
    "as_array",
    "as_ids",
    "as_tensor",
    "check_ids",
    "evaluating",
    "load_language_model",
    "load_trained",
    "save_language_model",
    "seeded",
    "set_forget_bias",
]
