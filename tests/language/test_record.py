"""The record of the chapter on text: made by the networks that ship, complete, and measured as the library measures."""

import pytest

from rnn_course.data import load_record, load_state_of_the_union
from rnn_course.models import load_trained

SHIPPED = {"english": "state_of_the_union", "verse": "tang_verse"}


def test_each_part_says_how_it_was_made():
    record = load_record("language")
    parts = "ngrams leak compressors live transformer subwords verse_minute english verse".split()
    assert sorted(record["parts"]) == sorted(parts)
    for name, part in record["parts"].items():
        assert part["command"].endswith(name) and part["date"] and part["processor"] and part["seconds"] > 0
        seeds = [row["seed"] for row in part["rows"] if "seed" in row]
        assert part["rows"] and seeds == sorted(set(seeds))


@pytest.mark.parametrize("part", SHIPPED)
def test_the_first_row_is_the_network_that_ships(part):
    record, shipped = load_record("language"), load_trained(SHIPPED[part])
    row = next(row for row in record["parts"][part]["rows"] if row["seed"] == shipped.note["seed"])
    assert row["seconds"] == shipped.note["seconds"]
    assert row["parameters"] == sum(parameter.numel() for parameter in shipped.model.parameters())
    assert shipped.note["recipe"] == record["settings"]["recipes"][SHIPPED[part]]


def test_the_shipped_network_needs_the_bits_that_are_recorded():
    """Read in 32 rows here, in one go there."""
    record, corpus, shipped = load_record("language"), load_state_of_the_union(), load_trained("state_of_the_union")
    first = corpus.encode(corpus.test[: record["settings"]["first"]])
    (row,) = (row for row in record["parts"]["english"]["rows"] if row["seed"] == shipped.note["seed"])
    assert shipped.model.surprises(first, rows=32).mean() == pytest.approx(row["first"], abs=0.003)
