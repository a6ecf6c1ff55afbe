# SPDX-License-Identifier: Apache-2.0
"""What could not be saved is refused before anything is trained."""

import json

import pandas as pd

from keras_rnn.forecasting.saving.contents import decode, encode
from keras_rnn.forecasting.saving.steps import same_step


def check_savable(settings, data, series):
    """Raises a ValueError for what would not be loaded as it was.

    Args:
        settings: Dict of the arguments of the forecaster.
        data: PreparedData.
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


def _check(value, what, remedy, same=None):
    """Raises a ValueError unless a value can be written and read."""
    arrays = {}
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


def _same_labels(one, other):
    return one.equals(other) and one.dtype == other.dtype
