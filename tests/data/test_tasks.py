"""The adding and copy tasks: targets worked out again from the inputs, sequence by sequence."""

import numpy as np
import pytest

from rnn_course.data import adding_task, copy_task


@pytest.mark.parametrize("time", [2, 3, 7, 50])
def test_adding_targets_are_the_sum_of_the_two_marked_numbers(time):
    x, y = adding_task(300, time, np.random.default_rng(1))
    assert x.shape == (300, time, 2) and y.shape == (300, 1)
    for (numbers, marks), target in zip(x.transpose(0, 2, 1), y[:, 0], strict=True):
        assert set(marks) <= {0.0, 1.0}
        a, b = np.flatnonzero(marks)
        assert a < time // 2 <= b
        assert target == pytest.approx(numbers[a] + numbers[b], abs=1e-15)


def test_adding_draws_numbers_and_marks_over_their_whole_range():
    x, y = adding_task(20_000, 9, np.random.default_rng(2))
    assert 0 <= x[..., 0].min() < 1e-3 and 1 - 1e-3 < x[..., 0].max() < 1
    assert set(np.argmax(x[..., 1], axis=1)) == set(range(4))
    assert set(8 - np.argmax(x[:, ::-1, 1], axis=1)) == set(range(4, 9))
    assert np.mean((y - 1) ** 2) == pytest.approx(1 / 6, rel=0.03)


@pytest.mark.parametrize(("delay", "symbols", "length"), [(1, 2, 1), (5, 8, 10), (30, 3, 4)])
def test_copy_targets_are_the_string_after_the_go(delay, symbols, length):
    x, y = copy_task(200, delay, np.random.default_rng(3), symbols, length)
    blank, go = symbols, symbols + 1
    assert x.shape == y.shape == (200, delay + 2 * length) and x.dtype == y.dtype == np.int64
    for question, answer in zip(x.tolist(), y.tolist(), strict=True):
        string, rest = question[:length], question[length:]
        assert rest == [blank] * (delay - 1) + [go] + [blank] * length
        assert answer[: question.index(go) + 1] == [blank] * (length + delay)
        assert answer[question.index(go) + 1 :] == string
    assert set(x[:, :length].ravel()) == set(range(symbols))


def test_copy_has_the_sizes_of_the_paper():
    # Arjovsky et al.: 10 categories, T + 20 steps, the delimiter at T + 10 counted from one.
    x, _ = copy_task(50, 100, np.random.default_rng(4))
    assert x.shape == (50, 120) and x.max() == 9
    assert (np.argmax(x == 9, axis=1) == 109).all()


@pytest.mark.parametrize("task", [lambda rng: adding_task(4, 6, rng), lambda rng: copy_task(4, 6, rng)])
def test_the_same_seed_draws_the_same_task(task):
    for one, other in zip(task(np.random.default_rng(5)), task(np.random.default_rng(5)), strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(task(np.random.default_rng(5))[0], task(np.random.default_rng(6))[0])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda rng: adding_task(0, 5, rng), ValueError, "n is 0, it must be at least 1"),
        (lambda rng: adding_task(5, 1, rng), ValueError, "time is 1, it must be at least 2"),
        (lambda rng: adding_task(5, 5, 0), TypeError, "rng is int, it must be a numpy.random.Generator"),
        (lambda rng: copy_task(5, 0, rng), ValueError, "delay is 0, it must be at least 1"),
        (lambda rng: copy_task(5, 5, rng, symbols=1), ValueError, "symbols is 1, it must be at least 2"),
        (lambda rng: copy_task(5, 5, rng, length=2.5), TypeError, "length is 2.5, it must be a whole number"),
        (lambda rng: copy_task(5, 5, np.random), TypeError, "rng is module"),
    ],
)
def test_tasks_refuse(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(np.random.default_rng(0))
