"""Training on one long text: what an update reads, that the state is carried and cut off, what comes of it."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from rnn_course.language import fit, rows, stateful
from rnn_course.models import LanguageModel

TEXT = np.random.default_rng(5).integers(7, size=1103)
ROUND = np.arange(3000) % 7  # a text in which nothing is left to chance


def model(**options):
    return LanguageModel(**{"symbols": 7, "hidden_size": 5} | options)


def learned(made, ids=TEXT, **options):
    return fit(made, ids, **{"updates": 12, "batch_size": 3, "length": 4, "progress": False} | options)


def test_rows_follow_each_other():
    assert rows(TEXT, 4).flatten().tolist() == TEXT[:1100].tolist()
    with pytest.raises(ValueError, match="ids has 3 symbols, fewer than batch_size=4"):
        rows([1, 2, 3], 4)


@pytest.mark.parametrize("size", [13, 14, 25, 103])
def test_pieces_go_on_where_the_last_one_ended_and_ask_for_the_next_symbol(size):
    stream, last, cuts = stateful._pieces(torch.arange(size), 3, 4, np.random.default_rng(0)), None, 0
    for _ in range(200):
        x, y, fresh = next(stream)
        assert x.shape == y.shape == (3, 4) and torch.equal(y, x + 1) and y.max() < size
        if fresh:
            cuts += 1
        else:
            assert torch.equal(x[:, 0], last[:, -1] + 1)
        last = x
    assert cuts >= 2 or size > 100


def test_a_model_starts_from_the_frequencies():
    made = model(seed=4).double()
    with torch.no_grad():
        made.head.weight.zero_()
    ids = np.array([0, 3, 3, 3, 6])
    stateful.set_frequencies(made, ids)
    wanted = (np.array([1, 0, 0, 3, 0, 0, 1]) + 0.5) / (5 + 7 / 2)
    np.testing.assert_allclose(made.step(2)[0], wanted)
    with pytest.raises(ValueError, match="ids has the id 7"):
        stateful.set_frequencies(made, [7])


def test_an_update_is_adam_on_the_mean_with_the_state_of_the_piece_before(monkeypatch):
    """The same three updates written out, with the gradient cut at the piece's head."""
    fed = []
    original = stateful._pieces

    def kept(*arguments):
        for piece in original(*arguments):
            fed.append(piece)
            yield piece

    monkeypatch.setattr(stateful, "_pieces", kept)
    made, hand = model(seed=4), model(seed=4)
    found = learned(made, updates=3, learning_rate=0.02, warm_up=0, clip=None, every=3)
    optimiser, state, nats = torch.optim.Adam(hand.parameters(), 0.02, betas=(0.9, 0.99)), None, []
    for k, (x, y, fresh) in enumerate(fed):
        assert fresh == (k == 0)
        optimiser.param_groups[0]["lr"] = 0.02 * (0.5 + 0.5 * math.cos(math.pi * k / 3))
        logits, (h, C) = hand(x, state)
        state = (h.detach(), C.detach())
        optimiser.zero_grad()
        loss = cross_entropy(logits.flatten(0, 1), y.flatten())
        loss.backward()
        optimiser.step()
        nats.append(loss.item())
    assert found.bits == [pytest.approx(np.mean(nats) / np.log(2), rel=1e-5)]
    for ours, theirs in zip(made.parameters(), hand.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_what_is_not_carried_starts_from_zeros():
    carried, cut = model(), model()
    learned(carried)
    learned(cut, carry=False)
    assert not torch.equal(carried.rnn.weight_hh_l0, cut.rnn.weight_hh_l0)


def test_latest_reads_the_end_alone_in_the_second_half(monkeypatch):
    seen = []
    made = model(symbols=3000)
    monkeypatch.setattr(made, "forward", lambda x, state, forward=made.forward: (seen.append(x), forward(x, state))[1])
    learned(made, np.arange(3000), updates=9, latest=100, seed=1)
    assert [bool(x.min() >= 2900) for x in seen] == [k >= 4.5 for k in range(9)]


def test_a_text_without_chance_is_learned_and_the_history_says_so():
    made, looks = model(hidden_size=8), []
    found = learned(made, ROUND, validation=ROUND[:200], updates=300, learning_rate=0.03, every=60, watch=looks.append)
    assert found.updates == [60, 120, 180, 240, 300] and found.stopped == "finished" and len(looks) == 5
    assert found.bits[0] > 1 > 0.1 > found.bits[-1] and found.validation[-1] < 0.1
    assert found.seconds == sorted(found.seconds) and not made.training
    assert "updates: 300" in repr(found) and "bits per character, validation" in found._repr_html_()
    assert found.validation[-1] == pytest.approx(made.surprises(ROUND[:200], rows=32).mean())


def test_the_same_seed_gives_the_same_weights():
    first, second, third = model(dropout=0.3), model(dropout=0.3), model(dropout=0.3)
    learned(first, seed=2)
    learned(second, seed=2)
    learned(third, seed=3)
    assert torch.equal(first.rnn.weight_hh_l0, second.rnn.weight_hh_l0)
    assert not torch.equal(first.rnn.weight_hh_l0, third.rnn.weight_hh_l0)


def test_an_interruption_keeps_what_was_learned():
    def stop(_):
        raise KeyboardInterrupt

    found = learned(made := model(), watch=stop, every=4)
    assert found.stopped == "interrupted" and found.updates == [4] and not made.training


def test_what_is_refused():
    for options, error, words in (
        ({"updates": 0}, ValueError, "updates is 0, it must be at least 1"),
        ({"batch_size": 400}, ValueError, "ids has 1103 symbols, one piece of length=4 in batch_size=400 rows needs"),
        ({"latest": 2000}, ValueError, "latest is 2000, it must be at most 1103"),
        ({"latest": 10}, ValueError, "ids has 10 symbols, one piece"),
        ({"carry": None}, ValueError, "carry is None"),
        ({"learning_rate": -1}, ValueError, "learning_rate is -1"),
        ({"clip": 0}, ValueError, "clip is 0, it must be positive"),
    ):
        with pytest.raises(error, match=words):
            learned(model(), **options)
    with pytest.raises(ValueError, match=r"ids has the id 9 at \[1\]"):
        learned(model(), np.array([0, 9]))
    with pytest.raises(ValueError, match="validation has the id 9"):
        learned(model(), validation=np.array([9]))
    with pytest.raises(TypeError, match="model is a Linear, it must be a LanguageModel"):
        learned(torch.nn.Linear(1, 1))
