# SPDX-License-Identifier: Apache-2.0
"""Rows that are no numbers are refused, and leave the states alone."""

import numpy as np
import pandas as pd
import pytest

from keras_rnn.models import (
    Regression,
    Sequences,
    Stack,
    Tokens,
    for_inference,
    get_states,
    many_to_one,
    predict_online,
)

INPUTS = {"numbers": Sequences(1), "ids": Tokens(5, 2)}
WRONG = [
    "3",
    b"3",
    None,
    ["3"],
    [None],
    [1j],
    object(),
    {"a": 1},
    [[1], [1, 2]],
    pd.Timestamp("2024-01-01"),
    np.array(["2024-01-01"], "datetime64[D]"),
]


@pytest.mark.parametrize("inputs", INPUTS.values(), ids=INPUTS)
@pytest.mark.parametrize("row", WRONG, ids=lambda row: type(row).__name__)
def test_what_is_no_row_of_numbers_is_refused(inputs, row):
    model = many_to_one(Stack("elman", 2), inputs, Regression())
    online = for_inference(model)
    with pytest.raises(ValueError, match=r"`row` must h.*Received.*Give"):
        predict_online(online, row)
    for states in get_states(online).values():
        assert not np.any(states)
    assert np.isfinite(predict_online(online, np.array([1]))).all()
