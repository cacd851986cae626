"""Updates: the rate against its formula, Adam against PyTorch's, every update counted."""

import math

import pytest
import torch

from rnn_course.updates import Options, make_updates


def test_the_rate_rises_and_falls_by_half_a_cosine():
    options = Options(updates=200, learning_rate=0.3, warm_up=10)
    for done in (0, 4, 9, 10, 11, 100, 199):
        rising = min(1, (done + 1) / 11)
        assert options.rate(done) == pytest.approx(0.3 * rising * math.cos(math.pi * done / 400) ** 2)
    assert Options(updates=200).every == 10
    assert Options(updates=7).every == 1


@pytest.mark.parametrize("every", [1, 3, 5, 12])
def test_updates_are_adams_and_each_is_made_once(every):
    x, y = torch.randn(12, 4, 3, generator=torch.Generator().manual_seed(1)), torch.arange(48.0).view(12, 4, 1) / 9
    models = [torch.nn.Linear(3, 1), torch.nn.Linear(3, 1)]
    models[1].load_state_dict(models[0].state_dict())
    options, looks = Options(updates=12, learning_rate=0.05, warm_up=3, clip=2.0, every=every, progress=False), []
    stopped = make_updates(
        models[0],
        lambda done: (x[done], y[done]),
        lambda batch: (models[0](batch[0]) - batch[1]).square(),
        lambda done, loss, seconds: looks.append((done, loss)) or {},
        options,
    )
    optimiser, losses = torch.optim.Adam(models[1].parameters(), betas=(0.9, 0.99)), []
    for k in range(12):
        optimiser.param_groups[0]["lr"] = options.rate(k)
        loss = (models[1](x[k]) - y[k]).square().mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(models[1].parameters(), 2.0)
        optimiser.step()
        losses.append(loss.item())
    for got, wanted in zip(models[0].parameters(), models[1].parameters(), strict=True):
        torch.testing.assert_close(got, wanted)
    assert stopped == "finished"
    assert [done for done, _ in looks] == [*range(every, 12, every), 12]
    before = 0
    for done, loss in looks:
        assert loss == pytest.approx(sum(losses[before:done]) / (done - before))
        before = done
