"""The model of language: its function against NumPy's and PyTorch's, each symbol of a text counted once."""

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from rnn_course import cells
from rnn_course.models import LanguageModel

SHAPES = {  # sizes that all differ
    "one-hot": dict(symbols=7, hidden_size=5),
    "table": dict(symbols=11, hidden_size=5, embedding_size=3),
    "two layers": dict(symbols=7, hidden_size=5, num_layers=2),
    "two layers, table": dict(symbols=11, hidden_size=4, embedding_size=6, num_layers=2, dropout=0.5),
}


@pytest.fixture(params=SHAPES, ids=str)
def model(request):
    """A model whose every weight is random, biases among them, in float64 and as it is used."""
    made = LanguageModel(**SHAPES[request.param]).double().eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) * 0.7)
    return made


def ids_of(model, count, seed=4):
    return np.random.default_rng(seed).integers(model.symbols, size=count)


def read_by(model, ids):
    """Return the logits after each id by nn.LSTM and matrices alone."""
    table = model.head.weight
    x = torch.eye(model.symbols, dtype=table.dtype) if model.settings["embedding_size"] is None else table
    states, _ = model.rnn(x[torch.tensor(ids)][None])
    read = states if model.settings["embedding_size"] is None else model.projection(states)
    return (read @ table.T + model.head.bias)[0]


def test_forward_is_an_lstm_and_a_head(model):
    ids = ids_of(model, 13)
    logits, _ = model(torch.tensor(ids)[None])
    torch.testing.assert_close(logits[0], read_by(model, ids))


def test_the_state_goes_on_where_it_was(model):
    ids = torch.tensor(ids_of(model, 26).reshape(2, 13))
    whole, end = model(ids)
    first, state = model(ids[:, :6])
    second, state = model(ids[:, 6:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(state, end)


def test_step_is_forward(model):
    ids, state = ids_of(model, 13), None
    wanted = model(torch.tensor(ids)[None])[0][0].softmax(dim=-1).detach().numpy()
    for symbol, row in zip(ids, wanted, strict=True):
        p, state = model.step(int(symbol), state)
        np.testing.assert_allclose(p, row, rtol=1e-10)
        assert p.dtype == np.float64 and abs(p.sum() - 1) < 1e-12


def test_step_is_the_cell_of_the_course():
    model = LanguageModel(symbols=7, hidden_size=5).double()
    cell, state, ours = cells.LSTM.from_torch(model.rnn), None, None
    for symbol in ids_of(model, 9):
        h, state = cell.step(np.eye(7)[[symbol]], state)
        p, ours = model.step(symbol, ours)
    np.testing.assert_allclose(ours[0], h, rtol=1e-12)
    np.testing.assert_allclose(ours[1], state.C, rtol=1e-12)
    np.testing.assert_allclose(p, model.head(torch.tensor(h)).softmax(-1)[0].detach(), rtol=1e-12)


def test_surprises_count_each_symbol_once(model):
    ids = ids_of(model, 2345)  # two pieces and a part
    surprises = model.surprises(ids, start=2)
    read = read_by(model, [2, *ids[:-1]])
    nats = cross_entropy(read, torch.tensor(ids), reduction="none").detach().numpy()
    np.testing.assert_allclose(surprises, nats / np.log(2), rtol=1e-9)
    assert surprises.shape == (2345,)
    state, symbol = None, 2
    for k in range(20):
        p, state = model.step(symbol, state)
        symbol = int(ids[k])
        assert surprises[k] == pytest.approx(-np.log2(p[symbol]))


@pytest.mark.parametrize("rows, count", [(2, 101), (5, 101), (7, 43), (40, 41), (9, 4)])
def test_rows_count_the_same_symbols(model, rows, count):
    ids = ids_of(model, count)
    np.testing.assert_allclose(model.surprises(ids, rows=rows, warm_up=count), model.surprises(ids), rtol=1e-9)
    short = model.surprises(ids, rows=rows, warm_up=0)
    assert short.shape == (count,)
    assert short[0] == pytest.approx(model.surprises(ids)[0])


def test_states_are_those_after_each_symbol(model):
    ids, state = ids_of(model, 1234), None
    states = model.states(ids, start=2)
    assert states.shape == (1234, model.settings["hidden_size"])
    _, state = model.step(2)
    for k in range(1234):  # beyond a piece
        _, state = model.step(ids[k], state)
        np.testing.assert_allclose(states[k], state[0][-1], rtol=1e-9)


def test_dropout_is_off_where_a_text_is_measured():
    model = LanguageModel(symbols=7, hidden_size=5, dropout=0.5)
    ids = ids_of(model, 30)
    assert model.training
    np.testing.assert_array_equal(model.surprises(ids), model.surprises(ids))
    assert model.training


def test_the_start():
    model = LanguageModel(symbols=7, hidden_size=5, seed=3)
    assert torch.equal(model.rnn.bias_ih_l0[5:10], torch.ones(5))
    assert torch.equal(model.rnn.bias_hh_l0[5:10], torch.zeros(5))
    again = LanguageModel(**model.settings)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
    table = LanguageModel(symbols=7, hidden_size=5, embedding_size=3)
    assert table.head.weight is table.embedding.weight
    assert table.settings["embedding_size"] == 3


def test_what_is_refused():
    model = LanguageModel(symbols=7, hidden_size=5)
    with pytest.raises(ValueError, match=r"ids has the id 7 at \[0, 1\], with symbols=7 ids run from 0 to 6"):
        model(torch.tensor([[0, 7]]))
    with pytest.raises(TypeError, match="ids is a list, wanted a tensor"):
        model([[0]])
    with pytest.raises(ValueError, match="ids has the id -1"):
        model.surprises([-1])
    with pytest.raises(TypeError, match=r"ids is torch\.float64, wanted integer ids"):
        model.surprises([0.0])
    with pytest.raises(ValueError, match="symbol is 7, it must be at most 6"):
        model.step(7)
    with pytest.raises(ValueError, match=r"state h has shape \(1, 4\), wanted \(layers=1, hidden=5\)"):
        model.step(0, (np.zeros((1, 4)), np.zeros((1, 4))))
    with pytest.raises(TypeError, match=r"state is a Tensor, wanted the pair \(h, C\)"):
        model(torch.tensor([[0]]), torch.zeros(1, 1, 5))
    with pytest.raises(ValueError, match="symbols is 1, it must be at least 2"):
        LanguageModel(symbols=1)
