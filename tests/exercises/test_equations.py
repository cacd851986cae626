"""The three cells as functions: torch's own cells pass, what students write is named."""

import inspect

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course.cells import sigmoid
from rnn_course.exercises import equations

CHECKS = {
    "simple_rnn_step": equations.simple_rnn_step,
    "lstm_step": equations.lstm_step,
    "gru_step": equations.gru_step,
}


def stacked(W, part, gates):
    return torch.tensor(np.concatenate([W[part + gate] for gate in gates]))


def torch_cell(kind, gates, W, x, h):
    """A cell of torch.nn with these weights."""
    cell = kind(x.shape[1], h.shape[1], dtype=torch.float64)
    cell.weight_ih.data, cell.weight_hh.data = stacked(W, "W_x", gates), stacked(W, "W_h", gates)
    cell.bias_ih.data, cell.bias_hh.data = stacked(W, "b_", gates), torch.zeros_like(cell.bias_hh)
    return cell


def torch_rnn(x, h, W):
    return torch_cell(torch.nn.RNNCell, "h", W, x, h)(torch.tensor(x), torch.tensor(h))


def torch_lstm(x, h, C, W):
    return torch_cell(torch.nn.LSTMCell, "ifco", W, x, h)(torch.tensor(x), (torch.tensor(h), torch.tensor(C)))


def torch_gru(x, h, W):
    cell = torch_cell(torch.nn.GRUCell, "rzn", W, x, h)
    cell.bias_hh.data[2 * h.shape[1] :] = torch.tensor(W["b_hn"])
    return cell(torch.tensor(x), torch.tensor(h))


def looped_lstm(x_t, h, C, W):
    """Unit by unit and row by row, with the logistic function spelt out; results in a list."""
    new_h, new_C = [], []
    for row in range(len(x_t)):
        a = {
            g: [
                sum(w * v for w, v in zip(W["W_x" + g][k], x_t[row], strict=True))
                + sum(w * v for w, v in zip(W["W_h" + g][k], h[row], strict=True))
                + W["b_" + g][k]
                for k in range(h.shape[1])
            ]
            for g in "ifco"
        }
        i, f, o = (1 / (1 + np.exp(-np.array(a[g]))) for g in "ifo")
        new_C.append(f * C[row] + i * np.tanh(a["c"]))
        new_h.append(o * np.tanh(new_C[-1]))
    return [new_h, new_C]


def einsum_gru(x, h, W):
    """All sums at once by einsum, in float32."""
    both = {g: np.einsum("bi,hi->bh", x, W["W_x" + g]) + W["b_" + g] for g in "rzn"}
    state = {g: np.einsum("bi,hi->bh", h, W["W_h" + g]) for g in "rzn"}
    r, z = sigmoid(both["r"] + state["r"]), sigmoid(both["z"] + state["z"])
    n = np.tanh(both["n"] + r * (state["n"] + W["b_hn"]))
    return np.float32(n + z * (h - n))


def columns_rnn(x, h, W):
    """As the equation is written, columns on the right."""
    return np.tanh(W.W_xh @ x.T + W.W_hh @ h.T + W.b_h[:, None]).T


def in_place_rnn(x, h, W):
    x = x @ W.W_xh.T
    x += h @ W.W_hh.T
    x += W["b_h"]
    return np.tanh(x, out=x)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        ("simple_rnn_step", torch_rnn),
        ("simple_rnn_step", columns_rnn),
        ("simple_rnn_step", in_place_rnn),
        ("lstm_step", torch_lstm),
        ("lstm_step", looped_lstm),
        ("gru_step", torch_gru),
        ("gru_step", einsum_gru),
    ],
)
def test_right_answers_pass(check, answer):
    accepted(CHECKS[check](answer))


# What a student writes: lines that replace one of a right answer, and what is said of it.
RNN = """
def answer(x_t, h, W):
    a = x_t @ W.W_xh.T + h @ W.W_hh.T + W.b_h
    return np.tanh(a)
"""
LSTM = """
def answer(x_t, h, C, W):
    i = sigmoid(x_t @ W.W_xi.T + h @ W.W_hi.T + W.b_i)
    f = sigmoid(x_t @ W.W_xf.T + h @ W.W_hf.T + W.b_f)
    C_tilde = np.tanh(x_t @ W.W_xc.T + h @ W.W_hc.T + W.b_c)
    o = sigmoid(x_t @ W.W_xo.T + h @ W.W_ho.T + W.b_o)
    C = f * C + i * C_tilde
    return o * np.tanh(C), C
"""
GRU = """
def answer(x_t, h, W):
    r = sigmoid(x_t @ W.W_xr.T + h @ W.W_hr.T + W.b_r)
    z = sigmoid(x_t @ W.W_xz.T + h @ W.W_hz.T + W.b_z)
    n = np.tanh(x_t @ W.W_xn.T + W.b_n + r * (h @ W.W_hn.T + W.b_hn))
    return (1 - z) * n + z * h
"""
RIGHT = {"simple_rnn_step": RNN, "lstm_step": LSTM, "gru_step": GRU}
WRONG = [
    ("simple_rnn_step", {" + W.b_h": ""}, "The bias b_h is missing."),
    ("simple_rnn_step", {"np.tanh(a)": "a"}, "The tanh is missing."),
    ("simple_rnn_step", {"+ h @ W.W_hh.T ": ""}, "The state h is not used: this net has no memory."),
    ("simple_rnn_step", {"W_hh.T": "W_hh"}, "W_hh is used without its transpose."),
    ("simple_rnn_step", {" + W.b_h": "", "(a)": "(a) + W.b_h"}, "The bias b_h stands inside the tanh, not behind it."),
    ("simple_rnn_step", {"np.tanh(a)": "2 * sigmoid(2 * a)"}, "Every number is too large by 1."),
    ("simple_rnn_step", {"np.tanh(a)": "np.tanh(a)[0]"}, "returned shape (5,), (2, 5) is wanted"),
    ("simple_rnn_step", {"W_xh.T": "W_xh"}, "Your function raised ValueError"),
    ("simple_rnn_step", {"np.tanh(a)": "np.tanh(a) + 1e-3"}, "Every number is too large by 0.001."),
    ("lstm_step", {" + W.b_f": " + W.b_i"}, "b_f belongs into f_t; you used b_i there."),
    ("lstm_step", {"W_xf": "W_xi", "W_hf": "W_hi"}, "W_xf and W_hf belong into f_t; you used W_xi and W_hi there."),
    ("lstm_step", {"f * C + i": "i * C + i"}, "f_t has weights of its own; what stands in its place is made of W_xi"),
    ("lstm_step", {"f * C + i": "i * C + f"}, "i_t and f_t, or their weights, have changed places"),
    ("lstm_step", {"f * C + i": "(1 - i) * C + i"}, "f_t scales the old cell; you used 1 − i_t."),
    ("lstm_step", {"f * C + i": "C + i"}, "The forget gate is not used"),
    ("lstm_step", {"f * C +": "f * h +"}, "The new cell keeps from C, not from the state h."),
    ("lstm_step", {"o * np.tanh(C), C": "o * C, C"}, "h_t shows tanh(C_t), not C_t itself."),
    ("lstm_step", {"o * np.tanh(C), C": "C, o * np.tanh(C)"}, "The results are in the other order"),
    ("lstm_step", {"o * np.tanh(C), C": "o * np.tanh(C)"}, "2 results are wanted: h_t, C_t"),
    ("lstm_step", {"= np.tanh(x_t": "= sigmoid(x_t"}, "The candidate C̃ is squashed by tanh, not by σ."),
    ("lstm_step", {"    C = f": "    C *= 0\n    C = f"}, "The old cell C is not used: nothing is kept"),
    (
        "lstm_step",
        {" + W.b_i": "", " + W.b_o": ""},
        "- The bias b_i is missing in i_t.\n- The bias b_o is missing in o_t.",
    ),
    ("lstm_step", {"    i =": "    W.b_f *= 0\n    i ="}, "The bias b_f is missing in f_t."),
    ("gru_step", {"(1 - z) * n + z * h": "z * n + (1 - z) * h"}, "z_t weighs the old state here"),
    ("gru_step", {"r * (h @ W.W_hn.T": "((r * h) @ W.W_hn.T"}, "You reset before the matrix product (r ⊙ h)"),
    ("gru_step", {"T + W.b_hn)": "T) + W.b_hn"}, "b_hn stands inside the bracket that r_t multiplies."),
    ("gru_step", {" + W.b_hn": ""}, "The bias b_hn is missing in n_t"),
    ("gru_step", {" + W.b_n": ""}, "The bias b_n is missing in n_t."),
    ("gru_step", {"r * (h": "(h"}, "The reset gate is not used"),
    ("gru_step", {"W_hz.T": "W_hr.T"}, "W_hz belongs into z_t; you used W_hr there."),
    ("gru_step", {"r * (h": "z * (h"}, "r_t has weights of its own; what stands in its place is made of W_xz"),
    (
        "gru_step",
        {"(1 - z) * n + z * h": "z * n + (1 - z) * h", " + W.b_r": ""},
        "- z_t weighs the old state here, not the new value: swap z_t and 1 − z_t (Wikipedia has them so).\n"
        "- The bias b_r is missing in r_t.",
    ),
]


def written(check, changes):
    text = RIGHT[check]
    for right, wrong in changes.items():
        assert right in text, right
        text = text.replace(right, wrong)
    space = {"np": np, "sigmoid": sigmoid}
    exec(text, space)
    return space["answer"]


@pytest.mark.parametrize("check", CHECKS)
def test_the_answers_that_mistakes_are_made_of_are_right(check):
    accepted(CHECKS[check](written(check, {})))


@pytest.mark.parametrize(("check", "changes", "sentence"), WRONG)
def test_what_students_write_is_named(check, changes, sentence):
    refused(CHECKS[check](written(check, changes)), sentence)


def test_a_missing_name_is_told():
    def of_another_cell(x_t, h, W):
        return x_t @ W.W_xi.T

    verdict = equations.simple_rnn_step(of_another_cell)
    refused(verdict, "AttributeError: there is no W_xi in W, only W_xh, W_hh, b_h.")
    assert inspect.getsource(of_another_cell).splitlines()[1].strip() in verdict.message


def test_shapes_are_told_of_the_weights_in_the_line():
    def without_transpose(x_t, h, W):
        return np.tanh(x_t @ W.W_xh + h @ W.W_hh.T + W["b_h"])

    verdict = equations.simple_rnn_step(without_transpose)
    refused(verdict, "The line is `return np.tanh(x_t @ W.W_xh + h @ W.W_hh.T")
    refused(verdict, "It was given x_t (2, 3), h (2, 5), W_xh (5, 3), W_hh (5, 5), b_h (5,).")


def test_an_answer_that_exits_ends_nothing():
    def leaves(x_t, h, W):
        raise SystemExit(f"{len(x_t)} rows")

    refused(equations.simple_rnn_step(leaves), "Your function raised SystemExit: 2 rows.")
    with pytest.raises(KeyboardInterrupt):
        equations.simple_rnn_step(lambda *a: (_ for _ in ()).throw(KeyboardInterrupt))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e308])
def test_what_is_not_finite_is_judged_without_a_warning(value):
    huge = equations.lstm_step(lambda x, h, C, W: (h + value, C))
    assert not huge.passed and ("not finite" in huge.message) == np.isinf(value)


def test_a_function_without_return_is_no_stub():
    def forgot(x_t, h, W):
        x_t @ W.W_xh.T

    refused(equations.simple_rnn_step(forgot), "Your function returned None: is its `return` missing?")


def test_mistakes_in_single_precision_are_named_too():
    for check, changes, sentence in WRONG:
        if check == "gru_step":
            answer = written(check, changes)
            refused(equations.gru_step(lambda *a, answer=answer: np.float32(answer(*a))), sentence)
