"""Checks of the chapter on equations: the three cells as functions of plain arrays, and the bug hunt."""

import functools
import itertools
from types import MappingProxyType

import numpy as np

from rnn_course.cells import GRU, LSTM, SimpleRNN, sigmoid
from rnn_course.exercises.bug_hunt import flawed_listing, hunt, mended
from rnn_course.exercises.exercise import Exercise, alone, as_it_is
from rnn_course.exercises.verdict import check

__all__ = ["flawed_listing", "gru_step", "hunt", "lstm_step", "mended", "simple_rnn_step"]

PARTS = ("W_x", "W_h", "b_")
NONE = MappingProxyType({})


class Weights(dict):
    """The arrays of a cell by name, read as `W.W_xi` or `W["W_xi"]`."""

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f"there is no {name} in W, only {', '.join(self)}")


def weights(cell):
    """The named arrays of a cell, copies: {"W_xi": (hidden, input), "W_hi": (hidden, hidden), "b_i": (hidden,), …}."""
    names = [part + gate for gate in cell.gates for part in PARTS]
    if "b_hn" in cell.parameters:
        names.append("b_hn")
    return Weights({name: getattr(cell, name).copy() for name in names})


def _cases(make, states):
    """Random arguments (x_t, …states, W) at sizes that all differ."""
    cases = []
    for seed, (batch, inputs, hidden) in enumerate([(2, 3, 5), (4, 1, 3), (1, 6, 2)]):
        rng = np.random.default_rng(seed)
        x_t = rng.normal(size=(batch, inputs))
        cases.append(
            (x_t, *(rng.normal(size=(batch, hidden)) for _ in range(states)), weights(make(inputs, hidden, seed=seed)))
        )
    return cases


# -- one gate, and what goes wrong in it ---------------------------------------------------------------------------


def _gate(x_t, h, W, gate, usual, squash=NONE, no_x=(), no_h=(), no_b=(), turned=(), outside=(), taken=NONE):
    """One gate, `squash(x_t W_xᵀ + h W_hᵀ + b)`, with the mistakes that can be made in it.

    usual: how it is squashed where squash, by gate, says nothing else. no_x, no_h, no_b: the gates without this term.
    turned: those whose W_h lacks its transpose. outside: those whose b is added after squashing. taken: the array that
    stands where another belongs.
    """
    W_x, W_h, b = (W[taken.get(part + gate, part + gate)] for part in PARTS)
    a = np.zeros_like(h) if gate in no_h else h @ (W_h if gate in turned else W_h.T)
    a = a if gate in no_x else a + x_t @ W_x.T
    squashed = squash.get(gate, usual)
    if gate in outside:
        return squashed(a) + b
    return squashed(a if gate in no_b else a + b)


def _relu(a):
    return np.maximum(a, 0)


def _tanh_twice(a):
    return np.tanh(np.tanh(a))


def _hard(a):
    """The σ of old Keras, three straight lines."""
    return np.clip(0.2 * a + 0.5, 0, 1)


def softmax(a):
    """eᵃ in shares that add up to one, over the last axis."""
    return np.exp(a) / np.exp(a).sum(-1, keepdims=True)


def _sign_lost(a):
    """1 / (1 + eᵃ)."""
    return sigmoid(-a)


def _of_each_gate(values):
    """What can be missing or turned in each gate. values: `{gate: how its value is written}`."""
    mistakes = {}
    for gate, value in values.items():
        mistakes |= {
            f"The bias b_{gate} is missing in {value}.": {"no_b": {gate}},
            f"The state is not used in {value}: W_h{gate} h is missing.": {"no_h": {gate}},
            f"The input is not used in {value}: W_x{gate} x_t is missing.": {"no_x": {gate}},
            f"W_h{gate} is used without its transpose.": {"turned": {gate}},
        }
    every = set(values)
    return mistakes | {
        "The biases are missing, in every gate.": {"no_b": every},
        "The state h is not used in any gate: what the net showed last is forgotten.": {"no_h": every},
        "The input x_t is not used in any gate.": {"no_x": every},
        "The matrices W_h are used without their transposes, all of them.": {"turned": every},
    }


def _of_three_gates(values):
    """The same thing missing or turned in three gates of four."""
    mistakes = {}
    for gates in itertools.combinations(values, 3):
        where = "{}, {} and {}".format(*(values[gate] for gate in gates))
        mistakes |= {
            f"The biases are missing in {where}.": {"no_b": set(gates)},
            f"The state is not used in {where}.": {"no_h": set(gates)},
            f"The input is not used in {where}.": {"no_x": set(gates)},
            f"The W_h of {where} are used without their transposes.": {"turned": set(gates)},
        }
    return mistakes


def _copied(values):
    """What copying a line leaves behind: an array of another gate, or two of them, or all."""
    mistakes = {}
    for gate, value in values.items():
        mistakes[f"The bias b_{gate} stands inside the squashing function, not behind it."] = {"outside": {gate}}
        everywhere = {part + other: part + gate for part in PARTS for other in values}
        sentence = f"All gates are made of W_x{gate}, W_h{gate} and b_{gate}; each has weights of its own."
        mistakes[sentence] = {"taken": everywhere}
        for part in PARTS:
            sentence = f"{part}{gate} stands in every gate; each has its own {part.rstrip('_')}."
            mistakes[sentence] = {"taken": {name: other for name, other in everywhere.items() if other == part + gate}}
        for other in values:
            if other != gate:
                taken = {part + gate: part + other for part in PARTS}
                for count in (1, 2, 3):
                    for names in itertools.combinations(taken, count):
                        sentence = OF_ANOTHER_GATE[count].format(*names, *map(taken.get, names), value=value)
                        mistakes[sentence] = {"taken": {name: taken[name] for name in names}}
    return mistakes


OF_ANOTHER_GATE = {
    1: "{0} belongs into {value}; you used {1} there.",
    2: "{0} and {1} belong into {value}; you used {2} and {3} there.",
    3: "{value} has weights of its own; what stands in its place is made of {3}, {4} and {5}.",
}


def _exchanged(*pairs):
    """Gates that stand in each other's place, they or all their weights."""
    return {
        f"{one}_t and {other}_t have changed places, they or their weights.": {
            "taken": {part + a: part + b for part in PARTS for a, b in (one + other, other + one)}
        }
        for one, other in pairs
    }


def _one_exchanged(gates):
    """One array of two gates in each other's place."""
    return {
        f"{part}{a} and {part}{b} have changed places.": {"taken": {part + a: part + b, part + b: part + a}}
        for a, b in itertools.combinations(gates, 2)
        for part in PARTS
    }


def _with_candidate(gates):
    """A gate whose weights are those of the candidate, and the other way round."""
    return {
        f"The weights of {gate}_t and C̃_t have changed places: c is the candidate's letter.": {
            "taken": {part + a: part + b for part in PARTS for a, b in (gate + "c", "c" + gate)}
        }
        for gate in gates
    }


def _squashed(gates, values):
    """Another squashing function in one of the gates that want σ."""
    return {
        sentence.format(values[gate]): {"squash": {gate: function}}
        for sentence, function in {
            "{} is squashed by σ, not by tanh.": np.tanh,
            "{} is not squashed: its σ is missing.": as_it_is,
            "{} is squashed by σ, not by relu.": _relu,
        }.items()
        for gate in gates
    }


# -- the simple RNN ------------------------------------------------------------------------------------------------


def _simple_rnn(x_t, h, W, **wrong):
    return _gate(x_t, h, W, "h", np.tanh, **wrong)


SIMPLE_RNN_STEP = Exercise(
    _simple_rnn,
    lambda: _cases(SimpleRNN, 1),
    {
        "The bias b_h is missing.": {"no_b": {"h"}},
        "The tanh is missing.": {"squash": {"h": as_it_is}},
        "W_hh is used without its transpose.": {"turned": {"h"}},
        "The state h is not used: this net has no memory.": {"no_h": {"h"}},
        "The input x_t is not used.": {"no_x": {"h"}},
        "The new value is squashed by tanh, not by σ.": {"squash": {"h": sigmoid}},
        "The new value is squashed by tanh, not by relu.": {"squash": {"h": _relu}},
        "The tanh is taken twice.": {"squash": {"h": _tanh_twice}},
        "The bias b_h stands inside the tanh, not behind it.": {"outside": {"h"}},
        "The state stands inside the tanh: tanh(W_xh x_t + W_hh h + b_h).": lambda x, h, W: (
            np.tanh(x @ W.W_xh.T + W.b_h) + h @ W.W_hh.T
        ),
        "The state stands inside the tanh, and so does the bias: tanh(W_xh x_t + W_hh h + b_h).": lambda x, h, W: (
            np.tanh(x @ W.W_xh.T) + h @ W.W_hh.T + W.b_h
        ),
        "The input stands inside the tanh: tanh(W_xh x_t + W_hh h + b_h).": lambda x, h, W: (
            x @ W.W_xh.T + np.tanh(h @ W.W_hh.T + W.b_h)
        ),
        "One tanh goes around the whole sum; you took it of input and state apart.": lambda x, h, W: (
            np.tanh(x @ W.W_xh.T) + np.tanh(h @ W.W_hh.T + W.b_h)
        ),
        "The bias b_h is subtracted; it is added.": lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh.T - W.b_h),
        "The bias b_h is added twice.": lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh.T + 2 * W.b_h),
        "The old state is added to the new one: h_t is the tanh alone.": lambda x, h, W: h + _simple_rnn(x, h, W),
        "You returned the old state h.": lambda x, h, W: h,
        "The old state goes in as it is; you took its tanh first.": lambda x, h, W: _simple_rnn(x, np.tanh(h), W),
        "The new value is squashed by tanh, not by softmax.": {"squash": {"h": softmax}},
        "Each row has an input of its own; you used the first row of x_t for all.": lambda x, h, W: _simple_rnn(
            np.repeat(x[:1], len(x), 0), h, W
        ),
        "Each row has a state of its own; you used the first row of h for all.": lambda x, h, W: _simple_rnn(
            x, np.repeat(h[:1], len(h), 0), W
        ),
    },
)


@check
def simple_rnn_step(answer):
    """Check `answer(x_t, h, W)`, which returns h_t of a simple RNN."""
    return SIMPLE_RNN_STEP.check(answer)


# -- the LSTM ------------------------------------------------------------------------------------------------------

LSTM_VALUES = {"i": "i_t", "f": "f_t", "c": "C̃_t", "o": "o_t"}


def _peepholes(x_t, h, C, W, gates):
    """The cell is added to what goes into these gates."""
    return _lstm(x_t, h, C, Weights(W | {"b_" + gate: W["b_" + gate] + C for gate in gates}))


def _another_state(x_t, h, C, W, gates, keep=None):
    """These gates look at C where they should look at h; keep: the cell that is kept from, C where it is None."""
    moved = {"b_" + gate: W["b_" + gate] + (C - h) @ W["W_h" + gate].T for gate in gates}
    return _lstm(x_t, h, C if keep is None else keep, Weights(W | moved))


def _lstm(x_t, h, C, W, *, cell=None, shown=None, **wrong):
    """cell: another equation of C_t, from C, i, f and C̃. shown: another of h_t, from o, C_t, C and C̃."""
    i = _gate(x_t, h, W, "i", sigmoid, **wrong)
    f = _gate(x_t, h, W, "f", sigmoid, **wrong)
    C_tilde = _gate(x_t, h, W, "c", np.tanh, **wrong)
    o = _gate(x_t, h, W, "o", sigmoid, **wrong)
    C_t = cell(C, i, f, C_tilde) if cell else f * C + i * C_tilde
    return shown(o, C_t, C, C_tilde) if shown else o * np.tanh(C_t), C_t


LSTM_CELL = {
    "f_t scales the old cell; you used 1 − i_t.": lambda C, i, f, n: (1 - i) * C + i * n,
    "i_t scales the candidate; you used 1 − f_t.": lambda C, i, f, n: f * C + (1 - f) * n,
    "i_t and f_t, or their weights, have changed places: f_t scales C, i_t the candidate.": lambda C, i, f, n: (
        i * C + f * n
    ),
    "The old cell C is not used: nothing is kept from step to step.": lambda C, i, f, n: i * n,
    "The forget gate is not used: f_t scales the old cell.": lambda C, i, f, n: C + i * n,
    "The input gate is not used: i_t scales the candidate.": lambda C, i, f, n: f * C + n,
    "The candidate is not used: i_t is added bare.": lambda C, i, f, n: f * C + i,
    "Nothing new is written: i_t ⊙ C̃_t is missing in C_t.": lambda C, i, f, n: f * C,
    "f_t says how much is kept: it scales the old cell; you used 1 − f_t.": lambda C, i, f, n: (1 - f) * C + i * n,
}
LSTM_CELL_RARE = {
    "The candidate is scaled by i_t; you used 1 − i_t.": lambda C, i, f, n: f * C + (1 - i) * n,
    "What is kept and what is written are added; you subtracted.": lambda C, i, f, n: f * C - i * n,
    "What is kept and what is written are added; you multiplied them.": lambda C, i, f, n: f * C * i * n,
    "f_t scales the old cell alone, not what is written.": lambda C, i, f, n: f * (C + i * n),
    "i_t scales the candidate alone, not what is kept.": lambda C, i, f, n: i * (f * C + n),
    "f_t and i_t are factors; you added f_t to the old cell.": lambda C, i, f, n: f + C + i * n,
    "C_t is the sum itself: its tanh is taken only where h_t shows it.": lambda C, i, f, n: np.tanh(f * C + i * n),
    "C_t is the sum itself: no σ goes around it.": lambda C, i, f, n: sigmoid(f * C + i * n),
    "Neither f_t nor i_t is used: they scale what is kept and what is written.": lambda C, i, f, n: C + n,
    "C_t is the candidate alone: neither gate is used, and nothing is kept.": lambda C, i, f, n: n + 0 * C,
    "You returned the old cell as the new one, and h_t shows it.": lambda C, i, f, n: C,
}
LSTM_SHOWN = {
    "h_t shows tanh(C_t), not C_t itself.": lambda o, C_t, C, n: o * C_t,
    "The output gate is not used: h_t is o_t ⊙ tanh(C_t).": lambda o, C_t, C, n: np.tanh(C_t),
    "h_t shows the new cell C_t, not the old C.": lambda o, C_t, C, n: o * np.tanh(C),
    "h_t shows tanh(C_t), not σ(C_t).": lambda o, C_t, C, n: o * sigmoid(C_t),
}
LSTM_SHOWN_RARE = {
    "o_t stands outside the tanh: h_t is o_t ⊙ tanh(C_t).": lambda o, C_t, C, n: np.tanh(o * C_t),
    "h_t shows the cell, not the candidate alone.": lambda o, C_t, C, n: o * np.tanh(n),
    "h_t shows the cell, not C̃_t.": lambda o, C_t, C, n: o * n,
    "h_t is a product of o_t and tanh(C_t); you added them.": lambda o, C_t, C, n: o + np.tanh(C_t),
    "h_t is the output gate alone: tanh(C_t) is missing.": lambda o, C_t, C, n: o + 0 * C_t,
    "o_t says how much is shown: h_t is o_t ⊙ tanh(C_t); you used 1 − o_t.": lambda o, C_t, C, n: (
        (1 - o) * np.tanh(C_t)
    ),
    "h_t shows tanh(C_t) scaled by o_t; you returned the cell as both.": lambda o, C_t, C, n: C_t,
    "h_t shows the old cell C without tanh; it is o_t ⊙ tanh(C_t).": lambda o, C_t, C, n: o * C,
    "h_t takes its tanh twice: it is o_t ⊙ tanh(C_t).": lambda o, C_t, C, n: np.tanh(o * np.tanh(C_t)),
}
LSTM_SQUASH = {
    "The candidate C̃ is squashed by tanh, not by σ.": {"squash": {"c": sigmoid}},
    "The candidate C̃ is not squashed: its tanh is missing.": {"squash": {"c": as_it_is}},
    "The gates are squashed by σ, not by tanh.": {"squash": dict.fromkeys("ifo", np.tanh)},
    "The gates are not squashed: σ is missing in all three.": {"squash": dict.fromkeys("ifo", as_it_is)},
}
LSTM_SQUASH_RARE = {
    "The candidate C̃ is squashed by tanh, not by relu.": {"squash": {"c": _relu}},
    "The candidate's tanh is taken twice.": {"squash": {"c": _tanh_twice}},
    "All gates come out as one minus what they are: is the sign in σ(a) = 1/(1 + e⁻ᵃ) missing?": {
        "squash": dict.fromkeys("ifo", _sign_lost)
    },
    "The gates are squashed by σ, not by relu.": {"squash": dict.fromkeys("ifo", _relu)},
    "The gates are squashed by σ, not by softmax.": {"squash": dict.fromkeys("ifo", softmax)},
    "The gates are squashed by σ itself, not by the straight lines of a hard sigmoid.": {
        "squash": dict.fromkeys("ifo", _hard)
    },
    "Something is added to what goes into f_t: its bias is b_f alone, without a further 1.": {
        "squash": {"f": lambda a: sigmoid(a + 1)}
    },
    "σ and tanh have changed places: σ for the three gates, tanh for the candidate.": {
        "squash": dict.fromkeys("ifo", np.tanh) | {"c": sigmoid}
    },
}
LSTM_OTHERWISE = {
    "The results are in the other order: return h_t, then C_t.": lambda *a: _lstm(*a)[::-1],
    "The gates look at the old state h, not at the cell C.": lambda x, h, C, W: _lstm(x, C, C, W),
    "The three gates look at the old state h, not at the cell C, as the candidate does.": functools.partial(
        _another_state, gates="ifo"
    ),
    "o_t looks at the old state h, not at tanh(C_t).": lambda x, h, C, W: _another_state(
        x, h, np.tanh(_lstm(x, h, C, W)[1]), W, gates="o", keep=C
    ),
    "o_t looks at the old state h, not at the new cell C_t.": lambda x, h, C, W: _another_state(
        x, h, _lstm(x, h, C, W)[1], W, gates="o", keep=C
    ),
    "The biases are added twice, in every gate.": lambda x, h, C, W: _lstm(
        x, h, C, Weights(W | {"b_" + gate: 2 * W["b_" + gate] for gate in "ifco"})
    ),
    "The new cell keeps from C, not from the state h.": lambda x, h, C, W: _lstm(x, h, h, W),
    "h and C have changed places: the gates look at h, and C is what is kept.": lambda x, h, C, W: _lstm(x, C, h, W),
    "The second result is the new cell C_t, not the old C.": lambda x, h, C, W: (_lstm(x, h, C, W)[0], C),
    "The first result is the new state h_t, not the old h.": lambda x, h, C, W: (h, _lstm(x, h, C, W)[1]),
    "You returned what came in: the old h and the old C.": lambda x, h, C, W: (h, C),
    "You returned h_t twice: the second result is C_t.": lambda *a: _lstm(*a)[:1] * 2,
    "The second result is C_t, not tanh(C_t).": lambda *a: (_lstm(*a)[0], np.tanh(_lstm(*a)[1])),
    "The gates look at x_t and h alone; you added the cell C to the sum of each.": functools.partial(
        _peepholes, gates="ifo"
    ),
    "The gates and the candidate look at x_t and h alone; you added the cell C to each sum.": functools.partial(
        _peepholes, gates="ifco"
    ),
    "The second result is C_t, not the candidate.": lambda *a: (
        _lstm(*a)[0],
        _lstm(*a, cell=lambda C, i, f, n: n)[1],
    ),
    "Each row has an input of its own; you used the first row of x_t for all.": lambda x, h, C, W: _lstm(
        np.repeat(x[:1], len(x), 0), h, C, W
    ),
    "Each row has a state of its own; you used the first row of h for all.": lambda x, h, C, W: _lstm(
        x, np.repeat(h[:1], len(h), 0), C, W
    ),
}

LSTM_STEP = Exercise(
    _lstm,
    lambda: _cases(LSTM, 2),
    LSTM_SQUASH
    | {sentence: {"cell": cell} for sentence, cell in LSTM_CELL.items()}
    | {sentence: {"shown": shown} for sentence, shown in LSTM_SHOWN.items()}
    | _of_each_gate(LSTM_VALUES)
    | alone(_lstm, {sentence: {"cell": cell} for sentence, cell in LSTM_CELL_RARE.items()})
    | alone(_lstm, {sentence: {"shown": shown} for sentence, shown in LSTM_SHOWN_RARE.items()})
    | alone(
        _lstm,
        _of_three_gates(LSTM_VALUES)
        | LSTM_SQUASH_RARE
        | _exchanged("io", "fo")
        | _one_exchanged("ifco")
        | _with_candidate("ifo")
        | _squashed("ifo", LSTM_VALUES)
        | _copied(LSTM_VALUES),
    )
    | LSTM_OTHERWISE,
    returns=("h_t", "C_t"),
)


@check
def lstm_step(answer):
    """Check `answer(x_t, h, C, W)`, which returns (h_t, C_t) of an LSTM."""
    return LSTM_STEP.check(answer)


# -- the GRU -------------------------------------------------------------------------------------------------------

GRU_VALUES = {"r": "r_t", "z": "z_t", "n": "n_t"}


def _gru(x_t, h, W, *, candidate=None, mixed=None, **wrong):
    """candidate: another sum inside n_t, see `_candidate`. mixed: another equation of h_t, from h, r, z and n."""
    r = _gate(x_t, h, W, "r", sigmoid, **wrong)
    z = _gate(x_t, h, W, "z", sigmoid, **wrong)
    n = _candidate(x_t, h, W, r, candidate, **wrong)
    return mixed(h, r, z, n) if mixed else (1 - z) * n + z * h


def _candidate(x_t, h, W, r, candidate, squash=NONE, no_x=(), no_h=(), no_b=(), turned=(), outside=(), taken=NONE):
    """n_t, with the mistakes of `_gate`.

    candidate: another sum, from r, W_xn x_t, b_n, W_hn h, b_hn and W_hn (r ⊙ h).
    """
    W_xn, W_hn, b_n, b_hn = (W[taken.get(name, name)] for name in ("W_xn", "W_hn", "b_n", "b_hn"))
    W_hn = W_hn if "n" in turned else W_hn.T
    shown = np.zeros_like(h) if "n" in no_h else h
    x = 0 if "n" in no_x else x_t @ W_xn.T
    b_n, b_hn, behind = 0 if "n" in no_b else b_n, 0 if "hn" in no_b else b_hn, 0
    if "n" in outside:
        b_n, behind = 0, b_n
    s = shown @ W_hn
    a = candidate(r, x, b_n, s, b_hn, (r * shown) @ W_hn) if candidate else x + b_n + r * (s + b_hn)
    return squash.get("n", np.tanh)(a) + behind


GRU_CANDIDATE = {
    "You reset before the matrix product (r ⊙ h); this dialect resets after it.": lambda r, x, b_n, s, b_hn, u: (
        x + b_n + u + b_hn
    ),
    "b_hn stands inside the bracket that r_t multiplies.": lambda r, x, b_n, s, b_hn, u: x + b_n + r * s + b_hn,
    "The reset gate is not used: r_t scales W_hn h + b_hn.": lambda r, x, b_n, s, b_hn, u: x + b_n + s + b_hn,
    "r_t scales what comes from the state alone, not the input and its bias.": lambda r, x, b_n, s, b_hn, u: (
        r * (x + b_n + s + b_hn)
    ),
}
GRU_CANDIDATE_RARE = {
    "r_t scales what comes from the state, not what comes from the input.": lambda r, x, b_n, s, b_hn, u: (
        r * (x + b_n) + s + b_hn
    ),
    "b_n stands outside the bracket that r_t multiplies.": lambda r, x, b_n, s, b_hn, u: x + r * (b_n + s + b_hn),
    "r_t says how much of the state is read: it scales W_hn h + b_hn, not 1 − r_t.": lambda r, x, b_n, s, b_hn, u: (
        x + b_n + (1 - r) * (s + b_hn)
    ),
    "What comes from the state is missing in n_t: r_t ⊙ (W_hn h + b_hn).": lambda r, x, b_n, s, b_hn, u: (
        x + b_n + 0 * s
    ),
    "r_t scales the state's part, W_hn h + b_hn; you scaled W_xn x_t.": lambda r, x, b_n, s, b_hn, u: (
        r * x + b_n + s + b_hn
    ),
    "r_t scales W_hn h + b_hn; you added it.": lambda r, x, b_n, s, b_hn, u: x + b_n + r + s + b_hn,
    "r_t is used twice: it scales W_hn h + b_hn, and h is not scaled before.": lambda r, x, b_n, s, b_hn, u: (
        x + b_n + r * (u + b_hn)
    ),
}
GRU_MIXED = {
    "z_t weighs the old state here, not the new value: swap z_t and 1 − z_t (Wikipedia has them so).": (
        lambda h, r, z, n: z * n + (1 - z) * h
    ),
    "The old state is not carried over: z_t ⊙ h is missing in h_t.": lambda h, r, z, n: (1 - z) * n,
    "The update gate is not used: h_t is (1 − z_t) ⊙ n_t + z_t ⊙ h.": lambda h, r, z, n: n,
    "The new value is scaled too: (1 − z_t) ⊙ n_t, not n_t.": lambda h, r, z, n: n + z * h,
    "The old state is scaled too: z_t ⊙ h, not h.": lambda h, r, z, n: (1 - z) * n + h,
}
GRU_MIXED_RARE = {
    "Both are scaled by z_t: the new value is weighed by 1 − z_t.": lambda h, r, z, n: z * n + z * h,
    "Both are scaled by 1 − z_t: the old state is weighed by z_t.": lambda h, r, z, n: (1 - z) * (n + h),
    "The new value is not written: (1 − z_t) ⊙ n_t is missing in h_t.": lambda h, r, z, n: z * h,
    "The new value is weighed by z_t, and the old state is not carried over.": lambda h, r, z, n: z * n,
    "The new value is weighed by r_t; its weight is 1 − z_t.": lambda h, r, z, n: r * n + z * h,
    "Old and new are added; you subtracted.": lambda h, r, z, n: (1 - z) * n - z * h,
    "No tanh goes around h_t: it is taken in n_t.": lambda h, r, z, n: np.tanh((1 - z) * n + z * h),
    "The reset gate has no part in h_t: it is (1 − z_t) ⊙ n_t + z_t ⊙ h.": lambda h, r, z, n: (1 - z) * n + z * r * h,
    "You returned the old state h.": lambda h, r, z, n: h,
}
GRU_SQUASH = {
    "The candidate n_t is squashed by tanh, not by σ.": {"squash": {"n": sigmoid}},
    "The candidate n_t is not squashed: its tanh is missing.": {"squash": {"n": as_it_is}},
    "The gates are squashed by σ, not by tanh.": {"squash": dict.fromkeys("rz", np.tanh)},
    "The gates are not squashed: σ is missing in both.": {"squash": dict.fromkeys("rz", as_it_is)},
}
GRU_RARE = {
    "This is Wikipedia's GRU: it resets before the matrix product, has no b_hn, and its z_t weighs the new value.": {
        "no_b": {"hn"},
        "candidate": lambda r, x, b_n, s, b_hn, u: x + b_n + u,
        "mixed": lambda h, r, z, n: z * n + (1 - z) * h,
    },
    "The candidate n_t is squashed by tanh, not by relu.": {"squash": {"n": _relu}},
    "The candidate's tanh is taken twice.": {"squash": {"n": _tanh_twice}},
    "The gates are squashed by σ, not by relu.": {"squash": dict.fromkeys("rz", _relu)},
    "The gates are squashed by σ, not by softmax.": {"squash": dict.fromkeys("rz", softmax)},
    "The gates are squashed by σ itself, not by the straight lines of a hard sigmoid.": {
        "squash": dict.fromkeys("rz", _hard)
    },
    "r_t and z_t come out as one minus what they are: is the sign in σ(a) = 1/(1 + e⁻ᵃ) missing?": {
        "squash": dict.fromkeys("rz", _sign_lost)
    },
    "σ and tanh have changed places: σ for r_t and z_t, tanh for the candidate.": {
        "squash": dict.fromkeys("rz", np.tanh) | {"n": sigmoid}
    },
    "b_n and b_hn have changed places: r_t multiplies b_hn.": {"taken": {"b_n": "b_hn", "b_hn": "b_n"}},
    "You used b_n in both places: inside the bracket it is b_hn.": {"taken": {"b_hn": "b_n"}},
    "You used b_hn in both places: outside the bracket it is b_n.": {"taken": {"b_n": "b_hn"}},
}

GRU_STEP = Exercise(
    _gru,
    lambda: _cases(GRU, 1),
    GRU_SQUASH
    | {sentence: {"candidate": candidate} for sentence, candidate in GRU_CANDIDATE.items()}
    | {sentence: {"mixed": mixed} for sentence, mixed in GRU_MIXED.items()}
    | _of_each_gate(GRU_VALUES)
    | {
        "The bias b_hn is missing in n_t: r_t multiplies W_hn h + b_hn.": {"no_b": {"hn"}},
        "Both biases are missing in n_t.": {"no_b": {"n", "hn"}},
        "The biases are missing, b_hn among them.": {"no_b": {"r", "z", "n", "hn"}},
    }
    | {
        "Each row has an input of its own; you used the first row of x_t for all.": lambda x, h, W: _gru(
            np.repeat(x[:1], len(x), 0), h, W
        ),
        "Each row has a state of its own; you used the first row of h for all.": lambda x, h, W: _gru(
            x, np.repeat(h[:1], len(h), 0), W
        ),
    }
    | alone(_gru, {sentence: {"candidate": candidate} for sentence, candidate in GRU_CANDIDATE_RARE.items()})
    | alone(_gru, {sentence: {"mixed": mixed} for sentence, mixed in GRU_MIXED_RARE.items()})
    | alone(
        _gru, GRU_RARE | _exchanged("rz") | _one_exchanged("rzn") | _squashed("rz", GRU_VALUES) | _copied(GRU_VALUES)
    ),
)


@check
def gru_step(answer):
    """Check `answer(x_t, h, W)`, which returns h_t of a GRU that resets after the matrix product."""
    return GRU_STEP.check(answer)
