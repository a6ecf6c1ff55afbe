# SPDX-License-Identifier: Apache-2.0
"""STRATEGIES, the one table of how the steps of a horizon are forecast."""

from keras_rnn.forecasting.strategies.base import Strategy
from keras_rnn.forecasting.strategies.direct import Direct
from keras_rnn.forecasting.strategies.encoder_decoder import EncoderDecoder
from keras_rnn.forecasting.strategies.recursive import Recursive

#: Key -> strategy.
STRATEGIES: dict[str, Strategy] = {
    "direct": Direct(),
    "recursive": Recursive(),
    "encoder_decoder": EncoderDecoder(),
}
