"""What autograd keeps, against sizes that are known: a tanh keeps its output, a product both of its factors."""

import pytest
import torch

from rnn_course.speed import kept_bytes


@pytest.mark.parametrize("dtype, size", [(torch.float32, 4), (torch.float64, 8)])
def test_a_tanh_keeps_its_output_alone(dtype, size):
    x = torch.randn(3, 7, dtype=dtype, requires_grad=True)
    result, kept = kept_bytes(torch.tanh, x)
    assert torch.equal(result, torch.tanh(x)) and kept == 21 * size


def test_a_product_keeps_both_factors_and_a_square_its_one_factor_once():
    a, b = torch.randn(3, 5, requires_grad=True), torch.randn(5, 2, requires_grad=True)
    assert kept_bytes(torch.matmul, a, b)[1] == 4 * (15 + 10)
    assert kept_bytes(lambda x: x * x, a)[1] == 4 * 15


def test_a_chain_keeps_the_sum_and_a_pass_without_gradients_nothing():
    a = torch.randn(6, requires_grad=True)
    assert kept_bytes(lambda x: x.exp().tanh(), a)[1] == 4 * (6 + 6)
    with torch.no_grad():
        assert kept_bytes(torch.tanh, a)[1] == 0
