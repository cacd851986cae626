"""Models of language: what the next symbol of a text is, by counting, by compressing, and how they are scored.

Every model has `symbols`, how many there are; `step(symbol, state)`, which reads a symbol and returns the probabilities
of the next one with the new state; and `surprises(ids)`, the bits that each symbol of a text costs.
"""

from rnn_course.language.compressors import METHODS, compressed_bits
from rnn_course.language.ngrams import NGram
from rnn_course.language.scores import best_weight, bits_per_byte, mixed, perplexity

__all__ = ["METHODS", "NGram", "best_weight", "bits_per_byte", "compressed_bits", "mixed", "perplexity"]
