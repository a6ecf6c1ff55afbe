# SPDX-License-Identifier: Apache-2.0
import inspect

import keras
import numpy as np
import pytest
from keras.src.backend import set_keras_mask

from keras_rnn.metrics import Masked
from keras_rnn.models import Binary, MultiClass, Stack, Tokens, many_to_many

ARGUMENTS = {
    "BinaryIoU": {},
    "IoU": {"num_classes": 2, "target_class_ids": [1]},
    "MeanIoU": {"num_classes": 2},
    "MeanMetricWrapper": {"fn": keras.losses.mean_squared_error},
    "MeanRelativeError": {"normalizer": [2.0]},
    "OneHotIoU": {"num_classes": 2, "target_class_ids": [1]},
    "OneHotMeanIoU": {"num_classes": 2},
    "PrecisionAtRecall": {"recall": 0.7},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}
NOT_OF_TWO_ARGUMENTS = ("Metric", "Mean", "Sum")
#: One number has no direction, and of one class all samples are.
NOT_OF_ONE_NUMBER = (
    "CategoricalCrossentropy",
    "ConcordanceCorrelation",
    "PearsonCorrelation",
    "SparseCategoricalCrossentropy",
)
METRICS = {
    name: kind
    for name, kind in vars(keras.metrics).items()
    if inspect.isclass(kind)
    and issubclass(kind, keras.metrics.Metric)
    and name not in NOT_OF_TWO_ARGUMENTS + NOT_OF_ONE_NUMBER
}
#: Those that the README names as counting padding.
COUNTING_PADDING = (
    "AUC", "FalsePositives", "MeanIoU", "Precision", "Recall",
    "RootMeanSquaredError", "TrueNegatives",
)  # fmt: skip

VALID = np.array([[True, True, True, False], [True, True, False, False]])
Y = np.array([[1, 0, 1, 0], [0, 1, 0, 1]], "float32")[..., None]
CHANCES = np.array([[0.9, 0.8, 0.3, 0.9], [0.2, 0.7, 0.1, 0.9]], "float32")


def of(name):
    return METRICS[name](**ARGUMENTS.get(name, {}))


def measured(metric, y, mask=None, **kwargs):
    y_pred = keras.ops.convert_to_tensor(CHANCES[..., None])
    if mask is not None:
        set_keras_mask(y_pred, keras.ops.convert_to_tensor(mask))
    metric.update_state(keras.ops.convert_to_tensor(y), y_pred, **kwargs)
    return np.asarray(metric.result())


def of_the_valid(name):
    """The metric of the steps that count, each a sample."""
    metric = of(name)
    metric.update_state(Y[VALID], CHANCES[..., None][VALID])
    return np.asarray(metric.result())


@pytest.mark.parametrize("name", METRICS)
def test_a_masked_metric_is_that_of_the_valid_steps(name):
    found = measured(Masked(of(name)), Y, VALID)
    np.testing.assert_allclose(found, of_the_valid(name), rtol=1e-5)


@pytest.mark.parametrize("name", METRICS)
def test_means_of_a_function_heed_the_mask_of_themselves(name):
    if not isinstance(of(name), keras.metrics.MeanMetricWrapper):
        pytest.skip("it is no mean of a function")
    # Keras weighs sequences by their valid steps, and all steps alike.
    found = measured(of(name), Y, VALID)
    np.testing.assert_allclose(found, of_the_valid(name), rtol=1e-5)


@pytest.mark.parametrize("name", COUNTING_PADDING)
def test_others_need_the_wrapper(name):
    found = measured(of(name), Y, VALID)
    assert not np.allclose(found, of_the_valid(name))


def test_weights_of_sequences_and_steps_are_those_of_their_steps():
    weights = np.array([[1, 2, 3, 9], [4, 5, 9, 9]], "float32")
    for given, of_steps in (
        (weights, weights),
        (weights[:, 0], np.repeat(weights[:, :1], 4, axis=1)),
    ):
        found = measured(
            Masked(keras.metrics.Recall()), Y, VALID, sample_weight=given
        )
        positive = of_steps * VALID * Y[..., 0]
        expected = (positive * (CHANCES > 0.5)).sum() / positive.sum()
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("squeezed", [False, True])
def test_without_a_mask_it_is_the_metric(squeezed):
    y = Y[..., 0] if squeezed else Y
    found = measured(Masked(keras.metrics.AUC()), y)
    np.testing.assert_allclose(found, measured(keras.metrics.AUC(), Y))


def test_ids_of_classes_are_samples_too():
    chances = np.eye(3, dtype="float32")[np.array([[0, 1, 2], [2, 2, 2]])]
    y_pred = keras.ops.convert_to_tensor(chances)
    set_keras_mask(y_pred, np.array([[True, True, False], [True, False, True]]))
    metric = Masked(keras.metrics.MeanIoU(3, sparse_y_pred=False))
    metric.update_state(np.array([[0, 2, 1], [2, 0, 2]]), y_pred)
    # class 0: 1 of 1, class 1: 0 of 1, class 2: 2 of 3
    np.testing.assert_allclose(metric.result(), (1 + 0 + 2 / 3) / 3, rtol=1e-6)


def test_it_forgets_when_it_is_reset():
    metric = Masked(keras.metrics.Recall())
    measured(metric, Y)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_it_is_saved_and_loaded_with_its_model(tmp_path):
    model = many_to_many(Stack("simple_rnn", 2), Tokens(4, 2), Binary())
    recall = Masked(keras.metrics.Recall(thresholds=0.3, name="found"))
    model.compile("sgd", "binary_crossentropy", metrics=[recall])
    ids, y = np.array([[1, 2, 0], [3, 0, 0]]), np.ones((2, 3))
    before = model.evaluate(ids, y, verbose=0, return_dict=True)
    assert set(before) == {"loss", "found"}
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    after = loaded.evaluate(ids, y, verbose=0, return_dict=True)
    assert after == pytest.approx(before)


def test_it_gets_the_mask_of_the_model_that_it_judges():
    model = many_to_many(Stack("simple_rnn", 2), Tokens(4, 2), Binary())
    of_all, of_valid = (
        keras.metrics.RootMeanSquaredError(name=name)
        for name in ("of_all", "of_valid")
    )
    metrics = ["accuracy", of_all, Masked(of_valid)]
    model.compile("sgd", "binary_crossentropy", metrics=metrics)
    ids = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    chances = np.asarray(model(ids))[..., 0]
    y = np.where(ids > 0, chances > 0.5, chances < 0.5) * 1.0
    errors = (y - chances) ** 2
    found = model.evaluate(ids, y, verbose=0, return_dict=True)
    assert found["accuracy"] == 1
    expected = np.sqrt(errors[ids > 0].mean())
    assert found["of_valid"] == pytest.approx(expected, rel=1e-5)
    assert found["of_all"] == pytest.approx(np.sqrt(errors.mean()), rel=1e-5)
    assert found["of_all"] > found["of_valid"]


def test_a_metric_that_does_not_fit_the_targets_is_named():
    model = many_to_many(Stack("simple_rnn", 2), Tokens(4, 2), MultiClass(3))
    metric = Masked(keras.metrics.MeanSquaredError())
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=[metric])
    with pytest.raises(ValueError, match=r"Masked\(MeanSquaredError\)"):
        model.evaluate(np.ones((2, 3), int), np.ones((2, 3)), verbose=0)


def test_something_else_than_a_metric_is_refused():
    with pytest.raises(TypeError, match="Use Masked"):
        Masked("recall")
