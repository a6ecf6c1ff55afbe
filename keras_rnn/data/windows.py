# SPDX-License-Identifier: Apache-2.0
"""The rows of a window."""

from dataclasses import dataclass

import numpy as np

from keras_rnn import _names
from keras_rnn._types import Array
from keras_rnn._validation import integer, positive_int
from keras_rnn.data.other_names import WINDOWS


@_names.other_names("Windows(lookback=24, horizon=6)", **WINDOWS)
@dataclass(frozen=True, kw_only=True)
class Windows:
    """The shape of a window around its cutoff, the last known row.

    With the cutoff in row t:

        inputs    rows  t − lookback + 1  …  t
        targets   rows  t + gap + 1       …  t + gap + horizon

    Args:
        lookback: Number of past rows that the model sees.
        horizon: Number of rows that it forecasts.
        gap: Number of rows between the cutoff and the first target, for
            values that become known late.
        stride: Number of rows from one cutoff to the next.

    Raises:
        ValueError: If an argument is not an integer in its range.

    Example:
        >>> windows = Windows(lookback=3, horizon=2, gap=1)
        >>> windows.input_rows(10), windows.target_rows(10)
        (range(8, 11), range(12, 14))
    """

    lookback: int
    horizon: int
    gap: int = 0
    stride: int = 1

    def __post_init__(self) -> None:
        positive_int("lookback", self.lookback)
        positive_int("horizon", self.horizon)
        integer("gap", self.gap, minimum=0)
        positive_int("stride", self.stride)

    @property
    def ahead(self) -> int:
        """Number of rows from the cutoff to the last target."""
        return self.gap + self.horizon

    @property
    def span(self) -> int:
        """Number of rows from the first input to the last target."""
        return self.lookback + self.ahead

    def input_rows(self, cutoff: int) -> range:
        """The range of input rows of the window at `cutoff`."""
        return range(cutoff - self.lookback + 1, cutoff + 1)

    def target_rows(self, cutoff: int) -> range:
        """The range of target rows of the window at `cutoff`."""
        first = cutoff + self.gap + 1
        return range(first, first + self.horizon)

    def check_room(self, name: str, rows: int) -> None:
        """Raises a ValueError if no window fits into the rows of a part.

        Args:
            name: The name of the part. Inputs of all parts but "train" may
                lie before the part.
            rows: Number of rows of the part.
        """
        if name == "train" and rows < self.span:
            raise ValueError(
                f"The train split has {rows} rows; lookback={self.lookback}, "
                f"gap={self.gap} and horizon={self.horizon} need {self.span}. "
                "Lower one of them or shrink the other splits."
            )
        if rows < self.horizon:
            raise ValueError(
                f"The {name} split has {rows} rows; horizon={self.horizon} "
                f"needs {self.horizon}. Lower `horizon` or enlarge the split."
            )

    def cutoffs(self, targets: range) -> Array:
        """The cutoffs of all windows whose targets lie in `targets`.

        With a stride the windows are aligned at the end: the last possible
        window is always among them, so that no recent row is lost.

        Args:
            targets: Range of rows that may be targets.

        Returns:
            Increasing row positions, int64, shape (windows,).
        """
        first = max(targets.start - self.gap - 1, self.lookback - 1)
        last = targets.stop - 1 - self.gap - self.horizon
        return np.arange(last, first - 1, -self.stride, dtype=np.int64)[::-1]


def any_of(marked: Array, steps: range, cutoffs: Array) -> Array:
    """Whether one of some successive rows around each cutoff is marked.

    Args:
        marked: Which rows are marked, bool, shape (rows,).
        steps: Range of rows, counted from the cutoff.
        cutoffs: Row positions, int64, shape (windows,).

    Returns:
        bool, shape (windows,).
    """
    before = np.append(0, np.cumsum(marked))
    return before[cutoffs + steps.stop] > before[cutoffs + steps.start]
