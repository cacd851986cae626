"""What every explorable shares on the Python side: its script, its look, its controls and how they are reset."""

import math
from pathlib import Path

import anywidget
from traitlets import Bool, Dict, Enum, Float, Int, List, TraitError

from rnn_course.data.recorded import trained_file
from rnn_course.plots import COLOURS
from rnn_course.widgets.modules import joined

HERE = Path(__file__).parent


def script(name):
    """Return `NAME.js`, with all that it imports, as the one module that an anywidget takes."""
    return joined(HERE / f"{name}.js")


def palette(colours):
    """Return colours by name as variables of the style, `--rnn-colour-NAME`: as they are on light paper and lighter on
    dark paper; black is the ink of either."""

    def hue(colour):
        if colour == "#000000":
            return "var(--rnn-ink)"
        return f"light-dark({colour}, color-mix(in oklab, {colour} 65%, white))"

    lines = [f"  --rnn-colour-{name}: {hue(colour)};\n" for name, colour in colours.items()]
    return f".rnn-explorable {{\n{''.join(lines)}}}\n"


def send_file(explorable, content, files):
    """Send the page the file of a trained network for which it has asked: `{"load": name}` of `files`, `{name: stem}`.

    Where there is no such file the answer comes without one; another message has no answer.
    """
    name = content.get("load")
    if name in files:
        path = trained_file(files[name])
        explorable.send({"loaded": name}, [path.read_bytes()] if path.exists() else [])


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
    "Reset" in the page and `reset()` here both go back to them. `ranges` tells the page from where to where each number
    among them goes: `{trait name: [min, max]}`, None where there is no end; `whole` names those that are whole numbers;
    `choices` has the values of those that have only a few, `{trait name: [value, ...]}`.
    """

    _css = palette(COLOURS) + (HERE / "base.css").read_text(encoding="utf-8")
    initial = Dict().tag(sync=True)
    ranges = Dict().tag(sync=True)
    whole = List().tag(sync=True)
    choices = Dict().tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self.initial = self.state
        controls = self.traits(control=True)
        self.ranges = {name: _range(trait) for name, trait in controls.items() if hasattr(trait, "min")}
        self.whole = sorted(name for name, trait in controls.items() if isinstance(trait, Int))
        self.choices = {name: _choices(trait) for name, trait in controls.items() if isinstance(trait, (Bool, Enum))}

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.state.items())})"

    @property
    def state(self):
        """Where the controls stand now, `{trait name: value}`."""
        return {name: getattr(self, name) for name in sorted(self.traits(control=True))}

    def reset(self):
        """Put every control back to where it stood when the widget was made."""
        with self.hold_sync():
            for name, value in self.initial.items():
                setattr(self, name, value)


def _range(trait):
    return [end if end is not None and math.isfinite(end) else None for end in (trait.min, trait.max)]


def _choices(trait):
    return list(trait.values) if isinstance(trait, Enum) else [False, True]
