"""A Sphinx extension: what the theme, Sphinx and MyST-NB add to a page and this book does without."""

import re

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput

# The theme's style sheet draws the same icons with a web font; the script is 1.5 MB.
ICONS_SCRIPT = re.compile(r'<script [^>]*src="[^"]*/fontawesome\.js[^"]*"></script>')


def drop_scripts(app, page, template, context, doctree):
    """Keep MathJax off pages that have no equations themselves, and let the templates take out the icons' script."""
    if not app.env.get_domain("math").data["has_equations"].get(page):
        context["script_files"] = [script for script in context["script_files"] if not sets_equations(script)]
    context["without_icons_script"] = lambda head: ICONS_SCRIPT.sub("", head)


def sets_equations(script):
    """Whether a script of a page is MathJax or its settings."""
    return "MathJax" in script.attributes.get("body", "") or "mathjax" in str(script.filename)


def visit_folded_cell(translator, node):
    """Open a folded cell without MyST-NB's `aria-label`, which keeps what is written on it from screen readers."""
    visit_HideCellInput(translator, node)
    translator.body = [part.replace(' aria-label="Toggle hidden content"', "") for part in translator.body]


def setup(app):
    """Run after the extensions whose work is undone."""
    app.connect("html-page-context", drop_scripts, priority=900)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded_cell, depart_HideCellInput))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
