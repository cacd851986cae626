"""The seeds of the course, and the shift that runs it with others."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from rnn_course import missing, seeds
from rnn_course.cells import LSTM
from rnn_course.models import SequenceModel
from rnn_course.training import fit, predict

NOTEBOOKS = sorted(Path(__file__).parents[1].glob("notebooks/*.ipynb"))


@pytest.fixture
def shift(monkeypatch):
    """Set the environment's shift."""
    return lambda value: monkeypatch.setenv(seeds.VARIABLE, value)


def trained(seed):
    """Forecasts of a small network: its weights, its shuffling and its dropout all come from the seed."""
    x = np.random.default_rng(0).normal(size=(7, 4, 2)).astype(np.float32)
    model = SequenceModel("gru", 2, 3, 1, num_layers=2, dropout=0.5, seed=seed)
    fit(model, (x, x[:, -1:, :1]), epochs=2, batch_size=3, seed=seed, device="cpu", progress=False)
    return predict(model, x)


DRAWS = {
    "default_rng": lambda seed: seeds.default_rng(seed).normal(size=5),
    "manual_seed": lambda seed: (seeds.manual_seed(seed), torch.rand(5))[1].numpy(),
    "cell": lambda seed: LSTM(2, 3, seed=seed).W_x,
    "mechanism": lambda seed: missing.mcar(np.ones((50, 2)), 0.5, seed=seed),
    "fit": trained,
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_with_a_shift_a_seed_draws_what_their_sum_draws(draw, shift):
    unshifted, other = draw(3), draw(1003)
    assert not np.array_equal(unshifted, other)
    shift("1000")
    np.testing.assert_array_equal(draw(3), other)


def test_without_a_shift_the_draws_are_those_of_numpy_and_torch(monkeypatch):
    monkeypatch.delenv(seeds.VARIABLE, raising=False)
    np.testing.assert_array_equal(seeds.default_rng(7).normal(size=3), np.random.default_rng(7).normal(size=3))
    torch.manual_seed(7)
    drawn = torch.rand(3)
    seeds.manual_seed(7)
    assert torch.equal(torch.rand(3), drawn)


def test_a_generator_is_used_as_it_is(shift):
    shift("1000")
    rng = np.random.default_rng(1)
    assert seeds.generator("seed", rng) is rng


@pytest.mark.parametrize("value", ["-1", "1.5", "", "many", "٣"])
def test_a_shift_that_is_no_whole_number_is_refused(value, shift):
    shift(value)
    with pytest.raises(ValueError, match=re.escape(f"RNN_COURSE_SEED_SHIFT is {value!r}, it must be a whole number")):
        seeds.default_rng(0)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_seed_of_a_chapter_can_be_shifted(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert not re.findall(r"(?<!seeds)\.(?:default_rng|manual_seed)\(|random_state=\d", code)
