# SPDX-License-Identifier: Apache-2.0
"""No column of an output stands in the place of another one."""

import pytest

from keras_rnn.data import Columns
from keras_rnn.forecasting.tables import check_names, check_names_of_paths


def test_a_target_may_not_be_called_as_a_bound_of_another_one():
    check_names(["y_lower_90", "y"], [0.8])
    with pytest.raises(ValueError, match="called 'y_lower_80'"):
        check_names(["y_lower_80", "y"], [0.8])


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        (Columns("timestamp"), True),
        (Columns(["y", "path"]), True),
        (Columns("series", series="shop"), True),
        (Columns("series"), False),
        (Columns(["cutoff", "forecast", "actual"]), False),
    ],
    ids=str,
)
def test_a_target_may_not_be_called_as_a_column_of_the_paths(columns, taken):
    if not taken:
        check_names_of_paths(columns)
        return
    with pytest.raises(ValueError, match=r"rename\(columns={'"):
        check_names_of_paths(columns)
