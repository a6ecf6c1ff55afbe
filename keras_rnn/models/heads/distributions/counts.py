# SPDX-License-Identifier: Apache-2.0
"""OfCounts: what the distributions of counts share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from keras_rnn import _validation as validate
from keras_rnn.models.heads.distributions.base import Distribution
from keras_rnn.models.heads.distributions.positive import Positive

if TYPE_CHECKING:
    from keras_rnn.data import PreparedData


@dataclass(frozen=True)
class OfCounts(Distribution):
    """A distribution of counts 0, 1, 2 ..., which are not scaled.

    Args:
        horizon: Steps predicted.
        num_targets: Numbers predicted per step.
        size: Usual size of the counts, one number per target; None means 1.
            The first parameter is a multiple of it.
    """

    horizon: int = 1
    num_targets: int = 1
    size: tuple[float, ...] | None = None
    minimum: ClassVar[float] = 0.0
    representation = "counts"

    def __post_init__(self) -> None:
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
    def of(cls, data: "PreparedData", **settings: Any) -> Self:
        """The head for data from `keras_rnn.data.prepare`.

        Its size is 1 + the mean of the training rows.

        Args:
            data: `PreparedData`, which has the horizon and the targets.
            **settings: Further settings of the head.
        """
        mean = np.nanmean(data.training_levels, axis=0)
        size = tuple((1 + mean).tolist())
        return super().of(data, **{"size": size, **settings})

    def positive_parameters(self, name: str) -> Positive:
        """A new layer of positive parameters, the first in units of `size`."""
        scale = None if self.size is None else list(self.size)
        return Positive(first=0, scale=scale, dtype="float32", name=name)
