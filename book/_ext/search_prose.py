"""A Sphinx extension: the search's excerpts, made while the site is built.

Sphinx fetches each page that it found and cuts the excerpt from its HTML: a page that was opened from a file may fetch
nothing, and the excerpt shows raw TeX and code. Here the prose of all pages becomes one script, and
book/_extra/search_excerpts.js takes the excerpts from that.
"""

import json
from itertools import groupby
from pathlib import Path

from prose import paragraphs

from rnn_course import files


def turn_off_fetching(app, config):
    """Sphinx finds, this book shows."""
    config.html_show_search_summary = False


def write_prose(app, exception):
    """Write `{page: [[id of a section, its paragraphs], …]}`, whole, at the end of a build that went well."""
    if exception or app.builder.format != "html":
        return
    pages = {}
    for name in sorted(app.env.found_docs):
        by_section = groupby(paragraphs(app.env.get_doctree(name)), key=lambda found: found[0])
        pages[name] = [[section, [text for _, text in found]] for section, found in by_section]
    held = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    files.write(Path(app.outdir, "search_prose.js"), f"globalThis.searchProse = {held};\n")


def setup(app):
    """Before Sphinx writes its options, and after everything else."""
    app.connect("config-inited", turn_off_fetching)
    app.connect("build-finished", write_prose)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
