"""The hidden size searched with Optuna instead of compared one by one."""

import numpy as np
from tqdm.auto import tqdm

from rnn_course import validate
from rnn_course.seeds import shifted
from rnn_course.selection.result_file import FILE_FORMAT, ResultFile, difference, key_of
from rnn_course.selection.sweep import checked_jobs, measure_size, selection_of
from rnn_course.selection.task import Problem


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
    largest = validate.positive_int("largest", largest)
    validate.at_most("smallest", smallest, "largest", largest)
    seed = validate.positive_int("seed", seed, least=0, most=None)
    progress, n_jobs, storage = validate.flag("progress", progress), checked_jobs(n_jobs), _checked_storage(storage)
    problem = Problem.of(make_model, series, **setup)
    study = _study(storage, problem, {"smallest": smallest, "largest": largest, "seed": seed})
    results = ResultFile(None, problem)
    for trial in _tried(study):
        results.rows |= {key_of(row): row for row in trial.user_attrs["rows"] if "failure" not in row}
    results.check_models(results.rows)
    with tqdm(total=trials, unit="trial", disable=not progress) as bar:
        while (done := len(_tried(study))) < trials:
            bar.update(done - bar.n)
            # A sampler of its own for each trial, so that a search that was stopped goes on with the same trials.
            study.sampler = optuna.samplers.TPESampler(seed=hash((shifted(seed), done)) % 2**32, n_startup_trials=4)
            trial = study.ask()
            size = trial.suggest_int("size", smallest, largest, log=True)
            rows = measure_size(problem, results, size, n_jobs)
            failed = any("failure" in row for row in rows)
            trial.set_user_attr("rows", rows)
            if failed:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, float(np.mean([row["error"] for row in rows])))
        bar.update(trials - bar.n)
    rows = {key_of(row): row for trial in _tried(study) for row in trial.user_attrs["rows"]}
    return selection_of(problem, list(rows.values()), results)


def _checked_storage(storage):
    """Return the path of a file that is there or can be; TypeError or ValueError otherwise."""
    path = validate.path("storage", storage)
    if path.is_dir() or not path.parent.is_dir():
        raise ValueError(f"storage is {str(path)!r}, it must be a file in a folder that is there")
    return path


def _study(storage, problem, space):
    """Open or begin the search in the file; ValueError where it was made with other settings."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    settings = {"format": FILE_FORMAT, "settings": problem.as_json(problem.settings | space)}
    study = optuna.create_study(storage=f"sqlite:///{storage}", study_name="hidden size", load_if_exists=True)
    found = study.user_attrs.get("settings")
    if found is None:
        study.set_user_attr("settings", settings)
    elif found != settings:
        raise ValueError(f"storage {storage.name!r} was made with {difference(found, settings)}: name another file")
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):  # left by a search that was killed
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def _tried(study):
    """The trials that came to an end, whether or not the size failed; not those in which the search was killed."""
    return [trial for trial in study.trials if trial.state.is_finished() and "rows" in trial.user_attrs]
