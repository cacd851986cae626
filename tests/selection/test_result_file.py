"""A sweep that was stopped goes on from its file, and a file of something else is refused."""

import json

import numpy as np
import pytest
from sweeps import FOLDS, SEEDS, Stop, choose, same, stop_at, walk

from rnn_course import training
from rnn_course.models import SequenceModel


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_stopped_sweep_goes_on_where_it_was(tmp_path, monkeypatch):
    file, whole = tmp_path / "rows.jsonl", choose()
    calls = stop_at(8, monkeypatch)
    with pytest.raises(Stop):
        choose(file=file)
    assert [(row["size"], row["fold"], row["seed"]) for row in lines(file)[1:]] == calls[:7]
    with open(file, "a") as half:
        half.write('{"size": 5, "fo')  # killed while it wrote
    assert same(whole, choose(file=file))
    assert not set(calls[8:]) & set(calls[:7])
    assert len(calls) == 8 + 3 * FOLDS * SEEDS - 7
    more = choose(file=file, sizes=[2, 3, 5, 6], seeds=1)
    assert len(calls) == 8 + 3 * FOLDS * SEEDS - 7 + FOLDS and list(more.errors) == [2, 3, 5, 6]
    assert (more.errors[3] == whole.errors[3][:, :1]).all()


def test_an_interruption_in_the_middle_of_a_training_keeps_no_result_of_it(tmp_path, monkeypatch):
    """`fit` ends quietly where it is interrupted, with a model half trained."""
    file, fit, wanted, calls = tmp_path / "c.jsonl", training.fit, choose(), []

    def interrupted(model, train, **options):
        def watch(history):
            calls.append(1)
            if len(calls) == 5:
                raise KeyboardInterrupt

        return fit(model, train, **options, watch=watch)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "fit", interrupted)
        choose(file=file)
    assert len(file.read_text().splitlines()) == 1 + 2  # two trainings of two epochs
    assert same(choose(file=file), wanted)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"horizon": 2}, "'rows.jsonl' was made with other settings, horizon 3 and not 2, gap 2 and not 1"),
        ({"options": {"epochs": 3}}, "options {'epochs': 2} and not {'epochs': 3}"),
        ({"series": walk() + 1}, "other settings, series"),
        ({"shuffled": True}, "shuffled False and not True"),
        ({"make_model": lambda size, seed: SequenceModel("lstm", 1, size, 1, horizon=3)}, r"of the model .*gru.*lstm"),
    ],
)
def test_a_file_made_with_other_settings_is_refused(tmp_path, change, sentence):
    file = tmp_path / "rows.jsonl"
    options = {"sizes": [2], "options": {"epochs": 2}, "file": file}
    choose(**options)
    with pytest.raises(ValueError, match=sentence):
        choose(**options | change)


def test_a_file_of_something_else_is_refused(tmp_path):
    for text in (b"a,b\n1,2\n", b"{}\n", b"[1]\n", b"a line without an end", b"{}\nand half", b"\xff\xfe\n"):
        (tmp_path / "other.csv").write_bytes(text)
        with pytest.raises(ValueError, match="was made with something else than this function"):
            choose(file=tmp_path / "other.csv")
        assert (tmp_path / "other.csv").read_bytes() == text


def test_a_sweep_killed_at_any_byte_goes_on(tmp_path):
    file, options = tmp_path / "rows.jsonl", {"sizes": [2], "seeds": 1, "options": {"epochs": 1}}
    whole = choose(file=file, **options)
    text = file.read_bytes()
    for place in (0, 1, 20, text.index(b"\n"), text.index(b"\n") + 1, text.index(b"\n") + 9, len(text) - 1):
        file.write_bytes(text[:place])
        assert same(whole, choose(file=file, **options))
        assert len(lines(file)) == len(text.splitlines())


def test_the_final_score_is_kept_in_the_file(tmp_path):
    file = tmp_path / "rows.jsonl"
    score = choose(file=file).final_score()
    again = choose(file=file)
    assert again.final == score
    with pytest.raises(RuntimeError, match="the test part has been used"):
        again.final_score()


def test_numpys_numbers_are_pythons_and_what_no_file_holds_is_refused(tmp_path):
    file = tmp_path / "rows.jsonl"
    numbers = {"length": 6, "horizon": 3, "folds": 3, "gap": 2, "validation": 9, "max_train": 40}
    plain = choose(sizes=[2], seeds=1, options={"epochs": 1}, **numbers)
    options = {"sizes": [np.int64(2)], "seeds": np.int64(1), "options": {"epochs": np.int64(1)}, "file": file}
    for _ in range(2):  # measured, and read from the file
        assert same(plain, choose(**options, **{name: np.int64(n) for name, n in numbers.items()}))
    assert lines(file)[0]["settings"]["length"] == 6 and len(lines(file)) == 4
    whole = choose(sizes=[2], seeds=1, options={"watch": None, "epochs": 1})
    assert list(whole.errors) == [2]
    with pytest.raises(TypeError, match="options has <built-in function print>, it must be text, numbers or lists"):
        choose(sizes=[2], options={"watch": print}, file=tmp_path / "none.jsonl")
    assert not (tmp_path / "none.jsonl").exists()
