"""Scores: an answer is right where writing it symbol by symbol gives it."""

import numpy as np
import pytest
import torch

from rnn_course.attention import correct, fit, right
from rnn_course.data import parity_task, reversal_task
from rnn_course.models import CausalModel, EncoderDecoder


def draw(n, rng):
    return reversal_task(n, 1, 3, rng)


@pytest.fixture(scope="module")
def half_trained():
    model = EncoderDecoder(27, 27, 24, 12)
    fit(model, draw, updates=150, learning_rate=1e-2, progress=False)
    return model


def test_right_is_what_writing_gives(half_trained):
    pairs = draw(300, np.random.default_rng(5))
    written, _ = half_trained.write(torch.as_tensor(pairs.x), pairs.lengths, limit=8)
    wanted = torch.nn.functional.pad(torch.as_tensor(pairs.y), (0, max(0, written.shape[1] - pairs.y.shape[1])))
    wanted[:, : written.shape[1]] -= written
    same = ~wanted.any(1).numpy()
    found = right(half_trained, pairs)
    assert 0.05 < found.mean() < 0.95
    np.testing.assert_array_equal(found, same)
    np.testing.assert_array_equal(right(half_trained, pairs, rows=7), found)


def test_each_place_that_counts_is_judged():
    model, (x, y) = (
        CausalModel(2, width=8, mixers=("gru",), positions="none"),
        parity_task(9, 5, np.random.default_rng(1)),
    )
    counted = np.arange(5) % 2 == np.arange(9)[:, None] % 2
    said = model(torch.as_tensor(x))[0].argmax(2).numpy()
    found, where = correct(model, (x, y, counted))
    np.testing.assert_array_equal(where, counted)
    np.testing.assert_array_equal(found, (said == y) | ~counted)
    np.testing.assert_array_equal(right(model, (x, y, counted)), found.all(1))


def test_places_are_handed_on():
    model = CausalModel(2, width=8, mixers=("attention",), heads=2, positions="learned", longest=9)
    x, y = parity_task(4, 5, np.random.default_rng(1))
    with pytest.raises(ValueError, match="reaches place 12"):
        right(model, (x, y), places=np.arange(5) * 3)
