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
from rnn_course.cells import LSTM, Adam, Bidirectional, Cell, MinGRU, Readout, SimpleRNN, Stack, clip_norm, sigmoid
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


def changed(kind=UpdateGateRNN, **methods):
    return type("C", (kind,), methods)


def test_what_is_written_in_place_is_refused_before_it_spoils_the_way_back():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))

    def equations(self, x, h):
        h *= 0.5
        return {"z": h, "n": h, "h": h}

    def step_back(self, now, x, before, dh):
        n = now["n"]
        n **= 2
        return UpdateGateRNN.step_back(self, now, x, before, dh)

    refused(lambda: changed(equations=equations)(4, 5).forward(x), ValueError, "writes into what it was given")
    refused(
        lambda: changed(equations=equations)(4, 5).step(x[:, 0], np.ones((2, 5))),
        ValueError,
        "writes into what it was given",
    )
    cell = changed(step_back=step_back)(4, 5)
    cell.forward(x)
    refused(lambda: cell.backward(np.ones((2, 3, 5))), ValueError, "writes into what it was given")


def test_gradients_may_be_written_in_place():
    def step_back(self, now, x, before, dh):
        dh *= 1.0
        result = UpdateGateRNN.step_back(self, now, x, before, dh.copy())
        dh[:] = np.nan
        return result

    x = np.random.default_rng(0).normal(size=(3, 4, 3))
    for lengths in (None, [4, 1, 2]):
        plain, cell = UpdateGateRNN(3, 5, seed=1), changed(step_back=step_back)(3, 5, seed=1)
        grads = []
        for each in (plain, cell):
            each.forward(x, lengths=lengths)
            grads.append(each.backward(np.ones((3, 4, 5))))
        close(grads[0].x, grads[1].x)


@pytest.mark.parametrize("lengths", [None, [4, 1, 2]])
def test_gradients_may_be_handed_through_as_they_came(lengths):
    """Two states that change places: what step_back returns are the very arrays that it got."""

    class Swap(Cell):
        state_fields = ("h", "m")

        def equations(self, x, h, m):
            return {"h": m, "m": h}

        def step_back(self, now, x, before, dh, dm):
            return {}, (dm, dh), {}

    cell, rng = Swap(3, 5), np.random.default_rng(0)
    last = cell.State(*rng.normal(size=(2, 3, 5)))
    kept = copy.deepcopy(last)
    cell.forward(np.ones((3, 4, 3)), lengths=lengths)
    dh, dm = cell.backward(grad_state=last).state
    for k, length in enumerate(lengths or [4] * 3):
        want = (last.h[k], last.m[k]) if length % 2 == 0 else (last.m[k], last.h[k])
        assert (dh[k] == want[0]).all() and (dm[k] == want[1]).all()
    assert (last.h == kept.h).all() and (last.m == kept.m).all()


def test_padding_is_never_read():
    """What divides by x meets no zero of the padding."""

    class Divides(UpdateGateRNN):
        def shapes(self):
            return super().shapes() | {"k": ()}

        def equations(self, x, h):
            now = super().equations(x, h)
            return now | {"h": now["h"] + self.k / x[:, :1]}

        def step_back(self, now, x, before, dh):
            da, grads, _ = super().step_back(now, x, before, dh)
            slope = -(dh * self.k / x[:, :1] ** 2).sum(1, keepdims=True)
            return da, grads, {"k": (dh / x[:, :1]).sum(), "x": slope @ np.eye(1, 4)}

    x = np.random.default_rng(0).normal(size=(3, 5, 4))
    cell, lengths = Divides(4, 5, seed=1), np.array([5, 2, 1])
    for k, length in enumerate(lengths):
        x[k, length:] = 0
    h, _ = cell.forward(x, lengths=lengths)
    grads = cell.backward(np.ones_like(h))
    assert np.isfinite(h).all() and np.isfinite(grads.x).all() and grads.parameters["k"].shape == ()
    alone = 0
    for k, length in enumerate(lengths):
        cell.forward(x[k : k + 1, :length])
        part = cell.backward(np.ones((1, length, 5)))
        close(grads.x[k, :length], part.x[0])
        alone += part.parameters["k"]
    close(grads.parameters["k"], alone)
    report = check_gradients(cell, x[:, :1])
    assert report.passed and {"k", "x"} <= report.rows.keys()


def test_a_cell_without_gates():
    class Leak(Cell):
        gates = ()

        def shapes(self):
            return super().shapes() | {"W_in": (self.hidden_size, self.input_size)}

        def equations(self, x, h):
            return {"h": 0.9 * h + x @ self.W_in.T}

        def step_back(self, now, x, before, dh):
            return {}, self.State(0.9 * dh), {"W_in": dh.T @ x, "x": dh @ self.W_in}

    assert check_gradients(Leak(3, 5), np.random.default_rng(0).normal(size=(2, 4, 3))).passed


def test_a_subclass_with_other_gates_reads_its_own_rows():
    class Coupled(LSTM):
        gates = ("f", "c", "o")

    cell = Coupled(3, 4)
    refused(lambda: cell.W_xi, AttributeError, "this Coupled has no W_xi")
    refused(lambda: setattr(cell, "b_i", np.ones(4)), AttributeError, "this Coupled has no b_i")
    assert np.shares_memory(cell.W_xf, cell.W_x[:4]) and not np.shares_memory(cell.W_xf, cell.W_x[4:])

    class Reordered(LSTM):
        gates = ("f", "i", "c", "o")

    cell, x = Reordered(3, 4, seed=1), np.random.default_rng(0).normal(size=(2, 1, 3))
    close(cell.forward(x)[0][:, 0], cell.step(x[:, 0])[0])
    refused(cell.to_torch, ValueError, "this Reordered has equations of its own")
    refused(lambda: type("P", (LSTM,), {"b_f": property(lambda self: 0)})(3, 4), TypeError, "a parameter 'b_f'")


def test_names_that_mean_something_else_are_refused():
    def named(name, shape=(2,)):
        return lambda: changed(shapes=lambda self: UpdateGateRNN.shapes(self) | {name: shape})(3, 4)

    for name in ("fast", "dtype", "_last", "parameters"):
        refused(named(name), TypeError, f"C has a parameter {name!r}")
    refused(named("W_hz"), TypeError, "C has a parameter 'W_hz'")
    refused(named("x"), TypeError, "that is the input's or a state's name")
    refused(lambda: changed(fast=0.9), TypeError, "C.fast is 0.9, it must be a Walk or None")
    refused(lambda: changed(gates={"z", "n"}), TypeError, "it must be a tuple of names that differ")
    refused(lambda: changed(gates=("z", "z")), TypeError, "it must be a tuple of names that differ")
    assert changed(gates=["z", "n"]).gates == ("z", "n")

    class Option(PeepholeLSTM):
        def __init__(self, *sizes):
            self.p_drop = 0.5
            super().__init__(*sizes)

    cell = Option(3, 4)
    cell.p_drop = 0.0
    assert cell.p_drop == 0.0

    class Late(UpdateGateRNN):
        def shapes(self):
            return super().shapes() | {"W_m": (self.k, 2)}

    refused(lambda: Late(3, 4), AttributeError, "this Late has no k before super().__init__(…) has run")


def test_a_value_that_is_not_finite_stops_with_the_step():
    class Logs(Cell):
        state_fields = ("h", "m")

        def equations(self, x, h, m):
            with np.errstate(all="ignore"):
                m = 0.9 * m + x[:, :1] + np.zeros((1, self.hidden_size))
                return {"h": np.log(m + 1), "m": m}

    x = np.array([0.5, -5, 9, 3, 3])[None, :, None]
    refused(lambda: Logs(1, 2).forward(x), FloatingPointError, "h is not finite from step 1 of the walk on: this Logs")


def test_an_output_of_another_name_in_a_stack():
    class Named(Cell):
        gates, state_fields = ("s",), ("s",)

        def shapes(self):
            return {"W_x": (self.hidden_size, self.input_size), "b": (self.hidden_size,)}

        def equations(self, x, s):
            return {"s": np.tanh(x @ self.W_xs.T + self.b_s) + s}

    stack, x = Stack([Named(3, 4), Bidirectional(Named(4, 2), Named(4, 2))]), np.ones((1, 3, 3))
    assert stack.trace(x)[1][0].s.shape == (1, 3, 2) and stack.forward(x)[0].shape == (1, 3, 4)


def test_cells_that_have_no_module_in_torch():
    class Own(MinGRU):
        def equations(self, x, h):
            return super().equations(x, 0.5 * h)

    refused(lambda: Own.from_torch(MinGRU(3, 4).to_torch()), ValueError, "this Own has equations of its own")
    refused(Stack([MinGRU(3, 4)]).to_torch, ValueError, "layers of MinGRU have no PyTorch module together")


def test_checking_leaves_the_cell_as_it_was():
    cell, x = UpdateGateRNN(3, 5, seed=1), np.ones((1, 2, 3))
    kept = {name: value.copy() for name, value in cell.parameters.items()}
    cell.forward(x)
    check_gradients(cell, x)
    assert all((cell.parameters[name] == value).all() for name, value in kept.items())
    refused(cell.backward, RuntimeError, "backward needs a forward before it")
    calls = iter([None] * 20)

    def equations(self, x, h):
        next(calls)  # StopIteration in the middle of the differences
        return UpdateGateRNN.equations(self, x, h)

    cell = changed(equations=equations)(3, 5, seed=1)
    with pytest.raises(StopIteration):
        check_gradients(cell, x)
    assert all((cell.parameters[name] == value).all() for name, value in kept.items())


def test_a_witness_that_says_nan_disagrees():
    class Root(UpdateGateRNN):
        def shapes(self):
            return super().shapes() | {"k": (5,)}

        def equations(self, x, h):
            with np.errstate(invalid="ignore"):
                root = np.where(self.k > 0, np.sqrt(self.k), 0.0)
            return super().equations(x, h) | {"h": super().equations(x, h)["h"] + root}

        def step_back(self, now, x, before, dh):
            da, grads, _ = super().step_back(now, x, before, dh)
            with np.errstate(invalid="ignore"):
                return da, grads, {"k": np.where(self.k > 0, 0.5 / np.sqrt(self.k), 123.0) * dh.sum(0)}

    cell = Root(3, 5, seed=1)
    cell.k = np.array([1.0, 2.0, -0.5, 1.0, 1.0])
    assert ("k", WITNESSES[1]) in check_gradients(cell, np.ones((1, 2, 3)), entries=1).disagreements


def test_what_check_gradients_cannot_take():
    cell, x = UpdateGateRNN(3, 5), np.ones((1, 2, 3))
    refused(lambda: check_gradients(Stack([cell]), x), TypeError, "cell is a Stack, check_gradients takes one cell")
    refused(lambda: check_gradients(cell, np.ma.masked_equal(x, 1)), TypeError, "x is a masked array")
    refused(lambda: check_gradients(cell, x, seed="a"), TypeError, "seed is 'a'")
    assert check_gradients(cell, x, state=[[0.1] * 5]).passed
    refused(lambda: UpdateGateRNN(3, 4, dtype=None), TypeError, "dtype is None")
