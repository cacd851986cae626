"""Runs one submission in its box: cells in their order, then calls, each answered with arrays or with a sentence."""

import os
import select
import signal
import subprocess
import threading
import time
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import psutil

from rnn_course.assignments import box, frames

STUBS = ("matplotlib", "pylab", "seaborn", "plotly", "IPython", "ipywidgets", "anywidget", "tqdm", "checks", "pytest")
LOOK = 0.2  # seconds between two looks at what a box uses
TRIES = 5  # how often a process that died is started
LATE = 3  # how often it may run out of time
SAID = 2000  # characters of what a submission says that are kept


class Died(Exception):
    """A submission's process ended or was ended; its text is the sentence that says why."""


class Process:
    """A worker in its box. Everything that it says is checked, and it is gone when a `with` is left."""

    def __init__(self, engine, contents, limits, until):
        self.engine, self.limits, self.until, self.over = engine, limits, until, ""
        self.box = box.start(engine, contents, limits)
        self.process = subprocess.Popen(
            self.box.words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.box.environment,
            cwd=self.box.folder and self.box.folder.name,
            pass_fds=[self.box.filter.fileno()] if self.box.filter else (),
            start_new_session=True,
            bufsize=0,
        )
        os.set_blocking(self.process.stdin.fileno(), False)
        self.left = threading.Event()
        self.watch = threading.Thread(target=self._watch, daemon=True)
        self.watch.start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.engine == "bubblewrap":
            self._stop()
        *others, _ = self._family() or [None]
        for process in others:
            with suppress(psutil.Error):
                process.kill()
        if self.engine == "bubblewrap" and others:
            with suppress(subprocess.TimeoutExpired):
                self.process.send_signal(signal.SIGCONT)
                self.process.wait(1)  # it ends with what it started, and reaps it, which the system may take long to do
        self.process.kill()
        self.process.wait()
        until = time.monotonic() + 10  # the kernel takes its time with a namespace when the machine is loaded
        while not all(map(_has_ended, others)) and time.monotonic() < until:
            time.sleep(0.002)
        self.left.set()
        self.watch.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(OSError):
                stream.close()
        self.box.end()

    def _stop(self):
        """Stop bubblewrap and wait until it has: a child that it started unseen would wait for it for ever."""
        with suppress(OSError):
            self.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def ask(self, do, **more):
        """What the worker answers; Died where it ends, takes too long, or says what is no message."""
        try:
            frames.send(self._write, {"do": do} | more)
            answer = frames.receive(self._read, self.limits.answer)
            if not isinstance(answer, dict):
                raise frames.Broken("What came is no answer.")
            return answer
        except (EOFError, OSError):
            raise Died(self.over or self._ended()) from None
        except frames.Broken as reason:
            raise Died(f"Its process said what it should not: {reason}") from None

    def _ended(self):
        said = b""
        with suppress(OSError, ValueError):
            os.set_blocking(self.process.stderr.fileno(), False)
            said = self.process.stderr.read(2000) or b""
        last = said.decode("utf8", "replace").strip().splitlines()[-1:]
        return " ".join(["Its process ended.", *last])

    def _write(self, data):
        view = memoryview(data)
        while view:
            self._wait((), [self.process.stdin])
            view = view[self.process.stdin.write(view[:65536]) or 0 :]

    def _read(self, count):
        parts = bytearray()
        while len(parts) < count:
            self._wait([self.process.stdout], ())
            data = os.read(self.process.stdout.fileno(), min(count - len(parts), 1 << 20))
            if not data:
                raise EOFError
            parts += data
        return bytes(parts)

    def _wait(self, read, write):
        left = self.until - time.monotonic()
        if left <= 0 or not any(select.select(read, write, (), left)):
            self.over = f"It ran for longer than {self.limits.seconds:g} seconds and was ended."
            raise EOFError

    def _family(self):
        with suppress(psutil.Error):
            first = psutil.Process(self.process.pid)
            return [*first.children(recursive=True), first]
        return []

    def _watch(self):
        """Sum what all processes of the box use, and end them where it is too much: a limit counts one at a time."""
        while not self.left.wait(LOOK):
            family = self._family()
            memory = 0
            for process in family:
                with suppress(psutil.Error):
                    memory += process.memory_info().rss
            if len(family) > self.limits.processes:
                self.over = f"It had more than {self.limits.processes} processes at once and was ended."
            elif memory > self.limits.memory:  # what processes share is counted for each
                self.over = f"It used more than {self.limits.memory / 1e6:g} MB of memory and was ended."
            if self.over:
                for process in reversed(family):
                    with suppress(psutil.Error):
                        process.kill()
                return


def _has_ended(process):
    """Whether a process runs no more; whoever inherits it may take seconds to fetch what is left."""
    with suppress(psutil.Error):
        return process.status() == psutil.STATUS_ZOMBIE
    return True


class Call(NamedTuple):
    """A call of a function: its name, `{argument: value}` or None for a value, the results' names, and keyed."""

    name: str
    given: dict | None
    returns: tuple = ("",)
    keyed: bool = False


class Ran(NamedTuple):
    """What came of a submission: a line for each cell that did not run to its end, an answer for each call, texts."""

    errors: dict
    answers: list
    texts: dict


def run(cells, calls, engine, contents, limits, names=()):
    """Run a submission, and make the calls; return a `Ran`.

    Arguments
        cells      the sources of the code cells, in their order
        calls      a list of `Call`
        engine     the name of the box's engine
        contents   a `box.Contents`
        limits     a `box.Limits`
        names      of texts that the submission may define; they are returned, blank where it does not

    A process that dies is started again without the cell, or the function, in which it died, so that all others are
    still answered. It has all of its seconds again, `LATE` times at most.
    """
    errors, answers, died = {}, [None] * len(calls), {}
    texts, last, late = dict.fromkeys(names, ""), "", 0
    for _ in range(TRIES):
        until = time.monotonic() + limits.seconds
        with Process(engine, contents, limits, until) as process:
            try:
                process.ask("begin", limits=limits.of_process(), stubs=list(STUBS))
            except Died as reason:
                last = str(reason)
                break
            try:
                _run_cells(process, cells, errors, died)
                texts |= {name: str(process.ask("text", name=name).get("text", ""))[:SAID] for name in names}
                _make_calls(process, calls, answers)
                break
            except Died as reason:
                last = str(reason)
        late += time.monotonic() > until
        if late == LATE:
            break
    lost = {"unusable": f"It was not run. Its process had been ended before: {last}"}
    return Ran(errors | died, [lost if a is None else a for a in answers], texts)


def _run_cells(process, cells, errors, died):
    """Run the cells in which no process has died; a cell in which this one does is added to those."""
    for k, source in enumerate(cells):
        if k in died:
            continue
        try:
            answer = process.ask("cell", source=source)
        except Died as reason:
            died[k] = {"error": str(reason), "line": "", "ended": True}
            raise
        error, line = _text(answer.get("error")), _text(answer.get("line"))
        if error:
            errors[k] = {"error": error, "line": line}


def _make_calls(process, calls, answers):
    """Make the calls that have no answer; where the process dies in one, that is the answer of its function."""
    for k, call in enumerate(calls):
        if answers[k] is not None:
            continue
        try:
            answers[k] = _plain(process.ask("call", **call._asdict()), call.returns)
        except Died as reason:
            for same, other in enumerate(calls):
                if other.name == call.name and answers[same] is None:
                    answers[same] = {"died": str(reason)}
            raise


def by_function(answers, calls):
    """Answers in their order as a list for each function; calls: a list for each function of its calls."""
    left = iter(answers)
    return [[next(left) for _ in of_one] for of_one in calls]


def failure(name, answer):
    """Why a function has no results, a sentence; None where it has some, or is not there at all."""
    if "died" in answer:
        return f"While `{name}` ran: {answer['died']}"
    return answer.get("unusable")


def _plain(answer, names):
    """An answer in one of the forms that a worker gives, whatever a submission has made of its worker."""
    if answer.get("absent") is True:
        return {"absent": True}
    if reason := _text(answer.get("unusable")):
        return {"unusable": reason}
    results = answer.get("results")
    if not isinstance(results, dict) or set(results) != set(names) or not all(map(_is_array, results.values())):
        return {"unusable": "What came back is not what a call of your function gives."}
    return {"results": {name: results[name] for name in names}, "written": list(_texts(answer.get("written")))}


def _is_array(value):
    return isinstance(value, np.ndarray) and value.dtype.str in ("<f8", "<f4")


def _texts(value):
    return tuple(_text(part) for part in value if isinstance(part, str)) if isinstance(value, list) else ()


def _text(value):
    """A text, not too long, without what moves a terminal's cursor, turns a line round or cannot go into a file."""
    text = value[:SAID] if isinstance(value, str) else ""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
