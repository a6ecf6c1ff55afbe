# SPDX-License-Identifier: Apache-2.0
"""TeacherForced: a model whose decoder reads the true outputs in training."""

import contextlib
import contextvars
from collections.abc import Iterator
from typing import Any

import keras
from keras import ops

from keras_rnn._types import Tensor
from keras_rnn.models.checked.recurrent_model import RecurrentModel

# `fit` gives the targets to the loss only, and the decoder is a layer deep
# inside the model: the targets reach it through this variable. A training step
# is traced from beginning to end in one thread, so that targets set around it
# reach its own decoder and no other.
_TARGETS: contextvars.ContextVar[Tensor | None] = contextvars.ContextVar(
    "targets of this training step", default=None
)


@keras.saving.register_keras_serializable(package="keras_rnn")
class TeacherForced(RecurrentModel):
    """A functional model whose `FeedbackDecoder` sees the targets of `fit`.

    `fit(x, y)` and datasets of `(x, y)` need no change: `y` goes to the loss,
    and also to the decoder, which reads at each step the true output of the
    step before. In `evaluate`, in `predict` and when the model is called, the
    decoder reads its own outputs.

    Args:
        *args: Arguments of `keras.Model`: inputs and outputs.
        **kwargs: The same by name, and `name`.

    Reference:
        Williams, R. J. & Zipser, D. (1989). A learning algorithm for
        continually running fully recurrent neural networks. Neural
        Computation 1(2).
    """

    def train_step(self, *arguments: Any) -> Any:
        *state, data = arguments  # on JAX the state of the model comes first
        _, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
        with teacher_forced(self._along_symbolic_outputs(targets)):
            return super().train_step(*state, data)


@contextlib.contextmanager
def teacher_forced(targets: Tensor | None) -> Iterator[None]:
    """Gives targets to the decoders that are called in training in the block.

    Use it in a training loop of your own, around the call of the model.

    Args:
        targets: Tensor `(batch, time, num_outputs)`; None for no teacher
            forcing.
    """
    token = _TARGETS.set(targets)
    try:
        yield
    finally:
        _TARGETS.reset(token)


def forced_targets() -> Tensor | None:
    """The targets that a decoder is to read in this training step, or None."""
    return _TARGETS.get()


def check_targets(targets: Tensor, inputs: Tensor, num_outputs: int) -> None:
    """Raises a ValueError unless targets have the shape of the outputs.

    Args:
        targets: The targets of a training step.
        inputs: The inputs of a decoder, `(batch, time, features)`.
        num_outputs: How many numbers the decoder writes per step.
    """
    shape = tuple(getattr(targets, "shape", ()))
    time = {inputs.shape[1], *shape[1:2]} - {None}
    if len(shape) != 3 or len(time) > 1 or shape[2] != num_outputs:
        raise ValueError(
            "Teacher forcing needs targets (batch, time, numbers) = "
            f"(batch, {inputs.shape[1]}, {num_outputs}). "
            f"Received: shape {shape}. Give such a `y` to fit, or "
            "build the model with teacher_forcing=0."
        )


def shifted(targets: Tensor, mask: Tensor | None) -> Tensor:
    """The targets that each step reads, those of the valid step before it.

    Steps without a valid step before them read zeros.
    """
    if mask is None:
        return ops.pad(targets[:, :-1], [[0, 0], [1, 0], [0, 0]])
    valid = ops.cast(mask, "int32")
    before = ops.cumsum(valid, axis=1) - valid
    time = ops.shape(targets)[1]
    steps = ops.arange(time)[None]
    # The valid steps in order of time, then the others.
    order = ops.sort(ops.where(mask, steps, steps + time), axis=1) % time
    last = ops.take_along_axis(order, ops.maximum(before - 1, 0), axis=1)
    seen = ops.take_along_axis(targets, last[:, :, None], axis=1)
    return ops.where(before[:, :, None] > 0, seen, 0)
