"""The networks in PyTorch: sequence models, models of language, encoder–decoders, attention, a net for trees."""

from rnn_course.models.causal import CausalModel
from rnn_course.models.diagonal import Diagonal
from rnn_course.models.encoder_decoder import EncoderDecoder
from rnn_course.models.forget_bias import set_forget_bias
from rnn_course.models.language import LanguageModel
from rnn_course.models.min_gru import MinGRUTorch
from rnn_course.models.recursive import Forest, RecursiveNetwork
from rnn_course.models.sequence import SequenceModel, as_array, as_ids, as_tensor, check_ids, evaluating, seeded
from rnn_course.models.stepper import Stepper
from rnn_course.models.trained import Trained, load_language_model, load_trained, save_language_model
from rnn_course.models.transformer import TransformerLanguageModel

__all__ = [
    "CausalModel",
    "Diagonal",
    "EncoderDecoder",
    "Forest",
    "LanguageModel",
    "MinGRUTorch",
    "RecursiveNetwork",
    "SequenceModel",
    "Stepper",
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
