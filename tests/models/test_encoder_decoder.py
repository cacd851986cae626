"""The encoder–decoder: against the equations one row and one step at a time, masks, and writing."""

import math

import pytest
import torch

from rnn_course.models import EncoderDecoder
from rnn_course.models.encoder_decoder import ATTENTIONS

SYMBOLS_X, SYMBOLS_Y, HIDDEN, WIDTH = 9, 7, 5, 4
LENGTHS = [6, 2, 4]
X = torch.tensor([[3, 1, 4, 1, 5, 8], [2, 6, 0, 0, 0, 0], [5, 3, 5, 7, 0, 0]])
Y = torch.tensor([[1, 4, 2, 0], [3, 3, 0, 0], [6, 5, 1, 2]])


def made(attention):
    model = EncoderDecoder(SYMBOLS_X, SYMBOLS_Y, HIDDEN, WIDTH, attention).double()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) * 0.7)
    return model


def one_row(model, x, y, allowed=None):
    """Logits and weights of one row without padding, step by step, in the equations' order."""
    attention = model.settings["attention"]
    s, last = model.encoder(model.embedding_x(x))
    h = torch.tanh(model.first(last.flatten()))
    logits, weights, before = [], [], 0
    for symbol in y.tolist():
        _, h = model.decoder(model.embedding_y(torch.tensor([before])), h[None])
        h, before = h[0], symbol
        read = h
        if attention is not None:
            score = torch.full((len(x),), -math.inf, dtype=torch.float64)
            for k in range(len(x)):
                if allowed is None or allowed[k]:
                    key = model.key.weight @ s[k]
                    if attention == "dot":
                        score[k] = h @ key / math.sqrt(HIDDEN)
                    else:
                        score[k] = model.v.weight[0] @ torch.tanh(model.query.weight @ h + model.query.bias + key)
            alpha = score.softmax(0)
            weights.append(alpha)
            read = torch.cat([h, sum(alpha[k] * s[k] for k in range(len(x)))])
        logits.append(model.head(torch.tanh(model.combine(read))))
    return torch.stack(logits), torch.stack(weights) if weights else None


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_it_is_its_equations_and_padding_changes_nothing(attention):
    model = made(attention)
    logits, alpha = model(X, Y, LENGTHS)
    for k, length in enumerate(LENGTHS):
        wanted, weights = one_row(model, X[k, :length], Y[k])
        torch.testing.assert_close(logits[k], wanted)
        if attention is not None:
            torch.testing.assert_close(alpha[k, :, :length], weights)
            assert not alpha[k, :, length:].any()
    assert alpha is not None or attention is None


@pytest.mark.parametrize("attention", ATTENTIONS[1:])
def test_a_place_that_is_hidden_is_not_looked_at(attention):
    model = made(attention)
    seen = torch.ones(X.shape, dtype=torch.bool)
    seen[0, 2] = seen[2, 0] = False
    logits, alpha = model(X, Y, LENGTHS, seen)
    for k, length in enumerate(LENGTHS):
        wanted, weights = one_row(model, X[k, :length], Y[k], seen[k])
        torch.testing.assert_close(logits[k], wanted)
        torch.testing.assert_close(alpha[k, :, :length], weights)


def test_a_missing_mask_shows():
    """Without lengths the padding is read: what the test above would miss if padding were zero anyway."""
    model = made("dot")
    logits, alpha = model(X, Y)
    assert alpha[1, :, 2:].sum() > 0.1
    assert not torch.allclose(logits[1], model(X, Y, LENGTHS)[0][1])


@pytest.mark.parametrize("attention", ATTENTIONS)
def test_writing_goes_on_with_what_was_written(attention):
    model = made(attention)
    with torch.no_grad():
        model.head.bias[0] = -30.0  # no end
    written, alpha = model.write(X, LENGTHS, limit=5)
    assert written.shape == (3, 5)
    logits, wanted = model(X, written, LENGTHS)
    assert torch.equal(logits.argmax(2), written)
    if attention is not None:
        torch.testing.assert_close(alpha, wanted)
    with torch.no_grad():
        model.head.bias[0] = 30.0
    assert model.write(X, LENGTHS)[0].tolist() == [[0], [0], [0]]


def test_after_an_end_there_are_zeros():
    model = made("dot")
    written, _ = model.write(X, LENGTHS, limit=20)
    ended = (written == 0).cumsum(1) > 0
    assert not written[ended].any()
    assert ended.any()
    assert (written != 0).any()


def test_the_same_encoder_in_all_three_and_settings_that_build_it_again():
    models = [EncoderDecoder(SYMBOLS_X, SYMBOLS_Y, HIDDEN, WIDTH, attention, seed=4) for attention in ATTENTIONS]
    for model in models:
        for part in ("embedding_x", "embedding_y", "encoder", "decoder", "first"):
            for got, wanted in zip(
                getattr(model, part).parameters(), getattr(models[0], part).parameters(), strict=True
            ):
                assert torch.equal(got, wanted)
        again = EncoderDecoder(**model.settings)
        for got, wanted in zip(again.parameters(), model.parameters(), strict=True):
            assert torch.equal(got, wanted)


@pytest.mark.parametrize(
    "change, error, sentence",
    [
        ({"x": X.double()}, TypeError, "x is torch.float64, wanted integer ids from 0 to 8"),
        ({"y": Y + 2}, ValueError, r"y has the id 8 at \[2, 0\], with symbols_y=7"),
        ({"y": Y[:2]}, ValueError, "y has 2 rows, x has 3: they must agree"),
        ({"lengths": [6, 0, 4]}, ValueError, r"lengths\[1\] is 0, it must be from 1 to time=6"),
        ({"seen": torch.ones(3, 6)}, TypeError, "seen is torch.float32, wanted bool"),
        ({"seen": torch.ones(3, 5, dtype=torch.bool)}, ValueError, "seen has shape"),
        ({"seen": X > 4}, ValueError, "seen leaves no place to look at in row 1"),
    ],
)
def test_what_it_cannot_read_is_refused(change, error, sentence):
    if "seen" in change and change["seen"].dtype == torch.bool and change["seen"].shape == X.shape:
        change["seen"][1] = torch.tensor([False, False, True, True, True, True])  # padding alone
    with pytest.raises(error, match=sentence):
        made("dot")(**{"x": X, "y": Y, "lengths": LENGTHS} | change)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ({"attention": "multiplicative"}, "attention is 'multiplicative', it must be one of None, 'additive', 'dot'"),
        ({"hidden_size": 0}, "hidden_size is 0, it must be at least 1"),
        ({"symbols_y": 1}, "symbols_y is 1, it must be at least 2"),
    ],
)
def test_a_bad_setting_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        EncoderDecoder(**{"symbols_x": 3, "symbols_y": 3} | arguments)
