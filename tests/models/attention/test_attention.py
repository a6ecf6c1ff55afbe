# SPDX-License-Identifier: Apache-2.0
"""Attention against the equations of Luong et al. in NumPy."""

import keras
import numpy as np
import pytest

from keras_rnn.models import ATTENTIONS, Attention
from keras_rnn.models.attention import additive
from tests.backend import BACKEND, derivatives, fused_only
from tests.rows import randomized

BATCH, TIME, STEPS, WIDTH, UNITS = 3, 12, 5, 4, 6

every_score = pytest.mark.parametrize("score", ATTENTIONS)


def inputs():
    generator = np.random.default_rng(0)
    h = generator.normal(size=(BATCH, TIME, WIDTH)).astype("float32")
    source = generator.normal(size=(BATCH, STEPS, 2)).astype("float32")
    mask = np.arange(STEPS) < np.array([[5], [3], [1]])
    return h, source, mask


def built(score):
    layer = Attention(score, UNITS)
    layer.build((None, None, WIDTH), (None, None, 2))
    return randomized(layer)


def scores_of(score, layer, queries, keys):
    if score == "dot":
        return np.einsum("btu,bsu->bts", queries, keys)
    v = np.array(layer.score_layer.v)
    both = np.tanh(queries[:, :, None] + keys[:, None])
    return both @ v


def by_equations(score, layer, h, source, mask):
    queries = h @ np.array(layer.query_layer.kernel)
    keys = source @ np.array(layer.key_layer.kernel)
    scores = scores_of(score, layer, queries, keys)
    powers = np.exp(scores) * mask[:, None]
    weights = powers / powers.sum(axis=-1, keepdims=True)
    seen = weights @ source
    both = np.concatenate([h, seen], axis=-1)
    return np.tanh(both @ np.array(layer.joining_layer.kernel)), weights


@every_score
def test_it_is_what_the_equations_say(score):
    layer, (h, source, mask) = built(score), inputs()
    actual = layer(h, source, source_mask=mask)
    expected = by_equations(score, layer, h, source, mask)
    for value, other in zip(actual, expected, strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-5, atol=1e-6)


@every_score
def test_masked_steps_of_the_source_count_nothing(score):
    layer, (h, source, mask) = built(score), inputs()
    changed = np.where(mask[..., None], source, 100)
    for value, other in zip(
        layer(h, source, source_mask=mask),
        layer(h, changed, source_mask=mask),
        strict=True,
    ):
        np.testing.assert_array_equal(value, other)


@every_score
def test_few_queries_are_scored_as_many(score):
    layer, (h, source, mask) = built(score), inputs()
    whole, _ = layer(h, source, source_mask=mask)
    for step in range(TIME):
        one, _ = layer(h[:, step : step + 1], source, source_mask=mask)
        np.testing.assert_allclose(
            one[:, 0], whole[:, step], rtol=1e-5, atol=1e-6
        )


class Scored(keras.layers.Layer):
    """One score as a layer of queries, for `derivatives`."""

    def __init__(self, keys):
        super().__init__()
        self.score = additive.AdditiveScore()
        self.score.build(None, keys.shape)
        self.keys = self.add_weight(name="keys", shape=keys.shape)
        self.keys.assign(keys)
        randomized(self.score)
        self.built = True

    def call(self, queries, mask=None):
        return self.score(queries, 1.0 * self.keys)


@fused_only
def test_the_gradient_of_the_additive_score_is_that_of_autodiff(monkeypatch):
    generator = np.random.default_rng(1)
    queries = generator.normal(size=(BATCH, TIME, UNITS)).astype("float32")
    layer = Scored(generator.normal(size=(BATCH, STEPS, UNITS)))
    actual = derivatives(layer, queries)
    monkeypatch.setattr(additive, "AT_ONCE", TIME)
    expected = derivatives(layer, queries)
    assert set(actual.gradients) == {"sequences", "keys", "v"}
    for name, value in actual.gradients.items():
        np.testing.assert_allclose(
            value, expected.gradients[name], rtol=1e-4, atol=2e-5, err_msg=name
        )


@pytest.mark.skipif(BACKEND != "tensorflow", reason="asks its profiler")
def test_additive_scores_take_the_memory_of_one_query():
    """By what the compiled training step allocates at most."""
    import tensorflow as tf

    queries, steps, width = 64, 32, 16
    score = additive.AdditiveScore()
    score.build(None, (None, None, width))

    @tf.function(jit_compile=True)
    def gradients(q, k):
        with tf.GradientTape() as tape:
            tape.watch([q, k])
            total = tf.reduce_sum(tf.square(score(q, k)))
        return tape.gradient(total, [q, k])

    q, k = tf.ones((2, queries, width)), tf.ones((2, steps, width))
    compiled = gradients.experimental_get_compiler_ir(q, k)(
        stage="optimized_hlo"
    )
    whole = f"[2,{queries},{steps},{width}]"
    assert f"[2,{steps},{width}]" in compiled
    assert whole not in compiled
    assert f"[{queries},2,{steps},{width}]" not in compiled


def test_an_unknown_score_is_refused():
    with pytest.raises(ValueError, match="must be one of 'additive', 'dot'"):
        Attention("best", 4)
