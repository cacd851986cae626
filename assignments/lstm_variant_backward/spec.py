"""The way back through a subtractive LSTM (subLSTM, Costa et al. 2017), one step and a whole sequence.

    i_t, f_t, C̃_t, o_t = σ(W_x x_t + W_h h_{t−1} + b)     a quarter of the rows each
    C_t = f_t ⊙ C_{t−1} + C̃_t − i_t                        h_t = σ(C_t) − o_t

Backwards, with a for what goes into a gate and g (1 − g) for the slope of a gate g:

    ∂L/∂C_t += ∂L/∂h_t ⊙ σ(C_t) (1 − σ(C_t))
    ∂L/∂a_i = −∂L/∂C_t ⊙ i_t (1 − i_t)             ∂L/∂a_f = ∂L/∂C_t ⊙ C_{t−1} ⊙ f_t (1 − f_t)
    ∂L/∂a_c = ∂L/∂C_t ⊙ C̃_t (1 − C̃_t)              ∂L/∂a_o = −∂L/∂h_t ⊙ o_t (1 − o_t)
    ∂L/∂C_{t−1} = ∂L/∂C_t ⊙ f_t                    ∂L/∂h_{t−1} = W_hᵀ ∂L/∂a
"""

from types import MappingProxyType, SimpleNamespace

import numpy as np

from rnn_course.assignments.specification import Assignment, Late, Question, Task
from rnn_course.cells import sigmoid
from rnn_course.exercises.comparison import SINGLE

GATES = "ifco"
SAME = MappingProxyType({})

# -- the way forward, as the notebook gives it ---------------------------------------------------------------------


def forward_step(x_t, h, C, W_x, W_h, b):
    """i, f, C_tilde, o and the new C and h by name, each (batch, hidden)."""
    i, f, C_tilde, o = np.split(sigmoid(x_t @ W_x.T + h @ W_h.T + b), 4, axis=1)
    C = f * C + C_tilde - i
    return {"i": i, "f": f, "C_tilde": C_tilde, "o": o, "C": C, "h": sigmoid(C) - o}


# -- one step back -------------------------------------------------------------------------------------------------


def _slope(g):
    return g * (1 - g)


def _squared(g):
    return 1 - g**2


WAYS = MappingProxyType(
    {
        "i": lambda v: -v.dC * v.slope(v.i),
        "f": lambda v: v.dC * v.C_before * v.slope(v.f),
        "c": lambda v: v.dC * v.slope(v.C_tilde),
        "o": lambda v: -v.dh * v.slope(v.o),
    }
)
PARTS = ("x_t", "h", "C", "W_x", "W_h", "b")


def step_back(
    x_t,
    h,
    C,
    W_x,
    W_h,
    b,
    dh,
    dC,
    *,
    shown=lambda v: _slope(sigmoid(v.C)),
    reach=lambda later, shown: later + shown,
    slope=_slope,
    ways=SAME,
    order=GATES,
    kept=lambda v: v.dC * v.f,
    sent=lambda da, W_h: da @ W_h,
    passed=lambda v: 0,
    met=lambda v: v.h_before,
    shared=lambda v: 1,
):
    """∂L by x_t, h_{t−1}, C_{t−1}, W_x, W_h and b, each of the shape of what it belongs to.

    dh, dC: ∂L by h_t and by C_t as later steps have left them. ways: another ∂L/∂a of a gate, by its letter. order: of
    the gates in the rows. shared: what the gradients of the parameters are divided by.
    """
    v = SimpleNamespace(**forward_step(x_t, h, C, W_x, W_h, b), h_before=h, C_before=C, dh=dh, later=dC, slope=slope)
    v.dC = reach(dC, dh * shown(v))
    da = np.concatenate([(WAYS | ways)[gate](v) for gate in order], axis=1)
    own = {"W_x": da.T @ x_t, "W_h": da.T @ met(v), "b": da.sum(axis=0)}
    own = {name: gradient / shared(v) for name, gradient in own.items()}
    return {"x_t": da @ W_x, "h": sent(da, W_h) + passed(v), "C": kept(v)} | own


def _blocks_turned(da, W_h):
    """The way back to h with the block of each gate as its transpose."""
    return sum(a @ W.T for a, W in zip(np.split(da, 4, axis=1), np.split(W_h, 4), strict=True))


STEP_BACK = {
    "The cell's slope is missing: h_t does not show C_t itself but a function of it.": (
        {"shown": lambda v: 1},
        0.5,
    ),
    "The cell's slope is that of tanh: which function shows C_t here?": (
        {"shown": lambda v: _squared(np.tanh(v.C))},
        0.6,
    ),
    "The cell's slope s (1 − s) is taken with C_t for s: which value is s?": ({"shown": lambda v: _slope(v.C)}, 0.5),
    "The slope of the cell is taken at σ(C_t): is your argument what goes into σ, or what comes out?": (
        {"shown": lambda v: _slope(sigmoid(sigmoid(v.C)))},
        0.6,
    ),
    "The slope of the cell is taken at C_{t−1}: which cell does h_t show?": (
        {"shown": lambda v: _slope(sigmoid(v.C_before))},
        0.6,
    ),
    "h_t shows the cell as in an LSTM in your gradient: look at the equation of h_t in this cell.": (
        {"shown": lambda v: v.o * _squared(np.tanh(v.C))},
        0.4,
    ),
    "What comes from h_t does not reach the cell: find C_t in the equation of h_t.": (
        {"reach": lambda later, shown: later},
        0.3,
    ),
    "What later steps ask of the cell is lost: dC has to be in there too.": (
        {"reach": lambda later, shown: shown},
        0.3,
    ),
    "The gates' slopes are missing: a gradient has to go through σ before it reaches W_x, W_h and b.": (
        {"slope": np.ones_like},
        0.3,
    ),
    "The slope of a gate is taken at the gate: is your argument what goes into σ, or what comes out?": (
        {"slope": lambda g: _slope(sigmoid(g))},
        0.6,
    ),
    "The slope of a gate is taken at the sum that goes into σ: g (1 − g) is meant for what comes out.": (
        {"slope": lambda g: _slope(np.log(g / (1 - g)))},
        0.5,
    ),
    "The gates have the slope of tanh: which function makes all four here?": ({"slope": _squared}, 0.5),
    "The candidate has the slope of tanh, as in an LSTM: which function makes it here?": (
        {"ways": {"c": lambda v: v.dC * _squared(v.C_tilde)}},
        0.7,
    ),
    "o_t scales what reaches the cell, as in an LSTM: look at how they meet in h_t.": (
        {"shown": lambda v: v.o * _slope(sigmoid(v.C))},
        0.5,
    ),
    "This is the way back through an LSTM: begin from the equations of this cell.": (
        {
            "shown": lambda v: v.o * _squared(np.tanh(v.C)),
            "ways": {
                "i": lambda v: v.dC * v.C_tilde * v.slope(v.i),
                "c": lambda v: v.dC * v.i * _squared(v.C_tilde),
                "o": lambda v: v.dh * np.tanh(v.C) * v.slope(v.o),
            },
        },
        0.2,
    ),
    "i_t and C̃_t scale each other in your gradients, as in an LSTM: look at how they meet in C_t.": (
        {
            "ways": {
                "i": lambda v: v.dC * v.C_tilde * v.slope(v.i),
                "c": lambda v: v.dC * v.i * v.slope(v.C_tilde),
            }
        },
        0.4,
    ),
    "The sign of i_t is lost: how does it stand in the equation of C_t?": (
        {"ways": {"i": lambda v: v.dC * v.slope(v.i)}},
        0.6,
    ),
    "The sign of o_t is lost: how does it stand in the equation of h_t?": (
        {"ways": {"o": lambda v: v.dh * v.slope(v.o)}},
        0.6,
    ),
    "The sign of f_t is turned: how does it stand in the equation of C_t?": (
        {"ways": {"f": lambda v: -WAYS["f"](v)}},
        0.6,
    ),
    "o_t scales σ(C_t) in your gradient, as in an LSTM: look at how they meet in h_t.": (
        {"ways": {"o": lambda v: v.dh * sigmoid(v.C) * v.slope(v.o)}},
        0.5,
    ),
    "o_t gets its gradient from the cell: in which of the two equations does it stand?": (
        {"ways": {"o": lambda v: -v.dC * v.slope(v.o)}},
        0.5,
    ),
    "f_t scales another cell than in your gradient: which C stands beside it in the equation?": (
        {"ways": {"f": lambda v: v.dC * v.C * v.slope(v.f)}},
        0.6,
    ),
    "f_t scales something: your gradient does not have it.": ({"ways": {"f": lambda v: v.dC * v.slope(v.f)}}, 0.5),
    "The old cell gets the gradient of C_t as it is: what stands between the two?": ({"kept": lambda v: v.dC}, 0.4),
    "The old cell has no gradient: it stands in the equation of C_t.": ({"kept": lambda v: 0 * v.dC}, 0.3),
    "On the way to the old cell stands a slope: f_t itself scales it, whatever made f_t.": (
        {"kept": lambda v: v.dC * v.slope(v.f)},
        0.6,
    ),
    "The old cell gets nothing of what came through h_t: all that reaches C_t goes on to C_{t−1}.": (
        {"kept": lambda v: v.later * v.f},
        0.5,
    ),
    "The gradient of h_{t−1} has a transpose too many: the block of each gate is square, and that hides it.": (
        {"sent": _blocks_turned},
        0.7,
    ),
    "The old h gets dh as it is besides: h_{t−1} does not stand in the equation of h_t itself.": (
        {"passed": lambda v: v.dh},
        0.6,
    ),
    "W_h met another state than the one in your gradient: which h stands beside it in the equations?": (
        {"met": lambda v: v.h},
        0.6,
    ),
    "W_h met the cell in your gradient: what stands beside it in the equations?": (
        {"met": lambda v: v.C_before},
        0.5,
    ),
    "The gradients of W_x, W_h and b are means over the batch: the loss is a sum.": (
        {"shared": lambda v: len(v.h)},
        0.7,
    ),
    "The rows of C̃_t and o_t have changed places: in which order does the step split them?": ({"order": "ifoc"}, 0.7),
    "The rows of i_t and f_t have changed places: in which order does the step split them?": ({"order": "fico"}, 0.7),
}


def _lacking_slope(gate):
    """The way to a gate without its slope."""
    return lambda v: WAYS[gate](SimpleNamespace(**vars(v) | {"slope": np.ones_like}))


for gate, name in zip(GATES, ("i_t", "f_t", "C̃_t", "o_t"), strict=True):
    STEP_BACK[f"The slope of {name} is missing: it goes through σ as its kin do."] = (
        {"ways": {gate: _lacking_slope(gate)}},
        0.6,
    )
    STEP_BACK[f"{name} gets no gradient: it reads x_t and h_{{t−1}} and has weights as its kin do."] = (
        {"ways": {gate: lambda v: 0 * v.dC}},
        0.5,
    )

# -- back through a sequence ---------------------------------------------------------------------------------------


def backward(
    x,
    h_0,
    C_0,
    W_x,
    W_h,
    b,
    dh,
    dC_T,
    *,
    begin=lambda dC_T: dC_T,
    walk=lambda time: reversed(range(time)),
    immediate=lambda dh, t: dh[:, t],
    joined=np.add,
    of_cell=lambda back, dC_T, last: back,
    back_h=lambda new, old: new,
    back_C=lambda new, old: new,
    added=np.add,
    first=lambda h, C: (h, C),
    before=lambda states, t: states[t],
    seen=lambda x, t: x[:, t],
    filed=lambda dx: dx,
    ends=lambda back, arrives: back,
    over=lambda x: 1,
    **wrong,
):
    """∂L by x, h_0, C_0, W_x, W_h and b, each of the shape of what it belongs to.

    dh, dC_T: ∂⁺L by every h_t, and by the cell after the last step. wrong: the switches of `step_back`.
    """
    states = [(h_0, C_0)]
    for t in range(x.shape[1]):
        now = forward_step(x[:, t], *states[-1], W_x, W_h, b)
        states.append((now["h"], now["C"]))
    states[0] = first(h_0, C_0)
    grads = {"x": np.zeros_like(x), "W_x": np.zeros_like(W_x), "W_h": np.zeros_like(W_h), "b": np.zeros_like(b)}
    back = arrives = (np.zeros_like(h_0), begin(dC_T))
    for t in walk(x.shape[1]):
        arrives = joined(immediate(dh, t), back[0]), of_cell(back[1], dC_T, t == x.shape[1] - 1)
        step = step_back(seen(x, t), *before(states, t), W_x, W_h, b, *arrives, **wrong)
        grads["x"][:, t] = step["x_t"]
        for name in ("W_x", "W_h", "b"):
            grads[name] = added(grads[name], step[name])
        back = back_h(step["h"], back[0]), back_C(step["C"], back[1])
    for name in ("W_x", "W_h", "b"):
        grads[name] = grads[name] / over(x)
    return grads | {"x": filed(grads["x"])} | dict(zip(("h_0", "C_0"), ends(back, arrives), strict=True))


BACKWARD = {
    "What comes back through h is lost from step to step: h_{t−1} is not only shown, it also makes step t.": (
        {"joined": lambda now, back: now},
        0.4,
    ),
    "What comes back through the cell is lost from step to step: C_{t−1} makes C_t, whatever h does.": (
        {"of_cell": lambda back, dC_T, last: dC_T * last},
        0.4,
    ),
    "Every step gets dC_T: of which cell is it the gradient?": ({"back_C": lambda new, old: old}, 0.3),
    "What a step gives back for h goes nowhere: neither to the step before it nor to h_0.": (
        {"back_h": lambda new, old: old},
        0.3,
    ),
    "dh counts at the last step alone: what is asked of h_t itself at the steps before it?": (
        {"immediate": lambda dh, t: dh[:, t] * (t == dh.shape[1] - 1)},
        0.4,
    ),
    "dC_T is added at every step: it belongs to the cell after the last one alone.": (
        {"of_cell": lambda back, dC_T, last: back if last else back + dC_T},
        0.4,
    ),
    "You walk from the first step to the last: a gradient comes from what is later.": ({"walk": range}, 0.2),
    "The first step is left out: at which t does your loop end?": ({"walk": lambda time: range(time - 1, 0, -1)}, 0.5),
    "What the loss asks of the last cell is lost: with which gradient of the cell does your walk begin?": (
        {"begin": np.zeros_like},
        0.6,
    ),
    "What comes back through h piles up: at each step it replaces what came before.": ({"back_h": np.add}, 0.5),
    "What comes back through the cell piles up: at each step it replaces what came before.": ({"back_C": np.add}, 0.5),
    "W_x, W_h and b have the gradient of one step: they are used at every step, so what do their gradients do?": (
        {"added": lambda total, step: step},
        0.4,
    ),
    "W_x, W_h and b are asked at the last step alone: they are used at every step.": (
        {"added": lambda total, step: total if total.any() else step},
        0.4,
    ),
    "W_x, W_h and b have a mean over time: they are used at every step, so what do their gradients do?": (
        {"over": lambda x: x.shape[1]},
        0.6,
    ),
    "The first step went forward from h_0 and C_0: your way back meets zeros there.": (
        {"first": lambda h, C: (np.zeros_like(h), np.zeros_like(C))},
        0.6,
    ),
    "The first step meets the states of the last one: what does an index of −1 take?": (
        {"before": lambda states, t: states[t or -1]},
        0.6,
    ),
    "Every step back meets the states that it made: which ones did it start from?": (
        {"before": lambda states, t: states[t + 1]},
        0.5,
    ),
    "dh[:, t] belongs to h[:, t]: yours stands at another step.": ({"immediate": lambda dh, t: dh[:, t - 1]}, 0.5),
    "Every step of yours meets the same input: look at the index of x.": ({"seen": lambda x, t: x[:, 0]}, 0.3),
    "The gradient of x stands in the order in which you walked: where does that of the first step belong?": (
        {"filed": lambda dx: dx[:, ::-1]},
        0.7,
    ),
    "The gradients of h_0 and C_0 are those of h_1 and C_1: one step back is missing.": (
        {"ends": lambda back, arrives: arrives},
        0.6,
    ),
    "h_0 and C_0 have no gradient: they make the first step, as every state makes the next one.": (
        {"ends": lambda back, arrives: [np.zeros_like(part) for part in back]},
        0.6,
    ),
}
FROM_STEP = {sentence: (how, 0.8) for sentence, (how, _) in STEP_BACK.items()}  # what went wrong before costs little

# -- cases ---------------------------------------------------------------------------------------------------------


def weights(rng, inputs, hidden):
    """W_x, W_h and b, none of them zero."""
    W_x, W_h = rng.normal(size=(4 * hidden, inputs)), rng.normal(size=(4 * hidden, hidden))
    return W_x / np.sqrt(inputs), W_h / np.sqrt(hidden), rng.normal(size=4 * hidden)


def _pair(rng, batch, hidden):
    return rng.normal(size=(batch, hidden)), rng.normal(size=(batch, hidden))


def _steps(rng, sizes):
    return [
        (
            rng.normal(size=(batch, inputs)),
            *_pair(rng, batch, hidden),
            *weights(rng, inputs, hidden),
            *_pair(rng, batch, hidden),
        )
        for batch, inputs, hidden in sizes
    ]


def _sequences(rng, sizes):
    return [
        (
            rng.normal(size=(batch, time, inputs)),
            *_pair(rng, batch, hidden),
            *weights(rng, inputs, hidden),
            rng.normal(size=(batch, time, hidden)),
            rng.normal(size=(batch, hidden)),
        )
        for batch, time, inputs, hidden in sizes
    ]


# -- the assignment ------------------------------------------------------------------------------------------------

HOW_FAR = Question(
    "how-far-back",
    "How far back a gradient reaches",
    4,
    {
        0: "no answer, or one that only repeats the equations",
        1: "names f_t as the factor on the direct way from C_t to C_{t−1}",
        2: "says besides that k steps give the product of k forget gates",
        3: "says besides that i_t, which is subtracted, scales no gradient, while in an LSTM it scales the candidate's",
        4: "says besides that the way around, through h_{t−1} into the gates, comes on top, each time with a slope of "
        "at most 1/4: the product of forget gates is not the whole of ∂C_t/∂C_{t−k}",
    },
)

ASSIGNMENT = Assignment(
    "Back through a subtractive LSTM",
    [
        Task(
            "step_back",
            7,
            step_back,
            lambda rng: _steps(rng, [(2, 3, 4), (5, 2, 3)]),
            lambda rng: _steps(rng, [rng.permutation([3, 4, 5]), (1, 2, 6), (4, 3, 1)]),
            STEP_BACK,
            returns=PARTS,
            keyed=True,
            tolerance=SINGLE,  # so that float32 and careful finite differences are right
        ),
        Task(
            "backward",
            7,
            backward,
            lambda rng: _sequences(rng, [(2, 5, 3, 4), (3, 4, 2, 5)]),
            lambda rng: _sequences(rng, [rng.permutation([3, 4, 5, 6]), (3, 1, 2, 4), (1, 4, 5, 3), (2, 5, 3, 1)]),
            BACKWARD | FROM_STEP,
            returns=("x", "h_0", "C_0", "W_x", "W_h", "b"),
            keyed=True,
            tolerance=SINGLE,
        ),
    ],
    [HOW_FAR],
    late=Late(per_day=0.1, most=0.5),
)
