"""The store on a machine of its own, as a process of its own."""

import subprocess
import sys
from datetime import timedelta

from ports import free_port
from torch.distributed import TCPStore

PROGRAM = [sys.executable, "-m", "rnn_course.distributed.store"]


def test_what_one_writes_another_reads_until_the_store_is_ended():
    port = free_port()
    process = subprocess.Popen([*PROGRAM, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == f"the store listens at port {port}\n"
        one, other = (TCPStore("127.0.0.1", port, timeout=timedelta(seconds=20)) for _ in range(2))
        one.set("who", "me")
        assert other.get("who") == b"me" and process.poll() is None
    finally:
        process.kill()
        process.wait()
