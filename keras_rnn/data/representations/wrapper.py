# SPDX-License-Identifier: Apache-2.0
"""Representations around another one: the base of them, and OneStep."""

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


@dataclass(frozen=True)
class OneStep(Wrapper):
    """Another representation, without what moves with the cutoff.

    A network that goes on from its state has read the rows before as they
    looked from the first cutoff. So it sees only channels that look alike
    from everywhere: changes, but no distances from the cutoff. All steps have
    the scale of the first.

    Args:
        inner: The other representation.
    """

    def fit(self, levels, windows, bounds=None):
        """Fits the inner representation to one step."""
        one_step = replace(windows, horizon=1)
        return FittedOneStep(
            self.inner.fit(levels, one_step, bounds), self.inner.steady
        )


@dataclass(frozen=True, eq=False)
class FittedOneStep(FittedWrapper):
    """A fitted representation of which a network sees the steady channels.

    Args:
        inner: The other one, fitted.
        steady: How many of its channels, the first, are kept.
    """

    steady: int

    def channel_names(self, targets):
        """The names of the steady channels."""
        names = super().channel_names(targets)
        return names[: self.steady * len(targets)]

    def channels(self, levels):
        """The steady channels."""
        return super().channels(levels)[: self.steady]
