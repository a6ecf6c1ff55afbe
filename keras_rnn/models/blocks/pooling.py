# SPDX-License-Identifier: Apache-2.0
"""Layers that pool the outputs of all steps into one vector per sequence.

Every pooling is a layer from `(batch, time, width)` to `(batch, width)`. It
ignores masked steps, and returns zeros for a sequence without a valid step.
"""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor


class Pooling(keras.layers.Layer):
    """Base class of the poolings, which removes the time axis and the mask."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, x: Tensor, mask: Any = None) -> None:
        return None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], input_shape[-1])


@keras.saving.register_keras_serializable(package="keras_rnn")
class LastStep(Pooling):
    """Takes the output at the last valid step of each sequence.

    Args:
        bidirectional: Whether the second half of the features comes from a
            layer that read backwards. This half is taken at the first valid
            step, where the backward layer ended.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`; a sequence without a valid step
            gives zeros.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import LastStep
        >>> x = np.arange(6.0).reshape(1, 3, 2)
        >>> LastStep()(x, mask=np.array([[True, True, False]])).numpy()
        array([[2., 3.]], dtype=float32)
    """

    def __init__(self, bidirectional: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bidirectional = validate.boolean("bidirectional", bidirectional)

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            first, last = x[:, 0], x[:, -1]
        else:
            steps = ops.arange(ops.shape(x)[1])
            valid = ops.cast(mask, "int32")
            first = _at(x, ops.argmax(valid, axis=1))
            last = _at(x, ops.argmax(valid * steps, axis=1))
        if self.bidirectional:
            half = x.shape[-1] // 2
            last = ops.concatenate([last[:, :half], first[:, half:]], axis=-1)
        if mask is None:
            return last
        return ops.where(ops.any(mask, axis=1)[:, None], last, 0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "bidirectional": self.bidirectional}


@keras.saving.register_keras_serializable(package="keras_rnn")
class SumPooling(Pooling):
    """Sums the outputs at the valid steps.

        y = Σ_t x_t

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import SumPooling
        >>> x = np.arange(6.0).reshape(1, 3, 2)
        >>> SumPooling()(x, mask=np.array([[True, True, False]])).numpy()
        array([[2., 4.]], dtype=float32)
    """

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        y = ops.sum(_only_valid(_wide(x), mask), axis=1)
        return ops.cast(y, self.compute_dtype)


@keras.saving.register_keras_serializable(package="keras_rnn")
class MeanPooling(Pooling):
    """Averages the outputs at the valid steps.

    Unlike `keras.layers.GlobalAveragePooling1D` it returns zeros, not NaN, for
    a sequence without a valid step.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import MeanPooling
        >>> x = np.arange(6.0).reshape(1, 3, 2)
        >>> MeanPooling()(x, mask=np.array([[True, True, False]])).numpy()
        array([[1., 2.]], dtype=float32)
    """

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = _wide(x)
        if mask is None:
            y = ops.mean(x, axis=1)
        else:
            num_valid = ops.sum(ops.cast(mask, x.dtype), axis=1)
            y = ops.sum(_only_valid(x, mask), axis=1)
            y = y / ops.maximum(num_valid, 1)[:, None]
        return ops.cast(y, self.compute_dtype)


@keras.saving.register_keras_serializable(package="keras_rnn")
class MaxPooling(Pooling):
    """Takes the largest output of each unit over the valid steps.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import MaxPooling
        >>> x = np.arange(6.0).reshape(1, 3, 2)
        >>> MaxPooling()(x, mask=np.array([[True, True, False]])).numpy()
        array([[2., 3.]], dtype=float32)
    """

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return ops.max(x, axis=1)
        # Masked steps get a finite number that is not above the maximum.
        lowest = ops.min(_only_valid(x, mask), axis=1, keepdims=True)
        y = ops.max(ops.where(mask[:, :, None], x, lowest), axis=1)
        return ops.where(ops.any(mask, axis=1)[:, None], y, 0)


@keras.saving.register_keras_serializable(package="keras_rnn")
class AttentionPooling(Pooling):
    """Averages the outputs of the valid steps with learned weights.

        e_t = v · tanh(x_t W + b)
        a   = softmax(e), over the valid steps
        y   = Σ_t a_t x_t

    Args:
        units: Width of W, b and the query v; None means the width of x.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, width)`.
        mask: Boolean tensor `(batch, time)`.

    Returns:
        Tensor `(batch, width)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import AttentionPooling
        >>> x = np.ones((1, 3, 2))
        >>> AttentionPooling()(x, mask=np.array([[True, True, False]])).numpy()
        array([[1., 1.]], dtype=float32)

    Reference:
        D. Bahdanau, K. Cho and Y. Bengio (2015), "Neural machine translation
        by jointly learning to align and translate", ICLR. The query is a
        learned vector v, the same for all sequences, as in Z. Yang et al.
        (2016), "Hierarchical attention networks for document classification",
        NAACL.
    """

    def __init__(self, units: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if units is not None:
            validate.positive_int("units", units)
        self.units = units

    def build(self, input_shape: Shape) -> None:
        width = input_shape[-1]
        units = width if self.units is None else self.units
        self.kernel = self.add_weight(shape=(width, units), name="kernel")
        self.bias = self.add_weight(
            shape=(units,), initializer="zeros", name="bias"
        )
        self.query = self.add_weight(shape=(units, 1), name="query")

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        x = _only_valid(x, mask)
        scores = ops.tanh(ops.matmul(x, self.kernel) + self.bias)
        scores = _wide(ops.matmul(scores, self.query))
        if mask is not None:
            lowest = ops.min(scores, axis=1, keepdims=True)
            scores = ops.where(mask[:, :, None], scores, lowest)
        # Subtracting the largest score keeps the exponentials within range.
        shares = ops.exp(scores - ops.max(scores, axis=1, keepdims=True))
        shares = _only_valid(shares, mask)
        total = ops.sum(shares, axis=1, keepdims=True)
        if mask is not None:
            total = ops.where(total > 0, total, 1)
        y = ops.sum(shares / total * _wide(x), axis=1)
        return ops.cast(y, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


#: Name of a pooling -> class of its layer.
POOLINGS: dict[str, type[Pooling]] = {
    "last": LastStep,
    "mean": MeanPooling,
    "sum": SumPooling,
    "max": MaxPooling,
    "attention": AttentionPooling,
}


def _at(x: Tensor, step: Tensor) -> Tensor:
    """The outputs of each sequence k at its step `step[k]`."""
    return ops.squeeze(
        ops.take_along_axis(x, ops.cast(step, "int32")[:, None, None], axis=1),
        axis=1,
    )


def _only_valid(x: Tensor, mask: Tensor | None) -> Tensor:
    """The outputs with zeros at masked steps, even where x is not finite."""
    return x if mask is None else ops.where(mask[:, :, None], x, 0)


def _wide(x: Tensor) -> Tensor:
    """The tensor in float32 or wider: half precision is coarse for sums."""
    return ops.cast(x, keras.backend.result_type(x.dtype, "float32"))
