# SPDX-License-Identifier: Apache-2.0
"""OfCounts: what distributions of counts share."""

from dataclasses import dataclass

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.models.heads.distributions.base import Distribution
from keras_rnn.models.heads.distributions.positive import Positive


@dataclass(frozen=True)
class OfCounts(Distribution):
    """A distribution of counts 0, 1, 2 ... as they are.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers a step.
        size: Usual size of the counts, a number a target; None means 1. The
            first parameter is a multiple of it.
    """

    horizon: int = 1
    num_targets: int = 1
    size: tuple | None = None
    minimum = 0.0
    representation = "counts"

    def __post_init__(self):
        super().__post_init__()
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

    def above_zero(self, name):
        """A new layer of positive parameters, the first in units of `size`."""
        scale = None if self.size is None else list(self.size)
        return Positive(first=0, scale=scale, dtype="float32", name=name)
