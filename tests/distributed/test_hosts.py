"""Two hosts made of network namespaces: they reach each other, can be killed whole, and leave nothing behind."""

import os
import subprocess
import sys
import time

import pytest

from rnn_course.distributed import hosts

REASON = hosts.missing()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
SERVER = "import socket; s = socket.create_server(('0.0.0.0', 5000)); s.accept()[0].sendall(b'x' * {size})"
CLIENT = """
import socket, time
for _ in range(200):
    try:
        s = socket.create_connection(("{address}", 5000), timeout=20)
        break
    except ConnectionRefusedError:
        time.sleep(0.05)
while s.recv(65536):
    pass
"""
WAITING = "import time; time.sleep(600)"


def interfaces():
    return subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout.count("\n")


def listed():
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout


def python(made, host, code):
    return subprocess.Popen([*made.inside(host), sys.executable, "-S", "-c", code])


def carried(made, start, end, size=100):
    """Seconds that bytes took from one place to another."""
    server = python(made, start, SERVER.format(size=size))
    before = time.perf_counter()
    client = python(made, end, CLIENT.format(address=made.address(start)))
    try:
        assert client.wait(30) == 0
        return time.perf_counter() - before
    finally:
        client.kill()
        server.kill()
        server.wait()


def test_every_place_reaches_every_other_and_nothing_stays():
    before, own = interfaces(), f"{hosts.PREFIX}-{os.getpid()}-"  # other processes try namespaces of theirs meanwhile
    with pytest.raises(KeyError), hosts.hosts() as made:
        for start, end in ((0, 1), (1, None), (None, 0)):
            carried(made, start, end)
        assert interfaces() == before and own in listed()
        raise KeyError
    assert interfaces() == before and own not in listed()


def test_a_killed_host_has_no_process_left_and_the_other_has():
    with hosts.hosts() as made:
        lost, kept = python(made, 0, WAITING), python(made, 1, WAITING)
        while made.pids(0) != [lost.pid] or made.pids(1) != [kept.pid]:
            time.sleep(0.02)
        made.kill(0)
        assert lost.wait(10) == -9 and made.pids(0) == [] and made.pids(1) == [kept.pid]
    assert kept.wait(10) == -9


def test_a_pulled_cable_carries_nothing_until_it_is_plugged_in():
    with hosts.hosts() as made:
        made.kill(1, silent=True)
        with pytest.raises((AssertionError, subprocess.TimeoutExpired)):
            carried(made, 0, 1)
        made.plug(1)
        carried(made, 0, 1)


def test_a_slow_link_is_as_slow_as_it_is_told():
    with hosts.hosts() as made:
        fast = carried(made, 0, 1, size=500_000)
        made.slow("2mbit")
        assert carried(made, 0, 1, size=500_000) - fast > 0.8 * 500_000 * 8 / 2e6


@pytest.mark.parametrize("rate", ["fast", "2 mbit", "2mbps", "mbit", "-1mbit", "1.2.3mbit"])
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match=rf"rate is '{rate}', it must be a number and one of bit, kbit, mbit, gbit"):
        hosts.Hosts(2).slow(rate)


def test_what_a_killed_process_left_is_removed():
    code = (
        "import os, signal; from rnn_course.distributed.hosts import hosts\n"
        "with hosts():\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.Popen([sys.executable, "-c", code])
    left = f"rnn-course-{done.pid}-"
    assert done.wait(60) == -9 and listed().count(left) == 3
    with hosts.hosts():
        assert listed().count(left) == 0


def test_there_are_two_hosts():
    with hosts.hosts() as made, pytest.raises(ValueError, match="host is 2, it must be at most 1"):
        made.address(2)
