# SPDX-License-Identifier: Apache-2.0
"""From a pandas DataFrame to the windows a recurrent network trains on."""

from keras_rnn.data.calendar import calendar_features
from keras_rnn.data.change import Change
from keras_rnn.data.columns import Columns
from keras_rnn.data.index import regular_step
from keras_rnn.data.level import Level
from keras_rnn.data.part import Part
from keras_rnn.data.pipeline import prepare
from keras_rnn.data.prepared import PreparedData
from keras_rnn.data.split import Split
from keras_rnn.data.windows import Windows

__all__ = [
    "Change",
    "Columns",
    "Level",
    "Part",
    "PreparedData",
    "Split",
    "Windows",
    "calendar_features",
    "prepare",
    "regular_step",
]
