"""Parts of a batch against the batch: nothing twice, nothing left out; orders against each other."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.distributed import order, shard


@given(
    n=st.integers(0, 40),
    shares=st.lists(st.floats(0.01, 100), min_size=1, max_size=9),
    equal=st.booleans(),
)
def test_parts_do_not_overlap_and_are_the_whole_batch(n, shares, equal):
    batch, workers = torch.arange(n) * 3 + 5, len(shares)
    parts = [shard(batch, rank, workers, None if equal else shares) for rank in range(workers)]
    assert torch.cat(parts).tolist() == batch.tolist()
    wanted = n / workers if equal else n * np.array(shares) / sum(shares)
    assert np.all(np.abs(np.array([len(part) for part in parts]) - wanted) <= 1)


def test_shares_are_sizes_where_they_can_be():
    assert [len(shard(torch.arange(32), rank, 2, (24, 8))) for rank in range(2)] == [24, 8]
    assert [len(shard(torch.arange(2), rank, 3)) for rank in range(3)] == [1, 0, 1]


def test_an_epochs_order_is_a_permutation_of_its_own():
    orders = [order(41, seed, epoch).tolist() for seed in (0, 1) for epoch in (1, 2)]
    assert all(sorted(found) == list(range(41)) for found in orders)
    assert len(set(map(tuple, orders))) == 4
    assert orders[3] == order(41, 1, 2).tolist()


def test_the_order_shifts_with_the_seeds_of_the_course(monkeypatch):
    unshifted = order(17, 5, 3)
    monkeypatch.setenv("RNN_COURSE_SEED_SHIFT", "3")
    assert torch.equal(order(17, 2, 3), unshifted)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"rank": 3}, "rank is 3, it must be at most 2"),
        ({"rank": -1}, "rank is -1, it must be at least 0"),
        ({"workers": 0}, "workers is 0, it must be at least 1"),
        ({"shares": (1, 2)}, "shares has 2 numbers, there are 3 workers"),
        ({"shares": (1, 2, 0)}, "shares is 0, it must be positive and finite"),
    ],
)
def test_what_is_no_part_is_refused(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        shard(**{"batch": torch.arange(7), "rank": 1, "workers": 3} | options)
