"""One task, a size on a fold with a seed: what it needs, and what it measures."""

import hashlib
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from rnn_course import training, validate
from rnn_course.data import Scaler, Series, scores, windows
from rnn_course.data.series import table
from rnn_course.models import SequenceModel
from rnn_course.selection.folds import rolling_origin, shuffled_folds

_ALONE = threading.Lock()


@dataclass(frozen=True)
class Problem:
    """What every task needs. It travels with each task: data that Dask keeps on one worker would die with it."""

    make_model: object
    values: np.ndarray  # (time, feature) up to the test part
    test_values: np.ndarray  # the rest
    splits: list
    settings: dict

    @classmethod
    def of(
        cls,
        make_model,
        series,
        *,
        length,
        horizon=1,
        folds=4,
        seeds=3,
        gap=None,
        validation=None,
        max_train=None,
        test=0.15,
        shuffled=False,
        options=None,
    ):
        """Check the arguments of `choose_hidden_size` and cut the series into folds."""
        if not callable(make_model):
            raise TypeError(f"make_model is a {type(make_model).__name__}, it must be a function of size and seed")
        _check_setup(test, shuffled, gap, validation, options)
        length, horizon = validate.positive_int("length", length), validate.positive_int("horizon", horizon)
        folds, seeds = validate.positive_int("folds", folds, 2), validate.positive_int("seeds", seeds)
        gap, validation, max_train = (
            value if value is None else validate.positive_int(name, value, least)
            for name, value, least in (("gap", gap, 0), ("validation", validation, 1), ("max_train", max_train, 1))
        )
        values = table(series, "series")
        steps = round((1 - test) * len(values))
        if steps < length + horizon or len(values) - steps < horizon:
            raise ValueError(
                f"the series is too short: of its {len(values)} steps {steps} are before the test part, and "
                f"length={length} with horizon={horizon} needs at least {length + horizon} there and {horizon} in it"
            )
        # of a Series the part stays one, so that an error can name the channel
        before = series[:steps] if isinstance(series, Series) else values[:steps]
        n = len(windows(before, length, horizon))
        gap = horizon - 1 if gap is None else gap
        splits = (
            shuffled_folds(n, folds, max_train) if shuffled else rolling_origin(n, folds, gap, validation, max_train)
        )
        settings = {
            "series": hashlib.sha256(values.tobytes()).hexdigest()[:16],
            "steps": len(values),
            "length": length,
            "horizon": horizon,
            "folds": folds,
            "gap": None if shuffled else gap,
            "validation": len(splits[0][1]),
            "max_train": max_train,
            "test": test,
            "shuffled": shuffled,
            "options": options or {},
        }
        return cls(make_model, values[:steps], values[steps:], splits, settings | {"seeds": seeds})

    @property
    def fixed(self):
        """The settings that all results in a file share, as JSON gives them back; more seeds may be added."""
        return self.as_json({name: value for name, value in self.settings.items() if name != "seeds"})

    @staticmethod
    def as_json(settings):
        """Settings as a file gives them back; TypeError for an option that no file can hold."""

        def number(value):
            if isinstance(value, np.generic):
                return value.item()
            raise TypeError(f"options has {value!r}, it must be text, numbers or lists of them: a file keeps it")

        return json.loads(json.dumps(settings, default=number))

    def sent(self):
        """This problem without the test part, as the tasks get it."""
        return Problem(self.make_model, self.values, None, self.splits, self.settings)

    def final(self):
        """The problem with one fold: everything before the test part, and the windows whose targets lie in it."""
        values = np.concatenate([self.values, self.test_values])
        first, horizon = len(self.values), self.settings["horizon"]
        index = windows(values, self.settings["length"], horizon).index
        train = np.flatnonzero(index[:, -1] < first)[-(self.settings["max_train"] or len(index)) :]
        return Problem(self.make_model, values, None, [(train, np.flatnonzero(index[:, 0] >= first))], self.settings)


def _check_setup(test, shuffled, gap, validation, options):
    """Raise a TypeError or ValueError for what cannot be a setup, whatever the series."""
    if not isinstance(options, dict | None):
        raise TypeError(f"options is a {type(options).__name__}, it must be a dictionary of arguments of fit")
    for name in options or {}:
        validate.text("a name in options", name)
    validate.one_of("shuffled", shuffled, (False, True))
    if shuffled and (gap is not None or validation is not None):
        raise ValueError("shuffled is True, but gap and validation are only for folds in time order")
    if validate.positive("test", test) >= 1:
        raise ValueError(f"test is {test}, it must be a share between 0 and 1")


def measure(problem, size, fold, seed):
    """Train one model and return its row: what it is, its error, parameters and seconds, or why it failed."""
    row = {"size": size, "fold": fold, "seed": seed}
    try:
        with _one_thread():
            start = time.process_time()
            model = made(problem.make_model, size, seed)
            train, validation, scaler = _fold_data(problem, fold)
            y = scaler.inverse(_fitted(model, train, seed, problem.settings["options"])(validation.x))
            error = scores(scaler.inverse(validation.y), y).mae
            seconds = time.process_time() - start
    except Exception as error:
        return row | {"failure": f"{type(error).__name__}: {error}"}
    # PyTorch's modules and many others can count; a model that cannot leaves the column empty.
    parameters = sum(p.numel() for p in model.parameters()) if isinstance(model, torch.nn.Module) else None
    return row | {"error": error, "parameters": parameters, "seconds": seconds, "model": described(model)}


@contextmanager
def _one_thread():
    """One torch thread, and one task at a time in a process, since torch's random generator belongs to the process."""
    with _ALONE:
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def made(make_model, size, seed):
    """The model of a size and seed; TypeError for something that cannot be trained here."""
    model = make_model(size, seed)
    if not (isinstance(model, SequenceModel) or (hasattr(model, "fit") and hasattr(model, "predict"))):
        raise TypeError(
            f"make_model({size}, {seed}) returned a {type(model).__name__}, wanted a SequenceModel or a model with fit "
            "and predict"
        )
    return model


def described(model):
    """The model's settings in words, by which a file knows whether it holds results of another model."""
    text = json.dumps(model.settings) if isinstance(model, SequenceModel) else repr(model)
    return type(model).__name__ if " at 0x" in text else text


def _fold_data(problem, fold):
    """The fold's training and validation windows, scaled by the values that the training windows see."""
    every = windows(problem.values, problem.settings["length"], problem.settings["horizon"])
    train, validation = problem.splits[fold]
    seen = np.zeros(len(problem.values), dtype=bool)
    for step in range(problem.settings["length"] + problem.settings["horizon"]):
        seen[train + step] = True
    scaler = Scaler().fit(problem.values[seen])
    parts = [
        type(every)(scaler.transform(every.x[k]), scaler.transform(every.y[k]), every.index[k])
        for k in (train, validation)
    ]
    return *parts, scaler


def _fitted(model, train, seed, options):
    """Train the model and return its function from inputs to forecasts."""
    if not isinstance(model, SequenceModel):
        model.fit(train.x, train.y, **options)
        return model.predict
    history = training.fit(model, train, seed=seed, device="cpu", progress=False, **options)
    if history.stopped == "interrupted":
        raise KeyboardInterrupt  # `fit` ends quietly, and a model half trained is no result
    return lambda x: training.predict(model, x)
