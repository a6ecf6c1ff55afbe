# SPDX-License-Identifier: Apache-2.0
"""From a DataFrame or a Parquet file to checked arrays, grouped by series."""

from keras_rnn.data.frames.any_form import as_frame
from keras_rnn.data.frames.last_known import bridged
from keras_rnn.data.frames.long_form import dates_aside, remedy_of_dates
from keras_rnn.data.frames.missing_rows import GAPS
from keras_rnn.data.frames.odd_series import (
    of_series,
    too_short,
    warn_of_left_out,
)
from keras_rnn.data.frames.source import Source
from keras_rnn.data.frames.values import check_flat, with_numbers

__all__ = [
    "GAPS",
    "Source",
    "as_frame",
    "bridged",
    "check_flat",
    "dates_aside",
    "of_series",
    "remedy_of_dates",
    "too_short",
    "warn_of_left_out",
    "with_numbers",
]
