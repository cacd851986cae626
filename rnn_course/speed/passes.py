"""What a rung is when it is ready: one pass forward and backward, `run()`, and its numbers, `arrays()`."""

import contextlib
import time
import types

import torch


class NumpyPass:
    """A NumPy network as a call forward and backward: `run()`, then `arrays()`.

    forward(x) -> h; backward(grad_h) -> gradients; named(gradients) -> `{"x": …, "W_x": …}`.
    """

    def __init__(self, forward, backward, x, grad_h, named):
        self.forward, self.backward, self.x, self.grad_h, self.named = forward, backward, x, grad_h, named

    def run(self):
        """Forward and backward."""
        self.h = self.forward(self.x)
        self.grads = self.backward(self.grad_h)

    def arrays(self):
        """h and every gradient of the last run, by name."""
        return {"h": self.h} | self.named(self.grads)


class TorchPass:
    """A torch function of x as a call forward and backward: `run()`, then `arrays()`.

    function(x) -> h `(batch, time, hidden)`. leaves: `{"x": x, "W_x": …}`, what gradients are wanted in. half: the
    dtype that autocast computes in, None for none.
    """

    def __init__(self, function, leaves, grad_h, half=None):
        self.function, self.leaves, self.grad_h, self.half = function, leaves, grad_h, half

    def run(self):
        """Forward and backward."""
        kind = self.grad_h.device.type
        with torch.autocast(kind, self.half) if self.half else contextlib.nullcontext():
            h = self.function(self.leaves["x"])
        self.grads = torch.autograd.grad(h, list(self.leaves.values()), self.grad_h.to(h.dtype))
        self.h = h.detach()

    def arrays(self):
        """h and every gradient of the last run, by name, as float64 NumPy arrays."""
        found = {"h": self.h} | dict(zip(self.leaves, self.grads, strict=True))
        return {name: value.cpu().double().numpy() for name, value in found.items()}


class GraphPass(TorchPass):
    """A whole pass captured once as a CUDA graph and replayed: Python and the launches are paid once."""

    def __init__(self, function, leaves, grad_h):
        super().__init__(function, leaves, grad_h)
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # what is set up at a first call must not be captured
            for _ in range(3):
                super().run()
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            super().run()

    def run(self):
        """Replay; the results lie where they lay when it was captured."""
        self.graph.replay()


class CompiledPass(TorchPass):
    """A pass with compiled parts.

    recompiles: how often torch compiled again after the first run; first: the seconds of that run, in which it compiled
    what this process had not compiled before. Both None before it.
    """

    recompiles = first = None

    def run(self):
        """Forward and backward; a run that compiles counts it, since its time is no time of the program."""
        before, start = _graphs(), time.perf_counter()
        super().run()
        if self.first is None:
            self.first, self.recompiles = float(f"{time.perf_counter() - start:.4g}"), 0
        else:
            self.recompiles += _graphs() - before


def _graphs():
    """How many graphs torch has compiled in this process."""
    from torch._dynamo.utils import counters

    return counters["stats"]["unique_graphs"]


def compiled(function):
    """A function compiled for the sizes of its first call, apart from any other that was compiled from it.

    Its code is a copy: torch counts what it compiles of one code, takes sizes that change for sizes of any value, and
    after eight lets the rest run uncompiled. fullgraph: what cannot be compiled whole raises.
    """
    own = types.FunctionType(function.__code__.replace(), function.__globals__, function.__name__)
    return torch.compile(own, dynamic=False, fullgraph=True)
