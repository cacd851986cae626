"""Weights in a file: bit for bit, and only in the form that was asked for. What a damaged file says: test_training."""

import pytest
import torch

from rnn_course import weights


def test_what_comes_back_is_what_was_written(tmp_path):
    generator, path = torch.Generator().manual_seed(2), tmp_path / "w.safetensors"
    values = {name: torch.randn(shape, generator=generator).to(dtype)
              for name, shape, dtype in (("a", (3, 4), torch.float16), ("b.c", (5,), torch.float64))}  # fmt: skip
    values["turned"] = values["a"].T
    weights.write(path, values, {"note": "é春"}, "form 1")
    back, texts = weights.read(path, "form 1", "the writer")
    assert texts == {"note": "é春"} and back.keys() == values.keys()
    for name, value in values.items():
        assert back[name].dtype == value.dtype and torch.equal(back[name], value)
    with pytest.raises(ValueError, match="was not written by the writer"):
        weights.read(path, "form 2", "the writer")
