# SPDX-License-Identifier: Apache-2.0
"""The metrics Keras lacks."""

from keras_rnn.metrics.forecast import mae, mase, rmse

__all__ = ["mae", "mase", "rmse"]
