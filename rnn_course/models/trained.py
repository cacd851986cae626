"""Models of language in files, and the two that ship with the course.

A file keeps the weights, the symbols that they were trained on, and a note of how they were made. float16 halves the
file, and costs a few millionths of a bit per character.
"""

import json
from dataclasses import dataclass
from importlib.resources import as_file

import torch

from rnn_course import validate, weights
from rnn_course.data.recorded import trained_file
from rnn_course.models.language import LanguageModel

FILE_FORMAT = "rnn_course.LanguageModel 1"
SHIPPED = ("state_of_the_union", "tang_verse")


@dataclass(frozen=True)
class Trained:
    """A model of language from a file.

    model      the `LanguageModel`, float32, on the CPU, as it is used
    symbols    the symbols that its ids stand for, in their order
    note       how it was made, as `{name: value}`
    """

    model: LanguageModel
    symbols: tuple
    note: dict


def save_language_model(path, model, symbols, note=None, dtype=torch.float16):
    """Write a model of language, its symbols and a note into a `.safetensors` file.

    Arguments
        path       the file to write
        model      a `LanguageModel`
        symbols    the characters that its ids stand for, as many as the model has, such as `corpus.symbols`
        note       what JSON can hold of how it was made, as a mapping, or None
        dtype      of the weights in the file

    Raises TypeError or ValueError for bad arguments, ValueError where a weight is too large for the dtype.
    """
    if not isinstance(model, LanguageModel):
        raise TypeError(f"model is a {type(model).__name__}, it must be a LanguageModel")
    symbols = validate.text_or_listed("symbols", symbols)
    single = all(isinstance(symbol, str) and len(symbol) == 1 for symbol in symbols)
    if not single or len(symbols) != model.symbols or len(set(symbols)) != len(symbols):
        raise ValueError(f"symbols has {len(symbols)} entries, it must be {model.symbols} different characters")
    values = weights.in_precision(dict(model.named_parameters()), dtype)  # a table that serves twice, once
    texts = {"settings": json.dumps(model.settings), "symbols": "".join(symbols), "note": weights.note_text(note)}
    weights.write(path, values, texts, FILE_FORMAT)


def load_language_model(path):
    """Return what `save_language_model` wrote as `Trained(model, symbols, note)`.

    Raises FileNotFoundError where there is no such file, ValueError where it is another one or has been damaged.
    """
    values, texts = weights.read(path, FILE_FORMAT, "rnn_course.models.save_language_model")
    model = LanguageModel(**json.loads(texts["settings"]))
    return Trained(weights.put(values, model), tuple(texts["symbols"]), json.loads(texts["note"]))


def load_trained(name):
    """Load a model that ships with the course: `"state_of_the_union"` or `"tang_verse"`.

    Returns `Trained(model, symbols, note)`; the note says which command made it, on which data and with which seed, how
    the training went, and its bits per character. Raises ValueError for another name.
    """
    with as_file(trained_file(validate.one_of("name", name, SHIPPED))) as path:
        return load_language_model(path)
