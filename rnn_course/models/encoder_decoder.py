"""An encoder–decoder: one recurrent net reads a string, another writes the answer, with or without attention between.

    s_1 … s_T = both directions of a GRU over x                 what the encoder keeps, a state for each symbol read
    h_0 = tanh(W_0 [s forward at T; s backward at 1] + b_0)      the one vector that the decoder begins with
    h_t = GRU(y_{t−1}, h_{t−1})                                  the decoder, after it was told the symbol before
    α_t = softmax over the places of score(h_t, s_1 … s_T)
    c_t = Σ_j α_{t,j} s_j
    p(y_t | y before, x) = softmax(W_y tanh(W_c [h_t; c_t] + b_c) + b_y)

Without attention there is no c_t: all that the decoder knows of x has to pass through h_0, the bottleneck.

What flows in: ids of symbols, padded, and their lengths. What leaves: logits, and the weights α of the attention.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_course import validate
from rnn_course.models.sequence import as_tensor, check_batch, check_lengths, evaluating, seeded
from rnn_course.seeds import shifted

ATTENTIONS = (None, "additive", "dot")
END = 0  # the id that ends every answer, and that the decoder is given in place of a symbol before the first


class EncoderDecoder(nn.Module):
    """A GRU that reads in both directions, a GRU that writes, and None, additive or dot-product attention between.

    | attention | score of state s_j at step t | source |
    |---|---|---|
    | None | there is none | Sutskever et al. (2014), Cho et al. (2014) |
    | `"additive"` | `v · tanh(W_q h_t + W_k s_j)` | Bahdanau et al. (2015) |
    | `"dot"` | `h_t · W_k s_j / √hidden_size` | Luong et al. (2015), "general"; scaled as in Vaswani et al. (2017) |

    h_t is the decoder's state after its step, as in Luong et al. (2015), so that all steps of a known answer are worked
    out at once; Bahdanau et al. look with the state before it and hand c_t to the step.

    Arguments
        symbols_x      how many different symbols are read
        symbols_y      how many different symbols are written; id 0 is the end
        hidden_size    units of the decoder and of each direction of the encoder
        width          numbers that stand for a symbol, read or written
        attention      None, `"additive"` or `"dot"`
        seed           of the initial weights; the global random generator is left as it was

    `model.settings` are the arguments that build the same model again. Raises ValueError or TypeError for a bad one.

    >>> model = EncoderDecoder(symbols_x=9, symbols_y=7, hidden_size=5, width=4, attention="dot")
    >>> x, y = torch.ones(3, 6, dtype=torch.long), torch.ones(3, 8, dtype=torch.long)
    >>> logits, alpha = model(x, y, lengths=[6, 2, 4])
    >>> logits.shape, alpha.shape
    (torch.Size([3, 8, 7]), torch.Size([3, 8, 6]))
    """

    def __init__(self, symbols_x, symbols_y, hidden_size=64, width=32, attention="dot", seed=0):
        super().__init__()
        self.settings = {
            "symbols_x": validate.positive_int("symbols_x", symbols_x, least=2),
            "symbols_y": validate.positive_int("symbols_y", symbols_y, least=2),
            "hidden_size": validate.positive_int("hidden_size", hidden_size),
            "width": validate.positive_int("width", width),
            "attention": validate.one_of("attention", attention, ATTENTIONS),
            "seed": validate.torch_seed("seed", seed),
        }
        symbols_x, symbols_y, hidden, width, *_ = self.settings.values()
        with seeded(shifted(seed)):
            self.embedding_x, self.embedding_y = nn.Embedding(symbols_x, width), nn.Embedding(symbols_y, width)
            self.encoder = nn.GRU(width, hidden, batch_first=True, bidirectional=True)
            self.decoder = nn.GRU(width, hidden, batch_first=True)
            self.first = nn.Linear(2 * hidden, hidden)
            if attention is not None:
                self.key = nn.Linear(2 * hidden, hidden, bias=False)
            if attention == "additive":
                self.query, self.v = nn.Linear(hidden, hidden), nn.Linear(hidden, 1, bias=False)
            self.combine = nn.Linear(hidden if attention is None else 3 * hidden, hidden)
            self.head = nn.Linear(hidden, symbols_y)

    def forward(self, x, y, lengths=None, seen=None):
        """Return the logits of each y_t given the true ones before it, and the attention's weights.

        Arguments
            x          (batch, time_x) ids of what is read
            y          (batch, time_y) ids of the answer; the decoder reads the end, then y without its last (teacher
                       forcing)
            lengths    (batch,) how many symbols of each row of x count, or None for all
            seen       (batch, time_x) bool, False where the attention must not look; None looks everywhere

        Returns logits `(batch, time_y, symbols_y)` and α `(batch, time_y, time_x)`, None without attention. Raises
        TypeError or ValueError for a wrong shape, dtype, length or id, or where a row has no place left to look at.
        """
        check_batch("y", y, "symbols_y", self.settings["symbols_y"])
        states, mask, h = self.encode(x, lengths, seen)
        if len(y) != len(x):
            raise ValueError(f"y has {len(y)} rows, x has {len(x)}: they must agree")
        before = torch.cat([torch.full_like(y[:, :1], END), y[:, :-1]], dim=1)
        logits, alpha, _ = self.decode(before, h, states, mask)
        return logits, alpha

    def encode(self, x, lengths=None, seen=None):
        """Return the states `(batch, time_x, 2·hidden)`, the mask `(batch, time_x)` and h_0 `(1, batch, hidden)`.

        The mask is True where the attention may look. Arguments and errors as in `forward`.
        """
        check_batch("x", x, "symbols_x", self.settings["symbols_x"])
        batch, time = x.shape
        lengths = torch.full((batch,), time) if lengths is None else as_tensor("lengths", lengths).to("cpu")
        check_lengths("lengths", lengths, batch, time)
        mask = (torch.arange(time) < lengths[:, None]).to(x.device)
        packed = pack_padded_sequence(
            self.embedding_x(x.long()), lengths.long(), batch_first=True, enforce_sorted=False
        )
        states, last = self.encoder(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=time)
        h = torch.tanh(self.first(torch.cat(tuple(last), dim=1)))[None]
        return states, mask if seen is None else mask & _checked_seen(seen, mask), h

    def decode(self, before, h, states, mask):
        """Run the decoder over symbols that are known, and return logits, α and the last state.

        Arguments
            before          (batch, steps) ids, at each step the symbol written before it
            h               (1, batch, hidden) the state to begin with
            states, mask    what `encode` returned

        Returns logits `(batch, steps, symbols_y)`, α `(batch, steps, time_x)` or None, and h `(1, batch, hidden)`.
        """
        read, h = self.decoder(self.embedding_y(before.long()), h)
        alpha = self._weights(read, states, mask)
        if alpha is not None:
            read = torch.cat([read, alpha @ states], dim=2)
        return self.head(torch.tanh(self.combine(read))), alpha, h

    def _weights(self, h, states, mask):
        """Return α `(batch, steps, time_x)`: how much each step looks at each place; None without attention."""
        if self.settings["attention"] is None:
            return None
        keys = self.key(states)
        if self.settings["attention"] == "dot":
            scores = h @ keys.transpose(1, 2) / math.sqrt(keys.shape[2])
        else:
            scores = self.v(torch.tanh(self.query(h)[:, :, None] + keys[:, None])).squeeze(3)
        return scores.masked_fill(~mask[:, None], -math.inf).softmax(2)

    def write(self, x, lengths=None, seen=None, limit=50):
        """Write an answer to each row, at each step the most probable symbol, until the end or `limit` symbols.

        x, lengths and seen as in `forward`. limit: the most symbols that an answer may have, its end among them.

        Returns the ids `(batch, steps)`, zeros after each end, and α `(batch, steps, time_x)`, None without attention.
        Raises what `forward` raises.
        """
        limit = validate.positive_int("limit", limit)
        with evaluating(self):
            states, mask, h = self.encode(x, lengths, seen)
            symbol, ended = torch.full_like(x[:, :1], END), torch.zeros(len(x), 1, dtype=torch.bool, device=x.device)
            written, looked = [], []
            while len(written) < limit and not ended.all():
                logits, alpha, h = self.decode(symbol, h, states, mask)
                symbol = logits.argmax(2).masked_fill(ended, END)  # nothing more after an end
                ended = symbol == END
                written.append(symbol)
                looked.append(alpha)
        return torch.cat(written, dim=1), None if alpha is None else torch.cat(looked, dim=1)


def _checked_seen(seen, mask):
    """Return `seen` on the mask's device; TypeError or ValueError unless it is bool and leaves a place in every row."""
    is_tensor = isinstance(seen, torch.Tensor)
    seen = as_tensor("seen", seen) if is_tensor else validate.array("seen", seen)
    if seen.dtype != (torch.bool if is_tensor else bool):
        raise TypeError(f"seen is {seen.dtype}, wanted bool")
    seen = (seen if is_tensor else torch.from_numpy(np.array(seen))).to(mask.device)
    validate.shape("seen", seen, tuple(mask.shape), ("batch", "time_x"))
    empty = ~(seen & mask).any(1)
    if empty.any():
        raise ValueError(f"seen leaves no place to look at in row {int(empty.nonzero()[0])}")
    return seen
