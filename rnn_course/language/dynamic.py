"""Learning while reading: a model of language that is measured on a piece of text, and only then learns from it.

    surprise of piece s by θ_{s−1},    then    θ′ = θ_{s−1} − η m̂ / (√v̂ + ε)    and    θ_s = θ′ + λ (θ_0 − θ′)

with m̂ and v̂ Adam's means of the pieces' gradients and of their squares. Mikolov et al. (2010) learn while they test;
Krause et al. (2018) scale the steps and draw the weights back, with squares measured beforehand: this is simpler.
Every symbol is said before it is learned from, so that the sum of the surprises is still a code length. What is
compared with it has to learn while reading too, as PPM and every compressor do.
"""

import copy
import math

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from rnn_course import validate
from rnn_course.language.stateful import text_of
from rnn_course.models import LanguageModel


def dynamic_surprises(model, ids, start=0, *, learning_rate=1e-4, decay=1e-3, length=32, before=None):
    """Return −log₂ p of each symbol, in bits, `(characters,)`, of a copy of the model that learns from what it read.

    The optimiser is Adam's rule (Kingma & Ba 2015), and after each step the weights are drawn back to those that the
    model came with by the share `decay` of the distance, as in Krause et al. (2018). The model itself is left as it is.

    Arguments
        model            a `LanguageModel`
        ids              (characters,) whole numbers
        start            the symbol before the first
        learning_rate    Adam's
        decay            λ, share of the way back to the first weights, 0 ≤ decay < 1
        length           symbols from one step to the next
        before           a text to read and learn from first, whose surprises are not returned, or None

    Raises TypeError or ValueError for bad arguments.
    """
    if not isinstance(model, LanguageModel):
        raise TypeError(f"model is a {type(model).__name__}, it must be a LanguageModel")
    length, learning_rate = validate.positive_int("length", length), validate.learning_rate(learning_rate)
    decay, ids = validate.share("decay", decay), text_of(model, "ids", ids)
    start = validate.positive_int("start", start, least=0, most=model.symbols - 1)
    first = ids[:0] if before is None else text_of(model, "before", before)
    learner, text = copy.deepcopy(model).eval(), torch.cat([torch.tensor([start]), first, ids])
    anchor = [parameter.detach().clone() for parameter in learner.parameters()]
    optimiser = torch.optim.Adam(learner.parameters(), learning_rate, betas=(0.9, 0.999), fused=True)
    state, bits = None, []
    for k in range(0, len(text) - 1, length):
        piece = text[k : k + length + 1].to(learner.head.weight.device)
        logits, state = learner(piece[None, :-1], state)
        state = tuple(part.detach() for part in state)
        nats = cross_entropy(logits[0], piece[1:], reduction="none")
        bits.append(nats.detach().double().cpu().numpy() / math.log(2))
        optimiser.zero_grad()
        nats.mean().backward()
        optimiser.step()
        with torch.no_grad():
            for parameter, origin in zip(learner.parameters(), anchor, strict=True):
                parameter.lerp_(origin, decay)
    return np.concatenate(bits)[len(first) :]
