"""The book's own Sphinx extensions, on a small book: what a page says of itself, the search's prose, live figures."""

import base64
import json
import re
import sys
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from examples.alignment import a_file
from examples.character_model import a_network
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from rnn_course.data import recorded

ROOT = Path(__file__).resolve().parent.parent
EXTENSIONS = ROOT / "book" / "_ext"
sys.path.append(str(EXTENSIONS))

from prose import readable  # noqa: E402
from social import LONGEST, SIZE, shortened  # noqa: E402

pytestmark = pytest.mark.book

PAGES = {
    "index.md": """# A small book & more

Its *first* paragraph has a gate $f_t$. And a second "sentence".

```{code-block} python
import nothing
```

## A section

Here stands $\\\\tilde{C}_t = \\\\sigma(W_{xc} x_t)$, `code` and more.

$$ h_t = o_t $$

- an item

```{toctree}
second
```
""".replace("\\\\", "\\"),
    "second.md": """# The second page

```{figure} picture.png
:alt: A picture.
:figclass: explorable-FadingMemory

What it shows.
```

Other words.
""",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A function that builds the small book with a base address, or none, and returns where it lies."""
    made = {}

    def build(base):
        if base not in made:
            source = tmp_path_factory.mktemp("source")
            for name, text in PAGES.items():
                (source / name).write_text(text, "utf8")
            Image.new("RGB", (4, 3)).save(source / "picture.png")
            made[base] = source / "html"
            settings = {
                "extensions": ["myst_nb", "live_figures", "search_prose", "social"],
                "myst_enable_extensions": ["dollarmath"],
                "html_title": "Books",
                "html_baseurl": base,
            }
            with docutils_namespace():
                app = Sphinx(
                    source, None, made[base], source / "trees", "html", settings, status=None, warningiserror=True
                )
                app.build()
            assert app.statuscode == 0
        return made[base]

    return build


def metas(path):
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', path.read_text("utf8"))
    return {key: unescape(value) for key, value in found}


# ---- What a page says of itself --------------------------------------------------------------------------------------


def test_a_page_says_what_it_is_without_a_picture_where_no_address_is_known(built):
    said = metas(built("") / "index.html")
    text = "Its first paragraph has a gate f_t. And a second “sentence”."
    assert said["description"] == said["og:description"] == text
    assert said["og:title"] == "A small book & more" and said["og:site_name"] == "Books"
    assert said["twitter:card"] == "summary" and "og:image" not in said and "og:url" not in said
    assert not (built("") / "_static" / "cards").exists()


@pytest.mark.parametrize("base", ["https://books.example/rnn", "https://books.example/rnn/"])
def test_a_link_shows_a_picture_where_the_address_is_known(built, base):
    pictures = []
    for name in ("index", "second"):
        said = metas(built(base) / f"{name}.html")
        assert said["og:url"] == f"https://books.example/rnn/{name}.html"
        assert said["twitter:card"] == "summary_large_image" and said["og:image:alt"] == said["og:title"]
        address = said["og:image"].removeprefix("https://books.example/rnn/")
        pictures.append((built(base) / address).read_bytes())
        assert Image.open(BytesIO(pictures[-1])).size == SIZE == (1200, 630)
        assert said["og:image:width"] == "1200" and len(pictures[-1]) < 40_000
    assert pictures[0] != pictures[1]


def test_a_description_is_of_whole_sentences_as_far_as_they_fit():
    sentence = "One sentence of some length that says a thing. "
    text = shortened(sentence * 9)
    assert len(text) <= LONGEST < len(text) + len(sentence) and text.endswith("thing.")
    assert shortened("word " * 99).endswith(" word …") and len(shortened("word " * 99)) <= LONGEST


# ---- The search ------------------------------------------------------------------------------------------------------


def test_the_prose_of_a_page_has_neither_code_nor_displayed_equations(built):
    script = (built("") / "search_prose.js").read_text("utf8")
    prose = json.loads(script.removeprefix("globalThis.searchProse = ").removesuffix(";\n"))
    assert prose["index"] == [
        ["a-small-book-more", ["Its first paragraph has a gate f_t. And a second “sentence”."]],
        ["a-section", ["Here stands C̃_t = σ(W_xc x_t), code and more.", "an item"]],
    ]
    assert prose["second"] == [["the-second-page", ["Other words."]]]


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\sigma(W_{hh} h_{t-1})", "σ(W_hh h_t−1)"),
        (r"\tilde{C}_t \odot \hat y", "C̃_t ⊙ ŷ"),
        (r"\frac{\partial L}{\partial h_t}", "∂ L/∂ h_t"),
        (r"\text{loss} \to 0,\, \log \Sigma", "loss → 0, log Σ"),
        (r"\left\lVert x \right\rVert^2", "‖ x ‖^2"),
    ],
)
def test_a_formula_in_an_excerpt_reads_as_in_code(tex, text):
    assert readable(tex) == text


# ---- A figure that is alive on the site ------------------------------------------------------------------------------


def test_a_figure_becomes_an_explorable_and_stays_a_picture_without_scripts(built):
    page = (built("") / "second.html").read_text("utf8")
    [view] = re.findall(r'widget-view\+json">(.*?)</script>', page)
    [state] = re.findall(r'widget-state\+json">(.*?)</script>', page, re.DOTALL)
    held = json.loads(state)["state"][json.loads(view)["model_id"]]["state"]
    assert held["f"] == 0.9 and held["initial"] == {"f": 0.9}
    [fallback] = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert 'alt="A picture."' in fallback and "What it shows." in fallback and page.count("A picture.") == 1
    for key, needle in {"_esm": "export default { render }", "_css": ".rnn-explorable"}.items():
        name = held[key]["part"]
        assert f'src="_static/explorables/{name}.js' in page and needle not in page
        script = (built("") / "_static" / "explorables" / f"{name}.js").read_text("utf8")
        assert needle in json.loads(script.partition("] = ")[2].removesuffix(";\n"))
    assert "explorables" not in (built("") / "index.html").read_text("utf8")


# ---- The networks that a page loads when a reader asks ---------------------------------------------------------------


@pytest.fixture
def nested(tmp_path, monkeypatch):
    """A small book whose page in a folder has a character model and an alignment, with networks of ours; the built
    folder."""
    monkeypatch.setattr(recorded, "TRAINED", tmp_path / "trained")
    figures = [
        f"```{{figure}} picture.png\n:figclass: explorable-{name}\n```\n" for name in ("CharacterModel", "Alignment")
    ]
    files = {
        "extra/mount.js": (ROOT / "book" / "_extra" / "mount.js").read_bytes(),
        "trained/state_of_the_union.safetensors": a_network(hidden=6, seed=5).to_bytes(),
        "trained/dates.safetensors": a_file("dates"),
        "source/index.md": b"# A book\n\n```{toctree}\nchapters/one\n```\n",
        "source/chapters/one.md": "\n\n".join(["# One", *figures]).encode(),
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    Image.new("RGB", (4, 3)).save(tmp_path / "source" / "chapters" / "picture.png")
    settings = {
        "extensions": ["myst_nb", "trained_models", "live_figures"],
        "html_extra_path": [str(tmp_path / "extra")],
        "nb_ipywidgets_js": {"../mount.js": {"defer": "defer"}},
    }
    with docutils_namespace():
        folders = [tmp_path / name for name in ("html", "trees")]
        app = Sphinx(tmp_path / "source", None, *folders, "html", settings, status=None, warningiserror=True)
        app.build()
    return folders[0]


def test_a_network_lies_beside_the_pages_and_in_none_of_them(nested):
    names = ("dates", "state_of_the_union")
    assert sorted(path.name for path in (nested / "models").iterdir()) == [f"{name}.js" for name in names]
    for name in names:
        data = (nested.parent / "trained" / f"{name}.safetensors").read_bytes()
        text = (nested / "models" / f"{name}.js").read_text("utf8")
        assert base64.b64decode(json.loads(text.partition("] = ")[2].removesuffix(";\n"))) == data
        part = base64.b64encode(data).decode()[-960:-900]
        others = [path for path in nested.rglob("*") if path.is_file() and path.parent.name != "models"]
        assert part in text and not [path for path in others if part.encode() in path.read_bytes()]


@pytest.mark.browser
def test_a_page_in_a_folder_finds_the_networks(nested, page):
    page.goto((nested / "chapters" / "one.html").as_uri())
    page.get_by_role("button", name=re.compile("Load the English network")).click()
    page.locator(".rnn-reach", has_text="bits per character").wait_for()
    page.get_by_role("button", name=re.compile("Load the networks for dates")).click()
    page.locator(".rnn-truth-told", has_text="2024-03-05").wait_for()
