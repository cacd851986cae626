"""Models of language at work: what the next symbol of a text is, by a network, by counting, by compressing.

Every model has `symbols`, how many there are; `step(symbol, state)`, which reads a symbol and returns the probabilities
of the next one with the new state; and `surprises(ids)`, the bits that each symbol of a text costs.
"""

from rnn_course.language.compressors import METHODS, compressed_bits
from rnn_course.language.dynamic import dynamic_surprises
from rnn_course.language.ngrams import NGram
from rnn_course.language.sampling import beam, reshaped, sample
from rnn_course.language.scores import best_weight, bits_per_byte, mixed, perplexity
from rnn_course.language.stateful import Learning, fit, rows, set_frequencies
from rnn_course.language.subwords import Subwords
from rnn_course.language.units import PROPERTIES, Found, correlations, find_unit, property_of

__all__ = [
    "METHODS",
    "PROPERTIES",
    "Found",
    "Learning",
    "NGram",
    "Subwords",
    "beam",
    "best_weight",
    "bits_per_byte",
    "compressed_bits",
    "correlations",
    "dynamic_surprises",
    "find_unit",
    "fit",
    "mixed",
    "perplexity",
    "property_of",
    "reshaped",
    "rows",
    "sample",
    "set_frequencies",
]
