"""Mechanisms that take values away: each returns a boolean array of x's shape, True where a value is taken.

All work on `(time, feature)` or `(batch, time, feature)`, take only what is there (a NaN is never taken) and draw from
a seeded generator. At random, MAR and MNAR take exactly round(rate × observed values).
"""

import numpy as np

from rnn_course import seeds, validate
from rnn_course.missing.base import checked_mask, gappy
from rnn_course.moments import standardised


def take(x, removed):
    """A copy of x with NaN where `removed` is True."""
    x = gappy("x", x)
    removed = checked_mask("removed", removed, x)
    return np.where(removed, np.array(np.nan, x.dtype), x)


def _channel(name, channel, x):
    channel = validate.positive_int(name, channel, least=0)
    if channel >= x.shape[-1]:
        raise ValueError(f"{name} is {channel}, x has {x.shape[-1]} channels (0 to {x.shape[-1] - 1})")
    return channel


def _weighted(x, allowed, logits, rate, rng):
    """Take exactly round(rate × allowed) values, with odds that grow as exp(logits) (Gumbel's top-k)."""
    keys = np.where(allowed, logits + rng.gumbel(size=x.shape), -np.inf).ravel()
    chosen = np.argsort(-keys, kind="stable")[: round(rate * int(allowed.sum()))]
    removed = np.zeros(x.size, bool)
    removed[chosen] = True
    return removed.reshape(x.shape)


def mcar(x, rate, seed=0):
    """Completely at random: every observed value is as likely to go as any other.

    rate   share of the observed values, in [0, 1)
    """
    x, rate = gappy("x", x), validate.share("rate", rate)
    return _weighted(x, ~np.isnan(x), 0.0, rate, seeds.generator("seed", seed))


def mar(x, rate, given, strength=2.0, seed=0):
    """At random given another channel: the log odds grow by `strength` per standard deviation of channel `given`.

    Channel `given` itself is kept whole, and where it is NaN the odds are those of its mean.
    """
    x, rate = gappy("x", x), validate.share("rate", rate)
    given, strength = _channel("given", given, x), validate.positive("strength", strength)
    if x.shape[-1] == 1:
        raise ValueError("x has one channel, mar needs another one from which values are taken")
    allowed = ~np.isnan(x)
    allowed[..., given] = False
    logits = strength * np.nan_to_num(standardised(x)[..., given : given + 1])
    return _weighted(x, allowed, logits, rate, seeds.generator("seed", seed))


def mnar(x, rate, strength=2.0, seed=0):
    """Because of the value itself: the log odds grow by `strength` per standard deviation of the value."""
    x, rate = gappy("x", x), validate.share("rate", rate)
    logits = validate.positive("strength", strength) * np.nan_to_num(standardised(x))
    return _weighted(x, ~np.isnan(x), logits, rate, seeds.generator("seed", seed))


def blocks(x, rate, length, seed=0):
    """In blocks of `length` steps, channel by channel: a block starts at an hour with odds that give `rate` on average.

    When no block is on, one starts with probability rate / length / (1 − rate); the expected share is `rate`.
    """
    return outages(x, rate, length, [[k] for k in range(gappy("x", x).shape[-1])], seed)


def outages(x, rate, length, groups, seed=0):
    """Whole stations for `length` steps: each group of channels, such as `[[0, 1, 2, 3], [4, 5, 6, 7]]`, fails at once.

    When a group is on, it fails with probability rate / length / (1 − rate) a step; the expected share is about `rate`.
    Between two failures lies at least one step, so that `length` steps can take at most length / (length + 1).
    """
    x, rate = gappy("x", x), validate.share("rate", rate)
    length, rng = validate.positive_int("length", length), seeds.generator("seed", seed)
    start = rate / length / (1 - rate)
    if start > 1:
        most = length / (length + 1)
        raise ValueError(f"rate is {rate}, failures of {length} steps can take at most {most:.3g}: take longer ones")
    groups = _groups(groups, x)
    removed = np.zeros(x.shape, bool)
    cube = removed.reshape(-1, *x.shape[-2:])
    for window in cube:
        for members in groups:
            left = 0
            for t, chance in enumerate(rng.random(len(window))):
                left = left - 1 if left else length * (chance < start)
                if left:
                    window[t, members] = True
    return removed & ~np.isnan(x)


def _groups(groups, x):
    try:
        groups = [list(group) for group in groups]
    except TypeError:
        raise TypeError(f"groups is {groups!r}, it must be lists of channels, such as [[0, 1], [2]]") from None
    return [[_channel("an entry of groups", k, x) for k in group] for group in groups]
