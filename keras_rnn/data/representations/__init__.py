# SPDX-License-Identifier: Apache-2.0
"""What a network sees of its targets, and back to the units of the data."""

from keras_rnn.data.representations.base import (
    FittedRepresentation,
    Representation,
)
from keras_rnn.data.representations.standard_scaler import StandardScaler
from keras_rnn.data.representations.wrapper import OneStep

__all__ = [
    "FittedRepresentation",
    "OneStep",
    "Representation",
    "StandardScaler",
]
