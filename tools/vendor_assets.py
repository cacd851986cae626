"""Put MathJax into book/_extra/vendor, so that the built book loads nothing from another host.

npm fetches what package.json pins, and with it what the tests run and the book does not ship: axe-core and Biome.
Without npm this says what the book does instead and how to avoid it.
"""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "book" / "_extra" / "vendor"
ASKED_FOR = ["a11y", "input", "output"]  # the whole of each: what MathJax loads when a reader chooses it in the menu
RULES = "sre/mathmaps"
FALLBACK = (
    "The book will load MathJax from a CDN: {reason}.\n"
    "To avoid it install Node.js (it brings npm) and run `make book` again."
)


def main():
    """Install and copy the assets, or print why they are left to a CDN."""
    npm = shutil.which("npm")
    if npm is None:
        print(FALLBACK.format(reason="npm is not installed"))
    elif subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT).returncode:
        print(FALLBACK.format(reason="npm ci failed, see above"))
    else:
        copy_assets()


def copy_assets():
    """Copy what pages and the menu of a formula ask for, and leave a stamp for make."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    source, copy = MODULES / "mathjax" / "es5", VENDOR / "mathjax"
    for folder in ASKED_FOR:
        shutil.copytree(source / folder, copy / folder)
    shutil.copy(source / "tex-chtml-full.js", copy)
    shutil.copy(MODULES / "mathjax" / "LICENSE", copy)
    (copy / RULES).mkdir(parents=True)
    for rules in (source / RULES).glob("*.json"):  # as scripts, which book/_extra/mathjax_speech.js loads
        script = f"speechRules.{rules.stem} = {rules.read_text('utf8')};\n"
        (copy / RULES / f"{rules.stem}.js").write_text(script, "utf8")
    (VENDOR / ".installed").touch()


if __name__ == "__main__":
    main()
