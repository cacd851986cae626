"""An engine is taken only where its walls hold, and where none does nothing runs."""

import os

import pytest
from boxes import engine_or_skip, numpy_alone

from rnn_course.assignments import box, isolation, system_calls

pytestmark = pytest.mark.skipif(os.name == "nt", reason="submissions run on Linux and macOS")


def test_bubblewrap_is_taken_where_its_walls_hold():
    engine_or_skip("bubblewrap")
    told = []
    assert isolation.choose("auto", numpy_alone(), told.append) == "bubblewrap"
    assert told == ["bubblewrap: its walls hold on this machine."]


def test_without_an_engine_nothing_runs(monkeypatch):
    monkeypatch.setattr(isolation.shutil, "which", lambda name: None)
    with pytest.raises(isolation.Unsafe) as told:
        isolation.choose("auto", numpy_alone())
    for engine in isolation.WALLED:
        assert f"{engine}: {box.PROGRAMS[engine]} is not installed." in str(told.value)
    assert isolation.ADVICE in str(told.value)


def test_limits_must_be_asked_for_by_name_and_have_no_walls(monkeypatch):
    told = []
    assert isolation.choose("limits", numpy_alone(), told.append) == "limits"
    assert told == ["Submissions run without walls, with limits of time and memory alone."]
    found = isolation.broken_walls("limits", numpy_alone())
    assert {"other submissions can be read", "it can write elsewhere", "the network can be reached"} <= set(found)


@pytest.mark.parametrize(
    ("word", "instead", "wall"),
    [
        ("--unshare-all", ["--unshare-ipc", "--unshare-pid"], "the network can be reached"),
        ("--remount-ro", ["--dir", "/x", "--chdir"], "it can write elsewhere"),
        ("--size", ["--dir", "/y", "--perms", "0755", "--size-is-gone"], "its folder takes more than it may"),
    ],
)
def test_a_wall_that_is_taken_away_is_missed(monkeypatch, word, instead, wall):
    engine_or_skip("bubblewrap")
    whole = box.start

    def weakened(engine, contents, limits):
        made = whole(engine, contents, limits)
        words, out = list(made.words), []
        while words:
            first = words.pop(0)
            if first == "--seccomp":  # the filter keeps the network away too
                words.pop(0)
            elif first == word and word == "--size":
                words.pop(0)
            elif first == word and word == "--remount-ro":
                if words.pop(0) != "/":
                    continue
            elif first == word:
                out += instead
            else:
                out.append(first)
        return made._replace(words=out)

    monkeypatch.setattr(isolation.running.box, "start", weakened)
    assert wall in isolation.broken_walls("bubblewrap", numpy_alone())


def test_memory_that_no_process_shows_is_missed(monkeypatch):
    engine_or_skip("bubblewrap")
    monkeypatch.delitem(system_calls.NUMBERS, "memfd_create")
    found = isolation.broken_walls("bubblewrap", numpy_alone())
    assert found == ["memory that no process shows is not counted"]


def test_a_machine_that_the_filter_is_not_for_is_told(monkeypatch):
    engine_or_skip("bubblewrap")
    monkeypatch.setattr(isolation.platform, "machine", lambda: "riscv64")
    assert isolation.missing("bubblewrap") == ["its filter is for x86_64 and aarch64, this machine is riscv64"]
