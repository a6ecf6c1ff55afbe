# SPDX-License-Identifier: Apache-2.0
"""The timestamps of rows: unique, increasing, at one regular step."""

from keras_rnn.data.time_axis.calendar import as_cycles
from keras_rnn.data.time_axis.many_series import off_grid, shared_grid
from keras_rnn.data.time_axis.one_series import show

__all__ = [
    "as_cycles",
    "off_grid",
    "shared_grid",
    "show",
]
