"""Training on drawn strings: the loss against one written out, the same seed twice, what is kept and refused."""

import numpy as np
import pytest
import torch

from rnn_course.attention import fit, right
from rnn_course.attention.training import spread
from rnn_course.data import parity_task, reversal_task
from rnn_course.models import CausalModel, EncoderDecoder

QUIET = {"progress": False}


def draw(n, rng):
    return reversal_task(n, 1, 4, rng)


def test_the_loss_is_the_mean_over_what_counts():
    model = EncoderDecoder(27, 27, 6, 4)
    pairs = draw(5, np.random.default_rng(3))
    total, count = 0.0, 0
    for k in range(5):
        logits, _ = model(torch.as_tensor(pairs.x[k : k + 1, : pairs.lengths[k]]), torch.as_tensor(pairs.y[k : k + 1]))
        for t in range(pairs.y_lengths[k]):
            total -= logits[0, t].log_softmax(0)[pairs.y[k, t]].item()
            count += 1
    found = fit(model, lambda n, rng: pairs, updates=1, **QUIET)
    assert found.nats == [pytest.approx(total / count, rel=1e-5)]
    assert not model.training


def test_it_learns_and_the_same_seed_gives_the_same():
    test, runs = draw(100, np.random.default_rng(9)), []
    for _ in range(2):
        model = EncoderDecoder(27, 27, 32, 16)
        progress = fit(model, draw, test, updates=400, learning_rate=1e-2, every=100, **QUIET)
        runs.append((progress.nats, progress.right, [p.sum().item() for p in model.parameters()]))
    assert runs[0] == runs[1]
    assert progress.updates == [100, 200, 300, 400]
    assert progress.right[-1] == right(model, test).mean() > 0.8
    assert progress.right[0] < progress.right[-1]
    assert progress.stopped == "finished"
    assert fit(EncoderDecoder(27, 27, 32, 16), draw, updates=100, seed=1, **QUIET).nats != runs[0][0][:1]
    assert "whole answers right" in repr(progress)
    assert "<table" in progress._repr_html_()


def test_an_interruption_keeps_what_was_learned():
    def stop(progress):
        if len(progress.updates) == 2:
            raise KeyboardInterrupt

    model = CausalModel(2, width=8, mixers=("gru",))
    progress = fit(model, lambda n, rng: parity_task(n, 6, rng), updates=50, every=10, watch=stop, **QUIET)
    assert progress.stopped == "interrupted"
    assert progress.updates == [10, 20]
    assert not model.training


def test_random_places_are_rising_and_of_the_range():
    seen = []
    model = CausalModel(2, width=8, mixers=("attention",), heads=2, positions="learned", longest=40)
    whole = model.forward
    model.forward = lambda ids, state=None, places=None: (seen.append(places), whole(ids, state, places))[1]
    fit(model, lambda n, rng: parity_task(n, 6, rng), updates=30, random_places=40, batch_size=2, **QUIET)
    places = torch.stack([place for place in seen if place is not None])
    assert (places.diff(dim=1) > 0).all()
    assert places.min() == 0
    assert places.max() == 39


def test_spread_places():
    assert spread(4, 4).tolist() == [0, 1, 2, 3]
    places = spread(7, 40)
    assert (places.diff() > 0).all()
    assert 0 <= places[0]
    assert places[-1] < 40
    with pytest.raises(ValueError, match="a text has 5 places, random_places=4 has fewer"):
        spread(5, 4)


@pytest.mark.parametrize(
    "options, error, sentence",
    [
        ({"updates": 0}, ValueError, "updates is 0, it must be at least 1"),
        ({"updates": 2, "batch_size": 0}, ValueError, "batch_size is 0"),
        ({"updates": 2, "learning_rate": -1}, ValueError, "learning_rate is -1"),
        ({"updates": 2, "clip": 0}, ValueError, "clip is 0"),
        ({"updates": 2, "every": 0}, ValueError, "every is 0"),
        ({"updates": 2, "warm_up": 1.5}, TypeError, "warm_up is 1.5, it must be a whole number"),
        ({"updates": 2, "seed": -1}, ValueError, "seed is -1"),
        ({"updates": 2, "random_places": 3}, ValueError, "a text has .* places, random_places=3 has fewer"),
    ],
)
def test_bad_options_are_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        fit(CausalModel(54, 27, width=8, mixers=("gru",)), draw, **QUIET | options)


def test_a_loss_that_is_not_finite_is_named():
    model = EncoderDecoder(27, 27, 6, 4)
    with torch.no_grad():
        model.head.bias[0] = torch.nan
    with pytest.raises(FloatingPointError, match="the training loss is nan at epoch 1, step 1"):
        fit(model, draw, updates=3, **QUIET)
