"""Taking away the time steps that are not complete, in place of filling them."""

import numpy as np

from rnn_course.missing.base import batches, gappy, no_empty_channel


def drop(x):
    """Return `(kept values, kept steps)` of x, without every time step that has a missing value.

    Of a series (time, feature): (kept, feature), and the numbers of the kept steps (kept,), no longer evenly spaced. Of
    windows (batch, time, feature) a step is kept if it is complete in all of them.
    Raises what `Fill.fit` raises, and ValueError if no step is complete.
    """
    x = gappy("x", x)
    cube = batches(x)
    no_empty_channel(cube)
    steps = np.flatnonzero(~np.isnan(cube).any(axis=(0, 2)))
    if not steps.size:
        raise ValueError(f"x has no complete time step among {x.shape[-2]}, nothing would be left")
    return np.take(x, steps, axis=-2), steps
