"""A file is the old or the new, whole, whatever happens while it is written."""

import ast
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnn_course import files

ROOT = Path(__file__).resolve().parent.parent
KILLS, SIZE = 50, 2_000_000
WRITER = f"""
import sys
from rnn_course.files import write
print("ready", flush=True)
while True:
    for letter in "ab":
        write(sys.argv[1], letter * {SIZE})
"""


def test_fifty_kills_lose_nothing(tmp_path):
    """A process that writes again and again is killed at random moments; the file is one of the two texts, whole."""
    path, rng = tmp_path / "kept.txt", random.Random(0)
    files.write(path, "b" * SIZE)
    for kill in range(KILLS):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(rng.uniform(0, 0.03))
        writer.kill()
        writer.communicate()
        text = path.read_text("utf8")
        assert text in ("a" * SIZE, "b" * SIZE), f"kill {kill} left {len(text)} of {SIZE} characters"
    orphans = len(list(tmp_path.iterdir())) - 1
    files.write(path, "new")
    assert orphans <= 1 or os.name == "nt"  # each writer removed what the one before had left
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"] or os.name == "nt"


SLOW = """
import os, sys
from rnn_course import files
def wait(_):
    print("written", flush=True)
    sys.stdin.read()
os.fsync = wait
files.write(sys.argv[1], "slow")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody see who lives")
def test_only_what_the_dead_have_left_of_this_file_is_removed(tmp_path):
    path = tmp_path / "kept[1].txt"
    others = {".kept[1].txt.tmp", ".kept[1].txt.0123456.tmp", ".kept1.txt.01234567.tmp", ".keep.01234567.tmp"}
    for name in {*others, ".kept[1].txt.01234567.tmp"}:
        (tmp_path / name).write_text("left")
    slow = started(SLOW, path)
    assert slow.stdout.readline() == "written\n"
    (own,) = {p.name for p in tmp_path.iterdir()} - others  # it has removed the one of the same name
    files.write(path, "quick")
    assert {p.name for p in tmp_path.iterdir()} == others | {path.name, own}
    slow.stdin.close()
    assert slow.wait(60) == 0 and path.read_text() == "slow"
    assert {p.name for p in tmp_path.iterdir()} == others | {path.name}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody see who lives")
def test_a_writer_taken_for_dead_before_it_locks_its_file_takes_another(tmp_path, monkeypatch):
    path, flock, taken = tmp_path / "kept.txt", files.fcntl.flock, []

    def late(file, how):
        if not taken:
            taken.append(file.name)
            files._remove_orphans(path)
        return flock(file, how)

    monkeypatch.setattr(files.fcntl, "flock", late)
    files.write(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("kept.txt", "new")]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing, error):
    def fails(*_):
        raise error

    path = tmp_path / "kept.txt"
    files.write(path, "old")
    with monkeypatch.context() as patch, pytest.raises(error):
        patch.setattr(os, failing, fails)
        files.write(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("kept.txt", "old")]


def test_a_name_as_long_as_the_system_takes(tmp_path):
    path = tmp_path / ("循" * 80 + ".json")
    for text in ("old", "new"):
        files.write(path, text)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(path.name, "new")]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions in another way")
def test_permissions_and_links_are_as_they_were(tmp_path):
    (tmp_path / "far").mkdir()
    path, link, dangling = tmp_path / "far" / "kept.txt", tmp_path / "link.txt", tmp_path / "dangling.txt"
    plain = tmp_path / "plain.txt"
    plain.write_text("as open() makes it")
    files.write(path, "old")
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    link.symlink_to("far/kept.txt")
    files.write(link, "new")
    assert link.is_symlink() and path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o640
    dangling.symlink_to("far/later.txt")
    files.write(dangling, "ünï\n")
    assert dangling.is_symlink() and (tmp_path / "far" / "later.txt").read_bytes() == "ünï\n".encode()
    assert sorted(p.name for p in (tmp_path / "far").iterdir()) == ["kept.txt", "later.txt"]


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_what_is_no_file_is_written_into(tmp_path):
    files.write("/dev/null", "nothing")
    assert not Path("/dev/null").is_file()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE)
    files.write(pipe, "through")
    assert reader.communicate()[0] == b"through" and pipe.is_fifo()
    with pytest.raises(IsADirectoryError):
        files.write(tmp_path, "no")
    with pytest.raises(FileNotFoundError, match=r"path is .*folder.txt', but the directory .*no' does not exist"):
        files.write(tmp_path / "no" / "folder.txt", "no")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write whatever it likes")
def test_a_write_protected_file_stays_so(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        files.write(path, "new")
    assert path.read_text() == "old"


HOLDER = """
import sys
from rnn_course import files
with files.locked(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
ASKER = """
import sys
from rnn_course import files
print("asks", flush=True)
with files.locked(sys.argv[1]):
    print("got", flush=True)
"""


def started(code, path):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code, path], cwd=ROOT, **pipes)


@pytest.mark.parametrize("killed", [False, True])
def test_a_lock_lets_one_in_at_a_time_and_goes_with_its_process(tmp_path, killed):
    path = tmp_path / "kept.json"
    holder = started(HOLDER, path)
    assert holder.stdout.readline() == "held\n"
    asker = started(ASKER, path)
    assert asker.stdout.readline() == "asks\n"
    with pytest.raises(subprocess.TimeoutExpired):  # it waits; a slow machine cannot make this fail
        asker.wait(0.5)
    holder.kill() if killed else holder.stdin.close()
    assert asker.communicate(timeout=60)[0] == "got\n" and asker.returncode == 0
    holder.communicate() if killed else holder.wait(60)
    assert not path.exists()


def writes(node):
    """Whether a call writes a file in another way: open for writing, write_text, write_bytes or save_file."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name != "open":
        return name in ("write_text", "write_bytes", "save_file")
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    texts = [value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(set("wx+") & set(text) and len(text) < 4 for text in texts)


def test_nothing_of_the_course_writes_into_an_old_file():
    alone = {
        "rnn_course/files.py": "it writes",
        "rnn_course/assignments/probes.py": "tries in a box where it can write",
        "tools/chapters.py": "runs without the package, on what git keeps",
        "tools/vendor_assets.py": "fills a folder that make takes for unmade until its stamp is there",
    }
    found = set()
    for folder in ("rnn_course", "tools", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(node, ast.Call))
            found |= {path.relative_to(ROOT).as_posix() for call in calls if writes(call)}
    assert found == set(alone)


OWNER = """
import sys
from rnn_course import files
with files.scratch() as folder:
    (folder / "code").mkdir()
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody see who lives")
def test_scratch_folders_of_the_dead_are_removed_and_those_of_the_living_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    others = {"rnn-course-scratch-mine", "rnn-course-scratch-abcd1234x", "a rnn-course-scratch-abcd1234"}
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "rnn-course-scratch-abcd1234").symlink_to("elsewhere")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    owner = [sys.executable, "-c", OWNER]
    with subprocess.Popen(owner, cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)}, **pipes) as process:
        theirs = Path(process.stdout.readline().strip())
        with files.scratch() as mine:
            assert (theirs / "code").exists() and not list(mine.glob("[!.]*"))
        assert theirs.exists() and not mine.exists()
        process.kill()
        process.wait()
        assert theirs.exists()
        with files.scratch():
            assert not theirs.exists()
    assert {path.name for path in tmp_path.iterdir()} == others | {"elsewhere", "rnn-course-scratch-abcd1234"}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody see who lives")
def test_a_scratch_folder_that_was_taken_for_a_dead_ones_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    lock, taken = files._lock, []

    def late(folder, wait):
        if wait and not taken:
            taken.append(folder)
            files._remove_scratches()  # somebody else's, between the making and the lock
        return lock(folder, wait)

    monkeypatch.setattr(files, "_lock", late)
    with files.scratch() as mine:
        assert mine.exists() and mine != taken[0] and not taken[0].exists()
    assert not list(tmp_path.iterdir())
