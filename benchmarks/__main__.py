"""python -m benchmarks: run the quick benchmarks; the exit status is 1 where a floor is missed."""

import os
import sys

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main():
    """Run in a process of one thread, in which OpenBLAS picks its own kernels."""
    if "BENCH_CORETYPE" not in os.environ:
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        environment |= dict.fromkeys(THREADS, "1") | {"BENCH_CORETYPE": os.environ.get("OPENBLAS_CORETYPE", "")}
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks"], environment)
    import torch

    from benchmarks import cells, language, marking, missing, scan, site, speed
    from benchmarks.harness import machine, table

    torch.set_num_threads(1)
    print("\n".join(machine()), end="\n\n", flush=True)
    rows = cells.rows() + scan.rows() + speed.rows() + missing.rows() + language.rows() + marking.rows() + site.rows()
    notes = [note for part in (cells, speed, missing, language, marking, site) for note in part.notes()]
    print(table(rows), *notes, sep="\n")
    sys.exit(any(not row.passed for row in rows))


main()
