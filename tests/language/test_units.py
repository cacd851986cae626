"""What a unit goes with: correlations against NumPy's, properties by hand, a planted unit found and chance exposed."""

import numpy as np
import pytest

from rnn_course.language.units import PROPERTIES, correlations, find_unit, property_of

RANDOM = np.random.default_rng(8)


def test_correlations_are_numpys():
    values, wanted = RANDOM.normal(size=(50, 7)) * 3 + 2, RANDOM.normal(size=50) - 1
    every = np.corrcoef(np.column_stack([values, wanted]).T)[-1, :-1]
    np.testing.assert_allclose(correlations(values, wanted), every)
    values[:, 2] = 4.0
    assert correlations(values, wanted)[2] == 0 and correlations(values, np.ones(50)).tolist() == [0] * 7


def test_properties_by_hand():
    text = 'He "said 12" (a\nB) so.Oh'
    for name, wanted in {
        "inside quotation marks": "000111111110000000000000",
        "inside brackets": "000000000000011110000000",
        "a capital letter": "100000000000000010000010",
        "a digit": "000000000110000000000000",
        "a space": "001000001000100000100000",
        "a vowel": "010001100000001000001010",
    }.items():
        got = property_of(name, text).astype(int)
        assert got.tolist() == [int(c) for c in wanted], name
    assert property_of("letters since the last space", "ab cde\nf").tolist() == [1, 2, 0, 1, 2, 3, 0, 1]
    assert property_of("characters since the sentence began", "ab. c").tolist() == [1, 2, 0, 1, 2]
    assert property_of("place in the poem", "春眠，不\n花").tolist() == [1, 2, 3, 4, 0, 1]
    assert all(property_of(name, text).shape == (len(text),) for name in PROPERTIES)


def test_a_planted_unit_is_found_and_luck_is_exposed():
    first, second = RANDOM.normal(size=(80, 300)), RANDOM.normal(size=(90, 300))
    a, b = RANDOM.normal(size=80), RANDOM.normal(size=90)
    lucky = find_unit(first, a, second, b)
    assert abs(lucky.chosen) > 0.25 > abs(lucky.judged)
    first[:, 17], second[:, 17] = -2 * a + 5, -3 * b
    assert find_unit(first, a, second, b) == (17, pytest.approx(-1), pytest.approx(-1))


def test_what_is_refused():
    with pytest.raises(ValueError, match="name is 'rhyme', it must be one of 'inside quotation marks'"):
        property_of("rhyme", "a")
    with pytest.raises(TypeError, match="text is a bytes"):
        property_of("a digit", b"1")
    with pytest.raises(ValueError, match=r"wanted has shape \(3,\), wanted \(characters=2\)"):
        correlations(np.ones((2, 4)), np.ones(3))
    with pytest.raises(ValueError, match="values has nan"):
        correlations(np.full((2, 4), np.nan), np.ones(2))
