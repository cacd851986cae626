"""A GRU turned into the other convention: right in several ways, and told which array was forgotten or touched."""

import copy

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course.cells import GRU, LSTM
from rnn_course.exercises.turned_gru import other_convention, turned_update_gate
from rnn_course.exercises.verdict import NOTHING_YET

OF_Z = ("W_xz", "W_hz", "b_z")


def turn(cell, parts=OF_Z, change=np.negative):
    other = copy.deepcopy(cell)
    for part in parts:
        setattr(other, part, change(getattr(other, part)))
    return other


def by_rows(cell):
    other = GRU(cell.input_size, cell.hidden_size)
    for name, value in cell.parameters.items():
        other.parameters[name][...] = value
    rows = slice(cell.hidden_size, 2 * cell.hidden_size)
    for name in ("W_x", "W_h", "b"):
        other.parameters[name][rows] *= -1
    return other


def by_torch(cell):
    module = cell.to_torch()
    size = cell.hidden_size
    with torch.no_grad():
        for name, value in module.named_parameters():
            if name != "bias_hh_l0" or value[size : 2 * size].any():
                value[size : 2 * size].neg_()
    return GRU.from_torch(module)


def in_single(cell):
    other = GRU(cell.input_size, cell.hidden_size, dtype=np.float32)
    for name, value in turn(cell).parameters.items():
        other.parameters[name][...] = value
    return other


@pytest.mark.parametrize("answer", [turn, by_rows, by_torch, in_single])
def test_right_ones_of_any_making_pass(answer):
    accepted(turned_update_gate(answer))


def test_the_other_convention_is_that_of_the_formula():
    """Held against the equation itself, with z and n of PyTorch's order and arrays written out."""
    cell, x, h = GRU(2, 3, seed=1), np.random.default_rng(0).normal(size=(1, 4, 2)), np.zeros((1, 3))
    for t in range(4):
        a_x, a_h = x[:, t] @ cell.W_x.T + cell.b, h @ cell.W_h.T
        r, z = (1 / (1 + np.exp(-(a_x + a_h)[:, k * 3 : k * 3 + 3])) for k in range(2))
        n = np.tanh(a_x[:, 6:] + r * (a_h[:, 6:] + cell.b_hn))
        h = z * n + (1 - z) * h
        np.testing.assert_allclose(other_convention(cell, x)[:, t], h, rtol=1e-12)


def changed_given(cell):
    cell.b_z = -cell.b_z
    return cell


def shallow(cell):
    other = copy.copy(cell)
    other.W_xz = -other.W_xz
    other.W_hz = -other.W_hz
    other.b_z = -other.b_z
    return other


def spoiled(cell):
    other = turn(cell)
    other.b_r[0] = np.nan
    return other


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        (lambda c: turn(c, ()), ["No weight has changed: 1 − σ(a) = σ(−a)"]),
        (lambda c: c, ["No weight has changed"]),
        (lambda c: turn(c, ("W_xz", "W_hz")), ["b_z did not change: all that goes into z must change its sign."]),
        (lambda c: turn(c, ("b_z",)), ["W_xz, W_hz did not change: all that goes into z must change its sign."]),
        (
            lambda c: turn(c, ("W_xr", "W_hr", "b_r")),
            ["- W_xz, W_hz, b_z did not change", "- W_xr, W_hr, b_r changed. That is the reset gate r's"],
        ),
        (
            lambda c: turn(c, ("W_x", "W_h", "b")),
            ["- W_xr, W_hr, b_r changed", "- W_xn, W_hn, b_n changed. That is the candidate n's"],
        ),
        (lambda c: turn(c, (*OF_Z, "b_hn")), ["b_hn changed. That is the candidate n's: only what belongs to z"]),
        (lambda c: turn(c, OF_Z, lambda a: 1 - a), ["W_xz has become 1 − W_xz", "W_hz has", "b_z has become 1 − b_z"]),
        (lambda c: turn(turn(c, ("W_xz", "W_hz")), ("b_z",), np.zeros_like), ["b_z is all zeros now"]),
        (lambda c: turn(turn(c), ("W_hz",), np.transpose), ["W_hz is transposed too"]),
        (lambda c: turn(c, OF_Z, lambda a: -2 * a), ["W_xz has changed, but not into −W_xz."]),
        (changed_given, ["Your function changed the cell that it was given (b_z): work on a copy."]),
        (shallow, ["changed the cell that it was given (W_xz, W_hz, b_z)", "copy.deepcopy copies them too"]),
        (lambda c: turn(c).parameters, ["returned a", "a GRU is wanted."]),
        (lambda c: LSTM(3, 4), ["Your function returned a LSTM, a GRU is wanted."]),
        (lambda c: GRU(c.input_size, 7), ["a GRU of the same sizes as GRU(input_size=3, hidden_size=4"]),
        (spoiled, ["There is a NaN or an infinite number in the weights"]),
        (lambda c: c.W_z, ["Your function raised AttributeError"]),
        (lambda c: ..., [NOTHING_YET]),
    ],
)
def test_wrong_ones_are_told_which_array(answer, sentences):
    verdict = turned_update_gate(answer)
    for sentence in sentences:
        refused(verdict, sentence)


def test_what_is_no_function_is_told_so():
    refused(turned_update_gate(5), "A function is wanted, got 5.")
    refused(turned_update_gate(...), NOTHING_YET)


@pytest.mark.parametrize("part", [*OF_Z, "W_xr", "W_hr", "b_r", "W_xn", "W_hn", "b_n", "b_hn"])
def test_every_array_that_is_wrong_alone_is_named_alone(part):
    wrong = turned_update_gate(lambda cell: turn(turn(cell), (part,)))
    assert not wrong.passed and wrong.message.startswith(part + " ")
    assert "\n" not in wrong.message
