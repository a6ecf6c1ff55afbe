# SPDX-License-Identifier: Apache-2.0
"""Refuses what could not be saved, before anything is trained."""

import json
from collections.abc import Callable
from typing import Any

import pandas as pd

from keras_rnn._types import Array
from keras_rnn.data import PreparedData
from keras_rnn.forecasting.saving.contents import decode, encode
from keras_rnn.forecasting.saving.steps import same_step


def check_savable(
    settings: dict[str, Any], data: PreparedData, series: str | None
) -> None:
    """Raises a ValueError for what would not be loaded as it was.

    Args:
        settings: The arguments of the forecaster, by name.
        data: What was made of the frame.
        series: The column that names the series of a row, or None.
    """
    for name, value in settings.items():
        _check(value, f"`{name}`", "Pass plain numbers, texts and tuples.")
    index = data.series.index
    if isinstance(index, pd.DatetimeIndex):
        _check(
            index[:1],
            "The zone of the index",
            "Take one that has a name, e.g. "
            "`frame.tz_convert('Europe/Berlin')`.",
            _same_labels,
        )
        for step in {data.step, *data.own_steps.values()}:
            _check(
                step,
                "The frequency of the index",
                "Take one of `pandas.offsets` itself, e.g. "
                "`frame.index.freq = pd.offsets.CustomBusinessDay(...)`.",
                same_step,
            )
    if series is not None:
        _check(
            data.series.names,
            f"The ids in {series!r}",
            f"Use text, `frame[{series!r}].astype(str)`.",
            _same_labels,
        )


def _check(
    value: Any,
    what: str,
    remedy: str,
    same: Callable[[Any, Any], bool] | None = None,
) -> None:
    """Raises a ValueError unless a value can be written and read.

    Args:
        value: The value.
        what: The beginning of the message, which says what the value is.
        remedy: The end of the message.
        same: Whether what was read is the same as the value; None accepts
            whatever can be read.
    """
    arrays: dict[str, Array] = {}
    try:
        words = json.loads(json.dumps(encode(value, arrays)))
        kept = decode(words, arrays)
        problem = None
        if same is not None and not same(value, kept):
            problem = f"{value!r} would be loaded as {kept!r}"
    except (TypeError, ValueError) as error:
        problem = str(error)
    if problem is not None:
        raise ValueError(f"{what} cannot be saved: {problem}. {remedy}")


def _same_labels(one: pd.Index, other: pd.Index) -> bool:
    return one.equals(other) and one.dtype == other.dtype
