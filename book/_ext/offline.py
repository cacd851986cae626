"""A Sphinx extension: use the scripts that tools/vendor_assets.py put into the book instead of a CDN's."""

from pathlib import Path

from sphinx.util import logging

EXTRA = Path(__file__).resolve().parent.parent / "_extra"


def use_vendored_assets(app, config):
    """Point MathJax and the widget manager at the book's own copies, if they are there."""
    if not (EXTRA / "vendor" / ".installed").exists():
        logging.getLogger(__name__).info("The book falls back to a CDN; `make book` with npm installed avoids it.")
        return
    config.html_extra_path = [str(EXTRA)]
    config.mathjax_path = "../vendor/mathjax/tex-chtml-full.js"
    config.nb_ipywidgets_js = {
        "../vendor/require.js": {},
        "../widgets-offline.js": {},
        "../vendor/embed-amd.js": {},
    }


def setup(app):
    """Run before the extensions that read these settings."""
    app.connect("config-inited", use_vendored_assets, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
