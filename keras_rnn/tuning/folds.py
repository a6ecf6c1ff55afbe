# SPDX-License-Identifier: Apache-2.0
"""Which rows train and which rows judge, fold by fold."""

from dataclasses import dataclass

import numpy as np

from keras_rnn import _names
from keras_rnn import _validation as validate
from keras_rnn._types import Array
from keras_rnn.tuning.other_names import CROSS_VALIDATION


@dataclass(frozen=True)
class Fold:
    """One cut: positions to train on, and positions to judge by.

    Args:
        train: Increasing positions, int64.
        validation: Increasing positions, int64.
    """

    train: Array
    validation: Array


@_names.other_names("CrossValidation(folds=3)", **CROSS_VALIDATION)
@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """How settings are judged: by several folds, from one seed or several.

    Time series are cut by rolling origin: fold k trains on all rows before
    its origin and is judged by the rows after it, never the other way round.
    The last fold ends with the last row:

        fold 1    train train train  gap  judge
        fold 2    train train train train train  gap  judge
        fold 3    train train train train train train train  gap  judge

    Args:
        folds: Number of folds.
        gap: Rows between training and judging that neither uses, for data
            whose neighbouring rows know too much of each other.
        size: Rows that judge in each fold; None means half of the rows,
            divided by `folds`.
        repeats: Trainings of each fold, from different seeds.
        seed: Seed of everything random. The seed of each training follows from
            it, the settings, the fold and the repeat.

    Raises:
        ValueError: If an argument is not an integer in its range.

    Example:
        >>> for fold in CrossValidation(folds=2, gap=1).rolling(rows=12):
        ...     print(fold.train.tolist(), fold.validation.tolist())
        [0, 1, 2, 3, 4] [6, 7, 8]
        [0, 1, 2, 3, 4, 5, 6, 7] [9, 10, 11]
    """

    folds: int = 3
    gap: int = 0
    size: int | None = None
    repeats: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        validate.positive_int("folds", self.folds)
        validate.integer("gap", self.gap, minimum=0)
        if self.size is not None:
            validate.positive_int("size", self.size)
        validate.positive_int("repeats", self.repeats)
        validate.random_seed("seed", self.seed)

    @property
    def evaluations(self) -> list[tuple[int, int]]:
        """The pairs (fold, repeat) of one trial, in order."""
        return [(k, r) for k in range(self.folds) for r in range(self.repeats)]

    def rolling(self, rows: int) -> list[Fold]:
        """The folds of rows that are in order of time.

        Args:
            rows: Number of rows.

        Returns:
            List of Fold, the earliest first.

        Raises:
            ValueError: If no row is left to train the first fold on.
        """
        size = self.size or max(1, rows // (2 * self.folds))
        first = rows - self.folds * size
        if first - self.gap < 1:
            raise ValueError(
                f"{self.folds} folds of {size} rows and a gap of {self.gap} "
                f"leave no row to train on. Received: {rows} rows. "
                "Lower `folds`, `size` or `gap`."
            )
        return [
            Fold(
                np.arange(start - self.gap),
                np.arange(start, start + size),
            )
            for start in range(first, rows, size)
        ]

    def shuffled(self, rows: int) -> list[Fold]:
        """The folds of rows that have no order: each row judges once.

        Args:
            rows: Number of rows.

        Returns:
            List of Fold.

        Raises:
            ValueError: If there is a gap or a size, which need an order; or if
                there are fewer than two folds, or fewer rows than folds.
        """
        if self.gap or self.size or not 2 <= self.folds <= rows:
            raise ValueError(
                "Rows without an order need 2 folds up to their number, and "
                f"neither `gap` nor `size`. Received: {self!r}, {rows} rows. "
                "Use CrossValidation(folds=...), or ordered=True."
            )
        order = np.random.default_rng(self.seed).permutation(rows)
        return [
            Fold(np.setdiff1d(order, part), np.sort(part))
            for part in np.array_split(order, self.folds)
        ]
