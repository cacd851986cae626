"""python -m benchmarks.learning: how fast "Watch it learn" trains in a page, beside TensorFlow.js in the same Chromium.

The same network, an LSTM with a readout of one number, trained by Adam: the losses of both are compared first. Of
TensorFlow.js two forms run, its layers (`tf.layers.lstm` and `dense`, `trainOnBatch`) and operations written by hand,
and the faster of the two counts. All run in one page in turn, after a round that warms them up; what is printed are
quartiles of the ratios of the rounds. TensorFlow.js has its batches ready and counts in 32 bits, ours cuts its own and
counts in 64.
"""

import gzip
import sys
from itertools import product
from pathlib import Path
from statistics import quantiles

from benchmarks.harness import Row, machine, table
from benchmarks.site import chromium, served
from rnn_course.widgets import WatchItLearn
from rnn_course.widgets.kit import HERE
from rnn_course.widgets.modules import joined

ROOT = Path(__file__).resolve().parent.parent
TENSORFLOW = "benchmarks/node_modules/@tensorflow"
PARTS = ("core", "layers", "backend-cpu", "backend-wasm")
WASM = f"{TENSORFLOW}/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm"
GOALS = {"cpu": 10, "wasm": 3}
SIZES = [{"hidden": hidden, "T": T, "batch": batch} for hidden, T, batch in product((8, 16, 32), (22, 50), (16, 32))]
ROUNDS, MILLISECONDS = 9, 100
SAME = {"updates": 10, "size": {"hidden": 8, "T": 22, "batch": 16}, "most": 1e-5}
ENGINE = "learner.js"
SHOWN = {
    "16 units, windows of 9": {"hidden": 16, "window": 9},
    "16 units, windows of 50": {"hidden": 16, "window": 50},
    "32 units, windows of 50": {"hidden": 32, "window": 50},
}
PICTURES, SECONDS = 50, 4


def script(part):
    """The address, from the root, of a part of TensorFlow.js."""
    return f"{TENSORFLOW}/tfjs-{part}/dist/tf-{part}.min.js"


def missing():
    """What must be there first and is not, in one sentence, or nothing."""
    if not all((ROOT / path).exists() for path in [*map(script, PARTS), WASM]):
        return "learning in the page was not measured: TensorFlow.js is not installed (`npm ci --prefix benchmarks`)"
    return ""


def open_page(browser, address):
    """A page with TensorFlow.js and what benchmarks/learning.js gives it."""
    page = browser.new_page()
    page.goto(f"{address}/benchmarks/__init__.py")  # any file: a page of this server, so that modules load
    page.set_content("<!doctype html><title>learning</title>")
    for part in PARTS:
        page.add_script_tag(url=f"{address}/{script(part)}")
    page.evaluate("path => tf.wasm.setWasmPaths(path)", f"{address}/{Path(WASM).parent}/")
    page.evaluate("address => import(address).then(({ ready }) => ready)", f"{address}/benchmarks/learning.js")
    return page


def measured(page, backend, size):
    """Updates a second in each round, `{"ours": [rounds], "layers": …, "operations": …}`."""
    return page.evaluate("asked => race(...asked)", [backend, size, ROUNDS, MILLISECONDS])


def ratios(found):
    """How many times as fast as the faster form of TensorFlow.js ours was, in each round."""
    rivals = {name: rates for name, rates in found.items() if name != "ours"}
    best = max(rivals, key=lambda name: sorted(rivals[name])[ROUNDS // 2])
    return [ours / theirs for ours, theirs in zip(found["ours"], rivals[best], strict=True)]


def race(page, backend):
    """Print a line for each size, and return the claim of the size at which ours gains least."""
    print(f"\n{backend:4}  units  steps  batch     ours  layers  operations   times as fast: quartiles")
    medians = []
    for size in SIZES:
        found = measured(page, backend, size)
        low, middle, high = quantiles(ratios(found), n=4)
        ours, layers, operations = (sorted(found[name])[ROUNDS // 2] for name in ("ours", "layers", "operations"))
        where = f"      {size['hidden']:5}  {size['T']:5}  {size['batch']:5}"
        print(
            f"{where}  {ours:7.1f}  {layers:6.1f}  {operations:10.1f}   {low:5.1f} {middle:5.1f} {high:5.1f}",
            flush=True,
        )
        medians.append(middle)
    detail = f"median of the least favourable of {len(SIZES)} sizes; most {max(medians):.1f}"
    return Row(f"learning in the page / TensorFlow.js, {backend}", min(medians), GOALS[backend], detail)


def pictures(page):
    """How many pictures a second the explorable's page draws while it trains as fast as it can."""
    rows = []
    for name, asked in SHOWN.items():
        explorer = WatchItLearn(pace="fast", **asked)
        names = {*explorer.state, "initial", "ranges", "tasks", "limits"}
        state = {name: getattr(explorer, name) for name in names}
        frames, updates = page.evaluate("asked => pictures(...asked)", [explorer._css, state, SECONDS])
        detail = f"{frames:.0f} pictures and {updates:.0f} updates a second, {PICTURES} pictures wanted"
        rows.append(Row(f"learning in the page: pictures a second, {name}", frames / PICTURES, 1.0, detail))
    return rows


def weight():
    """What each sends over the net, gzipped, in a sentence."""

    def zipped(*contents):
        return sum(len(gzip.compress(content, mtime=0)) for content in contents) / 1000

    ours = zipped(joined(HERE / ENGINE).encode())
    scripts = [(ROOT / script(part)).read_bytes() for part in PARTS[:3]]
    wasm = [(ROOT / script(PARTS[3])).read_bytes(), (ROOT / WASM).read_bytes()]
    theirs = f"TensorFlow.js with layers and cpu {zipped(*scripts):.0f} kB, with wasm {zipped(*scripts, *wasm):.0f} kB"
    return f"gzipped: the engine {ours:.1f} kB as it is written; {theirs}, minified"


def main():
    """Print the machine, both races and the weights; fail where a goal is missed or the losses differ."""
    if missing():
        sys.exit(missing())
    print("\n".join(machine()))
    rows = []
    with served(ROOT) as address, chromium() as browser:
        print(f"Chromium {browser.version}; updates a second, medians of {ROUNDS} rounds")
        for backend in GOALS:
            page = open_page(browser, address)
            apart = page.evaluate("asked => apart(...asked)", [backend, SAME["size"], SAME["updates"]])
            print(f"losses over {SAME['updates']} updates from the same weights: {apart:.0e} apart at the most")
            if not apart < SAME["most"]:
                sys.exit(f"the networks are not the same on {backend}")
            rows.append(race(page, backend))
            page.close()
        rows += pictures(open_page(browser, address))
    print("", table(rows), weight(), sep="\n")
    sys.exit(any(row.ratio < row.goal for row in rows))


if __name__ == "__main__":
    main()
