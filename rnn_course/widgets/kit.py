"""What every explorable shares on the Python side: its script, its look, its controls and how they are reset."""

import math
from pathlib import Path

import anywidget
from traitlets import Dict, Float, TraitError

HERE = Path(__file__).parent


def script(*names):
    """Return `base.js` and each `NAME.js` as one module, since an anywidget's module cannot import its siblings."""
    return "\n".join((HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("base", *names))


class Finite(Float):
    """A number from `min` to `max`; traitlets' Float lets NaN through, which is neither too small nor too large."""

    def validate(self, obj, value):
        """Refuse, with a TraitError, what is no number, out of range or not finite."""
        value = super().validate(obj, value)
        if not math.isfinite(value):
            raise TraitError(f"{self.name} is {value}, it must be a finite number")
        return value


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
