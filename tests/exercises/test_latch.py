"""A latch set by hand: what is said of one that fails is true of it, tried by computing the cell again."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import accepted, refused

from rnn_course.cells import GRU, LSTM
from rnn_course.exercises.latch import latch, pulses
from rnn_course.exercises.verdict import NOTHING_YET

OPEN, SHUT = 1000.0, -1000.0


def hand_set(gates=(20.0, 20.0, 20.0), dtype=np.float64, **others):
    """A one-unit LSTM set by hand; `gates` are the biases of i, f and o."""
    cell = LSTM(1, 1, dtype=dtype)
    for value in cell.parameters.values():
        value[...] = 0
    for name, value in {
        **dict(zip(("b_i", "b_f", "b_o"), gates, strict=True)),
        "W_xc": 20,
        "W_hc": 40,
        **others,
    }.items():
        getattr(cell, name)[...] = value
    return cell


def test_latches_that_hold_pass():
    accepted(latch(hand_set()))
    accepted(latch(hand_set(gates=(OPEN, OPEN, OPEN))))
    accepted(latch(hand_set(dtype=np.float32)))
    accepted(latch(hand_set(gates=(3, 4, 4), W_xc=4, W_hc=12)))
    accepted(latch(LSTM.from_torch(hand_set().to_torch())))


def test_what_is_no_cell_of_one_unit_is_told_so():
    refused(latch(...), NOTHING_YET)
    for other in (5, LSTM, GRU(1, 1), LSTM(2, 1), torch.nn.LSTM(1, 1)):
        refused(latch(other), "An LSTM(input_size=1, hidden_size=1) is wanted, got ")
    refused(latch(LSTM(1, 2)), "got LSTM(input_size=1, hidden_size=2")
    refused(latch(hand_set(b_c=np.nan)), "The cell cannot be computed: ")


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (dict(gates=(OPEN,) * 3, W_xc=0.5, W_hc=0), "The candidate is 0.46, too small. Even with i and o wide open"),
        (dict(gates=(OPEN,) * 3, W_xc=0.5, W_hc=0), "What makes the candidate larger is W_xc, now 0.5."),
        (
            dict(gates=(SHUT, OPEN, OPEN), W_xi=2000, W_xc=3, b_c=-2.9),
            "The candidate is 0.10, too small: W_xc x brings in 3, W_hc h 0 and b_c -2.9.",
        ),
        (
            dict(gates=(OPEN, OPEN, 0), W_xc=3, W_hc=-20, W_xo=20),
            "the candidate is -1.00 and writes against what the cell holds. It has that sign from W_hc = -20.",
        ),
        (dict(gates=(SHUT, OPEN, OPEN)), "The input gate i is 0.00 at this step, so little is written: open i wide."),
        (dict(gates=(OPEN, OPEN, SHUT)), "The output gate o is 0.00 at this step, so little is shown of C = "),
        (dict(gates=(SHUT, OPEN, SHUT)), "At this step i is 0.00 and o is 0.00, both too small: open i and o wide."),
        (dict(gates=(1, OPEN, 1), W_xc=2), "At this step i is 0.73 and o is 0.73: open one of them wider."),
        (dict(W_xc=-20), "of the other sign: W_xc is -20, it would have to be positive."),
        (dict(W_xc=0), "and does not listen to x: W_xc is zero."),
        (dict(gates=(20, 1, 20), W_hc=0), "it faded: is f near one? It is as low as 0.7311"),
        (dict(gates=(OPEN, 2, OPEN), W_hc=0), "it faded: is f near one? It is as low as 0.8808"),
        (dict(gates=(OPEN, SHUT, OPEN), W_hc=0), "1 step after the first pulse h is 0.00. By itself it faded"),
        (
            dict(gates=(10, 3.5, OPEN), W_hi=-50, W_hc=0),
            "21 steps after the first pulse h is 0.49. Without any later pulse it is lost too, after 21 steps. By",
        ),
        (dict(W_hc=0), "a later pulse overwrote it. The pulse of"),
        (dict(W_xc=1, W_hc=0), "What h says has to outweigh what x says: W_hc h is 0 there, W_xc x is "),
        (dict(W_hc=0.1), "What h says has to outweigh what x says: W_hc h is "),
        (dict(W_hc=-3), "and writes against what the cell holds. It has that sign from W_hc = -3."),
        (
            dict(W_xi=100, b_i=-50, W_xf=100, b_f=50, W_hc=0),
            "acts on the forget gate: f is 0.00 there, and 1.00 without it.",
        ),
        (dict(W_xo=100, b_o=50, W_hc=400), "acts on the output gate: o is 0.00, and 1.00 without it."),
        (dict(b_c=1.0), "before any pulse came. Nothing but b_c can write then: it is 1, so the candidate is 0.76"),
        (dict(b_c=0.001, W_hc=0), "a later pulse overwrote it"),
        (dict(b_c=-1e-3, gates=(OPEN, 20, 20)), "before any pulse came. Nothing but b_c can write then: it is -0.001"),
    ],
)
def test_what_is_wrong_is_told(cell, sentence):
    refused(latch(hand_set(**cell)), sentence)


def test_the_cell_is_left_alone():
    cell = hand_set(W_hc=0)
    before = {name: value.copy() for name, value in cell.parameters.items()}
    cell.forward(np.ones((1, 2, 1)))
    latch(cell)
    assert all((before[name] == value).all() for name, value in cell.parameters.items())
    cell.backward(np.ones((1, 2, 1)))


SEQUENCES, FIRST = pulses(np.random.default_rng(0))
WEIGHTS = [kind + gate for kind in ("W_x", "W_h", "b_") for gate in "ifco"]


def of_torch(cell, x):
    """h of one sequence, by PyTorch's own LSTM."""
    with torch.no_grad():
        return cell.to_torch()(torch.from_numpy(x)[None])[0][0, :, 0].numpy()


def with_weights(cell, **weights):
    other = LSTM(1, 1)
    for name in WEIGHTS:
        getattr(other, name)[...] = weights.get(name, getattr(cell, name))
    return other


def held_open(*gates):
    return {f"{kind}{gate}": {"b_": OPEN}.get(kind, 0.0) for gate in gates for kind in ("W_x", "W_h", "b_")}


weight = st.one_of(st.just(0.0), st.floats(-6, 6), st.sampled_from([-30.0, 30.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(weight, min_size=12, max_size=12))
def test_a_sentence_is_true_of_every_cell_that_meets_it(values):
    cell = with_weights(LSTM(1, 1), **dict(zip(WEIGHTS, values, strict=True)))
    verdict = latch(cell)
    runs = [of_torch(cell, x) for x in SEQUENCES]
    signs = [x[t, 0] for x, t in zip(SEQUENCES, FIRST, strict=True)]
    right = [
        np.abs(h[:t]).max(initial=0) < 0.1 and (h[t:] * s).min() >= 0.5
        for h, t, s in zip(runs, FIRST, signs, strict=True)
    ]
    assert verdict.passed == all(right)
    if verdict.passed:
        return
    k = int(re.match(r"Sequence (\d+): ", verdict.message)[1])
    x, t, s, h, said = SEQUENCES[k], FIRST[k], signs[k], runs[k], verdict.message
    assert right.index(False) == k

    def at_the_pulse(**weights):
        return of_torch(with_weights(cell, **weights), x)[t] * s

    if "before any pulse came." in said:
        assert np.abs(h[:t]).max() >= 0.1
        assert not of_torch(with_weights(cell, b_c=0), x)[:t].any()
    elif "right after the first pulse" in said:
        assert h[t] * s < 0.5 and np.abs(h[:t]).max(initial=0) < 0.1
        if cell.b_c == 0:  # the state is zero until then, so that a gate can be changed alone
            if "too small. Even" in said:
                assert at_the_pulse(**held_open("i", "o")) < 0.5 <= at_the_pulse(**held_open("i", "o"), W_xc=60)
            if "open i wide" in said or "open one of them wider" in said:
                assert at_the_pulse(**held_open("i")) >= 0.5
            if "open o wide" in said or "open one of them wider" in said:
                assert at_the_pulse(**held_open("o")) >= 0.5
            if "open i and o wide" in said:
                assert max(at_the_pulse(**held_open("i")), at_the_pulse(**held_open("o"))) < 0.5
                assert at_the_pulse(**held_open("i", "o")) >= 0.5
            if "would have to be positive" in said:
                assert at_the_pulse(**held_open("i", "o"), W_xc=60) >= 0.5
            assert "though no pulse had come" not in said
    else:
        lost = t + int(re.search(r"(\d+) steps? after the first pulse h is", said)[1])
        assert h[lost] * s < 0.5 <= (h[t:lost] * s).min()
        alone = x.copy()
        alone[t + 1 :] = 0
        fades = (of_torch(cell, alone)[t : lost + 1] * s).min() < 0.5
        assert fades == ("overwrote it" not in said)
        trace = cell.trace((alone if fades else x)[None])
        if "it faded" in said:
            assert trace.f[0, t + 1 : lost + 1].min() < 1
        if "Keep o open" in said:
            assert (np.tanh(trace.C[0, t:, 0]) * s).max() >= 0.5
        if "acts on" in said or "made the candidate" in said:
            q = t + int(re.search(r"The pulse of [+-]1 after (\d+) steps?", said)[1])
            without = x.copy()
            assert without[q]
            without[q] = 0
            assert (of_torch(cell, without)[t : lost + 1] * s).min() >= 0.5
