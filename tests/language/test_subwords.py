"""Byte-pair encoding against a slow one that counts anew each time, and text back without loss."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from rnn_course import data
from rnn_course.language.subwords import WORDS, Subwords

TEXT = "low lower lowest newest newer slow, slowly; 12 lows!\nthe new low"


def join_everywhere(words, pair):
    for word in words:
        k = 0
        while k + 1 < len(word):
            if (word[k], word[k + 1]) == pair:
                word[k : k + 2] = ["".join(pair)]
            k += 1


def slow(text, merges):
    """Count all pairs of all words anew before each joining."""
    words, made = [list(word) for word in WORDS.findall(text)], []
    for _ in range(merges):
        pairs = Counter(pair for word in words for pair in pairwise(word))
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        made.append(best)
        join_everywhere(words, best)
    return made, [part for word in words for part in word]


def joined_in_order(text, merges):
    """Each joining over the whole text, one after the other."""
    words = [list(word) for word in WORDS.findall(text)]
    for pair in merges:
        join_everywhere(words, pair)
    return [part for word in words for part in word]


@pytest.mark.parametrize("merges", [0, 1, 4, 11, 999])
def test_it_joins_what_a_slow_one_joins(merges):
    made, parts = slow(TEXT, merges)
    subwords = Subwords.learn(TEXT, merges)
    assert list(subwords.merges) == made
    assert [subwords.symbols[k] for k in subwords.encode(TEXT)] == parts


def test_of_a_real_text():
    corpus = data.load_state_of_the_union()
    text = corpus.train[:20000]
    subwords = Subwords.learn(text, 60, corpus.symbols)
    assert list(subwords.merges) == slow(text, 60)[0]
    other = corpus.train[30000:40000]
    assert subwords.decode(subwords.encode(other)) == other
    assert [subwords.symbols[k] for k in subwords.encode(other)] == joined_in_order(other, subwords.merges)
    assert " the" in subwords.symbols and len(subwords.encode(other)) < 0.8 * len(other)
    assert subwords.encode(other).dtype == np.int64 and len(subwords.symbols) == 86 + 60


def test_what_is_refused():
    subwords = Subwords.learn(TEXT, 4)
    with pytest.raises(ValueError, match="text has 'é', which is none of the characters"):
        subwords.encode("é")
    with pytest.raises(ValueError, match="text is empty"):
        Subwords.learn("", 4)
    with pytest.raises(TypeError, match="text is a bytes"):
        Subwords.learn(b"a", 4)
    with pytest.raises(ValueError, match="merges is -1, it must be at least 0"):
        Subwords.learn(TEXT, -1)
