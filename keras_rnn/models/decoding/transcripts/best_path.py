# SPDX-License-Identifier: Apache-2.0
"""The best path: the likeliest class of each frame."""

from dataclasses import dataclass

from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor
from keras_rnn.metrics import collapsed
from keras_rnn.models.decoding.hypotheses import LEAST
from keras_rnn.models.decoding.transcripts.reading import Labels, Reading


@dataclass(frozen=True)
class BestPath(Reading):
    """Takes the likeliest class of each frame, merges repeats, drops blanks.

    The labels of the likeliest path need not be the likeliest labels, as many
    paths give the same labels. The score is that of the labels, over all paths.

    Args:
        num_best: 1, as there is only one such sequence.
    """

    num_best: int = 1

    def __post_init__(self) -> None:
        if validate.positive_int("num_best", self.num_best) > 1:
            raise ValueError(
                "There is one best path per sequence. Received: "
                f"num_best={self.num_best}. Use method='beam'."
            )

    def __call__(self, logits: Tensor) -> Labels:
        ids, lengths = collapsed(logits)
        log_p = _log_p(ids, lengths, ops.log_softmax(logits, axis=-1))
        return Labels(ids[:, None], lengths[:, None], log_p[:, None])


def _log_p(ids, lengths, log_p):
    """Of the labels, over all paths.

    Keras's loss gives the same number; it also makes the gradient, which takes
    several times as long.
    """
    batch, time = ops.shape(ids)
    first = ops.arange(time + 1) == 0
    blank = ops.broadcast_to(ops.where(first, 0.0, LEAST), (batch, time + 1))
    label = ops.full((batch, time), LEAST)
    repeats = ids[:, 1:] == ids[:, :-1]

    def read(frame, blank, label):
        """Paths of each number of labels that end in a blank, in a label."""
        now = ops.take(log_p, frame, axis=1)
        before = ops.where(repeats, LEAST, label[:, :-1])
        begun = ops.logaddexp(blank[:, :-1], _shifted(before))
        return (
            frame + 1,
            ops.logaddexp(blank, _shifted(label)) + now[:, :1],
            ops.logaddexp(label, begun) + ops.take_along_axis(now, ids, axis=1),
        )

    _, blank, label = ops.while_loop(
        lambda frame, *_: frame < time, read, (0, blank, label)
    )
    ends = ops.logaddexp(blank, _shifted(label))
    return ops.take_along_axis(ends, lengths[:, None], axis=1)[:, 0]


def _shifted(values):
    return ops.pad(values, [[0, 0], [1, 0]], constant_values=LEAST)
