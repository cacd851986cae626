"""One epoch against its sum written out: every target counts alike, and a step that is not finite is not taken."""

import math

import pytest
import torch
from door_values import CUBE, FORECASTER, IDS, ROWS

from rnn_course import attention, distributed, language, models, training
from rnn_course.epoch import BestWeights, run_epoch
from rnn_course.models import recursive


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


def test_a_model_falls_back_to_the_weights_of_its_lowest_loss():
    model = Line(1.0)
    with pytest.raises(FloatingPointError, match=r"lost\. The model has the weights after epoch 2, where"):
        with BestWeights(model) as best:
            for epoch, (w, loss) in enumerate([(2.0, 0.5), (3.0, 0.25), (4.0, 0.75)], start=1):
                model.w.data.fill_(w)
                best.see(loss, f"epoch {epoch}")
            model.w.data.fill_(math.nan)
            raise FloatingPointError("lost")
    assert model.w.item() == 3.0
    with pytest.raises(FloatingPointError, match="the weights that it came with"), BestWeights(model):
        model.w.data.fill_(math.nan)
        raise FloatingPointError("lost")
    assert model.w.item() == 3.0
    with pytest.raises(KeyError), BestWeights(model):  # any other error leaves what was learned
        model.w.data.fill_(5.0)
        raise KeyError
    assert model.w.item() == 5.0


def poisoned(model, kept):
    """A function to watch with: it notes the weights at each look, and spoils them at the third."""

    def watch(*_):
        kept.append({name: value.clone() for name, value in model.state_dict().items()})
        if len(kept) == 3:
            for parameter in model.parameters():
                parameter.data.fill_(math.nan)

    return watch


def by_language(model, watch):
    language.fit(model, IDS, updates=9, batch_size=2, length=5, every=1, progress=False, watch=watch)


def by_attention(model, watch):
    attention.fit(model, lambda n, rng: (ROWS, ROWS), updates=9, every=1, progress=False, watch=watch)


def by_workers(model, watch):
    distributed.fit(model, (CUBE / 99, CUBE[:, :2] / 99), epochs=9, watch=watch)


def by_training(model, watch):
    training.fit(model, (CUBE / 99, CUBE[:, :2] / 99), epochs=9, device="cpu", progress=False, watch=watch)


def by_trees(network, watch):
    forest, forward = recursive.Forest.of_chains(torch.ones(4, 3, 2)), network.forward

    def watched(forest):
        watch()
        return forward(forest)

    network.forward = watched
    recursive.fit(network, forest, [0, 1, 1, 0], epochs=9, progress=False)


FITS = {
    "language": (by_language, lambda: models.LanguageModel(100, 3), "epoch 4, step 1"),
    "attention": (by_attention, lambda: models.CausalModel(100, width=4, mixers=("gru",)), "epoch 4, step 1"),
    "distributed": (by_workers, lambda: type(FORECASTER)(**FORECASTER.settings), "epoch 4, step 1"),
    "training": (by_training, lambda: type(FORECASTER)(**FORECASTER.settings), "epoch 4, step 1"),
    "recursive": (by_trees, lambda: recursive.RecursiveNetwork(2, 3, 2), "epoch 3, step 1"),
}


@pytest.mark.parametrize("name", FITS)
def test_a_loss_that_is_no_number_stops_with_the_place_and_leaves_weights_that_were_good(name):
    fit, make, place = FITS[name]
    model, kept = make(), []
    with pytest.raises(FloatingPointError, match=rf"nan at {place}.*The model has the weights (after|of) .*\d"):
        fit(model, poisoned(model, kept))
    now = model.state_dict()
    assert all(value.isfinite().all() for value in now.values())
    assert any(all(torch.equal(now[part], then[part]) for part in now) for then in kept)
