"""Checks of the chapter on LSTM gates."""

import numpy as np

from rnn_course.cells import GRU, LSTM, Cell, contract, sigmoid
from rnn_course.cells.gradients import check_gradients
from rnn_course.exercises.verdict import NOTHING_YET, Mistake, Verdict, judge_function, judge_number


def half_life(answer):
    """Check `answer(f)`, the number of steps after which a cell with a constant forget gate f has kept one half."""
    cases = [(f,) for f in (0.5, 0.9, 0.99, 0.2)]
    mistakes = [
        Mistake("That is the time to 1/e, not to one half.", lambda f: -1 / np.log(f)),
        Mistake("The cell keeps fⁿ after n steps, not 1 − n(1 − f): the loss compounds.", lambda f: 0.5 / (1 - f)),
        Mistake("The sign is wrong: log f is negative for f below 1.", lambda f: np.log(2) / np.log(f)),
        Mistake("You solved for n with the two logarithms turned over.", lambda f: np.log(f) / np.log(0.5)),
    ]
    return judge_function(answer, lambda f: np.log(0.5) / np.log(f), cases, mistakes)


def forget_bias_for(answer, steps=100):
    """Check a number: the b_f that gives, with nothing else going into the gate, a half-life of `steps` steps."""
    f = 0.5 ** (1 / steps)
    mistakes = [
        Mistake("That is the forget gate f itself. The bias goes through σ: find b with σ(b) = f.", f),
        Mistake("The sign is turned: a gate near one needs a positive bias.", np.log((1 - f) / f)),
        Mistake(
            "That is log(steps): close, but it is the time to 1/e, not to one half.",
            np.log(steps),
        ),
    ]
    return judge_number(answer, np.log(f / (1 - f)), mistakes, tolerance=1e-3)


def clamped_cell(answer):
    """Check `answer(i, C_tilde)`: C for every step, `(time, hidden)`, of an LSTM whose forget gate is held at one."""

    def right(i, C_tilde):
        return np.cumsum(i * C_tilde, axis=0)

    rng = np.random.default_rng(0)
    cases = [(rng.uniform(size=(t, h)), rng.uniform(-1, 1, (t, h))) for t, h in ((5, 3), (9, 2), (1, 4))]
    mistakes = [
        Mistake("That is what each step adds. With f = 1 nothing is lost: add the steps up.", lambda i, c: i * c),
        Mistake("You added up over the units. Time is the first axis here.", lambda i, c: np.cumsum(i * c, axis=1)),
        Mistake("The input gate i scales what is written: it is missing.", lambda i, c: np.cumsum(c, axis=0)),
        Mistake("A mean is not a sum: nothing divides by the number of steps.", lambda i, c: right(i, c) / len(i)),
    ]
    return judge_function(answer, right, cases, mistakes)


def latch(cell):
    """Check an LSTM of one unit and one input, set by hand, that remembers the first pulse and ignores what follows.

    The input is 0 but for pulses of +1 or −1, at most one every ten steps. From the first pulse to the end, 60 steps,
    h must have the sign of the first pulse and |h| ≥ 0.5; before the first pulse |h| < 0.1.
    """
    if cell is ... or cell is None:
        return Verdict(False, NOTHING_YET)
    if not isinstance(cell, LSTM) or (cell.input_size, cell.hidden_size) != (1, 1):
        return Verdict(False, "An LSTM(input_size=1, hidden_size=1) is wanted.")
    rng = np.random.default_rng(0)
    x, first = _pulses(rng)
    h = cell.forward(x.astype(cell.dtype))[0][:, :, 0]
    for k, start in enumerate(first):
        sign = x[k, start, 0]
        after = h[k, start:] * sign
        if np.abs(h[k, :start]).max(initial=0) >= 0.1:
            return Verdict(False, f"Sequence {k}: |h| reaches {np.abs(h[k, :start]).max():.2f} before any pulse came.")
        if after[0] < 0.5:
            return Verdict(
                False, f"Sequence {k}: right after the first pulse h is {h[k, start]:.2f}; open i and o wide."
            )
        if after.min() < 0.5:
            step = int(np.argmax(after < 0.5))
            why = (
                "a later pulse overwrote it" if x[k, start + 1 : start + step + 1].any() else "it faded: is f near one?"
            )
            return Verdict(
                False, f"Sequence {k}: {step} steps after the first pulse h is {h[k, start + step]:.2f}; {why}"
            )
    return Verdict(True, f"It holds the first pulse in {len(first)} random sequences.")


def _pulses(rng, sequences=20, time=60):
    """x (sequences, time, 1) with a pulse of ±1 every ten to fifteen steps, and where the first one is."""
    x, first = np.zeros((sequences, time, 1)), []
    for k in range(sequences):
        t = int(rng.integers(3, 10))
        first.append(t)
        while t < time:
            x[k, t] = rng.choice([-1.0, 1.0])
            t += int(rng.integers(10, 16))
    return x, first


def turned_update_gate(answer):
    """Check `answer(cell)`: a GRU that computes, when read with h_t = z ⊙ n + (1 − z) ⊙ h, what `cell` computes."""
    if not callable(answer):
        return Verdict(False, NOTHING_YET)
    cell = GRU(3, 4, seed=5)
    x = np.random.default_rng(6).normal(size=(2, 7, 3))
    before = {name: value.copy() for name, value in cell.parameters.items()}
    turned = answer(cell)
    if turned is ... or turned is None:
        return Verdict(False, NOTHING_YET)
    if any((before[name] != value).any() for name, value in cell.parameters.items()):
        return Verdict(False, "Your function changed the cell that it was given: work on a copy.")
    if np.allclose(_other_convention(turned, x), cell.forward(x)[0]):
        return Verdict(True, "Read in the other convention it computes the same h at every step.")
    half = [name for name in ("W_x", "W_h", "b") if np.array_equal(turned.parameters[name], before[name])]
    if len(half) == 3:
        return Verdict(False, "No weight has changed: 1 − σ(a) = σ(−a), so something has to change its sign.")
    if half:
        return Verdict(False, f"{', '.join(half)} did not change: all that goes into z must change its sign.")
    return Verdict(False, "Not the same function: only what belongs to z may change, and only its sign.")


def _other_convention(cell, x):
    """h of a GRU whose z weighs the new value: with z′ = 1 − z the roles in the last line are exchanged."""
    h, steps = np.zeros((len(x), cell.hidden_size)), []
    for t in range(x.shape[1]):
        trace = cell.trace(x[:, t : t + 1], h)
        z, n = trace.z[:, 0], trace.n[:, 0]
        h = z * n + (1 - z) * h
        steps.append(h)
    return np.stack(steps, axis=1)


def _update_gate(keep=True, slopes=True, sign=1, through_z=True, through_n=True, swap=False, old=True, squash=np.tanh):
    """The class of a simple RNN with an update gate, with the mistakes that can be made in it."""

    class UpdateGate(Cell):
        gates = ("z", "n")

        def equations(self, x, h):
            z = sigmoid(x @ self.W_xz.T + h @ self.W_hz.T + self.b_z)
            n = squash(x @ self.W_xn.T + old * (h @ self.W_hn.T) + self.b_n)
            return {"z": z, "n": n, "h": z * n + (1 - z) * h if swap else (1 - z) * n + z * h}

        def step_back(self, now, x, before, dh):
            z, n = now["z"], now["n"]
            da_z = sign * dh * (before.h - n) * (z * (1 - z) if slopes else 1)
            da_n = dh * (1 - z) * (1 - n**2 if slopes else 1)
            dh_before = keep * dh * z + through_z * (da_z @ self.W_hz) + through_n * (da_n @ self.W_hn)
            return {"z": da_z, "n": da_n}, (dh_before,), {}

    return UpdateGate


FORWARD_MISTAKES = {
    "z_t weighs the old state here, not the new value: swap z_t and 1 − z_t.": {"swap": True},
    "The candidate n_t does not look at h_{t−1}: W_hn is not used.": {"old": False},
    "The candidate n_t is squashed by tanh, not by σ.": {"squash": sigmoid},
    "The candidate n_t is not squashed: the tanh is missing.": {"squash": np.asarray},
}
BACKWARD_MISTAKES = {
    "One path to h_{t−1} is missing: h_t holds z_t ⊙ h_{t−1} itself.": {"keep": False},
    "One path to h_{t−1} is missing: z_t looks at it, by W_hz.": {"through_z": False},
    "One path to h_{t−1} is missing: n_t looks at it, by W_hn.": {"through_n": False},
    "h_{t−1} acts through both gates too, by W_hz and W_hn.": {"through_z": False, "through_n": False},
    "The slopes are missing: z (1 − z) of σ, 1 − n² of tanh.": {"slopes": False},
    "The sign of ∂L/∂a_z is turned: more z means more of h_{t−1} and less of n_t.": {"sign": -1},
}


def own_cell(answer):
    """Check a class: a `Cell` with the update gate z and the candidate n, h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.

    Its `equations` are compared with the reference, then its `step_back`, then what follows from them with
    `check_gradients`.
    """
    if answer is ... or answer is None:
        return Verdict(False, NOTHING_YET)
    if not (isinstance(answer, type) and issubclass(answer, Cell)):
        return Verdict(False, "A class that inherits from Cell is wanted.")
    if tuple(answer.gates) != ("z", "n"):
        return Verdict(False, f"The gates are {answer.gates}, wanted are ('z', 'n').")
    verdict = judge_function(
        _forward(answer),
        _forward(_update_gate()),
        _step_cases(1),
        [Mistake(sentence, _forward(_update_gate(**wrong))) for sentence, wrong in FORWARD_MISTAKES.items()],
    )
    if not verdict.passed:
        return verdict
    verdict = judge_function(
        _backward(answer),
        _backward(_update_gate()),
        _step_cases(2),
        [Mistake(sentence, _backward(_update_gate(**wrong))) for sentence, wrong in BACKWARD_MISTAKES.items()],
    )
    if not verdict.passed:
        return Verdict(False, verdict.message if verdict.message == NOTHING_YET else f"step_back: {verdict.message}")
    try:
        report = check_gradients(answer(3, 5, seed=1), np.random.default_rng(1).normal(size=(2, 6, 3)))
    except Exception as error:  # whatever an answer raises
        return Verdict(False, f"Equations and step_back are right, but check_gradients stops: {error}")
    if report.passed:
        return Verdict(True, f"Equations and step_back are right, and so is what follows. {report.summary}")
    return Verdict(False, f"Equations and step_back are right, but not what follows. {report.summary}")


def _step_cases(arrays):
    """Random x_t `(batch, 3)`, and as many arrays `(batch, 5)`."""
    rng = np.random.default_rng(0)
    return [(rng.normal(size=(k, 3)), *(rng.normal(size=(k, 5)) for _ in range(arrays))) for k in (1, 2, 4)]


def _made(kind):
    """A cell of this class with the same weights as one of any other with gates z and n."""
    cell = kind(3, 5)
    for name, value in _update_gate()(3, 5, seed=2).parameters.items():
        setattr(cell, name, value)
    return cell


def _unwritten(value):
    """Whether an answer is still a stub: `...` or None, or something that has one in it."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return value is ... or value is None or any(_unwritten(part) for part in parts)


def _forward(kind):
    """What a class of cells makes of x_t and h_{t−1}: z, n and h_t."""

    def run(x, h):
        cell = _made(kind)
        if _unwritten(cell.equations(x.copy(), h.copy())):
            return ...
        now = contract.now(cell, x, cell.State(h))
        return tuple(now[name] for name in ("z", "n", "h"))

    return run


def _backward(kind):
    """What a class of cells makes of x_t, h_{t−1} and ∂L/∂h_t: ∂L/∂a_z, ∂L/∂a_n and ∂L/∂h_{t−1}."""

    def run(x, h, dh):
        cell = _made(kind)
        now, before = contract.now(cell, x, cell.State(h)), cell.State(h)
        if _unwritten(cell.step_back({name: value.copy() for name, value in now.items()}, x, before, dh.copy())):
            return ...
        da, (dh_before,), _ = contract.back(cell, now, x, before, [dh])
        return *np.split(da, 2, axis=1), dh_before

    return run
