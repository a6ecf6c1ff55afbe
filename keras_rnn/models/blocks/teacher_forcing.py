# SPDX-License-Identifier: Apache-2.0
"""TeacherForced: while it trains, a model's decoder is told the truth."""

import contextlib
import contextvars

import keras

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
