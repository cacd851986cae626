"""Print how far the mistakes of an assignment are from what is right, and from each other: the smallest of many draws.

    python tools/assignment_gaps.py NAME [--ids 300] [--source assignments]

A gap is the largest difference that any hidden case shows, as the marker measures it: against the largest number
wanted there, at least one. What the marker takes for equal, `comparison.DOUBLE` and `comparison.SINGLE`, has to be far
below. An infinite gap is a mistake that shows in the shape, or in what is not finite.
"""

import argparse
from pathlib import Path

import numpy as np

from rnn_course import validate
from rnn_course.assignments import specification

ROOT = Path(__file__).resolve().parent.parent
SECRET = b"a secret for measuring, of no class"
RIGHT = "what is right"


def in_a_row(made, wanted):
    """All numbers of results, `{name: array}` a case, against the largest wanted; infinite where a shape is wrong."""
    parts = [(made[case][name], array) for case, arrays in enumerate(wanted) for name, array in arrays.items()]
    if any(came.shape != array.shape for came, array in parts):
        return np.full(sum(array.size for _, array in parts), np.inf)
    return np.concatenate([came.ravel() / max(1.0, _largest(array)) for came, array in parts])


def _largest(array):
    return np.abs(array[np.isfinite(array)]).max(initial=0)


def gaps(exercise):
    """`{(one, other): gap}` of every two among what is right and the mistakes, on the exercise's cases."""
    made = {RIGHT: exercise.wanted} | exercise.singles
    rows = np.array([in_a_row(results, exercise.wanted) for results in made.values()])
    found = {(RIGHT, sentence): 0.0 for sentence in exercise.mistakes if sentence not in made}
    for k, one in enumerate(made):
        apart = np.abs(rows[k + 1 :] - rows[k])
        apart[np.isnan(rows[k + 1 :]) & np.isnan(rows[k])] = 0  # the marker takes a NaN for equal to a NaN
        largest = np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max(axis=1)
        found |= {(one, other): float(gap) for other, gap in zip(list(made)[k + 1 :], largest, strict=True)}
    return found


def smallest(assignment, task, ids):
    """`{(one, other): gap}`, the smallest of each over the hidden cases of so many students."""
    least = {}
    for student in range(validate.positive_int("ids", ids)):
        rng = specification.generator(SECRET, assignment.name, task.name, str(student))
        with np.errstate(all="ignore"):
            for pair, found in gaps(task.exercise(rng)).items():
                least[pair] = min(found, least.get(pair, np.inf))
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--ids", type=int, default=300)
    parser.add_argument("--source", default=ROOT / "assignments")
    given = parser.parse_args()
    assignment = specification.load(given.name, given.source)
    for task in assignment.tasks:
        least = smallest(assignment, task, given.ids)
        for title, with_right in (("to what is right", True), ("between two mistakes", False)):
            chosen = {pair: found for pair, found in least.items() if (RIGHT in pair) == with_right}
            if chosen:
                pair = min(chosen, key=chosen.get)
                print(f"{task.name}: smallest gap {title} {chosen[pair]:.3g} in {given.ids} ids")
                print(*(f"    {sentence}" for sentence in pair if sentence != RIGHT), sep="\n")


if __name__ == "__main__":
    main()
