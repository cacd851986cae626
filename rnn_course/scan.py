"""A linear recurrence over time, h_t = a_t ⊙ h_{t−1} + b_t, step by step or in blocks.

All a_t and b_t are known before the walk, so that time can be cut into about √T blocks: first every block, all at once,
works out what it does to a state (h ↦ A h + B), then the states between blocks follow one another, then every block
walks from its own. What one step does is an argument, so that NumPy and torch share the walk.
"""

import math

import numpy as np


def in_numpy(a, h, b, out):
    """out = a ⊙ h + b for NumPy's arrays; out may be h."""
    if out is h:
        out *= a
    else:
        np.multiply(a, h, out)
    out += b


def _blocks(time):
    """How many blocks of how many steps, each about √time; the steps left over are fewer than one block."""
    steps = math.isqrt(time)
    return time // steps, steps


def loop(a, b, first, out, *, multiply_add=in_numpy, reverse=False):
    """h_t = a_t ⊙ h_{t−1} + b_t step by step (from the last to the first if reverse), into out; time is the first axis.

    multiply_add(a, h, b, out): out = a ⊙ h + b. first: the state before the first step walked. Returns out.
    """
    h = first
    for a_t, b_t, out_t in _in_turn(reverse, a, b, out):
        multiply_add(a_t, h, b_t, out_t)
        h = out_t
    return out


def _in_turn(reverse, *arrays):
    """The arrays' entries along their first axis, side by side, in the order walked; all views are made at once."""
    return list(zip(*(list(array) for array in arrays), strict=True))[:: -1 if reverse else 1]


def scan(a, b, first, out, *, multiply_add=in_numpy, reverse=False):
    """As `loop`, in about 3√time steps, each over many blocks of time at once."""
    count, size = _blocks(len(a))
    whole = count * size
    parts = [slice(0, whole), slice(whole, len(a))]
    for part in reversed(parts) if reverse else parts:
        if part.start == part.stop:
            continue
        if part.start == whole:
            loop(a[part], b[part], first, out[part], multiply_add=multiply_add, reverse=reverse)
        else:
            blocks = (v[part].reshape(count, size, *v.shape[1:]) for v in (a, b, out))
            _scan_blocks(*blocks, first, multiply_add, reverse)
        first = out[part][0 if reverse else -1]
    return out


def _scan_blocks(a, b, out, first, multiply_add, reverse):
    """The scan over `(blocks, steps, …)`; out is a view of what is wanted."""
    steps = _in_turn(reverse, *(v.swapaxes(0, 1) for v in (a, b, out)))
    A, B = a.prod(1), steps[0][1] + 0  # what a whole block does to a state: h ↦ A h + B
    for a_k, b_k, _ in steps[1:]:
        multiply_add(a_k, B, b_k, B)
    h = A + 0  # the state before each block
    h[-1 if reverse else 0] = first
    others, before = (slice(1, None), slice(None, -1)) if reverse else (slice(None, -1), slice(1, None))
    loop(A[others], B[others], first, h[before], multiply_add=multiply_add, reverse=reverse)
    for a_k, b_k, out_k in steps:
        multiply_add(a_k, h, b_k, out_k)
        h = out_k


WALKS = {"scan": scan, "loop": loop}
