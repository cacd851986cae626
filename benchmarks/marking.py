"""How long marking takes, against as many boxes that only import NumPy: what Python and the box cost in any case.

`python -m benchmarks.marking 200` times a class of two hundred at once, `--packages numpy torch` one with PyTorch too.
"""

import argparse
import concurrent.futures
import functools
import json
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.harness import Row, machine, medians

SOURCE = Path(__file__).resolve().parent.parent / "assignments"
NAME = "lstm_variant"
ENGINE = "bubblewrap"
JOBS = 2
MOST = 2.5  # times as long as the imports
FEW = 20  # submissions of the quick benchmark
IMPORT = "import sys; sys.path += ['/packages']; import {}"
SECRET = b"a secret of the benchmark alone"


class Class:
    """A class of copies of the solution: collected, and marked again each time."""

    def __init__(self, folder, count, packages=("numpy",)):
        from rnn_course import files
        from rnn_course.assignments import box, sheets, specification
        from rnn_course.assignments.gradebooks import collecting

        self.folder, self.count, self.packages = Path(folder), count, packages
        self.assignment = specification.load(NAME, SOURCE)
        (self.folder / "code").mkdir()
        self.contents = box.Contents(box.pack(self.folder / "code"), box.packages(packages), {})
        solution = json.loads((SOURCE / NAME / f"{NAME}.ipynb").read_text("utf8"))
        imports = {"cell_type": "code", "metadata": {}, "source": "\n".join(f"import {name}" for name in packages)}
        solution["cells"].insert(0, imports)
        rows = []
        for k in range(count):
            place = self.folder / "S" / str(k) / f"{NAME}.ipynb"
            place.parent.mkdir(parents=True)
            files.write(place, json.dumps(solution))
            rows.append(dict.fromkeys(collecting.COLUMNS, "") | {"id": str(k)})
        sheets.write(self.folder / "S" / collecting.TABLE, collecting.COLUMNS, rows)

    def mark(self):
        """Read, run, judge, and write all reports; everybody has every point."""
        from rnn_course.assignments import whole_class

        with tempfile.TemporaryDirectory() as out:
            done = whole_class.mark(self.assignment, self.folder / "S", SECRET, ENGINE, self.contents, out, jobs=JOBS)
        most = sum(task.points for task in self.assignment.tasks)
        assert done.marked == self.count and all(one.report.points == most for one in done.standings)

    def only_import(self):
        """As many boxes, which import the packages and end."""
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for _ in pool.map(self._one, range(self.count)):
                pass

    def _one(self, _):
        from rnn_course.assignments import box

        made = box.start(ENGINE, self.contents, self.assignment.limits)
        words = [*made.words[:-1], IMPORT.format(", ".join(self.packages))]
        kept = [made.filter.fileno()]
        subprocess.run(words, env=made.environment, check=True, stdin=subprocess.DEVNULL, pass_fds=kept)
        made.end()


@functools.cache
def why_not():
    """Why bubblewrap cannot be used on this machine; blank where it can."""
    from rnn_course.assignments import box, isolation

    return "; ".join(isolation.why_not(ENGINE, box.packages(["numpy"])))


def rows():
    """Marking against boxes that only import NumPy."""
    if why_not():
        return []
    with tempfile.TemporaryDirectory() as folder:
        made = Class(folder, FEW)
        times = medians({"marking": made.mark, "import": made.only_import}, seconds=20)
    ratio = times["import"] / times["marking"]
    detail = f"{times['marking'] / FEW:.3f} s each on {JOBS} cores, the import {times['import'] / FEW:.3f} s"
    return [Row(f"marking {FEW} submissions, NumPy imported in as many boxes", ratio, 1 / MOST, detail)]


def notes():
    """What was left out, and why."""
    reason = why_not()
    return [f"Marking was not measured, since {ENGINE} cannot be used here: {reason}"] if reason else []


def main():
    """Time one class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--packages", nargs="+", default=["numpy"])
    asked = parser.parse_args()
    print(*machine(), sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        made, seconds = Class(folder, asked.count, tuple(asked.packages)), {}
        for name in ("only_import", "mark"):
            start = time.perf_counter()
            getattr(made, name)()
            seconds[name] = time.perf_counter() - start
    print(
        f"{asked.count} submissions with {', '.join(asked.packages)} on {JOBS} cores: {seconds['mark']:.1f} s, "
        f"the imports alone {seconds['only_import']:.1f} s, ratio {seconds['mark'] / seconds['only_import']:.2f}"
    )


if __name__ == "__main__":
    main()
