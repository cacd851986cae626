"""N-grams against the paper's formulas with plain dicts, cases worked by hand, and the numbers of NLTK."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from rnn_course.language import NGram

SMOOTHINGS = ("kneser_ney", "witten_bell")


def text(symbols, length, seed):
    """A random text in which some n-grams are frequent, some rare, and the last symbol never comes."""
    rng = np.random.default_rng(seed)
    p = 1 / np.arange(1, symbols) ** 1.2
    motifs = [rng.choice(symbols - 1, 7, p=p / p.sum()) for _ in range(4)]
    parts = [motifs[rng.integers(4)] if rng.random() < 0.5 else rng.choice(symbols - 1, 4) for _ in range(length)]
    return np.concatenate(parts)[:length]


class Slow:
    """The same models from the formulas of Chen and Goodman (1999), equation by equation, with tuples and dicts."""

    def __init__(self, ids, symbols, order, smoothing, discount=None):
        self.symbols, self.smoothing = symbols, smoothing
        ids = [int(i) for i in ids]
        grams = {k: Counter(tuple(ids[i : i + k]) for i in range(len(ids) - k + 1)) for k in range(1, order + 1)}
        if smoothing == "kneser_ney":
            for k in range(order - 1, 0, -1):
                before = {}
                for gram in grams[k + 1]:
                    before.setdefault(gram[1:], set()).add(gram[0])
                grams[k] = Counter({gram: len(symbols) for gram, symbols in before.items()})
        self.c = grams
        self.D = {k: (discount,) * 3 if discount else self.estimated(grams[k]) for k in grams}

    @staticmethod
    def estimated(counts):
        n1, n2, n3, n4 = (sum(count == i for count in counts.values()) for i in (1, 2, 3, 4))
        try:
            Y = n1 / (n1 + 2 * n2)
            D = (1 - 2 * Y * n2 / n1, 2 - 3 * Y * n3 / n2, 3 - 4 * Y * n4 / n3)
        except ZeroDivisionError:
            return 0.5, 1, 1.5
        return D if min(D) >= 0 and D[0] <= 1 and D[1] <= 2 and D[2] <= 3 and n3 else (0.5, 1, 1.5)

    def p(self, w, h):
        """p(w | h), h a tuple of at most order − 1 symbols."""
        shorter = self.p(w, h[1:]) if h else 1 / self.symbols
        followers = {v: count for v in range(self.symbols) if (count := self.c[len(h) + 1][(*h, v)])}
        if not followers:
            return shorter
        total, c = sum(followers.values()), followers.get(w, 0)
        if self.smoothing == "witten_bell":
            return (c + len(followers) * shorter) / (total + len(followers))
        D = (0, *self.D[len(h) + 1])
        gamma = sum(D[min(count, 3)] for count in followers.values()) / total
        return max(c - D[min(c, 3)], 0) / total + gamma * shorter


CASES = [(7, 1, 60, 0), (5, 2, 90, 1), (4, 3, 400, 2), (11, 4, 700, 3), (6, 5, 37, 4), (3, 6, 1500, 5), (9, 3, 3, 6)]


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("symbols, order, length, seed", CASES)
def test_probabilities_are_those_of_the_formulas(symbols, order, length, seed, smoothing):
    ids = text(symbols, length, seed)
    model, slow = NGram(symbols, order, smoothing).fit(ids), Slow(ids, symbols, order, smoothing)
    rng = np.random.default_rng(seed)
    contexts = [tuple(rng.integers(symbols, size=size).tolist()) for size in range(order) for _ in range(6)]
    contexts += [tuple(ids[i : i + order - 1].tolist()) for i in rng.integers(length - order + 1, size=6)]
    for h in contexts:
        p = model.probabilities(h)
        np.testing.assert_allclose(p, [slow.p(w, h) for w in range(symbols)], rtol=1e-12)
        assert p.shape == (symbols,) and p.min() > 0 and abs(p.sum() - 1) < 1e-12
    if smoothing == "kneser_ney":
        np.testing.assert_allclose(model.discounts, [slow.D[k] for k in range(1, order + 1)], rtol=1e-12)
    else:
        assert model.discounts == [None] * order


def test_the_cases_hold_discounts_of_both_kinds():
    """Some texts above are long enough for estimated discounts, some fall back."""
    found = [
        D
        for symbols, order, length, seed in CASES
        for D in NGram(symbols, order).fit(text(symbols, length, seed)).discounts
    ]
    fallen = [D == (0.5, 1, 1.5) for D in found]
    assert any(fallen) and not all(fallen)


@pytest.mark.parametrize("counts, discounts", [
    ([1] * 6 + [2] * 3 + [3] * 2 + [4], (0.5, 1.0, 2.0)),  # Y = ½; 1 − 2·½·3/6, 2 − 3·½·2/3, 3 − 4·½·1/2
    ([1] * 6 + [2] * 3 + [3] * 2, (0.5, 1.0, 3.0)),  # no count of four: D₃₊ = 3
    ([1] * 6 + [2] * 3 + [4], (0.5, 1.0, 1.5)),  # no count of three: the fallback
    ([2] * 6 + [3] * 3 + [4], (0.5, 1.0, 1.5)),  # none of one
    ([1] * 6 + [3] * 3 + [4], (0.5, 1.0, 1.5)),  # none of two
    ([1] * 6 + [2] + [3] * 9 + [4], (0.5, 1.0, 1.5)),  # 2 − 3·¾·9 is below 0
])  # fmt: skip
def test_discounts_of_a_unigram_worked_by_hand(counts, discounts):
    ids = np.repeat(np.arange(len(counts)), counts)
    np.testing.assert_allclose(NGram(len(counts) + 1, 1).fit(ids).discounts, [discounts], rtol=1e-12)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("symbols, order, length, start", [(6, 1, 50, 0), (5, 3, 80, 4), (13, 4, 2, 2), (4, 9, 300, 1)])
def test_surprises_are_those_of_step_one_by_one_and_each_symbol_counts_once(symbols, order, length, start, smoothing):
    model = NGram(symbols, order, smoothing).fit(text(symbols, 500, 1))
    ids = np.random.default_rng(2).integers(symbols, size=length)
    ids[: length // 2] = text(symbols, 500, 1)[100 : 100 + length // 2]  # contexts that were seen, and others
    surprises, (p, state) = model.surprises(ids, start=start), model.step(start)
    assert surprises.shape == ids.shape and surprises.dtype == float
    for surprise, symbol in zip(surprises, ids, strict=True):
        assert abs(p.sum() - 1) < 1e-12 and len(state) <= order - 1
        np.testing.assert_allclose(surprise, -np.log2(p[symbol]), rtol=1e-12)
        p, state = model.step(symbol, state)


def test_kneser_ney_worked_by_hand():
    """San Francisco: 2 stands four times, but after 1 alone; 0 stands twice, after two different symbols."""
    ids, D = [1, 2, 1, 2, 3, 0, 1, 2, 0, 1, 2], 0.5
    model = NGram(5, 2, discount=D).fit(ids)
    # Different pairs: 01 12 20 21 23 30. Symbols before 0: 2, before 1: 2, before 2: 1, before 3: 1; 6 in all.
    unigram = [(2 - D) / 6, (2 - D) / 6, (1 - D) / 6, (1 - D) / 6, 0]
    unigram = np.array(unigram) + 4 * D / 6 / 5
    np.testing.assert_allclose(model.probabilities(), unigram, rtol=1e-12)
    # After 2 came 1, 3 and 0, once each.
    after = np.array([1 - D, 1 - D, 0, 1 - D, 0]) / 3 + 3 * D / 3 * unigram
    np.testing.assert_allclose(model.probabilities([2]), after, rtol=1e-12)
    np.testing.assert_allclose(model.probabilities([0, 2]), after, rtol=1e-12)  # only the latest is looked at
    np.testing.assert_allclose(model.probabilities([4]), unigram, rtol=1e-12)  # never seen: the shorter context


# What NLTK 3.10.4 gives, which has no uniform distribution below its unigram. In this text each symbol stands twelve
# times and after two different ones, so that its unigram is ¼ by all counts, there and here. For each context h:
#     grams = [g for n in (1, 2, 3) for g in nltk.ngrams(TEXT, n)]
#     model = nltk.lm.KneserNeyInterpolated(3, discount=0.6)  # or WittenBellInterpolated(3)
#     model.fit([grams], vocabulary_text=TEXT); [model.score(w, list(h)) for w in "0123"]
NLTK_TEXT = "032032132103132132103203102032103103132102102102"
NLTK = {
    "kneser_ney": {
        "": [0.25, 0.25, 0.25, 0.25],
        "1": [0.425, 0.075, 0.075, 0.425],
        "03": [0.015, 0.46, 0.51, 0.015],
        "32": [0.23875, 0.73875, 0.01125, 0.01125],
        "11": [0.425, 0.075, 0.075, 0.425],
        "20": [0.02, 0.02, 0.046666666667, 0.913333333333],
    },
    "witten_bell": {
        "": [0.25, 0.25, 0.25, 0.25],
        "1": [0.607142857143, 0.035714285714, 0.035714285714, 0.321428571429],
        "03": [0.007142857143, 0.464285714286, 0.521428571429, 0.007142857143],
        "32": [0.253846153846, 0.730769230769, 0.007692307692, 0.007692307692],
        "11": [0.607142857143, 0.035714285714, 0.035714285714, 0.321428571429],
        "20": [0.008928571429, 0.008928571429, 0.080357142857, 0.901785714286],
    },
}


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_the_numbers_are_those_of_nltk(smoothing):
    discount = 0.6 if smoothing == "kneser_ney" else None
    model = NGram(4, 3, smoothing, discount).fit([int(symbol) for symbol in NLTK_TEXT])
    for h, p in NLTK[smoothing].items():
        np.testing.assert_allclose(model.probabilities([int(symbol) for symbol in h]), p, rtol=1e-9, err_msg=h)


def test_witten_bell_worked_by_hand():
    model = NGram(4, 2, "witten_bell").fit([0, 1, 0, 2, 0, 1])
    unigram = np.array([3, 2, 1, 0]) / 9 + 3 / 9 / 4  # six symbols, three different ones
    np.testing.assert_allclose(model.probabilities(), unigram, rtol=1e-12)
    np.testing.assert_allclose(model.probabilities([0]), np.array([0, 2, 1, 0]) / 5 + 2 / 5 * unigram, rtol=1e-12)


def test_probabilities_sum_to_one_for_every_context():
    ids = text(4, 90, 7)
    for smoothing, order in product(SMOOTHINGS, (1, 2, 4)):
        model = NGram(4, order, smoothing).fit(ids)
        sums = [model.probabilities(h).sum() for size in range(order) for h in product(range(4), repeat=size)]
        np.testing.assert_allclose(sums, 1, rtol=1e-12)


def test_parts_are_counted_together_when_joined_and_a_second_fit_counts_anew():
    first, second = text(6, 300, 8), text(6, 200, 9)
    model = NGram(6, 3).fit(first)
    apart = model.surprises(second)
    joined = model.fit(np.concatenate([first, second])).surprises(second)
    slow = Slow([*first, *second], 6, 3, "kneser_ney")
    wanted = [-np.log2(slow.p(int(w), (0, *second[:i].tolist())[-2:])) for i, w in enumerate(second)]
    np.testing.assert_allclose(joined, wanted, rtol=1e-12)
    assert joined.mean() < apart.mean()


def test_the_largest_numbers_into_which_n_grams_are_packed():
    """86⁹ and 3,469⁵ lie below 2⁶³; the largest key of all is right too."""
    for symbols, order in [(86, 9), (3469, 5), (5, 27), (2**31, 2)]:
        ids = np.r_[np.full(order + 1, symbols - 1), 0, np.full(order, symbols - 2)]
        model = NGram(symbols, order, "witten_bell").fit(ids)
        assert model._orders[-1].keys[-1] == symbols**order - 1
        assert np.isfinite(model.surprises(ids)).all()
        with pytest.raises(
            ValueError, match=f"order is {order + 1}, with {symbols} symbols it must be at most {order}"
        ):
            NGram(symbols, order + 1)


def test_a_model_of_more_context_never_seen_is_the_shorter_one():
    ids = text(5, 200, 3)
    model = NGram(6, 4).fit(ids)
    assert np.array_equal(model.probabilities([5, 1]), model.probabilities([5, 5, 1]))
    np.testing.assert_array_equal(model.probabilities([5]), model.probabilities())


BAD = [
    (TypeError, "ids has dtype float64, it must be whole numbers", lambda m: m.fit([0.0, 1.0])),
    (TypeError, "ids has dtype bool", lambda m: m.fit(np.ones(9, bool))),
    (TypeError, "ids is a masked array", lambda m: m.fit(np.ma.ones(9, int))),
    (ValueError, r"ids has shape \(2, 9\)", lambda m: m.fit(np.ones((2, 9), int))),
    (ValueError, "ids has 7, with 7 symbols it must be from 0 to 6", lambda m: m.fit([1, 2, 3, 7])),
    (ValueError, "ids has -1, with 7 symbols", lambda m: m.surprises([-1])),
    (ValueError, "ids has 2 symbols, order 3 needs at least 3", lambda m: m.fit([1, 2])),
    (ValueError, "start is 7, it must be at most 6", lambda m: m.surprises([1], start=7)),
    (ValueError, "symbol is -1, it must be at least 0", lambda m: m.step(-1)),
    (ValueError, "state has 9, with 7 symbols", lambda m: m.step(1, (9,))),
    (TypeError, "symbol is 1.0, it must be a whole number", lambda m: m.step(1.0)),
    (ValueError, "counted nothing yet, call fit", lambda m: NGram(7, 3).surprises([1])),
    (ValueError, "symbols is 1, it must be at least 2", lambda m: NGram(1, 3)),
    (ValueError, "order is 0, it must be at least 1", lambda m: NGram(7, 0)),
    (ValueError, "smoothing is 'laplace', it must be one of", lambda m: NGram(7, 3, "laplace")),
    (ValueError, "discount is 1, it must be at least 0 and below 1", lambda m: NGram(7, 3, discount=1)),
    (ValueError, "discount is 0, it must be above 0", lambda m: NGram(7, 3, discount=0)),
    (ValueError, "only Kneser–Ney takes one", lambda m: NGram(7, 3, "witten_bell", discount=0.5)),
]


@pytest.mark.parametrize("error, sentence, call", BAD, ids=[sentence for _, sentence, _ in BAD])
def test_bad_input_gets_one_sentence(error, sentence, call):
    with pytest.raises(error, match=sentence) as raised:
        call(NGram(7, 3).fit([1, 2, 3, 1, 2]))
    assert "\n" not in str(raised.value)
