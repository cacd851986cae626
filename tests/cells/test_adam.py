"""Clipping and Adam against torch's, and a whole NumPy network that learns."""

import numpy as np
import pytest
import torch
from cell_kinds import close, refused

from rnn_course.cells import LSTM, Adam, Readout, clip_norm


def test_adam_and_clipping_equal_torch():
    rng = np.random.default_rng(12)
    parameters = {"w": rng.normal(size=(3, 4)), "b": rng.normal(size=5)}
    leaves = [torch.tensor(v, requires_grad=True) for v in parameters.values()]
    theirs, ours = torch.optim.Adam(leaves, lr=0.03), Adam(parameters, learning_rate=0.03)
    for _ in range(7):
        grads = {name: rng.normal(size=v.shape) for name, v in parameters.items()}
        for leaf, grad in zip(leaves, grads.values(), strict=True):
            leaf.grad = torch.from_numpy(grad.copy())
        want = float(torch.nn.utils.clip_grad_norm_(leaves, 2.0))
        clipped, norm = clip_norm(grads, 2.0)
        assert abs(norm - want) < 1e-12
        for leaf, grad in zip(leaves, clipped.values(), strict=True):
            np.testing.assert_allclose(grad, leaf.grad, rtol=1e-6)
            leaf.grad = torch.from_numpy(grad.copy())
        theirs.step()
        ours.step(clipped)
    for leaf, value in zip(leaves, parameters.values(), strict=True):
        close(value, leaf, "after seven steps")
    small, norm = clip_norm({"w": np.array([3.0, 4.0])}, 10)
    assert norm == 5 and (small["w"] == [3, 4]).all()


def test_training_refuses_bad_gradients():
    adam = Adam({"w": np.ones(2)})
    refused(lambda: adam.step({"v": np.ones(2)}), ValueError, "grads has keys ['v'], this Adam was given ['w']")
    refused(lambda: adam.step({"w": np.array([1.0, np.nan])}), ValueError, "grads['w'] has nan at [1]")
    refused(lambda: adam.step({"w": np.ones(3)}), ValueError, "grads['w'] has shape (3,), wanted (2,)")
    refused(lambda: clip_norm({"w": np.array([np.inf])}, 1), ValueError, "grads['w'] has inf at [0]")
    refused(lambda: clip_norm({"w": np.ones(2)}, 0), ValueError, "max_norm is 0, it must be positive and finite")
    refused(lambda: clip_norm({"w": np.ones(2)}, "one"), TypeError, "max_norm is 'one', it must be a number")
    refused(lambda: Adam({"w": np.ones(2)}, np.inf), ValueError, "learning_rate is inf, it must be positive and finite")
    sentence = "is a list, it must be a mapping of names to arrays"
    refused(lambda: clip_norm([np.ones(2)], 1), TypeError, f"grads {sentence}")
    refused(lambda: Adam([np.ones(2)]), TypeError, f"parameters {sentence}")
    refused(lambda: adam.step([np.ones(2)]), TypeError, f"grads {sentence}")
    refused(lambda: clip_norm({"w": np.array([3, 4])}, 1), TypeError, "grads['w'] has dtype int64")
    refused(lambda: adam.step({"w": np.ones(2, np.float32)}), TypeError, "grads['w'] has dtype float32, wanted float64")
    clipped, norm = clip_norm({"w": np.array([3e19, 4e19], np.float32)}, 1.0)
    np.testing.assert_allclose(clipped["w"], [0.6, 0.8], rtol=1e-6)
    assert abs(norm / 5e19 - 1) < 1e-6


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_adam_follows_what_torch_follows_however_large_or_small(dtype):
    """Also where the square of a float32 is infinite or zero: the weight goes where torch's goes, and is never NaN."""
    for grads in ([1e20] * 4, [5e20, 1.0, -1e20], [1e-20, 1e-25, 1e-30], [1e25, 1.0, 2.0], [3e38, -3e38]):
        theta = {"w": np.array([1.0], dtype)}
        leaf = torch.tensor(theta["w"].copy(), requires_grad=True)
        ours, theirs = Adam(theta, learning_rate=0.1), torch.optim.Adam([leaf], lr=0.1)
        for g in grads:
            leaf.grad = torch.tensor(np.array([g], dtype))
            theirs.step()
            with np.errstate(over="ignore"):
                ours.step({"w": np.array([g], dtype)})
            np.testing.assert_allclose(theta["w"], leaf.detach(), rtol=1e-6, err_msg=f"{g} of {grads}")
            assert theta["w"].dtype == dtype
    theta = {"w": np.array([1.0], np.float32)}
    adam = Adam(theta, learning_rate=0.1)
    for wanted in (0.9, 0.8, 0.7):
        adam.step({"w": np.array([1e20], np.float32)})
        np.testing.assert_allclose(theta["w"], [wanted], rtol=1e-6)


def test_clipping_and_adam_take_lists_and_name_what_is_no_array():
    clipped, norm = clip_norm({"w": [3.0, 4.0]}, 1)
    assert norm == 5
    np.testing.assert_allclose(clipped["w"], [0.6, 0.8], rtol=1e-15)
    theta = {"w": np.ones(2)}
    Adam(theta, learning_rate=0.1).step({"w": [3.0, -4.0]})
    np.testing.assert_allclose(theta["w"], [0.9, 1.1], rtol=1e-7)
    adam, leaf = Adam({"w": np.ones(2)}), torch.ones(2, requires_grad=True)
    refused(lambda: clip_norm({"w": [3, 4]}, 1), TypeError, "grads['w'] has dtype int64")
    refused(lambda: clip_norm({"w": leaf}, 1), ValueError, "grads['w'] cannot be made an array of numbers")
    refused(lambda: adam.step({"w": leaf}), ValueError, "grads['w'] cannot be made an array of numbers")
    refused(lambda: adam.step({"w": [[1.0], [2.0, 3.0]]}), ValueError, "grads['w'] cannot be made an array of numbers")
    refused(lambda: Adam({"w": [1.0]}), TypeError, "parameters['w'] is [1.0], it must be an array of floats")
    refused(lambda: Adam({"w": np.ones(2, int)}), TypeError, "parameters['w'] is array([1, 1]), it must be an array of")


def test_a_numpy_network_learns():
    """Cell, Readout, clipping and Adam together bring the loss of a sine forecaster down by far."""
    t = np.arange(120)
    x = np.sin(0.3 * t)[None, :, None]
    cell, readout = LSTM(1, 8, seed=1), Readout(8, 1, seed=2)
    adam = Adam({**cell.parameters, **readout.parameters}, learning_rate=0.02)
    losses = []
    for _ in range(80):
        h, _ = cell.forward(x[:, :-1])
        loss, grads = readout.loss(h, x[:, 1:])
        losses.append(loss)
        adam.step(clip_norm({**cell.backward(grads.h).parameters, **grads.parameters}, 1.0)[0])
    assert losses[-1] < 0.02 * losses[0]


def test_clipping_holds_where_the_norm_itself_is_too_large_for_float64():
    clipped, norm = clip_norm({"w": np.full(100, 1e308), "b": np.zeros(2)}, 2.0)
    np.testing.assert_allclose(clipped["w"], 0.2, rtol=1e-14)
    assert np.isinf(norm)
