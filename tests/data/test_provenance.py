"""Every shipped file has its entry of provenance, and is what the entry says."""

import hashlib
from importlib import resources

import pytest

import rnn_course.data as data
from rnn_course.data.provenance import read_bytes


def test_every_shipped_file_is_listed_and_every_listed_file_ships():
    shipped = {file.name for file in (resources.files("rnn_course.data") / "files").iterdir()}
    assert shipped == set(data.provenance())


@pytest.mark.parametrize("file", sorted(data.provenance()))
def test_provenance_holds(file):
    entry = data.provenance()[file]
    assert hashlib.sha256(read_bytes(file)).hexdigest() == entry.sha256
    assert entry.licence in ("public domain", "CC0", "CC BY 4.0", "MIT", "PDDL 1.0, contents CC0")
    assert len(entry.source) > 40 and entry.kept


def test_an_unknown_file_is_refused():
    with pytest.raises(ValueError, match=r"file is 'tides.csv', it must be one of 'sunspots.csv'"):
        read_bytes("tides.csv")
