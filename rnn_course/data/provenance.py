"""The data files that ship with the course: where each came from, and how it is read."""

import gzip
import io
import lzma
import tomllib
from dataclasses import dataclass
from importlib import resources

import numpy as np

from rnn_course.validate import one_of


@dataclass(frozen=True)
class Provenance:
    """Where a shipped file came from: its source, its licence, what was kept, and the SHA-256 of its bytes."""

    file: str
    source: str
    licence: str
    kept: str
    sha256: str


def provenance():
    """Return the provenance of every shipped data file as `{file name: Provenance}`.

    >>> provenance()["digits.csv.gz"].licence
    'CC BY 4.0'
    """
    table = tomllib.loads(resources.files(__package__).joinpath("PROVENANCE.toml").read_text(encoding="utf-8"))
    return {file: Provenance(file, **entry) for file, entry in table.items()}


def read_bytes(file):
    """Return the bytes of a shipped file as they lie on disk; ValueError if no file of that name ships."""
    one_of("file", file, tuple(provenance()))
    return resources.files(__package__).joinpath("files", file).read_bytes()


def read_text(file):
    """Return the text of a shipped file, unpacked where its name ends in `.gz` or `.xz`."""
    unpack = {"gz": gzip.decompress, "xz": lzma.decompress}.get(file.rsplit(".", 1)[-1], bytes)
    return unpack(read_bytes(file)).decode("utf-8")


def read_columns(file):
    """Return a shipped CSV file as `{column name: array of strings (rows,)}`, in the file's order."""
    cells = np.loadtxt(io.StringIO(read_text(file)), dtype=str, delimiter=",", comments=None)
    return {str(name): cells[1:, k] for k, name in enumerate(cells[0])}
