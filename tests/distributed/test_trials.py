"""Killed workers and hosts: the training ends bit for bit as if nobody had been, and in time."""

import pytest

from rnn_course.data import load_record
from rnn_course.distributed import hosts, trials
from rnn_course.distributed.costs import Link, ring

REASON = hosts.missing()
needs_hosts = pytest.mark.skipif(bool(REASON), reason=REASON)
KILLS = {  # how a part is killed, and in how many seconds all are to be training again
    "a worker": ({"killed": "worker"}, 30),
    "a worker of two hosts": ({"killed": "worker", "several": True}, 40),
    "a host": ({"killed": "host", "several": True}, 60),
}
OTHERS = {
    "a worker of three": ({"killed": "worker", "workers": 3, "victim": 0}, 30),
    "a host, silently": ({"killed": "host", "several": True, "silent": True, "absent": 8}, 60),
    "the host of the ranks, the store elsewhere": (
        {"killed": "host", "several": True, "victim": 0, "store": "elsewhere"},
        60,
    ),
    "the host of the ranks, the store a file": ({"killed": "host", "several": True, "victim": 0, "store": "file"}, 60),
}


def marked(names, *marks):
    return [pytest.param(name, marks=[*marks, *([needs_hosts] if "host" in name else [])]) for name in names]


def assert_goes_on(name):
    options, seconds = (KILLS | OTHERS)[name]
    found = trials.trial(**options)
    assert found.recovery is not None and found.recovery <= seconds, found.log
    assert found.same and set(found.codes) == {0}, found.log
    assert [1, 0] < found.again <= [2, 6]  # it went on from a checkpoint: the last one was after step 5 of epoch 2


@pytest.mark.parametrize("name", marked(KILLS))
def test_a_killed_part_costs_seconds_and_no_bit(name):
    assert_goes_on(name)


@pytest.mark.parametrize("name", marked(OTHERS, pytest.mark.long))
def test_what_else_is_killed_costs_seconds_and_no_bit(name):
    assert_goes_on(name)


@pytest.mark.long
@pytest.mark.parametrize("run", range(10))
@pytest.mark.parametrize("name", marked(KILLS))
def test_ten_kills_in_a_row(name, run):
    assert_goes_on(name)


@needs_hosts
def test_the_host_of_the_store_takes_the_job_with_it():
    found = trials.trial("host", several=True, victim=0, absent=None, timeout=60)
    assert found.recovery is None and not found.same
    assert found.codes[1] not in (0, None) and found.seconds < 30
    assert "RendezvousConnectionError" in found.log or "RendezvousClosedError" in found.log


@pytest.mark.long
@needs_hosts
def test_with_a_shared_store_a_host_does_not_come_back():
    """If this fails, torch has mended it, and `launching.start` need not switch sharing off."""
    found = trials.trial("host", several=True, sharing=True, timeout=90)
    assert found.recovery is None and not found.same


@pytest.mark.long
@needs_hosts
def test_a_slow_link_costs_time_and_no_bit():
    fast, slow = trials.over_a_link(), trials.over_a_link("500kbit")
    assert fast["same"] and slow["same"] and slow["seconds"] > 1.5 * fast["seconds"]


@needs_hosts
def test_an_all_reduce_over_a_slow_link_takes_at_least_what_is_calculated():
    """tc holds the rate; what a bucket of ten milliseconds lets through at once is allowed for."""
    [found, *_] = trials.on_hosts(("exchange", "--floats", 150_000, "--repeats", 3), 3, "20mbit")
    [seconds] = found["seconds"].values()
    assert min(seconds) > ring(600_000, 3).seconds(Link(0, 20e6 / 8)) - 4 * 0.01


@needs_hosts
def test_workers_that_are_not_done_on_hosts_are_told():
    with pytest.raises(RuntimeError, match=r"2 hosts were not done well after 0.5 s"):
        trials.on_hosts(("train", "--pause", "5"), timeout=0.5)


@needs_hosts
def test_workers_that_fail_on_hosts_are_told():
    with pytest.raises(RuntimeError, match=r"2 hosts were not done well after 100 s; they said:\n(.|\n)*--colour"):
        trials.on_hosts(("exchange", "--colour", "red"), timeout=100)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"killed": "agent"}, "killed is 'agent', it must be one of 'worker', 'host'"),
        ({"killed": "host", "store": "cloud"}, "store is 'cloud', it must be one of 'host', 'elsewhere', 'file'"),
    ],
)
def test_what_cannot_be_killed_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        trials.trial(**options)


def test_what_is_recorded_was_in_time_and_lost_no_bit():
    rows = {row["kill"]: row for row in load_record("distributed")["parts"]["kills"]["rows"]}
    for name, (_, seconds) in KILLS.items():
        assert rows[name]["same"] and rows[name]["recovery"] <= seconds
    for name in ("that host, the store elsewhere", "that host, the store a file", "a host, silently"):
        assert rows[name]["same"] and rows[name]["recovery"] <= 60
    for name in ("the host of the store", "a host, the store shared"):
        assert not rows[name]["same"] and rows[name]["recovery"] is None
