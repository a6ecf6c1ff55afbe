# SPDX-License-Identifier: Apache-2.0
"""No column of an output stands in the place of another one."""

import pandas as pd
import pytest

from keras_rnn.data import Columns, Windows, prepare
from keras_rnn.forecasting.tables import check_names, check_names_of_paths


def test_a_target_may_not_be_called_as_a_bound_of_another_one():
    check_names(["y_lower_90", "y"], [0.8])
    with pytest.raises(ValueError, match="called 'y_lower_80'"):
        check_names(["y_lower_80", "y"], [0.8])


def windows_of(columns, index_name=None):
    """The windows of twenty days, of one series or of one in long form."""
    days = pd.date_range("2024-01-01", periods=20, name=index_name)
    frame = pd.DataFrame(dict.fromkeys(columns.all, range(20)), index=days)
    if columns.series is not None:
        frame[columns.series] = "Rome"
    return prepare(frame, columns, Windows(lookback=2, horizon=1)).train


@pytest.mark.parametrize(
    ("columns", "index_name", "taken"),
    [
        (Columns("timestamp"), None, True),
        (Columns("timestamp"), "day", False),
        (Columns("day"), "day", True),
        (Columns(["y", "path"]), None, True),
        (Columns("y", series="path"), None, True),
        (Columns("y", series="timestamp"), None, True),
        (Columns("series", series="shop"), None, False),
        (Columns("series"), None, False),
        (Columns(["cutoff", "forecast", "actual"]), None, False),
    ],
)
def test_two_columns_of_the_paths_may_not_have_one_name(
    columns, index_name, taken
):
    part = windows_of(columns, index_name)
    if not taken:
        check_names_of_paths(part)
        return
    with pytest.raises(ValueError, match=r"rename\(columns={'"):
        check_names_of_paths(part)
