"""Every size on every fold with every seed, and the Selection that they make."""

import numpy as np
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from rnn_course import validate
from rnn_course.data import scores, windows
from rnn_course.selection.result_file import ResultFile, key_of
from rnn_course.selection.results import FinalScore, Selection
from rnn_course.selection.task import Problem, measure


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
    sizes, progress, n_jobs = _checked_sizes(sizes), validate.flag("progress", progress), checked_jobs(n_jobs)
    problem = Problem.of(
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
    results = ResultFile(file, problem)
    folds, seeds = problem.settings["folds"], problem.settings["seeds"]
    wanted = [(size, fold, seed) for size in sizes for fold in range(folds) for seed in range(seeds)]
    results.check_models(wanted)
    todo = [key for key in wanted if key not in results.rows]
    with tqdm(total=len(wanted), initial=len(wanted) - len(todo), unit="run", disable=not progress) as bar:
        for row in run(problem, todo, n_jobs):
            results.add(row)
            bar.set_postfix_str(f"size {row['size']}", refresh=False)
            bar.update()
    return selection_of(problem, [results.rows[key] for key in wanted], results)


def checked_jobs(n_jobs):
    """Return the number of processes as joblib takes it, None or a whole number but 0; TypeError or ValueError else."""
    if n_jobs is None:
        return None
    n_jobs = validate.positive_int("n_jobs", n_jobs, least=-validate.LARGEST)
    if n_jobs == 0:
        raise ValueError("n_jobs is 0, it must be a number of processes, or -1 for as many as there are cores")
    return n_jobs


def run(problem, keys, n_jobs):
    """Yield the rows of the tasks as they are done."""
    problem = problem.sent()
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered", batch_size=1)
    return parallel(delayed(measure)(problem, *key) for key in keys)


def measure_size(problem, results, size, n_jobs):
    """The rows of one size, of which those that are known are not run again."""
    keys = [(size, fold, seed) for fold in range(len(problem.splits)) for seed in range(problem.settings["seeds"])]
    for row in run(problem, [key for key in keys if key not in results.rows], n_jobs):
        results.add(row)
    return [results.rows[key] for key in keys]


def selection_of(problem, rows, results):
    """Gather the rows by size; ValueError if no size is whole."""
    by_size, failures = {}, {}
    for row in sorted(rows, key=key_of):
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
    rows = [measure(final, size, 0, seed) for seed in range(problem.settings["seeds"])]
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
