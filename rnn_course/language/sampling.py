"""Writing text with a model of language: draws at a temperature, the best next symbol, and a search over whole texts.

A model is anything with `symbols` and `step(symbol, state) → p, state`: a network, an n-gram, a mixture.
"""

import numpy as np

from rnn_course import seeds, validate


def reshaped(p, temperature=1.0, top_k=None, top_p=None):
    """Return the probabilities from which to draw, `(symbols,)` float64: sharper, flatter or cut.

    p_k^(1/T) / Σ_j p_j^(1/T), which is the softmax of the logits divided by T. Then what is not among the `top_k` most
    probable goes, and what is not among the fewest that have `top_p` of the probability together (the nucleus); the
    rest is made to sum to one again after each.

    Arguments
        p              (symbols,) probabilities
        temperature    T: 1 leaves p, below 1 sharpens it, 0 keeps the most probable alone, above 1 flattens it
        top_k          how many symbols stay, or None; of equally probable ones the first
        top_p          share of the probability that stays at least, above 0 and up to 1, or None

    Raises TypeError or ValueError for bad arguments.

    Source: temperature Ackley et al. (1985); top-k Fan et al. (2018); nucleus Holtzman et al. (2020).

    >>> reshaped(np.array([0.5, 0.3, 0.2]), temperature=0.5).round(3).tolist()
    [0.658, 0.237, 0.105]
    >>> reshaped(np.array([0.5, 0.3, 0.2]), top_p=0.6).round(3).tolist()
    [0.625, 0.375, 0.0]
    """
    p = probabilities("p", p)
    temperature = validate.nonnegative("temperature", temperature)
    order = np.argsort(-p, kind="stable")
    if temperature == 0:
        kept = np.zeros_like(p)
        kept[order[0]] = 1.0
        return kept
    with np.errstate(divide="ignore", over="ignore"):  # what is far below the most probable ends at −∞, and is 0
        logits = (np.log(p) - np.log(p.max())) / temperature
    p = np.exp(logits)
    p /= p.sum()
    if top_k is not None:
        p[order[validate.positive_int("top_k", top_k) :]] = 0.0
        p /= p.sum()
    if top_p is not None:
        if validate.positive("top_p", top_p) > 1:
            raise ValueError(f"top_p is {top_p}, it must be at most 1")
        before = np.cumsum(p[order]) - p[order]  # what the more probable ones have together
        p[order[before >= top_p]] = 0.0
        p /= p.sum()
    return p


def sample(model, length, prompt=(0,), temperature=1.0, top_k=None, top_p=None, seed=0, stop=None):
    """Return a text that the model writes after a prompt, as symbols' ids `(length,)` int64.

    Each symbol is drawn from `reshaped(p, …)` and read as the next input: the model never sees a text that it did not
    write itself, save the prompt.

    Arguments
        model          anything with `step`: a `LanguageModel`, an `NGram`
        length         symbols to write, at most
        prompt         ids to read first, at least one: 0, the end of a document, starts a new one
        temperature    see `reshaped`, with `top_k` and `top_p`
        seed           of the draws, a whole number or a NumPy generator
        stop           an id after which to write no more (it is the last one returned), or None

    Raises TypeError or ValueError for bad arguments.
    """
    generator, written = seeds.generator("seed", seed), []
    length = validate.positive_int("length", length)
    stop = None if stop is None else validate.positive_int("stop", stop, least=0)
    p, state = read(model, prompt)
    while True:
        symbol = int(generator.choice(model.symbols, p=reshaped(p, temperature, top_k, top_p)))
        written.append(symbol)
        if len(written) == length or symbol == stop:
            return np.array(written)
        p, state = model.step(symbol, state)


def beam(model, length, width, prompt=(0,)):
    """Return the most probable text of `length` symbols that a search with `width` texts finds, and its bits.

    At each step every text that is kept is continued by every symbol, and the `width` most probable results are kept
    (Lowerre 1976). Width 1 takes the most probable next symbol each time, which is greedy. Returns ids `(length,)` and
    −log₂ p of the whole. Raises TypeError or ValueError for bad arguments.
    """
    length, width = validate.positive_int("length", length), validate.positive_int("width", width)
    p, state = read(model, prompt)
    kept = [(0.0, (), p, state)]
    for step in range(length):
        with np.errstate(divide="ignore"):
            bits = np.stack([total - np.log2(p) for total, _, p, _ in kept])
        best = np.argsort(bits, axis=None, kind="stable")[:width]
        kept = [_continued(model, kept[k // model.symbols], k % model.symbols, bits.flat[k], step + 1 < length)
                for k in best.tolist()]  # fmt: skip
    return np.array(kept[0][1]), float(kept[0][0])


def _continued(model, text, symbol, bits, goes_on):
    _, ids, p, state = text
    return (bits, (*ids, symbol), *(model.step(symbol, state) if goes_on else (p, state)))


def read(model, ids):
    """Return the probabilities after a text and the state there: every id of it is read by `model.step`."""
    if not hasattr(model, "step") or not hasattr(model, "symbols"):
        raise TypeError(f"model is a {type(model).__name__}, it must have symbols and step, as a model of language")
    ids = validate.array("prompt", ids)
    validate.shape("prompt", ids, (None,), ("symbols",))
    validate.within("prompt", validate.whole_numbers("prompt", ids), 0, model.symbols - 1)
    state = None
    for symbol in ids.tolist():
        p, state = model.step(symbol, state)
    return p, state


def probabilities(name, p):
    """Return `p` as float64 `(symbols,)`; TypeError or ValueError unless it is not negative and sums to one."""
    p = validate.numbers(name, p).astype(float)
    validate.shape(name, p, (None,), ("symbols",))
    if not (p.min() >= 0 and abs(p.sum() - 1) < 1e-6):
        raise ValueError(f"{name} has the smallest value {p.min():g} and the sum {p.sum():g}, it must be probabilities")
    return p
