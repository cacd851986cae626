"""Networks for one task in a file: what comes back, and what is refused."""

import numpy as np
import pytest
import torch

from rnn_course.attention import as_batch, load_models, load_trained, right, save_models
from rnn_course.attention.batches import logits_of
from rnn_course.data import Pairs, date_task, reversal_task
from rnn_course.data.recorded import trained_file
from rnn_course.models import CausalModel, EncoderDecoder, LanguageModel

PAIRS = Pairs.of(["abc", "b", "ca"], ["春A", "A春春", "A"], "\nabc", "\nA春")


def made():
    return {
        "dot": EncoderDecoder(4, 3, 5, 4, "dot", seed=3),
        "bare": CausalModel(7, 3, 8, ("attention", "gru"), 2, "none"),
    }


@pytest.mark.parametrize("dtype, atol", [(torch.float16, 2e-3), (torch.float32, 0)])
def test_a_file_gives_back_the_functions_and_says_how_they_were_made(tmp_path, dtype, atol):
    models, note = made(), {"command": "python -m x", "right": [0.5, 1.0]}
    save_models(tmp_path / "m.safetensors", models, PAIRS.symbols_x, PAIRS.symbols_y, note, dtype)
    back = load_models(tmp_path / "m.safetensors")
    assert (back.symbols_x, back.symbols_y, back.note) == (PAIRS.symbols_x, PAIRS.symbols_y, note)
    assert list(back.models) == list(models)
    for name, model in models.items():
        again = back.models[name]
        assert again.settings == model.settings and not again.training
        one, two = (logits_of(m, as_batch(m, PAIRS)).detach().numpy() for m in (model, again))
        np.testing.assert_allclose(two, one, atol=atol)
        assert (one != two).any() == (dtype == torch.float16)


def test_what_is_refused(tmp_path):
    path, models = tmp_path / "m.safetensors", made()
    with pytest.raises(TypeError, match=r"models\['x'\] is a LanguageModel, it must be an EncoderDecoder or"):
        save_models(path, {"x": LanguageModel(5, 3)}, "\na", "\na")
    with pytest.raises(TypeError, match="models is a list, it must be a mapping"):
        save_models(path, list(models.values()), "\na", "\na")
    with pytest.raises(ValueError, match="models has the name 'a/b', which must have no slash"):
        save_models(path, {"a/b": models["dot"]}, "\na", "\na")
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        load_models(path)
    with torch.no_grad():
        models["dot"].head.weight[0, 0] = 1e6
    with pytest.raises(ValueError, match=r"dot/head\.weight has values that are not finite in torch\.float16"):
        save_models(path, models, "\na", "\na")


def test_a_changed_bit_is_noticed(tmp_path):
    path = tmp_path / "m.safetensors"
    save_models(path, made(), PAIRS.symbols_x, PAIRS.symbols_y)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        load_models(path)


DRAWN = {
    "dates": lambda rng: date_task(400, "test", rng),
    "reversal": lambda rng: reversal_task(400, 1, 20, rng),
}


@pytest.mark.parametrize("task", DRAWN)
def test_the_networks_that_ship_do_what_their_note_says(task):
    kept, pairs = load_trained(task), DRAWN[task](np.random.default_rng(77))
    assert (kept.symbols_x, kept.symbols_y) == (pairs.symbols_x, pairs.symbols_y)
    assert trained_file(task).stat().st_size < 2e6
    for name, model in kept.models.items():
        note = kept.note[name]
        assert right(model, pairs).mean() == pytest.approx(note["right"], abs=0.07)  # three errors of 400 draws
        assert sum(parameter.numel() for parameter in model.parameters()) == note["parameters"]
    assert kept.note["dot"]["right"] >= 0.95


def test_there_is_no_other_task():
    with pytest.raises(ValueError, match="task is 'sums', it must be one of 'dates', 'reversal'"):
        load_trained("sums")
