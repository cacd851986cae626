"""Which examples each worker takes of each batch: no two the same, and all of them together the batch.

The order of an epoch depends on the seed and the epoch alone. So it is the same for every number of workers, and a
worker that comes back after a failure knows it without being told.
"""

import numpy as np
import torch

from rnn_course import validate
from rnn_course.seeds import shifted


def order(n, seed, epoch):
    """Return the order in which an epoch reads n examples, a tensor `(n,)` of their numbers.

    Every worker draws the same, from the seed and the epoch and nothing else. Raises TypeError or ValueError for
    arguments that are no whole numbers, n and epoch from 1, seed from 0.

    >>> order(7, seed=0, epoch=1).tolist()
    [1, 3, 6, 0, 4, 2, 5]
    """
    n, epoch = validate.positive_int("n", n), validate.positive_int("epoch", epoch)
    seed = validate.torch_seed("seed", seed)
    return torch.from_numpy(np.random.default_rng([shifted(seed), epoch]).permutation(n))


def shard(batch, rank, workers, shares=None):
    """Return the part of a batch that worker `rank` takes, a run of it without gaps; it may be empty.

    With shares w_0 … w_{W−1} and W_r = w_0 + … + w_{r−1}, worker r takes from round(n·W_r/W_W) to round(n·W_{r+1}/W_W):
    the parts lie next to each other, do not overlap, and are the whole batch.

    Arguments
        batch      (n,) tensor or array
        rank       which worker, 0 to workers − 1
        workers    how many there are
        shares     None for equal parts, or a positive number for each worker: (3, 1) gives the first three quarters,
                   where one machine is three times as fast as the other

    Raises TypeError or ValueError for another rank, or shares that are not so many positive numbers.

    >>> [shard(np.arange(7), rank, 3).tolist() for rank in range(3)]
    [[0, 1], [2, 3, 4], [5, 6]]
    """
    workers = validate.positive_int("workers", workers)
    rank = validate.positive_int("rank", rank, least=0, most=workers - 1)
    batch = batch if isinstance(batch, torch.Tensor) else validate.array("batch", batch)
    if batch.ndim != 1:
        raise ValueError(f"batch has shape {tuple(batch.shape)}, wanted (n,)")
    bounds = np.cumsum([0, *check_shares(shares, workers)], dtype=float)
    start, end = (int(bound) for bound in np.round(len(batch) * bounds[rank : rank + 2] / bounds[-1]))
    return batch[start:end]


def check_shares(shares, workers):
    """Return the shares as numbers, ones where `shares` is None; ValueError unless each worker has a positive one."""
    if shares is None:
        return [1] * workers
    shares = [validate.positive("an entry of shares", share) for share in validate.listed("shares", shares)]
    if len(shares) != workers:
        raise ValueError(f"shares has {len(shares)} numbers, there are {workers} workers")
    return shares
