# SPDX-License-Identifier: Apache-2.0
"""What each answer of a model counts in a metric."""

from keras import ops


def weights_of_answers(values, sample_weight, mask):
    """Sample weights times the mask, in the shape of the answers.

    Args:
        values: Tensor with one number per answer, `(batch,)` or
            `(batch, time)`; gives shape and dtype.
        sample_weight: None, or a tensor of the same rank, of lower rank (a
            weight per sequence), or with a last axis of 1 more.
        mask: None, or a boolean tensor of the shape of `values`.

    Returns:
        Tensor like `values`.
    """
    weights = ops.ones_like(values)
    if sample_weight is not None:
        sample_weight = ops.cast(sample_weight, values.dtype)
        rank = len(values.shape)
        if len(sample_weight.shape) > rank:
            sample_weight = ops.squeeze(sample_weight, axis=-1)
        while len(sample_weight.shape) < rank:
            sample_weight = ops.expand_dims(sample_weight, -1)
        weights = weights * sample_weight
    if mask is not None:
        weights = weights * ops.cast(mask, values.dtype)
    return weights
