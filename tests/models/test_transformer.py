"""The small Transformer: against attention written out, no look ahead, and each symbol of a text counted once."""

import math

import numpy as np
import pytest
import torch

from rnn_course.language import fit
from rnn_course.models import TransformerLanguageModel

IDS = np.random.default_rng(3).integers(7, size=61)


@pytest.fixture
def model():
    made = TransformerLanguageModel(symbols=7, width=6, layers=2, heads=3, context=10).double().eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) * 0.5)
    return made


def written_out(model, ids):
    """The logits after each id, one place at a time, each head by itself."""
    x = model.embedding.weight[torch.tensor(ids)] + model.places.weight[: len(ids)]
    for layer in model.layers.layers:
        a, attention = layer.norm1(x), layer.self_attn
        q, k, v = (a @ attention.in_proj_weight.T + attention.in_proj_bias).chunk(3, dim=-1)
        read = torch.zeros_like(x)
        for head in range(3):
            part = slice(2 * head, 2 * head + 2)
            for t in range(len(ids)):
                weights = (k[: t + 1, part] @ q[t, part] / math.sqrt(2)).softmax(0)
                read[t, part] = weights @ v[: t + 1, part]
        x = x + attention.out_proj(read)
        inner = layer.linear1(layer.norm2(x))
        x = x + layer.linear2(0.5 * inner * (1 + torch.erf(inner / math.sqrt(2))))
    return model.layers.norm(x) @ model.embedding.weight.T + model.head.bias


def test_it_is_attention_written_out(model):
    logits, state = model(torch.tensor(IDS[None, :9]))
    torch.testing.assert_close(logits[0], written_out(model, IDS[:9]))
    assert state is None


def test_it_does_not_look_ahead(model):
    other = IDS[:10].copy()
    other[6] = (other[6] + 1) % 7
    one, two = model(torch.tensor(np.stack([IDS[:10], other])))[0]
    torch.testing.assert_close(one[:6], two[:6])
    assert not torch.allclose(one[6], two[6])


def test_step_sees_the_context_and_no_more(model):
    state = None
    for k, symbol in enumerate(IDS[:14]):
        p, state = model.step(symbol, state)
        wanted = written_out(model, IDS[max(0, k - 9) : k + 1])[-1].softmax(0).detach().numpy()
        np.testing.assert_allclose(p, wanted, rtol=1e-9)
    assert state == tuple(IDS[4:14])


@pytest.mark.parametrize("count", [1, 4, 10, 11, 14, 15, 16, 60, 61])
def test_surprises_count_each_symbol_once(model, count):
    ids = IDS[:count]
    bits = model.surprises(ids, start=2)
    assert bits.shape == (count,)
    text = [2, *ids]
    for k in range(count):
        first = 0 if k < 10 else 5 * ((k - 5) // 5)  # windows begin at 0, 5, 10, …, and their second half counts
        p = written_out(model, text[first : k + 1])[-1].softmax(0)
        assert bits[k] == pytest.approx(-math.log2(p[ids[k]].item()))
    np.testing.assert_allclose(bits, model.surprises(ids, start=2, rows=1), rtol=1e-12)  # but for rounding


def test_it_learns():
    model = TransformerLanguageModel(symbols=7, width=12, layers=1, heads=2, context=8)
    found = fit(model, np.arange(900) % 7, updates=150, batch_size=4, length=8, progress=False)
    assert found.bits[0] > 1 > 0.2 > found.bits[-1]


def test_what_is_refused(model):
    with pytest.raises(ValueError, match="ids has 11 steps, this Transformer was built for context=10"):
        model(torch.zeros(1, 11, dtype=torch.long))
    with pytest.raises(ValueError, match="width is 7, it must be a multiple of heads=2"):
        TransformerLanguageModel(symbols=7, width=7, heads=2)
    with pytest.raises(ValueError, match="ids has the id 7"):
        model.surprises([7])
    with pytest.raises(ValueError, match="symbol is 7, it must be at most 6"):
        model.step(7)
    with pytest.raises(TypeError, match="ids is a list, wanted a tensor"):
        model([[1]])
