# SPDX-License-Identifier: Apache-2.0
"""Quantiles: some quantiles, without the assumption of a distribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Floats, Tensor
from keras_rnn.metrics import as_levels
from keras_rnn.models.heads.contract import as_answers
from keras_rnn.models.heads.distributions.base import (
    Distribution,
    DistributionLoss,
    ParameterLayer,
)


@dataclass(frozen=True)
class Quantiles(Distribution):
    """Quantiles that never cross, of no particular distribution.

        middle  = a₀
        above_k = middle + Σ_{j ≤ k} softplus(a_j)
        below_k = middle − Σ_{j ≤ k} softplus(b_j)

    The middle is the level nearest to 0.5.

    Args:
        levels: Increasing numbers between 0 and 1.
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.

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
        multi-horizon quantile recurrent forecaster", arXiv:1711.11053. There
        quantiles may cross; the softplus steps are added here.
    """

    levels: tuple[float, ...] = (0.05, 0.5, 0.95)
    horizon: int = 1
    num_targets: int = 1
    can_sample = False
    has_levels = True

    def __post_init__(self) -> None:
        # A frozen dataclass has no other way to set a field.
        levels = as_levels("levels", self.levels)
        object.__setattr__(self, "levels", levels)
        super().__post_init__()

    @property
    def loss(self) -> keras.losses.Loss:
        """The loss to compile with, a new `PinballLoss`."""
        return PinballLoss(self.levels)

    @property
    def num_parameters(self) -> int:
        """One number per level."""
        return len(self.levels)

    def parameter_layer(self) -> "NonCrossing":
        """A new layer that makes quantiles of `(..., levels)`."""
        distances = [abs(level - 0.5) for level in self.levels]
        return NonCrossing(
            middle=int(np.argmin(distances)), dtype="float32", name="quantiles"
        )

    def quantiles(self, prediction: Tensor, levels: Sequence[float]) -> Floats:
        """The quantiles of `levels`, float64; the head must have these."""
        places = [
            self.levels.index(validate.one_of("levels", level, self.levels))
            for level in as_levels("levels", levels)
        ]
        return as_answers(prediction)[..., places]

    def sample(
        self,
        prediction: Tensor,
        num_samples: int,
        seed: int | np.random.Generator | None = None,
    ) -> NoReturn:
        """Raises a TypeError: quantiles do not make a distribution."""
        raise TypeError(
            "Quantiles say nothing of what lies between them, so that there is "
            "no distribution to draw from. Use another head, e.g. Gaussian()."
        )


@keras.saving.register_keras_serializable(package="keras_rnn")
class NonCrossing(ParameterLayer):
    """Makes numbers increase: each lies a softplus step beyond the one before.

    The middle number stays as it is; the steps go up and down from it.

    Args:
        middle: Position of the middle number on the last axis.
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models.heads.distributions.quantiles import (
        ...     NonCrossing
        ... )
        >>> NonCrossing(middle=1)(np.zeros((1, 3))).numpy().round(2)
        array([[-0.69,  0.  ,  0.69]], dtype=float32)
    """

    def __init__(self, middle: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.middle = validate.integer("middle", middle, minimum=0)

    @property
    def point_index(self) -> int:
        return self.middle

    def call(self, x: Tensor) -> Tensor:
        k = self.middle
        middle, steps = x[..., k : k + 1], ops.softplus(x)
        parts = [middle]
        if k:
            below = ops.cumsum(ops.flip(steps[..., :k], axis=-1), axis=-1)
            parts.insert(0, middle - ops.flip(below, axis=-1))
        if k + 1 < x.shape[-1]:
            parts.append(middle + ops.cumsum(steps[..., k + 1 :], axis=-1))
        return ops.concatenate(parts, axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "middle": self.middle}


@keras.saving.register_keras_serializable(package="keras_rnn")
class PinballLoss(DistributionLoss):
    """Quantile loss, the measure `keras_rnn.metrics.pinball` as a loss.

        error = y − forecast[level]
        loss  = mean max(level · error, (level − 1) · error)

    Args:
        levels: Increasing numbers between 0 and 1, one per quantile.
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`.
        y_pred: `(batch, ..., levels)`.

    Raises:
        ValueError: If the levels are not increasing numbers between 0 and 1.

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

    def __init__(
        self, levels: Sequence[float], name: str = "pinball", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.levels = as_levels("levels", levels)

    @property
    def num_parameters(self) -> int:
        return len(self.levels)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        levels = ops.convert_to_tensor(self.levels, dtype=y_pred.dtype)
        error = ops.expand_dims(y_true, -1) - y_pred
        losses = ops.maximum(levels * error, (levels - 1) * error)
        return ops.mean(losses, axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "levels": list(self.levels)}
