"""What a unit goes with in a text: found by correlation on one text, judged on another, beside an untrained net.

    r_k = Σ_t (h_tk − h̄_k)(a_t − ā) / √(Σ_t (h_tk − h̄_k)² Σ_t (a_t − ā)²)        k* = argmax_k |r_k| on the first text

The best of hundreds of units correlates with something by luck, and an untrained net already mirrors what it has just
read. So the unit is chosen on one text and judged on another, and the same is done with a net of random weights.
"""

import re
from typing import NamedTuple

import numpy as np

from rnn_course import validate


class Found(NamedTuple):
    """The unit that goes with a property: its number, and its correlation on the text that chose it and on another."""

    unit: int
    chosen: float
    judged: float


def _inside(opening, closing):
    def inside(text):
        depth = np.cumsum([(c in opening) - (c in closing) for c in text])
        return np.clip(depth, 0, 1)

    return inside


def _since(marks):
    def since(text):
        """How many symbols ago, from 0, the last of the marks was read; the text's head counts as one."""
        at = np.maximum.accumulate([k if c in marks else -1 for k, c in enumerate(text)])
        return np.arange(len(text)) - at

    return since


def _in_quotation(text):
    """Between an odd quotation mark and the next one; a line break ends what was left open."""
    state, out = 0, []
    for c in text:
        state = 0 if c == "\n" else 1 - state if c == '"' else state
        out.append(state)
    return np.array(out)


def _matches(pattern):
    return lambda text: np.array([bool(re.match(pattern, c)) for c in text], dtype=int)


PROPERTIES = {
    "inside quotation marks": _in_quotation,
    "inside brackets": _inside("([", ")]"),
    "a capital letter": _matches(r"[A-Z]"),
    "a digit": _matches(r"\d"),
    "a vowel": _matches(r"[aeiouAEIOU]"),
    "a space": _matches(r" "),
    "letters since the last space": _since(" \n"),
    "characters since the sentence began": _since(".?!\n"),
    "place in the line of verse": _since("，。\n"),
    "place in the poem": _since("\n"),
}


def property_of(name, text):
    """Return a property of a text's symbols, `(characters,)` float64, as it stands after each has been read.

    `name` is one of `PROPERTIES`: "inside quotation marks", "a digit", "letters since the last space", "place in the
    line of verse", … Raises ValueError for another name, TypeError for what is no text.

    >>> property_of("inside brackets", "a (b) c").tolist()
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    >>> property_of("place in the line of verse", "秦川，綺").tolist()
    [1.0, 2.0, 0.0, 1.0]
    """
    find = PROPERTIES[validate.one_of("name", name, tuple(PROPERTIES))]
    return find(validate.text("text", text)).astype(float)


def correlations(values, wanted):
    """Return Pearson's correlation of each unit with a property, `(units,)`; 0 where one of them never changes.

    values    (characters, units) real numbers, such as `model.states(ids)`
    wanted    (characters,) real numbers

    Raises TypeError or ValueError for other shapes and for numbers that are not finite.
    """
    return _correlations(values=values, wanted=wanted)


def _correlations(**pair):
    """The correlations of `{name: values, name: wanted}`, by whose names it is refused."""
    (name_h, h), (name_a, a) = (
        (name, validate.finite(name, validate.numbers(name, given)).astype(float)) for name, given in pair.items()
    )
    validate.shape(name_h, h, (None, None), ("characters", "units"))
    validate.shape(name_a, a, (len(h),), ("characters",))
    with np.errstate(over="ignore", invalid="ignore"):
        h, a = h - h.mean(axis=0), a - a.mean()
        scale = np.sqrt((h**2).sum(axis=0) * (a**2).sum())
    if not np.isfinite(scale).all():
        raise ValueError(f"{name_h} or {name_a} goes too far for float64 to square")
    return np.divide(a @ h, scale, out=np.zeros(h.shape[1]), where=scale > 1e-12)


def find_unit(first, wanted_first, second, wanted_second):
    """Return the unit that correlates most with a property on a first text, judged on a second, as `Found`.

    first, second                  (characters, units) of the same net on two texts
    wanted_first, wanted_second    (characters,), the property of these texts

    Raises TypeError or ValueError as `correlations` does.
    """
    on_first = _correlations(first=first, wanted_first=wanted_first)
    on_second = _correlations(second=second, wanted_second=wanted_second)
    if len(on_first) != len(on_second):
        raise ValueError(f"first has {len(on_first)} units, second has {len(on_second)}: they must be of the same net")
    unit = int(np.abs(on_first).argmax())
    return Found(unit, float(on_first[unit]), float(on_second[unit]))
