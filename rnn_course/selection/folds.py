"""How a series is cut into folds: in time order, or shuffled, which leaks."""

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

from rnn_course import seeds, validate


def rolling_origin(n, folds, gap=0, validation=None, max_train=None):
    """Return the folds of n windows in time order, as pairs of positions (train, validation).

    The last `folds` blocks of `validation` windows are measured, one a fold, from the earliest to the latest. A fold
    trains on all that comes before its block and the `gap` windows left out between them; with `max_train` on the
    latest so many of these. validation: by default ⌊n / (folds + 1)⌋. Raises ValueError where nothing is left to train
    the first fold on, or for fewer than two folds. The cutting is scikit-learn's `TimeSeriesSplit`.

    >>> for train, validation in rolling_origin(8, folds=2, gap=1):
    ...     print(train.tolist(), validation.tolist())
    [0, 1, 2] [4, 5]
    [0, 1, 2, 3, 4] [6, 7]
    """
    n, folds = validate.positive_int("n", n), validate.positive_int("folds", folds, least=2)
    gap = validate.positive_int("gap", gap, least=0)
    validation, max_train = (
        None if value is None else validate.positive_int(name, value)
        for name, value in (("validation", validation), ("max_train", max_train))
    )
    size = n // (folds + 1) if validation is None else validation
    needed = folds * max(1, size) + gap + 1
    if size < 1 or n < needed:
        raise ValueError(
            f"the series is too short: it makes n={n} windows before the test part, and folds={folds} with "
            f"validation={max(1, size)} and gap={gap} need at least {needed}"
        )
    return list(TimeSeriesSplit(folds, gap=gap, test_size=size, max_train_size=max_train).split(np.empty(n)))


def shuffled_folds(n, folds, max_train=None, seed=0):
    """Return folds that ignore time, as pairs of positions (train, validation): the split that leaks, to compare with.

    The windows are put in random order and cut into `folds` parts; each is measured by what was trained on the others,
    or on `max_train` of them. Raises ValueError for fewer windows than folds.
    """
    n, folds = validate.positive_int("n", n), validate.positive_int("folds", folds, least=2)
    max_train = None if max_train is None else validate.positive_int("max_train", max_train)
    if n < folds:
        raise ValueError(f"the series is too short: it makes n={n} windows before the test part for folds={folds}")
    parts = np.array_split(seeds.generator("seed", seed).permutation(n), folds)
    others = [np.concatenate(parts[:k] + parts[k + 1 :])[:max_train] for k in range(folds)]
    return list(zip(others, parts, strict=True))
