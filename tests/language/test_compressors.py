"""Compressors: their sizes are those of files that give the text back, and each sees as far back as is said of it."""

import lzma
from importlib import import_module
from random import Random

import pytest

from rnn_course.language import METHODS, compressed_bits, compressors


def noise(characters, seed=0):
    """Text of ten letters drawn at random: log₂ 10 = 3.32 bits each, and nothing to learn."""
    return "".join(Random(seed).choices("abcdefghij", k=characters))


def needs(method):
    """Skip where the package of a method is not installed."""
    if method == "ppmd":
        return pytest.importorskip("pyppmd")
    if method == "zstd":
        return pytest.importorskip(compressors.ZSTD)
    return import_module({"xz": "lzma"}.get(method, method))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("text", ["", "x", "明月。\nmoon — light\n" * 40 + noise(500)])
def test_what_is_compressed_gives_the_text_back(method, text):
    package, data = needs(method), compressors.compressed(text, method)
    if method == "ppmd":
        decoder = package.Ppmd8Decoder(max_order=16, mem_size=2**30)
        back = decoder.decode(data, len(text.encode("utf8"))) if text else b""
    else:
        back = package.decompress(data)
    assert back.decode("utf8") == text


LEVELS = {
    "gzip": {"compresslevel": 9},
    "bz2": {"compresslevel": 9},
    "xz": {"preset": 9 | lzma.PRESET_EXTREME},
    "zstd": {"level": 22},
    "ppmd": {"max_order": 16, "mem_size": 2**30, "variant": "I"},
}


@pytest.mark.parametrize("method", METHODS)
def test_the_sizes_are_those_of_the_packages_at_their_best_level(method):
    package = needs(method)
    words = [noise(6, seed) for seed in range(900)]
    text = " ".join(Random(1).choices(words, k=20_000)) + "月" * 9  # over the 100 kB of the smallest block of bz2
    primed = " ".join(Random(2).choices(words, k=8_000))
    long, short = (len(package.compress(t.encode(), **LEVELS[method])) for t in (primed + text, primed))
    assert compressed_bits(text, method, primed) == 8 * (long - short) / len(text)


@pytest.mark.parametrize("method", METHODS)
def test_noise_costs_what_it_holds_and_a_little_more(method):
    needs(method)
    assert 3.3 < compressed_bits(noise(60_000), method) < 4.3


@pytest.mark.parametrize("method, most", [("xz", 0.02), ("zstd", 0.02), ("ppmd", 0.4)])
def test_a_text_that_was_read_before_costs_almost_nothing(method, most):
    needs(method)
    text = noise(60_000)
    assert compressed_bits(text, method, primed=text) < most


def test_gzip_has_forgotten_what_is_more_than_32_kb_back():
    near, far, other = noise(20_000), noise(60_000), noise(60_000, seed=1)
    assert compressed_bits(near, "gzip", primed=near) < 0.2
    after_other = compressed_bits(far, "gzip", primed=other)
    assert compressed_bits(far, "gzip", primed=far) == pytest.approx(after_other, rel=0.01)


def test_gzip_is_changed_by_nothing_before_its_window():
    """Texts that differ and end in the same 40,000 characters: the same bits but for where its blocks begin."""
    window, text = noise(40_000, 1), noise(3_000, 2)
    bits = [compressed_bits(text, "gzip", noise(50_000, seed) + window) for seed in (3, 4)]
    assert bits[0] == pytest.approx(bits[1], rel=0.05)
    assert compressed_bits(text, "gzip", text + window) == pytest.approx(bits[0], rel=0.05)
    assert compressed_bits(text, "xz", text + window) < 0.1


def test_ppmd_takes_an_order_and_a_memory():
    needs("ppmd")
    text = "the same words again and again, " * 3 + noise(30_000, 5)
    low, high = (compressed_bits(text, "ppmd", order=order) for order in (2, 6))
    assert low != high
    assert compressed_bits(text, "ppmd", variant="H") != compressed_bits(text, "ppmd")
    assert compressed_bits(text, "ppmd", primed=text, memory=2**12) > compressed_bits(text, "ppmd", primed=text)


@pytest.mark.parametrize("method, package", [("zstd", compressors.ZSTD), ("ppmd", "pyppmd")])
def test_a_package_that_is_missing_is_named(method, package, monkeypatch):
    def absent(name):
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(compressors, "import_module", absent)
    with pytest.raises(ModuleNotFoundError, match=f"'{method}' needs the package {package}, which is not installed$"):
        compressed_bits("text", method)


BAD = [
    (ValueError, "text is empty, it must have at least one character", lambda: compressed_bits("", "gzip")),
    (TypeError, "text is a bytes, it must be text", lambda: compressed_bits(b"a", "gzip")),
    (TypeError, "primed is a NoneType, it must be text", lambda: compressed_bits("a", "gzip", None)),
    (ValueError, "method is 'zip', it must be one of 'gzip', 'bz2', 'xz'", lambda: compressed_bits("a", "zip")),
    (TypeError, "unexpected keyword argument 'order'", lambda: compressed_bits("a", "gzip", order=3)),
    (ValueError, "order is 1, it must be at least 2", lambda: compressed_bits("a", "ppmd", order=1)),
    (ValueError, "variant is 'J', it must be one of 'H', 'I'", lambda: compressed_bits("a", "ppmd", variant="J")),
    (ValueError, "memory is 1000, it must be at least 2048", lambda: compressed_bits("a", "ppmd", memory=1000)),
]


@pytest.mark.parametrize("error, sentence, call", BAD, ids=[sentence for _, sentence, _ in BAD])
def test_bad_input_gets_one_sentence(error, sentence, call):
    with pytest.raises(error, match=sentence):
        call()
