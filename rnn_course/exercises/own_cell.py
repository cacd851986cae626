"""The check of a cell of one's own, a simple RNN with an update gate: its equations, its mirror, what follows."""

import functools
from types import SimpleNamespace

import numpy as np

from rnn_course.cells import Cell, contract, sigmoid
from rnn_course.cells.gradients import check_gradients
from rnn_course.exercises.equations import softmax, weights
from rnn_course.exercises.exercise import Exercise, as_it_is
from rnn_course.exercises.returned import unwritten
from rnn_course.exercises.verdict import NOTHING_YET, Verdict, check

INPUT, HIDDEN = 3, 5


@check
def own_cell(answer):
    """Check a class: a `Cell` with the update gate z and the candidate n, h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}.

    Its `equations` are compared with the reference, then its `step_back`, then what follows from them with
    `check_gradients`.
    """
    if unwritten(answer):
        return Verdict(False, NOTHING_YET)
    if not (isinstance(answer, type) and issubclass(answer, Cell)):
        return Verdict(False, "A class that inherits from Cell is wanted.")
    if sorted(answer.gates) != ["n", "z"]:
        return Verdict(False, f"The gates are {answer.gates}, wanted are ('z', 'n').")
    verdict = EQUATIONS.check(_equations_of(answer))
    if not verdict.passed:
        return verdict
    verdict = STEP_BACK.check(_step_back_of(answer))
    if not verdict.passed:
        return Verdict(False, verdict.message if verdict.message == NOTHING_YET else f"step_back: {verdict.message}")
    try:
        report = check_gradients(answer(3, 5, seed=1), np.random.default_rng(1).normal(size=(2, 6, 3)))
    except Exception as error:  # whatever an answer raises
        return Verdict(False, f"Equations and step_back are right, but check_gradients stops: {error}")
    if report.passed:
        return Verdict(True, f"Equations and step_back are right, and so is what follows. {report.summary}")
    return Verdict(False, f"Equations and step_back are right, but not what follows. {report.summary}")


# -- what a class makes of arrays -------------------------------------------------------------------------------------


class UpdateGate(Cell):
    """A cell with the gates z and n, from which the weights of the cases are drawn."""

    gates = ("z", "n")


def _forward_cases():
    """Random x_t `(batch, input)`, h_{t−1} `(batch, hidden)` and weights."""
    rng = np.random.default_rng(0)
    return [
        (rng.normal(size=(k, INPUT)), rng.normal(size=(k, HIDDEN)), weights(UpdateGate(INPUT, HIDDEN, seed=k)))
        for k in (2, 1, 4)
    ]


def _backward_cases():
    """The same with ∂L/∂h_t `(batch, hidden)`, and with what the right equations give, for the reference alone."""
    rng = np.random.default_rng(1)
    return [(x, h, rng.normal(size=h.shape), W, _equations(x, h, W)) for x, h, W in _forward_cases()]


def _made(kind, W):
    """A cell of this class with these weights."""
    cell = kind(INPUT, HIDDEN)
    for name, value in W.items():
        setattr(cell, name, value)
    return cell


def _equations_of(kind):
    """What a class of cells makes of x_t, h_{t−1} and weights: z_t, n_t and h_t."""

    @functools.wraps(kind.equations)  # an error is then told by the line of the learner's own
    def run(x, h, W):
        cell = _made(kind, W)
        if unwritten(cell.equations(x.copy(), h.copy())):
            return ...
        now = contract.now(cell, x, cell.State(h))
        return {name: now[name] for name in ("z", "n", "h") if name in now}

    return run


def _step_back_of(kind):
    """What a class of cells makes of x_t, h_{t−1}, ∂L/∂h_t and weights: ∂L/∂a_z, ∂L/∂a_n and ∂L/∂h_{t−1}."""

    @functools.wraps(kind.step_back)
    def run(x, h, dh, W, right):
        cell = _made(kind, W)
        now, before = contract.now(cell, x, cell.State(h)), cell.State(h)
        if unwritten(cell.step_back({name: value.copy() for name, value in now.items()}, x, before, dh.copy())):
            return ...
        da, (dh_before,), _ = contract.back(cell, now, x, before, [dh])
        of = dict(zip(kind.gates, np.split(da, 2, axis=1), strict=True))  # in whichever order they are named
        return of["z"], of["n"], dh_before

    return run


# -- the references ---------------------------------------------------------------------------------------------------


def _gate(x, h, W, gate, squash, terms="xhb", of_x=None, of_h=None, of_b=None, turned=False, scaled=1.0, bias=1.0):
    """One gate. terms: which of the three are there. of_x, of_h, of_b: whose weights. turned: W_h untransposed. scaled
    and bias: what its product with h and its bias are multiplied by."""
    W_h = W["W_h" + (of_h or gate)]
    a = np.zeros_like(h)
    a = a + x @ W["W_x" + (of_x or gate)].T if "x" in terms else a
    a = a + scaled * (h @ (W_h if turned else W_h.T)) if "h" in terms else a
    return squash(a + bias * W["b_" + (of_b or gate)] if "b" in terms else a)


def _equations(x, h, W, z=None, n=None, n_sees=lambda h, z: h, last=lambda z, n, h: (1 - z) * n + z * h):
    """z_t, n_t and h_t. Switches: `z` and `n`, options of the gates; what n sees of h_{t−1}; the last line."""
    z_t = _gate(x, h, W, "z", **{"squash": sigmoid, **(z or {})})
    n_t = _gate(x, n_sees(h, z_t), W, "n", **{"squash": np.tanh, **(n or {})})
    return {"z": z_t, "n": n_t, "h": last(z_t, n_t, h)}


def _step_back(x, h, dh, W, right, **others):
    """∂L/∂a_z, ∂L/∂a_n and ∂L/∂h_{t−1}; a switch has the name of a factor or of a path and puts another there."""
    part = PARTS | others
    v = SimpleNamespace(**W, x=x, h=h, dh=dh, z=right["z"], n=right["n"], h_t=right["h"])
    v.da_z = dh * part["in_z"](v) * part["slope_z"](v)
    v.da_n = dh * part["in_n"](v) * part["slope_n"](v)
    return v.da_z, v.da_n, part["itself"](v) + part["by_z"](v) + part["by_n"](v)


def _none(v):
    return 0.0


def _one(v):
    return 1.0


PARTS = {
    "in_z": lambda v: v.h - v.n,  # what h_t changes with z_t
    "slope_z": lambda v: v.z * (1 - v.z),
    "in_n": lambda v: 1 - v.z,  # what h_t changes with n_t
    "slope_n": lambda v: 1 - v.n**2,
    "itself": lambda v: v.dh * v.z,  # the three paths to h_{t−1}
    "by_z": lambda v: v.da_z @ v.W_hz,
    "by_n": lambda v: v.da_n @ v.W_hn,
}


# -- what goes wrong --------------------------------------------------------------------------------------------------


def _in_each_gate(gate, other):
    """The mistakes that either gate can have."""
    return {
        f"The bias b_{gate} is missing.": {gate: {"terms": "xh"}},
        f"The bias b_{gate} is subtracted: it is added.": {gate: {"bias": -1.0}},
        f"In {gate}_t the product W_h{gate} h_{{t−1}} is subtracted: it is added.": {gate: {"scaled": -1.0}},
        f"{gate}_t does not look at x_t: W_x{gate} is not used.": {gate: {"terms": "hb"}},
        f"W_h{gate} is used without its transpose.": {gate: {"turned": True}},
        f"{gate}_t is made with W_x{other} in the place of W_x{gate}.": {gate: {"of_x": other}},
        f"{gate}_t is made with W_h{other} in the place of W_h{gate}.": {gate: {"of_h": other}},
        f"{gate}_t is made with b_{other} in the place of b_{gate}.": {gate: {"of_b": other}},
        f"{gate}_t is made with the weights of {other}: all three are those of W_x{other}, W_h{other} and b_{other}.": {
            gate: {"of_x": other, "of_h": other, "of_b": other}
        },
    }


EQUATIONS = Exercise(
    _equations,
    _forward_cases,
    {
        "z_t weighs the old state here, not the new value: swap z_t and 1 − z_t.": {
            "last": lambda z, n, h: z * n + (1 - z) * h
        },
        "The candidate n_t does not look at h_{t−1}: W_hn is not used.": {"n": {"terms": "xb"}},
        "The gate z_t does not look at h_{t−1}: W_hz is not used.": {"z": {"terms": "xb"}},
        "The candidate n_t is squashed by tanh, not by σ.": {"n": {"squash": sigmoid}},
        "The candidate n_t is not squashed: the tanh is missing.": {"n": {"squash": as_it_is}},
        "The candidate n_t is squashed by tanh, not by ReLU.": {"n": {"squash": lambda a: np.maximum(a, 0)}},
        "The gate z_t is not squashed: the σ is missing.": {"z": {"squash": as_it_is}},
        "The gate z_t is squashed by σ, not by tanh.": {"z": {"squash": np.tanh}},
        "The gate z_t is squashed by σ, not by softmax: each unit has a gate of its own.": {"z": {"squash": softmax}},
        "z_t is turned: that is 1 − z_t, σ(−a).": {"z": {"squash": lambda a: sigmoid(-a)}},
        "W_hz and W_hn are used without their transposes.": {"z": {"turned": True}, "n": {"turned": True}},
        "The biases b_z and b_n are missing.": {"z": {"terms": "xh"}, "n": {"terms": "xh"}},
        **_in_each_gate("z", "n"),
        **_in_each_gate("n", "z"),
        "The gates' weights are exchanged: z_t is made with those of n, n_t with those of z.": {
            "z": {"of_x": "n", "of_h": "n", "of_b": "n"},
            "n": {"of_x": "z", "of_h": "z", "of_b": "z"},
        },
        "n_t looks at z_t ⊙ h_{t−1}. There is no reset gate here: it looks at the whole of h_{t−1}.": {
            "n_sees": lambda h, z: z * h
        },
        "n_t looks at (1 − z_t) ⊙ h_{t−1}. It looks at the whole of h_{t−1}.": {"n_sees": lambda h, z: (1 - z) * h},
        "In n_t the product W_hn h_{t−1} is multiplied by z_t. There is no reset gate here.": lambda x, h, W: (
            _equations(x, h, W, n={"scaled": _gate(x, h, W, "z", sigmoid)})
        ),
        "h_t is n_t alone: h_{t−1} has no part in it, and z_t none either.": {"last": lambda z, n, h: n},
        "The old state is missing in h_t: z_t ⊙ h_{t−1}.": {"last": lambda z, n, h: (1 - z) * n},
        "The candidate is missing in h_t: (1 − z_t) ⊙ n_t.": {"last": lambda z, n, h: z * h},
        "n_t is multiplied by 1 + z_t in h_t: it is multiplied by 1 − z_t.": {
            "last": lambda z, n, h: (1 + z) * n + z * h
        },
        "n_t goes into h_t whole: it is multiplied by 1 − z_t.": {"last": lambda z, n, h: n + z * h},
        "h_{t−1} goes into h_t whole: it is multiplied by z_t.": {"last": lambda z, n, h: (1 - z) * n + h},
        "h_{t−1} goes into h_t whole, and n_t is multiplied by z_t: it is (1 − z_t) ⊙ n_t + z_t ⊙ h_{t−1}.": {
            "last": lambda z, n, h: h + z * n
        },
        "Both parts of h_t are added whole: they are multiplied by 1 − z_t and z_t.": {"last": lambda z, n, h: n + h},
        "Both parts of h_t are multiplied by z_t: n_t belongs to 1 − z_t.": {"last": lambda z, n, h: z * n + z * h},
        "Both parts of h_t are multiplied by 1 − z_t: h_{t−1} belongs to z_t.": {
            "last": lambda z, n, h: (1 - z) * n + (1 - z) * h
        },
        "The two parts of h_t are subtracted: they are added.": {"last": lambda z, n, h: (1 - z) * n - z * h},
        "h_t is squashed by one more tanh: it is a mean of n_t and h_{t−1} and needs none.": {
            "last": lambda z, n, h: np.tanh((1 - z) * n + z * h)
        },
        "h_t is the old state: nothing new is written.": {"last": lambda z, n, h: h},
    },
    returns=("z", "n", "h"),
)

STEP_BACK = Exercise(
    _step_back,
    _backward_cases,
    {
        "One path to h_{t−1} is missing: h_t holds z_t ⊙ h_{t−1} itself.": {"itself": _none},
        "One path to h_{t−1} is missing: z_t looks at it, by W_hz.": {"by_z": _none},
        "One path to h_{t−1} is missing: n_t looks at it, by W_hn.": {"by_n": _none},
        "h_{t−1} acts through both gates too, by W_hz and W_hn.": {"by_z": _none, "by_n": _none},
        "Two paths to h_{t−1} are missing: only that by W_hz is there.": {"itself": _none, "by_n": _none},
        "Two paths to h_{t−1} are missing: only that by W_hn is there.": {"itself": _none, "by_z": _none},
        "The slopes are missing: z (1 − z) of σ, 1 − n² of tanh.": {"slope_z": _one, "slope_n": _one},
        "The slope of σ is missing in ∂L/∂a_z: z (1 − z).": {"slope_z": _one},
        "The slope of tanh is missing in ∂L/∂a_n: 1 − n².": {"slope_n": _one},
        "The sign of ∂L/∂a_z is turned: more z means more of h_{t−1} and less of n_t.": {"in_z": lambda v: v.n - v.h},
        "The sign of ∂L/∂a_n is turned: it is multiplied by 1 − z.": {"in_n": lambda v: v.z - 1},
        "In ∂L/∂a_z the − n is missing: h_t changes with z_t by h_{t−1} − n_t.": {"in_z": lambda v: v.h},
        "In ∂L/∂a_z the h_{t−1} is missing: h_t changes with z_t by h_{t−1} − n_t.": {"in_z": lambda v: -v.n},
        "In ∂L/∂a_z there is n_t alone: h_t changes with z_t by h_{t−1} − n_t.": {"in_z": lambda v: v.n},
        "In ∂L/∂a_z there is h_{t−1} + n_t: it is h_{t−1} − n_t, since n_t is multiplied by 1 − z_t.": {
            "in_z": lambda v: v.h + v.n
        },
        "In ∂L/∂a_z there is h_t − n_t: it is the state before, h_{t−1} − n_t.": {"in_z": lambda v: v.h_t - v.n},
        "In ∂L/∂a_z the factor h_{t−1} − n_t is missing.": {"in_z": _one},
        "In ∂L/∂a_z the old state is multiplied by z_t once more: h_t changes with z_t by h_{t−1} − n_t.": {
            "in_z": lambda v: v.z * v.h - v.n
        },
        "In ∂L/∂a_z the factor ∂L/∂h_t is missing.": {"in_z": lambda v: (v.h - v.n) / v.dh},
        "In ∂L/∂a_n the factor ∂L/∂h_t is missing.": {"in_n": lambda v: (1 - v.z) / v.dh},
        "On the way straight to h_{t−1} the factor ∂L/∂h_t is missing.": {"itself": lambda v: v.z},
        "What meets W_hn in ∂L/∂h_{t−1} is multiplied by z_t. There is no reset gate here: it is ∂L/∂a_n.": {
            "by_n": lambda v: (v.da_n * v.z) @ v.W_hn
        },
        "n_t is multiplied by 1 − z_t in h_t, not by z_t: so is ∂L/∂a_n.": {"in_n": lambda v: v.z},
        "In ∂L/∂a_n there is n_t in the place of 1 − z_t, which n_t is multiplied by in h_t.": {"in_n": lambda v: v.n},
        "In ∂L/∂a_n there is 1 + z_t: it is 1 − z_t.": {"in_n": lambda v: 1 + v.z},
        "In ∂L/∂a_n the factor 1 − z_t is missing.": {"in_n": _one},
        "∂L/∂h_t is multiplied by 1 − z_t on its way straight to h_{t−1}: h_{t−1} is multiplied by z_t.": {
            "itself": lambda v: v.dh * (1 - v.z)
        },
        "∂L/∂h_t goes to h_{t−1} whole: it is multiplied by z_t on its way.": {"itself": lambda v: v.dh},
        "∂L/∂h_t goes to h_{t−1} twice, whole and multiplied by z_t: it goes multiplied by z_t.": {
            "itself": lambda v: v.dh + v.dh * v.z
        },
        "z_t and 1 − z_t have changed places in ∂L/∂a_n and in ∂L/∂h_{t−1}.": {
            "in_n": lambda v: v.z,
            "itself": lambda v: v.dh * (1 - v.z),
        },
        "That is the mirror of h_t = z_t ⊙ n_t + (1 − z_t) ⊙ h_{t−1}. Here z_t weighs the old state.": {
            "in_z": lambda v: v.n - v.h,
            "in_n": lambda v: v.z,
            "itself": lambda v: v.dh * (1 - v.z),
        },
        "On the way back W_hz meets ∂L/∂a_z as it is: here it is transposed.": {"by_z": lambda v: v.da_z @ v.W_hz.T},
        "On the way back W_hn meets ∂L/∂a_n as it is: here it is transposed.": {"by_n": lambda v: v.da_n @ v.W_hn.T},
        "On the way back W_hz and W_hn are taken as they are: here both are transposed.": {
            "by_z": lambda v: v.da_z @ v.W_hz.T,
            "by_n": lambda v: v.da_n @ v.W_hn.T,
        },
        "∂L/∂a_z goes back through W_hn: it belongs to W_hz.": {"by_z": lambda v: v.da_z @ v.W_hn},
        "∂L/∂a_n goes back through W_hz: it belongs to W_hn.": {"by_n": lambda v: v.da_n @ v.W_hz},
        "W_hz and W_hn are exchanged in ∂L/∂h_{t−1}: ∂L/∂a_z meets W_hz, ∂L/∂a_n meets W_hn.": {
            "by_z": lambda v: v.da_z @ v.W_hn,
            "by_n": lambda v: v.da_n @ v.W_hz,
        },
        "What meets W_hz in ∂L/∂h_{t−1} is ∂L/∂a_n: it is ∂L/∂a_z.": {"by_z": lambda v: v.da_n @ v.W_hz},
        "What meets W_hn in ∂L/∂h_{t−1} is ∂L/∂a_z: it is ∂L/∂a_n.": {"by_n": lambda v: v.da_z @ v.W_hn},
        "What meets W_hz in ∂L/∂h_{t−1} is ∂L/∂h_t: it is ∂L/∂a_z.": {"by_z": lambda v: v.dh @ v.W_hz},
        "What meets W_hn in ∂L/∂h_{t−1} is ∂L/∂h_t: it is ∂L/∂a_n.": {"by_n": lambda v: v.dh @ v.W_hn},
        "What meets W_hz and W_hn in ∂L/∂h_{t−1} is ∂L/∂h_t: it is ∂L/∂a_z and ∂L/∂a_n.": {
            "by_z": lambda v: v.dh @ v.W_hz,
            "by_n": lambda v: v.dh @ v.W_hn,
        },
        "What meets W_hz in ∂L/∂h_{t−1} lacks the slope z (1 − z): it is ∂L/∂a_z.": {
            "by_z": lambda v: (v.dh * (v.h - v.n)) @ v.W_hz
        },
        "What meets W_hn in ∂L/∂h_{t−1} lacks the slope 1 − n²: it is ∂L/∂a_n.": {
            "by_n": lambda v: (v.dh * (1 - v.z)) @ v.W_hn
        },
        "What meets W_hz and W_hn in ∂L/∂h_{t−1} lacks its slopes: it is ∂L/∂a_z and ∂L/∂a_n.": {
            "by_z": lambda v: (v.dh * (v.h - v.n)) @ v.W_hz,
            "by_n": lambda v: (v.dh * (1 - v.z)) @ v.W_hn,
        },
        "The path by W_hz is subtracted in ∂L/∂h_{t−1}: the paths are added.": {"by_z": lambda v: -v.da_z @ v.W_hz},
        "The path by W_hn is subtracted in ∂L/∂h_{t−1}: the paths are added.": {"by_n": lambda v: -v.da_n @ v.W_hn},
        "∂L/∂a_z has the slope of tanh, 1 − z²: z comes from σ, its slope is z (1 − z).": {
            "slope_z": lambda v: 1 - v.z**2
        },
        "∂L/∂a_n has the slope of σ, n (1 − n): n comes from tanh, its slope is 1 − n².": {
            "slope_n": lambda v: v.n * (1 - v.n)
        },
        "The slopes of σ and tanh are exchanged: z (1 − z) belongs to z, 1 − n² to n.": {
            "slope_z": lambda v: 1 - v.z**2,
            "slope_n": lambda v: v.n * (1 - v.n),
        },
        "z goes through σ once more before its slope is taken: it is σ(a) already, the slope is z (1 − z).": {
            "slope_z": lambda v: sigmoid(v.z) * (1 - sigmoid(v.z))
        },
        "n goes through tanh once more before its slope is taken: it is tanh(a) already, the slope is 1 − n².": {
            "slope_n": lambda v: 1 - np.tanh(v.n) ** 2
        },
        "z and n go through σ and tanh once more before the slopes are taken: these are z (1 − z) and 1 − n².": {
            "slope_z": lambda v: sigmoid(v.z) * (1 - sigmoid(v.z)),
            "slope_n": lambda v: 1 - np.tanh(v.n) ** 2,
        },
        "The slope of tanh is 1 − n², not 1 + n².": {"slope_n": lambda v: 1 + v.n**2},
        "The slope of tanh is 1 − n², not 1 − n.": {"slope_n": lambda v: 1 - v.n},
        "The slope of tanh is 1 − n², not n².": {"slope_n": lambda v: v.n**2},
        "The slope of tanh is 1 − n², not (1 − n)².": {"slope_n": lambda v: (1 - v.n) ** 2},
        "The slope of tanh is taken at h_t: n comes from the tanh, 1 − n².": {"slope_n": lambda v: 1 - v.h_t**2},
        "The slope of tanh is taken at h_{t−1}: n comes from the tanh, 1 − n².": {"slope_n": lambda v: 1 - v.h**2},
        "Of the slope z (1 − z) only 1 − z is there.": {"slope_z": lambda v: 1 - v.z},
        "Of the slope z (1 − z) only z is there.": {"slope_z": lambda v: v.z},
        "In ∂L/∂a_z there is z² in the place of the slope z (1 − z).": functools.partial(
            _step_back, slope_z=lambda v: v.z**2
        ),
        "The slope of σ is z (1 − z), not z (1 + z).": {"slope_z": lambda v: v.z * (1 + v.z)},
    },
    returns=("∂L/∂a_z", "∂L/∂a_n", "∂L/∂h_{t−1}"),
)
