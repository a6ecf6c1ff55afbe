# SPDX-License-Identifier: Apache-2.0
"""Dilated: a recurrent layer that looks several steps back instead of one."""

from typing import Any

import keras
from keras import ops

from keras_rnn import _validation as validate
from keras_rnn._types import Shape, Tensor

#: What the settings of a layer must be. Its last step lies in one of d
#: sequences, and its states are d times as many as there are sequences.
REQUIRED = {
    "return_sequences": True,
    "return_state": False,
    "stateful": False,
    "go_backwards": False,
}


@keras.saving.register_keras_serializable(package="keras_rnn")
class Dilated(keras.layers.Wrapper):
    """Makes a recurrent layer go on from the state of `dilation` steps ago.

        y_t, s_t = step(x_t, s_(t − d))

    A stack with the dilations 1, 2, 4 ... sees far back through few steps of
    each layer. A sequence becomes d sequences of every d-th step, which the
    layer reads side by side: d times as many rows, and d times fewer steps
    that have to wait for each other. Each of them has dropout masks of its
    own.

    A masked step hands on the state of d steps before, and repeats the output
    that belongs to it.

    Args:
        layer: A `keras.layers.RNN` that returns sequences and keeps no state,
            or a `keras.layers.Bidirectional` of one, whose backward layer goes
            on from step t + d. For the last step put `LastStep` after it.
        dilation: How many steps back the state is, d.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        sequences: Tensor `(batch, time, features)`, of any length.
        mask: Boolean tensor `(batch, time)`, or None.
        training: Whether dropout acts.

    Returns:
        Tensor `(batch, time, width)`.

    Raises:
        TypeError: If the layer is another one.
        ValueError: If it returns its last step only, returns or keeps its
            states, or reads backwards only.

    Example:
        >>> import numpy as np, keras_rnn
        >>> from keras_rnn.models import Dilated
        >>> layer = Dilated(keras_rnn.Elman(3, return_sequences=True), 2)
        >>> x = np.ones((1, 6, 1), "float32")
        >>> before, x[:, 1] = np.asarray(layer(x)), 5.0
        >>> (np.asarray(layer(x)) != before).any(axis=(0, 2)).tolist()
        [False, True, False, True, False, True]

    Reference:
        S. Chang et al. (2017), "Dilated recurrent neural networks", NeurIPS.
    """

    def __init__(
        self,
        layer: keras.layers.RNN | keras.layers.Bidirectional,
        dilation: int,
        **kwargs: Any,
    ) -> None:
        validate.instance(
            "layer", layer, (keras.layers.RNN, keras.layers.Bidirectional)
        )
        for name, expected in REQUIRED.items():
            if bool(getattr(layer, name, expected)) is not expected:
                raise ValueError(
                    f"A dilated layer must have {name}={expected}. Received: "
                    f"{layer.name!r} with {name}={not expected}. "
                    f"Construct it with {name}={expected}."
                )
        super().__init__(layer, **kwargs)
        self.dilation = validate.positive_int("dilation", dilation)
        self.supports_masking = True

    def build(self, sequences_shape: Shape) -> None:
        super().build((None, None, sequences_shape[-1]))

    def call(
        self,
        sequences: Tensor,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        batch, time = ops.shape(sequences)[:2]
        if mask is None and isinstance(self.layer, keras.layers.Bidirectional):
            # The backward layer begins in what fills up the last round.
            mask = ops.ones((batch, time), "bool")
        y = self.layer(
            self._apart(sequences),
            mask=None if mask is None else self._apart(mask),
            training=training,
        )
        return self._together(y, batch)[:, :time]

    def _apart(self, x: Tensor) -> Tensor:
        """From `(batch, time, ...)` to `(batch * d, time / d, ...)`."""
        batch, time, *features = ops.shape(x)
        missing = -time % self.dilation
        filling = ops.zeros((batch, missing, *features), x.dtype)
        x = ops.concatenate([x, filling], axis=1)
        rounds = (time + missing) // self.dilation
        x = ops.reshape(x, (batch, rounds, self.dilation, *features))
        x = ops.swapaxes(x, 1, 2)
        return ops.reshape(x, (batch * self.dilation, rounds, *features))

    def _together(self, y: Tensor, batch: Any) -> Tensor:
        """From `(batch * d, time / d, width)` to `(batch, time, width)`."""
        _, rounds, width = ops.shape(y)
        y = ops.reshape(y, (batch, self.dilation, rounds, width))
        y = ops.swapaxes(y, 1, 2)
        return ops.reshape(y, (batch, rounds * self.dilation, width))

    def compute_output_shape(self, sequences_shape: Shape) -> Shape:
        features = sequences_shape[-1]
        width = self.layer.compute_output_shape((None, None, features))[-1]
        return (*sequences_shape[:2], width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "dilation": self.dilation}
