# SPDX-License-Identifier: Apache-2.0
"""Heads that forecast how sure they are: quantiles, or a distribution.

They take the place of `Regression` in `many_to_one`, and bring their loss:

    head = Quantiles(levels=(0.05, 0.5, 0.95), horizon=12)
    model = many_to_one(Stack("gru", units=32), Sequences(3), head)
    model.compile("adam", head.loss)

All answers have one axis more than the targets, the last one, and are in the
network's units; each level goes back to the data's units by itself:
`part.invert(quantiles[..., k])`.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import keras
import numpy as np
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn.metrics.likelihoods import (
    GaussianLikelihood,
    NegativeBinomialLikelihood,
    PinballLoss,
)
from keras_rnn.metrics.quantiles import as_levels
from keras_rnn.models.heads.shaping import NonCrossing, Positive


class Distribution:
    """What the heads have in common: the horizon and the targets.

    Attributes:
        numbers: How many describe the distribution of one step and target.
        minimum: Nothing below it can happen.
    """

    numbers = 2
    minimum = -math.inf

    @classmethod
    def of(cls, data, **kwargs):
        """The head for data from `keras_rnn.data.prepare`."""
        return cls(horizon=data.horizon, num_targets=data.num_targets, **kwargs)

    def _check(self):
        validate.positive_int("horizon", self.horizon)
        validate.positive_int("num_targets", self.num_targets)

    def __call__(self, x):
        """Builds the head on a symbolic tensor `(batch, width)`."""
        shape = (self.horizon, self.num_targets, self.numbers)
        y = keras.layers.Dense(math.prod(shape), dtype="float32")(x)
        y = keras.layers.Reshape(shape, dtype="float32")(y)
        return self.shaping()(y)


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

    def __post_init__(self):
        # A frozen dataclass sets its fields this way only.
        levels = as_levels("levels", self.levels)
        object.__setattr__(self, "levels", levels)
        self._check()

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
        return np.asarray(prediction, dtype=np.float64)[..., places]


@dataclass(frozen=True)
class Gaussian(Distribution):
    """A normal distribution a step and target.

        mean  = a
        scale = softplus(b) + 1e−6

    Args:
        horizon: Steps predicted.
        num_targets: Numbers a step.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 2)`, mean
        and scale (the standard deviation).

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = Gaussian(horizon=1)
        >>> prediction = np.array([[[[10.0, 2.0]]]])
        >>> head.quantiles(prediction, levels=(0.5, 0.975)).round(2).tolist()
        [[[[10.0, 13.92]]]]
        >>> head.sample(prediction, num_samples=100, seed=0).shape
        (100, 1, 1, 1)

    Reference:
        D. Salinas, V. Flunkert, J. Gasthaus and T. Januschowski (2020),
        "DeepAR: probabilistic forecasting with autoregressive recurrent
        networks", International Journal of Forecasting 36(3), 1181-1191.
        There the next step is drawn from a sample of the last one; here all
        steps of the horizon are forecast at once, so samples are independent
        from step to step: take quantiles of single steps from them, not of
        sums over steps.
    """

    horizon: int = 1
    num_targets: int = 1

    def __post_init__(self):
        self._check()

    @property
    def loss(self):
        """The loss to compile with, a new `GaussianLikelihood`."""
        return GaussianLikelihood()

    def shaping(self):
        """A new layer that makes mean and scale of `(..., 2)`."""
        return Positive(first=1, dtype="float32", name="gaussian")

    def quantiles(self, prediction, levels):
        """Quantiles, `(batch, horizon, num_targets, levels)`, float64."""
        mean, scale = parameters(prediction)
        z = [NormalDist().inv_cdf(q) for q in as_levels("levels", levels)]
        return mean[..., None] + scale[..., None] * np.array(z)

    def sample(self, prediction, num_samples, seed=None):
        """Draws, `(num_samples, batch, horizon, num_targets)`, float64."""
        validate.positive_int("num_samples", num_samples)
        mean, scale = parameters(prediction)
        generator = np.random.default_rng(seed)
        return generator.normal(mean, scale, (num_samples, *mean.shape))


@dataclass(frozen=True)
class NegativeBinomial(Distribution):
    """A distribution of counts a step and target: sales, visits, cases.

        mean       = size · (softplus(a) + 1e−6)
        dispersion = softplus(b) + 1e−6
        variance   = mean + dispersion · mean²

    The targets must be counts as they are, neither standardised nor changes:
    `prepare(..., representation=Counts())`. Then `NegativeBinomial.of(data)`
    also knows how large they are.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers a step.
        size: Usual size of the counts, a number a target, so that large ones
            are learned as soon as small ones; None means 1.

    Returns:
        Called on `(batch, width)`: `(batch, horizon, num_targets, 2)`, mean
        and dispersion.

    Raises:
        ValueError: If an argument has a wrong value.

    Example:
        >>> import numpy as np
        >>> head = NegativeBinomial(horizon=1)
        >>> prediction = np.array([[[[1.0, 1.0]]]])  # p = 1/2, 1/4, 1/8 ...
        >>> head.quantiles(prediction, levels=(0.4, 0.7)).tolist()
        [[[[0.0, 1.0]]]]

    Reference:
        Salinas et al. (2020), as for `Gaussian`; samples are independent from
        step to step here, too. Their size is 1 + the mean of each series; here
        that of all, and the inputs show the size of a series.
    """

    horizon: int = 1
    num_targets: int = 1
    size: tuple | None = None
    minimum = 0.0

    def __post_init__(self):
        self._check()
        if self.size is None:
            return
        for number in self.size:
            validate.positive_number("size", number)
        if len(self.size) != self.num_targets:
            raise ValueError(
                f"`size` must have one number for each of the "
                f"{self.num_targets} targets. Received: size={self.size!r}."
            )

    @classmethod
    def of(cls, data):
        """The head for data from `keras_rnn.data.prepare`.

        Its size is 1 + the mean of the training rows.
        """
        mean = np.nanmean(data.training_levels, axis=0)
        return cls(data.horizon, data.num_targets, tuple((1 + mean).tolist()))

    @property
    def loss(self):
        """The loss to compile with, a new `NegativeBinomialLikelihood`."""
        return NegativeBinomialLikelihood()

    def shaping(self):
        """A new layer that makes mean and dispersion of `(..., 2)`."""
        scale = None if self.size is None else list(self.size)
        return Positive(
            first=0, scale=scale, dtype="float32", name="negative_binomial"
        )

    def quantiles(self, prediction, levels):
        """Quantiles, `(batch, horizon, num_targets, levels)`, float64."""
        from scipy.stats import nbinom

        levels = np.array(as_levels("levels", levels))
        r, chance = _gamma_poisson(prediction)
        return nbinom.ppf(levels, r[..., None], chance[..., None])

    def sample(self, prediction, num_samples, seed=None):
        """Draws, `(num_samples, batch, horizon, num_targets)`, int64."""
        validate.positive_int("num_samples", num_samples)
        r, chance = _gamma_poisson(prediction)
        generator = np.random.default_rng(seed)
        return generator.negative_binomial(r, chance, (num_samples, *r.shape))


def parameters(prediction):
    """The two parameters of a distribution, float64, without their axis."""
    values = np.asarray(ops.convert_to_numpy(prediction), dtype=np.float64)
    if not values.ndim or values.shape[-1] != 2:
        raise ValueError(
            "`prediction` must have the two parameters of the distribution on "
            f"its last axis. Received: shape {values.shape}. Pass what the "
            "model returned."
        )
    if not np.all(values[..., 1] > 0):
        raise ValueError(
            "The second parameter must be above 0. Received: "
            f"{values[..., 1].min()}. Pass what the model returned."
        )
    return values[..., 0], values[..., 1]


def _gamma_poisson(prediction):
    """Returns r and the chance of a success, as SciPy and NumPy count."""
    mean, dispersion = parameters(prediction)
    return 1 / dispersion, 1 / (1 + dispersion * mean)
