"""Tensors and texts of a file: as safetensors wrote them, and what is no such file."""

import numpy as np
import pytest
from safetensors.numpy import save

from rnn_course.widgets import tensor_file


def test_tensors_and_texts_come_back():
    tensors = {"a": np.arange(6, dtype=np.float16).reshape(2, 3), "b.春": np.array([1.5, -2.5])}
    found, texts = tensor_file.read(save(tensors, {"symbols": "a\n春"}), "the network's")
    assert texts == {"symbols": "a\n春"} and found.keys() == tensors.keys()
    for name, value in tensors.items():
        np.testing.assert_array_equal(found[name], value)
        assert found[name].dtype == value.dtype
    assert tensor_file.read(save(tensors), "the network's")[1] == {}


@pytest.mark.parametrize("data", [b"", b"no file of tensors", save({"a": np.ones(3)})[:-1]])
def test_what_is_no_such_file_is_refused(data):
    with pytest.raises(ValueError, match=r"the networks' file is damaged or not a \.safetensors file"):
        tensor_file.read(data, "the networks'")
