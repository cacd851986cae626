"""Models of language at work: training on one long text, measuring in bits, writing, and what needs no network."""

from rnn_course.language.dynamic import dynamic_surprises
from rnn_course.language.sampling import beam, reshaped, sample
from rnn_course.language.stateful import Learning, fit, rows

__all__ = ["Learning", "beam", "dynamic_surprises", "fit", "reshaped", "rows", "sample"]
