"""The generator that Python and the page share: bit for bit, against NumPy's arithmetic, and as random as it says."""

import numpy as np
import pytest

from rnn_course.widgets.kit import HERE
from rnn_course.widgets.sfc32 import DISCARDED, SFC32

SEEDS = [(0, 0), (1, 0), (0, 1), (2**31, 5), (2**32 - 1, 2**32 - 1), (123456789, 3)]
JAVASCRIPT = """async ([text, seeds, count]) => {
  const { SFC32 } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  return seeds.map(([seed, stream]) => {
    const rng = new SFC32(seed, stream);
    const many = (draw) => Array.from({ length: count }, draw);
    return [many(() => rng.word()), many(() => rng.uniform(-0.3, 0.7)), many(() => rng.normal()),
      [...rng.shuffle(new Int32Array(count))]];
  });
}"""


@pytest.mark.browser
def test_javascript_draws_the_same_bits(page):
    count = 300
    theirs = page.evaluate(JAVASCRIPT, [(HERE / "random.js").read_text("utf8"), SEEDS, count])
    for (seed, stream), (words, uniform, normal, order) in zip(SEEDS, theirs, strict=True):
        rng = SFC32(seed, stream)
        assert words == [rng.word() for _ in range(count)]
        assert uniform == rng.uniform(-0.3, 0.7, count).tolist()
        assert normal == rng.normal(count).tolist()
        assert order == rng.permutation(count)


@pytest.mark.parametrize(("seed", "stream"), SEEDS)
def test_the_words_are_those_of_arithmetic_in_32_bits(seed, stream):
    """NumPy's uint32 wraps by itself, as the C of PractRand does."""
    a, b, c, d = (np.array([word], np.uint32) for word in (seed, stream, 0, 1))
    words = []
    for _ in range(DISCARDED + 200):
        u = a + b + d
        a, b, d = b ^ (b >> np.uint32(9)), c + (c << np.uint32(3)), d + np.uint32(1)
        c = ((c << np.uint32(21)) | (c >> np.uint32(11))) + u
        words.append(int(u[0]))
    rng = SFC32(seed, stream)
    assert [rng.word() for _ in range(200)] == words[DISCARDED:]


def test_draws_are_as_random_as_they_say():
    rng = SFC32(7)
    uniform = rng.uniform(2, 6, 20_000)
    assert 2 <= uniform.min() and uniform.max() < 6
    counts = np.histogram(uniform, 20, (2, 6))[0]
    assert ((counts - 1000) ** 2 / 1000).sum() < 45  # χ² with 19 degrees of freedom: 99.9 % lie below 43.8
    normal = SFC32(8).normal(20_000)
    assert abs(normal.mean()) < 0.03 and abs(normal.var() - 1) < 0.04
    assert abs((np.abs(normal) < 1.96).mean() - 0.95) < 0.006
    places = np.array([SFC32(seed).permutation(5) for seed in range(2000)])
    for place in places.T:  # seeds that are close to each other give orders that are not
        assert ((np.bincount(place) - 400) ** 2 / 400).sum() < 18.5
    assert sorted(SFC32(1).permutation(50)) == list(range(50))


def test_seeds_and_streams_are_apart():
    firsts = {SFC32(seed, stream).word() for seed in range(30) for stream in range(3)}
    assert len(firsts) == 90


def test_another_seed_is_refused():
    with pytest.raises(ValueError, match="seed is -1, it must be at least 0"):
        SFC32(-1)
    with pytest.raises(ValueError, match="stream is 4294967296, it must be at most 4294967295"):
        SFC32(1, 2**32)
    with pytest.raises(TypeError, match=r"seed is 0\.5, it must be a whole number"):
        SFC32(0.5)
