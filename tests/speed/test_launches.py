"""The loop that is captured asks a GPU for fewer operations than the one that was."""

import pytest

from rnn_course import speed


@pytest.mark.parametrize(("rung", "wanted"), [("cell_loop", 13), ("fused_loop", 30)])
def test_operations_a_step(rung, wanted):
    """By hand for nn.LSTMCell: two products and the fused kernel; backward its own backward, four products, and sums
    into the gradients of h, W_x, W_h and the two biases."""
    assert speed.launches(rung, 30) - speed.launches(rung, 10) == 20 * wanted


def test_the_captured_loop_is_the_one_that_asks_for_fewer():
    captured = speed.RUNGS["cuda_graph"]
    assert captured.make.func is speed.RUNGS["cell_loop"].make
    assert captured.label == "nn.LSTMCell as a CUDA graph"


def test_other_rungs_and_times_are_refused():
    with pytest.raises(ValueError, match="rung is 'nn_lstm', it must be one of 'cell_loop', 'fused_loop'"):
        speed.launches("nn_lstm", 3)
    with pytest.raises(ValueError, match="time is 0, it must be at least 1"):
        speed.launches("cell_loop", 0)
