"""A Sphinx extension: the networks that an explorable loads when a reader asks, as scripts beside the pages.

A page that was opened from a file may not fetch one, but it may load a script: `models/NAME.js` leaves the bytes of
`NAME.safetensors` in a text, `courseModels.NAME`, in base64. It is written where a page has such an explorable, and no
page loads it by itself; loading.js does.
"""

import base64
import json
from pathlib import Path

from live_figures import STATE

from rnn_course import files
from rnn_course.data.recorded import trained_file


def write_models(app, page, template, context, doctree):
    """Write the networks that the explorables of a page may ask for."""
    for script in context.get("script_files", []):
        if script.attributes.get("type") == STATE:
            for model in json.loads(script.attributes["body"])["state"].values():
                for network in (model["state"].get("networks") or {}).values():
                    if network.get("file") and network["bytes"]:
                        write(app, network["file"])


def write(app, name):
    """Write a network into the built site, unless it lies there as it is now."""
    path = Path(app.outdir, "models", f"{name}.js")
    data = base64.b64encode(trained_file(name).read_bytes()).decode("ascii")
    text = f'(globalThis.courseModels ??= {{}})[{json.dumps(name)}] = "{data}";\n'
    if not path.exists() or path.read_text("utf8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, text)


def setup(app):
    """Run after MyST-NB, whose scripts these are, and before live_figures takes them apart."""
    app.connect("html-page-context", write_models, priority=790)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
