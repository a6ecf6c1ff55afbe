# SPDX-License-Identifier: Apache-2.0
"""ResetRows: a stateful layer that can reset single rows of a batch."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Tensor


@keras.saving.register_keras_serializable(package="keras_rnn")
class ResetRows(keras.layers.Wrapper):
    """Sets the states of chosen rows to zero before a stateful layer runs.

    A stateful Keras layer resets all rows of a batch or none. With this
    wrapper a new series can begin in some rows, while the series in the other
    rows go on.

    Args:
        layer: A `keras.layers.RNN` with `stateful=True`.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: Tensor `(batch, time, features)`.
        starts: Boolean tensor `(batch,)`, True where a new series begins with
            the first step.
        mask: Boolean tensor `(batch, time)`, or None.
        training: Whether dropout acts.

    Returns:
        The outputs of the layer.

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

    # `for_inference` recognizes the wrapper by this, and not by its class.
    resets_rows = True

    def __init__(self, layer: keras.layers.RNN, **kwargs: Any) -> None:
        validate.instance("layer", layer, keras.layers.RNN)
        if not layer.stateful:
            raise ValueError(
                "`layer` must be stateful: another one has no states to "
                f"reset. Received: {layer.name!r} with stateful=False. "
                "Construct it with stateful=True."
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, sequences_shape: Any, starts_shape: Any = None) -> None:
        super().build(sequences_shape)

    def call(
        self,
        sequences: Tensor,
        starts: Tensor,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        def with_resets(state):
            shape = (-1,) + (1,) * (len(state.shape) - 1)
            begins = ops.reshape(ops.cast(starts, "bool"), shape)
            state = ops.convert_to_tensor(state)
            return ops.where(begins, ops.zeros_like(state), state)

        states = keras.tree.map_structure(with_resets, self.layer.states)
        return self.layer(
            sequences,
            initial_state=states,
            mask=mask,
            training=training,
        )

    def compute_mask(self, sequences: Tensor, mask: Any = None) -> Any:
        return None if mask is None else self.layer.compute_mask(None, mask)

    def compute_output_shape(
        self, sequences_shape: Any, starts_shape: Any = None
    ) -> Any:
        return self.layer.compute_output_shape(sequences_shape)
