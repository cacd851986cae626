"""JavaScript files joined into one module: their order, what survives, and each refusal in a sentence."""

import re

import pytest

from rnn_course.widgets import EXPLORABLES
from rnn_course.widgets.modules import joined

CELLS = "export const half = (x) => x / 2;\n"


def write(folder, **files):
    """Write NAME.js for each name, and return the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, "utf-8")
    return folder / f"{next(iter(files))}.js"


def test_each_file_stands_once_and_before_those_that_import_it(tmp_path):
    page = "export default { half, line };\n"
    line = "\nexport const line = half(3);\n"
    entry = write(
        tmp_path,
        page=f'import {{ half }} from "./cells.js";\nimport {{ line }} from "./charts.js";\n{page}',
        charts=f'// Charts.\nimport {{\n  half,\n}} from "./cells.js";\n{line}',
        cells=CELLS,
    )
    assert joined(entry) == f"{CELLS}\n// Charts.\n{line}\n{page}"


@pytest.mark.browser
def test_what_any_file_exports_the_module_exports(page, tmp_path):
    entry = write(
        tmp_path,
        entry="""import { Base, double } from "./shared.js";
export default { render: () => double(4) };
export async function compute(x) {
  return double(x) + new Half().of(x);
}
class Half extends Base {}
""",
        shared="""import { half } from "./cells.js";
export function double(x) {
  return 2 * x;
}
export class Base {
  of(x) {
    return half(x);
  }
}
""",
        cells=CELLS,
    )
    script = """async (text) => {
      const module = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
      return [Object.keys(module).sort(), module.default.render(), await module.compute(3)];
    }"""
    wanted = [["Base", "compute", "default", "double", "half"], 8, 7.5]
    assert page.evaluate(script, joined(entry)) == wanted


IMPORT = 'an import must read `import { a, b } from "./file.js"`'
EXPORT = "`export` stands before a declaration, and `default` in the entry alone"
REFUSED = {  # what stands in entry.js, and the sentence
    "default import": ('\nimport half from "./cells.js";\n', f"entry.js, line 2: {IMPORT}"),
    "namespace import": ('import * as cells from "./cells.js";\n', f"entry.js, line 1: {IMPORT}"),
    "renaming import": ('import {\n  half as h,\n} from "./cells.js";\n', f"entry.js, line 1: {IMPORT}"),
    "bare import": ('import "./cells.js";\n', f"entry.js, line 1: {IMPORT}"),
    "empty import": ('import {} from "./cells.js";\n', f"entry.js, line 1: {IMPORT}"),
    "import from afar": ('import { half } from "cells";\n', f"entry.js, line 1: {IMPORT}"),
    "no such file": ('import { half } from "./cell.js";\n', "entry.js, line 1: there is no cell.js beside entry.js"),
    "no such export": ('// a\n\nimport { third } from "./cells.js";\n', "line 3: cells.js does not export third"),
    "not exported": ('import { hidden } from "./other.js";\n', "entry.js, line 1: other.js does not export hidden"),
    "two of a name": (
        'import { shown } from "./other.js";\n\nfunction hidden() {}\n',
        "entry.js, line 3: hidden is declared in other.js too",
    ),
    "list of exports": ("const a = 1;\nexport { a };\n", f"entry.js, line 2: {EXPORT}"),
    "exports of another": ('export * from "./cells.js";\n', f"entry.js, line 1: {EXPORT}"),
    "default below": ('import { x } from "./below.js";\n', f"below.js, line 2: {EXPORT}"),
    "circle": (
        'import { there } from "./there.js";\n\nexport const here = 1;\n',
        "there.js imports back.js imports there.js: modules that import each other cannot be joined",
    ),
    "itself": ('import { me } from "./entry.js";\n', "entry.js imports entry.js: modules that import each other"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_joined_is_refused_in_one_sentence(case, tmp_path):
    text, sentence = REFUSED[case]
    entry = write(
        tmp_path,
        entry=text,
        cells=CELLS,
        other="export const shown = 1;\nconst hidden = 2;\n",
        below="export const x = 1;\nexport default { x };\n",
        there='import { back } from "./back.js";\n\nexport const there = back;\n',
        back='import { there } from "./there.js";\n\nexport const back = there;\n',
    )
    with pytest.raises(ValueError, match=re.escape(sentence)) as caught:
        joined(entry)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", EXPLORABLES.values())
def test_an_explorables_script_is_one_module(kind):
    """No import is left, and the entry's render and compute are exported."""
    assert not re.search(r"^import\b", kind._esm, re.MULTILINE)
    assert kind._esm.count("\nexport default { render };\n") == 1
    assert kind._esm.count("\nexport function compute(") == 1
