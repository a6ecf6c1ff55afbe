# SPDX-License-Identifier: Apache-2.0
from collections import Counter

import numpy as np
import pytest

from keras_rnn.data.order import in_batches


def epoch(dataset):
    return np.concatenate([batch.numpy() for batch in dataset]).tolist()


def test_every_order_is_equally_likely():
    dataset = in_batches(np.array([5, 7, 9]), 3, shuffle=True, seed=0)
    orders = Counter(tuple(b.numpy()) for b in dataset.repeat(600))
    # 100 each are expected, with a standard deviation of 9.
    assert len(orders) == 6
    assert min(orders.values()) > 60
    assert max(orders.values()) < 140


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 4, 10, 11])
def test_every_cutoff_comes_once(shuffle, batch_size):
    cutoffs = np.arange(10) * 3
    dataset = in_batches(cutoffs, batch_size, shuffle=shuffle)
    assert len(dataset) == len(list(dataset)) == -(-10 // batch_size)
    assert sorted(epoch(dataset)) == cutoffs.tolist()


def test_epochs_differ_and_seeds_repeat_them():
    cutoffs = np.arange(50)
    one, two = (in_batches(cutoffs, 8, shuffle=True, seed=3) for _ in range(2))
    epochs = [epoch(one) for _ in range(3)]
    assert len(set(map(tuple, epochs))) == 3
    assert [epoch(two) for _ in range(3)] == epochs
