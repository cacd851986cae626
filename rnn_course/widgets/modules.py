"""JavaScript modules, joined: an anywidget takes one module, which cannot import the files beside it."""

import re

IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
NAMED = re.compile(r'import\s*\{\s*([\w$]+(?:\s*,\s*[\w$]+)*)\s*,?\s*\}\s*from\s*"\./([\w-]+\.js)";\n')
DECLARED = re.compile(r"^(export )?(?:async )?(?:const|let|var|class|function)\b\*? *([\w$]+)", re.MULTILINE)
EXPORT = re.compile(r"^export (?!async |const |let |var |class |function)(default )?", re.MULTILINE)  # of other kinds


def joined(entry):
    """Return a file and every file that it imports as the text of one module, each once and before those that need it.

    Names stay as they are: an import is of names, `import { a, b } from "./charts.js"`, and no two files have a name of
    their own in common. What one of the files exports, the module exports.

    Raises ValueError, naming file and line, for another kind of import or export, a file that is not there, a circle, a
    name that two files declare, and one that is imported but not exported.
    """
    bodies, exports, owners = [], {}, {}

    def add(path, above):
        if path in above:
            circle = [other.name for other in [*above[above.index(path) :], path]]
            raise ValueError(f"{' imports '.join(circle)}: modules that import each other cannot be joined")
        if path in exports:
            return
        text = path.read_text(encoding="utf-8")
        for names, other, place in _imports(path, text):
            add(other, [*above, path])
            for name in names:
                if name not in exports[other]:
                    raise ValueError(f"{place}: {other.name} does not export {name}")
        exports[path] = set()
        for name, exported, place in _declarations(path, text, entry=not above):
            if name in owners:
                raise ValueError(f"{place}: {name} is declared in {owners[name].name} too, and both become one module")
            owners[name] = path
            if exported:
                exports[path].add(name)
        bodies.append(IMPORT.sub("", text))

    add(entry, [])
    return "\n".join(bodies)


def _imports(path, text):
    """Yield of each import of a file its names, the path of the other file, and where it stands."""
    for statement in IMPORT.finditer(text):
        place, named = _place(path, text, statement), NAMED.fullmatch(statement[0])
        if not named:
            raise ValueError(
                f'{place}: an import must read `import {{ a, b }} from "./file.js"`, names that stay the same'
            )
        other = path.parent / named[2]
        if not other.is_file():
            raise ValueError(f"{place}: there is no {other.name} beside {path.name}")
        yield re.findall(r"[\w$]+", named[1]), other, place


def _declarations(path, text, entry):
    """Yield each name that a file declares at its top, whether it is exported, and where it stands."""
    for statement in EXPORT.finditer(text):
        if not (entry and statement[1]):
            place = _place(path, text, statement)
            raise ValueError(f"{place}: `export` stands before a declaration, and `default` in the entry alone")
    for statement in DECLARED.finditer(text):
        yield statement[2], statement[1] is not None, _place(path, text, statement)


def _place(path, text, match):
    return f"{path.name}, line {text.count(chr(10), 0, match.start()) + 1}"
