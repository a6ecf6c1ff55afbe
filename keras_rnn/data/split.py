# SPDX-License-Identifier: Apache-2.0
"""Training, validation and test part, one after the other in time."""

import math
import numbers
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from keras_rnn._types import Array
from keras_rnn._validation import boolean, integer, received
from keras_rnn.data.windows import Windows


@dataclass(frozen=True, kw_only=True)
class Split:
    """The sizes of the parts: train, validation and test, in order of time.

    A window belongs to a part if all its target rows lie in that part; its
    inputs may reach back into the parts before.

    Args:
        validation: Size of the validation part: a float is a fraction of the
            rows, rounded up, an int is a number of rows, 0 means no such part.
        test: Size of the test part, which takes the last rows, likewise.
        purge: If True, a window whose targets lie partly in train and partly
            in validation belongs to neither. If False, it belongs to train:
            no recent row is lost for training, at the price that the first
            horizon − 1 validation rows were training targets too. Test rows
            are never training or validation targets.

    Raises:
        ValueError: If a size is neither a fraction nor a number of rows.

    Example:
        >>> Split(validation=0.1, test=20).sections(rows=100)
        {'train': range(0, 70), 'validation': range(70, 80),
         'test': range(80, 100)}
    """

    validation: float | int = 0.1
    test: float | int = 0.2
    purge: bool = True

    def __post_init__(self) -> None:
        for name in ("validation", "test"):
            size = getattr(self, name)
            if isinstance(size, numbers.Integral):
                integer(name, size, minimum=0)
            elif not isinstance(size, float) or not 0 <= size < 1:
                raise ValueError(
                    f"`{name}` must be a fraction of the rows from 0 to 1, or "
                    f"an integer number of rows. {received(name, size)}"
                )
        boolean("purge", self.purge)

    def sections(self, rows: int) -> dict[str, range]:
        """The rows of each part.

        Args:
            rows: Number of rows of the frame.

        Returns:
            Part name -> range of rows; parts of size 0 are left out.

        Raises:
            ValueError: If the parts take more rows than there are.
        """
        validation = row_count(self.validation, rows)
        test = row_count(self.test, rows)
        if validation + test > rows:
            raise ValueError(
                f"The validation and test splits take {validation + test} "
                f"rows; the frame has {rows}. Lower `validation` or `test`."
            )
        bounds = {
            "train": range(rows - test - validation),
            "validation": range(rows - test - validation, rows - test),
            "test": range(rows - test, rows),
        }
        return {
            name: section
            for name, section in bounds.items()
            if name == "train" or section
        }

    def stops(self, lengths: Array) -> Array:
        """Where the training and the validation rows of many series end.

        A series with fewer rows than the validation and test parts take has
        no training rows, nor, if the test part takes them all, validation
        rows.

        Args:
            lengths: Number of rows of each series, int64, shape (series,).

        Returns:
            int64, shape (series, 2), counted from the start of each series.
        """
        distinct, number = np.unique(lengths, return_inverse=True)
        stops = []
        for rows in distinct.tolist():
            before_test = max(rows - row_count(self.test, rows), 0)
            validation = row_count(self.validation, rows)
            stops.append((max(before_test - validation, 0), before_test))
        return np.array(stops, dtype=np.int64)[number]

    def cutoffs(self, rows: int, windows: Windows) -> dict[str, Array]:
        """The cutoffs of the windows of each part.

        Args:
            rows: Number of rows of the frame.
            windows: The shape of a window.

        Returns:
            Part name -> increasing row positions, int64, shape (windows,).

        Raises:
            ValueError: If a part is too short for one window.
        """
        sections = self.sections(rows)
        for name, section in sections.items():
            windows.check_room(name, len(section))
        if not self.purge:
            sections["train"] = straddling(sections, windows.horizon)
        return {
            name: windows.cutoffs(targets) for name, targets in sections.items()
        }


def row_count(size: float, rows: int) -> int:
    """A size as a number of rows; a fraction is rounded up."""
    if isinstance(size, numbers.Integral):
        return int(size)
    # 0.07 × 100 is 7.000000000000001 in floats: count in decimals instead.
    return math.ceil(Fraction(str(float(size))) * rows)


def straddling(sections: dict[str, range], horizon: int) -> range:
    """The rows of training targets, which may run into the validation part."""
    train = sections["train"]
    before_test = sections.get("validation", train).stop
    return range(min(train.stop + horizon - 1, before_test))
