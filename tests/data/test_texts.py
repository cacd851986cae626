"""The corpora: what ships, how it is split and measured, and text to symbols and back."""

import re

import numpy as np
import pytest

import rnn_course.data as data
from rnn_course.data.texts import RARE, SEEN_AT_LEAST

DOCUMENTS = {
    "train": [data.Document("b c", "Ann", 1), data.Document("é", "Bo", 3)],
    "validation": [data.Document("a", "Ann", 4)],
    "test": [data.Document("c", "Cy", 5)],
}


@pytest.fixture(scope="module")
def addresses():
    return data.load_state_of_the_union()


@pytest.fixture(scope="module")
def verse():
    return data.load_tang_verse()


def test_the_addresses_are_split_in_time(addresses):
    years = {part: [document.year for document in documents] for part, documents in addresses.documents.items()}
    assert (years["train"][0], years["train"][-1]) == (1790, 1974)
    assert (years["validation"][0], years["validation"][-1]) == (1975, 1997)
    assert (years["test"][0], years["test"][-1]) == (1998, 2021)
    assert [len(years[part]) for part in years] == [186, 23, 24]
    assert [len(addresses.train), len(addresses.validation), len(addresses.test)] == [9040365, 861622, 858077]
    assert all(part == sorted(part) for part in years.values())
    assert len(addresses.symbols) == 86 and addresses.symbols[0] == "\n"
    assert "".join(addresses.symbols[1:]).replace("°", "").isascii()
    assert addresses.documents["train"][0].author == "George Washington"
    assert addresses.train.startswith("Fellow-Citizens of the Senate")


def test_no_stretch_of_sixty_characters_of_the_training_years_stands_in_the_test_years(addresses):
    def stretches(text):
        return {text[k : k + 60] for k in range(len(text) - 59)}

    trained, validated, tested = map(stretches, (addresses.train[-3_000_000:], addresses.validation, addresses.test))
    assert not trained & tested
    assert len(validated & tested) == 70


def test_a_poem_has_four_or_eight_lines_of_five_or_seven_and_belongs_to_one_part(verse):
    sizes = {part: len(documents) for part, documents in verse.documents.items()}
    assert sizes == {"train": 28519, "validation": 3946, "test": 3644}
    seen = {part: {document.text for document in documents} for part, documents in verse.documents.items()}
    poets = {part: {document.author for document in documents} for part, documents in verse.documents.items()}
    for a, b in (("train", "validation"), ("train", "test"), ("validation", "test")):
        assert not poets[a] & poets[b] and not {p for p in seen[a] & seen[b] if RARE not in p}
    for text in seen["test"] | seen["validation"]:
        lines = re.split("[，。]", text)[:-1]
        assert len(lines) in (4, 8) and {len(line) for line in lines} in ({5}, {7})


def test_rare_characters_of_the_verse_are_counted_in_the_training_part_alone(verse):
    counts = {symbol: 0 for symbol in verse.symbols} | {s: n for s, n in zip(*_counts(verse.train), strict=True)}
    assert min(count for symbol, count in counts.items() if symbol not in ("\n", RARE)) == SEEN_AT_LEAST
    assert len(verse.symbols) == 3469 and "3,470 different characters" in verse.notes
    lines = [line for line in re.split("[，。\n]", verse.test) if line]
    known = set(re.split("[，。\n]", verse.train))
    assert np.mean([line in known for line in lines]) == pytest.approx(0.0281, abs=5e-5)


def _counts(text):
    symbols, counts = np.unique(list(text), return_counts=True)
    return symbols.tolist(), counts.tolist()


def test_text_to_symbols_and_back(addresses, verse):
    for corpus, text in ((addresses, addresses.test[:5000]), (verse, verse.test[:5000])):
        ids = corpus.encode(text)
        assert ids.dtype == np.int64 and ids.tolist() == [corpus.symbols.index(c) for c in text]
        assert corpus.decode(ids) == text
    assert addresses.decode([]) == "" and addresses.encode("").shape == (0,)
    assert verse.decode(verse.encode("春a")) == f"春{RARE}"


def test_a_corpus_of_your_own():
    corpus = data.Corpus("mine", DOCUMENTS)
    assert corpus.train == "b c\né\n" and corpus.symbols == ("\n", " ", "a", "b", "c", "é")
    cut = data.Corpus.of("mine", "0123\n56789", train=0.5, validation=0.3)
    assert (cut.train, cut.validation, cut.test) == ("0123 \n", "567\n", "89\n")
    with pytest.raises(ValueError, match=r"text has 3 characters, train=0\.9 and validation=0\.05 leave"):
        data.Corpus.of("mine", "abc", train=0.9, validation=0.05)
    with pytest.raises(TypeError, match="text is a bytes, it must be text"):
        data.Corpus.of("mine", b"abc")


def test_what_is_refused():
    corpus = data.Corpus("mine", DOCUMENTS)
    with pytest.raises(ValueError, match="text has 'x' at 2, which is none of the 6 symbols"):
        corpus.encode("abx")
    with pytest.raises(ValueError, match="ids has 6, with 6 symbols ids run from 0 to 5"):
        corpus.decode([0, 6])
    with pytest.raises(ValueError, match="ids has -1"):
        corpus.decode([-1])
    with pytest.raises(TypeError, match="ids has dtype float64, it must be whole numbers"):
        corpus.decode([0.0])
    with pytest.raises(ValueError, match="documents has the parts 'train', it must have train, validation, test"):
        data.Corpus("mine", {"train": DOCUMENTS["train"]})
    with pytest.raises(ValueError, match=r"documents\['test'\] is empty"):
        data.Corpus("mine", DOCUMENTS | {"test": []})
    with pytest.raises(TypeError, match=r"documents\['test'\]\[0\] is a str, it must be a Document"):
        data.Corpus("mine", DOCUMENTS | {"test": ["c"]})
    with pytest.raises(ValueError, match=r"documents\['test'\]\[0\].text has a line break"):
        data.Corpus("mine", DOCUMENTS | {"test": [data.Document("a\nb")]})


def test_how_it_shows_itself(addresses):
    assert "train: documents 186, characters 9,040,365, years 1790 to 1974" in repr(addresses)
    assert "<td>858,077</td>" in addresses._repr_html_()
    assert "years –" in repr(data.Corpus.of("mine", "abcdefghij"))


def test_the_form_of_a_regular_poem():
    """Every poem of the collection has one; a character more or less, a third couplet or another mark ends it."""
    for n in (5, 7):
        line = "山" * n
        couplet = f"{line}，{line}。"
        assert data.verse_form(2 * couplet) == (4, n)
        assert data.verse_form(4 * couplet + "\n") == (8, n)
        other = "山" * (12 - n)
        for wrong in (couplet, 3 * couplet, 5 * couplet, 2 * couplet + "\n\n", 2 * couplet[:-1], 2 * couplet + line,
                      2 * f"{line}。{line}，", f"{line}，{line}山。" + couplet, couplet + f"{other}，{other}。",
                      2 * f"{line[1:]}\n，{line}。", ""):  # fmt: skip
            assert data.verse_form(wrong) is None, wrong
    poems = [document.text for part in data.load_tang_verse().documents.values() for document in part]
    assert {data.verse_form(poem) for poem in poems} == {(4, 5), (4, 7), (8, 5), (8, 7)}
    with pytest.raises(TypeError, match="poem"):
        data.verse_form(5)
