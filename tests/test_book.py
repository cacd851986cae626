"""The built site, read as files: pages, links, alternative text, and nothing fetched from another host."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "book" / "_build" / "html"
VENDORED = SITE / "vendor"
FETCHING = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("use", "href")}

pytestmark = pytest.mark.book


class Page(HTMLParser):
    """The links, fetched addresses, ids, images and text of one page."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.links, self.fetched, self.ids, self.images, self.text = [], [], set(), [], []
        self.silent = None
        self.feed(path.read_text("utf8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.silent = tag if tag in ("script", "style", "code", "pre") and self.silent is None else self.silent
        self.ids |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag == "img":
            self.images.append(attributes)
        self.fetched += [v for k, v in attributes.items() if (tag, k) in FETCHING and v]

    def handle_endtag(self, tag):
        if tag == self.silent:
            self.silent = None

    def handle_data(self, data):
        if self.silent is None:
            self.text.append(data)


@pytest.fixture(scope="module")
def pages():
    """Every page of the site by its path; skips where the book is not built, fails there when CI is set."""
    if not (SITE / "index.html").exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the book is not built: run `make book` first")
    return {path: Page(path) for path in SITE.rglob("*.html") if "_static" not in path.parts}


def chapters_of_toc():
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text("utf8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def test_every_page_of_the_contents_is_there(pages):
    assert {SITE / f"{name}.html" for name in chapters_of_toc()} <= set(pages)


def test_every_chapter_is_in_the_contents_and_on_the_front_page():
    front = (ROOT / "book" / "index.md").read_text("utf8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        assert f"notebooks/{path.stem}" in chapters_of_toc()
        assert f"(../notebooks/{path.name})" in front


def test_the_top_of_the_site_leads_to_the_front_page(pages):
    top = (SITE / "index.html").read_text("utf8")
    assert re.search(r'http-equiv="refresh" content="0; ?url=book/index\.html"', top, re.IGNORECASE)


def test_every_link_inside_the_site_has_an_end(pages):
    broken = []
    for page in pages.values():
        for link in page.links + page.fetched:
            address = urlsplit(link)
            if address.scheme or address.netloc or link == "#":
                continue
            target = (page.path.parent / unquote(address.path)).resolve() if address.path else page.path
            missing = not target.is_file()
            if not missing and address.fragment and target in pages:
                missing = unquote(address.fragment) not in pages[target].ids
            if missing:
                broken.append(f"{page.path.relative_to(SITE)} -> {link}")
    assert not broken


def test_nothing_is_fetched_from_another_host(pages):
    if not VENDORED.exists() and not os.environ.get("CI"):
        pytest.skip("the book was built without npm's assets, so it uses a CDN")
    foreign = {address for page in pages.values() for address in page.fetched if urlsplit(address).netloc}
    assert not foreign


def test_every_image_says_what_it_shows(pages):
    silent = [
        f"{page.path.relative_to(SITE)}: {image.get('src', '')[:60]}"
        for page in pages.values()
        for image in page.images
        if not image.get("alt", "").strip() or image["alt"].startswith(("../_images", "_images"))
    ]
    assert not silent


def test_no_markup_is_left_raw(pages):
    raw = re.compile(r":::|\{(eq|term|ref|doc|kbd|abbr)\}|\]\(|\$\$")
    for page in pages.values():
        text = "".join(page.text)
        found = raw.search(text)
        assert not found, f"{page.path.name}: …{text[max(0, found.start() - 40) : found.end() + 40]}…"


def test_the_search_knows_the_words_of_the_chapters(pages):
    index = (SITE / "searchindex.js").read_text("utf8")
    for word in ["forget", "elman", "sunspot"]:
        assert f'"{word}"' in index or f"{word}:" in index, word
