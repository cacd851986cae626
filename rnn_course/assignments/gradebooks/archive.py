"""What was handed in, in a zip or a folder, read without trusting any of it.

Nothing is unpacked: an entry is read into memory, counted while it is read, and written by us under a name of ours.
"""

import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

NOTEBOOK = 20 * 2**20  # bytes
TOTAL = 2 * 2**30
RATIO = 200  # notebooks with long logs reach about 100, a bomb of zeros 1000
SMALL = 2**20  # what any ratio may unpack to
ENTRIES = 100_000
# What macOS and Windows add to zips and folders of their own accord; no student wrote it.
SYSTEMS_OWN = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)")

OUT = "not read: its path leads out of the folder"
CONTROL = "not read: its path has control characters"
LINK = "not read: it is a link, or no file at all"
ENCRYPTED = "not read: it is encrypted"
TWICE = "not read: two files have this path"
BOMB = f"not read: it would grow to more than {RATIO} times its size"
LARGE = f"not read: it is larger than {NOTEBOOK // 2**20} MB"
FULL = f"not read: the submissions together are larger than {TOTAL // 2**30} GB"
BROKEN = "not read: it is damaged"
NOT_UTF8 = "not read: its name is not in UTF-8"


class Refused(ValueError):
    """An entry that is not read; the sentence says why."""


class Entry(NamedTuple):
    """A file that was handed in.

    path        as it stands in the zip or folder, with `/`
    time        when the file was written, to be compared with other files of the same zip or folder
    problem     why it is not read, or blank
    inner       what the zip or the folder knows it by
    """

    path: str
    time: tuple
    problem: str
    inner: object

    @property
    def parts(self):
        """The folders of the path and the file's name; a backslash parts too, since Windows takes it for one."""
        return [part for part in re.split(r"[/\\]", self.path) if part]


class Handed(NamedTuple):
    """A file of a submission.

    id              of the student, as text
    filename        as the student named it
    entry           where it stands
    order           the later of two files has the larger
    submitted       ISO 8601, or blank where the platform does not say
    late_hours      as `collected.csv` has it: a number, blank, or "?"
    """

    id: str
    filename: str
    entry: Entry
    order: tuple = ()
    submitted: str = ""
    late_hours: str = ""


def nobodys(entry):
    """The sentence on an entry that is no student's."""
    return f"{entry.path} is nobody's: {entry.problem or 'its path names no student'}"


class Archive:
    """The files of a zip or of a folder, used as `with Archive(path) as archive`.

    Raises ValueError where it is neither, or has more entries than a class hands in; OSError where it cannot be read.
    """

    def __init__(self, path):
        self.path = Path(path)
        self._zip = None
        self._read = 0
        if self.path.is_dir():
            entries = _in_folder(self.path)
        else:
            try:
                self._zip = zipfile.ZipFile(self.path)
            except UnicodeDecodeError:
                raise ValueError(f"{self.path.name} has names that should be UTF-8 and are not: make it anew") from None
            except (zipfile.BadZipFile, NotImplementedError):
                raise ValueError(f"{self.path.name} is no zip, it must be a zip or a folder") from None
            entries = [_in_zip(info) for info in self._zip.infolist() if not info.is_dir()]
        if len(entries) > ENTRIES:
            self.__exit__()
            raise ValueError(f"{self.path.name} has {len(entries)} files, it may have at most {ENTRIES}")
        times = Counter(entry.path for entry in entries)
        self.entries = [
            entry._replace(problem=entry.problem or TWICE * (times[entry.path] > 1))
            for entry in entries
            if not SYSTEMS_OWN.search(entry.path)
        ]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self._zip is not None:
            self._zip.close()

    def read(self, entry):
        """Return the bytes of an entry; Refused, with a sentence, where it is not safe or too large to be read."""
        if entry.problem:
            raise Refused(entry.problem)
        most = min(NOTEBOOK, TOTAL - self._read)
        try:
            with self._open(entry) as file:
                content = file.read(most + 1)  # counted, whatever size the zip declares
        except (OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            raise Refused(BROKEN) from None
        self._read += len(content)
        if len(content) > most:
            raise Refused(LARGE if most == NOTEBOOK else FULL)
        return content

    def _open(self, entry):
        return self._zip.open(entry.inner) if self._zip is not None else entry.inner.open("rb")


def _in_zip(info):
    path = _name(info)
    return Entry(_shown(path), info.date_time, _name_problem(path) or _problem(info), info)


def _shown(path):
    return path.encode("utf8", "replace").decode()


def _name(info):
    """The path in UTF-8: Canvas writes that without the flag that says so, and Python takes it for cp437 then."""
    path = info.orig_filename
    if info.flag_bits & 0x800:
        return path
    return path.encode("cp437").decode("utf8", "surrogateescape")


def _name_problem(path):
    if any("\ud800" <= sign <= "\udfff" for sign in path):
        return NOT_UTF8
    if any(unicodedata.category(sign) == "Cc" for sign in path):
        return CONTROL
    out = re.match(r"/|[A-Za-z]:", path) or "\\" in path or ".." in path.split("/")
    return OUT if out else ""


def _problem(info):
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.create_system == 3 and kind not in (0, stat.S_IFREG):  # 3 is Unix, where the mode stands in the attributes
        return LINK
    if info.flag_bits & 1:
        return ENCRYPTED
    if info.file_size > NOTEBOOK:
        return LARGE
    return BOMB if info.file_size > max(SMALL, RATIO * info.compress_size) else ""


def _in_folder(folder):
    """The entries of a folder, in the order of their paths; links are named and not followed."""
    entries = []
    for root, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        for name in [*names, *links]:
            path = Path(root) / name
            status, shown = path.lstat(), path.relative_to(folder).as_posix()
            problem = _name_problem(shown) or LINK * (not stat.S_ISREG(status.st_mode))
            problem = problem or LARGE * (status.st_size > NOTEBOOK)
            entries.append(Entry(_shown(shown), (status.st_mtime,), problem, path))
    return sorted(entries, key=lambda entry: entry.path)
