"""Waiting for what another process does."""

import os
import time
from contextlib import suppress


def gone(pid, seconds=15):
    """Wait until a process has ended; an AssertionError where it does not."""
    until = time.time() + seconds
    with suppress(ProcessLookupError):
        while time.time() < until:
            os.kill(pid, 0)
            with suppress(OSError), open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":  # it has, and nobody has asked how
                    return
            time.sleep(0.05)
        raise AssertionError(f"process {pid} is still there after {seconds} s")


def until(look, seconds=120):
    """Return what `look` finds, looking again until it finds something; None after that many seconds."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found
