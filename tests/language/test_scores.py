"""Perplexity, bits per byte and mixtures, by hand and against a search over the whole grid."""

import numpy as np
import pytest

from rnn_course.language import best_weight, bits_per_byte, mixed, perplexity


def surprises(length, seed):
    return np.random.default_rng(seed).gamma(2.0, 1.5, length)


def test_perplexity_is_the_geometric_mean_of_one_over_p():
    p = np.random.default_rng(0).uniform(0.01, 1, 57)
    np.testing.assert_allclose(perplexity(-np.log2(p)), np.prod(1 / p) ** (1 / 57), rtol=1e-10)
    assert perplexity(np.full(4, np.log2(86))) == pytest.approx(86, rel=1e-12)  # knows nothing of 86 symbols


def test_bits_per_byte_counts_the_bytes_of_utf_8():
    text = "ab—月。\n"  # 1 1 3 3 3 1 bytes
    bits = surprises(6, 1)
    assert bits_per_byte(bits, text) == pytest.approx(bits.sum() / 12, rel=1e-12)
    assert bits_per_byte(bits[:2], "ab") == pytest.approx(bits[:2].mean(), rel=1e-12)


def test_mixed_is_the_mean_of_the_probabilities():
    a, b = surprises(41, 2), surprises(41, 3)
    for weight in (0, 0.3, 0.875, 1, np.float32(0.5)):
        wanted = -np.log2(weight * 2**-a + (1 - weight) * 2**-b)
        np.testing.assert_allclose(mixed(a, b, weight), wanted, rtol=1e-12)


def test_mixed_holds_where_a_probability_is_too_small_for_a_float():
    np.testing.assert_allclose(mixed([2000.0, 2000.0], [3000.0, 2000.0], 0.25), [2002.0, 2000.0], rtol=1e-12)
    np.testing.assert_allclose(mixed([2000.0], [3.0], 0.0), [3.0], rtol=1e-12)


@pytest.mark.parametrize("seed, scale", [(4, 1.0), (5, 1.3), (6, 0.8)])
def test_best_weight_is_the_least_of_a_grid(seed, scale):
    a, b = scale * surprises(300, seed), surprises(300, seed + 10)
    grid = np.linspace(0, 1, 2001)
    bits = [mixed(a, b, w).mean() for w in grid]
    weight = best_weight(a, b)
    assert abs(weight - grid[np.argmin(bits)]) <= 0.0005
    assert mixed(a, b, weight).mean() <= min(bits) + 1e-12
    assert abs(best_weight(b, a) - (1 - weight)) < 2e-6


def test_best_weight_is_one_model_alone_where_it_is_always_better_or_the_other_impossible():
    a = surprises(20, 7)
    assert best_weight(a, a + 0.5) == 1
    assert best_weight(a + 0.5, a) == 0
    assert best_weight(a, a + 5000) == 1  # 2^5000 is no float


def test_best_weight_of_two_models_that_are_right_by_turns():
    """Right nine times of ten, certain: w of the first solves .9 / w = .1 / (1 − w)."""
    right, wrong = 1e-9, 60.0
    a = np.where(np.arange(50) % 10 == 0, wrong, right)
    b = np.where(np.arange(50) % 10 == 0, right, wrong)
    assert best_weight(a, b) == pytest.approx(0.9, abs=2e-6)


BAD = [
    (ValueError, "surprises_a has 2 values, surprises_b has 1", lambda: mixed([1.0, 2.0], [1.0], 0.5)),
    (ValueError, "weight is 1.5, it must be from 0 to 1", lambda: mixed([1.0], [1.0], 1.5)),
    (TypeError, "weight is True, it must be a number", lambda: mixed([1.0], [1.0], True)),
    (ValueError, "surprises has -1.0, a surprise is at least 0 bits", lambda: perplexity([-1.0])),
    (ValueError, "surprises has inf at", lambda: perplexity([np.inf])),
    (ValueError, "surprises has shape", lambda: perplexity([])),
    (ValueError, "surprises has 2 values, text has 3 characters", lambda: bits_per_byte([1.0, 2.0], "abc")),
    (TypeError, "text is a bytes, it must be text", lambda: bits_per_byte([1.0], b"a")),
    (ValueError, "tolerance is 0, it must be positive", lambda: best_weight([1.0], [2.0], tolerance=0)),
]


@pytest.mark.parametrize("error, sentence, call", BAD, ids=[sentence for _, sentence, _ in BAD])
def test_bad_input_gets_one_sentence(error, sentence, call):
    with pytest.raises(error, match=sentence):
        call()
