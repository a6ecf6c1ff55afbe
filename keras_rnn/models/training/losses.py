# SPDX-License-Identifier: Apache-2.0
"""What may be trained with."""

from typing import Any

import keras

from keras_rnn import _validation as validate


def check_loss(loss: Any) -> None:
    """Raises an error for what Keras does not take as a loss."""
    if isinstance(loss, (type, keras.metrics.Metric)):
        raise TypeError(
            "`loss` must be a loss of Keras: its name, an object or a "
            f"function. {validate.received('loss', loss)} Write the name, such "
            f"as 'mse', or an object such as keras.losses.Huber()."
        )
    if callable(loss):
        return
    if not isinstance(loss, str):
        raise TypeError(
            "`loss` must be a loss of Keras: its name, an object or a "
            f"function. {validate.received('loss', loss)}"
        )
    try:
        keras.losses.get(loss)
    except ValueError as error:
        raise ValueError(
            "`loss` must be the name of a Keras loss, such as 'mae'. "
            f"{validate.received('loss', loss)}"
        ) from error
