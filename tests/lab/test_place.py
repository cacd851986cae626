"""The course's texts and a learner's folder, in a clone; tests/test_wheel.py has them in a wheel."""

from pathlib import Path

from rnn_course.lab import place


def test_a_clone_has_the_texts_around_the_library():
    assert not place.INSTALLED and place.COURSE == Path(__file__).resolve().parents[2]
    assert (place.COURSE / "notebooks").is_dir() and (place.COURSE / "book").is_dir()
    assert place.default_folder() == place.COURSE / "mine"


def test_without_a_clone_the_folder_is_in_the_home(monkeypatch, tmp_path):
    monkeypatch.setattr(place, "INSTALLED", True)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert place.default_folder() == tmp_path / "rnn-course"
