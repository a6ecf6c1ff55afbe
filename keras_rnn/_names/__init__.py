# SPDX-License-Identifier: Apache-2.0
"""Answers names of earlier versions and of other libraries with the own one."""

from keras_rnn._names.answers import (
    Decorator,
    moved,
    other_attributes,
    other_names,
)
from keras_rnn._names.kinds import each, remedies

__all__ = [
    "Decorator",
    "each",
    "moved",
    "other_attributes",
    "other_names",
    "remedies",
]
