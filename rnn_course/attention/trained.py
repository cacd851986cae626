"""Several networks for one task in a file, and the two files that ship with the course."""

import json
from dataclasses import dataclass
from importlib.resources import as_file

import torch

from rnn_course import validate, weights
from rnn_course.data.recorded import trained_file
from rnn_course.models import CausalModel, EncoderDecoder

FILE_FORMAT = "rnn_course.attention 1"
SHIPPED = ("dates", "reversal")
KINDS = {"EncoderDecoder": EncoderDecoder, "CausalModel": CausalModel}


@dataclass(frozen=True)
class TrainedPairs:
    """Networks that were trained on the same pairs of strings.

    models       `{name: model}`, float32, on the CPU, as they are used
    symbols_x    the symbols that ids read stand for, as text in their order
    symbols_y    the same for ids written
    note         how they were made, as `{name: value}`
    """

    models: dict
    symbols_x: str
    symbols_y: str
    note: dict


def save_models(path, models, symbols_x, symbols_y, note=None, dtype=torch.float16):
    """Write networks for one task into a `.safetensors` file.

    Arguments
        path                    the file to write
        models                  `{name: model}`, each an `EncoderDecoder` or a `CausalModel`; no name has a slash
        symbols_x, symbols_y    as in `Pairs`
        note                    what JSON can hold of how they were made, as a mapping, or None
        dtype                   of the weights in the file

    Raises TypeError or ValueError for bad arguments, ValueError where a weight is too large for the dtype.
    """
    validate.text("symbols_x", symbols_x), validate.text("symbols_y", symbols_y)
    values, settings = {}, {}
    for name, model in validate.mapping("models", models).items():
        kind = type(model).__name__
        validate.text("a name in models", name)
        if KINDS.get(kind) is not type(model):
            raise TypeError(f"models[{name!r}] is a {kind}, it must be an EncoderDecoder or a CausalModel")
        if "/" in name:
            raise ValueError(f"models has the name {name!r}, which must have no slash")
        settings[name] = {"kind": kind} | model.settings
        values |= {f"{name}/{part}": value for part, value in model.named_parameters()}
    texts = {"settings": json.dumps(settings), "symbols_x": symbols_x, "symbols_y": symbols_y,
             "note": weights.note_text(note)}  # fmt: skip
    weights.write(path, weights.in_precision(values, dtype), texts, FILE_FORMAT)


def load_models(path):
    """Return what `save_models` wrote as `TrainedPairs`.

    Raises FileNotFoundError where there is no such file, ValueError where it is another one or has been damaged.
    """
    values, texts = weights.read(path, FILE_FORMAT, "rnn_course.attention.save_models")
    models = {}
    for name, settings in json.loads(texts["settings"]).items():
        own = {part.removeprefix(f"{name}/"): value for part, value in values.items() if part.startswith(f"{name}/")}
        models[name] = weights.put(own, KINDS[settings.pop("kind")](**settings))
    return TrainedPairs(models, texts["symbols_x"], texts["symbols_y"], json.loads(texts["note"]))


def load_trained(task):
    """Load the networks that ship with the course for a task: `"dates"` or `"reversal"`.

    Returns `TrainedPairs` with the models `"dot"` (an encoder–decoder with dot-product attention), `"none"` (the same
    without), `"rotary"` (a Transformer) and `"no_positions"` (the same without positions); the note says which command
    made them and how many answers of a test were right. Raises ValueError for another name.
    """
    with as_file(trained_file(validate.one_of("task", task, SHIPPED))) as path:
        return load_models(path)
