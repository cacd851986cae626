"""How soon the page's network of characters has read one more, in Chromium: milliseconds a step at the size of the
course's English network, whose weights do not matter here.
"""

import base64
import shutil
import statistics

import numpy as np

from benchmarks.harness import Row
from benchmarks.site import chromium
from rnn_course.widgets.character_network import CharacterNetwork
from rnn_course.widgets.kit import HERE
from rnn_course.widgets.modules import joined

HIDDEN, SYMBOLS = 448, 86
MOST = 1.5  # milliseconds
STEPS = """async ([text, data, count]) => {
  const { LanguageNetwork, readSafetensors } =
    await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
  const network = new LanguageNetwork(readSafetensors(bytes.buffer));
  let state = null;
  const times = [];
  for (let k = 0; k < count; k += 1) {
    const start = performance.now();
    state = network.step(state, k % network.symbols.length);
    network.logits(state);
    times.push(performance.now() - start);
  }
  return times;
}"""


def a_network():
    """A network of that size with random weights."""
    rng = np.random.default_rng(0)
    shapes = {"weight_ih": (4 * HIDDEN, SYMBOLS), "weight_hh": (4 * HIDDEN, HIDDEN)}
    shapes |= {"bias_ih": (4 * HIDDEN,), "bias_hh": (4 * HIDDEN,)}
    shapes = {f"rnn.{name}_l0": shape for name, shape in shapes.items()}
    shapes |= {"head.weight": (SYMBOLS, HIDDEN), "head.bias": (SYMBOLS,)}
    tensors = {name: rng.uniform(-0.1, 0.1, shape) for name, shape in shapes.items()}
    return CharacterNetwork(tensors, [chr(k) for k in range(32, 32 + SYMBOLS)])


def milliseconds(count=1000):
    """Median milliseconds of a step with its logits, after as many that warm up."""
    with chromium() as browser:
        data = base64.b64encode(a_network().to_bytes()).decode()
        page = browser.new_page()
        times = page.evaluate(STEPS, [joined(HERE / "language.js"), data, 2 * count])
    return statistics.median(times[count:])


def rows():
    """How many times as fast as wanted."""
    if shutil.which("chromium") is None:
        return []
    took = milliseconds()
    claim = f"page: a character read by {HIDDEN} units, median"
    return [Row(claim, MOST / took, 1.0, f"{took:.2f} ms, at most {MOST} wanted")]


def notes():
    """Why there is no row, where there is none."""
    if shutil.which("chromium") is None:
        return ["the network of characters was not measured: there is no `chromium` on the path"]
    return []
