# SPDX-License-Identifier: Apache-2.0
"""Masked: any metric, over the steps that count."""

import keras
from keras import ops
from keras.src.backend import get_keras_mask

from keras_rnn import _validation as validate
from keras_rnn.metrics.axes import laid_along
from keras_rnn.metrics.weights import weights_of_answers


@keras.saving.register_keras_serializable(package="keras_rnn")
class Masked(keras.metrics.Metric):
    """A metric of answers at every step, without the padding.

    A loss of Keras and a metric that is the mean of a function (`"mae"`,
    `"accuracy"`, the cross-entropies) heed the mask of a model's outputs.
    Others, such as `Recall`, `Precision`, `AUC`, `MeanIoU` or
    `RootMeanSquaredError`, count masked steps as if they were data. In here
    they get every step as a sample, and weight 0 where it is masked.

    Args:
        metric: A `keras.metrics.Metric` that heeds sample weights, for
            samples `(batch, numbers)`.
        name: Name of the metric, that of `metric` if None.
        dtype: Type of the result, that of `metric` if None.

    Raises:
        TypeError: If `metric` is no metric.

    Example:
        >>> import keras
        >>> from keras_rnn.metrics import Masked
        >>> from keras_rnn.models import Binary, Stack, Tokens, many_to_many
        >>> model = many_to_many(Stack("gru", 4), Tokens(9), Binary())
        >>> recall = Masked(keras.metrics.Recall())
        >>> model.compile("adam", "binary_crossentropy", metrics=[recall])
    """

    def __init__(self, metric, name=None, dtype=None):
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

    def update_state(self, y_true, y_pred, sample_weight=None):
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

    def reset_state(self):
        self.metric.reset_state()

    def result(self):
        return self.metric.result()

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.metric)
        return {**super().get_config(), "metric": inner}

    @classmethod
    def from_config(cls, config):
        inner = keras.saving.deserialize_keras_object(config["metric"])
        return cls(**{**config, "metric": inner})


def _samples(y_true, y_pred):
    """Targets `(samples,)` of ids, or `(samples, numbers)`."""
    y_true = ops.convert_to_tensor(y_true)
    rank = len(y_pred.shape)
    if y_pred.shape[-1] == 1 and laid_along(y_true, y_pred, rank) is not None:
        return ops.reshape(y_true, (-1, 1))
    if len(y_true.shape) < rank:
        return ops.reshape(y_true, (-1,))
    return ops.reshape(y_true, (-1, y_true.shape[-1]))
