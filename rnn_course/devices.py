"""What PyTorch finds on this machine to compute on: the processor, and GPUs by the kinds that PyTorch names.

processor()     the processor's name
gpus()          {"cuda": NVIDIA's or AMD's, "mps": Apple's, "xpu": Intel's}, the names of those that are here
described()     the same as words, "" where there is none
named(device)   the device as PyTorch has it; otherwise a ValueError
check(device)   the device, if it is here; otherwise a ValueError that says what is
waiter(device)  what returns when the device is done, None where calls return when they are done
release(device) gives back the memory that nothing holds any more
"""

import contextlib
import gc
import platform
import subprocess
from pathlib import Path

import torch


def processor():
    """The processor's name, as far as the system tells."""
    if platform.system() == "Darwin":
        return _said_by("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf8").splitlines()
    except OSError:
        lines = []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _said_by(*command):
    """The first line that a program prints, "" where there is no such program or it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return next(iter(done.stdout.splitlines()), "").strip()


def gpus():
    """The GPUs that PyTorch finds here, `{kind: name}`, the kind as PyTorch names it."""
    found = {}
    if torch.cuda.is_available():
        found["cuda"] = torch.cuda.get_device_name()
    if torch.backends.mps.is_available():
        found["mps"] = processor()  # a part of it
    if torch.xpu.is_available():
        found["xpu"] = torch.xpu.get_device_name()
    return found


def described():
    """The GPUs that PyTorch finds here, as words: "Apple M2 (mps)"; "" where there is none."""
    return ", ".join(f"{name} ({kind})" for kind, name in gpus().items())


def driver(device):
    """The version of a GPU's driver; Apple's comes with the system, whose version it is. "unknown" where none says."""
    if device == "mps":
        return f"macOS {platform.mac_ver()[0]}"
    return _said_by("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader") or "unknown"


def named(device):
    """Return a `torch.device`; ValueError for what names none."""
    try:
        return torch.device(device)
    except (RuntimeError, TypeError, ValueError):
        raise ValueError(f"device is {device!r}, it must be None or a name such as 'cpu' or 'cuda'") from None


def check(device):
    """The name of a device, if PyTorch finds it here; otherwise a ValueError that says what it finds."""
    kind = str(device).split(":")[0]
    if kind not in ("cuda", "mps", "xpu") or kind in gpus():
        return device
    if found := described():
        raise ValueError(f"device is {device!r}, but the GPU that torch finds here is {found}")
    raise ValueError(f"device is {device!r}, but torch finds no GPU here: take device='cpu'")


def waiter(device):
    """The function that returns when a device is done; None for the processor, whose calls return when they are."""
    return {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}.get(device)


def release(device):
    """Give back what nothing holds any more, so that the next program finds the memory."""
    gc.collect()
    if empty := {"cuda": torch.cuda.empty_cache, "mps": torch.mps.empty_cache}.get(device):
        with contextlib.suppress(RuntimeError):  # a device that has failed has nothing to give
            empty()
