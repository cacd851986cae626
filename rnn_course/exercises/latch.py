"""The check of a latch set by hand: where it fails, and which gate or weight lets it.

A sentence on a cause is tried before it is said: the cell is computed again with that cause taken away.
"""

import copy
from types import SimpleNamespace

import numpy as np

from rnn_course.cells import LSTM
from rnn_course.exercises.returned import unwritten
from rnn_course.exercises.verdict import NOTHING_YET, Verdict, check

SHOWN, SILENT = 0.5, 0.1  # |h| from the first pulse on, and before it


@check
def latch(cell):
    """Check an LSTM of one unit and one input, set by hand, that remembers the first pulse and ignores what follows.

    The input is 0 but for pulses of +1 or −1, at most one every ten steps. From the first pulse to the end, 60 steps,
    h must have the sign of the first pulse and |h| ≥ 0.5; before the first pulse |h| < 0.1.
    """
    if unwritten(cell):
        return Verdict(False, NOTHING_YET)
    if not isinstance(cell, LSTM) or (cell.input_size, cell.hidden_size) != (1, 1):
        return Verdict(False, f"An LSTM(input_size=1, hidden_size=1) is wanted, got {cell!r}.")
    cell = copy.deepcopy(cell)
    x, first = pulses(np.random.default_rng(0))
    try:
        trace = _values(cell, x)
    except (ValueError, FloatingPointError) as error:  # NaN or infinite weights, which the library names
        return Verdict(False, f"The cell cannot be computed: {error}.")
    for k, start in enumerate(first):
        run = SimpleNamespace(
            cell=cell, x=x[k], start=start, sign=x[k, start, 0], **{name: value[k] for name, value in trace.items()}
        )
        why = _before_any_pulse(run) or _at_the_first_pulse(run) or _after_it(run)
        if why:
            return Verdict(False, f"Sequence {k}: {why}")
    return Verdict(True, f"It holds the first pulse in {len(first)} random sequences.")


def pulses(rng, sequences=20, time=60):
    """x (sequences, time, 1) with a pulse of ±1 every ten to fifteen steps, and where the first one is."""
    x, first = np.zeros((sequences, time, 1)), []
    for k in range(sequences):
        t = int(rng.integers(3, 10))
        first.append(t)
        while t < time:
            x[k, t] = rng.choice([-1.0, 1.0])
            t += int(rng.integers(10, 16))
    return x, first


def _values(cell, x):
    """Gates, cell and h of the one unit, `(sequences, time)` each."""
    return {name: value[:, :, 0] for name, value in cell.trace(x.astype(cell.dtype)).items()}


def _before_any_pulse(run):
    """The state starts at zero: without b_c nothing can be written while x is zero."""
    loud = np.abs(run.h[: run.start])
    if loud.max(initial=0) < SILENT:
        return None
    b_c = run.cell.b_c.item()
    return (
        f"|h| reaches {loud.max():.2f} before any pulse came. Nothing but b_c can write then: it is {b_c:.3g}, so the "
        f"candidate is {np.tanh(b_c):.2f} where x and h are zero. Set b_c to zero."
    )


def _at_the_first_pulse(run):
    """i, f, C̃ and o of that step, and h with one of them made better."""
    t, s = run.start, run.sign
    if run.h[t] * s >= SHOWN:
        return None
    i, f, o, new = run.i[t], run.f[t], run.o[t], run.C_tilde[t] * s
    old = f * run.C[t - 1] * s

    def h(i=i, o=o, new=new, old=old):
        return o * np.tanh(old + i * new)

    said = f"right after the first pulse h is {run.h[t]:.2f}, and the pulse was {s:+.0f}."
    if new <= 0:
        return f"{said} {_candidate_of_the_wrong_sign(run)}"
    if h(i=1, o=1, old=max(old, 0)) < SHOWN:
        if np.tanh(np.tanh(run.cell.W_xc.item())) >= SHOWN:  # by itself it would do
            return f"{said} The candidate is {run.C_tilde[t]:.2f}, too small: {_what_it_is_made_of(run)}."
        return (
            f"{said} The candidate is {run.C_tilde[t]:.2f}, too small. Even with i and o wide open h would be "
            f"{h(i=1, o=1, old=max(old, 0)):.2f} in size. What makes the candidate larger is W_xc, now "
            f"{run.cell.W_xc.item():.3g}."
        )
    if old < 0 and h(i=1, o=1) < SHOWN:
        return (
            f"{said} The cell held {run.C[t - 1]:.2f} before, though no pulse had come. It would hold nothing if b_c "
            f"were zero; it is {run.cell.b_c.item():.3g}."
        )
    if h(i=1) >= SHOWN and h(o=1) >= SHOWN:
        return f"{said} At this step i is {i:.2f} and o is {o:.2f}: open one of them wider."
    if h(i=1) >= SHOWN:
        return f"{said} The input gate i is {i:.2f} at this step, so little is written: open i wide."
    if h(o=1) >= SHOWN:
        return (
            f"{said} The output gate o is {o:.2f} at this step, so little is shown of C = {run.C[t]:.2f}: open o wide."
        )
    return f"{said} At this step i is {i:.2f} and o is {o:.2f}, both too small: open i and o wide."


def _candidate_of_the_wrong_sign(run):
    """The candidate at the first pulse is of the other sign, or zero: what W_xc x, W_hc h and b_c bring in."""
    t, W_xc = run.start, run.cell.W_xc.item()
    others = run.cell.W_hc.item() * run.h[t - 1] + run.cell.b_c.item()
    candidate = run.C_tilde[t]
    if W_xc == 0:
        return f"The candidate is {candidate:.2f}, and does not listen to x: W_xc is zero."
    if W_xc < 0 < others * run.sign - W_xc:
        return f"The candidate is {candidate:.2f}, of the other sign: W_xc is {W_xc:.3g}, it would have to be positive."
    return f"The candidate is {candidate:.2f}, not of the sign of the pulse: {_what_it_is_made_of(run)}."


def _what_it_is_made_of(run):
    """The three parts of what goes into the candidate at the first pulse."""
    cell = run.cell
    of_h = cell.W_hc.item() * run.h[run.start - 1]
    return f"W_xc x brings in {cell.W_xc.item() * run.sign:.3g}, W_hc h {of_h:.3g} and b_c {cell.b_c.item():.3g}"


def _after_it(run):
    """The first step at which h is lost, and whether a later pulse did it or the cell alone."""
    t = _lost_at(run)
    if t is None:
        return None
    when = f"{_steps(t - run.start)} after the first pulse h is {run.h[t]:.2f}."
    later = [q for q in range(run.start + 1, t + 1) if run.x[q, 0]]
    alone = _without(run, later)
    lost = _lost_at(alone)
    if not later:
        return f"{when} {_why_alone(run, t)}"
    if lost is not None and lost <= t:
        too = f"Without any later pulse it is lost too, after {_steps(lost - run.start)}."
        return f"{when} {too} {_why_alone(alone, lost)}"
    for q in reversed(later):
        free = _without(run, [q])
        lost = _lost_at(free)
        if lost is None or lost > t:
            return f"{when} It did not fade, a later pulse overwrote it. {_what_it_did(run, free, q, t)}"
    return f"{when} The {len(later)} later pulses overwrote it, no one of them alone."


def _steps(n):
    return "1 step" if n == 1 else f"{n} steps"


def _lost_at(run):
    """The first step from the first pulse on at which h is not shown; None if there is none."""
    low = np.flatnonzero(run.h[run.start :] * run.sign < SHOWN)
    return run.start + int(low[0]) if low.size else None


def _without(run, steps):
    """The same cell on the same sequence without the pulses at these steps."""
    x = run.x.copy()
    x[steps] = 0
    values = {name: value[0] for name, value in _values(run.cell, x[None]).items()}
    return SimpleNamespace(cell=run.cell, x=x, start=run.start, sign=run.sign, **values)


def _why_alone(run, t):
    """Why h is lost at step t though nothing came: o is too small, the candidate writes against C, or f lets C go."""
    s = run.sign
    if np.tanh(run.C[t] * s) >= SHOWN:
        return (
            f"The cell still holds {run.C[t]:.2f}, but the output gate o is {run.o[t]:.2f} at that step. Keep o open."
        )
    left = run.C[run.start] * np.prod(run.f[run.start + 1 : t + 1])  # what f leaves where nothing is written
    if np.tanh(left * s) >= SHOWN:
        q = next(q for q in range(run.start + 1, t + 1) if run.i[q] * run.C_tilde[q] * s < 0)
        of_h, b_c = run.cell.W_hc.item() * run.h[q - 1], run.cell.b_c.item()
        named = f"W_hc = {run.cell.W_hc.item():.3g}" if of_h * s < b_c * s else f"b_c = {b_c:.3g}"
        return (
            f"Where nothing comes the candidate is {run.C_tilde[q]:.2f} and writes against what the cell holds. It has "
            f"that sign from {named}."
        )
    lowest = run.f[run.start + 1 : t + 1].min()
    return (
        f"By itself it faded: is f near one? It is as low as {lowest:.4g}, and what the candidate writes does not make "
        "up for what is lost."
    )


def _what_it_did(run, free, q, t):
    """On which part of the LSTM the pulse at step q acted, so that h is lost at step t. free: without that pulse."""
    s = run.sign
    pulse = f"The pulse of {run.x[q, 0]:+.0f} after {_steps(q - run.start)}"
    written, forgotten = -run.i[q] * run.C_tilde[q] * s, (free.f[q] - run.f[q]) * run.C[q - 1] * s
    if free.o[t] * np.tanh(run.C[t] * s) >= SHOWN:
        return f"{pulse} acts on the output gate: o is {run.o[t]:.2f}, and {free.o[t]:.2f} without it."
    if written > max(forgotten, 0):
        return (
            f"{pulse} made the candidate {run.C_tilde[q]:.2f}. What h says has to outweigh what x says: W_hc h is "
            f"{run.cell.W_hc.item() * run.h[q - 1]:.3g} there, W_xc x is {run.cell.W_xc.item() * run.x[q, 0]:.3g}."
        )
    if forgotten > 0:
        return f"{pulse} acts on the forget gate: f is {run.f[q]:.2f} there, and {free.f[q]:.2f} without it."
    return f"{pulse} left {run.C[q]:.2f} in the cell, where {free.C[q]:.2f} stays without it."
