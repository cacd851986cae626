"""Rates a filled series: what must hold however good it is, its error beside those of plain ways, and the step reached.

It stands on NumPy and `comparison` alone: `build` puts it into the student's folder as part of `checks`.
"""

from typing import NamedTuple

import numpy as np

from rnn_course.exercises.comparison import SINGLE


class Rated(NamedTuple):
    """The share of the points, from 0 to 1, and the sentences that say why."""

    share: float
    message: str


def error(filled, truth, gappy):
    """The root mean square error in the gaps, where every feature counts in its own standard deviations."""
    gaps = np.isnan(gappy)
    return float(np.sqrt(np.mean(((filled - truth) / truth.std(axis=0))[gaps] ** 2)))


def distortion(filled, truth, gappy):
    """How far the spread (as a logarithm) and the lag-one autocorrelation are from the truth's, mean over features."""
    spread = np.abs(np.log((filled.std(axis=0) + np.finfo(float).tiny) / truth.std(axis=0)))
    return float(np.mean(spread + np.abs(_lag_one(filled) - _lag_one(truth))))


def _lag_one(x):
    rest = x - x.mean(axis=0)
    return (rest[1:] * rest[:-1]).sum(axis=0) / np.maximum((rest**2).sum(axis=0), np.finfo(float).tiny)


MEASURES = {"error": error, "distortion": distortion}


@np.errstate(all="ignore")  # what came may be as large as numbers get
def rate(results, wanted, given, measure, plain, steps):
    """Rate filled series; return a `Rated`.

    Arguments
        results   what came back, `{"": array}` for each case
        wanted    the whole series, (time, feature), in the same form
        given     `{argument: series with NaN in its gaps}` for each case
        measure   a name in `MEASURES`
        plain     `{name: what the measure gives for it in each case}`; the steps are beside the first of them
        steps     ((ratio, share), …), from the lowest to the highest
    """
    parts = zip(results, wanted, given, strict=True)
    cases = [(result[""], truth[""], next(iter(case.values()))) for result, truth, case in parts]
    broken = next(filter(None, (_broken_rule(filled, gappy) for filled, _, gappy in cases)), None)
    if broken:
        return Rated(0.0, broken)
    own = np.mean([MEASURES[measure](*case) for case in cases])
    others = {name: float(np.mean(values)) for name, values in plain.items()}
    first, beside = next(iter(others.items()))
    reached = sum(bool(own <= ratio * beside * (1 + SINGLE)) for ratio, _ in steps)
    told = "; ".join(
        [f"Your {measure} is {own:.3g}", *(f"that of {name} is {value:.3g}" for name, value in others.items())]
    )
    return Rated(
        steps[reached - 1][1] if reached else 0.0,
        f"{told}. Yours is {own / beside:.3g} times that of {first}: {_step(reached, steps)}",
    )


def _step(reached, steps):
    """Where an answer stands on the ladder, and where the next step is."""
    here = f"step {reached} of {len(steps)}, {steps[reached - 1][1]:.0%} of the points." if reached else "no points."
    return here if reached == len(steps) else f"{here} Step {reached + 1} begins at {steps[reached][0]:.2f} times."


def _broken_rule(filled, gappy):
    """What is not kept to, in a sentence; None where everything is."""
    if filled.shape != gappy.shape:
        return f"Your function returned shape {filled.shape}, the shape of what it was given is wanted: {gappy.shape}."
    bad, seen = ~np.isfinite(filled), ~np.isnan(gappy)
    if bad.any():
        t, k = np.argwhere(bad)[0]
        return (
            f"Values that are NaN or infinite: {bad.sum()}, the first at step {t} of feature {k}. Give numbers alone."
        )
    changed = np.abs(filled - gappy)[seen] > SINGLE * np.abs(gappy[seen]).max(initial=0)
    if changed.any():
        counted = f"{changed.sum()} of {seen.sum()}"
        return f"Measured values that you changed: {counted}. Fill the gaps and give back the rest as it is."
    return None
