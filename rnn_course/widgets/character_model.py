"""A character model in the page: what surprises it in a text, what its units do, and what it would write."""

import base64

import numpy as np
from traitlets import Bool, Dict, Enum, Int, Unicode, validate

from rnn_course.data.recorded import trained_file
from rnn_course.validate import finite
from rnn_course.widgets.character_network import CharacterNetwork
from rnn_course.widgets.kit import Explorable, Finite, script, send_file
from rnn_course.widgets.sfc32 import SFC32

FILES = {"english": "state_of_the_union", "tang": "tang_verse"}
LONGEST = 2000  # characters of a text
LARGEST_SEED, LARGEST_UNIT = 99, 9999
SHOWN_NEXT, WRITTEN = 10, 8  # characters of which the probability is shown, and that compute() writes
RARE = "□"
OPENING = {
    "english": "Fellow-citizens of the Senate and House of Representatives: My name is Ada, and I write programs.",
    "tang": "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。",
}
OPENING["own"] = OPENING["english"]


class CharacterModel(Explorable):
    """Read a text of the reader's own character by character, and show what a model of language makes of each.

        h_t, C_t = LSTM(x_t, h_{t−1}, C_{t−1})    p = softmax(logits(h_t) / T)    surprise = −log₂ p at T = 1, in bits

    The network starts as if a document had just ended, so that N characters have N surprises; bits per character are
    their mean and perplexity is 2 to that power. A character that the network does not know is read as □ where it has
    that, and else passed over: it has no surprise.

    The course's own networks are not in the explorable: the page loads them when the reader asks, from the kernel or,
    on the built site, from a file beside the pages.

    Arguments:
        network: a `LanguageModel` of the reader's own, kept in float16 in the explorable itself, or None.
        symbols: the characters by its ids, `corpus.symbols`; wanted with a network.
        any control by its name, where it stands at first.

    Controls, all traits that can be read, set and observed:
        language: whose network reads: "english" (addresses of presidents), "tang" (Chinese verse) or "own".
        untrained: whether it has the weights from which training starts instead, drawn by `seed`.
        text: what is read, at most 2,000 characters.
        shade: what colours the characters: "surprise", or of one unit "h", "C", "i", "f", "C_tilde" or "o".
        unit: which one, from 0, layer after layer; beyond the last it stands at the last.
        cursor: the place whose next character is shown, from 0; beyond the end it stands at the end.
        temperature: T, from 0.1 to 2. seed: of what is written, and of the untrained weights, from 0 to 99.

    Raises TypeError or ValueError, naming it, for a network or symbols that do not fit and for a text that is too long,
    and a TraitError for another control that is out of its range.
    """

    _esm = script("character_model")

    networks = Dict().tag(sync=True)
    limits = Dict({"longest": LONGEST}).tag(sync=True)
    openings = Dict(OPENING).tag(sync=True)

    language = Enum([*FILES, "own"], "english").tag(sync=True, control=True)
    untrained = Bool(False).tag(sync=True, control=True)
    text = Unicode().tag(sync=True, control=True)
    shade = Enum(["surprise", "h", "C", "i", "f", "C_tilde", "o"], "surprise").tag(sync=True, control=True)
    unit = Int(0, min=0, max=LARGEST_UNIT).tag(sync=True, control=True)
    cursor = Int(0, min=0, max=LONGEST).tag(sync=True, control=True)
    temperature = Finite(1.0, min=0.1, max=2.0).tag(sync=True, control=True)
    seed = Int(0, min=0, max=LARGEST_SEED).tag(sync=True, control=True)

    def __init__(self, network=None, symbols=None, **controls):
        if unknown := controls.keys() - self.traits(control=True).keys():
            raise TypeError(f"CharacterModel has no control {min(unknown)!r}")
        if network is None and symbols is not None:
            raise ValueError("symbols was given without a network, whose characters they would be")
        networks = {} if network is None else {"own": _of_ones_own(network, symbols)}
        controls = {"language": next(iter(networks), "english"), **controls}
        networks |= {language: _of_the_course(name) for language, name in FILES.items()}
        controls = {"text": OPENING[controls["language"]], **controls}
        controls = {"cursor": min(len(controls["text"]), LONGEST), **controls}
        super().__init__(networks=networks, **controls)
        self.on_msg(self._answer)

    def __repr__(self):
        return f"CharacterModel({self.language}, {len(self.text)} characters, {self.shade})"

    @validate("language")
    def _has_a_network(self, proposal):
        if proposal["value"] not in self.networks:
            raise ValueError("language is 'own', but the explorable was made without a network")
        return proposal["value"]

    @validate("text")
    def _short_enough(self, proposal):
        text = proposal["value"]
        if len(text) > LONGEST:
            raise ValueError(f"text has {len(text)} characters, at most {LONGEST} can be read")
        if "\r" in text:
            raise ValueError("text has a carriage return, its lines must end in '\\n'")
        return text

    def _answer(self, _, content, buffers):
        """Send a network's file to the page, which has asked for it."""
        send_file(self, content, FILES)

    def network(self):
        """Return the network that reads, a `CharacterNetwork`.

        Raises FileNotFoundError where the course's own is not in this installation.
        """
        inline = self.networks[self.language].get("inline")
        if inline is None:
            path = trained_file(FILES[self.language])
            if not path.exists():
                raise FileNotFoundError(f"there is no trained model {path.name} in this installation")
        trained = CharacterNetwork.from_bytes(base64.b64decode(inline) if inline else path.read_bytes())
        return trained.untrained(self.seed) if self.untrained else trained

    def compute(self):
        """Return in NumPy what the page computes.

        Returns `{"bits": (characters,) surprises, NaN where a character was passed over, "mean", "perplexity", "shown":
        (characters,) what colours them, "next": the ten most probable characters at the cursor as one text, "p": (10,)
        their probabilities and "entropy" in bits, at the temperature, "written": eight characters written at the end}`.
        """
        network = self.network()
        ids = _ids(network, self.text)
        states, bits = _read(network, ids)
        mean = np.nanmean(bits) if np.isfinite(bits).any() else np.nan
        p = _softmax(network.logits(states[min(self.cursor, len(ids))]) / self.temperature)
        top = np.argsort(-p, kind="stable")[:SHOWN_NEXT]
        return {
            "bits": bits,
            "mean": mean,
            "perplexity": 2**mean,
            "shown": bits if self.shade == "surprise" else self._values(states, bits),
            "next": "".join(network.symbols[k] for k in top),
            "p": p[top],
            "entropy": -(p[p > 0] * np.log2(p[p > 0])).sum(),
            "written": self._written(network, states[-1], len(ids)),
        }

    def _values(self, states, bits):
        unit = min(self.unit, len(states[0]["h"]) - 1)
        values = np.array([state[self.shade][unit] for state in states[1:]])
        return np.where(np.isnan(bits), np.nan, values)

    def _written(self, network, state, place):
        """Some characters; the draw for a place of the text depends on the seed, the place and p alone."""
        text = ""
        for k in range(place, place + WRITTEN):
            p = _softmax(network.logits(state) / self.temperature)
            share = SFC32(self.seed, k).uniform(0, 1, 1)[0]
            below = np.flatnonzero(share < np.cumsum(p))
            symbol = int(below[0]) if len(below) else int(p.argmax())
            text += network.symbols[symbol]
            state = network.step(state, symbol)
        return text


def _of_the_course(name):
    """What the page must know of a network before it asks for it; "bytes" is None where there is no file."""
    path = trained_file(name)
    if not path.exists():
        return {"file": name, "bytes": None, "units": None}
    data = path.read_bytes()
    return {"file": name, "bytes": len(data), "units": CharacterNetwork.from_bytes(data).units}


def _of_ones_own(network, symbols):
    if symbols is None:
        raise ValueError("symbols is None, a network comes with its characters: corpus.symbols")
    if isinstance(network, CharacterNetwork):
        found = network
    elif hasattr(network, "state_dict"):
        found = CharacterNetwork({name: value.cpu().numpy() for name, value in network.state_dict().items()}, symbols)
    else:
        raise TypeError(f"network is a {type(network).__name__}, it must be a LanguageModel")
    for name, value in found.tensors.items():
        with np.errstate(over="ignore"):
            finite(f"network's {name} in float16", value.astype(np.float16))
    data = found.to_bytes()
    return {"file": None, "bytes": len(data), "units": found.units, "inline": base64.b64encode(data).decode("ascii")}


def _ids(network, text):
    """The ids of a text's characters: of an unknown one that of □ or, where there is none, -1."""
    known = {symbol: k for k, symbol in enumerate(network.symbols)}
    return [known.get(character, known.get(RARE, -1)) for character in text]


def _read(network, ids):
    """The state before each character and after the last, and the surprise of each, `(characters,)`."""
    states, bits = [network.step(None, 0)], []
    for symbol in ids:
        known = symbol >= 0
        bits.append(-np.log2(_softmax(network.logits(states[-1]))[symbol]) if known else np.nan)
        states.append(network.step(states[-1], symbol) if known else states[-1])
    return states, np.array(bits)


def _softmax(a):
    p = np.exp(a - a.max())
    return p / p.sum()
