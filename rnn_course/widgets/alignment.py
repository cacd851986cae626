"""Alignment: what four trained networks write of a string, and where each of them looks while it does."""

import base64
import re
from datetime import date

import numpy as np
from traitlets import Dict, Enum, Int, List, Unicode, validate

from rnn_course.data.dates import FIGURES, FIRST, LAST, MONTHS, ORDINALS
from rnn_course.data.recorded import trained_file
from rnn_course.widgets.kit import Explorable, script, send_file
from rnn_course.widgets.pair_networks import END, LIMIT, PairNetworks

TASKS = ("dates", "reversal")  # the files that ship have these names
NETWORKS = ("dot", "none", "rotary", "no_positions")
LONGEST, TRAINED_ON = 40, 20  # symbols of a text, and letters of the longest string in training
MOST = 10  # layers and heads that can be chosen
SHOWN_NEXT = 3  # symbols of which compute() gives the probability
OPENING = {"dates": "Tuesday, 5 March 2024", "reversal": "bottlenecked"}

DAY, MONTH, YEAR = "(?P<day>[0-9]{1,2})", "(?P<month>[0-9]{1,2})", "(?P<year>[0-9]{4})"
NAMED, IN_WORDS, IN_CHINESE = "(?P<month>[A-Z][a-z]+)", "(?P<day>[a-z-]+)", f"[{FIGURES[1:]}十]{{1,3}}"
FORMS = [  # of the dates whose true answer is known, as regular expressions
    f"(?:[A-Z][a-z]+day, )?{DAY} {NAMED} {YEAR}",
    f"{NAMED} {DAY}(?:st|nd|rd|th)?, {YEAR}",
    f"the {IN_WORDS} of {NAMED} {YEAR}",
    rf"{DAY}\.{MONTH}\.{YEAR}",
    f"{YEAR}年{MONTH}月{DAY}日",
    f"(?P<year>[{FIGURES}]{{4}})年(?P<month>{IN_CHINESE})月(?P<day>{IN_CHINESE})日",
]


def _chinese(number):
    tens, ones = divmod(number, 10)
    return f"{FIGURES[tens] if tens > 1 else ''}{'十' if tens else ''}{FIGURES[ones] if ones else ''}"


WORDS = {name: k for k, month in enumerate(MONTHS, 1) for name in (month, month[:3])}
WORDS |= {ordinal: k for k, ordinal in enumerate(ORDINALS, 1)} | {_chinese(k): k for k in range(1, 32)}


class Alignment(Explorable):
    """Type a date in words or a string: four networks write the ISO form or the reverse, and show what they look at.

    | network | what it is |
    |---|---|
    | `"dot"` | an `EncoderDecoder` with dot-product attention: α_t = softmax(h_t · W_k s_j / √d) over the places of x |
    | `"none"` | the same without: all that the decoder knows of x passes through h_0 |
    | `"rotary"` | a `CausalModel`: layers of self-attention with rotary positions over `x bar y` |
    | `"no_positions"` | the same without positions |

    Each writes the most probable symbol again and again, up to the end. Symbols that the networks do not know are
    passed over. The networks of a task are not in the explorable: the page loads them when the reader asks, from the
    kernel or, on the built site, from a file beside the pages.

    Controls, all traits that can be read, set and observed:
        task: "dates" or "reversal".
        text: what is read, at most 40 symbols in one line.
        network: whose weights are drawn: "dot", "none", "rotary" or "no_positions".
        layer, head: of these the weights, from 0; beyond the last they stand at the last.
        step: which symbol of the answer is looked at, from 0; beyond the end it stands at the end.
        cursor: which place of the text is looked at, from 0; beyond the end it stands at the end.
        hidden: the places of the text that no attention may look at, a list, at first none.

    Raises TypeError for another control and ValueError or a TraitError, naming it, for what cannot stand there.
    """

    _esm = script("alignment")

    networks = Dict().tag(sync=True)
    limits = Dict({"longest": LONGEST, "letters": TRAINED_ON, "years": [FIRST.year, LAST.year]}).tag(sync=True)
    openings = Dict(OPENING).tag(sync=True)
    forms = List([form.replace("(?P<", "(?<") for form in FORMS]).tag(sync=True)
    words = Dict(WORDS).tag(sync=True)

    task = Enum(TASKS, "dates").tag(sync=True, control=True)
    text = Unicode().tag(sync=True, control=True)
    network = Enum(NETWORKS, "dot").tag(sync=True, control=True)
    layer = Int(0, min=0, max=MOST - 1).tag(sync=True, control=True)
    head = Int(0, min=0, max=MOST - 1).tag(sync=True, control=True)
    step = Int(0, min=0, max=LIMIT - 1).tag(sync=True, control=True)
    cursor = Int(0, min=0, max=LONGEST - 1).tag(sync=True, control=True)
    hidden = List(Int(min=0, max=LONGEST - 1)).tag(sync=True, control=True)

    def __init__(self, **controls):
        if unknown := controls.keys() - self.traits(control=True).keys():
            raise TypeError(f"Alignment has no control {min(unknown)!r}")
        controls = {"text": OPENING.get(controls.get("task", "dates"), ""), **controls}
        super().__init__(networks={task: _of_the_course(task) for task in TASKS}, **controls)
        self.on_msg(lambda _, content, buffers: send_file(self, content, dict(zip(TASKS, TASKS, strict=True))))

    def __repr__(self):
        return f"Alignment({self.task}, {self.text!r}, {self.network})"

    @validate("text")
    def _one_short_line(self, proposal):
        text = proposal["value"]
        if len(text) > LONGEST:
            raise ValueError(f"text has {len(text)} symbols, at most {LONGEST} can be read")
        if text.splitlines() not in ([], [text]):
            raise ValueError("text has a line break, it must be one line")
        return text

    @validate("hidden")
    def _in_order(self, proposal):
        return sorted(set(proposal["value"]))

    def pairs(self):
        """Return the networks of the task, `PairNetworks`.

        Raises FileNotFoundError where they are not in this installation.
        """
        text = self.networks[self.task].get("inline")
        path = trained_file(self.task)
        if text is None and not path.exists():
            raise FileNotFoundError(f"there is no trained model {path.name} in this installation")
        return PairNetworks.from_bytes(path.read_bytes() if text is None else base64.b64decode(text))

    def compute(self):
        """Return in NumPy what the page computes.

        Returns `{"read": the symbols of the text that the networks know, "truth": the right answer, None where it is
        not known, "written": {network: its answer}, "before": {network: its answer with nothing hidden}, "alpha":
        (steps, places) weights of the chosen network, layer and head on the places that were read, (0,) where there are
        none, "p": (steps,) its probabilities of what it wrote, "next": the three most probable symbols at the step as
        one text, "next_p": (3,) their probabilities}`.
        """
        pairs = self.pairs()
        read = "".join(symbol for symbol in self.text if symbol in pairs.symbols_x[1:])
        answers = _answers(pairs, read, [k for k in self.hidden if k < len(read)])
        texts = {name: _text(pairs, answer) for name, answer in answers.items()}
        before = {name: _text(pairs, answer) for name, answer in _answers(pairs, read, []).items()}
        found = {"read": read, "truth": true_answer(self.task, read), "written": texts, "before": before}
        answer = answers[self.network]
        if answer is None:
            return found | {"alpha": np.zeros(0), "p": np.zeros(0), "next": "", "next_p": np.zeros(0)}
        layers, heads = answer.alpha.shape[:2]
        alpha = answer.alpha[min(self.layer, layers - 1), min(self.head, heads - 1)] if layers else np.zeros(0)
        p = answer.p[min(self.step, len(answer.ids) - 1)]
        top = np.argsort(-p, kind="stable")[:SHOWN_NEXT]
        return found | {
            "alpha": alpha,
            "p": answer.p.max(axis=1),
            "next": "".join(pairs.symbols_y[k] for k in top),
            "next_p": p[top],
        }


def true_answer(task, text):
    """Return what is to be written of a text, or None where that is not known: for a date in none of the ten forms.

    >>> true_answer("dates", "the fifth of March 2024"), true_answer("dates", "31 February 2024")
    ('2024-03-05', None)
    >>> true_answer("reversal", "abc")
    'cba'
    """
    if task == "reversal":
        return text[::-1]
    for form in FORMS:
        if found := re.fullmatch(form, text):
            year, month, day = (_number(found[part]) for part in ("year", "month", "day"))
            try:
                return date(year, month, day).isoformat()
            except (TypeError, ValueError):
                return None  # no such month or day
    return None


def _number(text):
    """The number that figures or a word stand for; None for another word."""
    if text in WORDS:
        return WORDS[text]
    figures = "".join(str(FIGURES.index(figure)) if figure in FIGURES else figure for figure in text)
    return int(figures) if figures.isascii() and figures.isdigit() else None


def shapes_of(pairs):
    """Return how many layers and heads of attention each network of `PairNetworks` has, `{name: [layers, heads]}`."""
    return {name: list(network.shape) for name, network in pairs.networks.items()}


def _of_the_course(task):
    """What the page must know of a task's networks before it asks for them; "bytes" is None where there is no file."""
    path = trained_file(task)
    if not path.exists():
        return {"file": task, "bytes": None, "shapes": {}}
    data = path.read_bytes()
    return {"file": task, "bytes": len(data), "shapes": shapes_of(PairNetworks.from_bytes(data))}


def _answers(pairs, read, hidden):
    """What each network writes, `{name: Written}`, None where there is nothing to read."""
    ids = [pairs.symbols_x.index(symbol) for symbol in read]
    return {name: network.write(ids, hidden) if ids else None for name, network in pairs.networks.items()}


def _text(pairs, answer):
    """An answer as text, up to its end."""
    return "" if answer is None else "".join(pairs.symbols_y[k] for k in answer.ids if k != END)
