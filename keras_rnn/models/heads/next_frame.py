# SPDX-License-Identifier: Apache-2.0
"""The head of the frames that follow a video."""

from dataclasses import dataclass
from typing import ClassVar

import keras

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.models.heads.contract import Head


@dataclass(frozen=True)
class NextFrame(Head):
    """The frames that follow, `(batch, horizon, height, width, channels)`.

    Each number of a pixel is a sigmoid, the expectation of what lies between 0
    (dark) and 1 (bright); so must the frames read and the targets, of which
    others are refused. Where the model is unsure, the frame is blurred.

    Args:
        horizon: How many frames to predict.
    """

    horizon: int = 1
    factories: ClassVar[tuple[str, ...]] = ("conv_lstm",)
    layer_name = "next_frames"
    loss: ClassVar[str] = "binary_crossentropy"
    metrics: ClassVar[tuple[str, ...]] = ("mae",)

    def __post_init__(self) -> None:
        validate.positive_int("horizon", self.horizon)

    def pixels(self, channels: int) -> keras.layers.Layer:
        """A new layer that makes a frame of a state `(batch, ..., filters)`."""
        return keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            activation="sigmoid",
            dtype="float32",
            name="pixels",
        )

    def __call__(self, x: list[Tensor]) -> Tensor:
        """Joins a list of frames `(batch, 1, height, width, channels)`."""
        return keras.layers.Concatenate(
            axis=1, dtype="float32", name=self.layer_name
        )(x)
