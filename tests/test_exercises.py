"""The checks of chapters 2 and 3: right answers pass, each known mistake gets its own sentence."""

import numpy as np
import pytest

from rnn_course.cells import GRU, LSTM, sigmoid
from rnn_course.exercises import bug_hunt, equations, lstm_gates
from rnn_course.exercises.verdict import NOTHING_YET, Mistake, judge_function, judge_number


def refused(verdict, sentence):
    assert not verdict.passed and sentence in verdict.message, verdict
    assert repr(verdict).startswith("Not yet. ") and "Not yet" in verdict._repr_markdown_()


def accepted(verdict):
    assert verdict.passed, verdict
    assert repr(verdict).startswith("Right. ")


def rnn(x, h, W, tanh=np.tanh, bias=True):
    return tanh(x @ W.W_xh.T + h @ W.W_hh.T + bias * W.b_h)


def lstm(x, h, C, W):
    def a(gate):
        return x @ W["W_x" + gate].T + h @ W["W_h" + gate].T + W["b_" + gate]

    C = sigmoid(a("f")) * C + sigmoid(a("i")) * np.tanh(a("c"))
    return sigmoid(a("o")) * np.tanh(C), C


def gru(x, h, W, swap=False):
    r = sigmoid(x @ W.W_xr.T + h @ W.W_hr.T + W.b_r)
    z = sigmoid(x @ W.W_xz.T + h @ W.W_hz.T + W.b_z)
    n = np.tanh(x @ W.W_xn.T + W.b_n + r * (h @ W.W_hn.T + W.b_hn))
    return (1 - z) * h + z * n if swap else h * z + n * (1 - z)


def test_the_cells_as_functions():
    accepted(equations.simple_rnn_step(rnn))
    refused(equations.simple_rnn_step(lambda *a: rnn(*a, bias=False)), "The bias b_h is missing")
    refused(equations.simple_rnn_step(lambda *a: rnn(*a, tanh=lambda v: v)), "The tanh is missing")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, 0 * h, W)), "this net has no memory")
    refused(
        equations.simple_rnn_step(lambda x, h, W: np.tanh(x @ W.W_xh.T + h @ W.W_hh + W.b_h)), "without its transpose"
    )
    refused(equations.simple_rnn_step(lambda x, h, W: x @ W.W_xh), "Your function raised ValueError")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, h, W)[0]), "returned shape (5,), (2, 5) is wanted")
    refused(equations.simple_rnn_step(lambda x, h, W: rnn(x, h, W) + 1e-3), "The shape is right, the numbers are not")
    accepted(equations.lstm_step(lstm))
    refused(equations.lstm_step(lambda *a: lstm(*a)[0]), "2 results are wanted")
    refused(equations.lstm_step(lambda *a: lstm(*a)[::-1]), "in the other order")
    refused(equations.lstm_step(lambda x, h, C, W: lstm(x, h, 0 * C, W)), "nothing is kept")
    accepted(equations.gru_step(gru))
    refused(equations.gru_step(lambda *a: gru(*a, swap=True)), "z_t weighs the old state here")


@pytest.mark.parametrize("check", [equations.simple_rnn_step, equations.lstm_step, equations.gru_step])
def test_every_catalogued_mistake_differs_from_the_reference_and_from_the_others(check, monkeypatch):
    """Hand each catalogued mistake in as the answer: it must be refused with its own sentence."""
    seen = {}

    def capture(answer, reference, cases, mistakes=(), tolerance=1e-9):
        seen.update(reference=reference, cases=cases, mistakes=mistakes)
        return judge_function(answer, reference, cases, mistakes, tolerance)

    monkeypatch.setattr(equations, "judge_function", capture)
    refused(check(...), NOTHING_YET)
    accepted(check(seen["reference"]))
    assert len(seen["mistakes"]) >= 3
    for mistake in seen["mistakes"]:
        refused(check(mistake.answer), mistake.sentence)


def test_stubs_and_odd_answers_are_answered_kindly():
    for check in (equations.gru_step, lstm_gates.half_life, lstm_gates.clamped_cell, lstm_gates.turned_update_gate):
        refused(check(...), NOTHING_YET)
        refused(check(lambda *args: ...), NOTHING_YET)
    refused(equations.hunt(...), NOTHING_YET)
    refused(equations.mended(...), NOTHING_YET)
    refused(lstm_gates.latch(...), NOTHING_YET)
    refused(judge_number(..., 1), NOTHING_YET)
    refused(judge_number("two", 1), "Your answer is a str, a single number is wanted")
    refused(judge_number(3, 2), "3 is too large")
    refused(judge_number(1, 2, [Mistake("Count from one.", 1)]), "Count from one.")
    refused(judge_function(5, abs, [(1,)]), "A function is wanted, got 5")


def test_the_listing_that_is_right_is_right():
    Network = bug_hunt.build(bug_hunt.RIGHT)
    assert bug_hunt.still_wrong(Network) == []
    accepted(bug_hunt.mended(Network))
    accepted(bug_hunt.hunt(*bug_hunt.REFERENCE_TESTS))


@pytest.mark.parametrize("k", range(len(bug_hunt.MISTAKES)))
def test_each_mistake_is_in_the_listing_and_its_test_exposes_it(k):
    mistake, test = bug_hunt.MISTAKES[k], bug_hunt.REFERENCE_TESTS[k]
    assert bug_hunt.RIGHT.count(mistake.right) == 1
    Network = bug_hunt.build(bug_hunt.with_mistakes([mistake]))
    assert bug_hunt._fails(test, Network)
    assert mistake.sentence in bug_hunt.still_wrong(Network)
    refused(bug_hunt.mended(Network), "Still there, or something like it")
    flawed = bug_hunt.with_mistakes(bug_hunt.MISTAKES)
    assert mistake.right not in flawed and mistake.wrong in flawed


def test_a_test_that_is_wrong_or_empty_finds_nothing():
    def too_strict(Network):
        assert Network(3, 5, 2).forward(np.ones((4, 3))).shape == (4, 3)

    refused(bug_hunt.hunt(too_strict), "`too_strict` fails on a network that is right")
    refused(bug_hunt.hunt(lambda Network: None), "Your tests expose 0 of 12 mistakes, 12 are still hidden.")
    refused(bug_hunt.hunt("forward"), "hunt wants functions that take the class Network")
    refused(bug_hunt.hunt(bug_hunt.check_activation), "Your tests expose")


def test_half_life_and_forget_bias():
    accepted(lstm_gates.half_life(lambda f: -np.log(2) / np.log(f)))
    refused(lstm_gates.half_life(lambda f: -1 / np.log(f)), "1/e")
    refused(lstm_gates.half_life(lambda f: np.log(2) / np.log(f)), "The sign is wrong")
    refused(lstm_gates.half_life(lambda f: 0.5 / (1 - f)), "the loss compounds")
    f = 0.5 ** (1 / 100)
    accepted(lstm_gates.forget_bias_for(np.log(f / (1 - f))))
    refused(lstm_gates.forget_bias_for(f), "That is the forget gate f itself")
    refused(lstm_gates.forget_bias_for(-np.log(f / (1 - f))), "The sign is turned")
    refused(lstm_gates.forget_bias_for(np.log(100)), "the time to 1/e")


def test_the_cell_with_its_forget_gate_held_open():
    accepted(lstm_gates.clamped_cell(lambda i, c: np.add.accumulate(i * c)))
    refused(lstm_gates.clamped_cell(lambda i, c: i * c), "add the steps up")
    refused(lstm_gates.clamped_cell(lambda i, c: np.cumsum(c, 0)), "The input gate i scales")


def hand_set(gates=(20.0, 20.0, 20.0), W_xc=20.0, W_hc=40.0):
    """A one-unit LSTM set by hand; `gates` are the biases of i, f and o."""
    cell = LSTM(1, 1)
    for value in cell.parameters.values():
        value[...] = 0
    cell.b_i, cell.b_f, cell.b_o = (np.array([b]) for b in gates)
    cell.W_xc, cell.W_hc = np.array([[W_xc]]), np.array([[W_hc]])
    return cell


def test_latch_says_what_is_wrong():
    accepted(lstm_gates.latch(hand_set()))
    refused(lstm_gates.latch(LSTM(1, 2)), "An LSTM(input_size=1, hidden_size=1) is wanted")
    refused(lstm_gates.latch(hand_set(gates=(-20.0, 20.0, 20.0))), "right after the first pulse")
    refused(lstm_gates.latch(hand_set(gates=(20.0, 1.0, 20.0), W_hc=0.0)), "it faded: is f near one?")
    refused(lstm_gates.latch(hand_set(W_hc=0.0)), "a later pulse overwrote it")
    noisy = hand_set()
    noisy.b_c = np.array([1.0])
    refused(lstm_gates.latch(noisy), "before any pulse came")


def test_turning_the_update_gate():
    def turn(cell, parts=("W_xz", "W_hz", "b_z")):
        other = GRU(cell.input_size, cell.hidden_size)
        for name, value in cell.parameters.items():
            other.parameters[name][...] = value
        for part in parts:
            setattr(other, part, -getattr(other, part))
        return other

    accepted(lstm_gates.turned_update_gate(turn))
    refused(lstm_gates.turned_update_gate(lambda cell: turn(cell, ())), "No weight has changed")
    refused(lstm_gates.turned_update_gate(lambda cell: turn(cell, ("W_xz", "W_hz"))), "b did not change")
    refused(
        lstm_gates.turned_update_gate(lambda c: turn(c, ("W_xr", "W_hr", "b_r"))), "only what belongs to z may change"
    )

    def in_place(cell):
        cell.b_z = -cell.b_z
        return cell

    refused(lstm_gates.turned_update_gate(in_place), "changed the cell that it was given")
