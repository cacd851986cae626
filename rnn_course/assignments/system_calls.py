"""The system calls that bubblewrap refuses a submission, as a program for the kernel's filter (seccomp).

Refused is memory that no process shows and so no watch counts, what would stay in the kernel for the next submission,
namespaces, in which a process is the superuser, and interfaces that NumPy never needs and that had bugs before.
"""

import platform
import struct

NUMBERS = {  # name: its number on x86_64 and on aarch64 (Linux, arch/x86/entry/syscalls and asm-generic/unistd.h)
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "socket": (41, 198),  # what was sent and is not yet read is memory too
    "socketpair": (53, 199),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "clone3": (435, 435),  # its flags cannot be looked at; the C library goes back to clone
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "ptrace": (101, 117),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}  # column, AUDIT_ARCH_…, number of clone
NEW_USER = 0x10000000  # CLONE_NEWUSER
OTHER_NUMBERS = 0x40000000  # from here on x86_64 has its calls a second time, for the x32 programs
LOAD, EQUAL, AT_LEAST, HAS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ, |JGE, |JSET, BPF_RET
ALLOW, ABSENT, KILL = 0x7FFF0000, 0x00050000 | 38, 0x80000000  # SECCOMP_RET_…; 38 is ENOSYS: there is no such call
NUMBER, MACHINE, FIRST_ARGUMENT = 0, 4, 16  # bytes into the kernel's struct seccomp_data


def program(machine=None):
    """The filter's bytes for a machine, `platform.machine()` by default; ValueError where its numbers are not known."""
    machine = machine or platform.machine()
    if machine not in MACHINES:
        raise ValueError(f"machine is {machine!r}, it must be one of {', '.join(map(repr, MACHINES))}")
    column, name, clone = MACHINES[machine]
    lines = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, name), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    lines += [(AT_LEAST, 0, 1, OTHER_NUMBERS), (RETURN, 0, 0, ABSENT)]
    for numbers in NUMBERS.values():
        lines += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, ABSENT)]
    lines += [(EQUAL, 0, 3, clone), (LOAD, 0, 0, FIRST_ARGUMENT), (HAS, 0, 1, NEW_USER), (RETURN, 0, 0, ABSENT)]
    lines += [(RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
