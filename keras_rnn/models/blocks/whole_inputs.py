# SPDX-License-Identifier: Apache-2.0
"""Inputs without steps, from which a decoder writes: vectors and pictures."""

from dataclasses import dataclass

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor


@dataclass(frozen=True)
class Vector:
    """Numbers that describe a whole, `(batch, width)`.

    Args:
        width: How many numbers there are.
    """

    width: int

    def __post_init__(self) -> None:
        validate.positive_int("width", self.width)

    def __call__(self) -> tuple[Tensor, Tensor]:
        """A new symbolic input, and what describes it, `(batch, width)`."""
        source = keras.Input((self.width,), name="source")
        return source, source


@dataclass(frozen=True)
class Image:
    """Pictures, `(batch, height, width, channels)`, best in [0, 1].

    Two convolutions of 3 × 3, each halved by max pooling, describe a picture;
    for large ones pass the output of a trained network as a `Vector`.

    Args:
        height: Rows of pixels, at least 4.
        width: Columns of pixels, at least 4.
        channels: Numbers per pixel.
    """

    height: int
    width: int
    channels: int = 1

    def __post_init__(self) -> None:
        validate.integer("height", self.height, minimum=4)
        validate.integer("width", self.width, minimum=4)
        validate.positive_int("channels", self.channels)

    def __call__(self) -> tuple[Tensor, Tensor]:
        """A new symbolic input, and what describes it, `(batch, width)`."""
        shape = (self.height, self.width, self.channels)
        source = x = keras.Input(shape, name="source")
        for filters in (32, 64):
            x = keras.layers.Conv2D(
                filters, 3, padding="same", activation="relu"
            )(x)
            x = keras.layers.MaxPooling2D()(x)
        return source, keras.layers.Flatten()(x)
