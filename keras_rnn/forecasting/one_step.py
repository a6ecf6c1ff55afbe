# SPDX-License-Identifier: Apache-2.0
"""A representation for networks that forecast a step and are rolled out."""

from dataclasses import dataclass, replace

from keras_rnn.data.representation import (
    FittedRepresentation,
    Representation,
)


@dataclass(frozen=True)
class OneStep(Representation):
    """Another representation, without what moves with the cutoff.

    A network that goes on from its state has read the rows before as they
    looked from the first cutoff. So it sees only channels that look alike
    from everywhere: changes, but no distances from the cutoff. All steps have
    the scale of the first.

    Args:
        inner: The other representation.
    """

    inner: Representation

    @property
    def per_series(self):
        """What the inner representation says."""
        return self.inner.per_series

    @property
    def steady(self):
        """As many as the inner representation has; there are no others."""
        return self.inner.steady

    def check(self, levels, targets, place):
        """What the inner representation checks."""
        self.inner.check(levels, targets, place)

    def fit(self, levels, windows, bounds=None):
        """Fits the inner representation to one step."""
        one_step = replace(windows, horizon=1)
        return FittedOneStep(
            self.inner.fit(levels, one_step, bounds), self.inner.steady
        )


@dataclass(frozen=True, eq=False)
class FittedOneStep(FittedRepresentation):
    """A fitted representation of which a network sees the steady channels.

    Args:
        inner: The other one, fitted.
        steady: How many of its channels, the first, are kept.
    """

    inner: FittedRepresentation
    steady: int

    @property
    def per_series(self):
        """What the inner representation says."""
        return self.inner.per_series

    @property
    def reach(self):
        """What the inner representation reads."""
        return self.inner.reach

    @property
    def stand_in(self):
        """What the inner representation says."""
        return self.inner.stand_in

    def basis_steps(self, windows):
        """What the inner representation is relative to."""
        return self.inner.basis_steps(windows)

    def channel_names(self, targets):
        """The names of the steady channels."""
        names = self.inner.channel_names(targets)
        return names[: self.steady * len(targets)]

    def channels(self, levels):
        """The steady channels."""
        return self.inner.channels(levels)[: self.steady]

    def represent(self, levels, basis):
        """As the inner representation, in the scale of one step."""
        return self.inner.represent(levels, basis)

    def invert(self, values, basis):
        """Undoes `represent`."""
        return self.inner.invert(values, basis)
