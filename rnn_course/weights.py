"""A network's weights in a `.safetensors` file, with texts beside them and a digest that notices a changed bit."""

import hashlib
import json

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes

from rnn_course import files, validate


def in_precision(weights, dtype):
    """Return tensors, `{name: tensor}`, in another dtype; ValueError where one has a value too large for it.

    TypeError for what is no dtype of real numbers.
    """
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype is {dtype!r}, it must be a dtype of real numbers such as torch.float16")
    found = {name: value.to(dtype) for name, value in weights.items()}
    for name, value in found.items():
        if not value.isfinite().all():
            raise ValueError(f"{name} has values that are not finite in {dtype}")
    return found


def note_text(note):
    """Return a note, a mapping or None, as JSON; TypeError for what JSON cannot hold."""
    note = {} if note is None else validate.mapping("note", note)
    try:
        return json.dumps(dict(note))
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"note must be what JSON can hold: {error}") from None


def put(weights, model):
    """Copy tensors, `{name: tensor}`, into the parameters of a model, whatever their dtype, and leave it evaluating."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights[name])
    return model.eval()


def checked_path(name, path):
    """Return a `Path` that ends in `.safetensors`; TypeError for what is no path, ValueError for another ending."""
    path = validate.path(name, path)
    if path.suffix != ".safetensors":
        raise ValueError(f"{name} is {str(path)!r}, it must end in .safetensors")
    return path


def write(path, weights, texts, form):
    """Write tensors and texts into a file that `read` opens again; nothing else can be in it, no pickled program.

    Arguments
        path       ends in `.safetensors`
        weights    `{name: tensor}`
        texts      `{name: text}`
        form       the name and version of what is written, which `read` asks for

    Raises ValueError for another ending, OSError where the file cannot be written.
    """
    path = checked_path("path", path)
    # The format wants each weight in one piece and in memory of its own; on a GPU they are views of one buffer.
    one_piece = torch.contiguous_format
    weights = {name: value.detach().cpu().clone(memory_format=one_piece) for name, value in weights.items()}
    files.write(path, to_bytes(weights, texts | {"format": form, "digest": digest(weights, texts)}))


def read(path, form, writer):
    """Return the weights and the texts that `write` put into a file, the same bit for bit.

    `form` is what `write` was given, `writer` the function that an error names. Raises FileNotFoundError where there is
    no such file, ValueError where it has another form or has been damaged.
    """
    if not validate.path("path", path).is_file():
        raise FileNotFoundError(f"path is {str(path)!r}, but there is no such file")
    try:
        with safe_open(path, framework="pt") as file:
            texts = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}
    except SafetensorError as error:
        raise ValueError(f"{str(path)!r} is damaged or not a .safetensors file: {error}") from None
    if texts.pop("format", None) != form:
        raise ValueError(f"{str(path)!r} was not written by {writer}")
    if texts.pop("digest", None) != digest(weights, texts):
        raise ValueError(f"{str(path)!r} is damaged: its content is not what was saved")
    return weights, texts


def digest(weights, texts):
    """Return the SHA-256 of tensors, `{name: tensor}`, and of texts, `{name: text}`: of names, dtypes, shapes and bits.

    A file has one, since the format itself does not notice a changed bit.
    """
    found = hashlib.sha256(json.dumps(texts, sort_keys=True).encode())
    for name in sorted(weights):
        value = weights[name].detach().cpu().contiguous()
        found.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
        found.update(value.reshape(-1).view(torch.uint8).numpy().tobytes())  # a single number has no axis to view
    return found.hexdigest()
