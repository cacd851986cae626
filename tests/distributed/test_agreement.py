"""What workers measure of each other, against autograd over the whole batch in this process."""

import parallel_cases
import pytest
import torch
from parallel_cases import data_of, model_of

from rnn_course import training
from rnn_course.distributed import Workers, digests, gradient_errors, launch, shard


def gradient(model, batch):
    found = torch.autograd.grad(training._losses(model, batch).mean(), list(model.parameters()))
    return torch.cat([part.flatten() for part in found])


def test_the_mean_of_means_is_wrong_by_what_autograd_says():
    model = model_of("next_symbol")
    batch = training.as_examples(model, "train", data_of("next_symbol", 32), "cpu")
    parts = [batch[shard(torch.arange(32), rank, 2, (24, 8))] for rank in range(2)]
    whole, means = gradient(model, batch), sum(gradient(model, part) for part in parts) / 2
    reports = launch(parallel_cases.__file__, "errors", workers=2)
    assert reports[0]["errors"] == reports[1]["errors"]
    found = reports[0]["errors"]
    assert found["examples"] == [24, 8] and found["weighted"] < 1e-15
    assert found["mean_of_means"] == pytest.approx((whole - means).abs().max().item(), rel=1e-9)
    assert found["relative"] == pytest.approx(((whole - means).norm() / whole.norm()).item(), rel=1e-9)
    assert found["relative"] > 0.1


def test_alone_there_is_no_difference():
    model = model_of("classify", num_layers=2, dropout=0.5).train()
    found = gradient_errors(model, data_of("classify"), Workers())
    assert found["examples"] == [11] and max(found["weighted"], found["mean_of_means"]) < 1e-15
    assert model.training and all(parameter.grad is None for parameter in model.parameters())


def test_digests_are_of_the_weights():
    model = model_of("forecast")
    before = digests(model, Workers())
    with torch.no_grad():
        model.head.bias[1] += 1e-9
    assert len(before) == 1 and digests(model, Workers()) != before
