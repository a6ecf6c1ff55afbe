# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
from keras.src.backend import set_keras_mask

from keras_rnn.metrics import MaskedAUC


@pytest.fixture
def answers():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, size=(6, 4, 1))
    chances = generator.uniform(size=(6, 4, 1)).astype("float32")
    return labels, chances


def of_keras(labels, chances, **arguments):
    metric = keras.metrics.AUC()
    metric.update_state(labels, chances, **arguments)
    return float(metric.result())


def test_without_a_mask_it_is_that_of_keras(answers):
    metric = MaskedAUC()
    metric.update_state(*answers)
    expected = of_keras(*(a.ravel() for a in answers))
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_masked_steps_count_nothing(answers):
    labels, chances = answers
    mask = np.random.default_rng(1).uniform(size=(6, 4)) < 0.5
    y_pred = keras.ops.convert_to_tensor(chances)
    set_keras_mask(y_pred, keras.ops.convert_to_tensor(mask))
    metric = MaskedAUC()
    metric.update_state(labels, y_pred)
    expected = of_keras(labels[mask][:, 0], chances[mask][:, 0])
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


@pytest.mark.parametrize("shape", [(6,), (6, 1), (6, 4), (6, 4, 1)])
def test_weights_are_those_of_sequences_or_of_steps(answers, shape):
    weights = np.random.default_rng(1).uniform(size=shape)
    metric = MaskedAUC()
    metric.update_state(*answers, sample_weight=weights)
    per_step = weights.reshape(6, -1) * np.ones((6, 4))
    expected = of_keras(
        *(a.ravel() for a in answers), sample_weight=per_step.ravel()
    )
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


def test_answers_once_a_sequence_are_accepted(answers):
    labels, chances = (a[:, 0] for a in answers)
    metric = MaskedAUC()
    metric.update_state(labels, chances)
    expected = of_keras(labels[:, 0], chances[:, 0])
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-6)


def test_its_config_is_complete():
    metric = MaskedAUC(curve="PR", num_thresholds=50, name="pr")
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(metric)
    )
    assert again.get_config() == metric.get_config()
    assert again.num_thresholds == 50


def test_several_labels_at_once_are_refused():
    with pytest.raises(ValueError, match="`multi_label` must be False"):
        MaskedAUC(multi_label=True)
