"""A zip is read without trusting it: what is not safe is named, and all else is still read."""

import os
import stat
import struct
import zipfile

import pytest
from platform_exports import zipped

from rnn_course.assignments.gradebooks import archive
from rnn_course.assignments.gradebooks.archive import Archive, Refused


def entry(name, **more):
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    for key, value in more.items():
        setattr(info, key, value)
    return info


def link(name):
    return entry(name, create_system=3, external_attr=(stat.S_IFLNK | 0o777) << 16)


@pytest.mark.parametrize(
    "bad, content, problem",
    [
        ("../bad.ipynb", b"x", archive.OUT),
        ("a/../../bad.ipynb", b"x", archive.OUT),
        ("/etc/bad.ipynb", b"x", archive.OUT),
        ("C:/bad.ipynb", b"x", archive.OUT),
        ("c:bad.ipynb", b"x", archive.OUT),
        ("..\\bad.ipynb", b"x", archive.OUT),
        ("a\\bad.ipynb", b"x", archive.OUT),
        ("a\nb.ipynb", b"x", archive.CONTROL),
        ("a\x1b[2J.ipynb", b"x", archive.CONTROL),
        (link("link.ipynb"), b"/etc/passwd", archive.LINK),
        (entry("pipe", create_system=3, external_attr=stat.S_IFIFO << 16), b"", archive.LINK),
        ("large.ipynb", os.urandom(2**20) * 21, archive.LARGE),
        ("bomb.ipynb", bytes(19 * 2**20), archive.BOMB),
    ],
)
def test_what_is_not_safe_is_named_and_all_else_is_read(tmp_path, bad, content, problem):
    path = zipped(tmp_path / "z.zip", {"good.ipynb": b"good", bad: content})
    with Archive(path) as opened:
        good, refused = opened.entries
        assert opened.read(good) == b"good"
        assert refused.problem == problem
        with pytest.raises(Refused, match=problem.split(":")[1]):
            opened.read(refused)


def patched(path, old, new):
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new))


def test_a_size_that_is_declared_too_small_does_not_help(tmp_path):
    size = 21 * 2**20
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_STORED) as made:
        made.writestr("a.ipynb", bytes(size))
    patched(tmp_path / "z.zip", struct.pack("<II", size, size), struct.pack("<II", size, 1000))
    with Archive(tmp_path / "z.zip") as opened, pytest.raises(Refused):
        opened.read(opened.entries[0])


def test_bytes_are_counted_while_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "TOTAL", 250)
    path = zipped(tmp_path / "z.zip", {f"{k}.ipynb": bytes(100) for k in range(4)})
    with Archive(path) as opened:
        first, second, third, _ = opened.entries
        assert len(opened.read(first)) == len(opened.read(second)) == 100
        with pytest.raises(Refused, match="together"):
            opened.read(third)


def test_encrypted_and_damaged_entries_are_refused(tmp_path):
    path = zipped(tmp_path / "z.zip", {"a.ipynb": b"a" * 50, "b.ipynb": b"b"})
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\1\2")
    raw[central + 8] |= 1
    path.write_bytes(raw)
    with Archive(path) as opened:
        assert [one.problem for one in opened.entries] == [archive.ENCRYPTED, ""]
    path = zipped(tmp_path / "z.zip", {"a.ipynb": os.urandom(50), "b.ipynb": b"b"})
    raw = bytearray(path.read_bytes())
    raw[40] ^= 255
    path.write_bytes(raw)
    with Archive(path) as opened:
        with pytest.raises(Refused, match="damaged"):
            opened.read(opened.entries[0])
        assert opened.read(opened.entries[1]) == b"b"


def test_names_without_the_flag_for_utf8_are_read_as_utf8_and_others_refused(tmp_path):
    path = zipped(tmp_path / "z.zip", {"Mxxller.ipynb": b"1", "Myller.ipynb": b"2"})
    patched(path, b"Mxxller", "Müller".encode())
    patched(path, b"Myller", "Müller".encode("latin1"))
    with Archive(path) as opened:
        first, second = opened.entries
        assert (first.path, first.problem) == ("Müller.ipynb", "")
        assert opened.read(first) == b"1"
        assert (second.path, second.problem) == ("M?ller.ipynb", archive.NOT_UTF8)


def test_a_path_that_is_there_twice_is_refused_twice(tmp_path):
    path = zipped(tmp_path / "z.zip", {"a.ipynb": b"1", "b.ipynb": b"2", "c.ipynb": b"3"})
    patched(path, b"b.ipynb", b"a.ipynb")
    with Archive(path) as opened:
        assert [one.problem for one in opened.entries] == [archive.TWICE, archive.TWICE, ""]


def test_what_the_systems_add_is_passed_over(tmp_path):
    names = ["__MACOSX/a/._b.ipynb", "a/.DS_Store", "a/._b.ipynb", "Thumbs.db", "a/desktop.ini", "a/b.ipynb"]
    with Archive(zipped(tmp_path / "z.zip", dict.fromkeys(names, b""))) as opened:
        assert [one.path for one in opened.entries] == ["a/b.ipynb"]


def test_too_many_entries_and_what_is_no_zip_are_refused(tmp_path, monkeypatch):
    path = zipped(tmp_path / "z.zip", {"a": b"", "b": b"", "c": b""})
    monkeypatch.setattr(archive, "ENTRIES", 2)
    with pytest.raises(ValueError, match="has 3 files, it may have at most 2"):
        Archive(path)
    (tmp_path / "no.zip").write_bytes(b"PK no")
    with pytest.raises(ValueError, match=r"no\.zip is no zip"):
        Archive(tmp_path / "no.zip")


def test_a_folder_is_read_and_links_are_not_followed(tmp_path):
    (tmp_path / "s" / "a").mkdir(parents=True)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x.ipynb").write_bytes(b"secret")
    (tmp_path / "s" / "a" / "n.ipynb").write_bytes(b"n")
    (tmp_path / "s" / "link.ipynb").symlink_to(tmp_path / "secret" / "x.ipynb")
    (tmp_path / "s" / "linked").symlink_to(tmp_path / "secret")
    with Archive(tmp_path / "s") as opened:
        assert {one.path: one.problem for one in opened.entries} == {
            "a/n.ipynb": "",
            "link.ipynb": archive.LINK,
            "linked": archive.LINK,
        }
        assert opened.read(opened.entries[0]) == b"n"
