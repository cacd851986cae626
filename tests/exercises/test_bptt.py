"""The checks of the chapter on backpropagation through time."""

import inspect

import numpy as np
import pytest
import torch
from verdicts import accepted, refused

from rnn_course.cells.gradients import check_gradients
from rnn_course.exercises import bptt
from rnn_course.exercises.verdict import NOTHING_YET


def by_autograd(x, h, W_hh, grad_h):
    """The same gradients from torch: a_t rebuilt from h, then the weights' part of it differentiated."""
    W_xh = torch.zeros(W_hh.shape[0], x.shape[2], dtype=torch.float64, requires_grad=True)
    W, b = torch.tensor(W_hh, requires_grad=True), torch.zeros(len(W_hh), dtype=torch.float64, requires_grad=True)
    state = torch.tensor(h[:, 0])
    rest = torch.tensor(np.arctanh(h[:, 1:]) - h[:, :-1] @ W_hh.T)  # what x and b brought in, at the true weights
    loss = 0
    for t in range(x.shape[1]):
        state = torch.tanh(rest[:, t] + torch.tensor(x[:, t]) @ W_xh.T + state @ W.T + b)
        loss = loss + (state * torch.tensor(grad_h[:, t])).sum()
    loss.backward()
    return W_xh.grad, W.grad, b.grad


def at_once(x, h, W_hh, grad_h):
    """The deltas first, in place of grad_h, then every gradient by one einsum; a dict."""
    back = 0
    for t in range(x.shape[1] - 1, -1, -1):
        grad_h[:, t] = (grad_h[:, t] + back) * (1 - h[:, t + 1] ** 2)
        back = np.einsum("bh,hk->bk", grad_h[:, t], W_hh)
    return {
        "grad_W_xh": np.einsum("bth,bti->hi", grad_h, x),
        "grad_W_hh": np.einsum("bth,btk->hk", grad_h, h[:, :-1]),
        "grad_b": grad_h.sum((0, 1)),
    }


def recursive(x, h, W_hh, grad_h):
    """The first step's share of what the rest gives, sequence by sequence."""

    def walk(k, t):
        if t == x.shape[1]:
            return np.zeros(len(W_hh)), np.zeros((len(W_hh), x.shape[2])), np.zeros_like(W_hh), np.zeros(len(W_hh))
        later, grad_W_xh, grad_W_hh, grad_b = walk(k, t + 1)
        delta = (grad_h[k, t] + later) * (1 - h[k, t + 1]) * (1 + h[k, t + 1])
        return (
            W_hh.T @ delta,
            grad_W_xh + np.outer(delta, x[k, t]),
            grad_W_hh + np.outer(delta, h[k, t]),
            grad_b + delta,
        )

    return [sum(parts) for parts in list(zip(*(walk(k, 0) for k in range(len(x))), strict=True))[1:]]


@pytest.mark.parametrize("answer", [by_autograd, at_once, recursive])
def test_right_walks_pass(answer):
    accepted(bptt.simple_rnn_gradients(answer))


def test_an_answer_that_writes_into_what_it_was_given_is_told_so():
    assert "Your function writes into grad_h" in bptt.simple_rnn_gradients(at_once).message
    assert "writes into" not in bptt.simple_rnn_gradients(by_autograd).message


WALK = """
def answer(x, h, W_hh, grad_h):
    grad_W_xh, grad_W_hh = np.zeros((len(W_hh), x.shape[2])), np.zeros_like(W_hh)
    grad_b, back = np.zeros(len(W_hh)), np.zeros_like(h[:, 0])
    for t in reversed(range(x.shape[1])):
        delta = (grad_h[:, t] + back) * (1 - h[:, t + 1] ** 2)
        grad_W_xh += delta.T @ x[:, t]
        grad_W_hh += delta.T @ h[:, t]
        grad_b += delta.sum(axis=0)
        back = delta @ W_hh
    return grad_W_xh, grad_W_hh, grad_b
"""
CLIP = """
def answer(grads, max_norm):
    norm = np.sqrt(sum((grad**2).sum() for grad in grads.values()))
    factor = min(1.0, max_norm / norm)
    return {name: factor * grad for name, grad in grads.items()}
"""
WRONG_WALKS = [
    ({" + back": ""}, "What comes back from the next step is missing."),
    ({" * (1 - h[:, t + 1] ** 2)": ""}, "The slope 1 − h_t² of tanh is missing."),
    ({"h[:, t + 1] ** 2": "h[:, t] ** 2"}, "The slope is taken at h_t, which is h[:, t + 1]; you took it at h_{t−1}."),
    ({"h[:, t + 1] ** 2": "np.tanh(h[:, t + 1]) ** 2"}, "h_t is tanh(a_t) already"),
    ({"(1 - h[:, t + 1] ** 2)": "h[:, t + 1] * (1 - h[:, t + 1])"}, "is the slope of σ"),
    ({"(grad_h[:, t] + back)": "grad_h[:, t] + back"}, "The slope belongs to both, grad_h and what comes back; grad_h"),
    ({"delta @ W_hh": "delta @ W_hh.T"}, "On the way back it is `delta @ W_hh`: no transpose here."),
    ({"delta @ W_hh": "(grad_h[:, t] + back) @ W_hh"}, "What goes back is delta, with the slope in it"),
    ({"back = delta": "back += delta"}, "`back` is replaced at every step; you added to it."),
    ({"@ h[:, t]": "@ h[:, t + 1]"}, "W_hh met the state before: h_{t−1}, not h_t."),
    ({"@ h[:, t]": "@ h[:, t - 1]"}, "W_hh met h_{t−1}, which is h[:, t] here; you took h[:, t − 1]."),
    ({"@ x[:, t]": "@ x[:, t - 1]"}, "W_xh met x_t, which is x[:, t]; you took x[:, t − 1]."),
    ({"+= delta": "= delta"}, "The weights are shared: add up the gradients of all steps."),
    ({"grad_b +=": "grad_b ="}, "∂L/∂b_h is that of step 0 alone: add up those of all steps."),
    (
        {"delta.sum(axis=0)": "delta", "np.zeros(len(W_hh))": "0"},
        "grad_b`: Your function returned shape (2, 5), (5,) is",
    ),
    ({"delta.sum(axis=0)": "delta", "np.zeros(len(W_hh))": "0"}, "Summed over its axis 0, it is right."),
    ({"sum(axis=0)": "mean(axis=0)"}, "∂L/∂b_h is a sum over the batch; yours is divided by its size."),
    (
        {"grad_W_xh, grad_W_hh, grad_b\n": "*(g / len(x) for g in (grad_W_xh, grad_W_hh, grad_b)),\n"},
        "are sums over the",
    ),
    ({"reversed(range(x.shape[1]))": "range(x.shape[1] - 1, 0, -1)"}, "The first step is left out"),
    ({"reversed(range(x.shape[1]))": "range(x.shape[1])"}, "The walk goes from the last step to the first"),
    ({"delta.T @ h[:, t]": "h[:, t].T @ delta"}, "∂L/∂W_hh is `delta.T @ h[:, t]`; yours is its transpose."),
    (
        {"return grad_W_xh, grad_W_hh": "return grad_W_hh, grad_W_xh"},
        "`grad_W_xh` and `grad_W_hh` have changed places.",
    ),
    ({"return grad_W_xh, grad_W_hh, grad_b": "return grad_W_xh, grad_W_hh"}, "2 results, 3 are wanted"),
    ({"return grad": "return -grad", ", grad_W_hh, grad_b\n": ", -grad_W_hh, -grad_b\n"}, "has the wrong sign"),
    (
        {"delta @ W_hh": "delta @ W_hh.T", "@ h[:, t]": "@ h[:, t + 1]"},
        "- On the way back it is `delta @ W_hh`: no transpose here.\n- W_hh met the state before: h_{t−1}, not h_t.",
    ),
]
WRONG_CLIPS = [
    ({"min(1.0, max_norm / norm)": "max_norm / norm"}, "A gradient that is short enough stays as it is; you stretched"),
    ({"min(1.0, max_norm / norm)": "max(1.0, max_norm / norm)"}, "The factor is the smaller one of 1 and max_norm"),
    ({"min(1.0, max_norm / norm)": "1.0"}, "Nothing is clipped"),
    ({"np.sqrt(": "float("}, "the root is missing"),
    ({"(grad**2).sum()": "np.linalg.norm(grad)", "np.sqrt(": "float("}, "not the sum of each array's norm"),
    ({"(grad**2)": "abs(grad)", "np.sqrt(": "float("}, "you added up absolute values"),
    ({"factor * grad": "np.clip(grad, -max_norm, max_norm)"}, "You clipped each number: that turns the direction."),
    ({"factor * grad": "grad * min(1, max_norm / np.linalg.norm(grad))"}, "You clipped each array by its own norm"),
    ({"return {name": "return norm, {name"}, "a dict among other things"),
    (
        {"{name: factor * grad for": "[factor * grad for"} | {".items()}": ".items()]"},
        "a dict with the keys W_x, W_h, b is",
    ),
    ({"return {": "clipped = {"}, "Your function returned None: is its `return` missing?"),
    ({"name: f": "name + '_clipped': f"}, "the keys W_x_clipped, W_h_clipped, b_clipped, wanted are W_x, W_h, b"),
]


def written(text, changes):
    for right, wrong in changes.items():
        assert right in text, right
        text = text.replace(right, wrong)
    space = {"np": np}
    exec(text, space)
    return space["answer"]


@pytest.mark.parametrize(("changes", "sentence"), WRONG_WALKS)
def test_what_students_write_on_the_way_back_is_named(changes, sentence):
    refused(bptt.simple_rnn_gradients(written(WALK, changes)), sentence)


@pytest.mark.parametrize(("changes", "sentence"), WRONG_CLIPS)
def test_what_students_write_for_clipping_is_named(changes, sentence):
    refused(bptt.clipped(written(CLIP, changes)), sentence)


def by_torch(grads, max_norm):
    """PyTorch's own, which adds 1e-6 to the norm."""
    arrays = {name: torch.nn.Parameter(torch.zeros(grad.shape, dtype=torch.float64)) for name, grad in grads.items()}
    for name, parameter in arrays.items():
        parameter.grad = torch.tensor(grads[name])
    torch.nn.utils.clip_grad_norm_(arrays.values(), max_norm)
    return {name: parameter.grad for name, parameter in arrays.items()}


def in_place(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([grad.ravel() for grad in grads.values()]))
    if norm > max_norm:
        for grad in grads.values():
            grad *= max_norm / norm
    return grads


@pytest.mark.parametrize("answer", [by_torch, in_place, written(CLIP, {})])
def test_right_clipping_passes(answer):
    accepted(bptt.clipped(answer))


def test_the_suspects_are_what_the_answer_says():
    x = np.random.default_rng(3).normal(size=(2, 6, 3))
    truth = {}
    for letter in bptt.SUSPECTS:
        wrong = {array for array, _ in check_gradients(bptt.suspect(letter), x).disagreements}
        truth[letter] = "forward" if "h" in wrong else "backward" if wrong else "nothing"
    accepted(bptt.accused(truth))
    assert set(truth.values()) == {"forward", "backward", "nothing"}
    for letter, verdict in truth.items():
        for other in {"forward", "backward", "nothing"} - {verdict}:
            refused(bptt.accused(truth | {letter: other}), f"Look at {letter} again: {bptt.HINTS[letter, other]}")
    refused(bptt.accused(truth | {"A": "both"}), "A: 'both' is none of 'forward', 'backward', 'nothing'.")
    refused(bptt.accused({"A": "forward"}), "you wrote of A")
    refused(bptt.accused(["forward"] * 4), "Your answer is a list, a dict with the keys A, B, C, D is wanted.")
    for stub in (..., {letter: ... for letter in truth}, truth | {"D": ...}):
        assert bptt.accused(stub).message == NOTHING_YET


def test_what_the_hints_say_of_the_witnesses_is_so():
    """Which arrays disagree, by witness, for each suspect."""
    x = np.random.default_rng(4).normal(size=(2, 6, 3))
    finite, every = "finite differences", {"finite differences", "automatic differentiation", "framework's cell"}
    by = {letter: check_gradients(bptt.suspect(letter), x).disagreements for letter in bptt.SUSPECTS}
    gradients = {"x", "state.h", "state.C", "W_x", "W_h", "b"}
    assert set(by["A"]) == {(array, witness) for array in gradients for witness in every}
    assert set(by["B"]) == {("b", witness) for witness in every}
    assert not by["C"]
    assert {array for array, _ in by["D"]} == gradients | {"h"} and finite not in {witness for _, witness in by["D"]}


def test_a_suspect_of_another_name_is_refused():
    with pytest.raises(ValueError, match="letter is 'E', it must be one of 'A', 'B', 'C', 'D'"):
        bptt.suspect("E")
    assert "Raises ValueError" in inspect.getdoc(bptt.suspect)
