"""The store where agents of several machines meet, in a process of its own.

    python -m rnn_course.distributed.store 29400

It outlives the agents, so that any of their machines may be lost. It runs until it is ended; whoever reaches its port
can read it and write into it.
"""

import argparse
import time

from torch.distributed import TCPStore


def main():
    """Hold the store at the port of the command line until this process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("port", type=int)
    port = parser.parse_args().port
    _store = TCPStore("0.0.0.0", port, is_master=True, wait_for_workers=False)
    print(f"the store listens at port {port}", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
