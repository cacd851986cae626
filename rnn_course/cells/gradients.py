"""Three witnesses for a gradient: finite differences, automatic differentiation, and the framework's own cell.

Each sees what another may miss. Finite differences hold `backward` against `forward`, to nine or ten digits; of the
equations they know nothing. Automatic differentiation runs the cell's own `equations` on tensors, so that it holds
`forward` and `backward` against those, to sixteen digits; what is wrong in the equations themselves it repeats. The
framework's cell was written by others and sees that too, but only where there is one with these equations.
"""

from dataclasses import dataclass

import numpy as np

from rnn_course import seeds, validate
from rnn_course.cells import convert
from rnn_course.cells.base import Cell
from rnn_course.tables import html_table

WITNESSES = ("finite differences", "automatic differentiation", "framework's cell")
TOLERANCE = {WITNESSES[0]: 1e-6, WITNESSES[1]: 1e-10, WITNESSES[2]: 1e-10}
HELD_AGAINST = dict(zip(WITNESSES, ("this cell's forward", "this cell's equations", "others' code"), strict=True))


@dataclass(frozen=True)
class GradientReport:
    """What `check_gradients` found: for each array the largest relative difference to each witness.

    rows: `{array: {witness: difference}}`; a difference is None where a witness has nothing to say. An array is "h",
    the forward values, or "x", "state.h", "W_x", …, the loss's gradient in it. silent: why automatic differentiation
    could not follow the equations; empty where it could.
    """

    rows: dict[str, dict[str, float | None]]
    silent: str = ""

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

    @property
    def summary(self):
        """What was found, in a sentence."""
        wrong = self.disagreements
        if not wrong:
            return "All witnesses agree. One is silent." if self.silent else "All witnesses agree."
        return f"{len(wrong)} disagreements (✗), the first in {wrong[0][0]} with {wrong[0][1]}."

    def __repr__(self):
        words = zip(*(witness.split(" ", 1) for witness in WITNESSES), strict=True)
        heads = [*(("", *row) for row in words), ("held against", *HELD_AGAINST.values())]
        lines = [f"{cells[0]:<12}" + "".join(f"{cell:>23}" for cell in cells[1:]) for cells in [*heads, *self._cells()]]
        return "\n".join([*lines, *self._notes()])

    def _repr_html_(self):
        witnesses = (f"{witness}, against {what}" for witness, what in HELD_AGAINST.items())
        return html_table(self._cells(), ("largest relative difference in", *witnesses), notes=self._notes())

    def _notes(self):
        """What stands below the table."""
        reason = f"Automatic differentiation could not follow the equations: {self.silent}"
        return [self.summary, reason] if self.silent else [self.summary]


def check_gradients(cell, x, state=None, seed=0, entries=60):
    """Compare `cell.backward` with three witnesses, on the loss L = Σ A ⊙ h + Σ B ⊙ (last state) with random A and B.

    cell: any cell in float64, one of your own too; its memory for `backward` is gone afterwards. x: `(batch, time,
    input)`. state: the first state; None draws a random one, since a first state of zero tests nothing that is
    multiplied with it. seed: of A, B and that state. entries: at most so many entries of each array, drawn at random,
    are checked by finite differences. Returns a `GradientReport`.
    Raises TypeError for what is no cell, and for a float32 cell, whose rounding would hide what is looked for.
    """
    if not isinstance(cell, Cell):
        raise TypeError(f"cell is a {type(cell).__name__}, check_gradients takes one cell")
    if cell.dtype != np.float64:
        raise TypeError(f"cell computes in {cell.dtype}, gradients are checked in float64")
    entries = validate.positive_int("entries", entries)
    rng = seeds.generator("seed", seed)
    x = np.array(validate.numbers("x", x))
    last = cell.forward(x, state)[1]
    first = _fields(last, rng) if state is None else [np.array(field) for field in _fields(state)]
    h, last = cell.forward(x, _whole(cell, first))
    grad_h, grad_last = rng.normal(size=h.shape), _fields(last, rng)
    grads = cell.backward(grad_h, _whole(cell, grad_last))
    ours = _named(cell, h, grads.x, _fields(grads.state), grads.parameters)
    given = cell, x, first, grad_h, grad_last
    by_autograd, silent = _by_autograd(*given)
    theirs = (_by_differences(*given, entries, rng), by_autograd, _by_framework(*given))
    rows = {
        array: {name: _difference(value, found.get(array)) for name, found in zip(WITNESSES, theirs, strict=True)}
        for array, value in ours.items()
    }
    return GradientReport(rows, silent)


def _fields(state, rng=None):
    """The state's arrays as a list; with a generator random ones of the same shapes."""
    fields = list(state) if isinstance(state, tuple) else [state]
    return fields if rng is None else [rng.normal(size=field.shape) for field in fields]


def _whole(cell, fields):
    """The state as the cell takes it, from its arrays."""
    return cell.State(*fields) if len(fields) > 1 else fields[0]


def _named(cell, h, x, state, parameters):
    """Values and gradients by the names of the report's rows."""
    names = [f"state.{name}" for name in cell.state_fields]
    return {"h": h, "x": x, **dict(zip(names, state, strict=True)), **parameters}


def _difference(ours, theirs):
    """Largest difference relative to the largest value, of the entries that are not masked; NaN where one is NaN."""
    if theirs is None:
        return None
    if ours.shape != theirs.shape:
        return np.inf
    seen = ~np.ma.getmaskarray(theirs)
    ours, theirs = ours[seen], np.ma.getdata(theirs)[seen]
    return float(np.abs(ours - theirs).max(initial=0) / np.abs(theirs).max(initial=1))


def _by_differences(cell, x, state, grad_h, grad_last, entries, rng, width=1e-6):
    """(L(θ + ε) − L(θ − ε)) / 2ε for entries of every array; masked are those not drawn."""
    x, state = x.copy(), [field.copy() for field in state]

    def loss():
        h, last = cell.forward(x, _whole(cell, state))
        return (h * grad_h).sum() + sum((a * b).sum() for a, b in zip(_fields(last), grad_last, strict=True))

    slopes = {}
    for name, array in _named(cell, None, x, state, cell.parameters).items():
        if array is None:
            continue
        slopes[name] = np.ma.masked_all(array.shape)
        for k in rng.permutation(array.size)[:entries]:
            middle, found = array.flat[k], []
            try:
                for value in (middle + width, middle - width):
                    array.flat[k] = value
                    found.append(loss())
            finally:  # also where an own cell explodes, or somebody interrupts
                array.flat[k] = middle
                cell._forget()
            slopes[name].flat[k] = (found[0] - found[1]) / (2 * width)
    return slopes


def _by_autograd(cell, x, state, grad_h, grad_last):
    """The values of the cell's equations and their gradients, by torch's automatic differentiation, and "", or nothing
    and why torch could not follow."""
    from rnn_course.cells import autograd  # brings torch

    try:
        return _named(cell, *autograd.walk(cell, x, state, grad_h, grad_last)), ""
    except Exception as error:  # whatever an author's equations make torch say
        return {}, f"{type(error).__name__}: {str(error).splitlines()[0]}"


def _by_framework(cell, x, state, grad_h, grad_last):
    """The values and gradients of `torch.nn`'s own cell with the same weights; nothing where it has no such cell."""
    import torch

    if convert.obstacle(cell) or not hasattr(torch.nn, cell.torch_name):
        return {}
    module = cell.to_torch()
    x, *first = (torch.tensor(array, requires_grad=True) for array in (x, *state))
    h, last = module(x, tuple(f[None] for f in first) if len(first) > 1 else first[0][None])
    last = last if isinstance(last, tuple) else (last,)
    grads = [torch.from_numpy(grad) for grad in (grad_h, *(grad[None] for grad in grad_last))]
    torch.autograd.backward((h, *last), grads)
    leaves = {"W_x": module.weight_ih_l0, "W_h": module.weight_hh_l0, "b": module.bias_ih_l0, "b_hn": module.bias_hh_l0}
    found = {name: leaf.grad.numpy() for name, leaf in leaves.items()}
    found["b_hn"] = found["b_hn"][2 * cell.hidden_size :]
    return _named(cell, h.detach().numpy(), x.grad.numpy(), [f.grad.numpy() for f in first], found)
