# SPDX-License-Identifier: Apache-2.0
"""From a batch of cutoffs to a batch of windows, in one vectorised step."""

from weakref import WeakKeyDictionary

import numpy as np
import tensorflow as tf

from keras_rnn.data.frames.missing_rows import MASK_VALUE
from keras_rnn.data.representations.arithmetic import zero_for_nan
from keras_rnn.data.representations.base import mapped

_MADE = WeakKeyDictionary()


def gather_of(series):
    """The Gather of a series, made once: all parts share its tensors."""
    if series not in _MADE:
        # Eagerly, wherever the caller stands: the tensors outlive its graph.
        with tf.init_scope():
            _MADE[series] = Gather(series)
    return _MADE[series]


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
        >>> cutoffs = tf.constant([7, 9], tf.int64)
        >>> inputs, targets = Gather(data.series).window(cutoffs)
        >>> tuple(inputs.shape), tuple(targets.shape)
        ((2, 4, 1), (2, 2, 1))
    """

    def __init__(self, series):
        windows, fitted = series.windows, series.representation
        # Some rows more than the lookback: a change needs a predecessor.
        self.past_steps = np.arange(1 - windows.lookback - fitted.reach, 1)
        self.input_steps = np.arange(1 - windows.lookback, 1)
        self.target_steps = np.array(windows.target_rows(0))
        basis_steps = fitted.basis_steps(windows)
        self.basis_steps = np.array(basis_steps, dtype=np.int64)
        self.num_past = len(series.columns.past)
        self.ahead = series.ahead
        # tf.data runs on the CPU; on a machine with an accelerator constants
        # would otherwise be placed there and copied back for every batch.
        with tf.device("CPU"):
            self.representation = mapped(tf.constant, fitted)
            self.bounds = tf.constant(series.bounds)
            self.own = self.unknown = None
            if series.own is not None:
                self.own = tf.constant(series.own.cutoffs)
                self.unknown = tf.constant(series.own.unknown)
            self.levels = tf.constant(series.references)
            self.covariates = tf.constant(series.covariates)
            self.static = tf.constant(series.static)
            self.outcomes = self.levels
            self.skipped = self.known = None
            if series.skipped is not None:
                self.skipped = tf.constant(series.skipped)
            if series.incomplete is not None:
                missing = np.isnan(series.levels).any(axis=1)
                self.known = tf.constant(~missing)
                if missing.any():
                    self.outcomes = tf.constant(series.levels)

    def window(self, cutoffs):
        """Inputs and targets.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            The pair (inputs(cutoffs), targets(cutoffs)); where targets may be
            missing, their weights(cutoffs) too.
        """
        window = self.inputs(cutoffs), self.targets(cutoffs)
        if self.known is None:
            return window
        return *window, self.weights(cutoffs)

    def inputs(self, cutoffs):
        """What a model sees.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            The past, float32, shape (batch, lookback, features). With future
            or static covariates a dict of "past", "future", shape (batch,
            horizon, future), and "static", shape (batch, static).
        """
        series = self.series(cutoffs)
        inputs = {"past": self.past(cutoffs, series)}
        if self.covariates.shape[1] > self.num_past:
            steps = series * self.ahead
            rows = (cutoffs + steps)[:, tf.newaxis] + self.target_steps
            future = tf.gather(self.covariates, rows)
            inputs["future"] = future[..., self.num_past :]
        if self.static.shape[1]:
            inputs["static"] = tf.gather(self.static, series)
        return inputs if len(inputs) > 1 else inputs["past"]

    def series(self, cutoffs):
        """The number of the series of each window, shape (batch,)."""
        numbers = tf.searchsorted(self.bounds, cutoffs, side="right") - 1
        return tf.cast(numbers, tf.int64)

    def fitted(self, cutoffs, series):
        """The representation with the scales of each window."""
        entries = series
        if self.own is not None:
            rows = tf.searchsorted(self.own, cutoffs, out_type=tf.int64)
            rows += self.unknown.shape[0]
            entries = tf.where(tf.gather(self.unknown, series), rows, series)
        return self.representation.of(entries)

    def past(self, cutoffs, series):
        """The past input: channels of targets, past, future covariates."""
        rows = cutoffs[:, tf.newaxis] + self.past_steps
        # The first row of a series has no predecessor, least of all the last
        # row of another series.
        first = tf.gather(self.bounds, series)[:, tf.newaxis]
        levels = tf.where(
            (rows >= first)[..., tf.newaxis],
            tf.gather(self.levels, tf.maximum(rows, first)),
            np.nan,
        )
        channels = self.fitted(cutoffs, series).channels(levels)
        channels = [tf.cast(channel, tf.float32) for channel in channels]
        steps = series * self.ahead
        rows = (cutoffs + steps)[:, tf.newaxis] + self.input_steps
        covariates = tf.gather(self.covariates, rows)
        past = tf.concat([*channels, covariates], axis=-1)
        if self.skipped is None:
            return past
        rows = cutoffs[:, tf.newaxis] + self.input_steps
        skipped = tf.gather(self.skipped, rows)
        return tf.where(skipped[..., tf.newaxis], MASK_VALUE, past)

    def targets(self, cutoffs):
        """Targets in the network's units.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            float32, shape (batch, horizon, targets). Where one is missing it
            is 0, and so is its weight.
        """
        fitted = self.fitted(cutoffs, self.series(cutoffs))
        cutoffs = cutoffs[:, tf.newaxis]
        levels = tf.gather(self.outcomes, cutoffs + self.target_steps)
        basis = tf.gather(self.levels, cutoffs + self.basis_steps)
        targets = tf.cast(fitted.represent(levels, basis), tf.float32)
        return targets if self.known is None else zero_for_nan(targets)

    def weights(self, cutoffs):
        """Which steps of the horizon are known.

        Args:
            cutoffs: Row positions, int64, shape (batch,).

        Returns:
            float32, shape (batch, horizon, 1): 1, or 0 where a target is
            missing.
        """
        known = tf.gather(
            self.known, cutoffs[:, tf.newaxis] + self.target_steps
        )
        return tf.cast(known, tf.float32)[..., tf.newaxis]
