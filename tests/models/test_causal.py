"""Layers that mix over time: against PyTorch's layers, causal whatever mixes, and read in pieces as in one."""

import copy

import pytest
import torch
from torch import nn

from rnn_course.models import CausalModel, Stepper
from rnn_course.models.causal import MIXERS, POSITIONS

SYMBOLS, OUTPUTS, WIDTH, HEADS, TIME, BATCH = 7, 5, 12, 3, 11, 2
IDS = torch.randint(SYMBOLS, (BATCH, TIME), generator=torch.Generator().manual_seed(5))


def made(mixers=("attention", "attention"), positions="none", **options):
    longest = 30 if positions == "learned" else None
    model = CausalModel(SYMBOLS, OUTPUTS, WIDTH, mixers, HEADS, positions, longest=longest, **options).double()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) * 0.5)
    return model


def test_with_attention_alone_it_is_pytorchs_transformer():
    model = made()
    x = model.embedding(IDS)
    for layer in model.layers:
        theirs = nn.TransformerEncoderLayer(
            WIDTH, HEADS, 4 * WIDTH, 0.0, activation="gelu", batch_first=True, norm_first=True, dtype=torch.float64
        )
        theirs.load_state_dict(
            {
                "self_attn.in_proj_weight": layer.mixer.qkv.weight,
                "self_attn.in_proj_bias": layer.mixer.qkv.bias,
                **{f"self_attn.out_proj.{name}": value for name, value in layer.mixer.out.named_parameters()},
                **{f"norm1.{name}": value for name, value in layer.norm_1.named_parameters()},
                **{f"norm2.{name}": value for name, value in layer.norm_2.named_parameters()},
                **{f"linear1.{name}": value for name, value in layer.inner.named_parameters()},
                **{f"linear2.{name}": value for name, value in layer.outer.named_parameters()},
            }
        )
        x = theirs(x, nn.Transformer.generate_square_subsequent_mask(TIME, dtype=x.dtype), is_causal=True)
    torch.testing.assert_close(model(IDS)[0], model.head(model.norm(x)))


def test_a_recurrent_layer_mixes_as_pytorchs_net():
    model = made(("gru",))
    (layer,) = model.layers
    x = model.embedding(IDS)
    x = x + layer.mixer.out(layer.mixer.net(layer.norm_1(x))[0])
    x = x + layer.outer(nn.functional.gelu(layer.inner(layer.norm_2(x))))
    torch.testing.assert_close(model(IDS)[0], model.head(model.norm(x)))


EVERY = [("attention", positions) for positions in POSITIONS] + [(mixer, "none") for mixer in MIXERS[1:]]


@pytest.mark.parametrize("mixer, positions", EVERY)
def test_nothing_looks_ahead(mixer, positions):
    model, other = made((mixer, "attention"), positions), IDS.clone()
    other[:, 6] = (other[:, 6] + 1) % SYMBOLS
    one, two = model(IDS)[0], model(other)[0]
    torch.testing.assert_close(one[:, :6], two[:, :6])
    assert not torch.isclose(one[:, 6:], two[:, 6:]).all(2).any()


@pytest.mark.parametrize("mixer, positions", EVERY)
@pytest.mark.parametrize("window", [None, 3])
def test_pieces_give_what_the_whole_gives(mixer, positions, window):
    model = made((mixer, "attention"), positions, window=window)
    state, found = model.start(BATCH), []
    with torch.no_grad():
        for piece in IDS.split([1, 4, 1, 5], dim=1):
            logits, state = model(piece, state)
            found.append(logits)
    torch.testing.assert_close(torch.cat(found, dim=1), model(IDS)[0])
    assert state.count == TIME


def test_without_positions_attention_reads_a_bag():
    ids = IDS[:, [3, 1, 0, 2, *range(4, TIME)]]
    for mixer, same in (("attention", True), ("gru", False)):
        model = made((mixer,))
        assert torch.allclose(model(IDS)[0][:, -1], model(ids)[0][:, -1]) == same
    for positions in POSITIONS[1:]:
        model = made(("attention",), positions)
        assert not torch.allclose(model(IDS)[0][:, -1], model(ids)[0][:, -1])


def test_weights_are_those_that_are_used():
    model = made(("attention", "gru", "attention"), "rotary", window=4)
    first, second = model.weights(IDS)
    x = model.embedding(IDS)
    torch.testing.assert_close(first, model.layers[0].mixer.weights(model.layers[0].norm_1(x)))
    for layer in model.layers[:2]:
        x, _ = layer(x, None, None)
    torch.testing.assert_close(second, model.layers[2].mixer.weights(model.layers[2].norm_1(x)))
    assert second.shape == (BATCH, HEADS, TIME, TIME)


@pytest.mark.parametrize("positions", ["learned", "sinusoidal", "rotary", "alibi"])
def test_places_move_what_is_read(positions):
    model = made(positions=positions)
    torch.testing.assert_close(model(IDS, places=torch.arange(TIME))[0], model(IDS)[0])
    assert not torch.allclose(model(IDS, places=2 * torch.arange(TIME))[0], model(IDS)[0])


@torch.no_grad()
def test_a_state_that_was_used_is_refused():
    model = made()
    _, state = model(IDS, model.start(BATCH))
    twin = copy.deepcopy(state)
    one, _ = model(IDS[:, :1], state)
    with pytest.raises(ValueError, match="state has been read on from already"):
        model(IDS[:, :1], state)
    torch.testing.assert_close(model(IDS[:, :1], twin)[0], one)


@torch.no_grad()
def test_a_state_says_how_many_bytes_are_kept():
    """A vector for each row and unit: two of each for an LSTM, keys and values of every symbol for attention."""
    vectors = {"attention": 2 * TIME, "lstm": 2} | dict.fromkeys(("gru", "min_gru", "diagonal", "positive_diagonal"), 1)
    assert vectors.keys() == set(MIXERS)
    for mixers in [(mixer,) for mixer in MIXERS] + [("gru", "attention", "lstm")]:
        model = made(mixers)
        stepper, state = Stepper(model), None
        assert model.start(BATCH).nbytes == 0
        _, read = model(IDS, model.start(BATCH))
        for symbol in IDS[0].tolist():
            _, state = stepper.step(symbol, state)
        wanted = sum(vectors[mixer] for mixer in mixers) * WIDTH * 8
        assert (read.nbytes, state.nbytes) == (BATCH * wanted, wanted)


def test_settings_build_the_same_model_again_and_the_generator_stays():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    model = CausalModel(7, 5, 8, ["gru", "attention"], 2, "learned", 6, 20, seed=9)
    assert torch.equal(torch.get_rng_state(), before)
    again = CausalModel(**model.settings)
    for got, wanted in zip(again.parameters(), model.parameters(), strict=True):
        assert torch.equal(got, wanted)


@pytest.mark.parametrize(
    "arguments, error, sentence",
    [
        ({"mixers": ()}, TypeError, r"mixers is \(\), it must be a tuple of names"),
        ({"mixers": "gru"}, TypeError, "mixers is 'gru', it must be a tuple of names"),
        ({"mixers": ("mamba",)}, ValueError, "mixers is 'mamba', it must be one of 'attention', 'gru'"),
        ({"positions": "relative"}, ValueError, "positions is 'relative', it must be one of 'none'"),
        ({"positions": "learned"}, ValueError, "longest is None with positions='learned'"),
        ({"longest": 9}, ValueError, "longest is 9 with positions='rotary'"),
        ({"width": 9, "heads": 3, "positions": "sinusoidal"}, ValueError, "width is 9, it must be even"),
        ({"window": 0}, ValueError, "window is 0, it must be at least 1"),
    ],
)
def test_a_bad_setting_is_refused(arguments, error, sentence):
    with pytest.raises(error, match=sentence):
        CausalModel(7, **arguments)


def test_what_it_cannot_read_is_refused():
    model = made(positions="learned")
    with pytest.raises(ValueError, match=r"ids has the id 7 at \[0, 1\]"):
        model(torch.tensor([[0, 7]]))
    with pytest.raises(ValueError, match="ids reaches place 30, the table of learned positions ends at longest=30"):
        model(torch.zeros(1, 31, dtype=torch.long))
    with pytest.raises(TypeError, match="state is no state of this model"):
        model(IDS, torch.zeros(1, BATCH, WIDTH))
