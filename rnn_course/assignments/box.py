"""The box that a submission runs in: Python, NumPy and what the specification names, and nothing else.

The walls are those of an engine that others keep: bubblewrap, podman or docker. `limits` has no walls and is for
submissions that are trusted; it is never chosen unless it is asked for by name.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib import metadata
from pathlib import Path
from typing import BinaryIO, NamedTuple

from packaging.requirements import Requirement

from rnn_course import files, validate
from rnn_course.assignments import system_calls
from rnn_course.assignments.apart import standing_alone

CODE = ("assignments/worker.py", "assignments/frames.py", "exercises/calling.py", "exercises/returned.py")
ENGINES = ("bubblewrap", "podman", "docker", "limits")
PROGRAMS = {"bubblewrap": "bwrap", "podman": "podman", "docker": "docker"}
IMAGE = "rnn-course-box"
LIBRARIES = ("/lib", "/lib32", "/lib64", "/libx32", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
CLIENT = ("PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS")
CLIENT += ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST")  # what the engines' commands go by
LOADER = ("/etc/ld.so.cache", "/etc/alternatives")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
SILENT = {"PATH": "/nowhere", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
NOBODY = 65534
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
INSTALLED = ("site-packages", "dist-packages")


class Limits(NamedTuple):
    """What one submission may use.

    seconds      of the clock, for all of its cells and calls together
    memory       bytes, all its processes together
    processes    how many at once, threads included where the system counts them
    disk         bytes of the only folder that can be written
    answer       bytes of arrays that one call may return
    """

    seconds: float = 60
    memory: int = 1_000_000_000
    processes: int = 32
    disk: int = 64_000_000
    answer: int = 64_000_000

    def of_process(self):
        """The limits that the system holds every single process to, by the names of `resource.RLIMIT_…`."""
        seconds = int(self.seconds) + 1
        return {"AS": 2 * self.memory, "CPU": seconds, "CORE": 0, "FSIZE": self.disk, "NOFILE": 64, "NPROC": 256}


class Contents(NamedTuple):
    """What a box holds besides Python: the folder of `pack`, `{name: path}` of packages, `{name: path}` of data."""

    code: Path
    packages: dict
    data: dict


def pack(folder):
    """Write the code that runs a submission into a folder, with imports that need no `rnn_course`; return the path."""
    Path(folder).chmod(0o755)  # the user in a container is nobody that this machine knows
    for name in CODE:
        path = Path(folder) / Path(name).name
        files.write(path, standing_alone(name, package=False))
        path.chmod(0o644)
    return Path(folder)


def filled(folder, packages, source, data):
    """Return the `Contents` of a box: code packed into a folder of `folder`, packages, and data files of `source`."""
    code = Path(folder) / "code"
    code.mkdir(exist_ok=True)
    return Contents(pack(code), packages, {name: (Path(source) / name).resolve() for name in data})


def packages(names):
    """Return `{name: path}` of all that these distributions install, and those that they require, for import.

    Raises ValueError for a distribution that is not installed, or not as files of its own.
    """
    found, seen, todo = {}, set(), list(names)
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            raise ValueError(f"packages names {name!r}, which is not installed") from None
        for file in distribution.files or ():
            top = file.parts[0]
            if top not in ("..", "__pycache__") and not top.endswith(".pth"):
                found[top] = Path(distribution.locate_file(top)).resolve()
        needs = map(Requirement, distribution.requires or ())
        todo += [need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})]
    return found


def versions(names):
    """Return `{distribution: version}` of what a specification names, and Python's own."""
    return {"python": sys.version.split()[0]} | {name: metadata.version(name) for name in names}


class Box(NamedTuple):
    """How a worker is started, and ended for certain.

    words         of its command
    environment   of the command
    folder        that it starts in
    filter        a file that the command reads as it starts
    last_words    of the command that ends it
    """

    words: list
    environment: dict
    folder: tempfile.TemporaryDirectory | None = None
    filter: BinaryIO | None = None
    last_words: tuple = ()

    def end(self):
        """Leave nothing: a container goes on when the command that started it is killed."""
        if self.filter:
            self.filter.close()
        if self.last_words:
            subprocess.run(self.last_words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if self.folder:
            self.folder.cleanup()


def start(engine, contents, limits):
    """Return the `Box` of an engine, one of `ENGINES`, with these `Contents` and `Limits`."""
    if validate.one_of("engine", engine, ENGINES) == "limits":
        return _bare(contents)
    return _bubblewrap(contents, limits) if engine == "bubblewrap" else _container(engine, contents, limits)


def _python(executable, code, packages):
    """Isolated, without `site`: no .pth file is read and nothing that lies around is imported."""
    start = f"import sys; sys.path[:0] = [{code!r}]; sys.path += {packages!r}; import worker; worker.main()"
    return [executable, "-I", "-S", "-B", "-c", start]


def _bare(contents):
    """No walls: a process with the limits of the system and an environment of its own."""
    python = _python(sys.executable, str(contents.code), sorted({str(p.parent) for p in contents.packages.values()}))
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    # beside the code, so that whoever removes the one removes the other
    folder = tempfile.TemporaryDirectory(prefix="box", dir=contents.code.parent)
    for name, path in contents.data.items():
        shutil.copy(path, Path(folder.name) / name)
    return Box(python, SILENT | THREADS | kept, folder)


def _bubblewrap(contents, limits):
    words = [shutil.which(PROGRAMS["bubblewrap"]) or PROGRAMS["bubblewrap"], "--unshare-all", "--unshare-user"]
    words += ["--uid", NOBODY, "--gid", NOBODY, "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv"]
    for name, value in (SILENT | THREADS).items():
        words += ["--setenv", name, value]
    words += ["--proc", "/proc", "--dir", "/dev"]
    for path in DEVICES:
        words += ["--dev-bind", path, path]
    for path in map(Path, LIBRARIES):
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), path]
        elif path.exists():
            words += ["--ro-bind", path, path]
    for path in LOADER:
        words += ["--ro-bind-try", path, path]
    words += _standard_library()
    words += ["--ro-bind", contents.code, "/box"]
    for name, path in contents.packages.items():
        words += ["--ro-bind", path, f"/packages/{name}"]
    words += ["--size", limits.disk, "--tmpfs", "/tmp"]
    for name, path in contents.data.items():
        words += ["--ro-bind", path, f"/tmp/{name}"]
    words += ["--remount-ro", "/", "--chdir", "/tmp"]
    refused = tempfile.TemporaryFile()
    refused.write(system_calls.program())
    refused.seek(0)
    words += ["--seccomp", refused.fileno(), "--"]
    return Box([*map(str, words), *_python(f"/python/bin/{PYTHON}", "/box", ["/packages"])], {}, filter=refused)


def _standard_library():
    """Python itself, in a place that tells nothing of the home it may come from, and no package installed beside it."""
    stdlib = Path(sysconfig.get_path("stdlib", vars=_base())).resolve()
    shared = Path(sysconfig.get_config_var("LIBDIR") or "/nowhere") / (sysconfig.get_config_var("LDLIBRARY") or "none")
    words = ["--ro-bind", Path(sys._base_executable).resolve(), f"/python/bin/{PYTHON}"]
    words += ["--ro-bind", stdlib, f"/python/lib/{PYTHON}"]
    if shared.suffix != ".a" and shared.is_file():
        words += ["--ro-bind", shared, f"/python/lib/{shared.name}", "--setenv", "LD_LIBRARY_PATH", "/python/lib"]
    hidden = [stdlib / kind for kind in INSTALLED if (stdlib / kind).is_dir()]
    places = [f"/python/lib/{PYTHON}/{folder.name}" for folder in hidden]
    places += [folder for kind in INSTALLED for folder in Path("/usr/lib").glob(f"python3*/{kind}")]
    for place in places:
        words += ["--tmpfs", place, "--remount-ro", place]
    return words


def _base():
    return {"base": sys.base_prefix, "platbase": sys.base_exec_prefix, "installed_base": sys.base_prefix}


def _container(engine, contents, limits):
    """A container of an image that is here already: what it says is not logged, and it writes into /tmp alone."""
    name = f"{IMAGE}-{secrets.token_hex(8)}"
    words = [engine, "run", "--rm", "--init", "--pull=never", "--log-driver", "none", "--name", name, "--interactive"]
    words += ["--network", "none", "--ipc", "none", "--read-only", "--cap-drop", "ALL"]
    if engine == "podman":
        words += ["--read-only-tmpfs=false"]  # without it /run and /var/tmp can be written
    words += ["--security-opt", "no-new-privileges", "--user", f"{NOBODY}:{NOBODY}", "--workdir", "/tmp"]
    words += ["--memory", limits.memory, "--memory-swap", limits.memory, "--pids-limit", limits.processes]
    words += ["--tmpfs", f"/tmp:rw,noexec,nosuid,nodev,size={limits.disk},mode=1777"]
    words += ["--volume", f"{contents.code}:/box:ro,z"]  # z: where SELinux is, a container may read it
    for file, path in contents.data.items():
        words += ["--volume", f"{path}:/tmp/{file}:ro,z"]
    for variable, value in (SILENT | THREADS).items():
        words += ["--env", f"{variable}={value}"]
    kept = {name: os.environ[name] for name in CLIENT if name in os.environ}
    python = _python("/usr/local/bin/python", "/box", ["/packages"])
    return Box([*map(str, words), IMAGE, *python], kept, last_words=(engine, "kill", name))
