"""What a page says, as plain text: its paragraphs, without code, outputs and displayed equations."""

import re
import unicodedata

from docutils import nodes

NOT_PROSE = (nodes.literal_block, nodes.raw, nodes.math_block, nodes.comment, nodes.title, nodes.figure, nodes.image)
CELLS = {"cell_input", "cell_output"}
SIGNS = {
    r"\odot": "⊙",
    r"\partial": "∂",
    r"\cdot": "·",
    r"\times": "×",
    r"\pm": "±",
    r"\to": "→",
    r"\mapsto": "↦",
    r"\leftarrow": "←",
    r"\dots": "…",
    r"\cdots": "…",
    r"\sqrt": "√",
    r"\int": "∫",
    r"\ell": "ℓ",
    r"\top": "ᵀ",
    r"\lVert": "‖",
    r"\rVert": "‖",
    r"\varphi": "φ",
    r"\,": " ",
    r"\\": " ",
    "-": "−",
}
ACCENTS = {"tilde": "\u0303", "hat": "\u0302", "bar": "\u0304"}


def readable(tex):
    r"""Return a short formula as it is said in code: `\sigma(W_{hh} h_{t-1})` is `σ(W_hh h_t−1)`."""
    tex = re.sub(r"\\(begin|end)\{\w+\}|\\(left|right|displaystyle)\b", "", tex)
    tex = re.sub(r"\\(tilde|hat|bar)\{?\s*(\w)\}?", lambda m: m[2] + ACCENTS[m[1]], tex)
    tex = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", tex)
    tex = re.sub(r"\\text\{([^{}]*)\}", r"\1", tex)
    tex = re.sub(r"\\[A-Za-z]+|\\.|-", lambda m: SIGNS.get(m[0]) or _letter(m[0]), tex)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", re.sub(r"[{}&]", "", tex))).strip()


def _letter(command):
    """A Greek letter by its name, and of another command its name."""
    name = command.removeprefix("\\")
    try:
        return unicodedata.lookup(f"GREEK {'CAPITAL' if name[:1].isupper() else 'SMALL'} LETTER {name.upper()}")
    except KeyError:
        return name


def paragraphs(document):
    """Yield of each paragraph, table cell and term of a page the id of its section and its text."""
    yield from _paragraphs(document, "")


def _paragraphs(node, section):
    for child in node.children:
        if isinstance(child, NOT_PROSE) or CELLS & set(getattr(child, "attributes", {}).get("classes", ())):
            continue
        if isinstance(child, nodes.section):
            yield from _paragraphs(child, child["ids"][0])
        elif isinstance(child, nodes.TextElement):
            text = re.sub(r"\s+", " ", "".join(_texts(child))).strip()
            if text:
                yield section, text
        else:
            yield from _paragraphs(child, section)


def _texts(node):
    for child in node.children:
        if isinstance(child, nodes.math):
            yield readable(child.astext())
        elif isinstance(child, nodes.Text):
            yield child.astext()
        elif not isinstance(child, nodes.raw | nodes.image):
            yield from _texts(child)
