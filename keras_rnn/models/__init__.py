# SPDX-License-Identifier: Apache-2.0
"""Factories: settings in, an uncompiled `keras.Model` out."""

from keras_rnn.models.heads import Binary, MultiClass, Regression
from keras_rnn.models.inputs import Sequences, Tokens
from keras_rnn.models.many_to_one import many_to_one
from keras_rnn.models.pooling import LastStep
from keras_rnn.models.stack import Stack

__all__ = [
    "Binary",
    "LastStep",
    "MultiClass",
    "Regression",
    "Sequences",
    "Stack",
    "Tokens",
    "many_to_one",
]
