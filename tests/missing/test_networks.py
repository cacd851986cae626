"""GRU-D's and BRITS's equations written a second time in NumPy, and what a network's fill asks for."""

import itertools

import numpy as np
import pytest
import torch
from gappy_series import alike, holes, made, walk

from rnn_course.missing import NETWORKS, networks
from rnn_course.missing.base import since_seen
from rnn_course.missing.networks import BRITSNet, GRUDNet

BATCH, TIME, FEATURES, HIDDEN = 2, 5, 3, 4


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    mask = rng.random((BATCH, TIME, FEATURES)) < 0.6
    x = rng.normal(size=mask.shape) * mask
    return x, mask, since_seen(mask), since_seen(mask[:, ::-1])


def weights(net):
    torch.manual_seed(0)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, 0, 0.5)
    return {name: value.double().numpy() for name, value in net.state_dict().items()}


def tensors(*arrays):
    return [torch.tensor(np.ascontiguousarray(a), dtype=torch.float32) for a in arrays]


def decay(w, name, d, diagonal=False):
    weight = w[f"{name}.linear.weight"]
    return np.exp(-np.maximum(0, d @ (np.diag(np.diag(weight)) if diagonal else weight).T + w[f"{name}.linear.bias"]))


def test_gru_d_equations(data):
    x, mask, delta, _ = data
    net = GRUDNet(FEATURES, HIDDEN)
    w = weights(net)
    h, last, wanted = np.zeros((BATCH, HIDDEN)), np.zeros((BATCH, FEATURES)), []
    for t in range(TIME):
        m, d = mask[:, t], delta[:, t]
        h = decay(w, "decay_h", d) * h
        wanted.append(h @ w["head.weight"].T + w["head.bias"])
        last = np.where(m, x[:, t], last)
        read = np.where(m, x[:, t], decay(w, "decay_x", d, True) * last)
        a = np.hstack([read, h, m]) @ w["cell.weight_ih"].T + w["cell.bias_ih"]
        b = h @ w["cell.weight_hh"].T + w["cell.bias_hh"]
        (ar, az, an), (br, bz, bn) = np.split(a, 3, 1), np.split(b, 3, 1)
        r, z = sigmoid(ar + br), sigmoid(az + bz)
        h = (1 - z) * np.tanh(an + r * bn) + z * h
    with torch.no_grad():
        found = net(*tensors(x, mask, delta)).numpy()
    np.testing.assert_allclose(found, np.stack(wanted, 1), atol=1e-5)


def rits(w, x, mask, delta):
    h = c = np.zeros((BATCH, HIDDEN))
    estimates, loss = [], 0
    for t in range(TIME):
        v, m, d = x[:, t], mask[:, t], delta[:, t]
        h = h * decay(w, "decay_h", d)
        past = h @ w["history.weight"].T + w["history.bias"]
        others = w["others.weight"].copy()
        np.fill_diagonal(others, 0)
        across = np.where(m, v, past) @ others.T + w["others.bias"]
        beta = sigmoid(np.hstack([decay(w, "decay_x", d, True), m]) @ w["mix.weight"].T + w["mix.bias"])
        both = beta * across + (1 - beta) * past
        loss += sum(np.abs(e - v)[m].mean() for e in (past, across, both)) / (3 * TIME)
        a = np.hstack([np.where(m, v, both), m]) @ w["cell.weight_ih"].T + w["cell.bias_ih"]
        i, f, g, o = np.split(a + h @ w["cell.weight_hh"].T + w["cell.bias_hh"], 4, 1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        estimates.append(both)
    return np.stack(estimates, 1), loss


def test_brits_equations_and_loss(data):
    x, mask, delta, backward = data
    net = BRITSNet(FEATURES, HIDDEN)
    w = weights(net)
    ahead, back = ({k.split(".", 1)[1]: v for k, v in w.items() if k.startswith(p)} for p in ("ahead", "back"))
    first, one = rits(ahead, x, mask, delta)
    second, two = rits(back, x[:, ::-1], mask[:, ::-1], backward)
    second = second[:, ::-1]
    with torch.no_grad():
        estimate, loss = net.loss(*tensors(x, mask, delta, backward))
    np.testing.assert_allclose(estimate.numpy(), (first + second) / 2, atol=1e-5)
    apart = (np.abs(first - second) * ~mask).mean()
    assert float(loss) == pytest.approx(one + two + 0.1 * apart, rel=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_ask_for_one_budget_and_a_long_enough_series(name):
    for options in ({"epochs": None}, {"seconds": 1.0}):
        with pytest.raises(ValueError, match="exactly one"):
            made(name, **options)
    with pytest.raises(ValueError, match="shorter than the window of 12"):
        made(name).fit(walk(11))
    assert made(name, epochs=None, seconds=0.01).fit(walk()).passed >= 1


@pytest.mark.parametrize("name", NETWORKS)
def test_seconds_are_those_of_the_processor(name, monkeypatch):
    """By a clock that is a second further whenever it is read, and a wall clock that has run out."""
    ticks = itertools.count()
    monkeypatch.setattr(networks.time, "thread_time", lambda: float(next(ticks)))
    monkeypatch.setattr(networks.time, "perf_counter", lambda: 1e9 * next(ticks))
    network = made(name, epochs=None, seconds=5.5).fit(walk())
    assert network.passed == 5 and network.trained_seconds == 6


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_repeats_and_another_differs(name):
    x = holes(alike(200))
    one, same, other = (made(name, seed=s, epochs=20).fit(x).fill(x) for s in (2, 2, 0))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-6


def test_the_schedule_rises_in_a_twentieth_and_falls_to_nothing():
    network = made("brits", learning_rate=0.5)
    found = [network.rate(spent) for spent in (0, 0.0475, 0.5, 1)]
    np.testing.assert_allclose(found, [0.025, 0.5 * (1 + np.cos(0.0475 * np.pi)) / 2, 0.25, 0], atol=1e-15)
    assert np.argmax([network.rate(spent) for spent in np.linspace(0, 1, 101)]) == 5


def test_windows_that_overlap_are_averaged_by_their_inside():
    """Against sums step by step: the steps of a window of 4 count 1, 2, 2, 1."""
    network, length = made("brits", window=4), 9
    starts = network.starts(length, 2)
    assert starts.tolist() == [0, 2, 4, 5]
    windows = np.random.default_rng(0).normal(size=(4, 2, 4, 3))
    wanted = np.empty((2, length, 3))
    for t in range(length):
        here = [(windows[k][:, t - s], [1, 2, 2, 1][t - s]) for k, s in enumerate(starts) if 0 <= t - s < 4]
        wanted[:, t] = sum(w * v for v, w in here) / sum(w for _, w in here)
    np.testing.assert_allclose(network.averaged(windows, starts, length), wanted, rtol=1e-12)


@pytest.mark.parametrize("name", ["gru_d", "brits"])
def test_estimates_are_those_of_the_net_in_each_window(name):
    """A window by itself gives what the fill has there: all of it without overlap, between two with overlap."""
    x = np.stack([holes(walk(30)), holes(walk(30, seed=1))])
    fill = made(name).fit(x)
    alone = [fill.estimate(x[b : b + 1, s : s + 12]) for b in range(2) for s in (0, 12)]
    np.testing.assert_allclose(fill.estimate(x)[:, :18], np.reshape(alone, (2, 24, 3))[:, :18], rtol=1e-5)
    fill.overlap = True
    first, second = (fill.estimate(x[:, s : s + 12]) for s in (0, 6))
    middle = fill.estimate(x)[:, 6:12]
    low, high = np.minimum(first[:, 6:], second[:, :6]), np.maximum(first[:, 6:], second[:, :6])
    assert ((low - 1e-6 <= middle) & (middle <= high + 1e-6)).all()


def test_schedule_and_overlap_change_the_training_and_are_checked(monkeypatch):
    """The constant rate stays, the schedule follows `rate`; windows that overlap begin anew each pass."""
    rates, counts = [], []
    run_epoch = networks.run_epoch

    def watched(net, batches, loss, optimiser, **options):
        rates.append(optimiser.param_groups[0]["lr"])
        counts.append(sum(len(batch) for batch in batches))
        return run_epoch(net, batches, loss, optimiser, **options)

    monkeypatch.setattr(networks, "run_epoch", watched)
    x = holes(walk(40))
    made("brits", epochs=4).fit(x)
    assert rates == [1e-3] * 4 and counts == [4] * 4  # windows at 0, 12, 24 and 28
    rates.clear()
    counts.clear()
    scheduled = made("brits", epochs=4, schedule="cosine", overlap=True).fit(x)
    assert rates == [scheduled.rate(spent) for spent in (0, 0.25, 0.5, 0.75)]
    assert set(counts) <= {3, 4}  # an offset below 4 leaves room for one window more
    with pytest.raises(ValueError, match="schedule is 'linear', it must be one of 'constant', 'cosine'"):
        made("gru_d", schedule="linear")
    with pytest.raises(ValueError, match="overlap is 2, it must be one of False, True"):
        made("gru_d", overlap=2)
