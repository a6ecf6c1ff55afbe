# SPDX-License-Identifier: Apache-2.0
"""Representations of the logarithm or the square root of the targets."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Curve(Wrapper):
    """What `Log` and `SquareRoot` share.

    Args:
        inner: The representation of the function's values.
    """

    inner: Representation = field(default_factory=Level)

    def __post_init__(self):
        remedy = "Use e.g. Level() or Change()."
        instance("inner", self.inner, Representation, remedy)

    def check(self, levels, targets, place):
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

    def fit(self, levels, windows, bounds=None):
        """Fits the inner representation to the function's values."""
        values = self.fitted.forward(levels)
        return self.fitted(self.inner.fit(values, windows, bounds))


@dataclass(frozen=True, eq=False)
class FittedCurve(FittedWrapper):
    """What the fitted representations share.

    Args:
        inner: The fitted representation of the function's values.
    """

    def channel_names(self, targets):
        """The inner channels of "log_sales" and the like."""
        names = tuple(f"{self.prefix}_{target}" for target in targets)
        return self.inner.channel_names(names)

    def channels(self, levels):
        """The inner channels of the function's values."""
        return self.inner.channels(self.forward(levels))

    def represent(self, levels, basis):
        """First the function, then the inner representation."""
        return self.inner.represent(self.forward(levels), self.forward(basis))

    def invert(self, values, basis):
        """First out of the inner representation, then the inverse."""
        return self.backward(self.inner.invert(values, self.forward(basis)))


class FittedLog(FittedCurve):
    """A fitted representation of the logarithm."""

    prefix = "log"
    forward = staticmethod(log)
    backward = staticmethod(exp)


class FittedSquareRoot(FittedCurve):
    """A fitted representation of the square root."""

    prefix = "root"
    forward = staticmethod(square_root)

    @staticmethod
    def backward(roots):
        """The square of what is above 0; a root below 0 counts as 0."""
        roots = maximum(roots, 0.0)
        return roots * roots


class Log(Curve):
    """Targets enter and leave through their natural logarithm.

    For positive targets whose changes grow with their level, such as sales:
    `Log(Change())` sees growth rates, at any level. A forecast is always
    positive. What is inverted is the median, not the mean, where errors of
    the logarithm are symmetric.

    Args:
        inner: The representation of the logarithms; `Level()` if left out.

    Raises:
        TypeError: If `inner` is no representation.
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
    fitted = FittedLog

    def refused(self, levels):
        """Values without a logarithm."""
        return levels <= 0


class SquareRoot(Curve):
    """Targets enter and leave through their square root.

    For counts, whose spread grows with the root of their level, zeros
    included. A prediction below 0, which no root is, is inverted to 0.

    Args:
        inner: The representation of the roots; `Level()` if left out.

    Raises:
        TypeError: If `inner` is no representation.
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
    fitted = FittedSquareRoot

    def refused(self, levels):
        """Values without a root."""
        return levels < 0
