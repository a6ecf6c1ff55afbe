# SPDX-License-Identifier: Apache-2.0
"""Representations around another one: their base, and OneStep."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from keras_rnn._types import Array, Tensor
from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class Wrapper(Representation):
    """Delegates to an inner representation what a subclass does not override.

    Args:
        inner: The inner representation.
    """

    inner: Representation

    @property
    def per_series(self) -> bool:
        return self.inner.per_series

    @property
    def steady(self) -> int:
        return self.inner.steady

    def check(
        self,
        levels: Array,
        targets: Sequence[str],
        place: Callable[[int], str],
    ) -> None:
        self.inner.check(levels, targets, place)


@dataclass(frozen=True, eq=False)
class FittedWrapper(FittedRepresentation):
    """Delegates to an inner representation what a subclass does not override.

    Args:
        inner: The inner representation, fitted.
    """

    inner: FittedRepresentation

    @property
    def per_series(self) -> bool:
        return self.inner.per_series

    @property
    def reach(self) -> int:
        return self.inner.reach

    @property
    def stand_in(self) -> int | None:
        return self.inner.stand_in

    def for_horizon(self, horizon: int) -> "FittedWrapper":
        return replace(self, inner=self.inner.for_horizon(horizon))

    def basis_steps(self, windows: Windows) -> Sequence[int] | Array:
        return self.inner.basis_steps(windows)

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        return self.inner.channel_names(targets)

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        return self.inner.channels(levels)

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        return self.inner.represent(levels, basis)

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        return self.inner.invert(values, basis)


@dataclass(frozen=True)
class OneStep(Wrapper):
    """Another representation, without the channels that move with the cutoff.

    A network that continues from its state has read the rows before as they
    looked from the first cutoff. So it sees only channels that look the same
    from every cutoff: changes, but not distances from the cutoff. All steps
    have the scale of the first.

    Args:
        inner: The other representation.
    """

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedOneStep":
        """Fits the inner representation to one step."""
        one_step = replace(windows, horizon=1)
        return FittedOneStep(
            self.inner.fit(levels, one_step, bounds), self.inner.steady
        )


@dataclass(frozen=True, eq=False)
class FittedOneStep(FittedWrapper):
    """A fitted representation of which a network sees the steady channels.

    Args:
        inner: The other representation, fitted.
        steady: Number of its channels, the first ones, that are kept.
    """

    steady: int

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The names of the steady channels."""
        names = super().channel_names(targets)
        return names[: self.steady * len(targets)]

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The steady channels."""
        return super().channels(levels)[: self.steady]
