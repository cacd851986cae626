"""Windows and seasonal naive: answers as learners write them, right and wrong, none of them in the reference's code."""

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view
from verdicts import accepted, refused

from rnn_course import data
from rnn_course.exercises.exercise import Returned
from rnn_course.exercises.windows import SEASONAL_NAIVE, WINDOWS, seasonal_naive, windows


def cut(values, length, horizon, count=0, at=0):
    """A loop with slices; `count` more windows, targets `at` steps further on."""
    x, y = [], []
    for k in range(len(values) - length - horizon + 1 + count):
        x.append(values[k : k + length])
        y.append(values[k + length + at : k + length + at + horizon])
    return np.array(x), np.array(y)


def appended(values, length, horizon):
    x, y = [], []
    for start in range(len(values)):
        if start + length + horizon <= len(values):
            x.append(values[start : start + length].tolist())
            y.append(values[start + length : start + length + horizon].tolist())
    return [x, y]


def unfolded(values, length, horizon):
    pieces = torch.from_numpy(values).unfold(0, length + horizon, 1).permute(0, 2, 1)
    return pieces[:, :length], pieces[:, length:]


def strided(values, length, horizon):
    pieces = sliding_window_view(values, length + horizon, axis=0).swapaxes(1, 2)
    return {"x": pieces[:, :length], "y": pieces[:, length:]}


@pytest.mark.parametrize("answer", [cut, appended, unfolded, strided])
def test_windows_of_another_making_pass(answer):
    accepted(windows(answer))


def test_the_reference_cuts_as_the_library_does():
    for values, length, horizon in WINDOWS.cases:
        ours, theirs = WINDOWS.reference(values, length, horizon), data.windows(values, length, horizon)
        np.testing.assert_array_equal(ours[0], theirs.x)
        np.testing.assert_array_equal(ours[1], theirs.y)


def last_step_twice(values, length, horizon):
    return cut(values, length, horizon, at=-1)


def without_the_last(values, length, horizon):
    x = [values[k : k + length] for k in range(len(values) - length - horizon)]
    y = [values[k + length : k + length + horizon] for k in range(len(values) - length - horizon)]
    return np.stack(x), np.stack(y)


def beyond_the_end(values, length, horizon):
    n = len(values) - length
    return np.stack([values[k : k + length] for k in range(n)]), np.stack(
        [values[k + length : k + length + horizon] for k in range(n)]
    )


def ragged(values, length, horizon):
    n = len(values) - length
    return [values[k : k + length] for k in range(n)], [values[k + length : k + length + horizon] for k in range(n)]


def next_step_alone(values, length, horizon):
    n = len(values) - length - horizon + 1
    return sliding_window_view(values, length, axis=0)[:n].swapaxes(1, 2), values[length : length + n]


def not_turned(values, length, horizon):
    x, y = unfolded(values, length, horizon)
    return x.permute(0, 2, 1), y.permute(0, 2, 1)


def more_windows_than_targets(values, length, horizon):
    x, y = (sliding_window_view(values, size, axis=0).swapaxes(1, 2) for size in (length, horizon))
    return x, y[length:]


def one_more_target(values, length, horizon):
    late = [values[k : k + horizon] for k in range(length - 1, len(values) - horizon + 1)]
    return cut(values, length, horizon)[0], np.stack(late)


def flat(values, length, horizon):
    x, y = cut(values, length, horizon)
    return x.reshape(len(x), -1), y


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (last_step_twice, "Your target begins inside the window"),
        (lambda *a: cut(*a, at=-1, count=1), "and that makes room for one window too many"),
        (lambda *a: cut(*a, at=1, count=-1), "Your target begins one step too late"),
        (without_the_last, "One window is missing at the end. A series of n steps holds n − length − horizon + 1"),
        (beyond_the_end, "a slice has fewer than `length` or `horizon` steps. A series of n steps holds"),
        (ragged, "a slice has fewer than `length` or `horizon` steps. A series of n steps holds"),
        (lambda *a: cut(*a, count=1), "a slice has fewer than `length` or `horizon` steps. A series of n steps holds"),
        (next_step_alone, "Right: `x`. Not yet: `y`."),
        (next_step_alone, "It is the first entry of the right result along axis 1: all are wanted."),
        (not_turned, "The numbers are right: axes 1 and 2 have changed places."),
        (more_windows_than_targets, "It begins with the right result and goes on along axis 0"),
        (one_more_target, "and that makes room for one window too many."),
        (lambda *a: (cut(*a)[0], cut(*a)[1][::2]), "two steps apart. Start one at every step. That is so of `y` alone"),
        (flat, "The numbers are right: only the axes are not."),
        (lambda *a: cut(*a)[::-1], "x and y have changed places."),
        (lambda v, n, m: [part[::n] for part in cut(v, n, m)], "Your windows do not overlap"),
        (lambda v, n, m: cut(v, m, n), "length and horizon have changed places."),
        (lambda v, n, m: [part[:, ::-1] for part in cut(v, n, m)], "in the reverse order along axis 1"),
    ],
)
def test_windows_that_are_wrong_are_told_why(answer, sentence):
    refused(windows(answer), sentence)


def test_nothing_is_said_of_the_target_where_it_is_right():
    """Of the windows that are left out with a target that lies elsewhere, and of those that there is room for."""
    for made in WINDOWS.singles.values():
        results = [{"x": m["x"], "y": w["y"]} for m, w in zip(made, WINDOWS.wanted, strict=True)]
        message = WINDOWS.judge(Returned(results)).message
        assert "Your target" not in message and "x and y have changed places" not in message, message


@pytest.mark.parametrize(
    ("of_x", "sentence"),
    [
        (lambda v, n, m: cut(v, n, m - 1)[0], "one window more than there is room for"),
        (lambda v, n, m: cut(v, n, m, count=-1)[0], "One window is missing at the end."),
        (lambda v, n, m: cut(v, n, m, count=-m)[0], "The last `horizon` windows are missing."),
        (lambda v, n, m: cut(v, n, m)[1], "In the place of `x` you returned what belongs to `y`."),
    ],
)
def test_windows_that_are_wrong_beside_a_right_target_are_told_why(of_x, sentence):
    refused(windows(lambda *given: (of_x(*given), cut(*given)[1])), sentence)


def rolled_on(x, horizon, period):
    past = list(np.moveaxis(x, 1, 0))
    for _ in range(horizon):
        past.append(past[-period])
    return np.stack(past[-horizon:], axis=1)


def tiled(x, horizon, period):
    return np.tile(x[:, -period:], (1, -(-horizon // period), 1))[:, :horizon]


def by_torch(x, horizon, period):
    return torch.from_numpy(x)[:, -period:].repeat(1, horizon, 1)[:, :horizon]


def filled(x, horizon, period):
    forecast = np.empty((x.shape[0], horizon, x.shape[2]))
    for k in range(horizon):
        forecast[:, k] = x[:, k % period - period]
    return forecast


@pytest.mark.parametrize("answer", [rolled_on, tiled, by_torch, filled, data.seasonal_naive])
def test_seasonal_forecasts_of_another_making_pass(answer):
    accepted(seasonal_naive(answer))


def each(index):
    """A forecast made step by step of x[:, index(k, period, horizon)]."""
    return lambda x, horizon, period: np.stack([x[:, index(k, period, horizon)] for k in range(horizon)], axis=1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (each(lambda k, p, h: -1), "You repeat the last value"),
        (each(lambda k, p, h: k % p), "You take the season from the start of the window"),
        (each(lambda k, p, h: -p - 1 + k % p), "Your season is one step too old"),
        (each(lambda k, p, h: -p + (k + 1) % p), "Your season begins one step too late: the first forecast"),
        (each(lambda k, p, h: -p + 1 + k % p), "Your season begins one step too late, and ends with x[:, 0]"),
        (each(lambda k, p, h: -p), "You repeat one value of the season, its first"),
        (each(lambda k, p, h: -p + k), "Behind one period your index runs on from the start of the window"),
        (each(lambda k, p, h: -(k % p)), "Your season runs backwards, and begins with x[:, 0]"),
        (each(lambda k, p, h: -1 - k % p), "Your season runs backwards: step k"),
        (each(lambda k, p, h: min(-p + k, -1)), "Behind one period you repeat the last value"),
        (lambda x, h, p: x[:, -h:], "You repeat the last `horizon` steps of the window"),
        (lambda x, h, p: np.repeat(x[:, -p:], -(-h // p), axis=1)[:, :h], "as np.repeat does"),
        (lambda x, h, p: np.tile(x[:, -p:], (1, h // p, 1)), "Your forecast ends with the last whole period"),
        (lambda x, h, p: np.tile(x[:, -p:], (1, h // p + 1, 1)), "goes on beyond its last whole period by another"),
        (lambda x, h, p: x[:, -p:][:, :h], "Your forecast ends after one period"),
        (lambda x, h, p: np.array([x[:, -p + k % p] for k in range(h)]), "axes 0 and 1 have changed places."),
        (lambda x, h, p: rolled_on(x, h, p)[..., 0], "the first entry of the right result along axis 2"),
        (lambda x, h, p: x[-p:][np.arange(h) % p], "time is axis 1"),
    ],
)
def test_seasonal_forecasts_that_are_wrong_are_told_why(answer, sentence):
    refused(seasonal_naive(answer), sentence)


def test_cases_hold_what_is_special():
    sizes = [(horizon, period, x.shape) for x, horizon, period in SEASONAL_NAIVE.cases]
    assert {np.sign(horizon - period) for horizon, period, _ in sizes} == {-1, 1}
    assert any(horizon % period == 0 for horizon, period, _ in sizes)
    assert 1 in {x[0] for *_, x in sizes} and 1 in {x[2] for *_, x in sizes}
    assert {1} < {horizon for _, _, horizon in WINDOWS.cases}
