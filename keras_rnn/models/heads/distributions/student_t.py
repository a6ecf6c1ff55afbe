# SPDX-License-Identifier: Apache-2.0
"""StudentT: distributions like the normal one, with heavier tails."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from keras_rnn._types import Array, Floats, Tensor
from keras_rnn.models.heads.distributions.base import (
    Distribution,
    DistributionLoss,
    ParameterLayer,
)
from keras_rnn.models.heads.distributions.log_gamma import stirling_error
from keras_rnn.models.heads.distributions.positive import SMALLEST


@dataclass(frozen=True)
class StudentT(Distribution):
    """Student's t-distribution per step and target, for data with outliers.

        location = a
        scale    = softplus(b) + 1e−6
        degrees  = 2 + softplus(c) + 1e−6
        variance = scale² · degrees / (degrees − 2)

    The fewer degrees of freedom, the heavier the tails; with many degrees it
    is close to the normal distribution. Above 2 degrees the variance is
    finite.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 3)`,
        location, scale and degrees of freedom.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = StudentT(horizon=1)
        >>> prediction = np.array([[[[10.0, 2.0, 4.0]]]])
        >>> head.quantiles(prediction, levels=(0.5, 0.975)).round(2).tolist()
        [[[[10.0, 15.55]]]]

    Reference:
        A. Alexandrov et al. (2020), "GluonTS: probabilistic and neural time
        series modeling in Python", Journal of Machine Learning Research
        21(116), whose output has the same bound of the degrees. Samples are
        independent from step to step, as for `Gaussian`.
    """

    horizon: int = 1
    num_targets: int = 1
    parameters: ClassVar[dict[str, float]] = {
        "location": -math.inf,
        "scale": 0,
        "degrees": 2,
    }

    @property
    def loss(self) -> keras.losses.Loss:
        """The loss to compile with, a new `StudentTLikelihood`."""
        return StudentTLikelihood()

    def parameter_layer(self) -> "StudentTParameters":
        """A new layer that makes the parameters of `(..., 3)`."""
        return StudentTParameters(dtype="float32", name="student_t")

    def ppf(
        self, levels: Floats, location: Floats, scale: Floats, degrees: Floats
    ) -> Floats:
        from scipy.stats import t

        return t.ppf(levels, degrees, location, scale)

    def draw(
        self,
        generator: np.random.Generator,
        shape: tuple[int, ...],
        location: Floats,
        scale: Floats,
        degrees: Floats,
    ) -> Array:
        return location + scale * generator.standard_t(degrees, shape)


@keras.saving.register_keras_serializable(package="keras_rnn")
class StudentTParameters(ParameterLayer):
    """Turns any three numbers into location, scale and degrees of freedom.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import StudentT
        >>> StudentT().parameter_layer()(np.zeros((1, 3))).numpy().round(2)
        array([[0.  , 0.69, 2.69]], dtype=float32)
    """

    def call(self, x: Tensor) -> Tensor:
        scale, further = ops.split(ops.softplus(x[..., 1:]) + SMALLEST, 2, -1)
        return ops.concatenate([x[..., :1], scale, 2 + further], axis=-1)


@keras.saving.register_keras_serializable(package="keras_rnn")
class StudentTLikelihood(DistributionLoss):
    """Negative log-likelihood of Student's t-distributions.

    With n degrees of freedom and z = (y − location) / scale:

        p(y) = Γ((n + 1) / 2) / (Γ(n / 2) √(n π) scale)
               · (1 + z² / n)^(−(n + 1) / 2)

    The logarithms of the two Γ almost cancel each other. They are combined by
    Stirling's formula, so that float32 is precise enough for any n.

    Args:
        name: Name of the loss.
        **kwargs: `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: `(batch, ...)`.
        y_pred: `(batch, ..., 3)`: location, scale, degrees of freedom.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import StudentTLikelihood
        >>> loss = StudentTLikelihood()  # p(0) = 3 / 8 for n = 4
        >>> y_pred = np.array([[0.0, 1.0, 4.0]], dtype="float32")
        >>> round(float(loss(np.array([0.0]), y_pred)), 3)
        0.981

    Reference:
        K. L. Lange, R. J. A. Little and J. M. G. Taylor (1989), "Robust
        statistical modeling using the t distribution", Journal of the American
        Statistical Association 84(408), 881-896.
    """

    num_parameters = 3

    def __init__(
        self, name: str = "student_t_likelihood", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        location, scale, half = y_pred[..., 0], y_pred[..., 1], y_pred[..., 2]
        half = half / 2
        square = ops.square((y_true - location) / scale)
        return (
            (half + 0.5) * ops.log1p(square / (2 * half))
            + ops.log(scale)
            + 0.5 * math.log(2 * math.pi)
            + 0.5
            - half * ops.log1p(0.5 / half)
            + stirling_error(half)
            - stirling_error(half + 0.5)
        )
