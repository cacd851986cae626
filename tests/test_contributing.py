"""CONTRIBUTING.md's smallest explorable is what it says: it is made from the page's text, drawn and moved by keys."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from explorables import frames, mount, state

from rnn_course.widgets import EXPLORABLES, kit

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf8")


def code(language):
    [block] = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return block


@pytest.fixture
def folder(tmp_path):
    """A folder with the two files beside those that they import."""
    folder = tmp_path / "rnn_course" / "widgets"
    shutil.copytree(kit.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "neuron.js").write_text(code("js"), "utf8")
    (folder / "neuron.py").write_text(code("python"), "utf8")
    return folder


@pytest.fixture
def neuron(folder, monkeypatch):
    monkeypatch.setattr(kit, "HERE", folder)
    names = {"__name__": "neuron"}
    exec(compile(code("python"), folder / "neuron.py", "exec"), names)
    return names["Neuron"]()


@pytest.mark.browser
def test_the_smallest_explorable_answers_to_keys(page, neuron):
    root = mount(page, neuron)

    def said():
        frames(page)
        return root.locator(".rnn-reach").text_content()

    def sentence():
        x, y = (values[neuron.cursor] for values in (neuron.x, neuron.compute()["y"]))
        return f"With w = {neuron.w:.3g}, y = {y:.3g} at x = {x:g}."

    assert said() == sentence() == "With w = 1, y = 0.731 at x = 1."
    first = root.locator("path.rnn-changed").get_attribute("d")
    root.get_by_label("Weight w").press("ArrowRight")
    neuron.w = 1.1
    assert said() == sentence() and root.locator("path.rnn-changed").get_attribute("d") != first
    root.get_by_label("Cursor, at x").press("End")
    neuron.cursor = 100
    assert said() == sentence()
    assert state(page) == neuron.state
    root.get_by_role("button", name="Reset").press("Enter")
    neuron.reset()
    assert said() == sentence() and root.locator("path.rnn-changed").get_attribute("d") == first


@pytest.mark.browser
def test_its_javascript_equals_its_python(page, neuron):
    mount(page, neuron)
    for w in (-4.0, 0.3, 4.0):
        neuron.w = w
        script = "async ([esm, state]) => (await window.load(esm)).compute(state)"
        theirs = page.evaluate(script, [neuron._esm, {"x": neuron.x, "w": w}])
        np.testing.assert_allclose(theirs["y"], neuron.compute()["y"], rtol=1e-9)


def test_it_is_not_among_the_courses_own(neuron):
    assert "Neuron" not in EXPLORABLES and repr(neuron) == "Neuron(cursor=60, w=1.0)"


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_both_files_have_the_form_that_the_tests_want(folder, tmp_path):
    ruff, as_if = [sys.executable, "-m", "ruff"], ["--stdin-filename", "rnn_course/widgets/neuron.py", "-"]
    run(*ruff, "check", *as_if, cwd=ROOT, input=code("python"))
    assert run(*ruff, "format", *as_if, cwd=ROOT, input=code("python")) == code("python")
    biome = ROOT / "node_modules" / ".bin" / "biome"
    if not biome.exists():
        pytest.skip("Biome is not installed")  # test_project.py fails where it must be
    shutil.copy(ROOT / "biome.json", tmp_path)
    run(biome, "ci", "--colors=off", "--error-on-warnings", cwd=tmp_path)
