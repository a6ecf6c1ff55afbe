# SPDX-License-Identifier: Apache-2.0
"""A representation for networks that forecast a step and are rolled out."""

from dataclasses import dataclass, replace

from keras_rnn.data.representations.wrapper import FittedWrapper, Wrapper


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
