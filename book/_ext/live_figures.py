"""A Sphinx extension: explorables on pages that are no notebooks, and their scripts once for the whole site.

A figure with `:figclass: explorable-NAME` is the picture of rnn_course.widgets.NAME wherever only Markdown is drawn, in
JupyterLab or beside the code; on the site the explorable itself stands in its place.

MyST-NB writes the state of a page's widgets into the page, each with its script and its style. Here these become files
of the site, `_static/explorables/NAME.HASH.js`, which mount.js puts together again: classic scripts, since a page that
was opened from a file may load those and nothing else.
"""

import hashlib
import json
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.builders.html._assets import _JavaScript
from sphinx.transforms import SphinxTransform

from rnn_course import files
from rnn_course.widgets import EXPLORABLES

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
SHARED = ("_esm", "_css")
CLASS = "explorable-"


def as_script(value):
    """JSON that may stand inside a script of a page."""
    return json.dumps(value).replace("</", "<\\/")


class LiveFigures(SphinxTransform):
    """Put the explorable in the place of its picture."""

    default_priority = 500

    def apply(self, **kwargs):
        """Replace the figures of a page, and keep what the explorables hold as MyST-NB does for a notebook."""
        states = {}
        for figure in [*self.document.findall(nodes.figure)]:
            for name in [name.removeprefix(CLASS) for name in figure["classes"] if name.startswith(CLASS)]:
                [kind] = [kind for kind in EXPLORABLES.values() if kind.__name__.lower() == name.lower()]
                model = f"{name}-{len(states)}"
                states[model] = {"model_name": "AnyModel", "state": kind().get_state()}
                view = f'<script type="{VIEW}">{as_script({"model_id": model})}</script>'
                without = nodes.raw("", "<noscript>", format="html"), nodes.raw("", "</noscript>", format="html")
                figure.replace_self([nodes.raw("", view, format="html"), without[0], figure.deepcopy(), without[1]])
        if states:
            self.keep("ipywidgets_state", None, {"type": STATE, "body": as_script({"state": states})})
            for k, (path, attributes) in enumerate(self.app.config.nb_ipywidgets_js.items()):
                self.keep(f"ipywidgets_{k}", path, attributes)

    def keep(self, key, path, attributes):
        """Let MyST-NB write a script into this page."""
        NbMetadataCollector.add_js_file(self.env, self.env.docname, key, path, attributes)


def share_scripts(app, page, template, context, doctree):
    """Take the scripts and the style of a page's widgets out of the page and into files."""
    scripts = context.get("script_files", [])
    for k, script in enumerate(scripts):
        if script.attributes.get("type") != STATE:
            continue
        held = json.loads(script.attributes["body"])
        parts = {}
        for model in held["state"].values():
            for key in SHARED:
                if key in model["state"]:
                    parts |= take_out(model["state"], key)
        # `priority`: before mount.js, which has Sphinx's own, 500
        scripts[k] = _JavaScript(None, type=STATE, body=as_script(held))
        scripts += [_JavaScript(write(app, *part), priority=400, defer="defer") for part in parts.items()]


def take_out(state, key):
    """Replace a text of a widget's state by the name of the part that holds it; returns `{name: text}`."""
    text = state[key]
    owner = state.get("_anywidget_id", "rnn").rpartition(".")[2]
    name = f"{'style' if key == '_css' else owner.lower()}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    state[key] = {"part": name}
    return {name: text}


def write(app, name, text):
    """Write a part into the built site, once, and return its address."""
    address = Path("_static", "explorables", f"{name}.js")
    path = Path(app.outdir, address)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, f"(globalThis.explorableParts ??= {{}})[{json.dumps(name)}] = {json.dumps(text)};\n")
    return address.as_posix()


def setup(app):
    """Run after MyST-NB, whose scripts these are."""
    app.add_transform(LiveFigures)
    app.connect("html-page-context", share_scripts, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
