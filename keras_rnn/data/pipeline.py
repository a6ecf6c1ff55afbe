# SPDX-License-Identifier: Apache-2.0
"""From a DataFrame to the windows of each part."""

import numpy as np
import pandas as pd

from keras_rnn._validation import instance
from keras_rnn.data.columns import Columns
from keras_rnn.data.frame import column_values, constant_values
from keras_rnn.data.index import extend, regular_step
from keras_rnn.data.level import Level
from keras_rnn.data.part import Part
from keras_rnn.data.prepared import PreparedData
from keras_rnn.data.representation import Representation
from keras_rnn.data.scaling import StandardScaler
from keras_rnn.data.series import Series
from keras_rnn.data.split import Split
from keras_rnn.data.windows import Windows


def prepare(frame, columns, windows, *, split=None, representation=None):
    """Checks, splits, scales and windows a time series.

    Whatever is measured (means, standard deviations, sizes of changes) is
    measured on the training rows: those before the validation part, or before
    the test part if there is no validation part.

    Args:
        frame: DataFrame with one row per time step; its index a DatetimeIndex
            of a regular frequency or integers with a constant step.
        columns: Columns, the role of each column.
        windows: Windows, the shape of a window.
        split: Split, the sizes of the parts; `Split()` if None.
        representation: What the network sees of its targets; `Level()` if
            None, `Change()` for a series with a trend.

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
    instance("frame", frame, pd.DataFrame, "Use `frame.to_frame()`.")
    instance("columns", columns, Columns, "Use Columns(target).")
    instance("windows", windows, Windows, "Use Windows(lookback=, horizon=).")
    instance("split", split, Split, "Use Split(test=, validation=).")
    instance(
        "representation",
        representation,
        Representation,
        "Use Level() or Change().",
    )

    step = regular_step(frame.index)
    cutoffs = split.cutoffs(len(frame), windows)
    sections = split.sections(len(frame))
    levels = column_values(frame, columns.target)
    covariates = column_values(frame, columns.past + columns.future)
    static = constant_values(frame, columns.static)

    training = slice(0, sections["train"].stop)
    scaler = StandardScaler.fit(covariates[training])
    series = Series(
        index=extend(frame.index, step, windows.gap + windows.horizon),
        levels=levels,
        covariates=scaler.transform(covariates).astype(np.float32),
        static=static.astype(np.float32),
        columns=columns,
        windows=windows,
        representation=representation.fit(levels[training], windows),
    )
    parts = {name: Part(name, cutoffs[name], series) for name in sections}
    return PreparedData(series, parts, sections)
