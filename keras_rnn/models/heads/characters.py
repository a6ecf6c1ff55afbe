# SPDX-License-Identifier: Apache-2.0
"""Characters: labels that are fewer than the frames, wherever they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.metrics import CERTAIN, CharacterErrorRate
from keras_rnn.models.heads.contract import Answers, Head
from keras_rnn.models.heads.ctc_loss import CTCLoss


@dataclass(frozen=True)
class Characters(Head):
    """Logits of a label or the blank at each frame, `(batch, time, classes)`.

    The targets are ids `(batch, longest)` in 1 .. num_classes − 1, such as
    letters or phones, 0 after the end of each row. Where in the sequence a
    label lies need not be known.

    Args:
        num_classes: Number of labels, and one more: class 0 is the blank.
    """

    num_classes: int
    factories: ClassVar[tuple[str, ...]] = ("ctc",)
    answers = Answers.TRANSCRIPT
    layer_name = "characters"

    def __post_init__(self) -> None:
        validate.integer("num_classes", self.num_classes, minimum=2)

    @property
    def loss(self) -> keras.losses.Loss:
        """−log p of the labels, over all alignments."""
        return CTCLoss()

    @property
    def metrics(self) -> Sequence[keras.metrics.Metric]:
        """The character error rate of the best path."""
        return [CharacterErrorRate()]

    def __call__(self, x: Tensor) -> Tensor:
        logits = keras.layers.Dense(self.num_classes, dtype="float32")(x)
        return CertainBlank(dtype="float32", name=self.layer_name)(logits)


@keras.saving.register_keras_serializable(package="keras_rnn")
class CertainBlank(keras.layers.Layer):
    """Makes masked frames certain blanks, and drops the mask.

    A loss over alignments cannot weigh frames. Blanks that are certain change
    no probability where they follow the frames; `CTCLoss` and `decode` leave
    them out wherever they stand.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        logits: Tensor `(batch, time, num_classes)`.
        mask: Boolean tensor `(batch, time)`, or None.

    Returns:
        Logits of the same shape: those of padding are 10⁴ for class 0 and −10⁴
        for all others.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import CertainBlank
        >>> mask = np.array([[True, False]])
        >>> CertainBlank()(np.zeros((1, 2, 3)), mask=mask).numpy()[0, 1]
        array([ 10000., -10000., -10000.], dtype=float32)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, logits: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return logits
        is_blank = ops.arange(logits.shape[-1]) == 0
        blank = ops.cast(ops.where(is_blank, CERTAIN, -CERTAIN), logits.dtype)
        return ops.where(mask[:, :, None], logits, blank)

    def compute_mask(self, logits: Tensor, previous_mask: Any) -> None:
        return None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape
