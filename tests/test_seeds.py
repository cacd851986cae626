"""The seeds of the course, and the shift that runs it with others."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rnn_course import missing, seeds
from rnn_course.cells import LSTM
from rnn_course.models import SequenceModel
from rnn_course.training import fit, predict

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import portable_chapters  # noqa: E402

NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


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


@pytest.mark.parametrize("path", NOTEBOOKS + sorted(ROOT.glob("book/*.ipynb")), ids=lambda path: path.stem)
def test_every_seed_of_a_chapter_can_be_shifted(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert not re.findall(r"(?<!seeds)\.(?:default_rng|manual_seed)\(|random_state=\d", code)


@pytest.fixture
def asked(monkeypatch):
    """Run the tool with arguments; what it would have run is returned, and one setting fails."""

    def run(*arguments):
        settings = []
        monkeypatch.setattr(sys, "argv", ["portable_chapters.py", *arguments])
        monkeypatch.setattr(portable_chapters, "passes", lambda *both: settings.append(both) or len(settings) != 2)
        with pytest.raises(SystemExit) as end:
            portable_chapters.main()
        return settings, end.value.code

    return run


def test_all_chapters_run_under_five_shifts_and_one_failure_is_enough(asked):
    settings, code = asked()
    assert [setting[seeds.VARIABLE] for setting, _ in settings[:5]] == ["1000", "2000", "3000", "4000", "5000"]
    assert {setting.get("OMP_NUM_THREADS") for setting, _ in settings[5:]} >= {"1", "2"}
    assert all([Path(path) for path in paths] == NOTEBOOKS for _, paths in settings)
    assert code == 1


def test_one_chapter_can_be_asked_for_and_an_unknown_one_is_refused(asked, capsys):
    settings, _ = asked("03_bptt")
    assert all([Path(path).stem for path in paths] == ["03_bptt"] for _, paths in settings)
    settings, code = asked("03_bptt", "3_bptt")
    assert (settings, code) == ([], 2)
    assert "there is no chapter 3_bptt; there are 01_background" in capsys.readouterr().err
