"""How many hidden units: sizes compared by rolling-origin validation, over folds and seeds.

What flows in: a function that makes a model of a size, and a series. What leaves: a `Selection`, which says each size's
error, parameters and seconds, which one to take, and, once, what that one is worth on the test part.

Fold k trains on the windows before its origin and is measured on those after it; the origin moves on from fold to fold.
Between the two lies a gap of horizon − 1 windows, so that no target is in both. The last part of the series is the test
part, of which the comparison sees nothing. Every (size, fold, seed) is a task of its own with its own seed and one
thread: in series, over processes and on a cluster of alike machines the numbers are the same bit for bit.

The one-standard-error rule takes the smallest size whose error is within one standard error of the lowest (Breiman et
al. 1984, Classification and Regression Trees, section 3.4.3). It is a heuristic. Its standard error holds how much
harder one fold is than another, which all sizes share: between two sizes that is no difference, so that for comparing
them it is mostly too large, and the rule then takes too small a size. `paired_differences` subtracts fold by fold
first, and `Selection.paired` is what the rule takes by them. For the error of one size alone, and for a difference too,
the standard error over folds is too small, since their training parts overlap (Dietterich 1998, Neural Computation
10(7); Nadeau and Bengio 2003, Machine Learning 52(3)).
"""

from rnn_course.selection.folds import rolling_origin, shuffled_folds
from rnn_course.selection.results import (
    FinalScore,
    Selection,
    one_standard_error,
    paired_differences,
    standard_error,
)
from rnn_course.selection.search import search_hidden_size
from rnn_course.selection.sweep import choose_hidden_size

__all__ = [
    "FinalScore",
    "Selection",
    "choose_hidden_size",
    "one_standard_error",
    "paired_differences",
    "rolling_origin",
    "search_hidden_size",
    "shuffled_folds",
    "standard_error",
]
