"""Fixtures that several test files share."""

import json
import os
import shutil
from collections import Counter

import pytest

# so that what fails in them says what it compared
pytest.register_assert_rewrite("built_site", "cell_kinds", "explorables", "min_gru_cases", "verdicts")

from built_site import PATIENCE, SITE, Visit, require_site  # noqa: E402

from benchmarks.site import EVERY_ANSWER, served  # noqa: E402

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser():
    """A Chromium driven by playwright; skips where none is installed, fails there when CI is set."""
    chromium = shutil.which("chromium")
    if chromium is None:
        reason = "no `chromium` on the path: install it (Debian: apt-get install chromium) to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page of its own for each test, which fails if a script on it does."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.set_default_timeout(PATIENCE)
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def newcomer(browser):
    """A page that may ask no other host, of a reader who has chosen nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    yield Visit(context)
    context.close()


@pytest.fixture
def visit(newcomer):
    """A page that may ask no other host, of a reader who wants to see what happens after every Predict."""
    newcomer.page.add_init_script(EVERY_ANSWER)
    return newcomer


@pytest.fixture(scope="module", params=["file", "http"])
def site(request):
    """The address of the built site, as files and from a server."""
    require_site(offline=True)
    if request.param == "file":
        yield SITE.as_uri()
        return
    with served(SITE) as address:
        yield address


def pytest_terminal_summary(terminalreporter):
    """Say what the fuzz has tried: its tests run in several processes, and none of them knows of the others."""
    reports = [report for several in terminalreporter.stats.values() for report in several]
    found = [
        json.loads(value)
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "fuzz"
    ]
    if found:
        counts = Counter()
        for each in found:
            counts.update(each)
        tried = f"{counts['callables']} callables, {counts['arguments']:,} arguments, {counts['calls']:,} calls"
        met = f"{counts['refused']:,} refused with a sentence, {counts['taken']:,} taken, {counts['faults']} faults"
        terminalreporter.write_line(f"fuzz: {tried}: {met}")
