"""A model of language in a file: what comes back, and what is refused."""

import numpy as np
import pytest
import torch
from safetensors import safe_open

from rnn_course import data
from rnn_course.models import LanguageModel, load_trained
from rnn_course.models.trained import load_language_model, save_language_model

SYMBOLS = "\n ab春😀z"


@pytest.mark.parametrize("embedding_size", [None, 3])
def test_a_file_gives_back_the_function_and_says_how_it_was_made(tmp_path, embedding_size):
    model = LanguageModel(symbols=7, hidden_size=5, embedding_size=embedding_size, num_layers=2, dropout=0.2, seed=9)
    note = {"command": "python -m x", "curve": [2.5, 1.25], "seed": 3}
    save_language_model(tmp_path / "m.safetensors", model, tuple(SYMBOLS), note)
    back = load_language_model(tmp_path / "m.safetensors")
    ids = np.random.default_rng(1).integers(7, size=60)
    assert back.symbols == tuple(SYMBOLS) and back.note == note and back.model.settings == model.settings
    assert not back.model.training and back.model.head.weight.dtype == torch.float32
    np.testing.assert_allclose(back.model.surprises(ids), model.surprises(ids), atol=2e-3)
    assert back.model.surprises(ids).tolist() != model.surprises(ids).tolist()
    save_language_model(tmp_path / "exact.safetensors", model, tuple(SYMBOLS), dtype=torch.float32)
    exact = load_language_model(tmp_path / "exact.safetensors")
    assert exact.note == {} and exact.model.surprises(ids).tolist() == model.surprises(ids).tolist()
    with safe_open(tmp_path / "m.safetensors", framework="pt") as file:
        kept = sum(file.get_tensor(name).numel() for name in file.keys())
        assert all(file.get_tensor(name).dtype == torch.float16 for name in file.keys())
    assert kept == sum(parameter.numel() for parameter in model.parameters())


def test_what_is_refused(tmp_path):
    model, path = LanguageModel(symbols=7, hidden_size=5), tmp_path / "m.safetensors"
    for symbols in ("abc", "aabcdef", ("ab", *"cdefgh")):
        with pytest.raises(ValueError, match="it must be 7 different characters"):
            save_language_model(path, model, symbols)
    with pytest.raises(TypeError, match="model is a Linear"):
        save_language_model(path, torch.nn.Linear(1, 1), "ab")
    with pytest.raises(ValueError, match=r"must end in \.safetensors"):
        save_language_model(tmp_path / "m.pt", model, SYMBOLS)
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        load_language_model(path)
    with torch.no_grad():
        model.head.weight[0, 0] = 1e6
    with pytest.raises(ValueError, match=r"head\.weight has values that are not finite in torch\.float16"):
        save_language_model(path, model, SYMBOLS)


def test_a_changed_bit_is_noticed(tmp_path):
    path = tmp_path / "m.safetensors"
    save_language_model(path, LanguageModel(symbols=7, hidden_size=5), SYMBOLS)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load_language_model(path)


@pytest.mark.parametrize(
    "name, load, most",
    [("state_of_the_union", data.load_state_of_the_union, 2.0), ("tang_verse", data.load_tang_verse, 7.0)],
)
def test_what_ships(name, load, most):
    """The models of the course read the course's texts, say how they were made, and are small enough for a page."""
    trained, corpus = load_trained(name), load()
    assert trained.symbols == corpus.symbols
    assert trained.model.surprises(corpus.encode(corpus.test[:20000])).mean() < most
    note = trained.note
    assert note["data"] == {f"{name}.tsv.xz": data.provenance()[f"{name}.tsv.xz"].sha256}
    assert note["command"].startswith("python tools/record_language.py") and note["seed"] == 0
    assert len(note["updates"]) == len(note["bits"]) == len(note["validation"]) >= 10
    assert note["updates"][-1] == note["recipe"]["updates"] and note["validation"][-1] < note["validation"][0]
    kept = sum(parameter.numel() for parameter in trained.model.parameters())
    assert 2 * kept <= 2_000_000


def test_another_name_is_refused():
    with pytest.raises(ValueError, match="name is 'moby_dick', it must be one of 'state_of_the_union', 'tang_verse'"):
        load_trained("moby_dick")


# ---- The record of the chapter on text ---------------------------------------------------------------------------

SHIPPED = {"english": "state_of_the_union", "verse": "tang_verse"}


def test_each_part_says_how_it_was_made():
    record = data.load_record("language")
    parts = "ngrams leak compressors live transformer subwords verse_minute english verse".split()
    assert sorted(record["parts"]) == sorted(parts)
    for name, part in record["parts"].items():
        assert part["command"].endswith(name) and part["date"] and part["processor"] and part["seconds"] > 0
        seeds = [row["seed"] for row in part["rows"] if "seed" in row]
        assert part["rows"] and seeds == sorted(set(seeds))


@pytest.mark.parametrize("part", ["live", "transformer", "verse_minute"])
def test_the_settings_are_those_of_the_runs(part):
    record = data.load_record("language")
    updates = np.array([np.max(row["updates"]) for row in record["parts"][part]["rows"]])
    assert (updates == record["settings"][part]["updates"]).all()


@pytest.mark.parametrize("part", SHIPPED)
def test_the_first_row_is_the_network_that_ships(part):
    record, shipped = data.load_record("language"), load_trained(SHIPPED[part])
    row = next(row for row in record["parts"][part]["rows"] if row["seed"] == shipped.note["seed"])
    assert row["seconds"] == shipped.note["seconds"]
    assert row["parameters"] == sum(parameter.numel() for parameter in shipped.model.parameters())
    assert shipped.note["recipe"] == record["settings"]["recipes"][SHIPPED[part]]


def test_the_shipped_network_needs_the_bits_that_are_recorded():
    """Read in 32 rows here, in one go there."""
    record, corpus, shipped = (
        data.load_record("language"),
        data.load_state_of_the_union(),
        load_trained("state_of_the_union"),
    )
    first = corpus.encode(corpus.test[: record["settings"]["first"]])
    (row,) = (row for row in record["parts"]["english"]["rows"] if row["seed"] == shipped.note["seed"])
    assert shipped.model.surprises(first, rows=32).mean() == pytest.approx(row["first"], abs=0.003)
