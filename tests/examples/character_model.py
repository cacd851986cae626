"""Networks with random weights over a few characters, and places to look at."""

import numpy as np
from explorables import put

from rnn_course.widgets import CharacterModel
from rnn_course.widgets.character_network import CharacterNetwork

SYMBOLS = "\n !,.1:ABHMRSTTabcdefghilmnoprstuvwyz-"
CHINESE = "\n。一下不中人何來依入山日水海白盡窮里□，"


def a_network(symbols=SYMBOLS, hidden=5, embedding=None, layers=1, seed=0, dtype=np.float64):
    """A network whose weights are all of them random and none zero, by the names of a `LanguageModel`."""
    rng, known = np.random.default_rng(seed), sorted(set(symbols))
    shapes = {}
    for k in range(layers):
        width = hidden if k else embedding or len(known)
        shapes |= {f"rnn.weight_ih_l{k}": (4 * hidden, width), f"rnn.weight_hh_l{k}": (4 * hidden, hidden)}
        shapes |= {f"rnn.bias_ih_l{k}": (4 * hidden,), f"rnn.bias_hh_l{k}": (4 * hidden,)}
    if embedding:
        shapes |= {"embedding.weight": (len(known), embedding), "projection.weight": (embedding, hidden)}
        shapes |= {"projection.bias": (embedding,)}
    else:
        shapes["head.weight"] = (len(known), hidden)
    shapes["head.bias"] = (len(known),)
    return CharacterNetwork({name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}, known)


def an_explorer(symbols=SYMBOLS, hidden=5, embedding=None, layers=1, own=True, english=3, seed_network=0, **controls):
    """own: whether there is a network; without one it is as in a course that has loaded none. english: units of another
    one that stands in the place of the course's English network, if there is one of one's own."""
    network = a_network(symbols, hidden, embedding, layers, seed_network) if own else None
    explorer = CharacterModel(network, network and network.symbols)
    if own:
        other = CharacterModel(a_network(SYMBOLS[::2], english), sorted(SYMBOLS[::2])).networks["own"]
        explorer.networks = {**explorer.networks, "english": other}
    return put(explorer, controls)


LINES = "A line ends\nhere, and é is none of its letters.\n"
CUT_OFF = [
    {"shade": "h", "text": LINES, "cursor": 3},
    {"symbols": CHINESE, "text": "白日依山盡，黃河入海流。\n" * 9, "cursor": 40, "shade": "C"},
    {"own": False},
    {"text": "Unbroken" * 60, "cursor": 7, "untrained": True},
]
CONTRAST = [{}, {"shade": "h", "hidden": 7, "text": LINES, "cursor": 32}, {"shade": "i", "cursor": 2}, {"own": False}]
LEAST = {"labels": -1, "texts": 15, "lines": -1}
