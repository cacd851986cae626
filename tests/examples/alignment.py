"""Networks with random weights over a few symbols, and strings for them."""

import base64
import json

import numpy as np
from explorables import put
from safetensors.numpy import save

from rnn_course.data.dates import symbols
from rnn_course.data.strings import LETTERS
from rnn_course.widgets import Alignment
from rnn_course.widgets.alignment import shapes_of
from rnn_course.widgets.pair_networks import PairNetworks

NAMES = ("dot", "none", "rotary", "no_positions")
SYMBOLS = {"dates": symbols(), "reversal": (LETTERS, LETTERS)}


def gru_shapes(name, width, hidden, suffixes):
    """The shapes of a GRU by the names of PyTorch."""
    parts = {"weight_ih": (3 * hidden, width), "weight_hh": (3 * hidden, hidden)}
    parts |= {"bias_ih": (3 * hidden,), "bias_hh": (3 * hidden,)}
    return {f"{name}.{part}_l0{suffix}": shape for suffix in suffixes for part, shape in parts.items()}


def encoder_decoder(n_x, n_y, hidden, width, attention):
    """The settings and the shapes of an `EncoderDecoder`."""
    shapes = {"embedding_x.weight": (n_x, width), "embedding_y.weight": (n_y, width)}
    shapes |= gru_shapes("encoder", width, hidden, ("", "_reverse")) | gru_shapes("decoder", width, hidden, ("",))
    shapes |= {"first.weight": (hidden, 2 * hidden), "first.bias": (hidden,)}
    shapes |= {"key.weight": (hidden, 2 * hidden)} if attention else {}
    shapes |= {"combine.weight": (hidden, 3 * hidden if attention else hidden), "combine.bias": (hidden,)}
    shapes |= {"head.weight": (n_y, hidden), "head.bias": (n_y,)}
    return {"kind": "EncoderDecoder", "hidden_size": hidden, "attention": attention}, shapes


def transformer(n_x, n_y, width, layers, heads, positions):
    """The settings and the shapes of a `CausalModel`."""
    shapes = {"embedding.weight": (n_x + n_y, width), "head.weight": (n_y, width), "head.bias": (n_y,)}
    for name in ["norm", *(f"layers.{k}.norm_{n}" for k in range(layers) for n in (1, 2))]:
        shapes |= {f"{name}.weight": (width,), f"{name}.bias": (width,)}
    for k in range(layers):
        sizes = {"mixer.qkv": (3 * width, width), "mixer.out": (width, width)}
        sizes |= {"inner": (4 * width, width), "outer": (width, 4 * width)}
        for name, shape in sizes.items():
            shapes |= {f"layers.{k}.{name}.weight": shape, f"layers.{k}.{name}.bias": shape[:1]}
    settings = {"kind": "CausalModel", "mixers": ["attention"] * layers, "heads": heads, "positions": positions}
    return settings | {"window": None}, shapes


def a_file(task="dates", units=5, width=4, layers=2, heads=3, pair=2, seed=0):
    """The bytes of a file with the four networks of a task, all weights random; pair: half the numbers of a head."""
    n_x, n_y = map(len, SYMBOLS[task])
    rng, settings, tensors = np.random.default_rng(seed), {}, {}
    made = {
        "dot": encoder_decoder(n_x, n_y, units, width, "dot"),
        "none": encoder_decoder(n_x, n_y, units, width, None),
        "rotary": transformer(n_x, n_y, 2 * heads * pair, layers, heads, "rotary"),
        "no_positions": transformer(n_x, n_y, 2 * heads * pair, layers, heads, "none"),
    }
    for name, (settings[name], shapes) in made.items():
        for part, shape in shapes.items():
            tensors[f"{name}/{part}"] = rng.normal(size=shape) * (1.5 if part.startswith("head.") else 0.7)
    texts = dict(zip(("symbols_x", "symbols_y"), SYMBOLS[task], strict=True))
    return save(tensors, {"settings": json.dumps(settings), **texts})


def inline(data):
    """What the explorable's trait `networks` holds of a file that is in the explorable itself."""
    text = base64.b64encode(data).decode("ascii")
    return {"file": None, "bytes": len(data), "shapes": shapes_of(PairNetworks.from_bytes(data)), "inline": text}


def an_explorer(units=5, layers=2, heads=3, pair=2, seed=0, own=True, **controls):
    """own: whether there are networks, random ones, in the explorable itself; without, it is as where none has come."""
    explorer = Alignment()
    sizes = {"units": units, "layers": layers, "heads": heads, "pair": pair}
    if own:
        explorer.networks = {task: inline(a_file(task, seed=seed, **sizes)) for task in SYMBOLS}
    else:
        explorer.networks = {task: {"file": task, "bytes": 700_000, "shapes": {}} for task in SYMBOLS}
    return put(explorer, controls)


LONG = "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"
CUT_OFF = [
    {},
    {"task": "reversal", "text": LONG, "network": "rotary", "layer": 1, "head": 2, "step": 49, "cursor": 39},
    {"text": "二〇二四年十二月三十一日" * 3, "hidden": [0, 5, 35], "network": "no_positions"},
    {"text": "the éwenty-fifth of September 2024 ÜÜ", "network": "none", "step": 3},
    {"own": False},
    {"text": ""},
]
CONTRAST = [{}, {"network": "rotary", "hidden": [3, 4], "step": 4, "cursor": 4}, {"own": False}, {"network": "none"}]
TAB = [({"network": "rotary", "hidden": [3]}, 18)]  # with the reader at a place where nothing is disabled
LEAST = {"labels": 0, "texts": 15, "lines": -1}
