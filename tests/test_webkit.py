"""Each explorable in WebKit, the engine of Safari: it comes up, is drawn, answers to keys and goes back.

Debian: apt-get install webkit2gtk-driver xvfb. A part of `make test-long`.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from built_site import ALLOWED_ERRORS
from explorables import MOUNT, PAGE, example, traits

from benchmarks.site import served
from rnn_course.widgets import EXPLORABLES

SCREENSHOTS = Path(__file__).parent / "_screenshots"
PROGRAMS = ["WebKitWebDriver", "Xvfb"]
MINI_BROWSER = "*/webkit2gtk-4*/MiniBrowser"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def display(tmp_path_factory):
    """The number of a screen that nobody sees; Xvfb picks one that is free."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing or not list(Path("/usr/lib").glob(MINI_BROWSER)):
        pytest.skip(f"{missing or 'MiniBrowser'} not installed (Debian: apt-get install webkit2gtk-driver xvfb)")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as screen:
        os.close(write)
        with os.fdopen(read) as numbers:
            yield f":{numbers.readline().strip()}"
        screen.terminate()


@pytest.fixture(scope="module")
def webkit(display):
    """A WebKit driven by selenium."""
    selenium = pytest.importorskip("selenium.webdriver", reason="pip install -c constraints.txt -e '.[long]'")
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    options = Options()
    options.binary_location = str(next(Path("/usr/lib").glob(MINI_BROWSER)))
    options.add_argument("--automation")
    service = Service(shutil.which("WebKitWebDriver"), env=os.environ | {"DISPLAY": display})
    driver = selenium.WebKitGTK(options=options, service=service)
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


READY = """const done = arguments[arguments.length - 1];
window.failures = [];
addEventListener('error', event => window.failures.push(event.message));
addEventListener('unhandledrejection', event => window.failures.push(String(event.reason)));
(MOUNT)(arguments[0]).then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(null))),
  error => done(String(error)));""".replace("MOUNT", MOUNT)
FRAME = "const done = arguments[arguments.length - 1]; setTimeout(() => requestAnimationFrame(() => done()), 100);"
CHARTS = """return [...document.querySelectorAll('.rnn-explorable :is(figure svg, .rnn-track, .rnn-text, .rnn-next)')]
  .filter(chart => chart.getClientRects().length && !chart.matches('.rnn-sample'))
  .map(chart => [chart.getBoundingClientRect().width, chart.outerHTML])"""
STANDS = """return [...document.querySelectorAll('.rnn-explorable :is(input, select)')]
  .map(control => [control.checked, control.value].join())"""


@pytest.mark.parametrize("kind", EXPLORABLES.values(), ids=lambda kind: kind.__name__)
def test_an_explorable_works_in_webkit(webkit, tmp_path, kind):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    shown = example(kind)
    explorer = shown.an_explorer()
    empty = tmp_path / "page.html"
    empty.write_text(PAGE, encoding="utf-8")
    with served(tmp_path) as address:  # from a file WebKit would not say what an error was
        webkit.get(f"{address}/{empty.name}")
    failure = webkit.execute_async_script(
        READY, {"esm": explorer._esm, "css": explorer._css, "state": traits(explorer)}
    )
    assert failure is None
    webkit.execute_async_script(FRAME)
    charts = webkit.execute_script(CHARTS)
    assert charts and all(width > 100 for width, _ in charts)
    assert not any("NaN" in drawn or "undefined" in drawn for _, drawn in charts)
    SCREENSHOTS.mkdir(exist_ok=True)
    assert webkit.save_screenshot(str(SCREENSHOTS / f"webkit-{shown.stem}.png"))

    first, moved = webkit.execute_script(STANDS), 0
    sliders = webkit.find_elements(By.CSS_SELECTOR, ".rnn-explorable input[type=range]:enabled")
    for slider in sliders:
        if not slider.is_displayed() or not slider.is_enabled():
            continue
        before, root = slider.get_attribute("value"), webkit.find_element(By.CSS_SELECTOR, ".rnn-explorable")
        looks = root.get_attribute("innerHTML")
        slider.send_keys(Keys.ARROW_RIGHT if before != slider.get_attribute("max") else Keys.ARROW_LEFT)
        webkit.execute_async_script(FRAME)
        assert slider.get_attribute("value") != before
        moved += root.get_attribute("innerHTML") != looks
    assert moved >= 1
    resets = webkit.find_elements(By.CSS_SELECTOR, ".rnn-explorable header button")
    next(button for button in resets if button.text == "Reset").click()
    webkit.execute_async_script(FRAME)
    assert webkit.execute_script(STANDS) == first
    failures = webkit.execute_script("return window.failures")
    assert [failure for failure in failures if not any(part in failure for part in ALLOWED_ERRORS)] == []
