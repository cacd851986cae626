"""Checks of the chapter on missing data: mechanisms, time since seen, GRU-D's input, and an honest score."""

import numpy as np

from rnn_course.exercises.verdict import NOTHING_YET, Mistake, Verdict, judge_function

__all__ = ["decayed_input", "honest_score", "mechanisms", "time_since_seen"]

MECHANISMS = {
    "A": ("MCAR", "the torn page knows nothing of the river"),
    "B": ("MNAR", "the gust itself decides whether it is written down"),
    "C": ("MAR", "the odds hang on the first test, which is in the file"),
    "D": ("MNAR", "the income itself decides whether it is told"),
    "E": ("MAR", "the wind decides, and the wind is in the file"),
    "F": ("MNAR", "the wind decides, it is not in the file, and low pressure comes with it"),
}


def mechanisms(answer):
    """Check a dict from the letters A to F of the chapter's stories to "MCAR", "MAR" or "MNAR"."""
    if answer is ... or not isinstance(answer, dict):
        return Verdict(False, NOTHING_YET)
    if answer.keys() != MECHANISMS.keys():
        return Verdict(
            False, f"Name one for each of {', '.join(MECHANISMS)}; you wrote of {', '.join(answer) or 'none'}."
        )
    if any(value is ... for value in answer.values()):
        return Verdict(False, NOTHING_YET)
    for letter, value in answer.items():
        if value not in ("MCAR", "MAR", "MNAR"):
            return Verdict(False, f'{letter}: {value!r} is none of "MCAR", "MAR" and "MNAR".')
    for letter, (truth, _) in MECHANISMS.items():
        if answer[letter] != truth:
            return Verdict(
                False, f"Look at {letter} again: what would you have to know to tell the odds, and is it in the file?"
            )
    return Verdict(True, "; ".join(f"{letter} is {truth}: {why}" for letter, (truth, why) in MECHANISMS.items()) + ".")


def time_since_seen(answer):
    """Check `answer(mask)`: steps since each channel was last seen before this step, (time, feature); 0 at the first.

    mask: (time, feature) of True and False.
    """
    rng = np.random.default_rng(0)
    cases = [(rng.random(shape) < share,) for shape, share in (((9, 3), 0.5), ((14, 2), 0.3), ((6, 5), 0.7))]
    mistakes = [
        Mistake("You set the count back at the step that is seen; it is set back one step later.", _since_this),
        Mistake("You counted every step from the start: a step that was seen sets the count back to 1.", _steps),
        Mistake("You counted the unseen steps only: right after a seen step δ is 1, not 0.", _unseen),
        Mistake("You counted along the features. Time is the first axis here.", lambda m: _since(m.T).T),
        Mistake("You took what is missing for what is seen.", lambda m: _since(~m)),
        Mistake("At the first step nothing has passed yet: δ is 0 there.", lambda m: _since(m, first=1)),
    ]
    return judge_function(answer, _since, cases, mistakes)


def _since(mask, first=0):
    delta = np.zeros(mask.shape)
    delta[0] = first
    for t in range(1, len(mask)):
        delta[t] = np.where(mask[t - 1], 1, delta[t - 1] + 1)
    return delta


def _since_this(mask):
    delta = np.zeros(mask.shape)
    for t in range(1, len(mask)):
        delta[t] = np.where(mask[t], 0, delta[t - 1] + 1)
    return delta


def _steps(mask):
    return np.broadcast_to(np.arange(len(mask))[:, None], mask.shape)


def _unseen(mask):
    return np.maximum(_since(mask) - 1, 0)


def decayed_input(answer):
    """Check `answer(x, mask, delta, last, mean, w, b)`: what GRU-D reads in place of x, (batch, feature), no NaN.

    x: (batch, feature), NaN where mask is False. delta, last: (batch, feature). mean, w, b: (feature,).
    """
    cases = []
    for seed, (batch, features) in enumerate([(4, 3), (7, 2), (5, 6)]):
        rng = np.random.default_rng(seed)
        mask = rng.random((batch, features)) < 0.5
        x = np.where(mask, rng.normal(size=mask.shape), np.nan)
        delta = rng.integers(1, 9, mask.shape).astype(float)
        parameters = (rng.normal(2, 1, features), rng.uniform(-0.2, 0.5, features), rng.normal(0, 0.3, features))
        cases.append((x, mask, delta, rng.normal(size=mask.shape), *parameters))
    mistakes = [
        Mistake("Your input decays to zero. It decays to the mean.", lambda *a: _decayed(*a, to_mean=False)),
        Mistake("The max with 0 is missing: without it γ can grow above one.", lambda *a: _decayed(*a, clipped=False)),
        Mistake("The minus sign is missing: γ has to fall with δ.", lambda *a: _decayed(*a, sign=1)),
        Mistake("γ and 1 − γ have changed places: a fresh value counts most.", lambda *a: _decayed(*a, turned=True)),
        Mistake("What is seen is read as it is; only what is missing decays.", lambda *a: _decayed(*a, seen=False)),
    ]
    return judge_function(answer, _decayed, cases, mistakes)


def _decayed(x, mask, delta, last, mean, w, b, to_mean=True, clipped=True, sign=-1, turned=False, seen=True):
    exponent = w * delta + b
    gamma = np.exp(sign * (np.maximum(0, exponent) if clipped else exponent))
    gamma = 1 - gamma if turned else gamma
    guess = gamma * last + (1 - gamma) * mean * to_mean
    return np.where(mask, x, guess) if seen else gamma * np.where(mask, x, last) + (1 - gamma) * mean


def honest_score(answer):
    """Check `answer(truth, filled, removed, train)`: one number, the error on the removed values of the test part.

    Mean absolute error over the steps from `train` on, where `removed` is True, each channel's errors divided by the
    standard deviation of what was left of it in the training part. Arrays are (time, feature).
    """
    cases = []
    for seed, (time, features, train) in enumerate([(40, 3, 25), (60, 2, 42), (30, 4, 18)]):
        rng = np.random.default_rng(seed)
        truth = rng.normal(1, [1.0, 3, 0.5, 8][:features], (time, features)) + np.linspace(0, 2, time)[:, None]
        removed = rng.random(truth.shape) < 0.3
        cases.append((truth, truth + removed * rng.normal(0, 1, truth.shape), removed, train))
    mistakes = [
        Mistake(
            "You scored the values that were never taken too: they come back as they were, and flatter every fill.",
            lambda *a: _scored(*a, only_removed=False),
        ),
        Mistake("You scored the training part too: the fill was fitted to it.", lambda *a: _scored(*a, test=False)),
        Mistake(
            "Your standard deviation comes from the whole series. The test part is not there yet when you fit.",
            lambda *a: _scored(*a, whole=True),
        ),
        Mistake(
            "Your standard deviation is that of the full truth: use what was left after the removal.",
            lambda *a: _scored(*a, left=False),
        ),
        Mistake(
            "The errors are in the channels' own units: divide by the deviation.", lambda *a: _scored(*a, scaled=False)
        ),
        Mistake("You took one deviation for all channels: use axis=0.", lambda *a: _scored(*a, each=False)),
        Mistake(
            "That is the root of the mean square; the mean absolute error is wanted.", lambda *a: _scored(*a, power=2)
        ),
    ]
    return judge_function(answer, _scored, cases, mistakes)


def _scored(
    truth, filled, removed, train, only_removed=True, test=True, whole=False, left=True, scaled=True, each=True, power=1
):
    seen = np.where(removed & left, np.nan, truth)
    scale = np.nanstd(seen if whole else seen[:train], axis=0 if each else None) if scaled else 1.0
    errors = np.abs(filled - truth) / scale
    counted = removed | (not only_removed)
    counted[:train] &= not test
    return (errors[counted] ** power).mean() ** (1 / power)
