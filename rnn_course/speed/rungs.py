"""The rungs of the ladder: the same LSTM weights, the same input, forward and backward, by ever faster roads.

Every rung computes h_t for all t and, from ∂L/∂h_t of all t, the gradients in x, W_x, W_h and b. minGRU, by a loop and
by a scan, is another model with weights of its own; it is here for what a recurrence without a gate on h can do.
"""

import functools
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import torch
from torch.nn import functional as F

from rnn_course import devices, validate
from rnn_course.cells import LSTM, MinGRU
from rnn_course.models.min_gru import MinGRUTorch, recurrence
from rnn_course.speed import associative
from rnn_course.speed.passes import CompiledPass, GraphPass, NumpyPass, TorchPass, compiled
from rnn_course.speed.tutorial import TutorialLSTM

CHUNK = {"cpu": 4, "cuda": 8}  # steps compiled together: compiling takes seconds a step, and launches cost on a GPU
DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16, "float16": torch.float16}
TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "tf32": 2e-2, "float16": 5e-2, "bfloat16": 2e-1}
DEVICES = ("cpu", "cuda", "mps")


class Shape(NamedTuple):
    """Sizes of one measurement."""

    batch: int
    time: int
    input: int
    hidden: int


class Case(NamedTuple):
    """What one measurement works on, float32 numbers throughout so that every precision sees the same ones.

    x: `(batch, time, input)`; grad_h: `(batch, time, hidden)`; parameters: those of the NumPy cell of the model.
    """

    x: np.ndarray
    grad_h: np.ndarray
    parameters: dict[str, np.ndarray]


@functools.lru_cache(4)
def case(model, shape, seed=0):
    """Random input, gradients and weights for a model, "LSTM" or "minGRU"."""
    rng = np.random.default_rng(seed)
    batch, time, inputs, hidden = shape
    x = rng.normal(size=(batch, time, inputs)).astype(np.float32)
    grad_h = rng.normal(size=(batch, time, hidden)).astype(np.float32)
    cell = {"LSTM": LSTM, "minGRU": MinGRU}[model](inputs, hidden, dtype=np.float32, seed=rng)
    return Case(x, grad_h, dict(cell.parameters))


@functools.lru_cache(4)
def reference(model, shape, seed=0, device="cpu"):
    """h and every gradient of a case in float64, by torch.autograd through the equations: `{name: array}`."""
    device = "cpu" if device == "mps" else device  # Apple's GPUs have no float64
    x, grad_h, parameters = case(model, shape, seed)
    leaves = {"x": x, **parameters}
    leaves = {k: torch.from_numpy(v.astype(np.float64)).to(device).requires_grad_() for k, v in leaves.items()}
    h = {"LSTM": _equations, "minGRU": _equations_mingru}[model](*leaves.values())
    grads = torch.autograd.grad(h, list(leaves.values()), torch.from_numpy(grad_h.astype(np.float64)).to(device))
    found = {"h": h.detach()} | dict(zip(leaves, grads, strict=True))
    return {name: value.cpu().numpy() for name, value in found.items()}


def _equations(x, W_x, W_h, b):
    h = C = x.new_zeros(len(x), W_h.shape[1])
    outputs = []
    for x_t in x.unbind(1):
        i, f, C_tilde, o = (x_t @ W_x.T + h @ W_h.T + b).chunk(4, 1)
        C = torch.sigmoid(f) * C + torch.sigmoid(i) * torch.tanh(C_tilde)
        h = torch.sigmoid(o) * torch.tanh(C)
        outputs.append(h)
    return torch.stack(outputs, 1)


def _equations_mingru(x, W_x, b):
    h = x.new_zeros(len(x), len(b) // 2)
    outputs = []
    for x_t in x.unbind(1):
        z, n = (x_t @ W_x.T + b).chunk(2, 1)
        h = (1 - torch.sigmoid(z)) * h + torch.sigmoid(z) * n
        outputs.append(h)
    return torch.stack(outputs, 1)


def _torch_case(model, shape, seed, device, dtype):
    """x, grad_h and the parameters of a case as tensors, x with a gradient."""
    x, grad_h, parameters = case(model, shape, seed)
    x, grad_h = (torch.from_numpy(v).to(device, dtype, copy=True) for v in (x, grad_h))
    return x.requires_grad_(), grad_h, {k: torch.from_numpy(v).to(device, dtype) for k, v in parameters.items()}


def _tutorial(shape, seed, device, dtype):
    x, grad_h, parameters = case("LSTM", shape, seed)
    network = TutorialLSTM.from_parameters(**parameters)

    def named(grads):
        grad_x, W, b = grads
        stacked = np.concatenate([W[gate] for gate in "ifco"], axis=1).T  # (4·hidden, hidden + input)
        grad_b = np.concatenate([b[gate] for gate in "ifco"])
        return {"x": grad_x, "W_x": stacked[:, shape.hidden :], "W_h": stacked[:, : shape.hidden], "b": grad_b}

    return NumpyPass(network.forward, network.backward, x, grad_h, named)


def _numpy_cell(shape, seed, device, dtype):
    x, grad_h, parameters = case("LSTM", shape, seed)
    cell = LSTM(shape.input, shape.hidden, dtype=np.float32)
    for name, value in parameters.items():
        setattr(cell, name, value)
    return NumpyPass(
        lambda x: cell.forward(x)[0], cell.backward, x, grad_h, lambda grads: {"x": grads.x, **grads.parameters}
    )


def _load(module, suffix, W_x, W_h, b):
    """Write a case's parameters into a torch cell or layer; returns its leaves by the course's names."""
    names = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih", "second bias": "bias_hh"}
    leaves = {ours: getattr(module, theirs + suffix) for ours, theirs in names.items()}
    with torch.no_grad():
        for leaf, value in zip(leaves.values(), (W_x, W_h, b, torch.zeros_like(b)), strict=True):
            leaf.copy_(value)
    return leaves


def _cell_loop(shape, seed, device, dtype, make=TorchPass):
    """One product of the input, one of the state and, on a GPU, all of a cell's sums in one kernel of PyTorch's."""
    x, grad_h, parameters = _torch_case("LSTM", shape, seed, device, dtype)
    cell = torch.nn.LSTMCell(shape.input, shape.hidden, device=device, dtype=dtype)
    leaves = {"x": x} | _load(cell, "", **parameters)

    def function(x):
        h = C = x.new_zeros(shape.batch, shape.hidden)
        outputs = []
        for x_t in x.unbind(1):
            h, C = cell(x_t, (h, C))
            outputs.append(h)
        return torch.stack(outputs, 1)

    return make(function, leaves, grad_h)


def _nn_lstm(shape, seed, device, dtype, half=None):
    x, grad_h, parameters = _torch_case("LSTM", shape, seed, device, dtype)
    layer = torch.nn.LSTM(shape.input, shape.hidden, batch_first=True, device=device, dtype=dtype)
    leaves = {"x": x} | _load(layer, "_l0", **parameters)
    return TorchPass(lambda x: layer(x)[0], leaves, grad_h, half)


def steps(P, h, C, W_h):
    """The LSTM over the steps of P, a tuple of `x_t W_xᵀ + b (batch, 4·hidden)`: one product a step, gates together.

    h, C: `(batch, hidden)`; W_h: `(4·hidden, hidden)`. Returns the list of h_t and the last C.
    """
    hidden = h.shape[1]
    outputs = []
    for P_t in P:
        a = torch.addmm(P_t, h, W_h.T)
        i, f = torch.sigmoid(a[:, : 2 * hidden]).chunk(2, 1)
        C = f * C + i * torch.tanh(a[:, 2 * hidden : 3 * hidden])
        h = torch.sigmoid(a[:, 3 * hidden :]) * torch.tanh(C)
        outputs.append(h)
    return outputs, C


@functools.cache
def _compiled_steps(batch, hidden, device):
    """`steps` compiled for these sizes alone, once a process; the number of steps is that of a chunk."""
    return compiled(steps)


def _fused(shape, seed, device, dtype, *, walk=steps, chunk=None, make=TorchPass):
    x, grad_h, parameters = _torch_case("LSTM", shape, seed, device, dtype)
    W_x, W_h, b = (value.requires_grad_() for value in parameters.values())
    chunk = chunk or shape.time

    def function(x):
        P = F.linear(x.transpose(0, 1), W_x, b).unbind(0)  # every step's at once: it waits for nothing
        h = C = x.new_zeros(shape.batch, shape.hidden)
        outputs = []
        for t in range(0, shape.time, chunk):
            part = P[t : t + chunk]
            hs, C = (walk if len(part) == chunk else steps)(part, h, C, W_h)
            h = hs[-1]
            outputs += hs
        return torch.stack(outputs, 1)

    return make(function, {"x": x, "W_x": W_x, "W_h": W_h, "b": b}, grad_h)


def _compiled(shape, seed, device, dtype):
    walk = _compiled_steps(shape.batch, shape.hidden, device)
    return _fused(shape, seed, device, dtype, walk=walk, chunk=CHUNK[device], make=CompiledPass)


def _mingru(shape, seed, device, dtype, method):
    x, grad_h, parameters = _torch_case("minGRU", shape, seed, device, dtype)
    net = MinGRUTorch(shape.input, shape.hidden, method=method).to(device, dtype)
    with torch.no_grad():
        for name, value in parameters.items():
            getattr(net, name).copy_(value)
    return TorchPass(lambda x: net(x)[0], {"x": x, "W_x": net.W_x, "b": net.b}, grad_h)


def _mingru_associative(shape, seed, device, dtype):
    x, grad_h, parameters = _torch_case("minGRU", shape, seed, device, dtype)
    W_x, b = (value.requires_grad_() for value in parameters.values())
    h_0 = x.new_zeros(shape.batch, shape.hidden)
    leaves = {"x": x, "W_x": W_x, "b": b}
    return CompiledPass(lambda x: recurrence(x, h_0, W_x, b, associative.associative), leaves, grad_h)


@dataclass(frozen=True)
class Rung:
    """One implementation. label: for readers; model: "LSTM" or "minGRU"; dtype: what most of it is computed in.

    make(shape, seed, device, dtype): one pass, ready to run. only: the device that it is bound to, None for any, and
    why, a sentence. compiled: whether torch.compile has a part in it.
    """

    label: str
    make: Callable
    model: str = "LSTM"
    dtype: str = "float32"
    only: str | None = None
    why: str = ""
    compiled: bool = False


ON_THE_CPU = {"only": "cpu", "why": "NumPy runs on the CPU only"}
RUNGS = {
    "tutorial": Rung("a tutorial's NumPy", _tutorial, **ON_THE_CPU),
    "numpy_cell": Rung("the course's NumPy cell", _numpy_cell, **ON_THE_CPU),
    "cell_loop": Rung("a loop over nn.LSTMCell", _cell_loop),
    "fused_loop": Rung("a loop, hoisted and fused", _fused),
    "compiled_loop": Rung("that loop compiled", _compiled, compiled=True),
    "cuda_graph": Rung(
        "nn.LSTMCell as a CUDA graph",
        partial(_cell_loop, make=GraphPass),
        only="cuda",
        why="a CUDA graph needs a GPU that CUDA drives",
    ),
    "nn_lstm": Rung("nn.LSTM", _nn_lstm),
    "nn_lstm_bf16": Rung("nn.LSTM in bfloat16", partial(_nn_lstm, half=torch.bfloat16), dtype="bfloat16"),
    "nn_lstm_fp16": Rung("nn.LSTM in float16", partial(_nn_lstm, half=torch.float16), dtype="float16"),
    "nn_lstm_f64": Rung("nn.LSTM in float64", _nn_lstm, dtype="float64"),
    "mingru_loop": Rung("minGRU by a loop", partial(_mingru, method="loop"), model="minGRU"),
    "mingru_scan": Rung("minGRU by a scan", partial(_mingru, method="scan"), model="minGRU"),
    "associative_scan": Rung(
        "minGRU by associative_scan",
        _mingru_associative,
        model="minGRU",
        only="cuda",
        why="torch compiles associative_scan into one kernel for CUDA only",
        compiled=True,
    ),
}


def check_shape(shape):
    """The shape as a `Shape` of whole numbers of at least 1."""
    try:
        shape = Shape(*shape)
    except TypeError:
        raise TypeError(f"shape is {shape!r}, it must be (batch, time, input, hidden)") from None
    pairs = zip(Shape._fields, shape, strict=True)
    return Shape(*(validate.positive_int(f"shape's {name}", size, most=2**31 - 1) for name, size in pairs))


def check_device(device):
    """The device, if it is "cpu", or a "cuda" or "mps" that is there; otherwise a ValueError."""
    return devices.check(validate.one_of("device", device, DEVICES))


def obstacle(name, device="cpu"):
    """Why a rung cannot run on this device of this machine, in one sentence; None where it can."""
    rung = RUNGS[validate.one_of("name", name, tuple(RUNGS))]
    validate.one_of("device", device, DEVICES)
    if rung.only not in (None, device):
        return rung.why
    if name == "associative_scan" and not associative.is_here():
        return f"PyTorch {torch.__version__} has no associative_scan that scans both ways"
    if rung.compiled and (reason := _compiling_obstacle(device)):
        return reason
    if rung.dtype == "float64" and device == "mps":
        return "Apple's GPUs have no float64"
    if rung.dtype in ("bfloat16", "float16") and device != "cuda":
        return _half_obstacle(name, device)
    return None


def _compiling_obstacle(device):
    """Why torch.compile cannot be measured on a device, None where it can."""
    if device == "mps":
        return "torch.compile for Apple's GPUs is a prototype and is not measured"
    if device == "cuda":
        return None if find_spec("triton") else "torch.compile needs Triton on a GPU, and it is not installed"
    compilers = map(shutil.which, (os.environ.get("CXX") or "c++", "g++", "clang++", "cl"))
    return None if any(compilers) else "torch.compile needs a C++ compiler, and none was found"


@functools.cache
def _half_obstacle(name, device):
    """oneDNN trains an LSTM in bfloat16 on processors with AVX-512, in float16 on fewer still: ask it, and Metal."""
    try:
        RUNGS[name].make(Shape(2, 3, 4, 5), 0, device, torch.float32).run()
    except RuntimeError as error:
        said, dtype = str(error).split(". ")[0], RUNGS[name].dtype
        if device == "cpu":
            return f"torch cannot train nn.LSTM in {dtype} on this processor: {said}"
        return f"torch cannot train nn.LSTM in {dtype} on this GPU: {said}"
    return None


def prepare(name, shape, device="cpu", seed=0):
    """One rung at one shape, ready: `one.run()` goes forward and backward, `one.arrays()` gives h and the gradients.

    shape: (batch, time, input, hidden). Raises ValueError for an unknown name, shape or device.
    """
    rung = RUNGS[validate.one_of("name", name, tuple(RUNGS))]
    seed = validate.positive_int("seed", seed, least=0, most=None)
    start = torch.float64 if rung.dtype == "float64" else torch.float32  # autocast starts from float32 weights
    return rung.make(check_shape(shape), seed, check_device(device), start)


def compare(arrays, wanted):
    """Greatest |found − wanted| / max |wanted| over the arrays of `wanted`; infinite where something is not finite."""
    worst = max(float(np.abs(arrays[k] - w).max() / np.abs(w).max()) for k, w in wanted.items())
    return worst if np.isfinite(worst) else float("inf")


def error_of(name, shape, device="cpu", seed=0):
    """A rung's greatest relative error, over h and every gradient, against the equations in float64."""
    one = prepare(name, shape, device, seed)
    one.run()
    return compare(one.arrays(), reference(RUNGS[name].model, check_shape(shape), int(seed), device))


def tolerance(name, tf32=False):
    """How large `error_of` a rung may be before it is not worth timing."""
    dtype = RUNGS[name].dtype
    return TOLERANCE["tf32" if tf32 and dtype == "float32" else dtype]
