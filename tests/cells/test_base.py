"""What holds of every kind of cell: equal to torch forward and back, equal to itself, and shut to bad input."""

import copy
import pickle

import numpy as np
import pytest
from cell_kinds import OURS, TORCH, arrays, close, every_kind, make, random_like, random_torch, refused
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_oracle import through_module

from rnn_course.cells import LSTM, LSTMState, Stack

# batch, time, input and hidden all differ; each of them is one in some of the cases
sizes = st.lists(st.integers(1, 9), min_size=4, max_size=4, unique=True)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    shape=sizes,
    kind=st.sampled_from(sorted(TORCH)),
    layers=st.integers(1, 3),
    bidirectional=st.booleans(),
    with_lengths=st.booleans(),
    bias=st.sampled_from([True, True, True, False]),
    seed=st.integers(0, 10**6),
)
def test_equals_torch_forward_and_backward(shape, kind, layers, bidirectional, with_lengths, bias, seed):
    batch, time, inputs, hidden = shape
    rng = np.random.default_rng(seed)
    module = random_torch(kind, rng, inputs, hidden, num_layers=layers, bidirectional=bidirectional, bias=bias)
    net = Stack.from_torch(module)
    x = rng.normal(size=(batch, time, inputs))
    lengths = rng.integers(1, time + 1, batch) if with_lengths else None
    state = random_like(net.forward(x)[1], rng)
    h, last = net.forward(x, state, lengths)
    grad_h, grad_last = rng.normal(size=h.shape), random_like(last, rng)
    grads = net.backward(grad_h, grad_last)

    wanted = through_module(module, x, arrays(state), grad_h, arrays(grad_last), lengths)
    close(h, wanted.h, "h")
    close(grads.x, wanted.x, "grads.x")
    for got, want in zip(arrays(last), wanted.last, strict=True):
        close(got, want, "last state")
    for got, want in zip(arrays(grads.state), wanted.first, strict=True):
        close(got, want, "grads.state")
    assert grads.parameters.keys() == net.parameters.keys()
    assert (wanted.parameters.keys() == net.parameters.keys()) == bias
    for name, want in wanted.parameters.items():
        close(grads.parameters[name], want, name)


@every_kind
@pytest.mark.parametrize("with_lengths", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_step_repeated_equals_forward(kind, reverse, with_lengths):
    rng = np.random.default_rng(3)
    cell, x = make(kind), rng.normal(size=(4, 7, 3))
    lengths = np.array([7, 1, 4, 6]) if with_lengths else np.full(4, 7)
    state = random_like(cell.forward(x)[1], rng)
    h, last = cell.forward(x, state, lengths, reverse)
    for k, length in enumerate(lengths):
        one = type(state)(*(a[k : k + 1] for a in state)) if kind == "lstm" else state[k : k + 1]
        for t in sorted(range(length), reverse=reverse):
            h_t, one = cell.step(x[k : k + 1, t], one)
            close(h[k, t], h_t[0], f"h of sequence {k} at {t}")
        assert not h[k, length:].any()
        for got, want in zip(arrays(last), arrays(one), strict=True):
            close(got[k], want[0], f"last state of sequence {k}")


@every_kind
def test_reverse_with_lengths_has_the_gradients_of_the_turned_sequences(kind):
    rng = np.random.default_rng(4)
    cell, x, lengths = make(kind), rng.normal(size=(3, 6, 3)), np.array([6, 2, 5])
    grad_h = rng.normal(size=(3, 6, 5))
    cell.forward(x, lengths=lengths, reverse=True)
    grads = cell.backward(grad_h)
    total = {name: 0 for name in cell.parameters}
    for k, length in enumerate(lengths):
        cell.forward(x[k : k + 1, :length][:, ::-1])
        alone = cell.backward(grad_h[k : k + 1, :length][:, ::-1])
        close(grads.x[k, :length], alone.x[0, ::-1], "grads.x")
        assert not grads.x[k, length:].any()
        total = {name: value + alone.parameters[name] for name, value in total.items()}
    for name, want in total.items():
        close(grads.parameters[name], want, name)


@every_kind
def test_trace_gives_every_gate_and_leaves_backward_alone(kind):
    rng = np.random.default_rng(5)
    cell, x, lengths = make(kind), rng.normal(size=(2, 6, 3)), np.array([6, 4])
    h, _ = cell.forward(x, lengths=lengths)
    before = cell.backward(h)
    trace = cell.trace(rng.normal(size=(2, 6, 3)))
    after = cell.backward(h)
    assert all((before.parameters[k] == after.parameters[k]).all() for k in before.parameters)

    trace = cell.trace(x, lengths=lengths)
    fields = {"tanh": "ah", "relu": "ah", "gru": "rznh", "gru before": "rznh"}
    assert list(trace) == list(fields.get(kind, ["i", "f", "C_tilde", "o", "C", "h"]))
    assert (trace.h == h).all() and all((values[1, 4:] == 0).all() for values in trace.values.values())
    with pytest.raises(AttributeError, match="this trace has no 'forget', it has"):
        _ = trace.forget


@every_kind
def test_what_was_returned_stays_as_it_was(kind):
    rng = np.random.default_rng(6)
    cell, x = make(kind), rng.normal(size=(1, 4, 3))
    h, last = cell.forward(x)
    grads = cell.backward(h, last)
    kept = copy.deepcopy((h, last, grads.x, grads.state, grads.parameters))
    h_2, last_2 = cell.forward(x + 1)
    cell.backward(h_2, last_2)
    cell.step(x[:, 0], last)
    for now, then in zip((h, last, grads.x, grads.state), kept[:4], strict=True):
        assert all((a == b).all() for a, b in zip(arrays(now), arrays(then), strict=True))
    assert all((grads.parameters[k] == kept[4][k]).all() for k in kept[4])


@every_kind
def test_backward_goes_with_the_forward_that_was(kind):
    """Twice gives the same twice; writing to x, to the weights or to the result in between changes nothing."""
    rng = np.random.default_rng(7)
    cell, x = make(kind), rng.normal(size=(2, 5, 3))
    h, last = cell.forward(x)
    grad_h = rng.normal(size=h.shape)
    first = cell.backward(grad_h, last)
    x += 1
    h += 1
    for value in cell.parameters.values():
        value *= 1.5
    second = cell.backward(grad_h, copy.deepcopy(last))
    assert (first.x == second.x).all()
    assert all((first.parameters[k] == second.parameters[k]).all() for k in first.parameters)


@every_kind
def test_float32_agrees_with_float64(kind):
    rng = np.random.default_rng(8)
    cell, narrow = make(kind), make(kind, dtype=np.float32)
    for name, value in narrow.parameters.items():
        value[...] = cell.parameters[name]
    x = rng.normal(size=(3, 20, 3))
    (h, _), (h_32, last_32) = cell.forward(x), narrow.forward(x.astype(np.float32))
    grads, grads_32 = cell.backward(h), narrow.backward(h_32, None)
    assert {a.dtype for a in (h_32, *arrays(last_32), grads_32.x, *grads_32.parameters.values())} == {
        np.dtype("float32")
    }
    np.testing.assert_allclose(h_32, h, atol=2e-6)
    np.testing.assert_allclose(grads_32.x, grads.x, atol=2e-5)


@every_kind
def test_a_cell_survives_copying_and_pickling(kind):
    cell, x = make(kind), np.random.default_rng(9).normal(size=(2, 4, 3))
    cell.backward(cell.forward(x)[0])  # so that there are working arrays to leave behind
    for other in (copy.deepcopy(cell), pickle.loads(pickle.dumps(cell))):
        assert (other.forward(x)[0] == cell.forward(x)[0]).all()
        other.W_x *= 2
        assert (other.forward(x)[0] != cell.forward(x)[0]).any()


def test_bad_input_is_refused_with_one_clear_sentence():
    cell, x = LSTM(4, 5), np.random.default_rng(0).normal(size=(2, 6, 4))
    refused(lambda: cell.forward(x[:, :, :3]), ValueError, "x has 3 features, this LSTM was built for input_size=4")
    refused(lambda: cell.step(x[:, 0, :3]), ValueError, "x_t has 3 features, this LSTM was built for input_size=4")
    refused(lambda: cell.forward(x[0]), ValueError, "x has shape (6, 4), wanted (batch, time, input=4)")
    refused(lambda: cell.forward(x[:, :0]), ValueError, "no axis of (batch, time, input=4) may be empty")
    refused(lambda: cell.forward(x.astype(np.float32)), TypeError, "x has dtype float32, this LSTM computes in float64")
    refused(lambda: cell.forward(x.astype(int)), TypeError, "x has dtype int64")
    holes = x.copy()
    holes[1, 2, 3] = np.nan
    refused(lambda: cell.forward(holes), ValueError, "x has nan at [1, 2, 3] (1 such values in all)")
    refused(lambda: cell.forward(x, np.zeros((2, 5))), TypeError, "state is a ndarray, this LSTM wants LSTMState(h, C)")
    state = LSTMState(np.zeros((2, 5)), np.zeros((2, 4)))
    refused(lambda: cell.forward(x, state), ValueError, "state.C has shape (2, 4), wanted (batch=2, hidden=5)")
    refused(lambda: LSTM(4, 5).backward(np.zeros((2, 6, 5))), RuntimeError, "backward needs a forward before it")
    cell.forward(x)
    wanted = "grad_h has shape (2, 6, 4), wanted (batch=2, time=6"
    refused(lambda: cell.backward(np.zeros((2, 6, 4))), ValueError, wanted)
    refused(lambda: LSTM(0, 5), ValueError, "input_size is 0, it must be at least 1")
    refused(lambda: LSTM(4, 2.5), TypeError, "hidden_size is 2.5, it must be a whole number")


def test_nothing_is_cast_dropped_or_mistaken_in_silence():
    cell, x = LSTM(4, 5), np.ones((2, 6, 4))
    refused(lambda: cell.forward([[1, 2], [3]]), ValueError, "x cannot be made an array of numbers")
    refused(lambda: cell.forward(np.ma.masked_values(x, 1.0)), TypeError, "x is a masked array")
    refused(lambda: cell.forward(x, reverse="no"), ValueError, "reverse is 'no', it must be one of False, True")
    refused(lambda: cell.trace(x)["g"], KeyError, "this trace has no 'g', it has i, f, C_tilde, o, C, h")
    cell.W_x[1, 2] = np.nan
    refused(lambda: cell.forward(x), ValueError, "W_x has nan at [1, 2]")


KINDS = st.sampled_from(sorted(OURS))


@settings(max_examples=500, deadline=None)
@given(shape=sizes, kind=KINDS, seed=st.integers(0, 10**6))
def test_a_sequence_is_a_loop_of_steps_and_rows_know_nothing_of_each_other(shape, kind, seed):
    batch, time, inputs, hidden = shape
    cell, rng = make(kind, inputs, hidden, seed=seed), np.random.default_rng(seed)
    x = rng.normal(size=(batch, time, inputs))
    h, state = cell.forward(x)
    stepped, walked = None, []
    for t in range(time):
        h_t, stepped = cell.step(x[:, t], stepped)
        walked.append(h_t)
    close(np.stack(walked, axis=1), h)
    close(np.stack(stepped), np.stack(state))
    row = int(rng.integers(batch))
    close(cell.forward(x[row : row + 1])[0], h[row : row + 1])
    other = x.copy()
    other[np.arange(batch) != row] += 1
    close(cell.forward(other)[0][row], h[row])


@settings(max_examples=500, deadline=None)
@given(shape=sizes, kind=KINDS, seed=st.integers(0, 10**6))
def test_to_walk_backward_is_to_walk_forward_over_what_is_turned_round(shape, kind, seed):
    batch, time, inputs, hidden = shape
    cell, rng = make(kind, inputs, hidden, seed=seed), np.random.default_rng(seed)
    x, lengths = rng.normal(size=(batch, time, inputs)), rng.integers(1, time + 1, batch)
    h, state = cell.forward(x, lengths=lengths, reverse=True)
    for row, length in enumerate(lengths):
        turned, last = cell.forward(x[row : row + 1, :length][:, ::-1])
        close(h[row, :length], turned[0, ::-1])
        assert not h[row, length:].any()
        close(np.stack(state)[..., row, :], np.stack(last)[..., 0, :])


@settings(max_examples=500, deadline=None)
@given(shape=sizes, kind=KINDS, seed=st.integers(0, 10**6))
def test_the_gradient_is_that_of_finite_differences_along_any_direction(shape, kind, seed):
    """L(θ + ε d) − L(θ − ε d) over 2ε is ∂L/∂θ · d, for all parameters and x at once."""
    batch, time, inputs, hidden = shape
    cell, rng = make(kind, inputs, hidden, seed=seed), np.random.default_rng(seed)
    x = rng.normal(size=(batch, time, inputs))
    h, _ = cell.forward(x)
    A = rng.normal(size=h.shape)
    grads = cell.backward(A)
    arrays = {"x": x, **cell.parameters}
    directions = {name: rng.normal(size=value.shape) for name, value in arrays.items()}
    along = sum((directions[name] * grad).sum() for name, grad in {"x": grads.x, **grads.parameters}.items())
    values, width = [], 1e-6
    for step in (width, -2 * width):
        for name, value in arrays.items():
            value += step * directions[name]
        values.append((cell.forward(x)[0] * A).sum())
    slope = (values[0] - values[1]) / (2 * width)
    if kind != "relu":  # whose slope jumps at 0, where a small step may lead across
        assert abs(slope - along) < 1e-6 * max(1, abs(along), sum(np.abs(d).sum() for d in directions.values()))
