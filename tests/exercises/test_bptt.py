"""The checks of the chapter on backpropagation through time."""

import numpy as np
import torch
from verdicts import catalogue, refused

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
    return W_xh.grad.numpy(), W.grad.numpy(), b.grad.numpy()


def test_the_walk_back():
    assert bptt.simple_rnn_gradients(by_autograd).passed
    refused(bptt.simple_rnn_gradients(...), NOTHING_YET)
    refused(bptt.simple_rnn_gradients(lambda *a: ...), NOTHING_YET)
    refused(bptt.simple_rnn_gradients(lambda *a: by_autograd(*a)[:2]), "3 results are wanted")


def test_every_catalogued_mistake_gets_its_own_sentence(monkeypatch):
    mistakes, _ = catalogue(monkeypatch, bptt, bptt.simple_rnn_gradients, by_autograd)
    assert len(mistakes) == 5
    for mistake in mistakes:
        refused(bptt.simple_rnn_gradients(mistake.answer), mistake.sentence)


def test_clipping():
    def clip(grads, max_norm, each=False, stretch=False):
        norms = {k: np.linalg.norm(v) for k, v in grads.items()}
        common = np.sqrt(sum(n**2 for n in norms.values()))
        return {
            k: v * (min(np.inf if stretch else 1, max_norm / (norms[k] if each else common))) for k, v in grads.items()
        }

    assert bptt.clipped(clip).passed
    refused(bptt.clipped(lambda g, m: clip(g, m, each=True)), "You clipped each array by its own norm")
    refused(bptt.clipped(lambda g, m: clip(g, m, stretch=True)), "you stretched it")
    refused(bptt.clipped(lambda g, m: {k: v.clip(-m, m) for k, v in g.items()}), "You clipped each number")
    refused(bptt.clipped(...), NOTHING_YET)
    refused(bptt.clipped(lambda g, m: ...), NOTHING_YET)


def test_the_suspects_are_what_the_answer_says():
    x = np.random.default_rng(3).normal(size=(2, 6, 3))
    truth = {}
    for letter in bptt.SUSPECTS:
        wrong = {array for array, _ in check_gradients(bptt.suspect(letter), x).disagreements}
        truth[letter] = "forward" if "h" in wrong else "backward" if wrong else "nothing"
    assert bptt.accused(truth).passed and set(truth.values()) == {"forward", "backward", "nothing"}
    for letter, verdict in truth.items():
        other = "nothing" if verdict != "nothing" else "backward"
        refused(bptt.accused(truth | {letter: other}), f"Look at {letter} again")
    refused(bptt.accused(...), NOTHING_YET)
    refused(bptt.accused({letter: ... for letter in truth}), NOTHING_YET)
    refused(bptt.accused({"A": "forward"}), "you wrote of A")
