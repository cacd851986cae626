"""What the tests of selecting a size share: a small comparison, and models for it."""

import numpy as np
from sklearn.linear_model import Ridge

from rnn_course.models import SequenceModel
from rnn_course.selection import Selection, choose_hidden_size, sweep

LENGTH, HORIZON, FOLDS, SEEDS = 7, 3, 4, 2


class Linear:
    """A model that is not a network: ridge regression on the window, with `size` as its penalty."""

    def __init__(self, size):
        self.ridge = Ridge(alpha=size)

    def __repr__(self):
        return f"Linear({self.ridge.alpha})"

    def fit(self, x, y):
        self.shape = y.shape[1:]
        self.ridge.fit(x.reshape(len(x), -1), y.reshape(len(y), -1))

    def predict(self, x):
        return self.ridge.predict(x.reshape(len(x), -1)).reshape(len(x), *self.shape)


def gru(size, seed):
    return SequenceModel("gru", 1, size, 1, horizon=HORIZON, seed=seed)


def walk(steps=120, features=None):
    return np.random.default_rng(3).normal(size=(steps, features) if features else steps).cumsum(axis=0)


def choose(make_model=gru, series=None, sizes=(2, 3, 5), **settings):
    options = {} if make_model is not gru else {"options": {"epochs": 2}}
    shape = {"length": LENGTH, "horizon": HORIZON, "folds": FOLDS, "seeds": SEEDS, "progress": False}
    return choose_hidden_size(make_model, walk() if series is None else series, sizes, **shape | options | settings)


def same(a, b):
    """Whether two selections have the same errors bit for bit."""
    return list(a.errors) == list(b.errors) and all((a.errors[size] == b.errors[size]).all() for size in a.errors)


class Stop(Exception):
    pass


def stop_at(number, monkeypatch):
    """Have the task of this number raise Stop instead of being measured; returns the list of the tasks as they come."""
    measure, calls = sweep.measure, []

    def stops(*task):
        calls.append(task[1:])
        if len(calls) == number:
            raise Stop
        return measure(*task)

    monkeypatch.setattr(sweep, "measure", stops)
    return calls


def made_up():
    """A Selection of made-up errors; 16 is the best and the one chosen."""
    errors = {2: np.array([[5.0], [7.0]]), 4: np.array([[4.0], [4.5]]), 16: np.array([[4.0], [4.1]])}
    return Selection(errors, {2: 10, 4: 30, 16: 4000}, {2: 0.1, 4: 0.2, 16: 1.5})
