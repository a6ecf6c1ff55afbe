# SPDX-License-Identifier: Apache-2.0
"""Layers that carry lengths, padding and direction from encoder to decoder."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor


def check_mask_value(mask_value: object) -> None:
    """Raises a ValueError unless steps can consist of a number."""
    # NaN does not equal itself, so that no step would ever be masked.
    if not validate.is_finite(mask_value):
        raise ValueError(
            "`mask_value` must be a finite number or None. "
            f"{validate.received('mask_value', mask_value)} "
            "Pad with a number that no step consists of."
        )


@keras.saving.register_keras_serializable(package="keras_rnn")
class ValidSteps(keras.layers.Layer):
    """Marks the steps of a sequence: 1 for a valid step, 0 for padding.

    Args:
        mask_value: Steps all of whose features equal this number are padding;
            None means no padding.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, features)`.

    Returns:
        Tensor `(batch, time)` of zeros and ones.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import ValidSteps
        >>> x = np.array([[[0.0, 3.0], [0.0, 0.0]]])
        >>> ValidSteps(mask_value=0.0)(x).numpy()
        array([[1., 0.]], dtype=float32)
    """

    def __init__(self, mask_value: float | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value

    def call(self, x: Tensor) -> Tensor:
        if self.mask_value is None:
            return ops.ones_like(x[:, :, 0])
        valid = ops.any(ops.not_equal(x, self.mask_value), axis=-1)
        return ops.cast(valid, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[:2]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mask_value": self.mask_value}


@keras.saving.register_keras_serializable(package="keras_rnn")
class RepeatOverSteps(keras.layers.Layer):
    """Repeats one vector per sequence over all steps, and masks padding.

    Use it in the place of `keras.layers.RepeatVector` if the number of steps
    is not known beforehand, or some of them are padding.

    Args:
        masked: Whether steps given as 0 are masked; if not, they are steps
            like all others.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        inputs: List of the vectors `(batch, width)` and the steps `(batch,
            time)`, 1 for a valid step and 0 for padding.

    Returns:
        Tensor `(batch, time, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import RepeatOverSteps
        >>> y = RepeatOverSteps()([np.ones((4, 3)), np.ones((4, 10))])
        >>> tuple(y.shape)
        (4, 10, 3)
    """

    def __init__(self, masked: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.masked = validate.boolean("masked", masked)
        self.supports_masking = True

    def call(self, inputs: list[Tensor]) -> Tensor:
        vectors, steps = inputs
        return vectors[:, None] * ops.ones_like(steps)[:, :, None]

    def compute_mask(
        self, inputs: list[Tensor], previous_mask: Any
    ) -> Tensor | None:
        return ops.not_equal(inputs[1], 0) if self.masked else None

    def compute_output_shape(self, input_shape: Any) -> Shape:
        (batch, width), (_, time) = input_shape
        return (batch, time, width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "masked": self.masked}


@keras.saving.register_keras_serializable(package="keras_rnn")
class Reverse(keras.layers.Layer):
    """Reverses a sequence and its mask in time.

    Call arguments:
        x: Tensor `(batch, time, features)`.

    Returns:
        Tensor of the same shape.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import Reverse
        >>> Reverse()(np.arange(3.0).reshape(1, 3, 1)).numpy().ravel()
        array([2., 1., 0.], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, x: Tensor) -> Tensor:
        return ops.flip(x, axis=1)

    def compute_mask(
        self, x: Tensor, previous_mask: Tensor | None
    ) -> Tensor | None:
        return None if previous_mask is None else ops.flip(previous_mask, 1)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape
