"""A training in one file, to go on with bit for bit: weights, optimiser, place, random numbers, what they belong to.

found = checkpoint.read(path, about)                    refused unless it is of the same model, data and settings
checkpoint.restore(found, model, optimiser)
… go on from found.place and found.random …
checkpoint.write(path, checkpoint.take(model, optimiser, random, place), about)
"""

import json
from dataclasses import dataclass

import torch

from rnn_course import validate, weights

FORM = "rnn_course.Checkpoint 1"


@dataclass(frozen=True)
class Checkpoint:
    """A training at one moment.

    model        the network's `state_dict()`
    optimiser    that of its optimiser
    random       a list, for each worker `{name: tensor}` of where its random numbers stand
    place        how far the training is, in what JSON can hold
    more         `{name: tensor}` beside them, such as the best weights so far
    """

    model: dict
    optimiser: dict
    random: list
    place: dict
    more: dict


def take(model, optimiser, random, place, more=None):
    """Return a training as it is now, a `Checkpoint`: copies, which no later step changes.

    model: a network. optimiser: its optimiser, of `torch.optim`. The others are as the class says.
    """
    return Checkpoint(*_copied([model.state_dict(), optimiser.state_dict(), random, place, more or {}]))


def _copied(value):
    """A copy, ten times as fast as `copy.deepcopy` makes it: a short epoch would notice."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {name: _copied(part) for name, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def write(path, taken, about):
    """Put a `Checkpoint` into one `.safetensors` file, whole or not at all; a file of that name is replaced.

    about: `{name: value}` of all that has to be the same to go on, such as settings and the data's digest. Raises
    ValueError for another suffix, OSError where the file cannot be written, TypeError for what JSON cannot hold.
    """
    state = taken.optimiser["state"]
    parts = {
        "model": taken.model,
        "optimiser": {f"{k}.{name}": value for k, kept in state.items() for name, value in kept.items()},
        "random": {f"{rank}.{name}": value for rank, kept in enumerate(taken.random) for name, value in kept.items()},
        "more": taken.more,
    }
    tensors = {f"{part}.{name}": value for part, values in parts.items() for name, value in values.items()}
    for name, value in tensors.items():
        if not isinstance(value, torch.Tensor):
            raise TypeError(f"{name} is a {type(value).__name__}, a checkpoint keeps tensors")
    groups = taken.optimiser["param_groups"]
    texts = {"groups": groups, "place": taken.place, "about": dict(validate.mapping("about", about))}
    weights.write(path, tensors, {name: json.dumps(value) for name, value in texts.items()}, FORM)


def read(path, about):
    """Return what `write` put into a file, the same bit for bit, as a `Checkpoint`.

    Raises FileNotFoundError where there is no such file, and ValueError where it is damaged, or was made with another
    `about`: the error says what differs, what it is there and what it is here.
    """
    tensors, texts = weights.read(path, FORM, "rnn_course.checkpoint.write")
    texts = {name: json.loads(text) for name, text in texts.items()}
    _check_same(path, texts["about"], json.loads(json.dumps(dict(validate.mapping("about", about)))))
    parts = {"model": {}, "optimiser": {}, "random": {}, "more": {}}
    for name, value in tensors.items():
        part, rest = name.split(".", 1)
        parts[part][rest] = value
    random = _by_number(parts["random"])
    optimiser = {"state": _by_number(parts["optimiser"]), "param_groups": texts["groups"]}
    return Checkpoint(parts["model"], optimiser, [random[k] for k in sorted(random)], texts["place"], parts["more"])


def restore(found, model, optimiser):
    """Put a `Checkpoint` into a model and its optimiser, in place; random numbers stay as they are."""
    model.load_state_dict(found.model)
    optimiser.load_state_dict(found.optimiser)


def random_state(device="cpu"):
    """Return where torch's random numbers stand in this process, `{"cpu": bytes}`, on a GPU `"cuda"` beside it."""
    state = {"cpu": torch.get_rng_state()}
    if torch.device(device).type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_random_state(state):
    """Go on with torch's random numbers where `random_state` found them."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])


def digest(tensors):
    """Return the SHA-256 of tensors, `{name: tensor or None}`: of their names, shapes, dtypes and every bit."""
    absent = {name: "None" for name, value in tensors.items() if value is None}
    return weights.digest({name: value for name, value in tensors.items() if name not in absent}, absent)


def _by_number(values):
    """`{"3.name": value}` as `{3: {"name": value}}`."""
    found = {}
    for key, value in values.items():
        number, name = key.split(".", 1)
        found.setdefault(int(number), {})[name] = value
    return found


def _check_same(path, there, here):
    there, here = ({name: repr(value) for name, value in about.items()} for about in (there, here))
    pairs = {name: (there.get(name, "absent"), here.get(name, "absent")) for name in sorted(there.keys() | here.keys())}
    wrong = [f"{name} is {a} there and {b} here" for name, (a, b) in pairs.items() if a != b]
    if wrong:
        raise ValueError(f"{str(path)!r} is the checkpoint of another training: {'; '.join(wrong)}")
