"""Which engine runs submissions: each passes a test of its walls first, on this machine, or it is not taken."""

import platform
import shutil
import socket
import time
from pathlib import Path

import psutil

from rnn_course import files
from rnn_course.assignments import box, running, system_calls
from rnn_course.assignments.running import Call

WALLED = ("bubblewrap", "podman", "docker")
SMALL = box.Limits(seconds=60, memory=400_000_000, processes=24, disk=16_000_000)
ADVICE = (
    "Submissions are other people's code, and no engine here keeps them apart: install bubblewrap (on Ubuntu 24.04 it "
    "needs an AppArmor profile too; the page on marking has it), podman or docker. `--isolation limits` runs them "
    "without walls, as you yourself, and is for submissions that you trust."
)


class Unsafe(OSError):
    """No engine holds on this machine; its text says what was tried and what to do."""


def choose(isolation, packages, report=lambda sentence: None):
    """Return the engine for `--isolation`: `auto` takes the first whose walls hold here, a name that one or none.

    Arguments
        isolation   "auto", or one of `box.ENGINES`
        packages    `{name: path}` of `box.packages`, at least NumPy's
        report      called with a sentence on each engine that was tried

    Raises Unsafe where no engine holds. "limits" has no walls to test and is never found by "auto".
    """
    if isolation == "limits":
        report("Submissions run without walls, with limits of time and memory alone.")
        return isolation
    reasons = []
    for engine in WALLED if isolation == "auto" else [isolation]:
        broken = why_not(engine, packages)
        report(f"{engine}: {'; '.join(broken) or 'its walls hold on this machine'}.")
        if not broken:
            return engine
        reasons.append(f"{engine}: {'; '.join(broken)}.")
    raise Unsafe("\n".join([*reasons, ADVICE]))


def why_not(engine, packages):
    """Why an engine cannot be used on this machine, a list of phrases; none where it can."""
    return missing(engine) or broken_walls(engine, packages)


def missing(engine):
    """Why an engine cannot be tried at all, a list of at most one sentence."""
    if not shutil.which(box.PROGRAMS[engine]):
        return [f"{box.PROGRAMS[engine]} is not installed"]
    if engine == "bubblewrap" and platform.machine() not in system_calls.MACHINES:
        return [f"its filter is for {' and '.join(system_calls.MACHINES)}, this machine is {platform.machine()}"]
    return []


def broken_walls(engine, packages):
    """The walls of an engine that do not hold on this machine, a phrase each; none where all do."""
    with files.scratch() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        files.write(folder / "other.ipynb", "{}")
        contents = box.filled(folder, packages, folder, {})
        quiet, loud = _calls(server.getsockname()[1], str(folder))
        ran = _run(engine, contents, list(quiet.values()))
        broken = [wall for wall, answer in zip(quiet, ran.answers, strict=True) if not _held(answer)]
        if ran.errors or len(broken) == len(quiet):
            return [f"nothing runs in it ({_why(ran)})"]
        for wall, call in loud.items():
            answer = _run(engine, contents, [call]).answers[0]
            if not ("died" in answer or "unusable" in answer):
                broken.append(wall)
        return broken + _left_behind(str(folder))


def _calls(port, folder):
    """`{wall: call}` of what must return 0, and of what must not return at all."""
    quiet = {
        "it runs as root": Call("root", {}),
        "the network can be reached": Call("network", {"port": port}),
        "the course's library can be imported": Call("course", {}),
        "the home folder can be read": Call("reads", {"path": str(Path.home())}),
        "the course's folder can be read": Call("reads", {"path": str(Path(__file__).resolve().parent.parent)}),
        "other submissions can be read": Call("reads", {"path": str(Path(folder) / "other.ipynb")}),
        "other processes can be seen": Call("others", {}),
        "it can write elsewhere": Call("writes", {"folder": folder}),
        "its folder takes more than it may": Call("fills", {"most": SMALL.disk}),
        "a child cannot be left": Call("leaves", {}),
    }
    loud = {
        "its processes together hold more memory than they may": Call("hoards", {"most": SMALL.memory}),
        "memory that no process shows is not counted": Call("hides", {"most": SMALL.memory}),
        "it has more processes than it may": Call("breeds", {"most": SMALL.processes}),
    }
    return quiet, loud


def _run(engine, contents, calls):
    source = (Path(__file__).resolve().parent / "probes.py").read_text("utf8")
    return running.run([source], calls, engine, contents, SMALL)


def _held(answer):
    return "results" in answer and not answer["results"][""].any()


def _why(ran):
    told = [error["error"] for error in ran.errors.values()]
    told += [answer.get("died") or answer.get("unusable", "") for answer in ran.answers]
    return next(filter(None, told), "no reason was given")


def _left_behind(folder):
    """Whether a process that was started with this folder still runs."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
        if not any(folder in line for line in lines):
            return []
        time.sleep(0.1)
    return ["a process goes on after the submission has ended"]
