# SPDX-License-Identifier: Apache-2.0
"""Representations of the logarithm or the square root of the targets."""

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from keras_rnn._types import Array, Tensor
from keras_rnn._validation import instance
from keras_rnn.data.representations.arithmetic import (
    exp,
    log,
    maximum,
    square_root,
)
from keras_rnn.data.representations.base import Representation, refuse
from keras_rnn.data.representations.level import Level
from keras_rnn.data.representations.wrapper import FittedWrapper, Wrapper
from keras_rnn.data.windows import Windows


@dataclass(frozen=True)
class Curve(Wrapper):
    """The base of `Log` and `SquareRoot`.

    Attributes:
        allowed: The values that the function has, as text for an error.
        fitted: The class of the fitted representation.

    Args:
        inner: The representation of the function's values.
    """

    inner: Representation = field(default_factory=Level)
    allowed: ClassVar[str]
    fitted: ClassVar[type["FittedCurve"]]

    def __post_init__(self) -> None:
        remedy = "Use e.g. Level() or Change()."
        instance("inner", self.inner, Representation, remedy)

    @abc.abstractmethod
    def refused(self, levels: Array) -> Array:
        """Marks the levels of which the function has no value."""

    def check(
        self,
        levels: Array,
        targets: Sequence[str],
        place: Callable[[int], str],
    ) -> None:
        """Raises a ValueError that names the first row without a value."""
        refuse(
            self.refused(levels),
            levels,
            targets,
            place,
            f"{type(self).__name__} needs values {self.allowed}. Add a "
            "constant to the column or use `Change()`.",
        )
        super().check(self.fitted.forward(levels), targets, place)

    def fit(
        self, levels: Array, windows: Windows, bounds: Array | None = None
    ) -> "FittedCurve":
        """Fits the inner representation to the function's values."""
        values = self.fitted.forward(levels)
        return self.fitted(self.inner.fit(values, windows, bounds))


@dataclass(frozen=True, eq=False)
class FittedCurve(FittedWrapper):
    """The base of the fitted representations.

    Attributes:
        prefix: The function in the names of channels.
        forward: The function.
        backward: Its inverse.

    Args:
        inner: The fitted representation of the function's values.
    """

    prefix: ClassVar[str]
    forward: ClassVar[Callable[[Tensor], Tensor]]
    backward: ClassVar[Callable[[Tensor], Tensor]]

    def channel_names(self, targets: Sequence[str]) -> tuple[str, ...]:
        """The inner channels of "log_sales" and the like."""
        names = tuple(f"{self.prefix}_{target}" for target in targets)
        return self.inner.channel_names(names)

    def channels(self, levels: Tensor) -> tuple[Tensor, ...]:
        """The inner channels of the function's values."""
        return self.inner.channels(self.forward(levels))

    def represent(self, levels: Tensor, basis: Tensor) -> Tensor:
        """Applies the function, then the inner representation."""
        return self.inner.represent(self.forward(levels), self.forward(basis))

    def invert(self, values: Tensor, basis: Tensor) -> Tensor:
        """Inverts the inner representation, then the function."""
        return self.backward(self.inner.invert(values, self.forward(basis)))


class FittedLog(FittedCurve):
    """A fitted representation of the logarithm."""

    prefix = "log"
    forward: ClassVar[Callable[[Tensor], Tensor]] = staticmethod(log)
    backward: ClassVar[Callable[[Tensor], Tensor]] = staticmethod(exp)


class FittedSquareRoot(FittedCurve):
    """A fitted representation of the square root."""

    prefix = "root"
    forward: ClassVar[Callable[[Tensor], Tensor]] = staticmethod(square_root)

    @staticmethod
    def backward(values: Tensor) -> Tensor:
        """The square of values above 0; values below 0 count as 0."""
        roots = maximum(values, 0.0)
        return roots * roots


class Log(Curve):
    """Targets enter and leave through their natural logarithm.

    For positive targets whose changes grow with their level, such as sales:
    `Log(Change())` sees growth rates, at any level. A forecast is always
    positive. Where errors of the logarithm are symmetric, a forecast is the
    median of the target, not its mean.

    Args:
        inner: The representation of the logarithms; `Level()` if left out.

    Raises:
        TypeError: If `inner` is not a representation.
        ValueError: On `prepare`, if a target is not above 0.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Change, Windows
        >>> levels = np.array([[1.0], [2.0], [4.0]])
        >>> fitted = Log(Change()).fit(levels, Windows(lookback=1, horizon=1))
        >>> last = np.array([[[100.0]]])
        >>> fitted.invert(np.ones((1, 1, 1)), last).round(9).tolist()
        [[[200.0]]]
    """

    allowed = "above 0"
    fitted: ClassVar[type[FittedCurve]] = FittedLog

    def refused(self, levels: Array) -> Array:
        """Marks the levels without a logarithm."""
        return levels <= 0


class SquareRoot(Curve):
    """Targets enter and leave through their square root.

    For counts, zeros included, whose spread grows with the root of their
    level. A prediction below 0, which cannot be a root, is inverted to 0.

    Args:
        inner: The representation of the roots; `Level()` if left out.

    Raises:
        TypeError: If `inner` is not a representation.
        ValueError: On `prepare`, if a target is below 0.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.data import Windows
        >>> levels = np.array([[0.0], [4.0]])
        >>> fitted = SquareRoot().fit(levels, Windows(lookback=1, horizon=1))
        >>> fitted.represent(np.array([[[9.0]]]), basis=levels).tolist()
        [[[2.0]]]
    """

    allowed = "of at least 0"
    fitted: ClassVar[type[FittedCurve]] = FittedSquareRoot

    def refused(self, levels: Array) -> Array:
        """Marks the levels without a root."""
        return levels < 0
