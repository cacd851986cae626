"""Writing a file whole: whoever reads it finds what was there before or what is there now, and nothing between."""

import glob
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

SCRATCH = "rnn-course-scratch-"  # how the names of scratch folders begin


def write(path, content):
    """Put `content`, text (UTF-8) or bytes, into a file; a kill at any moment leaves the old or the new, whole.

    It is written beside the file, brought to the disk, and renamed. The old file's permissions stay, a link still leads
    to its file. A kill may leave `.NAME.….tmp` in the folder, an exception does not; the next write of the file removes
    it (but not on Windows). What is no file, such as `/dev/null`, is written into. Raises FileNotFoundError where the
    folder does not exist, another OSError where the file may not be written.
    """
    path = Path(path)
    content = content.encode("utf8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(f"path is {str(path)!r}, but the directory {str(target.parent)!r} does not exist")
    mode = _mode(target)
    _remove_orphans(target)
    with _temporary(target) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if mode is not None:
            os.chmod(file.name, mode)
        if os.name == "nt":
            file.close()  # what is open cannot be renamed there
        os.replace(file.name, target)
    _settle(target.parent)


@contextmanager
def _temporary(target):
    """A new file beside the target, open and locked; an exception removes it."""
    file = _locked_file(target)
    try:
        with file:
            yield file
    except BaseException:
        Path(file.name).unlink(missing_ok=True)
        raise


def _locked_file(target):
    while True:
        file = target.with_name(f"{_start(target)}{secrets.token_hex(4)}.tmp").open("xb")
        if fcntl is not None:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # another writer has taken it for an orphan before it was locked


def _start(target):
    return f".{target.name[:50]}."


def _remove_orphans(target):
    """Remove what killed writers of the target left: one that lives holds a lock on its file."""
    if fcntl is None:
        return  # Windows renames no file that is open, so that a living writer may hold no lock
    for path in target.parent.glob(f"{glob.escape(_start(target))}{'[0-9a-f]' * 8}.tmp"):
        with suppress(OSError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _mode(target):
    """The permissions of the old file, or None; OSError where it may not be written, though a rename could."""
    try:
        with target.open("r+b") as old:
            return stat.S_IMODE(os.fstat(old.fileno()).st_mode)
    except FileNotFoundError:
        return None


def _settle(folder):
    """Bring the rename to the disk, where the system knows how to: Windows and some network disks do not."""
    with suppress(OSError):
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


@contextmanager
def locked(path):
    """For the time of a `with`, keep every other process that asks for the same path waiting.

    The lock is a file beside it, `.NAME.lock`, which stays and is empty; the system lets go of it when a process ends,
    however it ends. Where the disk has no locks, as some network disks, nobody waits. Raises OSError where the folder
    may not be written.
    """
    path = Path(path)
    with path.with_name(f".{path.name.lstrip('.')}.lock").open("ab") as file:
        with suppress(OSError):
            _wait_for(file)
        yield


@contextmanager
def scratch():
    """For the time of a `with`, an empty folder among the system's temporary ones; its path.

    A kill leaves it behind, and whoever asks for one next removes it (but not on Windows): who lives holds a lock on
    his. Raises OSError where the system has no room for it.
    """
    _remove_scratches()
    with ExitStack() as stack:
        yield _locked_folder(stack)


def _locked_folder(stack):
    while True:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=SCRATCH)))
        with suppress(OSError):
            stack.enter_context(_lock(folder, wait=True))
        if folder.exists():
            return folder  # otherwise another has taken it for a dead one's before it was locked


@contextmanager
def _lock(folder, wait):
    """Hold a lock on a folder of this user's; OSError where it cannot be had, or where the system has none."""
    if fcntl is None:
        raise OSError("Windows locks no folders")
    entry = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if os.fstat(entry).st_uid != os.getuid():
            raise PermissionError(f"{folder} is another user's")
        fcntl.flock(entry, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(entry)


def _remove_scratches():
    """Remove this user's scratch folders whose owners are dead."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}{'[a-z0-9_]' * 8}"):
        with suppress(OSError), _lock(folder, wait=False):
            shutil.rmtree(folder, ignore_errors=True)


def _wait_for(file):
    if fcntl is None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX)
