# SPDX-License-Identifier: Apache-2.0
"""CTC_DECODERS, the one table of methods that read labels."""

from keras_rnn.models.decoding.transcripts.best_path import BestPath
from keras_rnn.models.decoding.transcripts.prefix_beam import PrefixBeam
from keras_rnn.models.decoding.transcripts.reading import Reading

#: Key of a method of decoding a `ctc` model -> its class.
CTC_DECODERS: dict[str, type[Reading]] = {
    "greedy": BestPath,
    "beam": PrefixBeam,
}
