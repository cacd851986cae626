"""The check of a cell of one's own: right classes pass in any form, each known mistake gets its own sentence."""

import numpy as np
import pytest
import torch
from learners_cells import PeepholeLSTM, UpdateGateRNN
from verdicts import accepted, refused

from rnn_course.cells import Cell, SimpleRNN, sigmoid
from rnn_course.exercises.own_cell import EQUATIONS, STEP_BACK, own_cell
from rnn_course.exercises.verdict import NOTHING_YET


def test_a_cell_of_ones_own_that_is_right_passes():
    verdict = own_cell(UpdateGateRNN)
    accepted(verdict)
    assert "All witnesses agree." in verdict.message


def forward(**lines):
    """UpdateGateRNN with other lines in its equations, each a function of (cell, x, h, z, n)."""

    class Mine(UpdateGateRNN):
        def equations(self, x, h):
            z = sigmoid(x @ self.W_xz.T + h @ self.W_hz.T + self.b_z)
            z = lines["z"](self, x, h) if "z" in lines else z
            n = np.tanh(x @ self.W_xn.T + h @ self.W_hn.T + self.b_n)
            n = lines["n"](self, x, h, z) if "n" in lines else n
            return {"z": z, "n": n, "h": lines["h"](z, n, h) if "h" in lines else n + z * (h - n)}

    return Mine


def back(line):
    """UpdateGateRNN whose step_back is `line(cell, z, n, h, dh)`: ∂L/∂a_z, ∂L/∂a_n and ∂L/∂h_{t−1}."""

    class Mine(UpdateGateRNN):
        def step_back(self, now, x, before, dh):
            da_z, da_n, dh_before = line(self, now["z"], now["n"], before.h, dh)
            return {"z": da_z, "n": da_n}, (dh_before,), {}

    return Mine


def mirror(c, z, n, h, dh, da_z=None, da_n=None):
    da_z = dh * (h - n) * (z - z**2) if da_z is None else da_z
    da_n = (dh - dh * z) * (1 - n) * (1 + n) if da_n is None else da_n
    return da_z, da_n, z * dh + np.einsum("bk,kj->bj", da_z, c.W_hz) + da_n.dot(c.W_hn)


def test_what_these_tests_change_is_right_unchanged():
    accepted(own_cell(forward()))
    accepted(own_cell(back(mirror)))


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ({"z": lambda c, x, h: sigmoid(x @ c.W_xz.T + h @ c.W_hz.T)}, "The bias b_z is missing."),
        ({"n": lambda c, x, h, z: np.tanh(x @ c.W_xn.T + h @ c.W_hn.T)}, "The bias b_n is missing."),
        ({"z": lambda c, x, h: sigmoid(h @ c.W_hz.T + c.b_z)}, "z_t does not look at x_t: W_xz is not used."),
        ({"z": lambda c, x, h: sigmoid(x @ c.W_xz.T + h @ c.W_hz + c.b_z)}, "W_hz is used without its transpose."),
        (
            {"n": lambda c, x, h, z: np.tanh(x @ c.W_xn.T + h @ c.W_hz.T + c.b_n)},
            "n_t is made with W_hz in the place of W_hn.",
        ),
        (
            {"n": lambda c, x, h, z: np.tanh(x @ c.W_xz.T + h @ c.W_hz.T + c.b_z)},
            "n_t is made with the weights of z: all three are those of W_xz, W_hz and b_z.",
        ),
        (
            {"n": lambda c, x, h, z: np.tanh(x @ c.W_xn.T + (z * h) @ c.W_hn.T + c.b_n)},
            "n_t looks at z_t ⊙ h_{t−1}. There is no reset gate here: it looks at the whole of h_{t−1}.",
        ),
        (
            {"n": lambda c, x, h, z: np.maximum(x @ c.W_xn.T + h @ c.W_hn.T + c.b_n, 0)},
            "The candidate n_t is squashed by tanh, not by ReLU.",
        ),
        ({"h": lambda z, n, h: z * n + (1 - z) * h}, "z_t weighs the old state here, not the new value"),
        ({"z": lambda c, x, h: sigmoid(x @ c.W_xz.T + h @ c.W_hz.T - c.b_z)}, "The bias b_z is subtracted"),
        (
            {"n": lambda c, x, h, z: np.tanh(x @ c.W_xn.T + z * (h @ c.W_hn.T) + c.b_n)},
            "is multiplied by z_t. There is",
        ),
        ({"h": lambda z, n, h: z * n + (1 - z) * n}, "h_t is n_t alone: h_{t−1} has no part in it"),
        ({"h": lambda z, n, h: n + z * h}, "n_t goes into h_t whole: it is multiplied by 1 − z_t."),
        ({"h": lambda z, n, h: np.tanh(n + z * (h - n))}, "h_t is squashed by one more tanh"),
        (
            {"z": lambda c, x, h: sigmoid(x @ c.W_xz.T + h @ c.W_hz.T), "h": lambda z, n, h: z * n + (1 - z) * h},
            "Two things are wrong.",
        ),
    ],
)
def test_wrong_equations_are_told_why(lines, sentence):
    refused(own_cell(forward(**lines)), sentence)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            lambda c, z, n, h, dh: mirror(c, z, n, h, dh, da_n=dh * z * (1 - n**2)),
            "n_t is multiplied by 1 − z_t in h_t, not by z_t: so is ∂L/∂a_n.",
        ),
        (lambda c, z, n, h, dh: mirror(c, z, n, h, dh, da_z=dh * h * z * (1 - z)), "In ∂L/∂a_z the − n is missing"),
        (lambda c, z, n, h, dh: mirror(c, z, n, h, dh, da_z=dh * (h - n)), "The slope of σ is missing in ∂L/∂a_z"),
        (
            lambda c, z, n, h, dh: mirror(c, z, n, h, dh, da_n=dh * (1 - z) * (1 - np.tanh(n) ** 2)),
            "n goes through tanh once more before its slope is taken",
        ),
        (
            lambda c, z, n, h, dh: (*mirror(c, z, n, h, dh)[:2], mirror(c, z, n, h, dh)[2] - z * dh),
            "One path to h_{t−1} is missing: h_t holds z_t ⊙ h_{t−1} itself.",
        ),
        (
            lambda c, z, n, h, dh: (*mirror(c, z, n, h, dh)[:2], z * dh),
            "h_{t−1} acts through both gates too, by W_hz and W_hn.",
        ),
        (
            lambda c, z, n, h, dh: (
                *mirror(c, z, n, h, dh)[:2],
                z * dh + mirror(c, z, n, h, dh)[0] @ c.W_hz.T + mirror(c, z, n, h, dh)[1] @ c.W_hn.T,
            ),
            "On the way back W_hz and W_hn are taken as they are: here both are transposed.",
        ),
        (
            lambda c, z, n, h, dh: mirror(c, z, n, h, dh)[1::-1] + mirror(c, z, n, h, dh)[2:],
            "`∂L/∂a_z` and `∂L/∂a_n` have changed places.",
        ),
        (
            lambda c, z, n, h, dh: mirror(c, z, n, h, dh, dh * (n - h) * z * (1 - z), dh * z * (1 - n**2)),
            "Two things are wrong.",
        ),
        (
            lambda c, z, n, h, dh: mirror(c, z, n, h, dh, dh * (h - n) * z * z),
            "In ∂L/∂a_z there is z² in the place of the slope z (1 − z).",
        ),
    ],
)
def test_a_wrong_mirror_is_told_why(line, sentence):
    verdict = own_cell(back(line))
    refused(verdict, sentence)
    assert verdict.message.startswith("step_back: ")


def test_the_references_are_those_of_automatic_differentiation():
    for x, h, dh, W, right in STEP_BACK.cases:
        x_t, h_before, dh_t = (torch.tensor(value, requires_grad=True) for value in (x, h, dh))
        W_t = {name: torch.tensor(value) for name, value in W.items()}
        a_z = x_t @ W_t["W_xz"].T + h_before @ W_t["W_hz"].T + W_t["b_z"]
        a_n = x_t @ W_t["W_xn"].T + h_before @ W_t["W_hn"].T + W_t["b_n"]
        z, n = torch.sigmoid(a_z), torch.tanh(a_n)
        h_t = (1 - z) * n + z * h_before
        for ours, theirs in zip(EQUATIONS.reference(x, h, W).values(), (z, n, h_t), strict=True):
            np.testing.assert_allclose(ours, theirs.detach(), rtol=1e-12)
        wanted = torch.autograd.grad(h_t, (a_z, a_n, h_before), dh_t)
        for ours, theirs in zip(STEP_BACK.reference(x, h, dh, W, right), wanted, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_an_error_is_told_by_the_learners_own_line():
    class Mine(UpdateGateRNN):
        def equations(self, x, h):
            z = x @ self.W_xz
            return {"z": z, "n": z, "h": z}

    refused(own_cell(Mine), "The line is `z = x @ self.W_xz`. It was given x (2, 3), h (2, 5), W_xz (5, 3).")


def test_a_cell_that_spoils_its_weights_spoils_no_other_comparison():
    class Mine(UpdateGateRNN):
        def equations(self, x, h):
            self.b_z *= 0
            return super().equations(x, h)

    for _ in range(2):
        refused(own_cell(Mine), "The bias b_z is missing.")
    accepted(own_cell(UpdateGateRNN))


KNOWN = {*EQUATIONS.mistakes, *STEP_BACK.mistakes}


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
        verdict = own_cell(stub)
        assert not verdict.passed and verdict.message == NOTHING_YET, verdict


def test_what_is_no_cell_with_these_gates_is_refused():
    for other in (5, SimpleRNN(3, 5), np.ndarray, lambda x, h: h):
        refused(own_cell(other), "A class that inherits from Cell is wanted.")
    refused(own_cell(PeepholeLSTM), "The gates are ('i', 'f', 'c', 'o'), wanted are ('z', 'n').")
    refused(own_cell(type("Bare", (Cell,), {})), "The gates are (), wanted are ('z', 'n').")
    accepted(own_cell(type("OtherOrder", (UpdateGateRNN,), {"gates": ("n", "z")})))


@pytest.mark.parametrize("where", ["equations", "step_back"])
def test_a_cell_of_ones_own_that_raises_is_met_with_a_sentence(where):
    def broken(result):
        raise IndexError("index 9 is out of bounds")

    refused(own_cell(changed(where, broken)), "Your function raised IndexError: index 9 is out of bounds")
    missing = type("Missing", (Cell,), {"gates": ("z", "n")})
    if where == "step_back":
        missing = type("Missing", (missing,), {"equations": UpdateGateRNN.equations})
    refused(own_cell(missing), f"Your function raised NotImplementedError: Missing has no {where}")


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
    verdict = own_cell(changed(where, change))
    assert not verdict.passed and verdict.message.removeprefix("step_back: ") not in KNOWN, verdict


def test_a_gradient_of_its_own_that_is_wrong_does_not_pass():
    """It is in none of the parts that are compared; `check_gradients` sees it."""
    cell = changed("step_back", lambda back: (*back[:2], {"b": back[0]["z"].sum(0).repeat(2)}))
    refused(own_cell(cell), "are right, but not what follows. 2 disagreements (✗), the first in b")
    unknown = changed("step_back", lambda back: (*back[:2], {"q": back[1][0]}))
    refused(own_cell(unknown), "check_gradients stops: Changed.step_back gave a gradient of q")


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
        accepted(own_cell(kind))


def test_what_is_wrong_in_form_is_told_in_the_librarys_sentence():
    def with_methods(**methods):
        return own_cell(type("Mine", (UpdateGateRNN,), methods))

    def in_place(self, x, h):
        h *= 0.5
        return UpdateGateRNN.equations(self, x, h)

    def spoils(self, now, x, before, dh):
        n = now["n"]
        n **= 2
        return UpdateGateRNN.step_back(self, now, x, before, dh)

    refused(with_methods(equations=lambda self, x, h: h), "Mine.equations returned a ndarray, wanted a dict")
    refused(with_methods(equations=lambda self, x, h: (h, h)), "Mine.equations returned a tuple, wanted a dict")
    refused(with_methods(equations=lambda self, x, h: {"h": h}), "a dict with the keys h, wanted are z, n, h.")
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
