# SPDX-License-Identifier: Apache-2.0
"""From a pandas DataFrame to the windows a recurrent network trains on.

`keras_rnn.data.text` goes from strings to padded token ids, and
`keras_rnn.data.sound` from sound to padded frames.
"""

from typing import TYPE_CHECKING

from keras_rnn import _names
from keras_rnn.data import (
    cutting,
    frames,
    representations,
    sound,
    text,
    time_axis,
)
from keras_rnn.data.columns import Columns
from keras_rnn.data.frames.elapsed import with_elapsed
from keras_rnn.data.frames.parquet.reading import read_parquet
from keras_rnn.data.part import Part
from keras_rnn.data.pipeline import prepare, split_and_scaled
from keras_rnn.data.prepared import PreparedData
from keras_rnn.data.reader import Reader
from keras_rnn.data.representations import table as _representations
from keras_rnn.data.representations.table import *  # noqa: F403
from keras_rnn.data.representations.table import (
    REPRESENTATIONS,
    Counts,
    representation_of,
)
from keras_rnn.data.scales import Scales
from keras_rnn.data.split import Split
from keras_rnn.data.stream import join_chunks, stream_batches
from keras_rnn.data.time_axis.calendar import calendar_features
from keras_rnn.data.time_axis.one_series import regular_step
from keras_rnn.data.windows import Windows

__all__ = [
    "REPRESENTATIONS",
    "Columns",
    "Counts",
    "Part",
    "PreparedData",
    "Reader",
    "Scales",
    "Split",
    "Windows",
    "calendar_features",
    "cutting",
    "frames",
    "join_chunks",
    "prepare",
    "read_parquet",
    "regular_step",
    "representation_of",
    "representations",
    "sound",
    "split_and_scaled",
    "stream_batches",
    "text",
    "time_axis",
    "with_elapsed",
]
__all__ += _representations.__all__

if not TYPE_CHECKING:
    # Type checkers shall still tell which names there are not.
    __getattr__ = _names.moved(__name__)
