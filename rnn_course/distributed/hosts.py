"""Several machines on one: network namespaces of Linux, each with its own addresses and ports, to be killed whole.

One more namespace holds the switch (a bridge) that their cables (veth) lead to, and is a place on the network too, so
that something can be elsewhere. The machine's own network is left alone. What the hosts share is the disk.
"""

import os
import re
import shutil
import signal
import subprocess
from contextlib import contextmanager, suppress
from pathlib import Path

from rnn_course import validate

PREFIX = "rnn-course"
INTERFACE = "eth0"
UNITS = {"bit": 1, "kbit": 1e3, "mbit": 1e6, "gbit": 1e9}


def missing():
    """Return what hosts would need that is not here, as words; "" where they can be made."""
    if shutil.which("ip") is None:
        return "no `ip` on the path: install it (Debian: apt-get install iproute2)"
    name = f"{PREFIX}-{os.getpid()}-try"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if tried.returncode == 0:
        tried = subprocess.run(["ip", "-n", name, "link", "add", "s", "type", "bridge"], capture_output=True, text=True)
        _ip("netns", "del", name)
    if tried.returncode:
        return f"network namespaces cannot be made (root and CAP_SYS_ADMIN are needed): {tried.stderr.strip()}"
    return ""


class Hosts:
    """Hosts 0, 1 and on, and a place elsewhere; `hosts` makes and removes them."""

    def __init__(self, count):
        self.names = [f"{PREFIX}-{os.getpid()}-{k}" for k in range(count)]
        self.elsewhere = f"{PREFIX}-{os.getpid()}-switch"

    def address(self, host=None):
        """Return the address of a host, by its number, or of the place elsewhere."""
        last = len(self.names) - 1
        return "10.0.0.254" if host is None else f"10.0.0.{validate.positive_int('host', host, 0, last) + 1}"

    def inside(self, host=None):
        """Return the words that lead a command line into a host, or into the place elsewhere."""
        return ["ip", "netns", "exec", self.elsewhere if host is None else self.names[host]]

    def pids(self, host):
        """Return the numbers of the processes that run on a host."""
        return _pids(self.names[host])

    def kill(self, host, silent=False):
        """End every process on a host at once; `silent` pulls its cable first, so that no other host is told."""
        if silent:
            self.plug(host, "down")
        _kill(self.pids(host))

    def plug(self, host, state="up"):
        """Plug a host's cable in, or with "down" pull it."""
        _ip("-n", self.elsewhere, "link", "set", f"port{host}", state)

    def slow(self, rate):
        """Let no more than `rate`, as in `"2mbit"`, leave each host (a token bucket, tbf).

        The bucket holds ten milliseconds of it, and 16 kB at least: a smaller one would let less than the rate through.
        Raises ValueError for what is no such text.
        """
        given = re.fullmatch(rf"(\d+(?:\.\d+)?)({'|'.join(UNITS)})", rate)
        if given is None:
            raise ValueError(f"rate is {rate!r}, it must be a number and one of {', '.join(UNITS)}, such as '2mbit'")
        burst = max(16_384, int(float(given[1]) * UNITS[given[2]] / 8 / 100))
        for name in self.names:
            options = ["root", "tbf", "rate", rate, "burst", str(burst), "latency", "400ms"]
            _run("tc", "-n", name, "qdisc", "replace", "dev", INTERFACE, *options)

    def _make(self):
        _ip("netns", "add", self.elsewhere)
        _ip("-n", self.elsewhere, "link", "add", "switch", "type", "bridge")
        _ip("-n", self.elsewhere, "addr", "add", f"{self.address()}/24", "dev", "switch")
        for device in ("lo", "switch"):
            _ip("-n", self.elsewhere, "link", "set", device, "up")
        for host, name in enumerate(self.names):
            _ip("netns", "add", name)
            cable = ["link", "add", f"port{host}", "type", "veth", "peer", "name", INTERFACE, "netns", name]
            _ip("-n", self.elsewhere, *cable)
            _ip("-n", self.elsewhere, "link", "set", f"port{host}", "master", "switch", "up")
            _ip("-n", name, "addr", "add", f"{self.address(host)}/24", "dev", INTERFACE)
            for device in ("lo", INTERFACE):
                _ip("-n", name, "link", "set", device, "up")


@contextmanager
def hosts(count=2):
    """For the time of a `with`, have so many hosts; afterwards what ran on them is ended and they are gone.

    What a killed process left of its own is removed first. Raises ValueError for a count below 1 or above 200, OSError
    where namespaces cannot be made.
    """
    count = validate.positive_int("count", count, most=200)
    if reason := missing():
        raise OSError(reason)
    for name, pid in _left():
        if not Path(f"/proc/{pid}").exists() or pid == os.getpid():
            _remove(name)
    made = Hosts(count)
    try:
        made._make()
        yield made
    finally:
        for name in [*made.names, made.elsewhere]:
            _remove(name)


def _left():
    """The namespaces of this kind that are there, with the process that made each."""
    found = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return [(name, int(pid)) for name, pid in re.findall(rf"^({PREFIX}-(\d+)-\w+)", found, re.MULTILINE)]


def _remove(name):
    _kill(_pids(name))
    subprocess.run(["ip", "netns", "del", name], capture_output=True)


def _pids(name):
    found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def _kill(pids):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _ip(*words):
    _run("ip", *words)


def _run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise OSError(f"`{' '.join(words)}` failed: {done.stderr.strip()}")
