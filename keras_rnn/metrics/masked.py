# SPDX-License-Identifier: Apache-2.0
"""Masked: any metric, over the steps that are not masked."""

from typing import Any, Self

import keras
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.metrics.axes import laid_along
from keras_rnn.metrics.weights import weights_of_answers


@keras.saving.register_keras_serializable(package="keras_rnn")
class Masked(keras.metrics.Metric):
    """A metric of answers at every step, without the padding.

    Keras's losses heed the mask of a model's outputs, and so do metrics that
    are the mean of a function (`"mae"`, `"accuracy"`, the cross-entropies).
    Others, such as `Recall`, `Precision`, `AUC`, `MeanIoU` or
    `RootMeanSquaredError`, count masked steps as if they were data. This
    wrapper hands them every step as a sample, with weight 0 if it is masked.

    Args:
        metric: A `keras.metrics.Metric` of samples `(batch, numbers)` that
            heeds sample weights.
        name: Name of the metric; None takes that of `metric`.
        dtype: Type of the result; None takes that of `metric`.

    Raises:
        TypeError: If `metric` is not a metric.

    Example:
        >>> import keras
        >>> from keras_rnn.metrics import Masked
        >>> from keras_rnn.models import Binary, Stack, Tokens, many_to_many
        >>> model = many_to_many(Stack("gru", 4), Tokens(9), Binary())
        >>> recall = Masked(keras.metrics.Recall())
        >>> model.compile("adam", "binary_crossentropy", metrics=[recall])
    """

    metric: keras.metrics.Metric

    def __init__(
        self,
        metric: keras.metrics.Metric,
        name: str | None = None,
        dtype: str | None = None,
    ) -> None:
        validate.instance(
            "metric",
            metric,
            keras.metrics.Metric,
            "Use Masked(keras.metrics.Recall()), say.",
        )
        super().__init__(
            name=metric.name if name is None else name,
            dtype=metric.dtype if dtype is None else dtype,
        )
        self.metric = metric

    def update_state(
        self,
        y_true: Tensor,
        y_pred: Tensor,
        sample_weight: Tensor | None = None,
    ) -> None:
        """Adds a batch.

        Args:
            y_true: Targets `(batch, time)` or `(batch, time, numbers)`.
            y_pred: Outputs `(batch, time, numbers)` with their mask, or
                `(batch, numbers)`.
            sample_weight: None, or weights `(batch,)` or `(batch, time)`.
        """
        mask = get_keras_mask(y_pred)
        y_pred = ops.convert_to_tensor(y_pred)
        weights = weights_of_answers(
            ops.cast(y_pred[..., 0], self.dtype), sample_weight, mask
        )
        self.metric.update_state(
            _samples(y_true, y_pred),
            ops.reshape(y_pred, (-1, y_pred.shape[-1])),
            ops.reshape(weights, (-1,)),
        )

    def reset_state(self) -> None:
        self.metric.reset_state()

    def result(self) -> Any:
        return self.metric.result()

    def get_config(self) -> dict[str, Any]:
        inner = keras.saving.serialize_keras_object(self.metric)
        return {**super().get_config(), "metric": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        inner = keras.saving.deserialize_keras_object(config["metric"])
        return cls(**{**config, "metric": inner})


def _samples(y_true, y_pred):
    """Targets as samples: ids `(samples,)`, or numbers `(samples, numbers)`."""
    y_true = ops.convert_to_tensor(y_true)
    rank = len(y_pred.shape)
    if y_pred.shape[-1] == 1 and laid_along(y_true, y_pred, rank) is not None:
        return ops.reshape(y_true, (-1, 1))
    if len(y_true.shape) < rank:
        return ops.reshape(y_true, (-1,))
    return ops.reshape(y_true, (-1, y_true.shape[-1]))
