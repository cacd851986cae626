"""Writing: probabilities reshaped as they are defined, draws that follow them, and a search that finds the best."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from rnn_course.language import beam, reshaped, sample
from rnn_course.models import LanguageModel


class Chain:
    """A Markov chain: the state is the last symbol. Nothing in it is equal to anything else."""

    def __init__(self, symbols=4, seed=6):
        self.symbols, self.read = symbols, []
        self.p = np.random.default_rng(seed).dirichlet(np.ones(symbols), size=symbols)

    def step(self, symbol, state=None):
        self.read.append(symbol)
        return self.p[symbol], symbol


P = np.random.default_rng(7).dirichlet(np.ones(9))


@pytest.mark.parametrize("temperature", [0.2, 0.7, 1, 3.0])
def test_temperature_divides_the_logits(temperature):
    logits = torch.tensor(np.log(P) + 4)
    wanted = (logits / temperature).softmax(0).numpy()
    np.testing.assert_allclose(reshaped(P, temperature), wanted, rtol=1e-12)


def test_temperature_zero_is_greedy():
    assert reshaped(P, 0).tolist() == np.eye(9)[P.argmax()].tolist()
    np.testing.assert_allclose(reshaped(P, 1e-3), reshaped(P, 0), atol=1e-9)
    assert reshaped(np.array([0.4, 0.4, 0.2]), 0).tolist() == [1, 0, 0]


def test_top_k_and_top_p_by_hand():
    p = np.array([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(reshaped(p, top_k=2), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(reshaped(p, top_k=99), p)
    np.testing.assert_allclose(reshaped(p, top_p=0.4), [0, 1, 0, 0])
    np.testing.assert_allclose(reshaped(p, top_p=0.41), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(reshaped(p, top_p=1.0), p)
    np.testing.assert_allclose(reshaped(p, top_k=3, top_p=0.5), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(reshaped(p, 0.5, top_k=2), [0, 16 / 25, 0, 9 / 25])
    np.testing.assert_allclose(reshaped(np.array([0.0, 1.0, 0.0]), 2.0), [0, 1, 0])


def test_draws_follow_the_probabilities():
    model = Chain()
    written = sample(model, 20000, prompt=[2], seed=1)
    for symbol in range(4):
        after = written[1:][written[:-1] == symbol]
        counts = np.bincount(after, minlength=4)
        assert chisquare(counts, model.p[symbol] * len(after)).pvalue > 1e-4
    assert model.read[0] == 2 and model.read[1:] == written[:-1].tolist()


def test_the_state_is_carried_from_symbol_to_symbol():
    """A greedy text of a network is what it says when each time the whole text so far is read anew."""
    network, text = LanguageModel(symbols=9, hidden_size=6, seed=2).double(), [4, 1]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(4)
        written = sample(network, 25, prompt=text, temperature=0)
        for _ in range(25):
            text.append(int(network(torch.tensor([text]))[0][0, -1].argmax()))
    assert written.tolist() == text[2:] and len(set(text)) > 2


def test_a_prompt_a_stop_and_a_seed():
    model = Chain()
    assert len(sample(model, 50, stop=3)) < 50 and sample(model, 50, stop=3)[-1] == 3
    assert sample(model, 30, seed=4).tolist() == sample(model, 30, seed=4).tolist()
    assert sample(model, 30, seed=4).tolist() != sample(model, 30, seed=5).tolist()
    model.read.clear()
    sample(model, 1, prompt=[3, 1, 2])
    assert model.read == [3, 1, 2]
    network = LanguageModel(symbols=7, hidden_size=5)
    assert sample(network, 40, prompt=[1, 2]).shape == (40,)


def test_a_beam_wide_enough_finds_the_best_of_all_texts():
    worse = 0
    for seed in range(25):
        model = Chain(3, seed)
        every = {text: -sum(np.log2(model.p[a, b]) for a, b in itertools.pairwise((1, *text)))
                 for text in itertools.product(range(3), repeat=4)}  # fmt: skip
        text, bits = beam(model, 4, width=27, prompt=[1])
        assert tuple(text.tolist()) == min(every, key=every.get) and bits == pytest.approx(min(every.values()))
        greedy, bits = beam(model, 4, width=1, prompt=[1])
        assert greedy.tolist() == sample(model, 4, prompt=[1], temperature=0).tolist()
        assert bits == pytest.approx(every[tuple(greedy.tolist())])
        worse += greedy.tolist() != text.tolist()
    assert worse > 5  # otherwise a greedy search would pass for a wide one


def test_what_is_refused():
    for p, words in (([0.5, 0.6], "the sum 1.1"), ([1.5, -0.5], "smallest value -0.5"), ([[1.0]], "shape"),
                     ([np.nan, 1.0], "smallest value nan")):  # fmt: skip
        with pytest.raises(ValueError, match=words):
            reshaped(np.array(p))
    for options, words in (
        ({"temperature": -1}, "temperature is -1"),
        ({"top_k": 0}, "top_k is 0, it must be at least 1"),
        ({"top_p": 0}, "top_p is 0, it must be positive"),
        ({"top_p": 1.5}, r"top_p is 1\.5, it must be at most 1"),
        ({"length": 0}, "length is 0"),
        ({"prompt": []}, r"prompt has shape \(0,\)"),
    ):
        with pytest.raises(ValueError, match=words):
            sample(Chain(), **{"length": 3} | options)
    with pytest.raises(ValueError, match="width is 0"):
        beam(Chain(), 3, 0)
