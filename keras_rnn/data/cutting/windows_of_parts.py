# SPDX-License-Identifier: Apache-2.0
"""The rows and the windows of each part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data.series import Series
from keras_rnn.data.split import Split
from keras_rnn.data.windows import Windows


@dataclass(frozen=True, eq=False)
class Allotment:
    """The rows and the windows of each part.

    Args:
        sections: Part name -> first row and end of its rows in each series,
            int64, shape (series, 2); no entry for a part of size 0.
        cutoffs: Part name -> cutoffs of its windows, series by series and in
            order of time, int64, shape (windows,).
    """

    sections: dict[str, Array]
    cutoffs: dict[str, Array]

    @property
    def training_stops(self) -> Array:
        """The end of the training rows of each series, shape (series,)."""
        return self.sections["train"][:, 1]


def allot(
    split: Split,
    windows: Windows,
    bounds: Array,
    names: pd.Index | Sequence[Any] | None,
) -> Allotment:
    """Splits one series or many.

    Args:
        split: The Split.
        windows: The shape of a window.
        bounds: Where each series begins, and the number of rows, int64,
            shape (series + 1,).
        names: The name of each series, or None for one series.

    Returns:
        An Allotment.

    Raises:
        ValueError: If a part has no window, in the one series or in any of
            many.

    Example:
        >>> from keras_rnn.data import Split, Windows
        >>> parts = allot(
        ...     Split(validation=0, test=2),
        ...     Windows(lookback=2, horizon=1),
        ...     np.array([0, 6, 12]),
        ...     ["a", "b"],
        ... )
        >>> parts.cutoffs["train"].tolist(), parts.cutoffs["test"].tolist()
        ([1, 2, 7, 8], [3, 4, 9, 10])
    """
    if names is None:
        sections = split.sections(int(bounds[-1]))
        return Allotment(
            {
                name: np.array([[rows.start, rows.stop]])
                for name, rows in sections.items()
            },
            split.cutoffs(int(bounds[-1]), windows),
        )
    starts, lengths = bounds[:-1], np.diff(bounds)
    stops = split.stops(lengths)
    edges = np.column_stack([np.zeros_like(lengths), stops, lengths])
    sections = {"train": edges[:, :2]}
    if split.validation:
        sections["validation"] = edges[:, 1:3]
    if split.test:
        sections["test"] = edges[:, 2:]
    cutoffs = {
        name: cutoffs_of_many(targets, windows, starts)
        for name, targets in target_rows(split, sections, windows).items()
    }
    for name, rows in cutoffs.items():
        check_any(name, rows, sections[name], windows)
    return Allotment(
        {name: rows + starts[:, None] for name, rows in sections.items()},
        cutoffs,
    )


def target_rows(
    split: Split, sections: dict[str, Array], windows: Windows
) -> dict[str, Array]:
    """The rows of each part that may be targets, in the form of `sections`."""
    if split.purge:
        return sections
    train = sections["train"].copy()
    last = sections.get("validation", train)[:, 1]
    train[:, 1] = np.minimum(train[:, 1] + windows.horizon - 1, last)
    return {**sections, "train": train}


def cutoffs_of_many(targets: Array, windows: Windows, starts: Array) -> Array:
    """The cutoffs of all series, one after the other.

    Args:
        targets: First row and end of the rows that may be targets, counted
            from the start of each series, int64, shape (series, 2).
        windows: The shape of a window.
        starts: The first row of each series, int64, shape (series,).
    """
    edges = zip(starts.tolist(), targets.tolist(), strict=True)
    return np.concatenate(
        [
            windows.cutoffs(range(first, stop)) + start
            for start, (first, stop) in edges
        ]
    )


def check_any(
    name: str, cutoffs: Array, section: Array, windows: Windows
) -> None:
    """Raises a ValueError if a part has no window in any series."""
    if len(cutoffs):
        return
    longest = int((section[:, 1] - section[:, 0]).max())
    raise ValueError(
        f"No series has a window in the {name} split: the most rows that one "
        f"has there are {longest}. lookback={windows.lookback}, "
        f"gap={windows.gap} and horizon={windows.horizon} need "
        f"{windows.span if name == 'train' else windows.horizon}. Lower one "
        "of them or change the split."
    )


def only_known(allotment: Allotment, series: Series) -> Allotment:
    """Leaves out windows of which too few rows are known.

    Args:
        allotment: The Allotment.
        series: The Series.

    Returns:
        An Allotment.

    Raises:
        ValueError: If no window of a part is left.
    """
    kept = {}
    for name, cutoffs in allotment.cutoffs.items():
        known = series.can_forecast(cutoffs) & series.can_judge(cutoffs)
        kept[name] = cutoffs[known]
        if not known.any():
            raise ValueError(
                f"No window of the {name} split has {needed(series)} and a "
                "known one in its horizon. Enlarge the split, or fill the "
                "gaps yourself."
            )
    return Allotment(allotment.sections, kept)


def needed(series: Series) -> str:
    """The known rows that the inputs of a window need, as text."""
    if series.lines is not None:
        return "a known row at its end"
    return f"a known row in its lookback, {series.windows.lookback} rows,"
