# SPDX-License-Identifier: Apache-2.0
import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import gammaln
from scipy.stats import nbinom, norm

from keras_rnn import metrics
from keras_rnn.metrics import pinball
from keras_rnn.models import (
    GaussianLikelihood,
    NegativeBinomialLikelihood,
    PinballLoss,
)
from keras_rnn.models.heads.distributions.log_gamma import stirling_error

LOSSES = [
    PinballLoss(levels=(0.1, 0.5)),
    GaussianLikelihood(),
    NegativeBinomialLikelihood(),
]
rng = np.random.default_rng(0)


def losses_of(loss, y_true, y_pred):
    """One number a target, computed in float32."""
    values = loss.call(
        ops.convert_to_tensor(y_true, "float32"),
        ops.convert_to_tensor(y_pred, "float32"),
    )
    return ops.convert_to_numpy(values).astype("float64")


def test_the_pinball_loss_is_the_pinball_metric():
    levels = (0.05, 0.5, 0.8)
    y_true, y_pred = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 2, 3))
    loss = PinballLoss(levels)(y_true, y_pred)
    expected = pinball(y_true, y_pred, levels=levels)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_the_gaussian_likelihood_is_that_of_scipy():
    y_true, mean = rng.normal(size=(2, 9))
    scale = np.exp(rng.normal(size=9))
    found = losses_of(
        GaussianLikelihood(), y_true, np.stack([mean, scale], axis=-1)
    )
    expected = -norm.logpdf(y_true, mean, scale)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dispersion", [1e-6, 1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("mean", [1e-3, 0.5, 7.0, 1e4])
def test_the_likelihood_of_counts_is_that_of_scipy(mean, dispersion):
    counts = np.array([0, 1, 2, 10, 100, 10_000])
    y_pred = np.broadcast_to([mean, dispersion], (6, 2))
    # The oracle sees the parameters that float32 can hold.
    mean, dispersion = np.float32([mean, dispersion]).astype("float64")
    r = 1 / dispersion
    expected = -nbinom.logpmf(counts, r, 1 / (1 + mean / r))
    found = losses_of(NegativeBinomialLikelihood(), counts, y_pred)
    # A count multiplies one logarithm, rounded to about 1e-7.
    error = np.abs(found - expected)
    assert (error <= 2e-4 + 2e-5 * expected + 1e-7 * counts).all()


def test_gradients_are_finite_at_the_ends_of_float32():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("differentiates with a tape")
    y_true = tf.constant([0.0, 0.0, 1e5, 1e5])
    y_pred = tf.constant([[1e-6, 1e-6], [1e5, 1e3], [1e-6, 1e3], [1e5, 1e-6]])
    for loss in (GaussianLikelihood(), NegativeBinomialLikelihood()):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            value = loss(y_true, y_pred)
        assert np.isfinite(value)
        assert np.isfinite(tape.gradient(value, y_pred)).all()


def test_the_error_of_stirlings_formula_closes_it():
    x = np.float32([1e-3, 0.1, 1, 2.5, 30, 1e6]).astype("float64")
    formula = (x - 0.5) * np.log(x) - x + 0.5 * np.log(2 * np.pi)
    error = ops.convert_to_numpy(stirling_error(ops.cast(x, "float32")))
    np.testing.assert_allclose(error, gammaln(x) - formula, atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_loss_survives_saving(loss):
    config = keras.losses.serialize(loss)
    loaded = keras.losses.deserialize(config)
    assert type(loaded) is type(loss)
    assert loaded.get_config() == loss.get_config()


def test_wrong_levels_are_refused():
    with pytest.raises(ValueError, match="`levels` must be increasing"):
        PinballLoss(levels=(0.5, 0.1))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_targets_and_weights_lie_along_the_axes_of_the_predictions(loss):
    y = rng.integers(0, 9, (4, 1, 4)).astype("float32")
    y_pred = rng.uniform(1, 2, (4, 1, 4, 2)).astype("float32")
    of_each = losses_of(loss, y, y_pred)
    np.testing.assert_allclose(loss(y[:, 0], y_pred), of_each.mean(), rtol=1e-5)
    weights = np.array([1.0, 2.0, 3.0, 5.0])
    expected = (of_each * weights[:, None, None]).mean()
    found = loss(y, y_pred, sample_weight=weights)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    for shape in ((4,), (4, 1), (4, 4, 1), (4, 1, 4, 1)):
        with pytest.raises(ValueError, match="Targets must have the shape"):
            loss(np.ones(shape, "float32"), y_pred)
    with pytest.raises(ValueError, match="`sample_weight` must lie"):
        loss(y, y_pred, sample_weight=np.ones((4, 4)))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_predictions_of_something_else_are_refused(loss):
    with pytest.raises(ValueError, match="must have 2 numbers"):
        loss(np.ones(4), np.ones((4, 3)))


@pytest.mark.parametrize("name", metrics.MOVED)
def test_a_loss_is_still_found_where_version_0_1_had_it(name):
    with pytest.warns(DeprecationWarning, match=f"now keras_rnn.models.{name}"):
        found = getattr(metrics, name)
    assert found.__name__ == name
    written = {
        "module": "keras_rnn.metrics.likelihoods",
        "class_name": name,
        "config": {"name": "x", "levels": [0.5]}
        if name == "PinballLoss"
        else {"name": "x"},
        "registered_name": f"keras_rnn>{name}",
    }
    assert type(keras.losses.deserialize(written)) is found
