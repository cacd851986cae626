"""A Sphinx extension: what a page says of itself to search engines, and to whoever is sent a link to it.

A page's description is its first paragraph, as far as whole sentences fit. A picture must be named by a whole address,
so that there is one only where `html: baseurl:` in _config.yml says where the site will stand.
"""

import re
import textwrap
from html import escape
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

from matplotlib.figure import Figure
from PIL import Image
from prose import paragraphs
from sphinx.util import logging

from rnn_course import files
from rnn_course.plots.picture import COLOURS, in_few_colours
from rnn_course.widgets import FadingMemory

LONGEST = 200  # letters of a description; search engines show fewer
SIZE = (1200, 630)  # pixels, as the sites that show such pictures ask for


def add_tags(app, page, template, context, doctree):
    """Put the tags into the head of a page that has a text."""
    if doctree is None:
        return
    title, said = app.env.titles[page].astext(), shortened(next(text for _, text in paragraphs(doctree)))
    properties = {
        "og:type": "website",
        "og:site_name": app.config.html_title,
        "og:title": title,
        "og:description": said,
    }
    names = {"description": said, "twitter:card": "summary"}
    if app.config.html_baseurl:
        base = app.config.html_baseurl.rstrip("/") + "/"
        properties |= {
            "og:url": urljoin(base, app.builder.get_target_uri(page)),
            "og:image": urljoin(base, write_card(app, page, title)),
            "og:image:width": str(SIZE[0]),
            "og:image:height": str(SIZE[1]),
            "og:image:alt": title,
        }
        names["twitter:card"] = "summary_large_image"
    lines = [f'<meta property="{key}" content="{escape(value)}" />' for key, value in properties.items()]
    lines += [f'<meta name="{key}" content="{escape(value)}" />' for key, value in names.items()]
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines, ""])


def shortened(text):
    """The first sentences of a text that fit; of a sentence that is too long its first words."""
    sentences = re.split(r"(?<=[.?!])\s+", text)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > LONGEST:
            break
        kept += f" {sentence}"
    return textwrap.shorten(kept, LONGEST, placeholder=" …")


def write_card(app, page, title):
    """Draw the picture that goes with a link to a page, and return its address in the site."""
    address = Path("_static", "cards", f"{page.replace('/', '-')}.png")
    path = Path(app.outdir, address)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, card(app.config.html_title, title))
    return address.as_posix()


def card(project, title):
    """A picture as PNG bytes: a title, the name of the course, and a memory that fades."""
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), facecolor="white")
    ax = figure.add_axes((0, 0, 1, 0.5))
    memory = FadingMemory(f=0.94).compute()["C"]
    ax.bar(range(len(memory)), memory, width=0.72, color=[(COLOURS["f"], 0.3 + 0.7 * left) for left in memory])
    ax.set(xlim=(-1.5, len(memory)), ylim=(0, 1.3))
    ax.axis("off")
    figure.text(0.05, 0.91, project, fontsize=20, color="#4d5661", va="top")
    lines = textwrap.wrap(title, 34)
    figure.text(0.05, 0.82, "\n".join(lines), fontsize=42 if len(lines) < 3 else 34, weight="bold", va="top")
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=100)
    return in_few_colours(Image.open(drawn))


def say_what_is_missing(app, exception):
    """A link to the site has no picture as long as nobody said where the site will stand."""
    if not app.config.html_baseurl:
        logging.getLogger(__name__).info("links show no picture: `html: baseurl:` in _config.yml is empty.")


def setup(app):
    """Run before the page is written."""
    app.connect("html-page-context", add_tags)
    app.connect("build-finished", say_what_is_missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
