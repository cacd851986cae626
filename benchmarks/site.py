"""How soon the built site answers, in Chromium: first paint from a local server with an empty cache, and the time from
a move of a slider of each explorable to the next picture.
"""

import shutil
import statistics
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.harness import Row

SITE = Path(__file__).resolve().parent.parent / "book" / "_build" / "html"
MOST = 1000  # milliseconds
LOADS = 9
FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') done(startTime);
}).observe({ type: 'paint', buffered: true }))"""


# From a move, which comes at any moment between two frames, until the frame that shows it has been painted: a message
# that is sent while the frame is made arrives after that. The wait for the frame is counted.
PROBES, MOVES = 12, 150
MOST_MEDIAN, MOST_95 = 16, 50  # milliseconds
# A reader's choice that is kept: what stands below each Predict is open, an explorable among it.
EVERY_ANSWER = "try { localStorage.setItem('rnn-course every answer', 'open'); } catch {}"
SLIDERS = """place => [...document.querySelectorAll('.rnn-explorable')[place].querySelectorAll('input[type=range]')]
  .map((slider, k) => [k, slider.checkVisibility() && !slider.disabled, slider.labels[0].textContent])
  .filter(([, usable]) => usable)"""
NEXT_PICTURE = """async ([place, number, moves]) => {
  const explorable = document.querySelectorAll('.rnn-explorable')[place];
  const slider = explorable.querySelectorAll('input[type=range]')[number];
  slider.scrollIntoView({ block: 'center' });
  const painted = () => new Promise(done => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  }));
  const [low, high] = [Number(slider.min), Number(slider.max)];
  const times = [];
  for (let k = 0; k < moves; k++) {
    await new Promise(done => setTimeout(done, 20 + 30 * Math.random()));
    const start = performance.now();
    slider.value = low + (high - low) * ((k * 0.381966) % 1);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await painted();
    times.push(performance.now() - start);
  }
  return times;
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that prints nothing."""

    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    """The address of a local server of the folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def chromium():
    """A Chromium driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def missing():
    """What must be there first and is not, in one sentence, or nothing."""
    if not (SITE / "index.html").exists():
        return "the site was not measured: it is not built (`make book`)"
    if shutil.which("chromium") is None:
        return "the site was not measured: there is no `chromium` on the path"
    return ""


def first_paint(browser, address):
    """Milliseconds from asking for a page to its first content, median of several loads."""
    times = []
    for _ in range(LOADS + 1):
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(address, wait_until="networkidle")
        times.append(page.evaluate(FIRST_PAINT))
        page.context.close()
    return statistics.median(times[1:])  # the first one warms the server's and the browser's files


def next_pictures(browser, address):
    """Of each explorable of a page its name, its slowest slider, and the milliseconds from a move of that to the next
    picture, of each of many moves."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(EVERY_ANSWER)
    page.goto(address, wait_until="networkidle")
    places = page.locator("script[type$='widget-view+json']").count()
    page.wait_for_function(
        "count => document.querySelectorAll('.rnn-explorable, .course-note').length >= count", arg=places
    )
    names = page.locator(".rnn-explorable").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    for name in dict.fromkeys(names):  # a chapter may show one several times
        place = names.index(name)
        probes = {
            (label, k): statistics.median(page.evaluate(NEXT_PICTURE, [place, k, PROBES]))
            for k, _, label in page.evaluate(SLIDERS, place)
        }
        if probes:
            label, k = max(probes, key=probes.get)
            yield name, label, sorted(page.evaluate(NEXT_PICTURE, [place, k, MOVES]))
    page.context.close()


def slider_rows(browser, address):
    """The slowest slider of each explorable, wherever the site shows it first."""
    seen = set()
    for path in [SITE / "book/index.html", *sorted((SITE / "notebooks").glob("*.html"))]:
        for name, label, times in next_pictures(browser, f"{address}/{path.relative_to(SITE)}"):
            if name in seen:
                continue
            seen.add(name)
            for what, took, most in [
                ("median", statistics.median(times), MOST_MEDIAN),
                ("95th percentile", times[int(0.95 * len(times))], MOST_95),
            ]:
                claim = f"site: {name}, move to picture, {what}"
                yield Row(claim, most / took, 1.0, f"{took:.1f} ms, at most {most} wanted ({label})")


def rows():
    """First paint of the front page and of the heaviest chapter, and the sliders: how many times as fast as wanted."""
    if missing():
        return []
    heaviest = max((SITE / "notebooks").glob("*.html"), key=lambda path: path.stat().st_size)
    found = []
    with served(SITE) as address, chromium() as browser:
        for name, path in {"front page": SITE / "book/index.html", f"chapter {heaviest.stem}": heaviest}.items():
            took = first_paint(browser, f"{address}/{path.relative_to(SITE)}")
            found.append(Row(f"site: first paint, {name}", MOST / took, 1.0, f"{took:.0f} ms, at most {MOST} wanted"))
        found += slider_rows(browser, address)
    return found


def notes():
    """Why there are no rows, where there are none."""
    return [missing()] if missing() else []
