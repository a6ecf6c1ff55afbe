# SPDX-License-Identifier: Apache-2.0
"""What a network says of each step: some quantiles, read by its head."""

from keras_rnn.models import DISTRIBUTIONS, Regression


class Outcome:
    """The head of all networks of a forecaster, and the levels wanted of it.

    Args:
        distribution: A key of `DISTRIBUTIONS`, or None for a number.
        intervals: Nominal coverages of the intervals wanted, increasing.

    Attributes:
        levels: Of the quantiles that `quantiles` returns, the middle one 0.5.
        reader: A head of one step, which answers for all of its kind.
    """

    def __init__(self, distribution, intervals):
        self.kind, self.levels = Regression, (0.5,)
        if distribution is not None:
            self.kind = DISTRIBUTIONS[distribution]
            self.levels = ends_and_median(intervals)
        self.settings = {"levels": self.levels} if self.kind.has_levels else {}
        self.reader = self.kind(**self.settings)

    def head(self, data):
        """The head of a network for prepared data."""
        return self.kind.of(data, **self.settings)

    def quantiles(self, output):
        """Of a network's output (..., targets[, numbers]).

        Returns:
            float64, shape (..., targets, levels).
        """
        return self.reader.quantiles(output, self.levels)

    def sample(self, output, num_samples, seed):
        """Draws: (num_samples, ..., targets), in the network's units."""
        return self.reader.sample(output, num_samples, seed)


def ends_and_median(intervals):
    """The levels of the ends of intervals, and 0.5 between them."""
    below = [round((1 - level) / 2, 12) for level in reversed(intervals)]
    above = [round(1 - level, 12) for level in reversed(below)]
    return (*below, 0.5, *above)


def keys_of(wanted):
    """The keys of distributions, as an error names them.

    Args:
        wanted: Function of a head's class that says whether it is meant.
    """
    return " or ".join(
        repr(k) for k, head in DISTRIBUTIONS.items() if wanted(head)
    )
