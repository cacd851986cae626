"""A Sphinx extension: use the MathJax that tools/vendor_assets.py put into the book instead of a CDN's."""

from pathlib import Path

from sphinx.util import logging

EXTRA = Path(__file__).resolve().parent.parent / "_extra"


def use_own_scripts(app, config):
    """Show widgets with the book's own script, and set equations with its own copy of MathJax, if that is there."""
    config.html_extra_path = [str(EXTRA)]
    config.nb_ipywidgets_js = {"../mount.js": {"defer": "defer"}}
    if (EXTRA / "vendor" / ".installed").exists():
        config.mathjax_path = "../vendor/mathjax/tex-chtml-full.js"
        app.add_js_file("../mathjax_speech.js", defer="defer")  # between MathJax's settings and MathJax
    else:
        logging.getLogger(__name__).info("MathJax will come from a CDN; `make book` with npm installed avoids it.")


def setup(app):
    """Run before the extensions that read these settings."""
    app.connect("config-inited", use_own_scripts, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
