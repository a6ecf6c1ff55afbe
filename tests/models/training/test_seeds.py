# SPDX-License-Identifier: Apache-2.0
"""What is made in a block depends on its seed, and moves nothing of others."""

import random
import threading

import keras
import numpy as np
import pytest

from keras_rnn.layers import LAYERS, register
from keras_rnn.models import (
    MultiClass,
    NextToken,
    Regression,
    Sequences,
    Stack,
    Tokens,
    many_to_many,
    many_to_one,
    seeded,
    seq2seq,
    sequence_autoencoder,
    stateful_forecaster,
)
from tests.rows import few_keys

NUMBERS, TOKENS = Sequences(2, length=3), Tokens(5, embedding_units=2)
FACTORIES = {
    "many_to_one": lambda stack: many_to_one(stack, NUMBERS, Regression()),
    "attention": lambda stack: many_to_one(
        stack, TOKENS, MultiClass(3), pooling="attention"
    ),
    "many_to_many": lambda stack: many_to_many(stack, TOKENS, NextToken(5)),
    "seq2seq": lambda stack: seq2seq(stack, NUMBERS, Regression(2)),
    "autoencoder": lambda stack: (
        sequence_autoencoder(stack, NUMBERS, 2, conditional=True).autoencoder
    ),
    "stateful": lambda stack: stateful_forecaster(
        stack, Sequences(2), Regression(), batch_size=2
    ),
}


def states():
    """Of all generators that a program shares."""
    return random.getstate(), str(np.random.get_state())  # noqa: NPY002


def weights(factory, stack, seed):
    """Weights, and the states of the dropout, of a model made in a block."""
    with seeded(seed):
        model = FACTORIES[factory](stack)
    return [np.array(v) for v in model.variables]


def equal(one, other):
    return all(map(np.array_equal, one, other))


def check(factory, stack):
    before = states()
    first = weights(factory, stack, 7)
    keras.layers.Dense(1, kernel_initializer="zeros")  # moves Keras's names
    assert equal(first, weights(factory, stack, 7))
    assert states() == before
    other = weights(factory, stack, 8)
    for one, two in zip(first, other, strict=True):
        # What is drawn differs; constants (biases, scales) do not.
        assert np.array_equal(one, two) == (np.ptp(one) == 0 or constant(one))


def constant(values):
    """Whether these are biases, 1 for a forget gate and else 0."""
    return set(np.unique(values)) <= {0.0, 1.0}


@few_keys
def test_every_key_gets_its_weights_from_the_seed(key):
    check("many_to_one", Stack(key, units=2, recurrent_dropout=0.5))


@pytest.mark.parametrize("factory", FACTORIES)
def test_every_factory_passes_the_seed_on(factory):
    stack = Stack("gru", units=[2, 2], dropout=0.1, recurrent_dropout=0.1)
    check(factory, stack)


@pytest.mark.slow
@pytest.mark.parametrize("key", LAYERS)
@pytest.mark.parametrize("factory", FACTORIES)
def test_every_factory_passes_the_seed_on_to_every_key(factory, key):
    check(factory, Stack(key, units=2, dropout=0.1))


def test_both_directions_have_weights_and_dropout_of_their_own():
    stack = Stack("elman", units=2, bidirectional=True, recurrent_dropout=0.5)
    check("many_to_one", stack)
    with seeded(0):
        model = FACTORIES["many_to_one"](stack)
    both = model.layers[1]
    for name in ("kernel", "recurrent_kernel"):
        one, two = (
            np.array(getattr(layer.cell, name))
            for layer in (both.forward_layer, both.backward_layer)
        )
        assert not np.allclose(one, two)
    masks = [
        np.array(layer.cell.seed_generator.state)
        for layer in (both.forward_layer, both.backward_layer)
    ]
    assert not np.array_equal(*masks)


class Plain(keras.layers.Layer):
    """A cell as Keras's own example writes it: nothing of it has a seed."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units

    def build(self, input_shape):
        shape = (input_shape[-1], self.units)
        self.kernel = self.add_weight(shape=shape, initializer="uniform")
        self.recurrent = self.add_weight(shape=(self.units, self.units))

    def call(self, inputs, states):
        h = inputs @ self.kernel + states[0] @ self.recurrent
        return h, [h]


class PlainRNN(keras.layers.RNN):
    def __init__(self, units, recurrent_dropout=0.0, **kwargs):
        super().__init__(Plain(units), **kwargs)


def test_a_registered_layer_needs_no_argument_for_its_seeds():
    register("plain", PlainRNN)
    try:
        check("many_to_one", Stack("plain", units=[2, 2]))
    finally:
        del LAYERS["plain"]


def test_layers_share_no_initializer_of_the_options():
    options = {"kernel_initializer": keras.initializers.HeNormal()}
    stack = Stack("lstm", units=[2, 2], options=options)
    first = weights("many_to_one", stack, 0)
    options["kernel_initializer"] = keras.initializers.HeNormal()
    assert equal(first, weights("many_to_one", stack, 0))
    own = [w for w in first if w.shape == (2, 8)]
    assert len(own) == 4  # two kernels, two recurrent kernels
    assert not np.array_equal(own[0], own[2])


def test_settings_alone_draw_nothing():
    before = states()
    Stack("lstm", units=[2, 2], recurrent_dropout=0.5)
    assert states() == before


def test_threads_have_blocks_of_their_own():
    stack = Stack("elman", units=2)
    alone = [weights("many_to_one", stack, seed) for seed in range(4)]
    found, meet = {}, threading.Barrier(4)

    def make(seed):
        meet.wait()
        found[seed] = weights("many_to_one", stack, seed)

    threads = [threading.Thread(target=make, args=[seed]) for seed in range(4)]
    with seeded(0):  # it is not theirs
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(equal(found[seed], alone[seed]) for seed in range(4))


def test_a_block_ends_with_its_error():
    def drawn():
        keras.utils.set_random_seed(3)
        return keras.initializers.GlorotUniform().seed

    before = drawn()
    with pytest.raises(ZeroDivisionError), seeded(1):
        raise ZeroDivisionError
    assert drawn() == before


def test_a_block_within_a_block_does_not_move_the_outer_one():
    def drawn(inner):
        with seeded(0):
            if inner:
                with seeded(5):
                    keras.layers.Dropout(0.5)
            return keras.initializers.GlorotUniform().seed

    assert drawn(inner=True) == drawn(inner=False)


def test_a_seed_is_a_number():
    with pytest.raises(ValueError, match="`seed` must be"), seeded(-1):
        pass
