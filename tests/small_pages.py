"""A page of the site in small: what explorables held, their places and the site's own script, in a file."""

import json
from itertools import count
from pathlib import Path

from explorables import frames, traits

MOUNT = Path(__file__).resolve().parent.parent / "book" / "_extra" / "mount.js"


def write_page(folder, *explorers):
    """A page as MyST-NB makes it, with what these widgets held, their places and the site's script; its address."""
    state, views = {}, []
    for k, explorer in zip(count(), explorers, strict=False):
        held = {"_esm": explorer._esm, "_css": explorer._css, "_anywidget_id": explorer._anywidget_id}
        state[f"m{k}"] = {"model_name": "AnyModel", "state": {**traits(explorer), **held}}
        views.append(f'<script type="application/vnd.jupyter.widget-view+json">{{"model_id": "m{k}"}}</script>')
    text = json.dumps({"state": state}).replace("</", "<\\/")
    path = folder / "page.html"
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><h1 id="top">A page</h1>'
        f'<div style="height: 2000px"></div>{"".join(views)}<div style="height: 2000px"></div>'
        f'<script type="application/vnd.jupyter.widget-state+json">{text}</script>'
        f"<script>{MOUNT.read_text('utf8')}</script></html>",
        encoding="utf-8",
    )
    return path.as_uri()


def visit_page(page, address):
    """Open an address afresh; returns the first explorable of the page once it is drawn."""
    page.goto("about:blank")
    page.goto(address)
    page.locator(".rnn-explorable figure:visible").first.wait_for()
    frames(page)
    return page.locator(".rnn-explorable").first
