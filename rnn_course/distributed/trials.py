"""What a kill costs: a worker, or a whole host, killed in the middle of a training that is to end as if nothing was.

What was seen with torch 2.13 on two hosts:

- A worker is killed: the training goes on, whether workers share the agents' store or not.
- A whole host is killed and comes back. With sharing, torch's default, the agent that stayed is rank 0 again and does
  not publish its address for the new round; the newcomer waits for `MASTER_ADDR` until the store's time is up, and both
  agents end. That is so wherever the store is. With `TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1` the training goes on.
- The host of the store is killed: the other agent ends within seconds, with `RendezvousConnectionError`, and the host
  that comes back waits for it in vain. Where the store is elsewhere, or a file on the disk, either host may go.
- The host of the store falls silent, as when a cable is cut: the other agent hangs for more than two minutes, in a
  request that nobody refuses. `timeout` is for such things.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from rnn_course import files, validate
from rnn_course.distributed.hosts import INTERFACE, hosts
from rnn_course.distributed.launching import LOOPBACK, REPORT, command, last_words, launch, reports, start, stop

PROGRAM = "rnn_course.distributed.worker"
TRAINING = ("train", "--epochs", 3, "--batch-size", 31, "--num-layers", 2, "--dropout", 0.3)
TRIED = ("--every", 5, "--pause", 0.03)
PLACE = [2, 8]  # epoch and step of the kill: five steps after a checkpoint there would be nothing to do again
PORT = 29400


@dataclass(frozen=True)
class Trial:
    """What a kill cost: seconds until all were training again where it had been, or None if they never were.

    same       whether all weights and losses were bit for bit those of a training that was never stopped
    again      the first epoch and step after the kill
    seconds    from the kill until every agent had ended
    codes      the agents' exit codes; None where one had to be ended
    log        the last that the agents printed
    """

    recovery: float | None
    same: bool
    again: list | None
    seconds: float
    codes: list
    log: str


@cache
def undisturbed(workers=2):
    """Return what the first worker reports of the training where nobody is killed."""
    return launch(PROGRAM, *TRAINING, workers=workers)[0]


def trial(
    killed, *, several=False, victim=1, workers=2, store="host", sharing=False, silent=False, absent=2.0, timeout=120
):
    """Start a training, kill a part of it by SIGKILL, and return what that cost, a `Trial`.

    Arguments
        killed     `"worker"`, or `"host"`: every process on one of two hosts, its agent among them
        several    whether there are two hosts with a worker each; False has `workers` on this machine
        victim     the rank of the worker, or the number of the host
        store      where two hosts' agents meet: `"host"` is on host 0, `"elsewhere"` on neither, `"file"` on the disk
        sharing    whether workers use the agents' store, which is torch 2.13's default
        silent     whether a killed host's cable is pulled first, so that no other is told of its end
        absent     seconds after which a killed host is started again; None lets it stay away
        timeout    seconds from the kill after which all is ended

    Raises OSError where hosts cannot be made, RuntimeError where the training does not come to the place of the kill.
    """
    validate.one_of("killed", killed, ("worker", "host"))
    validate.one_of("store", store, ("host", "elsewhere", "file"))
    count, workers = (2, 1) if several else (1, workers)
    wanted = undisturbed(count * workers)
    with ExitStack() as stack:
        job = _Job(stack, (*TRAINING, *TRIED), count, workers, store, sharing)
        try:
            job.wait_for(PLACE)
            since = time.time()
            if killed == "worker":
                os.kill(job.found()[victim]["pid"], signal.SIGKILL)
            else:
                job.lose(victim, silent, absent)
            recovery, again = job.recovered(since, timeout)
            codes = [agent.poll() for agent in job.agents]
            found, seconds = job.found(), time.time() - since
        finally:
            job.end()
        kept = [(report.get("digests"), report.get("train_loss")) for report in found]
        same = all(one == (wanted["digests"], wanted["train_loss"]) for one in kept)
        return Trial(recovery, same, again, seconds, codes, job.said())


def over_a_link(rate=None, timeout=120):
    """Train on two hosts, nobody is killed, over a link of a `rate` such as `"1mbit"`, None for one without a bound.

    Returns `{"seconds": of the training, "same": whether all is bit for bit as on one host}`. Raises what `on_hosts`
    raises.
    """
    wanted, found = undisturbed(2), on_hosts(TRAINING, 2, rate, timeout)
    same = all(report["digests"] == wanted["digests"] for report in found)
    return {"seconds": found[0]["seconds"], "same": same}


def on_hosts(words, count=2, rate=None, timeout=120):
    """Run the worker program on several hosts, one worker on each, nobody is killed; return what each reports.

    words: what follows the program on its command line. rate: see `over_a_link`. Raises OSError where hosts cannot be
    made, RuntimeError where the workers fail or are not done in time.
    """
    with ExitStack() as stack:
        job = _Job(stack, words, count, 1, "host", False, rate)
        try:
            job.recovered(time.time(), timeout)
            found, codes = job.found(), [agent.poll() for agent in job.agents]
        finally:
            job.end()
        if any(code != 0 for code in codes):  # None of one that had to be ended
            said = "".join(last_words(job.printed(), 40))
            raise RuntimeError(f"{count} hosts were not done well after {timeout} s; they said:\n{said}")
        return found


class _Job:
    """The agents of a training on one host or on two, its folder, and what is read of it there."""

    def __init__(self, stack, words, count, workers, store, sharing, rate=None):
        self.words, self.count, self.workers, self.sharing = words, count, workers, sharing
        self.folder = stack.enter_context(files.scratch())
        self.log = stack.enter_context(tempfile.TemporaryFile())
        self.hosts = stack.enter_context(hosts(count)) if count > 1 else None
        self.options, self.elsewhere = {}, None
        if rate is not None:
            self.hosts.slow(rate)
        if count > 1:
            places = {"host": f"{self.hosts.address(0)}:{PORT}", "file": str(self.folder / "store")}
            self.options = {"hosts": count, "store": places.get(store, f"{self.hosts.address()}:{PORT}")}
            self.on_host = store == "host"
            if store == "elsewhere":
                program = [sys.executable, "-m", "rnn_course.distributed.store", str(PORT)]
                self.elsewhere = subprocess.Popen([*self.hosts.inside(), *program], stdout=self.log)
        self.agents = [self.agent(host) for host in range(count)]

    def agent(self, host):
        options, before = dict(self.options), ()
        if self.count > 1:
            options |= {"address": self.hosts.address(host), "is_store": self.on_host and host == 0}
            before = self.hosts.inside(host)
        given = ["--checkpoint", self.folder / "run.safetensors"]
        line = command(PROGRAM, *self.words, *given, workers=self.workers, max_restarts=3, **options)
        variables = {REPORT: str(self.folder), "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": str(int(not self.sharing))}
        variables |= {"GLOO_SOCKET_IFNAME": INTERFACE} if self.count > 1 else LOOPBACK
        return start(line, variables, self.log, before)

    def found(self):
        return reports(self.folder, self.count * self.workers)

    def wait_for(self, place, timeout=90):
        until = time.time() + timeout
        while not all(report.get("last", [0, 0]) >= place for report in self.found()):
            if time.time() > until or any(agent.poll() is not None for agent in self.agents):
                raise RuntimeError(f"the training did not come to epoch and step {place}; it said:\n{self.said()}")
            time.sleep(0.02)

    def lose(self, host, silent, absent):
        """Kill a host and, unless it is to stay away, start it again."""
        self.hosts.kill(host, silent)
        self.agents[host].wait()
        if absent is not None:
            time.sleep(absent)
            self.hosts.plug(host)
            self.agents[host] = self.agent(host)

    def recovered(self, since, timeout):
        """Wait until all agents have ended; return when and where all were training beyond the place of the kill."""
        recovery, again = None, None
        while time.time() < since + timeout and any(agent.poll() is None for agent in self.agents):
            found = self.found()
            if recovery is None and all(self._goes_on(report, since) for report in found):
                recovery, again = time.time() - since, found[0]["first"]
            time.sleep(0.02)
        return recovery, again

    def _goes_on(self, report, since):
        return report.get("started", 0) > since and report.get("last", [0, 0]) > PLACE

    def said(self):
        """The last lines that the agents printed."""
        return "".join(self.printed()[-40:])

    def printed(self):
        """All lines that the agents printed, read without moving the place where they go on printing."""
        log = self.log.fileno()
        printed = os.pread(log, os.fstat(log).st_size, 0).decode("utf8", errors="replace")
        return printed.splitlines(keepends=True)

    def end(self):
        for agent in [*self.agents, *([self.elsewhere] if self.elsewhere else [])]:
            stop(agent)


def main():
    """Print a trial as JSON: `python -m rnn_course.distributed.trials '{"killed": "host", "several": true}'`."""
    print(json.dumps(vars(trial(**json.loads(sys.argv[1])))))


if __name__ == "__main__":
    main()
