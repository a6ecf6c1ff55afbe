# SPDX-License-Identifier: Apache-2.0
"""ctc: models that read a sequence and write fewer labels than it has steps."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor
from keras_rnn.metrics import first_those
from keras_rnn.models.blocks.inputs import Inputs
from keras_rnn.models.blocks.stack import Stack
from keras_rnn.models.checked.recurrent_model import RecurrentModel
from keras_rnn.models.heads.characters import Characters
from keras_rnn.models.heads.table import head_for
from keras_rnn.models.many_to_many import answering_each_step


def ctc(
    stack: Stack,
    inputs: Inputs,
    head: Characters,
    *,
    stride: int = 1,
    name: str = "ctc",
) -> RecurrentModel:
    """A model that transcribes: sound to letters, a line of pixels to digits.

    `fit(x, y)` takes labels y, `(batch, longest)`, 0 after the end of each row.
    There are fewer of them than steps, and where they lie is not known: the
    loss sums over all alignments. `keras_rnn.models.decode` writes them.

    Padding of x has no part in anything, so sequences and labels of all lengths
    go into one batch. Each row needs as many frames as it has labels and
    adjacent repeats: `fit` and `evaluate` refuse arrays with a row that has
    fewer before training, and `fit` stops at the batch of a dataset that has.

    Args:
        stack: `Stack`, the recurrent layers, best bidirectional.
        inputs: `Sequences`, `Tokens` or `Frames`, the inputs of the model.
        head: `Characters`, the number of labels.
        stride: How many neighbouring steps the network reads as one, side by
            side, so that it answers and is as fast as if there were that many
            fewer. A step that is left over at the end is joined with zeros.
        name: Name of the model.

    Returns:
        An uncompiled `RecurrentModel`, a `keras.Model`. It returns logits
        `(batch, ⌈time / stride⌉, num_classes)`, class 0 the blank.

    Raises:
        TypeError: If an argument is of another type.
        ValueError: If there are future covariates, or the stride does not go
            with the inputs.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import *
        >>> model = ctc(
        ...     Stack("lstm", 8, bidirectional=True),
        ...     Sequences(40, mask_value=0.0),
        ...     Characters(27),
        ...     stride=2,
        ... )
        >>> model.output_shape
        (None, None, 27)
        >>> decode(model, np.ones((3, 50, 40))).ids.shape[:2]
        (3, 1)

    Reference:
        Graves, A. et al. (2006). Connectionist temporal classification. ICML.
        Steps are joined as in Sak, H. et al. (2015). Fast and accurate
        recurrent neural network acoustic models for speech recognition.
        Interspeech; there frames overlap.
    """
    validate.positive_int("stride", stride)
    head_for("ctc", head)
    if stride > 1 and getattr(inputs, "num_observed", 0):
        raise ValueError(
            "Joined steps have no columns of values that may be missing. "
            f"Received: stride={stride}, inputs={inputs!r}. Use stride=1."
        )
    before = JoinedSteps(stride) if stride > 1 else None
    return answering_each_step(stack, inputs, head, name, before=before)


@keras.saving.register_keras_serializable(package="keras_rnn")
class JoinedSteps(keras.layers.Layer):
    """Puts neighbouring steps side by side, so that there are fewer.

    Args:
        stride: How many steps become one. Steps that are left over at the end
            are joined with zeros, as masked ones are.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Tensor `(batch, time, features)`.
        mask: Boolean tensor `(batch, time)`, or None. Valid steps are joined
            with valid ones, wherever padding stands, and come first.

    Returns:
        Tensor `(batch, ⌈time / stride⌉, stride · features)`.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import JoinedSteps
        >>> JoinedSteps(2)(np.array([[[1.0], [2.0], [3.0]]])).numpy()
        array([[[1., 2.],
                [3., 0.]]], dtype=float32)
    """

    def __init__(self, stride: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stride = validate.positive_int("stride", stride)
        self.supports_masking = True

    def call(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None:
            x = first_those(mask, ops.where(mask[:, :, None], x, 0))
        batch, time, features = ops.shape(x)
        x = ops.pad(x, [[0, 0], [0, -time % self.stride], [0, 0]])
        width = self.stride * features
        return ops.reshape(x, (batch, -(-time // self.stride), width))

    def compute_mask(self, x: Tensor, previous_mask: Any) -> Any:
        if previous_mask is None:
            return None
        # Pooling knows what to do where the length is unknown.
        valid = ops.sort(ops.cast(previous_mask, "float32"), axis=1)
        valid = ops.flip(valid, axis=1)[:, :, None]
        valid = ops.pad(valid, [[0, 0], [0, self.stride - 1], [0, 0]])
        return ops.max_pool(valid, self.stride, self.stride)[:, :, 0] > 0

    def compute_output_shape(self, input_shape: Any) -> Shape:
        batch, time, features = input_shape
        time = None if time is None else -(-time // self.stride)
        return (batch, time, self.stride * features)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stride": self.stride}
