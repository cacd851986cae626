"""The guided search: it goes on with the same trials, and measures as the comparison does."""

import pytest
from sweeps import HORIZON, LENGTH, Stop, choose, gru, same, stop_at, walk

from rnn_course.selection import search_hidden_size


def search(storage, trials, make_model=gru, **settings):
    shape = {"length": LENGTH, "horizon": HORIZON, "folds": 2, "seeds": 1, "options": {"epochs": 1}}
    return search_hidden_size(
        make_model, walk(), 1, 40, storage=storage, trials=trials, progress=False, **shape | settings
    )


def test_a_search_that_was_killed_goes_on_with_the_same_trials(tmp_path, monkeypatch):
    optuna = pytest.importorskip("optuna")

    def sizes(path):
        trials = optuna.load_study(study_name=None, storage=f"sqlite:///{path}").trials
        return [trial.params["size"] for trial in trials if "rows" in trial.user_attrs]

    whole = search(tmp_path / "whole.db", 8)
    calls = stop_at(6, monkeypatch)
    with pytest.raises(Stop):
        search(tmp_path / "stopped.db", 8)
    assert len(set(sizes(tmp_path / "whole.db"))) >= 5
    before = sizes(tmp_path / "stopped.db")
    assert 0 < len(before) < 8
    went_on = search(tmp_path / "stopped.db", 8)
    assert sizes(tmp_path / "stopped.db") == sizes(tmp_path / "whole.db") and same(whole, went_on)
    assert len(calls) - 1 <= 2 * len(set(sizes(tmp_path / "whole.db"))) + 1, "a size is measured once"
    count = len(calls)
    assert same(whole, search(tmp_path / "stopped.db", 8)) and len(calls) == count
    with pytest.raises(ValueError, match=r"'stopped.db' was made with other settings, length 7 and not 6"):
        search(tmp_path / "stopped.db", 8, length=6)


def test_the_search_measures_as_the_comparison_does_and_reports_what_fails(tmp_path):
    pytest.importorskip("optuna")

    def make_model(size, seed):
        if size < 4:
            raise RuntimeError("too small for this maker")
        return gru(size, seed)

    found = search(tmp_path / "s.db", 6, make_model, seed=1)
    assert found.failures and all("too small for this maker" in reason for reason in found.failures.values())
    compared = choose(sizes=list(found.errors), folds=2, seeds=1, options={"epochs": 1})
    assert same(found, compared)
