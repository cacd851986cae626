"""A multiplicative LSTM, one step and a whole sequence: m_t of Krause et al. (2016), all else as in the course's LSTM.

m_t = (W_xm x_t) ⊙ (W_hm h_{t−1})
i_t = σ(W_xi x_t + W_mi m_t + b_i)        f_t and o_t likewise
C̃_t = tanh(W_xc x_t + W_mc m_t + b_c)
C_t = f_t ⊙ C_{t−1} + i_t ⊙ C̃_t           h_t = o_t ⊙ tanh(C_t)
"""

from types import MappingProxyType

import numpy as np

from rnn_course.assignments.specification import Assignment, Late, Question, Task
from rnn_course.cells import sigmoid

GATES = "ifco"
SQUASH = MappingProxyType({"i": sigmoid, "f": sigmoid, "c": np.tanh, "o": sigmoid})
SAME = MappingProxyType({})
LARGE = 800  # e to this power is no float64

# -- one step ------------------------------------------------------------------------------------------------------


def step(
    x_t,
    h,
    C,
    W,
    *,
    factors=lambda x, h, C, W: (x @ W["W_xm"].T, h @ W["W_hm"].T),
    joined=np.multiply,
    reads=SAME,
    turned=False,
    squash=SAME,
    bias=SAME,
    places=GATES,
    cell=lambda C, i, f, C_tilde: f * C + i * C_tilde,
    shown=lambda o, C_t, C: o * np.tanh(C_t),
    given=lambda new, old: new,
):
    """h_t and C_t, each (batch, hidden), from x_t (batch, input), h_{t−1}, C_{t−1}, and the weights by name.

    By a gate's letter: reads, what it reads in the place of m_t; bias, how often its bias is added. places: whose value
    stands where i, f, C̃, o belong.
    """
    m = joined(*factors(x_t, h, C, W))
    value = {}
    for gate, function in (SQUASH | squash).items():
        W_m = W["W_m" + gate] if turned else W["W_m" + gate].T
        read, times = reads.get(gate, _m)(m, h), bias.get(gate, 1)
        value[gate] = function(x_t @ W["W_x" + gate].T + read @ W_m + times * W["b_" + gate])
    i, f, C_tilde, o = (value[gate] for gate in places)
    C_t = cell(C, i, f, C_tilde)
    return shown(o, C_t, C), given(C_t, C)


def _m(m, h):
    return m


def _h(m, h):
    return h


def _as_it_is(a):
    return a


STEP = {
    "This is an ordinary LSTM: look at what stands beside x_t in the four equations.": (
        {"reads": dict.fromkeys(GATES, _h)},
        0.3,
    ),
    "The three gates read something else than the candidate does: compare the four equations term by term.": (
        {"reads": dict.fromkeys("ifo", _h)},
        0.5,
    ),
    "The candidate reads something else than the three gates do: compare the four equations term by term.": (
        {"reads": {"c": _h}},
        0.6,
    ),
    "m_t is not a sum: look at the sign between its two factors.": ({"joined": np.add}, 0.4),
    "m_t is squashed: look at its equation for what goes around the product.": (
        {"joined": lambda a, b: np.tanh(a * b)},
        0.5,
    ),
    "The input's factor of m_t is squashed: it is to scale the state by more than 1 too, and to turn its sign.": (
        {"factors": lambda x, h, C, W: (sigmoid(x @ W["W_xm"].T), h @ W["W_hm"].T)},
        0.5,
    ),
    "m_t is made of the wrong state: which of the two does its equation name?": (
        {"factors": lambda x, h, C, W: (x @ W["W_xm"].T, C @ W["W_hm"].T)},
        0.4,
    ),
    "m_t does not depend on the input: one of its factors is missing.": (
        {"factors": lambda x, h, C, W: (1, h @ W["W_hm"].T)},
        0.3,
    ),
    "m_t does not depend on the old state: one of its factors is missing.": (
        {"factors": lambda x, h, C, W: (x @ W["W_xm"].T, 1)},
        0.3,
    ),
    "W_hm is never used: m_t takes the old state as it is.": (
        {"factors": lambda x, h, C, W: (x @ W["W_xm"].T, h)},
        0.5,
    ),
    "W_hm is square, so that a wrong transpose goes unnoticed: think of (out, in) where h meets it.": (
        {"factors": lambda x, h, C, W: (x @ W["W_xm"].T, h @ W["W_hm"])},
        0.7,
    ),
    "W_mi and its kin are square, so that a wrong transpose goes unnoticed: think of (out, in) where m_t meets them.": (
        {"turned": True},
        0.7,
    ),
    "The biases are missing: every gate and the candidate have one.": (
        {"bias": dict.fromkeys(GATES, 0)},
        0.5,
    ),
    "The biases count twice: each is added once, whatever other libraries store.": (
        {"bias": dict.fromkeys(GATES, 2)},
        0.6,
    ),
    "m_t is made and not used: what do the gates and the candidate read besides x_t?": (
        {"reads": dict.fromkeys(GATES, lambda m, h: 0 * m)},
        0.3,
    ),
    "i_t and f_t have changed places: ask which of them decides about what was there before.": (
        {"places": "fico"},
        0.5,
    ),
    "i_t and o_t have changed places: ask which of them decides about what is shown.": ({"places": "ofci"}, 0.5),
    "f_t and o_t have changed places: ask which of them decides about what is kept.": ({"places": "iocf"}, 0.5),
    "f_t keeps more than its equation says: is something added to its sum?": (
        {"squash": {"f": lambda a: sigmoid(a + 1)}},
        0.7,
    ),
    "All three gates stand in for another one: say of each what it decides, and then what it scales.": (
        {"places": "foci"},
        0.4,
    ),
    "None of the three gates stands where it belongs: say of each what it decides, and then what it scales.": (
        {"places": "oicf"},
        0.4,
    ),
    "The candidate must be able to be negative: look at the function around it.": ({"squash": {"c": sigmoid}}, 0.5),
    "The candidate is cut off at 0: look at the function around it.": (
        {"squash": {"c": lambda a: np.maximum(a, 0)}},
        0.5,
    ),
    "The candidate has no bounds: look at the function around it.": ({"squash": {"c": _as_it_is}}, 0.5),
    "A gate lies between 0 and 1, some of yours are negative: look at the function around them.": (
        {"squash": dict.fromkeys("ifo", np.tanh)},
        0.4,
    ),
    "The whole old cell is kept: which gate has a say in that?": (
        {"cell": lambda C, i, f, C_tilde: C + i * C_tilde},
        0.4,
    ),
    "The whole candidate is written: which gate has a say in that?": (
        {"cell": lambda C, i, f, C_tilde: f * C + C_tilde},
        0.4,
    ),
    "Keeping and writing have a gate each: you derive one of them from the other.": (
        {"cell": lambda C, i, f, C_tilde: f * C + (1 - f) * C_tilde},
        0.4,
    ),
    "You blend as a GRU does: keeping and writing have a gate each here.": (
        {"cell": lambda C, i, f, C_tilde: (1 - i) * C + i * C_tilde},
        0.4,
    ),
    "An open forget gate empties your cell: what does f_t near 1 mean?": (
        {"cell": lambda C, i, f, C_tilde: (1 - f) * C + i * C_tilde},
        0.5,
    ),
    "What is written is taken off the cell: look at the sign between keeping and writing.": (
        {"cell": lambda C, i, f, C_tilde: f * C - i * C_tilde},
        0.5,
    ),
    "h_t shows a cell without bounds: what goes around C_t in its equation?": (
        {"shown": lambda o, C_t, C: o * C_t},
        0.6,
    ),
    "The whole cell is shown: which gate has a say in that?": ({"shown": lambda o, C_t, C: np.tanh(C_t)}, 0.5),
    "What h_t shows cannot be negative: look at the function around C_t.": (
        {"shown": lambda o, C_t, C: o * sigmoid(C_t)},
        0.6,
    ),
    "h_t shows the cell as it was before this step: what happens first, writing or showing?": (
        {"shown": lambda o, C_t, C: o * np.tanh(C)},
        0.5,
    ),
    "o_t is in the wrong place: is the cell squashed before the gate or after it?": (
        {"shown": lambda o, C_t, C: np.tanh(o * C_t)},
        0.6,
    ),
    "The cell comes back as it went in: which of the two does the next step need?": (
        {"given": lambda new, old: old},
        0.6,
    ),
}
for gate in "ifo":
    STEP[f"{gate}_t reads something else than its kin do: compare its equation with theirs, term by term."] = (
        {"reads": {gate: _h}},
        0.7,
    )
for gate, name in zip(GATES, ("i_t", "f_t", "C̃_t", "o_t"), strict=True):
    STEP[f"{name} has no bias: compare its line with those of its kin."] = ({"bias": {gate: 0}}, 0.7)

# -- a whole sequence ----------------------------------------------------------------------------------------------


def sequence(
    x,
    h_0,
    C_0,
    W,
    *,
    start=lambda h, C: (h, C),
    order=range,
    seen=lambda x, t: x[:, t],
    carried=lambda new, old: new,
    kept=lambda new, old: new[0],
    filed=lambda h: h,
    last=lambda new, first: new[1],
    **wrong,
):
    """h (batch, time, hidden) and C_T (batch, hidden), from x (batch, time, input), h_0, C_0, and the weights by name.

    wrong: the switches of `step`.
    """
    first = state = start(h_0, C_0)
    h = np.zeros((len(x), x.shape[1], h_0.shape[1]))
    new = state
    for t in order(x.shape[1]):
        new = step(seen(x, t), *state, W, **wrong)
        h[:, t] = kept(new, state)
        state = carried(new, state)
    return filed(h), last(new, first)


SEQUENCE = {
    "Every step starts from h_0 and C_0: what a step returns has to go into the next one.": (
        {"carried": lambda new, old: old},
        0.2,
    ),
    "h is never carried on: look at which of the two states goes into the next step.": (
        {"carried": lambda new, old: (old[0], new[1])},
        0.4,
    ),
    "C is never carried on: look at which of the two states goes into the next step.": (
        {"carried": lambda new, old: (new[0], old[1])},
        0.4,
    ),
    "h and C change places from step to step: look at the order in which a step takes and returns them.": (
        {"carried": lambda new, old: new[::-1]},
        0.5,
    ),
    "h and C have changed places throughout: in which order does a step return them, and in which do you take them?": (
        {
            "carried": lambda new, old: new[::-1],
            "kept": lambda new, old: new[1],
            "last": lambda new, first: new[0],
        },
        0.6,
    ),
    "The sequence starts from zeros: what are h_0 and C_0 for?": (
        {"start": lambda h, C: (np.zeros_like(h), np.zeros_like(C))},
        0.5,
    ),
    "The sequence starts with a cell of zeros: what is C_0 for?": (
        {"start": lambda h, C: (h, np.zeros_like(C))},
        0.6,
    ),
    "The sequence starts with an h of zeros: what is h_0 for?": ({"start": lambda h, C: (np.zeros_like(h), C)}, 0.6),
    "You walk from the last step to the first: in which order do inputs arrive?": (
        {"order": lambda time: reversed(range(time))},
        0.4,
    ),
    "The first step is left out: at which t does your loop begin?": ({"order": lambda time: range(1, time)}, 0.4),
    "Every step reads the first input: look at the index of x.": ({"seen": lambda x, t: x[:, 0]}, 0.2),
    "Every step reads the last input: look at the index of x.": ({"seen": lambda x, t: x[:, -1]}, 0.2),
    "Step t reads the input of another step: x[:, t] belongs to h[:, t].": ({"seen": lambda x, t: x[:, t - 1]}, 0.5),
    "h[:, t] holds the state before step t: do you keep it before the step or after?": (
        {"kept": lambda new, old: old[0]},
        0.5,
    ),
    "h holds the cell: look at which result of a step you keep.": ({"kept": lambda new, old: new[1]}, 0.5),
    "The last state stands at every step: did you keep an array that later steps write into?": (
        {"filed": lambda h: np.repeat(h[:, -1:], h.shape[1], axis=1)},
        0.4,
    ),
    "C_T is the cell you began with: which one is left after the last step?": (
        {"last": lambda new, first: first[1]},
        0.7,
    ),
    "C_T is squashed: the cell itself is asked for.": ({"last": lambda new, first: np.tanh(new[1])}, 0.7),
    "C_T is a state h: which of the two states is asked for?": ({"last": lambda new, first: new[0]}, 0.7),
}
FROM_STEP = {sentence: (how, 0.8) for sentence, (how, _) in STEP.items()}  # what went wrong before costs little again

# -- cases ---------------------------------------------------------------------------------------------------------


def weights(rng, inputs, hidden, large=False):
    """The weights by name, none of them zero; large: biases of ±800, so that every gate is all but open or shut."""
    scaled = {"W_xm": _matrix(rng, hidden, inputs), "W_hm": _matrix(rng, hidden, hidden)}
    for gate in GATES:
        scaled["W_x" + gate], scaled["W_m" + gate] = _matrix(rng, hidden, inputs), _matrix(rng, hidden, hidden)
        bias = rng.permutation(np.where(np.arange(hidden) % 2, -LARGE, LARGE)) if large else rng.normal(size=hidden)
        scaled["b_" + gate] = bias.astype(float)
    return scaled


def _matrix(rng, rows, columns):
    return rng.normal(size=(rows, columns)) / np.sqrt(columns)


def _states(rng, batch, hidden):
    return rng.normal(size=(batch, hidden)), rng.normal(size=(batch, hidden))


def _steps(rng, sizes, large=False):
    return [
        (rng.normal(size=(batch, inputs)), *_states(rng, batch, hidden), weights(rng, inputs, hidden, large))
        for batch, inputs, hidden in sizes
    ]


def _sequences(rng, sizes, large=False):
    return [
        (rng.normal(size=(batch, time, inputs)), *_states(rng, batch, hidden), weights(rng, inputs, hidden, large))
        for batch, time, inputs, hidden in sizes
    ]


def _hidden_steps(rng):
    return _steps(rng, [rng.permutation([3, 4, 5]), (1, 2, 6), (4, 3, 1)]) + _steps(rng, [(3, 2, 4)], large=True)


def _hidden_sequences(rng):
    usual = [rng.permutation([3, 4, 5, 6]), (3, 1, 2, 4), (1, 4, 5, 3), (2, 5, 3, 1)]
    return _sequences(rng, usual) + _sequences(rng, [(3, 6, 2, 4)], large=True)


# -- the assignment ------------------------------------------------------------------------------------------------

WHY = Question(
    "why-a-product",
    "What the product changes",
    4,
    {
        0: "no answer, or one that only repeats the equations",
        1: "says that m_t depends on both x_t and h_{t−1}",
        2: "says besides that the input scales the rows of W_hm, so that every input has a recurrent matrix of its own",
        3: "gives the matrix, diag(W_xm x_t) W_hm, in symbols or in words, and says that in an LSTM the input moves "
        "the sum while the weights of h_{t−1} stay what they are",
        4: "says besides that with W_xm x_t = 0 the step knows nothing of h_{t−1}, and of the past only C_{t−1}",
    },
)

ASSIGNMENT = Assignment(
    "A multiplicative LSTM",
    [
        Task(
            "step",
            6,
            step,
            lambda rng: _steps(rng, [(2, 3, 4), (5, 2, 3)]),
            _hidden_steps,
            STEP,
            returns=("h_t", "C_t"),
        ),
        Task(
            "sequence",
            6,
            sequence,
            lambda rng: _sequences(rng, [(2, 5, 3, 4), (3, 4, 2, 5)]),
            _hidden_sequences,
            SEQUENCE | FROM_STEP,
            returns=("h", "C_T"),
        ),
    ],
    [WHY],
    late=Late(per_day=0.1, most=0.5),
)
