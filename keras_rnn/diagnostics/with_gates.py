# SPDX-License-Identifier: Apache-2.0
"""The cells whose equations can be read."""

from typing import Any

from keras_rnn.engine import RecurrentCell
from keras_rnn.layers import OUR_CELLS, our_cell


def has_known_gates(cell: Any) -> bool:
    """Whether a cell is of this package, or one of Keras's three."""
    return isinstance(cell, RecurrentCell) or type(cell) in OUR_CELLS


def with_gates(cell: Any) -> RecurrentCell:
    """The cell, or that of this package with the weights of Keras's.

    Raises:
        TypeError: If it is neither.
    """
    return cell if isinstance(cell, RecurrentCell) else our_cell(cell)
