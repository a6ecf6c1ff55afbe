# SPDX-License-Identifier: Apache-2.0
"""Several values of an entry: a list, or numbers from one to another."""

import math
import numbers
from dataclasses import dataclass
from typing import Any

from keras_rnn import _validation as validate


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included.

    Args:
        low: The smallest number. Two ints make a range of ints; in an entry
            of fractions, such as a dropout rate, they make a range of any
            numbers.
        high: The largest number.
        step: Distance between neighbours, or their ratio in a log range;
            None means any number.
        log: Whether numbers are spread evenly by their ratios rather than by
            their distances.

    Raises:
        ValueError: If the bounds are not two finite numbers in increasing
            order, a log range reaches 0, or the step cannot lead from one
            number to the next.

    Example:
        >>> Range(8, 128, step=2, log=True)
        Range(low=8, high=128, step=2, log=True)
    """

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        bounds = (self.low, self.high)
        if not all(
            isinstance(bound, numbers.Real) and math.isfinite(bound)
            for bound in bounds
        ) or not (self.low < self.high and (self.low > 0 or not self.log)):
            raise ValueError(
                "A range must go from a finite number up to a larger one, "
                f"both above 0 if it is a log range. Received: {self!r}. "
                "Give one value to fix an entry, a list to choose from it."
            )
        validate.boolean("log", self.log)
        if self.step is not None:
            self._check_step(self.step)

    def _check_step(self, step: float) -> None:
        validate.positive_number("step", step)
        whole = isinstance(step, numbers.Integral)
        if (self.log and step <= 1) or (self.whole and not whole):
            raise ValueError(
                "The step of a log range is a ratio above 1, and that of a "
                f"range of ints an int. Received: {self!r}. Leave it out, or "
                "give the values as a list."
            )

    def __contains__(self, value: object) -> bool:
        """Whether a number is one of the range: on its grid, if it has one."""
        kind = numbers.Integral if self.whole else numbers.Real
        if not isinstance(value, kind) or not self._is_between(value):
            return False
        if self.step is None:
            return True
        number = float(value)
        steps = (number - self.low) / self.step
        if self.log:
            steps = math.log(number / self.low) / math.log(self.step)
        return math.isclose(steps, round(steps), abs_tol=1e-6)

    def _is_between(self, value: Any) -> bool:
        """Whether a number lies from low to high, up to a rounding error."""
        return self.low <= value <= self.high or any(
            math.isclose(value, end, rel_tol=1e-9)
            for end in (self.low, self.high)
        )

    @property
    def whole(self) -> bool:
        """Whether the range is one of ints."""
        return all(
            isinstance(bound, numbers.Integral)
            for bound in (self.low, self.high)
        )


def ends(values: Any) -> list[Any]:
    """The members of a list, the two ends of a range, or one value, listed."""
    if isinstance(values, Range):
        return [values.low, values.high]
    return as_list(values)


def all_of(values: Any) -> list[Any]:
    """All values of an entry of ints, such as the number of layers."""
    if isinstance(values, Range):
        numbers = range(int(values.low), int(values.high) + 1)
        return [number for number in numbers if number in values]
    return as_list(values)


def as_list(value: Any) -> list[Any]:
    """A list as it is, one value as a list of one."""
    return value if isinstance(value, list) else [value]
