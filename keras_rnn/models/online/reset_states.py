# SPDX-License-Identifier: Apache-2.0
"""ResetStates: every epoch begins at zero, and so does every validation."""

import keras

from keras_rnn.models.online.states import get_states, reset_states, set_states


class ResetStates(keras.callbacks.Callback):
    """Resets the states of a model where another pass over the data begins.

    At the beginning of each epoch all states are set to zero. Validation has
    states of its own: they begin at zero, and training goes on afterwards
    with the states it had.

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

    def __init__(self):
        super().__init__()
        self._training_states = None

    def on_epoch_begin(self, epoch, logs=None):
        reset_states(self.model)

    def on_test_begin(self, logs=None):
        self._training_states = get_states(self.model)
        reset_states(self.model)

    def on_test_end(self, logs=None):
        set_states(self.model, self._training_states)
        self._training_states = None
