# SPDX-License-Identifier: Apache-2.0
"""DECODERS, the one table of methods of decoding."""

from keras_rnn.models.decoding.beam import Beam
from keras_rnn.models.decoding.greedy import Greedy
from keras_rnn.models.decoding.method import Method
from keras_rnn.models.decoding.sample import Sample

#: Key of a method of decoding -> its class.
DECODERS: dict[str, type[Method]] = {
    "greedy": Greedy,
    "sample": Sample,
    "beam": Beam,
}
