"""What the browser tests of the site share: where it lies, how it is served, and a visit that refuses other hosts."""

import os
import re
from pathlib import Path

import pytest

from benchmarks.site import SITE

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120_000  # ms for whatever a page does: a machine under load is slow, and what hangs ends all the same
OTHER_HOST = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1[:/])")

# Harmless messages, each with its cause.
ALLOWED_ERRORS = [
    "reading 'node'",  # JupyterLab's cell toolbar measures a Markdown cell that is not drawn yet
    "ResizeObserver loop",  # JupyterLab resizes while it lays out
    "implicit heading reference",  # jupyterlab-myst advises against links to headings, which the site needs
    "No target for internal reference",  # it looks for them before it has drawn them
]


class Visit:
    """A page, the other hosts it asked for, what it was sent and the errors it reported."""

    def __init__(self, context):
        self.refused, self.errors, self.answers = [], [], []
        context.route(OTHER_HOST, self.refuse)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self.note)
        self.page.on("response", lambda response: self.answers.append(response.url))

    def refuse(self, route):
        self.refused.append(route.request.url)
        route.abort()

    def note(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def check(self, *also_allowed):
        assert not self.refused
        allowed = [*ALLOWED_ERRORS, *also_allowed]
        assert not [error for error in self.errors if not any(part in error for part in allowed)]


def require_site(*, offline=False):
    """Skip where the book is not built, or not with npm's assets where those are needed; fail there when CI is set."""
    if not (SITE / "index.html").exists() or (offline and not (SITE / "vendor").exists()):
        reason = "the book was not built, or without npm's assets: run `make book` with npm installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def page_names():
    """Every page of the built site, as a path from its top."""
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.parts)


def chapter_names():
    """The pages made from notebooks."""
    return [f"notebooks/{path.stem}.html" for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
