"""What every explorable shares on the Python side: its script, its look, its controls and how they are reset."""

from pathlib import Path

import anywidget
from traitlets import Dict

HERE = Path(__file__).parent


def script(name):
    """Return `base.js` and `NAME.js` as one module, since an anywidget's module cannot import its siblings."""
    return "\n".join((HERE / file).read_text(encoding="utf-8") for file in ("base.js", f"{name}.js"))


class Explorable(anywidget.AnyWidget):
    """A widget that its own JavaScript computes and draws.

    A subclass sets `_esm = script("NAME")` and tags each trait that the learner can change with
    `tag(sync=True, control=True)`. `initial` holds the values of those traits when the widget was made; the button
    "Reset" in the page and `reset()` here both go back to them.
    """

    _css = (HERE / "base.css").read_text(encoding="utf-8")
    initial = Dict().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.initial = self.state

    @property
    def state(self):
        """Where the controls stand now, `{trait name: value}`."""
        return {name: getattr(self, name) for name in sorted(self.traits(control=True))}

    def reset(self):
        """Put every control back to where it stood when the widget was made."""
        with self.hold_sync():
            for name, value in self.initial.items():
                setattr(self, name, value)
