"""Fading memory: what is left of one pulse after t steps in a cell that keeps the share f at each of them."""

import numpy as np
from traitlets import Int

from rnn_course.widgets.kit import Explorable, Finite, script


class FadingMemory(Explorable):
    """Show the memory C_0 … C_T of one pulse under a forget gate that stands still.

        C_t = f C_{t−1} + i x_t,   i = 1,   x_0 = 1 and x_t = 0 after that

    `steps` is T. An LSTM works its gates out anew at every step; here f is held, as in Gers, Schmidhuber and Cummins
    (2000), section 3, where f < 1 lets a state die away.

    Controls: f, the share that is kept at each step, from 0 to 1.
    """

    _esm = script("fading_memory")

    steps = Int(60, min=1).tag(sync=True)
    f = Finite(0.9, min=0.0, max=1.0).tag(sync=True, control=True)

    def compute(self):
        """Return in NumPy what the page computes.

        Returns `{"C": (steps + 1,), "half": the first step at which half or less is left, or None}`.
        """
        C = np.empty(self.steps + 1)
        memory = 0.0
        for t in range(self.steps + 1):
            memory = self.f * memory + (t == 0)
            C[t] = memory
        [gone] = np.nonzero(C <= 0.5)
        return {"C": C, "half": int(gone[0]) if len(gone) else None}
