# SPDX-License-Identifier: Apache-2.0
"""The table of strategies: how networks forecast several steps."""

from keras_rnn.forecasting.strategies.direct import Direct
from keras_rnn.forecasting.strategies.encoder_decoder import EncoderDecoder
from keras_rnn.forecasting.strategies.recursive import Recursive

STRATEGIES = {
    "direct": Direct(),
    "recursive": Recursive(),
    "encoder_decoder": EncoderDecoder(),
}
