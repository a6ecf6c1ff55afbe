# SPDX-License-Identifier: Apache-2.0
"""What masks say of more than their own step."""

from keras import ops


def has_begun(mask):
    """Whether a step is valid, or one before it: bool `(batch, time)`."""
    return ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0
