"""Cells that a learner writes: everything that the library's cells do follows from `equations` and `step_back`."""

import copy
import inspect
import pickle

import numpy as np
import pytest
import torch
from cell_kinds import arrays, refused
from learners_cells import CELLS, PeepholeLSTM, SlowMemoryRNN, UpdateGateRNN

from rnn_course import data
from rnn_course.cells import LSTM, Adam, Bidirectional, Cell, Readout, SimpleRNN, Stack, clip_norm, sigmoid
from rnn_course.cells.gradients import WITNESSES, check_gradients

every_cell = pytest.mark.parametrize("kind", CELLS)


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


@every_cell
def test_it_is_short(kind):
    code = [line for line in inspect.getsource(kind).splitlines() if line.strip()]
    assert len(code) <= 40 and not hasattr(Cell, "p_i")


@every_cell
def test_its_gradients_are_witnessed(kind):
    cell, x = kind(3, 5, seed=1), np.random.default_rng(0).normal(size=(2, 6, 3))
    report = check_gradients(cell, x)
    assert report.passed
    assert set(report.rows) == {"h", "x", *(f"state.{name}" for name in cell.state_fields), *cell.parameters}
    for array, row in report.rows.items():
        assert row[WITNESSES[1]] is not None and row[WITNESSES[2]] is None
        assert (row[WITNESSES[0]] is None) == (array == "h")


@every_cell
def test_step_trace_lengths_and_copies(kind):
    rng = np.random.default_rng(4)
    cell, x, lengths = kind(3, 5, seed=1), rng.normal(size=(3, 6, 3)), np.array([6, 2, 4])
    h, last = cell.forward(x, lengths=lengths)
    trace = cell.trace(x, lengths=lengths)
    assert set(trace) >= set(cell.state_fields) and (trace.h == h).all() and not h[1, 2:].any()
    for k, length in enumerate(lengths):
        state = None
        for t in range(length):
            h_t, state = cell.step(x[k : k + 1, t], state)
            close(h[k, t], h_t[0])
        for got, want in zip(arrays(last), arrays(state), strict=True):
            close(got[k], want[0])
    for other in (copy.deepcopy(cell), pickle.loads(pickle.dumps(cell))):
        assert (other.forward(x)[0] == cell.forward(x)[0]).all()
    for a, b in zip(arrays(last), arrays(pickle.loads(pickle.dumps(last))), strict=True):
        assert (a == b).all()


@every_cell
def test_it_stacks_goes_both_ways_and_backward_sees_the_weights_of_forward(kind):
    rng = np.random.default_rng(5)
    both = Bidirectional(kind(3, 4, seed=1), kind(3, 4, seed=2))
    net, x = Stack([both, LSTM(8, 3, seed=3), kind(3, 2, seed=4)]), rng.normal(size=(2, 5, 3))
    h, last = net.forward(x, lengths=[5, 3])
    grads = net.backward(h, last)
    assert h.shape == (2, 5, 2) and grads.x.shape == x.shape and grads.parameters.keys() == net.parameters.keys()
    for value in net.parameters.values():
        value *= 2
    again = net.backward(h, last)
    assert all((grads.parameters[name] == value).all() for name, value in again.parameters.items())


@every_cell
def test_it_learns_sunspots(kind):
    """Half of the loss is gone, with Readout, clipping and Adam, in float32."""
    series = data.load_sunspots()
    x = np.log1p(series.values[:, :1].astype(np.float32))[None]
    x = (x - x.mean()) / x.std()
    cell, readout = kind(1, 8, np.float32, seed=1), Readout(8, 1, dtype=np.float32, seed=2)
    adam, losses = Adam({**cell.parameters, **readout.parameters}, 0.02), []
    for _ in range(60):
        loss, grads = readout.loss(cell.forward(x[:, :-1])[0], x[:, 1:])
        adam.step(clip_norm({**cell.backward(grads.h).parameters, **grads.parameters}, 1.0)[0])
        losses.append(loss)
    assert losses[-1] < 0.5 * losses[0]


@every_cell
def test_no_framework_has_it(kind):
    sentence = "has equations of its own: it has no PyTorch equal"
    refused(kind(3, 4).to_torch, ValueError, f"this {kind.__name__} {sentence}")
    refused(lambda: kind.from_torch(torch.nn.LSTM(3, 4)), ValueError, f"a {kind.__name__} {sentence}")
    refused(Stack([kind(3, 4)]).to_torch, ValueError, sentence)


def test_a_subclass_with_other_equations_is_neither_walked_fast_nor_taken_for_its_parent():
    class Leaky(SimpleRNN):
        def equations(self, x, h):
            now = super().equations(x, h)
            return now | {"h": 0.5 * h + 0.5 * now["h"]}

    cell, x = Leaky(2, 3, seed=1), np.random.default_rng(0).normal(size=(2, 5, 2))
    h, state = cell.forward(x)[0], None
    for t in range(5):
        h_t, state = cell.step(x[:, t], state)
        close(h[:, t], h_t)
    refused(cell.to_torch, ValueError, "this Leaky has equations of its own")
    refused(lambda: Leaky.from_torch(torch.nn.RNN(2, 3)), ValueError, "this Leaky has equations of its own")
    assert not check_gradients(cell, x).passed  # its step_back is still the simple RNN's

    patched = LSTM(2, 3)
    patched.equations = lambda x, h, C: {"h": h + 1, "C": C}
    assert (patched.forward(x)[0][0, :, 0] == np.arange(1, 6)).all()


def test_a_cell_that_does_not_keep_the_contract_is_told_in_one_sentence():
    x = np.ones((2, 3, 4))
    refused(lambda: Cell(4, 5).forward(x), NotImplementedError, "Cell has no equations")
    refused(lambda: type("C", (UpdateGateRNN,), {"step": None}), TypeError, "C defines step, which follows from")
    sizes = {"state_sizes": lambda self: {"m": 2}}
    refused(lambda: type("C", (UpdateGateRNN,), sizes)(4, 5), TypeError, "state_sizes gives m, its state_fields are h")

    def forward(found):
        type("C", (UpdateGateRNN,), {"equations": lambda self, x, h: found(h)})(4, 5).forward(x)

    refused(lambda: forward(lambda h: h), TypeError, "C.equations returned a ndarray, wanted a dict")
    refused(lambda: forward(lambda h: {"z": h}), TypeError, "a dict of z, wanted a dict that has the new state: h")
    refused(lambda: forward(lambda h: {"h": h[:, :2]}), ValueError, "gave h, which has shape (2, 2), wanted (2, 5)")
    refused(lambda: forward(lambda h: {"h": h.astype("f4")}), TypeError, "gave h, which is float32, this cell computes")
    refused(lambda: forward(lambda h: {"h": h, "n": 1.0}), TypeError, "gave n, which is a float, wanted an array of")
    refused(
        lambda: forward(lambda h: {"h": h, "n": h[:1]}), ValueError, "gave n, which has shape (1, 5), wanted (2, 5)"
    )
    refused(lambda: forward(lambda h: {"h": h + np.inf}), FloatingPointError, "h is not finite from step 0 of the walk")

    def backward(kind, change):
        def step_back(self, *given):
            return change(*kind.step_back(self, *given))

        cell = type("C", (kind,), {"step_back": step_back})(4, 5)
        cell.forward(x)
        cell.backward(np.ones((2, 3, 5)))

    update, peephole = UpdateGateRNN, PeepholeLSTM
    refused(lambda: backward(update, lambda da, dh, own: da), TypeError, "C.step_back returned dict, wanted three")
    refused(lambda: backward(update, lambda da, dh, own: (da, dh[0], own)), TypeError, "returned (dict, ndarray, dict)")
    refused(lambda: backward(update, lambda da, dh, own: ({"z": da["z"]}, dh, own)), TypeError, "the gates are z, n")
    refused(
        lambda: backward(update, lambda da, dh, own: (da, dh * 2, own)), TypeError, "gave 2 gradients for the state"
    )
    refused(lambda: backward(update, lambda da, dh, own: (da, (dh[0][:1],), own)), ValueError, "gave ∂L/∂h, which has")
    refused(lambda: backward(update, lambda da, dh, own: (da, dh, {"q": 1})), TypeError, "gave a gradient of q")
    refused(lambda: backward(peephole, lambda da, dh, own: (da, dh, {})), TypeError, "gave no gradient of p_i")
    wrong = {"p_i": np.ones((2, 5))}
    refused(
        lambda: backward(peephole, lambda da, dh, own: (da, dh, own | wrong)), ValueError, "∂L/∂p_i, which has shape"
    )
    only_forward = type("C", (Cell,), {"gates": ("n",), "equations": lambda self, x, h: {"h": h}})(4, 5)
    only_forward.forward(x)
    refused(only_forward.backward, NotImplementedError, "C has no step_back, which backward needs")


def test_states_of_different_widths():
    cell = SlowMemoryRNN(3, 5, seed=1)
    _, state = cell.forward(np.ones((4, 6, 3)))
    assert state._fields == ("h", "m") and state.h.shape == (4, 5) and state.m.shape == (4, 2)
    refused(lambda: cell.forward(np.ones((4, 6, 3)), (state.h, state.h)), ValueError, "wanted (batch=4, hidden=2)")
    assert sigmoid(cell.l).shape == (2,)
    peephole = PeepholeLSTM(3, 4)
    refused(lambda: peephole.forward(np.ones((1, 2, 3)), np.ones((1, 4))), TypeError, "wants PeepholeLSTMState(h, C)")
