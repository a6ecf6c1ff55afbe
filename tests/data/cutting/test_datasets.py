# SPDX-License-Identifier: Apache-2.0
from collections import Counter

import numpy as np
import pytest
import tensorflow as tf

from keras_rnn.data.cutting.datasets import epochs, in_batches


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
    three = [epoch(one) for _ in range(3)]
    assert len(set(map(tuple, three))) == 3
    assert [epoch(two) for _ in range(3)] == three


def rows(cutoffs, batch_size, start, count, seed=3):
    batches = epochs(cutoffs, batch_size, seed=seed, start=start)
    return [batch.numpy().tolist() for batch in batches.take(count)]


@pytest.mark.parametrize("batch_size", [1, 3, 7, 8])
@pytest.mark.parametrize("start", [0, 1, 2, 3, 5, 11])
def test_a_batch_is_the_same_wherever_reading_starts(batch_size, start):
    cutoffs = np.arange(7)
    whole = rows(cutoffs, batch_size, 0, 16)
    assert rows(cutoffs, batch_size, start, 16 - start) == whole[start:]
    per_epoch = -(-7 // batch_size)
    first, second = (
        np.concatenate(whole[k * per_epoch : (k + 1) * per_epoch])
        for k in range(2)
    )
    assert sorted(first) == sorted(second) == cutoffs.tolist()


def test_an_order_is_drawn_by_numpy_from_seed_and_epoch():
    expected = np.random.default_rng((3, 1)).permutation(np.arange(5) * 10)
    assert rows(np.arange(5) * 10, 5, 1, 1) == [expected.tolist()]


def test_a_seed_means_the_same_whatever_tensorflow_was_told():
    cutoffs, found = np.arange(20), []
    for seed in (0, 1):
        tf.random.set_seed(seed)
        found.append(epoch(in_batches(cutoffs, 8, shuffle=True, seed=3)))
    assert found[0] == found[1]


def test_without_a_seed_tensorflow_is_asked():
    cutoffs, found = np.arange(20), []
    for seed in (0, 0, 1):
        tf.random.set_seed(seed)
        found.append(epoch(in_batches(cutoffs, 8, shuffle=True)))
    assert found[0] == found[1] != found[2]
