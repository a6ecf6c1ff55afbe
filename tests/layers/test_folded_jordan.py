# SPDX-License-Identifier: Apache-2.0
"""When a read-out that feeds back is folded into the recurrent kernel.

That it changes no number is tested with all layers: `jordan` folds,
`jordan` with another activation does not.
"""

import pytest
from keras import ops

from keras_rnn.engine import Batch
from keras_rnn.layers import JordanCell
from keras_rnn.layers.jordan import FoldedJordanCell


class _Seen(Exception):
    pass


def _run(recurrence, _):
    raise _Seen(type(recurrence.equations))


@pytest.mark.parametrize(
    ("arguments", "dropped", "expected"),
    [
        ({}, False, FoldedJordanCell),
        ({"output_units": 2}, False, FoldedJordanCell),
        ({"output_units": 1}, False, JordanCell),  # V, then R costs less
        ({"output_activation": "tanh"}, False, JordanCell),
        ({}, True, JordanCell),  # dropout stands between V and R
    ],
)
def test_only_a_wide_linear_read_out_is_folded(arguments, dropped, expected):
    cell = JordanCell(4, **arguments)
    cell.build((None, 3))
    y = ops.ones((5, cell.output_units))
    dropout = y if dropped else None
    batch = Batch(ops.ones((5, 7, 3)), (y,), recurrent_mask=dropout)
    with pytest.raises(_Seen) as seen:
        cell.over_time(_run, batch)
    assert seen.value.args == (expected,)
