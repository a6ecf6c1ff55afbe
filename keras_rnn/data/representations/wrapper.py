# SPDX-License-Identifier: Apache-2.0
"""A representation around another one, which does what is not overridden."""

from dataclasses import dataclass, replace

from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)


@dataclass(frozen=True)
class Wrapper(Representation):
    """Delegates to an inner choice what a subclass does not override.

    Args:
        inner: The other representation.
    """

    inner: Representation

    @property
    def per_series(self):
        return self.inner.per_series

    @property
    def steady(self):
        return self.inner.steady

    def check(self, levels, targets, place):
        self.inner.check(levels, targets, place)


@dataclass(frozen=True, eq=False)
class FittedWrapper(FittedRepresentation):
    """Delegates to an inner arithmetic what a subclass does not override.

    Args:
        inner: The other representation, fitted.
    """

    inner: FittedRepresentation

    @property
    def per_series(self):
        return self.inner.per_series

    @property
    def reach(self):
        return self.inner.reach

    @property
    def stand_in(self):
        return self.inner.stand_in

    def for_horizon(self, horizon):
        return replace(self, inner=self.inner.for_horizon(horizon))

    def basis_steps(self, windows):
        return self.inner.basis_steps(windows)

    def channel_names(self, targets):
        return self.inner.channel_names(targets)

    def channels(self, levels):
        return self.inner.channels(levels)

    def represent(self, levels, basis):
        return self.inner.represent(levels, basis)

    def invert(self, values, basis):
        return self.inner.invert(values, basis)
