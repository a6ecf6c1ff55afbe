# SPDX-License-Identifier: Apache-2.0
"""ResetRows: a stateful layer in which each sequence may begin anew."""

import keras
from keras import ops

from keras_rnn import _validation as validate


@keras.saving.register_keras_serializable(package="keras_rnn")
class ResetRows(keras.layers.Wrapper):
    """Zeroes the states of chosen sequences before a stateful layer runs.

    A stateful Keras layer forgets all sequences of the batch or none; here
    one series may end and another begin in a row of the batch, while the
    other rows go on.

    Args:
        layer: A `keras.layers.RNN` with `stateful=True`.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: Tensor `(batch, time, features)`.
        starts: Boolean tensor `(batch,)`, True where a new series begins with
            the first step.
        mask: Boolean tensor `(batch, time)`, as the layer takes it.
        training: Whether dropout acts.

    Returns:
        What the layer returns.

    Example:
        >>> import numpy as np, keras_rnn
        >>> from keras_rnn.models import ResetRows
        >>> layer = ResetRows(keras_rnn.Elman(3, stateful=True))
        >>> x = np.ones((2, 4, 1))
        >>> first = np.asarray(layer(x, starts=np.array([True, True])))
        >>> second = np.asarray(layer(x, starts=np.array([True, False])))
        >>> np.isclose(first, second).all(axis=1).tolist()
        [True, False]
    """

    # `for_inference` looks for it: it knows no layer by its class.
    resets_rows = True

    def __init__(self, layer, **kwargs):
        validate.instance("layer", layer, keras.layers.RNN)
        if not layer.stateful:
            raise ValueError(
                "`layer` must be stateful: another one has no states to "
                f"reset. Received: {layer.name!r} with stateful=False. "
                "Construct it with stateful=True."
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, sequences_shape, starts_shape=None):
        super().build(sequences_shape)

    def call(self, sequences, starts, mask=None, training=False):
        def kept(state):
            shape = (-1,) + (1,) * (len(state.shape) - 1)
            begins = ops.reshape(ops.cast(starts, "bool"), shape)
            state = ops.convert_to_tensor(state)
            return ops.where(begins, ops.zeros_like(state), state)

        return self.layer(
            sequences,
            initial_state=keras.tree.map_structure(kept, self.layer.states),
            mask=mask,
            training=training,
        )

    def compute_mask(self, sequences, mask=None):
        return None if mask is None else self.layer.compute_mask(None, mask)

    def compute_output_shape(self, sequences_shape, starts_shape=None):
        return self.layer.compute_output_shape(sequences_shape)
