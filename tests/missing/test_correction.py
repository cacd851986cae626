"""The course's own network, where the answer is known."""

import numpy as np
import pytest
import torch
from gappy_series import alike, holes, made, walk

from rnn_course import missing
from rnn_course.missing import METHODS
from rnn_course.missing.correction import CorrectedLine


@pytest.fixture(scope="module")
def neighbours():
    """Three noisy copies of one walk, blocks taken from each, and the course's network after 200 updates."""
    truth = alike(600)
    removed = missing.blocks(truth, 0.15, 8, seed=1)
    x = missing.take(truth, removed)
    return truth, removed, x, METHODS["course"](epochs=200, seed=0).fit(x)  # 13 windows: one update an epoch


def test_the_courses_network_beats_the_line_where_a_neighbour_tells(neighbours):
    truth, removed, x, course = neighbours
    line = METHODS["linear"]().fit(x)
    assert missing.score(truth, course.fill(x), removed).mae < 0.6 * missing.score(truth, line.fill(x), removed).mae


def test_the_courses_draws_cover(neighbours):
    truth, removed, x, course = neighbours
    draws = course.draws(x, 200, seed=0)
    assert abs(missing.coverage(truth, draws, removed, 0.5) - 0.5) < 0.15
    assert abs(missing.coverage(truth, draws, removed, 0.9) - 0.9) < 0.1


def test_the_courses_network_answers_in_the_instruments_steps():
    x = np.round(walk(), 0)
    x[:, 2] = walk(seed=5)[:, 2]
    filled = made("course").fit(holes(x)).fill(holes(x))
    assert set(np.unique(filled[:, :2])) <= set(np.unique(holes(x)[:, :2]))
    seen = np.flatnonzero(~np.isnan(holes(x)[:, 2]))
    between = np.setdiff1d(np.arange(seen[0], seen[-1]), seen)  # beyond the ends the line repeats what was seen
    new = filled[between, 2]
    assert len(new) > 15
    assert not np.isin(new, x[:, 2]).any()


def test_it_fills_values_beyond_those_it_was_trained_on():
    """The line between two seen values is within what was seen, and so is what the network makes of it."""
    x = np.round(walk(), 0)
    warmer = x + 7
    removed = missing.mcar(warmer, 0.2, seed=2)
    course = made("course").fit(holes(x))
    line = METHODS["linear"]().fit(holes(x)).fill(missing.take(warmer, removed))
    ours = course.fill(missing.take(warmer, removed))
    assert missing.score(warmer, ours, removed).mae < 1.1 * missing.score(warmer, line, removed).mae
    assert set(np.unique(ours)) <= set(np.unique(x)) | set(np.unique(warmer))


@pytest.mark.parametrize("epochs", [1, 3, 8, 40])
@pytest.mark.parametrize("seed", [4, 6])
def test_it_is_not_worse_than_the_line_where_there_is_nothing_to_learn(epochs, seed):
    """Walks of which none tells about another, filled where they have drifted away: the line is the best guess."""
    truth = np.random.default_rng(seed).normal(size=(800, 3)).cumsum(0)
    removed = missing.blocks(truth, 0.2, 10, 1)
    x = missing.take(truth, removed)
    course = METHODS["course"](epochs=epochs, window=24, hidden=16).fit(x[:600])
    line, ours = (
        missing.score(truth[600:], method.fill(x)[600:], removed[600:]).mae
        for method in (METHODS["linear"]().fit(x), course)
    )
    assert ours <= 1.001 * line


ERRORS = {
    "never better": ([1.1, 1.2, 1.3], 0),
    "best in the middle": ([0.9, 0.7, 0.8], 2),
    "best at the end": ([0.9, 0.8, 0.7], 3),
}


@pytest.mark.parametrize("case", ERRORS)
@pytest.mark.parametrize("noise", [0.05, 2.0])
def test_it_ends_as_it_was_when_it_was_best(monkeypatch, case, noise):
    """Given the mean errors after three epochs, in 25 windows; the line's are 1, and noise is the gains' spread."""
    means, best = ERRORS[case]
    given, weights = iter([0.0, *means]), []
    spread = noise * np.tile([1.0, -1.0], 13)[:25] - noise / 25  # its mean is zero

    def errors(course, trial):
        weights.append(course._weights())
        mean = next(given)
        return mean + spread if mean else np.ones(25)

    monkeypatch.setattr(CorrectedLine, "_errors", errors)
    course = made("course", epochs=3).fit(holes(walk()))
    assert course.passed == 3 and course.kept == (best if noise < 1 else 0)
    for name, value in course.net.state_dict().items():
        assert torch.equal(value, weights[course.kept][name]), name


def test_before_it_is_better_it_is_the_line():
    x = holes(walk())
    course = made("course", epochs=1, learning_rate=1e-9).fit(x)
    assert course.kept == 0
    np.testing.assert_allclose(course.fill(x), METHODS["linear"]().fit(x).fill(x), rtol=1e-12)


def test_no_error_is_counted_on_what_is_held_back(monkeypatch):
    """Each value is its own place, so that what a window counts can be looked up."""
    places, counted, held = np.arange(96.0 * 3).reshape(96, 3), [], []
    batches, held_back = CorrectedLine._batches, CorrectedLine._held_back

    def seen_batches(course, z, *arguments):
        for inputs, wanted, counts in batches(course, z, *arguments):
            line = inputs[..., : z.shape[2]].numpy()
            counted.append(course.unscaled(line + wanted.numpy())[counts.numpy() > 0])
            yield inputs, wanted, counts

    def seen_held(course, *arguments):
        held.append(held_back(course, *arguments))
        return held[-1]

    monkeypatch.setattr(CorrectedLine, "_batches", seen_batches)
    monkeypatch.setattr(CorrectedLine, "_held_back", seen_held)
    made("course", epochs=20).fit(holes(places))
    counted, kept_back = np.concatenate(counted).round().astype(int), places[held[0][0]].astype(int)
    assert len(kept_back) and not set(counted) & set(kept_back)
    assert len(set(counted)) > 100


@pytest.mark.parametrize("steps", [12, 13, 30, 96, 97])
@pytest.mark.parametrize("seen", [0.02, 0.5, 1.0])
def test_something_is_held_back_of_every_series(steps, seen):
    x = walk(steps)
    x[np.random.default_rng(0).random(x.shape) > seen] = np.nan
    x[steps // 2] = 1.0, 2.0, 3.0
    course = made("course").fit(x)
    assert np.isfinite(course.fill(x)).all() and course.kept <= course.passed == 2


def test_course_draws_keep_what_was_seen():
    x = holes(walk())
    draws = made("course").fit(x).draws(x, 5, seed=1)
    seen = ~np.isnan(x)
    assert draws.shape == (5, *x.shape) and (draws[:, seen] == x[seen]).all()
    assert (draws.std(0)[~seen] > 0).all()
