"""Pairs of strings, one to be read and one to be written, as padded ids."""

from dataclasses import dataclass, replace

import numpy as np

from rnn_course.tables import html_table
from rnn_course.validate import listed, shape, text, whole_numbers, within

END = "\n"  # the symbol of id 0: it ends every answer


@dataclass(frozen=True, eq=False, repr=False)
class Pairs:
    """Strings that are read and strings that are to be written, padded with zeros, each with its own length.

    x           (n, time_x) ids of what is read
    lengths     (n,) how many of them count, at least 1
    y           (n, time_y) ids of what is to be written; the last that counts is 0, the end
    y_lengths   (n,) how many of them count, the end among them
    symbols_x   the symbols that ids of x stand for, as text in their order, the first one the end
    symbols_y   the same for y

    `pairs[a:b]` and `pairs[indices]` are Pairs again. Raises TypeError for what are no whole numbers, ValueError where
    sizes disagree, an id is no symbol, the padding is not zero, or a string of y does not end where its length says.
    """

    x: np.ndarray
    lengths: np.ndarray
    y: np.ndarray
    y_lengths: np.ndarray
    symbols_x: str
    symbols_y: str

    def __post_init__(self):
        for name, lengths, symbols in (("x", "lengths", "symbols_x"), ("y", "y_lengths", "symbols_y")):
            ids, counts, known = getattr(self, name), getattr(self, lengths), _symbols(symbols, getattr(self, symbols))
            ids, counts = whole_numbers(name, ids).astype(np.int64), whole_numbers(lengths, counts).astype(np.int64)
            shape(name, ids, (None, None), ("n", "time"))
            shape(lengths, counts, (len(ids),), ("n",))
            within(name, ids, 0, len(known) - 1)
            within(lengths, counts, 1, ids.shape[1])
            if ids[np.arange(ids.shape[1]) >= counts[:, None]].any():
                raise ValueError(f"{name} is not 0 beyond {lengths}")
            object.__setattr__(self, name, ids)
            object.__setattr__(self, lengths, counts)
        if len(self.x) != len(self.y):
            raise ValueError(f"x has {len(self.x)} rows, y has {len(self.y)}: they must agree")
        if self.y[np.arange(len(self.y)), self.y_lengths - 1].any():
            raise ValueError("y does not end with 0 at the length that y_lengths gives")

    @classmethod
    def of(cls, read, written, symbols_x, symbols_y):
        """Return the Pairs of two lists of strings; ValueError for an empty one or a symbol that is not listed.

        >>> Pairs.of(["ab", "a"], ["ba", "a"], "\\nab", "\\nab").y.tolist()
        [[2, 1, 0], [1, 0, 0]]
        """
        read, written = listed("read", read), listed("written", written)
        if len(read) != len(written):
            raise ValueError(f"read has {len(read)} strings, written has {len(written)}: they must agree")
        symbols_x, symbols_y = _symbols("symbols_x", symbols_x), _symbols("symbols_y", symbols_y)
        x, lengths = as_ids("read", read, symbols_x)
        y, y_lengths = as_ids("written", [text("an entry of written", entry) + END for entry in written], symbols_y)
        return cls(x, lengths, y, y_lengths, symbols_x, symbols_y)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, part):
        if isinstance(part, (int, np.integer)):
            raise TypeError(f"Pairs are cut by a slice or an array of indices, not by {part}; see .texts()")
        return replace(self, **{name: getattr(self, name)[part] for name in ("x", "lengths", "y", "y_lengths")})

    def texts(self):
        """Return the pairs as text, a list of (read, written) without the end."""
        return list(zip(as_texts(self.x, self.symbols_x), as_texts(self.y, self.symbols_y), strict=True))

    def _facts(self):
        return {
            "pairs": f"{len(self):,}",
            "read": f"{self.lengths.min()} to {self.lengths.max()} symbols of {len(self.symbols_x) - 1}",
            "written": f"{self.y_lengths.min() - 1} to {self.y_lengths.max() - 1} symbols of {len(self.symbols_y) - 1}",
            "the first": " → ".join(map(repr, self[:1].texts()[0])),
        }

    def __repr__(self):
        return "Pairs: " + "; ".join(f"{fact} {said}" for fact, said in self._facts().items())

    def _repr_html_(self):
        return html_table(self._facts().items(), caption="Pairs")


def _symbols(name, symbols):
    """Return symbols as text; TypeError or ValueError unless they differ and the first is the end."""
    if not text(name, symbols).startswith(END) or len(set(symbols)) < len(symbols):
        raise ValueError(f"{name} is {symbols!r}, it must be different symbols, the first {END!r}")
    return symbols


def as_ids(name, strings, symbols):
    """Return ids of strings, `(n, time)` int64, zeros behind each, and the strings' lengths `(n,)`.

    strings: a list of texts. symbols: the symbols in the order of their ids, the first one the end. Raises ValueError
    for an empty list, an empty string or a symbol that is not listed, TypeError for what is no text.

    >>> as_ids("strings", ["ab", "b"], "\\nab")[0].tolist()
    [[1, 2], [2, 0]]
    """
    if isinstance(strings, str) or not all(isinstance(string, str) for string in strings):
        raise TypeError(f"{name} must be a list of texts")
    if not len(strings) or not all(strings):
        raise ValueError(f"{name} must hold at least one text, and none that is empty")
    at = {symbol: k for k, symbol in enumerate(symbols)}
    ids = np.zeros((len(strings), max(map(len, strings))), np.int64)
    for row, string in zip(ids, strings, strict=True):
        unknown = sorted(set(string) - set(symbols))
        if unknown:
            raise ValueError(f"{name} has {unknown[0]!r} in {string!r}, which is none of the symbols")
        row[: len(string)] = [at[symbol] for symbol in string]
    return ids, np.array([len(string) for string in strings])


def as_texts(ids, symbols):
    """Return rows of ids `(n, time)` as texts, each up to its first 0.

    >>> as_texts([[2, 1, 0, 0], [1, 1, 1, 1]], "\\nab")
    ['ba', 'aaaa']
    """
    return ["".join(symbols[k] for k in row).split(END)[0] for row in np.asarray(ids).tolist()]
