"""What the tests of checks share: a verdict that refuses or accepts, and what must hold of every exercise."""

import copy

import numpy as np
import torch

from rnn_course.exercises.comparison import agree


def refused(verdict, sentence):
    assert not verdict.passed and sentence in verdict.message, verdict
    assert repr(verdict).startswith(("Not yet. ", "Not attempted. "))


def accepted(verdict):
    assert verdict.passed, verdict
    assert repr(verdict).startswith("Right. ")


def each_mistake_has_its_own_sentence(exercise):
    """Every mistake, handed in as the answer, is met with its own sentence alone, whatever else is known."""
    assert set(exercise.singles) == set(exercise.mistakes), set(exercise.mistakes) - set(exercise.singles)
    for sentence, how in exercise.mistakes.items():
        verdict = exercise.check(exercise._function(how))
        assert not verdict.passed and verdict.message == sentence, verdict


def each_pair_is_told_truly(exercise):
    """Two mistakes at once: right where they cancel, else one or both of them are named and nothing else is claimed."""
    named = tried = 0
    for sentences, function, *_ in exercise.pairs:
        made = exercise._answers(function)
        if made is None:
            continue
        verdict = exercise.check(function)
        claimed = {sentence for sentence in exercise.mistakes if sentence in verdict.message}
        if verdict.passed:
            assert all(map(agree, made, exercise.wanted))
        elif claimed and not claimed <= sentences:  # a single mistake that gives the same numbers
            (one,) = claimed
            assert all(map(agree, made, exercise.singles[one]))
        named, tried = named + bool(claimed), tried + 1
    assert named >= 0.9 * tried, (named, tried)


def other_forms(exercise):
    """Right answers in other clothes: single precision, lists, tensors that require a gradient, stacked, a dict."""

    def form(change):
        return lambda *arguments: change(exercise.reference(*copy.deepcopy(arguments)))

    def every(change):
        def changed(value):
            if isinstance(value, dict):
                return {name: change(np.asarray(part)) for name, part in value.items()}
            if isinstance(value, tuple):
                return tuple(change(np.asarray(part)) for part in value)
            return change(np.asarray(value))

        return form(changed)

    yield every(lambda a: a.astype(np.float32))
    yield every(lambda a: a.tolist())
    yield every(lambda a: torch.tensor(a.astype(float), requires_grad=True))
    yield every(lambda a: a.astype(">f8"))
    if len(exercise.returns) > 1 and len({np.shape(part) for part in exercise.wanted[0].values()}) == 1:
        yield form(lambda value: np.stack(list(value.values()) if isinstance(value, dict) else value))


def no_numbers(exercise):
    """Right answers in clothes that hide or bend the numbers: complex, masked, objects."""

    def form(change):
        def run(*arguments):
            value = exercise.reference(*arguments)
            if isinstance(value, dict):
                return {name: change(np.asarray(part)) for name, part in value.items()}
            return tuple(map(change, map(np.asarray, value))) if isinstance(value, tuple) else change(np.asarray(value))

        return run

    yield form(lambda a: a + 0j), "is complex"
    yield form(lambda a: np.ma.array(a, mask=np.zeros(a.shape, bool))), "is a masked array"
    yield form(lambda a: a.astype(object)), "dtype object"
