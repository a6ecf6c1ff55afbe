# SPDX-License-Identifier: Apache-2.0
"""What recurrent kernels can do to a gradient at one step."""

from typing import Any

import numpy as np
import pandas as pd
from keras import ops

from keras_rnn._types import Array
from keras_rnn.diagnostics.gradients.products import largest_singular_values
from keras_rnn.engine import RecurrentCell
from keras_rnn.layers import JordanCell, ProjectedLSTMCell

#: Cells whose R reads a product: the name of its matrix. With it R is a map of
#: units to units.
READ_THROUGH: dict[type[RecurrentCell], str] = {
    JordanCell: "V",
    ProjectedLSTMCell: "P",
}


def recurrent_blocks(cell: Any) -> dict[tuple[str, str], Array]:
    """The matrices of R, one per gate and per state that it reads.

    Args:
        cell: A built `RecurrentCell`.

    Returns:
        Dict, (gate, state) -> array `(width of the state, units)`; empty if
        there is no R.
    """
    recurrence = cell.recurrence()
    equations, R = recurrence.equations, recurrence.weights[1]
    if R is None:
        return {}
    widths = [cell.state_width(name) for name in equations.states_of_R]
    unit_vectors = ops.eye(sum(widths), dtype=R.dtype)
    product = ops.convert_to_numpy(
        equations.recurrent_form.product(unit_vectors, R)
    )
    through = READ_THROUGH.get(type(cell))
    if through is not None:
        matrix = ops.convert_to_numpy(recurrence.extras[through])
        product, widths = matrix @ product, [len(matrix)]
    gates = np.split(product, len(equations.z_of_h), axis=1)
    ends = np.cumsum(widths)[:-1]
    return {
        (gate, state): block
        for gate, columns in zip(equations.z_of_h, gates, strict=True)
        for state, block in zip(
            equations.states_of_R, np.split(columns, ends), strict=True
        )
    }


def kernel_table(cell: RecurrentCell | None) -> pd.DataFrame:
    """A row per gate and state that R reads.

    Args:
        cell: A built cell; None, one that is not known, has no rows.

    Returns:
        Columns `singular_value`, the largest, and `spectral_radius`, NaN where
        the matrix is not square; both NaN where it is not finite.
    """
    blocks = {} if cell is None else recurrent_blocks(cell)
    rows = [
        (
            float(largest_singular_values(block)),
            _spectral_radius(block),
        )
        for block in blocks.values()
    ]
    index = pd.MultiIndex.from_tuples(blocks, names=["gate", "state"])
    return pd.DataFrame(
        rows, index=index, columns=["singular_value", "spectral_radius"]
    )


def _spectral_radius(block: Array) -> float:
    if block.shape[0] != block.shape[1] or not np.isfinite(block).all():
        return np.nan
    return float(np.abs(np.linalg.eigvals(block)).max())
