"""SequenceModel against nets put together by hand, and each sequence in a batch against the same sequence alone."""

import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rnn_course.models import SequenceModel, seeded

BATCH, TIME, INPUT, HIDDEN, OUTPUT = 4, 7, 3, 5, 2
NETS = {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
LENGTHS = [3, 7, 1, 5]


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(11)


def same(a, b):
    torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def random_state(cell, layers, generator):
    h, C = torch.randn(2, layers, BATCH, HIDDEN, generator=generator, dtype=torch.float64)
    return (h, C) if cell == "lstm" else h


@pytest.mark.parametrize("cell", NETS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("directions", [1, 2])
def test_the_model_is_the_net_and_a_linear_head(cell, layers, directions, generator):
    horizon = 6
    model = SequenceModel(
        cell, INPUT, HIDDEN, OUTPUT, horizon=horizon, num_layers=layers, bidirectional=directions == 2
    ).double()
    net = NETS[cell](INPUT, HIDDEN, layers, batch_first=True, bidirectional=directions == 2).double()
    net.load_state_dict(model.rnn.state_dict())
    x = torch.randn(BATCH, TIME, INPUT, generator=generator, dtype=torch.float64)
    state = random_state(cell, layers * directions, generator)
    states, _ = net(x, state)
    last = [states[:, -1, :HIDDEN]] + ([states[:, 0, HIDDEN:]] if directions == 2 else [])
    wanted = torch.cat(last, dim=1) @ model.head.weight.T + model.head.bias
    for k in range(horizon):
        same(model(x, state=state)[:, k], wanted[:, OUTPUT * k : OUTPUT * (k + 1)])


@pytest.mark.parametrize("cell", NETS)
@pytest.mark.parametrize("task", ["forecast", "classify"])
@pytest.mark.parametrize("directions", [1, 2])
def test_each_sequence_in_a_padded_batch_is_as_it_is_alone(cell, task, directions, generator):
    model = SequenceModel(cell, INPUT, HIDDEN, OUTPUT, task, num_layers=2, bidirectional=directions == 2).double()
    x = torch.randn(BATCH, TIME, INPUT, generator=generator, dtype=torch.float64)  # the padding is not zero
    state = random_state(cell, 2 * directions, generator)
    together = model(x, lengths=LENGTHS, state=state)
    for k, length in enumerate(LENGTHS):
        own = tuple(s[:, k : k + 1] for s in state) if cell == "lstm" else state[:, k : k + 1]
        same(together[k : k + 1], model(x[k : k + 1, :length], state=own))


@pytest.mark.parametrize("cell", NETS)
def test_bidirectional_classes_read_the_end_of_each_direction(cell, generator):
    model = SequenceModel(cell, INPUT, HIDDEN, OUTPUT, task="classify", bidirectional=True).double()
    x = torch.randn(BATCH, TIME, INPUT, generator=generator, dtype=torch.float64)
    for k, length in enumerate(LENGTHS):
        states, _ = model.rnn(x[k, :length])
        ends = torch.cat([states[-1, :HIDDEN], states[0, HIDDEN:]])
        same(model(x, LENGTHS)[k], model.head.weight @ ends + model.head.bias)


@pytest.mark.parametrize("cell", NETS)
def test_next_symbol_reads_ids_one_hot_and_answers_at_every_step(cell, generator):
    symbols = 6
    model = SequenceModel(cell, symbols, HIDDEN, symbols, task="next_symbol").double()
    ids = torch.randint(symbols, (BATCH, TIME), generator=generator)
    states, _ = model.rnn(torch.eye(symbols, dtype=torch.float64)[ids])
    wanted = states @ model.head.weight.T + model.head.bias
    assert model(ids).shape == (BATCH, TIME, symbols)
    same(model(ids), wanted)
    packed = model(ids, torch.tensor([3, 6, 1, 5]))
    assert packed.shape == (BATCH, TIME, symbols)
    for k, length in enumerate([3, 6, 1, 5]):
        same(packed[k, :length], wanted[k, :length])


@pytest.mark.parametrize("cell", NETS)
def test_the_seed_gives_the_weights_that_pytorch_draws_and_leaves_its_generator_alone(cell):
    torch.manual_seed(3)
    before = torch.get_rng_state()
    model = SequenceModel(cell, INPUT, HIDDEN, OUTPUT, seed=17)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(17)
    net, head = NETS[cell](INPUT, HIDDEN, batch_first=True), nn.Linear(HIDDEN, OUTPUT)
    for got, wanted in zip(model.parameters(), [*net.parameters(), *head.parameters()], strict=True):
        assert torch.equal(got, wanted)
    other = SequenceModel(cell, INPUT, HIDDEN, OUTPUT, seed=18)
    assert not torch.equal(other.head.weight, model.head.weight)


def test_seeded_restores_the_generator_even_after_an_error():
    before = torch.get_rng_state()
    with pytest.raises(RuntimeError), seeded(5):
        first = torch.rand(3)
        raise RuntimeError
    assert torch.equal(torch.get_rng_state(), before)
    with seeded(5):
        assert torch.equal(torch.rand(3), first)


def test_settings_build_the_same_model_again():
    model = SequenceModel(
        "gru", INPUT, HIDDEN, OUTPUT, horizon=4, num_layers=2, dropout=0.25, bidirectional=True, seed=9
    )
    again = SequenceModel(**model.settings)
    assert again.settings == model.settings
    assert again.settings["dropout"] == again.rnn.dropout == 0.25
    for got, wanted in zip(again.parameters(), model.parameters(), strict=True):
        assert torch.equal(got, wanted)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ({"cell": "transformer"}, "cell is 'transformer', it must be one of 'simple_rnn', 'lstm', 'gru'"),
        ({"task": "regress"}, "task is 'regress', it must be one of"),
        ({"hidden_size": 0}, "hidden_size is 0, it must be at least 1"),
        ({"dropout": 1.0, "num_layers": 2}, "dropout is 1.0, it must be at least 0 and below 1"),
        ({"dropout": float("nan"), "num_layers": 2}, "dropout is nan, it must be at least 0"),
        ({"dropout": -0.1, "num_layers": 2}, "dropout is -0.1"),
        ({"dropout": 0.5}, "it acts between layers"),
        ({"horizon": 2, "task": "classify"}, "horizon is 2, it must be 1 for task='classify'"),
        ({"bidirectional": True, "task": "next_symbol"}, "must not read the symbols to come"),
        ({"bidirectional": "yes"}, "bidirectional is 'yes'"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_a_bad_setting_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        SequenceModel(**{"input_size": INPUT, "hidden_size": HIDDEN, "output_size": OUTPUT, **arguments})


def test_a_size_that_is_no_whole_number_is_refused():
    with pytest.raises(TypeError, match=r"input_size is 2.5, it must be a whole number"):
        SequenceModel(input_size=2.5)


@pytest.mark.parametrize(
    "x, lengths, error, sentence",
    [
        (torch.zeros(BATCH, TIME, 4), None, ValueError, "x has 4 features, this model was built for input_size=3"),
        (torch.zeros(TIME, INPUT), None, ValueError, r"x has shape .*, wanted \(batch, time, input\)"),
        (torch.zeros(BATCH, 0, INPUT), None, ValueError, "may be empty"),
        (torch.zeros(BATCH, TIME, INPUT).double(), None, TypeError, "x is torch.float64, this model's weights are"),
        (torch.zeros(BATCH, TIME, INPUT).numpy(), None, TypeError, "x is a ndarray, wanted a tensor"),
        (torch.zeros(BATCH, TIME, INPUT), [3, 0, 1, 5], ValueError, r"lengths\[1\] is 0, it must be from 1 to time=7"),
        (torch.zeros(BATCH, TIME, INPUT), [3, 7, 8, 5], ValueError, r"lengths\[2\] is 8, it must be from 1 to time=7"),
        (torch.zeros(BATCH, TIME, INPUT), [3, 7], ValueError, r"lengths has shape .*, wanted \(batch=4\)"),
        (torch.zeros(BATCH, TIME, INPUT), [3.0, 7, 1, 5], TypeError, "lengths is torch.float64, wanted integers"),
    ],
)
def test_what_the_model_cannot_read_is_refused(x, lengths, error, sentence):
    with pytest.raises(error, match=sentence):
        SequenceModel("gru", INPUT, HIDDEN, OUTPUT)(x, lengths)


@pytest.mark.parametrize(
    "ids, error, sentence",
    [
        ([[0, 5, 6]], ValueError, r"x has the id 6 at \[0, 2\], with input_size=6 ids run from 0 to 5"),
        ([[0, -1, 2]], ValueError, r"x has the id -1 at \[0, 1\]"),
        ([[0.0, 1.0]], TypeError, "x is torch.float32, wanted integer ids from 0 to 5"),
    ],
)
def test_ids_that_are_no_symbols_are_refused(ids, error, sentence):
    with pytest.raises(error, match=sentence):
        SequenceModel("gru", 6, HIDDEN, 6, task="next_symbol")(torch.tensor(ids))


@pytest.mark.parametrize(
    "cell, state, error, sentence",
    [
        ("lstm", torch.zeros(1, BATCH, HIDDEN), TypeError, r"a lstm wants the pair \(h, C\)"),
        ("gru", (torch.zeros(1, BATCH, HIDDEN),) * 2, TypeError, "a gru wants the tensor h"),
        ("gru", torch.zeros(2, BATCH, HIDDEN), ValueError, r"state h has shape .*, wanted \(layers · directions=1"),
        ("lstm", (torch.zeros(1, BATCH, HIDDEN), torch.zeros(1, BATCH, 6)), ValueError, "state C has shape"),
    ],
)
def test_a_first_state_that_does_not_fit_is_refused(cell, state, error, sentence):
    with pytest.raises(error, match=sentence):
        SequenceModel(cell, INPUT, HIDDEN, OUTPUT)(torch.zeros(BATCH, TIME, INPUT), state=state)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
@pytest.mark.parametrize("cell", NETS)
def test_a_first_state_of_another_type_is_refused(cell, dtype):
    model, zeros = SequenceModel(cell, INPUT, HIDDEN, OUTPUT), torch.zeros(1, BATCH, HIDDEN)
    for wrong, sentence in (
        (zeros.to(dtype), f"{dtype}, this model's weights are torch.float32"),
        (zeros.numpy(), "a ndarray, wanted a tensor of torch.float32"),
        (zeros.tolist(), "a list, wanted a tensor of torch.float32"),
    ):
        for name, state in {"h": (wrong, zeros), "C": (zeros, wrong)}.items() if cell == "lstm" else [("h", wrong)]:
            with pytest.raises(TypeError, match=f"^state {name} is {sentence}$"):
                model(torch.zeros(BATCH, TIME, INPUT), state=state)


INTEGERS = [getattr(torch, f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]


@settings(deadline=None, max_examples=500)
@given(st.data(), st.integers(2, 300), st.sampled_from(INTEGERS))
def test_ids_and_lengths_of_every_integer_type_are_read_as_int64(data, symbols, dtype):
    """Where 256 symbols are as many as a type holds, and where PyTorch cannot compare the type."""
    model = SequenceModel("gru", symbols, HIDDEN, symbols, task="next_symbol")
    most = min(symbols - 1, torch.iinfo(dtype).max)
    ids = torch.tensor([data.draw(st.lists(st.integers(0, most), min_size=3, max_size=3)), [most, 0, most]])
    lengths = torch.tensor([data.draw(st.integers(1, 3)), 3])
    assert torch.equal(model(ids.to(dtype), lengths.to(dtype)), model(ids, lengths))
    if torch.iinfo(dtype).max >= symbols:
        with pytest.raises(ValueError, match=rf"x has the id {symbols} at \[0, 0\]"):
            model(torch.full((1, 2), symbols).to(dtype))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.uint16, torch.int16])
def test_lengths_of_a_small_type_reach_beyond_what_it_holds(dtype, generator):
    model, x = SequenceModel("gru", INPUT, HIDDEN, OUTPUT), torch.randn(2, 300, INPUT, generator=generator)
    same(model(x, torch.tensor([100, 255]).to(dtype)), model(x, [100, 255]))
    same(model(x, np.array([100, 300], ">i4")), model(x, [100, 300]))


def test_sizes_and_seeds_may_be_numpys():
    sizes = {"input_size": 3, "hidden_size": 4, "output_size": 2, "horizon": 5, "num_layers": 2, "seed": 7}
    ours = SequenceModel("lstm", **{name: np.int64(size) for name, size in sizes.items()})
    plain = SequenceModel("lstm", **sizes)
    assert json.loads(json.dumps(ours.settings)) == plain.settings
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), plain.parameters(), strict=True))


@pytest.mark.parametrize("seed", [0, 2**63, 2**64 - 1, np.uint64(2**64 - 1)])
def test_a_seed_is_one_that_pytorch_takes(seed):
    torch.manual_seed(int(seed))
    assert torch.equal(SequenceModel("gru", 1, 2, 1, seed=seed).rnn.weight_ih_l0, nn.GRU(1, 2).weight_ih_l0)
    with pytest.raises(ValueError, match="seed is 18446744073709551616, it must be below 2\\*\\*64 for PyTorch"):
        SequenceModel("gru", 1, 2, 1, seed=2**64)
