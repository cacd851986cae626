"""The built site, read as files: pages, links, alternative text, and nothing fetched from another host."""

import datetime
import html
import json
import os
import re
import tomllib
from collections import defaultdict
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from built_site import ROOT, SITE, require_site
from markdown_it import MarkdownIt

VENDORED = SITE / "vendor"
NOTEBOOKS = ROOT / "notebooks"
FETCHING = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("use", "href")}

pytestmark = pytest.mark.book


class Page(HTMLParser):
    """The links (by class, and those that download), fetched addresses, ids, images and text of one page."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.links, self.fetched, self.ids, self.images, self.text = [], [], set(), [], []
        self.downloads, self.classed = [], defaultdict(list)
        self.silent = None
        self.feed(path.read_text("utf8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.silent = tag if tag in ("script", "style", "code", "pre") and self.silent is None else self.silent
        self.ids |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
            self.classed[attributes.get("class")].append(attributes["href"])
            self.downloads += [attributes["href"]] if "download" in attributes else []
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
    require_site()
    return {path: Page(path) for path in SITE.rglob("*.html") if "_static" not in path.parts}


def chapters_of_toc():
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text("utf8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def test_every_page_of_the_contents_is_there(pages):
    assert {SITE / f"{name}.html" for name in chapters_of_toc()} <= set(pages)


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


def markdown_of(path):
    """The prose of a Markdown file or a notebook."""
    text = path.read_text("utf8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def external_links(text):
    inline = [child for token in MarkdownIt().parse(text) for child in token.children or []]
    addresses = {token.attrGet("href") for token in inline if token.type == "link_open"}
    return {address for address in addresses if urlsplit(address).netloc}


def test_the_list_of_external_links_is_that_of_the_sources():
    listed = tomllib.loads((ROOT / "book" / "external_links.toml").read_text("utf8"))
    forms = ("*.md", "book/*.md", "book/*.ipynb", "notebooks/*.ipynb")
    sources = [path for form in forms for path in ROOT.glob(form)]
    assert set(listed) == set().union(*(external_links(markdown_of(path)) for path in sources))
    assert all(seen == "unchecked" or isinstance(seen, datetime.date) for seen in listed.values())


def test_the_site_links_to_no_other_host_than_the_list_says(pages):
    listed = tomllib.loads((ROOT / "book" / "external_links.toml").read_text("utf8"))
    assert {link for page in pages.values() for link in page.links if urlsplit(link).netloc} <= set(listed)


def test_a_citation_leads_to_its_entry(pages):
    """What a link to the references calls a paper or data set is how its entry begins."""
    references = pages[SITE / "book" / "references.html"]
    cited = [link for page in pages.values() for link in page.links if "references.html#" in link]
    assert len(cited) > 20
    assert {unquote(urlsplit(link).fragment) for link in cited} <= references.ids


def test_pages_follow_one_another(pages):
    """Next and previous lead through the contents in their order."""
    order = [SITE / f"{name}.html" for name in chapters_of_toc()]
    for page, following in pairwise(order):
        assert turned(pages[page], "right-next") == following
        assert turned(pages[following], "left-prev") == page


def turned(page, direction):
    """The page that a page's link to the next or previous one leads to."""
    [link] = page.classed[direction]
    return (page.path.parent / link).resolve()


def notebook_pages(pages):
    return [page for path, page in pages.items() if path.parent.name == "notebooks"]


def test_equations_are_numbered_and_referred_to(pages):
    """From one on in each chapter, in the order of the text, as in JupyterLab."""
    for page in notebook_pages(pages):
        source = page.path.read_text("utf8")
        labels = re.findall(r"\$\$ \((eq-[\w-]+)\)", (NOTEBOOKS / f"{page.path.stem}.ipynb").read_text("utf8"))
        shown = re.findall(r'id="equation-(eq-[\w-]+)">\s*<span class="eqno">\((\d+)\)', source)
        assert shown == [(label, str(number)) for number, label in enumerate(labels, 1)] and labels
        referred = re.findall(r'href="#equation-(eq-[\w-]+)">\((\d+)\)</a>', source)
        assert referred and set(referred) <= set(shown)


def test_the_site_calls_solutions_so_and_judges_nobody(pages):
    for page in notebook_pages(pages):
        source, text = page.path.read_text("utf8"), " ".join("".join(page.text).split())
        cells = json.loads((NOTEBOOKS / f"{page.path.stem}.ipynb").read_text("utf8"))["cells"]
        solutions = sum("".join(cell["source"]).startswith("# Solution") for cell in cells)
        assert source.count(">Show the solution<") == solutions >= 3
        assert not re.search(r"Not attempted\.|Right\.|Not yet\.|run the cell again", text)


def test_a_page_offers_its_notebook(pages):
    """The notebook that lies in the site is the one in the repository, and one line says how to open it."""
    assert notebook_pages(pages)
    for page in notebook_pages(pages):
        name = f"{page.path.stem}.ipynb"
        [link] = [link for link in page.downloads if link.endswith(name)]
        cells = [json.loads(path.read_text("utf8"))["cells"] for path in (page.path.parent / link, NOTEBOOKS / name)]
        assert cells[0] == cells[1]
        assert "open it in JupyterLab" in " ".join("".join(page.text).split())
        assert any(re.search(r"book/using\.html#", link) for link in page.links)


def test_plumbing_is_folded(pages):
    """Each cell tagged as plumbing is a fold that is shut."""
    for page in notebook_pages(pages):
        cells = json.loads((NOTEBOOKS / f"{page.path.stem}.ipynb").read_text("utf8"))["cells"]
        tags = [tag for cell in cells for tag in cell["metadata"].get("tags", [])]
        source = page.path.read_text("utf8")
        folds = re.findall(r'<details class="admonition hide[^>]*>', source)
        assert len(folds) == tags.count("hide-input") + tags.count("hide-cell") > 0
        assert not [fold for fold in folds if " open" in fold]


NOTEBOOK_STEMS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
PRINTED = re.compile(r'<div class="output (?:stream|text_plain)[^"]*">.*?<pre>(.*?)</pre>', re.DOTALL)


@pytest.mark.parametrize("stem", NOTEBOOK_STEMS)
def test_what_a_cell_prints_fits_the_page(pages, stem):
    printed = PRINTED.findall((SITE / "notebooks" / f"{stem}.html").read_text("utf8"))
    assert len(printed) > 5
    lines = [line for text in printed for line in html.unescape(re.sub("<[^>]+>", "", text)).split("\n")]
    assert not [line for line in lines if len(line) > 82]


def test_no_cell_warns(pages):
    """A warning above a picture, such as that its font was not found, is neither the chapter's nor the reader's."""
    warned = [path.name for path in pages if 'class="output stderr' in path.read_text("utf8")]
    assert not warned


def test_nothing_is_fetched_from_another_host(pages):
    if not VENDORED.exists() and not os.environ.get("CI"):
        pytest.skip("the book was built without npm's assets, so it uses a CDN")
    foreign = {address for page in pages.values() for address in page.fetched if urlsplit(address).netloc}
    assert not foreign
    assert "Apache License" in (VENDORED / "mathjax" / "LICENSE").read_text("utf8")  # it goes where MathJax goes


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


def test_each_page_of_the_contents_describes_itself(pages):
    """By its own title and the start of its first paragraph; without an address of the site there is no picture."""
    descriptions = []
    for name in chapters_of_toc():
        source = (SITE / f"{name}.html").read_text("utf8")
        found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', source)
        said = {key: html.unescape(value) for key, value in found}
        article = source[source.index("<h1>") :]
        heading, first = (plain(re.search(f"<{tag}>(.*?)</{tag}>", article, re.DOTALL)[1]) for tag in ("h1", "p"))
        assert said["og:title"] == heading
        assert 40 < len(said["description"]) <= 200
        assert first.startswith(said["description"].removesuffix(" …")), name
        assert said["og:description"] == said["description"]
        assert said["twitter:card"] == "summary" and "og:image" not in said
        descriptions.append(said["description"])
    assert len(set(descriptions)) == len(descriptions)


def plain(source):
    """The text of a piece of HTML."""
    return " ".join(html.unescape(re.sub("<[^>]+>", "", source)).split())


def test_the_search_knows_the_words_of_the_chapters(pages):
    index = (SITE / "searchindex.js").read_text("utf8")
    for word in ["forget", "elman", "sunspot"]:
        assert f'"{word}"' in index or f"{word}:" in index, word
