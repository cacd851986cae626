"""The check of a GRU turned into the convention in which z weighs the new value: which arrays changed, and how."""

import numpy as np

from rnn_course.cells import GRU
from rnn_course.exercises.returned import unwritten
from rnn_course.exercises.verdict import NOTHING_YET, Verdict, check


@check
def turned_update_gate(answer):
    """Check `answer(cell)`: a GRU that computes, when read with h_t = z ⊙ n + (1 − z) ⊙ h, what `cell` computes."""
    if unwritten(answer):
        return Verdict(False, NOTHING_YET)
    if not callable(answer):
        return Verdict(False, f"A function is wanted, got {answer!r}.")
    for seed, (inputs, hidden) in enumerate(((3, 4), (5, 2))):
        cell, given = (GRU(inputs, hidden, seed=seed) for _ in range(2))
        try:
            turned = answer(given)
        except Exception as error:  # whatever an answer raises
            return Verdict(False, f"Your function raised {type(error).__name__}: {error}.")
        problem = _problem(cell, given, turned)
        if problem:
            return Verdict(False, problem)
    return Verdict(True, "Read in the other convention it computes the same h at every step.")


def _problem(cell, given, turned):
    """The sentence on what is wrong with the cell that came back; None if nothing is."""
    if unwritten(turned):
        return NOTHING_YET
    written = [name for name in _names(cell) if not np.array_equal(getattr(given, name), getattr(cell, name))]
    if written:
        named = ", ".join(written)
        if isinstance(turned, GRU) and turned is not given and _shares(turned, given):
            return (
                f"Your function changed the cell that it was given ({named}): your copy shares its arrays, as those of "
                "copy.copy do. copy.deepcopy copies them too."
            )
        return f"Your function changed the cell that it was given ({named}): work on a copy."
    if not isinstance(turned, GRU):
        return f"Your function returned a {type(turned).__name__}, a GRU is wanted."
    if {n: a.shape for n, a in turned.parameters.items()} != {n: a.shape for n, a in cell.parameters.items()}:
        return f"Your function returned {turned!r}, a GRU of the same sizes as {cell!r} is wanted."
    if any(not np.isfinite(value).all() for value in turned.parameters.values()):
        return "There is a NaN or an infinite number in the weights of the GRU that your function returned."
    x = np.random.default_rng(6).normal(size=(2, 7, cell.input_size))
    weights = cell.with_arrays({name: array.astype(cell.dtype) for name, array in turned.parameters.items()})
    if np.allclose(other_convention(weights, x), cell.forward(x)[0]):
        return None
    return _which_arrays(cell, turned)


def other_convention(cell, x):
    """h of a GRU whose z weighs the new value: with z′ = 1 − z the roles in the last line are exchanged."""
    h, steps = np.zeros((len(x), cell.hidden_size)), []
    for t in range(x.shape[1]):
        trace = cell.trace(x[:, t : t + 1], h)
        z, n = trace.z[:, 0], trace.n[:, 0]
        h = z * n + (1 - z) * h
        steps.append(h)
    return np.stack(steps, axis=1)


def _names(cell):
    return [*cell.windows(), "b_hn"]


def _shares(turned, given):
    return any(np.shares_memory(turned.parameters[name], a) for name, a in given.parameters.items())


def _which_arrays(cell, turned):
    """What became of each array: those of z have to be turned, the others to stay."""
    became = {name: _became(getattr(cell, name), getattr(turned, name)) for name in _names(cell)}
    if set(became.values()) == {"the same"}:
        return "No weight has changed: 1 − σ(a) = σ(−a), so something has to change its sign."
    said = []
    of_z = ("W_xz", "W_hz", "b_z")
    same = [name for name in of_z if became[name] == "the same"]
    if same:
        said.append(f"{', '.join(same)} did not change: all that goes into z must change its sign.")
    for name in of_z:
        if became[name] in OTHERWISE:
            said.append(OTHERWISE[became[name]].format(name=name))
    for gate, says in TOUCHED.items():
        names = [name for name in became if name not in of_z and name.endswith(gate) and became[name] != "the same"]
        if names:
            said.append(says.format(names=", ".join(names)))
    if not said:
        return "Not the same function: only what belongs to z may change, and only its sign."
    return said[0] if len(said) == 1 else "\n".join(["This is wrong:", *(f"- {sentence}" for sentence in said)])


def _became(old, new):
    """What an array has become, in the order in which it is asked."""
    ways = {
        "the same": old,
        "turned": -old,
        "one minus": 1 - old,
        "minus one": old - 1,
        "zero": 0 * old,
        "reciprocal": 1 / old,
        "absolute": np.abs(old),
        "transposed": -old.T,
    }
    return next((w for w, a in ways.items() if a.shape == new.shape and np.allclose(new, a)), "other")


OTHERWISE = {
    "one minus": "{name} has become 1 − {name}: σ(−a) = 1 − σ(a) turns the sign of what goes into σ, {name} into "
    "−{name}.",
    "minus one": "{name} has become {name} − 1: its sign has to change, {name} into −{name}.",
    "zero": "{name} is all zeros now: its sign has to change, {name} into −{name}.",
    "reciprocal": "{name} has become 1 / {name}: its sign has to change, {name} into −{name}.",
    "absolute": "{name} has lost its signs, as by np.abs: each number has to change its sign, {name} into −{name}.",
    "transposed": "{name} is transposed too: only its sign has to change.",
    "other": "{name} has changed, but not into −{name}.",
}
TOUCHED = {
    "r": "{names} changed. That is the reset gate r's: only what belongs to z may change, and only its sign.",
    "n": "{names} changed. That is the candidate n's: only what belongs to z may change, and only its sign.",
}
