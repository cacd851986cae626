"""A generator of random numbers that Python and the page share, to the last bit.

sfc32, the "small fast counter" of C. Doty-Humphrey's PractRand: three words of 32 bits and a counter d,

    u = a + b + d,   d ← d + 1,   a ← b ⊕ (b ≫ 9),   b ← c + (c ≪ 3),   c ← (c rotated left by 21) + u

all modulo 2³². random.js has the same. What follows from u uses sums and products alone, which round alike everywhere;
a logarithm or a cosine would not.
"""

import numpy as np

from rnn_course import validate

WORD = 2**32
DISCARDED = 16  # the first draws, in which seeds that are close to each other still show


class SFC32:
    """Random numbers from a seed, and from one of several streams that differ for the same seed.

    seed: a whole number from 0 to 2³² − 1. stream: likewise. Raises TypeError or ValueError for another.

    >>> SFC32(3).uniform(0, 10, 3).round(2)
    array([4.26, 1.05, 5.48])
    """

    def __init__(self, seed, stream=0):
        seed, stream = (
            validate.positive_int(name, value, least=0, most=WORD - 1)
            for name, value in (("seed", seed), ("stream", stream))
        )
        self.a, self.b, self.c, self.d = seed, stream, 0, 1
        for _ in range(DISCARDED):
            self.word()

    def word(self):
        """Return a whole number from 0 to 2³² − 1."""
        a, b, c, d = self.a, self.b, self.c, self.d
        u = (a + b + d) % WORD
        self.a, self.b, self.d = b ^ (b >> 9), (c + (c << 3)) % WORD, (d + 1) % WORD
        self.c = ((c << 21 | c >> 11) % WORD + u) % WORD
        return u

    def uniform(self, low, high, count):
        """Return so many numbers from low up to high, which is left out, `(count,)`."""
        return np.array([low + (high - low) * (self.word() / WORD) for _ in range(count)])

    def normal(self, count):
        """Return so many numbers of mean 0 and variance 1, `(count,)`: each a sum of twelve uniform ones less 6.

        By the central limit theorem that is close to normal; none lies beyond ±6.
        """
        words = np.array([[self.word() for _ in range(12)] for _ in range(count)], dtype=np.float64)
        return words.reshape(count, 12).sum(axis=1) / WORD - 6  # the sum of twelve words is exact

    def permutation(self, count):
        """Return 0 … count − 1 in a random order, a list: each place, from the last on, takes one of those before."""
        order = list(range(count))
        for k in range(count - 1, 0, -1):
            other = self.word() * (k + 1) // WORD
            order[k], order[other] = order[other], order[k]
        return order
