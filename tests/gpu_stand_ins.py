"""A GPU's part played by the CPU: it shows that the code for a GPU runs and what it asks, never how long that takes."""

import contextlib

import torch
from torch.overrides import TorchFunctionMode

from rnn_course import devices


class OnTheCPU(TorchFunctionMode):
    """Carries out on the CPU whatever is asked of a kind of device; "mps" takes no float64, as Apple's GPUs do not."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def __torch_function__(self, function, types, args=(), kwargs=None):
        def is_meant(value):
            return isinstance(value, str | torch.device) and str(value) == self.kind

        def here(value):
            return "cpu" if is_meant(value) else value

        given = [*args, *(kwargs or {}).values()]
        doubles = [value for value in given if value is torch.float64 or getattr(value, "dtype", None) is torch.float64]
        if self.kind == "mps" and doubles and any(map(is_meant, given)):
            raise TypeError(
                "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."
            )
        return function(*map(here, args), **{name: here(value) for name, value in (kwargs or {}).items()})


class Graphs:
    """What a captured pass asks of torch.cuda; a replay runs nothing, as its numbers already lie where they shall."""

    def __init__(self):
        self.said = []

    def wait_stream(self, other):
        self.said.append("wait")

    def replay(self):
        self.said.append("replay")


def play_cuda(monkeypatch):
    """A CUDA GPU for the length of a test; returns what its graphs were asked and how often it was waited for."""
    it, waits = Graphs(), []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a GPU of NVIDIA's")
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: waits.append(1))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: it.said.append("empty"))
    monkeypatch.setattr(devices, "_said_by", lambda *command: "1.2" if command[0] == "nvidia-smi" else "")
    for name in ("Stream", "CUDAGraph", "current_stream"):
        monkeypatch.setattr(torch.cuda, name, lambda: it)
    for name in ("stream", "graph"):
        monkeypatch.setattr(torch.cuda, name, lambda it, name=name: contextlib.nullcontext(it.said.append(name)))
    return it.said, waits


def play_mps(monkeypatch):
    """A GPU of Apple's for the length of a test; returns how often it was waited for."""
    waits = []
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waits.append(1))
    monkeypatch.setattr(torch.mps, "empty_cache", lambda: None)
    monkeypatch.setattr(devices, "processor", lambda: "Apple M9")
    monkeypatch.setattr(devices.platform, "mac_ver", lambda: ("26.1", "", ""))
    return waits


def play_xpu(monkeypatch):
    """A GPU of Intel's for the length of a test."""
    monkeypatch.setattr(torch.xpu, "is_available", lambda: True)
    monkeypatch.setattr(torch.xpu, "get_device_name", lambda: "Intel Arc")
