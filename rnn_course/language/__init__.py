"""Models of language at work: training on one long text, measuring in bits, writing, and what needs no network."""

from rnn_course.language.dynamic import dynamic_surprises
from rnn_course.language.sampling import beam, reshaped, sample
from rnn_course.language.stateful import Learning, fit, rows, set_frequencies
from rnn_course.language.subwords import Subwords
from rnn_course.language.units import PROPERTIES, Found, correlations, find_unit, property_of

__all__ = [
    "PROPERTIES",
    "Found",
    "Learning",
    "Subwords",
    "beam",
    "correlations",
    "dynamic_surprises",
    "find_unit",
    "fit",
    "property_of",
    "reshaped",
    "rows",
    "sample",
    "set_frequencies",
]
