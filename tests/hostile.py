"""Submissions that try to get points, to see what is not theirs or to do harm, and the points that each has earned.

They are submissions to the assignment of `assignments/examples/means`, whose tasks are worth 4 and 6 points.
"""

import dataclasses
import json
from pathlib import Path
from typing import NamedTuple

from boxes import QUICK, contents

from rnn_course.assignments import marking, specification

EXAMPLES = Path(__file__).parent / "assignments" / "examples"
MEANS = "def means(x):\n    return x.mean(axis=0)"
REST = "def without_mean(x, W):\n    rest = x - x.mean(axis=0)\n    return rest, rest @ W"
ALL = (4, 6)
SECONDS = 1.5  # for those that would go on for ever


class Hostile(NamedTuple):
    """One submission.

    cells     sources of code cells, whole cells, or the bytes of the file
    earned    the points of the two tasks that its answers are worth
    says      what stands in its report; where it is blank and all points are earned, no cell has failed
    walls     whether it is run in a box with walls alone: it would harm this machine, or see what is on it
    seconds   that it may run
    """

    cells: list | bytes
    earned: tuple = (0, 0)
    says: str = ""
    walls: bool = False
    seconds: float = 20

    def content(self):
        """The bytes of the file."""
        if isinstance(self.cells, bytes):
            return self.cells
        return json.dumps({"cells": [c if isinstance(c, dict) else cell(c) for c in self.cells]}).encode()


def marked(submission, engine, folder):
    """The report on a submission, which is written into an empty folder together with the code that runs it."""
    path = folder / "means.ipynb"
    path.write_bytes(submission.content())
    limits = QUICK._replace(seconds=submission.seconds)
    assignment = dataclasses.replace(specification.load("means", EXAMPLES), limits=limits)
    return marking.mark(assignment, "007", path, b"sixteen or more bytes", engine, contents(folder / "code"))


def told(report):
    """The lines of a report: on cells that failed, on each task, and on the file."""
    errors = [f"in cell {error['cell']}: {error['error']}" for error in report.errors]
    return [*errors, *(part.message for part in report.parts), *report.notes]


def cell(source, kind="code", **metadata):
    return {"cell_type": kind, "source": source, "metadata": metadata}


def honest(*cells, says="", walls=True):
    """Does what it does in cells of its own, and has both answers."""
    return Hostile([*cells, MEANS, REST], ALL, says, walls)


def cheat(*cells):
    """Has no right answer, and harms nobody where there are no walls."""
    wrong = "import numpy as np\ndef means(x):\n    return np.array(1.0)"
    return Hostile([*cells, wrong, "def without_mean(x, W):\n    return x, W"])


def answer(body, says="", points=0):
    """Has one function that is hostile and another that is right."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return Hostile([f"import numpy as np\ndef means(x):\n{lines}", REST], (points, 6), says)


def endless(*cells, means=MEANS):
    """Takes all the time there is, in a cell or in one function: all else is run again without."""
    points = (4 if means is MEANS else 0, 6)
    return Hostile([*cells, means, REST], points, "It ran for longer than", seconds=SECONDS)


SYSTEM = "import ctypes, os\nC = ctypes.CDLL(None, use_errno=True)\n"  # the C library
SAY = """
import json, os
def say(data):
    for number in range(3, 40):
        try:
            os.write(number, data)
        except OSError:
            pass
def message(tree, *arrays):
    head = json.dumps({"tree": tree, "arrays": arrays}).encode()
    say(len(head).to_bytes(8, "little") + head)
"""


def talker(does):
    """Writes into the pipe to the marker while one function runs."""
    return Hostile(
        [SAY, f"def means(x):\n    {does}\n    return x", REST], (0, 6), "Its process said what it should not"
    )


ENDLESS = {
    "loops for ever in a cell": endless("while True: pass"),
    "loops for ever in a function": endless(means="def means(x):\n    while True: pass"),
    "loops for ever as it is imported": endless(
        "import sys\nopen('endless.py', 'w').write('while True: pass')\nsys.path.insert(0, '.')\nimport endless"
    ),
    "ignores every signal and loops for ever": endless(
        "import signal\nfor k in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(k, signal.SIG_IGN)\nwhile True: pass"
    ),
    "catches every exception and loops for ever": endless(
        "while True:\n    try:\n        raise KeyboardInterrupt\n    except BaseException: pass"
    ),
    "a regular expression that takes for ever": endless("import re\nre.match('(a+)+$', 'a' * 60 + 'b')"),
    "a power that takes for ever": endless("n = 10 ** 10 ** 8"),
    "returns lists in lists that are 2**50 numbers": endless(
        means="def means(x):\n    x = [1.0]\n    for _ in range(50): x = [x, x]\n    return x"
    ),
}
MEMORY_AND_PROCESSES = {
    "takes all memory": honest(
        "import numpy as np\nheld = []\nwhile True: held.append(np.ones(5_000_000))", says="emory", walls=False
    ),
    "takes all memory in several processes": honest(
        "import numpy as np, os, time\nfor _ in range(3):\n    if os.fork() == 0:\n"
        "        held = np.ones(30_000_000); time.sleep(20); os._exit(0)\ntime.sleep(20)",
        says="MB of memory and was ended",
        walls=False,
    ),
    "takes all memory in pages that processes share": honest(
        "import mmap, os, time\nheld = mmap.mmap(-1, 100_000_000)\nheld.write(bytes(100_000_000))\n"
        "for _ in range(5):\n    if os.fork() == 0:\n        sum(held[::4096]); time.sleep(20); os._exit(0)\n"
        "time.sleep(20)",
        says="MB of memory and was ended",
        walls=False,
    ),
    "hides memory in files that no process shows": honest(
        "import os\nheld = [os.memfd_create('held') for _ in range(50)]", says="Function not implemented"
    ),
    "hides memory in segments that outlive a process": honest(
        SYSTEM + "if C.shmget(0, 1_000_000, 0o1600) < 0: raise MemoryError('no segment')", says="no segment"
    ),
    "hides memory in folders of a namespace of its own": honest(
        SYSTEM + "if C.unshare(0x10020000) < 0: raise MemoryError('no namespace')", says="no namespace"
    ),
    "hides memory in sockets that nobody reads": honest(
        "import socket\nheld = [socket.socketpair() for _ in range(20)]", says="Function not implemented"
    ),
    "fills the disk": honest(
        "for k in range(100):\n    with open(f'fill{k}', 'wb') as file: file.write(bytes(1_000_000))",
        says="No space left",
    ),
    "writes a file that is too large": honest(
        "with open('large', 'wb') as file:\n    for _ in range(20): file.write(bytes(1_000_000))",
        says="OSError",
        walls=False,
    ),
    "opens files without end": honest("held = [open('/dev/null') for _ in range(1000)]", says="Too many", walls=False),
    "raises its own limits": honest(
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))", says="not allowed to raise maximum limit"
    ),
    "forks and forks again": honest(
        "import os, time\nfor _ in range(7): os.fork()\ntime.sleep(20)", says="and was ended."
    ),
    "starts threads by the hundred": honest(
        "import threading, time\nfor _ in range(200):\n"
        "    try: threading.Thread(target=time.sleep, args=(20,), daemon=True).start()\n    except RuntimeError: break"
    ),
    "recurses without end": honest(
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()", says="in cell 1:"
    ),
    "prints 500 MB that are no text": honest(
        "import os\nfor _ in range(500): os.write(1, b'\\xff' * 1_000_000)", walls=False
    ),
    "prints a line of 60 MB": honest("print('Right.' * 10_000_000)", walls=False),
    "leaves the process": honest("import os\nos._exit(0)", says="Its process ended.", walls=False),
    "leaves with success": honest("import sys\nsys.exit(0)", says="SystemExit: 0", walls=False),
    "raises what ends a test": honest("raise KeyboardInterrupt", says="KeyboardInterrupt", walls=False),
    "reads where no memory is": honest("import ctypes\nctypes.string_at(0)", says="Its process ended.", walls=False),
    "kills itself": honest("import os\nos.kill(os.getpid(), 9)", says="Its process ended.", walls=False),
    "kills its parent": honest("import os\nos.kill(os.getppid(), 9)"),
    "kills all that it can": honest(
        "import contextlib, os\nwith contextlib.suppress(ProcessLookupError): os.kill(-1, 9)"
    ),
    "leaves a child behind": honest(
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(100)\n    os._exit(0)"
    ),
    "leaves a child that holds its pipes and talks": honest(
        "import os, time\nif os.fork() == 0:\n    for k in range(9): os.dup2(1, 40 + k)\n    time.sleep(100)"
    ),
    "writes a file as it ends": honest(
        "import atexit, signal\nend = lambda *_: open('/tmp/planted', 'w').write('x')\natexit.register(end)\n"
        "signal.signal(signal.SIGTERM, end)"
    ),
}
PLACES = "('/', '/tmp', '/box', '/packages', '/python', '/dev', '/dev/shm', '/var/tmp', '/usr/lib', '/proc/self')"
FILES_AND_KERNEL = {
    "looks for the marker and for others in all folders": honest(
        "import os\nfor folder, _, files in os.walk('/'):\n    if not folder.startswith(('/proc', '/sys')):\n"
        "        assert not [f for f in files if f.endswith('.ipynb') or f in ('checks.npz', 'spec.py', 'marking.py')]"
    ),
    "looks at the folders of the user": honest(
        "import os\nfor path in ('/root', '/home', '/etc/passwd', '/etc/shadow', '/var', '/mnt'):\n"
        "    assert not os.path.exists(path), path"
    ),
    "reads what others run": honest(
        "import os\nassert len([name for name in os.listdir('/proc') if name.isdigit()]) < 5"
    ),
    "reads the environment of the marker": honest(
        "for k in (1, 2):\n    text = open(f'/proc/{k}/environ').read()\n"
        "    assert not {part.split('=')[0] for part in text.split('\\0')} & {'USER', 'PYTHONPATH', 'SHELL'}, text"
    ),
    "traces its parent": honest(SYSTEM + "assert C.ptrace(16, os.getppid(), 0, 0) == -1"),
    "imports the course's library": honest(
        "import sys\nsys.path[:0] = ['/', '/box', '/packages', '/tmp', '..']\nfrom rnn_course import cells",
        says="ModuleNotFoundError: No module named 'rnn_course'",
    ),
    "plants files and links": honest(
        f"import os\nfor place in {PLACES}:\n    plant = place + '/planted'\n"
        "    for make in (open, lambda p, _: os.symlink('/etc', p), lambda p, _: os.link('/box/worker.py', p)):\n"
        "        try: make(plant, 'w')\n        except OSError: pass"
    ),
    "plants a key in the kernel": honest(
        SYSTEM + "number = 248 if os.uname().machine == 'x86_64' else 217\n"
        "assert C.syscall(number, b'user', b'planted', b'x', 1, -3) == -1"
    ),
    "writes into the code that runs it": honest("open('/box/worker.py', 'a').write('x')", says="Read-only file system"),
    "writes into NumPy": honest("import numpy\nopen(numpy.__file__, 'a').write('x')", says="Read-only file system"),
    "removes its folder": honest("import shutil\nshutil.rmtree('.', ignore_errors=True)", walls=False),
    "removes all that it finds": honest(
        "import shutil\nfor place in ('/box', '/packages', '/python', '/tmp'): shutil.rmtree(place, ignore_errors=True)"
    ),
    "speaks to another machine": honest(
        "import socket\nsocket.create_connection(('192.0.2.1', 80), 2)", says="Function not implemented"
    ),
    "runs shell lines and other notebooks": honest(
        "!touch /tmp/planted",
        "%%bash\ntouch /tmp/planted",
        "%run other.ipynb",
        "x = !touch /tmp/planted",
        "get_ipython().system('touch /tmp/planted')",
        walls=False,
    ),
    "runs a program": honest("import subprocess\nsubprocess.run(['touch', '/tmp/planted'])", says="FileNotFoundError"),
}
CHEATS = {
    "patches NumPy's tests": cheat("import numpy as np\nnp.testing.assert_allclose = lambda *a, **k: None"),
    "patches NumPy's comparisons": cheat(
        "import numpy as np\nnp.array_equal = np.allclose = np.equal = np.isclose = lambda *a, **k: True"
    ),
    "patches the builtins": cheat("import builtins\nbuiltins.all = builtins.any = lambda *a: True"),
    "prints the words of a pass": cheat("print('Right. Equal to the reference in 3 random cases.')"),
    "reads the frames for the reference": cheat("import sys\nf = sys._getframe()\nwhile f: f = f.f_back"),
    "imports the reference": cheat("from rnn_course.assignments import specification"),
    "changes what calls it": cheat(
        "import worker, calling\ncalling.call = worker.call = lambda *a, **k: ({'': 1.0}, ())"
    ),
    "changes what is sent": cheat("import frames\nframes.packed = lambda v, a: {'dict': [['results', {'dict': []}]]}"),
    "looks for the check's arrays": cheat("import glob, numpy as np\nfor f in glob.glob('**/checks.npz'): np.load(f)"),
} | {
    name: cheat(f"import numpy as np, worker\nworker.Submission.{of} = lambda *a, **k: {value}")
    for name, of, value in [
        ("claims to be unusable and right", "call", "{'passed': True}"),
        ("gives results of other names", "call", "{'results': {'x': 1}}"),
        ("gives results that are text", "call", "{'results': {'': 'R'}}"),
        ("gives results in results", "call", "{'results': {'': {'': np.ones(3)}}}"),
        ("gives no results", "call", "{'results': None}"),
        ("writes no list", "call", "{'results': {}, 'written': 3}"),
        ("answers nothing at all", "call", "{}"),
        ("answers with a list", "call", "[1, 2]"),
        ("writes a number for the written", "call", "{'results': {'': np.ones(3)}, 'written': 3}"),
        ("claims to have died of pride", "call", "{'died': 3, 'results': 1}"),
        ("claims points", "call", "{'points': 10, 'state': 'right', 'results': {'': np.ones(3)}}"),
        ("is unusable by an array", "call", "{'unusable': np.ones(3)}"),
        ("has errors that are no text", "cell", "{'error': 3}"),
        ("has errors that are arrays", "cell", "{'error': np.ones(3), 'line': np.ones(3)}"),
        ("names no functions", "names", "{'functions': 3}"),
    ]
}
TALKERS = {
    "announces a message without end": talker("say(b'\\xff' * 4000)"),
    "sends what is no JSON": talker("say((5).to_bytes(8, 'little') + b'{1234')"),
    "sends a pickle": talker("import pickle; p = pickle.dumps(print); say(len(p).to_bytes(8, 'little') + p)"),
    "sends a tree of 100,000 levels": talker("say((200_000).to_bytes(8, 'little') + b'[' * 100_000 + b']' * 100_000)"),
    "sends a header of 10**12 numbers": talker("message({'array': 0}, ['<f8', [10**6, 10**6]])"),
    "sends a negative size": talker("message({'array': 0}, ['<f8', [-3]])"),
    "sends no numbers in 10**24 columns": talker("message({'array': 0}, ['<f8', [0, 2**39, 2**39]])"),
    "sends objects": talker("message({'array': 0}, ['|O', [1]])"),
    "sends a list in the place of an answer": talker("message([1, 2])"),
    "answers twice": Hostile(
        [SAY, "def means(x):\n    message({'dict': [['results', {'dict': [['', 1.0]]}]]})\n    return x.mean(0)", REST],
    ),
    "answers before it is asked": Hostile(
        [SAY + "message({'dict': [['results', {'dict': [['', 1.0]]}]]})", MEANS, REST]
    ),
    "sends no answer at all": endless(
        "import frames, time", means="def means(x):\n    frames.send = lambda *a: time.sleep(60)\n    return x"
    ),
}
CLASS = "class A(np.ndarray):\n    shape = property(lambda s: (3,))\n    def __eq__(s, o): return True\n"
ANSWERS = {
    "returns an array that lies about itself": answer(
        CLASS + "    def __array__(s, *a, **k): return np.zeros(x.shape[1])\nreturn np.zeros(x.shape[1]).view(A)"
    ),
    "returns 10**9 zeros that take no memory": answer("return np.broadcast_to(0.0, 10**9)", "Its process ended."),
    "returns a part of a file of 10**12 numbers": answer(
        "head = np.lib.format.header_data_from_array_1_0(x) | {'shape': (10**12,)}\n"
        "with open('a.npy', 'wb') as file: np.lib.format.write_array_header_1_0(file, head)\n"
        "return np.load('a.npy', mmap_mode='r')[:3]",
        "Your function raised ValueError",
    ),
    "returns more than may be returned": answer("return np.zeros(200_000)", "1600000 bytes were announced"),
    "returns objects": answer("return np.array([object()] * x.shape[1])", "of dtype object"),
    "returns a masked array": answer("return np.ma.masked_greater(x.mean(0), 0)", "a masked array"),
    "returns complex numbers": answer("return x.mean(0) + 0j", "is complex"),
    "returns text": answer("return '4'", "real numbers are wanted"),
    "returns a file in the place of an array": answer(
        "m = np.memmap('m', float, 'w+', shape=x.shape[1])\nm[:] = x.mean(0)\nreturn m", points=4
    ),
    "returns a generator that never ends": answer("import itertools\nreturn itertools.count()", "real numbers"),
    "returns lists of 50 levels": answer("v = 1.0\nfor _ in range(50): v = [v]\nreturn v"),
    "returns a list that holds itself": answer("v = []\nv.append(v)\nreturn v", "Its process ended."),
    "returns nothing": answer("x.mean(0)", "Your function returned None"),
    "returns no number": answer("return np.full(x.shape[1], np.nan)"),
    "returns infinite numbers": answer("return np.full(x.shape[1], np.inf)"),
    "returns its argument": answer("return x"),
    "leaves the process in a function": answer("import os\nos._exit(0)", "While `means` ran: Its process ended."),
    "alters its arguments for the next call": answer("m = x.mean(0)\nx[:] = 0\nreturn m", points=4),
    "alters what it returned afterwards": answer(
        "import threading, time\nm = x.mean(0)\ndef later():\n    time.sleep(0.05); m[:] = 0\n"
        "threading.Thread(target=later).start()\nreturn m",
        points=4,
    ),
    "looks through all objects for what is wanted": answer(
        "import gc\nfor o in gc.get_objects():\n    for v in list(o.values()) if type(o) is dict else ():\n"
        "        if isinstance(v, np.ndarray) and v.shape == x.shape[1:]: return v\nreturn np.zeros(x.shape[1])"
    ),
    "has a script in its error": answer("raise ValueError('<script>alert(1)</script>')", "<script>alert(1)</script>"),
    "has a formula in its error": answer("raise ValueError('=HYPERLINK(1)')", "=HYPERLINK(1)"),
    "moves the cursor of a terminal": answer("raise ValueError('\\x1b[2J')", "\N{REPLACEMENT CHARACTER}[2J"),
    "has half a character in its error": answer("raise ValueError('\\ud800')", "\N{REPLACEMENT CHARACTER}"),
}
NO_NOTEBOOK = "The file is no Jupyter notebook"
NOTEBOOKS = {
    "is empty": Hostile(b"", says=NO_NOTEBOOK),
    "is a PDF": Hostile(b"%PDF-1.7\n\xff\xfe\x00", says=NO_NOTEBOOK),
    "is a list": Hostile(b"[]", says=NO_NOTEBOOK),
    "is JSON of 100,000 levels": Hostile(b"[" * 100_000 + b"]" * 100_000, says=NO_NOTEBOOK),
    "is one number of a million digits": Hostile(b"1" * 1_000_000, says=NO_NOTEBOOK),
    "is larger than is read": Hostile(b" " * 20_000_001, says="of at most 20 MB is read"),
    "has cells that are text": Hostile(b'{"cells": "code"}', says=NO_NOTEBOOK),
    "has a source of numbers": Hostile([cell([1, 2]), MEANS, REST], says=NO_NOTEBOOK),
    "has tags that are no list": Hostile([cell("", tags=5), MEANS, REST], says=NO_NOTEBOOK),
    "has more code than is run": Hostile([MEANS, REST, "#" * 1_000_001], says="more than 2000 cells or 1000000"),
    "has more cells than are run": Hostile([MEANS, REST] + ["1 / 0"] * 2000, says="more than 2000 cells or 1000000"),
    "has magics that take hours to read": Hostile(
        [MEANS, REST, "y = !ls\n" * 400 + "x = 1\n" * 100_000], says="more lines with magics"
    ),
    "has a line of 900,000 characters": honest("x = '" + "a" * 900_000 + "'", walls=False),
    "has the character zero in its code": honest("x = '\0'", walls=False),
    "has half a character in its code": honest("x = '\ud800'", walls=False),
    "has output that is a script": Hostile(
        [cell(MEANS) | {"outputs": [{"data": {"text/html": "<script>"}, "output_type": "display_data"}]}, REST],
        ALL,
    ),
    "has an answer in a cell of text": Hostile([cell(MEANS, "markdown"), REST], (0, 6), "stands in a cell of text"),
    "lacks an answer": Hostile([REST], (0, 6), "There is no `means`"),
    "has an answer twice, the last one wrong": Hostile(
        [MEANS, REST, MEANS.replace("0", "9")], (0, 6), "written in more than one cell"
    ),
    "forges the tag of a check": Hostile([cell(MEANS, tags=["check"]), REST], (0, 6), "There is no `means`"),
    "forges the tag of a solution": Hostile([cell(MEANS, tags=["solution-only"]), REST], (0, 6), "There is no `means`"),
    "forges the tag of a question": Hostile([cell(MEANS, tags=["manual"], question="why"), REST], ALL),
}
SUBMISSIONS = ENDLESS | MEMORY_AND_PROCESSES | FILES_AND_KERNEL | CHEATS | TALKERS | ANSWERS | NOTEBOOKS
