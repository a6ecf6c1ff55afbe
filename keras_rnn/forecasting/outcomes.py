# SPDX-License-Identifier: Apache-2.0
"""What a network says of each step: a number, or a distribution."""

import numpy as np

from keras_rnn.data import Change, Counts
from keras_rnn.models import Gaussian, NegativeBinomial, Quantiles, Regression


class Number:
    """A number: the forecast itself.

    Args:
        intervals: Nominal coverages of the intervals wanted, increasing.

    Attributes:
        levels: Of the quantiles that `quantiles` returns, the middle one 0.5.
        loss: What is trained with where the user names no loss.
        draws: Whether there is a distribution to draw from.
        default: What a network sees of its targets, unless the user says.
        minimum: Nothing below it can happen.
        teacher_forcing: Of a decoder that trains. Told the truth, it would
            learn how far a step is from the one before; a distribution is to
            say how far the step is from what was known at the cutoff.
    """

    draws = False
    teacher_forcing = 1.0
    default = Change
    minimum = -np.inf

    def __init__(self, intervals):
        self.levels = (0.5,)
        self.loss = "mae"

    def head(self, data):
        """The head of a network for prepared data."""
        return Regression.of(data)

    def quantiles(self, output):
        """Of a network's output (..., targets): (..., targets, levels)."""
        return np.asarray(output, dtype=np.float64)[..., np.newaxis]


class Distribution:
    """What distributions share: the levels, and the head that reads them."""

    draws = True
    teacher_forcing = 0.0
    default = Change

    def __init__(self, intervals):
        below = [round((1 - level) / 2, 12) for level in reversed(intervals)]
        above = [round(1 - level, 12) for level in reversed(below)]
        self.levels = (*below, 0.5, *above)
        self.reader = self.new_head(1, 1)
        self.loss = self.reader.loss
        self.minimum = self.reader.minimum

    def head(self, data):
        """The head of a network for prepared data."""
        return self.new_head(data.horizon, data.num_targets)

    def quantiles(self, output):
        """Of a network's output (..., targets, numbers): as `Number`'s."""
        return self.reader.quantiles(output, self.levels)

    def sample(self, output, num_samples, seed):
        """Draws: (num_samples, ..., targets), in the network's units."""
        return self.reader.sample(output, num_samples, seed)


class OfQuantiles(Distribution):
    """The quantiles that the intervals need, without a shape between them."""

    draws = False

    def new_head(self, horizon, num_targets):
        """The head."""
        return Quantiles(self.levels, horizon, num_targets)


class OfGaussian(Distribution):
    """A normal distribution in the network's units."""

    def new_head(self, horizon, num_targets):
        """The head."""
        return Gaussian(horizon, num_targets)


class OfCounts(Distribution):
    """A negative binomial distribution of the counts themselves."""

    default = Counts

    def new_head(self, horizon, num_targets):
        """The head."""
        return NegativeBinomial(horizon, num_targets)

    def head(self, data):
        """The head, which knows the size of the counts."""
        return NegativeBinomial.of(data)


DISTRIBUTIONS = {
    None: Number,
    "quantiles": OfQuantiles,
    "gaussian": OfGaussian,
    "negative_binomial": OfCounts,
}
