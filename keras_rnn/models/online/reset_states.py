# SPDX-License-Identifier: Apache-2.0
"""ResetStates: the callback that sets states to zero before every epoch."""

from typing import Any

import keras

from keras_rnn.models.online.states import get_states, reset_states, set_states


class ResetStates(keras.callbacks.Callback):
    """Resets the states of a model before each pass over the data.

    At the beginning of each epoch all states are set to zero. Validation also
    begins with states of zeros; afterwards training continues with the states
    it had before.

    Example:
        >>> import numpy as np
        >>> from keras_rnn.models import *
        >>> model = stateful_forecaster(
        ...     Stack("elman", 4), Sequences(1), Regression(), batch_size=2
        ... )
        >>> model.compile("adam", "mae")
        >>> x, y = np.zeros((6, 5, 1)), np.zeros((6, 5, 1, 1))
        >>> history = model.fit(
        ...     x, y, epochs=2, callbacks=[ResetStates()], verbose=0
        ... )
    """

    def __init__(self) -> None:
        super().__init__()
        self._training_states: dict[str, Any] = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        reset_states(self.model)

    def on_test_begin(self, logs: Any = None) -> None:
        self._training_states = get_states(self.model)
        reset_states(self.model)

    def on_test_end(self, logs: Any = None) -> None:
        set_states(self.model, self._training_states)
        self._training_states = {}
