"""Training against loops and losses computed elsewhere; files against the model that went into them."""

import math
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from sklearn.metrics import log_loss, mean_squared_error

from rnn_course import training
from rnn_course.data import Scaler, Series, forecast_splits, last_value, load_japanese_vowels, scores
from rnn_course.models import SequenceModel
from rnn_course.training import fit, forecast, load, predict, save

N, TIME, INPUT, HIDDEN, HORIZON, OUTPUT, CLASSES, SYMBOLS = 11, 7, 3, 5, 4, 2, 6, 8


@pytest.fixture
def rng():
    return np.random.default_rng(23)


def forecaster(**settings):
    return SequenceModel(
        **{
            "cell": "gru",
            "input_size": INPUT,
            "hidden_size": HIDDEN,
            "output_size": OUTPUT,
            "horizon": HORIZON,
            **settings,
        }
    )


def classifier(**settings):
    return SequenceModel(
        **{"input_size": INPUT, "hidden_size": HIDDEN, "output_size": CLASSES, **settings}, task="classify"
    )


def speller():
    return SequenceModel("gru", SYMBOLS, HIDDEN, SYMBOLS, task="next_symbol")


def noise(rng, n=N):
    return rng.normal(size=(n, TIME, INPUT)), rng.normal(size=(n, HORIZON, OUTPUT))


def classes(rng):
    return rng.normal(size=(N, TIME, INPUT)), rng.integers(CLASSES, size=N), rng.integers(1, TIME + 1, N)


def quiet(*args, **options):
    return fit(*args, **{"epochs": 3, "device": "cpu", "progress": False, **options})


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()]).clone()


# ---- the loss, the steps, the schedule


def test_the_first_loss_of_a_forecaster_is_its_mean_squared_error(rng):
    x, y = noise(rng)
    model = forecaster()
    wanted = mean_squared_error(y.reshape(N, -1), predict(model, x).reshape(N, -1))
    assert quiet(model, (x, y), batch_size=N, epochs=1).train_loss == pytest.approx([wanted], rel=1e-6)


def test_the_first_loss_of_a_classifier_is_its_cross_entropy(rng):
    x, y, lengths = classes(rng)
    model = classifier()
    wanted = log_loss(y, predict(model, x, lengths), labels=range(CLASSES))
    assert quiet(model, (x, y, lengths), batch_size=N, epochs=1).train_loss == pytest.approx([wanted], rel=1e-6)


@pytest.mark.parametrize("with_lengths", [False, True])
def test_symbols_in_the_padding_do_not_count(rng, with_lengths):
    x, y = rng.integers(SYMBOLS, size=(2, N, TIME))
    lengths = rng.integers(1, TIME, N) if with_lengths else None
    model = speller()
    probabilities = predict(model, x, lengths)
    inside = np.arange(TIME) < (lengths[:, None] if with_lengths else np.full((N, 1), TIME))
    wanted = log_loss(y[inside], probabilities[inside], labels=range(SYMBOLS))
    history = quiet(model, (x, y, lengths) if with_lengths else (x, y), (x, y, lengths), batch_size=N, epochs=1)
    assert history.train_loss == pytest.approx([wanted], rel=1e-6)
    model.load_state_dict(speller().state_dict())
    uneven = quiet(model, (x, y, lengths), batch_size=4, epochs=1, learning_rate=1e-12)
    assert uneven.train_loss == pytest.approx([wanted], rel=1e-5)


def test_a_batch_an_epoch_is_adam_written_by_hand(rng):
    x, y = noise(rng)
    model, twin = forecaster().double(), forecaster().double()
    history = quiet(model, (x, y), batch_size=N, epochs=6, learning_rate=0.05, clip=0.1, seed=4)
    optimiser = torch.optim.Adam(twin.parameters(), 0.05)
    for epoch in range(6):
        optimiser.zero_grad()
        loss = torch.nn.functional.mse_loss(twin(torch.tensor(x)), torch.tensor(y))
        loss.backward()
        norm = math.sqrt(sum(float((p.grad**2).sum()) for p in twin.parameters()))
        assert history.train_loss[epoch] == pytest.approx(loss.item(), rel=1e-6)
        assert history.gradient_norm[epoch] == pytest.approx(norm, rel=1e-6)
        for p in twin.parameters():
            p.grad *= min(1, 0.1 / norm)
        optimiser.step()
    torch.testing.assert_close(weights(model), weights(twin), rtol=0, atol=1e-6)


def test_each_example_is_seen_once_an_epoch_in_an_order_that_changes(rng, monkeypatch):
    x, y = noise(rng)
    seen = []
    losses = training._losses
    monkeypatch.setattr(training, "_losses", lambda model, batch: seen.append(batch.x) or losses(model, batch))
    quiet(forecaster().double(), (x, y), batch_size=4, epochs=2)
    assert [len(batch) for batch in seen] == [4, 4, 3, 4, 4, 3]
    epochs = [torch.cat(seen[:3]).numpy(), torch.cat(seen[3:]).numpy()]
    for epoch in epochs:
        assert sorted(epoch[:, 0, 0]) == sorted(x[:, 0, 0])
    assert not np.array_equal(*epochs)


@pytest.mark.parametrize("clip", [0.05, None])
def test_the_optimiser_sees_clipped_gradients_and_the_history_those_before(rng, monkeypatch, clip):
    x, y = noise(rng)
    model, seen = forecaster(), []
    step = torch.optim.Adam.step

    def watched_step(self, *args):
        seen.append(math.sqrt(sum(float((p.grad**2).sum()) for p in model.parameters())))
        return step(self, *args)

    monkeypatch.setattr(torch.optim.Adam, "step", watched_step)
    history = quiet(model, (x, 10 * y), batch_size=4, epochs=2, clip=clip)
    assert min(history.gradient_norm) > 1
    if clip is None:
        assert history.gradient_norm == pytest.approx([np.mean(seen[:3]), np.mean(seen[3:])], rel=1e-5)
    else:
        assert len(seen) == 6 and max(seen) <= clip * (1 + 1e-5)


def test_the_cosine_schedule_is_its_formula(rng):
    rates = quiet(forecaster(), noise(rng), epochs=9, learning_rate=0.03, schedule="cosine").learning_rate
    assert rates == pytest.approx([0.015 * (1 + math.cos(math.pi * e / 9)) for e in range(9)], rel=1e-9)


@pytest.mark.parametrize("validated", [True, False])
def test_the_plateau_schedule_halves_after_five_epochs_without_a_better_loss(rng, validated):
    validation = noise(rng) if validated else None
    history = quiet(
        forecaster(), noise(rng), validation, epochs=40, learning_rate=0.3, batch_size=4, schedule="plateau"
    )
    rate, best, bad, wanted = 0.3, math.inf, 0, []
    for loss in history.validation_loss if validated else history.train_loss:
        wanted.append(rate)
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
        if bad == 5:
            rate, bad = rate / 2, 0
    assert history.learning_rate == pytest.approx(wanted, rel=1e-12)
    assert history.learning_rate[-1] < 0.3


# ---- stopping


def test_early_stopping_restores_the_weights_of_the_best_epoch(rng):
    train, (x, y) = noise(rng), noise(rng)
    model, by_epoch = forecaster(), []
    history = quiet(
        model,
        train,
        (x, y),
        epochs=200,
        patience=6,
        learning_rate=0.05,
        watch=lambda history: by_epoch.append(weights(model)),
    )
    assert history.stopped == "patience"
    assert len(history.train_loss) == len(by_epoch) == history.best_epoch + 6
    assert history.best_epoch == 1 + np.argmin(history.validation_loss)
    assert torch.equal(weights(model), by_epoch[history.best_epoch - 1])
    again = mean_squared_error(y.reshape(N, -1), predict(model, x).reshape(N, -1))
    assert again == pytest.approx(min(history.validation_loss), rel=1e-6)
    assert not model.training


def test_the_best_weights_are_restored_without_patience_too(rng):
    train, (x, y) = noise(rng), noise(rng)
    model = forecaster()
    history = quiet(model, train, (x, y), epochs=60, learning_rate=0.05)
    assert history.stopped == "finished" and history.best_epoch < 60 == len(history.validation_loss)
    again = mean_squared_error(y.reshape(N, -1), predict(model, x).reshape(N, -1))
    assert again == pytest.approx(min(history.validation_loss), rel=1e-6)


def test_an_interruption_keeps_the_best_weights(rng):
    train, validation = noise(rng), noise(rng)
    model, by_epoch = forecaster(), []

    def interrupt(history):
        by_epoch.append(weights(model))
        if len(history.train_loss) == history.best_epoch + 3:
            raise KeyboardInterrupt

    history = quiet(model, train, validation, epochs=500, learning_rate=0.05, watch=interrupt)
    assert history.stopped == "interrupted" and len(by_epoch) < 500
    assert torch.equal(weights(model), by_epoch[history.best_epoch - 1])
    assert not torch.equal(weights(model), by_epoch[-1])
    assert not model.training


def test_an_interruption_without_validation_keeps_the_last_weights(rng):
    model, by_epoch = forecaster(), []

    def interrupt(history):
        by_epoch.append(weights(model))
        if len(history.train_loss) == 3:
            raise KeyboardInterrupt

    history = quiet(model, noise(rng), epochs=9, watch=interrupt)
    assert (history.stopped, history.best_epoch, len(history.train_loss)) == ("interrupted", 3, 3)
    assert torch.equal(weights(model), by_epoch[-1])


def test_the_last_call_of_watch_says_why_training_stopped(rng):
    said = []
    quiet(forecaster(), noise(rng), epochs=3, watch=lambda history: said.append(history.stopped))
    assert said == ["running", "running", "finished"]


def test_a_loss_that_is_no_longer_finite_stops_with_epoch_and_step(rng):
    with pytest.raises(FloatingPointError, match=r"training loss is inf at epoch 1, step 2"):
        quiet(forecaster(), noise(rng), batch_size=4, learning_rate=1e30)
    with pytest.raises(FloatingPointError, match=r"validation loss is inf at epoch 1"):
        quiet(forecaster(), noise(rng), noise(rng), batch_size=N, learning_rate=1e30)


def test_a_gradient_that_is_not_finite_is_never_applied(rng):
    model = forecaster()
    model.head.weight.register_hook(lambda gradient: gradient * math.nan)
    before = weights(model)
    with pytest.raises(FloatingPointError, match=r"gradient's norm is nan at epoch 1, step 1"):
        quiet(model, noise(rng))
    assert torch.equal(weights(model), before)


# ---- the same numbers again


def test_the_same_seed_gives_the_same_numbers_whatever_watch_draws(rng):
    train = noise(rng)
    before = torch.get_rng_state()

    def run(seed, watch=None):
        model = forecaster(num_layers=2, dropout=0.4)
        history = quiet(model, train, batch_size=4, seed=seed, watch=watch)
        return history.train_loss, weights(model)

    loss, first = run(5)
    assert torch.equal(torch.get_rng_state(), before)
    same_loss, same = run(5, watch=lambda history: torch.rand(7))
    assert same_loss == loss and torch.equal(same, first)
    assert not torch.equal(run(6)[1], first)


def test_the_seed_governs_dropout(rng):
    """With one batch an epoch the order does not matter: what the seed still changes is dropout.

    The model comes in evaluation mode, as it does from an earlier fit.
    """
    train = noise(rng)

    def loss(dropout, seed):
        model = forecaster(num_layers=2, dropout=dropout).eval()
        return quiet(model, train, batch_size=N, epochs=1, seed=seed).train_loss[0]

    assert loss(0.4, seed=1) == loss(0.4, seed=1)
    assert abs(loss(0.4, seed=1) - loss(0.4, seed=2)) > 1e-5
    assert abs(loss(0.0, seed=1) - loss(0.0, seed=2)) < 1e-6


# ---- real and simple data


def test_a_model_learns_a_sine_and_beats_the_last_value():
    data = forecast_splits(np.sin(2 * np.pi * np.arange(400) / 17), length=20, horizon=3)
    model = SequenceModel("lstm", 1, 16, 1, horizon=3)
    history = quiet(model, data.train, data.validation, epochs=30, schedule="cosine")
    reached = scores(data.test.y, predict(model, data.test.x), last_value(data.test.x, 3))
    assert reached.skill > 0.9
    assert history.train_loss[-1] < history.train_loss[0] / 50


def test_sequences_of_varying_length_are_classified():
    train, test = load_japanese_vowels()
    model = SequenceModel("gru", 12, 24, 9, task="classify", bidirectional=True)
    quiet(model, train, epochs=8)
    assert np.mean(predict(model, test.x, test.lengths).argmax(axis=1) == test.y) > 0.8


def test_arrays_tensors_and_objects_are_the_same_data(rng):
    x, y, lengths = classes(rng)
    forms = [
        (x, y, lengths),
        [torch.tensor(x), torch.tensor(y), torch.tensor(lengths)],
        SimpleNamespace(x=x, y=y, lengths=lengths),
        (x.astype(np.float32)[::-1][::-1], y.astype(np.int16), lengths.astype(np.uint8)),
    ]
    results = [quiet(classifier(), form, batch_size=4).train_loss for form in forms]
    assert results[1:] == results[:-1]


# ---- predict and forecast


def test_probabilities_are_the_softmax_of_the_logits_and_the_mode_is_restored(rng):
    x, _, lengths = classes(rng)
    model = classifier(num_layers=2, dropout=0.5).double()
    probabilities = predict(model, x, lengths)
    assert model.training
    model.eval()
    logits = model(torch.tensor(x), lengths).detach().numpy()
    np.testing.assert_allclose(probabilities, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), atol=1e-12)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    assert predict(model, torch.tensor(x), torch.tensor(lengths)).tobytes() == probabilities.tobytes()
    assert not model.training


def test_many_examples_are_predicted_in_batches(rng):
    x, _ = noise(rng, n=2 * training.EVALUATION_BATCH + 1)
    model = forecaster().double()
    whole = model(torch.tensor(x)).detach().numpy()
    assert whole.shape == (len(x), HORIZON, OUTPUT)
    np.testing.assert_allclose(predict(model, x), whole, atol=1e-12)


@pytest.mark.parametrize("horizon, steps", [(1, 5), (3, 3), (3, 8), (4, 2), (9, 20)])
def test_a_forecast_of_many_steps_is_the_model_fed_with_its_own(rng, horizon, steps):
    model = forecaster(horizon=horizon, output_size=INPUT).double()
    x = rng.normal(size=(N, TIME, INPUT))
    seen = list(np.moveaxis(x, 1, 0))
    while len(seen) < TIME + steps:
        window = torch.tensor(np.stack(seen[-TIME:], axis=1))
        seen.extend(np.moveaxis(model(window).detach().numpy(), 1, 0))
    got = forecast(model, x, steps)
    assert got.shape == (N, steps, INPUT)
    np.testing.assert_allclose(got, np.stack(seen[TIME : TIME + steps], axis=1), atol=1e-12)


def test_a_model_that_cannot_feed_itself_is_refused(rng):
    x, _ = noise(rng)
    with pytest.raises(ValueError, match="input_size=3 and output_size=2: to feed its output back they must be equal"):
        forecast(forecaster(), x, 2)
    with pytest.raises(ValueError, match="only a model with task='forecast' can forecast"):
        forecast(speller(), x, 2)
    with pytest.raises(ValueError, match="steps is 0"):
        forecast(forecaster(output_size=INPUT), x, 0)


# ---- bad input


def bad(rng, **parts):
    x, y = noise(rng)
    for name, place in parts.items():
        {"x": x, "y": y}[name][place] = np.nan
    return x, y


def test_nan_in_the_data_is_refused_with_its_place(rng):
    with pytest.raises(ValueError, match=r"train x has nan at \[4, 2, 1\]"):
        quiet(forecaster(), bad(rng, x=(4, 2, 1)))
    with pytest.raises(ValueError, match=r"validation y has nan at \[9, 3, 0\]"):
        quiet(forecaster(), noise(rng), bad(rng, y=(9, 3, 0)))
    with pytest.raises(ValueError, match=r"x has nan at \[0, 6, 2\]"):
        predict(forecaster(), bad(rng, x=(0, 6, 2))[0])
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"x has values too large for torch.float32"):
        predict(forecaster(), np.full((1, TIME, INPUT), 1e300))


@pytest.mark.parametrize(
    "change, error, sentence",
    [
        (lambda x, y: (x[:0], y[:0]), ValueError, "train x has shape .* no axis of .* may be empty"),
        (lambda x, y: (x, y[:-1]), ValueError, r"train y has shape .* wanted \(examples=11, horizon=4, output=2\)"),
        (lambda x, y: (x, y[..., 0]), ValueError, "train y has shape"),
        (lambda x, y: (x[..., :2], y), ValueError, "train x has 2 features, this model was built for input_size=3"),
        (lambda x, y: (x.astype(str), y), TypeError, "train x is <U.*, wanted real numbers"),
        (lambda x, y: (x, y, np.full(N, 8)), ValueError, r"train lengths\[0\] is 8, it must be from 1 to time=7"),
        (lambda x, y: (x, y, np.full(N, 2.0)), TypeError, "train lengths is float64, wanted integers"),
        (lambda x, y: x, TypeError, r"train is a ndarray, wanted Windows, Sequences, \(x, y\) or \(x, y, lengths\)"),
    ],
)
def test_data_that_do_not_fit_a_forecaster_are_refused(rng, change, error, sentence):
    with pytest.raises(error, match=sentence):
        quiet(forecaster(), change(*noise(rng)))


@pytest.mark.parametrize(
    "y, error, sentence",
    [
        (np.zeros(N), TypeError, "train y is float64, wanted integers"),
        (np.zeros(N, bool), TypeError, "train y is bool, wanted integers"),
        (np.arange(N), ValueError, r"train y has the id 6 at \[6\], with output_size=6 ids run from 0 to 5"),
        (np.zeros((N, 1), int), ValueError, r"train y has shape .*, wanted \(examples=11\)"),
    ],
)
def test_classes_that_do_not_fit_a_classifier_are_refused(rng, y, error, sentence):
    with pytest.raises(error, match=sentence):
        quiet(classifier(), (rng.normal(size=(N, TIME, INPUT)), y))


def test_symbols_that_do_not_fit_are_refused(rng):
    x = rng.integers(SYMBOLS, size=(N, TIME))
    with pytest.raises(ValueError, match=r"train y has shape .*, wanted \(examples=11, time=7\)"):
        quiet(speller(), (x, x[:, 1:]))
    with pytest.raises(ValueError, match="train x has the id 8"):
        quiet(speller(), (x + 1, x))


@pytest.mark.parametrize(
    "options, error, sentence",
    [
        ({"epochs": 0}, ValueError, "epochs is 0, it must be at least 1"),
        ({"batch_size": 2.0}, TypeError, "batch_size is 2.0, it must be a whole number"),
        ({"learning_rate": 0}, ValueError, "learning_rate is 0, it must be positive and finite"),
        ({"clip": -1}, ValueError, "clip is -1, it must be positive and finite"),
        ({"patience": 3}, ValueError, "patience is 3, but it watches the validation loss"),
        ({"schedule": "linear"}, ValueError, "schedule is 'linear', it must be one of None, 'cosine', 'plateau'"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"watch": 3}, TypeError, "watch is a int, it must be a function"),
        ({"device": "meta"}, ValueError, "device is 'meta', which holds no numbers to train with"),
        ({"device": "abacus"}, ValueError, "device is 'abacus', it must be None or a name"),
    ],
)
def test_a_bad_option_is_refused(rng, options, error, sentence):
    with pytest.raises(error, match=sentence):
        quiet(forecaster(), noise(rng), **options)


def test_another_kind_of_model_is_refused(rng):
    for call in (lambda model: quiet(model, noise(rng)), lambda model: predict(model, noise(rng)[0])):
        with pytest.raises(TypeError, match="model is a LSTM, it must be a SequenceModel"):
            call(torch.nn.LSTM(INPUT, HIDDEN))


def test_a_gpu_that_is_not_there_is_refused(rng, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device is 'cuda', but torch finds no GPU here: take device='cpu'"):
        quiet(forecaster(), noise(rng), device="cuda")
    assert quiet(forecaster(), noise(rng), device=None).device == "cpu"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU on this machine")
def test_a_gpu_is_chosen_and_the_model_comes_back_through_a_file(rng, tmp_path):
    x, y, lengths = classes(rng)
    model = classifier(num_layers=2, dropout=0.2)
    history = quiet(model, (x, y, lengths), (x, y, lengths), device=None)
    assert history.device == "cuda"
    save(model, tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors").model
    assert again.head.weight.device.type == "cpu"
    np.testing.assert_allclose(predict(again, x, lengths), predict(model, x, lengths), atol=1e-3)


# ---- what the history says


def test_the_history_says_what_happened(rng):
    history = quiet(forecaster(), noise(rng), noise(rng), epochs=4)
    best = f"{min(history.validation_loss):.4g}"
    for text in (repr(history), history._repr_html_()):
        for word in ("epochs run", "4", "best epoch", best, "cpu", "finished", "seconds"):
            assert word in text
    assert f"{history.train_loss[-1]:.4g}" not in repr(history)
    alone = quiet(forecaster(), noise(rng), epochs=2)
    assert f"last training loss: {alone.train_loss[-1]:.4g}" in repr(alone)
    assert alone.validation_loss == [] and alone.best_epoch == 2
    assert "stopped: running" in repr(training.History("cpu"))


@pytest.mark.parametrize("progress", [True, False])
def test_the_progress_bar_can_be_silenced(rng, capsys, progress):
    quiet(forecaster(), noise(rng), progress=progress)
    assert ("3/3" in capsys.readouterr().err) == progress


# ---- files


@pytest.fixture
def saved(rng, tmp_path):
    model = SequenceModel("lstm", INPUT, HIDDEN, INPUT, horizon=2, num_layers=2, dropout=0.3, bidirectional=True)
    scaler = Scaler().fit(rng.normal(size=(50, INPUT)) * 1e-3 + np.pi)
    quiet(model, (rng.normal(size=(N, TIME, INPUT)), rng.normal(size=(N, 2, INPUT))))
    path = tmp_path / "my model.safetensors"
    save(model, path, scaler, note='naïve "first" try\n循环')
    return SimpleNamespace(model=model, scaler=scaler, path=path)


def test_what_was_saved_comes_back_bit_for_bit(saved, rng):
    again = load(saved.path)
    x = rng.normal(size=(N, TIME, INPUT))
    assert again.model.settings == saved.model.settings
    assert torch.equal(weights(again.model), weights(saved.model))
    assert predict(again.model, x).tobytes() == predict(saved.model, x).tobytes()
    assert not again.model.training
    assert again.note == 'naïve "first" try\n循环'
    assert again.scaler.transform(x).tobytes() == saved.scaler.transform(x).tobytes()
    assert again.scaler.inverse(x).tobytes() == saved.scaler.inverse(x).tobytes()


def test_the_validation_loss_is_averaged_in_double(rng):
    x, y = noise(rng)
    model = forecaster().bfloat16()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    history = quiet(model, (x, 0 * y), (x, y), epochs=1)
    each = torch.tensor(y).bfloat16().square().double()  # the model says 0, and each loss is one of bfloat16
    assert history.validation_loss == [pytest.approx(each.mean().item(), rel=1e-14)]


def test_a_scaler_comes_back_with_the_names_of_its_channels(tmp_path):
    series = Series("s", np.arange(6.0).reshape(3, 2) ** 2, [0, 1, 2], ("level", np.int64(7)), ("m", ""))
    save(forecaster(), tmp_path / "m.safetensors", Scaler().fit(series))
    scaler = load(tmp_path / "m.safetensors").scaler
    assert scaler.channels == ("level", "7") and np.isfinite(scaler.transform(series)).all()
    with pytest.raises(ValueError, match=r"v has the channels \('7', 'level'\)"):
        scaler.transform(Series("s", series.values, [0, 1, 2], (7, "level"), ("", "m")))


def test_a_model_comes_back_in_another_process(saved, rng, tmp_path):
    x = rng.normal(size=(N, TIME, INPUT))
    np.save(tmp_path / "x.npy", x)
    script = (
        "import sys, numpy as np, torch\n"
        "from rnn_course.training import forecast, load\n"
        "torch.set_num_threads(int(sys.argv[4]))\n"
        "saved = load(sys.argv[1])\n"
        "y = forecast(saved.model, saved.scaler.transform(np.load(sys.argv[2])), 5)\n"
        "np.save(sys.argv[3], saved.scaler.inverse(y))\n"
    )
    command = [sys.executable, "-c", script, saved.path, tmp_path / "x.npy", tmp_path / "y.npy"]
    subprocess.run([*command, str(torch.get_num_threads())], check=True)
    wanted = saved.scaler.inverse(forecast(saved.model, saved.scaler.transform(x), 5))
    assert np.load(tmp_path / "y.npy").tobytes() == wanted.tobytes()


def test_a_float64_model_stays_one_and_a_file_is_replaced(saved):
    model = forecaster().double()
    save(model, str(saved.path))
    again = load(str(saved.path))
    assert again.scaler is None and again.note == ""
    assert weights(again.model).dtype == torch.float64
    assert torch.equal(weights(again.model), weights(model))


def test_a_damaged_file_is_refused_wherever_the_damage_is(saved):
    whole = saved.path.read_bytes()
    for place in np.linspace(0, len(whole) - 1, 60).astype(int):
        saved.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ValueError, match=r"my model.safetensors' (is damaged|was not written by)"):
            load(saved.path)
    saved.path.write_bytes(whole[:-5])
    with pytest.raises(ValueError, match=r"is damaged or not a .safetensors file"):
        load(saved.path)


def test_a_foreign_file_is_refused(tmp_path):
    text, foreign = tmp_path / "notes.txt", tmp_path / "other.safetensors"
    text.write_text("a,b\n1,2\n")
    save_file({"weight": torch.zeros(3)}, foreign)
    with pytest.raises(ValueError, match=r"notes.txt' is damaged or not a .safetensors file"):
        load(text)
    with pytest.raises(ValueError, match=r"other.safetensors' was not written by rnn_course.training.save"):
        load(foreign)
    with pytest.raises(FileNotFoundError, match=r"absent.safetensors', but there is no such file"):
        load(tmp_path / "absent.safetensors")


@pytest.mark.parametrize(
    "name, options, error, sentence",
    [
        ("nowhere/m.safetensors", {}, FileNotFoundError, "the directory .*nowhere' does not exist"),
        ("m.pt", {}, ValueError, "it must end in .safetensors"),
        ("m.safetensors", {"note": 3}, TypeError, "note is a int, it must be text"),
        ("m.safetensors", {"scaler": 3}, TypeError, "scaler is a int, it must be a Scaler or None"),
        ("m.safetensors", {"scaler": Scaler()}, ValueError, "scaler has no statistics yet"),
    ],
)
def test_what_cannot_be_saved_is_refused_and_leaves_no_file(tmp_path, name, options, error, sentence):
    with pytest.raises(error, match=sentence):
        save(forecaster(), tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_weights_that_do_not_lie_in_one_piece_are_saved(rng, tmp_path):
    model = forecaster()
    with torch.no_grad():
        model.head.weight.data = model.head.weight.data.T.contiguous().T
    assert not model.head.weight.is_contiguous()
    save(model, tmp_path / "m.safetensors")
    again = load(tmp_path / "m.safetensors").model
    assert torch.equal(weights(again), weights(model))
    assert list(tmp_path.iterdir()) == [tmp_path / "m.safetensors"]


def test_a_save_that_fails_leaves_the_old_file(saved, monkeypatch):
    def full(*_):
        raise OSError("no space left on device")

    before = saved.path.read_bytes()
    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        save(forecaster(), saved.path)
    assert [(path, path.read_bytes()) for path in saved.path.parent.iterdir()] == [(saved.path, before)]


@pytest.mark.parametrize("dtype, wanted", [(torch.bfloat16, np.float32), (torch.float16, np.float16)])
@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_half_weights_give_floats(rng, tmp_path, dtype, wanted, cell):
    model, x = SequenceModel(cell, INPUT, HIDDEN, INPUT, seed=3), noise(rng)[0]
    close = dict(rtol=0, atol=0.05)
    full = predict(model, x), forecast(model, x, 3)
    half = SequenceModel(cell, INPUT, HIDDEN, INPUT, seed=3).to(dtype)
    for values in (x, torch.tensor(x).to(dtype)):
        for found, exact in zip((predict(half, values), forecast(half, values, 3)), full, strict=True):
            assert found.dtype == wanted
            np.testing.assert_allclose(found, exact, **close)
    save(half, tmp_path / "half.safetensors")
    again = load(tmp_path / "half.safetensors").model
    assert again.head.weight.dtype == dtype and predict(again, x).tobytes() == predict(half, x).tobytes()
    shares = predict(SequenceModel(cell, INPUT, HIDDEN, 3, "classify").to(dtype), x)
    np.testing.assert_allclose(shares.sum(1), 1, atol=0.02)


@settings(deadline=None, max_examples=20)
@given(st.sampled_from("fdeihHb"), st.sampled_from("<>"), st.sampled_from(["plain", "turned", "backwards"]))
def test_every_byte_order_and_layout_is_the_same_data(kind, order, layout):
    x = np.random.default_rng(1).integers(0, 100, (N, TIME, INPUT)).astype(np.dtype(kind).newbyteorder(order))
    lying = {"plain": x, "turned": x.T.copy().T, "backwards": x[::-1].copy()[::-1]}[layout]
    model = forecaster()
    assert predict(model, lying).tobytes() == predict(model, x.astype(np.float32)).tobytes()


def test_masked_arrays_and_lists_with_a_gradient_are_refused(rng):
    x, y = noise(rng)
    with pytest.raises(TypeError, match=r"^x is a masked array, it must be plain"):
        predict(forecaster(), np.ma.masked_array(x))
    with pytest.raises(TypeError, match=r"^train y is a masked array, it must be plain"):
        quiet(forecaster(), (x, np.ma.masked_array(y)))
    with pytest.raises(ValueError, match=r"^x cannot be made an array of numbers: Can't call numpy"):
        predict(forecaster(), [torch.tensor(x[0], requires_grad=True)])


def test_numbers_of_numpy_are_taken_as_pythons(rng):
    x, y = noise(rng)
    options = {"epochs": 2, "batch_size": 4, "patience": 2, "seed": 3}
    ours, plain = forecaster(), forecaster()
    history = fit(ours, (x, y), (x, y), progress=False, **{name: np.int64(value) for name, value in options.items()})
    assert history.train_loss == fit(plain, (x, y), (x, y), progress=False, **options).train_loss
    assert torch.equal(weights(ours), weights(plain))
    fit(ours, (x, y), epochs=1, progress=False, seed=2**64 - 1)
    with pytest.raises(ValueError, match="seed is 18446744073709551616, it must be below 2\\*\\*64 for PyTorch"):
        fit(ours, (x, y), epochs=1, progress=False, seed=2**64)
