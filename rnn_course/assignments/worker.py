"""Runs a submission's cells and calls its functions, in a box: it is told what to do, and answers with arrays.

Nothing in here is secret, and nothing is believed: the code that it runs can change all of it. What it sends is
numbers, and the marker, in a process of its own, knows what they should be.
"""

import builtins
import importlib.abc
import importlib.machinery
import linecache
import os
import sys
import types

from rnn_course.assignments import frames
from rnn_course.exercises.calling import call, line_of, said
from rnn_course.exercises.returned import Unusable

LINE = 400  # characters of a student's text that are sent back
MESSAGE = 64_000_000  # bytes of arguments that one message may bring


class Nothing:
    """Stands for a picture, a widget, a bar: whatever is done with it, nothing happens."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments, **named):
        return self

    def __getitem__(self, key):
        return self

    def __setitem__(self, key, value):
        """Nothing is kept."""

    def __iter__(self):
        return iter((self, self))  # `figure, axes = plt.subplots()`

    def __enter__(self):
        return self

    def __exit__(self, *error):
        """Nothing was opened."""


class Stubs(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a module of nothings for packages that draw or show, so that an answer in the same cell survives."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, fullname, path=None, target=None):
        """A spec for the packages that are stubs, and for what is in them."""
        if fullname.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        """The usual module."""

    def exec_module(self, module):
        """Every name in it is a Nothing, and a progress bar is what it goes over."""
        nothing = Nothing()
        module.__getattr__ = lambda name: getattr(nothing, name)
        if module.__name__.partition(".")[0] == "tqdm":
            module.tqdm = module.trange = lambda over, *_, **__: range(over) if isinstance(over, int) else over


class Shell:
    """What a cell sees of IPython: bodies of magics that time or catch are run, other magics and the system are not."""

    RUN = ("time", "timeit", "capture", "prun")

    def __init__(self, run):
        self.run = run

    def run_cell_magic(self, name, line, body):
        """Run the body of `%%time` and its like."""
        if name in self.RUN:
            self.run(body)

    def run_line_magic(self, name, line, *_, **__):
        """Run the statement of `%time` and its like."""
        if name in self.RUN:
            self.run(line)

    def system(self, command):
        """A shell line does nothing."""

    def getoutput(self, command, **_):
        """A shell line gives nothing."""
        return []

    def __getattr__(self, name):
        return Nothing()


class Submission:
    """A module of its own in which cells run one after the other."""

    def __init__(self):
        self.module = sys.modules["__main__"] = types.ModuleType("__main__")
        self.cells = 0
        shell = Shell(self._run)
        self.module.get_ipython = lambda: shell
        self.module.display = Nothing()

    def begin(self, limits, stubs):
        """Set the limits of this process, of which nobody can raise one again, and the packages that are stubs."""
        _limit(limits)
        sys.meta_path.append(Stubs(tuple(stubs)))
        return {}

    def cell(self, source):
        """Run a cell: `{"error", "line"}`, both blank where it ran to its end."""
        self.cells += 1
        self._name = f"<cell {self.cells}>"
        try:
            self._run(source)
        except BaseException as error:
            probe = types.FunctionType(compile("0", self._name, "eval"), {})  # a function of this cell's file
            return {"error": said(error)[:LINE], "line": line_of(probe, error)[:LINE]}
        return {"error": "", "line": ""}

    def call(self, name, given, returns, keyed):
        """Call a function of the submission, or read a value: `{"results", "written"}` or `{"unusable"}`."""
        if name not in vars(self.module):
            return {"absent": True}
        try:
            parts, written = call(vars(self.module)[name], given or {}, tuple(returns), keyed)
        except Unusable as reason:
            return {"unusable": str(reason)[: 4 * LINE]}
        return {"results": parts, "written": list(written)}

    def text(self, name):
        """The text that a name stands for; blank where it is no text or number."""
        value = vars(self.module).get(name, "")
        return {"text": str(value)[:LINE] if isinstance(value, str | int) else ""}

    def _run(self, source):
        linecache.cache[self._name] = (len(source), None, source.splitlines(True), self._name)
        exec(compile(source, self._name, "exec", dont_inherit=True), vars(self.module))


def _limit(limits):
    try:
        import resource
    except ImportError:  # Windows has none of them
        return
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}", None)
        try:
            if kind is not None:
                resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some: the marker sums the memory in any case
            continue


def main():
    """Answer what comes at standard input until it ends; what the submission prints goes nowhere."""
    get, put = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    builtins.input = lambda *_: ""
    submission = Submission()

    def read(count):
        data = get.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def write(data):
        view = memoryview(data)
        while view:
            view = view[put.write(view) :]

    while True:
        try:
            asked = frames.receive(read, MESSAGE)
        except EOFError:
            return
        do = asked.pop("do")
        frames.send(write, getattr(submission, do)(**asked))


if __name__ == "__main__":
    main()
