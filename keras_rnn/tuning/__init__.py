# SPDX-License-Identifier: Apache-2.0
"""Which cell, and which settings: sweeps that are fair and survive kills."""

from typing import TYPE_CHECKING

from keras_rnn import _names
from keras_rnn.tuning.folds import CrossValidation, Fold
from keras_rnn.tuning.hypermodel import RecurrentHyperModel
from keras_rnn.tuning.plots import plot_leaderboard
from keras_rnn.tuning.problems.arrays import Arrays
from keras_rnn.tuning.problems.batches import Batches
from keras_rnn.tuning.problems.frame import Forecast
from keras_rnn.tuning.search import CellSearch, search_cells
from keras_rnn.tuning.search_space.equal_size import (
    count_weights,
    matched_units,
)
from keras_rnn.tuning.search_space.ranges import Range
from keras_rnn.tuning.search_space.table import SPACE

__all__ = [
    "SPACE",
    "Arrays",
    "Batches",
    "CellSearch",
    "CrossValidation",
    "Fold",
    "Forecast",
    "Range",
    "RecurrentHyperModel",
    "count_weights",
    "matched_units",
    "plot_leaderboard",
    "search_cells",
]

if not TYPE_CHECKING:
    # Type checkers shall still tell which names there are not.
    __getattr__ = _names.moved(__name__)
