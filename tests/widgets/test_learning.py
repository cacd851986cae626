"""A network that learns: NumPy against PyTorch, the page's engine against NumPy, and what it learns from."""

import numpy as np
import pytest
import torch

from rnn_course.data import forecast_splits, load_sunspots
from rnn_course.widgets.kit import HERE
from rnn_course.widgets.learning import (
    CELLS,
    OPTIMISERS,
    Data,
    Learner,
    Part,
    last_value,
    linear_fit,
    longest_window,
    recall_data,
    rmse,
    series_data,
)
from rnn_course.widgets.modules import joined

KINDS = [(cell, optimiser) for cell in CELLS for optimiser in OPTIMISERS]
UPDATES = 20


def walk(steps=90, seed=0):
    return 30 + 12 * np.random.default_rng(seed).normal(size=steps).cumsum()


# ---- NumPy against PyTorch -------------------------------------------------------------------------------------

TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


@pytest.mark.parametrize(("cell", "optimiser"), KINDS)
@pytest.mark.parametrize("clipped", ["all", "readout", "cell"])
def test_learning_is_pytorchs(cell, optimiser, clipped):
    """The same first weights, windows and order: the same weights and norms after two epochs, the last batch short."""
    data = series_data(walk(), 7, noise=0.2, seed=4)
    ours = Learner(
        data, cell=cell, hidden=5, optimiser=optimiser, rate=0.02, batch=16, clip=0.3, clipped=clipped, bias=0.7
    )
    rnn = TORCH[cell](1, 5, batch_first=True).double()
    head = torch.nn.Linear(5, 1).double()
    rnn.load_state_dict(ours.cell.to_torch().state_dict())
    head.load_state_dict(ours.readout.to_torch().state_dict())
    rnn.bias_hh_l0.requires_grad_(cell == "gru")  # ours is one bias; of a GRU's second the third part is one of its own
    groups = {"readout": [*head.parameters()], "cell": [p for p in rnn.parameters() if p.requires_grad]}
    every = [*groups["cell"], *groups["readout"]]
    theirs = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimiser](every, lr=0.02)
    rng, order = type(ours.rng)(0, 2), []
    for _ in range(2 * -(-len(data.train.x) // 16)):
        order = order or rng.permutation(len(data.train.x))
        rows, order = order[:16], order[16:]
        theirs.zero_grad()
        y = head(rnn(torch.tensor(data.train.x[rows])[..., None])[0][:, -1])[:, 0]
        loss = 0.5 * ((y - torch.tensor(data.train.target[rows])) ** 2).mean()
        loss.backward()
        if cell == "gru":
            rnn.bias_hh_l0.grad[:10] = 0
        norms = {part: torch.cat([p.grad.flatten() for p in group]).norm().item() for part, group in groups.items()}
        norm = np.hypot(*norms.values()) if clipped == "all" else norms[clipped]
        for p in groups.get(clipped, every):  # clip_grad_norm_ adds 1e-6 to the norm
            p.grad *= min(1, 0.3 / norm)
        theirs.step()
        assert abs(ours.update() - loss.item()) < 1e-10
        assert all(abs(ours.norms[part][-1] - norm) < 1e-10 for part, norm in norms.items())
    want = head(rnn(torch.tensor(data.validation.x)[..., None])[0][:, -1])[:, 0].detach().numpy()
    np.testing.assert_allclose(ours.answers(data.validation.x), want, rtol=0, atol=1e-9)


# ---- The page's engine against NumPy ---------------------------------------------------------------------------

JAVASCRIPT = """async ([text, states, updates]) => {
  const { compute } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  return states.map((state) => compute(state, updates));
}"""


SIZES = [  # of the task, that no block of four divides, and that one does
    {"task": "walk", "hidden": 7, "window": 9, "batch": 10, "clipped": "all"},
    {"task": "recall", "hidden": 8, "window": 6, "batch": 16, "clipped": "readout"},
    {"task": "walk", "hidden": 1, "window": 1, "batch": 3, "clipped": "cell"},
]


@pytest.mark.browser
def test_twenty_updates_in_the_page_are_those_of_numpy(page):
    """Each cell and optimiser at a rate of 0.03, relative to 1e-9, the weights too; no bias is zero."""
    values = {"walk": walk(), "recall": walk(60, seed=1)}
    shared = {"rate": 0.03, "clip": 0.2, "bias": 1.5, "seed_weights": 3, "seed_order": 5}
    given = [{"cell": cell, "optimiser": optimiser, **size, **shared} for cell, optimiser in KINDS for size in SIZES]
    tasks = {name: {"values": series.tolist()} for name, series in values.items()}
    states = [{**settings, "tasks": tasks, "compare": False, "noise": 0.2, "seed_noise": 7} for settings in given]
    theirs = page.evaluate(JAVASCRIPT, [joined(HERE / "watch_it_learn_compute.js"), states, UPDATES])
    for settings, found in zip(given, theirs, strict=True):
        task, window = settings.pop("task"), settings.pop("window")
        data = {"walk": series_data, "recall": recall_data}[task](values[task], window, 0.2, 7)
        ours = Learner(data, **settings)
        for _ in range(UPDATES):
            ours.update()
        wanted = {
            **{f"parameters {name}": value for name, value in ours.parameters.items()},
            **{f"norms {part}": value for part, value in ours.norms.items()},
            "forecast": ours.answers(data.validation.x),
            "train": ours.error(data.train),
            "validation": ours.error(data.validation),
            "last_value": rmse(last_value(data), data.validation.target) * data.scale,
        }
        for name, value in wanted.items():
            got = found["A"]
            for part in name.split():
                got = got[part]
            assert np.shape(got) == np.shape(value), name
            np.testing.assert_allclose(got, value, rtol=1e-9, err_msg=f"{name} {settings}")


# ---- The windows -----------------------------------------------------------------------------------------------


def test_the_windows_are_those_of_forecast_splits():
    sunspots = load_sunspots()
    ours, theirs = series_data(sunspots.values[:, 0], 22), forecast_splits(sunspots, 22)
    for part in ("train", "validation"):
        wanted = getattr(theirs, part)
        np.testing.assert_allclose(getattr(ours, part).x, wanted.x[..., 0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(getattr(ours, part).target, wanted.y[:, 0, 0], rtol=1e-12, atol=1e-12)
    assert ours.scale == pytest.approx(theirs.scaler.scale[0]) and ours.mean == pytest.approx(theirs.scaler.mean[0])


def test_noise_lies_on_what_is_read_and_on_what_is_forecast():
    clean, noisy = series_data(walk(), 5), series_data(walk(), 5, noise=0.5, seed=1)
    other = series_data(walk(), 5, noise=0.5, seed=2)
    for a, b in ((noisy, clean), (noisy, other)):
        assert not np.isclose(a.train.x, b.train.x).any() and not np.isclose(a.train.target, b.train.target).any()
    difference = noisy.train.target - clean.train.target
    assert 0.35 < difference.std() < 0.65
    np.testing.assert_array_equal(noisy.train.x[1:, -1], noisy.train.target[:-1])  # one series, cut once


def test_recall_asks_for_the_number_before_the_noise():
    numbers = np.random.default_rng(3).uniform(-2, 5, 40)
    data = recall_data(numbers, 6, noise=0.3, seed=1)
    assert data.train.x.shape == (28, 7) and data.validation.x.shape == (6, 7)
    np.testing.assert_array_equal(data.train.x[:, 0], data.train.target)
    np.testing.assert_allclose(data.validation.target * data.scale + data.mean, numbers[28:34])
    assert 0.2 < data.train.x[:, 1:].std() < 0.4
    assert (recall_data(numbers, 6).train.x[:, 1:] == 0).all()


def test_baselines_are_the_last_value_and_least_squares():
    data = series_data(walk(120), 6, noise=0.1, seed=2)
    assert (last_value(data) == data.validation.x[:, -1]).all()
    one = np.column_stack([data.train.x, np.ones(len(data.train.x))])
    rule = np.linalg.lstsq(one, data.train.target)[0]
    wanted = data.validation.x @ rule[:-1] + rule[-1]
    np.testing.assert_allclose(linear_fit(data), wanted, atol=1e-4)
    still = series_data(np.sin(np.arange(100.0)), 9)  # many rules fit: one is found, and it is right
    assert rmse(linear_fit(still), still.validation.target) < 1e-4


def test_a_short_series_has_short_windows():
    assert longest_window(20) == 7 and series_data(walk(20), 50).train.x.shape == (7, 7)
    still = Data(*series_data(np.ones(20), 3))
    assert isinstance(still.train, Part) and still.scale == 1 and (still.train.target == 0).all()


def test_the_last_batch_of_an_epoch_is_short_and_every_window_is_read_once():
    learner = Learner(series_data(walk(), 7), batch=16, hidden=2)
    read, permutation = [], learner.rng.permutation
    learner.rng.permutation = lambda count: read.append(permutation(count)) or list(read[-1])
    for _ in range(8):  # 56 windows: 16, 16, 16 and 8
        learner.update()
    assert [sorted(order) for order in read] == [list(range(56))] * 2 and read[0] != read[1]
    assert learner.order == [] and learner.optimiser.t == 8
