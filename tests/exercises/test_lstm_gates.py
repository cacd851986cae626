"""The checks of the chapter on gates: right answers pass, each known mistake gets its own sentence."""

import numpy as np
import pytest
from learners_cells import PeepholeLSTM, UpdateGateRNN
from verdicts import accepted, refused

from rnn_course.cells import GRU, LSTM, Cell, SimpleRNN, sigmoid
from rnn_course.exercises import lstm_gates
from rnn_course.exercises.verdict import NOTHING_YET


def test_stubs_are_answered_kindly():
    for check in (lstm_gates.half_life, lstm_gates.clamped_cell, lstm_gates.turned_update_gate):
        refused(check(...), NOTHING_YET)
        refused(check(lambda *args: ...), NOTHING_YET)
    refused(lstm_gates.latch(...), NOTHING_YET)


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


def test_a_cell_of_ones_own_that_is_right_passes():
    verdict = lstm_gates.own_cell(UpdateGateRNN)
    accepted(verdict)
    assert "All witnesses agree." in verdict.message


CATALOGUE = {"equations": lstm_gates.FORWARD_MISTAKES, "step_back": lstm_gates.BACKWARD_MISTAKES}
KNOWN = [(where, sentence) for where, mistakes in CATALOGUE.items() for sentence in mistakes]


def with_mistake(where, sentence):
    """The cell that is right but for one catalogued mistake, which is in this method alone."""
    flawed = lstm_gates._update_gate(**CATALOGUE[where][sentence])
    return type("Flawed", (UpdateGateRNN,), {where: vars(flawed)[where]})


@pytest.mark.parametrize(("where", "sentence"), KNOWN)
def test_each_mistake_in_a_cell_of_ones_own_gets_its_own_sentence(where, sentence):
    verdict = lstm_gates.own_cell(with_mistake(where, sentence))
    refused(verdict, sentence)
    assert verdict.message.removeprefix("step_back: ") == sentence
    assert verdict.message.startswith("step_back: ") == (where == "step_back")


def test_no_two_mistakes_in_a_cell_of_ones_own_are_the_same():
    assert [len(mistakes) for mistakes in CATALOGUE.values()] == [4, 6]
    for where, run, arrays in (("equations", lstm_gates._forward, 1), ("step_back", lstm_gates._backward, 2)):
        cells = [UpdateGateRNN, *(with_mistake(where, sentence) for sentence in CATALOGUE[where])]
        for case in lstm_gates._step_cases(arrays):
            found = [np.concatenate([part.ravel() for part in run(cell)(*case)]) for cell in cells]
            for k, one in enumerate(found):
                assert all(np.abs(one - other).max() > 1e-3 for other in found[:k])


def changed(where, change):
    """UpdateGateRNN whose method of this name gives `change` of what it should."""

    def method(self, *given):
        return change(getattr(UpdateGateRNN, where)(self, *given))

    return type("Changed", (UpdateGateRNN,), {where: method})


def test_a_cell_of_ones_own_that_is_not_finished_is_nothing_yet():
    for stub in (
        ...,
        None,
        changed("equations", lambda now: ...),
        changed("equations", lambda now: None),
        changed("equations", lambda now: now | {"z": ...}),
        changed("step_back", lambda back: ...),
        changed("step_back", lambda back: None),
        changed("step_back", lambda back: ({"z": ..., "n": ...}, back[1], {})),
        changed("step_back", lambda back: (back[0], (...,), {})),
    ):
        verdict = lstm_gates.own_cell(stub)
        assert not verdict.passed and verdict.message == NOTHING_YET, verdict


def test_what_is_no_cell_with_these_gates_is_refused():
    for other in (5, SimpleRNN(3, 5), np.ndarray, lambda x, h: h):
        refused(lstm_gates.own_cell(other), "A class that inherits from Cell is wanted.")
    refused(lstm_gates.own_cell(PeepholeLSTM), "The gates are ('i', 'f', 'c', 'o'), wanted are ('z', 'n').")
    refused(lstm_gates.own_cell(type("Bare", (Cell,), {})), "The gates are (), wanted are ('z', 'n').")


@pytest.mark.parametrize("where", CATALOGUE)
def test_a_cell_of_ones_own_that_raises_is_met_with_a_sentence(where):
    def broken(result):
        raise IndexError("index 9 is out of bounds")

    refused(lstm_gates.own_cell(changed(where, broken)), "Your function raised IndexError: index 9 is out of bounds")
    missing = type("Missing", (Cell,), {"gates": ("z", "n")})
    if where == "step_back":
        missing = type("Missing", (missing,), {"equations": UpdateGateRNN.equations})
    refused(lstm_gates.own_cell(missing), f"Your function raised NotImplementedError: Missing has no {where}")


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("equations", lambda now: now | {"h": now["h"] + 1e-3}),
        ("equations", lambda now: now | {"z": 1 - now["z"]}),
        ("equations", lambda now: now | {"h": now["h"][:1, :2]}),
        ("step_back", lambda back: (back[0], (1.01 * back[1][0],), {})),
        ("step_back", lambda back: (back[0] | {"n": -back[0]["n"]}, back[1], {})),
        ("step_back", lambda back: (back[0], (*back[1], *back[1]), {})),
    ],
)
def test_a_mistake_that_no_catalogue_knows_does_not_pass(where, change):
    verdict = lstm_gates.own_cell(changed(where, change))
    assert not verdict.passed and verdict.message.removeprefix("step_back: ") not in dict(KNOWN).values(), verdict


def test_a_gradient_of_its_own_that_is_wrong_does_not_pass():
    """It is in none of the parts that are compared; `check_gradients` sees it."""
    cell = changed("step_back", lambda back: (*back[:2], {"b": back[0]["z"].sum(0).repeat(2)}))
    refused(lstm_gates.own_cell(cell), "are right, but not what follows. 2 disagreements (✗), the first in b")
    unknown = changed("step_back", lambda back: (*back[:2], {"q": back[1][0]}))
    refused(lstm_gates.own_cell(unknown), "check_gradients stops: Changed.step_back gave a gradient of q")


def test_a_cell_of_ones_own_may_be_written_in_other_ways():
    class Slope(UpdateGateRNN):
        def equations(self, x, h):
            now = super().equations(x, h)
            return now | {"slope": 1 - now["n"] ** 2}

        def step_back(self, now, x, before, dh):
            da, (dh_before,), own = super().step_back(now, x, before, dh)
            return da | {"n": dh * (1 - now["z"]) * now["slope"]}, self.State(dh_before), own

    class Dots(UpdateGateRNN):
        gates = ["z", "n"]  # noqa: RUF012

        def equations(self, x, h):
            z = sigmoid(np.dot(x, self.W_xz.T) + h.dot(self.W_hz.transpose()) + self.b_z)
            n = np.tanh(x @ np.transpose(self.W_xn) + h @ self.W_hn.T + self.b_n)
            return {"h": n + z * (h.copy() - n), "n": n, "z": z}

    class Filled(UpdateGateRNN):
        def equations(self, x, h):
            now = super().equations(x, h)
            out = np.empty(now["h"].shape)
            out[:] = now["h"]
            return now | {"h": out}

    class OtherOrder(UpdateGateRNN):
        def shapes(self):
            return dict(reversed(super().shapes().items()))

    for kind in (Slope, Dots, Filled, OtherOrder):
        accepted(lstm_gates.own_cell(kind))


def test_what_is_wrong_in_form_is_told_in_the_librarys_sentence():
    def with_methods(**methods):
        return lstm_gates.own_cell(type("Mine", (UpdateGateRNN,), methods))

    def in_place(self, x, h):
        h *= 0.5
        return UpdateGateRNN.equations(self, x, h)

    def spoils(self, now, x, before, dh):
        n = now["n"]
        n **= 2
        return UpdateGateRNN.step_back(self, now, x, before, dh)

    refused(with_methods(equations=lambda self, x, h: h), "Mine.equations returned a ndarray, wanted a dict")
    refused(with_methods(equations=lambda self, x, h: (h, h)), "Mine.equations returned a tuple, wanted a dict")
    refused(with_methods(equations=in_place), "writes into what it was given")
    refused(with_methods(step_back=spoils), "writes into what it was given")
    refused(with_methods(step_back=lambda self, now, x, before, dh: dh), "returned ndarray, wanted three things")
    good = UpdateGateRNN.step_back
    for change, sentence in (
        (lambda da, grads, own: (da, grads[0], own), "(dict, ndarray, dict), wanted three things"),
        (lambda da, grads, own: (da, grads * 2, own), "gave 2 gradients for the state before, it has h"),
        (lambda da, grads, own: (da, grads), "returned (dict, tuple), wanted three things"),
    ):
        refused(with_methods(step_back=lambda self, *given, change=change: change(*good(self, *given))), sentence)
