# SPDX-License-Identifier: Apache-2.0
"""The weight of each answer of a model in a metric."""

from keras import ops

from keras_rnn._types import Tensor


def weights_of_answers(
    values: Tensor, sample_weight: Tensor | None, mask: Tensor | None
) -> Tensor:
    """Sample weights times the mask, in the shape of the answers.

    Args:
        values: Tensor with one number per answer, `(batch,)` or
            `(batch, time)`, from which shape and dtype are taken.
        sample_weight: None, or a tensor of the same rank, of a lower rank (one
            weight per sequence), or with one more axis, of size 1.
        mask: None, or a boolean tensor of the shape of `values`.

    Returns:
        Tensor of the shape and dtype of `values`.
    """
    weights = ops.ones_like(values)
    if sample_weight is not None:
        factors = ops.cast(sample_weight, values.dtype)
        rank = len(values.shape)
        if len(factors.shape) > rank:
            factors = ops.squeeze(factors, axis=-1)
        while len(factors.shape) < rank:
            factors = ops.expand_dims(factors, -1)
        weights = weights * factors
    if mask is not None:
        weights = weights * ops.cast(mask, values.dtype)
    return weights
