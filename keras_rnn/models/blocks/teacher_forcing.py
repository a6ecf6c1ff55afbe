# SPDX-License-Identifier: Apache-2.0
"""TeacherForced: while it trains, a model's decoder is told the truth."""

import contextlib
import contextvars

import keras
from keras import ops

from keras_rnn.models.checked.recurrent_model import RecurrentModel

# `fit` gives the targets to the loss, and a decoder stands deep inside the
# model: between them they pass through here. A training step is traced from
# beginning to end in one thread, so what is set around it reaches its own
# decoder and no other.
_TARGETS = contextvars.ContextVar("targets of this training step", default=None)


@keras.saving.register_keras_serializable(package="keras_rnn")
class TeacherForced(RecurrentModel):
    """A functional model whose `FeedbackDecoder` sees the targets of `fit`.

    `fit(x, y)` and datasets of `(x, y)` need no change: `y` goes to the loss
    as ever, and to the decoder, which reads at each step the true output of
    the step before. `evaluate`, `predict` and the model called by hand decode
    freely, from their own outputs.

    Args:
        *args: Arguments of `keras.Model`: inputs and outputs.
        **kwargs: The same by name, and `name`.

    Reference:
        Williams, R. J. & Zipser, D. (1989). A learning algorithm for
        continually running fully recurrent neural networks. Neural
        Computation 1(2).
    """

    def train_step(self, *arguments):
        *state, data = arguments  # on JAX the state of the model comes first
        _, targets, _ = keras.utils.unpack_x_y_sample_weight(data)
        with telling(self.along_outputs(targets)):
            return super().train_step(*state, data)


@contextlib.contextmanager
def telling(targets):
    """Within it decoders that train see `targets`.

    For training loops of your own: put the call of the model inside.

    Args:
        targets: Tensor `(batch, time, numbers)`, or None.
    """
    token = _TARGETS.set(targets)
    try:
        yield
    finally:
        _TARGETS.reset(token)


def told():
    """The targets of the training step that is under way, or None."""
    return _TARGETS.get()


def check_told(targets, inputs, num_outputs):
    """Refuses targets that are not what a decoder writes.

    Raises:
        ValueError: If their shape is another.
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


def shifted(targets, mask):
    """What each step sees: the true output of the last valid step before it.

    Zeros where there is none.
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
