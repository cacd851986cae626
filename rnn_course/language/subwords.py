"""Subwords: symbols that are longer than a character, by byte-pair encoding.

Start with the characters. Again and again join the pair of neighbours that is most frequent inside the words of a
text, and the two are one symbol from then on: "t", "h" → "th"; "th", "e" → "the". Frequent words end as one symbol,
rare ones as several, and no text is ever unknown as long as its characters are known (Sennrich et al. 2016).
"""

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from rnn_course import validate

WORDS = re.compile(r" ?\w+| ?[^\w\s]+|\s")  # a word takes the space before it along


class Subwords:
    """Symbols of one or more characters, learned from a text.

    symbols    the characters of the text in Unicode's order, then what was joined, in the order of the joining
    merges     the pairs that were joined, in that order

    A text and its ids go into each other without loss.

    >>> subwords = Subwords.learn("low lower lowest slow", merges=3)
    >>> [subwords.symbols[k] for k in subwords.encode("low slower")]
    ['low', ' ', 's', 'low', 'e', 'r']
    """

    def __init__(self, characters, merges):
        characters = _characters(characters)
        self.merges = tuple(_pair(f"merges[{k}]", pair) for k, pair in enumerate(validate.listed("merges", merges)))
        self.symbols = (*sorted(characters), *(a + b for a, b in self.merges))
        self._ids = {symbol: k for k, symbol in enumerate(self.symbols)}
        self._rank = {pair: k for k, pair in enumerate(self.merges)}
        self._known = {}

    @classmethod
    def learn(cls, text, merges, characters=()):
        """Return the subwords of a text after so many joinings, or as many as there are pairs left to join.

        text: what to learn from. merges: a whole number of at least 0. characters: those that other texts may have as
        well, such as the symbols of a `Corpus`. Of equally frequent pairs the one that comes
        first in Unicode's order is joined. Raises TypeError for what is no text, ValueError for an empty one.
        """
        if not validate.text("text", text):
            raise ValueError("text is empty, it must have characters to join")
        merges, characters = validate.positive_int("merges", merges, least=0), _characters(characters)
        counted = Counter(WORDS.findall(text))
        words, counts = [tuple(word) for word in counted], list(counted.values())
        pairs, where = Counter(), {}
        for k, word in enumerate(words):
            _count(pairs, where, word, k, counts[k])
        made = []
        while len(made) < merges and (left := [pair for pair in pairs if pairs[pair] > 0]):
            best = min(left, key=lambda pair: (-pairs[pair], pair))
            made.append(best)
            for k in where.pop(best):
                _count(pairs, where, words[k], k, -counts[k])
                words[k] = _joined(words[k], best)
                _count(pairs, where, words[k], k, counts[k])
        return cls({*text, *characters}, made)

    def encode(self, text):
        """Return the ids of a text's subwords, int64 `(subwords,)`; ValueError for a character that is not known."""
        unknown = set(validate.text("text", text)) - set(self.symbols)
        if unknown:
            raise ValueError(f"text has {min(unknown)!r}, which is none of the characters that were learned from")
        ids = []
        for word in WORDS.findall(text):
            if word not in self._known:
                self._known[word] = [self._ids[part] for part in self._split(word)]
            ids += self._known[word]
        return np.array(ids, dtype=np.int64)

    def decode(self, ids):
        """Return the text of ids `(subwords,)`; TypeError or ValueError for what are none."""
        ids = validate.array("ids", ids)
        if ids.shape == (0,):
            return ""
        validate.shape("ids", validate.whole_numbers("ids", ids), (None,), ("subwords",))
        validate.within("ids", ids, 0, len(self.symbols) - 1)
        return "".join(self.symbols[k] for k in ids.tolist())

    def _split(self, word):
        """Join a word's pairs in the order in which they were learned."""
        parts = tuple(word)
        while pairs := [pair for pair in pairwise(parts) if pair in self._rank]:
            parts = _joined(parts, min(pairs, key=self._rank.get))
        return parts


def _characters(characters):
    """Return characters, a text or a list of them, as a set; TypeError for anything else."""
    found = validate.text_or_listed("characters", characters)
    if not all(isinstance(character, str) for character in found):
        raise TypeError("characters must be a text, or a list of characters")
    return set(found)


def _pair(name, pair):
    """Return two texts that are joined as a tuple; TypeError for anything else."""
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not all(isinstance(part, str) for part in pair):
        raise TypeError(f"{name} is {pair!r}, it must be two texts")
    return tuple(pair)


def _count(pairs, where, word, k, count):
    for pair in pairwise(word):
        pairs[pair] += count
        if count > 0:
            where.setdefault(pair, set()).add(k)


def _joined(parts, pair):
    out, k = [], 0
    while k < len(parts):
        both = parts[k : k + 2] == pair
        out.append(parts[k] + parts[k + 1] if both else parts[k])
        k += 1 + both
    return tuple(out)
