"""What is the LSTM's alone: its trace obeys its equations."""

import numpy as np
from cell_kinds import close, make


def test_the_trace_obeys_the_equations():
    trace = make("lstm").trace(np.random.default_rng(5).normal(size=(2, 6, 3)))
    C_before = np.concatenate([np.zeros((2, 1, 5)), trace.C[:, :-1]], axis=1)
    close(trace.C, trace.f * C_before + trace.i * trace.C_tilde, "C")
    close(trace.h, trace.o * np.tanh(trace.C), "h")
