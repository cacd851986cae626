"""The filter of system calls: its numbers, its form, and what it refuses in a box."""

import struct
from pathlib import Path

import numpy as np
import pytest
from boxes import QUICK, contents, engine_or_skip

from rnn_course.assignments import running, system_calls

HEADERS = {"x86_64": ("asm/unistd_64.h", "x86_64-linux-gnu/asm/unistd_64.h"), "aarch64": ("asm-generic/unistd.h",)}
CALLS = """
import ctypes, errno, os
C = ctypes.CDLL(None, use_errno=True)
def refused(numbers):
    gone = []
    for number in map(int, numbers):
        ctypes.set_errno(0)
        gone.append(C.syscall(number, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.ENOSYS)
    return gone
def namespace(clone):
    return C.syscall(int(clone), 0x10000000 | 17, 0, 0, 0, 0) == -1 and ctypes.get_errno() == errno.ENOSYS
def child():
    number = os.fork()
    if number == 0:
        os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
"""


def verdict(program, machine, number, first=0):
    """What the program returns for a call, by the rules of the kernel's filter (man 2 seccomp)."""
    data = struct.pack("=iIQ6Q", number, machine, 0, first, 0, 0, 0, 0, 0)
    lines = list(struct.iter_unpack("=HBBI", program))
    place, value = 0, 0
    while True:
        code, true, false, k = lines[place]
        place += 1
        if code == system_calls.RETURN:
            return k
        if code == system_calls.LOAD:
            value = int.from_bytes(data[k : k + 4], "little")
        else:
            held = {system_calls.EQUAL: value == k, system_calls.AT_LEAST: value >= k, system_calls.HAS: value & k != 0}
            place += true if held[code] else false


@pytest.mark.parametrize("machine", system_calls.MACHINES)
def test_what_is_refused_and_what_is_not(machine):
    column, name, clone = system_calls.MACHINES[machine]
    program = system_calls.program(machine)
    refused = {numbers[column] for numbers in system_calls.NUMBERS.values()}
    for number in range(500):
        wanted = system_calls.ABSENT if number in refused else system_calls.ALLOW
        assert verdict(program, name, number) == wanted
        assert verdict(program, name, number + 0x40000000) == system_calls.ABSENT
        assert verdict(program, 0x40000003, number) == system_calls.KILL
    assert verdict(program, name, clone, 0x10000000 | 17) == system_calls.ABSENT
    assert verdict(program, name, clone, 0x20000 | 17) == system_calls.ALLOW


@pytest.mark.parametrize("machine", system_calls.MACHINES)
def test_the_numbers_are_those_of_the_systems_headers(machine):
    found = [path for name in HEADERS[machine] if (path := Path("/usr/include") / name).exists()]
    if not found:
        pytest.skip(f"no headers of Linux for {machine} on this machine")
    defined = dict(line.split()[1:3] for line in found[0].read_text().splitlines() if line.startswith("#define __NR"))
    column, _, clone = system_calls.MACHINES[machine]
    for name, numbers in system_calls.NUMBERS.items():
        assert int(defined[f"__NR_{name}"]) == numbers[column]
    assert int(defined["__NR_clone"]) == clone


def test_in_a_box_they_are_not_there_and_a_child_is(tmp_path):
    engine_or_skip("bubblewrap")
    column, _, clone = system_calls.MACHINES[system_calls.platform.machine()]
    numbers = np.array([pair[column] for pair in system_calls.NUMBERS.values()])
    calls = [
        running.Call("refused", {"numbers": numbers}),
        running.Call("namespace", {"clone": clone}),
        running.Call("child", {}),
    ]
    refused, namespace, child = running.run([CALLS], calls, "bubblewrap", contents(tmp_path / "code"), QUICK).answers
    assert refused["results"][""].all() and namespace["results"][""] == 1 and child["results"][""] == 7


def test_a_machine_whose_numbers_are_not_known_is_refused():
    with pytest.raises(ValueError, match="machine is 'riscv64', it must be one of 'x86_64', 'aarch64'"):
        system_calls.program("riscv64")
