"""How many hidden units: sizes compared by rolling-origin validation, over folds and seeds.

What flows in: a function that makes a model of a size, and a series. What leaves: a `Selection`, which says each size's
error, parameters and seconds, which one to take, and, once, what that one is worth on the test part.

Fold k trains on the windows before its origin and is measured on those after it; the origin moves on from fold to fold.
Between the two lies a gap of horizon − 1 windows, so that no target is in both. The last part of the series is the test
part, of which the comparison sees nothing. Every (size, fold, seed) is a task of its own with its own seed and one
thread: in series, over processes and on a cluster of alike machines the numbers are the same bit for bit.

The one-standard-error rule takes the smallest size whose error is within one standard error of the lowest (Breiman et
al. 1984, Classification and Regression Trees, section 3.4.3). It is a heuristic: the folds' training parts overlap, so
their errors are not independent and the standard error is too small.
"""

import hashlib
import json
import math
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from rnn_course import training, validate
from rnn_course.data import Scaler, Series, scores, windows
from rnn_course.data.series import table
from rnn_course.models import SequenceModel

FILE_FORMAT = "rnn_course.selection 1"
_ALONE = threading.Lock()


# -- folds and the rule ---------------------------------------------------------------------------------------------


def rolling_origin(n, folds, gap=0, validation=None, max_train=None):
    """Return the folds of n windows in time order, as pairs of positions (train, validation).

    The last `folds` blocks of `validation` windows are measured, one a fold, from the earliest to the latest. A fold
    trains on all that comes before its block and the `gap` windows left out between them; with `max_train` on the
    latest so many of these. validation: by default ⌊n / (folds + 1)⌋. Raises ValueError where nothing is left to train
    the first fold on.

    >>> for train, validation in rolling_origin(8, folds=2, gap=1):
    ...     print(train.tolist(), validation.tolist())
    [0, 1, 2] [4, 5]
    [0, 1, 2, 3, 4] [6, 7]
    """
    size = n // (folds + 1) if validation is None else validation
    needed = folds * max(1, size) + gap + 1
    if size < 1 or n < needed:
        raise ValueError(
            f"the series is too short: it makes {n} windows before the test part, and folds={folds} with "
            f"validation={max(1, size)} and gap={gap} need at least {needed}"
        )
    found = []
    for origin in range(n - folds * size, n, size):
        end = origin - gap
        begin = 0 if max_train is None else max(0, end - max_train)
        found.append((np.arange(begin, end), np.arange(origin, origin + size)))
    return found


def shuffled_folds(n, folds, max_train=None, seed=0):
    """Return folds that ignore time, as pairs of positions (train, validation): the split that leaks, to compare with.

    The windows are put in random order and cut into `folds` parts; each is measured by what was trained on the others,
    or on `max_train` of them. Raises ValueError for fewer windows than folds.
    """
    if n < folds:
        raise ValueError(f"the series is too short: it makes {n} windows before the test part for folds={folds}")
    parts = np.array_split(np.random.default_rng(seed).permutation(n), folds)
    others = [np.concatenate(parts[:k] + parts[k + 1 :])[:max_train] for k in range(folds)]
    return list(zip(others, parts, strict=True))


def standard_error(errors):
    """Return the standard error of the mean of `errors` (folds, seeds), from the spread of the folds' means.

    `s / √folds`, with s the standard deviation (folds − 1) of the means over seeds. Seeds are averaged first, since
    runs on one fold share its difficulty and are not new evidence about other times.
    """
    errors = np.asarray(errors, dtype=float)
    validate.shape("errors", errors, (None, None), ("folds", "seeds"))
    if len(errors) < 2:
        raise ValueError("errors has one fold, a standard error needs at least 2")
    return float(errors.mean(axis=1).std(ddof=1) / math.sqrt(len(errors)))


def one_standard_error(errors):
    """Return the size with the lowest mean error, and the smallest one within one standard error of it.

    `errors` is `{size: (folds, seeds)}`. The standard error is that of the size with the lowest mean.
    """
    means = {size: float(np.mean(values)) for size, values in errors.items()}
    best = min(means, key=lambda size: (means[size], size))
    bound = means[best] + standard_error(errors[best])
    return best, min(size for size, mean in means.items() if mean <= bound)


# -- the comparison -------------------------------------------------------------------------------------------------


def choose_hidden_size(
    make_model,
    series,
    sizes,
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
    n_jobs=None,
    file=None,
    progress=True,
):
    """Compare hidden sizes on a series and return a `Selection`.

    Arguments
        make_model   `make_model(size, seed)` returns a `SequenceModel` that forecasts, or anything with `fit(x, y)` and
                     `predict(x)` on x `(n, length, feature)` and y `(n, horizon, feature)`, both scaled; a lambda will
                     do
        series       a `Series`, or an array (time,) or (time, feature), in which nothing is missing; errors are
                     averaged over its features, so bring features with different units to one scale first
        sizes        the hidden sizes to compare, whole numbers, all different
        length       steps in a window
        horizon      steps to forecast
        folds        how many origins, at least 2
        seeds        how many seeds, 0 … seeds − 1: each draws weights and the order of training anew
        gap          windows left out between training and validation; None: horizon − 1, the fewest at which no target
                     is in both
        validation   windows measured in each fold; None: ⌊windows / (folds + 1)⌋
        max_train    windows to train on at most, the latest ones; None for all
        test         share of the steps, at the end, that is kept for `Selection.final_score`
        shuffled     True for folds that ignore time (`shuffled_folds`): they leak, and show by how much
        options      keyword arguments of `training.fit` (or of the model's own `fit`), such as `{"epochs": 30}`; no
                     validation data is given to it, so that the number of epochs is not chosen by what is measured
        n_jobs       processes, as joblib takes it; None for one, or what `joblib.parallel_config` says: inside
                     `joblib.parallel_config("dask")` the tasks run on the cluster of the current Dask client, and those
                     of a worker that dies are run again on another
        file         path of a JSON-lines file that gets each result as it comes; where it exists, what it holds is not
                     run again, so that a sweep that was stopped goes on, with more sizes or seeds if you like; it knows
                     a `SequenceModel` by its settings, another model by its `repr`
        progress     whether to show a progress bar

    Each fold is scaled by the values that its training windows see. An error is the mean absolute error in the series's
    unit. A size that fails, in any fold or seed, is left out and its reason is in `Selection.failures`.
    Raises ValueError or TypeError for bad arguments, for a series too short for the folds, for a file made with other
    settings or models, and where every size fails.
    """
    sizes = _checked_sizes(sizes)
    problem = _Problem.of(
        make_model,
        series,
        length=length,
        horizon=horizon,
        folds=folds,
        seeds=seeds,
        gap=gap,
        validation=validation,
        max_train=max_train,
        test=test,
        shuffled=shuffled,
        options=options,
    )
    results = _Results(file, problem)
    wanted = [(size, fold, seed) for size in sizes for fold in range(folds) for seed in range(seeds)]
    results.check_models(wanted)
    todo = [key for key in wanted if key not in results.rows]
    with tqdm(total=len(wanted), initial=len(wanted) - len(todo), unit="run", disable=not progress) as bar:
        for row in _run(problem, todo, n_jobs):
            results.add(row)
            bar.set_postfix_str(f"size {row['size']}", refresh=False)
            bar.update()
    return _selection(problem, [results.rows[key] for key in wanted], results)


def search_hidden_size(
    make_model,
    series,
    smallest,
    largest,
    *,
    storage,
    trials=10,
    seed=0,
    n_jobs=None,
    progress=True,
    **setup,
):
    """Search the sizes from `smallest` to `largest` with Optuna and return a `Selection` of those that were tried.

    Each trial takes a size where a tree-structured Parzen estimator (Bergstra et al. 2011) expects a low error, on a
    logarithmic scale, and measures it as `choose_hidden_size` does. storage: path of an SQLite file that keeps the
    trials; where it exists the search goes on until there are `trials` of them, with the same trials as if it had
    never stopped. seed: of the search. setup: length, horizon, folds and the rest, as in `choose_hidden_size`.
    Needs `pip install rnn-course[guided]`. Raises what `choose_hidden_size` raises.
    """
    import optuna

    smallest, trials = validate.positive_int("smallest", smallest), validate.positive_int("trials", trials)
    largest = validate.positive_int("largest", largest, least=smallest)
    validate.positive_int("seed", seed, least=0)
    problem = _Problem.of(make_model, series, **setup)
    study = _study(storage, problem, {"smallest": smallest, "largest": largest, "seed": seed})
    results = _Results(None, problem)
    for trial in _tried(study):
        results.rows |= {_key(row): row for row in trial.user_attrs["rows"] if "failure" not in row}
    results.check_models(results.rows)
    with tqdm(total=trials, unit="trial", disable=not progress) as bar:
        while (done := len(_tried(study))) < trials:
            bar.update(done - bar.n)
            # A sampler of its own for each trial, so that a search that was stopped goes on with the same trials.
            study.sampler = optuna.samplers.TPESampler(seed=hash((seed, done)) % 2**32, n_startup_trials=4)
            trial = study.ask()
            size = trial.suggest_int("size", smallest, largest, log=True)
            rows = _measure_size(problem, results, size, n_jobs)
            failed = any("failure" in row for row in rows)
            trial.set_user_attr("rows", rows)
            if failed:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, float(np.mean([row["error"] for row in rows])))
        bar.update(trials - bar.n)
    rows = {_key(row): row for trial in _tried(study) for row in trial.user_attrs["rows"]}
    return _selection(problem, list(rows.values()), results)


@dataclass
class FinalScore:
    """What the chosen size is worth on the test part: mean absolute errors in the series's unit.

    size        the hidden size
    errors      one for each seed, of models trained on all windows before the test part (or the latest `max_train`)
    error       their mean
    estimate    the error that the validation had led to expect of this size
    last_value  the error of saying that nothing changes
    """

    size: int
    errors: tuple
    error: float
    estimate: float
    last_value: float


@dataclass(repr=False)
class Selection:
    """What a comparison of hidden sizes found; the sizes that failed are in `failures` alone.

    errors      {size: (folds, seeds)} mean absolute errors in the series's unit
    parameters  {size: number of trained numbers}, None for a model that does not say
    seconds     {size: median processor time of one training and forecast, which other programs hardly change}
    failures    {size: reason}
    settings    how it was measured
    best        the size with the lowest mean error
    chosen      the smallest size within one standard error of it: a heuristic (see the module)
    final       the `FinalScore`, once `final_score` has been asked
    """

    errors: dict
    parameters: dict
    seconds: dict
    failures: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    final: FinalScore | None = None
    _measure_final: object = None

    def __post_init__(self):
        self.best, self.chosen = one_standard_error(self.errors)

    @classmethod
    def from_record(cls, sweep):
        """The Selection of a recorded sweep, whose sizes are text as JSON has it; it cannot be asked for a final score.

        `sweep` is an entry of `load_record("hidden_size")["sweeps"]`.
        """
        errors, parameters, seconds = (
            {int(size): value for size, value in sweep[name].items()} for name in ("errors", "parameters", "seconds")
        )
        errors = {size: np.array(rows) for size, rows in errors.items()}
        return cls(errors, parameters, seconds, final=_final_of(sweep["final"]))

    def mean(self, size):
        """The mean error of a size over folds and seeds."""
        return float(self.errors[size].mean())

    def standard_error(self, size):
        """The standard error of `mean(size)`, from the spread over folds."""
        return standard_error(self.errors[size])

    def final_score(self):
        """Train the chosen size on everything before the test part, measure it there, and return the `FinalScore`.

        Once: a test part that has been looked at and then chosen by is a validation part. Raises RuntimeError the
        second time, where the size fails, and for a Selection made from numbers alone; the score is kept in `final`,
        and in the file where there is one.
        """
        if self.final is not None:
            raise RuntimeError(
                f"the test part has been used: size {self.final.size} has an error of {self.final.error:.4g} there, "
                "which .final keeps; choosing again by it would make it a validation part"
            )
        if self._measure_final is None:
            raise RuntimeError(
                "this Selection was made from numbers alone, it has no models and no test part to measure"
            )
        self.final = self._measure_final(self.chosen, self.mean(self.chosen))
        return self.final

    def _rows(self):
        for size, errors in self.errors.items():
            marks = [word for word, it in (("lowest", self.best), ("chosen", self.chosen)) if size == it]
            error = f"{errors.mean():.4g} ± {self.standard_error(size):.2g}"
            parameters = "–" if self.parameters[size] is None else f"{self.parameters[size]:,}"
            yield str(size), error, parameters, f"{self.seconds[size]:.2f}", ", ".join(marks)

    def _title(self):
        folds, seeds = next(iter(self.errors.values())).shape
        return f"Hidden sizes compared over {folds} folds and {seeds} seed{'s' * (seeds > 1)}, mean ± standard error"

    def __repr__(self):
        names = ("size", "error", "parameters", "seconds", "")
        lines = ["  ".join(f"{cell:>18}" for cell in row).rstrip() for row in [names, *self._rows()]]
        failed = [f"size {size} failed: {reason}" for size, reason in self.failures.items()]
        return "\n".join([self._title(), *lines, *failed])

    def _repr_html_(self):
        names = ("size", "mean absolute error", "parameters", "seconds", "")
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in self._rows())
        failed = "".join(f"<p>size {size} failed: {escape(reason)}</p>" for size, reason in self.failures.items())
        return (
            f"<table><caption>{self._title()}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"{failed}"
        )


# -- one task -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Problem:
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
        for name, value, least in (("length", length, 1), ("horizon", horizon, 1), ("folds", folds, 2)):
            validate.positive_int(name, value, least)
        validate.positive_int("seeds", seeds)
        for name, value, least in (("gap", gap, 0), ("validation", validation, 1), ("max_train", max_train, 1)):
            if value is not None:
                validate.positive_int(name, value, least)
        if not isinstance(options, dict | None):
            raise TypeError(f"options is a {type(options).__name__}, it must be a dictionary of arguments of fit")
        validate.one_of("shuffled", shuffled, (False, True))
        if shuffled and (gap is not None or validation is not None):
            raise ValueError("shuffled is True, but gap and validation are only for folds in time order")
        if validate.positive("test", test) >= 1:
            raise ValueError(f"test is {test}, it must be a share between 0 and 1")
        values = table(series, "series")
        steps = round((1 - test) * len(values))
        if steps < length + horizon or len(values) - steps < horizon:
            raise ValueError(
                f"the series is too short: of its {len(values)} steps {steps} are before the test part, and "
                f"length={length} with horizon={horizon} needs at least {length + horizon} there and {horizon} in it"
            )
        n = len(windows(_named(series, values[:steps]), length, horizon))
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
        """The settings that all results in a file share; more seeds may be added."""
        return {name: value for name, value in self.settings.items() if name != "seeds"}

    def sent(self):
        """This problem without the test part, as the tasks get it."""
        return _Problem(self.make_model, self.values, None, self.splits, self.settings)

    def final(self):
        """The problem with one fold: everything before the test part, and the windows whose targets lie in it."""
        values = np.concatenate([self.values, self.test_values])
        first, horizon = len(self.values), self.settings["horizon"]
        index = windows(values, self.settings["length"], horizon).index
        train = np.flatnonzero(index[:, -1] < first)[-(self.settings["max_train"] or len(index)) :]
        return _Problem(self.make_model, values, None, [(train, np.flatnonzero(index[:, 0] >= first))], self.settings)


def _measure(problem, size, fold, seed):
    """Train one model and return its row: what it is, its error, parameters and seconds, or why it failed."""
    row = {"size": size, "fold": fold, "seed": seed}
    try:
        with _one_thread():
            start = time.process_time()
            model = _made(problem.make_model, size, seed)
            train, validation, scaler = _fold_data(problem, fold)
            y = scaler.inverse(_fitted(model, train, seed, problem.settings["options"])(validation.x))
            error = scores(scaler.inverse(validation.y), y).mae
            seconds = time.process_time() - start
    except Exception as error:
        return row | {"failure": f"{type(error).__name__}: {error}"}
    # PyTorch's modules and many others can count; a model that cannot leaves the column empty.
    parameters = sum(p.numel() for p in model.parameters()) if isinstance(model, torch.nn.Module) else None
    return row | {"error": error, "parameters": parameters, "seconds": seconds, "model": _described(model)}


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


def _made(make_model, size, seed):
    model = make_model(size, seed)
    if not (isinstance(model, SequenceModel) or (hasattr(model, "fit") and hasattr(model, "predict"))):
        raise TypeError(
            f"make_model({size}, {seed}) returned a {type(model).__name__}, wanted a SequenceModel or a model with fit "
            "and predict"
        )
    return model


def _described(model):
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
    training.fit(model, train, seed=seed, device="cpu", progress=False, **options)
    return lambda x: training.predict(model, x)


# -- many tasks -----------------------------------------------------------------------------------------------------


def _run(problem, keys, n_jobs):
    """Yield the rows of the tasks as they are done."""
    problem = problem.sent()
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)
    return parallel(delayed(_measure)(problem, *key) for key in keys)


def _measure_size(problem, results, size, n_jobs):
    """The rows of one size, of which those that are known are not run again."""
    keys = [(size, fold, seed) for fold in range(len(problem.splits)) for seed in range(problem.settings["seeds"])]
    for row in _run(problem, [key for key in keys if key not in results.rows], n_jobs):
        results.add(row)
    return [results.rows[key] for key in keys]


def _key(row):
    return row["size"], row["fold"], row["seed"]


class _Results:
    """The rows by (size, fold, seed), read from a file where there is one, and added to it as they come."""

    def __init__(self, file, problem):
        self.path = None if file is None else Path(file)
        self.problem, self.rows, self.final = problem, {}, None
        head = {"format": FILE_FORMAT, "settings": problem.fixed}
        if self.path is None:
            return
        if not self.path.exists() or not self.path.stat().st_size:
            self._write(head)
            return
        found, *lines = self._whole_lines()
        if found != head:
            raise ValueError(f"file {self.path.name!r} was made with {_difference(found, head)}: name another file")
        for line in lines:
            if "final" in line:
                self.final = _final_of(line["final"])
            elif "failure" not in line:  # what failed is tried again
                self.rows[_key(line)] = line

    def _whole_lines(self):
        """The lines that were written to their end; half a line, left by a run that was killed, is cut off."""
        text = self.path.read_text("utf8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole, "utf8")
        try:
            return [json.loads(line) for line in whole.splitlines()]
        except json.JSONDecodeError:
            return [None]

    def _write(self, line):
        if self.path is not None:
            with self.path.open("a", encoding="utf8") as file:
                file.write(json.dumps(line) + "\n")

    def add(self, row):
        self.rows[_key(row)] = row
        self._write(row)

    def keep_final(self, score):
        self._write({"final": vars(score)})

    def check_models(self, keys):
        """Raise a ValueError if the results of one of these tasks are of another model than `make_model` makes now."""
        for key in keys:
            if key in self.rows:
                size, _, seed = key
                now = _described(_made(self.problem.make_model, size, seed))
                if now != self.rows[key]["model"]:
                    raise ValueError(
                        f"the results for size {size} and seed {seed} are of the model {self.rows[key]['model']}, "
                        f"make_model makes {now}: name another file"
                    )


def _difference(found, head):
    """Which settings a file has that this call does not."""
    if not isinstance(found, dict) or found.get("format") != head["format"]:
        return "something else than this function"
    pairs = [(name, found["settings"].get(name), value) for name, value in head["settings"].items()]
    return "other settings, " + ", ".join(f"{name} {was!r} and not {now!r}" for name, was, now in pairs if was != now)


def _final_of(fields):
    """A FinalScore as JSON has kept it."""
    return FinalScore(**fields | {"errors": tuple(fields["errors"])})


def _selection(problem, rows, results):
    """Gather the rows by size; ValueError if no size is whole."""
    by_size, failures = {}, {}
    for row in sorted(rows, key=_key):
        by_size.setdefault(row["size"], []).append(row)
        if "failure" in row:
            failures.setdefault(row["size"], f"{row['failure']} (fold {row['fold']}, seed {row['seed']})")
    whole = {size: rows for size, rows in by_size.items() if size not in failures}
    if not whole:
        size, reason = next(iter(failures.items()))
        raise ValueError(f"every size failed; size {size}: {reason}")
    shape = len(problem.splits), problem.settings["seeds"]
    return Selection(
        errors={size: np.array([row["error"] for row in rows]).reshape(shape) for size, rows in whole.items()},
        parameters={size: rows[0]["parameters"] for size, rows in whole.items()},
        seconds={size: float(np.median([row["seconds"] for row in rows])) for size, rows in whole.items()},
        failures=failures,
        settings=problem.settings,
        final=results.final,
        _measure_final=lambda size, estimate: _final_score(problem, size, estimate, results),
    )


def _final_score(problem, size, estimate, results):
    """Measure a size on the test part, with every seed, and keep the score in the file."""
    final = problem.final()
    rows = [_measure(final, size, 0, seed) for seed in range(problem.settings["seeds"])]
    for row in rows:
        if "failure" in row:
            raise RuntimeError(f"size {size} failed on the test part: {row['failure']}")
    every = windows(final.values, problem.settings["length"], problem.settings["horizon"])
    test = final.splits[0][1]
    naive = scores(every.y[test], np.repeat(every.x[test][:, -1:], every.y.shape[1], axis=1)).mae
    errors = tuple(row["error"] for row in rows)
    score = FinalScore(size, errors, float(np.mean(errors)), estimate, naive)
    results.keep_final(score)
    return score


def _study(storage, problem, space):
    """Open or begin the search in the file; ValueError where it was made with other settings."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(storage=f"sqlite:///{Path(storage)}", study_name="hidden size", load_if_exists=True)
    settings = {"format": FILE_FORMAT, "settings": problem.settings | space}
    found = study.user_attrs.get("settings")
    if found is None:
        study.set_user_attr("settings", settings)
    elif found != settings:
        raise ValueError(
            f"storage {Path(storage).name!r} was made with {_difference(found, settings)}: name another file"
        )
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):  # left by a search that was killed
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def _tried(study):
    """The trials that came to an end, whether or not the size failed; not those in which the search was killed."""
    return [trial for trial in study.trials if trial.state.is_finished() and "rows" in trial.user_attrs]


def _checked_sizes(sizes):
    try:
        sizes = list(sizes)
    except TypeError:
        raise TypeError(f"sizes is {sizes!r}, it must be a list of whole numbers") from None
    if not sizes:
        raise ValueError("sizes is empty, it must hold at least one size")
    sizes = [validate.positive_int(f"sizes[{k}]", size) for k, size in enumerate(sizes)]
    if len(set(sizes)) != len(sizes):
        raise ValueError(f"sizes is {sizes}, its entries must all be different")
    return sorted(sizes)


def _named(series, values):
    """The part of a Series as a Series, whose channels an error can name; an array as it is."""
    return series[: len(values)] if isinstance(series, Series) else values
