"""Language without a network: count which symbol followed which, and smooth the counts.

An n-gram model of order n takes the n − 1 symbols before a symbol w as its context u. What was counted in a longer
context is mixed with what the next shorter one says; u′ is u without its first symbol:

    p(w | u) = α(u w) + γ(u) p(w | u′)

Below the empty context, the unigram's, stands the uniform distribution 1 / symbols, so that a symbol which was never
seen has a probability too. Where a context was never seen, p(w | u) = p(w | u′).

Kneser–Ney takes a discount D off each count and hands what it took to the shorter context. With c(u w) how often w
followed h, c(u) their sum over w, and N₁(u), N₂(u), N₃₊(u) how many different symbols followed u once, twice and more
often:

    α(u w) = (c(u w) − D(c(u w))) / c(u)
    γ(u) = (D₁ N₁(u) + D₂ N₂(u) + D₃₊ N₃₊(u)) / c(u)

Only in the longest context does c count the text. In every shorter one c(u w) is how many different symbols stood
before u w, N₁₊(• u w): "Francisco" is frequent, but it follows "San" alone, so it is a poor guess elsewhere. The
discounts follow, order by order, from n₁ … n₄, how many n-grams have a count of 1 … 4:

    Y = n₁ / (n₁ + 2 n₂)    D₁ = 1 − 2 Y n₂ / n₁    D₂ = 2 − 3 Y n₃ / n₂    D₃₊ = 3 − 4 Y n₄ / n₃

In a short text a divisor may be zero, or a discount D_i may come out below 0 or above i. Then all three of that order
are ½, 1 and 1½, as the program KenLM takes them under `--discount_fallback`.

Witten–Bell takes the counts of the text in every order. With T(u) how many different symbols followed u, that is how
often something new came:

    α(u w) = c(u w) / (c(u) + T(u))
    γ(u) = T(u) / (c(u) + T(u))

Sources: Kneser and Ney (1995); Chen and Goodman (1999), whose interpolated form with three discounts this is; Witten
and Bell (1991), whose method C this is.
"""

from dataclasses import dataclass

import numpy as np

from rnn_course import validate

SMOOTHINGS = ("kneser_ney", "witten_bell")
FALLBACK = (0.5, 1.0, 1.5)  # D₁, D₂ and D₃₊ where the counts of counts give none
LARGEST = 2**63 - 1  # of the whole numbers into which n-grams are packed


@dataclass(frozen=True)
class _Order:
    """What one order k has counted: k-grams and their contexts as numbers, ascending, see `_packed`.

    keys (k-grams,) and alpha (k-grams,): u w and α(u w); contexts (contexts,) and gamma (contexts,): u and γ(u);
    first (contexts + 1,): where the k-grams of each context begin in keys; discounts: D₁, D₂, D₃₊, None for Witten–Bell
    """

    keys: np.ndarray
    alpha: np.ndarray
    contexts: np.ndarray
    gamma: np.ndarray
    first: np.ndarray
    discounts: tuple | None


class NGram:
    """An n-gram model of a text of whole numbers: p(w | u) = α(u w) + γ(u) p(w | u′), see the module's docstring.

    Arguments
        symbols      how many symbols there are, at least 2; ids run from 0 to symbols − 1
        order        n, symbols in an n-gram; 1 is the unigram, which has no context
        smoothing    "kneser_ney" or "witten_bell"
        discount     one discount between 0 and 1 for every count, in place of the three that Kneser–Ney estimates

    symbols to the power of order must fit in 63 bits: order 9 for 86 symbols, 5 for 3,469. A symbol that was never seen
    has the probability γ / symbols in the unigram, which is above zero.

    Raises TypeError or ValueError for arguments that are not as above. Source: Chen and Goodman (1999).

    >>> model = NGram(3, order=2, smoothing="witten_bell").fit([0, 1, 0, 1, 0])
    >>> p, state = model.step(1)  # 0 followed 1 twice, nothing else did: (2 + 1 · p(0)) / (2 + 1)
    >>> p.round(3), state
    (array([0.841, 0.127, 0.032]), (1,))
    """

    def __init__(self, symbols, order, smoothing="kneser_ney", discount=None):
        self.symbols = validate.positive_int("symbols", symbols, least=2)
        self.order = validate.positive_int("order", order)
        if self.symbols**self.order > LARGEST:
            most = next(k for k in range(63, 0, -1) if self.symbols**k <= LARGEST)
            raise ValueError(f"order is {self.order}, with {self.symbols} symbols it must be at most {most}")
        self.smoothing = validate.one_of("smoothing", smoothing, SMOOTHINGS)
        self.discount = discount if discount is None else validate.share("discount", discount)
        if discount is not None and smoothing != "kneser_ney":
            raise ValueError(f"discount is {discount}, only Kneser–Ney takes one")
        if self.discount == 0:
            raise ValueError("discount is 0, it must be above 0: unseen symbols get what it takes")
        self._orders = None

    @property
    def discounts(self):
        """D₁, D₂ and D₃₊ of each order from 1 to n, a list of tuples; None in place of each for Witten–Bell."""
        return [level.discounts for level in self._fitted()]

    def fit(self, ids):
        """Count the n-grams of a text, `ids (characters,)` whole numbers, and return the model; once more counts anew.

        To count several parts, join them first: `fit(np.concatenate([train, validation]))`. The text needs at least
        `order` symbols. Raises TypeError or ValueError for other ids.
        """
        ids = self._checked(ids)
        if len(ids) < self.order:
            raise ValueError(f"ids has {len(ids)} symbols, order {self.order} needs at least {self.order}")
        orders, keys = [], None
        for k in range(self.order, 0, -1):
            if keys is None or self.smoothing == "witten_bell":  # what stands in the text
                grams = self._packed(ids, k)
            else:  # each different (k + 1)-gram, without its first symbol: one context for the k-gram
                grams = keys % self.symbols**k
            keys, counts = np.unique(grams, return_counts=True)
            orders.insert(0, self._smoothed(keys, counts))
        self._orders = orders
        return self

    def surprises(self, ids, start=0):
        """Return −log₂ p of each of `ids (characters,)` given those before it, in bits, float64 `(characters,)`.

        The first comes after the symbol `start`; 0 is the line break in the course's texts, the end of the document
        before. Where fewer than order − 1 symbols have come, the context is what has come. Raises TypeError or
        ValueError for other ids or a start that is no symbol, ValueError where nothing was fitted.
        """
        orders, ids = self._fitted(), self._checked(ids)
        text = np.concatenate([[self._symbol("start", start)], ids])
        p = np.full(len(ids), 1 / self.symbols)
        for k, level in enumerate(orders, start=1):
            grams = self._packed(text, k)[k == 1 :]  # the k-grams that end in each of ids from the (k − 1)th on
            if not len(grams):
                break
            at, known = _found(level.contexts, grams // self.symbols)
            here = p[max(k - 2, 0) :]
            here *= np.where(known, level.gamma[at], 1.0)
            at, known = _found(level.keys, grams)
            here += np.where(known, level.alpha[at], 0.0)
        return -np.log2(p)

    def probabilities(self, context=()):
        """Return p(w | u) of every symbol w, float64 `(symbols,)`, which sum to one.

        context   the symbols before, the latest last; those before the latest order − 1 are not looked at

        Raises TypeError or ValueError for what are no symbols, ValueError where nothing was fitted.
        """
        orders = self._fitted()
        context = validate.array("context", context)
        context = self._checked(context, "context").tolist() if context.shape != (0,) else []
        p, h = np.full(self.symbols, 1 / self.symbols), 0
        for k, level in enumerate(orders[: len(context) + 1], start=1):
            if k > 1:
                h += context[1 - k] * self.symbols ** (k - 2)
            at, known = _found(level.contexts, np.array([h]))
            if not known[0]:  # then no longer context that ends in it was seen either
                break
            followers = slice(*level.first[at[0] : at[0] + 2])
            p *= level.gamma[at[0]]
            p[level.keys[followers] % self.symbols] += level.alpha[followers]
        return p

    def step(self, symbol, state=None):
        """Read one symbol and return `(p, state)`: the probabilities of the next one and the new state.

        symbol    the id that was read
        state     the symbols before it, at most order − 1, as a tuple; None at the start of a text

        p is float64 `(symbols,)` and sums to one. Raises as `probabilities` does.
        """
        symbol = self._symbol("symbol", symbol)
        if state is not None and not (isinstance(state, tuple) and not state):
            state = self._checked(validate.listed("state", state), "state").tolist()
        state = ((*(state or ()), symbol))[-(self.order - 1) :] if self.order > 1 else ()
        return self.probabilities(state), state

    def _smoothed(self, keys, counts):
        """Turn counts of different k-grams, ascending by key, into an _Order: α and γ."""
        of = keys // self.symbols  # the context of each
        first = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
        followers = np.diff(np.r_[first, len(keys)])
        total = np.add.reduceat(counts, first)
        if self.smoothing == "witten_bell":
            discounts, share = None, 1 / (total + followers)
            alpha, gamma = counts * np.repeat(share, followers), followers * share
        else:
            discounts = _discounts(counts) if self.discount is None else (self.discount,) * 3
            taken = np.array(discounts)[np.minimum(counts, 3) - 1]
            alpha = (counts - taken) / np.repeat(total, followers)
            gamma = np.add.reduceat(taken, first) / total
        return _Order(keys, alpha, of[first], gamma, np.r_[first, len(keys)], discounts)

    def _packed(self, ids, k):
        """Each run of k ids as one whole number, its digits in the base `symbols`: int64 `(len(ids) − k + 1,)`."""
        keys = np.zeros(max(len(ids) - k + 1, 0), dtype=np.int64)
        for j in range(k):
            keys *= self.symbols
            keys += ids[j : j + len(keys)]
        return keys

    def _checked(self, ids, name="ids"):
        ids = validate.whole_numbers(name, ids)
        validate.shape(name, ids, (None,), ("characters",))
        wrong = (ids < 0) | (ids >= self.symbols)
        if wrong.any():
            raise ValueError(f"{name} has {ids[wrong][0]}, with {self.symbols} symbols it must be from 0 to "
                             f"{self.symbols - 1}")  # fmt: skip
        return ids.astype(np.int64)

    def _symbol(self, name, value):
        return validate.positive_int(name, value, least=0, most=self.symbols - 1)

    def _fitted(self):
        if self._orders is None:
            raise ValueError("this NGram has counted nothing yet, call fit(ids) first")
        return self._orders


def _discounts(counts):
    """D₁, D₂ and D₃₊ from n₁ … n₄, or FALLBACK where they have no value or none that a count could give."""
    n = [int(np.count_nonzero(counts == i)) for i in range(5)]
    if not (n[1] and n[2] and n[3]):
        return FALLBACK
    Y = n[1] / (n[1] + 2 * n[2])
    D = tuple(i - (i + 1) * Y * n[i + 1] / n[i] for i in (1, 2, 3))
    return D if all(0 <= D[i - 1] <= i for i in (1, 2, 3)) else FALLBACK


def _found(keys, wanted):
    """Where each wanted number stands in `keys`, ascending, and whether it stands there at all."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return at, keys[at] == wanted
