"""A causal model symbol by symbol in NumPy: against the whole text in PyTorch."""

import numpy as np
import pytest
import torch

from rnn_course.language import sample
from rnn_course.models import CausalModel, LanguageModel, Stepper
from rnn_course.models.causal import MIXERS, POSITIONS

SYMBOLS, OUTPUTS, WIDTH, HEADS, TIME = 7, 5, 12, 3, 40
IDS = np.random.default_rng(5).integers(SYMBOLS, size=TIME)


def made(mixers=("attention", "attention"), positions="none", window=None, dtype=torch.float64):
    longest = TIME if positions == "learned" else None
    model = CausalModel(SYMBOLS, OUTPUTS, WIDTH, mixers, HEADS, positions, window, longest).to(dtype)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return model


EVERY = [("attention", positions) for positions in POSITIONS] + [(mixer, "none") for mixer in MIXERS[1:]]


@pytest.mark.parametrize("mixer, positions", EVERY)
@pytest.mark.parametrize("window", [None, 3])
def test_steps_give_what_the_whole_text_gives(mixer, positions, window):
    model = made((mixer, "attention"), positions, window)
    wanted = model(torch.as_tensor(IDS)[None])[0][0].softmax(1).detach().numpy()
    stepper, state = Stepper(model), None
    for symbol, p in zip(IDS, wanted, strict=True):
        found, state = stepper.step(symbol, state)
        np.testing.assert_allclose(found, p, rtol=1e-9)
    assert state.count == TIME
    assert window is None or state.parts[1].kept < TIME


@pytest.mark.parametrize("mixer", MIXERS)
def test_it_stays_in_the_models_own_precision(mixer):
    model = made((mixer,), "rotary", dtype=torch.float32)
    stepper, state = Stepper(model), None
    for symbol in IDS:
        p, state = stepper.step(symbol, state)
    part = state.parts[0]
    kept = part._blocks if mixer == "attention" else part
    assert {array.dtype for array in kept} == {np.dtype(np.float32)}
    assert p.dtype == np.float64
    wanted = model(torch.as_tensor(IDS)[None])[0][0, -1].softmax(0).detach().numpy()
    np.testing.assert_allclose(p, wanted, rtol=2e-3)


def test_it_writes_as_a_model_of_language_does():
    model = CausalModel(SYMBOLS, None, WIDTH, ("gru", "attention"), HEADS, "none", seed=3).double()
    text = sample(Stepper(model), 6, prompt=[2, 5], temperature=0)
    ids = [2, 5]
    for symbol in text:
        assert model(torch.tensor([ids]))[0][0, -1].argmax() == symbol
        ids.append(int(symbol))


def test_what_it_cannot_read_is_refused():
    stepper = Stepper(made(positions="learned"))
    with pytest.raises(ValueError, match="symbol is 7, it must be at most 6"):
        stepper.step(7)
    _, state = stepper.step(1)
    stepper.step(2, state)
    with pytest.raises(ValueError, match="state has been read on from already"):
        stepper.step(2, state)
    state = None
    for symbol in IDS:
        _, state = stepper.step(symbol, state)
    with pytest.raises(ValueError, match=f"state is at place {TIME}, the table of positions ends at {TIME}"):
        stepper.step(1, state)
    with pytest.raises(TypeError, match="model is a LanguageModel, it must be a CausalModel"):
        Stepper(LanguageModel(5, 3))
