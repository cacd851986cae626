"""The course's own network, where the answer is known."""

import numpy as np
import pytest
from gappy_series import holes, made, walk

from rnn_course import missing
from rnn_course.missing import METHODS


@pytest.fixture(scope="module")
def neighbours():
    """Three noisy copies of one walk, blocks taken from each, and the course's network after 200 updates."""
    rng = np.random.default_rng(0)
    common = rng.normal(0, 1, (600, 1)).cumsum(0)
    truth = common + rng.normal(0, 0.2, (600, 3))
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
    new = filled[np.isnan(holes(x))[:, 2], 2]
    assert not np.isin(new, x[:, 2]).any()


def test_course_draws_keep_what_was_seen():
    x = holes(walk())
    draws = made("course").fit(x).draws(x, 5, seed=1)
    seen = ~np.isnan(x)
    assert draws.shape == (5, *x.shape) and (draws[:, seen] == x[seen]).all()
    assert (draws.std(0)[~seen] > 0).all()
