"""A model of language in PyTorch: an LSTM that reads a text symbol by symbol and says what may come next.

    h_t, C_t = LSTM(x_t, h_{t−1}, C_{t−1})        p(next symbol | all before) = softmax(W_hy h_t + b_y)

What flows in: symbols' ids, as `Corpus.encode` gives them. What leaves: probabilities of the next one, or surprises
in bits. It is an LSTM and no other cell, since PyTorch is fast on a processor for this one alone.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from rnn_course import validate
from rnn_course.cells.base import sigmoid
from rnn_course.models.sequence import as_array, as_ids, check_batch, check_like, evaluating, seeded
from rnn_course.seeds import shifted

PIECE = 1000  # symbols read at once where a whole text is measured: it changes memory, not the answer


class LanguageModel(nn.Module):
    """An LSTM over symbols, and a linear head on its states that gives the logits of the next symbol.

    | embedding_size | an LSTM reads | logits |
    |---|---|---|
    | None | x_t one-hot | `W_hy h_t + b_y`, `head.weight` and `head.bias` |
    | a number | x_t a row of E | `E (W_p h_t + b_p) + b_y`: the table E `embedding.weight` serves twice |

    One table for reading and writing (Press & Wolf 2017, Inan et al. 2017) saves weights where symbols are many.

    Arguments
        symbols           how many different symbols there are
        hidden_size       units in each layer
        embedding_size    None, or the numbers that stand for a symbol
        num_layers        layers, each reading the states of the one below
        dropout           share of an embedding's numbers and of the states dropped while training, 0 ≤ dropout < 1
        seed              of the initial weights, PyTorch's but for the forget gates' bias b_f, which is 1 (Gers et al.
                          2000); the global random generator is left as it was

    `model.rnn` is the `nn.LSTM` (batch first), and `model.settings` the arguments that build the same model again.
    Raises ValueError or TypeError for a bad argument.

    >>> model = LanguageModel(symbols=7, hidden_size=5)
    >>> logits, (h, C) = model(torch.zeros(4, 10, dtype=torch.long))
    >>> logits.shape, C.shape
    (torch.Size([4, 10, 7]), torch.Size([1, 4, 5]))
    """

    def __init__(self, symbols, hidden_size=192, embedding_size=None, num_layers=1, dropout=0.0, seed=0):
        super().__init__()
        self.settings = {
            "symbols": validate.positive_int("symbols", symbols, least=2),
            "hidden_size": validate.positive_int("hidden_size", hidden_size),
            "embedding_size": None
            if embedding_size is None
            else validate.positive_int("embedding_size", embedding_size),
            "num_layers": validate.positive_int("num_layers", num_layers),
            "dropout": float(validate.share("dropout", dropout)),
            "seed": validate.torch_seed("seed", seed),
        }
        self.symbols, hidden_size = self.settings["symbols"], self.settings["hidden_size"]
        width, num_layers = self.settings["embedding_size"], self.settings["num_layers"]
        with seeded(shifted(seed)):
            self.rnn = nn.LSTM(
                width or self.symbols,
                hidden_size,
                num_layers,
                batch_first=True,
                dropout=self.settings["dropout"] if num_layers > 1 else 0.0,
            )
            if width is None:
                self.head = nn.Linear(hidden_size, self.symbols)
            else:
                self.embedding, self.projection = nn.Embedding(self.symbols, width), nn.Linear(hidden_size, width)
                nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
                self.head = nn.Linear(width, self.symbols)
                self.head.weight = self.embedding.weight
        self.drop = nn.Dropout(self.settings["dropout"])
        with torch.no_grad():
            for name, bias in self.rnn.named_parameters():
                if name.startswith("bias"):  # PyTorch stores i, f, C̃, o, and adds two biases
                    bias[hidden_size : 2 * hidden_size] = 1.0 if name.startswith("bias_ih") else 0.0

    def forward(self, ids, state=None):
        """Return the logits of the symbol after each, `(batch, time, symbols)`, and the state after the last.

        Arguments
            ids      (batch, time) tensor of whole numbers, on the weights' device
            state    the pair `(h, C)`, each (num_layers, batch, hidden), as an earlier call returned it; zeros if None

        Raises ValueError or TypeError for a wrong shape or dtype, or for an id that is no symbol.
        """
        check_batch("ids", ids, "symbols", self.symbols)
        self._check_state(state, len(ids))
        states, state = self._states(ids, state)
        read = self.drop(states)
        return self.head(read if self.settings["embedding_size"] is None else self.projection(read)), state

    def _states(self, ids, state):
        """Return h of the last layer after each symbol, `(batch, time, hidden)`, and the pair after the last."""
        if self.settings["embedding_size"] is None:
            return self.rnn(one_hot(ids.long(), self.symbols).to(self.head.weight.dtype), state)
        return self.rnn(self.drop(self.embedding(ids.long())), state)

    def _check_state(self, state, batch):
        if state is None:
            return
        if not (isinstance(state, tuple) and len(state) == 2):
            raise TypeError(f"state is a {type(state).__name__}, wanted the pair (h, C)")
        size = (self.settings["num_layers"], batch, self.settings["hidden_size"])
        for name, value in zip(("h", "C"), state, strict=True):
            check_like(f"state {name}", value, self.head.weight)
            validate.shape(f"state {name}", value, size, ("layers", "batch", "hidden"))

    def step(self, symbol, state=None):
        """Read one symbol in NumPy and return the probabilities of the next, `(symbols,)` float64, and the state.

        It is the same function as `forward` of one symbol without dropout, six times faster on a small net: nothing is
        handed to PyTorch, and of a one-hot product only the column that counts is read.

        Arguments
            symbol    an id from 0 to symbols − 1
            state     the pair `(h, C)`, arrays (num_layers, hidden), as an earlier call returned it; zeros if None

        Raises TypeError or ValueError for what is no symbol or no such state.
        """
        symbol = validate.positive_int("symbol", symbol, least=0, most=self.symbols - 1)
        size = (self.settings["num_layers"], self.settings["hidden_size"])
        weights = {name: value.detach().cpu().numpy() for name, value in self.named_parameters()}  # views, no copies
        before = np.zeros((2, *size), weights["head.bias"].dtype) if state is None else _checked_pair(state, size)
        embedded = self.settings["embedding_size"] is not None
        x = weights["embedding.weight"][symbol] if embedded else None
        h, C = np.empty_like(before[0]), np.empty_like(before[1])
        for k in range(size[0]):
            W_x, W_h = weights[f"rnn.weight_ih_l{k}"], weights[f"rnn.weight_hh_l{k}"]
            a = (W_x[:, symbol] if x is None else W_x @ x) + W_h @ before[0][k]
            a += weights[f"rnn.bias_ih_l{k}"] + weights[f"rnn.bias_hh_l{k}"]
            i, f, C_tilde, o = a.reshape(4, -1)
            C[k] = sigmoid(f) * before[1][k] + sigmoid(i) * np.tanh(C_tilde)
            h[k] = x = sigmoid(o) * np.tanh(C[k])
        if embedded:
            x = weights["projection.weight"] @ x + weights["projection.bias"]
        table = weights["embedding.weight" if embedded else "head.weight"]  # one table, which PyTorch lists once
        return softmax((table @ x + weights["head.bias"]).astype(float)), (h, C)

    def surprises(self, ids, start=0, rows=1, warm_up=200):
        """Return −log₂ p of each symbol given all before it, in bits, `(characters,)` float64.

        The state is carried from the first symbol to the last, and each symbol is counted once: bits per character are
        the mean, perplexity is 2 to that power.

        Arguments
            ids        (characters,) whole numbers
            start      the symbol that was read before the first: 0, the end of a document, in a `Corpus`
            rows       1, or a number of stretches to read at once, which is faster: each begins with a state of zeros,
                       `warm_up` symbols ahead of its first one that counts
            warm_up    symbols read and not counted at the head of each stretch but the first

        Raises TypeError or ValueError for ids that are no symbols.
        """
        ids = as_ids("ids", ids, self.symbols)
        start = validate.positive_int("start", start, least=0, most=self.symbols - 1)
        rows, warm_up = validate.positive_int("rows", rows), validate.positive_int("warm_up", warm_up, least=0)
        ids = torch.cat([torch.tensor([start]), ids])
        size = math.ceil((len(ids) - 1) / rows)
        firsts = [max(0, k * size - warm_up) for k in range(rows)] if rows > 1 else [0]
        longest = size + (warm_up if rows > 1 else 0)
        stretches = torch.zeros(len(firsts), longest + 1, dtype=torch.long)
        for row, first in zip(stretches, firsts, strict=True):
            piece = ids[first : first + longest + 1]
            row[: len(piece)] = piece
        bits = self._read(stretches)
        counted = [bits[k, k * size - first :][: max(0, min(size, len(ids) - 1 - k * size))]
                   for k, first in enumerate(firsts)]  # fmt: skip
        return np.concatenate(counted)

    def states(self, ids, start=0):
        """Return h of the last layer after each symbol, `(characters, hidden)`, the state carried from the first on.

        ids and start as `surprises` takes them; raises what it raises.
        """
        start = validate.positive_int("start", start, least=0, most=self.symbols - 1)
        text = torch.cat([torch.tensor([start]), as_ids("ids", ids, self.symbols)])[None]
        state, seen = None, []
        with evaluating(self):
            for piece in text.split(PIECE, dim=1):
                states, state = self._states(piece.to(self.head.weight.device), state)
                seen.append(states[0].cpu())
        return as_array(torch.cat(seen)[1:])

    def _read(self, stretches):
        """Return the surprises of all but the first symbol of each row, `(rows, time − 1)` float64."""
        place, state, bits = self.head.weight.device, None, []
        with evaluating(self):
            for k in range(0, stretches.shape[1] - 1, PIECE):
                piece = stretches[:, k : k + PIECE + 1].to(place)
                logits, state = self(piece[:, :-1], state)
                nats = cross_entropy(logits.double().transpose(1, 2), piece[:, 1:], reduction="none")
                bits.append(nats.cpu().numpy() / math.log(2))
        return np.concatenate(bits, axis=1)


def _checked_pair(state, size):
    """Return `(h, C)` as two arrays of real numbers of this size; TypeError or ValueError otherwise."""
    if not isinstance(state, tuple | list) or len(state) != 2:
        raise TypeError(f"state is a {type(state).__name__}, wanted the pair (h, C)")
    pair = [validate.numbers(f"state {name}", value) for name, value in zip(("h", "C"), state, strict=True)]
    for name, value in zip(("h", "C"), pair, strict=True):
        validate.finite(f"state {name}", validate.shape(f"state {name}", value, size, ("layers", "hidden")))
    return pair


def softmax(a):
    """Return exp(a) over its sum along the last axis, worked out without overflow."""
    p = np.exp(a - a.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)
