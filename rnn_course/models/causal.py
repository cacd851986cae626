"""A model of a sequence of symbols in layers, each of which mixes over time in its own way: attention or a recurrence.

    x_t = E[symbol_t] (+ P[t])
    for each layer:   x ← x + mixer(norm x);   x ← x + W_2 gelu(W_1 norm x + b_1) + b_2
    logits_t = W_y norm x_t + b_y

The shell is the same whatever mixes, so that one thing is compared at a time. Every mixer is causal: what leaves at t
depends on the symbols up to t alone. With attention in every layer this is a decoder-only Transformer with the norm
first.

What flows in: ids of symbols. What leaves: logits, and a state from which reading goes on.
"""

import math
from typing import NamedTuple

import torch
from torch import nn

from rnn_course import validate
from rnn_course.models.diagonal import Diagonal
from rnn_course.models.min_gru import MinGRUTorch
from rnn_course.models.self_attention import Cache, SelfAttention, sinusoids
from rnn_course.models.sequence import check_batch, is_whole, seeded
from rnn_course.seeds import shifted

POSITIONS = ("none", "learned", "sinusoidal", "rotary", "alibi")
RECURRENT = {
    "gru": lambda size: nn.GRU(size, size, batch_first=True),
    "lstm": lambda size: nn.LSTM(size, size, batch_first=True),
    "min_gru": lambda size: MinGRUTorch(size, size),
    "diagonal": lambda size: Diagonal(size, size),
    "positive_diagonal": lambda size: Diagonal(size, size, signed=False),
}
MIXERS = ("attention", *RECURRENT)


class Read(NamedTuple):
    """The state of a `CausalModel` after `count` symbols; `parts`, one a layer, are a `Cache` or a recurrent state."""

    count: int
    parts: tuple

    @property
    def nbytes(self):
        """Bytes of all keys, values and states that are kept; a cache's room to spare is not counted."""
        return sum(map(_nbytes, self.parts))


def _nbytes(part):
    if part is None:
        return 0
    return sum(map(_nbytes, part)) if isinstance(part, tuple) else part.nbytes


class Recurrent(nn.Module):
    """A recurrent net of `width` units, and a linear map of its states, in the place of attention."""

    def __init__(self, kind, width):
        super().__init__()
        self.net, self.out = RECURRENT[kind](width), nn.Linear(width, width)

    def start(self, batch):
        """Return the state in which nothing has been read: zeros, None for PyTorch."""
        return None

    def forward(self, x, state=None):
        """Return what is mixed into x, `(batch, time, width)`, and the state after the last step."""
        h, state = self.net(x, state)
        return self.out(h), state


class Layer(nn.Module):
    """x ← x + mixer(norm x), then x ← x + W_2 gelu(W_1 norm x + b_1) + b_2, with four times the width inside."""

    def __init__(self, mixer, width, heads, positions, window):
        super().__init__()
        attention = mixer == "attention"
        self.mixer = SelfAttention(width, heads, positions, window) if attention else Recurrent(mixer, width)
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, state, places):
        """Return x after the layer, and the state after its last step; None for attention without a cache."""
        if isinstance(self.mixer, SelfAttention):
            mixed = self.mixer(self.norm_1(x), state, places)
        else:
            mixed, state = self.mixer(self.norm_1(x), state)
        x = x + mixed
        return x + self.outer(nn.functional.gelu(self.inner(self.norm_2(x)))), state


class CausalModel(nn.Module):
    """Layers that mix over time, by attention or by a recurrence, over symbols; logits at every place.

    Arguments
        symbols      how many different symbols are read
        outputs      how many different symbols are said; None for as many
        width        numbers that stand for a symbol at each place, and units of a recurrence
        mixers       one name a layer, from the bottom: `"attention"`, `"gru"`, `"lstm"`, `"min_gru"`, `"diagonal"` (its
                     coefficients may be negative) or `"positive_diagonal"`
        heads        heads of each attention
        positions    `"none"`; `"learned"` or `"sinusoidal"`, added to x; `"rotary"` or `"alibi"`, inside each attention
        window       places that an attention sees, its own among them; None for all
        longest      rows of the table of learned positions; None for any other positions
        seed         of the initial weights; the global random generator is left as it was

    `model.settings` are the arguments that build the same model again. Raises ValueError or TypeError for a bad one.
    Source: Vaswani et al. (2017) for attention, with the norm first as Xiong et al. (2020).

    >>> model = CausalModel(symbols=7, width=8, mixers=("gru", "attention"), heads=2, positions="none")
    >>> model(torch.zeros(3, 5, dtype=torch.long))[0].shape
    torch.Size([3, 5, 7])
    """

    def __init__(
        self,
        symbols,
        outputs=None,
        width=64,
        mixers=("attention", "attention"),
        heads=4,
        positions="rotary",
        window=None,
        longest=None,
        seed=0,
    ):
        super().__init__()
        self.settings = {
            "symbols": validate.positive_int("symbols", symbols, least=2),
            "outputs": None if outputs is None else validate.positive_int("outputs", outputs, least=2),
            "width": validate.positive_int("width", width),
            "mixers": _checked_mixers(mixers),
            "heads": validate.positive_int("heads", heads),
            "positions": validate.one_of("positions", positions, POSITIONS),
            "window": None if window is None else validate.positive_int("window", window),
            "longest": None if longest is None else validate.positive_int("longest", longest),
            "seed": validate.torch_seed("seed", seed),
        }
        if (positions == "learned") != (longest is not None):
            raise ValueError(f"longest is {longest} with positions={positions!r}: learned positions alone need one")
        symbols, outputs, width, mixers, heads, positions, window, longest, seed = self.settings.values()
        if positions == "sinusoidal" and width % 2:
            raise ValueError(f"width is {width}, it must be even for sinusoidal positions")
        self.symbols = symbols
        with seeded(shifted(seed)):
            self.embedding = nn.Embedding(symbols, width)
            nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
            if positions == "learned":
                self.places = nn.Embedding(longest, width)
                nn.init.normal_(self.places.weight, std=1 / math.sqrt(width))
            layers = [Layer(mixer, width, heads, positions, window) for mixer in mixers]
            self.layers, self.norm = nn.ModuleList(layers), nn.LayerNorm(width)
            self.head = nn.Linear(width, symbols if outputs is None else outputs)

    def start(self, batch=1):
        """Return the state in which nothing has been read, for reading piece by piece."""
        batch = validate.positive_int("batch", batch)
        return Read(0, tuple(layer.mixer.start(batch) for layer in self.layers))

    def forward(self, ids, state=None, places=None):
        """Return the logits at each place, `(batch, time, outputs)`, and the state after the last.

        Arguments
            ids       (batch, time) tensor of whole numbers, on the weights' device
            state     what `start` or the call before returned, for a text that comes in pieces. With attention it is
                      used once and inside `torch.no_grad()`, since a cache grows in place. None reads without going
                      on, and returns None
            places    (time,) tensor of whole numbers, rising: which place each column has; None counts from 0, or
                      from where the state ends

        Raises ValueError or TypeError for a wrong shape or dtype, an id that is no symbol, a place beyond the table of
        learned positions, or a state that was used; RuntimeError for a cache where gradients are kept.
        """
        check_batch("ids", ids, "symbols", self.symbols)
        places = _checked_places(places, ids)
        count, parts = (0, (None,) * len(self.layers)) if state is None else self._checked_state(state)
        x = self.embedding(ids.long()) + self._added(count, ids, places)
        after = []
        for layer, part in zip(self.layers, parts, strict=True):
            x, part = layer(x, part, places)
            after.append(part)
        logits = self.head(self.norm(x))
        return logits, None if state is None else Read(count + ids.shape[1], tuple(after))

    def weights(self, ids, places=None):
        """Return α of each layer with attention, a list of `(batch, heads, time, time)`, layers from the bottom.

        ids and places as `forward` takes them; raises what it raises.
        """
        check_batch("ids", ids, "symbols", self.symbols)
        places = _checked_places(places, ids)
        x, found = self.embedding(ids.long()) + self._added(0, ids, places), []
        for layer in self.layers:
            if isinstance(layer.mixer, SelfAttention):
                found.append(layer.mixer.weights(layer.norm_1(x), places))
            x, _ = layer(x, None, places)
        return found

    def _added(self, count, ids, places):
        """Return what the positions add to x, `(time, width)`, or 0."""
        if self.settings["positions"] not in ("learned", "sinusoidal"):
            return 0
        places = torch.arange(count, count + ids.shape[1], device=ids.device) if places is None else places
        if self.settings["positions"] == "sinusoidal":
            return sinusoids(places, self.settings["width"]).to(self.head.weight) / math.sqrt(self.settings["width"])
        if int(places[-1]) >= self.settings["longest"]:
            raise ValueError(
                f"ids reaches place {int(places[-1])}, the table of learned positions ends at longest="
                f"{self.settings['longest']}"
            )
        return self.places(places)

    def _checked_state(self, state):
        if not isinstance(state, Read) or len(state.parts) != len(self.layers):
            raise TypeError("state is no state of this model, it must be what start or an earlier call returned")
        if any(isinstance(part, Cache) and part.read != state.count for part in state.parts):
            raise ValueError("state has been read on from already, and its cache has grown: use the state of that call")
        return state


def _checked_places(places, ids):
    """Return the places if they are None or a tensor (time,) of whole numbers from 0 that rise; else raise."""
    if places is None:
        return None
    validate.instance("places", places, torch.Tensor, "a tensor")
    if not is_whole(places):
        raise TypeError(f"places is {places.dtype}, wanted whole numbers")
    validate.shape("places", places, tuple(ids.shape[1:]), ("time",))
    places = places.long()  # PyTorch cannot compare unsigned numbers
    if places.is_meta or places[0] < 0 or (places.diff() <= 0).any():
        raise ValueError("places must begin at 0 or above and rise from each column to the next")
    return places


def _checked_mixers(mixers):
    """Return the names as a tuple; TypeError or ValueError unless they are at least one, each a mixer's."""
    if not isinstance(mixers, tuple | list) or not mixers:
        raise TypeError(f"mixers is {mixers!r}, it must be a tuple of names, one a layer")
    return tuple(validate.one_of("mixers", name, MIXERS) for name in mixers)
