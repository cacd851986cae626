"""Three witnesses for a gradient: finite differences, automatic differentiation, and the framework's own cell.

Each sees what another may miss. Finite differences know nothing of the equations, only of this cell's `forward`.
Automatic differentiation starts from the equations, written here once more. The framework's cell was written by others.
A mistake in `backward` alone shows in all three; one in `forward` and `backward` alike escapes the first and is
caught by the other two.
"""

from dataclasses import dataclass

import numpy as np

from rnn_course import validate

WITNESSES = ("finite differences", "automatic differentiation", "framework's cell")
TOLERANCE = {WITNESSES[0]: 1e-6, WITNESSES[1]: 1e-10, WITNESSES[2]: 1e-10}


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradients` found: for each array the largest relative difference to each witness.

    rows: `{array: {witness: difference}}`; a difference is None where a witness has nothing to say. An array is "h",
    the forward values, or "x", "state.h", "W_x", …, the loss's gradient in it.
    """

    rows: dict[str, dict[str, float | None]]

    @property
    def passed(self):
        """Whether every difference is within its witness's tolerance."""
        return not self.disagreements

    @property
    def disagreements(self):
        """The pairs of array and witness that differ by more than the tolerance; a NaN differs from everything."""
        return [
            (array, witness)
            for array, differences in self.rows.items()
            for witness, difference in differences.items()
            if difference is not None and not difference <= TOLERANCE[witness]
        ]

    def _cells(self):
        def text(array, witness):
            difference = self.rows[array][witness]
            mark = " ✗" if (array, witness) in self.disagreements else ""
            return "no witness" if difference is None else f"{difference:.1e}{mark}"

        return [[array, *(text(array, witness) for witness in WITNESSES)] for array in self.rows]

    def _summary(self):
        wrong = self.disagreements
        if not wrong:
            return "All witnesses agree."
        return f"{len(wrong)} disagreements (✗), the first in {wrong[0][0]} with {wrong[0][1]}."

    def __repr__(self):
        head = "".join(f"{title:>28}" for title in ("", *WITNESSES))[16:]
        lines = [f"{cells[0]:<12}" + "".join(f"{cell:>28}" for cell in cells[1:]) for cells in self._cells()]
        return "\n".join([head, *lines, self._summary()])

    def _repr_html_(self):
        head = "".join(f"<th>{title}</th>" for title in ("largest relative difference in", *WITNESSES))
        body = "".join(
            "<tr>" + f"<th>{cells[0]}</th>" + "".join(f"<td>{cell}</td>" for cell in cells[1:]) + "</tr>"
            for cells in self._cells()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{self._summary()}</p>"


def check_gradients(cell, x, state=None, seed=0, entries=60):
    """Compare `cell.backward` with three witnesses, on the loss L = Σ A ⊙ h + Σ B ⊙ (last state) with random A and B.

    cell: a SimpleRNN, LSTM or GRU in float64. x: `(batch, time, input)`. state: the first state; None draws a random
    one, since a first state of zero tests nothing that is multiplied with it. seed: of A, B and that state. entries: at
    most so many entries of each array, drawn at random, are checked by finite differences. Returns a
    `GradientReport`.
    Raises TypeError for a float32 cell, whose rounding would hide what is looked for.
    """
    if cell.dtype != np.float64:
        raise TypeError(f"cell computes in {cell.dtype}, gradients are checked in float64")
    entries = validate.positive_int("entries", entries)
    rng = np.random.default_rng(seed)
    x = np.array(x)
    if state is None:
        state = _like(cell.forward(x)[1], rng)
    h, last = cell.forward(x, state)
    seeds = rng.normal(size=h.shape), _like(last, rng)
    grads = cell.backward(*seeds)
    ours = {"h": h, "x": grads.x, **_fields(grads.state), **grads.parameters}
    verdicts = (_by_differences(cell, x, state, seeds, entries, rng), _by_autograd(cell, x, state, seeds))
    verdicts += (_by_framework(cell, x, state, seeds),)
    rows = {
        array: {name: _difference(value, theirs.get(array)) for name, theirs in zip(WITNESSES, verdicts, strict=True)}
        for array, value in ours.items()
    }
    return GradientReport(rows)


def _like(state, rng):
    """A random state of the same fields and shapes."""
    if isinstance(state, tuple):
        return type(state)(*(rng.normal(size=field.shape) for field in state))
    return rng.normal(size=state.shape)


def _fields(state):
    """The state's arrays by name: {"state.h": …, "state.C": …}."""
    names = getattr(state, "_fields", ("h",))
    return dict(zip((f"state.{n}" for n in names), state if isinstance(state, tuple) else (state,), strict=True))


def _difference(ours, theirs):
    """Largest difference relative to the largest value; NaN in `theirs` marks entries that were not looked at."""
    if theirs is None:
        return None
    if ours.shape != theirs.shape:
        return np.inf
    looked_at = ~np.isnan(theirs)
    scale = max(1.0, float(np.abs(theirs[looked_at]).max()))
    return float(np.abs(ours - theirs)[looked_at].max()) / scale


def _by_differences(cell, x, state, seeds, entries, rng, width=1e-6):
    """(L(θ + ε) − L(θ − ε)) / 2ε for entries of every array; NaN for those not drawn."""
    x, state = x.copy(), type(state)(*(f.copy() for f in state)) if isinstance(state, tuple) else state.copy()

    def loss():
        h, last = cell.forward(x, state)
        pairs = zip(_fields(last).values(), _fields(seeds[1]).values(), strict=True)
        return (h * seeds[0]).sum() + sum((value * seed).sum() for value, seed in pairs)

    slopes = {}
    for name, array in {"x": x, **_fields(state), **cell.parameters}.items():
        slopes[name] = np.full(array.shape, np.nan)
        for k in rng.permutation(array.size)[:entries]:
            middle = array.flat[k]
            array.flat[k] = middle + width
            above = loss()
            array.flat[k] = middle - width
            slopes[name].flat[k] = (above - loss()) / (2 * width)
            array.flat[k] = middle
    return slopes


# The equations once more, as torch operations. x holds W_x x_t + b gate by gate; product(h, rows) is h times
# those rows of W_h, transposed.


def _simple_rnn_step(cell, x, product, h, p):
    import torch

    return ((torch.tanh if cell.nonlinearity == "tanh" else torch.relu)(x[0] + product(h, slice(None))),)


def _lstm_step(cell, x, product, h, C, p):
    import torch

    i, f, C_tilde, o = (a + b for a, b in zip(x, product(h, slice(None)).chunk(4, 1), strict=True))
    C = torch.sigmoid(f) * C + torch.sigmoid(i) * torch.tanh(C_tilde)
    return torch.sigmoid(o) * torch.tanh(C), C


def _gru_step(cell, x, product, h, p):
    import torch

    hidden = cell.hidden_size
    r, z = (torch.sigmoid(a + b) for a, b in zip(x[:2], product(h, slice(0, 2 * hidden)).chunk(2, 1), strict=True))
    to_n = slice(2 * hidden, None)
    inner = r * (product(h, to_n) + p["b_hn"]) if cell.reset_after else product(r * h, to_n)
    return ((1 - z) * torch.tanh(x[2] + inner) + z * h,)


def _by_autograd(cell, x, state, seeds):
    """The values and gradients of the equations, by torch's automatic differentiation."""
    import torch

    step = {"RNN": _simple_rnn_step, "LSTM": _lstm_step, "GRU": _gru_step}[cell.torch_name]
    p = {name: torch.tensor(value, requires_grad=True) for name, value in cell.parameters.items()}
    x, first = torch.tensor(x, requires_grad=True), _torch_fields(state)
    fields, outputs = first, []
    for t in range(x.shape[1]):
        sums = (x[:, t] @ p["W_x"].T + p["b"]).split(cell.hidden_size, 1)
        fields = step(cell, sums, lambda h, rows: h @ p["W_h"][rows].T, *fields, p)
        outputs.append(fields[0])
    h = torch.stack(outputs, 1)
    return {"h": h.detach().numpy(), **_gradients(h, fields, seeds, {"x": x, **_named(first), **p})}


def _by_framework(cell, x, state, seeds):
    """The values and gradients of `torch.nn`'s own cell with the same weights; nothing where it has no such cell."""
    import torch

    if not getattr(cell, "reset_after", True):
        return {}
    module, hidden = cell.to_torch(), cell.hidden_size
    x, first = torch.tensor(x, requires_grad=True), _torch_fields(state)
    given = tuple(f[None] for f in first)
    h, last = module(x, given if cell.torch_name == "LSTM" else given[0])
    last = [f[0] for f in (last if isinstance(last, tuple) else (last,))]
    leaves = {"W_x": module.weight_ih_l0, "W_h": module.weight_hh_l0, "b": module.bias_ih_l0, "b_hn": module.bias_hh_l0}
    values = _gradients(h, last, seeds, {"x": x, **_named(first), **leaves})
    values["b_hn"] = values["b_hn"][2 * hidden :]
    return {"h": h.detach().numpy(), **values}


def _torch_fields(state):
    import torch

    return tuple(torch.tensor(field, requires_grad=True) for field in _fields(state).values())


def _named(fields):
    return dict(zip(("state.h", "state.C"), fields, strict=False))


def _gradients(h, last, seeds, leaves):
    """∂L of each leaf by name, as NumPy arrays."""
    import torch

    given = (torch.from_numpy(seeds[0]), *(torch.from_numpy(seed) for seed in _fields(seeds[1]).values()))
    torch.autograd.backward((h, *last), given)
    return {name: leaf.grad.numpy() for name, leaf in leaves.items()}
