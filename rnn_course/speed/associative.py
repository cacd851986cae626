"""A linear recurrence over time by torch's own associative_scan, with the arguments of `rnn_course.scan.scan`.

PyTorch calls it a prototype: `torch._higher_order_ops.associative_scan`. Its pointwise mode becomes one kernel, which
torch writes for CUDA; its generic mode is a tree of plain operations that runs anywhere and takes many times as long.
"""

import functools
import inspect

import torch

from rnn_course.speed.passes import compiled

try:
    from torch._higher_order_ops.associative_scan import associative_scan
except ImportError:
    associative_scan = None


def is_here():
    """Whether this PyTorch has an associative_scan that scans both ways."""
    known = inspect.signature(associative_scan).parameters if associative_scan else ()
    return {"combine_mode", "reverse"} <= {*known}


def join(first, second):
    """Two linear steps h ↦ a ⊙ h + b as one, each a pair (a, b)."""
    return second[0] * first[0], second[0] * first[1] + second[1]


def forwards(a, b, first, mode):
    """h_t = a_t ⊙ h_{t−1} + b_t for all t, time first; the state before the first step goes into its b."""
    b = torch.cat([torch.addcmul(b[:1], a[:1], first), b[1:]])
    return associative_scan(join, (a, b), 0, combine_mode=mode)[1]


def backwards(a, b, first, mode):
    """h_t = a_t ⊙ h_{t+1} + b_t for all t."""
    b = torch.cat([b[:-1], torch.addcmul(b[-1:], a[-1:], first)])
    return associative_scan(join, (a, b), 0, reverse=True, combine_mode=mode)[1]


@functools.cache
def _compiled(walk, shape):
    """A walk compiled for one shape, once a process."""
    return compiled(walk)


def associative(a, b, first, out, *, multiply_add=None, reverse=False):
    """h_t = a_t ⊙ h_{t−1} + b_t as `rnn_course.scan.scan` gives it, into out; multiply_add is not asked."""
    walk = backwards if reverse else forwards
    if a.is_cuda:
        return out.copy_(_compiled(walk, a.shape)(a, b, first, "pointwise"))
    return out.copy_(walk(a, b, first, "generic"))
