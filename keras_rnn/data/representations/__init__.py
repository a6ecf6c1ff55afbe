# SPDX-License-Identifier: Apache-2.0
"""Translates targets between the data's units and a network's."""

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
