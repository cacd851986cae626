"""Texts to model: documents in three parts, split in time or by author, and the symbols that they are written in."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rnn_course import validate
from rnn_course.data.provenance import provenance, read_text
from rnn_course.tables import html_table

PARTS = ("train", "validation", "test")
END = "\n"  # ends every document
RARE = "□"  # stands for every character that the training part has too seldom
TRAIN_UNTIL, VALIDATION_UNTIL = 1974, 1997  # the addresses' years
SEEN_AT_LEAST = 12  # times in the training part, below which a character of the verse is rare


@dataclass(frozen=True)
class Document:
    """One text of a corpus.

    text      what it says, without a line break
    author    who wrote it, "" where nobody is named
    year      when, None where that is not known
    """

    text: str
    author: str = ""
    year: int | None = None

    def __post_init__(self):
        validate.text("text", self.text), validate.text("author", self.author)
        if self.year is not None:
            validate.positive_int("year", self.year, least=-validate.LARGEST)


@dataclass(frozen=True, eq=False, repr=False)
class Corpus:
    """Documents in a training, a validation and a test part, and the symbols that occur in them.

    name         what it is, as text
    documents    `{"train": …, "validation": …, "test": …}`, each a sequence of Document
    source       where the texts come from
    notes        what a reader must know, in plain text: how the parts were cut, what was replaced

    `corpus.train`, `corpus.validation` and `corpus.test` are the parts as one text each, every document ended by a line
    break. `corpus.symbols` are the different characters of all three parts in Unicode's order, the line break among
    them; `encode` and `decode` turn text into their positions and back.

    Raises ValueError for a missing or unknown part, a part without documents or a line break inside one; TypeError for
    what is no Document.

    >>> tiny = Corpus.of("tiny", "abracadabra", train=0.5, validation=0.2)
    >>> tiny.train, tiny.validation, tiny.test
    ('abraca\\n', 'da\\n', 'bra\\n')
    >>> tiny.encode("cab").tolist()
    [3, 1, 2]
    """

    name: str
    documents: dict
    source: str = ""
    notes: str = ""

    def __post_init__(self):
        given = validate.mapping("documents", self.documents)
        if set(given) != set(PARTS):
            raise ValueError(f"documents has the parts {', '.join(map(repr, given))}, it must have {', '.join(PARTS)}")
        for name in ("name", "source", "notes"):
            validate.text(name, getattr(self, name))
        kept = {part: tuple(validate.listed(f"documents[{part!r}]", given[part])) for part in PARTS}
        for part, documents in kept.items():
            _check_documents(f"documents[{part!r}]", documents)
        object.__setattr__(self, "documents", kept)
        for part in PARTS:
            object.__setattr__(self, part, "".join(document.text + END for document in kept[part]))
        object.__setattr__(self, "symbols", tuple(sorted({*self.train, *self.validation, *self.test})))

    @classmethod
    def of(cls, name, text, train=0.8, validation=0.1):
        """Return a text of your own as a corpus: its first part to train, the next to validate, the rest to test.

        Arguments
            name          what it is
            text          characters in the order in which they were written; line breaks become spaces
            train         share of the characters to train on, between 0 and 1
            validation    share to validate on; what is left of 1 is the test part

        Raises TypeError for what is no text, ValueError for shares or a text that leave a part empty.
        """
        text = validate.text("text", text).replace(END, " ")
        first, second = validate.share("train", train), validate.share("validation", validation)
        cuts = [0, round(len(text) * first), round(len(text) * (first + second)), len(text)]
        parts = dict(zip(PARTS, (text[a:b] for a, b in pairwise(cuts)), strict=True))
        for part, piece in parts.items():
            if not piece:
                raise ValueError(f"text has {len(text)} characters, train={train} and validation={validation} leave "
                                 f"the {part} part empty")  # fmt: skip
        return cls(name, {part: (Document(piece),) for part, piece in parts.items()})

    def encode(self, text):
        """Return the positions of a text's characters in `symbols`, int64 `(characters,)`.

        Raises TypeError for what is no text, ValueError for a character that is no symbol of the corpus. Where the
        corpus has replaced rare characters by □, so does this.
        """
        codes, symbols = _codes(validate.text("text", text)), _codes("".join(self.symbols))
        ids = np.minimum(np.searchsorted(symbols, codes), len(symbols) - 1)
        unknown = symbols[ids] != codes
        if unknown.any():
            if RARE not in self.symbols:
                k = int(np.argmax(unknown))
                raise ValueError(f"text has {text[k]!r} at {k}, which is none of the {len(symbols)} symbols")
            ids[unknown] = self.symbols.index(RARE)
        return ids

    def decode(self, ids):
        """Return the text of positions in `symbols`, `(characters,)` whole numbers; the reverse of `encode`."""
        ids = validate.array("ids", ids)
        if ids.shape != (0,):
            validate.shape("ids", ids, (None,), ("characters",))
        if ids.size and ids.dtype.kind not in "iu":
            raise TypeError(f"ids has dtype {ids.dtype}, it must be whole numbers")
        if ids.size and (ids.min() < 0 or ids.max() >= len(self.symbols)):
            wrong = ids[(ids < 0) | (ids >= len(self.symbols))][0]
            raise ValueError(f"ids has {wrong}, with {len(self.symbols)} symbols ids run from 0 to "
                             f"{len(self.symbols) - 1}")  # fmt: skip
        return "".join(self.symbols[k] for k in ids.tolist())

    def _rows(self):
        """Yield part, documents, characters and years as text, for the two representations."""
        for part, documents in self.documents.items():
            years = [document.year for document in documents if document.year is not None]
            span = f"{min(years)} to {max(years)}" if years else "–"
            yield part, f"{len(documents):,}", f"{len(getattr(self, part)):,}", span

    def _title(self):
        return f"Corpus {self.name!r}: {len(self.symbols):,} symbols"

    def __repr__(self):
        rows = [f"  {part}: documents {count}, characters {size}, years {years}"
                for part, count, size, years in self._rows()]  # fmt: skip
        return "\n".join([self._title(), *rows, *([f"  {self.notes}"] if self.notes else [])])

    def _repr_html_(self):
        header = ("part", "documents", "characters", "years")
        return html_table(self._rows(), header, self._title(), [self.notes] if self.notes else [])


def load_state_of_the_union():
    """Load the addresses of the presidents of the United States to Congress, 1790 to 2021: 10.76 M characters.

    The 233 texts are split in time: 1790 to 1974 to train (9.04 M characters), 1975 to 1997 to validate, 1998 to 2021
    to test. Typographic quotes and dashes and three accented letters are written in ASCII, which leaves 86 symbols with
    the line break. Returns a Corpus, one Document for each address, in the order of the years.
    """
    rows = _rows_of("state_of_the_union.tsv.xz")
    documents = [Document(text, president, int(year)) for year, president, text in rows]
    parts = {part: [] for part in PARTS}
    for document in documents:
        parts[PARTS[(document.year > TRAIN_UNTIL) + (document.year > VALIDATION_UNTIL)]].append(document)
    return Corpus(
        name="State of the Union",
        documents=parts,
        source=provenance()["state_of_the_union.tsv.xz"].source,
        notes=f"Split in time: until {TRAIN_UNTIL}, until {VALIDATION_UNTIL}, after.",
    )


def load_tang_verse():
    """Load regular verse of the Tang dynasty: 36,109 poems of four or eight lines of five or seven characters.

    A poem is one Document without its title: `秦川雄帝宅，函谷壯皇居。…`. The characters are those of the source, which
    is traditional Chinese with variants of its own; nothing is converted. Poets, not poems, are split: of each ten in
    the order of the collection the fifth goes to validation and the tenth to the test part. A character that the
    training part has fewer than 12 times is written □. Returns a Corpus.
    """
    rows = _rows_of("tang_verse.tsv.xz")
    place = {poet: k for k, poet in enumerate(dict.fromkeys(poet for poet, _ in rows))}
    part_of = {4: "validation", 9: "test"}
    texts = {part: [] for part in PARTS}
    for poet, poem in rows:
        texts[part_of.get(place[poet] % 10, "train")].append((poet, poem))
    symbols, counts = np.unique(_codes("".join(poem for _, poem in texts["train"])), return_counts=True)
    frequent = {chr(code) for code in symbols[counts >= SEEN_AT_LEAST]}
    every = {character for _, poem in rows for character in poem}
    rare = {ord(character): RARE for character in every - frequent}
    documents = {part: [Document(poem.translate(rare), poet) for poet, poem in poems] for part, poems in texts.items()}
    return Corpus(
        name="Tang verse",
        documents=documents,
        source=provenance()["tang_verse.tsv.xz"].source,
        notes=f"Split by poet. {len(rare):,} different characters that the training part has fewer than "
        f"{SEEN_AT_LEAST} times are written {RARE}.",
    )


def verse_form(poem):
    """Return the form of a regular poem, `(lines, characters)`, or None for a text that has none.

    A regular poem has four or eight lines of five, or of seven, characters each. A comma ends each odd line, a full
    stop each even one; the line break that ends a document may follow. Raises TypeError for what is no text.

    >>> verse_form("白日依山盡，黃河入海流。欲窮千里目，更上一層樓。")
    (4, 5)
    >>> verse_form("白日依山盡，黃河入海。欲窮千里目，更上一層樓。") is None
    True
    """
    poem = validate.text("poem", poem).removesuffix(END)
    for characters in (5, 7):
        line = f"[^，。\n]{{{characters}}}"
        for lines in (4, 8):
            if re.fullmatch(f"(?:{line}，{line}。){{{lines // 2}}}", poem):
                return lines, characters
    return None


def _rows_of(file):
    """Return the rows of a shipped `.tsv.xz` as lists of texts, without its header."""
    lines = read_text(file).split("\n")
    return [line.split("\t") for line in lines[1:-1]]


def _codes(text):
    """Return the code points of a text, uint32 (characters,)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _check_documents(name, documents):
    if not documents:
        raise ValueError(f"{name} is empty, every part must have a document")
    for k, document in enumerate(documents):
        if not isinstance(document, Document):
            raise TypeError(f"{name}[{k}] is a {type(document).__name__}, it must be a Document")
        if END in document.text:
            raise ValueError(f"{name}[{k}].text has a line break, which ends a document and must not stand inside one")
