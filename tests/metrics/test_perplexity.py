# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
from keras.src.backend import set_keras_mask

from keras_rnn.metrics import Perplexity

VOCABULARY = 6


def batch(size, time, seed):
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(size, time, VOCABULARY))
    return generator.integers(0, VOCABULARY, size=(size, time)), logits


def cross_entropy(targets, logits):
    """−log softmax(logits)[target], written out."""
    norm = np.log(np.exp(logits).sum(axis=-1))
    return norm - np.take_along_axis(logits, targets[..., None], -1)[..., 0]


def masked(logits, mask):
    y_pred = keras.ops.convert_to_tensor(logits, "float32")
    set_keras_mask(y_pred, keras.ops.convert_to_tensor(mask))
    return y_pred


def test_it_is_the_exponential_of_the_mean_over_all_tokens():
    metric = Perplexity()
    losses = []
    for size, time, seed in ((4, 3, 0), (1, 9, 1), (2, 2, 2)):
        targets, logits = batch(size, time, seed)
        metric.update_state(targets, logits)
        losses.append(cross_entropy(targets, logits).ravel())
    expected = np.exp(np.concatenate(losses).mean())
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)
    metric.reset_state()
    metric.update_state(targets, logits)
    np.testing.assert_allclose(
        metric.result(), np.exp(losses[-1].mean()), rtol=1e-5
    )


@pytest.mark.parametrize("shape", [(4,), (4, 1), (4, 3), (4, 3, 1)])
def test_weights_are_those_of_sequences_or_of_tokens(shape):
    targets, logits = batch(4, 3, 0)
    weights = np.random.default_rng(1).uniform(size=shape)
    metric = Perplexity()
    metric.update_state(targets, logits, sample_weight=weights)
    per_token = weights.reshape(4, -1) * np.ones((4, 3))
    expected = np.average(cross_entropy(targets, logits), weights=per_token)
    np.testing.assert_allclose(metric.result(), np.exp(expected), rtol=1e-5)


def test_masked_steps_and_ignored_targets_count_nothing():
    targets, logits = batch(4, 5, 0)
    mask = np.random.default_rng(1).uniform(size=(4, 5)) < 0.7
    counted = mask & (targets != 2)
    expected = cross_entropy(targets, logits)[counted].mean()
    logits[~mask] = np.inf
    metric = Perplexity(ignore_class=2)
    metric.update_state(targets, masked(logits, mask))
    np.testing.assert_allclose(metric.result(), np.exp(expected), rtol=1e-5)


def test_an_ignored_class_need_not_be_in_the_vocabulary():
    targets, logits = batch(2, 3, 0)
    metric = Perplexity(ignore_class=-1)
    metric.update_state(np.where(targets == 1, -1, targets), logits)
    expected = cross_entropy(targets, logits)[targets != 1].mean()
    np.testing.assert_allclose(metric.result(), np.exp(expected), rtol=1e-5)


def test_probabilities_and_one_token_a_sequence_are_accepted():
    targets, logits = batch(4, 1, 0)
    chances = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    metric = Perplexity(from_logits=False)
    metric.update_state(targets, chances[:, 0])
    expected = np.exp(cross_entropy(targets, logits).mean())
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


def test_a_model_that_knows_nothing_hesitates_between_all_tokens():
    metric = Perplexity()
    metric.update_state(np.zeros((2, 3)), np.zeros((2, 3, VOCABULARY)))
    np.testing.assert_allclose(metric.result(), VOCABULARY, rtol=1e-5)


def test_without_a_token_it_is_one():
    metric = Perplexity(ignore_class=0)
    metric.update_state(np.zeros((2, 3)), np.zeros((2, 3, VOCABULARY)))
    assert float(metric.result()) == 1.0


def test_its_config_is_complete():
    metric = Perplexity(from_logits=False, ignore_class=3, name="hesitation")
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(metric)
    )
    assert again.get_config() == metric.get_config()
    assert (again.from_logits, again.ignore_class) == (False, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"from_logits": 1}, "`from_logits` must be True or False"),
        ({"ignore_class": 0.5}, "`ignore_class` must be"),
    ],
)
def test_wrong_arguments_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Perplexity(**settings)


def test_fit_reports_the_perplexity_of_the_epoch_not_of_its_batches():
    model = keras.Sequential(
        [keras.Input((None,)), keras.layers.Embedding(9, 9, mask_zero=True)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, metrics=[Perplexity()])
    ids = np.array([[1, 2, 3], [4, 0, 0], [0, 0, 0]])
    targets = np.array([[2, 3, 4], [5, 8, 8], [8, 8, 8]])
    scores = [
        model.evaluate(ids, targets, batch_size=k, verbose=0, return_dict=True)
        for k in (1, 3)
    ]
    logits = np.asarray(model(ids), "float64")
    expected = np.exp(cross_entropy(targets, logits)[ids != 0].mean())
    for score in scores:
        np.testing.assert_allclose(score["perplexity"], expected, rtol=1e-5)
