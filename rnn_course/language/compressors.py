"""Compressors as models of language: the bits that each needs for a text are what its predictions cost.

A compressor learns while it reads, so it is primed and not trained: it reads other text first, and the bits that are
counted are those by which the text at the end makes the file longer. What each can still use of what it has read:

    gzip    the last 32 kB: its window (Deutsch 1996)
    bz2     its block, at most 900 kB, and nothing of the block before
    xz      the last 64 MiB
    zstd    the last 128 MiB; from Python's own library as of 3.14, and before that from the package backports.zstd
    ppmd    all, while its memory lasts: it predicts each byte from at most `order` bytes before (Shkarin 2002; Cleary
            and Witten 1984); from the package pyppmd

gzip, bz2 and xz are in Python's own library; the packages are in the extra `rnn-course[compressors]`. Each is at the
level that compresses most.
"""

import bz2
import gzip
import lzma
import sys
from importlib import import_module

from rnn_course import validate

ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def _gzip(data):
    return gzip.compress(data, compresslevel=9, mtime=0)


def _bz2(data):
    return bz2.compress(data, compresslevel=9)


def _xz(data):
    return lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)


def _zstd(data):
    return _package("zstd", ZSTD).compress(data, level=22)


def _ppmd(data, order=16, memory=2**30, variant="I"):
    order = validate.positive_int("order", order, least=2, most=64)
    memory = validate.positive_int("memory", memory, least=2**11, most=2**31)
    variant = validate.one_of("variant", variant, ("H", "I"))
    return _package("ppmd", "pyppmd").compress(data, max_order=order, mem_size=memory, variant=variant)


def _package(method, name):
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"method {method!r} needs the package {name}, which is not installed") from None


METHODS = {"gzip": _gzip, "bz2": _bz2, "xz": _xz, "zstd": _zstd, "ppmd": _ppmd}


def compressed(text, method, **options):
    """Return `text` in UTF-8 and compressed, as bytes.

    text       a text, of any length
    method     "gzip", "bz2", "xz", "zstd" or "ppmd"
    options    for "ppmd" only: `order`, the longest context in bytes, from 2 to 64 (16 if not given), `memory`, what it
               may use, in bytes, from 2¹¹ to 2³¹ (2³⁰ if not given), and `variant`, "I", Shkarin's later one, or "H",
               which the program 7-Zip has

    Raises TypeError for a text that is none or an unknown option, ValueError for another method or variant or an order
    or memory out of range, ModuleNotFoundError where the package of "zstd" or "ppmd" is not installed.
    """
    method = validate.one_of("method", method, tuple(METHODS))
    return METHODS[method](validate.text("text", text).encode("utf8"), **options)


def compressed_bits(text, method, primed="", **options):
    """Return the bits that a character of `text` costs a compressor that has read `primed` before, float.

    8 · (size(primed + text) − size(primed)) / characters, with the sizes in bytes of UTF-8. With nothing read before,
    size("") is the file's frame alone, so the frame is not counted. Arguments and errors as for `compressed`;
    ValueError for an empty `text` too.

    gzip sees the last 32 kB: what it read before them changes nothing.

    >>> from random import Random
    >>> noise = "".join(Random(0).choices("abcdefghij", k=2_000))
    >>> far, near = noise + "." * 33_000, "." * 33_000 + noise
    >>> [round(compressed_bits(noise, "gzip", primed)) for primed in ("", far, near)]
    [4, 4, 0]
    """
    text, primed = validate.text("text", text), validate.text("primed", primed)
    if not text:
        raise ValueError("text is empty, it must have at least one character")
    longer = len(compressed(primed + text, method, **options)) - len(compressed(primed, method, **options))
    return 8 * longer / len(text)
