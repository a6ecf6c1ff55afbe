# SPDX-License-Identifier: Apache-2.0
"""From logits at every frame to labels, by the rules of CTC."""

from keras import ops

from keras_rnn._types import Tensor

#: Padding is a certain blank: its logit is this, and all others are minus this.
CERTAIN = 1e4


def is_padding(logits: Tensor) -> Tensor:
    """Which frames are no frames.

    Args:
        logits: Tensor `(batch, time, num_classes)`; class 0 is the blank.

    Returns:
        Boolean tensor `(batch, time)`.
    """
    others = ops.all(logits[..., 1:] == -CERTAIN, axis=-1)
    return others & (logits[..., 0] == CERTAIN)


def packed(logits: Tensor) -> Tensor:
    """The frames in their order, and all padding after them.

    Padding between two frames would part equal labels, as blanks do.

    Args:
        logits: Tensor `(batch, time, num_classes)`.
    """
    return first_those(~is_padding(logits), logits)


def best_path(logits: Tensor) -> tuple[Tensor, Tensor]:
    """The likeliest class of each frame, without repeats and blanks.

    Args:
        logits: Tensor `(batch, time, num_classes)`; class 0 is the blank.

    Returns:
        int32 ids `(batch, time)`, 0 after the last, and how many there are,
        `(batch,)`.

    Reference:
        Graves, A. et al. (2006). Connectionist temporal classification:
        labelling unsegmented sequence data with recurrent neural networks.
        ICML.
    """
    return collapsed(packed(logits))


def collapsed(logits: Tensor) -> tuple[Tensor, Tensor]:
    """As `best_path`, of frames with padding after them.

    Args:
        logits: What `packed` returned.
    """
    path = ops.cast(ops.argmax(logits, axis=-1), "int32")
    before = ops.pad(path[:, :-1], [[0, 0], [1, 0]])
    begins = (path != 0) & (path != before)
    ids = first_those(begins, ops.where(begins, path, 0))
    return ids, ops.sum(ops.cast(begins, "int32"), axis=1)


def first_those(wanted: Tensor, values: Tensor) -> Tensor:
    """The steps that are wanted, in their order, and then the others.

    Args:
        wanted: Boolean tensor `(batch, time)`.
        values: Tensor `(batch, time, ...)`.
    """
    batch, time = ops.shape(wanted)
    steps = ops.arange(time)
    order = ops.argsort(ops.where(wanted, steps, time + steps), axis=1)
    further = [1] * (len(values.shape) - 2)
    order = ops.reshape(order, (batch, time, *further))
    return ops.take_along_axis(values, order, axis=1)
