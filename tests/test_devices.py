"""What is said of GPUs: those that are here by name, whoever made them."""

import pytest
import torch
from gpu_stand_ins import play_cuda, play_mps, play_xpu

from rnn_course import devices, doctor, speed


@pytest.fixture(autouse=True)
def none_here(monkeypatch):
    """The machine of the test may have one: it does not count."""
    for module in (torch.cuda, torch.backends.mps, torch.xpu):
        monkeypatch.setattr(module, "is_available", lambda: False)


def test_no_gpu():
    assert devices.gpus() == {} and devices.described() == "" == doctor._gpu()
    for device in ("cuda", "mps"):
        with pytest.raises(ValueError, match=f"device is '{device}', but torch finds no GPU here: take device='cpu'"):
            speed.check_device(device)
    assert devices.check("cpu") == "cpu" == speed.check_device("cpu")


def test_apples_is_named_where_cuda_is_asked_for(monkeypatch):
    play_mps(monkeypatch)
    assert devices.gpus() == {"mps": "Apple M9"} and doctor._gpu() == "Apple M9 (mps)"
    assert speed.check_device("mps") == "mps"
    with pytest.raises(ValueError, match=r"device is 'cuda', but the GPU that torch finds here is Apple M9 \(mps\)"):
        speed.check_device("cuda")


def test_intels_is_named_though_it_is_not_measured(monkeypatch):
    play_xpu(monkeypatch)
    assert devices.described() == "Intel Arc (xpu)" == doctor._gpu()
    with pytest.raises(ValueError, match=r"device is 'cuda', but the GPU that torch finds here is Intel Arc \(xpu\)"):
        speed.check_device("cuda")
    with pytest.raises(ValueError, match="device is 'xpu', it must be one of 'cpu', 'cuda', 'mps'"):
        speed.check_device("xpu")


def test_nvidias(monkeypatch):
    play_cuda(monkeypatch)
    assert devices.described() == "a GPU of NVIDIA's (cuda)"
    assert devices.check("cuda:0") == "cuda:0" and devices.driver("cuda") == "1.2"


@pytest.mark.parametrize(("device", "play"), [("cuda", play_cuda), ("mps", play_mps)])
def test_a_gpu_is_waited_for_and_gives_memory_back(monkeypatch, device, play):
    play(monkeypatch)
    module, freed = getattr(torch, device), []
    monkeypatch.setattr(module, "empty_cache", lambda: freed.append(device))
    assert devices.waiter(device) is module.synchronize and devices.waiter("cpu") is None
    devices.release(device)
    devices.release("cpu")
    assert freed == [device]


def test_the_drivers_version_is_unknown_where_nothing_says_it(monkeypatch):
    def nowhere(*_, **__):
        raise FileNotFoundError

    monkeypatch.setattr(devices.subprocess, "run", nowhere)
    assert devices.driver("cuda") == "unknown"
    play_mps(monkeypatch)
    assert devices.driver("mps") == "macOS 26.1"


def test_a_macs_processor_is_what_its_system_calls_it(monkeypatch):
    monkeypatch.setattr(devices.platform, "system", lambda: "Darwin")
    monkeypatch.setattr(devices, "_said_by", lambda *command: "Apple M2 Pro" if command[0] == "sysctl" else "")
    assert devices.processor() == "Apple M2 Pro"
