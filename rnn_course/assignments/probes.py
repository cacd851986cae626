"""What a box must not let through, tried from inside: each function returns 1 where a wall did not hold.

It runs as a submission does, and knows nothing but the standard library and NumPy.
"""

import os
import socket
import time

import numpy as np


def root():
    """Whether the submission is the superuser."""
    return float(os.name == "posix" and 0 in (os.getuid(), os.geteuid()))


def network(port):
    """Whether a server of the machine outside can be spoken to."""
    try:
        with socket.create_connection(("127.0.0.1", int(port)), 2):
            return 1.0
    except OSError:
        return 0.0


def course():
    """Whether the course's library is here to be called."""
    try:
        import rnn_course
    except ImportError:
        return 0.0
    return float(rnn_course is not None)


def reads(path):
    """Whether a file or folder outside can be read."""
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb") as file:
                file.read(1)
        return 1.0
    except OSError:
        return 0.0


def others():
    """Whether processes of the machine outside can be seen."""
    return float(sum(name.isdecimal() for name in os.listdir("/proc")) > 8)


def writes(folder):
    """How many of all folders but the submission's own take a file."""
    with open("/proc/self/mounts") as mounts:
        places = {line.split()[1] for line in mounts} | {"/", "/box", "/packages", "/dev", "/var/tmp", "/home", folder}
    taken = 0
    for place in places - {"/tmp", "/dev/mqueue"}:  # queues of a container's own, in the place of a folder
        try:
            with open(os.path.join(place, ".probe"), "wb"):
                taken += 1
            os.unlink(os.path.join(place, ".probe"))
        except OSError:
            continue
    return float(taken)


def fills(most):
    """How many bytes the submission's own folder takes, beyond what it may."""
    written, block = 0, bytes(1_000_000)
    try:
        for k in range(2 + int(most) // 8_000_000):
            with open(f"/tmp/fill{k}", "wb", 0) as file:
                for _ in range(16):
                    written += file.write(block)
    except OSError:
        return float(max(0, written - most))
    finally:
        for name in os.listdir("/tmp"):
            if name.startswith("fill"):
                os.unlink(f"/tmp/{name}")
    return float(written)


def hoards(most):
    """Children that each hold less than a process may, and together more than all may."""
    for _ in range(5):
        if os.fork() == 0:
            held = np.ones(int(most) // 8 * 2 // 5)
            time.sleep(30 + held[0])
            os._exit(0)
    time.sleep(10)
    return 1.0


def hides(most):
    """More memory than a submission may have, in files that lie in memory and that no process shows as its own."""
    held = []
    for _ in range(40):  # a file alone may not grow beyond the disk's limit
        held.append(os.memfd_create("held"))
        for _ in range(12):
            os.write(held[-1], bytes(int(most) // 400))
    return float(len(held))


def breeds(most):
    """More children at once than there may be."""
    for _ in range(int(most) + 20):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
    time.sleep(10)
    return 1.0


def leaves():
    """A child that goes on when its parent has ended."""
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
    os.waitpid(child, 0)
    return 0.0
