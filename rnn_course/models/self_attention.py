"""Self-attention that looks back: each place asks all places before it, and itself, and mixes what they hold.

    q_t, k_t, v_t = W_q x_t + b_q,  W_k x_t + b_k,  W_v x_t + b_v       each cut into heads of d numbers
    α_{t,j} = softmax over j ≤ t of (q_t · k_j / √d + what the positions add)
    y_t = W_o [Σ_j α_{t,j} v_j of every head] + b_o

| positions | what tells the places apart |
|---|---|
| `"rotary"` | q_t and k_t are turned by angles that grow with t, so that q_t · k_j knows t − j alone (Su et al. 2021) |
| `"alibi"` | −m (t − j) is added to each score, m = 2^(−8 h / heads) in head h = 1, 2, … (Press et al. 2022) |
| another | nothing in here: the model may have added something to x |

What flows in: `(batch, time, width)`, and a `Cache` where the text goes on. What leaves: the same shape.
"""

import math
from functools import partial

import numpy as np
import torch
from torch import nn

from rnn_course import validate
from rnn_course.models.sequence import check_like

BASE = 10_000.0  # of the wavelengths, from 2π to 2π · BASE places (Vaswani et al. 2017)


class Cache:
    """The keys and values of what was read, so that they are not worked out again: two blocks of memory with room.

    A block holds `(batch, heads, room, d)`, so that the places of a head lie side by side; where the room is used up it
    doubles. With a window, places that no query can see any more are given up, and the block stays below twice the
    window and what is read at once. What was read is added in place: to go on twice from one point, `copy.deepcopy` it.

    It holds tensors or NumPy's arrays, whichever it is given.

    read      how many places have been read in all
    kept      how many of them, the last ones, are in the cache
    """

    def __init__(self, window=None):
        self.window, self.read, self.kept = window, 0, 0
        self._blocks = None

    def append(self, k, v):
        """Add keys and values `(batch, heads, time, d)`; return all that are kept, `(batch, heads, kept, d)` each.

        Raises RuntimeError where they are part of a graph: no gradient comes back through what grows in place.
        """
        if getattr(k, "requires_grad", False) or getattr(v, "requires_grad", False):
            raise RuntimeError("a cache grows in place, and no gradient comes back through it: use torch.no_grad()")
        time = k.shape[2]
        stay = self.kept if self.window is None else min(self.kept, self.window - 1)
        if self._blocks is None or self.kept + time > self._blocks[0].shape[2]:
            self._make_room(k, stay, 2 * (stay + time))
        for block, new in zip(self._blocks, (k, v), strict=True):
            block[:, :, self.kept : self.kept + time] = new
        self.read, self.kept = self.read + time, self.kept + time
        return tuple(block[:, :, : self.kept] for block in self._blocks)

    def _make_room(self, like, stay, room):
        """Move the last `stay` places to the front of blocks for `room` of them, new ones if those are larger."""
        old = [] if self._blocks is None else [block[:, :, self.kept - stay : self.kept] for block in self._blocks]
        size = (*like.shape[:2], max(16, room), like.shape[3])
        if self._blocks is None or size[2] > self._blocks[0].shape[2]:
            empty = like.new_empty if isinstance(like, torch.Tensor) else partial(np.empty, dtype=like.dtype)
            self._blocks = empty(size), empty(size)
        for block, part in zip(self._blocks, old, strict=False):
            block[:, :, :stay] = part + 0  # a copy, since the two may overlap
        self.kept = stay

    @property
    def nbytes(self):
        """Bytes of the keys and values that are kept; the blocks' room to spare is not counted."""
        if self._blocks is None:
            return 0
        return sum(block[:, :, : self.kept].nbytes for block in self._blocks)


class SelfAttention(nn.Module):
    """Causal self-attention in heads, over everything before or over a window of it.

    Arguments
        width        numbers at each place, a multiple of heads; d = width / heads, even for rotary positions
        heads        heads of attention
        positions    `"rotary"`, `"alibi"`, or another name for nothing
        window       how many places a query sees, its own among them; None for all

    Raises TypeError or ValueError for a bad argument. Source: Vaswani et al. (2017), section 3.2.
    """

    def __init__(self, width, heads=4, positions="rotary", window=None):
        super().__init__()
        self.width = width = validate.positive_int("width", width)
        self.heads = heads = validate.positive_int("heads", heads)
        if width % heads:
            raise ValueError(f"width is {width}, it must be a multiple of heads={heads}")
        if positions == "rotary" and width // heads % 2:
            raise ValueError(f"width / heads is {width // heads}, rotary positions turn pairs: it must be even")
        self.positions = positions
        self.window = None if window is None else validate.positive_int("window", window)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def start(self, batch):
        """Return the state in which nothing has been read: an empty `Cache`."""
        return Cache(self.window)

    def forward(self, x, cache=None, places=None):
        """Return y `(batch, time, width)`.

        Arguments
            x         (batch, time, width) tensor of the weights' dtype
            cache     the `Cache` of what was read before x, which grows by it; None where nothing was
            places    (time,) the place of each column of x, rising; None for those that follow what was read

        Raises TypeError or ValueError for another x, ValueError for places beside a cache, and RuntimeError for a cache
        where gradients are kept.
        """
        q, k, v, at_q, at_k = self._asked(x, cache, places)
        alpha = self._softmax(q, k, at_q, at_k)
        return self.out((alpha @ v).transpose(1, 2).flatten(2))

    def weights(self, x, places=None):
        """Return α `(batch, heads, time, time)` as `forward` uses it where nothing was read before; zero ahead."""
        q, k, _, at_q, at_k = self._asked(x, None, places)
        return self._softmax(q, k, at_q, at_k)

    def _asked(self, x, cache, places):
        """Return queries, keys and values `(batch, heads, …, d)` and the places of queries and keys."""
        check_like("x", x, self.out.weight)
        validate.shape("x", x, (None, None, self.width), ("batch", "time", "width"))
        if cache is not None and places is not None:
            raise ValueError("places is given with a cache, whose places follow one another: leave one of them out")
        first = 0 if cache is None else cache.read
        at_q = torch.arange(first, first + x.shape[1], device=x.device) if places is None else places
        q, k, v = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        if self.positions == "rotary":
            q, k = turned(q, at_q), turned(k, at_q)
        if cache is None:
            return q, k, v, at_q, at_q
        k, v = cache.append(k, v)
        return q, k, v, at_q, torch.arange(cache.read - cache.kept, cache.read, device=x.device)

    def _softmax(self, q, k, at_q, at_k):
        distance = at_q[:, None] - at_k
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3])
        if self.positions == "alibi":
            scores = scores - slopes(self.heads).to(q)[:, None, None] * distance
        hidden = distance < 0 if self.window is None else (distance < 0) | (distance >= self.window)
        return scores.masked_fill(hidden, -math.inf).softmax(3)


def turned(x, places):
    """Turn each pair of numbers of `(…, time, d)` by the angle place · BASE^(−2 i / d), for pair i = 0, 1, …

    >>> turned(torch.tensor([[1.0, 0.0]]), torch.tensor([1])).round(decimals=4)
    tensor([[0.5403, 0.8415]])
    """
    angle = places[:, None] * wavelengths(x.shape[-1]).to(x)
    cos, sin = angle.cos(), angle.sin()
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


def wavelengths(size):
    """Return the angles per place, `(size / 2,)`: BASE^(−2 i / size)."""
    return BASE ** (-torch.arange(0, size, 2, dtype=torch.float64) / size)


def slopes(heads):
    """Return m of ALiBi for each head, `(heads,)`: 2^(−8 h / heads) for h = 1, 2, …

    >>> slopes(4).tolist()
    [0.25, 0.0625, 0.015625, 0.00390625]
    """
    return 2.0 ** (-8.0 * torch.arange(1, heads + 1, dtype=torch.float64) / heads)


def sinusoids(places, width):
    """Return sines and cosines of each place `(time, width)`, side by side for each wavelength (Vaswani et al. 2017).

    places: (time,) whole numbers. width: an even number.
    """
    angle = places[:, None] * wavelengths(width).to(places.device)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
