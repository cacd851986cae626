"""Scores of models of language: perplexity, bits per byte, and two models mixed."""

import numpy as np

from rnn_course import validate


def perplexity(surprises):
    """Return 2 to the power of the mean surprise: among how many equally likely symbols the model chose.

    perplexity = 2^(mean of −log₂ p), with `surprises (characters,)` in bits. A model that knows nothing of V symbols
    has a perplexity of V. Raises TypeError or ValueError for what are no finite numbers of at least 0.

    >>> perplexity([1.0, 3.0])
    4.0
    """
    mean = float(np.mean(_bits("surprises", surprises)))
    if mean >= 1024:
        raise ValueError(f"surprises has the mean {mean:g}, float64 cannot hold 2 to that power")
    return 2.0**mean


def bits_per_byte(surprises, text):
    """Return the bits that a byte of `text` costs in UTF-8, float: the sum of the surprises over the number of bytes.

    surprises    −log₂ p of each character of `text`, bits, `(characters,)`

    It compares texts of different scripts: an English letter is one byte, a Chinese character three. Raises TypeError
    for a text that is none, ValueError for another number of surprises than characters.

    >>> bits_per_byte([4.0, 8.0], "o。")  # one byte and three
    3.0
    """
    text, surprises = validate.text("text", text), _bits("surprises", surprises)
    if len(surprises) != len(text):
        raise ValueError(f"surprises has {len(surprises)} values, text has {len(text)} characters")
    return float(surprises.sum() / len(text.encode("utf8")))


def mixed(surprises_a, surprises_b, weight):
    """Return the surprises of two models mixed, −log₂(w 2^−a + (1 − w) 2^−b), float64 `(characters,)`, in bits.

    surprises_a, surprises_b    a and b, −log₂ p of the same text under each model, bits, `(characters,)`
    weight                      w, the share of the first, from 0 to 1: one number for the whole text

    Raises TypeError or ValueError for surprises that differ in length or are not finite, or another weight.

    >>> mixed([1.0], [3.0], weight=0.5).round(3)  # −log₂ of the mean of 1/2 and 1/8
    array([1.678])
    """
    a, b = _pair(surprises_a, surprises_b)
    weight = validate.weight("weight", weight)
    with np.errstate(divide="ignore"):  # the logarithm of a weight of 0 is −∞, whose power of two is 0
        return -np.logaddexp2(np.log2(weight) - a, np.log2(1 - weight) - b)


def best_weight(surprises_a, surprises_b, tolerance=1e-6):
    """Return the weight w in [0, 1] under which two models mixed have the fewest bits, float.

    Choose it on the validation part, never on the text that you report. With rᵢ = 2^(bᵢ − aᵢ), how many times likelier
    the first model found symbol i, the bits fall as w grows while the mean of (rᵢ − 1) / (1 + w (rᵢ − 1)) is above 0.
    That mean only falls with w, so halving [0, 1] finds where it is 0; where it is nowhere, one model alone is best,
    and w is 0 or 1. Arguments and errors as for `mixed`; `tolerance`, above 0, is how near w comes.

    >>> a, b = [1.0, 9.0, 1.0], [9.0, 1.0, 9.0]  # the first is right two times of three
    >>> round(best_weight(a, b), 2)
    0.67
    """
    a, b = _pair(surprises_a, surprises_b)
    tolerance = validate.positive("tolerance", tolerance)
    low, high = 0.0, 1.0
    p, q = np.exp2(np.minimum(b - a, 0)), np.exp2(np.minimum(a - b, 0))  # p / q = r, which alone may overflow
    while high - low > tolerance and low < (w := (low + high) / 2) < high:  # as near as float64 comes
        if np.mean((p - q) / (w * p + (1 - w) * q)) > 0:
            low = w
        else:
            high = w
    if low == 0:
        return 0.0
    return 1.0 if high == 1 else (low + high) / 2


def _pair(surprises_a, surprises_b):
    a, b = _bits("surprises_a", surprises_a), _bits("surprises_b", surprises_b)
    if len(a) != len(b):
        raise ValueError(f"surprises_a has {len(a)} values, surprises_b has {len(b)}: they must be of the same text")
    return a, b


def _bits(name, surprises):
    surprises = validate.finite(name, validate.numbers(name, surprises).astype(float))
    validate.shape(name, surprises, (None,), ("characters",))
    if surprises.min() < 0:
        raise ValueError(f"{name} has {surprises.min()}, a surprise is at least 0 bits")
    return surprises
