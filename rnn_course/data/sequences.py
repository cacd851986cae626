"""Many short sequences with a class each: spoken vowels of varying length, and digits read pixel by pixel."""

from dataclasses import dataclass, replace

import numpy as np

from rnn_course.data.provenance import provenance, read_columns
from rnn_course.tables import html_table
from rnn_course.validate import finite, label, listed, numbers, shape, text, whole_numbers, within


@dataclass(frozen=True, eq=False, repr=False)
class Sequences:
    """Sequences of one set, padded with zeros to one length, each with its true length and its class.

    name      what they are, as text
    x         (n, time, feature) values, zero beyond a sequence's length
    lengths   (n,) whole numbers from 1 to time
    y         (n,) whole numbers, positions in `classes`
    classes   the names of the classes
    source    where they come from

    `sequences[a:b]` and `sequences[indices]` are Sequences again, with the same padding.

    Raises ValueError where sizes disagree, a length lies outside 1 to time, the padding is not zero, a class is
    unknown or a value is not finite.
    """

    name: str
    x: np.ndarray
    lengths: np.ndarray
    y: np.ndarray
    classes: tuple
    source: str = ""

    def __post_init__(self):
        text("name", self.name), text("source", self.source)
        object.__setattr__(
            self, "classes", tuple(label("an entry of classes", c) for c in listed("classes", self.classes))
        )
        if not self.classes:
            raise ValueError("classes is empty, it must hold at least one name")
        for name in ("x", "lengths", "y"):
            object.__setattr__(self, name, numbers(name, getattr(self, name)))
        shape("x", self.x, (None, None, None), ("n", "time", "feature"))
        finite("x", self.x)
        count, time, _ = self.x.shape
        for name, low, high in (("lengths", 1, time), ("y", 0, len(self.classes) - 1)):
            given = getattr(self, name)
            shape(name, given, (count,), ("n",))
            within(name, whole_numbers(name, given), low, high)
        unclean = np.flatnonzero(self.x[np.arange(time) >= self.lengths[:, None]].any(axis=-1))
        if unclean.size:
            raise ValueError(f"x is not zero beyond the lengths ({unclean.size} such steps)")

    def __len__(self):
        return len(self.x)

    def __getitem__(self, part):
        if isinstance(part, (int, np.integer)):
            raise TypeError(f"Sequences are cut by a slice or an array of indices, not by {part}; see .x and .y")
        return replace(self, x=self.x[part], lengths=self.lengths[part], y=self.y[part])

    def _facts(self):
        """Return what the two representations say, as `{fact: text}`."""
        shortest, longest = int(self.lengths.min()), int(self.lengths.max())
        return {
            "sequences": f"{len(self):,}",
            "steps": str(longest) if shortest == longest else f"{shortest} to {longest}, padded to {self.x.shape[1]}",
            "features": str(self.x.shape[2]),
            "classes": ", ".join(map(str, self.classes)),
        }

    def __repr__(self):
        return f"Sequences {self.name!r}: " + "; ".join(f"{fact} {text}" for fact, text in self._facts().items())

    def _repr_html_(self):
        return html_table(self._facts().items(), caption=f"Sequences {self.name!r}")


def pad(sequences):
    """Put sequences of different lengths into one array, zeros after the end of each.

    sequences   list of n arrays (time_i, feature), real numbers of one dtype

    Returns `x (n, time, feature)`, of that dtype, with time the longest `time_i`, and `lengths (n,)`, int64.

    Raises ValueError for an empty list, an empty sequence, feature counts or dtypes that differ, or NaN; TypeError for
    values that are not numbers.

    >>> x, lengths = pad([np.ones((2, 1)), np.ones((3, 1))])
    >>> x[..., 0].tolist(), lengths.tolist()
    ([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]], [2, 3])
    """
    if not isinstance(sequences, list | tuple):
        raise TypeError(f"sequences is a {type(sequences).__name__}, it must be a list of arrays (time, feature)")
    arrays = [numbers(f"sequences[{k}]", sequence) for k, sequence in enumerate(sequences)]
    if not arrays:
        raise ValueError("sequences is empty, it must hold at least one array (time, feature)")
    for k, array in enumerate(arrays):
        name = f"sequences[{k}]"
        shape(name, array, (None, None), ("time", "feature"))
        if (array.shape[1], array.dtype) != (arrays[0].shape[1], arrays[0].dtype):
            raise ValueError(
                f"{name} has {array.shape[1]} features of {array.dtype}, "
                f"sequences[0] has {arrays[0].shape[1]} of {arrays[0].dtype}: all must agree"
            )
        finite(name, array)
    lengths = np.array([len(array) for array in arrays])
    x = np.zeros((len(arrays), lengths.max(), arrays[0].shape[1]), arrays[0].dtype)
    for k, array in enumerate(arrays):
        x[k, : len(array)] = array
    return x, lengths


def load_japanese_vowels():
    """Load the Japanese Vowels: nine men say the two vowels /ae/, and the task is to tell who speaks.

    Returns `(train, test)`, Sequences of 270 and 370 utterances (30 a speaker, and 24 to 88) with 7 to 29 frames of
    12 LPC cepstrum coefficients, no unit; a frame is 25.6 ms long and starts 6.4 ms after the one before. The split is
    the source's own: the test utterances were recorded at another time. Utterances are in the order of speakers.

    Source: Kudo, Toyama and Shimbo (1999), Pattern Recognition Letters 20, 1103–1111.
    """
    columns = read_columns("japanese_vowels.csv.gz")
    frames = np.stack([columns[f"lpc_{k}"].astype(float) for k in range(1, 13)], axis=1)
    utterance, speaker = columns["utterance"].astype(int), columns["speaker"].astype(int)
    parts = []
    for part in ("train", "test"):
        here = columns["part"] == part
        starts = np.flatnonzero(np.diff(utterance[here], prepend=-1))
        x, lengths = pad(np.split(frames[here], starts[1:]))
        parts.append(
            Sequences(
                name=f"Japanese Vowels, {part}",
                x=x,
                lengths=lengths,
                y=speaker[here][starts] - 1,
                classes=tuple(f"speaker {k}" for k in range(1, 10)),
                source=provenance()["japanese_vowels.csv.gz"].source,
            )
        )
    return tuple(parts)


def load_digits():
    """Load 1,797 handwritten digits of 8 × 8 pixels, read row by row as sequences of 64 single pixels.

    Returns Sequences with `x (1797, 64, 1)`: whole numbers from 0 (white) to 16 (black) kept as float64 and not scaled;
    divide by 16 for values from 0 to 1. All lengths are 64. `y` is the digit.

    Source: Alpaydin and Kaynak (1998), test part, by 13 writers.
    """
    columns = read_columns("digits.csv.gz")
    y = columns.pop("digit").astype(int)
    x = np.stack(list(columns.values()), axis=1).astype(float)[..., None]
    return Sequences(
        name="digits",
        x=x,
        lengths=np.full(len(x), x.shape[1]),
        y=y,
        classes=tuple(str(k) for k in range(10)),
        source=provenance()["digits.csv.gz"].source,
    )
