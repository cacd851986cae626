"""Outside a box every probe finds that there is no wall; that it finds one inside is tried in test_isolation.py."""

import os
import socket

import pytest

from rnn_course.assignments import probes

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/mounts"), reason="boxes of these engines are Linux")


def test_every_probe_can_fail(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert probes.network(port) == 1
    assert probes.network(port) == 0
    assert probes.course() == 1
    assert probes.reads(tmp_path) == probes.reads(__file__) == 1
    assert probes.reads(tmp_path / "nothing") == 0
    assert probes.others() == 1
    assert probes.writes(str(tmp_path)) >= 1
    assert probes.root() == (os.getuid() == 0)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_that_fills_is_measured_and_left_as_it_was():
    before = sorted(os.listdir("/tmp"))
    assert probes.fills(1_000_000) > 0
    assert [name for name in sorted(os.listdir("/tmp")) if name.startswith("fill")] == [
        name for name in before if name.startswith("fill")
    ]
