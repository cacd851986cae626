"""Stack and Bidirectional: traces, steps, and what they cannot hold. `test_base` holds their values against torch."""

import numpy as np
import pytest
from cell_kinds import close, refused

from rnn_course.cells import GRU, LSTM, Bidirectional, Readout, Stack


def test_stack_and_bidirectional_traces_and_steps():
    rng = np.random.default_rng(11)
    x = rng.normal(size=(2, 5, 3))
    stack = Stack([LSTM(3, 4, seed=1), GRU(4, 6, seed=2)])
    h, last = stack.forward(x)
    state = None
    for t in range(5):
        h_t, state = stack.step(x[:, t], state)
        close(h_t, h[:, t], f"step {t}")
    assert (stack.trace(x)[1].h == h).all() and (last[0].C == stack.layers[0].trace(x).C[:, -1]).all()
    both = Bidirectional(LSTM(3, 4, seed=1), LSTM(3, 4, seed=2))
    ahead, behind = both.trace(x)
    assert (both.forward(x)[0] == np.concatenate([ahead.h, behind.h], axis=2)).all()
    turned, _ = both.forward(x, reverse=True)
    assert (turned[:, :, 4:] == both.cells[1].forward(x)[0]).all()
    with pytest.raises(TypeError, match="a bidirectional net has no step"):
        both.step(x[:, 0])


def test_bad_combinations_are_refused():
    refused(lambda: Stack([]), ValueError, "cells is empty")
    sentence = "layer 1 has input_size=5, the layer below gives 4 features"
    refused(lambda: Stack([LSTM(3, 4), GRU(5, 2)]), ValueError, sentence)
    refused(lambda: Stack([LSTM(3, 4), GRU(4, 2, dtype="float32")]), ValueError, "layer 1 computes in float32")
    refused(lambda: Stack([LSTM(3, 4)]).forward(np.ones((1, 2, 3)), [None] * 2), ValueError, "state has 2 parts")
    sentence = "forward_cell has hidden_size=4, backward_cell has"
    refused(lambda: Bidirectional(LSTM(3, 4), LSTM(3, 5)), ValueError, sentence)
    cell = LSTM(3, 4)
    refused(lambda: Bidirectional(cell, cell), ValueError, "the directions have weights of their own")


def test_a_stack_refuses_what_it_cannot_hold():
    shared = LSTM(3, 3)
    refused(lambda: Stack([shared, shared]), ValueError, "cells holds the same cell twice")
    refused(lambda: Stack(shared), TypeError, "a Stack wants a list of cells or Bidirectionals")
    refused(lambda: Stack([shared, Readout(3, 2)]), TypeError, "a Stack wants a list of cells or Bidirectionals")
    sentence = "are LSTM and GRU, two cells of one kind are wanted"
    refused(lambda: Bidirectional(LSTM(3, 4), GRU(3, 4)), TypeError, sentence)
    stack, x = Stack([LSTM(3, 4), LSTM(4, 2)]), np.ones((2, 5, 3))
    h, _ = stack.forward(x)
    refused(lambda: stack.forward(x, [None, "bad"]), TypeError, "state is a str, this LSTM wants LSTMState(h, C)")
    refused(lambda: stack.backward(h), RuntimeError, "backward needs a forward before it")


def test_a_gradient_that_is_no_array_is_named():
    both = Bidirectional(LSTM(2, 3, seed=1), LSTM(2, 3, seed=2))
    h, _ = both.forward(np.ones((1, 4, 2)))
    refused(lambda: both.backward(h.astype(complex)), TypeError, "grad_h has dtype complex128")
    refused(lambda: both.backward("none"), TypeError, "grad_h has dtype <U4, it must be real numbers")
