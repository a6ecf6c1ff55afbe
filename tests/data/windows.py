# SPDX-License-Identifier: Apache-2.0
"""The windows of a part as arrays, for tests of what they hold."""

import numpy as np
import tensorflow as tf


def arrays_of(part):
    """All windows of a part: "past", "targets", and what else there is.

    They are what `Part.dataset` batches; that it does is a test of its own,
    for building a dataset takes longer than all of its batches.
    """
    return named(part.series.cutter.window(tf.constant(part.cutoffs)))


def named(batch):
    """Name -> array of what a batch of windows consists of."""
    inputs, targets, *weights = batch
    found = inputs if isinstance(inputs, dict) else {"past": inputs}
    found = {**found, "targets": targets}
    if weights:
        (found["weights"],) = weights
    return {name: np.asarray(values) for name, values in found.items()}
