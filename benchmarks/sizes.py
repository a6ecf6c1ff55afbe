# SPDX-License-Identifier: Apache-2.0
"""Sizes of a problem: those everybody knows, and fresh ones nobody does."""

from typing import NamedTuple

import numpy as np


class Size(NamedTuple):
    """Sequences `(batch, time, features)` through a layer of `units`."""

    batch: int
    time: int
    features: int
    units: int

    def __str__(self):
        return ", ".join(map(str, self))

    @classmethod
    def parse(cls, text):
        """The size of a text such as `"32,48,1,32"`."""
        return cls(*map(int, text.split(",")))

    def sequences(self):
        """Normal numbers, the same for every contender."""
        shape = (self.batch, self.time, self.features)
        return np.random.default_rng(0).normal(size=shape).astype("float32")


SIZES = (
    Size(32, 48, 1, 32),
    Size(64, 100, 16, 128),
    Size(128, 100, 8, 64),
    Size(32, 336, 7, 64),
    Size(16, 50, 64, 512),
)

#: From where to where a drawn size may lie, both ends included.
RANGES = Size((8, 128), (20, 200), (1, 320), (16, 384))


def drawn(seed, count=2):
    """Sizes drawn at random: what is fast only at known sizes shows here."""
    rng = np.random.default_rng(seed)
    return tuple(
        Size(*(int(rng.integers(low, high + 1)) for low, high in RANGES))
        for _ in range(count)
    )
