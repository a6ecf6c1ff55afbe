# SPDX-License-Identifier: Apache-2.0
"""From a batch of cutoffs to a batch of windows, in one vectorised step."""

import numpy as np
import tensorflow as tf


class Gather:
    """Cuts windows out of a series.

    The tensors held here grow with the series alone; a window exists only
    while its batch does.

    Args:
        series: The Series.

    Example:
        >>> import pandas as pd
        >>> from keras_rnn.data import Columns, Windows, prepare
        >>> data = prepare(
        ...     pd.DataFrame({"y": range(20)}),
        ...     Columns("y"),
        ...     Windows(lookback=4, horizon=2),
        ... )
        >>> inputs, targets = Gather(data.series).window(tf.constant([7, 9]))
        >>> tuple(inputs.shape), tuple(targets.shape)
        ((2, 4, 1), (2, 2, 1))
    """

    def __init__(self, series):
        windows = series.windows
        self.representation = series.representation
        # One row more than the lookback: a change needs a predecessor.
        self.past_steps = np.arange(-windows.lookback, 1)
        self.target_steps = np.array(windows.target_rows(0))
        self.num_past = len(series.columns.past)
        # tf.data runs on the CPU; on a machine with an accelerator constants
        # would otherwise be placed there and copied back for every batch.
        with tf.device("CPU"):
            self.levels = tf.constant(series.levels)
            self.covariates = tf.constant(series.covariates)
            self.static = tf.constant(series.static)

    def window(self, cutoffs):
        """Inputs and targets.

        Args:
            cutoffs: Row positions, shape (batch,).

        Returns:
            The pair (inputs(cutoffs), targets(cutoffs)).
        """
        return self.inputs(cutoffs), self.targets(cutoffs)

    def inputs(self, cutoffs):
        """What a model sees.

        Args:
            cutoffs: Row positions, shape (batch,).

        Returns:
            The past, float32, shape (batch, lookback, features). With future
            or static covariates a dict of "past", "future", shape (batch,
            horizon, future), and "static", shape (batch, static).
        """
        inputs = {"past": self.past(cutoffs)}
        future = self.covariates[:, self.num_past :]
        if future.shape[1]:
            rows = cutoffs[:, tf.newaxis] + self.target_steps
            inputs["future"] = tf.gather(future, rows)
        if len(self.static):
            shape = (tf.size(cutoffs), len(self.static))
            inputs["static"] = tf.broadcast_to(self.static, shape)
        return inputs if len(inputs) > 1 else inputs["past"]

    def past(self, cutoffs):
        """The past input: channels of targets, past, future covariates."""
        rows = cutoffs[:, tf.newaxis] + self.past_steps
        # Row -1 is row 0: the first row of all has no predecessor, and is
        # its own, so that its change is 0.
        levels = tf.gather(self.levels, tf.maximum(rows, 0))
        channels = self.representation.channels(levels)
        channels = [tf.cast(channel, tf.float32) for channel in channels]
        covariates = tf.gather(self.covariates, rows[:, 1:])
        return tf.concat([*channels, covariates], axis=-1)

    def targets(self, cutoffs):
        """Targets in the network's units.

        Args:
            cutoffs: Row positions, shape (batch,).

        Returns:
            float32, shape (batch, horizon, targets).
        """
        cutoffs = cutoffs[:, tf.newaxis]
        levels = tf.gather(self.levels, cutoffs + self.target_steps)
        last = tf.gather(self.levels, cutoffs)
        return tf.cast(self.representation.represent(levels, last), tf.float32)
