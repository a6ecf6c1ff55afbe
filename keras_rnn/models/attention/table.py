# SPDX-License-Identifier: Apache-2.0
"""ATTENTIONS, the one table of scores by which a decoder attends."""

from keras_rnn.models.attention.additive import AdditiveScore
from keras_rnn.models.attention.dot import DotScore
from keras_rnn.models.attention.score import Score

#: Key of a score of attention -> its class.
ATTENTIONS: dict[str, type[Score]] = {
    "additive": AdditiveScore,
    "dot": DotScore,
}
