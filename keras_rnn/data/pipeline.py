# SPDX-License-Identifier: Apache-2.0
"""From a DataFrame to the windows of each part."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from keras_rnn._validation import instance, one_of
from keras_rnn.data.columns import Columns
from keras_rnn.data.cutting.windows_of_parts import allot, only_known
from keras_rnn.data.frames.any_form import as_frame
from keras_rnn.data.frames.missing_rows import GAPS
from keras_rnn.data.frames.source import Source
from keras_rnn.data.frames.table import Table
from keras_rnn.data.part import Part
from keras_rnn.data.prepared import PreparedData
from keras_rnn.data.reader import Reader
from keras_rnn.data.representations.base import Representation
from keras_rnn.data.representations.level import Level
from keras_rnn.data.scales import Scales
from keras_rnn.data.split import Split
from keras_rnn.data.time_axis.calendar import as_cycles
from keras_rnn.data.windows import Windows


def prepare(
    frame: pd.DataFrame | str | Path,
    columns: Columns,
    windows: Windows,
    *,
    split: Split | None = None,
    representation: Representation | None = None,
    calendar: str | Iterable[str] = (),
    gaps: str = "refuse",
) -> PreparedData:
    """Checks, splits, scales and windows a time series, or many.

    With `Columns(..., series="shop")` the frame holds many series in long
    form, each with its own regular index, of any length and in any order. No
    window crosses from one into another. The last rows of each are its
    validation and test part; where it is too short for a window, it is left
    out of that part, and `describe` names it.

    Means, standard deviations and sizes of changes are measured on the
    training rows: those before the validation part, or before the test part
    if there is no validation part. Of many series targets are measured series
    by series (`per_series` of the representation). A series with fewer
    training rows than a lookback is measured by its first lookback, which is
    known at its first cutoff. Covariates are measured over the training rows
    of all series, static covariates over all series with such rows.

    Args:
        frame: DataFrame with one row per time step (and series); its
            index a DatetimeIndex of a regular frequency or integers with a
            constant step. Or the path of a Parquet file, or of a folder of
            them, written from such a frame: see `read_parquet`.
        columns: Columns, the role of each column.
        windows: Windows, the shape of a window.
        split: Split, the sizes of the parts; `Split()` if None.
        representation: How the network sees its targets; `Level()` if None.
            Use `Change()` for a series with a trend.
        calendar: Names such as "month", as for `calendar_features`: further
            future covariates, made from the index, also beyond its end.
        gaps: How missing rows and values of targets and covariates are
            treated.
            "refuse": an error says where they are and how to fill them.
            "interpolate": inputs are filled by straight lines between the
            known values of their series; missing values at the ends are
            refused. No window ends with a row of which a target or past
            covariate was filled, because the line to the first row after a
            gap would reveal its future.
            "mask": missing targets and past covariates stay missing, at the
            ends too. A row that lacks one is skipped as an input. A window
            needs one known row in its lookback. A forecast that is relative
            to a missing level is relative to the last known one before it.
            Future and static covariates, known ahead, are filled as by
            "interpolate".
            "elapsed": as "mask", but no row is skipped. The network sees the
            last known value in place of a missing one, or 0 before the first,
            and two further channels of each target channel and past covariate:
            whether it is known, and how many rows ago it was known before.
            So rows that hold some of the values count. `keras_rnn.GRUD` is
            made for it. A window needs one known target in its lookback.
            With all three, missing values count neither in scales nor as
            outcomes: a step of the horizon that lacks a target counts in no
            loss (the weights of `Part.dataset`), and a window needs one known
            step in its horizon to be trained or judged on.

    Returns:
        A PreparedData.

    Raises:
        TypeError: If an argument or the index is of another kind.
        ValueError: If the frame has gaps, missing or infinite values, lacks a
            column, or is too short.

    Example:
        >>> days = pd.date_range("2024-01-01", periods=100, freq="D")
        >>> frame = pd.DataFrame({"y": range(100)}, index=days)
        >>> data = prepare(frame, Columns("y"), Windows(lookback=7, horizon=2))
        >>> len(data.train), len(data.validation), len(data.test)
        (62, 9, 19)
        >>> inputs, targets = next(iter(data.test.dataset(batch_size=8)))
        >>> tuple(inputs.shape), tuple(targets.shape)
        ((8, 7, 1), (8, 2, 1))
        >>> data.describe().loc["test", "first window"]
        input from    2024-03-14
        cutoff        2024-03-20
        target from   2024-03-21
        target to     2024-03-22
        Name: test, dtype: datetime64[us]
    """
    split = Split() if split is None else split
    representation = Level() if representation is None else representation
    instance("columns", columns, Columns, "Use Columns(target).")
    frame = as_frame(frame, columns)
    instance("frame", frame, pd.DataFrame, "Use `pd.DataFrame(frame)`.")
    instance("windows", windows, Windows, "Use Windows(lookback=, horizon=).")
    instance("split", split, Split, "Use Split(test=, validation=).")
    instance(
        "representation",
        representation,
        Representation,
        "Use Level() or Change().",
    )

    one_of("gaps", gaps, GAPS)
    source = Source(
        columns, windows.ahead, as_cycles("calendar", calendar), gaps
    )
    table = source.read(frame)
    return split_and_scaled(table, source, windows, split, representation)


def split_and_scaled(
    table: Table,
    source: Source,
    windows: Windows,
    split: Split,
    representation: Representation,
) -> PreparedData:
    """Splits the rows of a Table, scales them, and finds their windows.

    Args:
        table: The Table.
        source: How the table was read.
        windows: The shape of a window, which reaches no further ahead than
            the rows are continued.
        split: The sizes of the parts.
        representation: How the network sees its targets.

    Returns:
        A PreparedData.
    """
    representation.check(table.levels, table.columns.target, table.place)
    allotment = allot(split, windows, table.bounds, table.names)
    scales = Scales.fit(
        table, allotment.training_stops, representation, windows, source
    )
    series = scales.apply(table)
    if source.gaps != "refuse":
        allotment = only_known(allotment, series)
    parts = {
        name: Part(name, cutoffs, series)
        for name, cutoffs in allotment.cutoffs.items()
    }
    reader = Reader(
        source.columns, scales, table.step, table.own_steps, table.index[:0]
    )
    return PreparedData(series, parts, allotment.sections, reader)
