"""Checks of the chapter on text: perplexity, the nucleus, the loss over padded sequences, a leak in a split."""

import numpy as np

from rnn_course.exercises.exercise import Exercise, as_it_is
from rnn_course.exercises.verdict import check

__all__ = ["late_documents", "masked_bits", "nucleus", "perplexity_of"]

# -- exercise 1: perplexity from probabilities


def _softmax(a):
    p = np.exp(a - a.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def _said():
    cases = []
    for seed, (characters, symbols) in enumerate([(9, 4), (23, 7), (14, 3), (40, 11)]):
        rng = np.random.default_rng(seed)
        cases.append((_softmax(rng.normal(0, 1.5, (characters, symbols))), rng.integers(symbols, size=characters)))
    return cases


def _what_came(p, ids):
    return p[np.arange(len(ids)), ids]


def _perplexity(p, ids, given=_what_came, log=np.log2, average=np.mean, sign=-1, power=np.exp2):
    """Perplexity; given: the probabilities that are looked at. The other switches are the steps after them."""
    return power(sign * average(log(given(p, ids))))


PERPLEXITY = Exercise(
    _perplexity,
    _said,
    {
        "That is the mean surprise, in bits: perplexity is 2 to that power.": {"power": as_it_is},
        "That is the mean surprise, in nats: perplexity is e to that power.": {"power": as_it_is, "log": np.log},
        "The logarithm and the power do not fit: with np.log2 take 2 to the power, with np.log take e.": {
            "power": np.exp
        },
        "The logarithm and the power do not fit: with np.log take e to the power, with np.log2 take 2.": {
            "log": np.log
        },
        "The minus is missing: a perplexity is never below 1.": {"sign": 1},
        "You averaged the probabilities before the logarithm: average the surprises.": {
            "average": as_it_is,
            "given": lambda p, ids: _what_came(p, ids).mean(),
        },
        "You averaged the inverse probabilities: average the surprises, then take the power.": (
            lambda p, ids: np.mean(1 / _what_came(p, ids))
        ),
        "That is the power of the sum: divide the bits by the number of characters first.": {"average": np.sum},
        "You took the largest probability at each step: what counts is that of the symbol that came.": {
            "given": lambda p, ids: p.max(axis=1)
        },
        "You averaged over all symbols: only the probability of the one that came counts.": {"given": lambda p, ids: p},
        "The model's own entropy says how unsure it was; what counts is the symbol that came.": (
            lambda p, ids: 2 ** -(p * np.log2(p)).sum(axis=1).mean()
        ),
        "The row before a symbol is at the same place as the symbol: yours is one off.": {
            "given": lambda p, ids: _what_came(p[:-1], ids[1:])
        },
        "The median is not the mean: every character counts in the length of the code.": {"average": np.median},
        "Those are the perplexities of single characters: one number is wanted.": {"average": as_it_is},
    },
)


@check
def perplexity_of(answer):
    """Check `answer(probabilities, ids)`: 2 to the mean of −log₂ p of what came, one number.

    probabilities: (characters, symbols), what was said before each. ids: (characters,), what came.
    """
    return PERPLEXITY.check(answer)


# -- exercise 2: temperature, then the nucleus


def _logits():
    cases = []
    for seed, (symbols, T, top_p) in enumerate([(7, 0.6, 0.7), (12, 1.7, 0.8), (5, 0.8, 0.6), (20, 2.2, 0.5)]):
        rng = np.random.default_rng(seed + 3)
        cases.append((rng.normal(0, 1.5, symbols), T, top_p))
    return cases


def _tempered(logits, T):
    return _softmax(logits / T)


def _crossing(ordered, top_p):
    return np.cumsum(ordered) - ordered < top_p


def _renewed(p, kept):
    cut = np.where(kept, p, 0)
    return cut / cut.sum()


def _nucleus(logits, T, top_p, tempered=_tempered, falling=-1, stays=_crossing, cut=_renewed):
    """The nucleus at a temperature; stays: which of the ordered probabilities are kept."""
    p = tempered(logits, T)
    order = np.argsort(falling * p, kind="stable")
    kept = np.zeros(len(p), bool)
    kept[order] = stays(p[order], top_p)
    return cut(p, kept)


NUCLEUS = Exercise(
    _nucleus,
    _logits,
    {
        "The temperature is missing: divide the logits by T.": {"tempered": lambda logits, T: _softmax(logits)},
        "Divide the logits by T: you multiplied by it, so that a high one sharpens.": {
            "tempered": lambda logits, T: _softmax(logits * T)
        },
        "Divide the logits by T before the softmax; you raised to the power T after it.": (
            lambda logits, T, top_p: _nucleus(
                logits, T, top_p, tempered=lambda a, T: _softmax(a) ** T, cut=lambda p, kept: np.where(kept, p, 0)
            )
        ),
        "Divide by T first and cut then: your nucleus was chosen at T = 1.": lambda logits, T, top_p: _renewed(
            _tempered(logits, T), _nucleus(logits, 1.0, top_p) > 0
        ),
        "The symbol that crosses the line stays: what is kept must have at least top_p together.": {
            "stays": lambda ordered, top_p: (np.cumsum(ordered) <= top_p) | (np.arange(len(ordered)) == 0)
        },
        "One too many stays: stop as soon as top_p is reached.": {
            "stays": lambda ordered, top_p: np.cumsum(ordered) - ordered - np.r_[0, ordered[:-1]] < top_p
        },
        "You kept the least probable symbols: sort by falling probability.": {"falling": 1},
        "You kept each symbol whose own probability is at least top_p: it is the sum that counts.": {
            "stays": lambda ordered, top_p: ordered >= min(top_p, ordered[0])
        },
        "You kept each symbol whose own probability is at least 1 − top_p: it is the sum that counts.": {
            "stays": lambda ordered, top_p: ordered >= min(1 - top_p, ordered[0])
        },
        "You kept the share top_p of the symbols: it is their probability that counts.": {
            "stays": lambda ordered, top_p: np.arange(len(ordered)) < top_p * len(ordered)
        },
        "What is left must sum to one again.": {"cut": lambda p, kept: np.where(kept, p, 0)},
        "Nothing was cut: what lies beyond the nucleus gets the probability 0.": {
            "stays": lambda ordered, top_p: np.ones(len(ordered), bool)
        },
        "You kept what lies beyond the nucleus and cut the nucleus.": {
            "stays": lambda ordered, top_p: ~_crossing(ordered, top_p)
        },
        "All that is kept has the same probability in yours: keep its proportions.": {
            "cut": lambda p, kept: kept / kept.sum()
        },
        "The probabilities are in falling order in yours: put each back in its symbol's place.": (
            lambda logits, T, top_p: np.sort(_nucleus(logits, T, top_p))[::-1]
        ),
    },
)


@check
def nucleus(answer):
    """Check `answer(logits, T, top_p)`: probabilities to draw from, (symbols,), the softmax at T cut to its nucleus."""
    return NUCLEUS.check(answer)


# -- exercise 3: the loss over padded sequences


def _padded():
    cases = []
    for seed, lengths in enumerate([(3, 7, 5), (9, 2), (4, 6, 1, 6), (8, 3, 5, 2, 7)]):
        rng = np.random.default_rng(seed)
        surprises = rng.gamma(2.0, 1.5, (len(lengths), max(lengths) + seed % 2))
        cases.append((surprises, np.array(lengths)))
    return cases


def _inside(surprises, lengths):
    return np.arange(surprises.shape[1]) < lengths[:, None]


def _over_all(values, mask):
    return values[mask].sum() / mask.sum()


def _masked(surprises, lengths, mask=_inside, average=_over_all):
    """Bits per symbol of a padded batch; mask: what counts, average: how it is put together."""
    return average(surprises, mask(surprises, lengths))


def _of_rows(values, mask):
    return np.where(mask, values, 0).sum(axis=1) / mask.sum(axis=1)


MASKED_BITS = Exercise(
    _masked,
    _padded,
    {
        "The padding is in your mean: only the first `lengths` steps of each row are real.": {
            "mask": lambda surprises, lengths: np.ones_like(surprises, bool)
        },
        "You divided by all steps of the batch: divide by the number of real ones.": {
            "average": lambda values, mask: np.where(mask, values, 0).mean()
        },
        "You took the mean of the rows' means: a symbol of a short row then counts more. Count each alike.": {
            "average": lambda values, mask: _of_rows(values, mask).mean()
        },
        "Those are the rows' means: one number is wanted, over all real symbols.": {"average": _of_rows},
        "That is the sum: divide by the number of real symbols.": {"average": lambda values, mask: values[mask].sum()},
        "You divided by the number of rows: divide by the number of real symbols.": {
            "average": lambda values, mask: values[mask].sum() / len(values)
        },
        "The mask is turned round: you averaged the padding.": {
            "mask": lambda surprises, lengths: ~_inside(surprises, lengths)
        },
        "A row of length n has the real steps 0 to n − 1; you counted step n as well.": {
            "mask": lambda surprises, lengths: _inside(surprises, lengths + 1)
        },
        "A row of length n has the real steps 0 to n − 1; you left the last of them out.": {
            "mask": lambda surprises, lengths: _inside(surprises, lengths - 1)
        },
        "You left out the first step of each row: it is real as well.": {
            "mask": lambda surprises, lengths: _inside(surprises, lengths) & (np.arange(surprises.shape[1]) > 0)
        },
        "You cut all rows to the shortest: each has a length of its own.": {
            "mask": lambda surprises, lengths: _inside(surprises, np.full_like(lengths, lengths.min()))
        },
        "The real steps stand at the head of a row, and yours are at its end: padding comes after.": {
            "mask": lambda surprises, lengths: _inside(surprises, lengths)[:, ::-1]
        },
    },
)


@check
def masked_bits(answer):
    """Check `answer(surprises, lengths)`: bits per symbol of a padded batch, one number, each real symbol alike.

    surprises: (batch, time), of which the first `lengths` (batch,) of each row are real.
    """
    return MASKED_BITS.check(answer)


# -- exercise 4: find the leak in a shuffled split


def _splits():
    cases = []
    for seed, (documents, tested) in enumerate([(14, 3), (30, 5), (22, 2), (18, 4)]):
        rng = np.random.default_rng(seed)
        years = rng.integers(1950, 1950 + documents, size=documents)
        test = np.zeros(documents, bool)
        late = np.argsort(years, kind="stable")[documents // 3 :]
        test[rng.choice(late, tested, replace=False)] = True
        first = years[test].min()
        others = np.flatnonzero(~test)
        years[others[0]] = first  # one document of the very year
        years[others[1]] = first - 1
        order = rng.permutation(documents)
        cases.append((years[order], test[order]))
    return cases


def _late(years, test, side=np.logical_not, first=np.min, late=np.greater_equal):
    """The training documents that leak; side: which part, first: which year decides, late: what is too late."""
    return side(test) & late(years, first(years[test]))


LATE_DOCUMENTS = Exercise(
    _late,
    _splits,
    {
        "A test document is no leak: look at the training part alone.": {"side": np.ones_like},
        "You marked test documents: what leaks is in the training part.": {"side": as_it_is},
        "A document of the same year as the earliest test document leaks too: ≥, not >.": {"late": np.greater},
        "The earliest test document decides; you took the latest.": {"first": np.max},
        "The earliest test document decides; you took the mean year.": {"first": np.mean},
        "The earliest test document decides; you took the median year.": {"first": np.median},
        "You marked what was written before: that is what may be learned from.": {"late": np.less},
        "All of the training part is marked: what was written before the earliest test document is no leak.": {
            "late": lambda years, first: np.ones(len(years), bool)
        },
        "You marked only the documents of that very year: those of later years leak too.": {"late": np.equal},
        "A leak is not only a year that the test part has too: every later year leaks.": (
            lambda years, test: ~test & np.isin(years, years[test])
        ),
        "The documents stand in no order: it is the year that counts, not the place in the list.": (
            lambda years, test: ~test & (np.arange(len(test)) > np.flatnonzero(test)[0])
        ),
    },
)


@check
def late_documents(answer):
    """Check `answer(years, test)`: True for each training document as late as the earliest test document, or later.

    years: (documents,), in no order. test: (documents,) of True and False. Returns (documents,) of True and False.
    """
    return LATE_DOCUMENTS.check(answer)
