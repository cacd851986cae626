"""Self-attention: against PyTorch's own, complex numbers and a loop, and a cache against no cache."""

import math

import pytest
import torch
from torch.nn.functional import multi_head_attention_forward

from rnn_course.models.self_attention import Cache, SelfAttention, sinusoids, slopes, turned

BATCH, TIME, WIDTH, HEADS = 3, 11, 12, 2
POSITIONS = ("none", "rotary", "alibi")


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def made(positions="none", window=None):
    attention = SelfAttention(WIDTH, HEADS, positions, window).double()
    with torch.no_grad():
        for k, parameter in enumerate(attention.parameters()):
            parameter.copy_(drawn(*parameter.shape, seed=k + 1) * 0.5)
    return attention


def test_without_positions_it_is_pytorchs_causal_attention():
    attention, x = made(), drawn(BATCH, TIME, WIDTH)
    ahead = torch.ones(TIME, TIME, dtype=torch.bool).triu(1)
    wanted, alpha = multi_head_attention_forward(
        *[x.transpose(0, 1)] * 3, WIDTH, HEADS, attention.qkv.weight, attention.qkv.bias, None, None, False, 0.0,
        attention.out.weight, attention.out.bias, attn_mask=ahead, average_attn_weights=False,
    )  # fmt: skip
    torch.testing.assert_close(attention(x), wanted.transpose(0, 1))
    torch.testing.assert_close(attention.weights(x), alpha)


def scores(attention, x, positions):
    """q_t · k_s / √d and what the positions add, written with complex numbers and loops, `(batch, heads, t, s)`."""
    q, k, _ = attention.qkv(x).chunk(3, dim=-1)
    d = WIDTH // HEADS
    found = torch.full((BATCH, HEADS, TIME, TIME), -math.inf, dtype=torch.float64)
    for head in range(HEADS):
        mine = slice(head * d, head * d + d)
        for t in range(TIME):
            for s in range(t + 1):
                a, b = q[:, t, mine], k[:, s, mine]
                if positions == "rotary":
                    turn = torch.polar(torch.ones(d // 2), (t - s) * 10_000.0 ** (-torch.arange(d // 2) * 2 / d))
                    a = torch.complex(a[:, ::2], a[:, 1::2]) * turn.to(torch.complex128)
                    b = torch.complex(b[:, ::2], b[:, 1::2])
                    score = (a * b.conj()).real.sum(1)
                else:
                    score = (a * b).sum(1)
                found[:, head, t, s] = score / math.sqrt(d)
                if positions == "alibi":
                    found[:, head, t, s] -= 2.0 ** (-8 * (head + 1) / HEADS) * (t - s)
    return found


@pytest.mark.parametrize("positions", POSITIONS)
def test_the_weights_are_those_of_the_formula(positions):
    attention, x = made(positions), drawn(BATCH, TIME, WIDTH)
    torch.testing.assert_close(
        attention.weights(x), scores(attention, x, positions).softmax(3), rtol=1e-5, atol=1e-7
    )  # the oracle turns in float32


@pytest.mark.parametrize("positions", POSITIONS)
@pytest.mark.parametrize("window", [None, 1, 4])
@pytest.mark.parametrize("pieces", [[TIME], [1] * TIME, [2, 1, 5, 3]])
def test_a_cache_changes_no_number(positions, window, pieces):
    attention, x = made(positions, window), drawn(BATCH, TIME, WIDTH)
    cache, found = attention.start(BATCH), []
    with torch.no_grad():
        for piece in x.split(pieces, dim=1):
            found.append(attention(piece, cache))
    torch.testing.assert_close(torch.cat(found, dim=1), attention(x))
    assert cache.read == TIME


@pytest.mark.parametrize("window", [1, 4])
def test_a_window_sees_so_many_places_and_no_more(window):
    alpha = made("none", window).weights(drawn(BATCH, TIME, WIDTH))
    t, s = torch.arange(TIME)[:, None], torch.arange(TIME)
    assert torch.equal(alpha[0, 0] > 0, (s <= t) & (t - s < window))
    torch.testing.assert_close(alpha.sum(3), torch.ones(BATCH, HEADS, TIME, dtype=torch.float64))


@pytest.mark.parametrize("window", [None, 5])
def test_a_cache_keeps_what_is_seen_in_one_block(window):
    cache = Cache(window)
    every = drawn(BATCH, HEADS, 200, 4)
    for t in range(200):
        k, v = cache.append(every[:, :, t : t + 1], -every[:, :, t : t + 1])
        first = t + 1 - k.shape[2]
        assert torch.equal(k, every[:, :, first : t + 1])
        assert torch.equal(v, -k)
        assert first == 0 if window is None else t + 1 - first >= min(t + 1, window)
        assert k.stride()[2:] == (4, 1)
    assert cache.nbytes == 2 * BATCH * HEADS * cache.kept * 4 * 8
    assert cache.kept == 200 if window is None else cache.kept < 20
    assert cache.read == 200


def test_rotary_scores_know_the_distance_alone():
    q, k = drawn(2, 6), drawn(2, 6, seed=1)
    here, there = torch.tensor([3, 9]), torch.tensor([1003, 1009])
    one = turned(q, here) @ turned(k, here).T
    torch.testing.assert_close(one, turned(q, there) @ turned(k, there).T)
    assert not torch.allclose(one, q @ k.T)


def test_places_that_are_given_are_used():
    attention, x = made("rotary"), drawn(BATCH, TIME, WIDTH)
    torch.testing.assert_close(attention(x, places=torch.arange(TIME) + 70), attention(x))
    assert not torch.allclose(attention(x, places=2 * torch.arange(TIME)), attention(x))


def test_sinusoids_are_those_of_the_paper():
    found = sinusoids(torch.tensor([0, 7]), 6)
    wanted = [[f(place / 10_000 ** (2 * i / 6)) for i in range(3) for f in (math.sin, math.cos)] for place in (0, 7)]
    torch.testing.assert_close(found, torch.tensor(wanted, dtype=torch.float64), rtol=1e-6, atol=1e-7)


def test_slopes_are_those_of_the_paper():
    assert slopes(8).tolist() == [2.0**-h for h in range(1, 9)]


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ((12, 5), "width is 12, it must be a multiple of heads=5"),
        ((6, 2, "rotary"), "width / heads is 3, rotary positions turn pairs: it must be even"),
        ((6, 2, "none", 0), "window is 0, it must be at least 1"),
    ],
)
def test_a_bad_setting_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        SelfAttention(*arguments)


def test_what_it_cannot_read_is_refused():
    attention = made()
    with pytest.raises(TypeError, match=r"x is torch.float32, this model's weights are torch.float64"):
        attention(torch.zeros(1, 2, WIDTH))
    with pytest.raises(ValueError, match=r"x has shape \(1, 2, 5\), wanted \(batch, time, width=12\)"):
        attention(drawn(1, 2, 5))
    with pytest.raises(ValueError, match="places is given with a cache"):
        attention(drawn(1, 2, WIDTH), Cache(), torch.arange(2))
    with pytest.raises(RuntimeError, match=r"a cache grows in place.*use torch.no_grad\(\)"):
        attention(drawn(1, 2, WIDTH), Cache())
