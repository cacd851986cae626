"""Starting workers by torchrun from Python, a notebook for one, and reading back what they report. Nothing hangs.

torchrun starts an agent on each machine, and the agent starts that machine's workers, tells them who they are, watches
them, and starts all again where one has died. Restarts are counted by each agent for itself: with `max_restarts=3` two
agents may start the workers six times (PyTorch's issues 108158 and 147064).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from rnn_course import files, validate

REPORT = "RNN_COURSE_REPORT"  # the folder that workers report into
# Workers of one machine talk over its loopback: it is there without a network, and nobody else can listen.
LOOPBACK = {"linux": {"GLOO_SOCKET_IFNAME": "lo"}, "darwin": {"GLOO_SOCKET_IFNAME": "lo0"}}.get(sys.platform, {})
GRACE = 5  # seconds from asking an agent to stop to killing it
RENDEZVOUS = {
    # Agents of several machines tell each other every second that they are there, and one that is silent for five is
    # taken for lost. torch's own are 5 and 3: fifteen seconds.
    "keep_alive_interval": 1,
    "keep_alive_max_attempt": 5,
    "read_timeout": 20,
    "join_timeout": 120,
}


def launch(program, *arguments, workers=2, timeout=120, max_restarts=0, environment=None):
    """Start workers on this machine, wait until all are done, and return what each reported, in the order of ranks.

    Arguments
        program         a path ending in `.py`, or the name of a module
        arguments       what each worker finds in `sys.argv`
        workers         how many
        timeout         seconds after which all are ended
        max_restarts    how often all are started again where one has died
        environment     `{name: text}` of variables that the workers see beside this process's, or None

    A worker reports with `report(name=value, …)`; one that does not is an empty dictionary in the list. Raises
    RuntimeError, with the last lines that they printed, where they fail or are not done in time.
    """
    workers, timeout = validate.positive_int("workers", workers), validate.positive("timeout", timeout)
    environment = {} if environment is None else validate.instance("environment", environment, Mapping, "a mapping")
    for name, value in environment.items():
        validate.text("a name of environment", name), validate.text(f"environment[{name!r}]", value)
    with files.scratch() as folder, tempfile.TemporaryFile("w+", encoding="utf8") as log:
        variables = {REPORT: str(folder)} | LOOPBACK | environment
        agent = start(command(program, *arguments, workers=workers, max_restarts=max_restarts), variables, log)
        try:
            code = agent.wait(timeout)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            stop(agent)
        if code != 0:
            log.seek(0)
            last = "".join(last_words(log.readlines()))
            said = f"are not done after {timeout} s" if code is None else f"failed with exit code {code}"
            raise RuntimeError(f"the {workers} workers of {program} {said}; the last that they printed:\n{last}")
        return reports(folder, workers)


def last_words(lines, most=30):
    """What was printed last before the agent said that a worker has failed: what follows is about the agent itself."""
    end = next((k for k, line in enumerate(lines) if "failed (exitcode:" in line), len(lines))
    return lines[max(0, end - most) : end]


def command(
    program, *arguments, workers=2, max_restarts=0, hosts=1, address=None, store=None, is_store=False, job="rnn_course"
):
    """Return the command line of one machine's agent, a list of texts.

    Arguments
        program         a path ending in `.py`, or the name of a module
        arguments       what each worker finds in `sys.argv`
        workers         how many on this machine
        max_restarts    how often this agent starts its workers again because one of its own has died
        hosts           how many machines
        address         this machine's address as the others see it; needed where there are several
        store           `"host:port"` of the store where agents meet, or the path of a file that all see
        is_store        whether this agent is to hold that store; it ends when the agent does
        job             a name that the agents of one run share; where the store outlives a run, the next needs another

    See `RENDEZVOUS` for the times that agents of several machines keep. Raises ValueError where there are several and
    the address or the store is not given.
    """
    validate.instance("program", program, str | Path, "a path or the name of a module")
    workers, hosts = validate.positive_int("workers", workers), validate.positive_int("hosts", hosts)
    is_store, job = validate.flag("is_store", is_store), validate.text("job", job)
    for name, value in (("address", address), ("store", store)):
        if value is not None:
            validate.text(name, value)
    max_restarts = validate.positive_int("max_restarts", max_restarts, least=0)
    if hosts > 1 and None in (address, store):
        raise ValueError(f"hosts is {hosts}, which needs address and store: where this one is, and where all meet")
    module = [] if str(program).endswith(".py") else ["-m"]
    options = {"nnodes": hosts, "nproc-per-node": workers, "max-restarts": max_restarts, "monitor-interval": 0.1}
    if hosts == 1:
        meeting = ["--standalone", "--local-addr=127.0.0.1"]
    else:
        in_file = ":" not in store
        where = {"store_type": "file"} if in_file else {"is_host": int(is_store)}
        told = ",".join(f"{name}={value}" for name, value in (where | RENDEZVOUS).items())
        options |= {"rdzv-backend": "c10d", "rdzv-endpoint": store, "rdzv-conf": told, "local-addr": address}
        meeting = [f"--rdzv-id={job}"]
    given = [f"--{name}={value}" for name, value in options.items()]
    torchrun = [sys.executable, "-m", "torch.distributed.run", *meeting, *given]
    return [*torchrun, *module, str(program), *map(str, arguments)]


def start(line, variables, log, before=()):
    """Start an agent by its command line and return its `subprocess.Popen`.

    Sharing of the rendezvous store is switched off: an agent of torch 2.13 that stays rank 0 while another is lost does
    not publish its address again for the next round, and the newcomer waits for it in vain. It is in
    `DynamicRendezvousHandler.next_rendezvous`, and PyTorch's issue 135712 has other reasons to switch it off.

    Arguments
        line         what `command` returns
        variables    `{name: text}` that agent and workers see beside this process's
        log          a file that takes what they print
        before       words before the command line, such as those that lead into a network namespace
    """
    own = {"OMP_NUM_THREADS": "1", "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1", "PYTHONUNBUFFERED": "1"}
    told = own | dict(os.environ) | variables
    return subprocess.Popen([*before, *line], env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


def stop(agent):
    """End an agent, which ends its workers; kill it after five seconds: workers notice (`end_with_agent`)."""
    if agent.poll() is None:
        agent.send_signal(signal.SIGTERM)
        try:
            agent.wait(GRACE)
        except subprocess.TimeoutExpired:
            agent.kill()
            agent.wait()


def end_with_agent():
    """In a worker: end at once where the agent that started this process is gone, though nobody says so.

    An agent that is killed leaves its workers behind. They would hold ports and memory, and might write.
    """
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def report(**values):
    """In a worker: report values that JSON holds to whoever launched it; without a launcher nothing happens."""
    folder = os.environ.get(REPORT)
    if folder is not None:
        files.write(Path(folder) / f"{os.environ.get('RANK', 0)}.json", json.dumps(values))


def reports(folder, workers):
    """Return what workers have reported into a folder, a list in the order of their ranks, `{}` where one has not."""
    paths = [Path(folder) / f"{rank}.json" for rank in range(workers)]
    return [json.loads(path.read_text("utf8")) if path.exists() else {} for path in paths]
