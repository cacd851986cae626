"""The NumPy cells against torch.nn, against themselves, and against bad input."""

import copy
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_course.cells import GRU, LSTM, Adam, Bidirectional, LSTMState, Readout, SimpleRNN, Stack, clip_norm

TORCH = {
    "tanh": (torch.nn.RNN, {"nonlinearity": "tanh"}),
    "relu": (torch.nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (torch.nn.LSTM, {}),
    "gru": (torch.nn.GRU, {}),
}
OURS = {
    "tanh": (SimpleRNN, {}),
    "relu": (SimpleRNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM, {}),
    "gru": (GRU, {}),
    "gru before": (GRU, {"reset_after": False}),
}
every_kind = pytest.mark.parametrize("kind", OURS)
# batch, time, input and hidden all differ; each of them is one in some of the cases
sizes = st.lists(st.integers(1, 9), min_size=4, max_size=4, unique=True)


def close(got, want, what):
    want = want.detach().numpy() if isinstance(want, torch.Tensor) else want
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * max(1.0, float(np.abs(want).max())), err_msg=what)


def make(kind, input_size=3, hidden_size=5, seed=1, **options):
    """A cell of this kind with random non-zero weights and biases."""
    cls, fixed = OURS[kind]
    return cls(input_size, hidden_size, seed=seed, **fixed, **options)


def arrays(state):
    """All arrays of a state, in order."""
    return [state] if isinstance(state, np.ndarray) else [a for part in state for a in arrays(part)]


def random_like(state, rng):
    """A state of the same structure with random non-zero values."""
    if isinstance(state, np.ndarray):
        return rng.normal(size=state.shape).astype(state.dtype)
    filled = [random_like(part, rng) for part in state]
    return LSTMState(*filled) if isinstance(state, LSTMState) else type(state)(filled)


def to_torch_state(state, kind):
    """Our state in PyTorch's layout: (layers · directions, batch, hidden), for the LSTM a pair of those."""
    flat = arrays(state)
    fields = (flat[0::2], flat[1::2]) if kind == "lstm" else (flat,)
    return tuple(torch.tensor(np.stack(f), requires_grad=True) for f in fields)


def from_torch_state(fields):
    """The reverse: a flat list in the order of `arrays`."""
    return [f[k] for k in range(len(fields[0])) for f in fields]


def run_torch(module, x, first, lengths):
    """Output and last state (a tuple of fields) of a torch module, padded sequences packed."""
    first = first if len(first) == 2 else first[0]
    if lengths is None:
        out, last = module(x, first)
    else:
        pack = torch.nn.utils.rnn.pack_padded_sequence
        out, last = module(pack(x, torch.tensor(lengths), batch_first=True, enforce_sorted=False), first)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    return out, last if isinstance(last, tuple) else (last,)


def torch_gradient(module, name):
    """PyTorch's gradient of what we call `name`, such as "1.backward.W_h"; None where the module has no biases."""
    layer, *direction, key = name.split(".")
    kinds = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih", "b_hn": "bias_hh"}
    parameter = getattr(module, f"{kinds[key]}_l{layer}" + "_reverse" * (direction == ["backward"]), None)
    if parameter is None:
        return None
    return parameter.grad[2 * module.hidden_size :] if key == "b_hn" else parameter.grad


def random_torch(kind, rng, inputs, hidden, **layers):
    cls, options = TORCH[kind]
    module = cls(inputs, hidden, batch_first=True, dtype=torch.float64, **options, **layers)
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, 0.6, p.shape)))
    return module


@settings(max_examples=400, deadline=None, derandomize=True)
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

    x_torch, first = torch.tensor(x, requires_grad=True), to_torch_state(state, kind)
    out, want_last = run_torch(module, x_torch, first, lengths)
    seeds = (torch.from_numpy(grad_h), *(g.detach() for g in to_torch_state(grad_last, kind)))
    torch.autograd.backward((out, *want_last), seeds)

    close(h, out, "h")
    close(grads.x, x_torch.grad, "grads.x")
    for got, want in zip(arrays(last), from_torch_state(want_last), strict=True):
        close(got, want, "last state")
    for got, want in zip(arrays(grads.state), from_torch_state([f.grad for f in first]), strict=True):
        close(got, want, "grads.state")
    wanted = {name: torch_gradient(module, name) for name in grads.parameters}
    assert grads.parameters.keys() == net.parameters.keys() and (bias or None in wanted.values())
    for name, want in wanted.items():
        if want is not None:
            close(grads.parameters[name], want, name)


def gru_before(cell, x, h):
    """The reset-before GRU as torch operations, an oracle of its own: PyTorch has no such module."""
    p = {name: torch.tensor(value, requires_grad=True) for name, value in cell.parameters.items()}
    outputs, H = [], cell.hidden_size
    W_x, W_h, b = (p[k].split(H) for k in ("W_x", "W_h", "b"))
    for t in range(x.shape[1]):
        r = torch.sigmoid(x[:, t] @ W_x[0].T + h @ W_h[0].T + b[0])
        z = torch.sigmoid(x[:, t] @ W_x[1].T + h @ W_h[1].T + b[1])
        n = torch.tanh(x[:, t] @ W_x[2].T + (r * h) @ W_h[2].T + b[2])
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.stack(outputs, 1), p


@settings(max_examples=60, deadline=None, derandomize=True)
@given(shape=sizes, seed=st.integers(0, 10**6))
def test_reset_before_equals_autograd(shape, seed):
    batch, time, inputs, hidden = shape
    rng = np.random.default_rng(seed)
    cell = GRU(inputs, hidden, reset_after=False, seed=rng)
    x, first = rng.normal(size=(batch, time, inputs)), rng.normal(size=(batch, hidden))
    h, last = cell.forward(x, first)
    grad_h, grad_last = rng.normal(size=h.shape), rng.normal(size=last.shape)
    grads = cell.backward(grad_h, grad_last)

    x_torch, first_torch = torch.tensor(x, requires_grad=True), torch.tensor(first, requires_grad=True)
    out, parameters = gru_before(cell, x_torch, first_torch)
    torch.autograd.backward((out, out[:, -1]), (torch.from_numpy(grad_h), torch.from_numpy(grad_last)))
    close(h, out, "h")
    close(grads.x, x_torch.grad, "grads.x")
    close(grads.state, first_torch.grad, "grads.state")
    for name, parameter in parameters.items():
        close(grads.parameters[name], parameter.grad, name)


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
    if kind == "lstm":
        C_before = np.concatenate([np.zeros((1, 1, 5)), trace.C[:1, :-1]], axis=1)
        close(trace.C[:1], trace.f[:1] * C_before + trace.i[:1] * trace.C_tilde[:1], "C")
        close(trace.h[:1], trace.o[:1] * np.tanh(trace.C[:1]), "h")
    elif kind.startswith("gru"):
        h_before = np.concatenate([np.zeros((1, 1, 5)), h[:1, :-1]], axis=1)
        close(h[:1], (1 - trace.z[:1]) * trace.n[:1] + trace.z[:1] * h_before, "h")
    else:
        close(h[:1], np.tanh(trace.a[:1]) if kind == "tanh" else np.maximum(trace.a[:1], 0), "h")
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


def test_named_views_are_the_equations_rows_and_write_through():
    cell = LSTM(3, 5, seed=2)
    for k, gate in enumerate("ifco"):
        assert np.shares_memory(getattr(cell, f"W_x{gate}"), cell.W_x)
        assert (getattr(cell, f"W_h{gate}") == cell.W_h[5 * k : 5 * k + 5]).all()
    cell.b_f = np.full(5, 7.0)
    assert (cell.parameters["b"][5:10] == 7).all() and not (cell.b[:5] == 7).any()
    gru = GRU(3, 5)
    assert [np.shares_memory(view, gru.W_x[5:10]) for view in (gru.W_xr, gru.W_xz, gru.W_xn)] == [False, True, False]
    assert "b_hn" in gru.parameters and "b_hn" not in GRU(3, 5, reset_after=False).parameters
    rnn = SimpleRNN(3, 5)
    assert np.shares_memory(rnn.W_xh, rnn.W_x) and rnn.W_hh.shape == (5, 5) and rnn.b_h.shape == (5,)


def test_first_weights_are_uniform_within_one_over_root_hidden_and_seeded():
    cell = LSTM(40, 64, seed=3)
    values = np.concatenate([v.ravel() for v in cell.parameters.values()])
    bound = 1 / np.sqrt(64)
    assert np.abs(values).max() <= bound and np.abs(values.std() - bound / np.sqrt(3)) < 0.01 * bound
    assert (cell.W_x == LSTM(40, 64, seed=3).W_x).all() and (cell.W_x != LSTM(40, 64, seed=4).W_x).any()


@every_kind
def test_a_cell_survives_copying_and_pickling(kind):
    cell, x = make(kind), np.random.default_rng(9).normal(size=(2, 4, 3))
    cell.backward(cell.forward(x)[0])  # so that there are working arrays to leave behind
    for other in (copy.deepcopy(cell), pickle.loads(pickle.dumps(cell))):
        assert (other.forward(x)[0] == cell.forward(x)[0]).all()
        other.W_x *= 2
        assert (other.forward(x)[0] != cell.forward(x)[0]).any()


@pytest.mark.parametrize("kind", TORCH)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_to_torch_and_back(kind, dtype):
    rng = np.random.default_rng(10)
    cell = make(kind, dtype=dtype)
    module = cell.to_torch()
    x = rng.normal(size=(2, 6, 3)).astype(dtype)
    np.testing.assert_allclose(module(torch.from_numpy(x))[0].detach(), cell.forward(x)[0], atol=1e-6)
    back = type(cell).from_torch(module)
    assert back.dtype == dtype and all((back.parameters[k] == v).all() for k, v in cell.parameters.items())
    stack = Stack(
        [Bidirectional(make(kind), make(kind, seed=2)), Bidirectional(make(kind, 10), make(kind, 10, seed=3))]
    )
    x = x.astype(float)
    close(stack.forward(x)[0], stack.to_torch()(torch.from_numpy(x))[0], "stack")


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


def bad(call, error, sentence):
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)


def test_bad_input_is_refused_with_one_clear_sentence():
    cell, x = LSTM(4, 5), np.random.default_rng(0).normal(size=(2, 6, 4))
    bad(lambda: cell.forward(x[:, :, :3]), ValueError, "x has 3 features, this LSTM was built for input_size=4")
    bad(lambda: cell.step(x[:, 0, :3]), ValueError, "x has 3 features, this LSTM was built for input_size=4")
    bad(lambda: cell.forward(x[0]), ValueError, "x has shape (6, 4), wanted (batch, time, input=4)")
    bad(lambda: cell.forward(x[:, :0]), ValueError, "no axis of (batch, time, input=4) may be empty")
    bad(lambda: cell.forward(x.astype(np.float32)), TypeError, "x has dtype float32, this LSTM computes in float64")
    bad(lambda: cell.forward(x.astype(int)), TypeError, "x has dtype int64")
    holes = x.copy()
    holes[1, 2, 3] = np.nan
    bad(lambda: cell.forward(holes), ValueError, "x has nan at [1, 2, 3] (1 such values in all)")
    bad(lambda: cell.forward(x, lengths=[6, 7]), ValueError, "lengths[1] is 7, x has 6 steps: it must be from 1 to 6")
    bad(lambda: cell.forward(x, lengths=[0, 6]), ValueError, "lengths[0] is 0")
    bad(lambda: cell.forward(x, lengths=[6]), ValueError, "lengths has shape (1,), wanted (batch=2,)")
    bad(lambda: cell.forward(x, lengths=[6.0, 5.0]), TypeError, "lengths has dtype float64")
    bad(lambda: cell.forward(x, np.zeros((2, 5))), TypeError, "state is a ndarray, this LSTM wants LSTMState(h, C)")
    state = LSTMState(np.zeros((2, 5)), np.zeros((2, 4)))
    bad(lambda: cell.forward(x, state), ValueError, "state.C has shape (2, 4), wanted (batch=2, hidden=5)")
    bad(lambda: LSTM(4, 5).backward(np.zeros((2, 6, 5))), RuntimeError, "backward needs a forward before it")
    cell.forward(x)
    bad(lambda: cell.backward(np.zeros((2, 6, 4))), ValueError, "grad_h has shape (2, 6, 4), wanted (batch=2, time=6")
    bad(lambda: LSTM(0, 5), ValueError, "input_size is 0, it must be at least 1")
    bad(lambda: LSTM(4, 2.5), TypeError, "hidden_size is 2.5, it must be a whole number")
    bad(lambda: LSTM(4, 5, seed="a"), TypeError, "seed is 'a', it must be a whole number")
    bad(lambda: Readout(4, 5, seed=-1), ValueError, "seed is -1, it must be at least 0")
    bad(lambda: clip_norm([x], 1), TypeError, "grads is a list, it must be a mapping of names to arrays")
    bad(lambda: Adam([x]), TypeError, "parameters is a list, it must be a mapping of names to arrays")
    bad(lambda: Adam({"x": x}).step([x]), TypeError, "grads is a list, it must be a mapping of names to arrays")
    bad(lambda: LSTM(4, 5, dtype="half a float"), TypeError, "dtype is half a float, LSTM computes in float32 or")
    bad(lambda: LSTM(4, 5, dtype=np.int32), TypeError, "dtype is int32, LSTM computes in float32 or float64")
    bad(
        lambda: SimpleRNN(4, 5, nonlinearity="gelu"),
        ValueError,
        "nonlinearity is 'gelu', it must be one of 'tanh', 'relu'",
    )
    bad(lambda: setattr(cell, "b_f", np.zeros(4)), ValueError, "b_f has shape (4,), this LSTM wants (5,)")
    bad(lambda: setattr(cell, "b_f", np.full(5, np.inf)), ValueError, "b_f has inf at [0]")
    bad(lambda: cell.parameters.update(b=1), AttributeError, "update")


def test_bad_combinations_are_refused():
    bad(lambda: Stack([]), ValueError, "cells is empty")
    bad(
        lambda: Stack([LSTM(3, 4), GRU(5, 2)]), ValueError, "layer 1 has input_size=5, the layer below gives 4 features"
    )
    bad(lambda: Stack([LSTM(3, 4), GRU(4, 2, dtype="float32")]), ValueError, "layer 1 computes in float32")
    bad(lambda: Stack([LSTM(3, 4)]).forward(np.ones((1, 2, 3)), [None] * 2), ValueError, "state has 2 parts")
    bad(lambda: Bidirectional(LSTM(3, 4), LSTM(3, 5)), ValueError, "forward_cell has hidden_size=4, backward_cell has")
    cell = LSTM(3, 4)
    bad(lambda: Bidirectional(cell, cell), ValueError, "the directions have weights of their own")
    bad(lambda: GRU(3, 4, reset_after=False).to_torch(), ValueError, "it has no PyTorch equal")
    bad(lambda: LSTM.from_torch(torch.nn.GRU(3, 4)), TypeError, "module is a GRU, LSTM.from_torch wants torch.nn.LSTM")
    bad(lambda: LSTM.from_torch(torch.nn.LSTM(3, 4, 2)), ValueError, "module has num_layers=2")
    bad(lambda: LSTM.from_torch(torch.nn.LSTM(3, 4, proj_size=2)), ValueError, "module has proj_size=2")
    bad(lambda: Stack.from_torch(torch.nn.Linear(3, 4)), TypeError, "module is a Linear")
    bad(lambda: Stack([LSTM(3, 4), GRU(4, 4)]).to_torch(), ValueError, "mixes kinds, sizes or directions")


def test_nothing_is_cast_dropped_or_mistaken_in_silence():
    cell, x = LSTM(4, 5), np.ones((2, 6, 4))
    bad(lambda: cell.forward([[1, 2], [3]]), ValueError, "x cannot be made an array of numbers")
    bad(lambda: cell.forward(np.ma.masked_values(x, 1.0)), TypeError, "x is a masked array")
    bad(lambda: cell.forward(x, reverse="no"), ValueError, "reverse is 'no', it must be one of False, True")
    bad(lambda: setattr(cell, "W_xg", np.ones((5, 4))), AttributeError, "this LSTM has no W_xg")
    bad(lambda: GRU(3, 4, reset_after=False).b_hn, AttributeError, "this GRU has no b_hn")
    bad(lambda: GRU(3, 4, reset_after="no"), ValueError, "reset_after is 'no', it must be one of False, True")
    assert GRU(3, 4, np.float32).dtype == np.float32
    bad(lambda: cell.trace(x)["g"], KeyError, "this trace has no 'g', it has i, f, C_tilde, o, C, h")
    cell.W_x[1, 2] = np.nan
    bad(lambda: cell.forward(x), ValueError, "W_x has nan at [1, 2]")
    bad(lambda: Readout(4, 2, dtype=int), TypeError, "dtype is int64, Readout computes in float32 or float64")
    readout = Readout(4, 2)
    readout.forward(np.ones((3, 4)))
    bad(lambda: readout.backward(np.full((3, 2), np.nan)), ValueError, "grad_y has nan at [0, 0]")
    bad(lambda: readout.loss(np.ones((3, 4)), np.ones((3, 2)) * 1j), TypeError, "target has dtype complex128")
    bad(lambda: readout.loss(np.ones((0, 4)), np.ones((0, 2))), ValueError, "none of them empty")


def test_a_stack_refuses_what_it_cannot_hold():
    shared = LSTM(3, 3)
    bad(lambda: Stack([shared, shared]), ValueError, "cells holds the same cell twice")
    bad(lambda: Stack(shared), TypeError, "a Stack wants a list of cells or Bidirectionals")
    bad(lambda: Stack([shared, Readout(3, 2)]), TypeError, "a Stack wants a list of cells or Bidirectionals")
    bad(lambda: Bidirectional(LSTM(3, 4), GRU(3, 4)), TypeError, "are LSTM and GRU, two cells of one kind are wanted")
    bad(lambda: Stack([GRU(3, 4), GRU(4, 4, reset_after=False)]).to_torch(), ValueError, "it has no PyTorch equal")
    both = Bidirectional(GRU(3, 4), GRU(3, 4, reset_after=False))
    bad(lambda: Stack([both]).to_torch(), ValueError, "it has no PyTorch equal")
    stack, x = Stack([LSTM(3, 4), LSTM(4, 2)]), np.ones((2, 5, 3))
    h, _ = stack.forward(x)
    bad(lambda: stack.forward(x, [None, "bad"]), TypeError, "state is a str, this LSTM wants LSTMState(h, C)")
    bad(lambda: stack.backward(h), RuntimeError, "backward needs a forward before it")


def test_a_relu_network_that_explodes_says_where():
    cell = SimpleRNN(2, 3, np.float32, nonlinearity="relu")
    cell.W_h = np.full((3, 3), 1e15, np.float32)
    cell.b = np.ones(3, np.float32)
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(FloatingPointError, match="from step 3 of the walk"),
    ):
        cell.forward(np.ones((1, 9, 2), np.float32))


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    shape=st.lists(st.integers(2, 7), min_size=4, max_size=4, unique=True),
    activation=st.sampled_from(["identity", "sigmoid", "softmax"]),
    with_lengths=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_readout_and_its_losses_equal_torch(shape, activation, with_lengths, seed):
    batch, time, hidden, outputs = shape
    rng = np.random.default_rng(seed)
    readout = Readout(hidden, outputs, activation, seed=rng)
    linear, h = readout.to_torch(), rng.normal(size=(batch, time, hidden))
    lengths = rng.integers(1, time + 1, batch) if with_lengths else None
    counts = torch.arange(time) < torch.tensor(np.full(batch, time) if lengths is None else lengths)[:, None]
    h_torch = torch.tensor(h, requires_grad=True)
    a = linear(h_torch)
    F = torch.nn.functional
    if activation == "softmax":
        target = rng.integers(0, outputs, (batch, time))
        want, y = F.cross_entropy(a[counts], torch.from_numpy(target)[counts]), a.softmax(-1)
    else:
        target = rng.uniform(size=(batch, time, outputs))
        pair = a[counts], torch.from_numpy(target)[counts]
        N = int(counts.sum())
        if activation == "identity":
            want, y = 0.5 * F.mse_loss(*pair, reduction="sum") / N, a
        else:
            want, y = F.binary_cross_entropy_with_logits(*pair, reduction="sum") / N, a.sigmoid()
    loss, grads = readout.loss(h, target, lengths)
    want.backward(retain_graph=True)
    assert abs(loss - want.item()) < 1e-12
    close(grads.h, h_torch.grad, "grads.h")
    close(grads.parameters["W_hy"], linear.weight.grad, "W_hy")
    close(grads.parameters["b_y"], linear.bias.grad, "b_y")

    close(readout.forward(h), y, "y")
    grad_y = rng.normal(size=y.shape)
    grads = readout.backward(grad_y)
    for leaf in (h_torch, linear.weight, linear.bias):
        leaf.grad = None
    y.backward(torch.from_numpy(grad_y))
    close(grads.h, h_torch.grad, "grads.h of backward")
    close(grads.parameters["W_hy"], linear.weight.grad, "W_hy of backward")
    close(grads.parameters["b_y"], linear.bias.grad, "b_y of backward")
    again = Readout.from_torch(linear, activation)
    assert (again.forward(h) == readout.forward(h)).all()


def test_readout_refuses_bad_input():
    readout, h = Readout(4, 3, "softmax"), np.ones((2, 5, 4))
    bad(lambda: Readout(4, 3, "tanh"), ValueError, "activation is 'tanh'")
    bad(
        lambda: readout.forward(np.ones((2, 5, 3))),
        ValueError,
        "h has 3 units, this Readout was built for hidden_size=4",
    )
    bad(lambda: readout.forward(np.ones(4)), ValueError, "h has shape (4,)")
    bad(lambda: Readout(4, 3).backward(np.ones((2, 3))), RuntimeError, "backward needs a forward before it")
    bad(lambda: readout.loss(h, np.zeros((2, 5))), TypeError, "classes are whole numbers")
    bad(lambda: readout.loss(h, np.full((2, 5), 3)), ValueError, "target runs from 3 to 3, it must lie from 0 to 2")
    bad(
        lambda: readout.loss(h, np.zeros((2, 4), int)),
        ValueError,
        "target has shape (2, 4), this softmax Readout wants",
    )
    bad(lambda: readout.loss(h[:, 0], np.zeros(2, int), [1, 1]), ValueError, "lengths goes with h of shape")


def test_adam_and_clipping_equal_torch():
    rng = np.random.default_rng(12)
    parameters = {"w": rng.normal(size=(3, 4)), "b": rng.normal(size=5)}
    leaves = [torch.tensor(v, requires_grad=True) for v in parameters.values()]
    theirs, ours = torch.optim.Adam(leaves, lr=0.03), Adam(parameters, learning_rate=0.03)
    for _ in range(7):
        grads = {name: rng.normal(size=v.shape) for name, v in parameters.items()}
        for leaf, grad in zip(leaves, grads.values(), strict=True):
            leaf.grad = torch.from_numpy(grad.copy())
        want = float(torch.nn.utils.clip_grad_norm_(leaves, 2.0))
        clipped, norm = clip_norm(grads, 2.0)
        assert abs(norm - want) < 1e-12
        for leaf, grad in zip(leaves, clipped.values(), strict=True):
            np.testing.assert_allclose(grad, leaf.grad, rtol=1e-6)
            leaf.grad = torch.from_numpy(grad.copy())
        theirs.step()
        ours.step(clipped)
    for leaf, value in zip(leaves, parameters.values(), strict=True):
        close(value, leaf, "after seven steps")
    small, norm = clip_norm({"w": np.array([3.0, 4.0])}, 10)
    assert norm == 5 and (small["w"] == [3, 4]).all()


def test_training_refuses_bad_gradients():
    adam = Adam({"w": np.ones(2)})
    bad(lambda: adam.step({"v": np.ones(2)}), ValueError, "grads has keys ['v'], this Adam was given ['w']")
    bad(lambda: adam.step({"w": np.array([1.0, np.nan])}), ValueError, "grads['w'] has nan at [1]")
    bad(lambda: adam.step({"w": np.ones(3)}), ValueError, "grads['w'] has shape (3,), wanted (2,)")
    bad(lambda: clip_norm({"w": np.array([np.inf])}, 1), ValueError, "the gradient of w has inf at [0]")
    bad(lambda: clip_norm({"w": np.ones(2)}, 0), ValueError, "max_norm is 0, it must be positive and finite")
    bad(lambda: clip_norm({"w": np.ones(2)}, "one"), TypeError, "max_norm is 'one', it must be a number")
    bad(lambda: Adam({"w": np.ones(2)}, np.inf), ValueError, "learning_rate is inf, it must be positive and finite")
    bad(lambda: clip_norm({"w": np.array([3, 4])}, 1), TypeError, "the gradient of w has dtype int64")
    bad(lambda: adam.step({"w": np.ones(2, np.float32)}), TypeError, "grads['w'] has dtype float32, wanted float64")
    clipped, norm = clip_norm({"w": np.array([3e19, 4e19], np.float32)}, 1.0)
    np.testing.assert_allclose(clipped["w"], [0.6, 0.8], rtol=1e-6)
    assert abs(norm / 5e19 - 1) < 1e-6


def test_a_numpy_network_learns():
    """Cell, Readout, clipping and Adam together bring the loss of a sine forecaster down by far."""
    t = np.arange(120)
    x = np.sin(0.3 * t)[None, :, None]
    cell, readout = LSTM(1, 8, seed=1), Readout(8, 1, seed=2)
    adam = Adam({**cell.parameters, **readout.parameters}, learning_rate=0.02)
    losses = []
    for _ in range(80):
        h, _ = cell.forward(x[:, :-1])
        loss, grads = readout.loss(h, x[:, 1:])
        losses.append(loss)
        adam.step(clip_norm({**cell.backward(grads.h).parameters, **grads.parameters}, 1.0)[0])
    assert losses[-1] < 0.02 * losses[0]
