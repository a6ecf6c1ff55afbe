# SPDX-License-Identifier: Apache-2.0
"""What a network sees of its targets, and back to the units of the data."""

from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.one_step import OneStep
from keras_rnn.data.representations.standard_scaler import StandardScaler

__all__ = [
    "FittedRepresentation",
    "OneStep",
    "Representation",
    "StandardScaler",
]
