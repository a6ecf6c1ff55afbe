# SPDX-License-Identifier: Apache-2.0
"""The table of strategies: how networks forecast several steps."""

from keras_rnn.forecasting.direct import Direct
from keras_rnn.forecasting.encoder_decoder import EncoderDecoder
from keras_rnn.forecasting.recursive import Recursive

STRATEGIES = {
    "direct": Direct(),
    "recursive": Recursive(),
    "encoder_decoder": EncoderDecoder(),
}
