"""A training in a file: what comes back is what went in, and only into the training that it came from."""

import copy

import numpy as np
import pytest
import torch

from rnn_course import checkpoint
from rnn_course.models import SequenceModel, seeded

ABOUT = {"batch_size": 7, "clip": None, "data": "abc"}


def step(model, optimiser):
    """A step on data and with dropout of this moment's random numbers."""
    x, y = torch.randn(4, 6, 3), torch.randn(4, 1, 2)
    optimiser.zero_grad()
    (model(x) - y).square().mean().backward()
    optimiser.step()


def build(optimiser=torch.optim.Adam):
    model = SequenceModel("gru", 3, 5, 2, num_layers=2, dropout=0.4, seed=3).train()
    return model, optimiser(model.parameters(), lr=0.013)


def state(model, optimiser):
    tensors = dict(model.state_dict())
    for k, kept in optimiser.state_dict()["state"].items():
        tensors |= {f"{k} {name}": value for name, value in kept.items() if value is not None}
    return checkpoint.digest(tensors)


@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_going_on_from_a_file_is_going_on(tmp_path, kind):
    path = tmp_path / "c.safetensors"
    with seeded(8):
        model, optimiser = build(kind)
        step(model, optimiser)
        place = {"epoch": 3, "loss": 0.1 + 0.2}
        more = {"best.head.bias": torch.randn(2)}
        taken = checkpoint.take(model, optimiser, [checkpoint.random_state()], place, more)
        step(model, optimiser)
        checkpoint.write(path, taken, ABOUT)  # the step before has not changed what was taken
        wanted = state(model, optimiser)
    with seeded(99):
        model, optimiser = build(kind)
        found = checkpoint.read(path, dict(reversed(ABOUT.items())))
        assert found.place == place and torch.equal(found.more["best.head.bias"], more["best.head.bias"])
        checkpoint.restore(found, model, optimiser)
        checkpoint.set_random_state(found.random[0])
        step(model, optimiser)
    assert state(model, optimiser) == wanted
    assert optimiser.param_groups[0]["lr"] == 0.013


def test_each_worker_gets_its_own_random_numbers(tmp_path):
    path, drawn = tmp_path / "c.safetensors", []
    model, optimiser = build()
    with seeded(1):
        kept = []
        for _ in range(11):  # more than nine: "10" comes before "2" in the alphabet
            kept.append(checkpoint.random_state())
            drawn.append(torch.rand(3))
        checkpoint.write(path, checkpoint.take(model, optimiser, kept, {}), {})
        found = checkpoint.read(path, {})
        for rank in (2, 10, 0):
            checkpoint.set_random_state(found.random[rank])
            assert torch.equal(torch.rand(3), drawn[rank])


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        (ABOUT | {"batch_size": 8}, "batch_size is 7 there and 8 here$"),
        (ABOUT | {"data": "abd", "clip": 1.0}, "clip is None there and 1.0 here; data is 'abc' there and 'abd' here$"),
        ({"batch_size": 7, "data": "abc"}, "clip is None there and absent here$"),
        (ABOUT | {"more": 1}, "more is absent there and 1 here$"),
    ],
)
def test_the_checkpoint_of_another_training_is_refused_with_what_differs(tmp_path, about, sentence):
    path = tmp_path / "c.safetensors"
    checkpoint.write(path, checkpoint.take(*build(), [], {}), ABOUT)
    with pytest.raises(ValueError, match=f"is the checkpoint of another training: {sentence}"):
        checkpoint.read(path, about)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "c.safetensors"
    checkpoint.write(path, checkpoint.take(*build(), [], {}), ABOUT)
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is damaged"):
        checkpoint.read(path, ABOUT)


def test_what_is_no_tensor_is_refused(tmp_path):
    model, optimiser = build(torch.optim.NAdam)
    optimiser.state[model.head.bias] = {"count": 3}
    with pytest.raises(TypeError, match="count is a int, a checkpoint keeps tensors"):
        checkpoint.write(tmp_path / "c.safetensors", checkpoint.take(model, optimiser, [], {}), ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_a_digest_sees_name_shape_dtype_and_every_bit():
    value = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 3)))
    others = [{"a": value.reshape(3, 2)}, {"a": value.view(torch.int64)}, {"b": value}, {"a": None}, {}]
    changed = copy.deepcopy(value)
    changed.view(torch.int64)[1, 2] ^= 1
    digests = [checkpoint.digest(tensors) for tensors in ({"a": value}, {"a": changed}, *others)]
    assert len(set(digests)) == len(digests)
    assert checkpoint.digest({"a": value.T.contiguous().T}) == digests[0]
