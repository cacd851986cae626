"""Batches: pairs as one text and as two, and what a model does not take."""

import numpy as np
import pytest
import torch

from rnn_course.attention import as_batch, one_text
from rnn_course.data import Pairs, parity_task, recall_task
from rnn_course.models import CausalModel, EncoderDecoder, LanguageModel

PAIRS = Pairs.of(["abc", "b", "ca"], ["BA", "ABBA", "A"], "\nabc", "\nAB")
READER, TWO = CausalModel(7, 3, 8, ("gru",)), EncoderDecoder(4, 3, 5, 4)


def test_one_text_is_what_is_read_a_bar_and_the_answer_moved_by_one():
    x, y, counted = one_text(PAIRS)
    symbols = "\nabc|AB"
    for row, (read, written) in enumerate(PAIRS.texts()):
        assert "".join(symbols[k] for k in x[row]).strip("\n") == f"{read}|{written}"
        assert counted[row].nonzero()[0].tolist() == list(range(len(read), len(read) + len(written) + 1))
        assert "".join("\nAB"[k] for k in y[row][counted[row]]) == written + "\n"
    assert x.shape == y.shape == counted.shape == (3, 6)


def test_an_encoder_decoder_gets_both_strings():
    batch = as_batch(TWO, PAIRS)
    assert torch.equal(batch.x, torch.as_tensor(PAIRS.x))
    assert batch.lengths.tolist() == [3, 1, 2]
    assert batch.counted.sum(1).tolist() == [3, 5, 2]
    assert (batch.y[~batch.counted] == 0).all()


def test_a_causal_model_gets_one_text_or_what_was_tagged():
    assert torch.equal(as_batch(READER, PAIRS).x, torch.as_tensor(one_text(PAIRS)[0]))
    x, y = parity_task(4, 9, np.random.default_rng(1))
    batch = as_batch(READER, (x, y))
    assert batch.counted.all()
    assert batch.lengths is None
    x, y, asked = recall_task(4, 2, np.random.default_rng(1), keys=2, values=2)
    assert torch.equal(as_batch(CausalModel(5, width=8, heads=2), (x, y, asked)).counted, torch.as_tensor(asked))


def test_parts_of_a_batch():
    parts = list(as_batch(TWO, PAIRS).split(2))
    assert [len(part) for part in parts] == [2, 1]
    assert torch.equal(torch.cat([part.y for part in parts]), as_batch(TWO, PAIRS).y)
    assert torch.equal(torch.cat([part.lengths for part in parts]), as_batch(TWO, PAIRS).lengths)


X = np.zeros((3, 4), int)


@pytest.mark.parametrize(
    "model, examples, error, sentence",
    [
        (LanguageModel(5, 3), PAIRS, TypeError, "model is a LanguageModel, it must be an EncoderDecoder or"),
        (TWO, (X, X), TypeError, "examples is a tuple, an EncoderDecoder takes Pairs"),
        (READER, X, TypeError, r"examples must be Pairs, \(x, y\) or \(x, y, counted\)"),
        (READER, (X, X[:2]), ValueError, r"y has shape \(2, 4\), wanted \(n=3, time=4\)"),
        (READER, (X, X, X == 1), ValueError, "counted must be bool, and True somewhere"),
        (READER, (X, X, X), ValueError, "counted must be bool"),
        (READER, (X, X, X[:2] == 0), ValueError, "counted has shape"),
    ],
)
def test_what_a_model_does_not_take_is_refused(model, examples, error, sentence):
    with pytest.raises(error, match=sentence):
        as_batch(model, examples)


def test_one_text_takes_pairs():
    with pytest.raises(TypeError, match="pairs is a list, it must be Pairs"):
        one_text(["ab"])
