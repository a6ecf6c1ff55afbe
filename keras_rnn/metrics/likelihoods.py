# SPDX-License-Identifier: Apache-2.0
"""Losses for models that forecast a distribution instead of a number.

In all of them the predictions have one axis more than the targets, the last
one: the quantiles, or the parameters of the distribution. The heads in
`keras_rnn.models` make such predictions and know their loss.
"""

import math

import keras
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn.metrics.axes import laid_along, spread
from keras_rnn.metrics.quantiles import as_levels


class DistributionLoss(keras.losses.Loss):
    """A loss of predictions with one axis more than the targets, the last.

    Targets and weights lie along the other axes, as `keras_rnn.metrics.axes`
    says: those of size 1 may be left out, nothing is broadcast.
    """

    #: How many numbers describe a distribution.
    numbers = 2

    def __call__(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = ops.convert_to_tensor(y_true), _with_mask(y_pred)
        shape, rank = tuple(y_pred.shape), len(y_pred.shape) - 1
        if rank < 1 or shape[-1] != self.numbers:
            raise ValueError(
                f"The last axis of the predictions must have {self.numbers} "
                f"numbers for the loss {self.name!r}. Received: predictions "
                f"of shape {shape}. Compile a model with the loss of its head."
            )
        targets = laid_along(y_true, y_pred, rank)
        if targets is None:
            raise ValueError(
                f"Targets must have the shape {shape[:-1]} of the predictions "
                "without their last axis; axes of size 1 may be left out. "
                f"Received: targets of shape {tuple(y_true.shape)} for "
                f"predictions of shape {shape}. Reshape the targets."
            )
        if sample_weight is not None:
            sample_weight = _spread(sample_weight, y_pred, rank)
        return super().__call__(targets, y_pred, sample_weight)


def _with_mask(y_pred):
    """A tensor; converting one to another would lose its mask."""
    if get_keras_mask(y_pred) is not None:
        return y_pred
    return ops.convert_to_tensor(y_pred)


def _spread(sample_weight, y_pred, rank):
    weights = ops.convert_to_tensor(sample_weight)
    if not weights.shape:
        return weights  # one for all
    fitting = spread(weights, y_pred, rank)
    if fitting is None:
        raise ValueError(
            "`sample_weight` must lie along the first axes of the targets, "
            f"{tuple(y_pred.shape[:-1])}: (batch,), (batch, horizon) or all. "
            f"Received: weights of shape {tuple(weights.shape)}. Give one "
            "weight per sequence, or one per step."
        )
    return fitting


@keras.saving.register_keras_serializable(package="keras_rnn")
class PinballLoss(DistributionLoss):
    """Quantile loss: what `pinball` measures, to train with.

        error = y − forecast[level]
        loss  = mean max(level · error, (level − 1) · error)

    Args:
        levels: Increasing numbers between 0 and 1, one a quantile.
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`.
        y_pred: `(batch, ..., levels)`.

    Raises:
        ValueError: If the levels are no increasing numbers between 0 and 1.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import PinballLoss
        >>> loss = PinballLoss(levels=(0.25, 0.75))
        >>> float(loss(np.array([10.0]), np.array([[8.0, 11.0]])))
        0.375

    Reference:
        R. Koenker and G. Bassett (1978), "Regression quantiles",
        Econometrica 46(1), 33-50.
    """

    def __init__(self, levels, name="pinball", **kwargs):
        super().__init__(name=name, **kwargs)
        self.levels = as_levels("levels", levels)

    @property
    def numbers(self):
        return len(self.levels)

    def call(self, y_true, y_pred):
        levels = ops.convert_to_tensor(self.levels, dtype=y_pred.dtype)
        error = ops.expand_dims(y_true, -1) - y_pred
        losses = ops.maximum(levels * error, (levels - 1) * error)
        return ops.mean(losses, axis=-1)

    def get_config(self):
        return {**super().get_config(), "levels": list(self.levels)}


@keras.saving.register_keras_serializable(package="keras_rnn")
class GaussianLikelihood(DistributionLoss):
    """Negative log-likelihood of normal distributions.

        −log p(y) = ½ ((y − mean) / scale)² + log scale + ½ log 2π

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`.
        y_pred: `(batch, ..., 2)`: mean, scale.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import GaussianLikelihood
        >>> loss = GaussianLikelihood()
        >>> round(float(loss(np.array([3.0]), np.array([[1.0, 2.0]]))), 3)
        2.112
    """

    def __init__(self, name="gaussian_likelihood", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        mean, scale = y_pred[..., 0], y_pred[..., 1]
        distance = ops.square((y_true - mean) / scale)
        return 0.5 * distance + ops.log(scale) + 0.5 * math.log(2 * math.pi)


@keras.saving.register_keras_serializable(package="keras_rnn")
class NegativeBinomialLikelihood(DistributionLoss):
    """Negative log-likelihood of counts with more spread than Poisson's.

    With mean μ, dispersion α and r = 1 / α:

        variance = μ + α μ²
        p(y)     = Γ(y + r) / (Γ(r) y!) · (r / (r + μ))^r · (μ / (r + μ))^y

    For α → 0 that is Poisson's distribution. The logarithms of the three Γ
    cancel each other almost; here they are put together by hand, from
    Stirling's series, so that float32 is enough for any counts and α.

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`, counts 0, 1, 2 ...
        y_pred: `(batch, ..., 2)`: mean, dispersion.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.metrics import NegativeBinomialLikelihood
        >>> loss = NegativeBinomialLikelihood()  # p(0) = (1 / (1 + 1))^1
        >>> round(float(loss(np.array([0.0]), np.array([[1.0, 1.0]]))), 3)
        0.693

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        The terms are arranged as in C. Loader (2000), "Fast and accurate
        computation of binomial probabilities".
    """

    def __init__(self, name="negative_binomial_likelihood", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        mean, r = y_pred[..., 0], 1 / y_pred[..., 1]
        y = y_true
        return (
            r * log_ratio(r, mean, y)
            + y * ops.log((y + 1) / (r + y) * ((r + mean) / mean))
            + 0.5 * (ops.log(y + 1) + ops.log1p(y / r))
            + 0.5 * math.log(2 * math.pi)
            - 1
            + stirling_error(y + 1)
            + stirling_error(r)
            - stirling_error(y + r)
        )


def log_ratio(r, mean, y):
    """log((r + mean) / (r + y)), exact also where both are nearly equal."""
    change = (mean - y) / (r + y)
    near = ops.log1p(ops.maximum(change, -0.5))
    return ops.where(change > -0.5, near, ops.log(r + mean) - ops.log(r + y))


def stirling_error(x):
    """Returns log Γ(x) less Stirling's formula, (x − ½) log x − x + ½ log 2π.

    The series for x + 5, brought back to x with Γ(x + 1) = x Γ(x).
    """
    shifts = 0.0
    for k in range(5):
        shifts = shifts + (x + k + 0.5) * ops.log1p(1 / (x + k)) - 1
    z = 1 / (x + 5)
    square = z * z
    return shifts + z * (1 / 12 - square * (1 / 360 - square / 1260))
