"""What torch.profiler saw of a pass is what the pass did."""

from itertools import pairwise

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from rnn_course import speed


def traced(rung, time):
    return speed.trace(rung, (2, time, 3, 4))


def of(kind, calls):
    return [call for call in calls if call.kind == kind]


class Products(TorchDispatchMode):
    """Another witness of the products of matrices."""

    count = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        self.count += operation.overloadpacket in (torch.ops.aten.mm, torch.ops.aten.addmm)
        return operation(*args, **(kwargs or {}))


@pytest.mark.parametrize("time", [3, 5])
def test_the_products_of_a_loop_over_cells_are_two_a_step_and_four_backward(time):
    products = of("product", traced("cell_loop", time))
    assert len(products) == 2 * time + 4 * time - 1  # the first state is a constant: nothing goes back into it
    one = speed.prepare("cell_loop", (2, time, 3, 4))
    with Products() as counted:
        one.run()
    assert len(products) == counted.count


@pytest.mark.parametrize("rung", ["cell_loop", "fused_loop", "nn_lstm", "mingru_scan"])
def test_calls_follow_one_another_and_hold_what_lies_inside(rung):
    calls = traced(rung, 4)
    outermost = of("call", calls)
    assert calls[0].start == 0 and len(outermost) > 5
    for before, after in pairwise(outermost):
        assert before.start <= before.end <= after.start + 1e-9
    for inside in (*of("product", calls), *of("routine", calls)):
        assert any(call.start <= inside.start and inside.end <= call.end for call in outermost)


def test_the_routine_is_called_once_each_way():
    calls = traced("nn_lstm", 6)
    if not torch.backends.mkldnn.is_available():
        pytest.skip("this PyTorch has no oneDNN, whose routine it is")
    forward, backward = of("routine", calls)
    assert "backward" not in forward.name and "backward" in backward.name and forward.end <= backward.start


def test_the_profilers_messages_do_not_get_into_a_notebook(capfd):
    traced("nn_lstm", 2)
    assert capfd.readouterr().err == ""


def test_what_cannot_be_traced_is_refused():
    with pytest.raises(ValueError, match="rung 'numpy_cell' makes no call of PyTorch's"):
        traced("numpy_cell", 3)
    with pytest.raises(ValueError, match="rung 'cuda_graph' cannot run here: a CUDA graph needs a GPU"):
        traced("cuda_graph", 3)
    with pytest.raises(ValueError, match="rung is 'loop', it must be one of"):
        traced("loop", 3)
    with pytest.raises(ValueError, match="time is 0, it must be at least 1"):
        traced("cell_loop", 0)
