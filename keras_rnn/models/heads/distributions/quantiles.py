# SPDX-License-Identifier: Apache-2.0
"""Quantiles: no shape is assumed between them."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.metrics import as_levels
from keras_rnn.models.heads.contract import as_answers
from keras_rnn.models.heads.distributions.base import (
    Distribution,
    DistributionLoss,
    ParameterLayer,
)


@dataclass(frozen=True)
class Quantiles(Distribution):
    """Quantiles that never cross, without a choice of distribution.

        middle  = a₀
        above_k = middle + Σ_{j ≤ k} softplus(a_j)
        below_k = middle − Σ_{j ≤ k} softplus(b_j)

    The middle is the level nearest to 0.5.

    Args:
        levels: Increasing numbers between 0 and 1.
        horizon: Steps predicted.
        num_targets: Numbers a step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, levels)`.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> from keras_rnn.models import Sequences, Stack, many_to_one
        >>> head = Quantiles(levels=(0.1, 0.5, 0.9), horizon=12)
        >>> model = many_to_one(Stack("elman", units=4), Sequences(), head)
        >>> model.output_shape
        (None, 12, 1, 3)
        >>> model.compile("adam", head.loss)

    Reference:
        R. Wen, K. Torkkola, B. Narayanaswamy and D. Madeka (2017), "A
        multi-horizon quantile recurrent forecaster", arXiv:1711.11053, whose
        quantiles may cross; the steps are ours.
    """

    levels: tuple = (0.05, 0.5, 0.95)
    horizon: int = 1
    num_targets: int = 1
    draws = False
    has_levels = True

    def __post_init__(self):
        # A frozen dataclass sets its fields this way only.
        levels = as_levels("levels", self.levels)
        object.__setattr__(self, "levels", levels)
        super().__post_init__()

    @property
    def loss(self):
        """The loss to compile with, a new `PinballLoss`."""
        return PinballLoss(self.levels)

    @property
    def numbers(self):
        """One number a level."""
        return len(self.levels)

    def shaping(self):
        """A new layer that makes quantiles of `(..., levels)`."""
        distances = [abs(level - 0.5) for level in self.levels]
        return NonCrossing(
            middle=int(np.argmin(distances)), dtype="float32", name="quantiles"
        )

    def quantiles(self, prediction, levels):
        """Those of `levels`, which the head must have, float64."""
        places = [
            self.levels.index(validate.one_of("levels", level, self.levels))
            for level in as_levels("levels", levels)
        ]
        return as_answers(prediction)[..., places]

    def sample(self, prediction, num_samples, seed=None):
        """Raises a TypeError: there is no shape between the quantiles."""
        raise TypeError(
            "Quantiles say nothing of what lies between them, so that there is "
            "no distribution to draw from. Use another head, e.g. Gaussian()."
        )


@keras.saving.register_keras_serializable(package="keras_rnn")
class NonCrossing(ParameterLayer):
    """Increasing numbers: one as it is, the others softplus steps from it.

    Args:
        middle: Position of the one on the last axis.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.heads.distributions.quantiles import (
        ...     NonCrossing
        ... )
        >>> NonCrossing(middle=1)(np.zeros((1, 3))).numpy().round(2)
        array([[-0.69,  0.  ,  0.69]], dtype=float32)
    """

    def __init__(self, middle, **kwargs):
        super().__init__(**kwargs)
        self.middle = validate.integer("middle", middle, minimum=0)

    @property
    def point(self):
        return self.middle

    def call(self, x):
        k = self.middle
        middle, steps = x[..., k : k + 1], ops.softplus(x)
        parts = [middle]
        if k:
            below = ops.cumsum(ops.flip(steps[..., :k], axis=-1), axis=-1)
            parts.insert(0, middle - ops.flip(below, axis=-1))
        if k + 1 < x.shape[-1]:
            parts.append(middle + ops.cumsum(steps[..., k + 1 :], axis=-1))
        return ops.concatenate(parts, axis=-1)

    def get_config(self):
        return {**super().get_config(), "middle": self.middle}


@keras.saving.register_keras_serializable(package="keras_rnn")
class PinballLoss(DistributionLoss):
    """Quantile loss: what `keras_rnn.metrics.pinball` measures, to train with.

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
        >>> from keras_rnn.models import PinballLoss
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
