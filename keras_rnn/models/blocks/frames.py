# SPDX-License-Identifier: Apache-2.0
"""Videos: inputs with a picture at each step, and the layers that read them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.models.blocks.padding import check_mask_value


@dataclass(frozen=True)
class Frames:
    """Sequences of pictures, `(batch, time, height, width, channels)`.

    Convolutions describe each frame by a vector, and the layers above read one
    vector per step. A model of `conv_lstm` reads the pixels themselves.

    Args:
        height: Rows of pixels.
        width: Columns of pixels.
        channels: Numbers per pixel, best in [0, 1].
        length: Frames; None means any number of them.
        convolutions: For each convolution of 3 × 3 its number of filters. Max
            pooling halves the picture after each of them, so that height and
            width must be at least 2 to the power of how many there are. `()`
            hands on the pixels.
        mask_value: Frames all of whose pixels equal this number are padding,
            which the layers above skip; None means no padding.

    Raises:
        TypeError: If `convolutions` is no tuple.
        ValueError: If a number is out of range, or the convolutions are too
            many for the size of the frames.

    Example:
        >>> from keras_rnn.models import MultiClass, Stack, many_to_one
        >>> model = many_to_one(
        ...     Stack("gru", 16), Frames(24, 32), MultiClass(num_classes=3)
        ... )
        >>> model.input_shape, model.output_shape
        ((None, None, 24, 32, 1), (None, 3))

    Reference:
        Donahue, J. et al. (2015). Long-term recurrent convolutional networks
        for visual recognition and description. CVPR. There the convolutions
        are those of a network trained on ImageNet.
    """

    height: int
    width: int
    channels: int = 1
    length: int | None = None
    convolutions: tuple[int, ...] = (16, 32)
    mask_value: float | None = None

    #: A pixel is never missing.
    num_observed: ClassVar[int] = 0

    def __post_init__(self) -> None:
        for name in ("height", "width", "channels"):
            validate.positive_int(name, getattr(self, name))
        if self.length is not None:
            validate.positive_int("length", self.length)
        validate.instance(
            "convolutions",
            self.convolutions,
            tuple,
            "Write convolutions=(16,) for one.",
        )
        for filters in self.convolutions:
            validate.positive_int("convolutions", filters)
        smallest = 2 ** len(self.convolutions)
        if min(self.height, self.width) < smallest:
            raise ValueError(
                f"{len(self.convolutions)} convolutions, which halve a frame "
                f"each, need {smallest} × {smallest} pixels. Received: "
                f"height={self.height}, width={self.width}, "
                f"convolutions={self.convolutions}. Use fewer convolutions."
            )
        if self.mask_value is not None:
            check_mask_value(self.mask_value)

    def __call__(self, horizon: int | None) -> tuple[Any, Tensor, list[Tensor]]:
        """New symbolic inputs, as those of `Sequences` but without vectors."""
        frames, x = self.pixels()
        return frames, ConvolutionPerFrame(self.convolutions)(x), []

    def pixels(self) -> tuple[Tensor, Tensor]:
        """A new symbolic input, and the same with the mask of its frames."""
        shape = (self.length, self.height, self.width, self.channels)
        frames = keras.Input(shape, name="frames")
        if self.mask_value is None:
            return frames, frames
        return frames, FrameMasking(self.mask_value)(frames)


@keras.saving.register_keras_serializable(package="keras_rnn")
class FrameMasking(keras.layers.Layer):
    """Masks the frames that are padding, as `keras.layers.Masking` masks steps.

    That layer looks at one axis of features; a frame has three.

    Args:
        mask_value: Frames all of whose pixels equal this number are padding.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        frames: Tensor `(batch, time, height, width, channels)`.

    Returns:
        The same tensor with a mask `(batch, time)`; masked frames are zeros.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import FrameMasking
        >>> x = np.zeros((1, 2, 3, 3, 1))
        >>> x[0, 0, 1, 1] = 0.5
        >>> FrameMasking(0.0).compute_mask(x).numpy()
        array([[ True, False]])
    """

    def __init__(self, mask_value: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_mask_value(mask_value)
        self.mask_value = mask_value
        self.supports_masking = True

    def compute_mask(self, frames: Tensor, previous_mask: Any = None) -> Tensor:
        valid = ops.any(ops.not_equal(frames, self.mask_value), axis=(2, 3, 4))
        if previous_mask is None:
            return valid
        return ops.logical_and(valid, previous_mask)

    def call(self, frames: Tensor) -> Tensor:
        valid = self.compute_mask(frames)[:, :, None, None, None]
        return frames * ops.cast(valid, frames.dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}


@keras.saving.register_keras_serializable(package="keras_rnn")
class ConvolutionPerFrame(keras.layers.Layer):
    """Describes each frame of a video by a vector: convolutions and poolings.

    All frames of all videos pass the convolutions as one batch.

    Args:
        filters: For each convolution of 3 × 3 ("same" padding, ReLU) its
            number of filters; max pooling of 2 × 2 follows each of them.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        frames: Tensor `(batch, time, height, width, channels)`, whose mask is
            kept; batch and time may be unknown.

    Returns:
        Tensor `(batch, time, vector)`, the flattened last pictures.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import ConvolutionPerFrame
        >>> y = ConvolutionPerFrame((16, 32))(np.zeros((2, 5, 24, 32, 1)))
        >>> tuple(y.shape)
        (2, 5, 1536)
    """

    def __init__(self, filters: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = tuple(filters)
        self.convolutions = [
            keras.layers.Conv2D(
                number,
                3,
                padding="same",
                activation="relu",
                dtype=self.dtype_policy,
            )
            for number in self.filters
        ]
        self.pooling = keras.layers.MaxPooling2D()
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        picture = (None, *input_shape[2:])
        for convolution in self.convolutions:
            convolution.build(picture)
            picture = self.pooling.compute_output_shape(
                convolution.compute_output_shape(picture)
            )

    def call(self, frames: Tensor) -> Tensor:
        batch, time, *picture = ops.shape(frames)
        x = ops.reshape(frames, (-1, *picture))
        for convolution in self.convolutions:
            x = self.pooling(convolution(x))
        width = self.compute_output_shape(frames.shape)[-1]
        return ops.reshape(x, (batch, time, width))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, time, height, width, channels = input_shape
        halvings = 2 ** len(self.filters)
        channels = (channels, *self.filters)[-1]
        return (
            batch,
            time,
            (height // halvings) * (width // halvings) * channels,
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "filters": list(self.filters)}
