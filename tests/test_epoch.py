"""One epoch against its sum written out: every target counts alike, and a step that is not finite is not taken."""

import math

import pytest
import torch

from rnn_course.epoch import run_epoch


class Line(torch.nn.Module):
    """y = w x, whose squared errors can be derived by hand."""

    def __init__(self, w):
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(w, dtype=torch.float64))

    def losses(self, batch):
        x, y = torch.tensor(batch, dtype=torch.float64).T
        return (self.w * x - y) ** 2


BATCHES = [[(1.0, 2.0), (3.0, -1.0)], [(-2.0, 0.5)]]


@pytest.mark.parametrize("clip", [None, 0.7])
def test_an_epoch_is_its_sum_written_out(clip):
    model, w, rate = Line(0.4).eval(), 0.4, 0.01
    losses, norms = [], []
    for batch in BATCHES:
        losses += [(w * x - y) ** 2 for x, y in batch]
        gradient = sum(2 * (w * x - y) * x for x, y in batch) / len(batch)
        norms.append(abs(gradient))
        w -= rate * gradient * min(1, (clip or math.inf) / abs(gradient))
    found = run_epoch(model, BATCHES, model.losses, torch.optim.SGD(model.parameters(), rate), clip)
    assert found == pytest.approx((sum(losses) / 3, sum(norms) / 2))
    assert model.w.item() == pytest.approx(w, rel=1e-6) and model.training


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_losses_are_added_up_in_double(dtype):
    each = torch.linspace(1, 60_000, 7, dtype=dtype).repeat(3)
    model = Line(0.4)
    found, _ = run_epoch(model, [each], lambda batch: batch + 0 * model.w.to(dtype), torch.optim.SGD([model.w], 0.1))
    assert found == math.fsum(each.tolist()) / 21


def test_a_step_that_is_not_finite_is_not_taken():
    model = Line(0.4)
    optimiser = torch.optim.SGD(model.parameters(), 0.01)
    with pytest.raises(FloatingPointError, match="training loss is nan at epoch 3, step 2"):
        run_epoch(model, [BATCHES[0], [(1.0, math.nan)]], model.losses, optimiser, epoch=3)
    after, model = model.w.item(), Line(0.4)
    run_epoch(model, BATCHES[:1], model.losses, torch.optim.SGD(model.parameters(), 0.01))
    assert after == model.w.item()
