"""A small Transformer that says the next symbol of a text, to stand beside the recurrent net on the same task.

It has no state: at each symbol it looks back at the `context` symbols before, all of them, and at nothing else. Inside
are PyTorch's own layers; the chapter on attention opens them.
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from rnn_course import validate
from rnn_course.models.sequence import as_ids, check_batch, evaluating, seeded
from rnn_course.seeds import shifted


class TransformerLanguageModel(nn.Module):
    """Layers of causal self-attention over the last `context` symbols, and the table of symbols again as output.

    x_t = E[symbol_t] + P[t];  each layer x ← x + attention(norm x), x ← x + W₂ gelu(W₁ norm x);  logits = E norm x + b

    Arguments
        symbols       how many different symbols there are
        width         numbers that stand for a symbol at each place
        layers        how many layers
        heads         heads of attention, of which width is a multiple
        context       symbols that it can look back on, the latest one among them
        dropout       share dropped while training, 0 ≤ dropout < 1
        seed          of the initial weights; the global random generator is left as it was

    Raises ValueError or TypeError for a bad argument. Source: Vaswani et al. (2017), with the norm first, as Xiong et
    al. (2020), and learned places P.

    >>> model = TransformerLanguageModel(symbols=7, width=8, layers=2, heads=2, context=10)
    >>> model(torch.zeros(4, 10, dtype=torch.long))[0].shape
    torch.Size([4, 10, 7])
    """

    def __init__(self, symbols, width=96, layers=2, heads=4, context=128, dropout=0.0, seed=0):
        super().__init__()
        self.settings = {
            "symbols": validate.positive_int("symbols", symbols, least=2),
            "width": validate.positive_int("width", width),
            "layers": validate.positive_int("layers", layers),
            "heads": validate.positive_int("heads", heads),
            "context": validate.positive_int("context", context),
            "dropout": float(validate.share("dropout", dropout)),
            "seed": validate.torch_seed("seed", seed),
        }
        if width % heads:
            raise ValueError(f"width is {width}, it must be a multiple of heads={heads}")
        symbols, width, layers, heads, context, *_ = self.settings.values()
        self.symbols, self.context = symbols, context
        with seeded(shifted(seed)):
            self.embedding, self.places = nn.Embedding(symbols, width), nn.Embedding(context, width)
            nn.init.normal_(self.embedding.weight, std=1 / math.sqrt(width))
            nn.init.normal_(self.places.weight, std=1 / math.sqrt(width))
            layer = nn.TransformerEncoderLayer(
                width, heads, 4 * width, dropout, activation="gelu", batch_first=True, norm_first=True
            )
            self.layers = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
            for parameter in self.layers.parameters():  # the layers are copies of one, and start as different ones
                if parameter.dim() > 1:
                    nn.init.xavier_uniform_(parameter)
            self.head = nn.Linear(width, symbols)
            self.head.weight = self.embedding.weight

    def forward(self, ids, state=None):
        """Return the logits of the symbol after each, `(batch, time, symbols)`, and None, since there is no state.

        ids: (batch, time) tensor of whole numbers with time ≤ context. state: what came back before, which is None.
        Raises ValueError or TypeError for another shape or dtype, for a longer text or for an id that is no symbol.
        """
        check_batch("ids", ids, "symbols", self.symbols)
        validate.instance("state", state, type(None), "None, there is no state")
        time = ids.shape[1]
        if time > self.context:
            raise ValueError(f"ids has {time} steps, this Transformer was built for context={self.context}")
        x = self.embedding(ids.long()) + self.places.weight[:time]
        mask = nn.Transformer.generate_square_subsequent_mask(time, device=x.device, dtype=x.dtype)
        return self.head(self.layers(x, mask, is_causal=True)), None

    def step(self, symbol, state=None):
        """Read one symbol and return the probabilities of the next, `(symbols,)` float64, and the symbols in sight.

        Everything in sight is computed again, since nothing is kept of it but the symbols. symbol: an id. state: the
        ids before it, a tuple, as an earlier call returned it, or None. Raises TypeError or ValueError for another
        symbol.
        """
        symbol = validate.positive_int("symbol", symbol, least=0, most=self.symbols - 1)
        if state is not None:  # a tuple of symbols, at least one
            state = as_ids("state", validate.listed("state", state), self.symbols).tolist()
        state = (*(state or ()), symbol)[-self.context :]
        with evaluating(self):
            logits, _ = self(torch.tensor([state], device=self.head.weight.device))
        return logits[0, -1].double().softmax(0).cpu().numpy(), state

    def surprises(self, ids, start=0, rows=32):
        """Return −log₂ p of each symbol, in bits, `(characters,)` float64, each counted once.

        The text is read in overlapping windows of `context` symbols, of which the second half counts: each symbol but
        those at the text's head has at least context / 2 symbols before it in sight.

        ids: (characters,) whole numbers. start: the symbol before the first. rows: windows read at once; changes no
        number. Raises TypeError or ValueError for ids that are no symbols.
        """
        ids = as_ids("ids", ids, self.symbols)
        start = validate.positive_int("start", start, least=0, most=self.symbols - 1)
        text = torch.cat([torch.tensor([start]), ids])
        half = max(1, self.context // 2)
        window = 2 * half if self.context > 1 else 1
        firsts = range(0, max(1, len(ids) - window + half), half)
        padded = torch.nn.functional.pad(text, (0, max(0, firsts[-1] + window + 1 - len(text))))
        blocks = torch.tensor(firsts).split(validate.positive_int("rows", rows))
        bits = np.concatenate([self._window_bits(padded, block, window) for block in blocks])
        counted = [bits[0], *(row[window - half :] for row in bits[1:])]
        return np.concatenate(counted)[: len(ids)]

    def _window_bits(self, text, firsts, window):
        windows = text[firsts[:, None] + torch.arange(window + 1)].to(self.head.weight.device)
        with evaluating(self):
            logits = self(windows[:, :-1])[0].double().transpose(1, 2)
        return cross_entropy(logits, windows[:, 1:], reduction="none").cpu().numpy() / math.log(2)
