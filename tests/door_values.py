"""What the tests of the doors try: small series, models and trainings that every public function takes."""

import numpy as np
import torch

from rnn_course import attention, cells, data, distributed, language, models, selection, training
from rnn_course.data import Series
from rnn_course.models import recursive


def numbers(*shape, seed=0):
    """Whole numbers from 1 to 99, which every dtype holds."""
    return np.random.default_rng(seed).integers(1, 100, shape).astype(float)


SERIES, CUBE, HOLES = numbers(40, 2), numbers(4, 12, 2), numbers(40, 2) % 5 == 0
GAPPY = np.where(HOLES, np.nan, SERIES)
DATES = np.datetime64("2013-01-01T00") + np.arange(40)
SCALER = data.Scaler().fit(SERIES)
FORECASTER = models.SequenceModel("gru", 2, 3, 2, horizon=2)
COUNTED = language.NGram(100, 2).fit(numbers(60).astype(int))
TALKER = models.LanguageModel(100, 3)
IDS = numbers(60).astype(int)
ROWS = IDS[:20].reshape(4, 5)
PAIRS = data.Pairs.of(["abc", "b", "ca"], ["BA", "AB", "A"], "\nabc", "\nAB")
CLASSIFIER = models.SequenceModel("gru", 2, 3, 99, task="classify")


def named(values=SERIES, times=DATES, channels=("a", "b")):
    return Series("s", values, times, channels, ("m", "$"))


def sequences(x=CUBE, lengths=(12,) * 4, y=(0, 1, 2, 1)):
    return data.Sequences("q", x, lengths, y, ("p", "q", "r"))


def fitted(model, train, **options):
    return training.fit(model, train, **{"epochs": 1, "device": "cpu", "progress": False} | options).train_loss


def trained(x, y, model=FORECASTER, **options):
    return fitted(type(model)(**model.settings), (x, y), **options)


def together(x=CUBE, y=CUBE[:, :2], model=FORECASTER, **options):
    return distributed.fit(type(model)(**model.settings), (x, y), **{"epochs": 1} | options).train_loss


def scaled(scaler):
    return scaler.mean, scaler.scale


def lstm(**options):
    return cells.LSTM(2, 3, **options)


def loss(**given):
    return cells.Readout(2, 3).loss(**{"h": numbers(4, 2) / 99, "target": numbers(4, 3)} | given)[0]


def back(cell, grad_h):
    cell.forward(CUBE)
    return cell.backward(grad_h).x


def both_ways():
    return cells.Bidirectional(lstm(seed=1), lstm(seed=2))


def descended(grad):
    theta = {"w": CUBE.copy()}
    cells.SGD(theta, 0.1).step({"w": grad})
    return theta


def with_forget_bias(value):
    model = models.SequenceModel("lstm", 2, 3, 1)
    models.set_forget_bias(model, value)
    return model.rnn.bias_ih_l0


def spoken(ids, validation=None):
    model = models.LanguageModel(100, 3)
    return language.fit(model, ids, validation, updates=2, batch_size=2, length=5, progress=False).bits


def read_and_tagged(x=ROWS, y=ROWS, counted=True, **options):
    model = models.CausalModel(100, width=4, mixers=("gru",))
    examples = x, y, np.full((4, 5), counted) if counted is True else counted
    return attention.fit(model, lambda n, rng: examples, progress=False, **{"updates": 2} | options).nats


def paired(**given):
    return vars(data.Pairs(**vars(PAIRS) | given))


def frequencies(ids):
    model = models.LanguageModel(100, 3)
    language.set_frequencies(model, ids)
    return model.head.bias


def learned(y):
    network, forest = recursive.RecursiveNetwork(2, 3, 2), recursive.Forest.of_chains(torch.ones(4, 3, 2))
    return recursive.fit(network, forest, y, epochs=1, progress=False)


class Ridge:
    """A model with fit and predict, as `selection` takes it."""

    def __init__(self, size):
        self.size = size

    def __repr__(self):
        return f"Ridge({self.size})"

    def fit(self, x, y):
        self.mean = y.mean(axis=0) / self.size

    def predict(self, x):
        return np.stack([self.mean] * len(x))


def chosen(series=SERIES, sizes=(1, 2), **options):
    setup = {"length": 5, "folds": 2, "seeds": 1, "progress": False} | options
    return selection.choose_hidden_size(lambda size, seed: Ridge(size), series, sizes, **setup)


def errors_of(found):
    return [found.errors[size] for size in found.errors]
