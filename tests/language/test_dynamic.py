"""Learning while reading: no symbol is learned from before it is said, and the model that came is left alone."""

import numpy as np
import pytest
import torch

from rnn_course.language.dynamic import dynamic_surprises
from rnn_course.models import LanguageModel

TEXT = np.random.default_rng(5).integers(7, size=101)


@pytest.fixture
def model():
    return LanguageModel(symbols=7, hidden_size=5, seed=3).double()


def test_at_a_rate_of_nearly_nothing_it_is_the_model(model):
    bits = dynamic_surprises(model, TEXT, start=2, learning_rate=1e-12, length=8)
    np.testing.assert_allclose(bits, model.surprises(TEXT, start=2), rtol=1e-6)


def test_a_symbol_is_said_before_it_is_learned_from(model):
    """Another symbol at place k changes its own surprise and later ones, and no earlier one."""
    k, other = 50, TEXT.copy()
    other[k] = (other[k] + 1) % 7
    one, two = (dynamic_surprises(model, ids, learning_rate=0.01, length=8) for ids in (TEXT, other))
    assert one[:k].tolist() == two[:k].tolist()
    assert one[k] != two[k] and one[k + 1] != two[k + 1] and one[64] != two[64]


def test_the_first_step_is_adams(model):
    """After one step from nothing every weight has gone by the rate against its gradient's sign, but for the decay."""
    bits = dynamic_surprises(model, TEXT[:16], learning_rate=0.01, decay=0.25, length=8)
    hand = LanguageModel(**model.settings).double()
    hand.load_state_dict(model.state_dict())
    logits, state = hand(torch.tensor([[0, *TEXT[:7]]]))
    torch.nn.functional.cross_entropy(logits[0], torch.tensor(TEXT[:8])).backward()
    with torch.no_grad():
        for parameter in hand.parameters():
            parameter -= 0.75 * 0.01 * parameter.grad / (parameter.grad.abs() + 1e-8)
    logits, _ = hand(torch.tensor(TEXT[None, 7:15]), state)
    wanted = torch.nn.functional.cross_entropy(logits[0], torch.tensor(TEXT[8:16]), reduction="none") / np.log(2)
    np.testing.assert_allclose(bits[8:], wanted.detach(), rtol=1e-6)


def test_it_learns_and_the_model_does_not(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    text = np.arange(700) % 7
    bits = dynamic_surprises(model, text, learning_rate=0.02, decay=0, length=7)
    assert bits[-70:].mean() < 0.5 < bits[:70].mean()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    warm = dynamic_surprises(model, text[:70], learning_rate=0.02, decay=0, length=7, before=text)
    assert warm.shape == (70,) and warm.mean() < 0.5


def test_what_is_refused(model):
    with pytest.raises(TypeError, match="model is a Linear"):
        dynamic_surprises(torch.nn.Linear(1, 1), TEXT)
    with pytest.raises(ValueError, match="decay is 1, it must be at least 0 and below 1"):
        dynamic_surprises(model, TEXT, decay=1)
    with pytest.raises(ValueError, match="ids has the id 7"):
        dynamic_surprises(model, [7])
    with pytest.raises(ValueError, match="before has the id 7"):
        dynamic_surprises(model, TEXT, before=[7])
